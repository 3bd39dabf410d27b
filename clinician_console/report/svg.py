"""The session's time line as inline SVG, on one clock: phases, distress with intensity, heart rate, markers, commands.

As on the therapist's page, the heart has a field of its own, so that no line hides another's figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from html import escape

from clinician_console.core.timeline import Point
from clinician_console.report.course_svg import course_svg
from clinician_console.report.gather import Gathered
from clinician_console.words import Words

Scale = Callable[[float], float]

WIDTH, HEIGHT = 1000, 444
LEFT, RIGHT, TOP, BOTTOM = 106, 936, 34, 222
HEART_TOP, HEART_BOTTOM = BOTTOM + 16, BOTTOM + 104
MARKERS, COURSE, COMMANDS, CLOCK = (HEART_BOTTOM + down for down in (20, 44, 68, 96))
NAMES_X = 24
"""Where the axes' names stand, upright."""


def timeline_svg(data: Gathered, words: Words) -> str:
    end = max(1.0, data.end_s)

    def x(t_s: float) -> float:
        return round(LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, t_s / end)), 2)

    def y(share: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * share, 2)

    points = list(data.line.points)
    parts = [
        f'<svg class="timeline" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(words("timeline.label"))}">'
    ]
    parts += _grid(end, x, y, words)
    parts += _intensity([p for p in points if p.kind == "intensity"], end, x, y)
    parts += _heart(data, x)
    parts += _phases([p for p in points if p.kind == "phase"], end, x, words)
    parts += _ratings(points, x, y)
    parts += _markers([p for p in points if p.kind == "marker"], x, words)
    parts += course_svg(points, end, x, COURSE, words)
    parts += _commands(points, x, words)
    parts.append("</svg>")
    return "\n".join(parts)


