"""The report as PDF: A4, the same words and figures as the page, made by typst from a template of our own.

Everything goes to the template as JSON in ``sys_inputs`` and is set as text: nothing that was typed is ever read as
markup or executed. No file is read but the template, no package is loaded, no system font is used and no time of day
stands in it, so the same record gives the same bytes with the same versions of Palier and typst.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files

import typst

from clinician_console.clinic.debrief import Debrief
from clinician_console.report.blocks import Block, blocks_of
from clinician_console.report.gather import Gathered
from clinician_console.report.render import render
from clinician_console.words import Words
from vr_runtime import __version__
from vr_runtime.record import Verdict


def render_pdf(
    data: Gathered,
    words: Words,
    *,
    verdict: Verdict | None = None,
    with_notes: bool = False,
    debrief: Debrief | None = None,
) -> bytes:
    """The whole file; arguments as :func:`clinician_console.report.render.render` has them."""
    page = render(data, words, verdict=verdict, with_notes=with_notes, debrief=debrief)
    opened = data.opened
    who = " · ".join(part for part in (opened.pseudonym, opened.wall_utc[:10], opened.plan.title) if part)
    return compiled(
        blocks_of(page),
        words,
        title=f"{words('report.title')} – {opened.plan.title}",
        running=who[:90],
        foot=f"Palier {__version__} · {data.hash_hex[:16]}… ({data.entries})",
    )


def compiled(blocks: list[Block], words: Words, *, title: str, running: str, foot: str) -> bytes:
    """Blocks (see :func:`clinician_console.report.blocks.blocks_of`) as a PDF.

    Args:
        running: head of every page but the first; foot: of every page, beside its number.
    """
    handed = {
        "lang": words.language,
        "title": title,
        "running": running,
        "foot": foot,
        "warning_short": words("report.not_diagnosis").split(".")[0] + ".",
        "alt": words("timeline.label"),
        "blocks": [
            {**block, "svg": drawn(block["svg"])} if block["kind"] == "svg" else block for block in blocks
        ],
    }
    template = (files("clinician_console.report") / "report.typ").read_bytes()
    made = typst.compile(
        template,
        sys_inputs={"data": json.dumps(handed)},
        ignore_system_fonts=True,
        format="pdf",
        timestamp=0,
    )
    assert isinstance(made, bytes)
    return made


def drawn(svg: str) -> str:
    """The time line with its style inside, for whoever draws it without the page around it."""
    css = (files("clinician_console.report") / "report.css").read_text(encoding="utf-8")
    colours = dict(re.findall(r"--([a-z]+): ([^;]+);", css))
    rules = [line.strip() for line in css.splitlines() if _of_picture(line)]
    style = re.sub(r"var\(--([a-z]+)\)", lambda found: colours[found[1]], "\n".join(rules))
    style = f'text {{ font: 13.5px "Libertinus Serif"; fill: {colours["dim"]}; }}\n' + style
    head, rest = svg.split(">", 1)
    named = head if "xmlns=" in head else head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return f"{named}><style>{style}</style>{rest}"


def _of_picture(line: str) -> bool:
    shapes = r"(\.grid|\.area|path\.|circle\.|\.suds|rect\.|\.phase-name|\.axis-name|\.trigger|\.lane|text\.)"
    return re.match(rf"\s*{shapes}", line) is not None
