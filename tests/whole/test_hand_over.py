"""What a console could not copy in the session it gets afterwards; the runtime forgets only what is held elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.processes import Commands, until
from tests.helpers.session import KEY, act, command, play, runtime
from vr_runtime.record import Reader, RecordError, read_receipts, verify

pytestmark = pytest.mark.slow

SHORT = [act(0.2, "start"), act(0.3, "go_to_step", step=1), act(0.3, "note", text="Well."), act(0.3, "end")]


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    made = Commands(tmp_path)
    yield made
    made.close()


def entries(folder: Path) -> list[object]:
    with Reader.open(folder, KEY) as reader:
        return list(reader.entries())


def handed_over(commands: Commands, *records: Path) -> tuple[str, str]:
    """Runtime and console side by side; what each printed."""
    console = commands.fetch()
    done = runtime(
        "records", "hand-over", *records, "--connection", commands.connection,
        home=commands.folder / "home",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said, trouble = console.communicate(timeout=60)
    assert console.returncode == 0, trouble
    return done.stdout, said


def test_a_session_that_no_console_saw_is_kept_until_it_is_handed_over(
    commands: Commands, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    records = [play(tmp_path / "runtime", duration_s=2.0), play(tmp_path / "runtime", duration_s=1.0)]
    kept = runtime("records", "forget", records[0].parent, home=home)
    assert kept.returncode == 2
    assert "no console has said that it holds all of it" in kept.stderr
    assert all(verify(record, KEY).exit_status == 0 for record in records)

    said, copies = handed_over(commands, tmp_path / "runtime")
    folders = [Path(line) for line in copies.splitlines()]
    assert [entries(folder) for folder in folders] == [entries(record) for record in sorted(records)]
    assert said.count("held by console") == 2
    listed = runtime("records", "list", tmp_path / "runtime", home=home).stdout
    assert listed.count("whole at console") == 2

    forgotten = runtime("records", "forget", tmp_path / "runtime", home=home)
    assert forgotten.returncode == 0, forgotten.stderr
    assert not any(record.exists() for record in records)
    assert all(verify(folder, KEY).exit_status == 0 for folder in folders)


def test_a_copy_that_was_cut_is_gone_on_with_and_ends_identical(commands: Commands) -> None:
    process = commands.runtime()
    console = commands.drive([*SHORT[:3], act(60.0, "pause")])

    def begun() -> bool:
        try:
            return len(entries(commands.copy())) > 20
        except (RecordError, ValueError, OSError):  # not there yet, or in the middle of its making
            return False

    until(begun, "the beginning of a copy")
    console.kill()
    console.wait()
    process.terminate()
    assert process.wait(60) == 0
    record, before = commands.record(), len(entries(commands.copy()))
    assert read_receipts(record) == []
    assert len(entries(record)) > before
    other = runtime("verify", commands.copy(), "--other", record, home=commands.folder / "home")
    assert (other.returncode, other.stdout[:4]) == (3, "cut:")

    _, copied = handed_over(commands, record)
    assert Path(copied.strip()) == commands.copy()
    assert entries(commands.copy()) == entries(record)


def test_a_console_that_stays_to_the_end_is_noted_and_the_runtime_may_forget_at_once(
    commands: Commands,
) -> None:
    process = commands.runtime("--scene", "heights", "--forget-when-copied")
    console = commands.drive(SHORT)
    said, remarks = process.communicate(timeout=60)
    assert process.returncode == 0, remarks
    console.communicate(timeout=60)
    assert console.returncode == 0
    assert "the whole record is held by: console" in remarks
    assert "erased here" in remarks
    assert said == ""
    assert list(commands.runtime_records.iterdir()) == []
    assert verify(commands.copy(), KEY).exit_status == 0


def test_a_changed_record_and_one_that_was_never_closed_are_neither_handed_over_nor_forgotten(
    tmp_path: Path,
) -> None:
    record = play(tmp_path, duration_s=1.0)
    database = bytearray((record / "record.db").read_bytes())
    database[20_000] ^= 1
    (record / "record.db").write_bytes(database)
    for words in (["hand-over", "--wait", "0.1"], ["forget"]):
        done = runtime("records", *words, record, home=tmp_path / "home")
        assert done.returncode == 2, done.stdout
        assert "altered" in done.stderr or "changed" in done.stderr
        assert record.exists()


def test_a_receipt_of_another_end_is_none(tmp_path: Path) -> None:
    record = play(tmp_path, duration_s=1.0)
    last = entries(record)[-1]
    row = '[{"console": "c", "key": "k", "seq": %d, "hash": "%s", "wall_utc": "2026-01-01"}]'
    for seq, digest in ((last.seq - 1, last.hash.hex()), (last.seq, "00" * 32)):
        (record / "receipts.json").write_text(row % (seq, digest))
        assert runtime("records", "forget", record, home=tmp_path / "home").returncode == 2
    (record / "receipts.json").write_text("nonsense")
    assert runtime("records", "forget", record, home=tmp_path / "home").returncode == 2
    (record / "receipts.json").write_text(row % (last.seq, last.hash.hex()))
    assert runtime("records", "forget", record, home=tmp_path / "home").returncode == 0
    assert not record.exists()


def test_fetch_says_what_to_do_where_no_runtime_is(tmp_path: Path) -> None:
    done = command(
        "clinician_console", "fetch", "--wait", "0.5", "--records", tmp_path / "copies",
        "--connection", tmp_path / "none.json", home=tmp_path / "home",
    )  # fmt: skip
    assert done.returncode == 1
    assert "records hand-over" in done.stderr
