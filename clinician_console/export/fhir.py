"""People and their sessions as FHIR bundles (R5, or R4B), one file for each person, for electronic health records.

Plain dictionaries: Patient (under the pseudonym), Procedure for each session with the software as Device, Observations
(ratings, heart rate by phase, scores of questionnaires), QuestionnaireResponses, AdverseEvents, and the CodeSystem of
our own codes. Every reference leads into the bundle. The same people make the same bytes. What has a simulated patient
is tagged as test data.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from clinician_console.clinic.entries import Answers
from clinician_console.export.fhir_codes import (
    HL7,
    LOCAL,
    LOINC,
    PSEUDONYM,
    TOTALS,
    Codes,
    Json,
    concept,
    quantity,
)
from clinician_console.export.fhir_session import SessionResources
from clinician_console.export.folder import write_private
from clinician_console.export.notice import Origin
from clinician_console.export.portion import Person, Portion
from clinician_console.export.recorded import Recorded

SPACE = uuid.UUID("3a0d2a0c-3d8b-4d5b-8d5e-0a3a3f6f9b21")
"""Names of resources are made of their content within it: the same content, the same name."""

TEST_DATA = {"system": f"{HL7}/v3-ActReason", "code": "HTEST", "display": "test health data"}
PSEUDONYMISED = {"system": f"{HL7}/v3-ObservationValue", "code": "PSEUDED", "display": "pseudonymized"}
RESTRICTED = {"system": f"{HL7}/v3-Confidentiality", "code": "R", "display": "restricted"}


def write_fhir(folder: Path, portion: Portion, told: Callable[[Origin], None], *, r4b: bool) -> None:
    """One bundle for each person. ``told`` is given each record that was read."""
    for person in portion.people:
        bundle = person_bundle(person, told, r4b=r4b, with_notes=portion.with_notes)
        text = json.dumps(bundle, indent=1, ensure_ascii=False, allow_nan=False)
        write_private(folder / f"sub-{person.label}.fhir.json", (text + "\n").encode())


def person_bundle(
    person: Person, told: Callable[[Origin], None], *, r4b: bool, with_notes: bool = False
) -> Json:
    bundle = _Bundle()
    subject = bundle.add(
        {
            "resourceType": "Patient",
            "identifier": [{"system": PSEUDONYM, "value": person.pseudonym or f"sub-{person.label}"}],
        }
    )
    codes = Codes()
    if person.age.value != "unknown":
        bundle.add(
            {
                "resourceType": "Observation",
                "status": "final",
                "category": [concept(f"{HL7}/observation-category", "social-history", "Social History")],
                "code": codes.local("age-band"),
                "subject": subject,
                "valueString": person.age.value,
            }
        )
    sessions: dict[str, Json] = {}
    for sitting in person.sittings:
        bundle.number = 0
        with sitting.open() as record:
            recorded = Recorded.read(record)
            origin = Origin.of(person.label, sitting.label, recorded)
            bundle.test = person.practice or origin.simulated
            bundle.seed = recorded.last_hash
            resources = SessionResources(recorded, codes, bundle.add, subject, r4b=r4b)
            sessions[sitting.label] = resources.make(
                sitting.debrief, sitting.debrief.when, with_notes=with_notes
            )
        told(origin)
    bundle.test = person.practice
    bundle.seed = f"sub-{person.label}"
    for answers in person.answers:
        _questionnaire(bundle, codes, subject, answers, sessions.get(answers.session))
    if codes.used:
        bundle.add(codes.system())
    return {
        "resourceType": "Bundle",
        "meta": {"security": [RESTRICTED, PSEUDONYMISED]},
        "type": "collection",
        "entry": bundle.entries,
    }


class _Bundle:
    def __init__(self) -> None:
        self.entries: list[Json] = []
        self.test = False
        self.seed = "person"
        self.number = 0

    def add(self, resource: Json) -> Json:
        """Gives back a reference to it."""
        self.number += 1
        content = json.dumps(resource, sort_keys=True, ensure_ascii=False)
        name = str(uuid.uuid5(SPACE, f"{self.seed} {self.number} {content}"))
        kind = resource["resourceType"]
        made: Json = {"resourceType": kind, "id": name}
        if self.test and kind != "CodeSystem":
            made["meta"] = {"tag": [TEST_DATA]}
        made.update({key: value for key, value in resource.items() if key != "resourceType"})
        self.entries.append({"fullUrl": f"urn:uuid:{name}", "resource": made})
        return {"reference": f"urn:uuid:{name}", "type": kind}


def _questionnaire(
    bundle: _Bundle, codes: Codes, subject: Json, answers: Answers, procedure: Json | None
) -> None:
    items: list[Json] = []
    for name, value in answers.items.items():
        item: Json = {"linkId": f"{answers.instrument}/{name}"}
        if value is not None and value != "":
            kind = "valueString" if isinstance(value, str) else "valueInteger"
            item["answer"] = [{kind: value}]
        items.append(item)
    form = uuid.uuid5(SPACE, f"questionnaire {answers.instrument}")
    response = bundle.add(
        {
            "resourceType": "QuestionnaireResponse",
            "questionnaire": f"urn:uuid:{form}|{answers.instrument_version}",
            "status": "completed",
            "subject": subject,
            **({"partOf": [procedure]} if procedure else {}),
            **({"authored": answers.date} if answers.date else {}),
            "item": [
                {
                    "linkId": answers.instrument,
                    "text": answers.instrument,
                    **({"item": items} if items else {}),
                }
            ],
        }
    )
    for name, value in answers.scores.items():
        if value is not None and not _is_figure(value):
            continue  # how the scores came about
        bundle.add(
            {
                "resourceType": "Observation",
                "status": "final",
                "category": [concept(f"{HL7}/observation-category", "survey", "Survey")],
                "code": _score_code(codes, answers.instrument, name),
                "subject": subject,
                **({"effectiveDateTime": answers.date} if answers.date else {}),
                **_score(value),
                "derivedFrom": [response],
            }
        )


def _is_figure(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _score(value: Any) -> Json:
    """A score that could not be made (items were left out) says so: it is not zero."""
    if _is_figure(value):
        return {"valueQuantity": quantity(float(value), "score", "{score}")}
    return {"dataAbsentReason": concept(f"{HL7}/data-absent-reason", "unknown", "Unknown")}


def _score_code(codes: Codes, instrument: str, score: str) -> Json:
    if score == "total" and instrument in TOTALS:
        return concept(LOINC, *TOTALS[instrument])
    return codes.local(f"score-{instrument}-{score}".lower(), f"{instrument}: {score}")


__all__ = ["LOCAL", "person_bundle", "write_fhir"]
