"""What stands beside every export: README.md for people, PROVENANCE.json for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from clinician_console.export.portion import Format, Portion
from clinician_console.export.recorded import Recorded
from vr_runtime import __version__

README, PROVENANCE = "README.md", "PROVENANCE.json"


@dataclass(frozen=True)
class Origin:
    """The record that a session of the export was made of."""

    person: str
    session: str
    software: str
    record_format: int
    last_seq: int
    last_hash: str
    end: str
    """``closed`` or ``interrupted``."""
    simulated: bool
    """The patient was the virtual one, the heart simulated."""

    @classmethod
    def of(cls, person: str, session: str, record: Recorded) -> Origin:
        opened = record.opened
        return cls(
            person,
            session,
            f"palier {opened.fingerprint.palier}",
            opened.record_format,
            record.last_seq,
            record.last_hash,
            "interrupted" if record.interrupted else "closed",
            opened.patient == "virtual",
        )


LEFT_OUT_WORDS = {
    "no_consent": "people who have not agreed to research",
    "practice": "the practice patient",
    "no_sessions": "people without a session that could be exported",
    "no_record": "sessions without a record here",
    "running": "sessions that are still running",
    "erased": "sessions whose records were erased",
    "not_asked": "people who were not chosen",
}

IDENTIFYING = """\
These data are pseudonymised, **not anonymous**. What stays in them may still lead to a person:

- how a head and hands move identifies people among thousands within minutes;
- gaze and blinking, and the rhythm of a heart, differ from person to person;
- rare combinations do too: an age band, a fear, a course over weeks.

Treat them as health data of a person (GDPR articles 4(5) and 9): keep them encrypted, give them on only under an
agreement, delete them when the purpose is served. Nothing in them is a diagnosis."""

COVERED = """\
Each person's dates were moved by a number of days of their own, the same in every export; the number is not in here.
The clock of each session begins at the full hour before it began, so no minute of a real appointment is told. Times
within a session, counted from its beginning, are exact, and so are the days between two sessions of a person.
Pseudonyms were replaced by codes in an order drawn by lot. Which code is whom is not in here."""

PLAIN = """\
Dates and times are the real ones, and the clinic's pseudonym is in here. Give this to nobody who may not know both."""


def readme(portion: Portion, to: Format, origins: Sequence[Origin]) -> str:
    """The text of README.md: UTF-8, Markdown."""
    left_out = [
        f"- {number} {LEFT_OUT_WORDS.get(why, why)}"
        for why, number in sorted(portion.left_out.items())
        if number
    ]
    notes = (
        "**Free text is in here** (notes and what else was typed in a session): it may name people. Read it before you "
        "give it on."
        if portion.with_notes
        else "Free text (notes and what else was typed in a session) was left out."
    )
    simulated = sum(origin.simulated for origin in origins)
    lines = [
        f"# {TITLES[portion.scope]}",
        "",
        f"Virtual reality exposure therapy, recorded and exported by Palier {__version__} (format: {to.value}).",
        f"{len(portion.people)} person(s), {portion.sittings} session(s).",
        *([f"In {simulated} session(s) the patient was **simulated**: no person."] if simulated else []),
        "",
        "## What identifies",
        "",
        IDENTIFYING,
        "",
        "## Dates, times, names",
        "",
        COVERED if portion.covered else PLAIN,
        "",
        notes,
        "Of age there is the band alone. Homework, plans and the clinic's notes on patients are not exported.",
        "",
        "## Left out",
        "",
        *(left_out or ["Nothing that was asked for."]),
        "",
        "## Where the data come from",
        "",
        "Each session is a record: one chain of entries, each with the hash (SHA-256) of all before it. The last hash",
        "tells whether an export was made of the same record. It is the record that is evidence, not the export.",
        "",
        *(
            f"- sub-{origin.person} ses-{origin.session}: {origin.end}, {origin.last_seq} entries, last hash "
            f"{origin.last_hash}, recorded by {origin.software}"
            for origin in origins
        ),
        "",
        ABOUT[to],
    ]
    return "\n".join(lines).rstrip() + "\n"


def provenance(
    portion: Portion, to: Format, origins: Sequence[Origin], clamped: Mapping[str, int] | None = None
) -> bytes:
    facts = {
        "exported_by": f"palier {__version__}",
        "format": to.value,
        "scope": portion.scope,
        "study": portion.name if portion.scope == "study" else "",
        "people": len(portion.people),
        "sessions": portion.sittings,
        "dates_moved": portion.covered,
        "time_of_day": "moved to the full hour before" if portion.covered else "as it was",
        "pseudonyms": "replaced by codes" if portion.covered else "the clinic's own",
        "notes": "included" if portion.with_notes else "left out",
        "left_out": {why: number for why, number in sorted(portion.left_out.items()) if number},
        "set_to_the_end_of_their_range": dict(clamped or {}),
        "still_identifying": ["motion of head and hands", "gaze", "heart"],
        "records": [asdict(origin) for origin in origins],
    }
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()


TITLES = {
    "session": "A session of exposure therapy",
    "patient": "The sessions of one patient",
    "study": "Sessions of exposure therapy, for a study",
}

_AXES = "Metres, right-handed: x right, y forward, z up, origin on the floor; quaternions x, y, z, w."

ABOUT = {
    Format.BIDS: (
        "## Files\n\nBIDS 1.10. `beh/`: ratings (`_beh`), everything that happened (`_events`), heart and other sensors "
        "(`_physio`), gaze where it was recorded. `motion/`: head and hands, a row for each frame, at the time in the "
        "channel `latency`. Time 0 of all files of a session is the opening of its record. " + _AXES
    ),
    Format.EDF: (
        "## Files\n\nEDF+, continuous. A value that is not known is the channel's physical minimum, which lies below "
        "what can be measured. What happened stands in the annotations. Time 0 is the opening of the record."
    ),
    Format.FHIR: (
        "## Files\n\nOne bundle (FHIR R5) for each person. Codes without a known LOINC code come from the code system "
        "in the bundle. Nothing in it is a diagnosis."
    ),
    Format.FHIR_R4B: (
        "## Files\n\nOne bundle (FHIR R4B) for each person. Codes without a known LOINC code come from the code system "
        "in the bundle. Nothing in it is a diagnosis."
    ),
    Format.CSV: (
        "## Files\n\nTables in UTF-8 with a head line; times in ns since the opening of the record. A text that would "
        "begin as a formula has an apostrophe before it. " + _AXES
    ),
    Format.MCAP: (
        "## Files\n\nOne MCAP file for each session; docs/records.md of Palier lists its topics. " + _AXES
    ),
}
