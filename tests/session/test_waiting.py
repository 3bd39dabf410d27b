"""The raises that wait for their commit, by themselves: in order, one by one, and none for too long."""

from __future__ import annotations

import pytest

from vr_runtime.protocol.commands import Command, GoToStep
from vr_runtime.protocol.events import CommandDecided, CommandReceived
from vr_runtime.protocol.words import Refusal
from vr_runtime.session.turn import Turn
from vr_runtime.session.waiting import WaitingRoom

S = 1_000_000_000


def _raise(number: int) -> CommandReceived:
    command = Command(
        id=f"command-{number}", epoch="epoch-0001", seq=number, sent_ns=0, body=GoToStep(step=number)
    )
    return CommandReceived(command=command, received_ns=0)


def _room(*numbers: int, rest: tuple[int, ...] = ()) -> WaitingRoom:
    room = WaitingRoom(1.0)
    for number in numbers:
        turn = Turn(10 * S)
        room.enter(_raise(number), turn, rest=number in rest)
        assert turn.touched
    return room


def _refused(turn: Turn) -> list[tuple[str, Refusal | None, str]]:
    return [
        (body.command_id, body.reason, body.message)
        for body, _ in turn.events
        if isinstance(body, CommandDecided) and not body.accepted
    ]


def test_those_whose_commit_has_come_are_given_in_the_order_in_which_they_came() -> None:
    room, turn = _room(1, 2, 3), Turn(10 * S)
    assert [each.id for each in room.committed(frozenset({"command-3", "command-1"}), turn)] == [
        "command-1",
        "command-3",
    ]
    assert turn.touched
    assert (room.ids, len(room)) == (frozenset({"command-2"}), 1)
    assert _refused(turn) == []


def test_without_a_commit_nothing_has_happened() -> None:
    room, turn = _room(1, 2), Turn(10 * S + S // 2)
    assert list(room.committed(frozenset(), turn)) == []
    assert turn.quiet
    assert len(room) == 2


@pytest.mark.parametrize(("late_ns", "kept"), [(0, True), (1, False)])
def test_one_that_waited_for_longer_than_the_limit_is_refused_though_its_commit_has_come(
    late_ns: int, kept: bool
) -> None:
    room, turn = _room(1), Turn(11 * S + late_ns)
    through = [each.id for each in room.committed(frozenset({"command-1"}), turn)]
    assert through == (["command-1"] if kept else [])
    assert len(room) == 0
    assert turn.touched
    if not kept:
        ((identity, reason, message),) = _refused(turn)
        assert (identity, reason) == ("command-1", Refusal.RECORD_FAILING)
        assert "within 1 s" in message


def test_what_clears_the_room_refuses_all_with_its_own_reason() -> None:
    room, turn = _room(1, 2), Turn(10 * S)
    room.clear(Refusal.NOT_NOW, "a STOP came first", turn)
    assert _refused(turn) == [
        ("command-1", Refusal.NOT_NOW, "a STOP came first"),
        ("command-2", Refusal.NOT_NOW, "a STOP came first"),
    ]
    assert turn.touched
    assert len(room) == 0


def test_the_rest_of_a_step_down_was_answered_already_and_is_dropped_without_a_word() -> None:
    room, turn = _room(1, rest=(1,)), Turn(10 * S)
    room.clear(Refusal.NOT_NOW, "a STOP came first", turn)
    assert _refused(turn) == []
    assert turn.touched  # and yet the frame is not the one before
    assert len(room) == 0


def test_an_empty_room_touches_nothing() -> None:
    room, turn = WaitingRoom(1.0), Turn(10 * S)
    room.clear(Refusal.NOT_NOW, "a STOP came first", turn)
    assert list(room.committed(frozenset({"command-1"}), turn)) == []
    assert turn.quiet
