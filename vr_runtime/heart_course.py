"""The heart in a finished record: by phase and by step, as heard and after correction, and how it answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vr_runtime.measures.heart_spans import HeartSeries, Piece, SpanMeasures, span_measures
from vr_runtime.measures.reactivity import (
    Baseline,
    Change,
    Orienting,
    Recovery,
    Slots,
    TookHold,
    baseline,
    change,
    orienting,
    recovery,
    slots,
    took_hold,
)
from vr_runtime.protocol.events import PhaseChanged, RatingGiven, StepEntered, TriggerFired
from vr_runtime.protocol.words import Phase, Rated
from vr_runtime.remeasure import Course

_ON_STEP = (Phase.EXPOSURE, Phase.PAUSED)


class HeartSpan(NamedTuple):
    """One phase, or one visit of a step, as heard and after correction of artefacts."""

    kind: str
    """``phase`` or ``step``."""
    name: str
    step: int
    """0 for a phase."""
    pieces: tuple[Piece, ...]
    heard: SpanMeasures
    corrected: SpanMeasures


class StepAnswer(NamedTuple):
    """How the heart answered to one visit of a step, after correction."""

    name: str
    step: int
    change: Change
    """Of its mean rate."""
    slots: Slots
    took_hold: TookHold
    """By the highest rating of distress in the step against the last before the first step, and by the peak of the
    heart rate against the baseline."""


class Drop(NamedTuple):
    """At one trigger."""

    trigger: str
    t_s: float
    orienting: Orienting


class HeartCourse(NamedTuple):
    """Everything of the heart in one record. Times in seconds on the record's clock."""

    spans: tuple[HeartSpan, ...]
    artefacts: dict[str, int]
    """Of the whole record, by class."""
    baseline: Baseline
    steps: tuple[StepAnswer, ...]
    recovery: Recovery
    """After the last exposure."""
    triggers: tuple[Drop, ...]


def heart_course(course: Course) -> HeartCourse:
    """Artefacts are judged on the whole record, then the spans are cut out of it. A step's time is that in which exposure
    goes on or is paused."""
    heard, corrected, kinds = HeartSeries.of_beats(course.samples["heart"]).judged()
    spans = tuple(
        HeartSpan(kind, name, step, pieces, span_measures(heard, pieces), span_measures(corrected, pieces))
        for kind, name, step, pieces in spans_of(course)
    )
    beats = corrected.in_order()
    t_s, rr_ms = beats.t_ns / 1e9, beats.rr_ms
    quiet = [span for span in spans if span.name == Phase.BASELINE.value and span.kind == "phase"]
    begin, end = quiet[-1].pieces[0] if quiet else (0, 0)
    base = baseline(t_s, rr_ms, begin / 1e9, end / 1e9)
    before = _distress(course, 0, end)
    steps: list[StepAnswer] = []
    for span in spans:
        if span.kind == "step":
            first, last = span.pieces[0][0], span.pieces[-1][1]
            told = slots(t_s, rr_ms, first / 1e9, last / 1e9)
            hold = took_hold(
                before[-1] if before else None,
                max(_distress(course, first, last), default=None),
                base.mean_hr,
                told.peak,
            )
            rate = span.corrected.measures["mean_hr"].value
            steps.append(StepAnswer(span.name, span.step, change(rate, base), told, hold))
    peaks = [step.slots.peak for step in steps if step.slots.peak is not None]
    ends = [span.pieces[-1][1] for span in spans if span.kind == "step"]
    after = (
        recovery(t_s, rr_ms, ends[-1] / 1e9, base.mean_hr, max(peaks, default=None))
        if ends
        else Recovery(None, None, False)
    )
    drops = tuple(
        Drop(event.body.trigger, event.t_ns / 1e9, orienting(t_s, rr_ms, event.t_ns / 1e9))
        for event in course.events
        if isinstance(event.body, TriggerFired)
    )
    return HeartCourse(spans, kinds, base, tuple(steps), after, drops)


def _distress(course: Course, begin_ns: int, end_ns: int) -> list[float]:
    """Ratings of distress after the begin and not after the end, 0 to 100."""
    return [
        event.body.value
        for event in course.events
        if isinstance(event.body, RatingGiven)
        and event.body.what is Rated.DISTRESS
        and begin_ns < event.t_ns <= end_ns
    ]


def spans_of(course: Course) -> Iterator[tuple[str, str, int, tuple[Piece, ...]]]:
    """Phases, then visits of steps: kind (``phase``, ``step``), name, step (0 for a phase), pieces of time."""
    phases: list[tuple[int, Phase]] = [(0, Phase.SETUP)]
    steps: list[tuple[int, int, str]] = []
    for event in course.events:
        if isinstance(event.body, PhaseChanged):
            phases.append((event.t_ns, event.body.phase))
        elif isinstance(event.body, StepEntered):
            steps.append((event.t_ns, event.body.step, event.body.step_id))
    ends = [*(t_ns for t_ns, _ in phases[1:]), max(course.end_ns, phases[-1][0])]
    exposure: list[Piece] = []
    for (begin, phase), end in zip(phases, ends, strict=True):
        if end > begin:
            yield "phase", phase.value, 0, ((begin, end),)
        if phase in _ON_STEP:
            exposure.append((begin, end))
    ends = [*(t_ns for t_ns, _, _ in steps[1:]), course.end_ns]
    for (begin, step, name), end in zip(steps, ends, strict=False):  # without a step there is an end too many
        pieces = tuple((max(a, begin), min(b, end)) for a, b in exposure if min(b, end) > max(a, begin))
        if step and pieces:
            yield "step", name, step, _joined(pieces)


def _joined(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Pieces that touch are one."""
    joined: list[Piece] = []
    for begin, end in pieces:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)
