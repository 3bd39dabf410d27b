"""Response prevention: windows, what counts as giving in, and when the urge is asked for."""

from __future__ import annotations

import pytest

from vr_runtime.protocol.commands import OpenWindow
from vr_runtime.protocol.course_events import WindowClosed
from vr_runtime.protocol.events import (
    PatientDid,
)
from vr_runtime.protocol.files.treatment import Prevention
from vr_runtime.protocol.words import PreventionMode, WindowOutcome
from vr_runtime.session.prevention import Windows

S = 1_000_000_000
DEFAULTS = Prevention(mode=PreventionMode.DELAY, delay_s=60.0, target_s=600.0)


def washed(at_s: float, for_s: float = 4.0) -> PatientDid:
    return PatientDid(
        scene="washroom",
        what="washed",
        thing="hands",
        t_on_ns=int(at_s * S),
        t_off_ns=int((at_s + for_s) * S),
    )


def begun(mode: PreventionMode | None = None) -> Windows:
    windows = Windows(DEFAULTS)
    windows.begin(OpenWindow(what="washing", mode=mode), 3, 100.0, 0)
    return windows


def ended(windows: Windows, exposure_s: float) -> WindowClosed | None:
    return windows.move(exposure_s)[1]


def test_without_a_compulsion_the_window_ends_at_its_time_resisted() -> None:
    windows = begun()
    assert ended(windows, 699.9) is None
    closed = ended(windows, 700.0)
    assert closed is not None
    assert (closed.outcome, closed.resisted_share, closed.lasted_s) == (WindowOutcome.RESISTED, 1.0, 600.0)


@pytest.mark.parametrize(
    ("mode", "at_s", "prevented"),
    [
        (PreventionMode.ALLOW, 10.0, False),
        (PreventionMode.BLOCK, 10.0, True),
        (PreventionMode.BLOCK, 500.0, True),
        (PreventionMode.DELAY, 59.0, True),
        (PreventionMode.DELAY, 61.0, False),
        (PreventionMode.RE_EXPOSE, 10.0, False),
    ],
)
def test_the_mode_and_the_time_decide_what_is_prevented(
    mode: PreventionMode, at_s: float, prevented: bool
) -> None:
    windows = begun(mode)
    windows.move(100.0 + at_s)
    assert windows.open is not None
    assert windows.open.prevents is prevented
    seen = windows.did(washed(at_s))
    assert seen is not None
    assert (seen.prevented, seen.latency_s, seen.duration_s) == (prevented, at_s, 4.0)


def test_what_was_prevented_is_counted_and_is_not_giving_in() -> None:
    windows = begun(PreventionMode.BLOCK)
    windows.move(200.0)
    windows.did(washed(100.0))
    closed = ended(windows, 700.0)
    assert closed is not None
    assert (closed.outcome, closed.compulsions, closed.prevented) == (WindowOutcome.RESISTED, 1, 1)


def test_giving_in_after_a_quarter_of_the_time_is_a_quarter_resisted() -> None:
    windows = begun(PreventionMode.ALLOW)
    for urge in (80.0, 95.0, 40.0):
        windows.urge(urge)
    windows.move(250.0)
    windows.did(washed(150.0))
    windows.move(400.0)
    windows.did(washed(300.0))
    closed = ended(windows, 700.0)
    assert closed is not None
    assert (closed.outcome, closed.compulsions) == (WindowOutcome.GAVE_IN, 2)
    assert closed.resisted_share == pytest.approx(0.25)
    assert (closed.urge_first, closed.urge_peak, closed.urge_last) == (80.0, 95.0, 40.0)


def test_what_the_therapist_marks_cannot_have_been_prevented() -> None:
    windows = begun(PreventionMode.BLOCK)
    windows.move(130.0)
    seen = windows.marked("counts aloud", 30 * S)
    assert seen is not None
    assert (seen.source, seen.prevented, seen.latency_s) == ("therapist", False, 30.0)


def test_outside_a_window_nothing_is_counted() -> None:
    windows = Windows(DEFAULTS)
    assert windows.did(washed(1.0)) is None
    assert windows.marked("", S) is None


def test_the_urge_is_asked_for_at_its_times_and_then_on_a_beat() -> None:
    windows = Windows(Prevention(target_s=1800.0))
    windows.begin(OpenWindow(what="washing"), 1, 0.0, 0)
    due = [second for second in range(1500) if windows.move(float(second))[0]]
    assert due == [0, 60, 120, 300, 600, 900, 1200]


def test_a_paused_exposure_does_not_run_the_window_down() -> None:
    windows = begun()
    for _ in range(10_000):
        assert ended(windows, 650.0) is None


def test_a_window_takes_what_it_is_told_and_else_the_protocols() -> None:
    windows = Windows(DEFAULTS)
    first = windows.begin(OpenWindow(what="washing"), 3, 100.0, 0)
    assert (first.window, first.what, first.step) == ("window-1", "washing", 3)
    assert (first.mode, first.delay_s, first.target_s) == (PreventionMode.DELAY, 60.0, 600.0)
    windows.end(WindowOutcome.ENDED)
    told = OpenWindow(what="checking", mode=PreventionMode.BLOCK, delay_s=0.0, target_s=5.0)
    second = windows.begin(told, 4, 100.0, 0)
    assert (second.window, second.mode, second.delay_s, second.target_s) == (
        "window-2",
        PreventionMode.BLOCK,
        0.0,
        5.0,
    )


