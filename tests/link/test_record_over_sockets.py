"""The record's way to the consoles: in order, once, without a gap, whatever the network does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helpers.link import EPOCH, Console, Proxy, Runtime, until
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.status import LinkState
from vr_runtime.protocol.events import Anchored

Keep = Callable[[Any], None]


CONSOLE_PROCESS = """
import sys, time
from pathlib import Path
from vr_runtime.link.client import LinkClient

client = LinkClient.connect(Path(sys.argv[1]), Path(sys.argv[1]), on_entries=lambda entries: None)
client.wait_connected(20, lease=True)
while client.status().delivered_seq < 40:
    time.sleep(0.01)
print(client.status().delivered_seq, flush=True)
time.sleep(60)
"""


def complete(console: Console, runtime: Runtime) -> bool:
    return len(console.entries) == len(runtime.log.entries)


def same(console: Console, runtime: Runtime) -> bool:
    return console.entries == runtime.log.entries


def test_committed_entries_arrive_as_they_stand_with_hash_and_body(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    runtime.commit(5)
    until(lambda: complete(console, runtime))
    assert same(console, runtime)


def test_a_late_console_gets_thousands_of_entries_while_the_feed_runs(runtime: Runtime, keep: Keep) -> None:
    runtime.commit(6000, size=300)
    end = threading.Event()

    def feed() -> None:
        while not end.wait(0.002):
            runtime.commit(3, size=50)

    writer = threading.Thread(target=feed)
    writer.start()
    try:
        console = Console(runtime)
        keep(console)
        until(lambda: len(console.entries) > 6300)
    finally:
        end.set()
        writer.join()
    until(lambda: complete(console, runtime))
    assert same(console, runtime)
    assert console.client.status().delivered_seq == len(runtime.log.entries)


def test_an_entry_larger_than_a_piece_arrives(runtime: Runtime, keep: Keep) -> None:
    runtime.commit(1, size=10)
    runtime.commit(1, size=900_000)
    runtime.commit(1, size=10)
    console = Console(runtime)
    keep(console)
    runtime.commit(1, size=900_000)
    until(lambda: complete(console, runtime))
    assert same(console, runtime)


def test_after_a_cut_the_missing_entries_come_in_order_and_once(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    for _ in range(3):
        runtime.commit(50)
        until(lambda: complete(console, runtime))
        proxy.cut()
        until(lambda: console.client.status().state is LinkState.SILENT)
        runtime.commit(700)
        proxy.go_on()
        runtime.commit(30)
        until(lambda: complete(console, runtime))
    assert same(console, runtime)


def test_an_entry_that_the_feed_lost_is_asked_for(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    runtime.commit(3)
    until(lambda: complete(console, runtime))
    runtime.log.grow(2)  # committed, and never fed
    runtime.commit(1)
    until(lambda: complete(console, runtime))
    assert same(console, runtime)


def test_a_lost_tail_is_noticed_by_the_heartbeat(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    runtime.log.grow(4)
    runtime.server._io.last_seq = 4
    until(lambda: complete(console, runtime))


def test_entries_that_could_not_be_kept_come_again(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    console.failing = True
    runtime.commit(20)
    until(lambda: "no space left" in console.client.status().why)
    runtime.commit(20)
    console.failing = False
    until(lambda: complete(console, runtime))
    assert same(console, runtime)
    assert console.client.status().why == ""


def test_a_console_that_was_killed_goes_on_where_its_copy_ends_and_gets_the_lease_back(
    tmp_path: Any, keep: Keep
) -> None:
    runtime = Runtime(tmp_path, limits=AdmissionLimits(gone_after_ns=300_000_000))
    keep(runtime)
    runtime.commit(40)
    with subprocess.Popen(
        [sys.executable, "-c", CONSOLE_PROCESS, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "40\n"
        process.kill()
    runtime.commit(60)
    second = Console(runtime, had=40)
    keep(second)
    until(lambda: len(second.entries) == 60)
    assert second.numbers() == list(range(41, 101))
    assert second.epochs == [EPOCH]
    assert second.client.wait_connected(20, lease=True).lease.mine
    assert runtime.loop is not None
    loop = runtime.loop

    def leases() -> list[str]:
        seen = [one.what for one in loop.of("console_seen")]  # type: ignore[attr-defined]
        return [what for what in seen if what.startswith("lease")]

    until(lambda: leases() == ["lease_taken", "lease_lapsed", "lease_taken"])


def test_the_copys_last_entry_is_compared_with_the_record_and_noted(tmp_path: Any, keep: Keep) -> None:
    runtime = Runtime(tmp_path, limits=AdmissionLimits(anchor_every_ns=100_000_000))
    keep(runtime)
    console = Console(runtime)
    keep(console)
    runtime.commit(7)

    def anchored() -> list[Anchored]:
        assert runtime.loop is not None
        return [one for one in runtime.loop.of("anchored") if isinstance(one, Anchored)]

    until(lambda: any(one.copied_seq == 7 for one in anchored()))
    assert anchored()[-1].agrees
    assert anchored()[-1].copied_hash == runtime.log.entries[6].hash.hex()
    runtime.commit(1)
    console.client.copied(8, "00" * 32)
    until(lambda: anchored()[-1].copied_seq == 8 and not anchored()[-1].agrees)
    console.client.copied(900, "00" * 32)  # a copy that is ahead of the record: the record was cut
    until(lambda: anchored()[-1].copied_seq == 900)
    assert not anchored()[-1].agrees


def test_flush_waits_until_the_console_has_copied_everything(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    assert runtime.loop is not None
    runtime.loop.end()
    runtime.commit(3000, size=200)
    assert runtime.server.flush(20)
    assert complete(console, runtime)


def test_flush_does_not_wait_for_a_console_that_is_not_there(runtime: Runtime, keep: Keep) -> None:
    runtime.commit(10)
    assert runtime.server.flush(20)


def test_a_record_that_cannot_be_read_for_a_moment_is_asked_for_again(runtime: Runtime, keep: Keep) -> None:
    runtime.commit(10)
    read, failures = runtime.log.history, [1]

    def fails(from_seq: int, most: int) -> Any:
        if failures[0]:
            failures[0] -= 1
            raise OSError("busy")
        return read(from_seq, most)

    runtime.log.history = fails  # type: ignore[method-assign]
    console = Console(runtime)
    keep(console)
    until(lambda: complete(console, runtime))
