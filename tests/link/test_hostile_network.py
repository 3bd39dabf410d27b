"""The link under fire, fault by fault: whatever the network does, no command runs twice or late, STOP arrives or the
fail-safe has acted before, one console drives at a time, and both records end alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.helpers.hostile import TO_CONSOLE, TO_RUNTIME, WAYS
from tests.helpers.hostile_scene import QUICK, Scene, all_that_holds_in_the_end
from tests.helpers.hostile_session import commands_ran, stops_heard, turned_away
from tests.helpers.link import until
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.status import LinkState
from vr_runtime.link.wire import SOCKETS
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import GoToStep, Note, Pause, Release, Resume, SafePlace
from vr_runtime.protocol.events import DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Refusal


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
    # one that was cut in its handshake may be among them
    for name in ("control", "commands"):
        assert max(len(one.data) for one in old if one.name == name) > 300, name
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
    for name in SOCKETS:
        until(lambda name=name: len(scene.network.connections(name)) == 1)
        (old,) = scene.network.connections(name)
        scene.network.double(way, name)
        until(
            lambda name=name, old=old: old not in scene.network.connections(name),
            what=f"for the end of {name}",
        )
        until(lambda name=name: len(scene.network.connections(name)) == 1, what=f"for another {name}")
    sent = [scene.far.send(Note(text="once"), ttl_ms=60_000) for _ in range(3)]
    until(lambda: all(isinstance(scene.far.word_on(one), Answer) for one in sent))
    telemetry = scene.far.client.telemetry()
    until(lambda: scene.far.client.telemetry() not in (None, telemetry))
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, set())


@pytest.mark.parametrize("way", WAYS)
def test_a_handshake_that_is_damaged_is_tried_again(scene: Scene, way: str) -> None:
    """After this libzmq would never try again, and a console would be mute for good, its STOP too."""
    scene.network.cut()
    until(lambda: not any(scene.network.connections(name) for name in SOCKETS))
    scene.network.double(way, *SOCKETS)
    scene.network.heal()
    stop_id = scene.far.stop()
    until(lambda: stop_id in stops_heard(scene.runtime))
    sent = scene.far.send(Note(text="once"), ttl_ms=60_000)
    until(lambda: isinstance(scene.far.word_on(sent), Answer))
    telemetry = scene.far.client.telemetry()
    until(lambda: scene.far.client.telemetry() not in (None, telemetry))
    assert scene.network._twice == set()  # it did happen to each
    scene.heal_and_settle()
    all_that_holds_in_the_end(scene, {stop_id})


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
    harmless = scene.far.send(Note(text="old"), ttl_ms=300)
    until(scene.runtime.safe_now, what="for the fail-safe")
    assert stop_id not in stops_heard(scene.runtime)
    demands = [body for _, body in scene.runtime.of(DemandMade) if isinstance(body, DemandMade)]
    assert (Cause.LINK_SILENT, DemandKind.HOLD) in {(one.cause, one.demand) for one in demands}
    until(lambda: scene.far.word_on(raising) is not None)
    scene.heal_and_settle()
    assert scene.runtime.phase is Phase.STOPPED
    assert not {raising, harmless} & {one.command.id for one in commands_ran(scene.runtime)}
    # Where the connection outlived the cut, both arrived after all; where the console broke it off first, they did not.
    for one in turned_away(scene.runtime):
        if one.command_id in (raising, harmless):
            assert one.reason in (Refusal.EXPIRED, Refusal.OUT_OF_ORDER, Refusal.NO_LEASE)
    all_that_holds_in_the_end(scene, {stop_id})


def test_a_program_that_takes_the_lease_of_one_who_is_cut_off_does_not_end_the_silence(scene: Scene) -> None:
    """A second console waits for the lease and gets it when the first is gone; the first one's STOP is on its way."""
    scene.near.client.take_lease()
    scene.network.cut()
    stop_id = scene.far.stop()
    until(lambda: scene.near.client.status().lease.mine, what="for the lease to lapse")
    until(scene.runtime.safe_now, what="for the fail-safe")
    assert stop_id not in stops_heard(scene.runtime)
    own = scene.near.send(Resume())
    until(lambda: isinstance(scene.near.word_on(own), Answer))
    until(
        lambda: scene.runtime.frames[-1].link_age_s < QUICK.link_no_raise_s, what="for the end of the silence"
    )
    scene.heal_and_settle()
    assert scene.runtime.phase is Phase.STOPPED
    all_that_holds_in_the_end(scene, {stop_id})


def test_deaf_to_the_runtime_the_console_still_stops_it(scene: Scene) -> None:
    scene.network.stall(TO_CONSOLE)
    stop_id = scene.far.stop()
    until(lambda: stop_id in stops_heard(scene.runtime))
    assert (
        scene.far.client.status().stop_unheard_ms is not None
    )  # and it goes on saying that it does not know
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
        print("\n" + "\n".join(said))  # noqa: T201
