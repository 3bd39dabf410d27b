"""What a finished record says beside its markers: sway while standing, and urges that were resisted.

Definitions: docs/measures.md, "Offline". A figure of a record is no marker: it is computed when it is asked for.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from vr_runtime.heart_course import spans_of
from vr_runtime.measures.heart_spans import Piece
from vr_runtime.measures.resisting import Resisted, resisted
from vr_runtime.measures.sway import Sway, sway
from vr_runtime.protocol.course_events import WindowClosed, WindowOpened
from vr_runtime.protocol.events import StepEntered
from vr_runtime.protocol.words import Phase
from vr_runtime.remeasure import Course


class SwayOf(NamedTuple):
    """Of one visit of a step at an edge, or of the neutral room to compare it with."""

    kind: str
    """``phase`` or ``step``."""
    name: str
    step: int
    """0 for a phase."""
    sway: Sway


class BodyCourse(NamedTuple):
    """Everything of this kind in one record."""

    sway: tuple[SwayOf, ...]
    """Empty where no step stood at an edge."""
    windows: tuple[WindowClosed, ...]
    """Response-prevention windows as the session closed them."""
    resisted: Resisted | None
    """None where no window was opened."""


def body_course(course: Course) -> BodyCourse:
    """Sway is measured in steps whose scene has a stimulus that its manifest calls an edge, and in the baseline."""
    edges = {manifest.id for manifest in course.opened.scenes if any(each.edge for each in manifest.stimuli)}
    scenes = [event.body for event in course.events if isinstance(event.body, StepEntered)]
    at_edge = {(body.step, body.step_id) for body in scenes if body.scene in edges}
    found: list[SwayOf] = []
    if at_edge:
        for kind, name, step, pieces in spans_of(course):
            quiet = kind == "phase" and name == Phase.BASELINE.value
            if quiet or (kind == "step" and (step, name) in at_edge):
                found.append(SwayOf(kind, name, step, _sway(course, pieces)))
    bodies = [event.body for event in course.events]
    windows = tuple(body for body in bodies if isinstance(body, WindowClosed))
    opened = any(isinstance(body, WindowOpened) for body in bodies)
    return BodyCourse(tuple(found), windows, resisted(bodies) if opened else None)


def _sway(course: Course, pieces: tuple[Piece, ...]) -> Sway:
    """Of the head over the floor, in these pieces of the record's time (ns)."""
    head = course.samples["head"]
    t_ns = head["t_ns"].astype(np.int64)
    within = np.zeros(t_ns.size, np.bool_)
    for begin, end in pieces:
        within |= (t_ns >= begin) & (t_ns < end)
    # a frame whose time stands or goes back is left out: it cannot be joined to the one before
    so_far = np.maximum.accumulate(np.concatenate(([-(2**62)], t_ns)))[:-1]
    within &= t_ns > so_far
    rows = head[within]
    xy = np.stack([rows["x"], rows["y"]], axis=1).astype(np.float64)
    xy[rows["valid"] == 0] = np.nan
    return sway(t_ns[within], xy)


# ------------------------------------------------------------------ what the command tells


def json_of(body: BodyCourse) -> dict[str, Any]:
    """As JSON: ``sway`` and ``prevention``; null where there is no value."""
    urges = body.resisted
    return {
        "sway": [
            {
                "kind": each.kind,
                "name": each.name,
                "step": each.step,
                "sway_velocity": _known(each.sway.velocity_m_s),
                "sway_slow_share": _known(each.sway.slow_share),
                "stood_s": each.sway.stood_s,
                "quality": each.sway.quality,
            }
            for each in body.sway
        ],
        "prevention": {
            "windows": [window.model_dump(mode="json", exclude={"kind"}) for window in body.windows],
            "resisted_share": None if urges is None else urges.share,
            **({} if urges is None else urges._asdict()),
        },
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def in_words_of(body: BodyCourse) -> list[str]:
    """A line for each thing that there is."""
    lines: list[str] = []
    for each in body.sway:
        name = each.name if each.kind == "phase" else f"step {each.step} {each.name}"
        of = each.sway
        lines.append(
            f"sway, {name}: {_shown(1000.0 * of.velocity_m_s, '.1f')} mm/s, {_shown(100.0 * of.slow_share, '.0f')} % of "
            f"its power below 0.5 Hz; stood {of.stood_s:.0f} s, quality {of.quality:.2f}"
        )
    for window in body.windows:
        lines.append(
            f"{window.window}: {window.outcome.value} after {window.lasted_s:.0f} s, "
            f"{window.compulsions} compulsions, {window.prevented} of them prevented"
        )
    if (urges := body.resisted) is not None:
        share = "-" if urges.share is None else f"{urges.share:.0%}"
        lines.append(
            f"urges in windows: {urges.resisted} of {urges.urges} resisted ({share}), {urges.prevented} of these with a "
            f"compulsion tried in vain; {urges.outside} urges outside, {urges.missed} compulsions before any"
        )
    return lines


def _shown(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"
