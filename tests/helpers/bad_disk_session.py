"""A real runtime whose record lies on a pretended disk, steered by a real console core in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from clinician_console.core import ConsoleCore
from clinician_console.core.commandbook import CommandState
from clinician_console.core.link import RuntimeLink
from clinician_console.core.snapshot import Snapshot
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from tests.helpers.disk import Disk, Shim
from tests.helpers.session import KEY, ROOT, environment
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    End,
    GoToStep,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
)
from vr_runtime.protocol.words import Phase

RATE_HZ = 90
PATIENCE_S = 60.0


class BadDiskSession:
    """Open; ``disk`` is turned by the test. The console's own copy lies on this machine's disk."""

    def __init__(self, folder: Path, shim: Shim, monkeypatch_home: Callable[[str], None]) -> None:
        home = folder / "home"
        monkeypatch_home(str(home))
        self.disk = Disk(shim, folder / "disk")
        connection = folder / "connection.json"
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "vr_runtime", "run", "--display", "headless", "--patient", "virtual",
                "--heart", "simulated", "--seed", "5", "--rate", str(RATE_HZ), "--duration", "900",
                "--records", str(self.disk.folder / "records"), "--connection", str(connection), "--scene", "heights",
            ],
            env={**environment(home), **self.disk.environment()},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._core = ConsoleCore(
            RuntimeLink(connection),
            lambda epoch: RecordCopy.open(folder / "console", KEY, epoch),
            decode_heart,
            driven_by_page=False,
        )
        self._core.start()
        self.wait(
            lambda now: now.link.word == "connected" and now.link.lease_mine and now.telemetry is not None
        )

    @property
    def record(self) -> Path:
        (folder,) = (self.disk.folder / "records").iterdir()
        return folder

    @property
    def copy(self) -> Path:
        return Path(self._core.snapshot().copy.path)

    def see(self) -> Snapshot:
        return self._core.snapshot()

    def frame(self) -> int:
        telemetry = self.see().telemetry
        assert telemetry is not None
        return telemetry.frame

    def wait(self, holds: Callable[[Snapshot], bool]) -> Snapshot:
        """Wait until something holds of what the console sees."""
        held = self._core.wait_for(holds, PATIENCE_S)
        now = self.see()
        assert held, (now.link, now.alarms, now.telemetry, now.commands)
        return now

    def frames(self, count: int) -> tuple[int, int]:
        """Let so many frames go by; the first and the last."""
        first = self.frame()
        self.wait(lambda now: now.telemetry is not None and now.telemetry.frame >= first + count)
        return first, self.frame()

    def do(self, body: AnyCommandBody) -> CommandState:
        """A command, and its answer."""
        state = self._core.wait_command(self._core.send(body, 10_000), PATIENCE_S)
        assert state is not None
        return state

    def tell(self, body: AnyCommandBody) -> str:
        """A command whose answer is not waited for: it comes with the commit."""
        return self._core.send(body)

    def phase(self, wanted: str) -> None:
        self.wait(lambda now: now.telemetry is not None and now.telemetry.phase == wanted)

    def stop(self) -> None:
        """STOP, until the console has it confirmed."""
        state = self._core.wait_stop(self._core.stop(), PATIENCE_S)
        assert state is not None
        assert state.confirmed_at is not None

    def begin(self) -> None:
        for body in (Start(), GoToStep(step=1)):
            assert self.do(body).word == "accepted"

    def hold_lower_stop(self) -> None:
        """What the therapist does when it is too much, and back to where it was only by what comes after."""
        self.tell(SetParameter(name="wind", value=0.0))
        self.tell(Pause())
        self.phase("paused")
        self.stop()

    def back(self) -> None:
        """Out of the stop, into the exposure again; once more where a busy machine had something called off."""
        for _ in range(20):
            done = [self.do(body) for body in (Release(), Resume(), SetParameter(name="wind", value=0.4))]
            if done[-1].word == "accepted":
                return
        raise AssertionError("the exposure is never reached again")

    def settle(self) -> None:
        """Until nothing is on its way up any more: what is, when the record fails, is called off."""
        for _ in range(20):
            self.frames(RATE_HZ * 3 // 2)  # places fade within a second
            telemetry = self.see().telemetry
            if telemetry is not None and telemetry.phase == Phase.EXPOSURE:
                break
            self.back()
        self.wait(
            lambda now: (
                now.telemetry is not None
                and now.telemetry.shell == 0.0
                and now.telemetry.parameters["wind"].value == now.telemetry.parameters["wind"].target
            )
        )

    def end(self) -> None:
        self.do(SafePlace())
        for _ in range(2):
            self.tell(End())
        assert self._process.wait(PATIENCE_S) == 0

    def close(self) -> None:
        self._core.close()
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(PATIENCE_S)
        self.disk.close()
