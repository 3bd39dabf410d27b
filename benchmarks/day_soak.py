"""Eight hours of driving: what grows in the console and in its page, and whether the time line stays quick.

A dense session is played to a console in a process of its own, much faster than by the clock, with its page open in a
headless Chromium all the while. After 1, 2, 4 and 8 hours of the session: the memory of the console's process; of the
page, after a forced collection, its heap, nodes and listeners; the time that one drawing of the time line takes, of
five minutes and of the whole session (the script's own time; the raster's is in the frames); how far frames lie apart
over five seconds; the answer of ``/timeline``, whole and what is new. At the end a minute by the clock: what the
console's memory grows by, live. ``PALIER_SOAK_HOURS``: up to how
many.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import time

from benchmarks import Row

HOURS = (1, 2, 4, 8, 16)
MOST = float(os.environ.get("PALIER_SOAK_HOURS", "8"))
PORTION_S = 900.0
FRAMES_S = 5.0
LIVE_S = 60.0
DRAWN = 40

DRAW = """
const took = [];
for (let i = 0; i < arguments[1]; i++) {
  const began = performance.now();
  document.getElementById(arguments[0]).click();
  took.push(performance.now() - began);
}
return took;
"""
FRAMES = """
const [seconds, done] = arguments;
const gaps = [];
let last = performance.now();
const began = last;
function next(now) {
  gaps.push(now - last);
  last = now;
  if (now - began < seconds * 1000) requestAnimationFrame(next);
  else done(gaps.slice(1));
}
requestAnimationFrame(next);
"""


def run() -> list[Row]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        return []
    from tests.console.driving import Browser, at_rest, chromium
    from tests.helpers.console_process import ConsoleProcess, enter, request

    rows: list[Row] = []

    def took(hours: float, browser: Browser, console: ConsoleProcess, cookie: str) -> None:
        name = f"soak, {hours:g} h"
        rows.append(
            Row(
                f"{name}: console's memory", float(console.ask("rss")), "MB", f"load {os.getloadavg()[0]:.1f}"
            )
        )
        browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        found = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        page = {one["name"]: float(one["value"]) for one in found}
        note = f"{page['Nodes']:.0f} nodes, {page['JSEventListeners']:.0f} listeners"
        rows.append(Row(f"{name}: page's heap", page["JSHeapUsedSize"] / 1e6, "MB", note))
        points = browser.execute_script(
            "const d = palier.timelineData(); return [d.points.length, d.heart.length];"
        )
        for span in ("minutes", "whole"):
            drawn = browser.execute_script(DRAW, f"timeline-{span}", DRAWN)
            note = f"p95 {statistics.quantiles(drawn, n=20)[-1]:.1f}; {points[0]} points, {points[1]} of the heart"
            rows.append(Row(f"{name}: time line drawn, {span}", statistics.median(drawn), "ms", note))
            gaps = browser.execute_async_script(FRAMES, FRAMES_S)
            note = f"median {statistics.median(gaps):.1f}, longest {max(gaps):.0f}; {len(gaps)} frames"
            rows.append(
                Row(f"{name}: frames apart, {span}", statistics.quantiles(gaps, n=20)[-1], "ms", note)
            )
        began = time.perf_counter()
        whole = request(console.port, "/timeline", Cookie=cookie).body
        passed = (time.perf_counter() - began) * 1000
        told = json.loads(whole)
        query = f"since={told['next']}&heart={len(told['heart']) - 1}&generation={told['generation']}"
        began = time.perf_counter()
        new = request(console.port, f"/timeline?{query}", Cookie=cookie).body
        note = f"{passed:.0f} ms; what is new {len(new)} B, {(time.perf_counter() - began) * 1000:.0f} ms"
        rows.append(Row(f"{name}: /timeline, whole", len(whole) / 1000, "kB", note))

    with ConsoleProcess(module="benchmarks.soak_worker") as console, chromium() as browser:
        browser.set_script_timeout(60)
        cookie = enter(console.next_link())
        browser.get(console.next_link())
        at_rest(browser)
        browser.execute_cdp_cmd("Performance.enable", {})
        at_s, clock = 0.0, time.monotonic()
        for hours in (one for one in HOURS if one <= MOST):
            while at_s < hours * 3600:
                console.ask(f"play {PORTION_S}")
                at_s += PORTION_S
                for log in ("browser", "performance"):
                    browser.get_log(log)
            took(hours, browser, console, cookie)
        passed = time.monotonic() - clock
        console.ask("live")
        time.sleep(5.0)
        before, memory = int(console.ask("refreshed")), float(console.ask("rss"))
        time.sleep(LIVE_S)
        count, grown = int(console.ask("refreshed")) - before, float(console.ask("rss")) - memory
        note = f"{count} refreshes of the page, {count / 5 / 60:.0f} minutes of use; {before + count} in all"
        rows.append(Row("soak, live: console's memory has grown by", grown, "MB", note))
    rows.append(Row("soak: by the clock", passed, "s", f"{at_s / 3600:g} hours of the session"))
    return rows
