"""Runtime and console killed at random moments under load: what was acknowledged is there, and it replays."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers.disk import Disk, build_shim
from tests.helpers.storm import RATE_HZ, Starter, kill, last_played, seen, wait_until
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.events import CommandDecided
from vr_runtime.protocol.streams import CHUNK_NS
from vr_runtime.record import FileKey, Reader, RecordState, verify
from vr_runtime.replay import replay

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")

FRAME_NS = round(1e9 / RATE_HZ)
CONSOLES = 25
"""Kills of the console for each runtime."""


BUSY = int(os.environ.get("PALIER_BUSY", "0"))
"""Processes that do nothing but count beside the storm, at normal priority."""
SYNC_MS = int(os.environ.get("PALIER_SYNC_MS", "0"))
"""What each sync of both records takes, on a pretended disk; 0: this machine's own disk."""
MAKING_S = 0.1 + 25 * SYNC_MS / 1000
"""What a record's making takes, with its syncs, before there is something to be lost."""


@pytest.fixture
def starter() -> Iterator[Starter]:
    made = Starter()
    yield made
    made.close()


@pytest.fixture
def crowded(tmp_path: Path) -> Iterator[Starter]:
    """As the environment asks for it: with busy processes beside it, on a slow disk."""
    with contextlib.ExitStack() as stack:
        disk = None
        if SYNC_MS:
            disk = stack.enter_context(Disk(build_shim(tmp_path), tmp_path / "run"))
            disk.slow(SYNC_MS)
        made = Starter(BUSY, disk)
        yield made
        made.close()


class Killed(NamedTuple):
    entries: int
    """Acknowledged to the console before the kill."""
    lost_ns: int
    """Between the last frame that was played and the last that the record holds."""
    frames: int


def ground(folder: Path) -> tuple[Path, FileKey]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder, FileKey.create(folder / "key")


def hashes(record: Path, key: FileKey) -> dict[int, str]:
    with Reader.open(record, key) as reader:
        return {entry.seq: entry.hash.hex() for entry in reader.entries()}


def kill_runtime(starter: Starter, folder: Path, after_s: float, packs: object) -> Killed:
    """Start both, kill the runtime that long after its start, and see what is left."""
    folder, key = ground(folder)
    runtime, console = starter.runtime(folder), starter.console(folder)
    end = time.monotonic() + after_s
    while time.monotonic() < end:
        time.sleep(0.001)
    kill(runtime)
    played = last_played(folder)
    time.sleep(0.05)  # what is in the sockets still comes through
    kill(console)

    records = sorted((folder / "runtime").iterdir()) if (folder / "runtime").exists() else []
    given = seen(folder, "entry")
    if not records or not (records[0] / "record.db").exists():
        assert played.frame == 0
        assert not given
        return Killed(0, 0, 0)
    record = records[0]
    anchor = (int(given[-1][0]), bytes.fromhex(given[-1][1])) if given else None
    verdict = verify(record, key, anchor)
    assert verdict.state is RecordState.CUT, verdict.message
    assert verdict.last_seq >= played.committed_seq, "less than the runtime itself had called safe"
    kept = hashes(record, key)
    for seq, digest in given:
        assert kept[int(seq)] == digest, f"entry {seq}, which the console had seen"
    with Reader.open(record, key) as reader:
        decided = {
            event.body.command_id for event in reader.events() if isinstance(event.body, CommandDecided)
        }
        frames = reader.samples("frame")
    assert {name for name, _ in seen(folder, "answer")} <= decided
    lost_ns = played.now_ns - (int(frames["t_ns"][-1]) if len(frames) else played.first_ns)
    longest = int(max(frames["t_ns"][1:] - frames["t_ns"][:-1], default=0)) if len(frames) > 1 else 0
    # a quarter of a second, the commit that was under way, and the frame that was due to cut
    assert lost_ns <= CHUNK_NS + played.age_ms * 1_000_000 + max(longest, 4 * FRAME_NS), played
    if kept:
        again = replay(record, key, packs)  # type: ignore[arg-type]
        assert again.identical, again.difference
        assert again.frames == len(frames)
    for copy in (folder / "console").glob("copy-*"):
        if (copy / "record.db").exists():
            check_copy(folder, copy, key)
            assert hashes(copy, key).items() <= kept.items()
    return Killed(len(given), lost_ns, len(frames))


