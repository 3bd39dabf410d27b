"""The report's section on what was asked after the session. What people typed stands here only with the notes."""

from __future__ import annotations

from collections.abc import Iterable

from clinician_console.clinic.debrief import Debrief, Expectancy
from clinician_console.report.html import esc, para, section, table
from clinician_console.words import DASH, Words


def render_debrief(debrief: Debrief | None, words: Words, with_notes: bool) -> str:
    """Empty where nothing was asked."""
    if debrief is None or debrief.empty:
        return ""
    parts = [_facts(debrief, words, with_notes), _expectancy(debrief.expectancy, words, with_notes)]
    parts.append(_adverse(debrief, words, with_notes))
    if debrief.note:
        parts.append(para(debrief.note if with_notes else words("debrief.note_left_out")))
    return section(words("debrief.title"), *parts)


def _yes_no(value: bool | None, words: Words) -> str:
    return DASH if value is None else words("checks.yes" if value else "checks.no")


def _facts(debrief: Debrief, words: Words, with_notes: bool) -> str:
    facts = [
        ("end_distress", words.number(debrief.end_distress)),
        ("sickness", f"{words.number(debrief.sickness)} / 20" if debrief.sickness is not None else DASH),
        ("safe_to_go", _yes_no(debrief.safe_to_go, words)),
        ("leaving", words(f"debrief.leaving_{debrief.leaving}") if debrief.leaving else DASH),
        ("when", debrief.when[:16].replace("T", " ") or DASH),
    ]
    if with_notes and debrief.by:
        facts.append(("by", debrief.by))
    return _list(facts, words)


def _list(facts: Iterable[tuple[str, str]], words: Words) -> str:
    cells = "".join(
        f"<div><dt>{esc(words('debrief.' + key))}</dt><dd>{esc(value)}</dd></div>" for key, value in facts
    )
    return f"<dl>{cells}</dl>"


def _expectancy(asked: Expectancy, words: Words, with_notes: bool) -> str:
    if asked == Expectancy():
        return ""

    def typed(text: str) -> str:
        return (text if with_notes else words("report.typed")) if text else DASH

    facts = (
        ("feared", typed(asked.feared)),
        ("learned", typed(asked.learned)),
        ("happened", words(f"debrief.happened_{asked.happened.value}") if asked.happened else DASH),
        ("belief_before", words.number(asked.belief_before)),
        ("belief_after", words.number(asked.belief_after)),
        ("surprise", words.number(asked.surprise)),
    )
    return f"<h3>{esc(words('debrief.expectancy'))}</h3>" + _list(facts, words)


def _adverse(debrief: Debrief, words: Words, with_notes: bool) -> str:
    title = f"<h3>{esc(words('debrief.adverse'))}</h3>"
    if not debrief.adverse:
        return title + para(
            words("debrief.adverse_none" if debrief.none_adverse else "debrief.adverse_unasked")
        )
    rows = [
        (
            one.what if with_notes else words("report.typed"),
            words(f"debrief.severity_{one.severity.value}"),
            words(f"debrief.relation_{one.relation.value}"),
            (one.action if with_notes else words("report.typed")) if one.action else DASH,
            words(f"debrief.resolved_{one.resolved.value}"),
        )
        for one in debrief.adverse
    ]  # fmt: skip
    heads = [words(f"debrief.{key}") for key in ("what", "severity", "relation", "action", "resolved")]
    return title + table(heads, rows, text=(0, 1, 2, 3, 4))
