"""The same movement gives the same measures of looking, whatever the frame rate and whichever side; live and offline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.helpers.gaze_plans import Film, Stay, films, plans, script, seconds
from tests.helpers.gazes import Angles, Frame, Glance, Script, looks, patient_looks, recorded, times, watched
from tests.helpers.walks import only
from vr_runtime.measures import DEFINITIONS, Settings
from vr_runtime.patient import Traits
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Pose, StimulusReading

LOOKING = {
    name
    for name, definition in DEFINITIONS.items()
    if definition.source == "eye" or name.startswith(("head_gaze", "head_turn", "head_away", "head_in", "head_first", "head_stare"))
}  # fmt: skip
RATES = (45.0, 72.0, 90.0, 120.0)
TOLERANCE_S = 2.0 / 45.0
"""Times: two frames of the slowest rate."""


# ---- plans of the head


class Hold(NamedTuple):
    """The head turns to an angle to the stimulus, no faster than heads do, and holds it for so long."""

    off_deg: float
    seconds: float


# clear of 15 degrees by more than the slack, of 30, of 45 and of 60; longer than the least look and the least turn away
_holds = st.one_of(
    st.builds(Hold, st.floats(-7.0, 7.0), st.floats(1.0, 3.0)),
    st.builds(Hold, st.sampled_from((-34.0, 26.0, 38.0)), st.floats(1.0, 3.0)),
    st.builds(Hold, st.sampled_from((-100.0, 80.0, 120.0)), st.floats(1.6, 3.5)),
)


def _turn_s(before: float, after: float) -> float:
    return 0.15 + abs(after - before) / 200.0


def head_seconds(plan: Sequence[Hold]) -> float:
    turns = sum(_turn_s(a.off_deg, b.off_deg) for a, b in pairwise(plan))
    return turns + sum(hold.seconds for hold in plan)


def head_angle(plan: Sequence[Hold], t: float) -> float:
    before, t = plan[0].off_deg, max(0.0, t)
    for i, (off, holds_s) in enumerate(plan):
        turn_s = _turn_s(before, off) if i else 0.0
        if t < turn_s:
            share = t / turn_s
            return before + share**3 * (10.0 - 15.0 * share + 6.0 * share * share) * (off - before)
        t -= turn_s + holds_s
        if t < 0.0:
            return off
        before = off
    return before


def head_script(plan: Sequence[Hold]) -> Script:
    def at(t: float) -> Glance:
        return Glance(head=(head_angle(plan, t), 0.0), stimulus=(0.0, 0.0))

    return at


def both(plan: list[Stay], heads: list[Hold]) -> tuple[Script, float]:
    """The eyes of one plan and the head of another, and how long it takes: no stay is cut off by the other's end, for
    then the eyes are not tracked any more, and the head faces the stimulus."""
    eyes, head = script(plan), head_script([*heads, Hold(0.0, 1.0)])
    eyes_s = seconds(plan)

    def at(t: float) -> Glance:
        look, turn = eyes(t), head(t)
        assert look.gaze is not None
        gaze = (look.gaze[0] - look.stimulus[0], look.gaze[1] - look.stimulus[1])
        lids = 0.05 if t % 5.0 > 3.5 or t % 2.0 < 0.2 else 0.9
        return turn._replace(gaze=gaze if t < eyes_s else None, openness=lids)

    # to a time at which the lids are up
    return at, math.ceil(max(eyes_s, head_seconds(heads)) / 5.0) * 5.0 + 0.7


def told(markers: tuple[Marker, ...]) -> list[Marker]:
    return sorted((m for m in markers if m.marker in LOOKING), key=lambda m: (m.marker, m.t_on_ns))


def assert_alike(ones: list[Marker], others: list[Marker], length_s: float) -> None:
    """The same markers; times within ``TOLERANCE_S``, shares and rates within what that makes of them."""
    assert [m.marker for m in ones] == [m.marker for m in others]
    for one, other in zip(ones, others, strict=True):
        assert abs(one.t_on_ns - other.t_on_ns) <= TOLERANCE_S * 1e9, one.marker
        assert abs(one.t_off_ns - other.t_off_ns) <= TOLERANCE_S * 1e9, one.marker
        if one.unit in ("s", "deg/s"):
            # the fastest moment of a saccade of 50 ms is seen well by some frames and badly by others
            slack = TOLERANCE_S if one.unit == "s" else 0.6 * one.value
        elif one.marker.startswith("gaze_vigilance"):
            slack = TOLERANCE_S / 0.5
        else:
            # each stay or hold begins and ends once
            slack = 20.0 * TOLERANCE_S / length_s * max(1.0, one.value)
        assert other.value == pytest.approx(one.value, abs=slack), one.marker


@settings(max_examples=25, deadline=None)
@given(plan=plans(), head=st.lists(_holds, min_size=3, max_size=5))
def test_the_same_movement_at_any_rate_gives_the_same_markers(plan: list[Stay], head: list[Hold]) -> None:
    moves, length = both(plan, head)
    # so that no share hangs on whether a plan lasts 10 s
    short = Settings(minute_least_s=0.01, rate_least_s=0.01)
    ones, *others = (told(watched(looks(moves, times(length, hz)), settings=short)) for hz in RATES)
    assert {"gaze_dwell", "head_in_view", "eye_closure_share"} <= {m.marker for m in ones}
    for other in others:
        assert_alike(ones, other, length)


def stretches(so: NDArray[np.bool_], least: int) -> list[tuple[int, int]]:
    """Begin and end of the runs of at least so many samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], so, [False])).astype(int)))
    return [(a, b) for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True) if b - a >= least]


