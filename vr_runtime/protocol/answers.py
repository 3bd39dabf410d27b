"""What the runtime says back: to a command, to a heartbeat, and about itself ten times a second."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from vr_runtime.protocol.base import MessageId, Nanoseconds, Strict, Tolerant, Value
from vr_runtime.protocol.files.manifest import SceneManifest, Text
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Place, Rated, Refusal, Scale


class Answer(Tolerant):
    """Whether a command was accepted, and if not, why and what to do."""

    command_id: MessageId
    accepted: bool
    reason: Refusal | None = None
    message: str = ""
    received_ns: Nanoseconds = 0
    repeated: bool = Field(default=False, description="answered before; it was not run again")


# ------------------------------------------------------------------ control socket, console to runtime


class Hello(Strict):
    """First message of a console. ``lease`` asks for the right to command."""

    kind: Literal["hello"] = "hello"
    protocol: str
    console: str = Field(min_length=1, max_length=64, description="a name to show, no person's")
    lease: bool = True


class Beat(Strict):
    """The console's heartbeat, every 250 ms. ``page_age_ms`` is how long its page has been silent (None: no page
    drives it, as in a scripted run); a dead page counts as silence. Carries the console's copy's last entry
    (0: none yet; -1: it keeps no copy, and nobody waits for it)."""

    kind: Literal["beat"] = "beat"
    console_ns: int
    page_age_ms: int | None = None
    copied_seq: int = 0
    copied_hash: str = Field(default="", max_length=64)


class StopNow(Strict):
    """STOP on its own path. Needs no lease, no epoch and has no expiry: whoever is paired may stop."""

    kind: Literal["stop_now"] = "stop_now"
    id: MessageId
    sent_ns: Nanoseconds = 0
    sent_error_ns: Nanoseconds = 0


class TakeLease(Strict):
    """Ask for the lease, or give it back (``give_back``); ``leaving``: the console closes, nobody need wait for it."""

    kind: Literal["lease"] = "lease"
    give_back: bool = False
    leaving: bool = False


ToRuntime = Annotated[Hello | Beat | StopNow | TakeLease, Field(discriminator="kind")]

# ------------------------------------------------------------------ control socket, runtime to console


class LeaseState(Tolerant):
    mine: bool
    holder: str | None = Field(default=None, description="name of the console that holds it")


class Welcome(Tolerant):
    """Answer to Hello: what this run is, what can be played, and where its record stands."""

    kind: Literal["welcome"] = "welcome"
    protocol: str
    software: str
    epoch: MessageId
    now_ns: Nanoseconds
    lease: LeaseState
    last_seq: int
    plan: Plan
    scenes: tuple[SceneManifest, ...]


class BeatReply(Tolerant):
    """Answer to Beat, sent by the link thread with the age of the loop's last frame, so that a hung loop shows."""

    kind: Literal["beat_reply"] = "beat_reply"
    console_ns: int
    runtime_ns: Nanoseconds
    frame: int
    frame_age_ms: int
    lease: LeaseState
    last_seq: int


class StopHeard(Tolerant):
    """The runtime's link thread has the STOP in hand; the event ``stop_pressed`` follows in the record's feed."""

    kind: Literal["stop_heard"] = "stop_heard"
    id: MessageId
    received_ns: Nanoseconds


class LeaseAnswer(Tolerant):
    kind: Literal["lease_answer"] = "lease_answer"
    lease: LeaseState


class Trouble(Tolerant):
    """A message that could not be understood or served, in plain words."""

    kind: Literal["trouble"] = "trouble"
    message: str
    code: str = Field(default="", description="for programs: version, say_hello, malformed, refused, full")


ToConsole = Annotated[Welcome | BeatReply | StopHeard | LeaseAnswer | Trouble, Field(discriminator="kind")]

# ------------------------------------------------------------------ telemetry


class ParameterState(Tolerant):
    value: Value
    target: Value
    ceiling: Value | None = None


class AlarmState(Tolerant):
    cause: Cause
    demand: DemandKind | None = None
    since_ns: Nanoseconds
    message: str = ""
    remedy: str = Field(default="", description="what to do")
    priority: int = Field(
        default=2, ge=1, le=3, description="1: look at once; 2: act before going on; 3: know"
    )


class HeartState(Tolerant):
    bpm: float | None = None
    rmssd_ms: float | None = None
    quality: float = 0.0
    age_s: float | None = Field(default=None, description="since the last beat; None: never one")
    source: str = "none"


class StimulusState(Tolerant):
    id: str
    distance_m: float
    angle_deg: float = Field(description="between the head's forward direction and the stimulus")


class RecordState(Tolerant):
    committed_seq: int = 0
    backlog: int = 0
    age_s: float = Field(default=0.0, description="age of the oldest entry not yet committed")
    failed: str | None = None


class ClockState(Tolerant):
    """Seconds. The step's and the exposure's clocks stand still in a pause."""

    session_s: float = 0.0
    phase_s: float = 0.0
    step_s: float = 0.0
    head_on_s: float = 0.0


class GapState(Tolerant):
    """Something that keeps the session from starting."""

    id: str
    text: Text
    may_override: bool = True


class FrameState(Tolerant):
    rate_hz: float = 0.0
    late: int = 0
    total: int = 0


class PromptState(Tolerant):
    id: str
    what: Rated
    scale: Scale
    until_ns: Nanoseconds


class Telemetry(Tolerant):
    """The runtime's state now, for the console's gauges: newest only, never recorded, never acted upon."""

    t_ns: Nanoseconds
    frame: int
    epoch: MessageId
    phase: Phase
    place: Place
    step: int = Field(description="number of the current step, 0 before the first")
    scene: str
    intensity: float = Field(ge=0, le=1, description="share of the plan's ladder that is reached, 0 to 1")
    shell: float = Field(ge=0, le=1, description="opacity of the neutral shell")
    held: bool
    parameters: dict[str, ParameterState] = Field(
        default={}, description="of the current step's scene, wherever the patient is"
    )
    safe_place: dict[str, ParameterState] = Field(default={}, description="the safe place's own parameters")
    alarms: tuple[AlarmState, ...] = ()
    tracking: bool = True
    headset_on: bool = True
    head: tuple[float, float, float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    stimuli: tuple[StimulusState, ...] = ()
    heart: HeartState = HeartState()
    record: RecordState = RecordState()
    frames: FrameState = FrameState()
    prompt: PromptState | None = None
    clocks: ClockState = ClockState()
    gaps: tuple[GapState, ...] = ()
    lease_holder: str | None = None
