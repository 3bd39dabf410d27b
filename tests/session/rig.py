"""A session with a clock and a record of its own, for tests of pure logic: frames go in, decisions come out.

Time passes in frames of ``DT_S``. The record commits what was heard in one frame before the next, unless
``commits`` is off. Three made-up scenes and a safe place; the parameters' names differ, so that a name tells its scene.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    Command,
    End,
    FireTrigger,
    GoToStep,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
)
from vr_runtime.protocol.events import (
    CommandReceived,
    EventBody,
    PatientAnswered,
    PatientDid,
    StopPressed,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import (
    Category,
    ChoiceParameter,
    NumberParameter,
    SceneManifest,
    Text,
    Trigger,
    Unit,
)
from vr_runtime.protocol.files.plan import Plan, PlanStep
from vr_runtime.protocol.words import Phase, Reporter, StoppedBy
from vr_runtime.session.brief import Brief
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session

DT_S = 0.02


def text(words: str) -> Text:
    return Text(en=words, fr=words)


def number(name: str, low: float, high: float, default: float, harder: Any, **how: Any) -> NumberParameter:
    return NumberParameter(
        id=name, name=text(name), unit=Unit.METRE, min=low, max=high, default=default, harder=harder, **how
    )


TOWER = SceneManifest(
    id="tower",
    version="1",
    names=text("tower"),
    category=Category.PHOBIA,
    parameters=(
        number("height", 0, 100, 0, "up", blink=True),
        number("rail", 0, 1.2, 1.1, "down", slew=0.2),
        number("wind", 0, 10, 0, "up", slew=1.0),
        number("hour", 6, 22, 12, "neither", slew=2.0),
        ChoiceParameter(
            id="floor",
            name=text("floor"),
            choices=("stone", "mesh", "glass"),
            default="stone",
            harder="order",
        ),
        ChoiceParameter(
            id="weather", name=text("weather"), choices=("sun", "cloud"), default="sun", harder="neither"
        ),
    ),
    triggers=(
        Trigger(id="gust", name=text("gust"), cooldown_s=6),
        Trigger(id="horn", name=text("horn"), cooldown_s=0),
    ),
)
LIFT = SceneManifest(
    id="lift",
    version="1",
    names=text("lift"),
    category=Category.PHOBIA,
    parameters=(
        number("speed", 0, 5, 0, "up", slew=0.5),
        number("room", 0.5, 3, 3, "down", slew=0.5),
    ),
    triggers=(Trigger(id="jolt", name=text("jolt"), cooldown_s=1),),
    compulsions=("washed",),
)
ROOF = SceneManifest(
    id="roof",
    version="1",
    names=text("roof"),
    category=Category.PHOBIA,
    parameters=(number("drop", 0, 50, 0, "up", slew=5.0),),
)
CALM = SceneManifest(
    id="calm",
    version="1",
    names=text("calm"),
    category=Category.CALM,
    parameters=(
        ChoiceParameter(
            id="guide", name=text("guide"), choices=("off", "seen", "both"), default="off", harder="neither"
        ),
        number("pace", 3, 10, 6, "neither", slew=0.5),
        number("turned", 0, 360, 0, "neither", blink=True),
        number("dusk", 0, 1, 0, "up", slew=0.1),
    ),
)
SCENES = {scene.id: scene for scene in (TOWER, LIFT, ROOF, CALM)}

_STEPS: tuple[tuple[str, dict[str, float | str]], ...] = (
    ("tower", {"height": 1.0}),
    ("tower", {"height": 5.0, "rail": 1.0}),
    ("tower", {"height": 10.0, "rail": 0.8, "wind": 2.0, "floor": "mesh"}),
    ("lift", {"speed": 1.0}),
    # Harder than step 3 but for the wind: from here down to step 3 the wind has to rise.
    ("tower", {"height": 20.0, "rail": 0.5, "wind": 1.0, "floor": "glass"}),
    ("roof", {"drop": 30.0}),
    ("lift", {"speed": 3.0, "room": 1.0}),
)
PLAN = Plan(
    id="seven",
    title="seven steps in three scenes",
    steps=tuple(
        PlanStep(id=f"step-{number}", scene=scene, name=text(f"step {number}"), preset=preset)
        for number, (scene, preset) in enumerate(_STEPS, 1)
    ),
)


class Rig:
    """``frame`` plays one frame, ``wait`` several. What a frame is told lasts until the next one says otherwise."""

    def __init__(
        self,
        plan: Plan = PLAN,
        limits: SafetyLimits | None = None,
        brief: Brief | None = None,
        **conditions: Any,
    ) -> None:
        self.plan = plan
        self.limits = limits or SafetyLimits()
        self.session = Session(plan, SCENES, self.limits, brief)
        self.conditions: dict[str, Any] = {"link_age_s": 0.0, **conditions}
        self.now_ns = 0
        self.index = 0
        self.commits = True
        self.events: list[tuple[EventBody, str | None]] = []
        self.answers: dict[str, Answer] = {}
        self.received: dict[str, CommandReceived] = {}
        self.last: Decision = self.frame()
        self.watchers: list[Callable[[Inputs, Decision], None]] = []
        self._heard: list[str] = []

    # ------------------------------------------------------------------ time

    def frame(
        self,
        *bodies: AnyCommandBody,
        stops: int = 0,
        answered: tuple[PatientAnswered, ...] = (),
        dt_s: float = DT_S,
        committed: frozenset[str] | None = None,
        deeds: tuple[PatientDid, ...] = (),
        cause: str | None = None,
        **conditions: Any,
    ) -> Decision:
        """One frame in which these commands and stops are heard."""
        self.conditions |= conditions
        if self.index:
            self.now_ns += round(dt_s * 1e9)
        self.index += 1
        if committed is None:
            committed = self.session.waiting if self.commits else frozenset()
        inputs = Inputs(
            now_ns=self.now_ns,
            frame=self.index,
            dt_s=dt_s,
            commands=tuple(self.command(body, cause) for body in bodies),
            stops=tuple(self.stop() for _ in range(stops)),
            answered=answered,
            committed=committed,
            deeds=deeds,
            **self.conditions,
        )
        self.last = self.session.update(inputs)
        self.events.extend(self.last.events)
        for answer in self.last.answers:
            assert answer.command_id not in self.answers, "answered twice"
            self.answers[answer.command_id] = answer
        for watch in getattr(self, "watchers", ()):
            watch(inputs, self.last)
        return self.last

    def command(self, body: AnyCommandBody, cause: str | None = None) -> CommandReceived:
        number = len(self.received) + 1
        command = Command(
            id=f"command-{number:04d}",
            epoch="epoch-0001",
            seq=number,
            sent_ns=self.now_ns,
            cause=cause,
            body=body,
        )
        self.received[command.id] = received = CommandReceived(command=command, received_ns=self.now_ns)
        return received

    def stop(self) -> StopPressed:
        return StopPressed(id=f"stop-{self.index:06d}", by=StoppedBy.PATIENT, received_ns=self.now_ns)

    def wait(self, seconds: float, dt_s: float = DT_S, **conditions: Any) -> Decision:
        """Let time pass and nothing be heard. Returns the last decision."""
        for _ in range(max(1, round(seconds / dt_s))):
            self.frame(dt_s=dt_s, **conditions)
        return self.last

    def silence(self, seconds: float, since_s: float = 0.0) -> Decision:
        """The console is silent for this long, from ``since_s`` of silence on."""
        for number in range(1, round(seconds / DT_S) + 1):
            self.frame(link_age_s=since_s + number * DT_S)
        return self.last

    # ------------------------------------------------------------------ commands

    def do(self, body: AnyCommandBody) -> Answer:
        """Send one command and play frames until it is answered, two at most while the record commits."""
        self.frame(body)
        identity = f"command-{len(self.received):04d}"
        if identity not in self.answers:
            self.frame()
        return self.answers[identity]

    def ok(self, *bodies: AnyCommandBody) -> Decision:
        for body in bodies:
            answer = self.do(body)
            assert answer.accepted, answer.message
        return self.last

    def rate(self, prompt: str, raw: float) -> PatientAnswered:
        return PatientAnswered(prompt=prompt, raw=raw, reported_by=Reporter.PATIENT_HEADSET)

    # ------------------------------------------------------------------ to look at

    @property
    def phase(self) -> Phase:
        return self.session.phase

    def bodies(self, kind: type[Any]) -> list[Any]:
        return [body for body, _ in self.events if isinstance(body, kind)]

    def target(self, name: str) -> Any:
        return self.session.parameters()[name].target

    def value(self, name: str) -> Any:
        return self.session.parameters()[name].value


STEP_3: dict[str, float | str] = {
    "height": 10.0,
    "rail": 0.8,
    "wind": 2.0,
    "hour": 12.0,
    "floor": "mesh",
    "weather": "sun",
}
"""Every parameter of the tower on the plan's step 3, the defaults of those that it leaves out among them."""
SETTLE_S = 6.0
"""Longer than any fade, blink and slew between two neighbouring steps of the plan."""

