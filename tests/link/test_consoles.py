"""Lease and liveness alone: who drives, and for how long nobody has."""

from __future__ import annotations

import pytest

from vr_runtime.link.consoles import AdmissionLimits, Console, Consoles, Peer
from vr_runtime.protocol.answers import Beat, Hello, LeaseState, Trouble
from vr_runtime.protocol.events import ConsoleSeen, EventBody
from vr_runtime.protocol.version import PROTOCOL_VERSION

S = 1_000_000_000
A, B = Peer(b"a", b"key-a"), Peer(b"b", b"key-b")


def there(consoles: Consoles, peer: Peer, now: int = 0, lease: bool = True) -> Console:
    state, _ = consoles.hello(
        peer, Hello(protocol=PROTOCOL_VERSION, console=peer.route.decode(), lease=lease), now
    )
    assert isinstance(state, LeaseState)
    found = consoles.find(peer)
    assert found is not None
    return found


def beat(consoles: Consoles, console: Console, now: int, page_ms: int | None = None) -> list[EventBody]:
    return consoles.beat(console, Beat(console_ns=0, page_age_ms=page_ms), now)


def said(events: list[EventBody]) -> list[tuple[str, str]]:
    return [(one.console, one.what) for one in events if isinstance(one, ConsoleSeen)]


def test_the_first_to_ask_holds_the_lease_and_the_second_learns_who() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    b = there(consoles, B)
    assert consoles.lease_for(a).mine
    assert consoles.lease_for(b) == LeaseState(mine=False, holder="a")
    assert said(consoles.lease(b, give_back=True, now_ns=0)) == []  # not its own to give
    assert said(consoles.lease(a, give_back=True, now_ns=0)) == [("a", "lease_given_back")]
    assert said(consoles.lease(b, give_back=False, now_ns=0)) == [("b", "lease_taken")]


def test_a_lease_lapses_after_its_holders_silence_and_not_before() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    assert ("a", "lease_lapsed") not in said(consoles.tick(30 * S - 1))
    assert ("a", "lease_lapsed") in said(consoles.tick(30 * S))
    assert consoles.holder is None
    beat(consoles, a, 31 * S)
    assert not consoles.lease_for(a).mine


def test_a_holder_whose_connection_is_closed_frees_the_lease_early() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    there(consoles, A)
    assert not consoles.holder_may_be_gone(2 * S - 1)
    assert said(consoles.tick(2 * S - 1, holder_gone=True)) == []
    assert consoles.holder_may_be_gone(2 * S)
    assert said(consoles.tick(2 * S, holder_gone=True)) == [("a", "lease_lapsed")]


def test_a_console_that_is_lost_and_comes_back_is_noted() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    assert said(consoles.tick(3 * S)) == [("a", "lost")]
    assert said(consoles.tick(4 * S)) == []
    assert said(beat(consoles, a, 5 * S)) == [("a", "connected")]


def test_a_console_that_leaves_in_order_gives_the_lease_back_and_is_waited_for_no_more() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    a.unread = 2
    assert not consoles.all_read()
    assert said(consoles.leave(a, 1 * S)) == [("a", "lease_given_back"), ("a", "left")]
    assert consoles.all_read()
    assert consoles.least_copied() is None
    assert said(consoles.tick(9 * S)) == []


def test_before_any_lease_the_age_counts_from_the_start() -> None:
    consoles = Consoles(AdmissionLimits(), 7)
    assert consoles.alive_ns == 7
    there(consoles, A, 5 * S, lease=False)
    assert consoles.alive_ns == 7  # a watcher does not drive


def test_after_a_lapse_the_age_goes_on_from_the_last_sign_of_life() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    beat(consoles, a, 4 * S)
    consoles.tick(40 * S)
    assert consoles.holder is None
    assert consoles.alive_ns == 4 * S


