"""The power fails while a record is written: nothing acknowledged is lost, and nobody takes it for tampering.

A writer runs on a pretended disk (``tests/helpers/disk``) that keeps a log of every write and sync; from the log the disk
is made as it may have been left by a cut at any moment, with writes that were not synced kept, dropped or torn.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.disk import Change, Disk, Operation, build_shim, cut_power, read_changes
from tests.helpers.disk.powercut import BLOCK
from tests.helpers.records import interrupt, note
from tests.record.power_target import FASTER
from vr_runtime.protocol.streams import CHUNK_NS
from vr_runtime.record import (
    FileKey,
    Reader,
    RecordError,
    RecordReason,
    RecordState,
    Writer,
    recover,
    verify,
)
from vr_runtime.record.database import PAGE_BYTES
from vr_runtime.record.wal import FRAME_BYTES, FRAME_HEADER_BYTES, HEADER_BYTES

ROOT = Path(__file__).resolve().parents[2]
FRAME_NS = 12_000_000
"""A little more than a frame of the writing process."""
NO_END = 1 << 62
SYNC_MS = round(2 * CHUNK_NS / FASTER / 1e6)


@dataclass
class Run:
    """A writer's whole life on a pretended disk."""

    disk: Path
    changes: list[Change]
    old: FileKey
    new: FileKey
    words: dict[str, int]
    """After how many changes the process said that something was done."""

    def promised(self, moment: int, name: str) -> list[str]:
        """The lines of a file of promises, as they stood after so many changes."""
        data = b"".join(
            change.data
            for change in self.changes[:moment]
            if change.path.endswith("/" + name) and change.operation is Operation.WRITE
        )
        return data.decode().splitlines()


