"""The console's core on a fake link: copy, commands, stops, page life, time line."""

import threading

import pytest

from clinician_console.core import ConsoleCore
from clinician_console.core.alarms import by_now
from tests.console.conftest import Bench
from tests.helpers.fake_link import FakeLink, MemoryCopy
from tests.helpers.fake_runtime import FakeRuntime, decode_fake_heart
from vr_runtime.protocol.answers import AlarmState
from vr_runtime.protocol.commands import (
    End,
    GoToStep,
    Note,
    Pause,
    Rating,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
    Stop,
)
from vr_runtime.protocol.events import DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Refusal


def to_step(bench: Bench, step: int) -> None:
    bench.core.send(Start())
    for number in range(1, step + 1):
        bench.core.send(GoToStep(step=number))
    bench.settle()


def test_every_entry_reaches_the_copy_in_order_and_the_link_is_told_what_is_on_disk(bench: Bench) -> None:
    to_step(bench, 2)
    assert [entry.seq for entry in bench.copy.kept] == list(range(1, len(bench.runtime.log) + 1))
    assert [entry.hash for entry in bench.copy.kept] == [entry.hash for entry in bench.runtime.log]
    assert bench.link.copied_to[-1] == (len(bench.runtime.log), bench.runtime.log[-1].hash.hex())


def test_a_restarted_console_continues_the_copy_without_a_gap_or_a_repetition(bench: Bench) -> None:
    to_step(bench, 2)
    bench.core.close()
    kept = bench.copy.kept
    bench.runtime.advance(1.0)
    link = FakeLink(bench.runtime)
    core = ConsoleCore(link, lambda _epoch: MemoryCopy(kept), decode_fake_heart)
    core.start()
    link.connect()  # gives everything from the first entry on
    last = bench.runtime.log[-1].seq
    assert core.wait_for(lambda now: now.copy.seq == last, 5)
    assert [entry.seq for entry in kept] == list(range(1, last + 1))
    assert core.snapshot().summaries == {}
    assert core.timeline_since(0, 0, 0)["steps"] == 10, "the time line is rebuilt from the copy"
    core.close()


def test_an_accepted_and_a_refused_command_show_their_answer_and_reason(bench: Bench) -> None:
    accepted = bench.core.send(Start())
    refused = bench.core.send(Pause())
    bench.settle()
    assert bench.core.command(accepted).word == "accepted"
    state = bench.core.command(refused)
    assert (state.word, state.reason) == ("refused", Refusal.NOT_NOW)
    assert [line.kind for line in bench.core.snapshot().commands] == ["pause", "start"]


def test_an_unanswered_command_is_unknown_and_never_failed(bench: Bench) -> None:
    bench.link.answering = False
    identity = bench.core.send(Start())
    assert bench.core.command(identity).word == "sent"
    bench.clock[0] += 4.0
    assert bench.core.command(identity).word == "unknown"


def test_the_record_settles_a_command_whose_answer_was_lost(bench: Bench) -> None:
    identity = bench.core.send(Start())
    bench.runtime.answers.clear()
    bench.settle()
    assert bench.core.command(identity).word == "accepted"


def test_a_stop_is_confirmed_by_what_the_loop_did(bench: Bench) -> None:
    to_step(bench, 1)
    bench.runtime.advance(0.1)
    identity = bench.core.stop("press-1")
    assert bench.core.stop_state(identity).confirmed_at is None
    bench.clock[0] += 0.038
    bench.settle()
    state = bench.core.wait_stop(identity, 1.0)
    assert state.milliseconds == pytest.approx(38.0)
    assert state.wall == "10:11:12"
    assert state.shown_ns is not None


def test_one_key_press_told_twice_is_one_stop(bench: Bench) -> None:
    first = bench.core.stop("press-1")
    assert bench.core.stop("press-1") == first
    assert bench.core.stop("press-2") != first
    assert len(bench.link.stops) == 2


def test_an_older_stopped_state_does_not_confirm_a_new_stop(bench: Bench) -> None:
    to_step(bench, 1)
    bench.runtime.advance(0.1)
    bench.core.stop("first")
    bench.settle()
    old = bench.runtime.telemetry()
    bench.core.send(Release())
    bench.settle()
    bench.runtime.advance(0.2)
    bench.settle()
    bench.link.answering = False
    identity = bench.core.stop("second")
    bench.core.on_telemetry(old)
    assert bench.core.stop_state(identity).confirmed_at is None


