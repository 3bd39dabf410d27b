"""Nonsense from an eye tracker is left out and lowers the quality; it never becomes a figure and never an error."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.gaze_plans import ELSEWHERE, STIMULUS
from tests.helpers.gazes import Frame, Glance, looks, times, watched
from tests.helpers.walks import named, only
from vr_runtime.measures import DEFINITIONS, Observer, Settings
from vr_runtime.measures.poses import sound
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading

NAN, INF = math.nan, math.inf
EYE = {name for name, definition in DEFINITIONS.items() if definition.source == "eye"}


def steady(t: float) -> Glance:
    """Looks at the stimulus for a second and elsewhere for a second, by turns."""
    return Glance(gaze=STIMULUS if t % 2.0 < 1.0 else ELSEWHERE[0], stimulus=STIMULUS, openness=0.9)


def session(seconds: float = 12.0, hz: float = 90.0) -> list[Frame]:
    return looks(steady, times(seconds, hz))


def scaled(pose: Pose, k: float) -> Pose:
    return pose._replace(qx=k * pose.qx, qy=k * pose.qy, qz=k * pose.qz, qw=k * pose.qw)


def spoiled(frames: list[Frame], which: range, **changes: object) -> tuple[Marker, ...]:
    spoilt = list(frames)
    for i in which:
        spoilt[i] = spoilt[i]._replace(**changes)
    return watched(spoilt)


EYE_POSES = (
    Pose(NAN, 0.0, 1.6),
    Pose(0.0, INF, 1.6),
    Pose(0.0, 0.0, 1.6, NAN, 0.0, 0.0, 1.0),
    Pose(0.0, 0.0, 1.6, 0.0, 0.0, 0.0, 0.0),
    Pose(0.0, 0.0, 1.6, 0.0, 0.0, 0.0, 0.9),
    Pose(0.0, 0.0, 1.6, 0.0, 0.0, -INF, 1.0),
    Pose(0.0, 0.0, 0.0),  # not in the head
    Pose(9e9, 0.0, 1.6),
)


@pytest.mark.parametrize("eye", EYE_POSES)
def test_a_pose_that_is_none_counts_as_not_tracked(eye: Pose) -> None:
    frames = session()
    clean = watched(frames)
    spoilt = spoiled(frames, range(300, 600), eye=eye)
    assert only(clean, "gaze_dwell").value == pytest.approx(0.5, abs=0.02)
    assert only(clean, "gaze_dwell").quality == pytest.approx(1.0, abs=0.01)
    assert only(spoilt, "gaze_dwell").value == pytest.approx(0.5, abs=0.06)
    assert only(spoilt, "gaze_dwell").quality == pytest.approx(1.0 - 300 / 1080, abs=0.01)
    assert only(spoilt, "fixation_share").quality == pytest.approx(1.0 - 300 / 1080, abs=0.01)


@pytest.mark.parametrize("eye", EYE_POSES)
def test_a_tracker_that_never_makes_sense_is_no_tracker(eye: Pose) -> None:
    markers = spoiled(session(), range(1080), eye=eye, openness=NAN)
    assert {m.marker for m in markers}.isdisjoint(EYE)


@pytest.mark.parametrize("k", [0.992, 1.008])
def test_a_quaternion_nearly_of_length_one_is_one(k: float) -> None:
    frames = session()
    near = [f._replace(eye=None if f.eye is None else scaled(f.eye, k)) for f in frames]
    ones, others = watched(frames), watched(near)
    assert [(m.marker, m.t_on_ns, m.t_off_ns) for m in ones] == [
        (m.marker, m.t_on_ns, m.t_off_ns) for m in others
    ]
    assert [m.value for m in others] == pytest.approx([m.value for m in ones], abs=1e-3)
    found = sound(scaled(Pose(1.0, 2.0, 3.0, 0.0, 0.6, 0.0, 0.8), k))
    assert found is not None
    assert found == pytest.approx((1.0, 2.0, 3.0, 0.0, 0.6, 0.0, 0.8))


@pytest.mark.parametrize("k", [0.0, 0.98, 1.02, -0.5, NAN, INF])
def test_a_quaternion_of_another_length_is_none(k: float) -> None:
    assert sound(scaled(Pose(0.0, 0.0, 1.6, 0.0, 0.6, 0.0, 0.8), k)) is None


@pytest.mark.parametrize("openness", [NAN, INF, -INF, -0.5, 1.5, 1e30])
def test_lids_that_cannot_be_are_not_told(openness: float) -> None:
    frames = session()
    spoilt = spoiled(frames, range(300, 600), openness=openness)
    assert not named(spoilt, "eye_closure")
    assert only(spoilt, "eye_closure_share").quality == pytest.approx(1.0 - 300 / 1080, abs=0.01)


def test_a_gaze_that_leaps_for_a_frame_or_two_has_not_moved() -> None:
    def steady_on(_t: float) -> Glance:
        return Glance(gaze=STIMULUS, stimulus=STIMULUS)

    frames = looks(steady_on, times(12.0, 90.0))
    spoilt = list(frames)
    for i in range(40, 1040, 37):
        for k in range(2):
            spoilt[i + k] = spoilt[i + k]._replace(eye=looks(lambda _t: Glance(gaze=(60.0, 0.0)), [0])[0].eye)
    markers = watched(spoilt)
    assert only(markers, "gaze_dwell").value == 1.0
    assert only(markers, "fixation_count").value == 1.0
    assert not named(markers, "saccade_away")


def test_dropped_samples_are_bridged_and_a_loss_is_not() -> None:
    frames = looks(lambda _t: Glance(gaze=STIMULUS, stimulus=STIMULUS), times(12.0, 90.0))
    dropped = spoiled(frames, range(100, 1000, 10), eye=None)
    assert only(dropped, "fixation_count").value == 1.0
    assert only(dropped, "gaze_look").value == pytest.approx(12.0, abs=0.05)
    assert only(dropped, "gaze_dwell").quality == pytest.approx(1.0, abs=0.01)
    lost = spoiled(frames, range(500, 520), eye=None)
    assert only(lost, "fixation_count").value == 2.0
    assert [m.value for m in named(lost, "gaze_look")] == pytest.approx([5.55, 6.22], abs=0.05)
    assert only(lost, "gaze_dwell").value == 1.0
    assert only(lost, "gaze_dwell").quality == pytest.approx(1.0 - 20 / 1080, abs=0.002)


def test_a_head_that_is_lost_takes_the_eyes_with_it() -> None:
    markers = spoiled(session(), range(300, 600), tracking=False)
    assert only(markers, "gaze_dwell").quality == pytest.approx(1.0 - 300 / 1080, abs=0.01)
    assert only(markers, "head_stare_share").quality == pytest.approx(1.0 - 300 / 1080, abs=0.01)


def test_a_hole_between_frames_is_no_time() -> None:
    frames = session()
    holed = frames[:400] + frames[700:]
    markers = watched(holed)
    assert only(markers, "gaze_dwell").parameters["in_view_s"] == pytest.approx(780 / 90.0, abs=0.05)
    assert only(markers, "eye_closure_share").parameters["observed_s"] == pytest.approx(780 / 90.0, abs=0.05)


def test_a_stimulus_without_a_place_is_not_looked_at() -> None:
    frames = session()
    nowhere = (StimulusReading(0, 2.0, (NAN, 1.0, 1.0), True),)
    markers = spoiled(frames, range(1080), readings=nowhere)
    assert not named(markers, "gaze_dwell")
    assert not named(markers, "head_first_look")
    assert only(markers, "fixation_count").value == 12.0


_number = st.one_of(
    st.sampled_from((NAN, INF, -INF, 0.0, 1.0, -1.0, 1e-30, 3e38, -3e38)), st.floats(-2.0, 2.0, width=32)
)
_pose = st.builds(Pose, *([_number] * 7))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(-200_000_000, 400_000_000),
            _pose,
            st.one_of(st.none(), _pose),
            st.one_of(st.none(), _number),
            st.tuples(_number, _number, _number),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            st.integers(0, 3),
        ),
        max_size=60,
    )
)
def test_whatever_comes_in_every_marker_is_a_number_in_its_range(frames: list[tuple]) -> None:  # pyright: ignore
    observer = Observer(["dog"], Settings(minute_least_s=0.01, rate_least_s=0.01, fixation_s=0.02))
    t_ns = 10**9
    markers: list[Marker] = []
    for dt_ns, head, eye, openness, point, visible, exposed, tracking, step in frames:
        # time that goes back as well
        t_ns = max(0, t_ns + dt_ns)
        reading = StimulusReading(0, 1.0, point, visible)
        markers += observer.update(
            t_ns, head, Hands(), (reading,), (), step, exposed, tracking, (), eye, openness
        )
    markers += observer.finish(t_ns)
    for marker in markers:
        if not (
            marker.marker in EYE or marker.marker.startswith(("head_first", "head_stare", "head_away_minute"))
        ):
            continue
        assert math.isfinite(marker.value), marker
        assert marker.value >= 0.0, marker
        assert marker.t_off_ns >= marker.t_on_ns >= 0, marker
        if marker.unit == "1":
            assert marker.value <= 1.0, marker


def test_a_clock_that_goes_back_within_a_step_makes_no_span_that_ends_before_it_begins() -> None:
    frames = [frame._replace(t_ns=frame.t_ns + 10**10) for frame in session(6.0)]
    back = [*frames[:300], *(frame._replace(t_ns=frame.t_ns - 8 * 10**9) for frame in frames[300:])]
    markers = watched(back)
    assert named(markers, "eye_closure_share")
    assert all(m.t_off_ns >= m.t_on_ns for m in markers)
