"""Codes of the FHIR bundles. LOINC where the code is known for certain; a code system of our own for all else, which
goes along in each bundle. No code is made up in somebody else's system.

Sources: LOINC 8867-4 heart rate (FHIR vital signs profile), 44261-6 PHQ-9 total score, 70274-6 GAD-7 total score.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"
LOCAL = "urn:uuid:6f4d3c52-6b0e-4c0a-9c3b-2f6f0d1e7a55"
"""Of our own code system: drawn once, never changed."""
RECORD = "urn:uuid:0b7c4a7e-52f5-4f8e-8a55-9a1f2f9f7d31"
"""System of the hashes of records."""
PSEUDONYM = "urn:uuid:c2b1f1b4-2f0d-4b57-9f3f-7c8f7b0f6c12"
"""System of pseudonyms and study codes: unique within one clinic's data or one export only."""
LOCAL_VERSION = "1"

TOTALS = {"phq9": ("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score"),
          "gad7": ("70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score")}  # fmt: skip

CONCEPTS: dict[str, str] = {
    "exposure-session": "Session of graded exposure in virtual reality",
    "software": "Software that played and recorded the session",
    "distress": "Subjective units of distress (SUDS), 0 to 100",
    "urge": "Urge to carry out a compulsion, 0 to 100",
    "disgust": "Disgust, 0 to 100",
    "belief": "How sure the patient is that what is feared will happen, 0 to 100",
    "expectancy": "How bad it is expected to be, 0 to 100",
    "surprise": "Surprise about what happened, 0 to 100",
    "sickness": "Sickness by virtual reality, 0 to 100 (FMS * 5)",
    "raw-rating": "The rating as given, on its own scale",
    "phase": "Phase of the session",
    "heart-rate-least": "Lowest heart rate of a single interval",
    "heart-rate-most": "Highest heart rate of a single interval",
    "heart-beats": "Intervals between beats that the mean is made of",
    "highest-step": "Highest step of the hierarchy that was entered",
    "age-band": "Band of years of age",
    "end-distress": "Distress as asked after the session, 0 to 100",
    "sickness-after": "Sickness as asked after the session, FMS 0 to 20",
    "adverse-event": "Something unwanted, during the session or after it, whatever its cause",
    "severity-mild": "Mild",
    "severity-moderate": "Moderate",
    "severity-severe": "Severe",
    "severity-serious": "Serious",
    "relation-not": "Not related to the session",
    "relation-unlikely": "Unlikely related to the session",
    "relation-possible": "Possibly related to the session",
    "relation-probable": "Probably related to the session",
}


@dataclass
class Codes:
    """Counts which of our own codes a bundle uses; its code system holds these."""

    used: dict[str, str] = field(default_factory=dict)

    def local(self, code: str, display: str = "") -> Json:
        self.used[code] = display or CONCEPTS[code]
        return concept(LOCAL, code, self.used[code])

    def system(self) -> Json:
        """The CodeSystem resource of the codes used."""
        return {
            "resourceType": "CodeSystem",
            "url": LOCAL,
            "version": LOCAL_VERSION,
            "name": "PalierCodes",
            "title": "Codes of Palier where no code of LOINC is known",
            "status": "active",
            "content": "fragment",
            "concept": [{"code": code, "display": text} for code, text in sorted(self.used.items())],
        }


def concept(system: str, code: str, display: str) -> Json:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def quantity(value: float, unit: str, code: str) -> Json:
    """A figure with its unit in UCUM."""
    return {"value": round(value, 4), "unit": unit, "system": UCUM, "code": code}
