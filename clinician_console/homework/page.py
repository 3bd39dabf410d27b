"""The sheet as one HTML file: it works on a phone without a network, asks nothing of any server, and prints on one
page. Everything that people typed stands in it as text."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files

from clinician_console.homework.back import grouped
from clinician_console.homework.sheet import LONGEST, MOST_ENTRIES, Exercise, Sheet
from clinician_console.words import Words

BLANK_ROWS = 6
"""Empty lines of the printed table."""


def file_name(sheet: Sheet) -> str:
    """Of the page that the patient takes along; it says nothing about the patient."""
    return f"homework-{sheet.sheet}.html"


def as_html(sheet: Sheet) -> str:
    """The page, in the sheet's language."""
    words = Words(sheet.language)
    css, js = _static("sheet.css"), _static("sheet.js")
    policy = (
        f"default-src 'none'; style-src '{_digest(css)}'; script-src '{_digest(js)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    said = {
        name: words(f"homework.sheet.{name}")
        for name in (
            "kept",
            "not_kept",
            "copied",
            "copy_by_hand",
            "remove_sure",
            "remove",
            "saved",
            "entry",
            "bad",
        )
    }
    data = "".join(f' data-{name.replace("_", "-")}="{escape(text)}"' for name, text in said.items())
    return f"""<!DOCTYPE html>
<html lang="{sheet.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{_say(words, "title")}</title>
<style>{css}</style>
</head>
<body data-sheet="{sheet.sheet}" data-most="{MOST_ENTRIES}"{data}>
<main>
<h1>{_say(words, "title")}</h1>
<p class="sub">{_dates(sheet, words)}{_say(words, "id")} <span class="id">{grouped(sheet.sheet)}</span></p>
<section aria-labelledby="plan"><h2 id="plan">{_say(words, "plan")}</h2>
<ol class="plan">{"".join(_exercise(one, words) for one in sheet.exercises)}</ol></section>
<section class="screen" aria-labelledby="did"><h2 id="did">{_say(words, "did")}</h2>
<p>{_say(words, "how")}</p>
<noscript><p class="warn">{_say(words, "no_script")}</p></noscript>
<div id="entries"></div>
<p><button type="button" id="add">{_say(words, "add")}</button></p>
<p id="kept" class="sub"></p>
<h2>{_say(words, "bring")}</h2>
<p>{_say(words, "bring_how")}</p>
<p class="row"><button type="button" id="save">{_say(words, "save")}</button>
<button type="button" id="share" hidden>{_say(words, "share")}</button>
<button type="button" id="text">{_say(words, "text")}</button>
<button type="button" id="print">{_say(words, "print")}</button></p>
<p id="status" role="status"></p>
<div id="code" hidden><label for="code-text">{_say(words, "code")}</label>
<textarea id="code-text" readonly rows="8" spellcheck="false"></textarea>
<p><button type="button" id="copy">{_say(words, "copy")}</button></p></div>
</section>
<section class="paper" aria-hidden="true"><h2>{_say(words, "did")}</h2>
<table><thead><tr><th>{_say(words, "number")}</th><th>{_say(words, "date")}</th><th>{_say(words, "situation")}</th>
<th>{_say(words, "before")}</th><th>{_say(words, "peak")}</th><th>{_say(words, "after")}</th>
<th>{_say(words, "stayed")}</th><th>{_say(words, "learned")}</th></tr></thead>
<tbody id="paper">{("<tr>" + "<td></td>" * 8 + "</tr>") * BLANK_ROWS}</tbody></table></section>
<p class="foot">{_say(words, "foot")}</p>
</main>
<template id="entry">{_entry(sheet, words)}</template>
<script>{js}</script>
</body>
</html>
"""


def _say(words: Words, key: str) -> str:
    return escape(words(f"homework.sheet.{key}"))


def _dates(sheet: Sheet, words: Words) -> str:
    parts = [
        escape(words(f"homework.sheet.{name}_on", day=words.date(datetime.fromisoformat(day))))
        for name, day in (("made", sheet.made), ("until", sheet.until))
        if day
    ]
    return "".join(f"{part} · " for part in parts)


def _exercise(one: Exercise, words: Words) -> str:
    lines = "".join(
        f"<div><dt>{_say(words, name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in (("where", one.where), ("often", one.often), ("goal", one.goal))
        if text
    )
    return f"<li><b>{escape(one.what)}</b>{f'<dl>{lines}</dl>' if lines else ''}</li>"


def _entry(sheet: Sheet, words: Words) -> str:
    """The form for one time; the script numbers its ids."""
    which = "".join(
        f'<label class="choice"><input type="radio" data-field="exercise" value="{number}"> <span>{number}. '
        f"{escape(one.what)}</span></label>"
        for number, one in enumerate(sheet.exercises, 1)
    )
    which += (
        f'<label class="choice"><input type="radio" data-field="exercise" value="0"> <span>{_say(words, "other")}</span>'
        "</label>"
    )
    stayed = "".join(
        f'<label class="choice"><input type="radio" data-field="stayed" value="{name}"> '
        f"<span>{_say(words, f'stayed_{name}')}</span></label>"
        for name in ("eased", "planned", "left")
    )
    ratings = "".join(
        f'<label>{_say(words, name)}<input type="number" inputmode="numeric" min="0" max="100" step="1" '
        f'data-field="{name}"></label>'
        for name in ("before", "peak", "after")
    )
    return (
        f'<fieldset class="entry"><legend></legend>'
        f'<fieldset class="choices"><legend>{_say(words, "which")}</legend>{which}</fieldset>'
        f'<label>{_say(words, "date")}<input type="date" data-field="date"></label>'
        f'<label>{_say(words, "situation")}<textarea rows="2" maxlength="{LONGEST}" data-field="situation"></textarea>'
        f'</label><fieldset class="choices"><legend>{_say(words, "distress")}</legend>'
        f'<div class="three">{ratings}</div></fieldset>'
        f'<fieldset class="choices"><legend>{_say(words, "stayed")}</legend>{stayed}</fieldset>'
        f'<label>{_say(words, "learned")}<textarea rows="2" maxlength="{LONGEST}" data-field="learned"></textarea>'
        f'</label><p><button type="button" class="quiet" data-remove>{_say(words, "remove")}</button></p></fieldset>'
    )


@cache
def _static(name: str) -> str:
    return (files(__package__ or "") / name).read_text(encoding="utf-8").strip()


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode()
