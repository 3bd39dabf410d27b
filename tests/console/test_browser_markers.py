"""Markers stand on the time line in words where there is room, and never over one another."""

import pytest

from clinician_console.core.timeline import TimeLine
from tests.console.driving import MARKS, Browser, turned, wait
from tests.helpers.console_process import ConsoleProcess

pytestmark = MARKS


def written(browser: Browser) -> list[str]:
    return browser.execute_script("return window.palier.timelineData().written")


def test_a_marker_of_the_heart_is_told_in_words_and_a_running_figure_is_not(
    browser: Browser, console: ConsoleProcess
) -> None:
    console.tell("marker heart_rise 6")
    console.tell("marker heart_change 10")
    wait(lambda: "Heart faster" in written(browser), "the word")
    turned(browser)
    labels = browser.execute_script("return window.palier.timelineData().points.map((point) => point.label)")
    assert "heart_rise" in labels
    assert "heart_change" not in labels


def placed(browser: Browser, *bars: tuple[float, float, float]) -> dict[int, float]:
    """Where the words of bars (from, to, width of the word) begin, by the bar's number; the lane reaches to 500."""
    given = [
        {"from": a, "to": b, "wide": wide, "n": n, "word": "r" if wide == 61 else str(n)}
        for n, (a, b, wide) in enumerate(bars)
    ]
    found = browser.execute_script("return window.palier.placeWords(arguments[0], 0, 500)", given)
    return {word["bar"]["n"]: word["at"] for word in found}


@pytest.mark.usefixtures("console")
def test_words_are_left_out_where_there_is_no_room(browser: Browser) -> None:
    assert placed(browser, (10, 20, 50), (200, 230, 50)) == {0: 24, 1: 234}
    # the first has no room before the second; nor where a longer bar goes on beneath it
    assert placed(browser, (10, 20, 50), (60, 70, 50)) == {1: 74}
    assert placed(browser, (10, 120, 50), (20, 30, 50), (150, 160, 50)) == {2: 164}
    # the newest stands at the right end: its word goes to the left, if nothing is there
    assert placed(browser, (10, 20, 50), (480, 490, 50)) == {0: 24, 1: 426}
    assert placed(browser, (440, 450, 60), (480, 490, 50)) == {}
    # bars of one word that follow close upon one another share it
    assert placed(browser, (400, 410, 61), (440, 450, 61), (480, 490, 61)) == {0: 335}
    assert placed(browser, *[(n * 12.0, n * 12.0 + 3, 60) for n in range(42)]) == {}


@pytest.mark.usefixtures("console")
def test_the_page_keeps_of_a_long_day_what_the_core_keeps(browser: Browser) -> None:
    """Of more points than fit, markers go first, the oldest of them first; of ratings alone, the oldest."""
    mixed = [{"n": n, "kind": "marker" if n % 3 else "rating"} for n in range(30)]
    kept = browser.execute_script("return window.palier.boundedPoints(arguments[0], 20)", mixed)
    line = TimeLine(bound=20)
    for point in mixed:
        line._add(float(point["n"]), point["kind"])
    assert [point["n"] for point in kept] == [point.n for point in line.points]
    assert [point["n"] for point in kept if point["kind"] == "rating"] == list(range(0, 30, 3))
    ratings = [{"n": n, "kind": "rating"} for n in range(30)]
    kept = browser.execute_script("return window.palier.boundedPoints(arguments[0], 20)", ratings)
    assert [point["n"] for point in kept] == list(range(10, 30))
