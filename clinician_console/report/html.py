"""The few kinds of HTML that a report is made of. Every text goes through :func:`esc`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from clinician_console.words import Words

Row = Sequence[str]


def esc(text: str) -> str:
    return escape(text, quote=True)


def para(text: str) -> str:
    return f"<p>{esc(text)}</p>"


def hint(text: str) -> str:
    return f'<p class="hint">{esc(text)}</p>'


def section(title: str, *parts: str) -> str:
    return f"<section><h2>{esc(title)}</h2>\n" + "\n".join(part for part in parts if part) + "\n</section>"


def titles(keys: Iterable[str], words: Words) -> list[str]:
    return [words(f"report.{key}") for key in keys]


def table(heads: Sequence[str], rows: Iterable[Row], *, text: Sequence[int] = (0,), classes: str = "") -> str:
    """``text``: columns of words, set flush left; figures are set flush right."""

    def cell(index: int, content: str, tag: str) -> str:
        return f"<{tag}{' class=text' if index in text or index == 0 else ''}>{esc(content)}</{tag}>"

    head = "".join(cell(index, content, "th") for index, content in enumerate(heads))
    lines = "\n".join(
        "<tr>" + "".join(cell(index, content, "td") for index, content in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f'<table class="{classes}"><thead><tr>{head}</tr></thead><tbody>\n{lines}\n</tbody></table>'
