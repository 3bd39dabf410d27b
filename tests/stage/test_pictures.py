"""What is really drawn: pixels of off-screen frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin

import numpy as np
import pytest

from tests.helpers.rooms import Cue, Room, manifest, rooms, stage_of
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.files.manifest import Motion
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage

pytestmark = pytest.mark.graphics

SMALL = GraphicsSettings(width=96, height=72)


class Theatre:
    """A stage and its display, played by hand."""

    def __init__(self, scenes: dict[str, Room] | None = None, settings: GraphicsSettings = SMALL) -> None:
        self.scenes = scenes or rooms()
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), settings)
        self.stage: Stage = stage_of(self.scenes, settings)

    def see(self, cue: Cue, head: Pose = Pose(z=1.6)) -> np.ndarray:  # noqa: B008  (immutable)
        frame = self.display.begin()
        assert frame is not None
        self.stage.play(cue, 1 / 90, head, Hands())
        self.display.show(frame, self.stage.picture(head))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels

    def close(self) -> None:
        self.stage.close()
        self.display.close()


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.close()


def coloured(pixels: np.ndarray, channel: int) -> int:
    """How many pixels this channel (0 red, 1 green, 2 blue) clearly dominates."""
    values = pixels.astype(int)
    others = np.delete(values, channel, axis=2).max(axis=2)
    return int((values[..., channel] > others + 60).sum())


def plain(pixels: np.ndarray) -> bool:
    """Nothing but warm greys of middle brightness."""
    values = pixels.astype(int)
    return bool(
        (values.max(axis=2) - values.min(axis=2) <= 14).all() and values.min() > 90 and values.max() < 190
    )


def test_each_place_shows_its_own_scene_and_nothing_of_the_others(theatre: Theatre) -> None:
    for place, channel in ((Place.SCENE, 1), (Place.BASELINE_ROOM, 0), (Place.CALM, 2), (Place.SCENE, 1)):
        pixels = theatre.see(Cue(place=place))
        counts = [coloured(pixels, index) for index in range(3)]
        assert counts[channel] > 20
        assert sum(counts) == counts[channel]


@pytest.mark.parametrize("cover", [{"shell": 1.0}, {"blink": 1.0}, {"shell": 1.0, "blink": 0.3}])
def test_behind_the_shell_nothing_of_any_scene_is_drawn_in_the_very_frame(
    theatre: Theatre, cover: dict[str, float]
) -> None:
    assert coloured(theatre.see(Cue()), 1) > 20
    for direction in range(0, 360, 45):
        half = radians(direction) / 2
        head = Pose(0.3, -0.4, 1.2, 0.0, 0.0, sin(half), cos(half))
        for place in Place:
            assert plain(theatre.see(replace(Cue(place=place), **cover), head))
    assert coloured(theatre.see(Cue()), 1) > 20


def test_no_scene_node_is_visible_behind_the_shell_even_without_the_shell(theatre: Theatre) -> None:
    """The shell is not the only thing between the patient and the stimulus."""
    theatre.see(Cue(shell=1.0))
    picture = theatre.stage.picture(Pose(z=1.6))
    assert picture is not None
    picture.scene_root.find("**/shell").hide()
    frame = theatre.display.begin()
    assert frame is not None
    theatre.display.show(frame, picture)
    pixels = theatre.display.capture()
    assert pixels is not None
    assert np.ptp(pixels.reshape(-1, 3), axis=0).max() == 0


def test_the_shell_tells_up_from_down_and_is_never_black(theatre: Theatre) -> None:
    pixels = theatre.see(Cue(shell=1.0)).astype(float).mean(axis=2)
    assert pixels[:30].mean() > pixels[-30:].mean() + 8
    assert pixels.min() > 90


def test_the_shell_stays_level_when_the_scenes_ground_tilts() -> None:
    theatre = Theatre(rooms() | {"room": Room(sways_deg=2.0)})
    try:
        level = theatre.see(Cue(place=Place.CALM, shell=1.0))
        tilted = theatre.see(Cue(shell=1.0), Pose(z=1.6, qx=-sin(radians(1)), qw=cos(radians(1))))
        horizon = [int(np.abs(np.diff(p.astype(float).mean(axis=(1, 2)))).argmax()) for p in (level, tilted)]
        assert abs(horizon[0] - horizon[1]) <= 1
    finally:
        theatre.close()


def test_a_half_closed_veil_lies_between(theatre: Theatre) -> None:
    bare, half, closed = (theatre.see(Cue(blink=blink)).astype(float) for blink in (0.0, 0.5, 1.0))
    assert np.abs((bare + closed) / 2 - half).mean() < 2.0


def test_what_moves_in_the_logic_moves_in_the_picture(theatre: Theatre) -> None:
    far = coloured(theatre.see(Cue(parameters={"distance": 5.0})), 1)
    near = coloured(theatre.see(Cue(parameters={"distance": 2.0})), 1)
    assert near > 4 * far


def test_a_picture_is_right_way_up_and_left_is_left(theatre: Theatre) -> None:
    def middle(head: Pose) -> np.ndarray:
        values = theatre.see(Cue(), head).astype(int)
        found = np.argwhere(values[..., 1] > np.delete(values, 1, axis=2).max(axis=2) + 60)
        return found.mean(axis=0)

    ahead = middle(Pose(z=1.6))
    np.testing.assert_allclose(ahead, [35.5, 47.5], atol=1.0)
    assert middle(Pose(z=1.9))[0] > ahead[0] + 3
    assert middle(Pose(x=0.4, z=1.6))[1] < ahead[1] - 3
    turned_left = Pose(z=1.6, qz=sin(radians(5)), qw=cos(radians(5)))
    assert middle(turned_left)[1] > ahead[1] + 3


def test_two_eyes_see_the_thing_apart_and_the_shell_alike() -> None:
    theatre = Theatre(settings=replace(SMALL, eyes=2))
    try:
        pixels = theatre.see(Cue(parameters={"distance": 1.0}))
        assert pixels.shape == (72, 192, 3)

        def across(eye: np.ndarray) -> float:
            values = eye.astype(int)
            return float(np.argwhere(values[..., 1] > values[..., 0] + 60)[:, 1].mean())

        assert across(pixels[:, :96]) > across(pixels[:, 96:]) + 1
        closed = theatre.see(Cue(shell=1.0)).astype(int)
        assert plain(closed)
        assert np.abs(closed[:, :96] - closed[:, 96:]).max() <= 3
    finally:
        theatre.close()


def test_antialiasing_blends_the_edges() -> None:
    def shades(msaa: int) -> int:
        theatre = Theatre(settings=replace(SMALL, msaa=msaa))
        try:
            tilted = Pose(z=1.6, qy=sin(radians(6)), qw=cos(radians(6)))
            pixels = theatre.see(Cue(), tilted)
            green = pixels[..., 1].astype(int) - pixels[..., 0]
            full = green.max()
            return int(((green > full * 0.2) & (green < full * 0.8)).sum())
        finally:
            theatre.close()

    assert shades(4) > shades(0) + 10


def test_the_glance_is_the_frame_before_in_sixteen_by_sixteen(theatre: Theatre) -> None:
    display = theatre.display
    assert display.capture() is None
    pixels = theatre.see(Cue(parameters={"distance": 2.0}))
    theatre.see(Cue(shell=1.0))
    assert display._output is not None
    glance = display._output.graphics.glance()
    assert glance is not None
    assert glance.shape == (16, 16, 3)
    linear = (pixels.astype(float) / 255.0) ** 2.2
    rows = np.linspace(0, 72, 17)
    expected = np.stack(
        [
            linear[round(rows[i]) : round(rows[i + 1])].reshape(-1, 16, 6, 3).mean(axis=(0, 2))
            for i in range(16)
        ]
    )
    assert np.abs(glance - expected).max() < 0.12
    assert np.abs(glance - expected).mean() < 0.01


def test_a_flickering_scene_trips_the_guard_before_its_fourth_flash(theatre: Theatre) -> None:
    """The shell is not put up here: that is the session's doing, in the frame after."""
    dark, lit = Cue(parameters={"distance": 9.0}), Cue(parameters={"distance": 1.0})
    flashes = 0
    while not theatre.display.guard_tripped:
        assert flashes <= 3
        for cue in (dark, lit):
            for _ in range(6):
                theatre.see(cue)
                if theatre.display.guard_tripped:
                    break
            flashes += cue is lit and not theatre.display.guard_tripped
    assert flashes == 3


