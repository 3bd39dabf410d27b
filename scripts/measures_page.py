"""Write the tables of markers, figures and thresholds into docs/measures.md.

    .venv/bin/python scripts/measures_page.py

What stands in words is written by hand. tests/measures/test_docs.py fails where the page and the code differ.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from vr_runtime.measures import DEFINITIONS, Settings
from vr_runtime.measures.definition import END
from vr_runtime.measures.registry import FIGURES
from vr_runtime.measures.settings import ORIGINS, unit_of

PAGE = Path(__file__).resolve().parents[1] / "docs" / "measures.md"


def markers() -> str:
    """The table of markers: moments and spans first, then what a step came to."""
    rows = ["| name | unit | source | algorithm | when |", "|---|---|---|---|---|"]
    for name, d in sorted(DEFINITIONS.items(), key=lambda each: each[1].when == END):
        rows.append(f"| `{name}` | {d.unit} | {d.source} | {d.algorithm} | {d.when} |")
    return "\n".join(rows) + "\n"


def thresholds() -> str:
    """The table of settings, in their order."""
    rows = ["| setting | value | unit | origin |", "|---|---|---|---|"]
    for field in fields(Settings):
        value = f"{getattr(Settings(), field.name):g}"
        rows.append(f"| `{field.name}` | {value} | {unit_of(field.name)} | {ORIGINS[field.name]} |")
    return "\n".join(rows) + "\n"


def figures() -> str:
    """The table of what is told of a finished record."""
    rows = ["| figure | unit | source | of |", "|---|---|---|---|"]
    rows += [f"| `{name}` | {f.unit} | {f.source} | {f.of} |" for name, f in FIGURES.items()]
    return "\n".join(rows) + "\n"


TABLES = {"markers": markers, "figures": figures, "thresholds": thresholds}


def page_with_tables() -> str:
    """The page as it should read."""
    text = PAGE.read_text("utf-8")
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: written by scripts/measures_page.py -->\n", f"<!-- end of {name} -->"
        before, rest = text.split(begin, 1)
        _, after = rest.split(end, 1)
        text = f"{before}{begin}\n{table()}\n{end}{after}"
    return text


if __name__ == "__main__":
    PAGE.write_text(page_with_tables(), "utf-8")
    print(PAGE)
