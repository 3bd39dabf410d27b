"""Drawings of the rooms after a session, as SVG made here: the time line to scrub, and a step over the sessions.

Every text goes through ``escape``; figures are formatted numbers. Colours come from colours.css by class.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape

from clinician_console.progress.course import Course, StepCourse, Visit
from clinician_console.progress.estimate import Estimate
from clinician_console.review.track import Track
from clinician_console.words import Words

WIDE, LEFT, RIGHT = 1000, 56, 990
"""Of the time line, in the picture's own units; static/after.css puts the slider over LEFT to RIGHT."""
TOP, FOOT, HEART, NEAR, MARKS, HIGH = 30, 190, (206, 276), (292, 342), 366, 392

Scale = Callable[[float], float]


def scrub_line(track: Track, words: Words) -> str:
    """Distress and intensity above, heart and distance below, what happened at the foot; a cursor that the page moves."""
    end = max(track.end_s, 1.0)

    def x(t_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, t_s / end)), 1)

    def y(share: float) -> float:
        return round(FOOT - (FOOT - TOP) * share, 1)

    parts = [
        f'<svg class="scrub-line" viewBox="0 0 {WIDE} {HIGH}" role="img" aria-label="{escape(words("review.line"))}">'
    ]
    parts += _phases(track, end, x, words)
    for value in (0, 50, 100):
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y(value / 100)}" y2="{y(value / 100)}"/>'
        )
        parts.append(f'<text x="{LEFT - 6}" y="{y(value / 100) + 4}" text-anchor="end">{value}</text>')
    parts += _stairs(track, end, x, y)
    parts += _series(track.heart, HEART, x, "heart", 0, words("review.at_heart"))
    parts += _series(track.distance, NEAR, x, "distance", 1, words("review.at_distance"))
    for t_s, value in track.distress:
        parts.append(f'<circle class="suds" cx="{x(t_s)}" cy="{y(value / 100)}" r="5"/>')
    for one in track.happenings:
        place = x(one.t_s)
        if one.kind == "stop":
            parts.append(f'<rect class="stop-mark" x="{place - 5}" y="{MARKS - 10}" width="10" height="10"/>')
        elif one.kind == "trigger":
            parts.append(f'<path class="trigger" d="M{place} {MARKS - 12}l5 10h-10z"/>')
        elif one.kind in ("marker", "mark", "demand", "missed"):
            parts.append(f'<path class="tick {one.kind}" d="M{place} {MARKS - 10}v10"/>')
    parts += _clock(end, x, words)
    parts.append(
        f'<g class="cursor" id="review-cursor"><path d="M{LEFT} {TOP - 6}V{MARKS + 4}"/></g><desc>{LEFT} {RIGHT}</desc></svg>'
    )
    return "".join(parts)


def step_chart(step: StepCourse, course: Course, words: Words) -> str:
    """Peaks with their 80 % intervals and last ratings, session by session; gaps keep their place."""
    count = max(1, len(course.sittings))
    wide = 90 + 64 * count

    def x(number: int, shift: float = 0.0) -> float:
        return 64 + 64 * (number - 1) + 16 + shift

    def y(value: float) -> float:
        return round(150 - 1.3 * min(100.0, max(0.0, value)), 1)

    label = escape(words("progress.chart", step=step.step))
    parts = [
        f'<svg class="course-chart" viewBox="0 0 {wide} 182" width="{wide}" height="182" role="img" aria-label="{label}">'
    ]
    for value in (0, 50, 100):
        parts.append(f'<line class="grid" x1="34" x2="{wide - 8}" y1="{y(value)}" y2="{y(value)}"/>')
        parts.append(f'<text x="28" y="{y(value) + 4}" text-anchor="end">{value}</text>')
    if step.trend is not None:
        parts += _trend(step, x, y)
    for sitting in course.sittings:
        number = sitting.number
        if sitting.summary is None:
            parts.append(f'<rect class="hole" x="{x(number) - 20}" y="20" width="40" height="130"/>')
        parts.append(f'<text x="{x(number)}" y="172" text-anchor="middle">{number}</text>')
    shown: dict[int, int] = {}
    for visit in step.visits:
        again = shown.get(visit.sitting, 0)
        shown[visit.sitting] = again + 1
        parts += _visit(visit, x(visit.sitting, 11.0 * min(again, 2) - 6), y)
    parts.append("</svg>")
    return "".join(parts)


def _visit(visit: Visit, x: float, y: Scale) -> Iterable[str]:
    if visit.peak is None:
        return
    if visit.left_out:
        place = y(visit.peak.value)
        yield f'<path class="left-out" d="M{x - 4} {place - 4}l8 8m0 -8l-8 8"/>'
        return
    yield from _bar(visit.peak, x, y)
    if visit.last is not None and visit.stay.count > 1:
        yield f'<path class="fall" d="M{x} {y(visit.peak.value)}L{x + 9} {y(visit.last.value)}"/>'
        yield f'<circle class="last" cx="{x + 9}" cy="{y(visit.last.value)}" r="3.6"/>'
    yield f'<circle class="peak" cx="{x}" cy="{y(visit.peak.value)}" r="4.6"/>'