def test_raising_the_shell_and_blinking_at_the_sessions_pace_do_not_trip_the_guard(theatre: Theatre) -> None:
    for _ in range(4):
        for i in range(180):
            blink = max(0.0, 1.0 - abs(i - 20) / 15)
            shell = min(1.0, max(0.0, (i - 90) / 30)) if i < 150 else max(0.0, 1 - (i - 150) / 30)
            theatre.see(Cue(parameters={"distance": 1.0}, blink=blink, shell=shell))
    assert not theatre.display.guard_tripped


def test_frames_do_not_pile_up_render_states(theatre: Theatre) -> None:
    from panda3d.core import RenderState, TransformState

    def states() -> int:
        return RenderState.get_num_states() + TransformState.get_num_states()

    for i in range(20):
        theatre.see(Cue(parameters={"distance": 2.0 + 0.01 * i}, blink=0.01 * i))
    before = states()
    for i in range(200):
        theatre.see(Cue(parameters={"distance": 2.0 + 0.013 * i}, blink=0.004 * i))
    assert states() <= before + 20


def test_a_closed_display_can_be_opened_again() -> None:
    for _ in range(3):
        theatre = Theatre()
        assert coloured(theatre.see(Cue()), 1) > 20
        theatre.close()


def test_a_rehearsal_is_not_seen_and_leaves_stage_and_pictures_as_new(theatre: Theatre) -> None:
    looks = [("room", {"distance": 2.0}), ("room", {"distance": 9.0}), ("calm", {}), ("baseline_room", {})]
    rehearsed = Theatre()
    try:
        rehearsed.display.prepare(rehearsed.stage.rehearse(looks))
        assert rehearsed.display.capture() is None
        assert not rehearsed.display.guard_tripped
        assert rehearsed.stage.state() == theatre.stage.state()
        for place in (Place.BASELINE_ROOM, Place.SCENE, Place.CALM):
            assert (rehearsed.see(Cue(place=place)) == theatre.see(Cue(place=place))).all()
            assert rehearsed.stage.state() == theatre.stage.state()
        assert rehearsed.scenes["room"].drawn_number == theatre.scenes["room"].drawn_number
    finally:
        rehearsed.close()


