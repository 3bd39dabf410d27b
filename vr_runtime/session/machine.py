"""The phases of a session and the ways between them, as data.

``MOVES`` is what commands may do. Two exits stand above it and are looked at first: STOP from every phase but
closed, and closing, which never raises anything, from every phase. ``SAFETY`` and :func:`called_off` are what
happens without a command; none of it leads into an exposure. docs/session.md shows the same tables for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vr_runtime.protocol.commands import AnyCommandBody, End
from vr_runtime.protocol.words import Phase, Place

SETUP, BASELINE, EXPOSURE, PAUSED = Phase.SETUP, Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED
SAFE_PLACE, RECOVERY, DEBRIEF = Phase.SAFE_PLACE, Phase.RECOVERY, Phase.DEBRIEF
STOPPED, CLOSED = Phase.STOPPED, Phase.CLOSED

PLACES: Mapping[Phase, Place] = MappingProxyType(
    {
        SETUP: Place.BASELINE_ROOM,
        BASELINE: Place.BASELINE_ROOM,
        EXPOSURE: Place.SCENE,
        PAUSED: Place.SCENE,
        SAFE_PLACE: Place.CALM,
        RECOVERY: Place.BASELINE_ROOM,
        DEBRIEF: Place.BASELINE_ROOM,
        CLOSED: Place.BASELINE_ROOM,
        STOPPED: Place.CALM,
    }
)

EXITS: Mapping[str, Phase] = MappingProxyType({"stop": STOPPED, "end:closed": CLOSED})
"""Possible from every phase but closed, and tested before everything else."""

MOVES: Mapping[Phase, Mapping[str, Phase]] = MappingProxyType(
    {
        SETUP: {"start": BASELINE},
        BASELINE: {"go_to_step": EXPOSURE, "safe_place": SAFE_PLACE},
        EXPOSURE: {
            "safe_place": SAFE_PLACE,
            "pause": PAUSED,
            "end:recovery": RECOVERY,
            "go_to_step": EXPOSURE,
        },
        PAUSED: {
            "safe_place": SAFE_PLACE,
            "end:recovery": RECOVERY,
            "go_to_step": EXPOSURE,
            "resume": EXPOSURE,
        },
        # From the safe place both ways on depend on where the session came from: see next_phase.
        SAFE_PLACE: {"end:recovery": RECOVERY, "go_to_step": EXPOSURE, "resume": EXPOSURE},
        RECOVERY: {"safe_place": SAFE_PLACE, "end:debrief": DEBRIEF},
        DEBRIEF: {},
        STOPPED: {"release": SAFE_PLACE},
        CLOSED: {},
    }
)

SAFETY: Mapping[str, Mapping[Phase, Phase]] = MappingProxyType(
    {
        "hold": {EXPOSURE: PAUSED},
        "safe_place": {EXPOSURE: SAFE_PLACE, PAUSED: SAFE_PLACE},
        "flash_guard": {
            BASELINE: SAFE_PLACE,
            EXPOSURE: SAFE_PLACE,
            PAUSED: SAFE_PLACE,
            RECOVERY: SAFE_PLACE,
        },
    }
)
"""Where the supervisor's demands lead, without any command; elsewhere they leave the phase as it is."""

_NOT_CLOSED = frozenset(Phase) - {CLOSED}

ACTS: Mapping[str, frozenset[Phase]] = MappingProxyType(
    {
        "set_parameter": frozenset({EXPOSURE, PAUSED, SAFE_PLACE}),
        "set_ceiling": frozenset({SETUP, BASELINE, EXPOSURE, PAUSED, SAFE_PLACE}),
        "fire_trigger": frozenset({EXPOSURE}),
        "ask_rating": _NOT_CLOSED,
        "rating": _NOT_CLOSED,
        "note": _NOT_CLOSED,
        "recentre": _NOT_CLOSED,
        "answer_check": frozenset({SETUP}),
        "override": frozenset({SETUP}),
        "answer_proposal": _NOT_CLOSED,
        "open_window": frozenset({EXPOSURE, PAUSED}),
        "close_window": _NOT_CLOSED,
        "open_trial": frozenset({BASELINE, EXPOSURE, PAUSED, SAFE_PLACE}),
        "close_trial": _NOT_CLOSED,
        "mark": _NOT_CLOSED,
        "use_aid": _NOT_CLOSED,
        "look_for_sensors": _NOT_CLOSED,
        "use_heart": _NOT_CLOSED,
    }
)
"""Commands that leave the phase as it is, and the phases that take them."""


def verb(body: AnyCommandBody) -> str:
    """The command's name in the tables: its kind, and for ``end`` also where to."""
    return f"end:{body.to.value}" if isinstance(body, End) else body.kind


def origin(phase: Phase, came_from: Phase) -> Phase:
    """Where ``resume`` will lead from the safe place, when the safe place or a stop is entered from ``phase``."""
    if phase in (SAFE_PLACE, STOPPED):
        return came_from
    return EXPOSURE if phase is PAUSED else phase


def next_phase(phase: Phase, asked: str, came_from: Phase = EXPOSURE) -> Phase | None:
    """The phase that a command leads to, or None where the phase does not allow it.

    ``came_from`` matters in the safe place alone (see :func:`origin`): ``resume`` goes back there, and exposure
    is reached from baseline and exposure only, so that the safe place is no way round from recovery.
    """
    if phase is CLOSED:
        return None
    if asked in EXITS:
        return EXITS[asked]
    if phase is SAFE_PLACE and asked == "resume":
        return came_from
    if phase is SAFE_PLACE and asked == "go_to_step" and came_from not in (BASELINE, EXPOSURE):
        return None
    if asked in ACTS:
        return phase if phase in ACTS[asked] else None
    return MOVES[phase].get(asked)


def called_off(phase: Phase, before: Phase) -> Phase:
    """Where a way up leads back to when it is called off before its fade is over. Never out of a pause.

    ``before`` is the phase that it set out from.
    """
    if before in (BASELINE, SAFE_PLACE) or phase is EXPOSURE:
        return before
    return phase


def possible(phase: Phase, came_from: Phase = EXPOSURE) -> tuple[str, ...]:
    """The ways on from a phase, for the message of a refusal."""
    asked = (*EXITS, *MOVES[phase])
    return tuple(each for each in asked if next_phase(phase, each, came_from) is not None)
