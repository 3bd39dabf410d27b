"""Nothing is shipped without saying whose it is and that it may be."""

from __future__ import annotations

import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "assets"
COLUMNS = {"path", "what", "source", "version", "licence", "changes"}
FREE = ("Apache-2.0", "CC0", "CC-BY", "MIT", "BSD", "OFL")


def rows() -> list[dict[str, str]]:
    """The rows of all tables, by the headings of their columns."""
    found: list[dict[str, str]] = []
    heading: list[str] = []
    for line in (ASSETS / "CREDITS.md").read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            heading = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not heading:
            heading = cells
        elif not set(line) <= set("|-: "):
            found.append(dict(zip(heading, cells, strict=True)))
    return found


def shipped() -> list[str]:
    """Paths below ``assets`` that belong to the project: tracked by git, or all of them without git."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."],
        cwd=ASSETS,
        capture_output=True,
        text=True,
    )
    if listed.returncode == 0:
        return sorted(path for path in listed.stdout.split("\0") if path and (ASSETS / path).exists())
    return sorted(str(path.relative_to(ASSETS)) for path in ASSETS.rglob("*") if path.is_file())


def covers(row: dict[str, str], path: str) -> bool:
    return fnmatch(path, row["path"].strip("`"))


@pytest.mark.parametrize("path", shipped())
def test_every_asset_has_its_entry(path: str) -> None:
    assert [row for row in rows() if covers(row, path)], (
        f"assets/{path} stands in no table of assets/CREDITS.md"
    )


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["path"])
def test_every_entry_is_whole_free_and_of_something_that_is_there(row: dict[str, str]) -> None:
    assert set(row) >= COLUMNS
    assert all(row.values()), f"an empty cell in the row of {row['path']}"
    assert row["licence"].startswith(FREE)
    assert any(covers(row, path) for path in shipped())


def test_the_assets_stay_small_enough_to_check_in() -> None:
    assert sum((ASSETS / path).stat().st_size for path in shipped()) < 60_000_000