@settings(max_examples=60, deadline=None)
@given(head=st.lists(_holds, min_size=3, max_size=7), film=films)
def test_what_the_head_does_is_told_as_it_was_done(head: list[Hold], film: Film) -> None:
    length = head_seconds(head)
    short = Settings(minute_least_s=0.01, rate_least_s=0.01)
    frames = looks(head_script(head), times(length, film.hz, film.jitter, film.drops, film.seed))
    markers = watched(frames, settings=short)
    # the same from the plan itself, millisecond by millisecond; no plan dwells between the thresholds and their slack
    angle = np.abs([head_angle(head, 0.001 * i) for i in range(round(1000 * length))])
    faced, away = stretches(angle < 15.0, 500), stretches(angle > 52.0, 1000)
    slack = 2.0 * film.slack_s
    first = only(markers, "head_first_look")
    assert first.parameters["censored"] == (0.0 if faced else 1.0)
    assert first.value == pytest.approx(0.001 * faced[0][0] if faced else length, abs=slack)
    assert only(markers, "head_turn_away_rate").parameters["count"] == len(away)
    away_s = 0.001 * sum(b - a for a, b in away)
    for name in ("head_away_minute", "head_away_share"):
        assert only(markers, name).value == pytest.approx(
            away_s / length, abs=len(away) * slack / length + 0.01
        )
    view_s = 0.001 * float(np.count_nonzero(angle < 45.0))
    if view_s > 1.0:
        shares = [0.001 * sum(b - a for a, b in faced) / view_s] * 2
        told_shares = [only(markers, name).value for name in ("head_gaze_dwell", "head_gaze_minute")]
        assert told_shares == pytest.approx(shares, abs=(len(head) + 1) * slack / view_s)


def test_a_head_that_trembles_at_the_rim_turns_away_once() -> None:
    def at(t: float) -> Glance:
        away = 70.0 if t % 1.8 < 1.4 else 50.0
        return Glance(head=(away if 2.0 < t < 10.0 else 5.0, 0.0))

    markers = watched(looks(at, times(14.0, 90.0)))
    assert only(markers, "head_turn_away_rate").parameters["count"] == 1.0
    assert only(markers, "head_away_minute").parameters["turns"] == 1.0


