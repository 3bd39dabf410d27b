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


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scene pack on the path, with one asset and one file that is none."""
    package = tmp_path / "a_pack_for_tests"
    (package / "assets" / "sounds").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "assets" / "sounds" / "lift.ogg").write_text("own")
    (package / "code.txt").touch()
    monkeypatch.syspath_prepend(tmp_path)
    return package


def test_a_scene_pack_brings_its_own_assets(pack: Path, roots: tuple[Path, Path]) -> None:
    assert assets.path("a_pack_for_tests:sounds/lift.ogg") == pack / "assets" / "sounds" / "lift.ogg"
    assert assets.find("sounds/lift.ogg") is None, "a pack's files are not mixed with Palier's"
    assert assets.find("a_pack_for_tests:both.txt") is None


@pytest.mark.parametrize(
    "name",
    [
        "a_pack_for_tests:../code.txt",
        "a_pack_for_tests:/etc/passwd",
        "no_such_pack:x",
        "../x:y",
        ":both.txt",
        "os:x",
    ],
)
def test_no_name_leads_out_of_a_scene_pack_s_assets(pack: Path, roots: tuple[Path, Path], name: str) -> None:
    assert assets.find(name) is None
    with pytest.raises(FileError):
        assets.path(name)
