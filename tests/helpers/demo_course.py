"""Four weeks of a course that reads like one, for the pictures: the figures of sessions as a record would give them,
debriefs of all but the last, and questionnaires that were filled whole."""

from __future__ import annotations

import copy
from dataclasses import replace

from clinician_console.clinic.debrief import Debrief, Expectancy, Happened, to_json
from clinician_console.clinic.entries import Json
from clinician_console.questionnaires.scoring import score
from clinician_console.questionnaires.shelf import shipped
from tests.helpers.memory_store import MemoryStore

SWAY = (0.0, 6.0, -4.0, 2.0)
"""From one session to the next, points of distress: nobody falls along a line."""
FILLED: dict[str, tuple[tuple[int, ...], ...]] = {
    "phq9": tuple((most, most, 2, 1, most, 1, low, 1, 0) for most, low in ((2, 1), (2, 1), (1, 1), (1, 0))),
    "gad7": ((3, 2, 2, 2, 1, 1, 2), (2, 2, 2, 2, 1, 1, 2), (2, 2, 1, 1, 1, 1, 1), (1, 1, 1, 1, 0, 1, 1)),
}
"""By instrument and session. Item 9 of the PHQ-9 is 0 throughout."""
USED = {"first-floor": "first-floor", "third-floor": "first-floor-rail", "fifth-floor": "fifth-floor-glass"}
"""Steps of the plan: which steps of the scene they were made from, so that each has a picture."""


def tell_a_course(store: MemoryStore, patient: str) -> None:
    """Make the sessions and answers that :func:`tests.helpers.demo_day.fill` left into a course."""
    for week, session in enumerate(sorted(store.sessions(patient), key=lambda one: one.started)):
        last = week == len(SWAY) - 1
        debrief = Debrief(
            when=session.ended or "",
            by="AB",
            expectancy=Expectancy(
                feared="I shall freeze and not get down again", belief_before=80 - 15 * week,
                happened=Happened.NO, belief_after=55 - 15 * week, surprise=60.0, learned="I can stay and look",
            ),
            end_distress=25.0 - 5 * week, sickness=2.0, none_adverse=True, safe_to_go=True,
        )  # fmt: skip
        told = {} if last else to_json(debrief)
        store.save_session(replace(session, summary=_figures(session.summary, week), debrief=told))
    for plan in store.plans(patient):
        steps = [{**step, "uses": USED.get(step["id"], step["uses"])} for step in plan.body["steps"]]
        store.save_plan(replace(plan, body={**plan.body, "steps": steps}))
    shelf = shipped()
    for answers in store.answers(patient):
        week = int(answers.session, 16)
        given = {str(item): value for item, value in enumerate(FILLED[answers.instrument][week], 1)}
        instrument = shelf[answers.instrument]
        kept = score(instrument, given).as_json()
        store.save_answers(
            replace(answers, items={**given}, scores=kept, instrument_version=instrument.version)
        )


def _figures(summary: Json, week: int) -> Json:
    told = copy.deepcopy(summary)
    told |= {"lasted_s": 2640.0, "exposed_s": 1620.0, "before": 40.0 - 4 * week, "after": 25.0 - 4 * week}
    told |= {"stops": {"console": 1} if week == 0 else {}, "alarms": {}, "sickness_peak": 15.0 - 2.5 * week}
    told["heart"] = {"baseline": 74.0 + SWAY[week] / 4, "quality": 0.96, "beats": 3300, "flagged": 40}
    for number, stay in enumerate(told["stays"]):
        peak = 55.0 + 12 * number - 9 * week + SWAY[(week + number) % 4]
        stay |= {
            "exposed_s": 480.0,
            "count": 8,
            "missed": 0,
            "turned": [],
            "left_by": "go_to_step",
            "triggers": 1,
        }
        stay |= {"first": peak - 6, "peak": peak, "last": max(10.0, peak - 22), "goal_reached": True}
        stay |= {"entry_gap_s": 10.0, "longest_gap_s": 120.0, "exit_gap_s": 20.0}
        for name, figure in stay["figures"].items():
            figure["value"] += -0.08 * week if name == "bat_min_distance" else 1.5 * (3 - week)
    return told
