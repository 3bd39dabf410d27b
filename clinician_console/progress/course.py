"""The course over weeks: what each session and each step gave, what may be compared, and how sure it is.

Only stays on the same step of the same scene with the same planned parameters are compared (``Stay.key``), and none
in which a parameter was turned by hand. One session: no change. Two or three: a difference, no trend. From four on: a
slope with an interval. Sessions without figures (erased, interrupted, not summed up) keep their place and are gaps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median

from clinician_console.clinic.debrief import Debrief, DebriefError
from clinician_console.clinic.debrief import from_json as debrief_from
from clinician_console.clinic.entries import Answers, Session
from clinician_console.progress.answered import Instrument, Thresholds, answered
from clinician_console.progress.errors import ProgressError, ProgressReason
from clinician_console.progress.estimate import Change, Estimate, Slope, between, rated, slope, within
from clinician_console.progress.next_step import Proposal, propose
from clinician_console.progress.summary import Figure, Stay, Summary, from_json
from vr_runtime.protocol.files.manifest import Text

LONG_GAP_DAYS = 21.0
"""A break of more than this, and of more than twice the usual, is said."""
GOOD = 0.5
"""Least quality with which a measure is drawn as one."""


@dataclass(frozen=True)
class Sitting:
    """A session in its place. ``why_empty``: ``erased``, ``running``, ``interrupted``, ``not_summed``, ``unreadable``,
    ``newer``; empty where there are figures."""

    number: int
    id: str
    started: str
    summary: Summary | None = None
    debrief: Debrief | None = None
    why_empty: str = ""


@dataclass(frozen=True)
class Visit:
    """A stay with its figures. ``left_out``: why it is not compared (``turned``, ``no_rating``, ``short``); empty
    where it is. ``short``: less than a third of the step's minimum, so that a peak may have been still to come."""

    sitting: int
    stay: Stay
    first: Estimate | None
    peak: Estimate | None
    last: Estimate | None
    within: Change | None
    """Last less peak; None with fewer than two ratings."""
    left_out: str = ""


@dataclass(frozen=True)
class StepCourse:
    """A step over the sessions. ``change``: of the peak, from the first session that can be compared to the latest."""

    key: str
    step: int
    step_id: str
    names: Text
    scene: str
    visits: tuple[Visit, ...]
    change: Change | None = None
    change_from: tuple[int, int] | None = None
    """Numbers of the two sessions."""
    trend: Slope | None = None

    @property
    def sessions(self) -> int:
        return len({visit.sitting for visit in self.visits if not visit.left_out})


@dataclass(frozen=True)
class Seen:
    """A measure of a step in one session. ``comparable`` with the one before: same algorithm and thresholds."""

    sitting: int
    figure: Figure
    comparable: bool
    poor: bool


@dataclass(frozen=True)
class Behaviour:
    """A measure of approach or avoidance of one step, over the sessions. No trend is drawn of it: what moves it
    besides fear (room, headset, what was asked for) is not known."""

    measure: str
    key: str
    step: int
    names: Text
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class Gap:
    """``kind``: ``erased``, ``empty`` (a session without figures), ``break`` (a long time without any)."""

    kind: str
    after: int
    """Number of the session before it (0: none)."""
    days: float | None = None
    sitting: int | None = None


@dataclass(frozen=True)
class Course:
    sittings: tuple[Sitting, ...] = ()
    steps: tuple[StepCourse, ...] = ()
    behaviour: tuple[Behaviour, ...] = ()
    instruments: tuple[Instrument, ...] = ()
    gaps: tuple[Gap, ...] = ()
    proposal: Proposal = field(default_factory=Proposal)

    @property
    def told(self) -> int:
        """Sessions with figures."""
        return sum(sitting.summary is not None for sitting in self.sittings)

    @property
    def practice(self) -> bool:
        return any(sitting.summary is not None and sitting.summary.practice for sitting in self.sittings)


def course(
    sessions: Sequence[Session],
    answers: Sequence[Answers] = (),
    thresholds: Thresholds | None = None,
) -> Course:
    """The course of a patient.

    Args:
        sessions: all of the patient's, erased ones too, in any order.
        answers: filled questionnaires, in any order.
        thresholds: reliable change by instrument; None: those that are sourced here.
    """
    sittings = tuple(
        _sitting(number, session)
        for number, session in enumerate(sorted(sessions, key=lambda one: (one.started, one.id)), 1)
    )
    steps = tuple(_steps(sittings))
    return Course(
        sittings=sittings,
        steps=steps,
        behaviour=tuple(_behaviour(sittings)),
        instruments=tuple(answered(answers, thresholds)),
        gaps=tuple(_gaps(sittings)),
        proposal=propose([(one.number, one.summary, one.debrief) for one in sittings]),
    )


