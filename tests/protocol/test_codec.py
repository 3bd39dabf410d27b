"""What is said arrives as it was said; what is not of the protocol is refused with a reason."""

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.protocol import codec
from vr_runtime.protocol.commands import (
    AskRating,
    Command,
    CommandBodyAdapter,
    GoToStep,
    Note,
    Rating,
    SetCeiling,
    SetParameter,
)
from vr_runtime.protocol.errors import ProtocolError, ProtocolReason
from vr_runtime.protocol.events import KNOWN_KINDS, CommandReceived, NoteTaken, Unknown
from vr_runtime.protocol.version import PROTOCOL_VERSION, check_version


def command(body: object) -> Command:
    return Command.model_validate(
        {"id": uuid.uuid4().hex, "epoch": "e" * 32, "seq": 1, "sent_ns": 5, "body": body}
    )


@pytest.mark.parametrize(
    "body",
    [
        GoToStep(step=3, confirmed=True),
        SetParameter(name="wind", value=0.5),
        SetParameter(name="rail_kind", value="glass"),
        SetCeiling(step=2),
        AskRating(),
        Rating(raw=55),
        Note(text="Höhenangst – «ça va»"),
    ],
)
def test_a_command_arrives_as_it_was_sent(body: object) -> None:
    sent = command(body)
    assert codec.decode_command(codec.encode(sent)) == sent


@given(st.binary(max_size=300))
def test_bytes_that_are_no_command_are_refused_and_harm_nothing(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        codec.decode_command(data)


@given(st.text(max_size=4000).filter(bool))
def test_an_event_survives_the_record_byte_for_byte(text: str) -> None:
    body = NoteTaken(text=text)
    data = codec.encode_event_body(body, 7, "cause")
    event = codec.decode_event(3, 9, "note", data)
    assert (event.seq, event.t_ns, event.frame, event.cause, event.body) == (3, 9, 7, "cause", body)
    assert codec.encode_event_body(event.body, event.frame, event.cause) == data


def test_a_command_with_a_field_that_is_not_known_is_refused_and_named() -> None:
    data = json.loads(codec.encode(command(GoToStep(step=1))))
    data["body"]["speed"] = 3
    with pytest.raises(ProtocolError, match="speed") as refused:
        codec.decode_command(json.dumps(data).encode())
    assert refused.value.reason is ProtocolReason.MALFORMED


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    data = codec.encode(command(SetParameter(name="wind", value=0.5))).replace(
        b'"value":0.5', f'"value":{number}'.encode()
    )
    with pytest.raises(ProtocolError):
        codec.decode_command(data)


def test_an_oversized_command_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ProtocolError) as refused:
        codec.decode_command(b" " * (codec.MAX_COMMAND_BYTES + 1))
    assert refused.value.reason is ProtocolReason.TOO_LARGE


def test_an_event_tolerates_fields_of_a_newer_software() -> None:
    data = json.loads(codec.encode_event_body(NoteTaken(text="a"), 1, None))
    data["body"]["mood"] = "new"
    assert codec.decode_event(1, 1, "note", json.dumps(data).encode()).body == NoteTaken(text="a")


def test_an_event_of_a_newer_software_is_kept_as_unknown_and_written_back_unchanged() -> None:
    data = b'{"frame":2,"cause":null,"body":{"kind":"aurora","colour":"green"}}'
    event = codec.decode_event(4, 8, "aurora", data)
    assert isinstance(event.body, Unknown)
    assert codec.encode_event_body(event.body, 2, None) == data


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"frame":1,"body":{"kind":"note"}}', b"\xff"])
def test_an_entry_that_is_no_event_is_an_error_that_names_it(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="entry 12"):
        codec.decode_event(12, 0, "note", data)


def test_every_command_that_can_raise_says_so() -> None:
    raising = {"start", "go_to_step", "set_parameter", "set_ceiling", "fire_trigger", "resume", "release"}
    minimal = {
        "go_to_step": {"step": 1},
        "set_parameter": {"name": "a", "value": 1.0},
        "set_ceiling": {"step": 1},
        "fire_trigger": {"trigger": "a"},
        "rating": {"raw": 1},
        "note": {"text": "a"},
    }
    kinds = ("start", "go_to_step", "set_parameter", "set_ceiling", "fire_trigger", "pause", "resume",
             "safe_place", "stop", "release", "ask_rating", "rating", "note", "recentre", "end")  # fmt: skip
    for kind in kinds:
        body = CommandBodyAdapter.validate_python({"kind": kind, **minimal.get(kind, {})})
        assert (kind in raising) == type(body).CAN_RAISE, kind


def test_inputs_and_derived_events_are_told_apart() -> None:
    assert CommandReceived.ORIGIN == "input"
    assert NoteTaken.ORIGIN == "derived"
    assert "unknown" not in KNOWN_KINDS
    assert {"opened", "command_received", "phase", "marker", "closed"} <= KNOWN_KINDS


def test_a_peer_of_another_major_version_is_refused_and_told_which_side_to_update() -> None:
    check_version(PROTOCOL_VERSION)
    check_version(PROTOCOL_VERSION.split(".")[0] + ".99")
    with pytest.raises(ProtocolError, match="update this side"):
        check_version("99.0")
    with pytest.raises(ProtocolError, match="update the other side"):
        check_version("0.9")
    with pytest.raises(ProtocolError, match="no protocol version"):
        check_version("new")


def test_a_rating_above_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 10"):
        CommandBodyAdapter.validate_python({"kind": "rating", "raw": 11, "scale": "suds_10"})
