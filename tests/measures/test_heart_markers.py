"""Markers of the heart on series whose answer is known."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, stdev

import pytest

from tests.helpers.hearts import beats_at, exposure, odd, session, step_up
from tests.helpers.walks import Frame, as_record, frames, named, observe, only
from vr_runtime.display.port import Perception
from vr_runtime.measures import DEFINITIONS, Observer, Settings, StepFrom, observe_record
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Beat, Pose
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.sensors import SimulatedHeart

SECOND = 10**9
NAMES = {
    name
    for name, definition in DEFINITIONS.items()
    if "heart_late_s" in definition.settings or name == "heart_nonsense"
}


def of_heart(markers: tuple[Marker, ...]) -> list[Marker]:
    """Those that go by the beats' own times, in an order of their own."""
    found = [marker for marker in markers if marker.marker in NAMES]
    return sorted(found, key=lambda marker: (marker.t_on_ns, marker.t_off_ns, marker.marker))


def alternating(t: float) -> float:
    """70 and 72 by turns of 10 s, from 200 s on 70 + 0.5 a second up to 100, from 320 s on back to 72."""
    if t < 200.0:
        return 70.0 if int(t // 10.0) % 2 == 0 else 72.0
    if t < 320.0:
        return min(100.0, 70.0 + 0.5 * (t - 200.0))
    return 72.0 + 28.0 * math.exp(-(t - 320.0) / 30.0)


def test_the_baseline_is_the_last_three_minutes_before_the_first_exposure() -> None:
    beats = beats_at(lambda t: 120.0 if t < 60.0 else alternating(t), 300.0)
    base = only(observe(Observer(), session(beats, 300.0, 250.0, 280.0)), "heart_baseline")
    # 70 to 200 s: 70 and 72 by turns; then the ramp, cut into windows
    inside = [beat for beat in beats if beat.rr_ms and 70.0 < beat.t_ns / 1e9 < 250.0]
    windows = [
        [beat.rr_ms or 0.0 for beat in inside if begin <= beat.t_ns // SECOND < begin + 10]
        for begin in range(70, 250, 10)
    ]
    rates = [60_000.0 * len(rr) / sum(rr) for rr in windows]
    assert base.value == pytest.approx(mean(rates), abs=1e-3)
    assert base.parameters["sd"] == pytest.approx(stdev(rates), abs=1e-3)
    assert (base.t_on_ns, base.t_off_ns, base.parameters["windows"]) == (70 * SECOND, 250 * SECOND, 18.0)
    assert base.quality > 0.98


@pytest.mark.parametrize(("seconds", "has"), [(55.0, False), (75.0, True)])
def test_less_than_a_minute_of_good_beats_is_no_baseline(seconds: float, has: bool) -> None:
    beats = beats_at(lambda t: 75.0, seconds + 60.0)
    markers = observe(Observer(), session(beats, seconds + 60.0, seconds, seconds + 50.0))
    names = {"heart_baseline", "heart_change", "heart_peak", "took_hold"}
    assert names & {marker.marker for marker in markers} == (names if has else set())


def test_a_poor_baseline_is_none_and_a_middling_one_says_so() -> None:
    beats = beats_at(lambda t: 75.0, 260.0)
    assert not named(
        observe(Observer(), session(odd(beats, 0.5, 1, 0.0, 200.0), 260.0, 200.0, 250.0)), "heart_baseline"
    )
    clean = only(observe(Observer(), session(beats, 260.0, 200.0, 250.0)), "heart_baseline")
    ectopic = tuple(
        beat._replace(rr_ms=(1000.0 if i % 12 == 0 else beat.rr_ms)) for i, beat in enumerate(beats)
    )
    flagged = only(observe(Observer(), session(ectopic, 260.0, 200.0, 250.0)), "heart_baseline")
    assert (clean.parameters["valid"], flagged.parameters["valid"]) == (1.0, 0.5)
    assert flagged.quality < clean.quality


def test_a_ramp_is_told_in_windows_slots_and_a_rise() -> None:
    markers = observe(Observer(), session(beats_at(alternating, 520.0), 520.0, 200.0, 330.0))
    base = only(markers, "heart_baseline")
    assert base.value == pytest.approx(71.0, abs=0.02)
    windows = named(markers, "heart_change")
    assert [m.t_on_ns // SECOND for m in windows[:4]] == [200, 210, 220, 230]
    # the middle of a window of the ramp, less the baseline; the beats lag by half an interval
    for marker, middle in zip(windows[:6], range(205, 265, 10), strict=True):
        assert marker.value == pytest.approx(70.0 + 0.5 * (middle - 200.0) - base.value, abs=0.5)
    for absolute, percent, z in zip(
        windows, named(markers, "heart_change_pct"), named(markers, "heart_change_z"), strict=True
    ):
        assert percent.value == pytest.approx(100.0 * absolute.value / base.value, abs=1e-4)
        assert z.value == pytest.approx(absolute.value / base.parameters["sd"], abs=1e-4)
    assert only(markers, "heart_first30").value == pytest.approx(6.3, abs=0.5)
    assert only(markers, "heart_peak").value == pytest.approx(100.0 - base.value, abs=0.05)
    assert only(markers, "heart_peak").parameters["rate"] == pytest.approx(100.0, abs=0.05)
    last = only(markers, "heart_last30")
    assert (last.t_off_ns - last.t_on_ns, last.t_off_ns < 330 * SECOND) == (30 * SECOND, True)
    assert only(markers, "took_hold").value == 1.0
    # 15 above the baseline is crossed at 232 s by the rate, some 2.5 s later by its mean over 5 s
    rise = only(markers, "heart_rise")
    assert rise.t_on_ns / 1e9 == pytest.approx(235.0, abs=1.5)
    assert 5.0 <= (rise.t_off_ns - rise.t_on_ns) / 1e9 < 6.5
    assert rise.value == pytest.approx(18.0, abs=1.0)


def test_a_rate_that_stands_still_has_no_z() -> None:
    markers = observe(Observer(), session(beats_at(step_up(75.0, 80.0, 200.0), 300.0), 300.0, 200.0, 290.0))
    assert named(markers, "heart_change")
    assert not named(markers, "heart_change_z")
    assert "z" not in only(markers, "heart_peak").parameters
    assert only(markers, "took_hold").value == 0.0


def test_slots_are_of_their_own_step() -> None:
    beats = beats_at(lambda t: 70.0 if t < 100.0 else 80.0 if t < 160.0 else 95.0, 220.0)
    markers = observe(Observer(), session(beats, 220.0, 100.0, 215.0, steps=(160.0,)))
    for name, tolerance in (("heart_first30", 0.6), ("heart_peak", 0.1), ("heart_last30", 0.1)):
        one, two = named(markers, name)
        assert (one.step, two.step) == (1, 2)
        assert one.value == pytest.approx(10.0, abs=tolerance)
        assert two.value == pytest.approx(25.0, abs=tolerance)


def test_a_rate_that_hovers_about_the_threshold_rises_once() -> None:
    def hovering(t: float) -> float:
        return 70.0 if t < 100.0 else 86.0 + 2.5 * math.sin(2.0 * math.pi * t / 40.0)

    markers = observe(Observer(), session(beats_at(hovering, 400.0), 400.0, 100.0, 390.0))
    assert len(named(markers, "heart_rise")) == 1


def test_a_second_rise_wants_a_fall_below_ten_and_half_a_minute() -> None:
    def twice(low: float, again_s: float) -> list[Marker]:
        def rate(t: float) -> float:
            return 70.0 if t < 100.0 else low if 130.0 <= t < again_s else 95.0

        return named(observe(Observer(), session(beats_at(rate, 260.0), 260.0, 100.0, 250.0)), "heart_rise")

    assert len(twice(70.0, 160.0)) == 2
    assert len(twice(83.0, 160.0)) == 1
    first, second = twice(70.0, 136.0)
    assert second.t_off_ns - first.t_off_ns >= 30 * SECOND


def test_a_short_rise_is_none() -> None:
    rate = lambda t: 100.0 if 130.0 <= t < 134.0 else 70.0  # noqa: E731
    assert not named(observe(Observer(), session(beats_at(rate, 200.0), 200.0, 100.0, 190.0)), "heart_rise")


@pytest.mark.parametrize(("seconds", "drops"), [(0.1, 1), (20.0, 1), (60.0, 0)])
def test_a_drop_is_a_fall_within_half_a_minute(seconds: float, drops: int) -> None:
    def falling(t: float) -> float:
        return max(75.0, min(95.0, 95.0 - 20.0 * (t - 60.0) / seconds))

    found = named(observe(Observer(), session(beats_at(falling, 180.0), 180.0, 500.0, 600.0)), "heart_drop")
    assert len(found) == drops
    for marker in found:
        assert 15.0 <= marker.value <= 20.5
        assert marker.parameters["from"] - marker.parameters["to"] == pytest.approx(marker.value, abs=1e-5)
        assert marker.t_off_ns - marker.t_on_ns <= 30 * SECOND


def test_breath_makes_neither_rise_nor_drop() -> None:
    def breathing(t: float) -> float:
        return (70.0 if t < 150.0 else 80.0) + 7.0 * math.sin(2.0 * math.pi * 0.25 * t)

    markers = observe(Observer(), session(beats_at(breathing, 400.0), 400.0, 150.0, 390.0))
    assert not {"heart_rise", "heart_drop"} & {marker.marker for marker in markers}
    assert only(markers, "heart_peak").value == pytest.approx(10.0, abs=1.5)


def test_a_burst_of_artefacts_is_one_span_around_them() -> None:
    beats = odd(beats_at(lambda t: 75.0, 200.0), 0.5, 4, 60.0, 90.0)
    bad = [beat for beat in beats if beat.rr_ms == 2100.0]
    markers = observe(Observer(), session(beats, 200.0, 500.0, 600.0))
    burst = only(markers, "artefact_burst")
    assert (burst.t_on_ns, burst.t_off_ns) == (bad[0].t_ns, bad[-1].t_ns)
    assert burst.parameters["flagged"] == len(bad)
    assert burst.value == pytest.approx(len(bad) / burst.parameters["beats"], abs=1e-6)
    few = tuple(
        beat._replace(rr_ms=2100.0) if i % 5 == 0 else beat
        for i, beat in enumerate(beats_at(lambda t: 75.0, 200.0))
    )
    assert not named(observe(Observer(), session(few, 200.0, 500.0, 600.0)), "artefact_burst")


def test_a_burst_across_the_end_of_a_step_is_told_in_two_parts() -> None:
    beats = odd(beats_at(lambda t: 75.0, 200.0), 0.5, 4, 60.0, 90.0)
    bad = sum(beat.rr_ms == 2100.0 for beat in beats)
    markers = observe(Observer(), session(beats, 200.0, 10.0, 190.0, steps=(75.0,)))
    one, two = named(markers, "artefact_burst")
    assert (one.parameters["cut"], two.parameters["cut"]) == (1.0, 0.0)
    assert one.t_off_ns <= two.t_on_ns
    assert one.parameters["flagged"] + two.parameters["flagged"] == bad


def test_lost_contact_spans_from_the_last_good_beat_to_the_next() -> None:
    beats = tuple(b for b in beats_at(lambda t: 60.0, 120.0) if not 40 < b.t_ns / 1e9 < 55.5)
    lost = only(observe(Observer(), session(beats, 120.0, 500.0, 600.0)), "heart_lost")
    assert (lost.t_on_ns, lost.t_off_ns, lost.value) == (40 * SECOND, 56 * SECOND, 16.0)
    assert lost.parameters["censored"] == 0.0
    short = tuple(b for b in beats if not 80 < b.t_ns / 1e9 < 84.5)
    assert len(named(observe(Observer(), session(short, 120.0, 500.0, 600.0)), "heart_lost")) == 1


def test_contact_that_stays_lost_is_told_at_the_end_of_each_step_and_not_twice() -> None:
    beats = tuple(b for b in beats_at(lambda t: 60.0, 200.0) if not 40 < b.t_ns / 1e9 < 150.5)
    markers = observe(Observer(), session(beats, 120.0, 10.0, 110.0, steps=(60.0, 90.0)))
    parts = named(markers, "heart_lost")
    assert [part.parameters["censored"] for part in parts] == [1.0] * 3
    assert parts[0].t_on_ns == 40 * SECOND
    assert all(a.t_off_ns == b.t_on_ns for a, b in pairwise(parts))
    assert parts[-1].t_off_ns >= 117 * SECOND


def test_the_answer_to_an_onset_is_the_slowest_beat_against_the_seconds_before() -> None:
    def dips(t: float) -> float:
        return 60.0 if 101.0 < t < 103.0 else 72.0

    markers = observe(Observer(), session(beats_at(dips, 150.0), 150.0, 100.0, 140.0))
    drop = only(markers, "orienting_drop")
    assert drop.value == pytest.approx(12.0, abs=0.01)
    assert drop.t_on_ns == 100 * SECOND
    assert 101.0 < drop.t_off_ns / 1e9 < 105.0
    quicker = observe(Observer(), session(beats_at(step_up(72.0, 80.0, 99.0), 150.0), 150.0, 100.0, 140.0))
    assert only(quicker, "orienting_drop").value < 0.0


def test_an_onset_is_decided_only_where_beats_cover_it() -> None:
    holes = tuple(b for b in beats_at(lambda t: 72.0, 150.0) if not 101 < b.t_ns / 1e9 < 104)
    assert not named(observe(Observer(), session(holes, 150.0, 100.0, 140.0)), "orienting_drop")
    at = exposure(100.0, 103.0)
    gone = observe(Observer(), frames(at, 150.0, 20.0, beats_at(lambda t: 72.0, 150.0)))
    assert not named(gone, "orienting_drop")


def falls(after_s: float) -> tuple[Beat, ...]:
    """75 before, 105 from 100 s on, from 160 s on back with this time constant."""
    return beats_at(
        lambda t: 75.0 if t < 100.0 else 105.0 if t < 160.0 else 75.0 + 30.0 * math.exp(-(t - 160.0) / after_s), 600.0
    )  # fmt: skip


def test_recovery_is_the_fall_within_a_minute_and_the_time_to_half_of_the_peak() -> None:
    markers = observe(Observer(), session(falls(40.0), 600.0, 100.0, 160.0))
    minute, half = only(markers, "heart_recovery60"), only(markers, "heart_half_recovery")
    assert minute.value == pytest.approx(105.0 - (75.0 + 30.0 * math.exp(-55.0 / 40.0)), abs=0.5)
    assert (minute.t_on_ns, minute.t_off_ns) == (160 * SECOND, 220 * SECOND)
    # the rate over 5 s lags by half of them
    assert half.value == pytest.approx(40.0 * math.log(2.0) + 2.5, abs=1.0)
    assert half.parameters["censored"] == 0.0


def test_half_recovery_that_is_not_reached_is_a_lower_bound() -> None:
    slow = observe(Observer(), session(falls(3000.0), 600.0, 100.0, 160.0))
    half = only(slow, "heart_half_recovery")
    assert (half.value, half.parameters["censored"]) == (300.0, 1.0)
    ended = observe(Observer(), session(falls(3000.0), 260.0, 100.0, 160.0))
    half = only(ended, "heart_half_recovery")
    assert half.parameters["censored"] == 1.0
    assert half.value == pytest.approx(98.0, abs=0.2)
    assert only(ended, "heart_recovery60").value == pytest.approx(0.6, abs=0.3)


def test_a_pause_of_less_than_a_minute_is_no_recovery() -> None:
    at = lambda t: exposure(100.0, 300.0)(t)._replace(exposed=100.0 <= t < 300.0 and not 160.0 < t < 210.0)  # noqa: E731
    markers = observe(Observer(), frames(at, 400.0, 20.0, falls(40.0)))
    assert [m.t_on_ns // SECOND for m in named(markers, "heart_recovery60")] == [300]


@pytest.mark.parametrize("hz", [45.0, 72.0, 90.0, 120.0])
def test_the_same_beats_give_the_same_markers_at_any_rate_of_frames_and_in_any_packets(hz: float) -> None:
    def rate(t: float) -> float:
        return alternating(t) + 4.0 * math.sin(2.0 * math.pi * 0.23 * t)

    def played(hz: float, packet_s: float) -> list[Marker]:
        beats = beats_at(rate, 430.0, packet_s=packet_s)
        beats = tuple(b for b in odd(beats, 0.4, 2, 230.0, 250.0) if not 280.0 < b.t_ns / 1e9 < 287.0)
        return of_heart(observe(Observer(), session(beats, 430.0, 200.0, 330.0, hz, steps=(260.0,))))

    wanted, found = played(30.0, 0.0), played(hz, 1.0)
    kinds = {marker.marker for marker in wanted}
    assert {
        "heart_baseline",
        "heart_rise",
        "artefact_burst",
        "heart_lost",
        "heart_recovery60",
        "heart_peak",
    } <= kinds
    assert found == wanted


def virtual(seconds: float, hz: float = 90.0) -> list[Frame]:
    """A simulated heart that follows a virtual patient; the stimulus is shown from 100 to 220 s."""
    patient = VirtualPatient(3, Traits(fear=0.9), Pose(z=1.6))
    heart = SimulatedHeart(3, patient.arousal)
    at = exposure(100.0, 220.0, (160.0,))
    found: list[Frame] = []
    for frame in frames(at, seconds, hz):
        head, hands = patient.pose(frame.t_ns)
        beats = heart.poll(frame.t_ns)
        near = 0.8 if frame.exposed else 5.0
        patient.perceive(
            Perception(frame.t_ns, 0.9 if frame.exposed else 0.0, near, (0.0, 0.6, -0.8), frame.exposed, None)
        )
        patient.answers(frame.t_ns)
        found.append(frame._replace(head=head, hands=hands, beats=beats))
    return found


def test_live_equals_offline_with_a_simulated_heart_and_a_virtual_patient() -> None:
    walk = virtual(330.0)
    # what a bad strap tells
    walk[18_000] = walk[18_000]._replace(beats=(Beat(10**17, walk[18_000].t_ns, 800.0, None, 0),))
    walk[18_050] = walk[18_050]._replace(
        beats=(Beat(walk[18_050].t_ns, walk[18_050].t_ns, math.nan, None, 0),)
    )
    live = observe(Observer(["edge"]), iter(walk))
    record = as_record(walk)
    steps = [
        StepFrom(next(i for i, frame in enumerate(walk, 1) if frame.step == number), number)
        for number in (1, 2)
    ]
    offline = observe_record(
        record["frame"], record["head"], record["hands"], record["stimulus"], record["heart"],
        stimuli=["edge"], steps=steps,
    )  # fmt: skip
    kinds = {marker.marker for marker in live}
    assert {
        "heart_baseline",
        "heart_change",
        "heart_peak",
        "took_hold",
        "heart_nonsense",
        "orienting_drop",
    } <= kinds
    assert {"heart_recovery60", "step_sdnn", "sdnn", "pnn50"} <= kinds
    assert [m.model_dump_json() for m in offline] == [m.model_dump_json() for m in live]
    assert {marker.value for marker in named(live, "took_hold")} == {1.0}


def test_every_marker_of_the_heart_tells_its_quality_and_its_thresholds() -> None:
    markers = of_heart(
        observe(
            Observer(), session(odd(beats_at(alternating, 520.0), 0.3, 1, 400.0, 430.0), 520.0, 200.0, 330.0)
        )
    )
    assert len({marker.marker for marker in markers}) >= 12
    for marker in markers:
        assert 0.0 <= marker.quality <= 1.0
        assert marker.source == "heart"
        assert {name: getattr(Settings(), name) for name in DEFINITIONS[marker.marker].settings}.items() <= (
            marker.parameters.items()
        )
        if marker.unit in ("1/min", "%") or marker.marker == "took_hold":
            assert marker.parameters["valid"] in (0.5, 1.0)


def test_a_sensor_that_tells_rates_alone_has_lost_contact_at_most() -> None:
    rates = tuple(
        Beat(i * SECOND, i * SECOND, None, 80.0, BeatFlag.OK) for i in range(1, 300) if not 100 < i < 120
    )
    markers = of_heart(observe(Observer(), session(rates, 300.0, 150.0, 280.0)))
    assert [marker.marker for marker in markers] == ["heart_lost"]
