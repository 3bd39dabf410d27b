"""The heart sensors as the record tells of them: what a search has found, what is in use. Pure: events in, a value out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vr_runtime.protocol import events as ev


@dataclass(frozen=True)
class SensorsState:
    """``state`` and ``message``: the last that was told of the source in use."""

    looking: bool = False
    found: tuple[ev.SensorSeen, ...] = ()
    looked: bool = False
    """A search has ended."""
    problem: str = ""
    source: str = ""
    state: str = ""
    message: str = ""


def after(state: SensorsState, body: ev.EventBody) -> SensorsState:
    """The state after an event."""
    match body:
        case ev.Opened():
            return SensorsState(source=body.heart)
        case ev.CommandDecided(command_kind="look_for_sensors", accepted=True):
            return replace(state, looking=True, looked=False, found=(), problem="")
        case ev.SensorsFound():
            return replace(
                state, found=body.sensors, looking=not body.over, looked=body.over, problem=body.problem
            )
        case ev.HeartSourceChanged(state="chosen"):
            return replace(state, source=body.source, state=body.state, message="")
        case ev.HeartSourceChanged() if body.source == state.source or body.state == "failed":
            return replace(state, state=body.state, message=body.message)
        case _:
            return state
