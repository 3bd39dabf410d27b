"""What can be measured of the page's look: nothing clipped, nothing overlapping, enough contrast, every text known."""

import re
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from tests.console.driving import MARKS, Browser, at, open_page, resize, stop_is, text_of, turned, wait
from tests.helpers.console_process import ConsoleProcess
from tests.helpers.heights_plan import HEIGHTS

pytestmark = MARKS

STATES = (
    "running", "window", "running window", "trial", "running trial", "aid", "heart", "question", "held", "stopped", "lost",
)  # fmt: skip

TEXTS = """
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const node = walker.currentNode, text = node.textContent.trim(), box = node.parentElement;
  if (!text || !box.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
  if (["SCRIPT", "STYLE", "NOSCRIPT"].includes(box.tagName)) continue;
  const style = getComputedStyle(box);
  let behind = box;
  const solid = (one) => { const m = getComputedStyle(one).backgroundColor.match(/[\\d.]+/g).map(Number); return m.length < 4 || m[3] > 0.8 ? m : null; };
  while (behind && !solid(behind)) behind = behind.parentElement;
  found.push([text, style.color.match(/[\\d.]+/g).map(Number), behind ? solid(behind) : [20, 23, 26], box.className]);
}
for (const field of document.querySelectorAll("[placeholder],[title],[aria-label]"))
  for (const name of ["placeholder", "title", "aria-label"])
    if (field.getAttribute(name)) found.push([field.getAttribute(name), null, null, field.className]);
return found;
"""

CLIPPED = """
const found = [];
for (const box of document.querySelectorAll("#app span, #app h2, #app button, .stop *, .gauge-line, .clock-line, .alarm-first, .chip")) {
  if (!box.textContent.trim() || !box.checkVisibility({ visibilityProperty: true })) continue;
  const style = getComputedStyle(box), place = box.getBoundingClientRect();
  if (box.closest("[title]") && box.closest(".rung, .parameter, .gauge-name")) continue;  // long names of scenes: whole in the title
  const hides = style.overflow !== "visible";
  if (hides && (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 2))
    found.push(["cut", box.className, box.textContent, box.scrollWidth, box.clientWidth, box.scrollHeight, box.clientHeight]);
  if (!hides && box.scrollWidth > box.clientWidth + 1 && style.display !== "inline")
    found.push(["overflows", box.className, box.textContent]);
  if (place.right > innerWidth + 1 || place.bottom > innerHeight + 1) found.push(["outside", box.className, box.textContent]);
}
return found;
"""

OVERLAPS = """
const boxes = [...document.querySelectorAll(".press, .stop, .note-field, .slider, .chip, .notice, .gauge, .phase, .phase-lines")]
  .filter((box) => box.checkVisibility({ visibilityProperty: true }))
  .map((box) => [box.id || box.className, box.getBoundingClientRect(), box]);
const found = [];
boxes.forEach(([name, a, one], index) => boxes.slice(index + 1).forEach(([other, b, two]) => {
  if (one.contains(two) || two.contains(one)) return;
  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  if (wide > 1 && high > 1) found.push([name, other, wide, high]);
}));
return found;
"""


def to_state(browser: Browser, console: ConsoleProcess, state: str) -> None:
    """Bring the page to a state and wait until it shows."""
    match state:
        case "running":
            turned(browser)
        case "heart":
            at(browser, "tab-heart").click()
            wait(lambda: at(browser, "sensors-look").is_displayed(), "the sheet heart")
            at(browser, "sensors-look").click()
            wait(lambda: at(browser, "sensor-3").is_displayed(), "the sensors")
        case "window" | "trial" | "aid":
            console.tell("propose step_up 3")
            console.tell("forecast 42 28 100")
            at(browser, f"tab-{state}").click()
            wait(
                lambda: browser.find_elements(By.CSS_SELECTOR, f"#sheet-{state}.is-open"),
                f"the sheet {state}",
            )
            wait(lambda: browser.find_elements(By.CSS_SELECTOR, ".proposal.is-open"), "the proposal")
        case "running window" | "running trial":
            kind = state.split()[1]
            at(browser, f"tab-{kind}").click()
            if kind == "trial":
                for name, text in (("feared", "I fall"), ("conditions", "Five minutes"), ("belief", "80")):
                    at(browser, f"trial-{name}").clear()
                    at(browser, f"trial-{name}").send_keys(text)
            at(browser, f"{kind}-open").click()
            wait(lambda: browser.find_elements(By.CSS_SELECTOR, f"#tab-{kind}.is-running"), f"the {kind}")
        case "question":
            at(browser, "tab-scene").click()
            at(browser, "rung-9").click()
            wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
        case "held":
            console.tell("alarm tracking_lost hold")
            console.tell("alarm sensor_stale alert")
            console.tell("ceiling")
            wait(
                lambda: (
                    browser.execute_script("return document.querySelector('.console').dataset.standing")
                    == "held"
                ),
                "the hold",
            )
        case "stopped":
            at(browser, "stop").click()
            wait(
                lambda: (
                    browser.execute_script("return document.querySelector('.console').dataset.standing")
                    == "stopped"
                ),
                "the stop",
            )
        case "lost":
            console.tell("lost")
            wait(
                lambda: (
                    browser.execute_script("return document.querySelector('.console').dataset.standing")
                    == "lost"
                ),
                "the loss",
            )
    turned(browser)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_is_clipped_or_overlaps_and_all_is_on_one_screen(
    browser: Browser, console: ConsoleProcess, language: str
) -> None:
    wrong: list[Any] = []
    try:
        at(browser, f"language-{language}").click()
        wait(
            lambda: browser.execute_script("return document.documentElement.lang") == language, "the language"
        )
        for state in STATES:
            to_state(browser, console, state)
            for width, height in ((1366, 768), (1600, 900), (1920, 1080)):
                resize(browser, width, height)
                for script in (CLIPPED, OVERLAPS):
                    wrong += [(state, width, *one) for one in browser.execute_script(script)]
                for name in (".rungs", ".turning"):
                    box = browser.execute_script(
                        "const b = document.querySelector(arguments[0]); return [b.scrollHeight, b.clientHeight]",
                        name,
                    )
                    if box[0] > box[1] + 1:
                        wrong.append((state, width, "scrolls", name, box))
    finally:
        resize(browser, 1366, 768)
    assert wrong == []


