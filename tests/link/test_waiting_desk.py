"""What a waiting machine begins, and what it does not: one session, once, of who may, on a plan that can be played."""

from __future__ import annotations

import json
import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.exceptions import TyperException

from tests.helpers.pairing import free_row
from tests.helpers.waiting import OFFICE, OTHER, Waiting, begin, heights
from vr_runtime.link.connection import LINK_PORT, Connection, Ports, write_connection
from vr_runtime.link.door import door_port
from vr_runtime.protocol.errors import FileError, ProtocolError, ProtocolReason
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.order import STANDARD_INPUT, SessionOrder, order_of
from vr_runtime.protocol.waiting import (
    MAX_REQUEST_BYTES,
    WAITING_VERSION,
    Begun,
    Look,
    NotBegun,
    Request,
    SessionState,
    There,
    WhyNot,
    decode_answer,
    decode_request,
    encode,
)
from vr_runtime.protocol.words import AgeBand
from vr_runtime.run_command import CourseRequest, LaboratoryRequest, RunRequest
from vr_runtime.wait_command import _check
from vr_runtime.waiting.headset import understood
from vr_runtime.waiting.process import Place, SessionProcess, arguments_of
from vr_runtime.waiting.refusals import TEXTS


def reason(answer: Any) -> WhyNot:
    assert isinstance(answer, NotBegun), answer
    assert answer.message == TEXTS[answer.reason]
    return answer.reason


# ------------------------------------------------------------------ the desk


def test_who_looks_is_told_what_is_there_and_of_no_patient() -> None:
    machine = Waiting()
    machine.ask(begin(), "request-1", OFFICE)
    machine.player.ready()
    there = machine.ask(Look(), "request-2", OTHER)
    assert isinstance(there, There)
    assert there.session.state is SessionState.RUNNING
    assert {one.id for one in there.scenes} >= {"heights", "calm", "baseline_room"}
    assert all(re.fullmatch(r"\d+(\.\d+)*", one.version) for one in there.scenes)
    assert there.displays[0].what == "headset"
    told = encode(there).decode()
    assert "Wren" not in told
    assert there.session.request is None, "another console's request"
    assert machine.ask(Look(), "request-3", OFFICE).session.request == "request-1"


def test_the_same_request_begins_one_session_at_once_and_for_ever_after() -> None:
    machine = Waiting()
    first = machine.ask(begin())
    assert (first.repeated, first.session.state) == (False, SessionState.STARTING)
    again = machine.ask(begin())
    assert (again.repeated, again.session.state) == (True, SessionState.STARTING)
    machine.player.ended(0)
    assert machine.ask(begin()).session.state is SessionState.ENDED
    machine.ask(begin(), "request-2")
    assert machine.ask(begin()).session.state is SessionState.ENDED, "of the first, while the second plays"
    assert len(machine.player.begun) == 2
    assert reason(machine.ask(begin(pseudonym="Heron 2"))) is WhyNot.ID_USED
    assert len(machine.player.begun) == 2


def test_an_id_belongs_to_the_console_that_used_it() -> None:
    machine = Waiting()
    machine.ask(begin())
    assert reason(machine.ask(begin(), key=OTHER)) is WhyNot.BUSY
    machine.player.ended(0)
    assert isinstance(machine.ask(begin(), key=OTHER), Begun)
    assert len(machine.player.begun) == 2


def test_one_session_at_a_time_and_another_when_it_has_ended_or_died() -> None:
    machine = Waiting()
    machine.ask(begin())
    for prepare in (lambda: None, machine.player.ready):
        prepare()
        assert reason(machine.ask(begin(), "request-2")) is WhyNot.BUSY
    machine.player.ended(-9)
    session = machine.ask(Look(), "look-0001").session
    assert (session.died, session.exit_status, session.why) == (True, -9, "the headset went away")
    assert machine.ask(Look(), "look-0002", OTHER).session.why == ""
    assert isinstance(machine.ask(begin(), "request-2"), Begun)
    assert len(machine.player.begun) == 2


def test_what_was_refused_may_be_asked_for_again_under_the_same_id() -> None:
    machine = Waiting()
    machine.player.is_taken = True
    assert reason(machine.ask(begin())) is WhyNot.TAKEN
    assert machine.ask(Look()).taken
    machine.player.is_taken, machine.player.fails = False, OSError(12, "Cannot allocate memory")
    refused = machine.ask(begin())
    assert reason(refused) is WhyNot.NOT_STARTED
    assert refused.details == ("Cannot allocate memory",)
    machine.player.fails = None
    assert machine.ask(begin()).repeated is False


def test_nothing_begins_that_was_meant_for_an_earlier_wait_or_while_waiting_ends() -> None:
    machine = Waiting()
    assert reason(machine.ask(begin(waiting="waiting-0000"))) is WhyNot.OTHER_WAIT
    machine.desk.end()
    assert reason(machine.ask(begin())) is WhyNot.ENDING
    assert machine.player.begun == []


