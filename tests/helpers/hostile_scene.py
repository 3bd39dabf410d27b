"""What a hostile network is held against: a scene of two consoles, and each property by its name."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from tests.helpers.hostile import HostileNetwork
from tests.helpers.hostile_session import SECOND, HostileRuntime, commands_ran, stops_heard, turned_away
from tests.helpers.link import Console, until
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.outbox import CommandUnknown
from vr_runtime.link.status import LinkState
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import AnyCommandBody, GoToStep, Start
from vr_runtime.protocol.events import CommandReceived, ConsoleSeen
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase

QUICK = SafetyLimits(
    link_no_raise_s=0.5, link_hold_s=0.8, link_lower_s=1.1, link_safe_place_s=1.5, lower_ramp_s=0.1, fade_s=0.05,
    blink_s=0.02,
)  # fmt: skip
"""The session's times, shortened; the same code."""
QUICK_LEASE = AdmissionLimits(lease_silence_ns=3 * SECOND, gone_after_ns=SECOND // 2)
MOST_CLOCK_ERROR_NS = SECOND
ON_THE_WAY_S = 1.5
"""What a message may spend in a network that does pass it on: the worst weather below, and a busy machine."""


class Side:
    """A console, what it sent and when it did so on the runtime's clock, told apart from its own estimate."""

    def __init__(self, runtime: HostileRuntime, connection: Any, name: str, want_lease: bool) -> None:
        self.runtime = runtime
        self.console = Console(runtime.folder, connection, name=name, want_lease=want_lease)
        self.client = self.console.client
        self.commands: list[str] = []
        self.stops: list[str] = []
        self.sent: dict[str, int] = {}
        self.pressed: dict[str, int] = {}
        io = self.client._io
        add_command, add_stop = io.add_command, io.add_stop

        def command(command_id: str, kind: str, data: bytes, made_ns: int, ttl_ms: int) -> None:
            self.sent[command_id] = made_ns - runtime._began
            add_command(command_id, kind, data, made_ns, ttl_ms)

        def stop(stop_id: str, message: bytes, made_ns: int) -> None:
            self.pressed[stop_id] = made_ns - runtime._began
            add_stop(stop_id, message, made_ns)

        io.add_command, io.add_stop = command, stop  # type: ignore[method-assign]

    def send(self, body: AnyCommandBody, ttl_ms: int = 2000) -> str:
        self.commands.append(self.client.send(body, ttl_ms))
        return self.commands[-1]

    def stop(self) -> str:
        self.stops.append(self.client.stop())
        return self.stops[-1]

    def word_on(self, command_id: str) -> Answer | CommandUnknown | None:
        for event in self.console.look():
            if isinstance(event, Answer) and event.command_id == command_id:
                return event
            if isinstance(event, CommandUnknown) and event.id == command_id:
                return event
        return None

    def copied(self) -> int:
        return len(self.console.entries)


class Scene:
    """A runtime, a network, the console that drives over it, and one that watches from near."""

    def __init__(
        self, limits: SafetyLimits = QUICK, lease: AdmissionLimits = QUICK_LEASE, seed: int = 1
    ) -> None:
        self._stack = contextlib.ExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.runtime = HostileRuntime(folder, limits, lease)
        self._stack.callback(self.runtime.close)
        self.network = HostileNetwork(self.runtime.server.connection, seed)
        self._stack.callback(self.network.close)
        self.far = self._side(self.network.connection, "far", want_lease=True)
        until(lambda: self.far.client.status().lease.mine)
        self.near = self._side(self.runtime.server.connection, "near", want_lease=False)

    def _side(self, connection: Any, name: str, want_lease: bool) -> Side:
        side = Side(self.runtime, connection, name, want_lease)
        self._stack.callback(side.client.close)
        return side

    def begin_exposure(self) -> None:
        for body, phase in ((Start(), Phase.BASELINE), (GoToStep(step=1), Phase.EXPOSURE)):
            self.far.send(body)
            until(lambda phase=phase: self.runtime.phase is phase, what=f"for {phase}")
        until(lambda: self.runtime.frames[-1].shown, what="for the stimulus")

    def driver(self) -> str:
        holder = self.runtime.server._io._admission.consoles.holder
        return "" if holder is None else holder.name

    def heal_and_settle(self) -> None:
        """Good weather: everybody is connected, every STOP heard, the loop at its end and every entry copied."""
        self.network.heal()
        for side in (self.far, self.near):
            until(lambda side=side: side.client.status().state is LinkState.CONNECTED, 60)
        until(self.every_stop_is_heard, 60, "for a STOP")
        self.runtime._end.set()
        self.runtime._thread.join()
        for side in (self.far, self.near):
            until(lambda side=side: side.copied() == len(self.runtime.entries), 60, "for the copy")
            for one in list(side.commands):
                until(lambda side=side, one=one: side.word_on(one) is not None, 60, "for a word on a command")

    def every_stop_is_heard(self) -> bool:
        return set(stops_heard(self.runtime)) >= {*self.far.stops, *self.near.stops}

    def close(self) -> None:
        self._stack.close()


# ------------------------------------------------------------------ the properties, by name


def nothing_crashed(scene: Scene) -> None:
    assert scene.runtime.faults == []
    assert scene.runtime.server._thread.is_alive()
    assert scene.far.client._thread.is_alive()


def no_command_runs_twice(scene: Scene) -> None:
    ids = [one.command.id for one in commands_ran(scene.runtime)]
    assert len(ids) == len(set(ids)), "a command was given to the session twice"


def no_stale_command_runs(scene: Scene) -> None:
    """By the time at which it truly was sent; what is allowed for is the error that the command itself admits."""
    sent = {**scene.far.sent, **scene.near.sent}
    for one in commands_ran(scene.runtime):
        command, error = one.command, one.command.sent_error_ns
        age_ns = one.received_ns - sent[command.id]
        allowed = command.ttl_ms * 1_000_000 + min(error, MOST_CLOCK_ERROR_NS) + error
        assert age_ns <= allowed, f"{command.body.kind} ran {age_ns / 1e9:.2f} s after it was sent"


def commands_come_from_the_driver_alone(scene: Scene) -> None:
    driver = ""
    for body in list(scene.runtime.order):
        if isinstance(body, ConsoleSeen) and body.what == "lease_taken":
            assert driver == "", f"{body.console} took the lease of {driver}"
            driver = body.console
        elif isinstance(body, ConsoleSeen) and body.what in ("lease_given_back", "lease_lapsed"):
            assert driver == body.console
            driver = ""
        elif isinstance(body, CommandReceived):
            assert body.console == driver, f"{body.console} commanded while '{driver}' drove"


def the_fail_safe_acts_in_every_silent_frame(scene: Scene) -> None:
    hold_s = scene.runtime.limits.link_hold_s
    for frame in list(scene.runtime.frames):
        assert frame.safe or frame.link_age_s <= hold_s, f"exposed {frame.link_age_s:.2f} s into a silence"


def stop_arrives_or_the_fail_safe_has_acted(scene: Scene, driven: set[str]) -> None:
    """``driven``: STOPs that were pressed at the console that drove."""
    handed_over = [
        t_ns
        for t_ns, body in scene.runtime.of(ConsoleSeen)
        if isinstance(body, ConsoleSeen) and body.what == "lease_given_back"
    ]
    heard = stops_heard(scene.runtime)
    assert all(len(times) == 1 for times in heard.values()), "a STOP was acted on twice"
    frames = list(scene.runtime.frames)
    for stop_id in driven:
        pressed_ns = scene.far.pressed.get(stop_id, scene.near.pressed.get(stop_id))
        if pressed_ns is None or not frames:
            continue
        arrived_ns = heard[stop_id][0] if stop_id in heard else frames[-1].now_ns
        due_ns = pressed_ns + round((scene.runtime.limits.link_hold_s + ON_THE_WAY_S) * 1e9)
        if arrived_ns <= due_ns:
            continue
        last = next((one for one in frames if one.now_ns >= due_ns), frames[-1])
        if any(pressed_ns <= t_ns <= last.now_ns for t_ns in handed_over):
            continue  # given away on purpose, in words that were before it on the way: another drives
        acted = any(one.safe for one in frames if pressed_ns <= one.now_ns <= last.now_ns)
        assert acted, f"STOP was {(arrived_ns - pressed_ns) / 1e9:.1f} s on its way and nothing was held"


def copies_are_the_record_as_far_as_they_go(scene: Scene) -> None:
    for side in (scene.far, scene.near):
        copied = list(side.console.entries)
        assert copied == scene.runtime.entries[: len(copied)]


def both_records_are_identical(scene: Scene) -> None:
    assert scene.runtime.entries
    assert scene.far.console.entries == scene.runtime.entries
    assert scene.near.console.entries == scene.runtime.entries


def every_word_on_a_command_is_true(scene: Scene) -> None:
    ran = {one.command.id for one in commands_ran(scene.runtime)}
    away = {one.command_id for one in turned_away(scene.runtime)}
    for side in (scene.far, scene.near):
        for one in side.commands:
            word = side.word_on(one)
            if isinstance(word, Answer) and word.accepted:
                assert one in ran
            elif isinstance(word, CommandUnknown) and not word.sent:
                assert one not in ran | away, "said never to have left, and it arrived"
    assert not ran & away


def all_that_holds_at_any_time(scene: Scene, driven: set[str]) -> None:
    nothing_crashed(scene)
    no_command_runs_twice(scene)
    no_stale_command_runs(scene)
    commands_come_from_the_driver_alone(scene)
    the_fail_safe_acts_in_every_silent_frame(scene)
    stop_arrives_or_the_fail_safe_has_acted(scene, driven)
    copies_are_the_record_as_far_as_they_go(scene)


def all_that_holds_in_the_end(scene: Scene, driven: set[str]) -> None:
    all_that_holds_at_any_time(scene, driven)
    both_records_are_identical(scene)
    every_word_on_a_command_is_true(scene)
