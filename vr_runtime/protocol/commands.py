"""What a therapist's console asks of the runtime. Strict: a field that is not known here refuses the command."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter, model_validator

from vr_runtime.protocol.base import Identifier, MessageId, Nanoseconds, Strict, Value
from vr_runtime.protocol.words import (
    Followed,
    Observed,
    Phase,
    PreventionMode,
    Rated,
    Reporter,
    Scale,
    WindowOutcome,
)


class CommandBody(Strict):
    """Base of the command bodies; ``kind`` tells them apart."""

    CAN_RAISE: ClassVar[bool] = False
    """Whether the command may raise intensity. Such a one is applied in the first frame after its commit; all
    others are applied in the frame that decides them. (A step or a parameter that moves to something easier is
    found to be no raise when it is decided.)"""

    TYPED: ClassVar[frozenset[str]] = frozenset()
    """Fields that may hold what a person has typed, and so may identify somebody: exports leave them out."""


class Start(CommandBody):
    """Leave setup for the baseline room."""

    kind: Literal["start"] = "start"
    CAN_RAISE = True


class GoToStep(CommandBody):
    """Go to a step of the plan's hierarchy. From baseline, exposure, paused or safe place."""

    kind: Literal["go_to_step"] = "go_to_step"
    step: int = Field(ge=1, le=1000, description="number of the step in the plan, the first is 1")
    confirmed: bool = Field(default=False, description="needed to go up by more than one step")
    CAN_RAISE = True


class SetParameter(CommandBody):
    """Move one parameter of the scene now played; it goes there at the parameter's slew limit or through a blink."""

    kind: Literal["set_parameter"] = "set_parameter"
    name: Identifier
    value: Value
    CAN_RAISE = True


class SetCeiling(CommandBody):
    """Set the therapist's ceiling: the highest step, or the hardest value of one parameter, that may be reached."""

    kind: Literal["set_ceiling"] = "set_ceiling"
    step: int | None = Field(default=None, ge=1, le=1000)
    name: Identifier | None = None
    value: Value | None = None
    CAN_RAISE = True

    @model_validator(mode="after")
    def _one_of_both(self) -> SetCeiling:
        if (self.step is None) == (self.name is None) or (self.name is None) != (self.value is None):
            raise ValueError("give either a step, or a parameter's name with its value")
        return self


class FireTrigger(CommandBody):
    """Fire one of the scene's triggers once."""

    kind: Literal["fire_trigger"] = "fire_trigger"
    trigger: Identifier
    CAN_RAISE = True


class Pause(CommandBody):
    """Freeze the scene where it is: nothing moves or sounds but the patient's own view."""

    kind: Literal["pause"] = "pause"


class Resume(CommandBody):
    """Go on: from a pause or a hold at the step that was held, from the safe place to the exposure at that step."""

    kind: Literal["resume"] = "resume"
    CAN_RAISE = True


class SafePlace(CommandBody):
    """Bring the patient to the safe place by a short fade. Not latched."""

    kind: Literal["safe_place"] = "safe_place"


class Stop(CommandBody):
    """STOP. Opaque neutral shell in the next frame, then the safe place; latched. Has no expiry and its own path."""

    kind: Literal["stop"] = "stop"


class Release(CommandBody):
    """Leave the latched stop, to the safe place at the lowest step."""

    kind: Literal["release"] = "release"
    CAN_RAISE = True


class AskRating(CommandBody):
    """Ask the patient for a rating; the virtual patient and the panel in the headset answer by themselves."""

    kind: Literal["ask_rating"] = "ask_rating"
    what: Rated = Rated.DISTRESS
    scale: Scale = Scale.SUDS_100
    wait_s: float = Field(default=30.0, gt=0, le=600, description="after this the rating counts as missed")


class Rating(CommandBody):
    """A rating as the therapist heard or judged it."""

    kind: Literal["rating"] = "rating"
    raw: float = Field(ge=0, description="as given, on its scale")
    what: Rated = Rated.DISTRESS
    scale: Scale = Scale.SUDS_100
    reported_by: Reporter = Reporter.PATIENT

    @model_validator(mode="after")
    def _on_its_scale(self) -> Rating:
        if self.raw > self.scale.top:
            raise ValueError(
                f"a rating on {self.scale.value} lies between 0 and {self.scale.top:g}, not {self.raw:g}"
            )
        return self


class Note(CommandBody):
    """A therapist's free text. Marked as identifying in the record and left out of exports by default."""

    kind: Literal["note"] = "note"
    text: str = Field(min_length=1, max_length=4000)
    TYPED = frozenset({"text"})


class Recentre(CommandBody):
    """Make the patient's present place and heading (yaw alone) the origin of the tracked space."""

    kind: Literal["recentre"] = "recentre"


class AnswerCheck(CommandBody):
    """Answer one of the start checks; a later answer takes the place of an earlier one."""

    kind: Literal["answer_check"] = "answer_check"
    item: Identifier
    value: bool | float | str
    TYPED = frozenset({"value"})


