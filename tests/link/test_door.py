"""The door of a waiting machine on real sockets: who is paired is answered, who is not gets nothing, and nobody shuts it."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq

from tests.helpers.waiting import Waiting, begin, heights
from vr_runtime.link import call as call_module
from vr_runtime.link import door as door_module
from vr_runtime.link.call import call, sought
from vr_runtime.link.connection import Ports, Reach
from vr_runtime.link.discovery import Found
from vr_runtime.link.door import DOOR_AFTER, REQUESTS_PER_S, Door, door_port
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import (
    ConsoleKeys,
    ensure_local_keys,
    fingerprint,
    load_console_keys,
    load_server_keys,
)
from vr_runtime.link.paired import RuntimeFile, admit, keep_runtime, read_runtime, revoke
from vr_runtime.protocol.waiting import (
    MAX_REQUEST_BYTES,
    WAITING_VERSION,
    Answer,
    Begin,
    Begun,
    Look,
    NotBegun,
    Request,
    There,
    decode_answer,
    encode,
)

Keep = Callable[[Any], None]


class Room:
    """The patient's machine: its keys, its desk and its door."""

    def __init__(self, folder: Path) -> None:
        self.folder = ensure_local_keys(folder)
        self.waiting = Waiting()
        self.judged: list[bytes] = []
        """Keys of what was looked at."""
        self.door = Door.open("127.0.0.1", 0, self.folder, self._respond, b"too many")
        self.server_public = load_server_keys(self.folder).public

    @property
    def begun(self) -> list[Begin]:
        return self.waiting.player.begun

    def _respond(self, data: bytes, key: bytes) -> bytes:
        self.judged.append(key)
        return self.waiting.desk.respond(data, key)

    def close(self) -> None:
        self.door.close()


class Office:
    """A therapist's machine; ``paired``: let in by the room."""

    def __init__(self, folder: Path, room: Room, *, paired: bool = True) -> None:
        self.folder = ensure_local_keys(folder)
        self.keys = load_console_keys(self.folder)
        if paired:
            admit(room.folder, folder.name, self.keys.public, "now")
        file = RuntimeFile(
            public=room.server_public.decode(), host="127.0.0.1", port=room.door.port - DOOR_AFTER
        )
        keep_runtime(self.folder, "room-3", file)

    def ask(self, body: Look | Begin, request: str = "request-1") -> Answer:
        asked = Request(version=WAITING_VERSION, id=request, body=body)
        return call(self.folder, "room-3", asked, answer_s=10.0)


class Bare:
    """A socket at the door that says what it likes."""

    def __init__(self, room: Room, keys: ConsoleKeys) -> None:
        self.context: zmq.Context[Any] = zmq.Context()
        self.socket: zmq.Socket[Any] = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDTIMEO, 5000)
        self.socket.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
        self.socket.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
        self.socket.setsockopt(zmq.CURVE_SERVERKEY, room.server_public)
        self.socket.connect(f"tcp://127.0.0.1:{room.door.port}")

    def heard(self, wait_s: float) -> list[bytes]:
        found: list[bytes] = []
        end = time.monotonic() + wait_s
        while (left := end - time.monotonic()) > 0:
            if self.socket.poll(int(left * 1000) + 1):
                found.append(self.socket.recv())
        return found

    def close(self) -> None:
        self.socket.close(0)
        self.context.term()


@pytest.fixture
def room(tmp_path: Path, keep: Keep) -> Room:
    made = Room(tmp_path / "room")
    keep(made)
    return made


@pytest.fixture
def office(room: Room, tmp_path: Path) -> Office:
    return Office(tmp_path / "laptop", room)


def test_who_is_paired_looks_and_begins(room: Room, office: Office) -> None:
    there = office.ask(Look()).body
    assert isinstance(there, There)
    begun = office.ask(begin(waiting=there.waiting)).body
    assert isinstance(begun, Begun)
    assert [one.order.pseudonym for one in room.begun] == ["Wren 7"]


