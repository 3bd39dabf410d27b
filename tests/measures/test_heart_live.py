"""Heart rate and RMSSD as beats come in agree with the same figures on whole series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.helpers.walks import Moment, frames, named, observe, only
from vr_runtime.measures import Observer, rr_measures
from vr_runtime.protocol.pose import Beat, Hands, Pose
from vr_runtime.protocol.streams import BeatFlag

SERIES = np.loadtxt(Path(__file__).with_name("pyhrv_short_rr.txt")).tolist()
NOWHERE = Moment(1.0, exposed=False)


def beats_of(
    rr_ms: list[float], flags: dict[int, int] | None = None, start_s: float = 0.0
) -> tuple[Beat, ...]:
    found, t_ns = [], round(start_s * 1e9)
    for i, rr in enumerate(rr_ms):
        t_ns += round(rr * 1e6)
        found.append(Beat(t_ns, t_ns + 300_000_000, rr, None, (flags or {}).get(i, BeatFlag.OK)))
    return tuple(found)


def test_a_step_has_the_heart_measures_of_its_intervals() -> None:
    markers = observe(Observer(), frames(lambda t: NOWHERE, 302.0, 20.0, beats_of(SERIES)))
    whole = rr_measures(SERIES)
    rate, rmssd = only(markers, "step_heart_rate"), only(markers, "step_rmssd")
    assert rate.value == pytest.approx(whole.mean_hr, abs=1e-5)
    assert rmssd.value == pytest.approx(whole.rmssd, abs=1e-5)
    assert (rate.unit, rmssd.unit, rate.source) == ("1/min", "ms", "heart")
    assert rmssd.parameters["flagged_share"] == pytest.approx(26 / 337, abs=1e-4)


def test_the_gated_variability_leaves_out_what_the_gate_flags_and_says_so_beside_the_other() -> None:
    rr = [800.0, 820.0] * 30
    rr[31] = 1200.0
    markers = observe(Observer(), frames(lambda t: NOWHERE, 60.0, 20.0, beats_of(rr)))
    assert only(markers, "step_rmssd_gated").value == pytest.approx(20.0)
    assert only(markers, "step_rmssd").value > 60.0
    assert only(markers, "step_rmssd").quality < 1.0
    # the interval after the flagged one lies within the gate, and still its difference is not counted
    rr[31] = 1000.0
    markers = observe(Observer(), frames(lambda t: NOWHERE, 60.0, 20.0, beats_of(rr)))
    assert only(markers, "step_rmssd").parameters["flagged_share"] == pytest.approx(1 / 60, abs=1e-3)
    assert only(markers, "step_rmssd_gated").value == pytest.approx(20.0)


def test_live_values_are_those_of_the_last_seconds() -> None:
    observer = Observer()
    rr = [1000.0] * 60 + [600.0, 640.0] * 50
    for frame in frames(lambda t: NOWHERE, 123.0, 20.0, beats_of(rr)):
        observer.update(*frame)
    live = observer.live()
    assert live.bpm == pytest.approx(60_000.0 / 620.0, rel=0.01)
    assert live.rmssd_ms == pytest.approx(40.0, abs=0.5)
    assert live.heart_quality > 0.8
    assert live.beat_age_s is not None
    assert live.beat_age_s < 1.5


def test_less_than_five_minutes_is_labelled_ultra_short_and_more_is_not() -> None:
    def label(seconds: int) -> float:
        walk = frames(lambda t: NOWHERE, seconds + 1.0, 20.0, beats_of([1000.0] * seconds))
        return only(observe(Observer(), walk), "step_rmssd").parameters["ultra_short"]

    assert label(299) == 1.0
    assert label(301) == 0.0


def test_a_silent_strap_leaves_no_number_standing() -> None:
    observer = Observer()
    for frame in frames(lambda t: NOWHERE, 60.0, 20.0, beats_of([1000.0] * 40)):
        observer.update(*frame)
    live = observer.live()
    assert (live.bpm, live.rmssd_ms, live.heart_quality) == (None, None, 0.0)
    assert live.beat_age_s == pytest.approx(20.0, abs=0.2)


def test_no_difference_across_a_gap_lost_contact_or_an_impossible_interval() -> None:
    for flag in (BeatFlag.GAP, BeatFlag.CONTACT_LOST, BeatFlag.OUT_OF_RANGE):
        rr = [800.0] * 40 + [1100.0] * 40
        walk = frames(lambda t: NOWHERE, 80.0, 20.0, beats_of(rr, {40: flag}))
        assert only(observe(Observer(), walk), "step_rmssd").value == 0.0


def test_too_many_flagged_intervals_give_no_live_variability() -> None:
    observer = Observer()
    for frame in frames(lambda t: NOWHERE, 60.0, 20.0, beats_of([600.0, 600.0, 1000.0] * 28)):
        observer.update(*frame)
    assert observer.live().rmssd_ms is None
    assert observer.live().bpm is not None


def test_a_sensor_that_tells_rates_alone_still_gives_a_rate_of_lower_quality() -> None:
    observer = Observer()
    rates = tuple(Beat(i * 10**9, i * 10**9, None, 80.0, BeatFlag.OK) for i in range(1, 30))
    for frame in frames(lambda t: NOWHERE, 29.5, 20.0, rates):
        observer.update(*frame)
    assert observer.live().bpm == pytest.approx(80.0)
    assert observer.live().heart_quality == 0.5
    assert observer.live().rmssd_ms is None


def test_heart_rate_comes_every_ten_seconds_and_rmssd_every_minute() -> None:
    markers = observe(Observer(), frames(lambda t: NOWHERE, 125.0, 20.0, beats_of([800.0] * 160)))
    assert len(named(markers, "heart_rate")) == 12
    assert len(named(markers, "rmssd")) == 2


def test_a_session_without_a_heart_has_no_heart_markers() -> None:
    observer = Observer()
    observer.update(0, Pose(), Hands(), (), (), 0, False, True)
    assert observer.live().bpm is None
    assert observer.live().beat_age_s is None
    markers = observe(observer, frames(lambda t: NOWHERE, 30.0, 20.0))
    assert not [marker for marker in markers if marker.source == "heart"]
