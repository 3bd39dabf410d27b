"""``vr-runtime measure``: the heart measures of a list of RR intervals, or all measures of a record, computed anew."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from vr_runtime import __version__
from vr_runtime.body_course import BodyCourse, body_course, in_words_of, json_of
from vr_runtime.heart_course import HeartCourse, heart_course
from vr_runtime.measures.heart_spans import SpanMeasures
from vr_runtime.measures.registry import DEFINITIONS
from vr_runtime.measures.rr_report import UNITS, Rated, RRReport, rr_report
from vr_runtime.progress import remarks
from vr_runtime.protocol.events import Marker
from vr_runtime.record import DerivedRun, KeySource, Reader, keep_derived, key_source_from
from vr_runtime.record.layout import DERIVED
from vr_runtime.remeasure import Compared, Course, compare, read_course, remeasure
from vr_runtime.sensors.file import read_rr

SHORTEST_MS = 10.0
"""A smaller number is an interval in seconds, or none. Odd intervals above are taken, and counted as artefacts."""

NAMES = {
    "mean_nn": "mean NN",
    "sdnn": "SDNN",
    "rmssd": "RMSSD",
    "pnn50": "pNN50",
    "lf": "LF",
    "hf": "HF",
    "lf_hf": "LF/HF",
    "mean_hr": "mean heart rate",
}
LABELS = {
    "ultra_short": "ultra-short (under 5 min)",
    "below_minimum": "shorter than this measure needs",
    "artefacts": "5 to 20 % artefacts",
    "many_artefacts": "more than 20 % artefacts",
    "few_beats": "artefacts judged on fewer than 91 beats",
    "no_intervals": "withheld: no interval",
    "one_interval": "withheld: one interval alone",
    "too_short": "withheld: too short for it",
    "too_long": "withheld: longer than two days, cut the series",
    "hole": "withheld: an interval of more than 10 s",
    "no_power": "withheld: no variation to divide by",
    "low_coverage": "less than 80 % of the time in intervals",
}
KEY_HELP = "key file of the record; without it PALIER_RECOVERY_KEY, PALIER_PASSPHRASE or the keyring"


STATES = {
    "identical": "identical",
    "cut": "identical as far as the record goes, which was never closed",
    "different": "DIFFERENT, though the version is the same",
    "other_version": "another version: both are shown",
    "recorded_only": "recorded, not measured by this version or not found again",
    "recomputed_only": "not in the record: it was not measured then, or nothing was found",
}
DIFFERENT = 5
"""Exit status, as of ``replay``."""
_SHORT = {"mean_hr": "HR /min", "sdnn": "SDNN ms", "rmssd": "RMSSD ms", "pnn50": "pNN50 %", "lf_hf": "LF/HF"}


def measure(
    record: Annotated[
        Path | None, typer.Argument(help="folder of the record to measure anew", metavar="RECORD")
    ] = None,
    rr: Annotated[
        Path | None,
        typer.Option(
            "--rr",
            help="RR intervals in ms instead of a record: one a line, or a CSV column rr_ms",
            metavar="FILE",
        ),
    ] = None,
    child: Annotated[
        bool, typer.Option("--child", help="with --rr: intervals from 200 ms on are in range")
    ] = False,
    keep: Annotated[
        bool,
        typer.Option("--keep", help="keep the new markers beside the record (derived.db), under its key"),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    key_file: Annotated[Path | None, typer.Option("--key-file", help=KEY_HELP, metavar="FILE")] = None,
) -> None:
    """Compute a record's measures anew beside the recorded ones, with the heart by phase and step; or, with --rr, the
    heart measures of a list of RR intervals as it is given. 5: one version, two results."""
    if (record is None) == (rr is None):
        raise typer.BadParameter("give either a record or --rr FILE")
    if rr is not None:
        if keep:
            raise typer.BadParameter(
                "--keep is for a record: a list of intervals has no key to keep it under"
            )
        report = rr_report(read_rr(rr, SHORTEST_MS), child=child)
        if as_json:
            print(json.dumps(rr_json(report), indent=2, allow_nan=False))
        else:
            show_rr(rr, report)
    if record is not None:
        measure_record(
            record, key_source_from(key_file, os.environ, existing=record), keep=keep, as_json=as_json
        )


def measure_record(record: Path, key: KeySource, *, keep: bool, as_json: bool) -> None:
    """Raises RecordError where the record cannot be read, typer.Exit where a result is another one."""
    with remarks.status("measuring"):
        with Reader.open(record, key) as reader:
            course = read_course(reader)
        markers = remeasure(course)
        groups = compare(course.recorded, markers, closed=course.closed)
        heart, body = heart_course(course), body_course(course)
    kept = keep_derived(record, key, derived_run(course, markers)) if keep else None
    if as_json:
        print(json.dumps(record_json(record, course, groups, heart, body, kept), indent=2, allow_nan=False))
    else:
        show_record(record, course, groups, heart, body)
        if kept is not None:
            print(f"kept as run {kept} in {record / DERIVED}")
    if any(group.state == "different" for group in groups):
        raise typer.Exit(DIFFERENT)


def derived_run(course: Course, markers: Sequence[Marker]) -> DerivedRun:
    """What is kept of a run."""
    seq, digest = course.last
    return DerivedRun(
        datetime.now(UTC).isoformat(timespec="seconds"),
        __version__,
        json.dumps(sorted({definition.algorithm for definition in DEFINITIONS.values()})),
        seq,
        digest.hex(),
        json.dumps([marker.model_dump(mode="json") for marker in markers]),
    )


def record_json(
    record: Path,
    course: Course,
    groups: Sequence[Compared],
    heart: HeartCourse,
    body: BodyCourse,
    kept: int | None,
) -> dict[str, Any]:
    """Everything as JSON; times in seconds on the record's clock, a value that is withheld is null."""
    seq, digest = course.last
    return {
        "record": str(record),
        "made_by": course.opened.fingerprint.palier,
        "software": __version__,
        "closed": course.closed,
        "last_seq": seq,
        "last_hash": digest.hex(),
        "kept_as_run": kept,
        "algorithms": [
            {
                **group._asdict(),
                "recorded": [marker.model_dump(mode="json") for marker in group.recorded],
                "recomputed": [marker.model_dump(mode="json") for marker in group.recomputed],
            }
            for group in groups
        ],
        "heart": {
            "artefacts": {"lipponen_tarvainen": heart.artefacts},
            "spans": [
                {
                    "kind": span.kind,
                    "name": span.name,
                    "step": span.step,
                    "pieces_s": [[begin / 1e9, end / 1e9] for begin, end in span.pieces],
                    "uncorrected": span_json(span.heard),
                    "corrected": span_json(span.corrected),
                }
                for span in heart.spans
            ],
            "baseline": heart.baseline._asdict(),
            "steps": [
                {
                    "name": step.name,
                    "step": step.step,
                    **step.change._asdict(),
                    "slots": step.slots._asdict(),
                    **step.took_hold._asdict(),
                }
                for step in heart.steps
            ],
            "recovery": heart.recovery._asdict(),
            "triggers": [
                {"trigger": drop.trigger, "t_s": drop.t_s, **drop.orienting._asdict()}
                for drop in heart.triggers
            ],
        },
        **json_of(body),
    }


