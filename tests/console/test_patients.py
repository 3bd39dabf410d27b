"""Pseudonyms, what comes next with a person, two changes at once: without a browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.clinic.entries import Patient, Session, SessionState, StoredPlan
from clinician_console.clinic.merging import merge
from clinician_console.clinic.people import free_pseudonym, looks_like_name
from clinician_console.pages.patient import PlanLine, Whole, asked_of, next_thing
from clinician_console.pages.patients import suggested
from clinician_console.plans.checks import Finding, Findings
from clinician_console.words import LANGUAGES, catalogue
from tests.helpers.demo_patients import scenes
from tests.helpers.memory_store import MemoryStore
from vr_runtime.protocol.files.ages import RULES
from vr_runtime.protocol.files.treatments import checklist_of
from vr_runtime.protocol.words import AgeBand


@pytest.mark.parametrize(
    "text", ["Anna Meyer", "MARTIN Claire", "Mme Roche", "Jean-Pierre d'Albret", "Meyer, Anna"]
)
def test_what_reads_as_a_name_is_warned_of(text: str) -> None:
    assert looks_like_name(text)


@pytest.mark.parametrize("text", ["P-0042", "blue heron", "Patient 12", "K7", "", "A B", "Heron"])
def test_a_pseudonym_is_not(text: str) -> None:
    assert not looks_like_name(text)


def test_the_pseudonym_that_is_suggested_is_free() -> None:
    assert free_pseudonym({"P-0001", "P-0002", "P-0004"}.__contains__) == "P-0003"
    assert free_pseudonym(lambda _wish: True) == ""
    store = MemoryStore()
    for pseudonym in ("P-0001", "P-0003"):
        store.save_patient(Patient("", pseudonym))
    put_away = store.save_patient(Patient("", "P-0004"))
    store.save_patient(replace(put_away, archived=True))
    wish = suggested(store)
    store.save_patient(Patient("", wish))  # it is not taken
    assert wish not in ("P-0001", "P-0003", "P-0004")


changes = st.fixed_dictionaries(
    {},
    optional={
        "notes": st.sampled_from(["", "a", "b"]),
        "age_band": st.sampled_from(AgeBand),
        "cleared": st.sampled_from([(), ("heights",)]),
        "consent_research": st.booleans(),
    },
)


@given(changes, changes)
def test_two_changes_at_once_lose_nothing(mine: dict[str, object], theirs: dict[str, object]) -> None:
    before = Patient("1", "P-0001", version=3)
    mine_now, theirs_now = replace(before, **mine), replace(before, **theirs, version=4)  # pyright: ignore[reportArgumentType]
    both = merge(before, mine_now, theirs_now)
    assert both.mine.version == both.theirs.version == 4
    for name in ("notes", "age_band", "cleared", "consent_research"):
        was, my, their = (getattr(each, name) for each in (before, mine_now, theirs_now))
        kept = {getattr(both.mine, name), getattr(both.theirs, name)}
        if name in both.both:
            assert kept == {my, their}
            assert was not in (my, their)
        else:
            assert kept == {my if my != was else their}


def whole(*states: tuple[SessionState, bool], plans: tuple[bool, ...] = (), archived: bool = False) -> Whole:
    sessions = [
        Session(
            f"s{number}",
            "1",
            "",
            "2026-10-05T09:30:00+00:00",
            state=state,
            debrief={"version": 1} if done else {},
        )
        for number, (state, done) in enumerate(states)
    ]
    wrong = Findings((Finding("problem", "", "title", "empty"),))
    lines = [
        PlanLine(StoredPlan(f"p{number}", "1", "", {}), 1, Findings() if good else wrong)
        for number, good in enumerate(plans)
    ]
    return Whole(Patient("1", "P", archived=archived), lines, sessions, [], [])


def test_what_comes_next_is_what_waits_the_longest_for_a_person() -> None:
    assert next_thing(whole()) == ("make", "")
    assert next_thing(whole(plans=(False,))) == ("finish", "p0")
    assert next_thing(whole(plans=(False, True))) == ("start", "p1")
    assert next_thing(whole(("ended", True), ("ended", False), plans=(True,))) == ("after", "s1")
    assert next_thing(whole(("interrupted", False), ("erased", False), plans=(True,))) == ("after", "s0")
    assert next_thing(whole(("ended", False), ("ended", True), plans=(True,))) == ("start", "p0")
    assert next_thing(whole(("ended", True), ("running", False))) == ("drive", "s1")
    assert next_thing(whole(("ended", False), plans=(True,), archived=True)) == ("back", "")


def test_the_questions_read_beforehand_are_those_of_the_age_band() -> None:
    asked = {band: {item.id for item in asked_of(checklist_of(), band)} for band in AgeBand}
    assert "guardian_consent" in asked[AgeBand.FROM_8] - asked[AgeBand.FROM_26]
    assert "age_checked" in asked[AgeBand.UNKNOWN] - asked[AgeBand.FROM_26]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_age_category_and_content_flag_can_be_said(language: str) -> None:
    words = catalogue(language)
    flags = {flag for scene in scenes().values() for flag in scene.content}
    flags |= {flag for rule in RULES.values() for flag in (*rule.locked_content, *rule.gated_content)}
    wanted = [
        *(f"ages.{band.value}" for band in AgeBand),
        *(f"ages.headset_{rule.headset.value}" for rule in RULES.values()),
        *(f"content.{flag}" for flag in flags),
        *(f"category.{scene.category.value}" for scene in scenes().values()),
    ]
    assert [key for key in wanted if key not in words] == []
