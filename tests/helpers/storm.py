"""Runtimes and consoles under load that can be killed and started many times a minute.

Each is a process of its own with all of its rooms, forked from a server process that has imported everything already.
What they know is told in ways that a kill does not take back: the runtime's last frame lies in memory that is a file's,
what the console has seen is written, line by line, before it is used.
"""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import multiprocessing
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import pytest

from clinician_console.core import ConsoleCore
from clinician_console.core.link import RuntimeLink
from clinician_console.core.port import Entry
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from tests.helpers.disk import Disk
from tests.helpers.session import ROOT, act, script
from vr_runtime.assemble import Options, plan_for_scene, play_session
from vr_runtime.catalogue import find_scenes
from vr_runtime.link.queues import LinkConfig
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import AnyCommandBody, FireTrigger, Note, Rating, SetParameter
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record import FileKey
from vr_runtime.run_command import SWITCH_INTERVAL_S
from vr_runtime.runtime import Rooms, Turn

RATE_HZ = 90.0
_PR_SET_PDEATHSIG = 1
_COUNT = """
import os, sys
while os.getppid() == int(sys.argv[1]):
    for _ in range(1_000_000):
        pass
"""
"""Ends with the test also where that was killed."""
_MARK = struct.Struct("<5q")


class Played(NamedTuple):
    """The last frame that the loop has played."""

    frame: int
    now_ns: int
    committed_seq: int
    age_ms: int
    """How long the oldest entry that was not committed had waited."""
    first_ns: int
    """When the first frame was."""


def last_played(folder: Path) -> Played:
    try:
        return Played(*_MARK.unpack((folder / "played").read_bytes()))
    except (FileNotFoundError, struct.error):  # not there yet, or empty as yet
        return Played(0, 0, 0, 0, 0)


class _Marks:
    """The loop's listener: notes each finished frame."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(_MARK.size))
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _MARK.size)
        self._first_ns = 0

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        frame, view = turn.frame, turn.view
        self._first_ns = self._first_ns or frame.now_ns
        _MARK.pack_into(
            self._memory, 0, frame.index, frame.now_ns, view.committed_seq, view.age_ms, self._first_ns
        )


def _load() -> list[dict[str, object]]:
    """A therapist's acts, sixteen a second for two minutes: up the steps, ratings, triggers, parameters, notes."""
    acts = [
        act(0.05, "start", expect="any"),
        act(0.05, "go_to_step", step=1, expect="any"),
        act(0.1, "go_to_step", step=2, expect="any"),
    ]
    kinds = (
        lambda n: act(0.06, "rating", raw=float(n % 100), expect="any"),
        lambda n: act(0.06, "fire_trigger", trigger="gust", expect="any"),
        lambda n: act(0.06, "set_parameter", name="wind", value=n % 10 / 10, expect="any"),
        lambda n: act(0.06, "note", text=f"note {n} of a session under load", expect="any"),
    )
    return [*acts, *(kinds[n % 4](n) for n in range(1900))]


