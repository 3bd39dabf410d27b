"""What one stands on and holds: each place's edge and rails, and hands on them; what is drawn stays within budget."""

from __future__ import annotations

from math import hypot
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.heights import tower_view
from scenes.heights.logic import HeightsLogic
from scenes.heights.places import PLACES, RAIL_IN_M, STOREY
from scenes.heights.railing import LEAST_M, RAIL, distance
from scenes.kit.touch import COUNTED_S, SIDES
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.deeds import LET_GO, TOUCHED
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.scene import Moment, TellsDeeds

MANIFEST = find_scenes()["heights"].manifest
HEAD = Pose(z=1.6)
RAILED = [name for name, place in PLACES.items() if place.rails]


def scene(**preset: Value) -> HeightsLogic:
    logic = HeightsLogic()
    logic.begin(Random(1), {**MANIFEST.defaults(), "height": 15.0, "edge_distance": 0.8, **preset})
    return logic


def hold(
    logic: HeightsLogic, hands: Hands, frames: int, t_s: float = 0.0, dt_s: float = 0.02
) -> list[tuple[str, str, str]]:
    told: list[tuple[str, str, str]] = []
    for frame in range(1, frames + 1):
        logic.update(Moment(t_s + frame * dt_s, dt_s, HEAD, hands))
        told += [(deed.what, deed.thing, deed.hand) for deed in logic.deeds()]
    return told


# ------------------------------------------------------------------ edges


@pytest.mark.parametrize("place", PLACES)
def test_the_edge_lies_straight_ahead_at_the_starting_distance_and_a_step_to_the_side_leaves_it_there(
    place: str,
) -> None:
    logic = scene(place=place)
    (reading,) = logic.stimuli(HEAD)
    assert reading.distance_m == pytest.approx(0.8)
    assert reading.point == pytest.approx((0.0, 0.8, 0.0))
    (aside,) = logic.stimuli(HEAD._replace(x=0.15))
    assert aside.distance_m == pytest.approx(0.8)


@pytest.mark.parametrize("place", PLACES)
def test_beyond_the_end_of_a_place_the_nearest_point_is_its_corner(place: str) -> None:
    logic = scene(place=place)
    left, right = logic.sides
    for end, x in ((left, left - 0.6), (right, right + 0.6)):
        (reading,) = logic.stimuli(HEAD._replace(x=x, y=0.3))
        assert reading.distance_m == pytest.approx(hypot(0.6, 0.5))
        assert reading.point[:2] == pytest.approx((end, 0.8))


def test_only_platform_and_beam_change_their_width() -> None:
    for place in PLACES:
        wide, narrow = scene(place=place, ledge_width=3.0).sides, scene(place=place, ledge_width=0.5).sides
        assert (wide != narrow) == (place in ("platform", "beam"))


def test_the_street_lies_at_its_own_height_whatever_is_asked_and_everything_else_at_that_asked() -> None:
    for place in PLACES:
        assert scene(place=place, height=27.0).level == (0.0 if place == "street" else 27.0)


@given(level=st.floats(0.0, 150.0))
def test_the_tower_always_has_a_floor_at_the_patient_s_feet_and_is_let_down_by_less_than_a_storey(
    level: float,
) -> None:
    down = tower_view.aligned(level)
    assert -STOREY < down <= 0.0
    storeys = (level - tower_view.FOOT - down) / STOREY
    assert storeys == pytest.approx(round(storeys), abs=1e-5)


# ------------------------------------------------------------------ rails and hands


@pytest.mark.parametrize("place", RAILED)
@given(high=st.floats(LEAST_M, 1.2), reach=st.floats(0.4, 1.5))
def test_the_front_rail_runs_along_the_edge_at_its_height_within_the_patient_s_reach(
    place: str, high: float, reach: float
) -> None:
    logic = scene(place=place, rail_kind="bars", rail_height=high, edge_distance=reach)
    (a, b), *_ = logic.rails()
    left, right = logic.sides
    assert (a[0], b[0]) == (left, right)
    assert a[1] == b[1] == pytest.approx(reach - RAIL_IN_M)
    assert a[2] == b[2] == high


def test_there_is_nothing_to_hold_without_a_rail_under_a_low_one_and_in_the_street() -> None:
    assert scene(place="balcony", rail_kind="none").rails() == ()
    assert scene(place="balcony", rail_height=0.2).rails() == ()
    assert scene(place="street").rails() == ()
    assert len(scene(place="balcony").rails()) == 3
    assert len(scene(place="roof").rails()) == 1


def test_on_a_narrow_platform_the_side_rails_have_sunk_and_the_front_rail_stands() -> None:
    assert len(scene(place="platform", ledge_width=3.0).rails()) == 3
    assert len(scene(place="platform", ledge_width=0.5).rails()) == 1


points = st.tuples(*(st.floats(-3, 3) for _ in range(3)))


@given(point=points, a=points, b=points)
def test_the_distance_to_a_rail_is_that_to_its_nearest_point(
    point: tuple[float, float, float], a: tuple[float, float, float], b: tuple[float, float, float]
) -> None:
    share = np.linspace(0.0, 1.0, 2001)[:, None]
    along = np.array(a) + share * (np.array(b) - np.array(a))
    assert distance(point, (a, b)) == pytest.approx(
        np.linalg.norm(along - np.array(point), axis=1).min(), abs=6e-3
    )