def test_a_stop_sent_as_a_command_takes_the_stops_own_way(bench: Bench) -> None:
    bench.core.send(Stop())
    assert len(bench.link.stops) == 1
    assert not bench.link.sent


def test_a_stop_goes_out_while_the_core_is_busy_elsewhere(bench: Bench) -> None:
    with bench.core._lock:
        presser = threading.Thread(target=bench.core.stop, args=("press",))
        presser.start()
        for _ in range(500):
            if bench.link.stops:
                break
            presser.join(0.01)
        assert bench.link.stops, "the stop waited for the core's lock"
    presser.join(5)


def test_ratings_of_a_step_are_summed_up_as_first_peak_and_last(bench: Bench) -> None:
    to_step(bench, 2)
    for raw in (40, 70, 55):
        bench.core.send(Rating(raw=raw))
    bench.settle()
    summary = bench.core.snapshot().summaries[2]
    assert (summary.first, summary.peak, summary.last) == pytest.approx((40, 70, 55))
    assert summary.count == 3
    assert bench.core.snapshot().last_rating == pytest.approx(55)


def test_the_page_is_as_old_as_the_older_of_tab_and_loop(bench: Bench) -> None:
    bench.core.page_life.tab("a")
    bench.core.page_life.loop()
    bench.clock[0] += 0.4
    bench.core.page_life.tab("a")
    assert bench.link.page_age() == 400, "the page server's loop has been silent for 0.4 s"
    bench.core.page_life.loop()
    assert bench.link.page_age() == 0
    bench.clock[0] += 2.0
    bench.core.page_life.loop()
    assert bench.link.page_age() == 2000, "the tab is dead"


def test_before_any_page_has_opened_the_console_is_silent_and_a_script_needs_no_page() -> None:
    clock = [0.0]
    link = FakeLink(FakeRuntime())
    core = ConsoleCore(link, lambda _w: MemoryCopy(), decode_fake_heart, clock=lambda: clock[0])
    core.start()
    clock[0] = 5.0
    assert link.page_age() == 5000
    core.close()
    scripted = FakeLink(FakeRuntime())
    driven = ConsoleCore(scripted, lambda _w: MemoryCopy(), decode_fake_heart, driven_by_page=False)
    driven.start()
    assert scripted.page_age() is None
    driven.close()


def test_the_timeline_gives_only_what_is_new(bench: Bench) -> None:
    to_step(bench, 1)
    whole = bench.core.timeline_since(0, 0, 0)
    assert whole["anew"]
    bench.core.send(Rating(raw=50))
    bench.link.advance(3.0)
    bench.settle()
    more = bench.core.timeline_since(whole["next"], len(whole["heart"]), whole["generation"])
    assert not more["anew"]
    assert [point["kind"] for point in more["points"] if point["kind"] == "rating"] == ["rating"]
    assert all(point["n"] >= whole["next"] for point in more["points"])
    assert more["heart"], "heart beats of three seconds"


def test_a_copy_that_cannot_be_opened_is_an_alarm_and_steering_goes_on() -> None:
    def refuse(_epoch: str) -> MemoryCopy:
        raise PermissionError("the folder is read-only")

    link = FakeLink(FakeRuntime())
    core = ConsoleCore(link, refuse, decode_fake_heart)
    core.start()
    link.connect()
    identity = core.send(Start())
    link.pump()
    assert core.wait_command(identity, 5).word == "accepted"
    assert core.wait_for(lambda now: "copy_failing" in [alarm.key for alarm in now.alarms], 5)
    core.close()


def test_alarms_of_the_runtime_come_with_their_age_and_what_it_does_by_itself(bench: Bench) -> None:
    bench.runtime.advance(4.0)
    bench.runtime.alarms = (
        AlarmState(cause=Cause.TRACKING_LOST, demand=DemandKind.HOLD, since_ns=1_000_000_000),
        AlarmState(cause=Cause.SENSOR_STALE, since_ns=0),
    )
    bench.settle()
    tracking, sensor = bench.core.snapshot().alarms
    assert (tracking.key, tracking.severity, tracking.demand) == ("tracking_lost", "danger", "hold")
    assert tracking.age_s == pytest.approx(3.0)
    assert (sensor.key, sensor.severity) == ("sensor_stale", "warning")