@pytest.mark.parametrize(
    ("change", "why", "named"),
    [
        ({"scene": "cellar"}, WhyNot.SCENES_MISSING, "cellar"),
        ({"preset": {"height": 1e6}}, WhyNot.PLAN_INVALID, "height"),
        ({"uses": "no-such-step"}, WhyNot.PLAN_INVALID, "no-such-step"),
    ],
)
def test_a_plan_is_judged_by_the_scenes_of_the_machine_that_plays_it(
    change: dict[str, Any], why: WhyNot, named: str
) -> None:
    machine = Waiting()
    plan = heights()
    steps = (plan.steps[0].model_copy(update=change), *plan.steps[1:])
    refused = machine.ask(begin(plan=plan.model_copy(update={"steps": steps})))
    assert reason(refused) is why
    assert any(named in detail for detail in refused.details)
    treated = machine.ask(begin(plan=plan.model_copy(update={"treatment": "no-such"})))
    assert reason(treated) is WhyNot.PLAN_INVALID
    assert reason(machine.ask(begin(plan=None, scene="cellar"))) is WhyNot.SCENES_MISSING
    assert machine.player.begun == []


def test_the_headset_is_looked_for_when_asked_and_never_beside_a_session() -> None:
    machine = Waiting()
    machine.ask(Look())
    assert machine.headset.looks == 0
    machine.ask(Look(headset=True))
    assert machine.headset.looks == 1
    machine.ask(begin(), "request-2")
    assert machine.headset.gave_way == 1
    for prepare in (lambda: None, machine.player.ready):
        prepare()
        machine.ask(Look(headset=True))
    assert machine.headset.looks == 1
    machine.player.ended(0)
    machine.ask(Look(headset=True))
    assert machine.headset.looks == 2


def test_the_person_at_the_machine_is_told_and_of_no_patient() -> None:
    machine = Waiting()
    machine.ask(begin())
    machine.player.ready()
    machine.desk.look()
    machine.desk.look()
    machine.player.ended(3)
    machine.desk.look()
    assert machine.said == [
        "a session begins, asked for by office",
        "the session is ready: the console drives it now",
        "the session has ended with status 3: the headset went away",
        "waiting again",
    ]


# ------------------------------------------------------------------ bytes


def request_bytes(**changes: Any) -> bytes:
    whole = {"version": WAITING_VERSION, "id": "request-1", "body": begin().model_dump(mode="json")}
    return json.dumps({**whole, **changes}).encode()


def spoilt(**changes: Any) -> dict[str, Any]:
    """A Begin whose order says something else."""
    body = begin().model_dump(mode="json")
    return {**body, "order": {**body["order"], **changes}}


def test_a_request_and_its_answer_come_through_as_they_went() -> None:
    request = Request(
        version=WAITING_VERSION, id="request-1", body=begin(posture="standing", cleared=["spiders"])
    )
    assert decode_request(encode(request)) == request
    machine = Waiting()
    answer = decode_answer(machine.desk.respond(encode(request), OFFICE))
    assert answer.to == "request-1"
    assert isinstance(answer.body, Begun)
    assert machine.player.begun == [request.body]


@pytest.mark.parametrize(
    ("data", "why", "to"),
    [
        (request_bytes(version="2.0", body={"kind": "something new"}), WhyNot.VERSION, "request-1"),
        (request_bytes(version="new"), WhyNot.VERSION, "request-1"),
        (request_bytes(body={"kind": "stop"}), WhyNot.MALFORMED, "request-1"),
        (request_bytes(body={"kind": "look", "loudly": True}), WhyNot.MALFORMED, "request-1"),
        (request_bytes(body=spoilt(scene="heights")), WhyNot.MALFORMED, "request-1"),
        (request_bytes(body=spoilt(pseudonym="a\x00b")), WhyNot.MALFORMED, "request-1"),
        (request_bytes(body=spoilt(cleared=["--lsl"])), WhyNot.MALFORMED, "request-1"),
        (request_bytes(id="-"), WhyNot.MALFORMED, ""),
        (b"", WhyNot.MALFORMED, ""),
        (b"[" * 100_000, WhyNot.MALFORMED, ""),
        (b"x" * (MAX_REQUEST_BYTES + 1), WhyNot.MALFORMED, ""),
    ],
)  # fmt: skip
def test_what_is_no_request_is_answered_in_words_and_begins_nothing(
    data: bytes, why: WhyNot, to: str
) -> None:
    machine = Waiting()
    answer = decode_answer(machine.desk.respond(data, OFFICE))
    assert reason(answer.body) is why
    assert answer.to == to
    assert machine.player.begun == []


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_answered(data: bytes) -> None:
    machine = Waiting()
    assert isinstance(decode_answer(machine.desk.respond(data, OFFICE)).body, NotBegun)


def test_what_is_wrong_is_named_without_what_was_typed() -> None:
    body = spoilt(age="Wren is 34")
    with pytest.raises(ProtocolError) as problem:
        decode_request(request_bytes(body=body))
    assert problem.value.reason is ProtocolReason.MALFORMED
    assert "age" in str(problem.value)
    assert "Wren" not in str(problem.value)


