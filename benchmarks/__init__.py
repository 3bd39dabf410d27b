"""Measurements. Each module has ``run() -> list[Row]``; ``python -m benchmarks`` prints them in one table."""

from typing import NamedTuple


class Row(NamedTuple):
    """One figure of a benchmark."""

    name: str
    value: float
    unit: str
    note: str = ""
