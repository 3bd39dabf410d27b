"""What cannot be is counted, marked in the quality and never measured; and nothing of it stops a session."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import THING, Body, even, live, offline, played
from tests.helpers.walks import Frame, named, only
from vr_runtime.measures import Observer
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading

NAN = math.nan


def spoiled(walk: list[Frame], at: int, pose: Pose) -> list[Frame]:
    return [frame._replace(head=pose) if i == at else frame for i, frame in enumerate(walk)]


def quiet(seconds: float = 6.0) -> list[Frame]:
    return played(lambda t: Body(), even(90.0, seconds))


def test_a_session_without_faults_says_that_there_were_none() -> None:
    marker = only(live(quiet()), "tracking_faults")
    assert (marker.value, marker.quality) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("pose", "word"),
    [
        (Pose(NAN, 0.0, 1.6), "not_finite"),
        (Pose(0.0, math.inf, 1.6), "not_finite"),
        (Pose(0.0, 0.0, 1e300), "not_finite"),
        (Pose(0.0, 0.0, 1.6, NAN, 0.0, 0.0, 1.0), "not_finite"),
        (Pose(0.0, 0.0, 1.6, 0.0, 0.0, 0.0, 0.0), "not_unit"),
        (Pose(0.0, 0.0, 1.6, 0.0, 0.0, 0.0, 1.5), "not_unit"),
        (Pose(1.0, 0.0, 1.6), "jumps"),
    ],
)
def test_each_fault_has_its_count_and_ends_what_is_under_way(pose: Pose, word: str) -> None:
    markers = live(spoiled(quiet(10.0), 450, pose))
    marker = only(markers, "tracking_faults")
    there_and_back = 2.0 if word == "jumps" else 1.0
    assert marker.parameters[word] == there_and_back == marker.value
    assert marker.quality < 1.0
    # ten still seconds, broken in the middle
    assert [m.value for m in named(markers, "still")] == [
        pytest.approx(4.4, abs=0.1),
        pytest.approx(4.4, abs=0.2),
    ]


def test_time_that_goes_back_and_holes_are_counted() -> None:
    walk = quiet()
    walk[200] = walk[200]._replace(t_ns=walk[150].t_ns)
    markers = live([*walk[:300], *walk[400:]])
    faults = only(markers, "tracking_faults").parameters
    assert (faults["time_back"], faults["gaps"]) == (1.0, 2.0)
    for marker in markers:
        assert marker.t_off_ns >= marker.t_on_ns


def test_a_head_that_is_no_number_is_neither_near_nor_looked_with() -> None:
    bad = [frame._replace(head=Pose(NAN, NAN, NAN)) for frame in quiet()]
    markers = live(bad)
    assert {m.marker for m in markers} == {"tracking_faults", "escape_latency"}
    assert only(markers, "escape_latency").parameters["censored"] == 1.0
    assert only(markers, "escape_latency").quality == 0.0


def test_a_stimulus_at_no_place_is_not_looked_at() -> None:
    walk = [frame._replace(readings=(StimulusReading(0, 2.0, (NAN, 2.0, 1.0), True),)) for frame in quiet()]
    markers = live(walk)
    assert not named(markers, "head_gaze")
    assert only(markers, "tracking_faults").parameters["not_finite"] == len(walk)


NUMBERS = st.one_of(
    st.floats(-3.0, 3.0), st.floats(), st.sampled_from([NAN, math.inf, -math.inf, 1e300, 0.0])
)
POSES = st.one_of(
    st.builds(Pose, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS),
    st.builds(Pose, st.floats(-2.0, 2.0), st.floats(-2.0, 2.0), st.floats(0.0, 2.0)),
)
READINGS = st.builds(
    StimulusReading, st.integers(-1, 2), NUMBERS, st.tuples(NUMBERS, NUMBERS, NUMBERS), st.booleans()
)
FRAMES = st.builds(
    Frame,
    st.integers(-(10**9), 20 * 10**9),
    POSES,
    st.builds(Hands, st.one_of(st.none(), POSES), st.one_of(st.none(), POSES)),
    st.lists(READINGS, max_size=2).map(tuple),
    st.lists(
        st.builds(
            Beat, st.integers(-(10**9), 20 * 10**9), st.just(0), st.one_of(st.none(), st.floats(200.0, 2200.0)),
            st.none(), st.integers(0, 4),
        ),
        max_size=1,
    ).map(tuple),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(FRAMES, min_size=1, max_size=40), st.booleans(), st.integers(0, 99))
def test_nonsense_is_survived_and_every_marker_is_a_finite_number(
    walk: list[Frame], ordered: bool, seed: int
) -> None:
    if ordered:
        walk = sorted(walk, key=lambda frame: frame.t_ns)
    rng = random.Random(seed)
    observer = Observer([THING, "other"])
    markers: list[Marker] = []
    for frame in walk:
        left = rng.choice(("", "", "", "stop", "headset_off", "safe_place"))
        markers += observer.update(*frame, left=left)
        observer.live()
    markers += observer.finish(walk[-1].t_ns)
    for marker in markers:
        assert math.isfinite(marker.value)
        assert 0.0 <= marker.quality <= 1.0
        assert all(math.isfinite(value) for value in marker.parameters.values())


@settings(max_examples=40, deadline=None)
@given(st.lists(FRAMES, min_size=5, max_size=40))
def test_nonsense_is_measured_alike_live_and_offline(walk: list[Frame]) -> None:
    def recorded(frame: Frame) -> Frame:
        """As the runtime's loop passes it on, and as a record can hold it."""
        tracked = frame.tracking
        return frame._replace(
            readings=tuple(r for r in frame.readings if r.index >= 0 and _fits(r.distance_m, *r.point)),
            head=frame.head if _fits(*frame.head) else Pose(NAN),
            hands=Hands(*(None if p is None or not _fits(*p) else p for p in frame.hands)),
            tracking=tracked,
        )

    walk = [recorded(frame) for frame in walk]
    stimuli = (THING, "other", "third")
    assert [m.model_dump_json() for m in offline(walk, stimuli=stimuli)] == [
        m.model_dump_json() for m in live(walk, stimuli=stimuli)
    ]


def _fits(*values: float) -> bool:
    return all(math.isnan(value) or abs(value) < 3e38 for value in values)
