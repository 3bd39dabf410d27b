"""docs/measures.md and the code say the same."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from scripts.measures_page import page_with_tables
from vr_runtime.measures import DEFINITIONS, Settings
from vr_runtime.measures.registry import FIGURES
from vr_runtime.measures.settings import ORIGINS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "measures.md").read_text("utf-8")


def rows(heading: str) -> list[list[str]]:
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_tables_are_as_the_code_writes_them() -> None:
    assert page_with_tables() == TEXT, "run: .venv/bin/python scripts/measures_page.py"


def test_the_table_of_markers_is_the_registry() -> None:
    table = {row[0].strip("`"): tuple(row[1:4]) for row in rows("Markers")}
    assert table == {name: (d.unit, d.source, d.algorithm) for name, d in DEFINITIONS.items()}


def test_every_marker_is_defined_in_words() -> None:
    defined = TEXT.split("\n## Distance\n", 1)[1]
    for name in DEFINITIONS:
        assert f"`{name}`" in defined, name
    for name in FIGURES:
        assert f"**`{name}`**" in defined, name


def test_the_table_of_thresholds_holds_the_defaults() -> None:
    table = {row[0].strip("`"): float(row[1]) for row in rows("Thresholds")}
    assert table == {field.name: getattr(Settings(), field.name) for field in fields(Settings)}


def test_every_threshold_has_an_origin() -> None:
    assert set(ORIGINS) == {field.name for field in fields(Settings)}


def test_every_marker_carries_thresholds_that_exist() -> None:
    known = {field.name for field in fields(Settings)}
    for definition in DEFINITIONS.values():
        assert set(definition.settings) <= known
        assert re.fullmatch(r"[a-z_]+/\d+", definition.algorithm)
