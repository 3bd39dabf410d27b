"""Pictures for the plan builder: one process at a time, none while a runtime plays, none after the end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from clinician_console.plans.pictures import Pictures
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.toml import read_manifest

ROOT = Path(__file__).resolve().parents[2]
HEIGHTS: SceneManifest = read_manifest(ROOT / "scenes" / "heights" / "scene.toml")

DRAW = """
import sys, time
time.sleep(float(sys.argv[1]))
open(sys.argv[2], "wb").write(b"\\x89PNG\\r\\n\\x1a\\n" if sys.argv[3] == "good" else b"nothing")
"""


class Painter:
    """Stands for ``vr-runtime picture``: a real process that writes what looks like a picture."""

    def __init__(self, seconds: float = 0.05, what: str = "good") -> None:
        self.seconds, self.what = seconds, what
        self.made: list[subprocess.Popen[bytes]] = []
        self.most = 0

    def __call__(self, command: list[str]) -> subprocess.Popen[bytes]:
        out = command[command.index("--out") + 1]
        made = subprocess.Popen([sys.executable, "-I", "-S", "-c", DRAW, str(self.seconds), out, self.what])
        self.made.append(made)
        self.most = max(self.most, sum(each.poll() is None for each in self.made))
        return made


def until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.01)


def test_each_is_drawn_once_one_after_the_other_and_kept(tmp_path: Path) -> None:
    painter = Painter()
    pictures = Pictures(tmp_path, start=painter)
    assert [pictures.get(HEIGHTS, step) for step in (1, 2, 3, 1)] == [None] * 4
    until(lambda: not pictures.waiting)
    assert (painter.most, len(painter.made)) == (1, 3)
    assert pictures.get(HEIGHTS, 2) == pictures.path(HEIGHTS, 2)
    changed = HEIGHTS.model_copy(update={"minimum_age": 16})
    assert pictures.path(changed, 2) != pictures.path(HEIGHTS, 2)
    pictures.close()
    assert not [*tmp_path.rglob("*.part.png")]


def test_a_session_stops_the_one_that_is_being_drawn_and_it_is_drawn_after(tmp_path: Path) -> None:
    playing = threading.Event()
    painter = Painter(seconds=60)
    pictures = Pictures(tmp_path, playing.is_set, painter)
    pictures.want(HEIGHTS, 1)
    until(lambda: painter.made)
    playing.set()
    until(lambda: painter.made[0].poll() is not None)
    time.sleep(0.3)
    assert len(painter.made) == 1
    assert pictures.waiting == 1
    painter.seconds = 0.0
    playing.clear()
    until(lambda: pictures.path(HEIGHTS, 1).exists())
    pictures.close()


def test_the_end_of_the_console_ends_the_process(tmp_path: Path) -> None:
    painter = Painter(seconds=60)
    pictures = Pictures(tmp_path, start=painter)
    pictures.want(HEIGHTS, 1)
    pictures.want(HEIGHTS, 2)
    until(lambda: painter.made)
    pictures.close()
    assert painter.made[0].poll() is not None
    pictures.want(HEIGHTS, 3)
    assert len(painter.made) == 1
    assert not os.path.exists(pictures.path(HEIGHTS, 1))


def test_what_cannot_be_drawn_is_tried_once(tmp_path: Path) -> None:
    painter = Painter(what="bad")
    pictures = Pictures(tmp_path, start=painter)
    pictures.want(HEIGHTS, 1)
    until(lambda: not pictures.waiting)
    assert pictures.get(HEIGHTS, 1) is None
    assert len(painter.made) == 1
    assert not pictures.waiting
    pictures.close()
