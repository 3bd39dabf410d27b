"""The report's HTML taken apart again into a few kinds of blocks, so that the PDF says what the page says, always.

It reads the HTML that :mod:`clinician_console.report.render` makes and no other. Every text comes out as a plain
string: what was escaped on the way in is what a person typed, letter by letter.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

Block = dict[str, Any]

PLAIN = frozenset({"p", "h1", "h2", "h3", "li", "dt", "dd", "th", "td", "footer"})


def blocks_of(page: str) -> list[Block]:
    """``kind``: title, h2, h3, p (``role``: its class), list, facts, table, svg."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.blocks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._body = False
        self._svg: list[str] | None = None
        self._text: list[str] | None = None
        self._role = ""
        self._table: Block | None = None
        self._row: list[str] = []
        self._items: list[str] = []
        self._facts: list[list[str]] = []
        self._label = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._body = True
        if not self._body:
            return
        if tag == "svg":
            self._svg = []
        if self._svg is not None:
            self._svg.append(self.get_starttag_text() or "")
            return
        role = dict(attrs).get("class") or ""
        if tag == "table":
            self._table = {"kind": "table", "role": role, "head": [], "rows": [], "text": []}
        elif tag == "tr":
            self._row = []
        elif tag == "ul":
            self._items = []
        elif tag == "dl":
            self._facts = []
        elif tag in PLAIN:
            self._text, self._role = [], role
            if tag == "th" and self._table is not None and role == "text":
                self._table["text"].append(len(self._row))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._svg is not None:
            self._svg.append(self.get_starttag_text() or "")

    def handle_data(self, data: str) -> None:
        if self._svg is not None:
            self._svg.append(data.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
        elif self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._svg is not None:
            self._svg.append(f"</{tag}>")
            if tag == "svg":
                self.blocks.append({"kind": "svg", "svg": "".join(self._svg)})
                self._svg = None
            return
        if tag == "ul":
            self.blocks.append({"kind": "list", "items": self._items})
        elif tag == "dl":
            self.blocks.append({"kind": "facts", "facts": self._facts})
        elif tag == "table" and self._table is not None:
            self.blocks.append(self._table)
            self._table = None
        elif tag == "tr" and self._table is not None:
            if self._table["head"]:
                self._table["rows"].append(self._row)
            else:
                self._table["head"] = self._row
        elif tag in PLAIN and self._text is not None:
            self._plain(tag, "".join(self._text))
            self._text = None

    def _plain(self, tag: str, text: str) -> None:
        if tag in ("th", "td"):
            self._row.append(text)
        elif tag == "li":
            self._items.append(text)
        elif tag == "dt":
            self._label = text
        elif tag == "dd":
            self._facts.append([self._label, text])
        elif tag == "h1":
            self.blocks.append({"kind": "title", "text": text})
        elif tag in ("p", "footer"):
            self.blocks.append({"kind": "p", "text": text, "role": "hint" if tag == "footer" else self._role})
        else:
            self.blocks.append({"kind": tag, "text": text})
