"""The link under fire: whatever the network does, no command runs twice or late, STOP arrives or the fail-safe has
acted before, one console drives at a time, and both records end alike."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.helpers.hostile import TO_CONSOLE, TO_RUNTIME, WAYS, HostileNetwork
from tests.helpers.hostile_session import (
    SECOND,
    HostileRuntime,
    commands_ran,
    stops_heard,
    turned_away,
)
from tests.helpers.link import Console, until
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.outbox import CommandUnknown
from vr_runtime.link.status import LinkState
from vr_runtime.link.wire import SOCKETS
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    GoToStep,
    Note,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
)
from vr_runtime.protocol.events import CommandReceived, ConsoleSeen, DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Refusal

Keep = Callable[[Any], None]

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


# ------------------------------------------------------------------ each fault by itself


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    try:
        made.begin_exposure()
        yield made
    finally:
        made.close()


def test_a_late_connection_delivers_nothing_that_a_newer_one_has_overtaken(scene: Scene) -> None:
    scene.network.stall(TO_RUNTIME)
    late = [scene.far.send(GoToStep(step=2), ttl_ms=60_000) for _ in range(3)]
    passed = scene.network.passed[TO_RUNTIME]
    until(lambda: scene.network.waiting(TO_RUNTIME, "commands") > 0)
    assert scene.network.passed[TO_RUNTIME] == passed
    scene.network.strand()
    scene.network.heal()
    newer = scene.far.send(Pause(), ttl_ms=60_000)
    until(lambda: isinstance(scene.far.word_on(newer), Answer))
    until(lambda: all(scene.far.word_on(one) is not None for one in late))
    assert scene.network.deliver_stranded() > 0
    before = len(commands_ran(scene.runtime))
    last = scene.far.send(Note(text="and now the next"))
    until(lambda: isinstance(scene.far.word_on(last), Answer))
    assert len(commands_ran(scene.runtime)) == before + 1
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, set())


def test_a_recorded_connection_said_again_does_nothing(scene: Scene) -> None:
    stop_id = scene.far.stop()
    until(scene.every_stop_is_heard)
    until(lambda: scene.far.client.status().stop_unheard_ms is None)
    scene.network.strand()  # ends the connections, and writes them down
    until(lambda: scene.far.client.status().state is not LinkState.CONNECTED)
    until(lambda: scene.far.client.status().state is LinkState.CONNECTED)
    before = len(commands_ran(scene.runtime))
    old = list(scene.network.recorded)
    assert {one.name for one in old} >= {"control", "commands"}
    assert all(len(one.data) > 300 for one in old if one.name in ("control", "commands"))
    for one in old:
        scene.network.replay(one)
    after = scene.far.send(Release())
    until(lambda: isinstance(scene.far.word_on(after), Answer))
    assert len(commands_ran(scene.runtime)) == before + 1
    assert stops_heard(scene.runtime).keys() == {stop_id}
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, {stop_id})


@pytest.mark.parametrize("way", WAYS)
def test_bytes_that_come_twice_break_the_connection_and_nothing_else(scene: Scene, way: str) -> None:
    """libzmq gives a connection up for good whose bytes do not fit the encryption; the console makes another."""
    for name in SOCKETS:
        until(lambda name=name: len(scene.network.connections(name)) == 1)
        (old,) = scene.network.connections(name)
        scene.network.double(way, name)
        until(lambda name=name, old=old: old not in scene.network.connections(name), what=f"for the end of {name}")
        until(lambda name=name: len(scene.network.connections(name)) == 1, what=f"for another {name}")
    sent = [scene.far.send(Note(text="once"), ttl_ms=60_000) for _ in range(3)]
    until(lambda: all(isinstance(scene.far.word_on(one), Answer) for one in sent))
    telemetry = scene.far.client.telemetry()
    until(lambda: scene.far.client.telemetry() not in (None, telemetry))
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, set())


@pytest.mark.parametrize("fault", ["half-open", "one way: to the runtime", "RST", "FIN"])
def test_in_a_cut_the_fail_safe_acts_and_stop_arrives_after_it(scene: Scene, fault: str) -> None:
    if fault == "half-open":
        scene.network.stall()
    elif fault.startswith("one way"):
        scene.network.stall(TO_RUNTIME)
    else:
        scene.network.cut(politely=fault == "FIN")
    stop_id = scene.far.stop()
    raising = scene.far.send(GoToStep(step=2), ttl_ms=300)
    until(scene.runtime.safe_now, what="for the fail-safe")
    assert stop_id not in stops_heard(scene.runtime)
    demands = [body for _, body in scene.runtime.of(DemandMade) if isinstance(body, DemandMade)]
    assert (Cause.LINK_SILENT, DemandKind.HOLD) in {(one.cause, one.demand) for one in demands}
    until(lambda: scene.far.word_on(raising) is not None)
    scene.heal_and_settle()
    assert scene.runtime.phase is Phase.STOPPED
    assert raising not in {one.command.id for one in commands_ran(scene.runtime)}
    all_that_holds_in_the_end(scene, {stop_id})


def test_deaf_to_the_runtime_the_console_still_stops_it(scene: Scene) -> None:
    scene.network.stall(TO_CONSOLE)
    stop_id = scene.far.stop()
    until(lambda: stop_id in stops_heard(scene.runtime))
    assert scene.far.client.status().stop_unheard_ms is not None  # and it goes on saying that it does not know
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, {stop_id})


def test_a_command_whose_answer_is_lost_ran_once_and_is_answered_again(scene: Scene) -> None:
    scene.network.stall(TO_CONSOLE)
    sent = scene.far.send(Pause(), ttl_ms=60_000)
    until(lambda: sent in {one.command.id for one in commands_ran(scene.runtime)})
    scene.network.cut()
    until(lambda: scene.far.client.status().state is LinkState.SILENT)
    scene.network.heal()
    until(lambda: isinstance(scene.far.word_on(sent), Answer))
    word = scene.far.word_on(sent)
    assert isinstance(word, Answer)
    assert word.accepted
    assert word.repeated
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, set())


def test_the_lease_handed_over_with_commands_on_their_way_refuses_what_comes_after_it(scene: Scene) -> None:
    """Given back on one socket while commands lie in the other: they come from somebody who drives no more."""
    for _ in range(3):
        scene.far.send(Note(text="before"))
    until(lambda: all(isinstance(scene.far.word_on(one), Answer) for one in scene.far.commands))
    scene.network.stall(TO_RUNTIME)
    late = [scene.far.send(GoToStep(step=2), ttl_ms=60_000) for _ in range(3)]
    until(lambda: scene.network.waiting(TO_RUNTIME, "commands") > 0)
    holder = scene.runtime.server._io._admission.consoles.holder
    assert holder is not None
    scene.near.client.take_lease()
    until(lambda: scene.near.client.status().lease.mine, what="for the lease to lapse")
    own = scene.near.send(SafePlace())
    until(lambda: isinstance(scene.near.word_on(own), Answer))
    scene.network.heal()
    until(lambda: all(isinstance(scene.far.word_on(one), Answer) for one in late))
    for one in late:
        word = scene.far.word_on(one)
        assert isinstance(word, Answer)
        assert (word.accepted, word.reason) == (False, Refusal.NO_LEASE)
        assert "near" in word.message
    assert scene.driver() == "near"
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, set())


def test_the_lease_goes_back_and_forth_under_commands_of_both(scene: Scene) -> None:
    sides = [scene.far, scene.near]
    for turn in range(6):
        driver, other = sides[turn % 2], sides[(turn + 1) % 2]
        until(lambda driver=driver: driver.client.status().lease.mine)
        for side in sides:
            side.send(Note(text=f"turn {turn}"))
        # STOP and the lease travel before commands: what is still on its way then is refused, not run
        until(lambda driver=driver: isinstance(driver.word_on(driver.commands[-1]), Answer))
        driver.client.give_back()
        for side in sides:
            side.send(Note(text=f"after turn {turn}"))
        other.client.take_lease()
    scene.heal_and_settle()
    ran = commands_ran(scene.runtime)
    assert {one.console for one in ran} == {"far", "near"}
    assert any(one.reason is Refusal.NO_LEASE for one in turned_away(scene.runtime))
    all_that_holds_in_the_end(scene, set())


def test_the_stated_error_of_the_clock_holds_when_one_way_is_slower_than_the_other(scene: Scene) -> None:
    """The worst case of every estimate from round trips: all of the delay on one way."""
    for way in WAYS:
        scene.network.heal()
        scene.network.delay(way, 0.15)
        scene.far.client._io.offsets.clear()  # as after a restart: no better round trip is remembered
        until(lambda: scene.far.client.status().offset_ns is not None)
        until(lambda: 140 <= (scene.far.client.status().round_trip_ms or 0) < 250)
        io = scene.far.client._io
        now = io.clock()
        estimate = io.offsets.at(now)
        assert estimate is not None
        true_offset = -scene.runtime._began
        assert abs(estimate.offset_ns - true_offset) <= estimate.error_ns
        assert abs(estimate.offset_ns - true_offset) >= 40_000_000, "the delay was not felt"
        sent = scene.far.send(Note(text="with its error"))
        until(lambda sent=sent: isinstance(scene.far.word_on(sent), Answer))
        (received,) = [one for one in commands_ran(scene.runtime) if one.command.id == sent]
        off = received.command.sent_ns - scene.far.sent[sent]
        assert abs(off) <= received.command.sent_error_ns, "the record's own error does not cover the truth"
        assert received.command.sent_error_ns >= 70_000_000


# ------------------------------------------------------------------ all of it in any order

BODIES: list[AnyCommandBody] = [
    GoToStep(step=1),
    GoToStep(step=2),
    GoToStep(step=3, confirmed=True),
    SetParameter(name="height", value=12.0),
    Pause(),
    Resume(),
    Release(),
    SafePlace(),
    Note(text="seen"),
]


class HostileDay(RuleBasedStateMachine):
    """A therapist who works, two who watch, and a network that does what it likes."""

    limits, lease = QUICK, QUICK_LEASE

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.driven: set[str] = set()
        self.passable = True

    @initialize(seed=st.integers(0, 1000))
    def open(self, seed: int) -> None:
        self.scene = Scene(self.limits, self.lease, seed)
        self.scene.begin_exposure()

    @property
    def there(self) -> Scene:
        assert self.scene is not None
        return self.scene

    # what people do

    @rule(body=st.sampled_from(BODIES), ttl_ms=st.sampled_from([150, 400, 1000]), times=st.integers(1, 4))
    def command(self, body: AnyCommandBody, ttl_ms: int, times: int) -> None:
        for _ in range(times):
            self.there.far.send(body, ttl_ms)

    @rule()
    def press_stop(self) -> None:
        drives = self.there.driver() == "far"
        stop_id = self.there.far.stop()
        if drives:
            self.driven.add(stop_id)

    @rule()
    def press_stop_as_a_watcher(self) -> None:
        self.there.near.stop()

    @rule()
    def command_as_a_watcher(self) -> None:
        self.there.near.send(SafePlace())

    @rule(back=st.booleans())
    def hand_over(self, back: bool) -> None:
        here, there = self.there.near, self.there.far
        if not back:
            here, there = there, here
        here.client.give_back()
        there.client.take_lease()

    @rule(seconds=st.sampled_from([0.05, 0.2, 0.4]))
    def time_passes(self, seconds: float) -> None:
        time.sleep(seconds)

    # what the network does

    @rule(way=st.sampled_from(WAYS), late_s=st.sampled_from([0.02, 0.1, 0.25]))
    def slow(self, way: str, late_s: float) -> None:
        self.there.network.delay(way, late_s, late_s / 2)

    @rule(way=st.sampled_from(WAYS), rate=st.sampled_from([20_000.0, 100_000.0]))
    def narrow(self, way: str, rate: float) -> None:
        self.there.network.throttle(way, rate)

    @rule(ways=st.sampled_from([(TO_RUNTIME,), (TO_CONSOLE,), WAYS]))
    def half_open(self, ways: tuple[str, ...]) -> None:
        self.there.network.stall(*ways)

    @rule(politely=st.booleans(), losing=st.booleans())
    def cut(self, politely: bool, losing: bool) -> None:
        self.there.network.cut(politely=politely, losing_the_tail=losing)

    @rule()
    def strand(self) -> None:
        self.there.network.strand()

    @rule()
    def deliver_what_was_stranded(self) -> None:
        self.there.network.deliver_stranded()

    @rule(way=st.sampled_from(WAYS))
    def double(self, way: str) -> None:
        self.there.network.double(way)

    @precondition(lambda self: self.scene is not None and self.scene.network.recorded)
    @rule(which=st.integers(0, 63))
    def replay(self, which: int) -> None:
        old = list(self.there.network.recorded)
        self.there.network.replay(old[which % len(old)])

    @rule()
    def heal(self) -> None:
        self.there.network.heal()

    @precondition(lambda self: self.scene is not None and self.scene.driver() == "far")
    @rule()
    def silence_until_the_fail_safe_acts(self) -> None:
        self.there.network.stall(TO_RUNTIME)
        self.driven.add(self.there.far.stop())
        until(self.there.runtime.safe_now, what="for the fail-safe")

    # what must hold

    @invariant()
    def holds(self) -> None:
        if self.scene is not None:
            all_that_holds_at_any_time(self.scene, self.driven)

    def teardown(self) -> None:
        if self.scene is None:
            return
        try:
            self.scene.heal_and_settle()
            all_that_holds_in_the_end(self.scene, self.driven)
        finally:
            self.scene.close()


def settled(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


TestHostileDay = HostileDay.TestCase
TestHostileDay.settings = settled(7, 16)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_long_hostile_day(capsys: pytest.CaptureFixture[str]) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    days: list[Scene] = []

    class LongDay(HostileDay):
        def teardown(self) -> None:
            if self.scene is not None:
                days.append(self.scene)
            super().teardown()

    began = time.monotonic()
    run_state_machine_as_test(LongDay, settings=settled(40, 40))
    ran = sum(len(commands_ran(one.runtime)) for one in days)
    away = [body for one in days for body in turned_away(one.runtime)]
    expired = sum(body.reason is Refusal.EXPIRED for body in away)
    stops = sum(len(stops_heard(one.runtime)) for one in days)
    sent = sum(len(one.far.commands) + len(one.near.commands) for one in days)
    entries = sum(len(one.runtime.entries) for one in days)
    with capsys.disabled():
        print(
            f"\nhostile network: {len(days)} days in {time.monotonic() - began:.0f} s, {sent} commands sent, {ran} ran "
            f"once, {len(away)} turned away ({expired} too old), {stops} STOPs heard once, {entries} entries, all "
            "copies identical"
        )


CUTS_S = (1.0, 2.0, 4.0, 10.0, 25.0, 60.0)


def one_cut(fault: str, seconds: float) -> str:
    """The real limits; a STOP and a command at its start. Returns what happened, in figures."""
    scene = Scene(SafetyLimits(), AdmissionLimits())
    try:
        scene.begin_exposure()
        {
            "half-open": scene.network.stall,
            "RST": scene.network.cut,
            "FIN": lambda: scene.network.cut(politely=True),
        }[fault]()
        began_ns = scene.runtime.now()
        stop_id = scene.far.stop()
        stale = [scene.far.send(GoToStep(step=2)) for _ in range(3)]
        time.sleep(seconds)
        scene.network.heal()
        healed_ns = scene.runtime.now()
        until(lambda: stop_id in stops_heard(scene.runtime), 60)
        heard_ns = stops_heard(scene.runtime)[stop_id][0]
        acted = [
            f"{body.demand.value} {(t_ns - began_ns) / 1e9:.2f}"
            for t_ns, body in scene.runtime.of(DemandMade)
            if isinstance(body, DemandMade) and body.active and t_ns > began_ns
        ]
        scene.heal_and_settle()
        all_that_holds_in_the_end(scene, {stop_id})
        ran = {one.command.id for one in commands_ran(scene.runtime)}
        if seconds > 2.5:
            assert not ran & set(stale)
        return (
            f"{fault} {seconds:g} s: STOP heard {(heard_ns - healed_ns) / 1e9:.2f} s after it, acted before: "
            f"{', '.join(acted) or 'nothing needed'} s"
        )
    finally:
        scene.close()


@pytest.mark.proof
@pytest.mark.timeout(900)
def test_cuts_of_one_to_sixty_seconds_with_the_real_limits(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [(fault, seconds) for seconds in CUTS_S for fault in ("half-open", "RST", "FIN")]
    with ThreadPoolExecutor(6) as pool:
        said = list(pool.map(lambda case: one_cut(*case), cases))
    with capsys.disabled():
        print("\n" + "\n".join(said))
