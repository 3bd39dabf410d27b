"""The session's life: every state with every event, and the waits between attempts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from vr_runtime.display.openxr.life import (
    AFTER_EXIT_S,
    FIRST_RETRY_S,
    LONGEST_RETRY_S,
    Act,
    Life,
    Loss,
    State,
)

S = 1_000_000_000
OF_NEWER_VERSIONS = 99
LIVES = [
    Life(state=state, present=present, running=running, worn=worn)
    for state, present, running, worn in product(State, (True, False), (True, False), (True, False))
    if present or not running
]


def name(life: Life) -> str:
    return f"{life.state.name}{' running' * life.running}{' gone' * (not life.present)}{' off' * (not life.worn)}"


def focused() -> Life:
    life = Life()
    life.created()
    for state in (State.IDLE, State.READY, State.SYNCHRONIZED, State.VISIBLE, State.FOCUSED):
        life.changed(state)
    return life


@pytest.mark.parametrize("life", LIVES, ids=name)
@pytest.mark.parametrize("told", [*State, OF_NEWER_VERSIONS])
def test_every_state_in_every_state(life: Life, told: int) -> None:
    before = replace(life)
    act = replace(life)
    did = act.changed(told)
    assert act.present is before.present  # only leaving it ends a session
    match did:
        case Act.BEGIN:
            assert (told, before.running, act.running) == (State.READY, False, True)
        case Act.END:
            assert (told, before.running, act.running) == (State.STOPPING, True, False)
        case Act.LEAVE:
            assert told in (State.EXITING, State.LOSS_PENDING)
        case Act.NOTHING:
            assert act.running is before.running
    if before.present:
        assert (did is Act.BEGIN) is (told == State.READY and not before.running)
        assert (did is Act.END) is (told == State.STOPPING and before.running)
        assert (did is Act.LEAVE) is (told in (State.EXITING, State.LOSS_PENDING))
    else:
        assert did is Act.NOTHING


@pytest.mark.parametrize("life", LIVES, ids=name)
@pytest.mark.parametrize("loss", Loss)
def test_a_loss_in_every_state(life: Life, loss: Loss) -> None:
    after = replace(life, losses=0)
    after.lost(loss, 7 * S)
    assert (after.present, after.running, after.display_ok) == (False, False, False)
    assert after.losses == life.present
    assert not after.due(7 * S)
    assert after.due(7 * S + round(10 * S)) is (loss is not Loss.CLOSED)


@pytest.mark.parametrize("life", LIVES, ids=name)
def test_the_headset_counts_as_on_only_with_focus_and_somebody_in_it(life: Life) -> None:
    if life.present:
        assert life.headset_on is (life.running and life.state is State.FOCUSED and life.worn)
    else:
        assert life.headset_on, "without a session nothing is known of the headset: display_ok speaks alone"
    assert life.display_ok is life.present
    assert not (life.present and life.due(10**18))


def test_the_usual_life() -> None:
    life = Life()
    assert life.due(0)
    life.created()
    acts = [life.changed(state) for state in State if state < State.LOSS_PENDING and state]
    assert acts == [Act.NOTHING, Act.BEGIN, Act.NOTHING, Act.NOTHING, Act.NOTHING, Act.END]
    assert life.changed(State.IDLE) is Act.NOTHING
    # the headset is taken up again
    assert life.changed(State.READY) is Act.BEGIN


def test_another_application_takes_the_focus_and_gives_it_back() -> None:
    life = focused()
    assert life.headset_on
    for state in (State.VISIBLE, State.SYNCHRONIZED):
        assert life.changed(state) is Act.NOTHING
        assert (life.running, life.headset_on, life.display_ok) == (True, False, True)
    life.changed(State.VISIBLE)
    life.changed(State.FOCUSED)
    assert life.headset_on


def test_taking_the_headset_off_where_the_runtime_tells() -> None:
    life = focused()
    life.wearing(False)
    assert (life.headset_on, life.running) == (False, True)
    life.wearing(True)
    assert life.headset_on


def test_a_new_session_forgets_who_wore_the_old_one() -> None:
    life = focused()
    life.wearing(False)
    life.lost(Loss.LOST, 0)
    life.created()
    assert (life.worn, life.running, life.state) == (True, False, State.UNKNOWN)


def test_waits_grow_up_to_a_second_and_start_anew_after_a_session_that_ran() -> None:
    life = focused()
    now, waits = 0, []
    life.lost(Loss.LOST, now)
    for _ in range(9):
        begun = now
        while not life.due(now):
            now += S // 100
        waits.append((now - begun) / S)
        life.failed(now)
    assert waits[0] == pytest.approx(FIRST_RETRY_S, abs=0.011)
    assert waits == sorted(waits)
    assert waits[-1] == pytest.approx(LONGEST_RETRY_S, abs=0.011)
    life.created()
    life.changed(State.READY)
    life.lost(Loss.LOST, now)
    assert life.due(now + round(FIRST_RETRY_S * S))


def test_a_runtime_that_takes_every_session_away_again_at_once_is_not_pestered() -> None:
    life, now, attempts = Life(), 0, 0
    while now < 10 * S:
        if life.due(now):
            attempts += 1
            life.created()
            life.lost(Loss.LOST, now)  # before it was ready
        now += S // 100
    assert attempts < 18


def test_an_exit_from_the_headsets_menu_is_answered_late() -> None:
    life = focused()
    life.changed(State.STOPPING)
    life.changed(State.IDLE)
    assert life.changed(State.EXITING) is Act.LEAVE
    life.lost(Loss.EXITED, 0)
    assert not life.due(round((AFTER_EXIT_S - 0.1) * S))
    assert life.due(round(AFTER_EXIT_S * S))


def test_after_closing_nothing_is_tried_any_more() -> None:
    life = focused()
    life.lost(Loss.CLOSED, 0)
    life.lost(Loss.LOST, 0)
    assert life.loss is Loss.CLOSED
    assert not life.due(10**18)