def span_json(span: SpanMeasures) -> dict[str, Any]:
    return {
        **{name: one.value for name, one in span.measures.items()},
        "quality": {name: one.quality for name, one in span.measures.items()},
        "labels": {name: list(one.labels) for name, one in span.measures.items()},
        "intervals": span.intervals,
        "seconds": span.seconds,
        "coverage": span.coverage,
        "artefact_share": span.artefact_share,
    }


def show_record(
    record: Path, course: Course, groups: Sequence[Compared], heart: HeartCourse, body: BodyCourse
) -> None:
    """Everything for people."""
    console = wide_console()
    made_by = course.opened.fingerprint.palier
    console.print(f"{record}: made by Palier {made_by}, measured anew by {__version__}")
    for group in groups:
        versions = " and ".join(dict.fromkeys(v for v in (group.recorded_version, group.version) if v))
        title = f"{group.name}/{versions}: {STATES[group.state]}"
        table = Table(
            title=title,
            title_justify="left",
            title_style="bold" if group.state == "identical" else "bold red",
        )
        for heading in ("measure", "step", "stimulus", "from s"):
            table.add_column(heading)
        for heading in ("recorded", "recomputed"):
            table.add_column(heading, justify="right")
        table.add_column("unit")
        for before, now in side_by_side(group):
            either = before or now
            if either is not None:
                table.add_row(
                    either.marker,
                    str(either.step),
                    either.stimulus,
                    f"{either.t_on_ns / 1e9:.1f}",
                    "-" if before is None else f"{before.value:g}",
                    "-" if now is None else f"{now.value:g}",
                    either.unit,
                )
        console.print(table)
    show_heart(console, heart)
    for line in in_words_of(body):
        console.print(line)
    console.print("None of this is a diagnosis.")


def side_by_side(group: Compared) -> list[tuple[Marker | None, Marker | None]]:
    """Markers of the same measure, stimulus and step in the order of their times; None where one side has none."""
    rows: list[tuple[Marker | None, Marker | None]] = []
    keys = dict.fromkeys((m.marker, m.step, m.stimulus) for m in (*group.recorded, *group.recomputed))
    for key in keys:
        sides = [
            [m for m in some if (m.marker, m.step, m.stimulus) == key]
            for some in (group.recorded, group.recomputed)
        ]
        rows += list(zip_longest(sides[0], sides[1]))
    return rows


