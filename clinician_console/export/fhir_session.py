"""One session as FHIR resources: the procedure, ratings, heart rate by phase, what was asked afterwards, adverse events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from clinician_console.clinic.debrief import AdverseEvent, Debrief, Resolved, Severity
from clinician_console.export.fhir_codes import HL7, LOINC, RECORD, Codes, Json, concept, quantity
from clinician_console.export.recorded import Recorded
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.words import Observed

LEAST_HEART_S = 10.0
"""No mean heart rate of less time in intervals."""


class SessionResources:
    """Makes the resources of one session. ``add`` takes a resource and gives back a reference to it."""

    def __init__(
        self, record: Recorded, codes: Codes, add: Callable[[Json], Json], subject: Json, *, r4b: bool
    ) -> None:
        self._record = record
        self._codes = codes
        self._add = add
        self._subject = subject
        self._r4b = r4b
        self._procedure: Json = {}
        self._device: Json = {}

    def make(self, debrief: Debrief, debrief_when: str, *, with_notes: bool) -> Json:
        """Add all of them. Gives back a reference to the procedure."""
        self._device = self._add(self._software())
        self._procedure = self._add(self._session())
        for made in (self._heart(), self._ratings(), self._steps(), self._asked(debrief, debrief_when)):
            for observation in made:
                self._add(observation)
        for event in self._marked(with_notes):
            self._add(event)
        for each in debrief.adverse:
            self._add(self._adverse(each, debrief_when, with_notes))
        return self._procedure

    # -------------------------------------------------------------- the session

    def _software(self) -> Json:
        name = "Palier"
        named = (
            {"deviceName": [{"name": name, "type": "user-friendly-name"}]}
            if self._r4b
            else {"name": [{"value": name, "type": "user-friendly-name"}]}
        )
        kind = self._codes.local("software")
        version = [{"value": self._record.opened.fingerprint.palier}]
        return {
            "resourceType": "Device",
            **named,
            "type": kind if self._r4b else [kind],
            "version": version,
        }

    def _session(self) -> Json:
        record = self._record
        status = "unknown" if record.interrupted else "stopped" if record.stopped else "completed"
        when = "performedPeriod" if self._r4b else "occurrencePeriod"
        used: Json = (
            {"usedReference": [self._device]} if self._r4b else {"used": [{"reference": self._device}]}
        )
        return {
            "resourceType": "Procedure",
            "identifier": [{"system": RECORD, "value": record.last_hash}],
            "status": status,
            "code": self._codes.local("exposure-session"),
            "subject": self._subject,
            **_kept(when, self._period(0.0, record.end_s)),
            **used,
        }

    # -------------------------------------------------------------- observations

    def _heart(self) -> Iterator[Json]:
        """Mean heart rate of each phase: 60000 / mean interval, artefacts left out, as heard."""
        beats = self._record.beats()
        times, rr = beats.t_ns[~beats.bad] / 1e9, beats.rr_ms[~beats.bad]
        for span in self._record.phases():
            inside = rr[(times > span.begin_s) & (times <= span.end_s)]
            if inside.sum() < LEAST_HEART_S * 1000.0:
                continue
            rate = ("beats/minute", "/min")
            yield {
                **self._observation("vital-signs", "Vital Signs"),
                "code": concept(LOINC, "8867-4", "Heart rate"),
                **_kept("effectivePeriod", self._period(span.begin_s, span.end_s)),
                "valueQuantity": quantity(60_000.0 / float(np.mean(inside)), *rate),
                "device": self._device,
                "component": [
                    {"code": self._codes.local("phase"), "valueString": span.name},
                    {
                        "code": self._codes.local("heart-rate-least"),
                        "valueQuantity": quantity(60_000.0 / float(inside.max()), *rate),
                    },
                    {
                        "code": self._codes.local("heart-rate-most"),
                        "valueQuantity": quantity(60_000.0 / float(inside.min()), *rate),
                    },
                    {
                        "code": self._codes.local("heart-beats"),
                        "valueQuantity": quantity(float(inside.size), "1", "1"),
                    },
                ],
            }

    def _ratings(self) -> Iterator[Json]:
        for event in self._record.events:
            if isinstance(event.body, ev.RatingGiven):
                body = event.body
                yield {
                    **self._observation("survey", "Survey"),
                    "code": self._codes.local(body.what.value),
                    **self._at(event.t_ns / 1e9),
                    "valueQuantity": quantity(body.value, "score", "{score}"),
                    "component": [
                        {
                            "code": self._codes.local("raw-rating"),
                            "valueQuantity": quantity(body.raw, body.scale.value, "{score}"),
                        }
                    ],
                }

    def _steps(self) -> Iterator[Json]:
        entered = [e.body.step for e in self._record.events if isinstance(e.body, ev.StepEntered)]
        if entered:
            yield {
                **self._observation("therapy", "Therapy"),
                "code": self._codes.local("highest-step"),
                **_kept("effectivePeriod", self._period(0.0, self._record.end_s)),
                "valueInteger": max(entered),
            }

    def _asked(self, debrief: Debrief, when: str) -> Iterator[Json]:
        for code, value in (("end-distress", debrief.end_distress), ("sickness-after", debrief.sickness)):
            if value is not None:
                yield {
                    **self._observation("survey", "Survey"),
                    "code": self._codes.local(code),
                    **({"effectiveDateTime": when} if when else self._at(self._record.end_s)),
                    "valueQuantity": quantity(value, "score", "{score}"),
                }

    def _observation(self, category: str, display: str) -> Json:
        return {
            "resourceType": "Observation",
            "status": "final",
            "category": [concept(f"{HL7}/observation-category", category, display)],
            "subject": self._subject,
            "partOf": [self._procedure],
        }

    # -------------------------------------------------------------- adverse events

    def _marked(self, with_notes: bool) -> Iterator[Json]:
        """What the therapist marked as adverse during the session; how bad it was is not known from a mark."""
        for event in self._record.events:
            if isinstance(event.body, ev.Marked) and event.body.what is Observed.ADVERSE_EVENT:
                at = self._clock(event.t_ns / 1e9)
                yield self._event(event.body.text if with_notes else "", at)

    def _adverse(self, event: AdverseEvent, when: str, with_notes: bool) -> Json:
        made = self._event(event.what if with_notes else "", when or self._clock(self._record.end_s))
        serious = event.severity is Severity.SERIOUS
        word = "serious" if serious else "non-serious"
        made["seriousness"] = concept(f"{HL7}/adverse-event-seriousness", word, word.capitalize())
        made["category"] = [
            self._codes.local(f"severity-{event.severity.value}"),
            self._codes.local(f"relation-{event.relation.value}"),
        ]
        if self._r4b and not serious:
            made["severity"] = concept(
                f"{HL7}/adverse-event-severity", event.severity.value, event.severity.value.capitalize()
            )
        word = {Resolved.YES: "resolved", Resolved.ONGOING: "ongoing"}.get(event.resolved, "unknown")
        outcome = concept(f"{HL7}/adverse-event-outcome", word, word.capitalize())
        made["outcome"] = outcome if self._r4b else [outcome]
        return made

    def _event(self, text: str, when: str) -> Json:
        what = self._codes.local("adverse-event")
        if text:
            what = {**what, "text": text}
        if self._r4b:
            return {
                "resourceType": "AdverseEvent",
                "actuality": "actual",
                "event": what,
                "subject": self._subject,
                **_kept("date", when),
            }
        return {
            "resourceType": "AdverseEvent",
            "status": "completed",
            "actuality": "actual",
            "code": what,
            "subject": self._subject,
            **_kept("occurrenceDateTime", when),
        }

    # -------------------------------------------------------------- times

    def _clock(self, at_s: float) -> str:
        return fhir_time(self._record.zero, at_s)

    def _at(self, at_s: float) -> Json:
        return _kept("effectiveDateTime", self._clock(at_s))

    def _period(self, begin_s: float, end_s: float) -> Json:
        begin, end = self._clock(begin_s), self._clock(end_s)
        return {"start": begin, "end": end} if begin and end else {}


def fhir_time(zero: datetime | None, at_s: float) -> str:
    """Milliseconds, UTC; empty where the record tells no time."""
    try:
        return "" if zero is None else (zero + timedelta(seconds=at_s)).isoformat(timespec="milliseconds")
    except OverflowError:
        return ""


def _kept(name: str, value: Any) -> Json:
    """Nothing where there is no value: FHIR knows no empty ones."""
    return {name: value} if value else {}
