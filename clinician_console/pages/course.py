"""The course over the weeks: sessions, steps, approach and avoidance, questionnaires, what might come next."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence

from nicegui import ui

from clinician_console.pages.beside import MINUS, signed, told
from clinician_console.pages.curves import step_chart
from clinician_console.pages.elements import Box, Say
from clinician_console.pages.house import House
from clinician_console.pages.shell import Link, page, shell
from clinician_console.pages.tables import figure_table
from clinician_console.progress import course
from clinician_console.progress.answered import Threshold, Thresholds
from clinician_console.progress.course import Behaviour, Course, Gap, Seen, Sitting, StepCourse
from clinician_console.questionnaires.shelf import called, shipped
from clinician_console.words import DASH, Words

MEASURES = (
    "bat_min_distance", "bat_normalised", "hesitation", "head_gaze_dwell", "head_away_share", "head_turn_away_rate",
    "gaze_dwell", "hands_withdrawn_share", "rail_grip_share", "crouch_share", "check_count", "wash_count", "touch_count",
)  # fmt: skip
"""Drawn in the table of approach and avoidance, in this order."""


def pages(house: House) -> None:
    @page(house, "/progress/{patient}")
    async def progress(patient: str) -> None:
        one = await to_thread(house.store.patient, patient)
        sessions = await to_thread(house.store.sessions, patient)
        answers = await to_thread(house.store.answers, patient)
        found = await to_thread(course, sessions, answers, known_thresholds())
        with shell(house, "patients", title=house.words("progress.title"), styles=("after",)) as words:
            with Box("title-row"):
                Say("", words("progress.title"), tag="h1")
                Link(f"/patients/{one.id}", "", one.pseudonym, id="progress-patient")
                if one.practice or found.practice:
                    Say("tag practice-tag", words("app.practice"))
            Say("said", words("progress.limits"), tag="p")
            if not found.told:
                Say("", words("progress.none"), tag="p")
            _next(found, words)
            _sessions(found, words)
            _steps(found, words)
            _behaviour(found, words)
            _heart(found, words)
            _questionnaires(found, words)


def known_thresholds() -> Thresholds | None:
    """Published thresholds of change, from the instruments' own files; None: those that progress knows of itself."""
    found: dict[str, tuple[Threshold, ...]] = {}
    for instrument in shipped().values():
        for score in instrument.scores:
            if score.id == "total" and score.changes:
                found[instrument.id] = tuple(
                    Threshold(one.at_least, one.says, str(one.source)) for one in score.changes
                )
    return found


def _next(found: Course, words: Words) -> None:
    proposal = found.proposal
    with Box("card is-first", "section", aria_labelledby="next-title"):
        Say("", words("progress.next"), tag="h2", id="next-title")
        if proposal.what == "none" or proposal.names is None:
            text = words("progress.next_none")
        else:
            name = proposal.names.in_language(words.language)
            text = words(
                f"progress.next_{proposal.what}", step=proposal.step, name=name, begin=proposal.begin_at
            )
        Say("big", text, tag="p", id="next-step")
        Say("", words("progress.because"), tag="p")
        with Box("", "ul", id="next-why"):
            for why in proposal.why:
                with Box("", "li"):
                    Say("", words(f"progress.why.{why.key}", **why.figures))
                    Say("dim small-text", f" ({words('progress.rule', rule=why.rule)})")
        Say("hint", words("progress.next_hint"), tag="p")


def _sessions(found: Course, words: Words) -> None:
    with Box("card", "section", aria_labelledby="sessions-title"):
        Say("", words("progress.sessions"), tag="h2", id="sessions-title")
        keys = ("number", "date", "exposure", "highest", "peak", "before", "after", "stops", "sickness")
        figure_table(
            [words(f"progress.{key}") for key in keys],
            (_sitting(one, words) for one in found.sittings),
            "sessions",
        )
        if found.gaps:
            Say("", words("progress.gaps"), tag="h3")
            with Box("", "ul", id="gaps"):
                for gap in found.gaps:
                    Say("", _gap(gap, words), tag="li")


def _gap(gap: Gap, words: Words) -> str:
    if gap.kind == "break":
        return words("progress.gap_break", days=words.number(gap.days), number=gap.after)
    return words(f"progress.gap_{gap.kind}", number=gap.sitting)


def _sitting(one: Sitting, words: Words) -> Sequence[str]:
    head = (str(one.number), words.when(one.started))
    if one.summary is None:
        return (*head, words(f"progress.why_{one.why_empty}"), *(DASH,) * 6)
    summary = one.summary
    sick = one.debrief.sickness if one.debrief is not None else None
    if sick is None and summary.sickness_peak is not None:
        sick = summary.sickness_peak / 5  # 0 to 100 back to the FMS's 0 to 20
    return (
        *head,
        words("progress.minutes", value=words.number(summary.exposed_s / 60)),
        str(summary.highest) if summary.highest else DASH,
        words.number(summary.peak),
        words.number(summary.before),
        words.number(summary.after),
        str(sum(summary.stops.values())),
        words.number(sick),
    )


def _steps(found: Course, words: Words) -> None:
    if not found.steps:
        return
    with Box("card", "section", aria_labelledby="steps-title"):
        Say("", words("progress.steps"), tag="h2", id="steps-title")
        Say("hint", words("progress.steps_hint"), tag="p")
        with Box("step-courses"):
            for step in reversed(found.steps):
                _step(step, found, words)