@pytest.mark.parametrize(
    ("word", "frame_age", "lease", "key"),
    [
        ("silent", 0.01, True, "link_lost"),
        ("refused", 0.01, True, "refused"),
        ("connected", 2.5, True, "runtime_hung"),
        ("connected", 0.01, False, "no_lease"),
    ],
)
def test_what_only_the_console_can_see_is_an_alarm(
    bench: Bench, word: str, frame_age: float, lease: bool, key: str
) -> None:
    bench.link.word, bench.link.frame_age_s, bench.link.lease_mine = word, frame_age, lease
    assert key in [alarm.key for alarm in bench.core.snapshot().alarms]


def test_a_session_that_was_closed_in_order_raises_no_alarm_when_the_link_goes(bench: Bench) -> None:
    to_step(bench, 1)
    bench.core.send(End(to=Phase.CLOSED))
    bench.settle()
    bench.link.word = "silent"
    assert [alarm.key for alarm in bench.core.snapshot().alarms] == ["ended"]


def test_another_run_of_the_runtime_begins_another_copy_and_time_line(bench: Bench) -> None:
    to_step(bench, 3)
    bench.core.close()
    copies: list[MemoryCopy] = []

    def fresh(_epoch: str) -> MemoryCopy:
        copies.append(MemoryCopy())
        return copies[-1]

    first, second = FakeRuntime(), FakeRuntime(epoch="another-run-0001")
    link = FakeLink(first)
    core = ConsoleCore(link, fresh, decode_fake_heart)
    core.start()
    link.connect()
    core.send(Note(text="first run"))
    link.pump()
    assert core.wait_for(lambda now: now.copy.seq == len(first.log), 5)
    link.runtime = second
    link.again()
    link.connect()
    assert core.wait_for(lambda now: len(copies) == 2 and now.copy.seq == len(second.log), 5)
    assert copies[0].closed
    assert [entry.seq for entry in copies[1].kept] == [1]
    core.close()


def test_a_parameter_command_names_the_parameter(bench: Bench) -> None:
    to_step(bench, 1)
    bench.core.send(SetParameter(name="wind", value=4.0))
    bench.settle()
    assert bench.core.snapshot().commands[0].detail == "wind"


def test_a_hold_is_told_by_its_cause_until_the_exposure_goes_on(bench: Bench) -> None:
    def held() -> list[tuple[str, str]]:
        return [(alarm.key, alarm.detail) for alarm in bench.core.snapshot().alarms if alarm.key == "held"]

    bench.core.send(Start())
    bench.core.send(GoToStep(step=1))
    bench.settle()
    assert held() == []
    for active in (True, False):
        bench.runtime.emit(DemandMade(cause=Cause.FLASH_GUARD, demand=DemandKind.SAFE_PLACE, active=active))
    bench.core.send(SafePlace())
    bench.settle()
    assert held() == [("held", "flash_guard")], "the runtime went to the safe place by itself: why is told"
    bench.core.send(Resume())
    bench.settle()
    assert held() == []


@pytest.mark.parametrize(
    ("silent_s", "expected"),
    [(0.5, ""), (1.0, "block_raise"), (3.0, "hold"), (8.0, "lower"), (19.9, "lower"), (20.0, "safe_place")],
)
def test_what_a_runtime_out_of_reach_does_by_now_follows_its_limits(silent_s: float, expected: str) -> None:
    assert by_now(SafetyLimits(), silent_s) == expected
    assert by_now(None, silent_s) == ""


def test_a_stop_is_an_alarm_with_its_age(bench: Bench) -> None:
    bench.core.send(Start())
    bench.core.stop("press")
    bench.settle()
    bench.link.advance(4.0)
    first = bench.core.snapshot().alarms[0]
    assert (first.key, first.severity) == ("stopped", "danger")
    assert first.age_s == pytest.approx(4.0, abs=0.2)