@pytest.mark.parametrize("side", SIDES)
def test_a_hand_within_eight_centimetres_of_the_rail_grips_it_and_lets_go_when_it_leaves(side: str) -> None:
    logic = scene(place="balcony")
    assert isinstance(logic, TellsDeeds)
    (a, _), *_ = logic.rails()

    def hands(off_m: float) -> Hands:
        # fingers point away from the rail, so the palm alone can be near
        pose = Pose(0.1, a[1] - off_m, a[2], 0.0, 0.0, 1.0, 0.0)
        return Hands(left=pose) if side == "left" else Hands(right=pose)

    enough = round(COUNTED_S / 0.02) + 2
    assert hold(logic, hands(0.30), enough) == []
    assert logic.state()["rail_grip"] == "none"
    assert hold(logic, hands(0.075), enough, 1.0) == [(TOUCHED, RAIL, side)]
    assert logic.state()["rail_grip"] == side
    assert hold(logic, hands(0.075), enough, 2.0) == []
    assert hold(logic, hands(0.35), 30, 3.0) == [(LET_GO, RAIL, side)]
    assert logic.state()["rail_grip"] == "none"


def test_a_touch_of_a_metal_rail_is_heard_once_and_one_of_a_wall_is_not() -> None:
    for kind, heard in (("bars", 1), ("solid", 0)):
        logic = scene(place="balcony", rail_kind=kind)
        (a, _), *_ = logic.rails()
        one = Hands(right=Pose(0.3, a[1], a[2]))
        keys: set[str] = set()
        for frame in range(1, 200):
            logic.update(Moment(0.02 * frame, 0.02, HEAD, one))
            keys |= {cue.key for cue in logic.sounds() if cue.key.startswith("rail-touch")}
        assert len(keys) == heard
        assert not any(cue.key.startswith("rail-touch") for cue in logic.sounds())


def test_both_hands_are_told_apart_and_a_frozen_scene_ends_their_touch() -> None:
    logic = scene(place="balcony")
    (a, _), *_ = logic.rails()
    both = Hands(Pose(-0.3, a[1], a[2] + 0.03), Pose(0.3, a[1], a[2] + 0.03))
    assert sorted(hold(logic, both, 10)) == [(TOUCHED, RAIL, "left"), (TOUCHED, RAIL, "right")]
    assert logic.grip == "both"
    logic.update(Moment(0.2, 0.0, HEAD, both))
    assert sorted(deed.what for deed in logic.deeds()) == [LET_GO, LET_GO]
    assert logic.grip == "none"


def test_a_rail_that_is_taken_away_is_let_go_of() -> None:
    logic = scene(place="balcony")
    (a, _), *_ = logic.rails()
    one = Hands(right=Pose(0.3, a[1], a[2]))
    hold(logic, one, 10)
    logic.apply({"rail_kind": "none"})
    assert hold(logic, one, 30, 1.0) == [(LET_GO, RAIL, "right")]


# ------------------------------------------------------------------ the picture


@pytest.mark.graphics
def test_every_place_with_every_rail_and_floor_is_drawn_within_the_budget_and_none_like_another() -> None:
    from dataclasses import replace

    from scenes.kit.still import StillPicture, StillScene
    from vr_runtime.display.snapshot import FINE, Camera
    from vr_runtime.protocol.words import Place
    from vr_runtime.scene_views import Cue, pose
    from vr_runtime.stage.stage import Stage

    class Empty(StillScene):
        def picture(self, kitchen: object) -> StillPicture:
            class Nothing:
                def draw(self, t_s: float) -> None:
                    pass

            return Nothing()

    camera = Camera(replace(FINE, width=96, height=72, msaa=0))
    packs = find_scenes()
    stage = Stage(
        {
            name: (packs[name].manifest, packs[name].create() if name == "heights" else Empty())
            for name in ("heights", "baseline_room", "calm")
        },
        1,
        camera.graphics,
    )
    looks: dict[str, np.ndarray] = {}
    try:
        for place in PLACES:
            for rail, floor, opacity in (
                ("solid", "glass", 1.0),
                ("bars", "mesh", 0.0),
                ("glass", "glass", 0.0),
                ("none", "mesh", 0.5),
            ):
                values: dict[str, Value] = {
                    **MANIFEST.defaults(),
                    "place": place,
                    "height": 20.0,
                    "rail_kind": rail,
                    "floor_kind": floor,
                    "floor_opacity": opacity,
                }
                head = pose(0.0, -60.0)
                stage.play(Cue(Place.SCENE, "heights", values, restart=True), 0.02, head, Hands())
                picture = stage.picture(head)
                assert picture is not None
                looks[f"{place} {rail} {opacity}"] = camera.take(picture).astype(float)
                cost = camera.cost(picture, frames=1)
                assert cost.geoms < 150, (place, rail)
                assert cost.triangles < 350_000, (place, rail)
    finally:
        stage.close()
    seen = {name: look for name, look in looks.items() if "solid" in name}
    for one, first in seen.items():
        for other, second in seen.items():
            assert one == other or np.abs(first - second).mean() > 4.0, (one, other)
    for place in ("balcony", "platform", "lift"):
        # what one stands on is see-through, and the two ways of it differ
        solid, glass, mesh = (looks[f"{place} {key}"] for key in ("solid 1.0", "glass 0.0", "bars 0.0"))
        assert np.abs(solid[40:] - glass[40:]).mean() > 4.0
        assert np.abs(glass[40:] - mesh[40:]).mean() > 2.0
