"""The promise, written as a witness: *never up by itself*, and STOP always wins.

A :class:`Witness` watches a session from outside. It knows what anybody may know: which commands the therapist gave
and when the record had committed them, what safety was told, what the session said (decisions, events, telemetry),
and what the manifests call harder. It never looks inside. After each frame it holds the session to this:

*Something got harder* when, against the frame before, a step is higher, a parameter's target or its value is
harder, a ceiling is higher, a trigger is fired, the phase became exposure, or a scene came into view.

1. **Nothing gets harder without a command.** A higher step, a harder target, a higher ceiling, a trigger and the
   way into an exposure each need, in that very frame, the acceptance of a therapist's command that asks for it.
   (One exception in time, none in kind: what a step *down* makes harder follows once that command is committed.)
2. **A value only follows its target.** Between two frames a value may get harder as far as its target and no
   further, at no more than its slew, in an exposure, or behind an opaque veil. So a slew is attributable too: to
   the command that set its target.
3. **A way up had its commit, its time and its peace.** The command was heard in an earlier frame, the record had
   committed it, it waited no longer than the limit, no STOP came in between, and nothing blocked (silent link,
   failing record, lost tracking, headset or display, flashes).
4. **While something blocks, nothing rises**: no target, no value, no step, no trigger, no way into an exposure.
5. **A pause is a pause**: while the scene is frozen no value gets harder, and no scene comes into view.
6. **STOP wins**: in the frame that hears one the phase is stopped, nothing of a scene can be seen from then on,
   sound is down within 0.2 s, and only a release that was heard in a later frame (or closing) ends it.
"""

from __future__ import annotations

from collections.abc import Mapping

from vr_runtime.protocol.answers import ParameterState
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    FireTrigger,
    GoToStep,
    Release,
    Resume,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
)
from vr_runtime.protocol.events import CommandDecided, ParameterMoved, PhaseChanged
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.session import machine
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session
from vr_runtime.session.view import LONGEST_STEP_S

EXPOSED = (Phase.EXPOSURE, Phase.PAUSED)
SLACK = 1e-9


