"""``vr-runtime sensors``: which sensors of the body are in reach, and what ``run --heart`` takes for each."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from vr_runtime.progress import Progress, remarks
from vr_runtime.sensors import start_searches

_LONGEST_S = 120.0
_PATIENCE_S = 15.0
"""Beyond the seconds asked for: some systems take long to begin a search."""


def sensors(
    seconds: Annotated[
        float, typer.Option(help="how long to look", min=1.0, max=_LONGEST_S, metavar="SECONDS")
    ] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """List the sensors in reach, with what run --heart takes for each: 0 some, 1 none, or why none can be found."""
    searches = start_searches(seconds)
    try:
        began = time.monotonic()
        with Progress("looking for sensors") as bar:
            while any(not search.over for search in searches):
                passed = time.monotonic() - began
                if passed > seconds + _PATIENCE_S:
                    break
                bar(min(round(passed * 10), round(seconds * 10)), round(seconds * 10))
                time.sleep(0.1)
    finally:
        for search in searches:
            search.close()
    found = [one for search in searches for one in search.found()]
    for search in searches:
        if search.problem:
            remarks.print(search.problem, markup=False)
    if as_json:
        print(json.dumps([one._asdict() for one in found], indent=2, ensure_ascii=False))
    for one in found if not as_json else ():
        signal = "" if one.signal is None else f"  {one.signal} dBm"
        print(f"{one.spec}  {one.name}  ({', '.join(one.tells)}){signal}")
    if not found and not all(search.problem for search in searches):
        remarks.print(
            "no sensor was found: wet the strap's electrodes and put it on, come closer, end other apps that may "
            "be connected to it"
        )
    raise typer.Exit(0 if found else 1)
