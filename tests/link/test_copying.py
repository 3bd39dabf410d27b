"""The pure parts of copying: pieces, merging, asking; and the outbox and the clock of a console."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.link import entry
from vr_runtime.link.catch_up import CREDIT, PATIENCE_NS, SILENCE_NS, CatchUp
from vr_runtime.link.entries import LogEntry, entry_size, pack_entries, pieces, unpack_entries
from vr_runtime.link.merge import ASIDE_BYTES, Merge
from vr_runtime.link.offset import DRIFT, OffsetEstimator
from vr_runtime.link.outbox import GRACE_NS, RETRY_NS, Outbox
from vr_runtime.link.wire import PieceHead, Want, pack_want, unpack_piece_head, unpack_want
from vr_runtime.protocol.errors import ProtocolError

MS = 1_000_000

entries = st.lists(
    st.builds(
        LogEntry,
        seq=st.integers(-(2**63), 2**63 - 1),
        t_ns=st.integers(-(2**63), 2**63 - 1),
        kind=st.text(max_size=20).filter(lambda text: text.isprintable()),
        body=st.binary(max_size=100),
        hash=st.binary(max_size=32),
    ),
    max_size=8,
)


@given(entries)
def test_a_piece_holds_its_entries_byte_for_byte(given_entries: list[LogEntry]) -> None:
    packed = pack_entries(given_entries)
    assert unpack_entries(packed) == given_entries
    assert len(packed) == sum(map(entry_size, given_entries))


@given(entries.filter(bool), st.data())
def test_a_cut_piece_is_noticed(given_entries: list[LogEntry], data: st.DataObject) -> None:
    packed = pack_entries(given_entries)
    ends = {len(pack_entries(given_entries[:count])) for count in range(len(given_entries) + 1)}
    cut = data.draw(st.integers(0, len(packed) - 1))
    if cut in ends:
        assert unpack_entries(packed[:cut]) == given_entries[: sorted(ends).index(cut)]
    else:
        with pytest.raises(ProtocolError):
            unpack_entries(packed[:cut])


@given(st.binary(max_size=200))
def test_random_bytes_are_a_piece_or_an_error_and_nothing_else(data: bytes) -> None:
    for unpack in (unpack_entries, unpack_want, unpack_piece_head):
        try:
            unpack(data)  # type: ignore[operator]
        except ProtocolError:
            continue


@given(entries, st.integers(1, 400))
def test_pieces_are_cut_small_and_lose_nothing(given_entries: list[LogEntry], limit: int) -> None:
    cut = list(pieces(given_entries, limit))
    assert [one for piece in cut for one in piece] == given_entries
    for piece in cut:
        assert len(piece) == 1 or sum(map(entry_size, piece)) <= limit


@pytest.mark.parametrize("want", [Want(1, 5, 0), Want(1, -1, 1), Want(1, 1, 9)])
def test_a_request_outside_its_limits_is_refused(want: Want) -> None:
    with pytest.raises(ProtocolError):
        unpack_want(pack_want(want))


@given(st.data())
@settings(max_examples=200)
def test_feed_and_history_in_any_order_give_every_entry_once_and_in_order(data: st.DataObject) -> None:
    chance = random.Random(data.draw(st.integers(0, 10**9)))
    count, had = data.draw(st.integers(1, 60)), data.draw(st.integers(0, 10))
    log = [entry(seq) for seq in range(1, had + count + 1)]
    merge, given_on = Merge(had), []
    parts = []
    for _ in range(data.draw(st.integers(0, 20))):
        start = chance.randrange(len(log))
        parts.append(log[start : start + chance.randrange(1, 15)])
    chance.shuffle(parts)
    for part in parts:
        ready = merge.offer(part)
        if ready and chance.random() < 0.2:
            merge.rewind(ready)  # it could not be kept
        else:
            given_on += ready
    while merge.behind:  # the history has it all, and is asked from where it lacks
        given_on += merge.offer(log[merge.next_seq - 1 : merge.next_seq + 6])
    given_on += merge.offer(log)
    assert given_on == log[had:]
    assert not merge.gap


def test_what_is_laid_aside_is_bounded() -> None:
    merge = Merge()
    big = ASIDE_BYTES // 4
    merge.offer(entry(seq, b"x" * big) for seq in range(2, 40))
    assert merge._aside_bytes <= ASIDE_BYTES
    assert merge.gap


def test_nothing_is_asked_while_nothing_lacks_and_the_feed_is_given_a_moment() -> None:
    merge, catch_up = Merge(), CatchUp()
    assert catch_up.wanted(merge, 0) is None
    merge.heard_of(4)
    assert catch_up.wanted(merge, 10) is None
    assert catch_up.wanted(merge, 10 + PATIENCE_NS) == Want(1, 1, CREDIT)


def test_a_gap_is_asked_for_at_once_and_again_if_nothing_comes() -> None:
    merge, catch_up = Merge(), CatchUp()
    merge.offer([entry(3)])
    want = catch_up.wanted(merge, 0)
    assert want == Want(1, 1, CREDIT)
    catch_up.asked(want, 0)
    assert catch_up.wanted(merge, SILENCE_NS - 1) is None
    assert catch_up.wanted(merge, SILENCE_NS) == Want(2, 1, CREDIT)


def test_every_piece_is_paid_with_one_credit_and_an_old_runs_piece_is_not() -> None:
    merge, catch_up = Merge(), CatchUp()
    merge.offer([entry(9)])
    want = catch_up.wanted(merge, 0)
    assert want is not None
    catch_up.asked(want, 0)
    assert catch_up.piece(PieceHead(want.token, end=False), 1) == Want(want.token, 0, 1)
    assert catch_up.piece(PieceHead(want.token + 1, end=False), 1) is None
    assert catch_up.piece(PieceHead(want.token, end=True), 1) is None
    assert catch_up.piece(PieceHead(want.token, end=False), 1) is None


def test_an_end_that_leaves_a_gap_is_not_asked_again_at_once() -> None:
    """A runtime that knows of entries it cannot read must not be asked in a tight circle."""
    merge, catch_up = Merge(), CatchUp()
    merge.offer([entry(9)])
    want = catch_up.wanted(merge, 0)
    assert want is not None
    catch_up.asked(want, 0)
    catch_up.piece(PieceHead(want.token, end=True), 5)
    assert catch_up.wanted(merge, 6) is None
    assert catch_up.wanted(merge, 5 + PATIENCE_NS) is not None


# ------------------------------------------------------------------ outbox


def test_commands_are_repeated_in_order_until_their_life_is_over() -> None:
    outbox = Outbox()
    outbox.add("one", "pause", b"1", 0, 1000)
    outbox.add("two", "pause", b"2", 1, 1000)
    assert [one.data for one in outbox.due(1)] == [b"1", b"2"]
    for one in outbox.due(1):
        outbox.sent(one, 1)
    assert outbox.due(RETRY_NS) == []
    assert [one.id for one in outbox.due(1 + RETRY_NS)] == ["one", "two"]
    assert [one.id for one in outbox.due(1000 * MS)] == ["two"]
    assert outbox.give_up(1000 * MS) == []  # an answer may still come
    assert outbox.answered("two")
    (gone,) = outbox.give_up(1000 * MS + GRACE_NS)
    assert (gone.id, gone.sent) == ("one", True)
    assert len(outbox) == 0


def test_a_command_that_never_left_is_given_up_at_once_and_known_not_to_have_run() -> None:
    outbox = Outbox()
    outbox.add("one", "pause", b"1", 0, 100)
    outbox.blocked(outbox.due(0)[0], 0)
    (gone,) = outbox.give_up(100 * MS)
    assert not gone.sent
    assert "did not run" in gone.message


def test_a_blocked_command_holds_back_those_behind_it() -> None:
    outbox = Outbox()
    outbox.add("one", "pause", b"1", 0, 10_000)
    outbox.add("two", "pause", b"2", 5, 10_000)
    outbox.blocked(outbox.due(10)[0], 10, wait_ns=50)
    assert outbox.due(59) == []
    assert [one.id for one in outbox.due(60)] == ["one", "two"]


def test_the_outbox_says_when_there_is_something_to_do() -> None:
    outbox = Outbox()
    assert outbox.next_due_ns() is None
    outbox.add("one", "pause", b"1", 0, 100)
    assert outbox.next_due_ns() == 0
    outbox.sent(outbox.due(0)[0], 0)
    assert outbox.next_due_ns() == 100 * MS + GRACE_NS  # too old to be repeated by then
    outbox.all_due(7)
    assert outbox.next_due_ns() == 7


# ------------------------------------------------------------------ clock


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=40),
    st.floats(-DRIFT, DRIFT),
)
def test_the_true_offset_lies_within_the_stated_error(
    offset: int, trips: list[tuple[int, int]], drift: float
) -> None:
    """Whatever way each round trip is divided, and with clocks that drift apart."""
    estimator, now = OffsetEstimator(), 0

    def runtime_clock(console_ns: int) -> int:
        return console_ns + offset + int(console_ns * drift)

    for there, back in trips:
        estimator.add(now, runtime_clock(now + there), now + there + back)
        now += there + back + 250 * MS
        found = estimator.at(now)
        assert found is not None
        assert abs(runtime_clock(now) - now - found.offset_ns) <= found.error_ns + 2


def test_a_reply_before_its_question_is_not_taken() -> None:
    estimator = OffsetEstimator()
    assert not estimator.add(10, 500, 9)
    assert estimator.at(20) is None


def test_an_old_short_round_trip_gives_way_in_time() -> None:
    estimator = OffsetEstimator(keep=3)
    estimator.add(0, 100, 2)
    for at in range(1, 4):
        estimator.add(at * 1000 * MS, 100, at * 1000 * MS + 50 * MS)
    found = estimator.at(4000 * MS)
    assert found is not None
    assert found.round_trip_ns == 50 * MS
