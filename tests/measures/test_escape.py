"""Escape: the first way out after an onset, with its cause; censored where there was none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import Body, Happening, even, live, offline, played, uneven
from tests.helpers.walks import Frame, named, only
from vr_runtime.measures import Observer
from vr_runtime.protocol.events import Marker

CAUSES = ("stop", "headset_off", "safe_place", "zone", "censored")


def cause(marker: Marker) -> str:
    (word,) = [word for word in CAUSES if word in marker.parameters]
    return word


def shown(t: float, from_s: float = 2.0, to_s: float = 99.0) -> Body:
    return Body(exposed=from_s <= t < to_s)


@settings(max_examples=30, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), onset=st.floats(0.5, 3.0), after=st.floats(0.5, 4.0),
    how=st.sampled_from(["stop", "headset_off", "safe_place"]),
)  # fmt: skip
def test_the_latency_runs_from_the_onset_to_the_first_way_out(
    hz: float, seed: int, onset: float, after: float, how: str
) -> None:
    walk = played(lambda t: shown(t, onset, onset + after + 0.3), uneven(hz, 9.0, seed))
    happens = Happening(left=[(onset + after, how), (onset + after + 0.8, "safe_place")])
    marker = only(live(walk, happens), "escape_latency")
    assert cause(marker) == how
    assert marker.value == pytest.approx(after, abs=4.0 / hz)
    assert marker.stimulus == "thing"


def test_the_safe_place_is_reached_after_the_stimulus_is_gone_and_counts_from_when_it_went() -> None:
    walk = played(lambda t: shown(t, 2.0, 6.0), even(90.0, 12.0))
    marker = only(live(walk, Happening(left=[(7.5, "safe_place")])), "escape_latency")
    assert (cause(marker), marker.value) == ("safe_place", pytest.approx(4.0, abs=0.02))
    late = only(live(walk, Happening(left=[(10.0, "safe_place")])), "escape_latency")
    assert cause(late) == "censored"


def test_the_scene_that_changes_to_the_safe_place_does_not_hide_the_cause() -> None:
    observer = Observer(["thing"])
    walk = played(lambda t: shown(t, 0.0, 5.0), even(90.0, 8.0))
    markers: list[Marker] = []
    for frame in walk:
        changes = frame.t_ns >= 5e9 and not any(f.t_ns >= 5e9 for f in walk[: walk.index(frame)])
        if changes:
            observer.enter_scene(frame.t_ns, [])
        markers += observer.update(*frame, left="safe_place" if changes else "")
    markers += observer.finish(walk[-1].t_ns)
    marker = only(tuple(markers), "escape_latency")
    assert (cause(marker), marker.step) == ("safe_place", 1)
    assert marker.value == pytest.approx(5.0, abs=0.02)


def test_without_a_way_out_it_is_censored_with_the_time_it_was_shown() -> None:
    markers = live(played(lambda t: shown(t, 2.0, 6.0), even(90.0, 12.0)))
    marker = only(markers, "escape_latency")
    assert (cause(marker), marker.value) == ("censored", pytest.approx(4.0, abs=0.02))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["stop", "headset_off", "safe_place", "hide", "step"]), max_size=8),
    st.integers(0, 99),
)
def test_each_onset_gives_one_marker_and_neither_a_step_nor_a_moments_hiding_is_one(
    events: list[str], seed: int
) -> None:
    hidden, steps, left = [], [], []
    for second, event in enumerate(events, 1):
        if event == "hide":
            hidden.append((second - 0.2, second + 0.3))
        elif event == "step":
            steps.append(second)
        else:
            left.append((float(second), event))

    def at(t: float) -> Body:
        exposed = not any(a <= t < b for a, b in hidden)
        return Body(exposed=exposed, step=1 + sum(t >= s for s in steps))

    walk = played(at, uneven(60.0, 10.0, seed))
    onsets, over, away, going = 0, True, False, [at_s for at_s, _ in left]
    for f in walk:
        while going and going[0] <= f.t_ns / 1e9:
            away = True
            going.pop(0)
        if not f.exposed:
            over = over or away
        elif over:
            onsets, over, away = onsets + 1, False, False
    markers = named(live(walk, Happening(left=left)), "escape_latency")
    assert len(markers) == onsets
    assert len({m.t_on_ns for m in markers}) == onsets


@settings(max_examples=30, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), back=st.floats(0.2, 1.2), noise=st.floats(0.0, 0.001),
)  # fmt: skip
def test_who_backs_out_of_the_zone_has_escaped_and_who_stays_has_not(
    hz: float, seed: int, back: float, noise: float
) -> None:
    def at(t: float) -> Body:
        return Body(head=(0.0, -back * min(1.0, max(0.0, t - 3.0)), 1.6))

    marker = only(live(played(at, uneven(hz, 7.0, seed), noise_m=noise)), "escape_latency")
    if back > 0.52:
        assert cause(marker) == "zone"
        assert marker.value == pytest.approx(3.0 + 0.5 / back, abs=0.06)
    elif back < 0.48:
        assert cause(marker) == "censored"


def test_a_stimulus_that_drives_off_is_not_fled_from_and_a_viewpoint_that_jumps_is_no_escape() -> None:
    drives = played(lambda t: Body(stimulus=(0.0, 2.0 + 0.5 * t, 1.0)), even(90.0, 8.0))
    assert cause(only(live(drives), "escape_latency")) == "censored"
    jumps = played(lambda t: Body(head=(0.0, -3.0 if t > 4.0 else 0.0, 1.6)), even(90.0, 8.0))
    assert cause(only(live(jumps), "escape_latency")) == "censored"


def test_a_moment_beyond_the_zone_is_none() -> None:
    def at(t: float) -> Body:
        return Body(head=(0.0, -0.55 if 3.0 < t < 3.3 else -0.3 if 2.8 < t < 3.5 else 0.0, 1.6))

    assert cause(only(live(played(at, even(90.0, 8.0))), "escape_latency")) == "censored"


@pytest.mark.parametrize("how", ["stop", "censored"])
def test_another_place_by_a_blink_and_another_step_are_no_onset(how: str) -> None:
    """As in heights, where a step leads from the balcony to the lift: one frame is dark, and the edge is elsewhere."""

    def at(t: float) -> Body:
        there = t < 4.25
        return Body(
            head=(0.0, 0.0, 1.6),
            stimulus=(0.0, 1.0 if there else 3.0, 1.0),
            exposed=not 4.24 < t < 4.26 and t < 7.0,
            step=1 if t < 4.0 else 2,
        )

    left = [(6.9, "stop")] if how == "stop" else []
    marker = only(live(played(at, even(90.0, 11.0)), Happening(left=left)), "escape_latency")
    assert (cause(marker), marker.step) == (how, 2)
    assert marker.value == pytest.approx(6.9 if how == "stop" else 7.0, abs=0.03)
    assert marker.parameters["since_step_s"] == pytest.approx(marker.value - 4.0, abs=0.03)


def test_what_is_gone_for_longer_than_a_moment_is_shown_anew() -> None:
    markers = live(played(lambda t: Body(exposed=not 3.0 < t < 5.1), even(90.0, 8.0)))
    first, second = named(markers, "escape_latency")
    assert (cause(first), cause(second)) == ("censored", "censored")
    assert first.value == pytest.approx(3.0, abs=0.03)
    assert second.value == pytest.approx(2.9, abs=0.03)


def test_live_is_offline() -> None:
    def at(t: float) -> Body:
        return Body(
            head=(0.0, -0.3 * max(0.0, t - 6.0), 1.6), exposed=not 3.0 < t < 4.0, step=1 if t < 9.5 else 2
        )

    walk: list[Frame] = played(at, uneven(90.0, 12.0, 3), noise_m=0.001)
    happens = Happening(left=[(2.9, "stop"), (3.5, "safe_place"), (11.0, "headset_off")])
    made = live(walk, happens)
    assert [cause(m) for m in named(made, "escape_latency")] == ["stop", "zone"]
    assert [m.model_dump_json() for m in offline(walk, happens)] == [m.model_dump_json() for m in made]
