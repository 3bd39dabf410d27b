"""Two sessions beside each other, step by step: as a table, and drawn over each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nicegui import ui

from clinician_console.clinic.entries import Session
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.progress.course import Visit
from clinician_console.progress.errors import ProgressError
from clinician_console.progress.estimate import Change
from clinician_console.progress.summary import Summary, from_json
from clinician_console.review.beside import Beside, beside
from clinician_console.words import DASH, Words

MINUS = "\u2212"


def signed(value: float, words: Words) -> str:
    """With its sign, a true minus."""
    text = words.number(abs(value))
    return "0" if text == "0" else f"{'+' if value > 0 else MINUS}{text}"


def told(change: Change, words: Words) -> str:
    return f"{signed(change.value, words)} ({signed(change.low, words)} – {signed(change.high, words)})"


class Compare:
    """``others``: sessions of the same patient that have figures."""

    def __init__(self, session: Session, others: Sequence[Session], words: Words) -> None:
        self._session, self._words = session, words
        self._buttons: dict[str, Press] = {}
        with Box("card", "section", aria_labelledby="compare-title"):
            Say("", words("review.compare"), tag="h2", id="compare-title")
            if not others:
                Say("", words("review.compare_none"), tag="p")
                return
            Say("hint", words("review.compare_hint"), tag="p")
            with Box("choices", role="group", aria_labelledby="compare-title"):
                for one in list(reversed(others))[:12]:
                    text = words("review.compare_with", when=words.when(one.started))
                    self._buttons[one.id] = Press(
                        lambda one=one: self._choose(one), "", text, id=f"compare-{one.id}"
                    )
            self._place = Box("compared", id="compared", aria_live="polite")

    def _choose(self, other: Session) -> None:
        for name, button in self._buttons.items():
            button.attribute("aria-pressed", "true" if name == other.id else "false")
        self._place.clear()
        with self._place:
            try:
                mine, others = from_json(self._session.summary), from_json(other.summary)
            except ProgressError as problem:
                Say("said", str(problem), tag="p")
                return
            self._both(mine, others, later=self._session.started >= other.started)

    def _both(self, mine: Summary, other: Summary, *, later: bool) -> None:
        words = self._words
        found = beside(other, mine) if later else beside(mine, other)
        if not found.pairs:
            Say("", words("review.no_common"), tag="p")
            return
        names = (words("review.other_one"), words("review.this_one"))
        if not later:
            names = (names[1], names[0])
        ui.html(pairs_svg(found, names, words), sanitize=False).classes("scrolls")
        with Box("scrolls"), Box("", "table"):
            with Box("", "thead"), Box("", "tr"):
                for text in (words("after.step"), *names, words("progress.change")):
                    Say("", text, tag="th", scope="col")
            with Box("", "tbody"):
                for pair in found.pairs:
                    with Box("", "tr"):
                        name = f"{pair.step} {pair.names.in_language(words.language)}"
                        change = (
                            told(pair.change, words) if pair.change else self._why(pair.earlier, pair.later)
                        )
                        for text in (name, _course(pair.earlier, words), _course(pair.later, words), change):
                            Say("", text, tag="td")

    def _why(self, *visits: Visit) -> str:
        why = [self._words(f"progress.left_{visit.left_out}") for visit in visits if visit.left_out]
        return why[0] if why else DASH


def _course(visit: Visit, words: Words) -> str:
    return " → ".join(
        words.number(one.value if one else None) for one in (visit.first, visit.peak, visit.last)
    )


def pairs_svg(found: Beside, names: tuple[str, str], words: Words) -> str:
    """For each step the two courses over each other: first, peak, last; the earlier one dashed and hollow."""
    wide = 60 + 120 * len(found.pairs)

    def y(value: float) -> float:
        return round(150 - 1.25 * value, 1)

    label = escape(f"{words('review.compare')}: {names[0]}, {names[1]}")
    parts = [
        f'<svg class="course-chart" viewBox="0 0 {wide} 200" width="{wide}" height="200" role="img" aria-label="{label}">'
    ]
    for value in (0, 50, 100):
        parts.append(f'<line class="grid" x1="34" x2="{wide - 8}" y1="{y(value)}" y2="{y(value)}"/>')
        parts.append(f'<text x="28" y="{y(value) + 4}" text-anchor="end">{value}</text>')
    for index, pair in enumerate(found.pairs):
        left = 50 + 120 * index
        parts += _path(pair.earlier, left, y, "earlier")
        parts += _path(pair.later, left, y, "later")
        text = f"{words('after.step')} {pair.step}"
        parts.append(f'<text x="{left + 45}" y="172" text-anchor="middle">{escape(text)}</text>')
    for index, (name, kind) in enumerate(zip(names, ("earlier", "later"), strict=True)):
        left = 40 + 190 * index
        parts.append(f'<path class="{kind}" d="M{left} 190h30"/>')
        parts.append(f'<text x="{left + 36}" y="194">{escape(name)}</text>')
    return "".join((*parts, "</svg>"))


def _path(visit: Visit, left: float, y: object, kind: str) -> Iterable[str]:
    assert callable(y)
    places = [
        (left + shift, y(one.value))
        for shift, one in ((0, visit.first), (45, visit.peak), (90, visit.last))
        if one is not None
    ]
    if len(places) > 1:
        yield f'<path class="{kind}" d="M{"L".join(f"{x} {at}" for x, at in places)}"/>'
    for x, at in places:
        yield f'<circle class="{kind}" cx="{x}" cy="{at}" r="4.4"/>'
