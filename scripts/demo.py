"""``make demo``: the main job end to end, in two processes, in under two minutes.

Starts ``vr-runtime`` (headless, frames really rendered, virtual patient, heart from a real RR recording) and
``clinician-console`` with the real link between them; a scripted therapist drives a graded heights session. Leaves
the record, a report, a picture of each step and screenshots of the console, and prints their paths last.
``--live`` opens the runtime's window and the console in the browser instead, and leaves the person in control.
"""

from __future__ import annotations

import argparse
import os
import queue
import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from rich.console import Console

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "examples" / "heights_therapist.toml"
HEART = ROOT / "assets" / "heart" / "rest_60min_rr.txt"
FRAME_RATE_HZ = 12
SIZE = "480x270"
"""Frames as they are drawn in the demo: software rendering on two cores shares them with a browser. The pictures of
the steps are drawn afterwards from the record, larger and finer."""

CHROMIUM = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1600,900",
)

say = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--live", action="store_true", help="open a window and the browser; you drive")
    parser.add_argument("--out", type=Path, default=ROOT / "demo-output", help="folder for everything")
    arguments = parser.parse_args()
    out: Path = arguments.out / time.strftime("%Y%m%d-%H%M%S")
    out.mkdir(parents=True)
    environment = {**os.environ, "PALIER_HOME": str(out / "home")}
    key = out / "record.key"
    return live(out, key, environment) if arguments.live else scripted(out, key, environment)


def live(out: Path, key: Path, environment: dict[str, str]) -> int:
    """The runtime's window and the console's page; the person steers both."""
    say.print("Opening a window (right mouse button: look; W A S D: move; Escape: STOP) and the console.")
    runtime = ["--display", "window", "--size", "1280x720", "--scene", "heights", "--patient", "none"]
    runtime += ["--heart", f"file:{HEART}", "--records", str(out / "runtime"), "--key-file", str(key)]
    console = ["serve", "--records", str(out / "console"), "--key-file", str(key), "--open-browser"]
    command = [*module("clinician_console"), *console, "--start-runtime", shlex.join(runtime)]
    process = subprocess.Popen(command, env=environment)
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:
            continue  # the console heard it too, and closes its runtime and their records in order
    print(f"records: {out}")
    return status


def scripted(out: Path, key: Path, environment: dict[str, str]) -> int:
    """The scripted session; returns the exit status."""
    say.rule("Palier: a graded heights session")
    connection = out / "home" / "runtime.json"
    page = Screenshots(out / "pictures")
    runtime = start_runtime(out, key, connection, environment)
    try:
        wait_for(connection, runtime)
        console = start_console(out, key, connection, environment)
        record_copy = follow_console(console, page)
        page.close()
        if console.wait(timeout=60) != 0:
            return fail("the console", console)
        printed = runtime.communicate(timeout=60)[0]
        if runtime.returncode != 0:
            return fail("the runtime", runtime)
    finally:
        if runtime.poll() is None:
            runtime.terminate()
    record = Path(printed.strip().splitlines()[-1])
    say.print(f"the console keeps its own copy: {record_copy}")
    return wrap_up(out, key, record, environment)


