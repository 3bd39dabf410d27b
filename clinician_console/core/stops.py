"""Whether a STOP is confirmed: that the runtime's *loop* has acted, not only that its link thread has heard.

A hung loop still has a link thread that answers; so what confirms is the record or the telemetry of a frame.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.words import Phase

MAX_KEPT = 50


@dataclass(frozen=True)
class StopState:
    """``pressed_at`` and ``confirmed_at`` in seconds on the console's clock; ``wall`` is HH:MM:SS, local."""

    id: str
    press: str
    """The page's own name of the key press, so that a repeated message is one STOP."""
    pressed_at: float
    wall: str
    after_ns: int
    """Runtime time at the press, at the earliest: an older state confirms nothing."""
    confirmed_at: float | None = None
    shown_ns: int | None = None

    @property
    def milliseconds(self) -> float | None:
        return None if self.confirmed_at is None else (self.confirmed_at - self.pressed_at) * 1e3


def confirms(stop: StopState, telemetry: Telemetry) -> bool:
    return telemetry.phase == Phase.STOPPED and telemetry.t_ns > stop.after_ns


def confirmed_by(stop: StopState, event: ev.Event, now: float) -> StopState:
    """The stop as it stands after an event of the record."""
    match event.body:
        case ev.CommandShown() as body if body.command_id == stop.id:
            return replace(stop, confirmed_at=stop.confirmed_at or now, shown_ns=body.shown_ns)
        case ev.PhaseChanged(phase=Phase.STOPPED) if event.t_ns > stop.after_ns:
            return replace(stop, confirmed_at=stop.confirmed_at or now)
        case _:
            return stop


class StopBook:
    """Every STOP that was pressed here and what became of it.

    :meth:`press` may be called from any thread and waits for nothing but another press; the rest belongs to the
    core, which holds its lock.
    """

    def __init__(self, send: Callable[[], str]) -> None:
        self._send = send
        # A lock of its own: whatever the rest of the core is busy with, a STOP goes out first and is noted after.
        self._lock = threading.Lock()
        self._presses: dict[str, str] = {}
        self._states: dict[str, StopState] = {}

    def press(self, press: str) -> tuple[str, bool]:
        """Send a STOP, once per press; its id, and whether this call has sent it."""
        with self._lock:
            if (known := self._presses.get(press)) is not None:
                return known, False
            try:
                identity = self._send()
            except PalierError:
                # Nothing to send it to: it stays unconfirmed, and the page says to use the headset's button.
                identity = f"unsent-{uuid.uuid4().hex}"
            self._presses[press] = identity
        return identity, True

    def pressed(self, press: str) -> str | None:
        with self._lock:
            return self._presses.get(press)

    # -------------------------------------------------------------- under the core's lock

    def note(self, state: StopState) -> None:
        self._states[state.id] = state
        old = [self._states.pop(identity).press for identity in list(self._states)[:-MAX_KEPT]]
        if old:
            with self._lock:
                for press in old:
                    self._presses.pop(press, None)

    def get(self, identity: str) -> StopState | None:
        return self._states.get(identity)

    def latest(self) -> StopState | None:
        return next(reversed(self._states.values()), None)

    def telemetry(self, telemetry: Telemetry, now: float) -> None:
        for identity, stop in self._states.items():
            if stop.confirmed_at is None and confirms(stop, telemetry):
                self._states[identity] = replace(stop, confirmed_at=now)

    def event(self, event: ev.Event, now: float) -> None:
        for identity, stop in self._states.items():
            self._states[identity] = confirmed_by(stop, event, now)
