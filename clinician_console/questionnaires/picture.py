"""A score over time as a small picture (SVG): dots, the publication's ranges as dashed lines, no trend.

A line through few points would say more than they do; the eye draws none where dots stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

WIDTH, HEIGHT = 640, 200
LEFT, RIGHT, TOP, BOTTOM = 48, 16, 14, 30


@dataclass(frozen=True)
class Point:
    """``when``: ISO 8601. ``value``: None where the score was incomplete: it is left out, not drawn at 0."""

    when: str
    value: float | None
    prorated: bool = False


def picture(
    points: Sequence[Point], low: float, high: float, bands: Sequence[float], label: str, dates: Sequence[str]
) -> str:
    """SVG; empty where there is nothing to draw. ``dates``: words for the first and the last time."""
    drawn = [(_seconds(point.when), point) for point in points if point.value is not None]
    placed = [(at, point) for at, point in drawn if at is not None]
    if not placed or high <= low:
        return ""
    first, last = min(at for at, _ in placed), max(at for at, _ in placed)

    def across(at: float) -> float:
        share = 0.5 if last == first else (at - first) / (last - first)
        return LEFT + 10 + share * (WIDTH - LEFT - RIGHT - 20)

    def down(value: float) -> float:
        return TOP + (1 - (value - low) / (high - low)) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<line class="axis" x1="{LEFT}" x2="{LEFT}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>',
        f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{HEIGHT - BOTTOM}" y2="{HEIGHT - BOTTOM}"/>',
    ]
    for value in sorted({low, high, *bands}):
        y = down(value)
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
        if low < value < high:
            parts.append(f'<line class="band" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for at, point in placed:
        kind = "dot is-prorated" if point.prorated else "dot"
        parts.append(
            f'<circle class="{kind}" cx="{across(at):.1f}" cy="{down(point.value or 0.0):.1f}" r="5"/>'
        )
    if dates:
        parts.append(f'<text x="{LEFT}" y="{HEIGHT - 8}">{escape(dates[0])}</text>')
    if len(dates) > 1:
        parts.append(
            f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(dates[-1])}</text>'
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(label)}">'
        + "".join(parts)
        + "</svg>"
    )


def _seconds(when: str) -> float | None:
    try:
        return datetime.fromisoformat(when).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
