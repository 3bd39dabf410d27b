"""The rating panel in the picture and its words: pixels of off-screen frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.helpers.rooms import Cue, rooms, stage_of
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place, Rated, Scale
from vr_runtime.stage import assets
from vr_runtime.stage.panel_layout import Panel, placed
from vr_runtime.stage.panel_text import FONT, WIDTH, draw_sheet, values
from vr_runtime.stage.panel_words import LANGUAGES, NUMBERS, WORDS, language_of, question
from vr_runtime.stage.settings import GraphicsSettings

HEAD = Pose(z=1.6)
SIZE = GraphicsSettings(width=480, height=270, fov_deg=90.0)
ASKED = Panel(placed(0.0, 0.0, 0.0, 1.6), Rated.DISTRESS, Scale.SUDS_100)


class Theatre:
    def __init__(self, settings: GraphicsSettings = SIZE) -> None:
        self.scenes = rooms()
        self.display = HeadlessDisplay(90.0, RuntimeClock(virtual=True), settings)
        self.stage = stage_of(self.scenes, settings)

    def see(
        self,
        panel: Panel | None,
        cue: Cue = Cue(),  # noqa: B008
        hands: Hands = Hands(),  # noqa: B008
        head: Pose = HEAD,
    ) -> np.ndarray:
        frame = self.display.begin()
        assert frame is not None
        self.stage.play(cue, 0.0, head, hands)
        self.stage.show_panel(panel)
        self.display.show(frame, self.stage.picture(head))
        pixels = self.display.capture()
        assert pixels is not None
        return pixels.astype(int)

    def close(self) -> None:
        self.stage.close()
        self.display.close()


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    made = Theatre()
    yield made
    made.close()


def changed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.abs(a - b).max(axis=2) > 12


def blue(pixels: np.ndarray) -> np.ndarray:
    """Pixels of the marker's colour."""
    return (pixels[..., 2] - pixels[..., 0] > 40) & (np.abs(pixels[..., 2] - pixels[..., 1]) < 60)


def marker_x(theatre: Theatre, raw: float, scale: Scale = Scale.SUDS_100) -> float:
    """The right end of the coloured part of the scale, in pixels: the marker's outer edge."""
    without = theatre.see(ASKED._replace(scale=scale))
    seen = theatre.see(ASKED._replace(scale=scale, raw=raw))
    rows = slice(160, 215)
    return float(np.nonzero((blue(seen) & changed(seen, without))[rows].any(axis=0))[0].max())


# ---- pixels


@pytest.mark.graphics
def test_it_is_drawn_only_while_it_is_asked_for(theatre: Theatre) -> None:
    none = theatre.see(None)
    shown = changed(theatre.see(ASKED), none)
    assert shown.sum() > 8000
    assert not changed(theatre.see(None), none).any()


@pytest.mark.graphics
@pytest.mark.parametrize("place", list(Place))
def test_it_lies_below_the_eyes_in_the_middle_and_looks_alike_in_every_place(
    theatre: Theatre, place: Place
) -> None:
    cue = Cue(place=place)
    shown = theatre.see(ASKED, cue)
    rows, columns = np.nonzero(changed(shown, theatre.see(None, cue)))
    assert abs(columns.mean() - 239.5) < 8
    assert rows.min() > 135 - 20  # a little of its upper edge reaches the height of the eyes
    assert rows.mean() > 150
    assert rows.max() < 265
    paper = shown[rows.min() + 20 : rows.max() - 20, 160:320].reshape(-1, 3)
    assert np.median(paper, axis=0) == pytest.approx((223, 221, 214), abs=14)


@pytest.mark.graphics
def test_the_marker_moves_with_the_value_and_is_not_there_before_one(theatre: Theatre) -> None:
    assert not blue(theatre.see(ASKED))[160:215].any()
    places = [marker_x(theatre, raw) for raw in (0.0, 25.0, 50.0, 75.0, 100.0)]
    gaps = np.diff(places)
    assert gaps.min() > 30
    assert gaps.max() - gaps.min() <= 6
    assert marker_x(theatre, 4.0, Scale.CHILD_8) == pytest.approx(places[2], abs=2)


@pytest.mark.graphics
def test_the_question_is_another_one_for_another_thing(theatre: Theatre) -> None:
    seen = [theatre.see(ASKED._replace(what=what)) for what in Rated]
    for a, b in zip(seen, seen[1:], strict=False):
        assert changed(a, b).sum() > 100


@pytest.mark.graphics
def test_its_letters_can_be_read_at_480_by_270(theatre: Theatre) -> None:
    """What is drawn for the question is what the font draws for its words, scaled: correlated with the right words
    far better than with the same letters in another order."""
    seen = theatre.see(ASKED)
    dark = 255.0 - seen.mean(axis=2)
    words = question("en", Rated.DISTRESS, Scale.SUDS_100)
    scores = []
    for text in (words, words[::-1], question("en", Rated.DISGUST, Scale.SUDS_100)):
        scores.append(best_match(dark[155:186, 140:340], text))
    assert scores[0] > 0.6
    assert scores[0] > max(scores[1:]) + 0.15


