"""Copies of the example scene pack under other names, on the path like an installed package: to be broken."""

from __future__ import annotations

import importlib
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

from tests.helpers.session import ROOT

SOURCE = ROOT / "examples" / "scene_pack" / "spider_jar"


class CopiedPack:
    """``name`` is the package's and the scene's."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.package = folder / name
        copytree(SOURCE, self.package, ignore=ignore_patterns("__pycache__"))
        for path in [*self.package.glob("*.py"), self.package / "scene.toml"]:
            path.write_text(path.read_text("utf-8").replace("spider_jar", name), "utf-8")
        self.entry_points(f"{name} = {name}")

    def entry_points(self, *lines: str) -> None:
        """What installing the pack would leave for others to find it by."""
        info = self.package.parent / f"{self.name}-1.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {self.name}\nVersion: 1\n", "utf-8")
        (info / "entry_points.txt").write_text("\n".join(["[palier.scenes]", *lines, ""]), "utf-8")

    def change(self, file: str, right: str, wrong: str) -> None:
        """Put one thing wrong in one file."""
        path = self.package / file
        text = path.read_text("utf-8")
        assert right in text, f"{file} has changed: '{right}' is no longer in it"
        path.write_text(text.replace(right, wrong, 1), "utf-8")


def copied(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> CopiedPack:
    """A copy, whole, on the path until the test ends. Modules stay loaded: take another name each time."""
    pack = CopiedPack(folder, name)
    monkeypatch.syspath_prepend(folder)
    importlib.invalidate_caches()
    return pack