def test_a_silence_in_which_the_lease_lapsed_ends_with_what_a_person_does_not_with_another_program() -> None:
    """The first console may have a STOP on its way: a second one that waits for the lease must not hide that."""
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    beat(consoles, a, 4 * S)
    consoles.tick(6 * S, holder_gone=True)
    b = there(consoles, B, 6 * S)
    assert consoles.lease_for(b).mine
    beat(consoles, b, 7 * S)
    assert consoles.alive_ns == 4 * S
    consoles.said(b, 8 * S)
    assert consoles.alive_ns == 8 * S
    consoles.lease(b, give_back=True, now_ns=9 * S)
    beat(consoles, a, 10 * S)
    there(consoles, A, 10 * S)
    assert consoles.alive_ns == 10 * S  # handed over on purpose: nobody is missing


def test_a_lease_given_back_counts_as_silence_from_then_on() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    consoles.lease(a, give_back=True, now_ns=9 * S)
    assert consoles.alive_ns == 9 * S


@pytest.mark.parametrize(
    ("page_ms", "age_s"), [(None, 0.0), (0, 0.0), (1500, 0.0), (1501, 1.501), (20_000, 20.0)]
)
def test_a_page_dead_for_long_counts_as_silence_of_that_length(page_ms: int | None, age_s: float) -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    beat(consoles, a, 60 * S, page_ms)
    assert (60 * S - consoles.alive_ns) / S == age_s


def test_beats_of_a_dead_page_do_not_stop_its_age_from_growing() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    for quarter in range(41):
        now = 60 * S + quarter * S // 4
        beat(consoles, a, now, 1400 + quarter * 250)
        assert now - consoles.alive_ns in (0, (1400 + quarter * 250) * 1_000_000)
    assert now - consoles.alive_ns == 11_400_000_000


def test_saying_hello_again_does_not_make_a_dead_page_younger_for_longer_than_a_beat() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    beat(consoles, a, 60 * S, 30_000)
    there(consoles, A, 61 * S)
    assert consoles.alive_ns == 30 * S
    consoles.said(a, 62 * S)
    assert consoles.alive_ns == 62 * S


def test_a_key_does_not_get_another_keys_name() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    there(consoles, A)
    thief = Peer(A.route, b"another-key")
    state, _ = consoles.hello(thief, Hello(protocol=PROTOCOL_VERSION, console="thief"), 0)
    assert isinstance(state, Trouble)
    assert consoles.find(thief) is None


def test_another_major_version_gets_no_lease_and_a_newer_minor_one_does() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    state, _ = consoles.hello(A, Hello(protocol="2.0", console="a"), 0)
    assert isinstance(state, Trouble)
    assert state.code == "version"
    assert "update" in state.message
    assert consoles.holder is None
    major = PROTOCOL_VERSION.split(".")[0]
    state, _ = consoles.hello(B, Hello(protocol=f"{major}.99", console="b"), 0)
    assert isinstance(state, LeaseState)


def test_a_full_house_takes_no_more_but_makes_room_for_one_that_is_lost() -> None:
    consoles = Consoles(AdmissionLimits(consoles=2), 0)
    there(consoles, A)
    there(consoles, B, lease=False)
    third = Peer(b"c", b"key-c")
    state, _ = consoles.hello(third, Hello(protocol=PROTOCOL_VERSION, console="c"), 0)
    assert isinstance(state, Trouble)
    assert state.code == "full"
    consoles.tick(5 * S)
    there(consoles, third, 5 * S)
    assert consoles.find(A) is not None  # the lease's holder stays
    assert consoles.find(B) is None


def test_answers_count_as_read_after_the_second_heartbeat() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    a = there(consoles, A)
    assert consoles.all_read()
    consoles.answered(A.route)
    consoles.answered(b"nobody")
    beat(consoles, a, 1)
    assert not consoles.all_read()
    beat(consoles, a, 2)
    assert consoles.all_read()
    consoles.answered(A.route)
    consoles.tick(10 * S)
    assert consoles.all_read()  # it is not there any more


def test_only_consoles_that_are_there_and_keep_a_copy_are_waited_for() -> None:
    consoles = Consoles(AdmissionLimits(), 0)
    assert consoles.least_copied() is None
    a, b = there(consoles, A), there(consoles, B)
    assert consoles.least_copied() == 0
    consoles.beat(a, Beat(console_ns=0, copied_seq=12), 0)
    consoles.beat(b, Beat(console_ns=0, copied_seq=-1), 0)
    assert consoles.least_copied() == 12
    consoles.tick(10 * S)
    assert consoles.least_copied() is None
