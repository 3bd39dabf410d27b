"""The time line stays bounded however long a session lasts, and loses no time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.core.timeline import DRAWN, MAX_POINTS, Decimated, TimeLine
from clinician_console.words import LANGUAGES, catalogue
from tests.helpers.made_record import played
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol.codec import decode_event
from vr_runtime.protocol.events import Event, Marker, NoteTaken, RatingGiven, TriggerFired
from vr_runtime.protocol.words import Rated, Reporter, Scale


@given(st.lists(st.floats(0.05, 30), min_size=1, max_size=400), st.integers(4, 64))
def test_a_decimated_series_is_bounded_ordered_and_keeps_the_mean(gaps: list[float], bound: int) -> None:
    series, t, total = Decimated(bucket_s=1.0, bound=bound), 0.0, 0.0
    for index, gap in enumerate(gaps):
        t += gap
        series.add(t, float(index))
        total += index
    points = series.points()
    assert len(points) <= bound
    times = [time for time, _ in points]
    assert times == sorted(set(times))
    assert abs(times[-1] - t) <= series.bucket_s
    counts = sum(count for _, _, count in series._buckets)
    assert counts == len(gaps)
    assert abs(
        sum(value * count for (_, value), (_, _, count) in zip(points, series._buckets, strict=True)) - total
    ) < 1e-6 * (1 + total)


def test_points_are_bounded_and_numbered_without_gaps() -> None:
    line = TimeLine()
    for seq in range(MAX_POINTS + 500):
        line.event(Event(seq=seq, t_ns=seq, frame=seq, body=TriggerFired(trigger="gust", scene="heights")))
    assert len(line.points) == MAX_POINTS
    numbers = [point.n for point in line.points]
    assert numbers == list(range(numbers[0], numbers[0] + MAX_POINTS))
    assert line.next_number == MAX_POINTS + 500


def test_a_long_day_keeps_its_ratings_and_loses_its_oldest_triggers() -> None:
    """And what lasts is bounded too: of ratings alone, the oldest go."""
    line = TimeLine(bound=100)
    gust = TriggerFired(trigger="gust", scene="heights")
    told = RatingGiven(
        what=Rated.DISTRESS, scale=Scale.SUDS_100, raw=40, value=40, reported_by=Reporter.PATIENT, step=1
    )
    for seq in range(300):
        line.event(Event(seq=seq, t_ns=seq, frame=seq, body=told if seq % 10 == 0 else gust))
        assert len(line.points) <= 100
    kinds = [point.kind for point in line.points]
    assert kinds.count("rating") == 30, "every one of them"
    assert [point.n for point in line.points if point.kind == "trigger"] == [n for n in range(300) if n % 10][
        -70:
    ]
    for seq in range(300, 500):
        line.event(Event(seq=seq, t_ns=seq, frame=seq, body=told))
    assert [point.n for point in line.points] == list(range(400, 500))


def test_the_staircase_falls_to_nothing_outside_the_scene() -> None:
    line = TimeLine()
    for entry in played().log:
        if not entry.kind.startswith("chunk:"):
            line.event(decode_event(entry.seq, entry.t_ns, entry.kind, entry.body))
    stairs = [(point.label, point.value) for point in line.points if point.kind == "intensity"]
    assert stairs[0] == ("0", 0.0)
    assert [value for _, value in stairs] == [0.0, 0.1, 0.2, 0.0, 0.2, 0.3, 0.0]


def test_notes_never_reach_the_time_line() -> None:
    line = TimeLine()
    line.event(Event(seq=1, t_ns=0, frame=0, body=NoteTaken(text="a name")))
    assert not line.points


def told(line: TimeLine, *names: str) -> None:
    for seq, name in enumerate(names):
        line.event(
            Event(
                seq=seq, t_ns=seq * 10**9, frame=seq,
                body=Marker(
                    marker=name, t_on_ns=0, t_off_ns=10**9, value=1.0, unit="1", source="heart", quality=1.0,
                    algorithm="x/1",
                ),
            )
        )  # fmt: skip


def test_moments_of_heart_and_avoidance_are_drawn_and_running_figures_are_not() -> None:
    line = TimeLine()
    told(line, *DEFINITIONS)
    drawn = {point.label: point.data["group"] for point in line.points}
    assert {"heart_rise", "heart_drop", "artefact_burst", "heart_lost"} == {
        n for n, g in drawn.items() if g == "heart"
    }
    assert {"retreat", "head_turn_away"} <= {name for name, group in drawn.items() if group == "avoidance"}
    running = {name for name, definition in DEFINITIONS.items() if definition.unit in ("%", "ms")}
    assert running
    assert not (
        running | {"heart_rate", "heart_change", "heart_baseline", "orienting_drop", "took_hold"}
    ) & set(drawn)
    assert not {name for name in drawn if name.startswith("step_") or name.endswith(("_minute", "_share"))}


def escape(**parameters: float) -> Event:
    marker = Marker(
        marker="escape_latency", t_on_ns=10**9, t_off_ns=9 * 10**9, value=8.0, unit="s", source="head", quality=1.0,
        algorithm="escape/1", parameters=parameters,
    )  # fmt: skip
    return Event(seq=1, t_ns=10**10, frame=1, body=marker)


def test_an_escape_is_drawn_where_it_was_and_one_that_did_not_come_is_not() -> None:
    line = TimeLine()
    line.event(escape(stop=1.0))
    assert [(point.label, point.t_s, point.data["until"]) for point in line.points] == [
        ("escape_latency", 9.0, 9.0)
    ]
    none = TimeLine()
    none.event(escape(censored=1.0))
    assert not none.points


def test_a_marker_of_a_newer_runtime_is_drawn() -> None:
    line = TimeLine()
    told(line, "unheard_of")
    assert [(point.label, point.data["group"]) for point in line.points] == [("unheard_of", "other")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_drawn_has_a_short_word(language: str) -> None:
    words = catalogue(language)
    for name in set(DRAWN) & set(DEFINITIONS):
        assert len(words[f"marker.{name}"]) <= 25, name
