"""The treatment's course in the report: protocol, start checks, what was taken on, proposals, windows, trials, marks.

Whatever a person has typed (names, reasons, the patient's own words) stands here only with the notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from clinician_console.report.html import Row, esc, hint, para, section, table, titles
from clinician_console.words import DASH, Words
from vr_runtime.protocol import events as ev

Timed = tuple[float, ev.EventBody]


@dataclass
class Course:
    """Each event of the course with its time in seconds; what belongs together lies together."""

    opened: ev.Opened
    answers: dict[str, ev.CheckAnswered] = field(default_factory=dict[str, ev.CheckAnswered])
    """The last answer to each start check."""
    overrides: list[tuple[float, ev.OverrideGiven]] = field(
        default_factory=list[tuple[float, ev.OverrideGiven]]
    )
    proposals: list[tuple[float, ev.ProposalMade]] = field(
        default_factory=list[tuple[float, ev.ProposalMade]]
    )
    answered: dict[str, ev.ProposalAnswered] = field(default_factory=dict[str, ev.ProposalAnswered])
    withdrawn: set[str] = field(default_factory=set[str])
    windows: list[tuple[float, ev.WindowOpened]] = field(default_factory=list[tuple[float, ev.WindowOpened]])
    windows_closed: dict[str, ev.WindowClosed] = field(default_factory=dict[str, ev.WindowClosed])
    trials: list[tuple[float, ev.TrialOpened]] = field(default_factory=list[tuple[float, ev.TrialOpened]])
    trials_closed: dict[str, ev.TrialClosed] = field(default_factory=dict[str, ev.TrialClosed])
    marks: list[tuple[float, ev.Marked]] = field(default_factory=list[tuple[float, ev.Marked]])
    advice: list[tuple[float, ev.PhaseCutShort | ev.EndedAtPeak]] = field(
        default_factory=list[tuple[float, ev.PhaseCutShort | ev.EndedAtPeak]]
    )


def gather_course(events: Sequence[ev.Event]) -> Course:
    """``events`` begin with ``opened``."""
    first = events[0].body
    assert isinstance(first, ev.Opened)
    course = Course(first)
    for event in events:
        t_s = event.t_ns / 1e9
        match event.body:
            case ev.CheckAnswered() as body:
                course.answers[body.item] = body
            case ev.OverrideGiven() as body:
                course.overrides.append((t_s, body))
            case ev.ProposalMade() as body:
                course.proposals.append((t_s, body))
            case ev.ProposalAnswered() as body:
                course.answered[body.proposal] = body
            case ev.ProposalWithdrawn() as body:
                course.withdrawn.add(body.proposal)
            case ev.WindowOpened() as body:
                course.windows.append((t_s, body))
            case ev.WindowClosed() as body:
                course.windows_closed[body.window] = body
            case ev.TrialOpened() as body:
                course.trials.append((t_s, body))
            case ev.TrialClosed() as body:
                course.trials_closed[body.trial] = body
            case ev.Marked() as body:
                course.marks.append((t_s, body))
            case ev.PhaseCutShort() | ev.EndedAtPeak() as body:
                course.advice.append((t_s, body))
            case _:
                pass
    return course


def render_course(course: Course, words: Words, with_notes: bool) -> str:
    """The report's section on the treatment; empty where the session had none of it."""
    opened = course.opened
    parts = [
        _checks(course, words, with_notes),
        _proposals(course, words, with_notes),
        _windows(course, words, with_notes),
        _trials(course, words, with_notes),
        _marks(course, words, with_notes),
        _advice(course, words),
    ]
    if opened.treatment is None and opened.checklist is None and not any(parts):
        return ""
    treatment = opened.treatment
    if treatment is None:
        head = para(words("report.no_treatment"))
    else:
        name = treatment.names.in_language(words.language)
        head = para(words("report.treatment_is", name=name, id=treatment.id, version=treatment.version))
        head += f'<p class="hash">{esc(opened.treatment_hash)}</p>' + hint(
            words("report.treatment_hash_hint")
        )
    if not with_notes:
        head += hint(words("report.typed_left_out"))
    return section(words("report.treatment"), head, *parts)


def _titled(key: str, words: Words, content: str) -> str:
    return f"<h3>{esc(words(f'report.{key}'))}</h3>" + content


def _checks(course: Course, words: Words, with_notes: bool) -> str:
    checklist, age = course.opened.checklist, course.opened.age
    if checklist is None and not course.overrides:
        return _titled("checks", words, para(words("report.no_checks")))
    taken = {body.gap: (t_s, body) for t_s, body in course.overrides}
    rows: list[Row] = []
    for item in checklist.items if checklist else ():
        if item.ages and age not in item.ages:
            continue
        given = course.answers.get(item.id)
        value = words("checks.open") if given is None else _answer(given.value, item.kind, words, with_notes)
        if given is not None and item.kind == "choice" and (label := item.labels.get(str(given.value))):
            value = label.in_language(words.language)
        against = words("checks.against") if given is not None and given.gap else ""
        rows.append((item.ask.in_language(words.language), value, against, _taken(taken.pop(f"check:{item.id}", None), words, with_notes)))  # fmt: skip
    rows += [(gap, "", words("checks.against"), _taken(one, words, with_notes)) for gap, one in taken.items()]
    heads = ("check", "check_answer", "check_gap", "check_taken_on")
    return _titled("checks", words, table(titles(heads, words), rows, text=(0, 1, 2, 3)))