def visit_of(sitting: int, stay: Stay) -> Visit:
    """A stay's figures with their intervals."""
    first = rated(stay.first, stay.entry_gap_s) if stay.first is not None else None
    peak = rated(stay.peak, stay.longest_gap_s) if stay.peak is not None else None
    last = rated(stay.last, stay.exit_gap_s) if stay.last is not None else None
    fell = within(peak, last) if peak and last and stay.count > 1 else None
    why = ""
    if peak is None:
        why = "no_rating"
    elif stay.turned:
        why = "turned"
    elif stay.exposed_s < stay.minimum_s / 3:
        why = "short"
    return Visit(sitting, stay, first, peak, last, fell, why)


# ------------------------------------------------------------------ parts


def _sitting(number: int, session: Session) -> Sitting:
    debrief: Debrief | None = None
    if session.debrief and session.state != "erased":
        try:
            debrief = debrief_from(session.debrief)
        except DebriefError:
            debrief = None
    if session.state == "erased":
        return Sitting(number, session.id, session.started, why_empty="erased")
    summary: Summary | None = None
    why = ""
    try:
        summary = from_json(session.summary)
    except ProgressError as problem:
        why = {ProgressReason.NEWER: "newer", ProgressReason.BAD_VALUE: "unreadable"}.get(
            problem.reason if isinstance(problem.reason, ProgressReason) else ProgressReason.NOTHING, ""
        ) or {"running": "running", "interrupted": "interrupted"}.get(session.state, "not_summed")
    return Sitting(number, session.id, session.started, summary, debrief, why)


def _steps(sittings: Sequence[Sitting]) -> Iterable[StepCourse]:
    """The hardest last; of the same number, in the order in which they were met."""
    visits: dict[str, list[Visit]] = {}
    for sitting in sittings:
        for stay in sitting.summary.stays if sitting.summary else ():
            visits.setdefault(stay.key or f"{stay.scene}/{stay.step_id}", []).append(
                visit_of(sitting.number, stay)
            )
    for key, found in sorted(visits.items(), key=lambda item: (item[1][-1].stay.step, item[1][0].sitting)):
        latest = found[-1].stay
        peaks = _by_session(found)
        change = change_from = None
        if len(peaks) > 1:
            change_from = (peaks[0][0], peaks[-1][0])
            change = between(peaks[0][1], peaks[-1][1])
        yield StepCourse(
            key=key,
            step=latest.step,
            step_id=latest.step_id,
            names=latest.names,
            scene=latest.scene,
            visits=tuple(found),
            change=change,
            change_from=change_from,
            trend=slope(peaks),
        )


def _by_session(visits: Sequence[Visit]) -> list[tuple[int, Estimate]]:
    """One figure a session: the first stay that can be compared, for later ones of the day have learned from it."""
    found: dict[int, Estimate] = {}
    for visit in visits:
        if not visit.left_out and visit.peak is not None:
            found.setdefault(visit.sitting, visit.peak)
    return sorted(found.items())


def _behaviour(sittings: Sequence[Sitting]) -> Iterable[Behaviour]:
    rows: dict[tuple[str, str], list[tuple[int, Stay, Figure]]] = {}
    for sitting in sittings:
        for stay in sitting.summary.stays if sitting.summary else ():
            if stay.turned or not stay.key:
                continue
            for name, figure in stay.figures.items():
                taken = rows.setdefault((name, stay.key), [])
                if not taken or taken[-1][0] != sitting.number:
                    taken.append((sitting.number, stay, figure))
    for (name, key), found in sorted(rows.items(), key=lambda row: (row[0][0], row[1][-1][1].step)):
        latest = found[-1][1]
        seen = tuple(
            Seen(number, figure, _same(figure, found[-1][2]), figure.quality < GOOD or figure.censored)
            for number, _, figure in found
        )
        yield Behaviour(name, key, latest.step, latest.names, seen)


def _same(one: Figure, other: Figure) -> bool:
    return (one.algorithm, one.unit, one.stimulus) == (other.algorithm, other.unit, other.stimulus)


def _gaps(sittings: Sequence[Sitting]) -> Iterable[Gap]:
    for sitting in sittings:
        if sitting.summary is None:
            kind = "erased" if sitting.why_empty == "erased" else "empty"
            yield Gap(kind, sitting.number - 1, sitting=sitting.number)
    times = [(sitting.number, when) for sitting in sittings if (when := moment(sitting.started)) is not None]
    days = [
        (first[0], (later[1] - first[1]).total_seconds() / 86_400)
        for first, later in zip(times, times[1:], strict=False)
    ]
    if not days:
        return
    usual = median(length for _, length in days)
    for after, length in days:
        if length > LONG_GAP_DAYS and (len(days) == 1 or length > 2 * usual):
            yield Gap("break", after, length)


def moment(text: str) -> datetime | None:
    """A time of day as the clinic keeps it; None where it is none."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
