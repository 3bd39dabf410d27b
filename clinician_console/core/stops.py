"""Whether a STOP is confirmed: that the runtime's *loop* has acted, not only that its link thread has heard.

A hung loop still has a link thread that answers; so what confirms is the record or the telemetry of a frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.words import Phase


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