def test_texts_stand_out_from_their_ground(browser: Browser, console: ConsoleProcess) -> None:
    """WCAG 2 contrast of at least 4.5 : 1 for every visible text, buttons that do nothing now included."""

    def luminance(colour: list[float]) -> float:
        parts = [
            c / 255 / 12.92 if c / 255 <= 0.03928 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour[:3]
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    weak = set()
    for state in STATES:
        to_state(browser, console, state)
        for text, colour, ground, where in browser.execute_script(TEXTS):
            if colour is None:
                continue
            light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
            if (ratio := (light + 0.05) / (dark + 0.05)) < 4.5:
                weak.add(f"{state}: '{text}' ({where}) {ratio:.2f}")
    assert weak == set()


def test_every_text_on_the_page_comes_from_the_catalogue(browser: Browser) -> None:
    """The catalogue's texts are put in brackets; what stands outside of brackets has to be data."""
    data = {
        HEIGHTS.names.en,
        *(s.name.en for s in HEIGHTS.hierarchy),
        *(s.goal.en for s in HEIGHTS.hierarchy),
    }
    data |= (
        {p.name.en for p in HEIGHTS.parameters}
        | {t.name.en for t in HEIGHTS.triggers}
        | {s.name.en for s in HEIGHTS.stimuli}
    )
    data |= {"solid", "bars", "glass", "none", "EN", "FR", "P", "S", "min", "<1 s"}
    with ConsoleProcess("--history", "200", "--brackets") as console:
        open_page(browser, console)
        at(browser, "rung-6").click()
        wait(lambda: at(browser, "confirm-yes").is_displayed(), "the question")
        at(browser, "stop").click()
        wait(lambda: stop_is(browser, "confirmed"), "the confirmation")
        texts = [text for text, *_ in browser.execute_script(TEXTS)]
        console.tell("lost")
        wait(lambda: "Link lost" in text_of(browser, ".alarm-what"), "the alarm")
        texts += [text for text, *_ in browser.execute_script(TEXTS)]
        browser.get("about:blank")
    assert len(texts) > 120
    strange = []
    for text in texts:
        rest = text
        while (shorter := re.sub(r"\[[^\[\]]*\]", "", rest)) != rest:
            rest = shorter
        for known in sorted(data, key=len, reverse=True):
            rest = rest.replace(known, "")
        if re.search(r"[A-Za-z]{2,}", rest):
            strange.append(text)
    assert strange == []


def test_stop_is_always_in_the_same_corner_and_the_largest_button(
    browser: Browser, console: ConsoleProcess
) -> None:
    for width, height in ((1366, 768), (1920, 1080), (1024, 700)):
        resize(browser, width, height)
        stop = at(browser, "stop").rect
        assert width - (stop["x"] + stop["width"]) == pytest.approx(8, abs=1)
        assert height - (stop["y"] + stop["height"]) == pytest.approx(8, abs=1)
        largest = browser.execute_script(
            "return Math.max(...[...document.querySelectorAll('.press')].map((b) => b.offsetWidth * b.offsetHeight))"
        )
        assert stop["width"] * stop["height"] > 1.5 * largest
        middle = browser.execute_script(
            "return document.elementFromPoint(arguments[0], arguments[1]).closest('button').id",
            stop["x"] + stop["width"] / 2, stop["y"] + stop["height"] / 2,
        )  # fmt: skip
        assert middle == "stop", "nothing lies over it"
    resize(browser, 1366, 768)
