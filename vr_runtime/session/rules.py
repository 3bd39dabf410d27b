"""Whether a command may be done, and whether it raises. Looks and decides; changes nothing.

A raise is a higher step, a way into a scene, a parameter that moves harder, a higher ceiling, a trigger, a resume,
a release, a start. Whether it may be done *now* (link, record, tracking) is the supervisor's to say.
"""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.commands import (
    AnyCommandBody,
    FireTrigger,
    GoToStep,
    Release,
    Resume,
    SetCeiling,
    SetParameter,
    Start,
)
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.words import Phase, Refusal
from vr_runtime.session.course import Course, CourseBody
from vr_runtime.session.intensity import Parameter
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.machine import next_phase, possible, verb
from vr_runtime.session.triggers import Triggers


class Standing(NamedTuple):
    """What a judgement depends on."""

    phase: Phase
    came_from: Phase
    ladder: Ladder
    triggers: Triggers
    scene_shown: bool
    """The current step's scene is shown and no fade to another place is under way."""
    now_ns: int
    course: Course


class Verdict(NamedTuple):
    """``reason`` None: it may be done."""

    reason: Refusal | None
    message: str = ""
    raises: bool = False


_FREE = Verdict(None)
_RAISE = Verdict(None, raises=True)


def judge(body: AnyCommandBody, standing: Standing) -> Verdict:
    phase = standing.phase
    if phase is Phase.CLOSED:
        return Verdict(Refusal.CLOSED, "the session is closed; start a new one")
    asked = verb(body)
    if next_phase(phase, asked, standing.came_from) is None:
        ways = ", ".join(possible(phase, standing.came_from))
        return Verdict(Refusal.NOT_NOW, f"{asked} is not possible in {phase.value}; the ways on are: {ways}")
    match body:
        case GoToStep():
            return _go_to_step(body, standing)
        case SetParameter():
            return _set_parameter(body, standing)
        case SetCeiling():
            return _set_ceiling(body, standing.ladder)
        case FireTrigger():
            return _fire_trigger(body, standing)
        case Start() if standing.course.gate.open:
            gaps = standing.course.gate.names()
            return Verdict(
                Refusal.CHECKS_OPEN, f"open: {gaps}. Answer them, or override with a name and a reason"
            )
        case Start() | Resume() | Release():
            return _RAISE
        case _:
            problem = standing.course.problem(body) if isinstance(body, CourseBody) else None
            return _FREE if problem is None else Verdict(*problem)


def _go_to_step(body: GoToStep, standing: Standing) -> Verdict:
    ladder = standing.ladder
    if body.step > ladder.length:
        return Verdict(Refusal.UNKNOWN_STEP, f"the plan has {ladder.length} steps, and no step {body.step}")
    if body.step > ladder.ceiling:
        return Verdict(
            Refusal.ABOVE_CEILING,
            f"step {body.step} lies above the ceiling (step {ladder.ceiling}); raise the ceiling first",
        )
    if body.step > ladder.step + 1 and not body.confirmed:
        return Verdict(
            Refusal.NEEDS_CONFIRMATION,
            f"from step {ladder.step} to {body.step} is up by more than one; send it again as confirmed",
        )
    if standing.phase is not Phase.EXPOSURE or body.step > ladder.step:
        return _RAISE
    return _RAISE if body.step == ladder.step and ladder.harder(body.step) else _FREE


def _set_parameter(body: SetParameter, standing: Standing) -> Verdict:
    ladder = standing.ladder
    if standing.phase is Phase.SAFE_PLACE:
        return _turn_safe_place(body, ladder)
    parameter = ladder.manifest.parameter(body.name)
    if parameter is None:
        return _unknown_parameter(body.name, ladder.manifest)
    if problem := parameter.check(body.value):
        return Verdict(Refusal.OUT_OF_RANGE, problem)
    if ladder.above_ceiling(parameter, body.value):
        return Verdict(
            Refusal.ABOVE_CEILING,
            f"{body.name} may go no further than {ladder.ceiling_of(body.name)}; raise its ceiling first",
        )
    tracks = ladder.ahead
    if tracks is None or parameter.hardness(body.value) <= parameter.hardness(
        tracks.tracks[body.name].target
    ):
        return _FREE
    if standing.phase is Phase.PAUSED:
        return Verdict(Refusal.NOT_NOW, f"{body.name} can only be made easier during a pause; resume first")
    return _RAISE


def _turn_safe_place(body: SetParameter, ladder: Ladder) -> Verdict:
    """In the safe place its own parameters alone are turned, and of those only what is neither harder nor easier."""
    safe_place = ladder.safe_place
    parameter = safe_place.manifest.parameter(body.name) if safe_place is not None else None
    if parameter is None and ladder.manifest.parameter(body.name) is not None:
        return Verdict(
            Refusal.NOT_NOW,
            f"{body.name} belongs to {ladder.manifest.id}, not to the safe place; resume first",
        )
    if parameter is None:
        return _unknown_parameter(
            body.name, safe_place.manifest if safe_place is not None else ladder.manifest
        )
    if problem := parameter.check(body.value):
        return Verdict(Refusal.OUT_OF_RANGE, problem)
    if parameter.harder != "neither":
        return Verdict(
            Refusal.NOT_NOW, f"{body.name} is harder or easier: in the safe place it stays as it is"
        )
    return _FREE


def _set_ceiling(body: SetCeiling, ladder: Ladder) -> Verdict:
    if body.step is not None:
        if body.step > ladder.length:
            return Verdict(
                Refusal.UNKNOWN_STEP, f"the plan has {ladder.length} steps, and no step {body.step}"
            )
        return _RAISE if body.step > ladder.ceiling else _FREE
    assert body.name is not None
    assert body.value is not None
    parameter = ladder.manifest.parameter(body.name)
    if parameter is None:
        return _unknown_parameter(body.name, ladder.manifest)
    if problem := parameter.check(body.value):
        return Verdict(Refusal.OUT_OF_RANGE, problem)
    if parameter.harder == "neither":
        return Verdict(Refusal.OUT_OF_RANGE, f"{body.name} is neither harder nor easier: it has no ceiling")
    return _RAISE if _raises_ceiling(parameter, body, ladder) else _FREE


def _raises_ceiling(parameter: Parameter, body: SetCeiling, ladder: Ladder) -> bool:
    return body.value is not None and ladder.above_ceiling(parameter, body.value)


def _fire_trigger(body: FireTrigger, standing: Standing) -> Verdict:
    manifest = standing.ladder.manifest
    trigger = manifest.trigger(body.trigger)
    if trigger is None:
        known = ", ".join(item.id for item in manifest.triggers) or "none"
        return Verdict(
            Refusal.UNKNOWN_TRIGGER,
            f"scene {manifest.id} has no trigger '{body.trigger}' (it has: {known})",
        )
    if not standing.scene_shown:
        return Verdict(Refusal.NOT_NOW, "the scene is not fully shown yet; fire again when it is")
    left_s = standing.triggers.left_s(manifest.id, trigger, standing.now_ns)
    if left_s > 0.0:
        return Verdict(Refusal.COOLING_DOWN, f"{body.trigger} may be fired again in {left_s:.1f} s")
    return _RAISE


def _unknown_parameter(name: str, manifest: SceneManifest) -> Verdict:
    known = ", ".join(item.id for item in manifest.parameters) or "none"
    return Verdict(
        Refusal.UNKNOWN_PARAMETER,
        f"scene {manifest.id} has no parameter '{name}' (it has: {known})",
    )
