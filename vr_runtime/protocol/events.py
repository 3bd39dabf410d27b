"""What happened, in one numbered sequence. The record, the console's time line and every report come from these.

Two origins. An *input* came from outside the loop (a command, a stop, a rating, a lost link): replay feeds it
again. A *derived* event follows from inputs and samples: replay must produce it again, identical. Tolerant of
unknown fields, and of unknown kinds (:class:`Unknown`), so that a newer runtime's record can still be read.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from vr_runtime.protocol.base import Nanoseconds, Tolerant, Value
from vr_runtime.protocol.commands import Command
from vr_runtime.protocol.course_events import (
    AidUsed,
    CheckAnswered,
    CompulsionSeen,
    EndedAtPeak,
    ForecastMade,
    Marked,
    OverrideGiven,
    PhaseCutShort,
    ProposalAnswered,
    ProposalMade,
    ProposalWithdrawn,
    TrialClosed,
    TrialOpened,
    WindowClosed,
    WindowOpened,
)
from vr_runtime.protocol.event_body import EventBody
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import Posture, SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.sensor_events import HeartSourceChanged as HeartSourceChanged
from vr_runtime.protocol.sensor_events import SensorSeen as SensorSeen
from vr_runtime.protocol.sensor_events import SensorsFound as SensorsFound
from vr_runtime.protocol.words import (
    AgeBand,
    Cause,
    DemandKind,
    Phase,
    Place,
    Rated,
    Refusal,
    Reporter,
    Scale,
    StoppedBy,
)

# ------------------------------------------------------------------ inputs


class Fingerprint(Tolerant):
    """The platform that a record was made on; replay is bit for bit where it is equal."""

    python: str
    numpy: str
    machine: str
    system: str
    palier: str


class PastRating(Tolerant):
    """Distress in an earlier session, as far as the forecast needs it."""

    session: int = Field(ge=1, description="how many sessions ago")
    step_id: str
    on_step_s: float
    value: float = Field(ge=0, le=100)


class Opened(EventBody):
    """First event of every record: everything that the session depends on."""

    kind: Literal["opened"] = "opened"
    ORIGIN = "input"
    protocol: str
    record_format: int
    epoch: str
    wall_utc: str = Field(description="ISO 8601, UTC, at t_ns = 0")
    fingerprint: Fingerprint
    seed: int
    display: str
    rate_hz: float
    speed: Literal["real", "max"]
    patient: str
    patient_type: str = Field(default="", description="of the virtual patient, its name in the library")
    heart: str
    plan: Plan
    scenes: tuple[SceneManifest, ...]
    limits: SafetyLimits
    pseudonym: str = ""
    language: str = Field(default="en", description="in which the patient is asked, ISO 639-1")
    treatment: TreatmentProtocol | None = None
    treatment_hash: str = Field(default="", description="SHA-256 of the protocol's canonical JSON")
    checklist: Checklist | None = None
    age: AgeBand = AgeBand.UNKNOWN
    posture: Posture | None = Field(default=None, description="how the patient is placed, where it was said")
    content_cleared: tuple[str, ...] = Field(default=(), description="content flags that were agreed to")
    history: tuple[PastRating, ...] = Field(
        default=(), description="ratings of earlier sessions, for the forecast"
    )
    aid: bool = Field(default=True, description="the decision aid is on when the session begins")
    headset: str = Field(default="", description="headset and OpenXR runtime, in the runtime's words")
    room_m: tuple[float, float] | None = Field(
        default=None, description="width and depth of the room to walk in, where the headset knows it"
    )


class WallClock(EventBody):
    """A pair of the two clocks, once a minute, so that wall time can be told from ``t_ns`` afterwards."""

    kind: Literal["wall_clock"] = "wall_clock"
    ORIGIN = "input"
    wall_utc: str


class CommandReceived(EventBody):
    """A command as it was heard, before anything was decided."""

    kind: Literal["command_received"] = "command_received"
    ORIGIN = "input"
    command: Command
    received_ns: Nanoseconds
    console: str = ""


class CommandTurnedAway(EventBody):
    """A command that the link refused before it reached the session (lease, epoch, order, age, form)."""

    kind: Literal["command_turned_away"] = "command_turned_away"
    ORIGIN = "input"
    command_id: str = ""
    command_kind: str = ""
    sent_ns: Nanoseconds | None = None
    received_ns: Nanoseconds
    reason: Refusal
    message: str = ""
    console: str = ""


class StopPressed(EventBody):
    kind: Literal["stop_pressed"] = "stop_pressed"
    ORIGIN = "input"
    id: str
    by: StoppedBy
    sent_ns: Nanoseconds | None = None
    received_ns: Nanoseconds


class PatientAnswered(EventBody):
    """The patient answered an open prompt in the headset (or the virtual patient did)."""

    kind: Literal["patient_answered"] = "patient_answered"
    ORIGIN = "input"
    prompt: str
    raw: float
    reported_by: Reporter


class ConsoleSeen(EventBody):
    """A console came, went, or the lease changed hands."""

    kind: Literal["console_seen"] = "console_seen"
    ORIGIN = "input"
    console: str
    what: Literal["connected", "lost", "left", "lease_taken", "lease_given_back", "lease_lapsed"]


class Anchored(EventBody):
    """The console's copy reached ``seq`` with this chain hash: from here on a cut or altered record shows."""

    kind: Literal["anchored"] = "anchored"
    ORIGIN = "input"
    console: str
    copied_seq: int
    copied_hash: str
    agrees: bool


