"""The report as PDF: it says what the page says, nothing typed is executed, the same record gives the same bytes."""

from __future__ import annotations

import re
import time
import zlib
from functools import cache
from pathlib import Path

import pytest

from clinician_console.clinic.debrief import Debrief, from_json
from clinician_console.report import gather, render
from clinician_console.report.blocks import blocks_of
from clinician_console.report.pdf import compiled, render_pdf
from clinician_console.words import Words
from tests.helpers.made_record import KEY, make_record, played
from vr_runtime.protocol import events as ev
from vr_runtime.record import Reader, verify

HOSTILE = (
    '#eval("1+1")', "#panic(\"no\")", "*bold* _it_ `raw`", "$x^2$", "<script>alert(1)</script>", "= Heading", "@ref",
    "#import \"@preview/a:1.0.0\": *", '#read("/etc/passwd")', "\\u{41} \\ //c", "=1+1", "#{", "é à ç – ’", "a" * 300,
)  # fmt: skip


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    runtime = played(closed=False)
    for text in HOSTILE:
        runtime.emit(ev.NoteTaken(text=text))
    runtime.emit(ev.Closed(because="end", frames=runtime.frame, late_frames=3))
    return make_record(tmp_path_factory.mktemp("pdf") / "record", runtime)


@cache
def made(record: Path, language: str = "en", notes: bool = True, debrief: Debrief | None = None) -> bytes:
    with Reader.open(record, KEY) as reader:
        data = gather(reader, language)
    return render_pdf(data, Words(language), verdict=verify(record, KEY), with_notes=notes, debrief=debrief)


def glyphs(pdf: bytes) -> dict[int, dict[int, str]]:
    """Of each font (by the number of its ToUnicode stream), glyph to text."""
    found: dict[int, dict[int, str]] = {}
    for number, content in streams(pdf).items():
        if b"begincmap" not in content:
            continue
        table: dict[int, str] = {}
        for one in re.finditer(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>\n", content):
            table[int(one[1], 16)] = bytes.fromhex(one[2].decode()).decode("utf-16-be")
        found[number] = table
    return found


def streams(pdf: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for one in re.finditer(rb"(\d+) 0 obj\s*<<(.*?)>>\s*stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        content = one[3]
        if b"FlateDecode" in one[2]:
            try:
                content = zlib.decompress(content)
            except zlib.error:
                continue
        found[int(one[1])] = content
    return found


def text_of(pdf: bytes) -> str:
    """All text of a PDF as this software makes it (typst: Identity-H fonts, a ToUnicode map each), without layout."""
    unicode_of = glyphs(pdf)
    fonts = {
        int(one[1]): unicode_of.get(int(one[2]), {})
        for one in re.finditer(rb"(\d+) 0 obj\s*<<[^>]*?/Type0.*?/ToUnicode (\d+) 0 R", pdf, re.DOTALL)
    }
    resources = {
        int(one[1]): {
            font[1]: fonts.get(int(font[2]), {}) for font in re.finditer(rb"/(f\d+) (\d+) 0 R", one[2])
        }
        for one in re.finditer(rb"(\d+) 0 obj\s*(<<(?:(?!endobj).)*?/Font<<.*?)endobj", pdf, re.DOTALL)
    }
    pages = re.findall(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", pdf)
    content = streams(pdf)
    parts: list[str] = []
    for resource, number in pages:
        names, font = resources[int(resource)], dict[int, str]()
        for one in re.finditer(
            rb"/(f\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\(((?:\\.|[^\\)])*)\)", content[int(number)], re.DOTALL
        ):
            if one[1]:
                font = names.get(one[1], {})
            else:
                raw = bytes.fromhex(one[2].decode()) if one[2] else unescaped(one[3])
                parts.append(
                    "".join(font.get(raw[i] << 8 | raw[i + 1], "") for i in range(0, len(raw) - 1, 2))
                )
    return "".join(parts)


def unescaped(raw: bytes) -> bytes:
    plain = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}

    def one(found: re.Match[bytes]) -> bytes:
        return plain.get(found[1]) or (bytes([int(found[1], 8)]) if found[1].isdigit() else found[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", one, raw, flags=re.DOTALL)


def bare(text: str) -> str:
    return re.sub(r"\s|\u00ad|-", "", text)


def test_what_was_typed_is_text_letter_by_letter(record: Path) -> None:
    text = bare(text_of(made(record)))
    for typed in HOSTILE:
        assert bare(typed) in text, typed


def test_names_and_what_was_asked_are_text_as_well(record: Path) -> None:
    debrief = from_json(
        {"note": '#panic("x") $y$', "by": "*Dr* <b>", "end_distress": 20, "expectancy": {"feared": "#eval(2)"}}
        | {"version": 1}
    )
    text = bare(text_of(made(record, debrief=debrief)))
    for typed in ('#panic("x") $y$', "*Dr* <b>", "#eval(2)"):
        assert bare(typed) in text
    assert bare('#panic("x")$y$') not in bare(text_of(made(record, notes=False, debrief=debrief)))


def test_notes_are_left_out_unless_asked_for(record: Path) -> None:
    text = bare(text_of(made(record, notes=False)))
    assert bare("Notes left out: 15") in text
    assert "alert(1)" not in text


def test_the_pdf_says_what_the_page_says_and_nothing_is_lost(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        data, digest = gather(reader, "en"), reader.last()[1].hex()
    page = render(data, Words("en"), verdict=verify(record, KEY), with_notes=False)
    text = bare(text_of(made(record, notes=False)))
    blocks = blocks_of(page)
    assert {block["kind"] for block in blocks} == {"title", "h2", "h3", "p", "list", "facts", "table", "svg"}
    rows = [row for block in blocks if block["kind"] == "table" for row in block["rows"]]
    assert len(rows) == page.count("<tr>") - page.count("<thead>") > 30
    for row in rows:
        for cell in row:
            assert bare(cell) in text, cell
    for needed in (digest, "Not a diagnosis", data.opened.fingerprint.palier, "1/"):
        assert bare(needed) in text


def test_the_same_record_gives_the_same_bytes_and_within_three_seconds(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        data = gather(reader, "fr")
    begun = time.process_time()
    one = render_pdf(data, Words("fr"), with_notes=True)
    assert time.process_time() - begun < 3.0
    assert one == render_pdf(data, Words("fr"), with_notes=True)
    assert one.startswith(b"%PDF-")
    assert bare("Pas un diagnostic") in bare(text_of(one))


def test_a_page_of_nothing_is_a_page() -> None:
    pdf = compiled([{"kind": "p", "text": "", "role": ""}], Words("en"), title="", running="", foot="")
    assert pdf.startswith(b"%PDF-")
