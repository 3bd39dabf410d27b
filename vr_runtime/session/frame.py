"""What goes into the session each frame and what comes out of it. Time is a value among the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vr_runtime.protocol.answers import Answer, PromptState
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.events import (
    CommandReceived,
    CommandTurnedAway,
    EventBody,
    PatientAnswered,
    PatientDid,
    StopPressed,
)
from vr_runtime.protocol.words import Phase, Place


@dataclass(frozen=True)
class Inputs:
    """Everything that the session depends on in one frame; all of it is recorded, so all of it can be replayed."""

    now_ns: int
    frame: int
    dt_s: float
    commands: tuple[CommandReceived, ...] = ()
    turned_away: tuple[CommandTurnedAway, ...] = ()
    stops: tuple[StopPressed, ...] = ()
    answered: tuple[PatientAnswered, ...] = ()
    committed: frozenset[str] = frozenset()
    """Ids of waiting commands whose ``command_received`` the record has committed by the begin of this frame."""
    link_age_s: float | None = None
    """How long the driving console has been silent; None where no link is in use (virtual time)."""
    tracking: bool = True
    headset_on: bool = True
    display_ok: bool = True
    record_age_s: float = 0.0
    """Age of the oldest entry that the record has not committed."""
    record_ok: bool = True
    """False: the record cannot be written (an error, or an entry older than the limit is not committed)."""
    flash_guard: bool = False
    heart_age_s: float | None = None
    """Since the last good beat; None where no heart source is in use."""
    bpm: float | None = None
    """Heart rate of the last beats; None where there is none to be trusted."""
    late: bool = False
    """The frame before this one was late."""
    deeds: tuple[PatientDid, ...] = ()
    """What the patient did in the scene in the frame before this one."""


@dataclass(frozen=True)
class SceneFrame:
    """What the stage is to show in this frame."""

    place: Place
    scene: str
    """Id of the exposure scene of the current step (also while another place is shown), or ''."""
    parameters: Mapping[str, Value]
    """Present values of the scene's parameters, slewed."""
    shell: float
    """Opacity of the neutral shell, 0 to 1. At 1 nothing of any scene may be seen."""
    blink: float
    """Opacity of the blink's neutral veil, 0 to 1."""
    sound_gain: float
    """0 to 1, for everything but the calm place."""
    frozen: bool
    """Scene time stands still: paused or held."""
    fire: tuple[str, ...] = ()
    """Triggers to fire in this frame."""
    safe_place: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """Present values of the safe place's own parameters."""
    restart: bool = False
    """The scene begins anew (entered from another scene)."""
    recentre: bool = False
    prevented: bool = False
    """What serves a compulsion is inert now (a response-prevention window)."""


@dataclass(frozen=True)
class Decision:
    """The session's answer to a frame."""

    events: tuple[tuple[EventBody, str | None], ...]
    """Derived events with the id of the command that caused them, in order."""
    answers: tuple[Answer, ...]
    """Answers to commands decided in this frame (accepted or refused)."""
    applied: tuple[tuple[str, str], ...]
    """(id, kind) of the commands and stops that take effect in this frame: the loop records when it was shown."""
    scene: SceneFrame
    phase: Phase
    step: int
    intensity: float
    held: bool
    prompt: PromptState | None = None
    look_s: float | None = None
    """Look for sensors for so long from now on."""
    use_heart: str | None = None
    """Take the heart rate from this source from now on."""
    state: Mapping[str, int | float | str] = field(default_factory=dict[str, int | float | str])
    """The logical state for the state hash: enums, integers, numbers."""
