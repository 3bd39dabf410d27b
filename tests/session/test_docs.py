"""docs/session.md and the code say the same."""

from __future__ import annotations

import re
from pathlib import Path

from tests.session.rig import RAISES, at, capped
from vr_runtime.protocol.commands import CommandBody
from vr_runtime.protocol.events import CommandDecided
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Refusal
from vr_runtime.session import machine
from vr_runtime.session.supervisor import Supervisor
from vr_runtime.session.veil import BLINK_PERIOD_S
from vr_runtime.session.view import LONGEST_STEP_S

PAGE = Path(__file__).resolve().parents[2] / "docs" / "session.md"
TEXT = PAGE.read_text("utf-8")
ROOM = Path(machine.__file__).parent

KINDS = {str(each.model_fields["kind"].default): each for each in CommandBody.__subclasses__()}
VERBS = (*(kind for kind in KINDS if kind != "end"), "end:recovery", "end:debrief", "end:closed")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading, without its two lines of head."""
    section = TEXT.split(f"# {heading}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def body(heading: str) -> list[list[str]]:
    return rows(heading)[2:]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def word(cell: str) -> str:
    (only,) = words(cell)
    return only


def test_the_table_of_phases_holds_every_phase_and_its_place() -> None:
    table = {Phase(word(row[0])): word(row[1]) for row in body("Phases")}
    assert table == {phase: machine.PLACES[phase].value for phase in Phase}


def test_the_table_of_ways_is_the_machine() -> None:
    head = [word(cell) for cell in rows("Ways between them")[0][1:]]
    assert set(head) == set(VERBS) - set(machine.ACTS)
    table = {
        (Phase(word(row[0])), verb): Phase(word(cell)) if cell else None
        for row in body("Ways between them")
        for verb, cell in zip(head, row[1:], strict=True)
    }
    assert table == {(phase, verb): machine.next_phase(phase, verb) for phase in Phase for verb in head}


def test_the_table_of_what_happens_without_a_command_is_the_machine() -> None:
    table = [tuple(word(cell) for cell in row) for row in body("Without a command")]
    assert table == [
        (demand, phase.value, to.value)
        for demand, ways in machine.SAFETY.items()
        for phase, to in ways.items()
    ]


def test_the_table_of_commands_holds_every_command_and_the_phases_that_take_it() -> None:
    table = {word(row[0]): set(words(row[2])) for row in body("Commands")}
    assert list(table) == list(KINDS)
    for kind, phases in table.items():
        verbs = [verb for verb in VERBS if verb.split(":")[0] == kind]
        took = {p.value for p in Phase for verb in verbs if machine.next_phase(p, verb) is not None}
        assert phases == took, kind


def test_the_table_of_commands_says_which_wait_for_their_commit() -> None:
    table = {word(row[0]): row[1] for row in body("Commands")}
    for kind, waits in table.items():
        assert waits in ("always", "when it raises", "never")
        assert (waits != "never") == KINDS[kind].CAN_RAISE, kind
    raised = {each.kind for bodies in RAISES.values() for each in bodies}
    assert raised == {kind for kind, waits in table.items() if waits != "never"}
    for phase, bodies in RAISES.items():
        for each in bodies:
            rig = at(phase, plan=capped())
            rig.frame(each)
            assert len(rig.session.waiting) == 1
            rig.frame()
            assert rig.bodies(CommandDecided)[-1].raised


def test_the_table_of_refusals_holds_every_reason_that_the_session_gives() -> None:
    table = {word(row[0]) for row in body("Refusals")}
    given = set(
        re.findall(r"Refusal\.([A-Z_]+)", "".join(path.read_text("utf-8") for path in ROOM.glob("*.py")))
    )
    assert table == {Refusal[name].value for name in given}


def test_the_table_of_safety_is_the_supervisor() -> None:
    names = {value: name for name, value in _distinct_limits().model_dump().items()}
    expected = [
        (
            watch.cause.value,
            names[age] if age >= 0 else "at once",
            demand.value,
        )
        for watch in Supervisor(_distinct_limits())._watches
        for age, demand in watch.levels
    ]
    table = [(word(row[0]), row[1].strip("`"), word(row[2])) for row in body("Safety")]
    assert table == expected


def test_the_table_of_limits_holds_every_limit_with_its_default() -> None:
    table = {word(row[0]): float(row[1]) for row in body("Limits")}
    assert table == SafetyLimits().model_dump()


def test_the_page_s_other_figures_are_those_in_force() -> None:
    assert f"no more than {LONGEST_STEP_S:g} s" in TEXT
    assert f"no less than {BLINK_PERIOD_S:g} s apart" in TEXT


def test_every_module_that_the_page_names_exists_and_every_module_is_named() -> None:
    named = set(re.findall(r"`(\w+\.py)`", TEXT.split("## For engineers", 1)[1]))
    assert named == {path.name for path in ROOM.glob("*.py")} - {"__init__.py", "frame.py", "turn.py"}


def _distinct_limits() -> SafetyLimits:
    """Limits that differ from each other, so that a value tells its name."""
    return SafetyLimits(
        record_alarm_s=1.5,
        record_wait_s=1.6,
        lower_ramp_s=3.5,
        fade_s=1.7,
        trigger_gap_s=3.6,
        heart_fall_bpm=21.0,
        late_alert_s=2.1,
        late_share=0.51,
        unanswered=4,
        sickness_jump=5.1,
    )