class Override(CommandBody):
    """Let the session start against a rule: who takes it on, and why. Kept in the record, told in the report."""

    kind: Literal["override"] = "override"
    gap: str = Field(min_length=1, max_length=80, description="the gap's id, as the checks name it")
    by: str = Field(min_length=1, max_length=80, description="the clinician's name or initials")
    reason: str = Field(min_length=8, max_length=1000)
    TYPED = frozenset({"by", "reason"})


class AnswerProposal(CommandBody):
    """What the therapist makes of a proposal. To follow it, send the step too: this command moves nothing."""

    kind: Literal["answer_proposal"] = "answer_proposal"
    proposal: str = Field(min_length=1, max_length=64)
    answer: Followed
    why: str = Field(default="", max_length=400)
    TYPED = frozenset({"why"})


class OpenWindow(CommandBody):
    """Open a response-prevention window: the patient has met the trigger and does not give in to the compulsion."""

    kind: Literal["open_window"] = "open_window"
    what: str = Field(min_length=1, max_length=200, description="the compulsion that is prevented")
    mode: PreventionMode | None = Field(default=None, description="None: the protocol's")
    delay_s: float | None = Field(default=None, ge=0, le=7200)
    target_s: float | None = Field(default=None, gt=0, le=7200)
    TYPED = frozenset({"what"})


class CloseWindow(CommandBody):
    """Close the window before its time is over."""

    kind: Literal["close_window"] = "close_window"
    outcome: WindowOutcome = WindowOutcome.ENDED


class OpenTrial(CommandBody):
    """Begin an expectancy trial: what is feared, how sure the patient is, and what has to happen to find out."""

    kind: Literal["open_trial"] = "open_trial"
    feared: str = Field(min_length=1, max_length=400)
    belief: float = Field(ge=0, le=100)
    severity: float | None = Field(default=None, ge=0, le=100)
    conditions: str = Field(min_length=1, max_length=400)
    conditions_s: float = Field(default=0.0, ge=0, le=7200, description="how long the conditions must last")
    removed: tuple[str, ...] = Field(default=(), max_length=20, description="safety signals taken away")
    TYPED = frozenset({"feared", "conditions", "removed"})


class CloseTrial(CommandBody):
    """End the trial: whether what was feared happened, and what the patient makes of it."""

    kind: Literal["close_trial"] = "close_trial"
    conditions_met: bool
    occurred: bool
    belief: float = Field(ge=0, le=100)
    surprise: float | None = Field(default=None, ge=0, le=100)
    learned: str = Field(default="", max_length=1000)
    TYPED = frozenset({"learned"})


class Mark(CommandBody):
    """Something that the therapist sees. Panic and dissociation demand of the session what docs/safety.md says."""

    kind: Literal["mark"] = "mark"
    what: Observed
    text: str = Field(default="", max_length=1000)
    TYPED = frozenset({"text"})


class UseAid(CommandBody):
    """Turn the decision aid (forecast and proposals) on or off."""

    kind: Literal["use_aid"] = "use_aid"
    on: bool


class LookForSensors(CommandBody):
    """Look for heart sensors on the runtime's computer. What is found comes as events; what is in use goes on."""

    kind: Literal["look_for_sensors"] = "look_for_sensors"
    for_s: float = Field(default=10.0, gt=0, le=60)


class UseHeart(CommandBody):
    """Take the heart rate from this source from now on, or from none."""

    kind: Literal["use_heart"] = "use_heart"
    source: str = Field(
        pattern=r"^(none|(ble|lsl):\S.*)$", max_length=200, description="none, ble:ADDRESS or lsl:NAME"
    )
    TYPED = frozenset({"source"})


class End(CommandBody):
    """Go on towards the end: exposure to recovery, to debrief, or close the session and its record."""

    kind: Literal["end"] = "end"
    to: Literal[Phase.RECOVERY, Phase.DEBRIEF, Phase.CLOSED] = Phase.CLOSED


AnyCommandBody = Annotated[
    Start
    | GoToStep
    | SetParameter
    | SetCeiling
    | FireTrigger
    | Pause
    | Resume
    | SafePlace
    | Stop
    | Release
    | AskRating
    | Rating
    | Note
    | Recentre
    | AnswerCheck
    | Override
    | AnswerProposal
    | OpenWindow
    | CloseWindow
    | OpenTrial
    | CloseTrial
    | Mark
    | UseAid
    | LookForSensors
    | UseHeart
    | End,
    Field(discriminator="kind"),
]


class Command(Strict):
    """A command with its envelope.

    ``sent_ns`` is the sender's estimate of the runtime's clock when it sent the command (from heartbeats), with
    ``sent_error_ns`` the estimate's error. A command that is older than ``ttl_ms`` (plus that error) when it is
    received is refused. A repeated ``id`` is answered again and never run again; ``seq`` must rise within an epoch.
    """

    id: MessageId
    epoch: MessageId = Field(description="the run of the runtime that it is meant for")
    seq: int = Field(ge=1)
    sent_ns: Nanoseconds
    sent_error_ns: Nanoseconds = 0
    ttl_ms: int = Field(default=2000, ge=1, le=60_000)
    cause: str | None = Field(default=None, max_length=64, description="what led to it, e.g. a proposal's id")
    body: AnyCommandBody


CommandBodyAdapter: TypeAdapter[AnyCommandBody] = TypeAdapter(AnyCommandBody)
