"""A session on another computer: asked for once, followed to its end, and every way in which it may fail has its word."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinician_console.clinic.entries import Patient, StoredPlan
from clinician_console.core import elsewhere
from clinician_console.core.alarms import find_alarms
from clinician_console.core.elsewhere import NotOpened, OtherComputer, begin_of
from clinician_console.core.errors import ConsoleReason
from clinician_console.core.launch import Launch
from clinician_console.core.port import LinkState
from clinician_console.core.snapshot import CopyState, LocalRuntime
from clinician_console.pages.there import todo_of, why
from clinician_console.words import Words
from tests.helpers.house_process import fake_core, house_of
from tests.helpers.made_record import KEY, make_record, played
from tests.helpers.memory_store import MemoryStore
from tests.helpers.waiting import OFFICE, WAITING, Waiting, heights
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.waiting import Answer, Begin, Found, Request, SessionState, decode_answer, encode
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record.past import past_ratings
from vr_runtime.waiting.desk import Playing

WREN = Patient(
    id="p1", pseudonym="Wren 7", age_band=AgeBand.FROM_26, language="fr", posture=Posture.SEATED,
    cleared=("spiders",), notes="afraid since the accident",
)  # fmt: skip
LAUNCH = Launch(WREN, "", "headset")


class Network:
    """The way to a waiting machine, and what goes wrong on it."""

    def __init__(self, machine: Waiting) -> None:
        self.machine = machine
        self.asked: list[Request] = []
        self.lost_answers = 0
        self.broken: LinkReason | None = None

    def __call__(self, name: str, request: Request) -> Answer:
        assert name == "room-3"
        self.asked.append(request)
        if self.broken is not None:
            raise LinkError(self.broken, "broken")
        answer = decode_answer(self.machine.desk.respond(encode(request), OFFICE))
        if isinstance(request.body, Begin) and self.lost_answers:
            self.lost_answers -= 1
            raise LinkError(LinkReason.NO_ANSWER, "lost")
        return answer


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Waiting:
    monkeypatch.setattr(elsewhere, "POLL_S", 0.01)
    monkeypatch.setattr(elsewhere, "FOLLOW_S", 0.01)
    made = Waiting()
    start = made.player.start

    def start_and_be_ready(begin: Begin) -> None:
        start(begin)
        made.player.ready()

    made.player.start = start_and_be_ready
    return made


@pytest.fixture
def network(machine: Waiting) -> Network:
    return Network(machine)


@pytest.fixture
def other(network: Network) -> OtherComputer:
    return OtherComputer(lambda: "room-3", network, seek=lambda _name: False)


def until(happened: Callable[[], Any]) -> Any:
    end = time.monotonic() + 20
    while not (found := happened()):
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


def test_it_is_told_what_a_runtime_here_is_told_and_no_notes() -> None:
    begin = begin_of(Launch(WREN, 'id = "p"\ntitle = "T"\n[[steps]]\nid = "a"\nscene = "heights"\n'
                            'name = { en = "A", fr = "A" }\n', "window"), WAITING)  # fmt: skip
    order = begin.order
    assert order.plan == Plan.model_validate(
        {"id": "p", "title": "T", "steps": [{"id": "a", "scene": "heights", "name": {"en": "A", "fr": "A"}}]}
    )
    assert (begin.display, begin.practice) == ("window", False)
    assert (order.pseudonym, order.language, order.age) == ("Wren 7", "fr", AgeBand.FROM_26)
    assert (order.posture, order.cleared) == (Posture.SEATED, ("spiders",))
    assert b"accident" not in encode(begin)
    assert begin_of(replace(LAUNCH, patient=replace(WREN, practice=True)), WAITING).practice


def test_a_session_is_begun_and_followed_to_its_death_and_begun_again(
    machine: Waiting, other: OtherComputer
) -> None:
    begun: list[str] = []
    other.open(LAUNCH, lambda: begun.append("begun"))
    assert begun == ["begun"]
    assert other.session() == LocalRuntime("running", place="room-3", epoch="epoch-of-the-run")
    machine.player.ended(-9)
    dead = until(lambda: other.session().word == "ended" and other.session())
    assert dead == LocalRuntime("ended", -9, "the headset went away", "room-3", "epoch-of-the-run")
    assert dead.died_in("epoch-of-the-run")
    assert not dead.died_in("epoch-of-another")
    other.open(LAUNCH)
    assert len(machine.player.begun) == 2
    assert other.session().word == "running"


def test_an_answer_that_is_lost_begins_no_second_session(
    machine: Waiting, network: Network, other: OtherComputer
) -> None:
    network.lost_answers = 2
    other.open(LAUNCH)
    begins = [one for one in network.asked if isinstance(one.body, Begin)]
    assert len(begins) == 3
    assert len({one.id for one in begins}) == 1
    assert len(machine.player.begun) == 1


def test_a_wait_that_was_started_anew_between_look_and_begin_is_asked_again(
    network: Network, machine: Waiting
) -> None:
    anew = Waiting("waiting-0002")
    anew.player.now, anew.player.start = Playing(), machine.player.start
    anew.player.look = machine.player.look  # type: ignore[method-assign]

    def call(name: str, request: Request) -> Answer:
        answer = network(name, request)
        network.machine = anew
        return answer

    OtherComputer(lambda: "room-3", call).open(LAUNCH)
    assert [one.waiting for one in machine.player.begun] == ["waiting-0002"]


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        (LinkReason.UNREACHABLE, "unreachable"),
        (LinkReason.NOBODY_WAITS, "nobody"),
        (LinkReason.NOT_PAIRED, "not_paired"),
        (LinkReason.NO_ANSWER, "no_answer"),
        (LinkReason.KEYS_BROKEN, "no_answer"),
    ],
)
def test_what_is_in_the_way_has_a_word_and_says_what_to_do_in_both_languages(
    network: Network, other: OtherComputer, reason: LinkReason, word: str
) -> None:
    network.broken = reason
    with pytest.raises(NotOpened) as problem:
        other.open(LAUNCH)
    assert problem.value.word == word
    assert problem.value.details == (("broken",) if word == "no_answer" else ())
    assert problem.value.reason is ConsoleReason.NOT_STARTED
    for language in ("en", "fr"):
        words = Words(language)
        assert todo_of(word, words)
        assert todo_of(word, words) in why(problem.value, words)
        assert "room-3" in why(problem.value, words)
    other.look()
    assert until(lambda: other.known().word == word)


def test_a_busy_computer_and_a_refused_plan_are_said_in_the_consoles_language(
    machine: Waiting, other: OtherComputer
) -> None:
    other.open(LAUNCH)
    with pytest.raises(NotOpened) as problem:
        other.open(LAUNCH)
    assert problem.value.word == "busy"
    assert "terminez-la" in why(problem.value, Words("fr"))
    machine.player.ended(0)
    with pytest.raises(NotOpened) as problem:
        other.open(replace(LAUNCH, scene="cellar"))
    assert (problem.value.word, problem.value.details) == ("refused", ("cellar",))
    assert "not installed" in why(problem.value, Words("en"))


def test_a_session_that_ends_before_it_is_ready_is_told_with_what_it_said(
    machine: Waiting, other: OtherComputer
) -> None:
    machine.player.ready = lambda: machine.player.ended(2, "no headset answers")  # type: ignore[method-assign]
    with pytest.raises(NotOpened) as problem:
        other.open(LAUNCH)
    assert (problem.value.word, problem.value.details) == ("ended", ("no headset answers",))
    assert other.session().word == "ended"


def test_its_headset_is_told_and_what_was_found_of_another_computer_is_not(
    machine: Waiting, network: Network
) -> None:
    chosen = ["room-3"]
    other = OtherComputer(lambda: chosen[0], network)
    assert other.known().word == "unknown"
    other.look()
    until(lambda: other.known().word == "waits")
    assert (other.known().headset.word, other.known().headset.detail) == ("found", "Quest")
    assert machine.headset.looks == 1
    machine.headset.what = (Found(what="OpenXR runtime", good=False, found="none", remedy="install it"),)
    machine.player.now = Playing(SessionState.RUNNING, "epoch")
    other.look()
    until(lambda: other.known().headset.word == "no_runtime")
    chosen[0] = "room-4"
    assert (other.known().word, other.known().place) == ("unknown", "room-4")
    chosen[0] = None  # type: ignore[call-overload]
    other.look()
    assert other.known().word == "unknown"


def test_a_computer_that_has_moved_is_found_by_its_announcement(network: Network) -> None:
    network.broken = LinkReason.UNREACHABLE
    sought: list[str] = []

    def seek(name: str) -> bool:
        sought.append(name)
        network.broken = None
        return True

    other = OtherComputer(lambda: "room-3", network, seek)
    other.look(headset=False)
    until(lambda: other.known().word == "unreachable")
    assert sought == [], "not every few seconds"
    until(lambda: other.look() or other.known().word == "waits")
    assert sought == ["room-3"]


def test_the_house_asks_the_computer_that_is_chosen_and_expects_that_patient(
    machine: Waiting, network: Network, tmp_path: Path
) -> None:
    chosen: list[str | None] = ["room-3"]
    store = MemoryStore()
    core = fake_core()
    try:
        house = house_of(core, store, tmp_path)
        house.other = OtherComputer(lambda: chosen[0], network)
        patient = store.save_patient(replace(WREN, id=""))
        body = heights().model_dump(mode="json")
        earlier = make_record(tmp_path / "earlier", played(patient="none"))
        house.open_session(patient, StoredPlan("plan-1", patient.id, "T", body), "headset", (str(earlier),))
        (begun,) = machine.player.begun
        order = begun.order
        assert (order.pseudonym, order.plan and len(order.plan.steps)) == ("Wren 7", len(heights().steps))
        assert order.history == past_ratings([(earlier, KEY)])
        assert order.history, "the record has ratings"
        assert house.played().place == "room-3"
        assert house.keeper._expected == (patient, "plan-1")
        with pytest.raises(ValueError, match="steps"):
            house.open_session(
                patient, StoredPlan("plan-1", patient.id, "T", {**body, "steps": []}), "headset", ()
            )
        chosen[0] = None
        assert house.elsewhere is None
        assert house.played() == LocalRuntime()
        assert not list(tmp_path.rglob("*.toml")), "no plan was written here"
    finally:
        core.close()


def test_of_a_runtime_that_has_died_nobody_says_that_it_holds_the_scene() -> None:
    silent, copy, limits = LinkState(word="silent", age_s=6.0), CopyState(), SafetyLimits()
    (lost,) = find_alarms(silent, None, None, copy, None, False, limits)
    (died,) = find_alarms(silent, None, None, copy, None, False, limits, died=True)
    assert (lost.key, bool(lost.expected)) == ("link_lost", True)
    assert (died.key, died.severity, died.expected) == ("runtime_died", "danger", "")
    assert LocalRuntime("ended", 0, epoch="e").died_in("e") is False, "it ended in order"
    assert LocalRuntime("ended", 1).died_in("") is False, "whose run is not known"
