"""What a treatment must never do to a session, written as a second witness beside promise.py, and what it plays.

A :class:`TreatedWitness` looks at inputs, decisions, telemetry and the clocks; after each frame it holds the session
to this:

1. **The gate holds.** While something is open at the start, no command leads to the baseline room or into a scene.
2. **At most one open proposal of a kind**; what is open is what was made and neither answered nor withdrawn; each
   has reasons in both languages; none points above the ceiling or off the ladder; with the aid off none is open.
3. **Prevented exactly while a window prevents**: always in ``block``; in ``delay`` until so much of the exposure's
   clock has run; never without a window, nor in the other modes.
4. **A paused clock does not run**: neither the step's nor the exposure's, and no clock ever runs backwards.
5. **Nobody is left in an exposure**: with the console silent, or tracking, headset or display lost, for longer than
   the table of safety allows, the scene is held, then lowered, then left, whatever else happens. A marked
   dissociation leaves it by the next frame.
6. **The heart moves nothing**: a demand caused by the heart is never more than an alert.
"""

from __future__ import annotations

from vr_runtime.protocol.course_events import (
    Marked,
    ProposalAnswered,
    ProposalMade,
    ProposalWithdrawn,
    WindowClosed,
    WindowOpened,
)
from vr_runtime.protocol.events import (
    DemandMade,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Observed, Phase, PreventionMode
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session

EXPOSED = (Phase.EXPOSURE, Phase.PAUSED)
LOSSES = ("tracking", "headset_on", "display_ok")
HEART = (Cause.HEART_FALL, Cause.HEART_HIGH, Cause.SENSOR_STALE)


class TreatedWitness:
    """Shown every frame of one session, from the first. Raises AssertionError where something is broken."""

    def __init__(self, session: Session, steps: int, limits: SafetyLimits) -> None:
        self.session = session
        self.steps = steps
        self.limits = limits
        self.open: dict[str, ProposalMade] = {}
        self.window: WindowOpened | None = None
        self.window_from_s = 0.0
        self.clocks = self._clocks()
        self.phase = session.phase
        self.lost_ns: dict[str, int] = {}
        self.dissociated = False
        self.made = self.windows = 0

    def watch(self, inputs: Inputs, decision: Decision) -> None:
        dissociated = self.dissociated
        for body, _ in decision.events:
            self._hear(body)
        self._gate(decision)
        self._proposals(decision)
        self._prevention(decision)
        self._time(decision)
        self._alone(inputs, decision, dissociated)
        self.phase = decision.phase

    def _hear(self, body: object) -> None:
        match body:
            case ProposalMade():
                self.made += 1
                assert body.proposal not in self.open
                assert body.reasons
                for reason in body.reasons:
                    assert reason.rule
                    assert reason.text.en.strip()
                    assert reason.text.fr.strip()
                self.open[body.proposal] = body
            case ProposalAnswered() | ProposalWithdrawn():
                del self.open[body.proposal]
            case WindowOpened():
                assert self.window is None
                self.windows += 1
                self.window = body
                # opened before the frame's time passed
                self.window_from_s = self.clocks[Phase.EXPOSURE.value]
            case WindowClosed():
                assert self.window is not None
                assert self.window.window == body.window
                self.window = None
            case DemandMade():
                assert body.cause not in HEART or body.demand is DemandKind.ALERT
            case Marked():
                self.dissociated = self.dissociated or body.what is Observed.DISSOCIATION
            case _:
                pass

    def _gate(self, decision: Decision) -> None:
        if self.phase is Phase.SETUP and self.session.course.gate.open:
            assert decision.phase in (Phase.SETUP, Phase.STOPPED, Phase.CLOSED)

    def _proposals(self, decision: Decision) -> None:
        course = self.session.course
        assert [each.proposal for each in course.proposals.open] == list(self.open)
        kinds = [each.what for each in self.open.values()]
        assert len(kinds) == len(set(kinds))
        for made in self.open.values():
            assert 1 <= made.step <= min(self.steps, int(decision.state["ceiling"]))
            assert decision.phase in (*EXPOSED, Phase.SAFE_PLACE), "a proposal outlived the exposure"
        assert course.proposals.on or not self.open

    def _prevention(self, decision: Decision) -> None:
        window = self.window
        prevents = False
        if window is not None:
            lasted_s = self.session.course.clocks.in_phase[Phase.EXPOSURE] - self.window_from_s
            prevents = window.mode is PreventionMode.BLOCK or (
                window.mode is PreventionMode.DELAY and lasted_s < window.delay_s
            )
            assert lasted_s < window.target_s, "a window outlived its time"
        assert decision.scene.prevented is prevents
        assert window is None or decision.phase not in (Phase.RECOVERY, Phase.DEBRIEF, Phase.CLOSED)

    def _clocks(self) -> dict[str, float]:
        clocks = self.session.course.clocks
        each = {phase.value: seconds for phase, seconds in clocks.in_phase.items()}
        return {**each, "session": clocks.session_s, "head_on": clocks.head_on_s, "step": clocks.step_s}

    def _time(self, decision: Decision) -> None:
        before, self.clocks = self.clocks, self._clocks()
        for name, seconds in self.clocks.items():
            assert seconds >= before[name] or (name == "step" and seconds <= 1.0), f"{name} ran backwards"
        if decision.phase is not Phase.EXPOSURE:
            assert self.clocks["exposure"] == before["exposure"], "the exposure's clock ran outside of it"
            assert self.clocks["step"] in (before["step"], 0.0), (
                "the step's clock ran outside of the exposure"
            )

    def _alone(self, inputs: Inputs, decision: Decision, dissociated: bool) -> None:
        limits = self.limits
        for name in LOSSES:
            if getattr(inputs, name):
                self.lost_ns.pop(name, None)
            else:
                self.lost_ns.setdefault(name, inputs.now_ns)
        lost_s = max(((inputs.now_ns - since) / 1e9 for since in self.lost_ns.values()), default=0.0)
        silent_s = inputs.link_age_s or 0.0
        if lost_s > limits.tracking_hold_s or silent_s > limits.link_hold_s:
            assert decision.phase is not Phase.EXPOSURE, "an exposure ran on"
        if silent_s > limits.link_lower_s and decision.phase in EXPOSED:
            assert decision.step <= 1
        if lost_s > limits.tracking_safe_place_s or silent_s > limits.link_safe_place_s:
            assert decision.phase not in EXPOSED, "nobody led out of the scene"
        if dissociated:  # marked in an earlier frame: the frame after it leaves the scene
            assert decision.phase not in EXPOSED or not self._marked_still()
            self.dissociated = self._marked_still()

    def _marked_still(self) -> bool:
        return any(alarm.cause is Cause.DISSOCIATION for alarm in self.session.alarms)