def _taken(one: tuple[float, ev.OverrideGiven] | None, words: Words, with_notes: bool) -> str:
    if one is None:
        return ""
    t_s, body = one
    if not with_notes:
        return words("report.taken_on_at", time=words.clock(t_s))
    return words("report.taken_on_by", time=words.clock(t_s), by=body.by, reason=body.reason)


def _answer(value: bool | float | str, kind: str, words: Words, with_notes: bool) -> str:
    if isinstance(value, bool):
        return words("checks.yes" if value else "checks.no")
    if isinstance(value, str) and kind == "info" and not with_notes:
        return words("report.typed")
    return words.value(value)


def _proposals(course: Course, words: Words, with_notes: bool) -> str:
    if not course.proposals:
        return ""

    def row(t_s: float, made: ev.ProposalMade) -> Row:
        answered = course.answered.get(made.proposal)
        why = ""
        if answered is not None:
            answer = words(f"proposal.{answered.answer.value}")
            why = words("report.after", time=words.number(answered.after_s, 1))
            if answered.why:
                why += f" · {answered.why if with_notes else words('report.typed')}"
        else:
            answer = words("proposal.withdrawn") if made.proposal in course.withdrawn else DASH
        reasons = " · ".join(f"{one.text.in_language(words.language)} ({one.rule})" for one in made.reasons)
        return words.clock(t_s), words(f"proposal.{made.what.value}", step=made.step), reasons, answer, why

    heads = ("when", "proposal", "reasons", "answer", "remark")
    return _titled(
        "proposals", words, table(titles(heads, words), (row(*one) for one in course.proposals), text=(1, 2, 3, 4))
    )  # fmt: skip


def _windows(course: Course, words: Words, with_notes: bool) -> str:
    if not course.windows:
        return ""

    def row(t_s: float, opened: ev.WindowOpened) -> Row:
        closed = course.windows_closed.get(opened.window)
        head = (
            words.clock(t_s), opened.what if with_notes else words("report.typed"), str(opened.step),
            words(f"window.{opened.mode.value}"), words.clock(opened.target_s),
        )  # fmt: skip
        if closed is None:
            return (*head, DASH, DASH, DASH, DASH, DASH)
        urges = " / ".join(
            words.number(one) for one in (closed.urge_first, closed.urge_peak, closed.urge_last)
        )
        return (
            *head, words.clock(closed.lasted_s), words(f"window.{closed.outcome.value}"),
            f"{closed.compulsions} ({closed.prevented})", f"{words.number(closed.resisted_share * 100)} %", urges,
        )  # fmt: skip

    heads = (
        "when", "compulsion", "step", "mode", "target", "lasted", "outcome", "compulsions", "resisted", "urges",
    )  # fmt: skip
    return _titled(
        "windows", words, table(titles(heads, words), (row(*one) for one in course.windows), text=(1, 3, 6))
    )


def _trials(course: Course, words: Words, with_notes: bool) -> str:
    if not course.trials:
        return ""

    def row(t_s: float, opened: ev.TrialOpened) -> Row:
        closed = course.trials_closed.get(opened.trial)
        texts = (
            (opened.feared, opened.conditions)
            if with_notes
            else (words("report.typed"), words("report.typed"))
        )
        head = (words.clock(t_s), str(opened.step), *texts, words.number(opened.belief))
        if closed is None:
            return (*head, DASH, DASH, DASH, DASH, DASH)
        yes_no = {True: words("checks.yes"), False: words("checks.no")}
        learned = closed.learned if with_notes else words("report.typed") if closed.learned else ""
        return (
            *head, words.number(closed.belief), yes_no[closed.conditions_met], yes_no[closed.occurred],
            words.number(closed.surprise), learned,
        )  # fmt: skip

    heads = (
        "when", "step", "feared", "conditions", "belief_before", "belief_after", "conditions_met", "occurred",
        "surprise", "learned",
    )  # fmt: skip
    return _titled(
        "trials",
        words,
        table(titles(heads, words), (row(*one) for one in course.trials), text=(2, 3, 6, 7, 9)),
    )


def _marks(course: Course, words: Words, with_notes: bool) -> str:
    if not course.marks:
        return ""
    rows = [
        (
            words.clock(t_s), words(f"mark.{body.what.value}"), str(body.step) if body.step else DASH,
            body.text if with_notes else words("report.typed") if body.text else "",
        )
        for t_s, body in course.marks
    ]  # fmt: skip
    return _titled(
        "marks", words, table(titles(("when", "mark", "step", "remark"), words), rows, text=(1, 3))
    )


def _advice(course: Course, words: Words) -> str:
    """What the protocol advises against, told and not judged."""
    lines: list[str] = []
    for t_s, body in course.advice:
        if isinstance(body, ev.PhaseCutShort):
            text = words(
                "report.cut_short",
                time=words.clock(t_s),
                phase=words(f"phase.{body.phase.value}"),
                lasted=words.clock(body.lasted_s),
                minimum=words.clock(body.minimum_s),
            )
        else:
            text = words(
                "report.at_peak", time=words.clock(t_s), step=body.step, value=body.value, peak=body.peak
            )
        lines.append(f"<li>{esc(text)}</li>")
    return _titled("advice", words, f"<ul>{''.join(lines)}</ul>") if lines else ""
