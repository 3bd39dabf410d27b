"""The exchange of pairing, without sockets: who knows the code is paired, and nobody else learns or stores anything."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import spake2
import zmq
import zmq.utils.z85
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.pairing import CODE, CONSOLE, OTHER, RUNTIME, Talk
from vr_runtime.link import pairing
from vr_runtime.link.connection import LINK_PORT
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.pairing import (
    LIFE_NS,
    MOST_CALLS,
    MOST_MESSAGE,
    TRIES,
    Card,
    ConsoleSide,
    Kind,
    No,
    Offer,
    PairingRefused,
)
from vr_runtime.link.pairing_code import new_code, spoken, typed
from vr_runtime.link.pairing_sockets import PAIR_PORT


def offer() -> Offer:
    return Offer(CODE, RUNTIME, 0)


def nowhere(_card: Card) -> None:
    raise AssertionError("nothing may be stored")


def reason(caught: pytest.ExceptionInfo[LinkError]) -> LinkReason:
    assert isinstance(caught.value.reason, LinkReason)
    return caught.value.reason


# ------------------------------------------------------------------ the code


@given(st.integers(0, 10**7 - 1), st.integers(0, 7), st.integers(1, 9))
def test_a_single_wrong_digit_is_noticed_where_it_is_typed(number: int, at: int, more: int) -> None:
    code = new_code(lambda _: number)
    assert typed(code) == typed(spoken(code)) == typed(f" {code[:2]}-{code[2:]}\n") == code
    wrong = code[:at] + str((int(code[at]) + more) % 10) + code[at + 1 :]
    with pytest.raises(LinkError) as caught:
        typed(wrong)
    assert reason(caught) is LinkReason.CODE_MISTYPED


@given(st.integers(0, 10**7 - 1), st.integers(0, 6))
def test_two_neighbours_in_the_wrong_order_are_noticed(number: int, at: int) -> None:
    code = new_code(lambda _: number)
    if code[at] != code[at + 1]:
        with pytest.raises(LinkError):
            typed(code[:at] + code[at + 1] + code[at] + code[at + 2 :])


@pytest.mark.parametrize("text", ["", "1", "123456789", "1234567", "abcdefgh", "１２３４５６７８", "1234567½"])  # fmt: skip
def test_what_is_no_code_is_refused_before_anybody_is_called(text: str) -> None:
    with pytest.raises(LinkError) as caught:
        typed(text)
    assert reason(caught) is LinkReason.CODE_MISTYPED


def test_codes_are_drawn_from_all_seven_digit_numbers() -> None:
    asked: list[int] = []
    assert new_code(lambda below: asked.append(below) or 0) == "00000000"
    assert asked == [10**7]
    assert len({new_code() for _ in range(200)}) > 190


# ------------------------------------------------------------------ the right code


def test_with_the_right_code_each_side_has_the_others_card() -> None:
    one = offer()
    talk = Talk(one)
    assert talk.console.paired == RUNTIME
    assert talk.stored == [CONSOLE]
    assert one.paired == CONSOLE
    assert [message[0] for message in talk.said] == [1, 2, 3, 4, 5, 6]


def test_what_passes_shows_neither_code_nor_names_nor_keys() -> None:
    talk = Talk(offer())
    assert talk.agreed
    said = b"".join(talk.said)
    for card in (RUNTIME, CONSOLE):
        for secret in (card.name.encode(), card.public.encode(), zmq.utils.z85.decode(card.public.encode())):
            assert secret not in said
    assert CODE.encode() not in said
    assert b"8440" not in said
    assert b"json" not in said
    assert b'"' + b"name" not in said


def test_no_two_runs_look_alike() -> None:
    first, second = Talk(offer()), Talk(offer())
    assert all(one != other for one, other in zip(first.said, second.said, strict=True))


def test_a_console_written_after_the_document_is_paired() -> None:
    """The bytes of docs/protocol.md, by hand."""
    runtime = offer().call()
    stored: list[Card] = []
    identity = b"palier pairing 1, protocol 1, "
    side: Any = spake2.SPAKE2_A(CODE.encode(), idA=identity + b"console", idB=identity + b"runtime")
    hello = b"\x01\x01\x01" + side.start()
    reply = runtime.hear(hello, 1, stored.append)
    assert (reply[:2], len(reply)) == (b"\x02B", 34)
    shared = side.finish(reply[1:])
    said = hashlib.sha256(b"".join(len(one).to_bytes(2, "little") + one for one in (hello, reply))).digest()
    made, block = b"", b""
    extracted = hmac.digest(said, shared, "sha256")
    for number in range(1, 5):
        block = hmac.digest(extracted, block + identity + b"keys" + bytes((number,)), "sha256")
        made += block
    proof = hmac.digest(made[:32], said, "sha256")
    welcome = runtime.hear(b"\x03" + proof, 1, stored.append)
    assert welcome[:33] == b"\x04" + hmac.digest(made[32:64], said + proof, "sha256")
    card = json.loads(AESGCM(made[96:]).decrypt(b"\x04" + bytes(11), welcome[33:], said))
    assert (card["name"], card["port"]) == ("room-3", 8440)
    own = json.dumps({"name": "other-make", "public": CONSOLE.public}).encode()
    done = runtime.hear(
        b"\x05" + AESGCM(made[64:96]).encrypt(b"\x05" + bytes(11), own, said), 1, stored.append
    )
    assert AESGCM(made[96:]).decrypt(b"\x06" + bytes(11), done[1:], said) == b""
    assert [one.name for one in stored] == ["other-make"]


# ------------------------------------------------------------------ tries, time, one at a time


def test_a_wrong_code_pairs_nobody_and_costs_a_try() -> None:
    one = offer()
    talk = Talk(one, OTHER)
    assert not talk.stored
    assert talk.console.paired is None
    assert one.wrong == 1
    assert [refusal.reason for refusal in talk.refusals] == [LinkReason.CODE_WRONG, LinkReason.CODE_WRONG]


def test_the_fifth_try_may_be_right_and_the_sixth_may_not() -> None:
    for wrong in range(TRIES + 2):
        one = offer()
        for _ in range(wrong):
            Talk(one, OTHER)
        talk = Talk(one)
        assert talk.agreed == (wrong < TRIES), wrong
        if wrong >= TRIES:
            assert one.wrong == TRIES
            assert one.paired is None
            assert talk.refusals[-1].reason is LinkReason.PAIRING_OVER
            assert "5 times" in one.over(1)


def test_tries_that_run_side_by_side_are_counted_one_by_one() -> None:
    """Ten callers who all got their answer before the first of them guesses."""
    one = offer()
    callers = [(one.call(), ConsoleSide(OTHER, CONSOLE)) for _ in range(9)]
    callers.append((one.call(), ConsoleSide(CODE, CONSOLE)))
    proofs = [(side, caller.hear(side.hear(caller.hello(), 1, nowhere))) for side, caller in callers]
    for side, proof in proofs:
        assert proof is not None
        with pytest.raises(PairingRefused):
            side.hear(proof, 1, nowhere)
    assert one.wrong == TRIES
    assert one.paired is None


def test_after_two_minutes_the_code_is_worth_nothing_even_in_mid_conversation() -> None:
    one = offer()
    assert Talk(one, now_ns=LIFE_NS - 1).agreed
    late = Talk(offer(), now_ns=LIFE_NS)
    assert not late.stored
    assert late.refusals[-1].reason is LinkReason.PAIRING_OVER
    console, begun = ConsoleSide(CODE, CONSOLE), offer()
    runtime = begun.call()
    message = console.hear(runtime.hear(console.hello(), 1, nowhere))
    assert message is not None
    message = console.hear(runtime.hear(message, 1, nowhere))
    assert message is not None
    with pytest.raises(PairingRefused) as caught:
        runtime.hear(message, LIFE_NS, nowhere)
    assert reason(caught) is LinkReason.PAIRING_OVER
    assert begun.over(LIFE_NS) == "the code's 2 minutes are over"


def test_a_code_pairs_one_console() -> None:
    one = offer()
    second = one.call()
    other = ConsoleSide(CODE, CONSOLE)
    proof = other.hear(second.hear(other.hello(), 1, nowhere))
    assert Talk(one).agreed
    assert proof is not None
    with pytest.raises(PairingRefused) as caught:
        second.hear(proof, 1, nowhere)
    assert reason(caught) is LinkReason.PAIRING_OVER
    assert not Talk(one).stored
    assert one.over(1) == "the code was used"


def test_callers_without_end_end_the_code() -> None:
    one = offer()
    for _ in range(MOST_CALLS):
        one.call()
    assert not one.over(1)
    assert not Talk(one).stored
    assert "somebody on the network is in the way" in one.over(1)


def test_what_cannot_be_stored_leaves_the_code_as_it_was() -> None:
    one, console = offer(), ConsoleSide(CODE, CONSOLE)
    runtime = one.call()

    def full(_card: Card) -> None:
        raise LinkError(LinkReason.NOT_STORED, "no space left")

    message = console.hello()
    for _ in range(2):
        reply = console.hear(runtime.hear(message, 1, full))
        assert reply is not None
        message = reply
    with pytest.raises(LinkError) as caught:
        runtime.hear(message, 1, full)
    assert reason(caught) is LinkReason.NOT_STORED
    assert one.paired is None
    assert Talk(one).agreed


# ------------------------------------------------------------------ somebody in the middle


@given(st.integers(0, 5), st.integers(0, 10_000), st.integers(1, 255))
@settings(max_examples=100)
def test_a_message_that_is_changed_on_its_way_makes_no_agreement(at: int, place: int, change: int) -> None:
    def meddle(number: int, message: bytes) -> bytes:
        if number != at:
            return message
        changed = bytearray(message)
        changed[place % len(changed)] ^= change
        return bytes(changed)

    one = offer()
    talk = Talk(one, meddle=meddle)
    assert not talk.agreed
    assert talk.refusals
    # Once the console has proved itself and said its key, it is the true one that is stored; it will try again.
    assert talk.stored == ([CONSOLE] if at == 5 else [])
    assert talk.console.paired is None


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 400), st.binary(max_size=40))
@settings(max_examples=60)
def test_cut_lengthened_and_swapped_messages_make_no_agreement(
    at: int, other: int, keep: int, more: bytes
) -> None:
    spoken_before = Talk(offer()).said

    def meddle(number: int, message: bytes) -> bytes:
        if number != at:
            return message
        changed = spoken_before[other] if keep > 300 else message[: min(keep, len(message) - 1)] + more
        return changed if changed != message else message + b"\0"

    talk = Talk(offer(), meddle=meddle)
    assert not talk.agreed
    assert talk.console.paired is None


@pytest.mark.parametrize("guess", [OTHER, "00000000"])
def test_a_man_in_the_middle_with_two_conversations_of_his_own_pairs_with_neither(guess: str) -> None:
    one, console = offer(), ConsoleSide(CODE, CONSOLE)
    runtime = one.call()
    mine = Card(name="mallory", public=zmq.curve_keypair()[0].decode())
    towards_runtime = ConsoleSide(guess, mine)
    towards_console = Offer(guess, mine, 0).call()
    proof = towards_runtime.hear(runtime.hear(towards_runtime.hello(), 1, nowhere))
    assert proof is not None
    with pytest.raises(PairingRefused) as caught:
        runtime.hear(proof, 1, nowhere)
    assert reason(caught) is LinkReason.CODE_WRONG
    assert caught.value.reply == bytes((Kind.REFUSED, No.WRONG_CODE))  # nothing that depends on the code
    true_proof = console.hear(towards_console.hear(console.hello(), 1, nowhere))
    assert true_proof is not None
    with pytest.raises(PairingRefused):
        towards_console.hear(true_proof, 1, nowhere)
    with pytest.raises(PairingRefused) as caught:
        console.hear(bytes((Kind.WELCOME,)) + bytes(32) + bytes(120))
    assert reason(caught) is LinkReason.CODE_WRONG
    assert "somebody stands between" in str(caught.value)
    assert console.paired is None


def test_ones_own_messages_sent_back_are_refused() -> None:
    console = ConsoleSide(CODE, CONSOLE)
    with pytest.raises(PairingRefused):
        console.hear(bytes((Kind.OFFER,)) + console.hello()[3:])
    one = offer()
    runtime = one.call()
    theirs = runtime.hear(ConsoleSide(CODE, CONSOLE).hello(), 1, nowhere)
    with pytest.raises(PairingRefused):
        one.call().hear(bytes((Kind.HELLO, 1, 1)) + theirs[1:], 1, nowhere)


def test_what_a_console_said_once_pairs_nobody_again() -> None:
    said = Talk(offer()).said
    one = offer()
    runtime = one.call()
    runtime.hear(said[0], 1, nowhere)
    with pytest.raises(PairingRefused):
        runtime.hear(said[2], 1, nowhere)
    assert one.wrong == 1
    with pytest.raises(PairingRefused):
        one.call().hear(said[4], 1, nowhere)
    assert one.paired is None


@pytest.mark.parametrize(
    "point", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"\xec" + b"\xff" * 30 + b"\x7f"]
)
def test_points_that_would_lead_to_a_known_key_are_refused(point: bytes) -> None:
    """Zero, the neutral element, one of order two, one that is none."""
    one = offer()
    with pytest.raises(PairingRefused):
        one.call().hear(bytes((Kind.HELLO, 1, 1)) + b"A" + point, 1, nowhere)
    with pytest.raises(PairingRefused):
        ConsoleSide(CODE, CONSOLE).hear(bytes((Kind.OFFER,)) + b"B" + point)


def test_versions_are_part_of_the_agreement(monkeypatch: pytest.MonkeyPatch) -> None:
    hello = ConsoleSide(CODE, CONSOLE).hello()
    for other in (hello[:1] + b"\x02" + hello[2:], hello[:2] + b"\x02" + hello[3:], hello[:1] + b"\x02"):
        with pytest.raises(PairingRefused) as caught:
            offer().call().hear(other, 1, nowhere)
        assert caught.value.reply == bytes((Kind.REFUSED, No.VERSION))
    console = ConsoleSide(CODE, CONSOLE)
    with pytest.raises(PairingRefused) as caught:
        console.hear(bytes((Kind.REFUSED, No.VERSION)))
    assert "update" in str(caught.value)
    # a runtime of another version, to whom somebody in the middle says otherwise
    told = offer().call()
    monkeypatch.setattr(pairing, "MAJOR", 2)
    newer = ConsoleSide(CODE, CONSOLE)
    monkeypatch.undo()
    proof = newer.hear(told.hear(newer.hello()[:2] + b"\x01" + newer.hello()[3:], 1, nowhere))
    assert proof is not None
    with pytest.raises(PairingRefused) as caught:
        told.hear(proof, 1, nowhere)
    assert reason(caught) is LinkReason.CODE_WRONG


# ------------------------------------------------------------------ nonsense


def stages() -> list[tuple[Offer, Any, int]]:
    """A runtime after each message that it may have heard."""
    made: list[tuple[Offer, Any, int]] = []
    for heard in range(3):
        one, console = offer(), ConsoleSide(CODE, CONSOLE)
        runtime = one.call()
        message: bytes | None = console.hello()
        for _ in range(heard):
            assert message is not None
            message = console.hear(runtime.hear(message, 1, nowhere))
        made.append((one, runtime, heard))
    return made


nonsense = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda kind, rest: bytes((kind,)) + rest, st.integers(0, 8), st.binary(max_size=120)),
    st.builds(lambda rest: b"\x01\x01\x01A" + rest, st.binary(min_size=30, max_size=34)),
    st.just(b"\x03" + bytes(MOST_MESSAGE * 3)),
    st.just(b""),
)


@given(st.lists(nonsense, min_size=1, max_size=3))
@settings(max_examples=30)
def test_nonsense_at_any_moment_is_refused_and_nothing_is_stored(messages: list[bytes]) -> None:
    for one, runtime, heard in stages():
        refusals: list[PairingRefused] = []
        for message in messages:
            try:
                reply = runtime.hear(message, 1, nowhere)
                assert heard == 0  # by chance a point: then the answer is a point too
                assert reply[0] == Kind.OFFER
            except PairingRefused as refusal:
                refusals.append(refusal)
        assert len(refusals) >= len(messages) - 1
        assert all(refusal.reply is not None and len(refusal.reply) == 2 for refusal in refusals)
        assert one.paired is None
        assert heard != 1 or one.wrong == 1  # whoever has an answer and says anything else has guessed


@given(nonsense)
@settings(max_examples=30)
def test_a_console_takes_nonsense_for_no_runtime(message: bytes) -> None:
    one = offer()
    for heard in range(3):
        console, runtime = ConsoleSide(CODE, CONSOLE), one.call()
        said: bytes | None = console.hello()
        for _ in range(heard):
            assert said is not None
            said = console.hear(runtime.hear(said, 1, nowhere))
        with pytest.raises(PairingRefused):
            console.hear(message)
        assert console.paired is None


def test_after_a_refusal_a_conversation_is_over() -> None:
    one, console = offer(), ConsoleSide(CODE, CONSOLE)
    runtime = one.call()
    reply = runtime.hear(console.hello(), 1, nowhere)
    proof = console.hear(reply)
    assert proof is not None
    with pytest.raises(PairingRefused):
        runtime.hear(b"\x03" + bytes(32), 1, nowhere)
    for message in (proof, console.hello()):
        with pytest.raises(PairingRefused):
            runtime.hear(message, 1, nowhere)
    assert one.wrong == 1


@pytest.mark.parametrize("name", ["../server", "a/b", "", ".hidden", "A", "x" * 33, "a\0b", "a b"])
def test_a_name_that_is_no_files_name_is_refused(name: str) -> None:
    card = CONSOLE.model_copy(update={"name": name})
    talk = Talk(offer(), card=card)
    assert talk.stored == []
    assert talk.refusals[0].reason is LinkReason.PAIRING_BROKEN


@pytest.mark.parametrize("key", ["x" * 39, "~" * 40, "", "é" * 40])
def test_a_card_without_a_key_is_refused(key: str) -> None:
    card = CONSOLE.model_copy(update={"public": key})
    talk = Talk(offer(), card=card)
    assert talk.stored == []


# ------------------------------------------------------------------ the document


def test_the_document_names_every_message_every_refusal_and_every_limit() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    section = text.split("## Pairing two machines")[1].split("\n## ")[0]
    assert re.findall(r"^\| (\d) ([A-Z]+) \|", section, re.M) == [(str(one.value), one.name) for one in Kind]
    (reasons,) = re.findall(r"why u8: (.*?) \|", section)
    assert re.findall(r"(\d) ", reasons) == [str(one.value) for one in No]
    assert (TRIES, LIFE_NS, MOST_CALLS, MOST_MESSAGE) == (5, 120_000_000_000, 100, 1024)
    for said in ("five tries", "two minutes", "a hundred callers", "at most 1024", f"port {PAIR_PORT}"):
        assert said in section
    assert f"first port is {LINK_PORT}" in text


# ------------------------------------------------------------------ long


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_proof_of_a_man_in_the_middle_who_changes_what_he_likes(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(1)
    earlier = [Talk(offer()).said for _ in range(20)]
    counts = {"conversations": 0, "agreed unchanged": 0, "agreed changed": 0, "stored": 0}
    for _ in range(5_000):
        changed: list[int] = []

        def meddle(number: int, message: bytes) -> bytes:
            kind = chance.randrange(12)
            if kind == 0:
                data = bytearray(message)
                data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
                other = bytes(data)
            elif kind == 1:
                other = chance.choice(earlier)[number % 6]
            elif kind == 2:
                other = message[: chance.randrange(len(message))] + chance.randbytes(chance.randrange(3))
            else:
                return message
            if other != message:
                changed.append(number)  # noqa: B023
            return other

        talk = Talk(offer(), meddle=meddle)
        counts["conversations"] += 1
        counts["agreed changed" if changed else "agreed unchanged"] += talk.agreed
        counts["stored"] += len(talk.stored)
        assert all(card == CONSOLE for card in talk.stored)
        assert talk.console.paired in (None, RUNTIME)
        assert bool(changed) != talk.agreed
    with capsys.disabled():
        said = ", ".join(f"{count} {what}" for what, count in counts.items())
        sys.stdout.write(f"\npairing with a man in the middle: {said}\n")
