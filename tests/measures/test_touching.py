"""Touches and washing as markers: counted once, live and offline alike, summed up step by step."""

from __future__ import annotations

import pytest

from tests.helpers.walks import Frame, Moment, as_record, frames, named, only
from vr_runtime.measures import DeedAt, Observer, StepFrom, observe_record
from vr_runtime.protocol.deeds import LET_GO, TOUCHED, WASHED
from vr_runtime.protocol.events import Marker, PatientDid

SECOND = 1_000_000_000
HZ = 90.0
Plan = list[tuple[float, PatientDid]]
"""When each deed is told, in seconds, and the deed."""


def did(what: str, thing: str, on_s: float, off_s: float, hand: str = "right") -> PatientDid:
    return PatientDid(
        scene="washroom",
        what=what,
        thing=thing,
        hand=hand,  # type: ignore[arg-type]
        t_on_ns=round(on_s * SECOND),
        t_off_ns=round(off_s * SECOND),
    )


def touch(thing: str, on_s: float, off_s: float, hand: str = "right") -> Plan:
    """A touch as a scene tells it: when it counts, and when the hand has been away for a while."""
    return [
        (on_s + 0.08, did(TOUCHED, thing, on_s, on_s + 0.08, hand)),
        (off_s + 0.25, did(LET_GO, thing, on_s, off_s, hand)),
    ]


def in_two_steps(t: float) -> Moment:
    return Moment(1.0, step=1 if t < 10.0 else 2, exposed=not 4.0 <= t < 5.0)


def played(plan: Plan, seconds: float = 20.0) -> tuple[tuple[Marker, ...], list[Frame], list[DeedAt]]:
    walk = list(frames(in_two_steps, seconds, HZ))
    coming = sorted(plan, key=lambda entry: entry[0])
    observer, markers, told = Observer(["edge"]), [], []
    for number, frame in enumerate(walk, 1):
        now = []
        while coming and coming[0][0] * SECOND <= frame.t_ns:
            now.append(coming.pop(0)[1])
        told += [DeedAt(number, deed) for deed in now]
        markers += observer.update(*frame, now)
    return (*markers, *observer.finish(walk[-1].t_ns)), walk, told


def of(markers: tuple[Marker, ...], name: str, thing: str) -> list[Marker]:
    return [marker for marker in named(markers, name) if marker.stimulus == thing]


def test_each_touch_is_one_marker_with_its_time_and_thing() -> None:
    markers, _, _ = played([*touch("tap", 1.0, 2.5), *touch("seat", 3.0, 3.4, "left")])
    assert [(m.stimulus, m.value, m.source) for m in named(markers, "touch")] == [
        ("tap", pytest.approx(1.5), "hand"),
        ("seat", pytest.approx(0.4), "hand"),
    ]
    (tap,) = of(markers, "touch", "tap")
    assert (tap.t_on_ns, tap.t_off_ns, tap.step) == (SECOND, round(2.5 * SECOND), 1)


def test_a_step_is_summed_up_for_each_thing_that_was_touched_and_for_no_other() -> None:
    markers, _, _ = played(
        [*touch("tap", 1.0, 2.0), *touch("tap", 3.0, 3.5, "left"), *touch("seat", 6.0, 8.0)]
    )
    assert {m.stimulus for m in named(markers, "touch_count")} == {"tap", "seat"}
    (count,), (time,), (latency,) = (of(markers, f"touch_{n}", "tap") for n in ("count", "time", "latency"))
    assert (count.value, time.value) == (2.0, pytest.approx(1.5))
    assert latency.value == pytest.approx(1.0, abs=1 / HZ)
    assert of(markers, "touch_latency", "seat")[0].value == pytest.approx(6.0, abs=1 / HZ)
    assert count.quality == pytest.approx(1.0)


def test_a_hand_that_stays_over_the_end_of_a_step_is_counted_once_and_its_time_in_both() -> None:
    markers, _, _ = played(touch("tap", 8.0, 13.0))
    counts, times = of(markers, "touch_count", "tap"), of(markers, "touch_time", "tap")
    assert [(m.step, m.value) for m in counts] == [(1, 1.0), (2, 0.0)]
    assert [m.value for m in times] == [pytest.approx(2.0, abs=0.02), pytest.approx(3.0, abs=0.02)]
    assert sum(m.value for m in named(markers, "touch")) == pytest.approx(5.0)
    assert len(of(markers, "touch_latency", "tap")) == 1


def test_what_is_no_longer_shown_is_no_longer_touched() -> None:
    markers, _, _ = played(touch("tap", 3.0, 6.0))
    (marker,) = named(markers, "touch")
    assert marker.value == pytest.approx(1.0, abs=0.02)
    assert of(markers, "touch_count", "tap")[0].value == 1.0


def test_one_hand_on_two_things_of_a_name_is_two_touches() -> None:
    markers, _, _ = played([*touch("tap", 1.0, 2.0), *touch("tap", 1.2, 2.4)])
    assert sorted(m.value for m in named(markers, "touch")) == [pytest.approx(1.0), pytest.approx(1.2)]


def test_a_washing_is_a_marker_that_says_with_what() -> None:
    markers, _, _ = played([(9.0, did(WASHED, "soap", 2.0, 7.0, ""))])
    wash = only(markers, "wash")
    assert (wash.stimulus, wash.value, wash.unit) == ("soap", 5.0, "s")


def test_other_deeds_are_recorded_and_not_measured() -> None:
    markers, _, _ = played([(2.0, did("pressed", "flush", 2.0, 2.0))])
    assert not [m for m in markers if m.source == "hand"]


def test_offline_from_the_record_gives_the_markers_of_the_live_session() -> None:
    plan = [
        *touch("tap", 1.0, 2.0), *touch("seat", 3.0, 6.0, "left"), *touch("tap", 8.0, 13.0),
        (16.0, did(WASHED, "soap", 13.0, 14.0, "")),
    ]  # fmt: skip
    live, walk, told = played(plan)
    record = as_record(walk)
    second = next(i for i, f in enumerate(walk, 1) if f.step == 2)
    offline = observe_record(
        record["frame"], record["head"], record["hands"], record["stimulus"], record["heart"],
        stimuli=["edge"], steps=[StepFrom(1, 1), StepFrom(second, 2)], deeds=told,
    )  # fmt: skip
    assert {"touch", "touch_count", "touch_time", "touch_latency", "wash"} <= {m.marker for m in live}
    assert [m.model_dump_json() for m in offline] == [m.model_dump_json() for m in live]