# ------------------------------------------------------------------ derived


class CommandDecided(EventBody):
    """The session's decision. ``applied_frame`` is the frame in which an accepted command took effect."""

    kind: Literal["command_decided"] = "command_decided"
    command_id: str
    command_kind: str
    accepted: bool
    reason: Refusal | None = None
    message: str = ""
    raised: bool = False


class CommandShown(EventBody):
    """The first frame that showed a command's effect, and when it was predicted to light up."""

    kind: Literal["command_shown"] = "command_shown"
    command_id: str
    command_kind: str
    shown_frame: int
    shown_ns: Nanoseconds


class PhaseChanged(EventBody):
    kind: Literal["phase"] = "phase"
    previous: Phase
    phase: Phase
    place: Place
    because: str = Field(description="kind of the command, or the safety cause, that led to it")


class StepEntered(EventBody):
    kind: Literal["step"] = "step"
    step: int
    step_id: str
    scene: str
    previous: int
    because: str


class ParameterMoved(EventBody):
    """A parameter was given a new target; the value follows at its slew limit or through a blink."""

    kind: Literal["parameter"] = "parameter"
    name: str
    unit: str
    previous: Value
    target: Value
    because: str


class CeilingSet(EventBody):
    kind: Literal["ceiling"] = "ceiling"
    step: int | None = None
    name: str | None = None
    value: Value | None = None


class TriggerFired(EventBody):
    kind: Literal["trigger"] = "trigger"
    trigger: str
    scene: str


class PatientDid(EventBody):
    """The patient did something to a thing of the scene, by hand: touched it, let it go, opened a tap.

    ``what`` and ``thing`` are the scene's words; ``touched``, ``let_go`` and ``washed`` are measured. From ``t_on_ns``
    to ``t_off_ns`` it lasted (so far); it is told once that is known, so both lie at or before the event's own time.
    """

    kind: Literal["patient_did"] = "patient_did"
    scene: str
    what: str
    thing: str
    hand: Literal["left", "right", ""] = ""
    t_on_ns: Nanoseconds
    t_off_ns: Nanoseconds
    residual: float | None = Field(
        default=None,
        description="of what was ordered: share of its misalignment that is left, 0 straight, 1 as found",
    )


