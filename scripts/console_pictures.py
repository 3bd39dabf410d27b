"""``make console-pictures``: every page of the console, wide, on a laptop and on a tablet, in both languages, light and
dark, into docs/pictures/console.

A sheet for each page (its twelve pictures side by side), and for the guides one picture in each language. The pages run
on a store in memory with a fake session, so that the pictures are the same each time but for the date.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
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
    "after": "/after/{session}",
    "review": "/review/{session}",
    "progress": "/progress/{patient}",
    "questionnaires": "/questionnaires/{patient}",
    "homework": "/homework/{patient}",
    "exports": "/exports",
    "audit": "/audit",
    "settings": "/settings",
    "help": "/help",
}
ROW = 300
"""Height of a picture on a sheet, pixels."""
SETTLES_S = 1.6


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help=f"of {', '.join(PAGES)} (all)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "pictures" / "console")
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    with (
        driving.chromium() as browser,
        ConsoleProcess("--filled", "--live", "--toured", module="tests.helpers.demo_day") as day,
    ):
        browser.get(day.next_link())
        ids = json.loads(day.ask("ids"))
        for name in chosen.pages or PAGES:
            shots: list[tuple[str, list[Image.Image]]] = []
            for language in LANGUAGES:
                browser.get(day.origin + "/settings")
                driving.wait(lambda: browser.find_elements("id", "language-fr"), "the languages")
                driving.at(browser, f"language-{language}").click()
                driving.wait(
                    lambda spoken=language: (
                        browser.execute_script("return document.documentElement.lang") == spoken
                    ),
                    language,
                )
                for theme in THEMES:
                    row: list[Image.Image] = []
                    for size in SIZES.values():
                        driving.resize(browser, *size)
                        browser.get(day.origin + PAGES[name].format(**ids))
                        driving.wait(lambda: browser.find_elements("css selector", "main"), name)
                        time.sleep(SETTLES_S)
                        browser.execute_script("window.palier.paint(arguments[0])", theme)
                        time.sleep(0.3)
                        row.append(Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB"))
                    shots.append((f"{language}, {theme}", row))
                    if theme == "light":
                        path = chosen.out / f"{name}-{language}.jpg"
                        row[1].resize((1024, 576), Image.Resampling.LANCZOS).save(
                            path, quality=74, optimize=True
                        )
            path = chosen.out / f"sheet-{name}.jpg"
            sheet(shots).save(path, quality=70, optimize=True)
            print(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path, flush=True)
    return 0


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
