"""Admission alone: no sockets, time passed in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from vr_runtime.link.admission import MOST_MESSAGE, Admission, Verdict
from vr_runtime.link.consoles import AdmissionLimits, Peer
from vr_runtime.protocol.answers import Answer, Beat, Hello, LeaseState
from vr_runtime.protocol.codec import MAX_COMMAND_BYTES, encode
from vr_runtime.protocol.commands import Command, Pause, Start, Stop
from vr_runtime.protocol.version import PROTOCOL_VERSION
from vr_runtime.protocol.words import Refusal, StoppedBy

MS = 1_000_000
S = 1_000 * MS
EPOCH = "this-run"
A, B = Peer(b"a", b"key-a"), Peer(b"b", b"key-b")


def hello(name: str = "a", lease: bool = True, protocol: str = PROTOCOL_VERSION) -> Hello:
    return Hello(protocol=protocol, console=name, lease=lease)


def command(number: int = 1, sent_ns: int = 0, **fields: Any) -> Command:
    given_fields: dict[str, Any] = {
        "id": f"command-{number:04d}", "epoch": EPOCH, "seq": number, "sent_ns": sent_ns, "body": Pause(),
    }  # fmt: skip
    return Command(**{**given_fields, **fields})


def driven(limits: AdmissionLimits | None = None) -> Admission:
    """Console A is there and holds the lease."""
    admission = Admission(EPOCH, limits)
    state, _ = admission.consoles.hello(A, hello(), 0)
    assert isinstance(state, LeaseState)
    assert state.mine
    return admission


def reason(verdict: Verdict) -> Refusal | None:
    assert verdict.received is None
    assert verdict.answer is not None
    assert not verdict.answer.accepted
    return verdict.answer.reason


def test_a_fresh_command_of_the_leaseholder_is_handed_on() -> None:
    verdict = driven().command(A, encode(command()), 5 * MS)
    assert verdict.received is not None
    assert (verdict.received.received_ns, verdict.received.console) == (5 * MS, "a")
    assert verdict.answer is None  # the session answers


def test_before_hello_and_without_the_lease_a_command_is_refused_with_what_to_do() -> None:
    admission = Admission(EPOCH)
    verdict = admission.command(A, encode(command(1)), 0)
    assert reason(verdict) is Refusal.NO_LEASE
    assert verdict.answer is not None
    assert "hello" in verdict.answer.message
    admission.consoles.hello(A, hello(lease=False), 0)
    verdict = admission.command(A, encode(command(2)), 0)
    assert verdict.answer is not None
    assert "take it first" in verdict.answer.message
    admission.consoles.hello(B, hello("laptop"), 0)
    verdict = admission.command(A, encode(command(3)), 0)
    assert verdict.answer is not None
    assert "laptop" in verdict.answer.message
    assert verdict.turned_away is not None
    assert verdict.turned_away.command_kind == "pause"


def test_another_epoch_is_refused() -> None:
    assert reason(driven().command(A, encode(command(epoch="other-run")), 0)) is Refusal.OTHER_EPOCH


@pytest.mark.parametrize(
    ("age_ns", "ttl_ms", "error_ns", "fresh"),
    [
        (2000 * MS, 2000, 0, True),
        (2000 * MS + 1, 2000, 0, False),
        (2000 * MS + 1, 2000, 1, True),
        (2300 * MS, 2000, 300 * MS, True),
        (2300 * MS + 1, 2000, 300 * MS, False),
        (4000 * MS, 2000, 60 * S, False),  # an absurd error does not make it live for ever
        (2000 * MS + 1, 2000, -5 * S, False),
        (1, 1, -5 * S, True),  # nor does a negative one make it die at once
        (-100 * MS, 2000, 0, True),
        (-100 * MS - 1, 2000, 0, False),  # from the future: its age cannot be told
        (-100 * MS - 1, 2000, 1, True),
    ],
)
def test_a_command_older_than_its_life_and_its_clocks_error_is_refused(
    age_ns: int, ttl_ms: int, error_ns: int, fresh: bool
) -> None:
    made = command(sent_ns=10 * S, ttl_ms=ttl_ms, sent_error_ns=error_ns)
    verdict = driven().command(A, encode(made), 10 * S + age_ns)
    assert (verdict.received is not None) == fresh
    if not fresh:
        assert reason(verdict) is Refusal.EXPIRED


def test_numbers_must_rise_and_a_late_earlier_command_is_refused() -> None:
    admission = driven()
    assert admission.command(A, encode(command(5)), 0).received
    assert reason(admission.command(A, encode(command(4)), 0)) is Refusal.OUT_OF_ORDER
    assert reason(admission.command(A, encode(command(5, id="another-id")), 0)) is Refusal.OUT_OF_ORDER
    assert admission.command(A, encode(command(6)), 0).received


def test_the_number_of_a_refused_command_counts_as_well() -> None:
    admission = driven()
    assert reason(admission.command(A, encode(command(9, sent_ns=0)), 60 * S)) is Refusal.EXPIRED
    assert reason(admission.command(A, encode(command(8, sent_ns=60 * S)), 60 * S)) is Refusal.OUT_OF_ORDER


def test_a_command_of_another_epoch_does_not_move_the_numbers() -> None:
    admission = driven()
    admission.command(A, encode(command(900, epoch="other-run")), 0)
    assert admission.command(A, encode(command(1)), 0).received


def test_a_repeated_command_is_pending_then_answered_again_and_never_handed_on_twice() -> None:
    admission = driven()
    data = encode(command(1))
    assert admission.command(A, data, 0).received
    assert admission.command(A, data, 1) == Verdict(pending="command-0001")
    answer = Answer(command_id="command-0001", accepted=True, received_ns=0)
    assert admission.decided(answer) == (A.route, answer)
    for now in (2, 60 * S):  # however late: it is the answer that is wanted
        again = admission.command(A, data, now)
        assert again.received is None
        assert again.turned_away is None
        assert again.answer == answer.model_copy(update={"repeated": True})


def test_the_first_answer_stands() -> None:
    admission = driven()
    admission.command(A, encode(command(1)), 0)
    admission.decided(Answer(command_id="command-0001", accepted=True))
    admission.decided(Answer(command_id="command-0001", accepted=False, reason=Refusal.NOT_NOW))
    again = admission.command(A, encode(command(1)), 1)
    assert again.answer is not None
    assert again.answer.accepted


def test_a_refusal_is_repeated_too_even_if_it_would_pass_now() -> None:
    admission = driven()
    admission.consoles.hello(B, hello("b"), 0)
    assert reason(admission.command(B, encode(command(1)), 0)) is Refusal.NO_LEASE
    admission.consoles.lease(admission.consoles.find(A), True, 0)  # type: ignore[arg-type]
    admission.consoles.lease(admission.consoles.find(B), False, 0)  # type: ignore[arg-type]
    again = admission.command(B, encode(command(1)), 1)
    assert reason(again) is Refusal.NO_LEASE
    assert again.turned_away is None  # and noted once


def test_an_answer_to_what_was_never_admitted_goes_nowhere() -> None:
    assert driven().decided(Answer(command_id="never-seen", accepted=True)) is None


def test_a_forgotten_id_cannot_run_again() -> None:
    admission = driven(AdmissionLimits(ids_kept=3, commands_per_s=1000))
    for number in range(1, 8):
        assert admission.command(A, encode(command(number)), 0).received
    assert reason(admission.command(A, encode(command(1)), 0)) is Refusal.OUT_OF_ORDER


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"\xff", b"[" * 9000, b'{"id":"\\ud800-------"}', b"null", b"7"]
)
def test_what_is_no_command_is_refused_with_a_reason_and_no_answer_to_nobody(data: bytes) -> None:
    verdict = driven().command(A, data, 0)
    assert verdict.answer is None
    assert verdict.turned_away is not None
    assert verdict.turned_away.reason is Refusal.MALFORMED
    assert verdict.turned_away.message


def test_an_unknown_field_is_refused_by_name_to_the_id_that_it_came_with() -> None:
    data = encode(command()).replace(b'"seq":1', b'"seq":1,"turbo":true')
    verdict = driven().command(A, data, 0)
    assert reason(verdict) is Refusal.MALFORMED
    assert verdict.answer is not None
    assert verdict.answer.command_id == "command-0001"
    assert "turbo" in verdict.answer.message
    assert verdict.turned_away is not None
    assert verdict.turned_away.command_kind == "pause"


def test_a_refusal_does_not_repeat_a_flood_of_text_into_the_record() -> None:
    data = encode(command()).replace(b'"seq":1', b'"seq":1,"' + b"x" * 9000 + b'":true')
    verdict = driven().command(A, data, 0)
    assert verdict.turned_away is not None
    assert len(verdict.turned_away.message) <= MOST_MESSAGE


def test_too_large_a_command_is_refused() -> None:
    verdict = driven().command(A, b'{"id":"command-0001"' + b" " * MAX_COMMAND_BYTES + b"}", 0)
    assert reason(verdict) is Refusal.MALFORMED


def test_more_than_the_allowed_rate_is_refused_and_the_record_is_not_flooded() -> None:
    admission = driven()
    verdicts = [admission.command(A, encode(command(number)), S) for number in range(1, 601)]
    assert sum(one.received is not None for one in verdicts) == 200
    refused = [one for one in verdicts if one.received is None]
    assert {reason(one) for one in refused} == {Refusal.TOO_MANY}
    assert sum(one.turned_away is not None for one in refused) == 20
    # A moment later there is room again.
    assert admission.command(A, encode(command(700, sent_ns=S)), 2 * S).received


def test_one_consoles_flood_does_not_slow_another() -> None:
    admission = driven()
    admission.consoles.hello(B, hello("b", lease=False), 0)
    for number in range(1, 400):
        admission.command(B, encode(command(number)), 0)
    assert admission.command(A, encode(command(1, id="of-another")), 0).received


def test_stop_on_the_command_socket_needs_nothing_and_runs_once() -> None:
    admission = Admission(EPOCH)
    data = encode(command(1, body=Stop(), epoch="another-run", sent_ns=-(10**15)))
    first = admission.command(A, data, 70 * S)
    assert first.stop is not None
    assert (first.stop.by, first.stop.received_ns) == (StoppedBy.CONSOLE, 70 * S)
    assert first.answer is not None
    assert first.answer.accepted
    again = admission.command(A, data, 71 * S)
    assert again.stop is None
    assert again.answer is not None
    assert again.answer.repeated


def test_stop_passes_the_rate_limit() -> None:
    admission = driven()
    for number in range(1, 500):
        admission.command(A, encode(command(number)), 0)
    assert admission.command(A, encode(command(900, body=Stop())), 0).stop is not None


def test_stop_by_both_paths_with_one_id_is_one_stop() -> None:
    admission = driven()
    heard, pressed = admission.stop("stop-stop", 1, 5)
    assert pressed is not None
    assert heard.received_ns == 5
    assert admission.command(A, encode(command(1, id="stop-stop", body=Stop())), 9).stop is None
    again, nothing = admission.stop("stop-stop", 1, 12)
    assert nothing is None
    assert again.received_ns == 5


def test_a_raise_that_waited_too_long_in_the_runtime_is_found_out_and_a_pause_is_not() -> None:
    admission = driven()
    assert admission.expired_since(command(body=Start(), ttl_ms=1000), S + 1)
    assert not admission.expired_since(command(body=Start(), ttl_ms=1000), S)
    assert not admission.expired_since(command(body=Pause(), ttl_ms=1000), 60 * S)


@given(st.binary(max_size=300))
@settings(max_examples=500)
def test_no_bytes_whatever_make_admission_raise_or_admit(data: bytes) -> None:
    verdict = driven().command(A, data, 0)
    assert verdict.received is None


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_command_is_refused_or_means_the_same(data: st.DataObject) -> None:
    good = bytearray(encode(command(7, body=Start(), cause="because")))
    for _ in range(data.draw(st.integers(1, 3))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    verdict = driven().command(A, bytes(good), 0)
    if verdict.received is not None:
        assert verdict.received.command.epoch == EPOCH


class AdmissionMachine(RuleBasedStateMachine):
    """Whatever two consoles send in whatever order: the promises of docs/protocol.md."""

    @initialize()
    def begin(self) -> None:
        self.now = 0
        self.admission = Admission(EPOCH, AdmissionLimits(commands_per_s=50, ids_kept=8))
        self.ran: list[str] = []
        self.last: dict[Peer, int] = {}
        self.made: list[tuple[Peer, Command]] = []
        self.stops: list[str] = []

    peers = st.sampled_from([A, B])

    @rule(peer=peers, lease=st.booleans())
    def says_hello(self, peer: Peer, lease: bool) -> None:
        self.admission.consoles.hello(peer, hello(peer.route.decode(), lease), self.now)

    @rule(peer=peers, give_back=st.booleans())
    def asks_for_the_lease(self, peer: Peer, give_back: bool) -> None:
        console = self.admission.consoles.find(peer)
        if console:
            self.admission.consoles.lease(console, give_back, self.now)

    @rule(peer=peers, page=st.none() | st.integers(0, 5000))
    def beats(self, peer: Peer, page: int | None) -> None:
        console = self.admission.consoles.find(peer)
        if console:
            self.admission.consoles.beat(console, Beat(console_ns=0, page_age_ms=page), self.now)

    @rule(ms=st.sampled_from([1, 300, 2500, 31_000]), gone=st.booleans())
    def time_passes(self, ms: int, gone: bool) -> None:
        self.now += ms * MS
        self.admission.consoles.tick(self.now, gone)

    @rule(
        peer=peers,
        seq=st.integers(1, 30),
        age_ms=st.integers(-500, 6000),
        epoch=st.sampled_from([EPOCH, EPOCH, EPOCH, "other-run"]),
    )
    def sends(self, peer: Peer, seq: int, age_ms: int, epoch: str) -> None:
        made = command(
            seq,
            id=f"id-{len(self.made):06d}",
            sent_ns=self.now - age_ms * MS,
            epoch=epoch,
        )
        self.made.append((peer, made))
        self.deliver(peer, made)

    @rule(which=st.integers(0, 10**6))
    def the_network_repeats_one(self, which: int) -> None:
        if self.made:
            self.deliver(*self.made[which % len(self.made)])

    @rule(which=st.integers(0, 10**6), accepted=st.booleans())
    def the_session_decides(self, which: int, accepted: bool) -> None:
        if self.ran:
            self.admission.decided(Answer(command_id=self.ran[which % len(self.ran)], accepted=accepted))

    @rule(number=st.integers(0, 3))
    def somebody_stops(self, number: int) -> None:
        stop_id = f"stop-number-{number}"
        heard, pressed = self.admission.stop(stop_id, None, self.now)
        assert heard.id == stop_id
        assert (pressed is None) == (stop_id in self.stops)
        self.stops.append(stop_id)

    def deliver(self, peer: Peer, made: Command) -> None:
        holder = self.admission.consoles.holder
        verdict = self.admission.command(peer, encode(made), self.now)
        outcomes = [verdict.received, verdict.answer, verdict.pending]
        assert sum(one is not None for one in outcomes) == 1
        if verdict.received is None:
            return
        assert made.id not in self.ran, "run twice"
        self.ran.append(made.id)
        assert holder is not None
        assert holder.peer == peer, "run without the lease"
        assert made.epoch == EPOCH
        assert self.now - made.sent_ns <= made.ttl_ms * MS, "run too late"
        assert made.seq > self.last.get(peer, 0), "run out of order"
        self.last[peer] = made.seq

    @invariant()
    def the_age_is_never_negative(self) -> None:
        if hasattr(self, "admission"):
            assert self.admission.consoles.alive_ns <= self.now


AdmissionMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAdmissionMachine = AdmissionMachine.TestCase
