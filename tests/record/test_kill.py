"""A process that is killed while it writes loses nothing that it had acknowledged."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vr_runtime.record import FileKey, Reader, RecordState, Writer, verify

ROOT = Path(__file__).resolve().parents[2]


def kill_once(folder: Path, key_path: Path, chance: random.Random) -> tuple[int, bytes]:
    """Start a writer, kill it after some acknowledgements and a moment; the last one that came through."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.record.kill_target", str(folder), str(key_path)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    lines: list[bytes] = []
    for _ in range(chance.randrange(1, 1500)):
        lines.append(process.stdout.readline())
    time.sleep(chance.random() * 0.02)
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    assert process.wait(30) == -signal.SIGKILL
    seq, digest = [line for line in lines if line.endswith(b"\n")][-1].split()
    return int(seq), bytes.fromhex(digest.decode())


def check(folder: Path, key: FileKey, acknowledged: tuple[int, bytes]) -> None:
    verdict = verify(folder, key, acknowledged)
    assert verdict.state is RecordState.CUT, verdict.message
    assert verdict.last_seq >= acknowledged[0], verdict.message
    with Reader.open(folder, key) as reader:
        assert reader.last() == (verdict.last_seq, verdict.last_hash)
        assert len(reader.samples("head")) % 23 == 0
    with Writer.resume(folder, key) as writer:
        assert writer.committed == (verdict.last_seq, verdict.last_hash)
    assert verify(folder, key, acknowledged).last_seq == verdict.last_seq


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("seed", range(6))
def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, seed: int) -> None:
    key = FileKey.create(tmp_path / "key")
    acknowledged = kill_once(tmp_path / "record", tmp_path / "key", random.Random(seed))
    check(tmp_path / "record", key, acknowledged)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
def test_nothing_acknowledged_is_lost_by_many_kills(tmp_path: Path) -> None:
    key = FileKey.create(tmp_path / "key")
    acknowledged = 0
    logs = 0
    kills = 300
    for seed in range(kills):
        folder = tmp_path / f"record-{seed}"
        last = kill_once(folder, tmp_path / "key", random.Random(1000 + seed))
        logs += (folder / "record.db-wal").stat().st_size > 0
        check(folder, key, last)
        acknowledged += last[0]
    print(f"{kills} kills, {acknowledged} acknowledged entries, none lost; {logs} times a log was left")  # noqa: T201