@settings(max_examples=30, deadline=None)
@given(plan=plans(), head=st.lists(_holds, min_size=3, max_size=5), film=films)
def test_a_mirrored_world_gives_the_same_markers(plan: list[Stay], head: list[Hold], film: Film) -> None:
    moves, length = both(plan, head)
    frames = looks(moves, times(length, film.hz, film.jitter, film.drops, film.seed))
    ones, others = told(watched(frames)), told(watched([mirrored(frame) for frame in frames]))
    assert [(m.marker, m.t_on_ns, m.t_off_ns) for m in ones] == [
        (m.marker, m.t_on_ns, m.t_off_ns) for m in others
    ]
    assert [m.value for m in others] == pytest.approx([m.value for m in ones], abs=2e-3)


@settings(max_examples=25, deadline=None)
@given(
    plan=plans(), turn=st.floats(-180.0, 180.0), move=st.tuples(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
)
def test_where_the_room_lies_and_which_way_it_faces_does_not_matter(
    plan: list[Stay], turn: float, move: tuple[float, float]
) -> None:
    frames = looks(script(plan), times(seconds(plan), 90.0))
    ones, others = told(watched(frames)), told(watched([moved(frame, turn, move) for frame in frames]))
    assert [m.marker for m in ones] == [m.marker for m in others]
    assert [m.value for m in others] == pytest.approx([m.value for m in ones], abs=2e-3)


@settings(max_examples=20, deadline=None)
@given(
    plan=plans(), head=st.lists(_holds, min_size=3, max_size=5), film=films, steps=st.floats(1.0, 5.0),
    lost=st.floats(0.0, 5.0),
)  # fmt: skip
def test_offline_from_the_record_gives_the_very_markers_of_the_live_session(
    plan: list[Stay], head: list[Hold], film: Film, steps: float, lost: float
) -> None:
    moves, _ = both(plan, head)

    def at(t: float) -> Glance:
        now = moves(t)._replace(step=1 + int(t / steps))
        if lost < t < lost + 0.4:
            now = now._replace(gaze=None, openness=None)
        return now._replace(visible=not 4.0 < t < 4.5)

    frames = looks(at, times(min(seconds(plan), 8.0), film.hz, film.jitter, film.drops, film.seed))
    live = watched(frames)
    assert [m.model_dump_json() for m in recorded(frames)] == [m.model_dump_json() for m in live]
    assert {"gaze_dwell", "fixation_count"} <= {m.marker for m in live}


def test_a_patients_record_gives_the_very_markers_of_its_session() -> None:
    lived = patient_looks(
        5, Traits(fear=0.8, look_away_tendency=0.9, closes_eyes=1.0), 70.0, 72.0, jitter=0.3
    )
    live = watched(lived.frames)
    assert recorded(lived.frames) == live
    assert {"gaze_look", "eye_closure", "gaze_dwell_minute", "head_gaze_minute"} <= {m.marker for m in live}


def mirrored(frame: Frame) -> Frame:
    """x to -x."""

    def pose(p: Pose) -> Pose:
        return Pose(-p.x, p.y, p.z, p.qx, -p.qy, -p.qz, p.qw)

    return frame._replace(
        head=pose(frame.head),
        readings=tuple(r._replace(point=(-r.point[0], r.point[1], r.point[2])) for r in frame.readings),
        eye=None if frame.eye is None else pose(frame.eye),
    )


def moved(frame: Frame, turn_deg: float, by: Angles) -> Frame:
    """The room turned about its middle and moved."""
    a = math.radians(turn_deg)
    c, s = math.cos(a), math.sin(a)
    qz, qw = math.sin(0.5 * a), math.cos(0.5 * a)

    def place(x: float, y: float) -> tuple[float, float]:
        return c * x - s * y + by[0], s * x + c * y + by[1]

    def pose(p: Pose) -> Pose:
        return Pose(
            *place(p.x, p.y),
            p.z,
            qw * p.qx - qz * p.qy,
            qw * p.qy + qz * p.qx,
            qw * p.qz + qz * p.qw,
            qw * p.qw - qz * p.qz,
        )

    def reading(r: StimulusReading) -> StimulusReading:
        return r._replace(point=(*place(r.point[0], r.point[1]), r.point[2]))

    return frame._replace(
        head=pose(frame.head),
        readings=tuple(reading(r) for r in frame.readings),
        eye=None if frame.eye is None else pose(frame.eye),
    )
