"""The link under fire in any order: a state machine over a network that does what it likes. The properties are named in
``tests/helpers/hostile_scene.py``."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.helpers.hostile import TO_CONSOLE, TO_RUNTIME, WAYS
from tests.helpers.hostile_scene import (
    QUICK,
    QUICK_LEASE,
    Scene,
    all_that_holds_at_any_time,
    all_that_holds_in_the_end,
)
from tests.helpers.hostile_session import commands_ran, stops_heard, turned_away
from tests.helpers.link import until
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    GoToStep,
    Note,
    Pause,
    Release,
    Resume,
    SafePlace,
    SetParameter,
)
from vr_runtime.protocol.words import Refusal

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

    # no preconditions: what is drawn must not depend on how fast things went

    @rule(which=st.integers(0, 63))
    def replay(self, which: int) -> None:
        old = list(self.there.network.recorded)
        if old:
            self.there.network.replay(old[which % len(old)])

    @rule()
    def heal(self) -> None:
        self.there.network.heal()

    @rule()
    def silence_until_the_fail_safe_acts(self) -> None:
        if self.there.driver() != "far":
            return
        self.there.network.stall(TO_RUNTIME)
        self.driven.add(self.there.far.stop())
        until(lambda: self.there.runtime.safe_now() or self.there.driver() != "far", what="for the fail-safe")

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
TestHostileDay.settings = settled(5, 14)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_a_long_hostile_day(capsys: pytest.CaptureFixture[str]) -> None:
    days: list[Scene] = []

    class LongDay(HostileDay):
        def teardown(self) -> None:
            if self.scene is not None:
                days.append(self.scene)
            super().teardown()

    began = time.monotonic()
    run_state_machine_as_test(LongDay, settings=settled(30, 40))
    ran = sum(len(commands_ran(one.runtime)) for one in days)
    away = [body for one in days for body in turned_away(one.runtime)]
    expired = sum(body.reason is Refusal.EXPIRED for body in away)
    stops = sum(len(stops_heard(one.runtime)) for one in days)
    sent = sum(len(one.far.commands) + len(one.near.commands) for one in days)
    entries = sum(len(one.runtime.entries) for one in days)
    with capsys.disabled():
        print(  # noqa: T201
            f"\nhostile network: {len(days)} days in {time.monotonic() - began:.0f} s, {sent} commands sent, {ran} ran "
            f"once, {len(away)} turned away ({expired} too old), {stops} STOPs heard once, {entries} entries, all "
            "copies identical"
        )
