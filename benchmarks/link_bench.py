"""The link: a command's round trip and the record's catch-up beside bare pyzmq with the same bytes; a STOP's.

Two processes on one machine over TCP loopback, one command after the other, in one run:

- *bare*: REQ/REP, the bytes go over and as many come back; nothing is read or written in them;
- *models*: DEALER/ROUTER with the same options and the same work (make, encode, decode, admit, answer), one thread
  a side, no encryption;
- *link*: ``LinkClient`` and ``LinkServer`` as they are: encrypted, the server's loop a thread that drains at once.
"""

from __future__ import annotations

import contextlib
import hashlib
import multiprocessing
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Any

import zmq

from benchmarks import Row
from vr_runtime.link.admission import Admission
from vr_runtime.link.client import LinkClient
from vr_runtime.link.consoles import AdmissionLimits, Peer
from vr_runtime.link.entries import LogEntry
from vr_runtime.link.server import LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.link.wire import set_common_options
from vr_runtime.protocol.answers import Answer, Hello, StopHeard
from vr_runtime.protocol.codec import decode_answer, encode
from vr_runtime.protocol.commands import Command, SetParameter
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Plan, PlanStep
from vr_runtime.protocol.version import PROTOCOL_VERSION

ROUNDS = 2000
WARM = 200
LOG_ENTRIES = 20_000
LOG_BODY = 1500
EPOCH = "benchmark-epoch"
BODY = SetParameter(name="height", value=12.5)
UNLIMITED = AdmissionLimits(commands_per_s=1e9, noise_per_s=1e9)
PLAN = Plan(id="p", title="plan", steps=(PlanStep(id="one", scene="heights", name=Text(en="one", fr="un")),))


def run() -> list[Row]:
    rows: list[Row] = []
    for curve in (False, True):
        name = f"bare REQ/REP, {'CURVE' if curve else 'plain'}"
        with _process(_serve_bare, curve) as pipe:
            rows += _times(name, _bare(curve, pipe))
    with _process(_serve_models) as pipe:
        rows += _times("models over DEALER/ROUTER, plain", _models(pipe))
    with tempfile.TemporaryDirectory() as folder, _process(_serve_link, folder) as pipe:
        pipe.recv()
        rows += _link(Path(folder))
    with _process(_serve_stream) as pipe:
        rows += _stream(pipe)
    return rows + _ratios({row.name: row.value for row in rows})


def _ratios(found: dict[str, float]) -> list[Row]:
    """The link over the bare library with the same encryption, of this run."""
    bare, link = "bare REQ/REP, CURVE", "link, CURVE"
    note = "of the same run"
    return [
        Row(
            "link over bare: round trip, median",
            found[f"{link}: median"] / found[f"{bare}: median"],
            "x",
            note,
        ),
        Row("link over bare: round trip, p99", found[f"{link}: p99"] / found[f"{bare}: p99"], "x", note),
        Row(
            "link over bare: history",
            found["link: history, entries"] / found["bare PUSH/PULL, CURVE: entries"],
            "x",
            f"{note}; more is faster",
        ),
    ]


def _times(name: str, seconds: list[float]) -> list[Row]:
    taken = sorted(one * 1e6 for one in seconds[WARM:])
    note = f"{len(taken)} round trips"
    return [
        Row(f"{name}: median", statistics.median(taken), "us", note),
        Row(f"{name}: p99", taken[int(len(taken) * 0.99)], "us"),
    ]


def _command(number: int, now_ns: int) -> bytes:
    return encode(
        Command(id=secrets.token_hex(16), epoch=EPOCH, seq=number, sent_ns=now_ns, ttl_ms=60_000, body=BODY)
    )


@contextlib.contextmanager
def _process(serve: Callable[..., None], *arguments: Any) -> Iterator[Any]:
    """A server in a process of its own; it ends when the pipe closes."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, *arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(10)
        if process.is_alive():
            process.kill()


def _until_closed(pipe: Pipe, step: Callable[[], None]) -> None:
    with contextlib.suppress(EOFError, OSError):
        while not pipe.poll(0):
            step()


# ------------------------------------------------------------------ bare


def _serve_bare(pipe: Pipe, curve: bool) -> None:
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.REP)
    public = b""
    if curve:
        public, secret = zmq.curve_keypair()
        socket.setsockopt(zmq.CURVE_SERVER, 1)
        socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    pipe.send((socket.bind_to_random_port("tcp://127.0.0.1"), public))
    for _ in range(ROUNDS):
        socket.send(socket.recv())
    socket.close(1000)
    context.term()


def _bare(curve: bool, pipe: Pipe) -> list[float]:
    port, server_public = pipe.recv()
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.REQ)
    if curve:
        public, secret = zmq.curve_keypair()
        socket.setsockopt(zmq.CURVE_SERVERKEY, server_public)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
        socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    socket.connect(f"tcp://127.0.0.1:{port}")
    data, seconds = _command(1, 0), list[float]()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        socket.send(data)
        socket.recv()
        seconds.append(time.perf_counter() - start)
    socket.close(0)
    context.term()
    return seconds


def _serve_stream(pipe: Pipe) -> None:
    """As many bytes as the history's, one message an entry, without a word in them."""
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.PUSH)
    public, secret = zmq.curve_keypair()
    socket.setsockopt(zmq.CURVE_SERVER, 1)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    pipe.send((socket.bind_to_random_port("tcp://127.0.0.1"), public))
    body = secrets.token_bytes(LOG_BODY + 70)
    for _ in range(LOG_ENTRIES + 1):
        socket.send(body)
    socket.close(10_000)
    context.term()


