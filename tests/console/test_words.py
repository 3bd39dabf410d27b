"""Both languages say the same things, and know every word that the protocol may send."""

import re
import string

import pytest

from clinician_console.pages.controls import ACTIONS, ASK_FIRST
from clinician_console.words import LANGUAGES, Words, catalogue
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.protocol.commands import CommandBody
from vr_runtime.protocol.files.manifest import Unit
from vr_runtime.protocol.words import (
    Cause,
    DemandKind,
    Followed,
    Observed,
    Phase,
    PreventionMode,
    ProposalKind,
    Rated,
    Refusal,
    Reporter,
    StoppedBy,
    WindowOutcome,
)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys_and_fields() -> None:
    english, french = catalogue("en"), catalogue("fr")
    assert english.keys() == french.keys()
    assert {key: fields(text) for key, text in english.items()} == {
        key: fields(text) for key, text in french.items()
    }


def test_no_text_was_left_untranslated() -> None:
    # Words that are the same in both languages.
    alike = {
        "Pause", "Note", "Palier console", "SUDS", "RMSSD", "SDNN", "pNN50", "Exposition", "Protocol", "n", "p50", "p99", "Plan",
        "Pseudonyme", "source", "Patient", "Notes", "RMSSD {value} ms", "intact", "STOP", "100", "{digits}_", "LSL",
        "lx", "m", "m/s", "s", "h", "°", "English", "Français", "Distance", "console", "Cause",
        "Date (UTC)", "/min", "min:s", "≤ {value}", "→ {target}", "Phase", "Compulsion", "Dissociation", "Surprise",
        "Conditions", "Mode", "Surprise, %", "PDF", "Questionnaires", "possible", "probable", "patient", "Scores", "Patients", "Auto", "Date",
    }  # fmt: skip
    english, french = catalogue("en"), catalogue("fr")
    same = {key: text for key, text in english.items() if text == french[key]}
    unexpected = {
        key: text for key, text in same.items() if re.search("[A-Za-z]{3}", text) and text not in alike
    }
    unexpected = {
        key: text for key, text in unexpected.items() if not re.fullmatch(r"[{}\w /:,.-]*\{.*", text)
    }
    assert unexpected == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_protocol_can_be_said(language: str) -> None:
    words = catalogue(language)
    kinds = [str(body.model_fields["kind"].default) for body in CommandBody.__subclasses__()]
    wanted = [
        *(f"phase.{phase.value}" for phase in Phase),
        *(f"refusal.{refusal.value}" for refusal in Refusal),
        *(f"alarm.{cause.value}.{part}" for cause in Cause for part in ("what", "todo")),
        *(f"alarm.demand_{demand.value}" for demand in DemandKind),
        *(f"report.demand_{demand.value}" for demand in DemandKind),
        *(f"rated.{rated.value}" for rated in Rated),
        *(f"proposal.{kind.value}" for kind in ProposalKind),
        *(f"proposal.{answer.value}" for answer in Followed),
        *(f"mark.{what.value}" for what in Observed),
        *(f"window.{mode.value}{part}" for mode in PreventionMode for part in ("", "_means")),
        *(f"window.{outcome.value}" for outcome in WindowOutcome),
        *(f"report.by_{reporter.value}" for reporter in Reporter),
        *(f"stopped_by.{by.value}" for by in StoppedBy),
        *(f"unit.{unit.value}" for unit in Unit),
        *(f"command.kind.{kind}" for kind in kinds),
        *(f"{group}.{marker}" for marker in DEFINITIONS for group in ("marker", "marker_means")),
        *(f"action.{name}" for name, *_ in ACTIONS),
        *(f"confirm.{name}" for name in ASK_FIRST),
    ]
    assert [key for key in wanted if key not in words] == []


def test_numbers_are_written_as_the_language_writes_them() -> None:
    english, french = Words("en"), Words("fr")
    assert (english.number(1.25, 2), french.number(1.25, 2)) == ("1.25", "1,25")
    assert (english.value(0.5), french.value(0.5), english.value(12.0)) == ("0.5", "0,5", "12")
    assert english.value(-0.0001) == "0"
    assert (english.age(0.42), english.age(14), english.age(300), english.age(None)) == (
        "<1 s",
        "14 s",
        "5 min",
        "–",
    )
    assert (english.clock(67), english.clock(3729)) == ("1:07", "1:02:09")
