"""The lane of the time line for the treatment's course: windows, trials, proposals, marks, what was taken on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from clinician_console.core.timeline import Point
from clinician_console.words import Words

SPANS = {"window": -6, "trial": 1}
"""Where in the lane their bars begin, from its middle."""


def course_svg(
    points: Sequence[Point], end_s: float, x: Callable[[float], float], lane: float, words: Words
) -> list[str]:
    """Windows and trials are bars, marks diamonds, compulsions crosses, proposals rings (full: followed), what was
    taken on a square, what the protocol advises against a triangle."""
    parts: list[str] = []
    for kind, down in SPANS.items():
        for begin, until in spans([point for point in points if point.kind == kind], end_s):
            wide = max(3.0, x(until) - x(begin))
            shape = f'<rect class="{kind}" x="{x(begin)}" y="{lane + down}" width="{wide:.2f}" height="5"/>'
            parts.append(_titled(words(f"event.{kind}"), begin, shape, words))
    answers = {str(point.data.get("id")): point.label for point in points if point.kind == "answer"}
    for point in points:
        shape = _shape(point, x(point.t_s), lane, answers.get(str(point.data.get("id")), ""))
        if shape:
            parts.append(_titled(title_of(point, words), point.t_s, shape, words))
    return parts


def spans(points: Sequence[Point], end_s: float) -> list[tuple[float, float]]:
    """From opening to closing; what was never closed lasts to the end."""
    found: dict[str, tuple[float, float]] = {}
    for point in points:
        identity = str(point.data.get("id"))
        if point.label == "opened":
            found[identity] = (point.t_s, end_s)
        elif identity in found:
            found[identity] = (found[identity][0], point.t_s)
    return list(found.values())


def title_of(point: Point, words: Words) -> str:
    name = words.known(f"event.{point.kind}", point.kind)
    match point.kind:
        case "mark":
            return f"{name}: {words.known(f'mark.{point.label}', point.label)}"
        case "proposal":
            what = words.known(f"proposal.{point.label}", point.label)
            return f"{name}: {what.format(step=point.data.get('step', 0))}"
        case "cut_short":
            return f"{name}: {words.known(f'phase.{point.label}', point.label)}"
        case _:
            return name


def _titled(title: str, t_s: float, shape: str, words: Words) -> str:
    return f"<g><title>{escape(title)} {words.clock(t_s)}</title>{shape}</g>"


def _shape(point: Point, x: float, y: float, answer: str) -> str:
    match point.kind:
        case "mark":
            return f'<path class="mark" d="M{x} {y - 6}L{x + 5} {y}L{x} {y + 6}L{x - 5} {y}Z"/>'
        case "override":
            return f'<rect class="taken-on" x="{x - 4}" y="{y - 4}" width="8" height="8"/>'
        case "cut_short" | "at_peak":
            return f'<path class="advice" d="M{x - 5} {y + 4}H{x + 5}L{x} {y - 5}Z"/>'
        case "compulsion":
            return f'<path class="compulsion" d="M{x - 4} {y - 4}L{x + 4} {y + 4}M{x - 4} {y + 4}L{x + 4} {y - 4}"/>'
        case "proposal":
            kind = {"follow": "followed", "withdrawn": "withdrawn"}.get(answer, "")
            return f'<circle class="proposal {kind}" cx="{x}" cy="{y}" r="4.5"/>'
        case _:
            return ""
