"""In the safe place the panel of parameters is the safe place's own, and nothing of the scene can be turned."""

from __future__ import annotations

from dataclasses import replace

from clinician_console.core import Snapshot
from clinician_console.pages.controls import turnable
from tests.console.conftest import Bench
from tests.helpers.heights_plan import CALM, HEIGHTS
from vr_runtime.protocol.commands import AnyCommandBody, Pause, SafePlace, SetParameter, Start, Stop
from vr_runtime.protocol.commands import GoToStep as Step
from vr_runtime.protocol.words import Phase


def after(bench: Bench, *bodies: AnyCommandBody) -> Snapshot:
    """What the console knows once these are done."""
    for body in bodies:
        bench.core.send(body)
        bench.settle()
    bench.link.pump()
    return bench.core.snapshot()


def test_elsewhere_it_is_the_scene_s(bench: Bench) -> None:
    for bodies in ((), (Start(), Step(step=1)), (Pause(),)):
        shown = turnable(after(bench, *bodies))
        assert (shown.scene, shown.parameters) == (HEIGHTS, HEIGHTS.parameters)
        assert not shown.of_safe_place
        assert set(shown.states) == {item.id for item in HEIGHTS.parameters}


def test_in_the_safe_place_it_is_its_own_with_its_states(bench: Bench) -> None:
    now = after(bench, Start(), Step(step=1), SafePlace())
    shown = turnable(now)
    assert shown.of_safe_place
    assert (shown.scene, shown.parameters) == (CALM, CALM.parameters)
    assert shown.states["guide"].target == "off"
    now = after(bench, SetParameter(name="guide", value="both"))
    assert turnable(now).states["guide"].target == "both"
    now = after(bench, Step(step=1))
    assert turnable(now).scene == HEIGHTS


def test_what_could_be_harder_there_is_not_offered(bench: Bench) -> None:
    now = after(bench, Start(), SafePlace())
    harder = HEIGHTS.parameters[0].model_copy(update={"id": "guide"})
    calm = CALM.model_copy(update={"parameters": (harder, CALM.parameters[1])})
    shown = turnable(replace(now, scenes=(HEIGHTS, calm)))
    assert [item.id for item in shown.parameters] == ["pace"]


def test_a_runtime_that_tells_nothing_of_it_shows_the_scene_s_as_before(bench: Bench) -> None:
    now = after(bench, Start(), SafePlace())
    assert now.telemetry is not None
    assert now.telemetry.phase is Phase.SAFE_PLACE
    older = replace(now, telemetry=now.telemetry.model_copy(update={"safe_place": {}}))
    assert turnable(older).scene == HEIGHTS
    assert not turnable(older).of_safe_place


def test_a_stop_gives_it_back(bench: Bench) -> None:
    now = after(bench, Start(), SafePlace(), Stop())
    assert not turnable(now).of_safe_place