def start_runtime(
    out: Path, key: Path, connection: Path, environment: dict[str, str]
) -> subprocess.Popen[str]:
    say.print("starting vr-runtime: headless display, virtual patient, real RR recording")
    return subprocess.Popen(
        [
            *module("vr_runtime"),
            "run",
            "--display",
            "headless",
            "--graphics",
            "on",
            "--scene",
            "heights",
            "--patient",
            "virtual",
            "--heart",
            f"file:{HEART}",
            "--seed",
            "7",
            "--rate",
            str(FRAME_RATE_HZ),
            "--size",
            SIZE,
            "--speed",
            "real",
            "--duration",
            "150",
            "--records",
            str(out / "runtime"),
            "--key-file",
            str(key),
            "--connection",
            str(connection),
        ],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def start_console(
    out: Path, key: Path, connection: Path, environment: dict[str, str]
) -> subprocess.Popen[str]:
    say.print("starting clinician-console: the scripted therapist, with its page to look at")
    return subprocess.Popen(
        [
            *module("clinician_console"),
            "drive",
            str(SCRIPT),
            "--connection",
            str(connection),
            "--records",
            str(out / "console"),
            "--key-file",
            str(key),
            "--page-port",
            "0",
        ],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def follow_console(console: subprocess.Popen[str], page: Screenshots) -> str:
    """Pass on what the console prints, have its page photographed at its moments, return its last line."""
    last = ""
    assert console.stdout is not None
    for line in console.stdout:
        last = line.strip()
        if last.startswith("page: "):
            page.open(last.removeprefix("page: "))
        elif last:
            say.print(f"  {last}")
            page.saw(last)
    return last


class Screenshots:
    """Looks at the console's page in a headless Chromium and keeps a picture of some moments.

    The demo goes on without pictures of the page where there is no Chromium.
    """

    MOMENTS: ClassVar = {"(gust)": "console.png", "(stop)": "console-stopped.png"}
    """What stands in the line of an act, and the picture taken of the page a moment after it."""
    SETTLES_S = 1.5

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._wanted: queue.Queue[str | None] = queue.Queue()
        self._opened = False
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def open(self, address: str) -> None:
        """Open the page, once: the console prints a new link whenever one was used."""
        if not self._opened:
            self._opened = True
            self._wanted.put(address)

    def saw(self, line: str) -> None:
        for word, name in self.MOMENTS.items():
            if word in line:
                self._wanted.put(name)

    def close(self) -> None:
        self._wanted.put(None)
        self._thread.join(20)

    def _watch(self) -> None:
        chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
        if chromium is None or driver is None:
            say.print("  (no chromium here: no screenshot of the console)")
            return
        from selenium import webdriver
        from selenium.common.exceptions import WebDriverException

        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in CHROMIUM:
            options.add_argument(flag)
        try:
            browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
        except WebDriverException as problem:
            say.print(f"  (chromium did not start, so there is no screenshot of the console: {problem.msg})")
            return
        try:
            while (wanted := self._wanted.get()) is not None:
                if wanted.startswith("http"):
                    browser.get(wanted)
                else:
                    time.sleep(self.SETTLES_S)
                    browser.save_screenshot(str(self._folder / wanted))
        except WebDriverException as problem:
            say.print(f"  (no screenshot of the console: {problem.msg})")
        finally:
            browser.quit()


def wrap_up(out: Path, key: Path, record: Path, environment: dict[str, str]) -> int:
    """Verify, replay, pictures of each step, report; then the three paths."""
    pictures, report = out / "pictures", out / "report.html"
    steps: list[tuple[str, list[str]]] = [
        ("verifying the record", [*module("vr_runtime"), "verify", str(record), "--key-file", str(key)]),
        ("replaying the record", [*module("vr_runtime"), "replay", str(record), "--key-file", str(key)]),
        (
            "drawing each step from the patient's eyes",
            [
                *module("vr_runtime"),
                "picture",
                str(record),
                "--each-step",
                "--out",
                str(pictures),
                "--key-file",
                str(key),
            ],
        ),
        (
            "writing the report",
            [
                *module("clinician_console"),
                "report",
                str(record),
                "--out",
                str(report),
                "--key-file",
                str(key),
            ],
        ),
    ]
    for title, command in steps:
        say.print(title)
        done = subprocess.run(command, env=environment, text=True, capture_output=True)
        if done.returncode != 0:
            say.print(done.stdout + done.stderr)
            return done.returncode
        if title.startswith(("verifying", "replaying")):
            say.print(f"  {done.stdout.strip()}")
    print(f"record: {record}")
    print(f"report: {report}")
    print(f"pictures: {pictures}")
    return 0


def wait_for(connection: Path, runtime: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 60
    while not connection.exists():
        if runtime.poll() is not None:
            raise SystemExit(f"vr-runtime ended with status {runtime.returncode} before it could be reached")
        if time.monotonic() > deadline:
            raise SystemExit("vr-runtime was not ready within a minute")
        time.sleep(0.05)


def fail(who: str, process: subprocess.Popen[str]) -> int:
    say.print(f"{who} ended with status {process.returncode}")
    return process.returncode or 1


def module(name: str) -> list[str]:
    return [sys.executable, "-m", name]


if __name__ == "__main__":
    sys.exit(main())