def show_heart(console: Console, heart: HeartCourse) -> None:
    table = Table(title="the heart, by phase and step (docs/measures.md)", title_justify="left")
    table.add_column("span")
    table.add_column("")
    for heading in ("s", "intervals", "artefacts", *_SHORT.values()):
        table.add_column(heading, justify="right")
    for span in heart.spans:
        name = span.name if span.kind == "phase" else f"step {span.step} {span.name}"
        for how, of in (("as heard", span.heard), ("corrected", span.corrected)):
            table.add_row(
                name if of is span.heard else "",
                how,
                f"{of.seconds:.0f}",
                str(of.intervals),
                f"{of.artefact_share:.1%}",
                *(shown(of.measures[measure], 1 if measure != "lf_hf" else 2) for measure in _SHORT),
            )
    console.print(table)
    console.print(
        "  * ultra-short (under 5 min), short for the measure, covered by less than 80 %, or artefacts"
    )
    base = heart.baseline
    if base.mean_hr is None:
        console.print("no baseline: less than a minute of intervals in the neutral room")
    else:
        console.print(
            f"baseline {base.mean_hr:.1f} /min, SD {_or(base.sd, '.1f')}, quality {base.quality:.2f}"
        )
    for step in heart.steps:
        hold = {
            True: f"took hold ({', '.join(step.took_hold.by)})",
            False: "did not take hold",
            None: "not known",
        }
        console.print(
            f"  step {step.step} {step.name}: {_or(step.change.d_hr, '+.1f')} /min against it "
            f"({_or(step.change.pct, '+.0f')} %, z {_or(step.change.z, '+.1f')}); first 30 s {_or(step.slots.first, '.1f')}, "
            f"peak {_or(step.slots.peak, '.1f')}, last 30 s {_or(step.slots.last, '.1f')}; "
            f"exposure: {hold[step.took_hold.took_hold]}"
        )
    after = heart.recovery
    more = "more than " if after.censored else ""
    console.print(
        f"recovery: {_or(after.hrr60, '+.1f')} /min in 60 s, half-way after {more}{_or(after.half_s, '.0f')} s"
    )
    for drop in heart.triggers:
        found = drop.orienting
        console.print(
            f"  {drop.trigger} at {drop.t_s:.1f} s: fell by {_or(found.drop, '.1f')} /min, quality {found.quality:.2f}"
        )


def _or(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def wide_console() -> Console:
    """Tables are not squeezed where the output goes to a file."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def rr_json(report: RRReport) -> dict[str, Any]:
    """The report as JSON: a value or null a measure, and qualities and labels under the same names."""
    return {
        **{name: one.value for name, one in report.measures.items()},
        "quality": {name: one.quality for name, one in report.measures.items()},
        "labels": {name: list(one.labels) for name, one in report.measures.items()},
        "artefacts": {
            "range": report.artefacts.range,
            "malik": report.artefacts.malik,
            "lipponen_tarvainen": report.artefacts.lipponen_tarvainen,
        },
        "series": {
            "intervals": report.intervals,
            "seconds": report.seconds,
            "artefact_share": report.artefact_share,
        },
    }


def show_rr(path: Path, report: RRReport) -> None:
    """The report for people."""
    console = wide_console()
    table = Table(
        title=f"{path.name}: {report.intervals} intervals, {report.seconds:.1f} s", title_justify="left"
    )
    for heading, justify in (("measure", "left"), ("value", "right"), ("unit", "left"), ("quality", "right")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    table.add_column("")
    for name, one in report.measures.items():
        table.add_row(NAMES[name], shown(one), UNITS[name], f"{one.quality:.2f}", in_words(one))
    console.print(table)
    counts = report.artefacts
    classes = ", ".join(f"{n} {kind}" for kind, n in counts.lipponen_tarvainen.items() if n) or "none"
    console.print(f"artefacts, none corrected ({report.artefact_share:.1%} of the intervals):")
    console.print(f"  out of range           {counts.range}")
    console.print(f"  Malik, 20 %            {counts.malik}")
    console.print(f"  Lipponen and Tarvainen {classes}")
    console.print("None of this is a diagnosis (docs/measures.md).")


def shown(one: Rated, decimals: int = 3) -> str:
    """The value; with a star where ``decimals`` are few and a label stands for it."""
    if one.value is None:
        return "-"
    return f"{one.value:.{decimals}f}" + ("*" if one.labels and decimals < 3 else "")


def in_words(one: Rated) -> str:
    return "; ".join(LABELS[label] for label in one.labels)
