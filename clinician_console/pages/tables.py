"""A table of figures as one piece: a page with some thousand cells would take a second if each were an element."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nicegui import ui


def figure_table(heads: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> None:
    """A table whose cells are text and nothing else, in a box that scrolls. ``name``: the table's id."""
    ui.html(markup(heads, rows, name), sanitize=False).classes("scrolls")


def markup(heads: Sequence[str], rows: Iterable[Sequence[str]], name: str = "") -> str:
    """The table's HTML. Every text goes through ``escape``."""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in cells) + "</tr>" for cells in rows)
    identity = f' id="{escape(name)}"' if name else ""
    return f"<table{identity}><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
