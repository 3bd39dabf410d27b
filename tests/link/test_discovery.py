"""Finding runtimes on the network: what is announced, what is taken from strangers, and that it is never trusted."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zmq
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import ServiceInfo

from tests.helpers.link import Console, Runtime, until
from tests.helpers.pairing import RUNTIME, free_row
from vr_runtime.link import discovery
from vr_runtime.link.client import LinkClient
from vr_runtime.link.connection import Ports, Reach, is_loopback
from vr_runtime.link.discovery import SERVICE, Announcement, Found, Seeker, Watch, found_in, look, record
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys, fingerprint, load_server_keys
from vr_runtime.link.paired import RuntimeFile, admit, forget, keep_runtime, keys_towards, runtimes
from vr_runtime.link.status import LinkState

Keep = Callable[[Any], None]
HERE = ["127.0.0.1"]
PUBLIC = RUNTIME.public.encode()
MARK = fingerprint(PUBLIC)


# ------------------------------------------------------------------ records


def test_an_announcement_tells_port_and_fingerprint_and_nothing_of_machine_or_patient() -> None:
    info = record(PUBLIC, 8440, ["192.168.1.20"])
    assert info.properties == {b"v": b"1", b"key": MARK.encode()}
    assert info.port == 8440
    name = MARK.replace("-", "")[:8]
    assert info.name == f"palier-{name}.{SERVICE}"
    assert info.server == f"palier-{name}.local."
    said = f"{info.name} {info.server} {info.text!r}"
    assert socket.gethostname() not in said
    assert RUNTIME.public not in said


def test_what_is_announced_can_be_found_in_it() -> None:
    info = record(PUBLIC, 8440, ["192.168.1.20", "10.0.0.1"])
    assert found_in(info) == [Found(MARK, "192.168.1.20", 8440), Found(MARK, "10.0.0.1", 8440)]


def info(port: int | None = 8440, **said: Any) -> ServiceInfo:
    properties = {"v": "1", "key": MARK, **said}
    return ServiceInfo(
        SERVICE, f"x.{SERVICE}", port=port, properties=properties, parsed_addresses=["192.168.1.20"]
    )


@pytest.mark.parametrize(
    "announced",
    [info(v="2"), info(v=None), info(key=None), info(key=""), info(key=MARK.upper() + "g"), info(key=MARK + "\n"),
     info(key=b"\xff" * 19), info(port=0), info(port=65535), info(port=None),
     ServiceInfo(SERVICE, f"x.{SERVICE}", port=8440, properties={"v": "1", "key": MARK}),
     ServiceInfo(SERVICE, f"x.{SERVICE}", port=8440, properties=b"\xff\xff\xff", parsed_addresses=["10.0.0.1"])],
)  # fmt: skip
def test_an_announcement_that_could_not_be_used_is_passed_over(announced: ServiceInfo) -> None:
    assert found_in(announced) == []


@given(st.binary(max_size=80), st.integers(0, 65535))
def test_no_announcement_is_beyond_being_looked_at(text: bytes, port: int) -> None:
    announced = ServiceInfo(
        SERVICE, f"x.{SERVICE}", port=port, properties=text, parsed_addresses=["10.0.0.1"]
    )
    for one in found_in(announced):
        assert one.fingerprint in text.decode("latin-1")


def test_a_thousand_addresses_count_as_a_few() -> None:
    many = record(PUBLIC, 8440, [f"10.0.{at // 250}.{at % 250 + 1}" for at in range(1000)])
    assert len(found_in(many)) == 4


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("127.0.0.2", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.20", False),
     ("room-3.local", False)],
)  # fmt: skip
def test_which_hosts_only_this_machine_can_reach(host: str, near: bool) -> None:
    assert is_loopback(host) == near


# ------------------------------------------------------------------ looking for a runtime that moved


class FakeWatch:
    def __init__(self, *places: Found) -> None:
        self.places = list(places)
        self.closed = False

    def found(self) -> list[Found]:
        return self.places

    def close(self) -> None:
        self.closed = True


def seeker(folder: Path, watch: FakeWatch) -> Seeker:
    made = Seeker(folder, "room-3", lambda: watch)  # type: ignore[arg-type, return-value]
    made()
    made()
    until(lambda: made._watch is not None)
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    ensure_local_keys(tmp_path)
    file = RuntimeFile(public=RUNTIME.public, host="192.168.1.20", port=8440, paired="then")
    keep_runtime(tmp_path, "room-3", file)
    return tmp_path


def test_the_place_in_the_file_is_tried_first_and_nobody_is_asked_then(folder: Path) -> None:
    opened: list[int] = []
    made = Seeker(folder, "room-3", lambda: opened.append(1))  # type: ignore[arg-type, return-value, func-returns-value]
    assert made().host == "192.168.1.20"
    assert opened == []


def test_places_of_the_right_fingerprint_take_turns_with_the_one_in_the_file(folder: Path) -> None:
    other = fingerprint(zmq.curve_keypair()[0])
    watch = FakeWatch(
        Found(MARK, "10.0.0.7", 9000), Found(other, "10.0.0.8", 9000), Found(MARK, "192.168.1.20", 8440)
    )
    made = seeker(folder, watch)
    tried = [made() for _ in range(4)]
    assert {(one.host, one.ports.control) for one in tried} == {("192.168.1.20", 8440), ("10.0.0.7", 9000)}
    assert {one.server_key for one in tried} == {RUNTIME.public}  # the key is never the announced one
    made.close()
    assert watch.closed


def test_only_a_place_where_the_key_was_proved_is_written_down(folder: Path) -> None:
    made = seeker(folder, FakeWatch(Found(MARK, "10.0.0.7", 9000)))
    while made().host != "10.0.0.7":
        pass
    assert runtimes(folder)[0].place == "192.168.1.20:8440"
    made.met()
    assert runtimes(folder)[0].place == "10.0.0.7:9000"
    assert runtimes(folder)[0].paired == "then"
    made.met()
    made.close()


def test_a_runtime_that_is_forgotten_is_not_sought(folder: Path) -> None:
    made = seeker(folder, FakeWatch())
    forget(folder, "room-3")
    with pytest.raises(LinkError) as caught:
        made()
    assert caught.value.reason is LinkReason.NO_SUCH_NAME
    made.met()  # and nothing is written
    assert runtimes(folder) == []
    made.close()


def test_where_nobody_can_be_asked_the_place_in_the_file_stays(folder: Path) -> None:
    asked: list[int] = []

    def closed_network() -> Watch:
        asked.append(1)
        raise OSError(19, "No such device")

    made = Seeker(folder, "room-3", closed_network)
    assert [made().host for _ in range(3)] == ["192.168.1.20"] * 3
    until(lambda: bool(asked))
    assert made().host == "192.168.1.20"
    made.close()


def test_a_runtime_that_moved_is_met_again_past_an_impostor_with_its_fingerprint(
    tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three announcements bear the right fingerprint; behind one stands a runtime with another key."""
    monkeypatch.setattr("vr_runtime.link.client_io.KNOCK_NS", 300_000_000)
    true_port = free_row()
    runtime = Runtime(tmp_path / "runtime", port=true_port)
    keep(runtime)
    impostor = Runtime(tmp_path / "impostor", port=free_row())
    keep(impostor)
    folder = ensure_local_keys(tmp_path / "far")
    public = load_server_keys(tmp_path / "runtime").public
    old = free_row()
    keep_runtime(folder, "room-3", RuntimeFile(public=public.decode(), host="127.0.0.1", port=old))
    keys = keys_towards(folder, "room-3")
    for one in (runtime, impostor):
        admit(one.folder, "laptop", keys.public, "now")
    mark = fingerprint(public)
    wrong = impostor.server.connection.ports.control
    watch = FakeWatch(Found(mark, "127.0.0.1", wrong), Found(mark, "127.0.0.1", true_port))
    made = seeker(folder, watch)
    while made().ports.control != true_port:  # so that the old place comes next, then the impostor's
        pass
    client = LinkClient.connect(made, keys=keys, on_epoch=lambda _: made.met() or 0)
    keep(client)
    until(lambda: client.status().state is LinkState.CONNECTED)
    assert runtimes(folder)[0].place == f"127.0.0.1:{true_port}"
    assert made._turn % 3 == 2
    assert impostor.loop is not None
    assert impostor.loop.of("console_seen") == []
    made.close()


