"""The OpenXR lab for tests: Monado's service, a scripted patient, programs of ours beside them.

Nothing here imports OpenXR: what uses it runs as a process of its own, through the lab's loader.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.xr_lab import LabError, monado
from scripts.xr_lab.session import Compositor, Service, Session
from tests.helpers.processes import until
from tests.helpers.remote_driver import RemoteDriver
from tests.helpers.session import ROOT
from tests.helpers.xr_layer import Validation

PATIENCE_S = 60.0


class Program:
    """A running program whose output goes to files, so that it never waits for a reader."""

    def __init__(self, command: list[str], environment: Mapping[str, str], folder: Path) -> None:
        self._out, self._err = (folder / name for name in ("stdout", "stderr"))
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=out, stderr=err
            )

    @property
    def output(self) -> str:
        return self._out.read_text(errors="replace")

    @property
    def errors(self) -> str:
        """What it logged; Monado's client library does so, too."""
        return self._err.read_text(errors="replace")

    def say(self, line: str) -> None:
        """To its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def wait(self, timeout: float = PATIENCE_S) -> int:
        return self.process.wait(timeout)

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        self.process.stdin.close()


class Lab:
    """One service with what a test does to it. Made by :func:`open_lab` or the fixtures of tests/xr."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._remote: RemoteDriver | None = None
        self._programs: list[Program] = []
        self._watches: list[tuple[str, Validation]] = []

    @property
    def service(self) -> Service:
        """``kill()`` as a crash does, ``stop()`` in order, ``start()`` again in the same place."""
        return self.session.service

    @property
    def remote(self) -> RemoteDriver:
        """The scripted patient; connected when first asked for."""
        if self._remote is None:
            assert self.session.remote_port is not None, "this lab has no remote driver"
            self._remote = RemoteDriver(self.session.remote_port)
        return self._remote

    def restart(self) -> None:
        """After ``service.kill()``: the service and the patient are back."""
        self.service.start()
        if self._remote is not None:
            self._remote.reconnect()

    def environment(self, **more: str) -> dict[str, str]:
        return {**self.session.environment(), "PYTHONPATH": str(ROOT), **more}

    def python(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        """Run Python beside the service to its end: ``lab.python("-m", "vr_runtime", "doctor", XRT_LOG="warn")``;
        keywords go into the environment. It has :data:`PATIENCE_S`."""
        folder = Path(tempfile.mkdtemp(prefix="program-", dir=self.session.folder))
        return subprocess.run(
            [str(self.session.python), *map(str, arguments)],
            env=self.environment(**self._watched(" ".join(map(str, arguments)), folder, more)),
            cwd=ROOT,
            text=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PATIENCE_S,
        )

    def start(self, *arguments: str | Path, **more: str) -> Program:
        """Start Python beside the service; killed when the lab (or :meth:`tidy`) ends."""
        folder = Path(tempfile.mkdtemp(prefix="program-", dir=self.session.folder))
        more = self._watched(" ".join(map(str, arguments)), folder, more)
        program = Program([str(self.session.python), *map(str, arguments)], self.environment(**more), folder)
        self._programs.append(program)
        return program

    def control(self, *arguments: str) -> str:
        """``monado-ctl``: ``-c`` recentres, ``-f ID`` gives the focus, ``-p ID`` makes primary."""
        command = [str(self.session.folder / "bin/monado-ctl"), *arguments]
        return subprocess.run(
            command, env=self.environment(), text=True, capture_output=True, check=True, timeout=PATIENCE_S
        ).stdout

    def picture(self) -> np.ndarray[Any, np.dtype[np.uint8]]:
        """What the window compositor's screen shows, (height, width, 3): left eye, right eye side by side."""
        from PIL import ImageGrab

        assert self.session.compositor == "window", "the null compositor shows nothing"
        return np.asarray(ImageGrab.grab(xdisplay=self.session.display).convert("RGB"))

    def tidy(self) -> None:
        """Between tests: programs end, the service runs, the patient looks ahead again."""
        for program in self._programs:
            program.kill()
        self._programs.clear()
        if not self.service.running:
            self.restart()
        if self._remote is not None:
            self._remote.reset()
        self.check()

    def _watched(self, name: str, folder: Path, more: dict[str, str]) -> dict[str, str]:
        """The environment of a program under the eyes of the validation layer, unless it says otherwise."""
        if "XR_ENABLE_API_LAYERS" in more:
            return more
        watch = Validation(folder / "validation.txt")
        self._watches.append((name, watch))
        return more | watch.environment()

    def check(self) -> None:
        """Fails where a program used OpenXR wrongly, or was not watched at all."""
        watches, self._watches = self._watches, []
        for name, watch in watches:
            assert watch.ran, f"without the validation layer: {name}"
            assert not watch.messages, f"OpenXR was used wrongly by {name}:\n{watch.messages}"

    def close(self) -> None:
        for program in self._programs:
            program.kill()
        if self._remote is not None:
            self._remote.close()
        self.check()


@contextmanager
def open_lab(compositor: Compositor = "null", *, remote: bool = True) -> Iterator[Lab]:
    """A lab of its own. Where none can be had the test fails in CI and is skipped elsewhere."""
    kept = os.environ.pop("DISPLAY", None)  # a screen of its own size, even where there is another one
    try:
        session = _session(compositor, remote=remote)
        with session:
            lab = Lab(session)
            try:
                yield lab
            finally:
                lab.close()
    finally:
        if kept is not None:
            os.environ["DISPLAY"] = kept


def need_monado() -> monado.Monado:
    try:
        return monado.find()
    except LabError as error:
        message = f"no OpenXR lab: {error}"
    if monado.in_ci():
        pytest.fail(message)
    pytest.skip(message)


def _session(compositor: Compositor, *, remote: bool) -> Session:
    need_monado()
    return Session(compositor, remote=0 if remote else None)


class Client:
    """A headless OpenXR program (tests/helpers/xr_headless.py) that says where things are when it is asked.

    It is killed when the lab is tidied."""

    def __init__(self, lab: Lab, **more: str) -> None:
        self.program = lab.start("-m", "tests.helpers.xr_headless", **more)

    def ask(self, what: str = "locate") -> dict[str, Any]:
        before = self.program.output.count("\n")
        self.program.say(what)
        until(
            lambda: self.program.output.count("\n") > before or self.program.process.poll() is not None,
            "the headless client's answer",
        )
        lines = self.program.output.splitlines()
        assert len(lines) > before, f"the headless client ended: {self.program.errors[-2000:]}"
        return json.loads(lines[-1])
