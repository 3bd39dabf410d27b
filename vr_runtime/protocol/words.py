"""The enumerations that commands, events and the session share."""

from enum import Enum


class Phase(str, Enum):
    """Where a session stands. ``STOPPED`` is latched: only a therapist's release leaves it."""

    SETUP = "setup"
    BASELINE = "baseline"
    EXPOSURE = "exposure"
    PAUSED = "paused"
    SAFE_PLACE = "safe_place"
    RECOVERY = "recovery"
    DEBRIEF = "debrief"
    CLOSED = "closed"
    STOPPED = "stopped"


class Place(str, Enum):
    """What the patient is surrounded by."""

    BASELINE_ROOM = "baseline_room"
    """The neutral room: setup, baseline, recovery, debrief."""
    SCENE = "scene"
    """The exposure scene of the current step."""
    CALM = "calm"
    """The safe place."""


class Scale(str, Enum):
    """Rating scales. The raw value is kept with its scale; the normalised 0-100 value stands beside it."""

    SUDS_100 = "suds_100"
    SUDS_10 = "suds_10"
    CHILD_8 = "child_8"
    """Child's fear thermometer, 0-8."""
    PERCENT = "percent"
    FMS_20 = "fms_20"
    """Fast motion sickness scale, 0-20 (Keshavarz and Hecht 2011)."""

    @property
    def top(self) -> float:
        """The raw value of the scale's upper end; every scale starts at 0."""
        return {"suds_100": 100.0, "suds_10": 10.0, "child_8": 8.0, "percent": 100.0, "fms_20": 20.0}[
            self.value
        ]


class Rated(str, Enum):
    """What is rated."""

    DISTRESS = "distress"
    URGE = "urge"
    DISGUST = "disgust"
    BELIEF = "belief"
    """How sure the patient is that what is feared will happen."""
    EXPECTANCY = "expectancy"
    """How bad it is expected to be."""
    SURPRISE = "surprise"
    SICKNESS = "sickness"


class Reporter(str, Enum):
    """Who gave a rating."""

    PATIENT = "patient"
    """Said by the patient and typed by the therapist."""
    PATIENT_HEADSET = "patient_headset"
    """Answered in the headset."""
    OBSERVER = "observer"
    """Estimated by the therapist or a parent."""
    VIRTUAL = "virtual"
    """The virtual patient."""


class PreventionMode(str, Enum):
    """What the scene does with a compulsion while a response-prevention window is open. Each one is counted."""

    ALLOW = "allow"
    DELAY = "delay"
    """It is blocked until the delay is over, then allowed."""
    BLOCK = "block"
    """What serves the compulsion is inert."""
    RE_EXPOSE = "re_expose"
    """It is allowed, and the trigger is offered anew: what was undone is spoilt again."""


class WindowOutcome(str, Enum):
    RESISTED = "resisted"
    GAVE_IN = "gave_in"
    ENDED = "ended"
    """Closed by the therapist, or by the end of the exposure, before its time."""


class ProposalKind(str, Enum):
    """What an advance rule proposes. Nothing is done by proposing it."""

    STEP_UP = "step_up"
    STEP_DOWN = "step_down"
    OTHER_STEP = "other_step"
    """Variability: another step within the therapist's bounds, no higher than this one."""
    STRONGER_CUE = "stronger_cue"
    RE_EXPOSE = "re_expose"
    """A compulsion was let through: offer the trigger again."""
    PAUSE = "pause"


class Followed(str, Enum):
    """The therapist's answer to a proposal."""

    FOLLOW = "follow"
    HOLD = "hold"
    OTHER = "other"


class Observed(str, Enum):
    """What the therapist sees and marks."""

    PANIC = "panic"
    DISSOCIATION = "dissociation"
    OVER_ENGAGED = "over_engaged"
    UNDER_ENGAGED = "under_engaged"
    GOAL_REACHED = "goal_reached"
    COMPULSION = "compulsion"
    """One that no scene can see: a prayer, counting, asking for reassurance."""
    ADVERSE_EVENT = "adverse_event"