def test_a_console_of_the_same_machine_asks_nobody(
    tmp_path: Path, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_open", lambda *_: pytest.fail("the network was asked"))
    runtime = Runtime(tmp_path)
    keep(runtime)
    keep(Console(runtime))


# ------------------------------------------------------------------ on a real network, as far as there is one


def multicast_works() -> bool:
    """Whether a datagram to the group comes back over the loopback interface."""
    group = "224.0.0.251"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hears,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as says,
    ):
        try:
            hears.bind(("", 0))
            near = socket.inet_aton("127.0.0.1")
            hears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + near)
            says.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, near)
            says.sendto(b"?", (group, hears.getsockname()[1]))
            hears.settimeout(2)
            return hears.recv(10) == b"?"
        except OSError:
            return False


networked = pytest.mark.skipif(
    not multicast_works(), reason="no multicast on this machine's loopback interface"
)


@networked
def test_an_announced_runtime_is_found_and_gone_when_it_ends(keep: Keep) -> None:
    public, _ = zmq.curve_keypair()
    remarks: list[str] = []
    watch = Watch(HERE)
    keep(watch)
    announcement = Announcement("127.0.0.1", 8440, public, remarks.append)
    announcement.start()
    mine = Found(fingerprint(public), "127.0.0.1", 8440)
    until(lambda: mine in watch.found())
    assert mine in look(1.5, HERE)
    announcement.close()
    announcement.close()
    until(lambda: mine not in watch.found())
    assert remarks == []


def test_what_hinders_an_announcement_is_remarked_and_hinders_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def closed_network(_addresses: object) -> Any:
        raise OSError(19, "No such device")

    monkeypatch.setattr(discovery, "_open", closed_network)
    remarks: list[str] = []
    announcement = Announcement("192.0.2.77", 8440, PUBLIC, remarks.append)
    announcement.start()
    until(lambda: bool(remarks))
    announcement.close()
    assert "not announced on the network" in remarks[0]
    assert "by its address" in remarks[0]


def test_five_ports_in_a_row_are_told_by_the_first() -> None:
    assert Ports.in_a_row(8440).first == 8440
    assert Ports(control=1, commands=2, feed=3, history=4, preview=6).first is None
    assert Ports(control=65535, commands=2, feed=3, history=4, preview=6).first is None
    assert (
        Reach(host="h", ports=Ports.in_a_row(1), server_key=RUNTIME.public).address("preview") == "tcp://h:5"
    )


def test_the_end_of_a_search_does_not_wait_for_its_beginning(folder: Path) -> None:
    watch = FakeWatch()
    go = time.monotonic() + 0.3

    def slow() -> Any:
        time.sleep(max(0.0, go - time.monotonic()))
        return watch

    made = Seeker(folder, "room-3", slow)
    made()
    made()
    made.close()
    until(lambda: watch.closed)
