"""What is kept of a session to be shown without opening its record: ``Session.summary``.

Taken from the record alone, once, when the session ended. It holds no free text that was typed during the session;
the names of steps are those of the plan. Distress is on 0 to 100, times are seconds of the record's clock, distances
metres. Versioned: what a newer version wrote is refused with a word, what an older one left out is empty.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from pydantic import Field, ValidationError

from clinician_console.progress.errors import ProgressError, ProgressReason
from clinician_console.progress.stays import StayEvents, stays_of
from clinician_console.report.gather import ReadRecord
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.words import Phase, Rated

VERSION = 1

BEHAVIOUR = (
    "bat_min_distance", "bat_normalised", "hesitation", "head_gaze_dwell", "head_away_share", "head_turn_away_rate",
    "gaze_dwell", "gaze_vigilance_early", "gaze_vigilance_late", "hands_withdrawn_share", "rail_grip_share",
    "crouch_share", "check_count", "wash_count", "touch_count",
)  # fmt: skip
"""Measures that sum up a step and are kept where the record has them (docs/measures.md defines each)."""
HEART = ("heart_first30", "heart_peak", "heart_last30", "step_heart_rate")


class Figure(Tolerant):
    """A measure of a stay. Two are compared only where ``algorithm`` and ``parameters`` are the same."""

    value: float
    unit: str
    quality: float
    algorithm: str
    stimulus: str = ""
    censored: bool = False


class Stay(Tolerant):
    """One stay on a step. ``key``: equal only where scene, step and all planned parameters are equal."""

    step: int
    step_id: str
    names: Text
    scene: str
    key: str
    begin_s: float
    exposed_s: float = Field(ge=0)
    minimum_s: float = Field(ge=0)
    first: float | None = None
    peak: float | None = None
    last: float | None = None
    count: int = 0
    missed: int = 0
    entry_gap_s: float = 0.0
    """From entering the step to the first rating, in exposure."""
    longest_gap_s: float = 0.0
    """Longest time of exposure without a rating."""
    exit_gap_s: float = 0.0
    """From the last rating to leaving, in exposure."""
    turned: tuple[str, ...] = ()
    """Parameters that the therapist moved during the stay: it is no longer quite the same step."""
    triggers: int = 0
    goal_reached: bool = False
    trials_met: int = 0
    """Expectancy trials closed on it with their conditions met."""
    left_by: str = ""
    """What ended it: ``go_to_step``, ``end``, ``stop``, a safety cause, empty where the record ends."""
    distance_m: float | None = None
    retreats: int = 0
    figures: dict[str, Figure] = {}


class Rung(Tolerant):
    """A step of the plan that was played: what may come next is chosen among these."""

    step_id: str
    names: Text
    scene: str
    key: str
    minimum_s: float


class Trial(Tolerant):
    step: int
    belief_before: float
    belief_after: float
    conditions_met: bool
    occurred: bool
    surprise: float | None = None


class Window(Tolerant):
    step: int
    outcome: str
    lasted_s: float
    resisted_share: float
    compulsions: int
    urge_peak: float | None = None
    urge_last: float | None = None


class Heart(Tolerant):
    """``baseline`` in 1/min, None where there was none; ``flagged`` of ``beats`` are left out of rates."""

    baseline: float | None = None
    quality: float = 0.0
    beats: int = 0
    flagged: int = 0


class Summary(Tolerant):
    version: Literal[1] = VERSION
    started: str
    practice: bool = False
    plan_id: str
    plan_title: str
    ladder: tuple[Rung, ...] = ()
    ceiling: int | None = None
    treatment: str = ""
    treatment_hash: str = ""
    software: str = ""
    closed: bool = True
    lasted_s: float = Field(ge=0)
    exposed_s: float = Field(ge=0)
    stays: tuple[Stay, ...] = ()
    before: float | None = None
    """Last rating of distress before the exposure."""
    after: float | None = None
    """Last rating of distress of all, if it was given after the exposure."""
    sickness_peak: float | None = None
    """On 0 to 100; the FMS is 0 to 20."""
    stops: dict[str, int] = {}
    """Who pressed STOP, how often."""
    overrides: int = 0
    alarms: dict[str, int] = {}
    """What the safety supervisor acted on, how often."""
    marks: dict[str, int] = {}
    proposals: int = 0
    followed: int = 0
    trials: tuple[Trial, ...] = ()
    windows: tuple[Window, ...] = ()
    heart: Heart = Heart()

    @property
    def highest(self) -> int:
        return max((stay.step for stay in self.stays), default=0)

    @property
    def peak(self) -> float | None:
        return max((stay.peak for stay in self.stays if stay.peak is not None), default=None)


def summarise(record: ReadRecord) -> dict[str, Any]:
    """The summary of a session as JSON, from its record.

    Raises:
        RecordError: where the record is altered or cannot be read.
        ProgressError: NOTHING where it holds no session yet.
    """
    events = list(record.events())
    if not events or not isinstance(events[0].body, ev.Opened):
        raise ProgressError(
            ProgressReason.NOTHING, "the record holds nothing yet: there is nothing to be summed up"
        )
    return of_events(events, record.samples("heart"), record.samples("stimulus")).model_dump(mode="json")


def of_events(events: Sequence[ev.Event], heart: Any, stimulus: Any) -> Summary:
    """``events`` begin with ``opened``; ``heart`` and ``stimulus`` are those streams' samples."""
    opened = events[0].body
    assert isinstance(opened, ev.Opened)
    end_ns = max(event.t_ns for event in events)
    keys = step_keys(opened)
    found = [_stay(one, opened, keys, stimulus) for one in stays_of(events, end_ns)]
    before, after = _around(events)
    marks = Counter(e.body.what.value for e in events if isinstance(e.body, ev.Marked))
    return Summary(
        started=opened.wall_utc,
        practice=opened.patient == "virtual",
        plan_id=opened.plan.id,
        plan_title=opened.plan.title,
        ladder=tuple(
            Rung(step_id=step.id, names=step.name, scene=step.scene, key=key, minimum_s=step.minimum_s)
            for step, key in zip(opened.plan.steps, keys, strict=True)
        ),
        ceiling=opened.plan.ceiling_step,
        treatment=opened.treatment.id if opened.treatment else "",
        treatment_hash=opened.treatment_hash,
        software=opened.fingerprint.palier,
        closed=any(isinstance(event.body, ev.Closed) for event in events),
        lasted_s=round(end_ns / 1e9, 3),
        exposed_s=round(sum(stay.exposed_s for stay in found), 3),
        stays=tuple(found),
        before=before,
        after=after,
        sickness_peak=max(
            (
                event.body.value
                for event in events
                if isinstance(event.body, ev.RatingGiven) and event.body.what is Rated.SICKNESS
            ),
            default=None,
        ),
        stops=dict(Counter(e.body.by.value for e in events if isinstance(e.body, ev.StopPressed))),
        overrides=sum(isinstance(event.body, ev.OverrideGiven) for event in events),
        alarms=dict(
            Counter(e.body.cause.value for e in events if isinstance(e.body, ev.DemandMade) and e.body.active)
        ),
        marks=dict(marks),
        proposals=sum(isinstance(event.body, ev.ProposalMade) for event in events),
        followed=sum(
            isinstance(event.body, ev.ProposalAnswered) and event.body.answer.value == "follow"
            for event in events
        ),
        trials=tuple(_trials(events)),
        windows=tuple(_windows(events)),
        heart=_heart(events, heart),
    )


