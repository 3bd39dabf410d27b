"""Floods, giants and nonsense at the runtime's five sockets: it goes on serving, and its memory has bounds."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers.link import Console, Runtime, until
from vr_runtime.link import bounds
from vr_runtime.link.admission import Admission
from vr_runtime.link.bounds import MOST_SUBSCRIBED, MOST_UNREAD, MOST_YOUNG, YOUNG_S, Found, Ledger
from vr_runtime.link.consoles import Peer
from vr_runtime.link.entries import unpack_entries
from vr_runtime.link.server_sockets import MOST_FRAMES
from vr_runtime.link.wire import SOCKETS, unpack_picture, unpack_piece_head, unpack_want
from vr_runtime.protocol.answers import Beat, Hello, StopNow, TakeLease
from vr_runtime.protocol.codec import (
    MAX_COMMAND_BYTES,
    decode_answer,
    decode_command,
    decode_event,
    decode_telemetry,
    decode_to_console,
    decode_to_runtime,
    encode,
)
from vr_runtime.protocol.commands import Command, GoToStep, Note, Pause, SetParameter, Stop
from vr_runtime.protocol.errors import ProtocolError

Keep = Callable[[Any], None]
ROOT = Path(__file__).resolve().parents[2]

MOST_MORE_MB = 260
"""A topic of a subscriber takes some fifty times its bytes in libzmq until its sender is cut off; the others less."""

linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's counts are Linux's")


def memory_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


@contextlib.contextmanager
def attacked(runtime: Runtime, what: str, size: int) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.helpers.attacker", what, str(runtime.folder), str(size)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process
    finally:
        process.kill()
        process.communicate()


class Served:
    """A console that is served all the while: a STOP again and again, and the record."""

    def __init__(self, runtime: Runtime, console: Console) -> None:
        self.runtime, self.console = runtime, console
        self.worst_s = 0.0
        self.most_mb = 0.0
        self.rounds = 0

    def once(self) -> None:
        began = time.monotonic()
        assert self.console.answer_to(self.console.client.stop())
        self.worst_s = max(self.worst_s, time.monotonic() - began)
        self.most_mb = max(self.most_mb, memory_mb())
        self.rounds += 1
        self.runtime.commit(2)
        time.sleep(0.02)

    def until_ended(self, process: subprocess.Popen[str], limit_s: float = 60.0) -> None:
        end = time.monotonic() + limit_s
        while process.poll() is None:
            self.once()
            assert time.monotonic() < end, "the attack takes too long"
        assert process.stdout is not None
        assert process.stdout.read().endswith("done\n")


def still_well(runtime: Runtime, console: Console) -> None:
    assert console.answer_to(console.client.send(Pause()))
    until(lambda: console.numbers() == [one.seq for one in runtime.log.entries])
    assert runtime.server._thread.is_alive()
    assert runtime.loop is not None
    assert runtime.loop._thread.is_alive()


ATTACKS = [
    ("frame", 40),
    pytest.param("parts", 100, marks=linux),
    pytest.param("small_parts", 10, marks=linux),
    pytest.param("subscribe", 4, marks=linux),
    ("connections", 600),
    ("strangers", 120),
    ("garbage", 6),
    ("nonsense", 3000),
]


@pytest.mark.parametrize(("what", "size"), ATTACKS)
def test_whoever_attacks_the_good_console_is_served_and_memory_has_bounds(
    runtime: Runtime, keep: Keep, what: str, size: int, caplog: pytest.LogCaptureFixture
) -> None:
    console = Console(runtime)
    keep(console)
    served = Served(runtime, console)
    served.once()
    before = memory_mb()
    with attacked(runtime, what, size) as process:
        served.until_ended(process)
    for _ in range(3):
        served.once()
    still_well(runtime, console)
    assert served.most_mb - before < MOST_MORE_MB
    said = [one.getMessage() for one in caplog.records if one.name.startswith("vr_runtime.link")]
    if what in ("parts", "subscribe"):
        assert any("cut off" in one and "no whole message" in one for one in said)
    elif what == "connections" and bounds.LOOKS:
        assert any("have not shown their key" in one for one in said)
        # what is left is the console's own and those that libzmq's own limit has still to end
        assert len(list(runtime.server._io._bounds._found())) <= MOST_YOUNG + len(SOCKETS)
    else:
        assert said == []


def test_every_socket_of_both_sides_limits_the_size_of_a_frame(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    for name, socket in runtime.server._io._sockets.items():
        assert 0 < socket.getsockopt(zmq.MAXMSGSIZE) <= 2 * MAX_COMMAND_BYTES, name  # type: ignore[operator]
    for name, socket in console.client._io._sockets._sockets.items():
        assert 0 < socket.getsockopt(zmq.MAXMSGSIZE) <= 64 * 1024 * 1024, name  # type: ignore[operator]


# ------------------------------------------------------------------ the ledger alone


def test_what_is_read_is_not_held_against_a_connection_however_much_it_is() -> None:
    ledger = Ledger(["feed"])
    received = 0
    for tenth in range(100):
        received += 8_000_000
        assert ledger.look([Found(7, "commands", received)], tenth / 10) == []
        ledger.took(7, 500, 8_000_000)
        ledger.took(8, 1, 1)  # not known: it closed meanwhile


def test_what_is_not_read_is_held_against_it_alone() -> None:
    ledger = Ledger(["feed"])
    assert ledger.look([Found(7, "commands", 0), Found(9, "commands", 0)], 0.0) == []
    assert ledger.look([Found(7, "commands", MOST_UNREAD), Found(9, "commands", 10)], 0.1) == []
    ((fd, why),) = ledger.look([Found(7, "commands", MOST_UNREAD + 10_000), Found(9, "commands", 20)], 0.2)
    assert fd == 7
    assert "commands" in why


def test_a_subscriber_may_say_little_and_a_heartbeat_for_ever() -> None:
    ledger = Ledger(["feed"])
    for second in range(3_600):
        assert ledger.look([Found(3, "feed", 500 + 250 * second)], float(second)) == []
    assert ledger.look([Found(3, "feed", 10_000_000)], 3600.0)
    assert ledger.look([Found(4, "feed", MOST_SUBSCRIBED)], 3600.1) == []


def test_a_number_that_belongs_to_another_connection_by_now_begins_anew() -> None:
    ledger = Ledger([])
    assert ledger.look([Found(5, "commands", 15_000_000)], 0.0) == []
    assert ledger.look([], 0.1) == []
    assert ledger.look([Found(5, "commands", 15_000_000)], 0.2) == []
    assert ledger.look([Found(5, "control", 15_000_000)], 0.3) == []


def test_of_many_that_have_not_shown_their_key_the_oldest_go_and_the_admitted_stay() -> None:
    ledger = Ledger([])
    old = [Found(fd, "control", 0) for fd in range(10)]
    assert ledger.look(old, 0.0) == []
    young = [Found(100 + fd, "control", 0) for fd in range(MOST_YOUNG)]
    assert ledger.look([*old, *young], YOUNG_S) == []
    newer = [Found(500, "control", 0), Found(501, "control", 0)]
    assert [fd for fd, _ in ledger.look([*old, *young, *newer], YOUNG_S + 0.1)] == [100, 101]


def test_another_files_number_is_never_shut(tmp_path: Path) -> None:
    with (tmp_path / "record").open("wb") as record:
        own = bounds.Bounds({"control": 1}, [])
        own._ledger.look = lambda _found, _now: [(record.fileno(), "by mistake")]  # type: ignore[method-assign]
        assert own.look(0.0) == ["by mistake"]
        assert record.write(b"still open") == 10


def test_a_message_of_many_frames_is_taken_whole_and_kept_in_part(runtime: Runtime, keep: Keep) -> None:
    from tests.link.test_strangers import Caller, paired

    caller = Caller(runtime.server.connection, "control", paired(runtime))
    keep(caller)
    reply: Any = decode_to_console(caller.ask(*[b"x"] * (MOST_FRAMES * 3))[0])
    assert (reply.kind, reply.code) == ("trouble", "malformed")
    assert decode_to_console(caller.ask(encode(StopNow(id="after-all-of-it")))[0]).kind == "stop_heard"


# ------------------------------------------------------------------ the codec under any bytes

DECODERS: dict[str, Callable[[bytes], Any]] = {
    "command": decode_command,
    "to_runtime": decode_to_runtime,
    "to_console": decode_to_console,
    "answer": decode_answer,
    "telemetry": decode_telemetry,
    "event": lambda data: decode_event(1, 1, "note", data),
    "entries": unpack_entries,
    "want": unpack_want,
    "piece": unpack_piece_head,
    "picture": lambda data: unpack_picture(data, b""),
}

MESSAGES = st.one_of(
    st.builds(StopNow, id=st.from_regex(r"[a-f0-9]{8,64}", fullmatch=True)),
    st.builds(Beat, console_ns=st.integers(0, 2**62), copied_seq=st.integers(-1, 2**60)),
    st.builds(Hello, protocol=st.just("1.0"), console=st.just("c"), lease=st.booleans()),
    st.builds(TakeLease, give_back=st.booleans()),
    st.builds(
        Command,
        id=st.from_regex(r"[a-f0-9]{8,64}", fullmatch=True),
        epoch=st.just("epoch-epoch"),
        seq=st.integers(1, 2**40),
        sent_ns=st.integers(0, 2**62),
        body=st.one_of(
            st.builds(Pause),
            st.builds(Stop),
            st.builds(GoToStep, step=st.integers(1, 1000)),
            st.builds(Note, text=st.text(min_size=1, max_size=50)),
            st.builds(SetParameter, name=st.just("height"), value=st.floats(-1e9, 1e9)),
        ),
    ),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A message of the protocol, and what a fault or a bad will makes of it."""
    data = bytearray(encode(draw(MESSAGES)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        kind = draw(st.sampled_from(["change", "cut", "insert", "repeat", "number"]))
        if kind == "change" and data:
            data[at] = draw(st.integers(0, 255))
        elif kind == "cut":
            del data[at:]
        elif kind == "insert":
            data[at:at] = draw(st.binary(max_size=12))
        elif kind == "repeat":
            data[at:at] = data[at:] * draw(st.integers(1, 3))
        else:
            data[at:at] = b"9" * draw(st.sampled_from([20, 400]))
    return bytes(data)


def any_bytes_are_decoded_or_refused(data: bytes) -> None:
    for decode in DECODERS.values():
        with contextlib.suppress(ProtocolError):
            decode(data)


def admission_gives_every_message_a_verdict(data: bytes) -> None:
    admission = Admission("epoch-epoch")
    peer = Peer(b"route", b"key")
    admission.consoles.hello(peer, Hello(protocol="1.0", console="c"), 0)
    verdict = admission.command(peer, data, 1)
    assert sum(one is not None for one in (verdict.received, verdict.turned_away, verdict.stop)) <= 1
    if verdict.received is not None:
        assert decode_command(encode(verdict.received.command)) == verdict.received.command


@given(st.one_of(damaged(), st.binary(max_size=400)))
@settings(max_examples=150, derandomize=True, deadline=None)
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    any_bytes_are_decoded_or_refused(data)
    admission_gives_every_message_a_verdict(data)


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_the_codec_under_many_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    count, began = [0], time.monotonic()

    @given(st.one_of(damaged(), st.binary(max_size=4000)))
    @settings(max_examples=60_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def many(data: bytes) -> None:
        count[0] += 1
        any_bytes_are_decoded_or_refused(data)
        admission_gives_every_message_a_verdict(data)

    many()
    with capsys.disabled():
        print(  # noqa: T201
            f"\ncodec: {count[0]} inputs to {len(DECODERS)} decoders and the admission in "
            f"{time.monotonic() - began:.0f} s, each decoded or refused"
        )


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("what", "size"),
    [
        ("frame", 1000), ("parts", 1000), ("small_parts", 100), ("subscribe", 100), ("connections", 5000),
        ("strangers", 3000), ("garbage", 100), ("nonsense", 100_000),
    ],
)  # fmt: skip
def test_attacks_at_full_size(
    runtime: Runtime, keep: Keep, what: str, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    console = Console(runtime)
    keep(console)
    served = Served(runtime, console)
    for _ in range(20):
        served.once()
    quiet_s, served.worst_s = served.worst_s, 0.0
    before = memory_mb()
    assert runtime.loop is not None
    frames, began = runtime.loop._frame, time.monotonic()
    with attacked(runtime, what, size) as process:
        served.until_ended(process, 300)
    rate = (runtime.loop._frame - frames) / (time.monotonic() - began)
    still_well(runtime, console)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{what} {size}: {served.rounds} STOPs heard, the slowest in {served.worst_s * 1e3:.0f} ms (quiet: "
            f"{quiet_s * 1e3:.0f} ms), loop {rate:.0f} turns a second, memory {served.most_mb - before:+.0f} MB"
        )
    assert served.most_mb - before < MOST_MORE_MB
