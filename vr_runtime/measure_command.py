"""``vr-runtime measure``: the heart measures of a list of RR intervals, or all measures of a record, computed anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from vr_runtime.measures.rr_report import UNITS, Rated, RRReport, rr_report
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
}
KEY_HELP = "key file of the record; without it PALIER_RECOVERY_KEY, PALIER_PASSPHRASE or the keyring"


def measure(
    record: Annotated[
        Path | None, typer.Argument(help="folder of the record to measure anew", metavar="RECORD")
    ] = None,
    rr: Annotated[
        Path | None,
        typer.Option(
            "--rr", help="RR intervals in ms instead of a record: one a line, or a CSV column rr_ms", metavar="FILE"
        ),
    ] = None,
    child: Annotated[bool, typer.Option("--child", help="with --rr: intervals from 200 ms on are in range")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
    key_file: Annotated[Path | None, typer.Option("--key-file", help=KEY_HELP, metavar="FILE")] = None,
) -> None:
    """Measure a list of RR intervals as it is given."""
    if (record is None) == (rr is None):
        raise typer.BadParameter("give either a record or --rr FILE")
    if rr is not None:
        report = rr_report(read_rr(rr, SHORTEST_MS), child=child)
        if as_json:
            print(json.dumps(rr_json(report), indent=2, allow_nan=False))
        else:
            show_rr(rr, report)


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
    console = Console(highlight=False)
    table = Table(title=f"{path.name}: {report.intervals} intervals, {report.seconds:.1f} s", title_justify="left")
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


def shown(one: Rated) -> str:
    return "-" if one.value is None else f"{one.value:.3f}"


def in_words(one: Rated) -> str:
    return "; ".join(LABELS[label] for label in one.labels)