def best_match(picture: np.ndarray, text: str) -> float:
    """The best correlation of a line of text, drawn in some sizes, with any place of the picture."""
    best = -1.0
    for size in np.arange(7.0, 11.0, 0.25):
        font = ImageFont.truetype(str(assets.path(FONT)), size * 8)
        left, top, right, bottom = font.getbbox(text)
        image = Image.new("L", (int(right - left) + 16, int(bottom - top) + 16))
        ImageDraw.Draw(image).text((8 - left, 8 - top), text, fill=255, font=font)
        small = np.asarray(image.resize((image.width // 8, image.height // 8), Image.Resampling.BOX), float)
        height, width = small.shape
        if width > picture.shape[1]:
            continue
        small -= small.mean()
        for row in range(picture.shape[0] - height + 1):
            for column in range(picture.shape[1] - width + 1):
                piece = picture[row : row + height, column : column + width]
                piece = piece - piece.mean()
                norm = np.sqrt((piece**2).sum() * (small**2).sum())
                best = max(best, float((piece * small).sum() / norm) if norm > 0 else -1.0)
    return best


@pytest.mark.graphics
def test_whatever_stands_between_does_not_hide_it_but_a_hand_does(theatre: Theatre) -> None:
    near = Cue(parameters={"distance": 1.0})
    open_view = theatre.see(ASKED, Cue(parameters={"distance": 9.0}))
    behind = theatre.see(ASKED, near)
    middle = slice(166, 232), slice(170, 310)
    assert not changed(behind[middle], open_view[middle]).any()
    grip = Pose(0.0, 0.55, 1.45)
    hand = theatre.see(ASKED, near, Hands(right=grip))
    alone = theatre.see(None, near, Hands(right=grip)), theatre.see(None, near)
    glove = changed(*alone)
    assert glove.sum() > 500
    assert not changed(hand, alone[0])[glove].any(), "the glove is whole"
    past = theatre.see(ASKED, near, Hands(right=grip._replace(y=1.6, z=1.2)))
    assert not changed(past[middle], behind[middle]).any(), "a hand behind the panel is hidden by it"


@pytest.mark.graphics
@pytest.mark.parametrize("cover", [{"shell": 1.0}, {"blink": 1.0}])
def test_a_closed_shell_takes_it_away_in_the_very_frame(theatre: Theatre, cover: dict[str, float]) -> None:
    marked = ASKED._replace(raw=50.0, pointer=(0.1, 0.0))
    theatre.see(marked)
    closed = replace(Cue(), **cover)
    assert not changed(theatre.see(marked, closed), theatre.see(None, closed)).any()
    assert changed(theatre.see(marked), theatre.see(None)).any()


@pytest.mark.graphics
def test_it_fades_with_its_opacity(theatre: Theatre) -> None:
    none, whole = theatre.see(None), theatre.see(ASKED)
    half = theatre.see(ASKED._replace(opacity=0.5))
    there = changed(whole, none)
    assert np.median(np.abs(half - none)[there].sum(axis=1) / np.abs(whole - none)[there].sum(axis=1)) == (
        pytest.approx(0.5, abs=0.05)
    )


@pytest.mark.graphics
def test_it_stands_in_the_tracked_space_wherever_the_scene_puts_it() -> None:
    theatre = Theatre()
    for room in theatre.scenes.values():
        room.heading = 75.0
    try:
        turned = changed(theatre.see(ASKED), theatre.see(None))
        half = radians(90) / 2
        head = HEAD._replace(qz=sin(half), qw=cos(half))
        aside = changed(theatre.see(ASKED, head=head), theatre.see(None, head=head))
    finally:
        theatre.close()
    assert turned.sum() > 8000
    assert not aside.any()


@pytest.mark.graphics
def test_showing_it_leaves_the_stages_state_as_it_is(theatre: Theatre) -> None:
    theatre.see(None)
    before = dict(theatre.stage.state())
    theatre.see(ASKED._replace(raw=35.0))
    assert dict(theatre.stage.state()) == before


def test_without_graphics_nothing_is_drawn_and_nothing_fails() -> None:
    stage = stage_of(rooms())
    stage.play(Cue(), 0.1, HEAD, Hands())
    stage.show_panel(ASKED)
    assert stage.picture(HEAD) is None


# ---- words


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_words_that_the_font_has_letters_for(language: str) -> None:
    words = WORDS[language_of(language)]
    assert set(words.questions) == set(words.anchors) == set(Rated)
    assert set(NUMBERS) == set(Scale)
    font = ImageFont.truetype(str(assets.path(FONT)), 40)
    missing = font.getmask("\u0416").getbbox()  # a letter of another script: the box of an unknown one
    shape = bytes(font.getmask("\u0416"))
    texts = [
        *words.questions.values(),
        words.child,
        words.hint,
        *(w for a in words.anchors.values() for w in a),
    ]
    for letter in {letter for text in texts for letter in text if not letter.isspace()}:
        assert bytes(font.getmask(letter)) != shape or missing is None, f"no letter {letter!r}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_anchors_do_not_run_into_each_other(language: str) -> None:
    sheet = draw_sheet(language_of(language))
    height = sheet.pixels.shape[0]
    for strip in (*sheet.words.values(), *sheet.numbers.values()):
        rows = slice(round((1 - strip.v - strip.dv) * height), round((1 - strip.v) * height))
        inked = sheet.pixels[rows, :, 0].max(axis=0) > 0
        assert not inked[:4].any()
        assert not inked[-4:].any()
        (columns,) = np.nonzero(inked)
        if len(columns):
            gaps = np.diff(columns)
            assert (gaps > 20).sum() >= 1


def test_a_value_has_a_number_on_every_scale() -> None:
    sheet = draw_sheet("en")
    assert set(sheet.values) == set(values())
    for scale, numbers in NUMBERS.items():
        assert numbers[0] == 0
        assert numbers[-1] == scale.top
        assert set(numbers) <= set(values())
    assert sheet.pixels.shape[1] == WIDTH


def test_an_unknown_language_is_english() -> None:
    assert language_of("fr") == "fr"
    assert language_of("de") == language_of("") == "en"


def test_the_font_is_small_and_shipped() -> None:
    assert Path(assets.path(FONT)).stat().st_size < 60_000
