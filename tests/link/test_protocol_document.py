"""docs/protocol.md speaks of everything that the protocol can say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vr_runtime.link import server_io
from vr_runtime.link.wire import SOCKETS
from vr_runtime.protocol import answers, commands, events
from vr_runtime.protocol.version import PROTOCOL_VERSION
from vr_runtime.protocol.words import Refusal

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
LINES = TEXT.splitlines()


def section(title: str) -> str:
    """From a heading to the next of its rank or higher."""
    start = next(at for at, line in enumerate(LINES) if re.fullmatch(rf"#+ {title}", line))
    rank = len(LINES[start].split(" ")[0])
    ends = (at for at in range(start + 1, len(LINES)) if re.match(rf"#{{1,{rank}}} ", LINES[at]))
    return "\n".join(LINES[start : next(ends, len(LINES))])


def kinds(of: object) -> list[str]:
    return sorted(
        str(model.model_fields["kind"].default)
        for model in of.__subclasses__()  # type: ignore[attr-defined]
        if model is not events.Unknown
    )


def test_it_names_the_version() -> None:
    assert f"version **{PROTOCOL_VERSION}**" in TEXT


@pytest.mark.parametrize("reason", [one.value for one in Refusal])
def test_every_refusal_says_what_to_do(reason: str) -> None:
    (row,) = [line for line in section("Answers and refusals").splitlines() if f"| `{reason}` |" in line]
    assert all(cell.strip() for cell in row.strip("|").split("|"))


@pytest.mark.parametrize("kind", kinds(commands.CommandBody))
def test_every_command_has_its_meaning_and_whether_it_may_raise(kind: str) -> None:
    (row,) = [line for line in section("Commands").splitlines() if line.startswith(f"| `{kind}` |")]
    (model,) = [
        one for one in commands.CommandBody.__subclasses__() if one.model_fields["kind"].default == kind
    ]
    assert row.rstrip(" |").endswith("yes") == model.CAN_RAISE


@pytest.mark.parametrize("kind", kinds(events.EventBody))
def test_every_event_has_its_meaning_and_its_origin(kind: str) -> None:
    (row,) = [line for line in section("Events").splitlines() if line.startswith(f"| `{kind}` |")]
    (model,) = [one for one in events.EventBody.__subclasses__() if one.model_fields["kind"].default == kind]
    assert ("| Input. " in row) == (model.ORIGIN == "input")


def test_every_control_message_is_there() -> None:
    told = section("Control socket")
    for model in (answers.Hello, answers.Beat, answers.StopNow, answers.TakeLease, answers.Welcome,
                  answers.BeatReply, answers.StopHeard, answers.LeaseAnswer, answers.Trouble):  # fmt: skip
        assert f"| `{model.model_fields['kind'].default}` |" in told


def test_every_code_of_a_trouble_is_there() -> None:
    source = Path(server_io.__file__).parent
    used = {
        code
        for path in source.glob("*.py")
        for code in re.findall(r'code="(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert used == set(re.findall(r"^\| `(\w+)` \| .*\|$", section("Runtime to console"), re.M)) - {
        "welcome", "beat_reply", "stop_heard", "lease_answer", "trouble",
    }  # fmt: skip


def test_every_socket_is_there_in_the_order_of_the_ports() -> None:
    rows = re.findall(r"^\| (\w+) \| \w+ / \w+ \|", section("Sockets"), re.M)
    assert tuple(rows[1:]) == SOCKETS  # after the heading