def test_the_delay_is_over_the_moment_it_has_lasted() -> None:
    windows = begun()
    windows.move(159.999)
    assert windows.open is not None
    assert windows.open.prevents
    windows.move(160.0)
    assert not windows.open.prevents


@pytest.mark.parametrize("mode", PreventionMode)
def test_one_mode_alone_shows_the_trigger_again(mode: PreventionMode) -> None:
    window = begun(mode).open
    assert window is not None
    assert window.re_exposes is (mode is PreventionMode.RE_EXPOSE)


def test_what_was_tried_in_vain_was_prevented_in_any_mode() -> None:
    windows = begun(PreventionMode.ALLOW)
    windows.move(130.0)
    seen = windows.did(washed(30.0).model_copy(update={"what": "refused"}))
    assert seen is not None
    assert (seen.prevented, seen.what, seen.source) == (True, "refused:hands", "scene")
    closed = ended(windows, 700.0)
    assert closed is not None
    assert (closed.outcome, closed.prevented, closed.compulsions) == (WindowOutcome.RESISTED, 1, 1)


def test_a_deed_that_began_before_the_window_counts_from_its_opening() -> None:
    windows = Windows(DEFAULTS)
    windows.begin(OpenWindow(what="washing"), 3, 100.0, 50 * S)
    seen = windows.did(washed(48.0))
    assert seen is not None
    assert seen.latency_s == 0.0


def test_a_mark_without_words_and_a_window_closed_at_once() -> None:
    windows = begun()
    seen = windows.marked("", 2 * S)
    assert seen is not None
    assert (seen.what, seen.duration_s, seen.window) == ("compulsion", None, "window-1")
    assert windows.end(WindowOutcome.ENDED).resisted_share == 1.0
    assert windows.open is None


def test_a_window_that_nobody_rated_an_urge_in_has_none() -> None:
    closed = ended(begun(), 700.0)
    assert closed is not None
    assert (closed.urge_first, closed.urge_peak, closed.urge_last) == (None, None, None)
    assert (closed.window, closed.compulsions, closed.prevented) == ("window-1", 0, 0)


def test_an_urge_outside_of_a_window_is_nobodys() -> None:
    windows = Windows(DEFAULTS)
    windows.urge(50.0)
    windows.begin(OpenWindow(what="washing"), 3, 100.0, 0)
    assert windows.end(WindowOutcome.ENDED).urge_first is None


def test_without_fixed_times_the_urge_keeps_to_its_beat() -> None:
    windows = Windows(Prevention(target_s=100.0, urge_at_s=(), urge_every_s=30.0))
    windows.begin(OpenWindow(what="washing"), 1, 0.0, 0)
    assert [second for second in range(99) if windows.move(float(second))[0]] == [0, 30, 60, 90]


def test_each_window_asks_for_its_urge_from_its_own_beginning() -> None:
    windows = Windows(Prevention(target_s=1800.0))
    for began_s in (0.0, 1000.0):
        windows.begin(OpenWindow(what="washing"), 1, began_s, 0)
        assert windows.move(began_s) == (True, None)
        assert windows.move(began_s + 1.0) == (False, None)
        windows.end(WindowOutcome.ENDED)


def test_a_window_that_ends_by_itself_asks_nothing_more() -> None:
    due, closed = begun().move(700.0)
    assert (due, closed is None) == (False, False)


def test_times_are_seconds_since_the_opening_to_the_millisecond() -> None:
    windows = Windows(DEFAULTS)
    windows.begin(OpenWindow(what="washing", mode=PreventionMode.ALLOW), 3, 100.0, 50 * S)
    seen = windows.did(washed(4_000_050.0, 4_000_000.0))
    assert seen is not None
    assert (seen.latency_s, seen.duration_s) == (4e6, 4e6)
    marked = windows.marked("", 4_000_050 * S)
    assert marked is not None
    assert marked.latency_s == 4e6
    third = S // 3
    deed = washed(50.0).model_copy(update={"t_on_ns": 50 * S + third, "t_off_ns": 50 * S + 2 * third})
    seen = windows.did(deed)
    assert seen is not None
    assert (seen.latency_s, seen.duration_s) == (0.333, 0.333)


def test_what_a_window_came_to_is_rounded_and_a_short_one_counts_too() -> None:
    windows = begun(PreventionMode.ALLOW)
    windows.move(100.0 + 0.1 / 3.0)
    windows.did(washed(0.1))
    windows.move(100.1)
    short = windows.end(WindowOutcome.ENDED)
    assert (short.lasted_s, short.resisted_share) == (0.1, 0.333333)
    windows.begin(OpenWindow(what="washing"), 3, 100.0, 0)
    windows.move(100.0 + 0.12345)
    assert windows.end(WindowOutcome.ENDED).lasted_s == 0.123
    windows.begin(OpenWindow(what="washing"), 3, 100.0, 0)
    assert windows.end(WindowOutcome.ENDED).lasted_s == 0.0


def test_the_therapists_words_are_identifying_and_the_scenes_are_not() -> None:
    windows = begun()
    marked, seen = windows.marked("counts aloud", 2 * S), windows.did(washed(3.0))
    assert marked is not None
    assert seen is not None
    assert (marked.identifying, seen.identifying) == (True, False)
