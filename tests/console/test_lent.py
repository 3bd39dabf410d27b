"""A browser that is handed to a patient, as values: the code, its tries, what is left behind."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from clinician_console.clinic.entries import Answers
from clinician_console.pages.lent import FIRST_WAIT_S, FREE_TRIES, MOST_OFFERS, MOST_TRIES, CodeLock, Lent
from clinician_console.questionnaires.filling import Filling
from clinician_console.questionnaires.instrument import Instrument
from clinician_console.questionnaires.shelf import fill_shelf

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def gad7() -> Instrument:
    found = fill_shelf(None).find("gad7")
    assert found is not None
    return found


@pytest.fixture
def filling(gad7: Instrument) -> Filling:
    return Filling(gad7, "p1", "s1", "en", "patient", True)


@pytest.fixture
def lent() -> Lent:
    return Lent(code=lambda: "0472")


def hand_over(lent: Lent, filling: Filling, session: str = "laptop") -> None:
    ticket, _ = lent.offer(session, filling)
    assert lent.begin(session, ticket)


def test_a_ticket_hands_over_one_browser_once_and_no_other(lent: Lent, filling: Filling) -> None:
    told: list[str] = []
    lent.on_lent = told.append
    ticket, code = lent.offer("laptop", filling)
    assert code == "0472"
    assert lent.of("laptop") is None, "only prepared"
    for session, given in (("tablet", ticket), ("laptop", "guess"), ("", ""), ("", ticket)):
        assert not lent.begin(session, given)
    assert lent.begin("laptop", ticket)
    assert not lent.begin("laptop", ticket)
    assert told == ["laptop"]
    assert lent.of("tablet") is None


def test_while_it_is_lent_no_other_ticket_puts_another_code_on_it(lent: Lent, filling: Filling) -> None:
    tickets = [lent.offer("laptop", filling)[0] for _ in range(2)]
    assert [lent.begin("laptop", ticket) for ticket in tickets] == [True, False]


def test_tickets_that_nobody_used_are_forgotten(lent: Lent, filling: Filling) -> None:
    tickets = [lent.offer("laptop", filling)[0] for _ in range(MOST_OFFERS + 1)]
    assert not lent.begin("laptop", tickets[0])
    assert lent.begin("laptop", tickets[-1])


def test_the_right_code_takes_it_back_and_a_wrong_one_does_not(lent: Lent, filling: Filling) -> None:
    hand_over(lent, filling)
    assert lent.take_back("laptop", "0473", 1.0).verdict == "wrong"
    assert lent.of("laptop") is not None
    assert lent.take_back("laptop", "0472", 2.0).verdict == "right"
    assert lent.of("laptop") is None


def test_codes_that_the_console_makes_have_four_digits(filling: Filling) -> None:
    codes = {Lent().offer("laptop", filling)[1] for _ in range(50)}
    assert all(len(code) == 4 and code.isdigit() for code in codes)
    assert len(codes) > 40


def test_wrong_codes_have_to_wait_longer_and_longer_and_then_none_opens() -> None:
    lock, now, waits = CodeLock("0472"), 0.0, []
    for _ in range(MOST_TRIES):
        lock, told = lock.tried("1111", now)
        waits.append(told.wait_s)
        if told.wait_s:
            same, early = lock.tried("0472", now + told.wait_s - 0.1)
            assert (same, early.verdict) == (lock, "wait"), "not even the right one, and it is no try"
        now += told.wait_s
    assert waits[: FREE_TRIES - 1] == [0.0] * (FREE_TRIES - 1)
    assert waits[FREE_TRIES - 1 : -1] == [FIRST_WAIT_S * 2**n for n in range(MOST_TRIES - FREE_TRIES)]
    assert lock.tried("0472", math.inf)[1].verdict == "shut"
    assert lock.tried("0472", now + 1e9)[1].verdict == "shut"


@pytest.mark.parametrize("typed", ["", "472", "04722", "047x", "٠٤٧٢", " 472", "-472"])
def test_what_is_no_code_is_no_try(typed: str) -> None:
    lock = CodeLock("0472")
    assert lock.tried(typed, 0.0) == (lock, lock.tried(typed, 0.0)[1])
    assert lock.tried(typed, 0.0)[1].verdict == "no_code"


@pytest.mark.parametrize("now", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_none_opens_nothing(now: float) -> None:
    lock = CodeLock("0472")
    assert lock.tried("0472", now) == (lock, lock.tried("0472", now)[1])
    assert lock.tried("0472", now)[1].verdict == "wait"


def test_a_time_that_goes_back_does_not_shorten_a_wait() -> None:
    lock = replace(CodeLock("0472"), wrong=FREE_TRIES, shut_until=100.0)
    assert lock.tried("0472", 20.0)[1].verdict == "wait"
    assert lock.tried("0472", 100.0)[1].verdict == "right"


def test_only_the_patients_own_pages_are_admitted_and_none_afterwards(lent: Lent, filling: Filling) -> None:
    lent.admit("laptop", "before")
    hand_over(lent, filling)
    lent.admit("laptop", "alone")
    assert [lent.admitted("laptop", page) for page in ("before", "alone", "")] == [False, True, False]
    assert not lent.admitted("tablet", "alone")
    lent.release("laptop")
    assert not lent.admitted("laptop", "alone")


def test_what_was_begun_and_not_ended_waits_for_the_therapist(lent: Lent, filling: Filling) -> None:
    hand_over(lent, filling)
    filling.press("1", 2)
    lent.release("laptop")
    assert lent.left_behind("p1") == [filling]
    assert lent.left_behind("p2") == []
    lent.decided(filling)
    assert lent.left_behind("p1") == []


def test_nothing_waits_where_nothing_was_answered_or_all_is_kept(lent: Lent, filling: Filling) -> None:
    hand_over(lent, filling)
    lent.release("laptop")
    assert lent.left_behind("p1") == []
    filling.press("1", 2)
    filling.kept = filling.entry(NOW)
    hand_over(lent, filling)
    lent.release("laptop")
    assert lent.left_behind("p1") == []
    filling.press("2", 1)  # and this could not be kept
    hand_over(lent, filling)
    lent.release("laptop")
    assert lent.left_behind("p1") == [filling]


def test_a_filling_keeps_its_place_and_takes_an_answer_back(filling: Filling) -> None:
    filling.go(-1)
    assert filling.place == 0
    filling.go(99)
    assert filling.place == len(filling.instrument.items) - 1
    filling.press("1", 2)
    assert (filling.answered, filling.undecided) == (1, True)
    filling.press("1", 2)
    assert (filling.answered, filling.undecided) == (0, False)


def test_kept_anew_it_takes_the_place_of_what_was_kept(filling: Filling) -> None:
    filling.press("1", 2)
    first = filling.entry(NOW)
    assert (first.id, first.patient, first.session, first.respondent) == ("", "p1", "s1", "patient")
    filling.kept = replace(first, id="a1", version=3)
    filling.press("2", 1)
    again: Answers = filling.entry(NOW)
    assert (again.id, again.version, again.items["2"]) == ("a1", 3, 1)
