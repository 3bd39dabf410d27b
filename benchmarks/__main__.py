"""``make bench``: every benchmark in one run, as one table. Names on the command line choose some."""

import importlib
import platform
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import Row

MODULES = (
    "frame",
    "gc_pause",
    "link_bench",
    "stop_bench",
    "record_bench",
    "store_bench",
    "pages_bench",
    "day_soak",
    "cost_bench",
    "measures_bench",
    "beat_bench",
    "stage_bench",
    "scene_bench",
    "openxr_bench",
    "start_bench",
)


def main(names: list[str]) -> int:
    console = Console(width=130, highlight=False)
    unknown = set(names) - set(MODULES)
    if unknown:
        console.print(f"no benchmark named {', '.join(sorted(unknown))}; there are: {', '.join(MODULES)}")
        return 2
    table = Table(title=f"Python {platform.python_version()} on {platform.machine()}", title_justify="left")
    for heading in ("what", "value", "unit", "note"):
        table.add_column(heading, justify="right" if heading == "value" else "left")
    for name in names or MODULES:
        for row in importlib.import_module(f"benchmarks.{name}").run():
            what, value, unit, note = Row(*row)
            table.add_row(what, f"{value:,.4g}", unit, note)
        table.add_section()
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