def run(folder: Path, how: str = "waits", sync_ms: int = 0) -> Run:
    old, new = FileKey.create(folder / "old"), FileKey.create(folder / "new")
    log = folder / "log"
    with Disk(build_shim(folder), folder / "disk", log=log) as disk:
        disk.slow(sync_ms)
        subprocess.run(
            [
                sys.executable, "-m", "tests.record.power_target",
                str(disk.folder), str(folder / "old"), str(folder / "new"), how,
            ],
            env={**os.environ, **disk.environment(), "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            check=True,
        )  # fmt: skip
        changes = read_changes(log)
        words = {
            change.data[2:].decode().strip(): number
            for number, change in enumerate(changes, 1)
            if change.operation is Operation.WRITE and change.data.startswith(b"0 ")
        }
        return Run(disk.folder, changes, old, new, words)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return run(tmp_path_factory.mktemp("power"))


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """On a slow disk: a sync takes as long as two chunks of samples."""
    return run(tmp_path_factory.mktemp("ahead"), "goes on", SYNC_MS)


@dataclass
class Left:
    """What a power cut left: the verdict, and how much it took of what had been played."""

    state: str
    acknowledged: int
    lost_ns: int
    log: bool


def check(run: Run, moment: int, seed: int, work: Path, most_ns: int = CHUNK_NS + FRAME_NS) -> Left:
    """Cut the power after so many changes, and see that every promise is kept."""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    cut_power(run.changes, moment, run.disk, work, seed)
    record = work / "records" / "record"
    if moment < run.words["made"] and not (record / "record.db").exists():
        return Left("not made yet", 0, 0, False)
    key = run.old if moment < run.words["locked anew"] and opens(record, run.old) else run.new
    assert moment > run.words["closed"] or key is run.old or not opens(record, run.new)

    acknowledged = [line.split() for line in run.promised(moment, "acknowledged")]
    last = (int(acknowledged[-1][0]), bytes.fromhex(acknowledged[-1][1])) if acknowledged else (0, bytes(32))
    log = record / "record.db-wal"
    log_there = log.exists() and log.stat().st_size > 0
    verdict = verify(record, key, last)
    assert verdict.state is not RecordState.ALTERED, verdict.message
    assert verdict.last_seq >= last[0], verdict.message
    if moment >= run.words["closed"]:
        assert verdict.state is RecordState.INTACT, verdict.message
    with Reader.open(record, key) as reader:
        kept = {entry.seq: entry.hash.hex() for entry in reader.entries()}
        frames = reader.samples("frame")
        heads = reader.samples("head")
    assert all(kept[int(seq)] == digest for seq, digest in acknowledged)
    assert frames["frame"].tolist() == heads["frame"].tolist() == list(range(1, len(frames) + 1))
    played = [int(line.split()[1]) for line in run.promised(moment, "played") if not line.startswith("0 ")]
    lost_ns = (played[-1] if played else 0) - (int(frames["t_ns"][-1]) if len(frames) else 0)
    assert lost_ns <= most_ns

    recovered_by_us(record, key, verdict.closed, verdict.last_seq, work)
    return Left(verdict.state.value, last[0], lost_ns, log_there)


def recovered_by_us(record: Path, key: FileKey, closed: bool, last_seq: int, work: Path) -> None:
    """It is gone on with where it was cut, and brought into order."""
    if closed:
        return
    again = work / "again"
    shutil.copytree(record, again)
    with Writer.resume(again, key) as writer:
        assert writer.committed[0] == last_seq
        writer.append(note(last_seq + 1))
        assert writer.barrier(20)
    assert verify(again, key).last_seq == last_seq + 1
    assert recover(record, key).entries == last_seq
    assert verify(record, key).state is RecordState.INTACT


def opens(record: Path, key: FileKey) -> bool:
    try:
        verify(record, key)
    except RecordError as problem:
        if problem.reason is not RecordReason.WRONG_KEY:
            raise
        return False
    return True


def moments(run: Run, count: int, chance: random.Random) -> list[int]:
    """Some anywhere, and as many around what is rare: the record's making, checkpoints, the end, the new key."""
    rare = [
        number
        for number, change in enumerate(run.changes, 1)
        if "/record" in change.path
        and (change.operation is not Operation.WRITE or change.path.endswith(("record.db", ".new", "json")))
    ]
    anywhere = [number for number, change in enumerate(run.changes, 1) if change.path.endswith("-wal")]
    return [chance.choice((rare, anywhere)[turn % 2]) - chance.randrange(2) for turn in range(count)]


def summary(run: Run, left: Sequence[Left]) -> str:
    states = {state: sum(one.state == state for one in left) for state in sorted({one.state for one in left})}
    return (
        f"{len(left)} power cuts in {len(run.changes)} changes of the disk: "
        f"{', '.join(f'{count} {state}' for state, count in states.items())}; "
        f"{sum(one.acknowledged for one in left)} acknowledged entries, none lost; "
        f"at most {max(one.lost_ns for one in left) / 1e6:.0f} ms of samples lost; "
        f"{sum(one.log for one in left)} times a log was left"
    )


def test_a_power_cut_loses_nothing_acknowledged_and_a_quarter_of_a_second_of_samples(
    written: Run, tmp_path: Path
) -> None:
    drawn = moments(written, 40, random.Random(5))
    left = [
        check(written, moment, seed, tmp_path / "cut")
        for seed, moment in enumerate([*drawn, written.words["closed"], len(written.changes)])
    ]
    assert [one.state for one in left[-2:]] == ["intact", "intact"], "cut after the record was closed"
    assert "cut" in {one.state for one in left}
    assert sum(one.log for one in left) > 10
    assert max(one.lost_ns for one in left) > CHUNK_NS // 2


def test_a_power_cut_with_many_transactions_on_their_way_loses_nothing_acknowledged(
    ahead: Run, tmp_path: Path
) -> None:
    """What was written while the disk synced may be there with holes, or later ones without earlier ones."""
    log = [change.operation for change in ahead.changes if change.path.endswith("record.db-wal")]
    syncs = [number for number, operation in enumerate(log) if operation is Operation.SYNC]
    meanwhile = [
        log[log.index(Operation.SYNC_BEGUN, before) : number].count(Operation.WRITE)
        for before, number in pairwise(syncs)
    ]
    assert sum(count > 4 for count in meanwhile) > 5, "the writer waited for the disk"
    chance = random.Random(7)
    first, last = ahead.words["made"], ahead.words["closed"]
    left = [check(ahead, chance.randrange(first, last), seed, tmp_path / "cut", NO_END) for seed in range(25)]
    assert sum(one.log for one in left) > 10
    assert max(one.acknowledged for one in left) > 50


def test_each_moment_of_a_records_making_leaves_none_or_a_whole_one(written: Run, tmp_path: Path) -> None:
    """Nothing is promised yet, but whoever starts again must not be told of tampering."""
    first = written.words["made"]
    left = [
        check(written, moment, 100 * moment + turn, tmp_path / "cut")
        for moment in range(first + 1)
        for turn in range(3)
    ]
    assert {one.state for one in left} == {"not made yet", "cut"}
    assert left[-1].state == "cut"


# ------------------------------------------------------------------ each thing that it takes


def test_the_log_is_cut_on_the_disk_before_it_is_written_anew(written: Run) -> None:
    """Else new frames could lie over old ones that are still there, which looks like a change."""
    log = [change for change in written.changes if change.path.endswith("record.db-wal")]
    cuts = [number for number, change in enumerate(log) if change.operation is Operation.TRUNCATE]
    assert len(cuts) > 3
    for number in cuts:
        after = log[number + 1 : number + 3]
        assert [change.operation for change in after] == [Operation.SYNC_BEGUN, Operation.SYNC]


def test_each_new_folder_is_made_certain_in_the_one_above(written: Run) -> None:
    made = [
        (n, change.path) for n, change in enumerate(written.changes) if change.operation is Operation.MKDIR
    ]
    assert len(made) == 2
    for number, path in made:
        above = str(Path(path).parent)
        assert any(
            change.operation is Operation.SYNC and change.path == above
            for change in written.changes[number : written.words["made"]]
        ), path


@pytest.fixture
def crashed(tmp_path: Path, key: FileKey) -> Path:
    """Interrupted after 30 entries, with the last ten transactions in its log and older pages in the database."""
    interrupt(tmp_path / "half", key, [20])
    with Writer.resume(tmp_path / "half", key) as writer:
        for seq in range(21, 31):
            writer.append(note(seq, "x" * 400))
            assert writer.barrier(20)
        shutil.copytree(tmp_path / "half", tmp_path / "crashed")
    return tmp_path / "crashed"


@pytest.mark.parametrize("part", ["head", "begin of the page", "end of the page"])
def test_a_block_that_was_written_out_between_two_writes_is_a_crash(
    crashed: Path, key: FileKey, part: str
) -> None:
    """SQLite writes a frame's head and page one after the other, and neither begins where a block does."""
    log = crashed / "record.db-wal"
    data = bytearray(log.read_bytes())
    last = len(data) - FRAME_BYTES
    page = last + FRAME_HEADER_BYTES
    holes = {
        "head": (last, page),
        "begin of the page": (page, -(-page // BLOCK) * BLOCK),
        "end of the page": (len(data) // BLOCK * BLOCK, len(data)),
    }
    low, high = holes[part]
    data[low:high] = bytes(high - low)
    log.write_bytes(data)
    verdict = verify(crashed, key)
    assert (verdict.state, verdict.last_seq) == (RecordState.CUT, 29), verdict.message


def test_a_checkpoint_that_was_cut_in_the_middle_of_a_new_page_is_a_crash(
    crashed: Path, key: FileKey
) -> None:
    """The file ends within the page, and a block before its end was never written."""
    held: dict[int, bytes] = {}
    log = (crashed / "record.db-wal").read_bytes()
    for at in range(HEADER_BYTES, len(log), FRAME_BYTES):
        held[int.from_bytes(log[at : at + 4], "big")] = log[at + FRAME_HEADER_BYTES : at + FRAME_BYTES]
    last = max(held)
    database = crashed / "record.db"
    before = database.read_bytes()
    assert len(before) < last * PAGE_BYTES
    pages = [held.get(n, before[(n - 1) * PAGE_BYTES : n * PAGE_BYTES]) for n in range(1, last)]
    torn = held[last][:BLOCK] + bytes(BLOCK) + held[last][2 * BLOCK : 5 * BLOCK]
    database.write_bytes(b"".join(pages) + torn)
    verdict = verify(crashed, key)
    assert (verdict.state, verdict.last_seq) == (RecordState.CUT, 30), verdict.message
    database.write_bytes(b"".join(pages) + torn[:-1] + bytes([torn[-1] ^ 1]))
    assert verify(crashed, key).state is RecordState.ALTERED


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_many_power_cuts(tmp_path: Path) -> None:
    runs = run(tmp_path)
    left = [
        check(runs, moment, 1000 + seed, tmp_path / "cut")
        for seed, moment in enumerate(moments(runs, 600, random.Random(6)))
    ]
    print(summary(runs, left))  # noqa: T201