def _grid(end: float, x: Scale, y: Scale, words: Words) -> list[str]:
    parts = [
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{place}" y2="{place}"/>'
        for place in (*(y(share) for share in (0, 0.25, 0.5, 0.75, 1)), HEART_TOP, HEART_BOTTOM)
    ]
    for value in (0, 50, 100):
        place = y(value / 100) + 4
        parts.append(f'<text class="suds-axis" x="{LEFT - 7}" y="{place}" text-anchor="end">{value}</text>')
        parts.append(f'<text class="step" x="{RIGHT + 6}" y="{place}">{value} %</text>')
    every = next((s for s in (10, 30, 60, 120, 300, 600, 1200) if end / s <= 12), 3600)
    for index in range(int(end // every) + 1):
        t = index * every
        for top, bottom in ((TOP, BOTTOM), (HEART_TOP, HEART_BOTTOM)):
            parts.append(f'<line class="grid" x1="{x(t)}" x2="{x(t)}" y1="{top}" y2="{bottom}"/>')
        parts.append(f'<text x="{x(t)}" y="{CLOCK}" text-anchor="middle">{words.clock(t)}</text>')
    for place, key in ((MARKERS, "markers"), (COURSE, "course"), (COMMANDS, "commands")):
        parts.append(f'<line class="lane" x1="{LEFT}" x2="{RIGHT}" y1="{place}" y2="{place}"/>')
        parts.append(_beside(place + 4, words("timeline." + key), "lane-name"))
    clock = escape(words("timeline.clock_axis"))
    parts.append(f'<text class="lane-name" x="{LEFT - 22}" y="{CLOCK}" text-anchor="end">{clock}</text>')
    parts.append(_upright((TOP + BOTTOM) / 2, words("timeline.suds"), "suds-axis", NAMES_X))
    parts.append(_upright((TOP + BOTTOM) / 2, words("timeline.intensity"), "step", WIDTH - 4))
    parts.append(
        _upright((HEART_TOP + HEART_BOTTOM) / 2, words("timeline.heart_axis"), "heart-axis", NAMES_X)
    )
    return parts


def _beside(y: float, text: str, classes: str) -> str:
    return f'<text class="{classes}" x="{LEFT - 7}" y="{y}" text-anchor="end">{escape(text)}</text>'


def _upright(y: float, text: str, classes: str, x: float) -> str:
    turn = f'transform="translate({x} {y}) rotate(-90)"'
    return f'<text class="{classes} axis-name" {turn} text-anchor="middle">{escape(text)}</text>'


def _intensity(steps: list[Point], end: float, x: Scale, y: Scale) -> list[str]:
    if not steps:
        return []
    path = [f"M{x(steps[0].t_s)} {y(0)}"]
    labels: list[str] = []
    for index, point in enumerate(steps):
        until = steps[index + 1].t_s if index + 1 < len(steps) else end
        level = point.value or 0.0
        path += [f"L{x(point.t_s)} {y(level)}", f"L{x(until)} {y(level)}"]
        if level > 0 and x(until) - x(point.t_s) > 12:
            labels.append(
                f'<text class="step" x="{x(point.t_s) + 4}" y="{y(level) - 5}">{escape(point.label)}</text>'
            )
    line = " ".join(path)
    return [
        f'<path class="area" d="{line} L{x(end)} {y(0)} Z"/>',
        f'<path class="stairs" d="{line}"/>',
        *labels,
    ]


def _heart(data: Gathered, x: Scale) -> list[str]:
    points = data.line.heart.points()
    if len(points) < 2:
        return []
    rates = [rate for _, rate in points]
    low = math.floor((min(rates) - 4) / 10) * 10
    top = max(math.ceil((max(rates) + 4) / 10) * 10, low + 30)

    def y(rate: float) -> float:
        return round(HEART_BOTTOM - (HEART_BOTTOM - HEART_TOP) * (rate - low) / (top - low), 2)

    gap = 6 * max(1.0, data.line.heart.bucket_s)
    path: list[str] = []
    for index, (t, rate) in enumerate(points):
        joined = index and t - points[index - 1][0] <= gap
        path.append(f"{'L' if joined else 'M'}{x(t)} {y(rate)}")
    return [
        f'<path class="heart" d="{" ".join(path)}"/>',
        _beside(HEART_TOP + 9, str(top), "heart-axis"),
        _beside(HEART_BOTTOM, str(low), "heart-axis"),
    ]


def _phases(phases: list[Point], end: float, x: Scale, words: Words) -> list[str]:
    parts: list[str] = []
    for index, point in enumerate(phases):
        until = phases[index + 1].t_s if index + 1 < len(phases) else end
        begin, wide = x(point.t_s), x(until) - x(point.t_s)
        name = words.known(f"phase.{point.label}", point.label)
        parts.append(
            f"<g><title>{escape(name)} {words.clock(point.t_s)}</title>"
            f'<rect class="phase {point.label}" x="{begin}" y="8" width="{max(0.5, wide):.2f}" height="16"/>'
            + (
                f'<text class="phase-name" x="{begin + 4}" y="20">{escape(name)}</text>'
                if wide > 7.2 * len(name)
                else ""
            )
            + "</g>"
        )
    return parts


def _ratings(points: list[Point], x: Scale, y: Scale) -> list[str]:
    parts: list[str] = []
    for point in points:
        if point.kind == "rating" and point.label == "distress" and point.value is not None:
            px, py = x(point.t_s), y(point.value / 100)
            parts.append(f'<circle class="suds" cx="{px}" cy="{py}" r="4"/>')
            parts.append(
                f'<text class="suds-value" x="{px}" y="{py - 8}" text-anchor="middle">{point.value:.0f}</text>'
            )
        elif point.kind == "missed":
            parts.append(
                f'<rect class="missed" x="{x(point.t_s) - 3.5}" y="{BOTTOM - 10}" width="7" height="7"/>'
            )
    return parts


def _markers(markers: list[Point], x: Scale, words: Words) -> list[str]:
    parts: list[str] = []
    for point in markers:
        until = max(float(point.data.get("until", point.t_s)), point.t_s)
        wide = max(2.0, x(until) - x(point.t_s))
        name = words.known(f"marker.{point.label}", point.label)
        group = point.data.get("group", "other")
        high = 4 if group == "other" else 10
        parts.append(
            f"<g><title>{escape(name)} {words.clock(point.t_s)}</title>"
            f'<rect class="marker {group}" x="{x(point.t_s)}" y="{MARKERS - high / 2:g}" width="{wide:.2f}" '
            f'height="{high}"/></g>'
        )
    return parts


def _commands(points: list[Point], x: Scale, words: Words) -> list[str]:
    parts: list[str] = []
    for point in points:
        px, py = x(point.t_s), COMMANDS
        if point.kind == "command":
            name = words.known(f"command.kind.{point.label}", point.label)
            shape = (
                f'<path class="command" d="M{px} {py - 6}V{py + 6}"/>'
                if point.data.get("accepted")
                else f'<path class="refused" d="M{px - 4} {py - 4}L{px + 4} {py + 4}M{px + 4} {py - 4}L{px - 4} {py + 4}"/>'
            )
            parts.append(f"<g><title>{escape(name)} {words.clock(point.t_s)}</title>{shape}</g>")
        elif point.kind == "trigger":
            parts.append(f'<path class="trigger" d="M{px} {py - 7}L{px + 5} {py + 4}H{px - 5}Z"/>')
        elif point.kind == "stop":
            parts.append(f'<path class="stop-line" d="M{px} {TOP}V{HEART_BOTTOM}"/>')
            parts.append(f'<rect class="stop" x="{px - 5}" y="{py - 5}" width="10" height="10"/>')
    return parts
