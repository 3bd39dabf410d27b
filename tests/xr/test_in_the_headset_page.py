"""docs/in-the-headset.md says what the software does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from vr_runtime.display.asking import DEAD_S
from vr_runtime.display.openxr.bindings import BINDINGS, in_words, stop_in_words
from vr_runtime.display.openxr.buttons import END_AFTER_NS, PINCH_STOP_AFTER_NS
from vr_runtime.protocol.words import Scale
from vr_runtime.stage.panel_layout import AHEAD_M, STEPS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "in-the-headset.md").read_text(encoding="utf-8")


def table(heading: str) -> Iterator[list[str]]:
    """The rows of the table whose first column has this heading."""
    lines = iter(PAGE.splitlines())
    for line in lines:
        if line.startswith(f"| {heading} |"):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return
                yield [cell.strip() for cell in row.strip().strip("|").split("|")]


def test_every_controllers_buttons_are_those_of_the_bindings() -> None:
    expected = [
        [
            profile.words,
            stop_in_words(name),
            in_words(name, "select"),
            in_words(name, "stick") or in_words(name, "pad_press"),
        ]
        for name, profile in BINDINGS.items()
    ]
    assert list(table("controller")) == expected


def test_the_scales_are_those_that_can_be_asked() -> None:
    expected = [[f"`{scale.value}`", f"0 to {scale.top:g}", f"{STEPS[scale]:g}"] for scale in Scale]
    assert list(table("scale")) == expected


def test_the_numbers_of_the_text_are_those_of_the_code() -> None:
    assert END_AFTER_NS == 2 * 10**9
    assert "held for two seconds" in PAGE
    assert PINCH_STOP_AFTER_NS == 10**9
    assert "held for a second" in PAGE
    assert f"{AHEAD_M:g} m ahead" in PAGE
    assert f"first {DEAD_S:g} s" in PAGE