def from_json(kept: Mapping[str, Any]) -> Summary:
    """Of ``Session.summary``.

    Raises:
        ProgressError: NOTHING for an empty one, NEWER, BAD_VALUE.
    """
    if not kept:
        raise ProgressError(
            ProgressReason.NOTHING, "this session was not summed up: open its record for that"
        )
    version = kept.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ProgressError(
            ProgressReason.NEWER,
            f"this session was summed up by a newer version of Palier (format {version}, here {VERSION}): "
            "update this computer's",
        )
    try:
        return Summary.model_validate(dict(kept))
    except ValidationError as problem:
        first = problem.errors()[0]
        raise ProgressError(
            ProgressReason.BAD_VALUE,
            f"the summary of this session cannot be read ({'.'.join(map(str, first['loc']))}: {first['msg']}): "
            "sum it up again from its record",
        ) from None


def step_keys(opened: ev.Opened) -> list[str]:
    """For each step of the plan, a hash of scene, scene's version of the step and every planned parameter."""
    manifests = {manifest.id: manifest for manifest in opened.scenes}
    keys: list[str] = []
    for number, step in enumerate(opened.plan.steps, 1):
        manifest = manifests.get(step.scene)
        values = opened.plan.values(number, manifest) if manifest else dict(step.preset)
        meaning = {
            "scene": step.scene,
            "step": step.id,
            "values": dict(sorted(values.items())),
            "vary": {name: list(bounds) for name, bounds in sorted(step.vary.items())},
        }
        keys.append(hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()[:16])
    return keys


# ------------------------------------------------------------------ parts


