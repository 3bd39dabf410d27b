"""What the head and the foot of every page hold: the colours, the page's own scripts, and STOP."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from nicegui import ui

from clinician_console.words import LANGUAGES, Words, catalogue

THEMES = ("dark", "light", "auto")


def texts_for_browser(beginnings: Sequence[str], language: str) -> dict[str, str]:
    """Texts that a page's own scripts show: those whose keys begin so."""
    return {key: text for key, text in catalogue(language).items() if key.startswith(tuple(beginnings))}


def head(
    words: Words,
    safety_port: int,
    theme: str,
    *,
    title: str,
    texts: Sequence[str],
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
    keys: Mapping[str, str] | None = None,
    more: Mapping[str, object] | None = None,
) -> None:
    """Fill the head of the page that is being made, and put STOP in its corner.

    Args:
        texts: beginnings of the keys of the texts that its scripts show.
        styles, scripts: names of files in static/, beside colours, stop, safety, theme and lent.
        keys: what keys other than STOP's tell the page's server (see keys.py).
        more: what else its scripts are to know.
    """
    config = {
        "safety": f"http://127.0.0.1:{safety_port}",
        "language": words.language,
        "theme": theme,
        "keys": keys or {},
        **(more or {}),
        "words": {
            language: texts_for_browser(("stop.", *texts), language)
            for language in sorted({*LANGUAGES, words.language})
        },
    }
    # Within a script element only "</" could end it; JSON may write it as "<\\/".
    text = json.dumps(config, ensure_ascii=True).replace("</", "<\\/")
    ui.page_title(title)
    ui.add_head_html(
        "".join(f'<link rel="stylesheet" href="/static/{name}.css">' for name in ("colours", *styles, "stop"))
        + f'<script type="application/json" id="palier-config">{text}</script>'
        + '<script src="/static/safety.js"></script><script src="/static/theme.js"></script><script src="/static/lent.js"></script>'
        + "".join(f'<script src="/static/{name}.js" defer></script>' for name in scripts)
    )
    # Outside of Vue: the STOP button is there before, and after, everything else.
    ui.add_body_html(
        '<button type="button" id="stop" class="stop" aria-describedby="stop-state">'
        '<span class="stop-shape" aria-hidden="true"></span>'
        '<span class="stop-label" id="stop-label"></span><span class="stop-keys" id="stop-keys"></span>'
        '<span class="stop-state" id="stop-state" role="status"></span></button>'
        '<div id="stop-banner" class="stop-banner" role="alert" hidden></div>'
    )