PATHS: dict[Phase, tuple[AnyCommandBody, ...]] = {
    Phase.SETUP: (),
    Phase.BASELINE: (Start(),),
    Phase.EXPOSURE: (Start(), GoToStep(step=3, confirmed=True)),
    Phase.PAUSED: (Start(), GoToStep(step=3, confirmed=True), Pause()),
    Phase.SAFE_PLACE: (Start(), GoToStep(step=3, confirmed=True), SafePlace()),
    Phase.RECOVERY: (Start(), GoToStep(step=3, confirmed=True), End(to=Phase.RECOVERY)),
    Phase.DEBRIEF: (
        Start(),
        GoToStep(step=3, confirmed=True),
        End(to=Phase.RECOVERY),
        End(to=Phase.DEBRIEF),
    ),
    Phase.STOPPED: (Start(), GoToStep(step=3, confirmed=True), Stop()),
    Phase.CLOSED: (Start(), GoToStep(step=3, confirmed=True), End()),
}
"""How each phase is reached. Exposure stands on step 3 of 7, in the tower."""

RAISES: dict[Phase, tuple[AnyCommandBody, ...]] = {
    Phase.SETUP: (Start(),),
    Phase.BASELINE: (GoToStep(step=1), SetCeiling(step=7)),
    Phase.EXPOSURE: (
        GoToStep(step=4),
        GoToStep(step=5, confirmed=True),
        SetParameter(name="wind", value=5.0),
        SetParameter(name="height", value=50.0),
        SetCeiling(step=7),
        FireTrigger(trigger="gust"),
    ),
    Phase.PAUSED: (Resume(), GoToStep(step=4), GoToStep(step=2)),
    Phase.SAFE_PLACE: (Resume(), GoToStep(step=4), GoToStep(step=3)),
    Phase.RECOVERY: (),
    Phase.DEBRIEF: (),
    Phase.STOPPED: (Release(),),
    Phase.CLOSED: (),
}
"""The raises that each phase of ``PATHS`` takes (the plan's ceiling being at step 6)."""


def at(phase: Phase, settle_s: float = SETTLE_S, **options: Any) -> Rig:
    """A session that stands in this phase, with everything at rest."""
    rig = Rig(**options)
    for body in PATHS[phase]:
        rig.ok(body)
        rig.wait(settle_s, dt_s=0.1)
    assert rig.phase is phase
    return rig


def capped(step: int = 6) -> Plan:
    return PLAN.model_copy(update={"ceiling_step": step})
