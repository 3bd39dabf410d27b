"""A scripted therapist: carries out a script through the same core that the pages use.

Acts are timed from the moment the console is ready (connected, with the lease, the runtime's state in sight).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from clinician_console.core.core import ConsoleCore
from clinician_console.core.errors import ConsoleError, ConsoleReason, DriveError
from clinician_console.core.snapshot import Snapshot
from vr_runtime.protocol.commands import Stop
from vr_runtime.protocol.files.script import Script, ScriptStep

READY_S = 30.0
HELD_S = 6.0
"""Another console's right to command lapses sooner than this if that console is gone."""
ANSWER_S = 6.0
STOP_S = 5.0
COPY_S = 15.0


@dataclass(frozen=True)
class Act:
    """One act that was carried out. ``took_ms`` from sending to the answer, as this side saw it."""

    number: int
    kind: str
    label: str
    word: str
    reason: str
    took_ms: float


class Drive:
    """Runs a script. ``sleep`` and ``clock`` are seconds of this machine, replaceable in tests."""

    def __init__(
        self,
        core: ConsoleCore,
        script: Script,
        *,
        on_act: Callable[[Act], None] = lambda _act: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._core = core
        self._script = script
        self._on_act = on_act
        self._clock = clock
        self._sleep = sleep

    def run(self) -> tuple[Act, ...]:
        """Carry out the whole script.

        Raises:
            ConsoleError: NO_RUNTIME, NO_LEASE, INTERRUPTED.
            DriveError: UNEXPECTED_ANSWER, NO_ANSWER; the message names the act.
        """
        self.wait_ready()
        start = self._clock()
        acts: list[Act] = []
        for number, (step, due) in enumerate(
            zip(self._script.steps, self._script.times(), strict=True), start=1
        ):
            self._wait_until(start + due)
            act = self._carry_out(number, step)
            acts.append(act)
            self._on_act(act)
        self._wait_until(self._clock() + self._script.linger_s)
        return tuple(acts)

    def wait_ready(self, timeout_s: float = READY_S) -> None:
        held_since: list[float] = []

        def settled(now: Snapshot) -> bool:
            if now.link.word == "connected" and now.link.lease_holder and not now.link.lease_mine:
                held_since.append(self._clock())
            held = bool(held_since) and self._clock() - held_since[0] >= HELD_S
            return now.link.word in ("refused", "other_version") or _ready(now) or held

        self._core.wait_for(settled, timeout_s)
        now = self._core.snapshot()
        if _ready(now):
            return
        if now.link.word == "connected" and now.link.lease_holder:
            raise ConsoleError(
                ConsoleReason.NO_LEASE,
                f"console '{now.link.lease_holder}' holds the right to command; end it there, then start again",
            )
        trouble = f" ({now.link.trouble})" if now.link.trouble else ""
        raise ConsoleError(
            ConsoleReason.NO_RUNTIME,
            f"no runtime answered within {timeout_s:g} s{trouble}; start one with: vr-runtime run",
        )

    def wait_copied(self, timeout_s: float = COPY_S) -> bool:
        """Wait until the copy holds everything that the runtime is known to have recorded."""
        return self._core.wait_for(
            lambda now: bool(now.copy.failed) or (now.copy.seq > 0 and now.copy.behind == 0), timeout_s
        )

    def _wait_until(self, due: float) -> None:
        while (left := due - self._clock()) > 0:
            self._sleep(min(left, 0.25))

    def _carry_out(self, number: int, step: ScriptStep) -> Act:
        began = self._clock()
        if isinstance(step.do, Stop):
            return self._stop(number, step, began)
        now = self._core.snapshot()
        if now.ended or now.link.word != "connected":
            gone = "the session was closed" if now.ended else "the link to the runtime was lost"
            raise ConsoleError(
                ConsoleReason.INTERRUPTED, f"{gone} before act {number} of the script ({step.do.kind})"
            )
        identity = self._core.send(step.do)
        state = self._core.wait_command(identity, ANSWER_S)
        if state is None or state.word not in ("accepted", "refused"):
            if step.expect == "any":
                return Act(number, step.do.kind, step.label, "unknown", "", (self._clock() - began) * 1e3)
            raise DriveError(
                ConsoleReason.NO_ANSWER,
                f"act {number} of the script ({step.do.kind}) was not answered within {ANSWER_S:g} s",
            )
        reason = state.reason.value if state.reason else ""
        wrong = (step.expect != "any" and step.expect != state.word) or (
            state.word == "refused" and step.reason is not None and step.reason != state.reason
        )
        if wrong:
            wanted = step.expect + (f" ({step.reason.value})" if step.reason else "")
            why = f" ({reason}: {state.message})" if state.word == "refused" else ""
            raise DriveError(
                ConsoleReason.UNEXPECTED_ANSWER,
                f"act {number} of the script ({step.do.kind}) was {state.word}{why}; expected: {wanted}",
            )
        return Act(number, step.do.kind, step.label, state.word, reason, (self._clock() - began) * 1e3)

    def _stop(self, number: int, step: ScriptStep, began: float) -> Act:
        state = self._core.wait_stop(self._core.stop(), STOP_S)
        if state is None or state.confirmed_at is None:
            raise DriveError(
                ConsoleReason.NO_ANSWER,
                f"act {number} of the script (stop) was not confirmed within {STOP_S:g} s: "
                "use the headset's own button",
            )
        return Act(number, "stop", step.label, "accepted", "", (self._clock() - began) * 1e3)


def _ready(now: Snapshot) -> bool:
    return now.link.word == "connected" and now.link.lease_mine and now.telemetry is not None
