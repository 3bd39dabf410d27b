"""The road scene's picture: places differ, costs are kept, instruments tell the truth, night is never black."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from math import atan2, degrees, hypot
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from panda3d.core import LVector3, NodePath

from scenes.road import cabin
from scenes.road.logic import RoadLogic
from scenes.road.picture import BEHIND_M, RoadPicture
from scenes.road.places import PIECE_M
from scenes.road.route import PERIOD_M, PLACES, POOL
from vr_runtime.display.snapshot import Camera
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.scene import Moment
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SEATED_M = 1.18
PLAIN: dict[str, Value] = {"role": "driver", "speed": 50.0, "density": 0.5, "lorries": 0.3}
WORST: dict[str, Value] = {"density": 1.0, "lorries": 1.0, "rain": 1.0, "night": 1.0, "ambulance": "steady"}
AHEAD, LEFT, RIGHT, BACK = (
    Pose(0.0, 0.0, SEATED_M),
    Pose(0.0, 0.0, SEATED_M, 0.0, 0.0, 0.574, 0.819),
    Pose(0.0, 0.0, SEATED_M, 0.0, 0.0, -0.574, 0.819),
    Pose(0.0, 0.0, SEATED_M, 0.0, 0.0, 1.0, 0.0),
)


class Seat:
    """A camera where the patient sits."""

    def __init__(self) -> None:
        self.camera = Camera(GraphicsSettings(width=128, height=72))
        self.root = NodePath("root")
        self.origin = self.root.attach_new_node("origin")
        self.picture = RoadPicture(Kitchen(self.root.attach_new_node("scene"), self.camera.graphics))

    def draw(self, parameters: dict[str, Value], seconds: float = 4.0) -> RoadLogic:
        logic = RoadLogic()
        logic.begin(Random(3), PLAIN | parameters)
        for _ in range(round(seconds / 0.1)):
            logic.update(Moment(0.0, 0.1, AHEAD, Hands()))
        self.picture.draw(logic)
        view = logic.viewpoint()
        self.origin.set_pos(view.x, view.y, view.z)
        return logic

    def seen(self, head: Pose = AHEAD) -> Picture:
        return Picture(self.root, self.origin, head)

    def take(self, head: Pose = AHEAD) -> NDArray[np.float64]:
        return self.camera.take(self.seen(head)).astype(np.float64) / 255.0


@pytest.fixture(scope="module")
def seat() -> Iterator[Seat]:
    made = Seat()
    yield made
    made.camera.close()


def needle_deg(seat: Seat, name: str) -> float:
    """Where a needle points on the instruments' face, degrees counter-clockwise from the right."""
    tip = seat.picture.car.needles[name].get_mat().xform_vec(LVector3(1.0, 0.0, 0.0))
    return degrees(atan2(tip.z, tip.x)) % 360.0


def test_every_place_looks_different(seat: Seat) -> None:
    pictures = {}
    for place in PLACES:
        seat.draw({"place": place})
        pictures[place] = seat.take()
        shown = [name for name, root in seat.picture.roots.items() if not root.is_hidden()]
        # the parked car stands in the quiet street
        assert shown == ["residential" if place == "parked" else place]
    for one, other in combinations(pictures, 2):
        apart = np.abs(pictures[one] - pictures[other]).mean()
        assert apart > 0.01, f"{one} and {other} look the same ({apart:.4f})"


@pytest.mark.parametrize("place", PLACES)
def test_the_fullest_picture_of_a_place_stays_within_the_budget(seat: Seat, place: str) -> None:
    logic = seat.draw({**WORST, "place": place}, seconds=8.0)
    assert place == "parked" or len(logic.vehicles()) > 5
    for head in (AHEAD, LEFT, RIGHT, BACK):
        cost = seat.camera.cost(seat.seen(head), frames=1)
        assert 20 < cost.geoms < 150
        assert 50_000 < cost.triangles < 350_000


def test_the_needle_points_at_the_speed(seat: Seat) -> None:
    logic = seat.draw({"place": "motorway", "speed": 90.0, "density": 0.0, "lorries": 0.0}, seconds=40.0)
    assert logic.speed_m_s * 3.6 == pytest.approx(90.0, abs=1.0)
    # the dial runs from the lower left at 0 over the top at 90 to the lower right at 180
    assert needle_deg(seat, "speed") == pytest.approx(225.0 - 270.0 * logic.speed_m_s * 3.6 / 180.0, abs=0.1)
    seat.draw({"place": "parked"})
    assert needle_deg(seat, "speed") == pytest.approx(225.0, abs=0.1)
    assert needle_deg(seat, "rev") == pytest.approx(225.0, abs=0.1)