def test_a_key_that_is_not_paired_begins_nothing_and_is_told_so(room: Room, tmp_path: Path) -> None:
    stranger = Office(tmp_path / "stranger", room, paired=False)
    with pytest.raises(LinkError) as problem:
        stranger.ask(begin())
    assert problem.value.reason is LinkReason.NOT_PAIRED
    assert room.begun == []


def test_a_revoked_console_is_shut_out_at_once_even_on_the_connection_that_it_has(
    room: Room, office: Office, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = Bare(room, office.keys)
    keep(bare)
    bare.socket.send(encode(Request(version=WAITING_VERSION, id="request-1", body=Look())))
    assert len(bare.heard(1.0)) == 1
    # no turn of the door's own lies between the revocation and what comes on the open connection
    monkeypatch.setattr(door_module, "TICK_S", 60.0)
    revoke(room.folder, "laptop")
    with contextlib.suppress(zmq.ZMQError):
        bare.socket.send(encode(Request(version=WAITING_VERSION, id="request-2", body=begin())))
    assert bare.heard(0.7) == []
    with pytest.raises(LinkError) as problem:
        office.ask(begin())
    assert problem.value.reason is LinkReason.NOT_PAIRED
    assert room.begun == []
    admit(room.folder, "laptop", office.keys.public, "now")
    assert isinstance(office.ask(Look()).body, There), "paired anew"


def test_a_request_that_is_sent_again_and_again_begins_one_session(room: Room, office: Office) -> None:
    answers = [office.ask(begin()).body for _ in range(3)]
    assert [one.repeated for one in answers if isinstance(one, Begun)] == [False, True, True]
    assert len(room.begun) == 1


def test_a_flood_of_nonsense_is_thrown_away_and_another_console_is_served_meanwhile(
    room: Room, office: Office, tmp_path: Path, keep: Keep
) -> None:
    vandal, chance = Office(tmp_path / "vandal", room), random.Random(5)
    bare = Bare(room, vandal.keys)
    keep(bare)
    ended = threading.Event()

    def flood() -> None:
        for number in range(4000):
            if ended.is_set():
                return
            parts = [chance.randbytes(chance.randrange(300)) for _ in range(chance.randrange(1, 4))]
            with contextlib.suppress(zmq.ZMQError):
                bare.socket.send_multipart(parts if number % 3 else [b'{"version":"1.0","id":"request-1"}'])

    began = time.monotonic()
    thread = threading.Thread(target=flood)
    thread.start()
    served = [office.ask(Look(), f"look-{number:04}").body for number in range(5)]
    ended.set()
    thread.join()
    answers = bare.heard(0.3)
    assert all(isinstance(one, There) for one in served)
    assert b"too many" in answers
    assert all(isinstance(decode_answer(data).body, NotBegun) for data in answers if data != b"too many")
    judged = room.judged.count(vandal.keys.public)
    assert 0 < judged <= REQUESTS_PER_S * (time.monotonic() - began + 1)
    assert room.begun == []
    assert room.door.alive


def test_a_plan_too_large_is_said_where_it_is_sent(room: Room, office: Office) -> None:
    plan = heights()
    step = plan.steps[0].model_copy(update={"safety_signals": tuple("x" * 9000 for _ in range(20))})
    steps = tuple(step.model_copy(update={"id": f"step-{number}"}) for number in range(3))
    with pytest.raises(LinkError) as problem:
        office.ask(begin(plan=plan.model_copy(update={"steps": steps})))
    assert problem.value.reason is LinkReason.TOO_LARGE
    assert room.judged == []


def test_a_message_too_large_costs_its_sender_the_connection_and_no_more(
    room: Room, office: Office, keep: Keep
) -> None:
    bare = Bare(room, office.keys)
    keep(bare)
    bare.socket.send(b"x" * (2 * MAX_REQUEST_BYTES))
    assert bare.heard(0.3) == []
    assert isinstance(office.ask(Look()).body, There)
    assert room.door._socket.getsockopt(zmq.MAXMSGSIZE) <= 2 * MAX_REQUEST_BYTES  # type: ignore[operator]


def test_bytes_that_are_no_zmtp_do_no_harm(room: Room, office: Office) -> None:
    for data in (
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" + b"\0" * 8 + b"\x7f\x03",
        random.Random(1).randbytes(5000),
    ):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", room.door.port), 2) as one:
            one.sendall(data)
    assert isinstance(office.ask(Look()).body, There)


def test_an_answer_that_cannot_be_made_shuts_no_door(
    room: Room, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(data: bytes, key: bytes) -> bytes:
        raise RuntimeError

    respond = room.door._respond
    room.door._respond = fail
    with pytest.raises(LinkError) as problem:
        call(
            office.folder,
            "room-3",
            Request(version=WAITING_VERSION, id="request-1", body=Look()),
            answer_s=0.5,
        )
    assert problem.value.reason is LinkReason.NO_ANSWER
    room.door._respond = respond
    assert isinstance(office.ask(Look()).body, There)


def test_nobody_waits_and_nobody_is_there_are_told_apart(room: Room, office: Office) -> None:
    room.close()
    with pytest.raises(LinkError) as problem:
        office.ask(Look())
    assert problem.value.reason is LinkReason.NOBODY_WAITS
    assert "vr-runtime wait" in str(problem.value)
    keep_runtime(
        office.folder,
        "nowhere",
        RuntimeFile(public=zmq.curve_keypair()[0].decode(), host="192.0.2.7", port=8440),
    )
    with pytest.raises(LinkError) as problem:
        call(
            office.folder,
            "nowhere",
            Request(version=WAITING_VERSION, id="request-1", body=Look()),
            reach_s=0.2,
        )
    assert problem.value.reason in (LinkReason.UNREACHABLE, LinkReason.NOBODY_WAITS)


def test_a_machine_with_another_key_is_not_spoken_to(room: Room, office: Office) -> None:
    file = RuntimeFile(
        public=zmq.curve_keypair()[0].decode(), host="127.0.0.1", port=room.door.port - DOOR_AFTER
    )
    keep_runtime(office.folder, "impostor", file)
    with pytest.raises(LinkError) as problem:
        call(
            office.folder,
            "impostor",
            Request(version=WAITING_VERSION, id="request-1", body=begin()),
            answer_s=0.7,
        )
    assert problem.value.reason is LinkReason.NO_ANSWER
    assert room.begun == []


def test_a_machine_that_has_moved_is_found_by_its_keys_announcement_and_by_no_other(
    room: Room, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark, port = fingerprint(room.server_public), room.door.port - DOOR_AFTER
    file = RuntimeFile(public=room.server_public.decode(), host="192.0.2.7", port=9)
    keep_runtime(office.folder, "room-3", file)
    moved_away = Reach(host="192.0.2.7", ports=Ports.in_a_row(9), server_key=file.public)
    (office.folder / "keys" / "runtimes" / "room-3.json").write_text(file.model_dump_json())
    said = [Found("0000-0000-0000-0000", "127.0.0.1", port), Found(mark, "127.0.0.1", 9)]
    monkeypatch.setattr("vr_runtime.link.discovery.look", lambda _seconds: said)
    monkeypatch.setattr(call_module, "SEEK_S", 0.3)
    assert not sought(office.folder, "room-3")
    assert read_runtime(office.folder, "room-3") == moved_away
    said.append(Found(mark, "127.0.0.1", port))
    assert sought(office.folder, "room-3")
    assert isinstance(office.ask(Look()).body, There)


def test_a_port_that_is_taken_and_one_that_is_none_are_said(room: Room) -> None:
    with pytest.raises(LinkError) as problem:
        Door.open("127.0.0.1", room.door.port, room.folder, room.waiting.desk.respond)
    assert problem.value.reason is LinkReason.PORT_IN_USE
    with pytest.raises(LinkError) as problem:
        door_port(65531)
    assert problem.value.reason is LinkReason.HOST_UNUSABLE
    assert door_port(8440) == 8445
