"""What the console knows of heart sensors, from the record's events."""

from __future__ import annotations

from clinician_console.core.sensors import SensorsState, after
from tests.helpers.fake_course import STRAPS
from vr_runtime.protocol.commands import LookForSensors
from vr_runtime.protocol.events import CommandDecided, EventBody, HeartSourceChanged, SensorsFound

LOOK = CommandDecided(command_id="1", command_kind=LookForSensors().kind, accepted=True)


def told(*bodies: EventBody, state: SensorsState | None = None) -> SensorsState:
    now = state or SensorsState(source="simulated")
    for body in bodies:
        now = after(now, body)
    return now


def test_a_search_forgets_what_the_one_before_found_and_ends_when_it_is_over() -> None:
    found = told(LOOK, SensorsFound(sensors=STRAPS[:1], over=False))
    assert (found.looking, found.looked, len(found.found)) == (True, False, 1)
    over = told(SensorsFound(sensors=STRAPS[:2], over=True), state=found)
    assert (over.looking, over.looked, len(over.found)) == (False, True, 2)
    again = told(LOOK, state=over)
    assert (again.looking, again.looked, again.found) == (True, False, ())


def test_a_refused_search_changes_nothing() -> None:
    refused = CommandDecided(command_id="1", command_kind="look_for_sensors", accepted=False)
    assert told(refused) == told()


def test_what_another_source_tells_is_not_said_of_the_one_in_use() -> None:
    chosen = told(HeartSourceChanged(source="ble:1", state="chosen"))
    assert chosen.source == "ble:1"
    skin = told(HeartSourceChanged(source="lsl:skin", state="started"), state=chosen)
    assert skin == chosen
    lost = told(HeartSourceChanged(source="ble:1", state="contact_lost"), state=chosen)
    assert lost.state == "contact_lost"


def test_a_source_that_cannot_be_opened_leaves_the_one_in_use_and_says_why() -> None:
    failed = told(HeartSourceChanged(source="lsl:gone", state="failed", message="start its sender"))
    assert (failed.source, failed.message) == ("simulated", "start its sender")
