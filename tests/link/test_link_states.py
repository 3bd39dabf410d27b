"""What each side can tell of the other: liveness, refusal, the newest picture, the end."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.link import EPOCH, Console, Proxy, Runtime, until
from vr_runtime.link.client import LinkClient
from vr_runtime.link.connection import CONNECTION_FILE, read_connection
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.queues import LinkConfig
from vr_runtime.link.status import LinkState
from vr_runtime.protocol.answers import Telemetry, Trouble, Welcome
from vr_runtime.protocol.commands import Pause
from vr_runtime.protocol.words import Phase, Place

Keep = Callable[[Any], None]


def telemetry(frame: int) -> Telemetry:
    return Telemetry(
        t_ns=frame, frame=frame, epoch=EPOCH, phase=Phase.SETUP, place=Place.BASELINE_ROOM, step=0,
        scene="", intensity=0.0, shell=0.0, held=False,
    )  # fmt: skip


def test_a_hung_loop_shows_as_a_growing_age_of_its_last_frame(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    until(lambda: console.client.status().frame > 0)
    assert runtime.loop is not None
    runtime.loop.hang()
    until(lambda: (console.client.status().frame_age_ms or 0) > 700)
    assert console.client.status().state is LinkState.CONNECTED  # the link itself lives
    runtime.loop.go_on()
    until(lambda: (console.client.status().frame_age_ms or 10_000) < 700)


def test_the_runtime_sees_how_long_the_driving_console_is_silent(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    server, clock = runtime.server, runtime.server._clock
    until(lambda: console.client.status().lease.mine and server.link_age_ns(clock()) < 500_000_000)
    proxy.stall()
    until(lambda: server.link_age_ns(clock()) > 1_000_000_000)
    until(lambda: console.client.status().state is LinkState.SILENT)
    proxy.go_on()
    until(lambda: server.link_age_ns(clock()) < 500_000_000)
    until(lambda: console.client.status().state is LinkState.CONNECTED)


def test_a_dead_page_is_silence_though_its_console_beats(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    server, clock = runtime.server, runtime.server._clock
    console.client.page_alive()
    until(lambda: console.client.status().lease.mine and server.link_age_ns(clock()) < 500_000_000)
    until(lambda: server.link_age_ns(clock()) > 1_500_000_000)
    assert console.client.status().state is LinkState.CONNECTED
    console.client.page_alive()
    until(lambda: server.link_age_ns(clock()) < 1_000_000_000)


def test_a_page_whose_age_cannot_be_told_counts_as_silent(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)

    def broken() -> int:
        raise RuntimeError("no page")

    until(lambda: console.client.status().lease.mine)
    console.client.set_page_age_source(broken)
    until(lambda: runtime.server.link_age_ns(runtime.server._clock()) > 50_000_000_000)


def test_the_runtimes_clock_is_estimated_within_the_stated_error(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    io, clock = console.client._io, runtime.server._clock
    for _ in range(20):
        before = clock()
        now = io.clock()
        after = clock()
        estimate = io.offsets.at(now)
        assert estimate is not None
        assert before - estimate.error_ns <= now + estimate.offset_ns <= after + estimate.error_ns


def test_telemetry_and_preview_arrive_newest_only(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    sent = [0]

    def shown() -> bool:
        sent[0] += 1
        runtime.server.publish_telemetry(telemetry(sent[0]))
        runtime.server.publish_preview(b"\xff\xd8 jpeg %d" % sent[0], sent[0], sent[0], 640, 360)
        return console.client.telemetry() is not None and console.client.preview() is not None

    until(shown)

    def last_shown() -> bool:
        # Told again, as a runtime does: a single one that meets a full queue is dropped.
        runtime.server.publish_telemetry(telemetry(1_000_000))
        runtime.server.publish_preview(b"last", 77, 1_000_000, 320, 180)
        frame, picture = console.client.telemetry(), console.client.preview()
        return bool(frame and frame.frame == 1_000_000 and picture and picture.jpeg == b"last")

    until(last_shown)
    picture = console.client.preview()
    assert picture is not None
    assert (picture.t_ns, picture.frame, picture.width, picture.height) == (77, 1_000_000, 320, 180)


def test_the_welcome_tells_what_is_played(runtime: Runtime, keep: Keep) -> None:
    runtime.commit(3)
    console = Console(runtime)
    keep(console)
    (welcome,) = [one for one in console.look() if isinstance(one, Welcome)]
    assert (welcome.epoch, welcome.last_seq, welcome.plan.id) == (EPOCH, 3, "p")


def test_another_version_gets_a_clear_word_and_no_lease(
    runtime: Runtime, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vr_runtime.link.client_io.PROTOCOL_VERSION", "7.0")
    console = Console(runtime, wait=False)
    keep(console)
    status = console.client.wait_connected(20)
    assert status.state is LinkState.REFUSED
    assert status.code == "version"
    assert "7.0" in status.why
    assert "update" in status.why
    assert any(isinstance(one, Trouble) and one.code == "version" for one in console.look())
    assert runtime.server._io._admission.consoles.holder is None
    with pytest.raises(LinkError) as caught:
        console.client.send(Pause())
    assert caught.value.reason is LinkReason.NOT_CONNECTED


def test_a_taken_port_is_named_with_what_to_do(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LinkError) as caught:
            Runtime(tmp_path, port=port, loop=False)
    assert caught.value.reason is LinkReason.PORT_IN_USE
    assert str(port) in str(caught.value)
    assert "another first port" in str(caught.value)
    assert not (tmp_path / CONNECTION_FILE).exists()


def test_an_address_of_another_machine_is_named(tmp_path: Path) -> None:
    from vr_runtime.link.server import LinkServer

    with pytest.raises(LinkError) as caught:
        LinkServer.start(
            LinkConfig(keys_folder=tmp_path, host="192.0.2.1"),
            epoch=EPOCH,
            welcome=lambda: None,  # type: ignore[arg-type,return-value]
            history=lambda _seq, _most: [],
            clock=lambda: 0,
        )
    assert caught.value.reason is LinkReason.HOST_UNUSABLE


def test_the_connection_file_is_private_and_goes_with_the_runtime(tmp_path: Path) -> None:
    runtime = Runtime(tmp_path)
    path = tmp_path / CONNECTION_FILE
    connection = read_connection(path)
    assert connection == runtime.server.connection
    assert connection.pid == os.getpid()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert connection.host == "127.0.0.1"
    runtime.close()
    assert not path.exists()
    runtime.server.close()  # twice does no harm


def test_the_end_of_one_run_leaves_the_connection_file_of_the_next_alone(tmp_path: Path, keep: Keep) -> None:
    first = Runtime(tmp_path, epoch="first-epoch", loop=False)
    second = Runtime(tmp_path, epoch="second-epoch", loop=False)
    keep(second)
    first.close()
    assert read_connection(tmp_path).epoch == "second-epoch"


def test_a_console_that_is_started_first_waits_for_the_runtime(tmp_path: Path, keep: Keep) -> None:
    client = LinkClient.connect(tmp_path / CONNECTION_FILE, tmp_path, may_come_later=True)
    keep(client)
    until(lambda: "start vr-runtime" in client.status().why)
    assert client.status().state is LinkState.CONNECTING
    keep(Runtime(tmp_path))
    assert client.wait_connected(20).state is LinkState.CONNECTED


def test_without_a_runtime_the_console_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LinkError) as caught:
        LinkClient.connect(tmp_path, tmp_path)
    assert caught.value.reason is LinkReason.NO_CONNECTION_FILE
    assert "start vr-runtime" in str(caught.value)


def test_after_a_flush_the_last_answers_and_entries_have_arrived(tmp_path: Path, keep: Keep) -> None:
    runtime = Runtime(tmp_path, loop=False)
    console = Console(runtime)
    keep(console)
    until(lambda: console.client.status().lease.mine)
    sent = [console.client.send(Pause()) for _ in range(5)]
    heard: list[str] = []

    def all_heard() -> bool:
        heard.extend(one.command.id for one in runtime.server.drain().commands)
        return len(heard) == 5

    until(all_heard)
    from vr_runtime.protocol.answers import Answer

    for command_id in heard:
        runtime.server.answer(Answer(command_id=command_id, accepted=True))
    runtime.commit(4)
    assert runtime.server.flush(20)
    runtime.close()
    assert all(isinstance(console.answer_to(one), Answer) for one in sent)
    until(lambda: console.numbers() == [1, 2, 3, 4])


def test_the_loop_drains_nothing_when_nothing_came(tmp_path: Path, keep: Keep) -> None:
    from vr_runtime.link.server import NOTHING

    runtime = Runtime(tmp_path, loop=False)
    keep(runtime)
    assert runtime.server.drain() is NOTHING


def test_a_lease_lapses_after_its_holders_silence_and_the_age_goes_on(tmp_path: Path, keep: Keep) -> None:
    runtime = Runtime(tmp_path, limits=AdmissionLimits(lease_silence_ns=600_000_000))
    keep(runtime)
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    first = Console(runtime, proxy.connection, name="first")
    keep(first)
    second = Console(runtime, name="second")
    keep(second)
    assert second.client.status().lease.holder == "first"
    proxy.stall()
    assert second.client.wait_connected(20, lease=True).lease.mine
    proxy.go_on()
    until(lambda: first.client.status().lease.holder == "second")
    assert not first.client.status().lease.mine