class ShellChanged(EventBody):
    """The opaque neutral shell went up (the stimulus is gone from this frame on) or was taken away."""

    kind: Literal["shell"] = "shell"
    up: bool
    because: str


class RatingGiven(EventBody):
    """A rating. ``raw`` on its ``scale`` as given; ``value`` is raw / top of scale * 100."""

    kind: Literal["rating"] = "rating"
    what: Rated
    scale: Scale
    raw: float
    value: float
    reported_by: Reporter
    step: int
    prompt: str | None = None


class RatingPrompted(EventBody):
    kind: Literal["rating_prompted"] = "rating_prompted"
    prompt: str
    what: Rated
    scale: Scale
    until_ns: Nanoseconds


class RatingMissed(EventBody):
    """A prompt went unanswered: an event of its own, never a zero."""

    kind: Literal["rating_missed"] = "rating_missed"
    prompt: str
    what: Rated


class NoteTaken(EventBody):
    kind: Literal["note"] = "note"
    text: str
    identifying: Literal[True] = True


class Recentred(EventBody):
    kind: Literal["recentred"] = "recentred"


class DemandMade(EventBody):
    """The supervisor's demand on the session began or ended."""

    kind: Literal["demand"] = "demand"
    cause: Cause
    demand: DemandKind
    active: bool
    age_s: float = 0.0
    message: str = ""


class Marker(EventBody):
    """A measured moment or span. ``definition`` is the key of docs/measures.md.

    ``source`` tells head from eye: a marker made from the head's direction is never called gaze.
    """

    kind: Literal["marker"] = "marker"
    marker: str
    t_on_ns: Nanoseconds
    t_off_ns: Nanoseconds
    value: float
    unit: str
    source: Literal["head", "eye", "hand", "heart"]
    quality: float = Field(ge=0, le=1)
    algorithm: str = Field(description="name and version of the algorithm")
    parameters: dict[str, float] = {}
    stimulus: str = ""
    step: int = 0


class Closed(EventBody):
    """Last event of a record that was closed in order; a record without it was interrupted."""

    kind: Literal["closed"] = "closed"
    ORIGIN = "input"
    because: str
    frames: int
    late_frames: int


class Unknown(EventBody):
    """An event of a newer software: kept, shown by its kind, understood by nobody here."""

    kind: str
    ORIGIN = "input"
    data: dict[str, Any] = {}


KnownBody = Annotated[
    Opened
    | WallClock
    | CommandReceived
    | CommandTurnedAway
    | StopPressed
    | PatientAnswered
    | ConsoleSeen
    | Anchored
    | HeartSourceChanged
    | SensorsFound
    | CommandDecided
    | CommandShown
    | PhaseChanged
    | StepEntered
    | ParameterMoved
    | CeilingSet
    | TriggerFired
    | PatientDid
    | ShellChanged
    | RatingGiven
    | RatingPrompted
    | RatingMissed
    | NoteTaken
    | Recentred
    | DemandMade
    | CheckAnswered
    | OverrideGiven
    | PhaseCutShort
    | EndedAtPeak
    | ProposalMade
    | ProposalWithdrawn
    | ProposalAnswered
    | WindowOpened
    | CompulsionSeen
    | WindowClosed
    | TrialOpened
    | TrialClosed
    | Marked
    | AidUsed
    | ForecastMade
    | Marker
    | Closed,
    Field(discriminator="kind"),
]

KnownBodyAdapter: TypeAdapter[KnownBody] = TypeAdapter(KnownBody)
KNOWN_KINDS: frozenset[str] = frozenset(
    str(model.model_fields["kind"].default) for model in EventBody.__subclasses__() if model is not Unknown
)


class Event(Tolerant):
    """An event with its place in the sequence. ``frame`` is the loop's frame in which it was appended."""

    seq: int
    t_ns: Nanoseconds
    frame: int
    cause: str | None = None
    body: EventBody
