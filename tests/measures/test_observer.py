"""The observer as a whole: live and offline are one, steps are summed up, nothing piles up."""

from __future__ import annotations

import gc
import math
import random
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.walks import Frame, Moment, as_record, frames, named, observe
from vr_runtime.measures import DEFINITIONS, Observer, Settings, StepFrom, observe_record
from vr_runtime.protocol.pose import Beat, Hands, Pose, StimulusReading
from vr_runtime.protocol.streams import BeatFlag

SERIES = np.loadtxt(Path(__file__).with_name("pyhrv_short_rr.txt")).tolist()


def restless(t: float) -> Moment:
    """Two steps of coming and going, looking and not, with a hole in the tracking and a pause."""
    distance = 1.2 + 0.9 * math.sin(0.6 * t) + 0.003 * math.sin(31.0 * t)
    look = 70.0 * math.sin(0.35 * t) ** 3
    return Moment(
        distance,
        look,
        visible=not 20.0 < t < 22.0,
        exposed=t > 3.0 and not 40.0 < t < 45.0,
        tracking=not 30.0 < t < 31.0,
        step=1 if t < 35.0 else 2,
    )


def session(seconds: float = 75.0) -> list[Frame]:
    beats, t_ns = [], 0
    for i, rr in enumerate(SERIES):
        t_ns += round(rr * 1e6)
        beats.append(Beat(t_ns, t_ns + 400_000_000, rr, 70.0, BeatFlag.GAP if i in (0, 30) else BeatFlag.OK))
    rng = random.Random(1)
    jittered = []
    for frame in frames(restless, seconds, 90.0, tuple(beats)):
        jittered.append(frame._replace(t_ns=frame.t_ns + rng.randrange(2_000_000)))
    return jittered


def test_offline_from_the_record_gives_the_very_markers_of_the_live_session() -> None:
    walk = session()
    live = observe(Observer(["edge"]), iter(walk))
    record = as_record(walk)
    second = next(i for i, f in enumerate(walk, 1) if f.step == 2)
    offline = observe_record(
        record["frame"],
        record["head"],
        record["hands"],
        record["stimulus"],
        record["heart"],
        stimuli=["edge"],
        steps=[StepFrom(1, 1), StepFrom(second, 2)],
    )
    assert {"retreat", "approach_velocity", "head_turn_away", "step_rmssd"} <= {m.marker for m in live}
    assert [m.model_dump_json() for m in offline] == [m.model_dump_json() for m in live]


def test_poses_finer_than_the_record_holds_make_no_difference() -> None:
    def rounded(values: tuple[float, ...]) -> list[float]:
        return [float(np.float32(value)) for value in values]

    fine, coarse = Observer(["edge"]), Observer(["edge"])
    for frame in session(10.0):
        fine.update(*frame)
        reading = frame.readings[0]
        (distance,) = rounded((reading.distance_m,))
        x, y, z = rounded(reading.point)
        told = (StimulusReading(0, distance, (x, y, z), reading.visible),)
        coarse.update(*frame._replace(head=Pose(*rounded(frame.head)), readings=told))
        assert fine.live() == coarse.live()


def test_the_same_session_gives_the_same_markers_again() -> None:
    walk = session()
    assert observe(Observer(["edge"]), iter(walk)) == observe(Observer(["edge"]), iter(walk))


def test_every_marker_is_complete_and_as_the_registry_says() -> None:
    markers = observe(Observer(["edge"]), iter(session()))
    for marker in markers:
        definition = DEFINITIONS[marker.marker]
        assert (marker.unit, marker.source) == (definition.unit, definition.source)
        assert marker.algorithm == definition.algorithm
        assert "/" in marker.algorithm
        for name in definition.settings:
            assert marker.parameters[name] == getattr(Settings(), name)
        assert marker.t_off_ns >= marker.t_on_ns
        of_none = marker.source == "heart" or marker.marker.startswith("head_stare")
        of_the_body = marker.marker in ("tracking_faults", "still", "immobility", "crouch_share")
        assert marker.stimulus == ("" if of_none or of_the_body else "edge")


