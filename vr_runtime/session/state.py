"""The session's logical state, for the state hash that a replay is compared by."""

from __future__ import annotations

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.words import Phase
from vr_runtime.session.frame import SceneFrame
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.ratings import Prompts
from vr_runtime.session.supervisor import Supervisor


def logical_state(
    phase: Phase,
    came_from: Phase,
    scene: SceneFrame,
    ladder: Ladder,
    supervisor: Supervisor,
    prompts: Prompts,
    waiting: int,
    held: bool,
) -> dict[str, int | float | str]:
    """Enums, integers, and numbers rounded to 1e-6, always in the same order."""
    state: dict[str, int | float | str] = {
        "phase": phase.value,
        "came_from": came_from.value,
        "place": scene.place.value,
        "scene": scene.scene,
        "arriving": ladder.arriving.scene if ladder.arriving is not None else "",
        "step": ladder.step,
        "ceiling": ladder.ceiling,
        "waiting": waiting,
        "prompt": prompts.open.id if prompts.open is not None else "",
        "held": int(held),
        "frozen": int(scene.frozen),
        "shell": round(scene.shell, 6),
        "blink": round(scene.blink, 6),
        "sound_gain": round(scene.sound_gain, 6),
    }
    for demand in supervisor.demands:
        state[f"demand.{demand.cause.value}"] = demand.kind.value
    for (where, name), ceiling in ladder.ceilings().items():
        state[f"ceiling.{where}.{name}"] = _rounded(ceiling)
    tracks = ladder.ahead
    if tracks is not None:
        for name, track in tracks.tracks.items():
            state[f"value.{name}"] = _rounded(track.value)
            state[f"target.{name}"] = _rounded(track.target)
    # What was never turned is left out: a record from before it could be turned has the states it had.
    if ladder.safe_place is not None:
        for name, first in ladder.safe_place.first.items():
            track = ladder.safe_place.tracks[name]
            if track.value != first or track.target != first:
                state[f"safe_place.value.{name}"] = _rounded(track.value)
                state[f"safe_place.target.{name}"] = _rounded(track.target)
    return state


def _rounded(value: Value) -> Value:
    return value if isinstance(value, str) else round(value, 6)