def _stay(one: StayEvents, opened: ev.Opened, keys: Sequence[str], stimulus: Any) -> Stay:
    number = one.entered.step
    steps = opened.plan.steps
    planned = steps[number - 1] if 0 < number <= len(steps) else None
    name = one.entered.step_id or "-"
    values = [value for _, value in one.ratings]
    entry, longest, leaving = one.gaps()
    return Stay(
        step=number,
        step_id=name,
        names=planned.name if planned else Text(en=name, fr=name),
        scene=one.entered.scene,
        key=keys[number - 1] if planned else "",
        begin_s=round(one.begin_ns / 1e9, 3),
        exposed_s=round(one.exposed_s, 3),
        minimum_s=planned.minimum_s if planned else 0.0,
        first=values[0] if values else None,
        peak=max(values, default=None),
        last=values[-1] if values else None,
        count=len(values),
        missed=one.missed,
        entry_gap_s=round(entry, 3),
        longest_gap_s=round(longest, 3),
        exit_gap_s=round(leaving, 3),
        turned=tuple(sorted(one.turned)),
        triggers=one.triggers,
        goal_reached=one.goal_reached,
        trials_met=one.trials_met,
        left_by=one.left_by,
        distance_m=_nearest(one.spans_ns, stimulus),
        retreats=sum(marker.marker == "retreat" for marker in one.markers),
        figures=_figures(one.markers),
    )


def _figures(markers: Iterable[ev.Marker]) -> dict[str, Figure]:
    """The last marker of each kind counts: a step that was entered twice has two stays of its own."""
    found: dict[str, Figure] = {}
    for marker in markers:
        if marker.marker not in BEHAVIOUR and marker.marker not in HEART:
            continue
        defined = DEFINITIONS.get(marker.marker)
        settings = ",".join(
            f"{key}={marker.parameters[key]:g}"
            for key in sorted(defined.settings if defined else ())
            if key in marker.parameters
        )
        found[marker.marker] = Figure(
            value=marker.value,
            unit=marker.unit,
            quality=marker.quality,
            algorithm=f"{marker.algorithm}({settings})" if settings else marker.algorithm,
            stimulus=marker.stimulus,
            censored=bool(marker.parameters.get("censored")),
        )
    return found


def _nearest(spans_ns: Sequence[tuple[int, int]], stimulus: Any) -> float | None:
    """Least horizontal distance from the head to a visible stimulus, in m."""
    if not len(stimulus):
        return None
    times, distances = stimulus["t_ns"], stimulus["distance"].astype(float)
    usable = (stimulus["visible"] != 0) & np.isfinite(distances) & (distances >= 0)
    least = [
        float(distances[low:high][usable[low:high]].min())
        for low, high in (np.searchsorted(times, span) for span in spans_ns)
        if usable[low:high].any()
    ]
    return round(min(least), 4) if least else None


def _around(events: Sequence[ev.Event]) -> tuple[float | None, float | None]:
    """Last distress before the exposure, and the last one after it."""
    phase, exposed = Phase.SETUP, False
    before: float | None = None
    after: float | None = None
    for event in events:
        match event.body:
            case ev.PhaseChanged() as body:
                phase = body.phase
                exposed = exposed or phase is Phase.EXPOSURE
                if phase is Phase.EXPOSURE:
                    after = None
            case ev.RatingGiven(what=Rated.DISTRESS, value=value):
                if not exposed:
                    before = value
                elif phase in (Phase.RECOVERY, Phase.DEBRIEF):
                    after = value
            case _:
                pass
    return before, after


def _trials(events: Sequence[ev.Event]) -> Iterable[Trial]:
    opened = {e.body.trial: e.body for e in events if isinstance(e.body, ev.TrialOpened)}
    for event in events:
        if isinstance(event.body, ev.TrialClosed) and (begun := opened.get(event.body.trial)):
            yield Trial(
                step=begun.step,
                belief_before=begun.belief,
                belief_after=event.body.belief,
                conditions_met=event.body.conditions_met,
                occurred=event.body.occurred,
                surprise=event.body.surprise,
            )


def _windows(events: Sequence[ev.Event]) -> Iterable[Window]:
    opened = {e.body.window: e.body for e in events if isinstance(e.body, ev.WindowOpened)}
    for event in events:
        if isinstance(event.body, ev.WindowClosed) and (begun := opened.get(event.body.window)):
            yield Window(
                step=begun.step,
                outcome=event.body.outcome.value,
                lasted_s=event.body.lasted_s,
                resisted_share=event.body.resisted_share,
                compulsions=event.body.compulsions,
                urge_peak=event.body.urge_peak,
                urge_last=event.body.urge_last,
            )


def _heart(events: Sequence[ev.Event], heart: Any) -> Heart:
    baseline = next(
        (e.body for e in events if isinstance(e.body, ev.Marker) and e.body.marker == "heart_baseline"), None
    )
    return Heart(
        baseline=baseline.value if baseline else None,
        quality=baseline.quality if baseline else 0.0,
        beats=len(heart),
        flagged=int(np.count_nonzero(heart["flag"])) if len(heart) else 0,
    )
