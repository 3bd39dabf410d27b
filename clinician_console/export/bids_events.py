"""What happened, as rows of ``_events.tsv`` and ``_beh.tsv``. Words of the software; typed ones with notes alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clinician_console.export.bids_files import Seconds
from clinician_console.export.recorded import Recorded
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.streams import BeatFlag

Description = dict[str, Any]

EVENT_COLUMNS: dict[str, Description] = {
    "onset": {"Description": "Begin, since the opening of the record", "Units": "s"},
    "duration": {
        "Description": "How long it lasted; n/a where that has no meaning or is not known",
        "Units": "s",
    },
    "trial_type": {
        "Description": "What happened",
        "Levels": {
            "phase": "A phase of the session; detail names it",
            "step": "A step of the hierarchy was entered; value is its number, from 1",
            "trigger": "Something of the scene was set off; detail names it",
            "parameter": "A parameter of the scene was given a new target",
            "stop": "STOP; detail tells by whom",
            "shell": "The neutral shell hid the scene",
            "safety": "What the safety supervisor asked for; detail gives cause and demand",
            "rating": "The patient rated; value is 0 to 100",
            "rating_missed": "A prompt went unanswered",
            "deed": "The patient did something to a thing of the scene, by hand",
            "mark": "The therapist marked what they saw",
            "compulsion": "A compulsion within a window of response prevention",
            "marker": "A measured moment or span; detail names the measure",
            "beat": "A beat of the heart; value is the interval that ended with it, detail the sensor's or our flag",
            "note": "A note (only where notes were asked for)",
        },
    },
    "value": {"Description": "The figure that belongs to it, in the units of the column unit"},
    "unit": {"Description": "Unit of value"},
    "step": {"Description": "Number of the hierarchy's step, from 1; 0: before the first"},
    "detail": {"Description": "Words that belong to it"},
    "source": {"Description": "Of a measure: head, eye, hand or heart"},
    "quality": {"Description": "Of a measure: 0 to 1; docs/measures.md of Palier says what it counts"},
    "algorithm": {"Description": "Of a measure: name and version of the algorithm"},
}

RATING_COLUMNS: dict[str, Description] = {
    "onset": {"Description": "Time of the rating, since the opening of the record", "Units": "s"},
    "what": {
        "Description": "What was rated",
        "Levels": {
            "distress": "Subjective units of distress (SUDS)",
            "urge": "Urge to carry out a compulsion",
            "disgust": "Disgust",
            "belief": "How sure the patient is that what is feared will happen",
            "expectancy": "How bad it is expected to be",
            "surprise": "Surprise about what happened",
            "sickness": "Sickness (fast motion sickness scale)",
        },
    },
    "scale": {"Description": "The scale that it was given on; it begins at 0"},
    "raw": {"Description": "As given, on its scale"},
    "value": {"Description": "raw / upper end of the scale * 100"},
    "reported_by": {
        "Description": "Who gave it",
        "Levels": {
            "patient": "Said by the patient, typed by the therapist",
            "patient_headset": "Answered in the headset",
            "observer": "Estimated by the therapist or a parent",
            "virtual": "The virtual patient: no person",
        },
    },
    "step": {"Description": "Number of the hierarchy's step, from 1; 0: before the first"},
    "phase": {"Description": "Phase of the session"},
}

Row = tuple[Any, ...]


def event_rows(record: Recorded, *, with_notes: bool) -> list[Row]:
    """In the order of :data:`EVENT_COLUMNS`, by onset."""
    rows = [
        _row(span.begin_s, "phase", span.end_s - span.begin_s, detail=span.name) for span in record.phases()
    ]
    rows += _events(record, with_notes)
    rows += _spans(record)
    heart = record.samples("heart")
    for t_ns, rr_ms, flag in zip(
        heart["t_ns"].tolist(), heart["rr_ms"].tolist(), heart["flag"].tolist(), strict=True
    ):
        name = BeatFlag.NAMES[flag] if flag < len(BeatFlag.NAMES) else str(flag)
        rows.append(_row(t_ns / 1e9, "beat", 0.0, value=rr_ms, unit="ms", detail=name))
    return sorted(rows, key=lambda row: row[0])


def rating_rows(record: Recorded) -> list[Row]:
    """In the order of :data:`RATING_COLUMNS`."""
    rows: list[Row] = []
    phase = "setup"
    for event in record.events:
        match event.body:
            case ev.PhaseChanged() as body:
                phase = body.phase.value
            case ev.RatingGiven() as body:
                rows.append(
                    (
                        Seconds(event.t_ns / 1e9), body.what.value, body.scale.value, float(body.raw), float(body.value),
                        body.reported_by.value, body.step, phase,
                    )
                )  # fmt: skip
            case _:
                pass
    return rows


def _row(
    onset: float, kind: str, duration: float | None = None, *, value: float | None = None, unit: str = "",
    step: int | None = None, detail: str = "", source: str = "", quality: float | None = None, algorithm: str = "",
) -> Row:  # fmt: skip
    return (
        Seconds(onset), None if duration is None else Seconds(duration), kind, value, unit or None, step,
        detail or None, source or None, quality, algorithm or None,
    )  # fmt: skip


def _events(record: Recorded, with_notes: bool) -> Iterator[Row]:
    for event in record.events:
        at = event.t_ns / 1e9
        match event.body:
            case ev.StepEntered() as body:
                yield _row(at, "step", value=float(body.step), unit="1", step=body.step, detail=body.step_id)
            case ev.TriggerFired() as body:
                yield _row(at, "trigger", 0.0, detail=body.trigger)
            case ev.ParameterMoved() as body:
                number = None if isinstance(body.target, str | bool) else float(body.target)
                words = f"{body.name}" if number is not None else f"{body.name} {body.target}"
                yield _row(at, "parameter", value=number, unit=body.unit, detail=words)
            case ev.StopPressed() as body:
                yield _row(body.received_ns / 1e9, "stop", 0.0, detail=body.by.value)
            case ev.RatingGiven() as body:
                yield _row(
                    at, "rating", 0.0, value=body.value, unit="1", step=body.step, detail=body.what.value
                )
            case ev.RatingMissed() as body:
                yield _row(at, "rating_missed", 0.0, detail=body.what.value)
            case ev.PatientDid() as body:
                yield _row(
                    body.t_on_ns / 1e9, "deed", (body.t_off_ns - body.t_on_ns) / 1e9, value=body.residual,
                    unit="1" if body.residual is not None else "", detail=f"{body.what} {body.thing} {body.hand}".strip(),
                )  # fmt: skip
            case ev.Marked() as body:
                text = f"{body.what.value}: {body.text}" if with_notes and body.text else body.what.value
                yield _row(at, "mark", 0.0, step=body.step, detail=text)
            case ev.CompulsionSeen() as body:
                words = body.what if body.source == "scene" or with_notes else body.source
                yield _row(at, "compulsion", body.duration_s, detail=words)
            case ev.Marker() as body:
                yield _row(
                    body.t_on_ns / 1e9, "marker", (body.t_off_ns - body.t_on_ns) / 1e9, value=body.value,
                    unit=body.unit, step=body.step, detail=f"{body.marker} {body.stimulus}".strip(),
                    source=body.source, quality=body.quality, algorithm=body.algorithm,
                )  # fmt: skip
            case ev.NoteTaken() as body if with_notes:
                yield _row(at, "note", 0.0, detail=body.text)
            case _:
                pass


def _spans(record: Recorded) -> Iterator[Row]:
    """The shell and the supervisor's demands: what was begun and ended again."""
    shell: tuple[float, str] | None = None
    demands: dict[tuple[str, str], float] = {}
    for event in record.events:
        at = event.t_ns / 1e9
        match event.body:
            case ev.ShellChanged() as body:
                if body.up and shell is None:
                    shell = (at, body.because)
                elif not body.up and shell is not None:
                    yield _row(shell[0], "shell", at - shell[0], detail=shell[1])
                    shell = None
            case ev.DemandMade() as body:
                key = (body.cause.value, body.demand.value)
                if body.active:
                    demands.setdefault(key, at)
                elif key in demands:
                    begun = demands.pop(key)
                    yield _row(begun, "safety", at - begun, detail=" ".join(key))
            case _:
                pass
    if shell is not None:
        yield _row(shell[0], "shell", record.end_s - shell[0], detail=shell[1])
    for key, begun in demands.items():
        yield _row(begun, "safety", record.end_s - begun, detail=" ".join(key))
