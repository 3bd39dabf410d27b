"""The time line stays bounded however long a session lasts, and loses no time."""

from hypothesis import given
from hypothesis import strategies as st

from clinician_console.core.timeline import MAX_POINTS, Decimated, TimeLine
from tests.helpers.made_record import played
from vr_runtime.protocol.codec import decode_event
from vr_runtime.protocol.events import Event, NoteTaken, TriggerFired


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