def test_a_rehearsal_finds_every_sound_also_what_a_trigger_makes(theatre: Theatre) -> None:
    class Loud(Room):
        def sounds(self) -> tuple[SoundCue, ...]:
            always = SoundCue("hum", "sounds/wind.ogg", 0.1, True)
            once = SoundCue("bang", "sounds/gust.ogg", 0.5, False, (1.0, 0.0, 0.0))
            return (always, once) if self.jumps else (always,)

    loud = Theatre({**rooms(), "room": Loud()})
    try:
        loud.display.prepare(loud.stage.rehearse([("room", {"distance": 2.0})]))
        found = {(cue.file, cue.position is not None) for cue in loud.stage.rehearsed_sounds}
        assert found == {("sounds/wind.ogg", False), ("sounds/gust.ogg", True)}
        assert loud.stage.sounds() == ()
        loud.see(Cue())
        assert loud.scenes["room"].jumps == 0
    finally:
        loud.close()


@pytest.mark.parametrize(("speed_m_s", "moving"), [(2.1, False), (36.0, True)])
def test_the_guard_is_told_where_the_world_moves_past_and_only_there(speed_m_s: float, moving: bool) -> None:
    scenes = rooms()
    manifests = {name: manifest(name) for name in scenes}
    drive = Motion(sway_deg=2.0, speed_m_s=speed_m_s)
    manifests["room"] = manifests["room"].model_copy(update={"motion": drive})
    display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), SMALL)
    stage = Stage({name: (manifests[name], room) for name, room in scenes.items()}, 1, SMALL)
    try:
        for place, expected in ((Place.SCENE, moving), (Place.CALM, False)):
            stage.play(Cue(place=place), 1 / 90, Pose(z=1.6), Hands())
            picture = stage.picture(Pose(z=1.6))
            assert picture is not None
            assert picture.moving is expected
    finally:
        stage.close()
        display.close()