def _stream(pipe: Pipe) -> list[Row]:
    port, server_public = pipe.recv()
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.PULL)
    public, secret = zmq.curve_keypair()
    socket.setsockopt(zmq.CURVE_SERVERKEY, server_public)
    socket.setsockopt(zmq.CURVE_PUBLICKEY, public)
    socket.setsockopt(zmq.CURVE_SECRETKEY, secret)
    socket.connect(f"tcp://127.0.0.1:{port}")
    socket.recv()
    start = time.perf_counter()
    for _ in range(LOG_ENTRIES):
        socket.recv()
    taken = time.perf_counter() - start
    socket.close(0)
    context.term()
    return [Row("bare PUSH/PULL, CURVE: entries", LOG_ENTRIES / taken, "1/s", f"of {LOG_BODY + 70} bytes")]


# ------------------------------------------------------------------ the models without the link's threads


def _serve_models(pipe: Pipe) -> None:
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.ROUTER)
    set_common_options(socket, "commands", server=True)
    pipe.send(socket.bind_to_random_port("tcp://127.0.0.1"))
    admission = Admission(EPOCH, UNLIMITED)
    for _ in range(ROUNDS):
        route, data = socket.recv_multipart()
        peer = Peer(route, b"")
        if admission.consoles.find(peer) is None:
            admission.consoles.hello(peer, Hello(protocol=PROTOCOL_VERSION, console="bench"), 0)
        verdict = admission.command(peer, data, 0)
        assert verdict.received is not None
        answer = Answer(command_id=verdict.received.command.id, accepted=True)
        admission.decided(answer)
        socket.send_multipart([route, encode(answer)])
    socket.close(1000)
    context.term()


def _models(pipe: Pipe) -> list[float]:
    port = pipe.recv()
    context: zmq.Context[Any] = zmq.Context()
    socket: zmq.Socket[Any] = context.socket(zmq.DEALER)
    set_common_options(socket, "commands", server=False)
    # Nothing here makes good what is lost where a crowded machine lets a connection break.
    socket.setsockopt(zmq.HEARTBEAT_IVL, 0)
    socket.connect(f"tcp://127.0.0.1:{port}")
    seconds: list[float] = []
    for number in range(1, ROUNDS + 1):
        start = time.perf_counter()
        socket.send(_command(number, 0))
        assert decode_answer(socket.recv()).accepted
        seconds.append(time.perf_counter() - start)
    socket.close(0)
    context.term()
    return seconds


# ------------------------------------------------------------------ the link as it is


def _log() -> list[LogEntry]:
    body = secrets.token_bytes(LOG_BODY)
    return [
        LogEntry(seq, seq, "chunk:head", body, hashlib.sha256(b"%d" % seq).digest())
        for seq in range(1, LOG_ENTRIES + 1)
    ]


def _serve_link(pipe: Pipe, folder: str) -> None:
    log = _log()

    def history(from_seq: int, max_bytes: int) -> list[LogEntry]:
        return log[from_seq - 1 : from_seq - 1 + max(1, max_bytes // (LOG_BODY + 70))]

    server = LinkServer.start(
        LinkConfig(keys_folder=Path(folder), limits=UNLIMITED),
        epoch=EPOCH,
        welcome=lambda: WelcomeFacts("bench", PLAN, (), LOG_ENTRIES),
        history=history,
        clock=time.perf_counter_ns,
    )
    pipe.send("ready")

    def step() -> None:
        if not server.wait(0.05):
            return
        for received in server.drain().commands:
            answer = Answer(command_id=received.command.id, accepted=True, received_ns=received.received_ns)
            server.answer(answer)

    _until_closed(pipe, step)
    server.close()


def _link(folder: Path) -> list[Row]:
    copied: list[int] = []
    start = time.perf_counter()
    with LinkClient.connect(
        folder, folder, on_entries=lambda entries: copied.append(entries[-1].seq)
    ) as client:
        client.wait_connected(20, lease=True)
        connected = time.perf_counter() - start
        while not copied or copied[-1] < LOG_ENTRIES:
            time.sleep(0.001)
        caught_up = time.perf_counter() - start - connected
        client.events()
        rows = _times("link, CURVE", [_round(client) for _ in range(ROUNDS)])
        rows += _times("link, STOP heard", [_stop(client) for _ in range(WARM * 2)])
    megabytes = LOG_ENTRIES * (LOG_BODY + 70) / 1e6
    return [
        *rows,
        Row(
            "link: connected with lease", connected * 1000, "ms", "five handshakes, welcome, first heartbeat"
        ),
        Row("link: history", megabytes / caught_up, "MB/s", f"{LOG_ENTRIES} entries, {megabytes:.0f} MB"),
        Row(
            "link: history, entries",
            LOG_ENTRIES / caught_up,
            "1/s",
            f"of {LOG_BODY} bytes, from memory to memory",
        ),
    ]


def _round(client: LinkClient) -> float:
    start = time.perf_counter()
    command_id = client.send(BODY, ttl_ms=60_000)
    while True:
        for event in client.events(5.0):
            if isinstance(event, Answer) and event.command_id == command_id:
                assert event.accepted, event
                return time.perf_counter() - start


def _stop(client: LinkClient) -> float:
    start = time.perf_counter()
    stop_id = client.stop()
    while True:
        for event in client.events(5.0):
            if isinstance(event, StopHeard) and event.id == stop_id:
                return time.perf_counter() - start
