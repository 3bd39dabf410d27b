"""The files of a BIDS dataset: TSV, TSV without a head line (plain or gzipped), JSON. The same data make the same bytes."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from clinician_console.export.folder import write_private
from clinician_console.export.tables import harmless

NONE = "n/a"
"""BIDS for: there is no value."""

_BLANK = re.compile(r"[\t\r\n\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LABEL = re.compile(r"[^A-Za-z0-9]")


class Seconds(float):
    """A time in a table: microseconds are kept, however long the session."""


def cell(value: Any) -> str:
    """A value as a cell of a table. Text holds no tab and no line's end, and never begins as a formula does."""
    match value:
        case None:
            return NONE
        case bool():
            return "true" if value else "false"
        case Seconds():
            return f"{float(value):.6f}" if math.isfinite(value) else NONE
        case float():
            return f"{value:.9g}" if math.isfinite(value) else NONE
        case int():
            return str(value)
        case _:
            text = _BLANK.sub(" ", str(value)).strip()
            return str(harmless(text)) if text else NONE


def label(text: str, otherwise: str) -> str:
    """Letters and digits of ``text``: what BIDS takes in a file's name."""
    return _LABEL.sub("", text) or otherwise


def write_tsv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    lines = ["\t".join(columns), *("\t".join(cell(value) for value in row) for row in rows)]
    write_private(path, ("\n".join(lines) + "\n").encode())


def write_json(path: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    write_private(path, (text + "\n").encode())


def matrix(columns: Sequence[Any], decimals: Sequence[int | None]) -> bytes:
    """Columns of floats of the same length as lines without a head. ``decimals``: fixed ones, or None for nine digits,
    which give a 32-bit float back exactly. NaN becomes n/a."""
    formats = ["%.9g" if places is None else f"%.{places}f" for places in decimals]
    text = io.StringIO()
    texts = []
    for form, column in zip(formats, columns, strict=True):
        values = np.asarray(column, float)
        texts.append(
            [
                form % value if ok else NONE
                for value, ok in zip(values.tolist(), np.isfinite(values).tolist(), strict=True)
            ]
        )
    for row in zip(*texts, strict=True):
        text.write("\t".join(row))
        text.write("\n")
    return text.getvalue().encode()


def zipped(data: bytes) -> bytes:
    """Without a time and a name in the head: the same data make the same bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as file:
        file.write(data)
    return out.getvalue()
