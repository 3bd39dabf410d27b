"""The flash analyser counts what WCAG calls a flash, in the worst place and the worst second, and nothing else; and a
scene written to strobe is caught by the running guard and by the analyser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.session import KEY, act, script
from tests.helpers.strobe import Strobe, manifest_of, packs_with
from vr_runtime.assemble import Options, plan_for_scene, play_session
from vr_runtime.film import Reel, Studio
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.stage.flash_analysis import Flashes, analyse, cells_of
from vr_runtime.stage.settings import GraphicsSettings

RATE = 30.0
DARK, GREY, LIGHT, WHITE = 60, 128, 200, 255  # encoded; 0.045, 0.22, 0.58 and 1.0 of the light
SHAPE = (90, 160, 3)


def painted(value: int | tuple[int, int, int], where: tuple[slice, slice] | None = None) -> np.ndarray:
    frame = np.full(SHAPE, GREY, np.uint8)
    frame[where or (slice(None), slice(None))] = value
    return frame


def strobing(
    hz: float,
    low: int | tuple[int, int, int] = DARK,
    high: int | tuple[int, int, int] = LIGHT,
    where: tuple[slice, slice] | None = None,
    seconds: float = 3.0,
) -> Iterator[np.ndarray]:
    for i in range(round(seconds * RATE)):
        yield painted(high if int(2 * hz * i / RATE + 1e-9) % 2 else low, where)


def general(frames: Iterator[np.ndarray]) -> float:
    return analyse(frames, RATE).general_per_s


@pytest.mark.parametrize("hz", [1.0, 2.0, 3.0, 5.0, 7.5, 15.0])
def test_a_strobe_has_as_many_flashes_as_it_has(hz: float) -> None:
    assert general(strobing(hz)) == pytest.approx(hz, abs=0.5)


def test_the_worst_second_counts_and_is_told() -> None:
    frames = [*strobing(1.0, seconds=3.0), *strobing(5.0, seconds=1.0), *strobing(1.0, seconds=3.0)]
    found = analyse(frames, RATE)
    assert found.general_per_s == pytest.approx(5.0, abs=1.0)
    assert found.at_s is not None
    assert 3.0 < found.at_s <= 4.5
    assert found.frames == len(frames)


def test_a_picture_that_stays_has_none() -> None:
    assert analyse([painted(LIGHT)] * 60, RATE) == Flashes(0.0, 0.0, None, 60)


def test_less_than_a_tenth_is_no_flash() -> None:
    # 0.216 and 0.305 of the light
    assert general(strobing(5.0, 128, 150)) == 0.0
    assert general(strobing(5.0, 128, 156)) >= 4.0


def test_between_bright_and_brighter_there_is_no_flash() -> None:
    # 0.82 and 1.0 of the light; 0.78 and 1.0
    assert general(strobing(5.0, 233, WHITE)) == 0.0
    assert general(strobing(5.0, 228, WHITE)) >= 4.0


def test_a_slow_change_counts_as_one_change_and_no_more() -> None:
    ramp = [painted(int(60 + 140 * i / 60)) for i in range(60)]
    assert 0.5 <= general(iter(ramp)) <= 1.0


def square(degrees_wide: float, middle: tuple[float, float]) -> tuple[slice, slice]:
    """A square about so wide, around a direction (to the right, downwards; degrees)."""
    place: list[slice] = []
    for angle, size in ((middle[1], SHAPE[0]), (middle[0], SHAPE[1])):
        ends = [np.tan(np.radians(angle + sign * degrees_wide / 2)) * 80 + size / 2 for sign in (-1, 1)]
        place.append(slice(round(ends[0]), round(ends[1])))
    return place[0], place[1]


@pytest.mark.parametrize("middle", [(0.0, 0.0), (-38.0, 0.0), (38.0, 10.0), (5.0, -20.0)])
def test_an_area_of_a_quarter_of_ten_degrees_counts_and_a_small_lamp_does_not(
    middle: tuple[float, float],
) -> None:
    assert general(strobing(5.0, where=square(6.0, middle))) >= 4.0
    assert general(strobing(5.0, where=square(1.5, middle))) == 0.0


@pytest.mark.parametrize("right", np.arange(-1.5, 1.5, 0.5))
def test_an_area_counts_wherever_it_lies_between_the_cells(right: float) -> None:
    assert general(strobing(5.0, where=square(5.0, (right, right / 2)))) >= 4.0


def test_where_the_world_moves_past_a_quarter_of_the_picture_counts() -> None:
    def flashes(columns: int) -> float:
        where = (slice(None), slice(80, 80 + columns))
        return analyse(strobing(5.0, where=where), RATE, moving=True).general_per_s

    assert flashes(16) == 0.0  # a tenth of the picture, in its middle
    assert flashes(48) >= 4.0


def test_two_lamps_far_apart_that_take_turns_are_not_one_that_flashes_twice_as_often() -> None:
    def frames() -> Iterator[np.ndarray]:
        for i in range(90):
            frame = painted(GREY)
            lit = (i // 15) % 2
            frame[20:40, 10:30] = LIGHT if lit else DARK
            frame[20:40, 120:140] = DARK if lit else LIGHT
            yield frame

    assert general(frames()) == pytest.approx(1.0, abs=0.5)


def test_a_saturated_red_flashes_where_its_luminance_does_not() -> None:
    red = analyse(strobing(5.0, (0, 0, 0), (150, 0, 0)), RATE)  # luminance 0.065
    assert red.general_per_s == 0.0
    assert red.red_per_s >= 4.0
    assert red.at_s is not None
    assert analyse(strobing(5.0, (0, 0, 0), (0, 80, 0)), RATE).red_per_s == 0.0
    assert analyse(strobing(5.0, (190, 140, 140), (220, 165, 165)), RATE).red_per_s == 0.0


def test_cells_are_means_of_light() -> None:
    cells = cells_of(painted(WHITE, (slice(None), slice(0, 80))))
    assert cells.shape == (23, 36, 3)
    assert cells[3:-3, :18] == pytest.approx(1.0)
    assert cells[3:-3, 18:] == pytest.approx(0.216, abs=1e-3)
    # the corners of the field lie outside a flat picture
    assert cells[0, 0] == pytest.approx(0.0)
    assert cells[0, 17] == pytest.approx(1.0)


# ---------------------------------------------------------------- a scene that strobes


class Watching:
    """A listener that keeps every frame that was shown."""

    def __init__(self) -> None:
        self.frames: list[np.ndarray] = []
        self.tripped = False

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        pixels = rooms.display.capture()
        assert pixels is not None
        self.frames.append(pixels)
        self.tripped |= rooms.display.guard_tripped


def shown(strobe: Strobe, records: Path, rate_hz: float = 90.0) -> Watching:
    """All frames of a session with the scene, in virtual time."""
    watching, packs = Watching(), packs_with(strobe)
    story = script(act(0.2, "start"), act(0.2, "go_to_step", step=1), act(3.5, "end"))
    options: dict[str, Any] = {"speed": "max", "rate_hz": rate_hz, "patient": "none", "heart": "none"}
    play_session(
        Options(
            plan=plan_for_scene(packs, "strobe"),
            packs=packs,
            records=records,
            key=KEY,
            script=story,
            graphics=GraphicsSettings(width=48, height=32),
            **options,
        ),
        listeners=(watching,),
    )
    return watching


@pytest.mark.graphics
@pytest.mark.parametrize("hz", [3.0, 10.0, 22.5, 25.0, 30.0, 45.0])
@pytest.mark.parametrize("flipped", [False, True])
def test_the_shell_comes_before_a_fourth_flash(hz: float, flipped: bool, tmp_path: Path) -> None:
    """Counted in the frames of a whole session, the shell's own among them."""
    strobe = Strobe(hz=hz, after_s=1.2)
    if flipped:
        strobe.one, strobe.other = strobe.other, strobe.one
    watching = shown(strobe, tmp_path)
    assert watching.tripped
    assert 3.0 <= analyse(watching.frames, 90.0).general_per_s < 4.0


@pytest.mark.graphics
def test_without_the_guard_the_analyser_finds_the_same_scene_out() -> None:
    studio = Studio(manifest_of("strobe"), Strobe(hz=6.0), GraphicsSettings(width=48, height=32))
    try:
        found = analyse(studio.film(Reel("strobe", 1, seconds=2.0)), RATE)
    finally:
        studio.close()
    assert found.general_per_s >= 5.5
    assert found.red_per_s == 0.0


@pytest.mark.graphics
def test_a_red_strobe_is_caught_by_both(tmp_path: Path) -> None:
    red = Strobe(hz=6.0, one=(0.0, 0.0, 0.0), other=(0.35, 0.0, 0.0))
    assert shown(red, tmp_path).tripped
    studio = Studio(manifest_of("strobe"), red, GraphicsSettings(width=48, height=32))
    try:
        found = analyse(studio.film(Reel("strobe", 1, seconds=2.0)), RATE)
    finally:
        studio.close()
    assert found.red_per_s >= 5.5
