"""The report's HTML: one file, no network, light, made to be printed."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from importlib.resources import files
from statistics import median

from clinician_console.clinic.debrief import Debrief
from clinician_console.core.commandlog import CommandLine, Latency, latencies
from clinician_console.report.course import render_course
from clinician_console.report.debrief import render_debrief
from clinician_console.report.gather import Gathered, Visit
from clinician_console.report.html import Row, esc, hint, para, section, table, titles
from clinician_console.report.svg import timeline_svg
from clinician_console.words import DASH, Words
from vr_runtime.protocol.events import Marker
from vr_runtime.record import RecordState, Verdict

SUMMARIES = (
    "bat_",
    "step_",
    "approach_latency",
    "hesitation",
    "head_gaze_dwell",
    "head_in_view",
    "head_away_share",
    "heart_first30",
    "heart_peak",
    "heart_last30",
    "took_hold",
    "heart_nonsense",
)
"""Beginnings of the markers that sum up a step."""
BY_THING = ("touch_count", "touch_time", "touch_latency")
"""Those that sum it up for each thing that was touched."""


def render(
    data: Gathered,
    words: Words,
    *,
    verdict: Verdict | None = None,
    with_notes: bool = False,
    debrief: Debrief | None = None,
) -> str:
    """The whole page. ``verdict``: what verifying the record said, to be printed with it; ``debrief``: what was asked
    after the session, which no record holds."""
    opened = data.opened
    title = f"{words('report.title')} – {opened.plan.title}"
    style = (files("clinician_console.report") / "report.css").read_text(encoding="utf-8")
    body = [
        _head(data, words),
        _summary(data, words, verdict),
        section(
            words("report.timeline"),
            timeline_svg(data, words),
            f'<p class="hint">{esc(words("report.legend"))}</p>',
        ),
        _steps(data, words),
        render_course(data.course, words, with_notes),
        render_debrief(debrief, words, with_notes),
        _ratings(data, words),
        _markers(data, words),
        _commands(data, words),
        _safety(data, words),
        _notes(data, words, with_notes),
        _limits_of(words),
        _made_with(data, words),
    ]
    # No script, no link, no picture from anywhere: the policy makes a slip visible.
    return (
        f'<!doctype html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


# ------------------------------------------------------------------ parts


def _head(data: Gathered, words: Words) -> str:
    practice = (
        f'<p class="practice">{esc(words("report.practice"))}</p>' if data.opened.patient == "virtual" else ""
    )
    return (
        f'<header><h1>{esc(words("report.title"))}</h1><p class="plan">{esc(data.opened.plan.title)}</p>'
        f'<p class="warning">{esc(words("report.not_diagnosis"))}</p>{practice}</header>'
    )


def _summary(data: Gathered, words: Words, verdict: Verdict | None) -> str:
    opened = data.opened
    peak = max((rating.value for _, rating in data.ratings if rating.what.value == "distress"), default=None)
    highest = max((visit.step for visit in data.visits), default=0)
    closing = (
        words.known(f"closing.{data.closed.because.replace(' ', '_')}", data.closed.because)
        if data.closed
        else words("report.interrupted")
    )
    facts = [
        ("pseudonym", opened.pseudonym or DASH),
        ("date", opened.wall_utc[:19].replace("T", " ")),
        ("duration", words.clock(data.end_s)),
        ("highest", f"{highest} / {len(opened.plan.steps)}" if highest else words("report.none")),
        ("peak", words.number(peak)),
        ("stops", str(len(data.stops)) if data.stops else words("report.none")),
        ("closing", closing),
    ]
    if verdict is not None:
        key = {RecordState.INTACT: "intact", RecordState.CUT: "cut", RecordState.ALTERED: "altered"}[
            verdict.state
        ]
        facts.append(("state", words(f"report.state_{key}", message=verdict.message)))
    cells = "".join(
        f"<div><dt>{esc(words('report.' + key))}</dt><dd>{esc(value)}</dd></div>" for key, value in facts
    )
    return f'<section class="summary"><h2>{esc(words("report.summary"))}</h2><dl>{cells}</dl></section>'


def _steps(data: Gathered, words: Words) -> str:
    if not data.visits:
        return section(words("report.steps"), para(words("report.no_steps")))

    def row(visit: Visit) -> Row:
        ratings = str(len(visit.ratings)) + (
            f" ({visit.missed} {words('report.missed')})" if visit.missed else ""
        )
        distance = f"{words.number(visit.distance_m, 2)} m" if visit.distance_m is not None else DASH
        return (
            f"{visit.step} {visit.name}", words.clock(visit.begin_s), words.clock(visit.exposed_s),
            words.clock(visit.minimum_s), words.number(visit.start), words.number(visit.peak),
            words.number(visit.end), ratings, distance,
        )  # fmt: skip

    heads = (
        "step",
        "begin",
        "time_on",
        "suggested",
        "suds_start",
        "suds_peak",
        "suds_end",
        "ratings_n",
        "distance",
    )
    return section(
        words("report.steps"),
        hint(words("report.steps_hint")),
        table(titles(heads, words), map(row, data.visits)),
    )


def _ratings(data: Gathered, words: Words) -> str:
    parts: list[str] = []
    if data.ratings:
        rows = (
            (
                words.clock(t_s), words(f"rated.{rating.what.value}"), str(rating.step) if rating.step else DASH,
                f"{words.value(rating.raw)} / {words.value(rating.scale.top)}", words.number(rating.value),
                words(f"report.by_{rating.reported_by.value}"),
            )
            for t_s, rating in data.ratings
        )  # fmt: skip
        parts.append(
            table(titles(("when", "what", "step", "raw", "normalised", "by"), words), rows, text=(1, 5))
        )
    else:
        parts.append(para(words("report.no_ratings")))
    if data.missed:
        parts.append(para(words("report.missed_note", count=data.missed)))
    return section(words("report.ratings"), *parts)


def _markers(data: Gathered, words: Words) -> str:
    if not data.markers:
        return section(words("report.markers"), para(words("report.no_markers")))
    groups: dict[str, list[Marker]] = defaultdict(list)
    for marker in data.markers:
        groups[marker.marker].append(marker)

    def row(name: str, found: list[Marker]) -> Row:
        values = [marker.value for marker in found]
        unit = _unit(found[0].unit)
        figure = partial(_figure, unit=found[0].unit, words=words)
        settings = ", ".join(f"{key} {words.value(value)}" for key, value in found[0].parameters.items())
        return (
            words.known(f"marker.{name}", name),
            words.known(f"marker_means.{name}", DASH),
            str(len(found)),
            figure(median(values)) + unit,
            f"{figure(min(values))} – {figure(max(values))}{unit}",
            words.number(median(marker.quality for marker in found), 2),
            words(f"report.source_{found[0].source}"),
            found[0].algorithm + (f" ({settings})" if settings else ""),
        )

    heads = ("marker", "meaning", "count", "median", "range", "quality", "source", "algorithm")
    found = table(
        titles(heads, words),
        (row(name, found) for name, found in groups.items()),
        text=(0, 1, 6, 7),
        classes="markers",
    )
    beats = (
        para(words("report.heart_quality", beats=data.beats, flagged=data.flagged_beats))
        if data.beats
        else ""
    )
    return section(words("report.markers"), found, beats, _by_step(data, words))


def _by_step(data: Gathered, words: Words) -> str:
    """The measures that sum up a step, one row each, one column a step; the last visit of a step counts."""
    sums: dict[tuple[str, str], list[Marker]] = defaultdict(list)
    for marker in data.markers:
        if marker.marker in BY_THING:
            sums[marker.marker, marker.stimulus].append(marker)
        elif marker.marker.startswith(SUMMARIES):
            sums[marker.marker, ""].append(marker)
    steps = sorted({marker.step for found in sums.values() for marker in found if marker.step})
    if not steps:
        return ""
    names = {
        stimulus.id: stimulus.name.in_language(words.language)
        for scene in data.opened.scenes
        for stimulus in scene.stimuli
    }

    def row(name: str, thing: str, found: list[Marker]) -> Row:
        last = {marker.step: marker.value for marker in found}
        unit = f" ({name_of})" if (name_of := _unit(found[0].unit).strip()) else ""
        label = words.known(f"marker.{name}", name) + unit
        return (
            f"{label} {DASH} {words.known(f'thing.{thing}', names.get(thing, thing))}" if thing else label,
            *(_figure(last[step], found[0].unit, words) if step in last else DASH for step in steps),
        )

    heads = [words("report.marker"), *(f"{words('report.step')} {step}" for step in steps)]
    rows = (row(*what, found) for what, found in sums.items())
    return f"<h3>{esc(words('report.by_step'))}</h3>" + table(heads, rows)


def _commands(data: Gathered, words: Words) -> str:
    if not data.commands:
        return section(words("report.commands"), para(words("report.no_commands")))
    all_of_them = latencies(data.commands)
    figures = [
        ("way", all_of_them.sent_to_received),
        ("inside", all_of_them.received_to_shown),
        ("whole", all_of_them.sent_to_shown),
        ("stop_way", all_of_them.stop),
    ]

    def figure(key: str, found: Latency | None) -> Row:
        if found is None:
            return (words(f"report.{key}"), "0", DASH, DASH, DASH)
        numbers = (words.number(value, 1) for value in (found.p50_ms, found.p99_ms, found.max_ms))
        return (words(f"report.{key}"), str(found.count), *numbers)

    def row(line: CommandLine) -> Row:
        answer = "undecided" if line.accepted is None else "accepted" if line.accepted else "refused"
        reason = words.known(f"refusal.{line.reason}", line.message) if line.reason else ""
        return (
            words.clock(line.received_ns / 1e9),
            f"{words.known(f'command.kind.{line.kind}', line.kind or DASH)} {_detail(line, words)}".strip(),
            _between(line.sent_ns, line.received_ns, words),
            _between(line.received_ns, line.shown_ns, words),
            words(f"report.{answer}"),
            f"{line.reason}: {reason}" if line.reason else "",
        )

    heads = (
        "",
        *(words(f"report.{key}") for key in ("count", "p50", "p99", "longest")),
    )
    error = max(line.sent_error_ns for line in data.commands) / 1e6
    columns = [
        words("report.when"), words("report.what"), f"{words('report.way')} (ms)",
        f"{words('report.inside')} (ms)", words("report.answer"), "",
    ]  # fmt: skip
    return section(
        words("report.commands"),
        hint(words("report.latencies")),
        table(heads, (figure(*item) for item in figures), classes="latencies"),
        hint(words("report.sent_error", ms=words.number(error, 1))),
        table(columns, map(row, data.commands), text=(1, 4, 5)),
    )


def _safety(data: Gathered, words: Words) -> str:
    stops: list[str] = []
    for stop in data.stops:
        by, at = words(f"stopped_by.{stop.by}"), words.clock(stop.received_ns / 1e9)
        if stop.shown_ns is None:
            stops.append(words("report.stop_by_unshown", by=by, time=at))
        else:
            ms = words.number((stop.shown_ns - stop.received_ns) / 1e6, 1)
            stops.append(words("report.stop_by", by=by, time=at, ms=ms))
    listed = "".join(f"<li>{esc(stop)}</li>" for stop in stops)
    parts = [f"<ul>{listed}</ul>" if stops else para(words("report.no_stops"))]
    parts.append(f"<h3>{esc(words('report.demands'))}</h3>")
    if data.demands:
        rows = (
            (
                words.known(f"alarm.{demand.cause}.what", demand.cause),
                words.known(f"report.demand_{demand.demand}", demand.demand),
                words.clock(demand.begin_s),
                words.clock(demand.end_s) if demand.end_s is not None else words("report.to_end"),
            )
            for demand in data.demands
        )
        parts.append(table(titles(("cause", "demand", "begin", "until"), words), rows, text=(0, 1)))
    else:
        parts.append(para(words("report.no_demands")))
    return section(words("report.safety"), *parts)


def _notes(data: Gathered, words: Words, with_notes: bool) -> str:
    if not data.notes:
        return ""
    if not with_notes:
        return section(words("report.notes"), para(words("report.notes_left_out", count=len(data.notes))))
    rows = ((words.clock(t_s), text) for t_s, text in data.notes)
    return section(
        words("report.notes"),
        f'<p class="warning">{esc(words("report.notes_warning"))}</p>',
        table((words("report.when"), words("report.notes")), rows, text=(1,)),
    )


def _limits_of(words: Words) -> str:
    items = "".join(f"<li>{esc(words(f'report.not_{number}'))}</li>" for number in range(1, 7))
    return section(words("report.limits_of"), f"<ul>{items}</ul>")


def _made_with(data: Gathered, words: Words) -> str:
    opened = data.opened
    finger = opened.fingerprint
    rate = words(
        "report.rate_value", rate=words.value(opened.rate_hz), late=data.late_frames, total=data.frames
    )
    facts = [
        ("software", f"Palier {finger.palier}"),
        ("protocol", opened.protocol),
        ("record_format", str(opened.record_format)),
        ("platform", f"Python {finger.python}, NumPy {finger.numpy}, {finger.system} {finger.machine}"),
        ("display", opened.display),
        ("rate", rate),
        ("patient", opened.patient),
        ("heart_source", opened.heart),
        ("seed", str(opened.seed)),
        ("scenes", ", ".join(f"{scene.names.in_language(words.language)} ({scene.id} {scene.version})" for scene in opened.scenes)),
    ]  # fmt: skip
    cells = "".join(
        f"<div><dt>{esc(words('report.' + key))}</dt><dd>{esc(value)}</dd></div>" for key, value in facts
    )
    limits = (
        (words.known(f"limit.{name}", name), words.value(float(value)))
        for name, value in opened.limits.model_dump().items()
    )
    return section(
        words("report.made_with"),
        f'<dl class="facts">{cells}</dl>',
        f"<h3>{esc(words('report.limits'))}</h3>",
        hint(words("report.limits_hint")),
        table(("", "s"), limits, classes="limits"),
        f"<h3>{esc(words('report.hash'))}</h3>",
        f'<p class="hash">{data.hash_hex}</p>',
        hint(words("report.hash_hint", entries=data.entries)),
        f"<footer>{esc(words('report.made_at', version=finger.palier))}</footer>",
    )


DIGITS = {"1/min": 0, "s": 1, "ms": 0, "deg": 0, "count": 0}
"""Decimals that a marker's unit is worth; two where nothing is said."""


def _figure(value: float, unit: str, words: Words) -> str:
    return words.number(value, DIGITS.get(unit, 2))


def _unit(unit: str) -> str:
    return {"1": "", "count": "", "1/min": " /min", "deg": "°"}.get(unit, f" {unit}")


def _between(begin: int | None, end: int | None, words: Words) -> str:
    return DASH if begin is None or end is None else words.number((end - begin) / 1e6, 1)


def _detail(line: CommandLine, words: Words) -> str:
    return words.known(f"phase.{line.detail}", line.detail) if line.kind == "end" else line.detail