def test_each_refusal_says_what_to_do_in_both_languages() -> None:
    assert set(TEXTS) == set(WhyNot)
    assert (
        len({text.en for text in TEXTS.values()}) == len({text.fr for text in TEXTS.values()}) == len(WhyNot)
    )


# ------------------------------------------------------------------ what the session's process is told

PLACE = Place(Path("/records"), Path("/runtime.json"), "0.0.0.0", 8440)


def test_nothing_of_the_patient_or_the_plan_is_on_the_command_line_and_all_of_it_in_the_order() -> None:
    plan = heights().model_copy(update={"title": "What she fears most"})
    history = (PastRating(session=1, step_id="street", on_step_s=12.5, value=40.0),)
    asked = begin(
        plan=plan, posture="seated", cleared=("spiders",), age="26+", language="fr", history=history
    )
    told = " ".join(arguments_of(asked, PLACE))
    for word in ("fears", "Wren", "seated", "spiders", "26+", "--language", "--key-file"):
        assert word not in told
    assert "--plan -" in told
    assert "--host 0.0.0.0 --port 8440" in told
    assert {"--forget-when-copied", "openxr"} <= set(told.split())
    assert order_of(encode(asked.order)) == asked.order
    request = RunRequest.ordered(typed_run(), asked.order)
    assert (request.pseudonym, request.language) == ("Wren 7", "fr")
    course = request.course
    assert (course.age, course.posture, course.cleared) == (AgeBand.FROM_26, Posture.SEATED, ("spiders",))
    assert course.history == history
    assert course.brief(plan, None, in_headset=True, a_person=True).history == history


def typed_run() -> RunRequest:
    """As ``vr-runtime run --plan -`` makes it."""
    course = CourseRequest(None, "auto", AgeBand.UNKNOWN, None, (), True, ())
    return RunRequest(
        Path("/records"), "headless", None, STANDARD_INPUT, "none", "none", (), LaboratoryRequest(), 1, 90.0, "real",
        None, None, None, None, None, "127.0.0.1", None, False, "", "en", (640, 360), None, None, course,
    )  # fmt: skip


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b"[" * 100_000, b"{}", b'{"scene": "heights", "plan": null, "x": 1}']
)
def test_what_is_no_order_is_said(raw: bytes) -> None:
    with pytest.raises(FileError) as problem:
        order_of(raw)
    assert problem.value.exit_status == 2


def test_what_was_decided_at_the_machine_holds() -> None:
    place = Place(
        Path("/records"), Path("/runtime.json"), "127.0.0.1", 9000, Path("/key"), "headless", False,
        ("--heart", "ble:strap", "--display", "window"),
    )  # fmt: skip
    told = arguments_of(begin(plan=None, scene="heights", practice=True), place)
    assert told[:6] == ["--heart", "ble:strap", "--display", "window", "--display", "headless"], (
        "the last counts"
    )
    assert "--forget-when-copied" not in told
    assert told[-6:] == ["--patient", "virtual", "--heart", "simulated", "--checks", "none"]


@pytest.mark.parametrize(
    "more", [["--nonsense"], ["--rate", "fast"], ["--scene", "heights"], ["--plan", "plan.toml"]]
)
def test_options_that_no_session_could_have_are_refused_when_waiting_begins(more: list[str]) -> None:
    _check(["--heart", "none", "--rate", "72"])
    with pytest.raises(TyperException):
        _check(more)


def test_a_doctor_that_says_nonsense_found_nothing() -> None:
    assert understood("") == understood("{}") == understood('[{"what": 1}]') == ()
    (one,) = understood('[{"what": "headset", "good": true, "found": "Q", "remedy": "", "optional": true}]')
    assert (one.what, one.good) == ("headset", True)


def test_a_session_of_somebody_else_is_noticed_by_its_port_and_by_its_connection_file(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        place = replace(PLACE, host="127.0.0.1", port=port, connection=tmp_path / "runtime.json")
        assert SessionProcess(place).taken(), "its port"
        elsewhere = replace(place, port=free_row())
        assert not SessionProcess(elsewhere).taken()
        ports = Ports(control=port, commands=port, feed=port, history=port, preview=port)
        file = Connection(
            host="127.0.0.1", ports=ports, server_key="k" * 40, protocol="1.1", epoch="some-epoch", pid=1
        )
        write_connection(place.connection, file)
        assert SessionProcess(elsewhere).taken(), "on other ports than those of waiting"
    assert not SessionProcess(elsewhere).taken(), "a file that a crash has left"


def test_the_protocols_document_speaks_of_every_word() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs/protocol.md").read_text(encoding="utf-8")
    section = text.split("## Asking a machine for a session")[1].split("\n## ")[0]
    assert f"version **{WAITING_VERSION}**" in section
    assert re.findall(r"^\| `(\w+)` \|", section, re.M) == [
        *("look", "begin", "there", "begun", "not_begun", "reason"),
        *(one.value for one in WhyNot),
    ]
    assert str(door_port(LINK_PORT)) in section
    assert all(f"`{state.value}`" in section for state in SessionState)
    assert all(f"`{name}`" in section for name in SessionOrder.model_fields)
