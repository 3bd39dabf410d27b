"""The report as PDF: it says what the page says, nothing typed is executed, the same record gives the same bytes."""

from __future__ import annotations

import re
import time
import zlib
from functools import cache
from pathlib import Path

import pytest

from clinician_console.clinic.debrief import Debrief, from_json
from clinician_console.report import Gathered, gather, render
from clinician_console.report.blocks import blocks_of
from clinician_console.report.pdf import compiled, render_pdf
from clinician_console.words import Words
from tests.helpers.made_record import KEY, make_record, played
from vr_runtime.protocol import events as ev
from vr_runtime.record import FileKey, Reader

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
def gathered(record: Path, language: str = "en") -> Gathered:
    with Reader.open(record, KEY) as reader:
        return gather(reader, language)


def made(record: Path, notes: bool = True, debrief: Debrief | None = None) -> bytes:
    return render_pdf(gathered(record), Words("en"), with_notes=notes, debrief=debrief)


def objects(pdf: bytes) -> dict[int, tuple[bytes, bytes]]:
    """By number: what is said of an object, and its stream, unpacked."""
    found: dict[int, tuple[bytes, bytes]] = {}
    for part in pdf.split(b"\nendobj"):
        head = re.search(rb"(\d+) 0 obj\s", part)
        if head is None:
            continue
        said, _, content = part[head.end() :].partition(b"\nstream\n")
        content = content.rpartition(b"\nendstream")[0]
        if b"FlateDecode" in said and content:
            content = zlib.decompressobj().decompress(content)
        found[int(head[1])] = (said, content)
    return found


def glyphs(cmap: bytes) -> dict[int, str]:
    return {
        int(one[1], 16): bytes.fromhex(one[2].decode()).decode("utf-16-be")
        for one in re.finditer(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>\n", cmap)
    }


@cache
def text_of(pdf: bytes) -> str:
    """All text of a PDF as this software makes it (typst: Identity-H fonts, a ToUnicode map each), without layout."""
    there = objects(pdf)
    fonts: dict[int, dict[int, str]] = {}
    for number, (said, _) in there.items():
        if (unicode_of := re.search(rb"/Type0.*?/ToUnicode (\d+) 0 R", said, re.DOTALL)) is not None:
            fonts[number] = glyphs(there[int(unicode_of[1])][1])
    parts: list[str] = []
    for said, _ in there.values():
        page = re.search(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", said, re.DOTALL)
        if page is None:
            continue
        names = {
            one[1]: fonts.get(int(one[2]), {})
            for one in re.finditer(rb"/(f\d+) (\d+) 0 R", there[int(page[1])][0])
        }
        font: dict[int, str] = {}
        for one in re.finditer(
            rb"/(f\d+) [\d.]+ Tf|<([0-9A-Fa-f]+)>|\(((?:\\.|[^\\)])*)\)", there[int(page[2])][1], re.DOTALL
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
        {
            "note": '#panic("x") $y$',
            "by": "*Dr* <b>",
            "end_distress": 20,
            "expectancy": {"feared": "#eval(2)"},
        }
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
    data = gathered(record)
    page = render(data, Words("en"), with_notes=False)
    text = bare(text_of(made(record, notes=False)))
    blocks = blocks_of(page)
    assert {block["kind"] for block in blocks} == {"title", "h2", "h3", "p", "list", "facts", "table", "svg"}
    rows = [row for block in blocks if block["kind"] == "table" for row in block["rows"]]
    assert len(rows) == page.count("<tr>") - page.count("<thead>") > 30
    for row in rows:
        for cell in row:
            assert bare(cell) in text, cell
    items = [item for block in blocks if block["kind"] == "list" for item in block["items"]]
    facts = [text for block in blocks if block["kind"] == "facts" for fact in block["facts"] for text in fact]
    plain = [block["text"] for block in blocks if block["kind"] in ("p", "title", "h2", "h3")]
    assert len(items) == page.count("<li>") > 5
    assert len(facts) == 2 * page.count("<dt>") > 20
    assert len(plain) == sum(page.count(tag) for tag in ("<p>", "<p ", "<h1", "<h2", "<h3", "<footer")) > 20
    for told in (*items, *facts, *plain):
        assert bare(told) in text, told
    for needed in (data.hash_hex, "Not a diagnosis", data.opened.fingerprint.palier, "1/"):
        assert bare(needed) in text


def test_the_same_record_gives_the_same_bytes_and_within_three_seconds(record: Path) -> None:
    data = gathered(record, "fr")
    begun = time.process_time()
    one = render_pdf(data, Words("fr"), with_notes=True)
    assert time.process_time() - begun < 3.0
    assert one == render_pdf(data, Words("fr"), with_notes=True)
    assert one.startswith(b"%PDF-")
    assert bare("Pas un diagnostic") in bare(text_of(one))


def test_a_page_of_nothing_is_a_page() -> None:
    pdf = compiled([{"kind": "p", "text": "", "role": ""}], Words("en"), title="", running="", foot="")
    assert pdf.startswith(b"%PDF-")


def test_on_the_command_line_the_debrief_comes_from_the_clinics_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from clinician_console import cli
    from clinician_console.clinic.entries import Patient, Session
    from clinician_console.store.opening import open_store

    key = tmp_path / "key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    monkeypatch.delenv("PALIER_STORE", raising=False)
    source = FileKey(key)
    folder = make_record(tmp_path / "record", played((1.0,)), source)
    with Reader.open(folder, source) as reader:
        epoch = gather(reader, "en").opened.epoch
    out = tmp_path / "out.pdf"

    def run() -> str:
        monkeypatch.setattr(
            "sys.argv", ["clinician-console", "report", str(folder), "--out", str(out), "--key-file", str(key), "--with-notes"]
        )  # fmt: skip
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code in (0, None)
        assert out.stat().st_mode & 0o777 == 0o600
        return bare(text_of(out.read_bytes()))

    assert "#panic(1)" not in run()
    store = open_store(tmp_path / "clinic.db", source, "AB")
    patient = store.save_patient(Patient(id="", pseudonym="P-1"))
    debrief = {"version": 1, "note": "#panic(1)"}
    store.save_session(
        Session(id=epoch, patient=patient.id, plan="", started="2026-03-01T09:00:00+00:00", debrief=debrief)
    )
    store.close()
    assert "#panic(1)" in run()
    store = open_store(tmp_path / "clinic.db", source, "AB")
    assert [entry.detail for entry in store.audit() if entry.act == "reported"] == ["pdf with notes"]
    store.close()
    assert capsys.readouterr().err == ""
