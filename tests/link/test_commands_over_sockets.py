"""Commands between two real ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.helpers.link import Console, Proxy, Runtime, until
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.outbox import CommandUnknown
from vr_runtime.link.status import EpochChanged, LinkState
from vr_runtime.protocol.answers import Answer, StopHeard
from vr_runtime.protocol.commands import GoToStep, Note, Pause, Stop
from vr_runtime.protocol.events import CommandTurnedAway, StopPressed
from vr_runtime.protocol.words import Refusal

Keep = Callable[[Any], None]


def answered(console: Console, command_id: str) -> Answer:
    answer = console.answer_to(command_id)
    assert isinstance(answer, Answer)
    return answer


def test_a_command_reaches_the_loop_with_its_times_and_is_answered(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    command_id = console.client.send(Pause())
    assert answered(console, command_id).accepted
    assert runtime.loop is not None
    (received,) = runtime.loop.of("command_received")
    command = received.command  # type: ignore[attr-defined]
    assert command.id == command_id
    assert runtime.loop.heard[-1].console == "console"  # type: ignore[attr-defined]
    # Sent before it was received, as far as the estimate of the clocks can tell.
    assert command.sent_ns - command.sent_error_ns <= received.received_ns  # type: ignore[attr-defined]


def test_an_unanswered_command_is_repeated_with_the_same_id_and_run_once(
    runtime: Runtime, keep: Keep
) -> None:
    assert runtime.loop is not None
    runtime.loop.answering = False
    console = Console(runtime)
    keep(console)
    command_id = console.client.send(Pause(), ttl_ms=60_000)
    io = runtime.server._io
    repeats: list[str] = []
    told = io._admission.command

    def listen(peer: Any, data: bytes, now: int) -> Any:
        verdict = told(peer, data, now)
        if verdict.pending:
            repeats.append(verdict.pending)
        return verdict

    io._admission.command = listen  # type: ignore[method-assign]
    until(lambda: len(repeats) >= 2)
    assert set(repeats) == {command_id}
    assert runtime.loop.ran == [command_id]
    runtime.server.answer(Answer(command_id=command_id, accepted=True))
    assert answered(console, command_id).accepted


def test_a_command_that_is_never_answered_is_unknown_and_not_failed(runtime: Runtime, keep: Keep) -> None:
    assert runtime.loop is not None
    runtime.loop.answering = False
    console = Console(runtime)
    keep(console)
    told = console.answer_to(console.client.send(Pause(), ttl_ms=100))
    assert isinstance(told, CommandUnknown)
    assert told.sent


def test_no_stale_command_runs_after_a_stalled_network_lets_go(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    first = console.client.send(Pause())
    assert answered(console, first).accepted  # the command socket is connected
    proxy.stall()
    sent = [console.client.send(GoToStep(step=2), ttl_ms=400) for _ in range(10)]
    told = [console.answer_to(one) for one in sent]
    assert any(isinstance(one, CommandUnknown) and one.sent for one in told)  # some lie in the network
    proxy.go_on()
    until(lambda: console.client.status().state is LinkState.CONNECTED)
    later = console.client.send(Pause())
    assert answered(console, later).accepted
    assert runtime.loop is not None
    assert runtime.loop.ran == [first, later]
    turned = runtime.loop.of("command_turned_away")
    assert turned  # they did arrive
    assert {one.reason for one in turned} <= {Refusal.EXPIRED, Refusal.OUT_OF_ORDER}  # type: ignore[attr-defined]


def test_a_command_survives_a_short_cut_and_runs_once(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    proxy.cut()
    until(lambda: console.client.status().state is LinkState.SILENT)
    command_id = console.client.send(Pause(), ttl_ms=60_000)
    proxy.go_on()
    assert answered(console, command_id).accepted
    assert runtime.loop is not None
    assert runtime.loop.ran == [command_id]


def test_a_command_that_could_never_be_sent_is_known_not_to_have_run(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    proxy.cut()

    def told() -> CommandUnknown:
        answer = console.answer_to(console.client.send(Pause(), ttl_ms=50))
        assert isinstance(answer, CommandUnknown)
        return answer

    until(lambda: not told().sent)  # what goes out before the socket knows of the cut may have run
    assert runtime.loop is not None
    assert runtime.loop.ran == []


def test_the_second_console_is_refused_the_lease_and_told_who_has_it(runtime: Runtime, keep: Keep) -> None:
    first = Console(runtime, name="laptop")
    keep(first)
    assert first.client.wait_connected(10, lease=True).lease.mine
    second = Console(runtime, name="tablet")
    keep(second)
    lease = second.client.status().lease
    assert (lease.mine, lease.holder) == (False, "laptop")
    answer = answered(second, second.client.send(Pause()))
    assert (answer.accepted, answer.reason) == (False, Refusal.NO_LEASE)
    assert "laptop" in answer.message
    assert runtime.loop is not None
    assert runtime.loop.ran == []
    first.client.give_back()
    assert second.client.wait_connected(10, lease=True).lease.mine
    assert answered(second, second.client.send(Pause())).accepted


def test_stop_works_without_a_lease(runtime: Runtime, keep: Keep) -> None:
    first = Console(runtime)
    keep(first)
    watcher = Console(runtime, name="watcher", want_lease=False)
    keep(watcher)
    stop_id = watcher.client.stop()
    assert isinstance(watcher.answer_to(stop_id), StopHeard)
    assert runtime.loop is not None
    until(lambda: bool(runtime.loop and runtime.loop.of("stop_pressed")))
    (pressed,) = runtime.loop.of("stop_pressed")
    assert isinstance(pressed, StopPressed)
    assert pressed.id == stop_id


def test_stop_passes_a_clogged_command_socket_and_a_hung_loop(runtime: Runtime, keep: Keep) -> None:
    assert runtime.loop is not None
    runtime.loop.hang()
    console = Console(runtime)
    keep(console)
    for number in range(400):
        console.client.send(Note(text=f"{number} " + "x" * 3000), ttl_ms=60_000)
    stop_id = console.client.stop()
    assert isinstance(console.answer_to(stop_id), StopHeard)
    # It waits for the loop at the very front.
    assert [stop.id for stop in runtime.server.drain().stops] == [stop_id]
    runtime.loop.go_on()


def test_stop_pressed_during_a_cut_arrives_when_the_network_is_back(runtime: Runtime, keep: Keep) -> None:
    proxy = Proxy(runtime.server.connection)
    keep(proxy)
    console = Console(runtime, proxy.connection)
    keep(console)
    proxy.cut()
    until(lambda: console.client.status().state is LinkState.SILENT)
    stop_id = console.client.stop()
    until(lambda: (console.client.status().stop_unheard_ms or 0) > 300)
    proxy.go_on()
    assert isinstance(console.answer_to(stop_id), StopHeard)
    assert console.client.status().stop_unheard_ms is None
    assert runtime.loop is not None
    until(lambda: bool(runtime.loop and runtime.loop.of("stop_pressed")))
    assert len(runtime.loop.of("stop_pressed")) == 1


def test_a_stop_on_the_command_socket_is_a_stop(runtime: Runtime, keep: Keep) -> None:
    watcher = Console(runtime, want_lease=False)
    keep(watcher)
    command_id = watcher.client.send(Stop())
    assert answered(watcher, command_id).accepted
    assert runtime.loop is not None
    until(lambda: bool(runtime.loop and runtime.loop.of("stop_pressed")))
    assert runtime.loop.ran == []


def test_what_may_raise_does_not_run_after_the_loop_hung_longer_than_it_lives(
    runtime: Runtime, keep: Keep
) -> None:
    assert runtime.loop is not None
    console = Console(runtime)
    keep(console)
    until(lambda: console.client.status().lease.mine)
    runtime.loop.hang()
    raising = console.client.send(GoToStep(step=2), ttl_ms=300)
    lowering = console.client.send(Pause(), ttl_ms=300)
    assert isinstance(console.answer_to(raising), CommandUnknown)
    runtime.loop.go_on()
    until(lambda: bool(runtime.loop and runtime.loop.ran))
    assert runtime.loop.ran == [lowering]
    (turned,) = runtime.loop.of("command_turned_away")
    assert isinstance(turned, CommandTurnedAway)
    assert (turned.command_id, turned.reason) == (raising, Refusal.EXPIRED)


def test_too_large_a_command_is_not_sent(runtime: Runtime, keep: Keep) -> None:
    console = Console(runtime)
    keep(console)
    with pytest.raises(LinkError) as caught:
        console.client.send(Note(text="\u0001" * 4000))  # six bytes each as JSON
    assert caught.value.reason is LinkReason.TOO_LARGE


def test_a_runtime_started_anew_is_found_and_its_predecessors_commands_are_void(
    tmp_path: Any, keep: Keep
) -> None:
    old = Runtime(tmp_path, epoch="the-first-epoch", loop=False)
    console = Console(tmp_path)
    keep(console)
    old.commit(3)
    until(lambda: console.numbers() == [1, 2, 3])
    waiting = console.client.send(Pause(), ttl_ms=60_000)
    until(lambda: bool(old.server.drain().commands))
    old.close()
    new = Runtime(tmp_path, epoch="the-second-epoch")
    keep(new)
    new.commit(2)
    told = console.answer_to(waiting)
    assert isinstance(told, CommandUnknown)
    assert EpochChanged("the-first-epoch", "the-second-epoch") in console.look()
    assert console.epochs == ["the-first-epoch", "the-second-epoch"]
    until(lambda: console.numbers() == [1, 2, 3, 1, 2])
    until(lambda: console.client.status().lease.mine)
    assert answered(console, console.client.send(Pause())).accepted