def _step(step: StepCourse, found: Course, words: Words) -> None:
    name = step.names.in_language(words.language)
    with Box("step-course", "section", id=f"course-{step.key}"):
        Say("", words("progress.step_title", step=step.step, name=name), tag="h3")
        ui.html(step_chart(step, found, words), sanitize=False).classes("scrolls")
        for text in sayings(step, words):
            Say("", text, tag="p")
        with Box("", "details"):
            Say("", words("progress.table"), tag="summary")
            keys = ("number", "peak", "last", "within")
            figure_table(
                [*(words(f"progress.{key}") for key in keys), words("report.ratings_n"), ""],
                (
                    (
                        str(visit.sitting),
                        words.number(visit.peak.value if visit.peak else None),
                        words.number(visit.last.value if visit.last else None),
                        told(visit.within, words) if visit.within else DASH,
                        str(visit.stay.count),
                        words(f"progress.left_{visit.left_out}") if visit.left_out else "",
                    )
                    for visit in step.visits
                ),
            )


def sayings(step: StepCourse, words: Words) -> list[str]:
    """What may be said of a step's course, and no more."""
    if step.change is None or step.change_from is None:
        return [words("progress.between_one" if step.sessions else "progress.between_none")]
    first, last = step.change_from
    change = step.change
    found = [
        words(
            "progress.between",
            to=last, change=signed(change.value, words), low=signed(change.low, words),
            high=signed(change.high, words), **{"from": first},
        )
    ]  # fmt: skip
    key = "not_beyond" if not change.beyond else "beyond_down" if change.value < 0 else "beyond_up"
    found.append(words(f"progress.{key}"))
    if step.trend is None:
        found.append(words("progress.no_trend"))
    else:
        trend = step.trend
        figures = {key: _slope(getattr(trend, key), words) for key in ("value", "low", "high")}
        found.append(words("progress.trend", n=trend.n, **figures))
    return found


def _slope(value: float, words: Words) -> str:
    text = words.number(abs(value), 1)
    return text if float(f"{abs(value):.1f}") == 0 else f"{'+' if value > 0 else MINUS}{text}"


def _behaviour(found: Course, words: Words) -> None:
    # What was never seen (no crouching in any session) is no row.
    rows = [
        one
        for name in MEASURES
        for one in found.behaviour
        if one.measure == name and any(seen.figure.value for seen in one.seen)
    ]
    if not rows:
        return
    with Box("card", "section", aria_labelledby="behaviour-title"):
        Say("", words("progress.behaviour"), tag="h2", id="behaviour-title")
        Say("hint", words("progress.behaviour_hint"), tag="p")
        heads = [words("progress.measure"), words("after.step"), *_numbers(found, words)]
        figure_table(heads, (_measured(one, found, words) for one in rows), "behaviour")


def _numbers(found: Course, words: Words) -> list[str]:
    return [words("progress.session_short", number=one.number) for one in found.sittings]


def _measured(one: Behaviour, found: Course, words: Words) -> Sequence[str]:
    by_number = {seen.sitting: seen for seen in one.seen}
    return (
        words.known(f"marker.{one.measure}", one.measure),
        str(one.step),
        *(_seen(by_number.get(sitting.number), words) for sitting in found.sittings),
    )


def _seen(seen: Seen | None, words: Words) -> str:
    if seen is None:
        return DASH
    unit = {"1": "", "count": "", "1/min": " /min"}.get(seen.figure.unit, f" {seen.figure.unit}")
    text = words.number(seen.figure.value, 0 if seen.figure.unit in ("count", "1/min") else 2) + unit
    text += "*" if seen.poor else ""
    return text if seen.comparable else f"({text})"


def _heart(found: Course, words: Words) -> None:
    told_of = [one for one in found.sittings if one.summary is not None and one.summary.heart.beats]
    if not told_of:
        return
    with Box("card", "section", aria_labelledby="heart-title"):
        Say("", words("progress.heart"), tag="h2", id="heart-title")
        Say("hint", words("progress.heart_hint"), tag="p")
        keys = ("number", "baseline", "quality", "change_peak")
        rows: list[Sequence[str]] = []
        for one in told_of:
            assert one.summary is not None
            heart = one.summary.heart
            peaks = [
                stay.figures["heart_peak"].value for stay in one.summary.stays if "heart_peak" in stay.figures
            ]
            rows.append(
                (
                    str(one.number),
                    words.number(heart.baseline),
                    words.number(heart.quality, 2) if heart.baseline is not None else DASH,
                    signed(max(peaks), words) if peaks else DASH,
                )
            )
        figure_table([words(f"progress.{key}") for key in keys], rows, "hearts")


def _questionnaires(found: Course, words: Words) -> None:
    with Box("card", "section", aria_labelledby="questionnaires-title"):
        Say("", words("progress.questionnaires"), tag="h2", id="questionnaires-title")
        if not found.instruments:
            Say("", words("progress.no_questionnaires"), tag="p")
            return
        for one in found.instruments:
            Say("", called(one.id), tag="h3")
            scores = " → ".join(
                f"{words.value(each.value) if each.value is not None else words('progress.no_score')} ({words.day(each.date)})"
                for each in one.filled
            )
            Say("", scores, tag="p")
            if one.change is None:
                continue
            Say("", words("progress.change_since", change=signed(one.change, words)), tag="p")
            if not one.thresholds:
                Say("dim", words("progress.no_threshold"), tag="p")
            elif not one.reached:
                Say("dim", words("progress.threshold_not"), tag="p")
            for limit in one.reached[-1:]:
                says = limit.says.in_language(words.language)
                Say("", words("progress.threshold", says=says, source=limit.source), tag="p")
