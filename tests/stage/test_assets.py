"""Assets are found in the installed package first, then in the checkout, and never outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    first, second = tmp_path / "package", tmp_path / "checkout"
    for root, name in (
        (first, "both.txt"),
        (second, "both.txt"),
        (second, "sub/one.txt"),
        (tmp_path, "secret"),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(root.name)
    monkeypatch.setattr(assets, "ROOTS", (first, second))
    return first, second


def test_the_installed_package_comes_first(roots: tuple[Path, Path]) -> None:
    assert assets.path("both.txt").read_text() == "package"
    assert assets.path("sub/one.txt") == roots[1] / "sub" / "one.txt"


def test_a_missing_asset_is_named_with_the_places_searched(roots: tuple[Path, Path]) -> None:
    with pytest.raises(FileError, match=r"sounds/none\.ogg") as caught:
        assets.path("sounds/none.ogg")
    assert caught.value.reason is FileReason.NOT_FOUND
    assert all(str(root) in str(caught.value) for root in roots)
    assert assets.find("sounds/none.ogg") is None


@pytest.mark.parametrize("name", ["../secret", "sub/../../secret", "/etc/passwd"])
def test_no_name_leads_out_of_the_assets(roots: tuple[Path, Path], name: str) -> None:
    with pytest.raises(FileError):
        assets.path(name)
