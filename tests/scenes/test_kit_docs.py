"""docs/kit.md has an entry for each piece that scenes share, with names that the code has and pictures that are small."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "kit.md").read_text("utf-8")
KIT = ROOT / "scenes" / "kit"
PICTURES = ROOT / "docs" / "pictures" / "kit"
MODULES = sorted(path.stem for path in KIT.glob("*.py") if not path.stem.startswith("_"))


def entries() -> dict[str, str]:
    parts = re.split(r"^### `(\w+)`$", TEXT, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def folded() -> dict[str, str]:
    """Pieces without an entry of their own, that the entry of the piece they serve tells of; by that piece."""
    return {
        name: piece
        for piece, said in entries().items()
        for name in re.findall(r"the module `(\w+)` [^`]*\(no picture of its own: [^)]+\)", said)
    }


def test_each_piece_of_the_kit_is_told_of_once_and_no_other_is() -> None:
    assert sorted([*entries(), *folded()]) == MODULES


@pytest.mark.parametrize("module", sorted(set(MODULES) - set(folded())))
def test_a_piece_has_its_picture_or_the_reason_why_it_has_none(module: str) -> None:
    said = entries()[module]
    assert (f"](pictures/kit/{module}.jpg)" in said) != bool(re.search(r"\bNo picture: \w+", said))


@pytest.mark.parametrize("module", sorted(set(MODULES) - set(folded())))
def test_an_entry_says_when_it_is_used_and_names_what_the_module_has(module: str) -> None:
    said = entries()[module]
    assert re.search(r"\b(Offline|Live|Offline and live)\.$", said, re.M)
    tree = ast.parse((KIT / f"{module}.py").read_text("utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)} | {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    words = set(re.findall(r"`([A-Za-z_]\w*)`", said)) - {"occlusion"} - set(folded())
    assert words <= defined, words - defined


def test_every_picture_is_there_small_and_shown_and_made_by_the_script() -> None:
    shown = set(re.findall(r"\]\(pictures/kit/(\w+\.jpg)\)", TEXT))
    assert shown == {path.name for path in PICTURES.iterdir()}
    script = (ROOT / "scripts" / "kit_pictures.py").read_text("utf-8")
    for name in shown:
        assert (PICTURES / name).stat().st_size < 60_000
        assert f'"{name.removesuffix(".jpg")}"' in script, name