class Witness:
    """Shown every frame of one session, from the first. Raises AssertionError where the promise is broken."""

    def __init__(
        self, session: Session, plan: Plan, scenes: Mapping[str, SceneManifest], limits: SafetyLimits
    ) -> None:
        self.session = session
        self.plan = plan
        self.scenes = scenes
        self.limits = limits
        self.parameters: dict[str, NumberParameter | ChoiceParameter] = {
            item.id: item for scene in scenes.values() for item in scene.parameters
        }
        self.given: dict[str, tuple[AnyCommandBody, int, int]] = {}
        """Of each command: what it asks, its frame, its time."""
        self.decided: set[str] = set()
        self.accepted: set[str] = set()
        self.last: Decision | None = None
        self.last_targets: dict[str, ParameterState] = {}
        self.last_ceiling = 0
        self.stop_frame = 0
        self.stop_ns: int | None = None
        self.slammed_ns = 0
        self.lost_ns: dict[str, int] = {}

    def watch(self, inputs: Inputs, decision: Decision) -> None:
        now = self.session.parameters()
        blocked = self._blocked(inputs)
        stopped = self._hear(inputs)
        before = self.last
        accepted = self._decisions(inputs, decision, blocked)
        if before is not None:
            self._phases(before, decision, accepted)
            self._steps(before, decision, accepted, blocked)
            self._targets(before, decision, now, blocked)
            self._values(inputs, before, decision, now, blocked)
            self._ceilings(decision, now, accepted)
            self._sight(before, decision)
        self._triggers(decision, accepted)
        self._stop(inputs, before, decision, stopped, accepted)
        self._always(decision, now)
        self.last, self.last_targets = decision, now
        self.last_ceiling = int(decision.state["ceiling"])

    # ------------------------------------------------------------------ what the witness knows by itself

    def _blocked(self, inputs: Inputs) -> bool:
        """Whether safety blocks every way up, told from the inputs alone (never stricter than the session)."""
        limits = self.limits
        for name in ("tracking", "headset_on", "display_ok"):
            if getattr(inputs, name):
                self.lost_ns.pop(name, None)
            else:
                self.lost_ns.setdefault(name, inputs.now_ns)
        lost = any((inputs.now_ns - since) / 1e9 > limits.tracking_hold_s for since in self.lost_ns.values())
        silent = inputs.link_age_s is not None and inputs.link_age_s > limits.link_no_raise_s
        return lost or silent or not inputs.record_ok or inputs.flash_guard

    def _hear(self, inputs: Inputs) -> bool:
        stopped = bool(inputs.stops)
        for received in inputs.commands:
            command = received.command
            self.given[command.id] = (command.body, inputs.frame, inputs.now_ns)
            stopped = stopped or isinstance(command.body, Stop)
        if stopped:
            self.stop_frame = inputs.frame
        return stopped

    def _decisions(self, inputs: Inputs, decision: Decision, blocked: bool) -> dict[str, AnyCommandBody]:
        """The commands accepted in this frame; each was given, and is decided once."""
        accepted: dict[str, AnyCommandBody] = {}
        for body, cause in decision.events:
            if not isinstance(body, CommandDecided) or body.command_id not in self.given:
                continue
            identity = body.command_id
            assert cause == identity
            assert identity not in self.decided, "decided twice"
            self.decided.add(identity)
            if not body.accepted:
                assert body.reason is not None
                assert body.message
                continue
            asked, frame, heard_ns = self.given[identity]
            accepted[identity] = asked
            self.accepted.add(identity)
            if body.raised:
                assert type(asked).CAN_RAISE
                assert frame < inputs.frame, "a raise was applied in the frame that heard it"
                assert identity in inputs.committed, "a raise was applied before its commit"
                assert (inputs.now_ns - heard_ns) / 1e9 <= self.limits.record_wait_s
                assert not blocked, "a raise was accepted while raising was blocked"
                assert self.stop_frame < frame, "a raise outlived a STOP"
            else:
                assert not isinstance(asked, Start | Resume | Release | FireTrigger)
        assert [answer.command_id for answer in decision.answers if answer.accepted] == list(accepted)
        return accepted

    # ------------------------------------------------------------------ the promise

    def _phases(self, before: Decision, decision: Decision, accepted: dict[str, AnyCommandBody]) -> None:
        phase = before.phase
        for body, cause in decision.events:
            if not isinstance(body, PhaseChanged):
                continue
            assert body.previous is phase
            assert body.place is machine.PLACES[body.phase]
            if body.phase is Phase.STOPPED:
                assert phase is not Phase.CLOSED
            elif cause is None:
                back = {
                    machine.called_off(phase, b) for b in (Phase.BASELINE, Phase.PAUSED, Phase.SAFE_PLACE)
                }
                assert body.phase in back | {ways.get(phase) for ways in machine.SAFETY.values()}
                assert body.phase is not Phase.EXPOSURE, "an exposure began by itself"
            else:
                assert cause in accepted
                asked = machine.verb(accepted[cause])
                ways = {machine.next_phase(phase, asked, b) for b in Phase}
                assert body.phase in ways
            if phase is Phase.STOPPED:
                assert body.phase in (Phase.SAFE_PLACE, Phase.CLOSED)
                assert cause is not None
            phase = body.phase
        assert decision.phase is phase is self.session.phase

    def _steps(
        self, before: Decision, decision: Decision, accepted: dict[str, AnyCommandBody], blocked: bool
    ) -> None:
        if decision.step > before.step:
            assert not blocked
            assert any(isinstance(b, GoToStep) and b.step == decision.step for b in accepted.values())
        if decision.step > before.step + 1:
            assert any(isinstance(b, GoToStep) and b.confirmed for b in accepted.values())
        if decision.intensity > before.intensity:
            assert decision.phase in EXPOSED
            assert decision.intensity == decision.step / len(self.plan.steps)

    def _targets(
        self, before: Decision, decision: Decision, now: dict[str, ParameterState], blocked: bool
    ) -> None:
        """A harder target has its command: accepted now, or (after a step down) accepted and committed since."""
        if now.keys() != self.last_targets.keys():  # another scene, from now on or (called off) again
            for name, state in now.items():
                asked = self._asked(decision.step, name)
                assert self._hardness(name, state.target) <= self._hardness(name, asked) or (
                    before.scene.scene == decision.scene.scene and name in before.scene.parameters
                )
            return
        for name, state in now.items():
            if self._hardness(name, state.target) <= self._hardness(name, self.last_targets[name].target):
                continue
            assert not blocked, f"{name} was sent harder while raising was blocked"
            causes = [
                cause
                for body, cause in decision.events
                if isinstance(body, ParameterMoved) and body.name == name and body.target == state.target
            ]
            assert any(self._asks_for(cause, name, state.target, decision) for cause in causes), (
                f"{name} was sent to {state.target} by nobody"
            )

    def _asks_for(self, cause: str | None, name: str, target: Value, decision: Decision) -> bool:
        if cause not in self.accepted:
            return False
        asked = self.given[cause][0]
        if isinstance(asked, SetParameter):
            return asked.name == name and asked.value == target
        if not isinstance(asked, GoToStep):
            return False
        # asked in one breath with a lower step, which came after it and keeps what is easier of the two
        just_now = any(answer.command_id == cause and answer.accepted for answer in decision.answers)
        return asked.step == decision.step or (just_now and asked.step > decision.step)

    def _values(
        self,
        inputs: Inputs,
        before: Decision,
        decision: Decision,
        now: dict[str, ParameterState],
        blocked: bool,
    ) -> None:
        """A value follows its target: no further, no faster, not in a pause, not while blocked."""
        old, new = before.scene, decision.scene
        behind = 1.0 in (old.shell, new.shell)  # the shell may begin to open in the frame of the change
        if old.scene != new.scene:
            assert behind or new.place is not Place.SCENE, "a scene changed in sight"
            return
        for name, value in new.parameters.items():
            previous = old.parameters[name]
            if value == previous:
                continue
            harder = self._hardness(name, value) - self._hardness(name, previous)
            parameter = self.parameters[name]
            if harder > 0:
                assert self._hardness(name, value) <= self._hardness(name, now[name].target)
                assert not blocked, f"{name} went on getting harder while raising was blocked"
                assert behind or decision.phase is Phase.EXPOSURE, f"{name} got harder in a pause"
            if behind:
                continue
            if parameter.slew is None:
                assert new.blink == 1.0, f"{name} jumped in sight"
            elif harder > 0:
                stride = parameter.slew * min(inputs.dt_s, LONGEST_STEP_S)
                assert abs(float(value) - float(previous)) <= stride + SLACK

    def _ceilings(
        self, decision: Decision, now: dict[str, ParameterState], accepted: dict[str, AnyCommandBody]
    ) -> None:
        asked = [body for body in accepted.values() if isinstance(body, SetCeiling)]
        if int(decision.state["ceiling"]) > self.last_ceiling:
            assert any(body.step == decision.state["ceiling"] for body in asked)
        if now.keys() == self.last_targets.keys():
            for name, state in now.items():
                old = self.last_targets[name].ceiling
                if old is not None and state.ceiling != old:
                    assert any(body.name == name and body.value == state.ceiling for body in asked)

    def _sight(self, before: Decision, decision: Decision) -> None:
        """A scene comes into view in an exposure (or a pause of one) alone."""
        old, new = before.scene, decision.scene
        if new.place is not Place.SCENE:
            return
        if old.place is not Place.SCENE:
            assert 1.0 in (old.shell, new.shell)
            assert decision.phase in EXPOSED
        if decision.phase not in EXPOSED:
            assert new.shell >= old.shell, "a scene came into view without an exposure"
            assert new.frozen
        assert new.frozen == (decision.phase is not Phase.EXPOSURE)

    def _triggers(self, decision: Decision, accepted: dict[str, AnyCommandBody]) -> None:
        asked = [body.trigger for body in accepted.values() if isinstance(body, FireTrigger)]
        assert list(decision.scene.fire) == asked
        assert len(asked) <= 1 or self.limits.trigger_gap_s == 0.0
        if asked:
            assert decision.phase is Phase.EXPOSURE

    def _stop(
        self,
        inputs: Inputs,
        before: Decision | None,
        decision: Decision,
        stopped: bool,
        accepted: dict[str, AnyCommandBody],
    ) -> None:
        was = before.phase if before is not None else Phase.SETUP
        if stopped and was is not Phase.CLOSED:
            assert decision.phase in (Phase.STOPPED, Phase.CLOSED)
            assert not any(isinstance(b, Start | GoToStep | Resume | Release) for b in accepted.values())
            if was is not Phase.STOPPED:
                assert decision.scene.shell == 1.0
                self.stop_ns = inputs.now_ns
        if decision.phase is not Phase.STOPPED:
            self.stop_ns = None
            return
        assert decision.scene.place is not Place.SCENE or decision.scene.shell == 1.0
        assert decision.step <= 1
        assert decision.intensity == 0.0
        if self.stop_ns is not None and inputs.now_ns - self.stop_ns >= 200_000_000:
            assert decision.scene.sound_gain < SLACK
        if inputs.flash_guard:  # each frame with flashes begins the shell's time anew
            self.slammed_ns = inputs.now_ns
        if self.stop_ns is not None and inputs.now_ns - max(self.stop_ns, self.slammed_ns) >= 500_000_000:
            assert decision.scene.place is Place.CALM
            assert decision.scene.shell < SLACK

    def _always(self, decision: Decision, now: dict[str, ParameterState]) -> None:
        scene = decision.scene
        for share in (scene.shell, scene.blink, scene.sound_gain, decision.intensity):
            assert 0.0 <= share <= 1.0
        assert 0 <= decision.step <= int(decision.state["ceiling"])
        assert (decision.intensity > 0.0) <= (scene.place is Place.SCENE and scene.shell < 1.0)
        if decision.phase in EXPOSED:
            assert decision.step >= 1
        for name, state in now.items():
            parameter = self.parameters[name]
            assert parameter.check(state.value) is None
            assert parameter.check(state.target) is None
            if state.ceiling is not None:
                assert self._hardness(name, state.target) <= self._hardness(name, state.ceiling)

    # ------------------------------------------------------------------ words of the manifests

    def _hardness(self, name: str, value: Value) -> float:
        return self.parameters[name].hardness(value)

    def _asked(self, step: int, name: str) -> Value:
        """What a step asks of a parameter of its scene."""
        manifest = self.scenes[self.plan.steps[max(step, 1) - 1].scene]
        return self.plan.values(max(step, 1), manifest).get(name, self.parameters[name].default)
