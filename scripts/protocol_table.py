"""Write the table of treatment protocols into docs/clinical-guide.md and docs/clinical-guide.fr.md.

    .venv/bin/python scripts/protocol_table.py

tests/protocol/test_clinical_guide.py fails where the pages and the files differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.treatment import Question, RuleUse, SafePlaceMeaning, TreatmentProtocol
from vr_runtime.protocol.files.treatments import find_treatments
from vr_runtime.protocol.words import Phase, Rated

Language = Literal["en", "fr"]

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES: dict[Language, Path] = {"en": DOCS / "clinical-guide.md", "fr": DOCS / "clinical-guide.fr.md"}
BEGIN = "<!-- protocols: written by the files; tests/protocol/test_clinical_guide.py -->\n"
END = "<!-- end of protocols -->\n"

HEADS: dict[Language, str] = {
    "en": "| protocol | exposure | session | asked for | a step up is proposed when | safe place |",
    "fr": "| protocole | exposition | séance | demandé | un palier de plus est proposé quand | lieu sûr |",
}

RATED: dict[Rated, Text] = {
    Rated.DISTRESS: Text(en="distress", fr="détresse"),
    Rated.URGE: Text(en="urge", fr="envie"),
    Rated.DISGUST: Text(en="disgust", fr="dégoût"),
    Rated.BELIEF: Text(en="belief", fr="croyance"),
    Rated.EXPECTANCY: Text(en="expectancy", fr="attente"),
    Rated.SURPRISE: Text(en="surprise", fr="surprise"),
    Rated.SICKNESS: Text(en="sickness", fr="nausée"),
}

MOMENTS: dict[str, Text] = {
    "phase_entered": Text(en="on entering a phase", fr="en entrant dans une phase"),
    "step_entered": Text(en="on entering a step", fr="en entrant dans un palier"),
    "window": Text(en="when a window opens", fr="à l'ouverture d'une fenêtre"),
}

MEANINGS: dict[SafePlaceMeaning, Text] = {
    SafePlaceMeaning.TECHNIQUE: Text(en="a technique", fr="une technique"),
    SafePlaceMeaning.SAFETY_BEHAVIOUR: Text(en="a safety behaviour", fr="un comportement de sécurité"),
    SafePlaceMeaning.RECOVERY_ONLY: Text(en="for recovery only", fr="pour la récupération seulement"),
}


def table(language: Language) -> str:
    """The whole table, with its two lines of head."""
    columns = HEADS[language].count("|") - 1
    rows = [HEADS[language], "|" + "---|" * columns]
    rows += [_row(found.treatment, language) for found in find_treatments().values()]
    return "\n".join(rows) + "\n"


def page_with_table(language: Language) -> str:
    """The page as it should read."""
    text = PAGES[language].read_text("utf-8")
    before, rest = text.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    return f"{before}{BEGIN}\n{table(language)}\n{END}{after}"


def _row(treatment: TreatmentProtocol, language: Language) -> str:
    exposure = treatment.phases[Phase.EXPOSURE]
    minutes = _minutes(exposure.suggested_s or exposure.minimum_s)
    most = (
        ""
        if exposure.maximum_s is None
        else _say(language, " (at most {})", " (au plus {})", _minutes(exposure.maximum_s))
    )
    cells = (
        f"{treatment.names.in_language(language)}, `{treatment.id}`",
        f"{minutes} min{most}",
        f"{_minutes(treatment.end.session_s)} min",
        _say(language, "; ", " ; ").join(_asked(question, language) for question in treatment.questions),
        _advance(treatment, language),
        MEANINGS[treatment.safe_place].in_language(language),
    )
    return "| " + " | ".join(cells) + " |"


def _advance(treatment: TreatmentProtocol, language: Language) -> str:
    required = [_rule(use, language) for use in treatment.advance.require]
    some = [_rule(use, language) for use in treatment.advance.any_of]
    parts = [*required, *([_joined(some, language)] if some else [])]
    return _say(language, " and ", " et ").join(parts)


def _joined(words: Sequence[str], language: Language) -> str:
    if len(words) == 1:
        return words[0]
    return f"either {' or '.join(words)}" if language == "en" else f"soit {', soit '.join(words)}"


def _asked(question: Question, language: Language) -> str:
    what = RATED[question.what].in_language(language)
    if question.every_s is not None:
        return _say(language, "{} every {} min", "{} toutes les {} min", what, _minutes(question.every_s))
    moments = [MOMENTS[moment].in_language(language) for moment in question.at]
    return f"{what} {_say(language, ' and ', ' et ').join(moments)}"


RULE_WORDS: dict[str, Callable[[dict[str, float], Language], str]] = {
    "time_on_step": lambda numbers, language: (
        _say(language, "{} min on the step", "{} min sur le palier", _minutes(numbers["minimum_s"]))
        if "minimum_s" in numbers
        else _say(language, "the plan's time is over", "le temps du plan est passé")
    ),
    "half_of_peak": lambda numbers, language: _say(
        language,
        "{} ratings at {} % of the peak or less",
        "{} cotations à {} % du maximum ou moins",
        f"{numbers['times']:g}",
        f"{100 * numbers['share']:g}",
    ),
    "half_of_rise": lambda numbers, language: _say(
        language,
        "{} ratings with {} % of the rise gone",
        "{} cotations après disparition de {} % de la montée",
        f"{numbers['times']:g}",
        f"{100 * numbers['share']:g}",
    ),
    "low": lambda numbers, language: _say(
        language,
        "{} ratings of {} or less",
        "{} cotations de {} ou moins",
        f"{numbers['times']:g}",
        f"{numbers['at_most']:g}",
    ),
    "plateau": lambda numbers, language: _say(
        language,
        "{} ratings within {} of each other",
        "{} cotations à {} points près",
        f"{numbers['times']:g}",
        f"{numbers['within']:g}",
    ),
    "goal_reached": lambda numbers, language: _say(
        language, "the goal is marked as reached", "l'objectif est marqué comme atteint"
    ),
    "conditions_met": lambda numbers, language: _say(
        language,
        "a trial was closed, its conditions met",
        "un essai est fermé, ses conditions remplies",
    ),
}


def _rule(use: RuleUse, language: Language) -> str:
    return RULE_WORDS[use.rule](use.numbers, language)


def _say(language: Language, en: str, fr: str, *values: str) -> str:
    return (fr if language == "fr" else en).format(*values)


def _minutes(seconds: float) -> str:
    return f"{seconds / 60.0:g}"


if __name__ == "__main__":
    for language, path in PAGES.items():
        path.write_text(page_with_table(language), "utf-8")
        print(path)