class AgeBand(str, Enum):
    """Years of age (clinical.md 1.11). ``UNKNOWN`` is treated as the band that is allowed least."""

    UNKNOWN = "unknown"
    FROM_3 = "3-7"
    FROM_8 = "8-11"
    FROM_12 = "12-17"
    FROM_18 = "18-25"
    FROM_26 = "26+"

    @property
    def youngest(self) -> int:
        """The band's lowest age in years; 0 where it is unknown."""
        return {"unknown": 0, "3-7": 3, "8-11": 8, "12-17": 12, "18-25": 18, "26+": 26}[self.value]


class StoppedBy(str, Enum):
    CONSOLE = "console"
    PATIENT = "patient"
    WINDOW = "window"
    """A key in the runtime's own window."""
    SCRIPT = "script"
    """The scripted therapist inside the runtime's process (``--drive``)."""


class Refusal(str, Enum):
    """Why a command was refused. ``docs/protocol.md`` says of each what to do."""

    NO_LEASE = "no_lease"
    """Another console holds the lease, or none was taken."""
    OTHER_EPOCH = "other_epoch"
    """The command was meant for an earlier run of the runtime."""
    OUT_OF_ORDER = "out_of_order"
    EXPIRED = "expired"
    """Older than its time to live."""
    MALFORMED = "malformed"
    TOO_MANY = "too_many"
    """More commands a second than are taken."""
    NOT_NOW = "not_now"
    """The phase does not allow it."""
    UNKNOWN_STEP = "unknown_step"
    UNKNOWN_PARAMETER = "unknown_parameter"
    UNKNOWN_TRIGGER = "unknown_trigger"
    OUT_OF_RANGE = "out_of_range"
    ABOVE_CEILING = "above_ceiling"
    NEEDS_CONFIRMATION = "needs_confirmation"
    """Up by more than one step: send it again with ``confirmed``."""
    LINK_SILENT = "link_silent"
    """The console was silent for too long; nothing may be raised until its heartbeat is back."""
    RECORD_FAILING = "record_failing"
    """The record cannot be written, or did not take the command in time; nothing may be raised."""
    COOLING_DOWN = "cooling_down"
    """The trigger was fired a moment ago."""
    HELD = "held"
    """Tracking, headset or another safety demand holds the scene; resume when it has cleared."""
    CHECKS_OPEN = "checks_open"
    """Start checks are unanswered, or an answer speaks against the session: answer them, or override with a reason."""
    UNKNOWN_PROPOSAL = "unknown_proposal"
    """No such proposal is open."""
    CLOSED = "closed"


class Cause(str, Enum):
    """What the safety supervisor acted on."""

    LINK_SILENT = "link_silent"
    TRACKING_LOST = "tracking_lost"
    HEADSET_OFF = "headset_off"
    DISPLAY_LOST = "display_lost"
    SENSOR_STALE = "sensor_stale"
    RECORD_FAILING = "record_failing"
    RECORD_SLOW = "record_slow"
    """The disk takes long: what raises waits for it. Tells people; blocks and moves nothing."""
    FRAMES_LATE = "frames_late"
    FLASH_GUARD = "flash_guard"
    SICKNESS = "sickness"
    DISTRESS = "distress"
    """Distress at the ceiling in rating after rating, or a panic marked by the therapist."""
    UNANSWERED = "unanswered"
    """The patient has not answered two prompts in a row."""
    DISSOCIATION = "dissociation"
    HEART_FALL = "heart_fall"
    """The fall of heart rate before fainting, in blood-injection phobia. Tells people; never moves the scene."""
    HEART_HIGH = "heart_high"
    TIME_ON_HEAD = "time_on_head"
    SESSION_TIME = "session_time"


class DemandKind(str, Enum):
    """What the supervisor asks of the session, mildest first. Nothing here ever raises."""

    ALERT = "alert"
    """Tell people; neither blocks nor moves anything."""
    BLOCK_RAISE = "block_raise"
    HOLD = "hold"
    LOWER = "lower"
    SAFE_PLACE = "safe_place"
    STOP = "stop"