def test_instruments_can_be_read_at_night_and_night_is_never_black(seat: Seat) -> None:
    down = Pose(0.0, 0.0, SEATED_M, -0.216, 0.0, 0.0, 0.976)
    for place in PLACES:
        seat.draw({"place": place, "night": 1.0})
        picture = seat.take()
        assert picture.mean() > 0.035, f"{place}: mean {picture.mean():.3f}"
        lit = seat.take(down)
        for node in seat.picture.car.lit:
            node.set_color_scale(0.0, 0.0, 0.0, 1.0)
        marks = (lit - seat.take(down)).min(axis=2)
        assert marks.max() > 0.3, f"{place}: nothing of the instruments is lit"


def test_day_is_brighter_than_night_outside_and_the_tunnel_does_not_care(seat: Seat) -> None:
    bright: dict[tuple[str, float], float] = {}
    for place in ("country", "tunnel"):
        for night in (0.0, 1.0):
            seat.draw({"place": place, "night": night})
            bright[place, night] = float(seat.take()[:30].mean())
    assert bright["country", 0.0] > 2.0 * bright["country", 1.0]
    assert bright["tunnel", 1.0] == pytest.approx(bright["tunnel", 0.0], rel=0.15)


def test_road_goes_on_ahead_wherever_the_car_is(seat: Seat) -> None:
    logic = seat.draw({"place": "country"})
    for y in np.linspace(0.0, 2.0 * PERIOD_M, 41):
        logic.own.p = float(y)
        seat.picture.draw(logic)
        starts = sorted(piece.get_y() for piece in seat.picture.pieces["country"])
        assert -BEHIND_M - 1e-3 <= starts[0] <= 1e-3
        assert np.allclose(np.diff(starts), PIECE_M, atol=1e-2), f"a gap or an overlap at y = {y:g}: {starts}"
        # the same place of the stretch, wherever it is drawn
        first = seat.picture.pieces["country"][0].get_y()
        assert (first + y) % PERIOD_M == pytest.approx(0.0, abs=0.01) or (
            first + y
        ) % PERIOD_M == pytest.approx(PERIOD_M, abs=0.01)


def test_rain_is_seen_and_wipers_move(seat: Seat) -> None:
    seat.draw({"place": "country", "rain": 0.0})
    dry = seat.take()
    logic = seat.draw({"place": "country", "rain": 1.0})
    assert np.abs(seat.take() - dry).mean() > 0.01
    angles: set[float] = set()
    for _ in range(12):
        logic.update(Moment(0.0, 0.1, AHEAD, Hands()))
        seat.picture.draw(logic)
        angles.add(round(seat.picture.car.wipers[0].get_h(), 1))
    assert max(angles) - min(angles) > 40.0
    # parked, the blades lie along the pane's foot
    seat.draw({"place": "country", "rain": 0.0})
    assert seat.picture.car.wipers[0].get_h() == pytest.approx(-degrees(cabin.WIPER_PARKED), abs=0.1)


def test_others_are_drawn_where_the_logic_has_them(seat: Seat) -> None:
    logic = seat.draw({"place": "motorway", "density": 1.0, "speed": 100.0})
    vehicles = logic.vehicles()
    shown = seat.picture.fleet.shown()
    assert {(item.kind, item.slot) for item in vehicles} == set(shown)
    for item in vehicles:
        assert hypot(shown[item.kind, item.slot][0] - item.x, shown[item.kind, item.slot][1] - item.y) < 1e-3
    assert all(slot < POOL[kind] for kind, slot in shown)


@pytest.mark.parametrize("km_h", [-5.0, 0.0, 45.0, 180.0, 260.0])
def test_needles_never_leave_their_dial(km_h: float) -> None:
    low, high = cabin.DIAL_FROM - cabin.DIAL_TURN, cabin.DIAL_FROM
    assert low - 1e-9 <= cabin.speed_angle(km_h) <= high + 1e-9
