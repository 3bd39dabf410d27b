"""The rating panel's letters, drawn once into one sheet, so that no question costs a frame in mid-session."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vr_runtime.protocol.words import Rated, Scale
from vr_runtime.stage import assets
from vr_runtime.stage.panel_layout import HALF_TRACK_M, HALF_WIDTH_M
from vr_runtime.stage.panel_words import NUMBERS, WORDS, Language, question

FONT: Final = "fonts/Roboto-Medium-latin.ttf"
PER_M: Final = 1360.0
"""Pixels a metre: about what a headset of 20 pixels a degree shows at the panel's distance, and a little more."""
WIDTH: Final = round(2 * HALF_WIDTH_M * PER_M)
QUESTION_PX, NUMBERS_PX, WORDS_PX, HINT_PX, VALUE_PX = 54, 44, 40, 34, 70
"""Sizes of the letters: 2.8 to 1.0 degrees at the panel's distance."""
STRIP_PX, VALUE_ROW_PX, VALUE_WIDTH_PX = 66, 86, 142


class Cell(NamedTuple):
    """A piece of the sheet: its corner at the lower left and its size, as shares of the sheet; and its size in m."""

    u: float
    v: float
    du: float
    dv: float
    width_m: float
    height_m: float


class Sheet(NamedTuple):
    pixels: NDArray[np.uint8]
    """(height, width, 1), first row uppermost: how much of each pixel is letter."""
    questions: dict[tuple[Rated, bool], Cell]
    """By what is asked; True: of a child."""
    numbers: dict[Scale, Cell]
    words: dict[Rated, Cell]
    hint: Cell
    values: dict[int, Cell]


def values() -> list[int]:
    """Every value that a marker can stand at, on any scale."""
    return [*range(21), *range(25, 101, 5)]


def draw_sheet(language: Language) -> Sheet:
    """Everything that the panel can say in a language.

    Raises:
        FileError: the font is missing.
    """
    strips: list[tuple[object, list[tuple[float, str]], int]] = []
    for what in Rated:
        strips.append(
            (("question", what, False), [(0.0, question(language, what, Scale.SUDS_100))], QUESTION_PX)
        )
    child = question(language, Rated.DISTRESS, Scale.CHILD_8)
    strips.append((("question", Rated.DISTRESS, True), [(0.0, child)], QUESTION_PX))
    for scale, numbers in NUMBERS.items():
        unit = (
            "\u202f%"
            if scale is Scale.PERCENT and language == "fr"
            else "%"
            if scale is Scale.PERCENT
            else ""
        )
        marks = [((2 * n / scale.top - 1) * HALF_TRACK_M, f"{n}{unit}") for n in numbers]
        strips.append((("numbers", scale), marks, NUMBERS_PX))
    for what, anchors in WORDS[language].anchors.items():
        marks = [((index / 2 - 1) * HALF_TRACK_M, word) for index, word in enumerate(anchors) if word]
        strips.append((("words", what), marks, WORDS_PX))
    strips.append(("hint", [(0.0, WORDS[language].hint)], HINT_PX))
    columns = WIDTH // VALUE_WIDTH_PX
    rows = -(-len(values()) // columns)
    height = len(strips) * STRIP_PX + rows * VALUE_ROW_PX
    image = Image.new("L", (WIDTH, height))
    pen, cells = ImageDraw.Draw(image), dict[object, Cell]()
    for row, (key, marks, size) in enumerate(strips):
        top = row * STRIP_PX
        for x_m, text in marks:
            _write(pen, text, (WIDTH / 2 + x_m * PER_M, top + STRIP_PX / 2), size)
        cells[key] = _cell(0, top, WIDTH, STRIP_PX, height)
    for index, value in enumerate(values()):
        left = index % columns * VALUE_WIDTH_PX
        top = len(strips) * STRIP_PX + index // columns * VALUE_ROW_PX
        _write(pen, str(value), (left + VALUE_WIDTH_PX / 2, top + VALUE_ROW_PX / 2), VALUE_PX)
        cells["value", value] = _cell(left, top, VALUE_WIDTH_PX, VALUE_ROW_PX, height)
    return Sheet(
        pixels=np.asarray(image)[:, :, None],
        questions={(key[1], key[2]): cell for key, cell in _of(cells, "question")},
        numbers={key[1]: cell for key, cell in _of(cells, "numbers")},
        words={key[1]: cell for key, cell in _of(cells, "words")},
        hint=cells["hint"],
        values={key[1]: cell for key, cell in _of(cells, "value")},
    )


def _of(cells: dict[object, Cell], kind: str) -> list[tuple[tuple, Cell]]:
    return [(key, cell) for key, cell in cells.items() if isinstance(key, tuple) and key[0] == kind]


def _write(pen: ImageDraw.ImageDraw, text: str, middle: tuple[float, float], size: int) -> None:
    """Centred; made smaller where it would not fit."""
    font = ImageFont.truetype(str(assets.path(FONT)), size)
    room = WIDTH * 0.94
    if font.getlength(text) > room:
        font = ImageFont.truetype(str(assets.path(FONT)), int(size * room / font.getlength(text)))
    pen.text(middle, text, fill=255, font=font, anchor="mm")


def _cell(left: int, top: int, width: int, height: int, whole: int) -> Cell:
    return Cell(
        left / WIDTH, 1 - (top + height) / whole, width / WIDTH, height / whole, width / PER_M, height / PER_M
    )