def test_each_step_is_summed_up_once_under_its_own_number() -> None:
    markers = observe(Observer(["edge"]), iter(session()))
    assert [m.step for m in named(markers, "bat_min_distance")] == [1, 2]
    assert [m.step for m in named(markers, "step_heart_rate")] == [1, 2]


def test_ending_a_step_earlier_leaves_nothing_to_be_said_twice() -> None:
    observer = Observer(["edge"])
    walk = list(frames(lambda t: Moment(1.0), 5.0))
    for frame in walk:
        observer.update(*frame)
    assert named(observer.end_of_step(walk[-1].t_ns), "bat_min_distance")
    assert observer.end_of_step(walk[-1].t_ns) == ()
    # what waits for its cause or for beats comes once, and late
    assert [m.marker for m in observer.finish(walk[-1].t_ns)] == ["escape_latency", "still"]
    assert observer.finish(walk[-1].t_ns) == ()


def test_another_scene_has_its_own_stimuli() -> None:
    observer = Observer(["edge"])
    walk = list(frames(lambda t: Moment(1.0), 4.0))
    for frame in walk[:180]:
        observer.update(*frame)
    observer.enter_scene(walk[180].t_ns, ["dog"])
    markers = observe(observer, iter(walk[180:]))
    assert [m.stimulus for m in named(markers, "bat_min_distance")] == ["edge", "dog"]


def test_a_reading_of_no_known_stimulus_and_a_distance_that_is_none_are_passed_over() -> None:
    observer = Observer(["edge"])
    strange = (
        StimulusReading(7, 1.0, (0.0, 1.0, 0.0), True),
        StimulusReading(0, math.inf, (0.0, 1.0, 0.0), True),
    )
    for i in range(200):
        observer.update(i * 11_000_000, Pose(z=1.6), Hands(), strange, (), 1, True, True)
    assert observer.live().stimuli == ()
    assert not named(observer.finish(2_200_000_000), "bat_min_distance")


def test_live_measures_tell_distance_and_angle_of_what_is_shown() -> None:
    observer = Observer(["edge"])
    for frame in frames(lambda t: Moment(1.5, 25.0), 1.0):
        observer.update(*frame)
    (edge,) = observer.live().stimuli
    assert edge.id == "edge"
    assert edge.distance_m == pytest.approx(1.5)
    assert edge.angle_deg == pytest.approx(25.0, abs=0.01)
    for frame in frames(lambda t: Moment(1.5, exposed=False), 1.0):
        observer.update(*frame._replace(t_ns=frame.t_ns + 10**9))
    assert observer.live().stimuli == ()


def test_an_hour_does_not_weigh_more_than_a_minute() -> None:
    observer = Observer(["edge"])

    def play(start_s: int, seconds: int) -> None:
        for i in range(seconds * 20):
            t_ns = start_s * 10**9 + i * 50_000_000
            moment = restless(t_ns / 1e9 % 30.0 + 3.1)
            reading = StimulusReading(0, moment.distance_m, (0.0, moment.distance_m, 0.0), True)
            beats = (Beat(t_ns, t_ns, 800.0, 75.0, 0),) if i % 16 == 0 else ()
            observer.update(t_ns, Pose(z=1.6), Hands(), (reading,), beats, 1, True, True)

    tracemalloc.start()
    try:
        play(0, 300)  # until the longest window is full
        gc.collect()  # empties the interpreter's own stores too
        before = tracemalloc.get_traced_memory()[0]
        play(300, 600)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # One number kept a frame would come to 380 kB, kept frames to megabytes. Other threads of the test's process may
    # have taken some meanwhile: 15 kB were seen.
    assert grown < 64 * 1024