def check_copy(folder: Path, copy: Path, key: FileKey) -> int:
    """Nothing that the console told the runtime it had is missing; the copy's last entry."""
    told = [(int(seq), bytes.fromhex(digest)) for seq, digest in seen(folder, "copied")]
    verdict = verify(copy, key, told[-1] if told else None)
    assert verdict.state is RecordState.CUT, verdict.message
    if told:
        assert verdict.last_seq >= told[-1][0], verdict.message
    return verdict.last_seq


def kill_consoles(starter: Starter, folder: Path, kills: int, chance: random.Random) -> int:
    """One runtime, and a console that is killed and started again and again; how many entries were copied."""
    folder, key = ground(folder)
    runtime = starter.runtime(folder)
    wait_until(lambda: last_played(folder).frame > 0, "the first frame")
    reached = 0
    for _ in range(kills):
        console = starter.console(folder)
        time.sleep(chance.random() * 1.2)
        kill(console)
        for copy in (folder / "console").glob("copy-*"):
            if (copy / "record.db").exists():
                last = check_copy(folder, copy, key)
                assert last >= reached
                reached = last
    frames = last_played(folder).frame
    # a last one, which is left alone: it catches up
    due = last_played(folder).committed_seq
    console = starter.console(folder, 60.0)
    wait_until(lambda: any(int(seq) >= due for seq, _ in seen(folder, "copied")[-1:]), "the copy to catch up")
    kill(console)
    wait_until(lambda: last_played(folder).frame > frames, "the session to go on")
    kill(runtime)
    (copy,) = (folder / "console").iterdir()
    (record,) = (folder / "runtime").iterdir()
    check_copy(folder, copy, key)
    copied, written = hashes(copy, key), hashes(record, key)
    assert list(copied) == list(range(1, len(copied) + 1))
    assert len(copied) >= due
    assert copied.items() <= written.items()
    return len(copied)


def share(values: list[int], part: float) -> float:
    return sorted(values)[min(len(values) - 1, round(part * len(values)))] / 1e6


@pytest.mark.slow
def test_a_killed_runtimes_record_holds_what_the_console_had_seen_and_replays_to_its_end(
    starter: Starter, tmp_path: Path
) -> None:
    packs = find_scenes()
    killed = [kill_runtime(starter, tmp_path / "run", after_s, packs) for after_s in (2.5, 3.1, 3.7)]
    assert all(one.frames > 20 for one in killed), killed
    assert sum(one.entries for one in killed) > 100


@pytest.mark.slow
def test_a_killed_consoles_copy_is_gone_on_with_without_a_gap_or_a_twin(
    starter: Starter, tmp_path: Path
) -> None:
    assert kill_consoles(starter, tmp_path / "run", 3, random.Random(2)) > 100


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_many_kills_of_the_runtime(crowded: Starter, tmp_path: Path) -> None:
    packs, chance = find_scenes(), random.Random(int(os.environ.get("PALIER_SEED", "3")))
    kills = int(os.environ.get("PALIER_KILLS", "500"))
    killed: list[Killed] = []
    for number in range(1, kills + 1):
        killed.append(kill_runtime(crowded, tmp_path / "run", MAKING_S + chance.random() * 2.4, packs))
        if number % 50 == 0 or number == kills:
            tell(killed)


def tell(killed: list[Killed]) -> None:
    kills = len(killed)
    lost = [one.lost_ns for one in killed if one.frames]
    print(  # noqa: T201
        f"{BUSY} busy processes beside it, syncs of {SYNC_MS} ms: {kills} kills of the runtime, {len(killed) - len(lost)} of them before its first quarter of a second was "
        f"recorded; {sum(one.entries for one in killed)} entries acknowledged to the console, none lost; samples "
        f"lost: p50 {share(lost, 0.5):.0f} ms, p99 {share(lost, 0.99):.0f} ms, most {max(lost) / 1e6:.0f} ms, more than 250 ms in "
        f"{sum(one > 250_000_000 for one in lost)}; every record verifies and replays identically to its end"
    )


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_many_kills_of_the_console(crowded: Starter, tmp_path: Path) -> None:
    chance = random.Random(4)
    kills = int(os.environ.get("PALIER_KILLS", "500"))
    copied = [
        kill_consoles(crowded, tmp_path / "run", CONSOLES, chance) for _ in range(max(1, kills // CONSOLES))
    ]
    print(  # noqa: T201
        f"{len(copied) * CONSOLES} kills of the console, {sum(copied)} entries copied: hash for hash the runtime's, "
        "no gap, no twin"
    )
