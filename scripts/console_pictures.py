"""``make console-pictures``: every page of the console, wide, on a laptop and on a tablet, in both languages, light and
dark, into docs/pictures/console.

A sheet for each page (its twelve pictures side by side), and for the guides one picture in each language, of a laptop in
light colours. ``--each FOLDER`` keeps every picture by itself too, as tall as its page. The pages run on a store in
memory: those beside the session without a runtime, so that the scenes are the real ones; the session with a fake runtime
and a history. The pictures are the same each time but for the date.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.console import driving  # noqa: E402
from tests.helpers.console_process import ConsoleProcess  # noqa: E402

SIZES = {"wide": (1920, 1080), "laptop": (1366, 768), "tablet": (820, 1180)}
LANGUAGES = ("en", "fr")
THEMES = ("light", "dark")
PAGES = {
    "day": "/",
    "patients": "/patients",
    "new-patient": "/patients?new=1",
    "patient": "/patients/{patient}",
    "plan": "/plans/{plan}",
    "start": "/start/{patient}/{plan}",
    "session": "/drive",
    "tour": "/drive?tour=true",
    "after": "/after/{session}",
    "review": "/review/{session}",
    "progress": "/progress/{patient}",
    "questionnaires": "/questionnaires/{patient}",
    "alone": "/alone",
    "homework": "/homework/{patient}",
    "exports": "/exports",
    "audit": "/audit",
    "settings": "/settings",
    "help": "/help",
}
"""Name of the pictures, address. tests/console/test_docs.py: every page that the console has is here."""
SESSION = ("session", "tour")
"""They need a session that is under way; all others are pictured without one."""
SETTLES_S = {"day": 0.6, "session": 2.0, "tour": 2.5, "review": 3.0, "plan": 2.0}
DRAWS_S = 90.0
"""How long the pictures of the steps in sight are waited for, the first time; then they are there."""
DRAWN = """
return [...document.querySelectorAll("img[data-picture]")].every((one) => {
  const box = one.getBoundingClientRect();
  return one.src || one.dataset.picture.endsWith("/0") || box.width === 0 || box.top > innerHeight;
});
"""
ROW = 300
"""Height of a picture on a sheet, pixels."""
GUIDE = (1024, 576)
HISTORY_S = 700
"""Of the session: baseline and five steps with ratings and triggers."""
SEEN_AT = 6
"""The step at which that session stands; the patient's view is a picture of it, drawn by the runtime."""
HOME = Path(tempfile.gettempdir()) / "palier-console-pictures"
"""The consoles' own folder while the pictures are made: one page shows it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(PAGES)} (all)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures" / "console")
    parser.add_argument(
        "--each", type=Path, help="every picture by itself, as tall as its page, into this folder"
    )
    chosen = parser.parse_args()
    if unknown := set(chosen.pages) - set(PAGES):
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    names = chosen.pages or list(PAGES)
    for folder in filter(None, (chosen.out, chosen.each)):
        folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir()
    os.environ["PALIER_HOME"] = str(HOME)
    with driving.chromium() as browser:
        for one in ([n for n in names if n not in SESSION], [n for n in names if n in SESSION]):
            if one:
                live = ()
                if one[0] in SESSION:
                    live = ("--live", "--history", str(HISTORY_S), "--view", str(seen()))
                arguments = ("--filled", "--course", "--toured", *live)
                with ConsoleProcess(*arguments, module="tests.helpers.demo_day") as day:
                    browser.get(day.next_link())
                    ids = json.loads(day.ask("ids"))
                    if live:
                        day.tell(f"propose step_up {SEEN_AT + 1}")
                    for name in one:
                        take(browser, day.origin, name, ids, chosen.out, chosen.each)
    shutil.rmtree(HOME, ignore_errors=True)
    return 0


def seen() -> Path:
    """What the patient sees on that step, as the runtime draws it."""
    made = HOME / "seen.png"
    command = f"-m vr_runtime picture --scene heights --step {SEEN_AT} --size 960x540 --out"
    subprocess.run([sys.executable, *command.split(), str(made)], check=True, cwd=ROOT, stdout=sys.stderr)
    path = made.with_suffix(".jpg")
    Image.open(made).convert("RGB").save(path, quality=85)
    return path


def take(
    browser: driving.Browser, origin: str, name: str, ids: dict[str, str], out: Path, each: Path | None
) -> None:
    """All pictures of one page."""
    shots: dict[str, list[Image.Image]] = {}
    for language in LANGUAGES:
        speak(browser, origin, language)
        code = hand_over(browser, origin, ids["patient"], language) if name == "alone" else ""
        for size, (width, height) in SIZES.items():
            driving.resize(browser, width, height)
            browser.get(origin + PAGES[name].format(**ids))
            driving.wait(lambda: browser.find_elements("css selector", "main"), name)
            if name == "plan":
                end = time.monotonic() + DRAWS_S
                while time.monotonic() < end and not browser.execute_script(DRAWN):
                    time.sleep(0.5)
            time.sleep(SETTLES_S.get(name, 1.0))
            for theme in THEMES:
                browser.execute_script("window.palier.paint(arguments[0])", theme)
                time.sleep(0.5)
                picture = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
                shots.setdefault(f"{language}, {theme}", []).append(picture)
                if theme == "light" and size == "laptop":
                    small = picture.resize(GUIDE, Image.Resampling.LANCZOS)
                    small.save(out / f"{name}-{language}.jpg", quality=72, optimize=True)
                if each:
                    tall = browser.execute_script("return document.documentElement.scrollHeight")
                    if tall > height and name not in SESSION:
                        driving.resize(browser, width, min(tall, 5000))
                        time.sleep(0.2)
                    browser.save_screenshot(str(each / f"{name}-{language}-{theme}-{size}.png"))
                    driving.resize(browser, width, height)
        if code:
            take_back(browser, code)
    path = out / f"sheet-{name}.jpg"
    sheet([*shots.items()]).save(path, quality=62, optimize=True)
    print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path, flush=True)


def speak(browser: driving.Browser, origin: str, language: str) -> None:
    browser.get(origin + "/settings")
    driving.wait(lambda: browser.find_elements("id", "language-fr"), "the languages")
    if browser.execute_script("return document.documentElement.lang") == language:
        return
    driving.wait(lambda: browser.execute_script("return window.socket?.connected ?? true"), "the server")
    driving.at(browser, f"language-{language}").click()
    driving.wait(lambda: browser.execute_script("return document.documentElement.lang") == language, language)


def press(browser: driving.Browser, name: str) -> None:
    driving.wait(lambda: browser.find_elements("id", name), name)
    browser.execute_script("document.getElementById(arguments[0]).click()", name)


def hand_over(browser: driving.Browser, origin: str, patient: str, language: str) -> str:
    """To a patient who fills the PHQ-9 alone; gives the code that takes the screen back."""
    browser.get(f"{origin}/questionnaires/{patient}")
    for name in ("quest-begin-phq9", f"quest-language-{language}", "quest-start"):
        press(browser, name)
    driving.wait(lambda: browser.find_elements("id", "alone-begin"), "the code")
    code = driving.text_of(browser, "#alone-code-is")
    press(browser, "alone-begin")
    driving.wait(lambda: browser.current_url.endswith("/alone"), "the patient's page")
    return code


def take_back(browser: driving.Browser, code: str) -> None:
    press(browser, "quest-leave")
    driving.wait(lambda: browser.find_elements("id", "alone-code"), "the quiet page")
    driving.at(browser, "alone-code").send_keys(code, "\n")
    driving.wait(lambda: "/questionnaires/" in browser.current_url, "the therapist's page")


def sheet(shots: list[tuple[str, list[Image.Image]]]) -> Image.Image:
    """One row for a language and theme, one column for a size, with a word over each row."""
    font = ImageFont.load_default(15)
    rows = [
        (
            title,
            [one.resize((round(one.width * ROW / one.height), ROW), Image.Resampling.LANCZOS) for one in row],
        )
        for title, row in shots
    ]
    width = max(sum(one.width for one in row) + 8 * (len(row) + 1) for _, row in rows)
    whole = Image.new("RGB", (width, len(rows) * (ROW + 30) + 8), "#808890")
    pen = ImageDraw.Draw(whole)
    for number, (title, row) in enumerate(rows):
        top = number * (ROW + 30) + 4
        pen.text((8, top), title, fill="white", font=font)
        left = 8
        for one in row:
            whole.paste(one, (left, top + 22))
            left += one.width + 8
    return whole


if __name__ == "__main__":
    sys.exit(main())