def _end_with_the_test() -> None:
    """Nothing is left behind where the test itself is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def play(folder: Path) -> None:
    """The runtime, headless at real speed, until it is killed."""
    _end_with_the_test()
    os.environ["PALIER_HOME"] = str(folder / "home")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    packs = find_scenes()
    options = Options(
        plan=plan_for_scene(packs, "heights"),
        packs=packs,
        records=folder / "runtime",
        key=FileKey(folder / "key"),
        heart="simulated",
        seed=5,
        rate_hz=RATE_HZ,
        script=script(*_load()),  # type: ignore[arg-type]
        link=LinkConfig.at("127.0.0.1", None, folder / "connection.json"),
        duration_s=600.0,
    )
    play_session(options, listeners=(_Marks(folder / "played"),))


class _Witness(ConsoleCore):
    """A console that writes down what it has been given, before it does anything with it."""

    def witness(self, path: Path) -> None:
        self._seen = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def on_entries(self, entries: Sequence[Entry]) -> None:
        os.write(self._seen, "".join(f"entry {one.seq} {one.hash.hex()}\n" for one in entries).encode())
        super().on_entries(entries)

    def on_answer(self, answer: Answer) -> None:
        if answer.accepted:
            os.write(self._seen, f"answer {answer.command_id} -\n".encode())
        super().on_answer(answer)

    def _committed(self, seq: int, hash_hex: str) -> None:
        os.write(self._seen, f"copied {seq} {hash_hex}\n".encode())
        super()._committed(seq, hash_hex)


def steer(folder: Path, seconds: float = 600.0) -> None:
    """The console, with a copy of its own, steering forty times a second, until it is killed or its time is over."""
    _end_with_the_test()
    os.environ["PALIER_HOME"] = str(folder / "home")
    key = FileKey(folder / "key")
    core = _Witness(
        RuntimeLink(folder / "connection.json"),
        lambda epoch: RecordCopy.open(folder / "console", key, epoch),
        decode_heart,
        driven_by_page=False,
    )
    core.witness(folder / "seen")
    core.start()
    end, number = time.monotonic() + seconds, 0
    while time.monotonic() < end:
        number += 1
        bodies: tuple[AnyCommandBody, ...] = (
            Rating(raw=float(number % 100)),
            FireTrigger(trigger="gust"),
            SetParameter(name="wind", value=number % 10 / 10),
            Note(text=f"note {number} of a console under load"),
        )
        with contextlib.suppress(PalierError):  # not connected yet
            core.send(bodies[number % 4])
        time.sleep(0.025)
    core.close()


def seen(folder: Path, word: str) -> list[tuple[str, str]]:
    """What the console wrote down: (number, hash) of entries and of what it had copied, (id, "-") of answers."""
    try:
        lines = (folder / "seen").read_text().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    parts = [line.split() for line in lines if line.endswith("\n")]
    return [(name, digest) for kind, name, digest in parts if kind == word]


class Starter:
    """Forks runtimes and consoles; ``close`` ends all that still run.

    ``busy``: so many processes beside them do nothing but count, at normal priority. ``disk``: a pretended one, on which
    the processes find what they write below its folder."""

    def __init__(self, busy: int = 0, disk: Disk | None = None) -> None:
        os.environ["PYTHONPATH"] = str(ROOT)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.helpers.storm_warm"])
        self._running: list[BaseProcess] = []
        self._busy = [subprocess.Popen([sys.executable, "-c", _COUNT, str(os.getpid())]) for _ in range(busy)]
        self._own_server = disk is not None
        if disk is not None:
            _stop_server()
            with pytest.MonkeyPatch.context() as patch:
                for name, value in disk.environment().items():
                    patch.setenv(name, value)
                forkserver.ensure_running()

    def runtime(self, folder: Path) -> BaseProcess:
        return self._start(play, folder)

    def console(self, folder: Path, seconds: float = 600.0) -> BaseProcess:
        return self._start(steer, folder, seconds)

    def _start(self, target: object, *arguments: object) -> BaseProcess:
        process = self._context.Process(target=target, args=arguments, daemon=True)  # type: ignore[arg-type]
        process.start()
        self._running = [one for one in self._running if one.is_alive()] + [process]
        return process

    def close(self) -> None:
        for process in self._running:
            process.kill()
            process.join(60)
        for counting in self._busy:
            counting.kill()
            counting.wait(60)
        if self._own_server:
            _stop_server()


def _stop_server() -> None:
    """The process that all are forked from, which keeps the environment that it was started with."""
    forkserver._forkserver._stop()  # type: ignore[attr-defined]


def kill(process: BaseProcess) -> None:
    """As the system does it when memory runs out. Whoever had ended before, by a fault of its own, is found out."""
    process.kill()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL, f"it had ended before it was killed: {process.exitcode}"


def wait_until(holds: object, what: str, patience_s: float = 90.0) -> None:
    assert callable(holds)
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, f"waited in vain for: {what}"
        time.sleep(0.01)
