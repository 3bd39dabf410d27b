"""Pages stay quick: figures are drawn in one piece, and a collection does not look through what stays for good."""

from __future__ import annotations

import asyncio
import gc
from types import SimpleNamespace

from clinician_console.pages.server import PageServer
from clinician_console.pages.tables import markup


def test_a_table_in_one_piece_holds_text_and_no_markup() -> None:
    hostile = "<img src=x onerror=alert(1)>\"'&amp;"
    made = markup([hostile], [[hostile, "2"], ["3", "4"]], 'name" onclick="x')
    assert "<img" not in made
    assert 'onclick="' not in made
    assert made.count("&lt;img src=x onerror=alert(1)&gt;&quot;&#x27;&amp;amp;") == 2
    assert made.count("<td>") == 4
    assert made.count('<th scope="col">') == 1


def test_once_the_pages_are_served_a_collection_leaves_alone_what_was_made_before() -> None:
    """Looking through all of it takes 100 to 150 ms in which no thread runs, not the one that hears STOP either."""

    async def life() -> int:
        server = SimpleNamespace(
            _core=SimpleNamespace(page_life=SimpleNamespace(loop=lambda: None)), _house=None
        )
        async with PageServer._life(server, None):  # type: ignore[arg-type]
            return gc.get_freeze_count()

    gc.unfreeze()
    try:
        assert asyncio.run(life()) > 10_000
    finally:
        gc.unfreeze()