def _bar(one: Estimate, x: float, y: Scale) -> Iterable[str]:
    yield f'<path class="sure" d="M{x} {y(one.high)}V{y(one.low)}M{x - 4} {y(one.high)}h8M{x - 4} {y(one.low)}h8"/>'


def _trend(step: StepCourse, x: Callable[[int], float], y: Scale) -> Iterable[str]:
    """The line through the figures that were compared, about their middle, with the span of its slope."""
    assert step.trend is not None
    by_session: dict[int, float] = {}
    for visit in step.visits:
        if not visit.left_out and visit.peak is not None:
            by_session.setdefault(visit.sitting, visit.peak.value)
    numbers = sorted(by_session)
    middle = math.fsum(numbers) / len(numbers)
    level = math.fsum(by_session.values()) / len(by_session)
    first, last = numbers[0], numbers[-1]
    corners = [
        f"{x(number)} {y(level + slope * (number - middle))}"
        for number, slope in (
            (first, step.trend.low), (last, step.trend.low), (last, step.trend.high), (first, step.trend.high)
        )
    ]  # fmt: skip
    yield f'<path class="span" d="M{corners[0]}L{corners[1]}L{corners[2]}L{corners[3]}Z"/>'
    ends = [f"{x(number)} {y(level + step.trend.value * (number - middle))}" for number in (first, last)]
    yield f'<path class="trend" d="M{ends[0]}L{ends[1]}"/>'


def _phases(track: Track, end: float, x: Scale, words: Words) -> Iterable[str]:
    for index, (t_s, phase) in enumerate(track.phases):
        until = track.phases[index + 1][0] if index + 1 < len(track.phases) else end
        wide = max(0.5, x(until) - x(t_s))
        name = words.known(f"phase.{phase}", phase)
        yield f'<g><title>{escape(name)}</title><rect class="band {escape(phase)}" x="{x(t_s)}" y="4" width="{wide:.1f}" height="18"/>'
        yield f'<text x="{x(t_s) + 4}" y="17">{escape(name)}</text></g>' if wide > 8 * len(name) else "</g>"


def _stairs(track: Track, end: float, x: Scale, y: Scale) -> Iterable[str]:
    if not track.intensity:
        return
    path = [f"M{x(track.intensity[0][0])} {y(0)}"]
    for index, (t_s, level, step) in enumerate(track.intensity):
        until = track.intensity[index + 1][0] if index + 1 < len(track.intensity) else end
        path.append(f"L{x(t_s)} {y(level)}L{x(until)} {y(level)}")
        if step and x(until) - x(t_s) > 14:
            yield f'<text class="step-number" x="{x(t_s) + 4}" y="{y(level) - 5}">{step}</text>'
    line = "".join(path)
    yield f'<path class="area" d="{line}L{x(end)} {y(0)}Z"/><path class="stairs" d="{line}"/>'


def _series(
    points: Sequence[tuple[float, float]],
    field: tuple[int, int],
    x: Scale,
    name: str,
    digits: int,
    label: str,
) -> Iterable[str]:
    top, foot = field
    yield f'<text class="{name}-axis" x="{LEFT + 4}" y="{top + 2}">{escape(label)}</text>'
    yield f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{foot}" y2="{foot}"/>'
    if len(points) < 2:
        return
    values = [value for _, value in points]
    low, high = min(values), max(values)
    if name == "distance":
        low = 0.0
    high = max(high, low + (1.0 if digits else 20.0))
    gap = 6.0 * max(1.0, points[-1][0] / 1200)
    path: list[str] = []
    for index, (t_s, value) in enumerate(points):
        joined = index and t_s - points[index - 1][0] <= gap
        place = foot - (foot - top - 8) * (value - low) / (high - low)
        path.append(f"{'L' if joined else 'M'}{x(t_s)} {place:.1f}")
    yield f'<path class="{name}" d="{"".join(path)}"/>'
    for place, value in ((top + 10, high), (foot, low)):
        yield f'<text x="{LEFT - 6}" y="{place}" text-anchor="end">{value:.{digits}f}</text>'


def _clock(end: float, x: Scale, words: Words) -> Iterable[str]:
    every = next((s for s in (10, 30, 60, 120, 300, 600, 1200) if end / s <= 10), 3600)
    for index in range(int(end // every) + 1):
        yield f'<text x="{x(index * every)}" y="{HIGH - 4}" text-anchor="middle">{words.clock(index * every)}</text>'
