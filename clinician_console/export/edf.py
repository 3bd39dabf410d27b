"""A session as an EDF+ file (continuous), for the tools of sleep and neurophysiology laboratories.

Signals at 4 Hz beside what sensors recorded at their own rate; what happened stands in the annotations. EDF+ has no
sign for "no value": it is the channel's physical minimum, which lies below what can be measured. Digital ranges are
chosen so that a step is a round number (0.01 beats per minute, 0.1 ms, 1 mm/s) and smaller than what matters; what
lies outside a range is set to its end and counted.

The head holds the code or pseudonym alone: no name, no sex, no date of birth.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Patient, Recording

from clinician_console.export.bids_events import event_rows
from clinician_console.export.bids_streams import nominal_rate, steady_sensor
from clinician_console.export.recorded import Floats, Recorded, held, steady
from vr_runtime import __version__

RATE_HZ = 4
NO_DATE = date(2000, 1, 1)
"""Where the record tells no date, or one that EDF cannot hold."""

ANNOTATED = frozenset(
    {"phase", "step", "trigger", "stop", "shell", "safety", "rating", "rating_missed", "mark", "note"}
)
"""What of the events is annotated; beats and measures are the matter of the signals and of the other formats."""

LONGEST_TEXT = 120


class Channel(NamedTuple):
    """``least`` stands for "no value". A digital step is ``(most - least) / (steps)`` units."""

    label: str
    unit: str
    least: float
    most: float
    steps: int

    @property
    def resolution(self) -> float:
        return (self.most - self.least) / self.steps


CHANNELS = {
    "heart": Channel("Heart rate", "/min", 0.0, 300.0, 30_000),
    "rr": Channel("RR interval", "ms", 0.0, 3000.0, 30_000),
    "distress": Channel("SUDS", "", -1.0, 100.0, 10_100),
    "intensity": Channel("Intensity", "%", -1.0, 100.0, 10_100),
    "head_speed": Channel("Head speed", "m/s", -0.001, 20.0, 20_001),
    "distance": Channel("Stimulus dist", "m", -1.0, 300.0, 30_100),
    "ecg": Channel("ECG", "uV", -32_768.0, 32_767.0, 65_535),
    "eda": Channel("EDA", "uS", -0.001, 60.0, 60_001),
}
"""Respiration belts have no common unit: their range is that of the recording."""


class Written(NamedTuple):
    """``clamped``: values that lay outside their channel's range, by label."""

    clamped: dict[str, int]


def write_edf(path: Path, record: Recorded, code: str, *, with_notes: bool) -> Written:
    """Write a new file. ``code``: the pseudonym or the study's code.

    Raises:
        OSError: where it cannot be written.
    """
    seconds = max(1, int(np.ceil(record.end_s)))
    clamped: dict[str, int] = {}
    signals = [_signal(channel, values, rate, seconds, clamped) for channel, values, rate in _series(record)]
    start, clock = _start(record.zero)
    edf = Edf(
        signals,
        patient=Patient(code=_word(code) or "X"),
        recording=Recording(startdate=start, equipment_code=_word(f"Palier {__version__}")),
        starttime=clock,
        data_record_duration=1,
        annotations=annotated(record, with_notes=with_notes),
    )
    edf.write(path)
    path.chmod(0o600)
    return Written(clamped)


def annotated(record: Recorded, *, with_notes: bool) -> list[EdfAnnotation]:
    found: list[EdfAnnotation] = []
    for onset, duration, kind, value, unit, _, detail, *_ in event_rows(record, with_notes=with_notes):
        if kind not in ANNOTATED:
            continue
        figure = "" if value is None or not np.isfinite(value) else f" {value:g}"
        text = f"{kind}: {detail or ''}{figure}{f' {unit}' if unit and unit != '1' else ''}"
        found.append(EdfAnnotation(float(onset), None if duration is None else float(duration), _text(text)))
    return found


def _series(record: Recorded) -> list[tuple[Channel, Floats, int]]:
    series: list[tuple[Channel, Floats, int]] = []
    if len(record.samples("heart")):
        intervals, rates = record.heart(RATE_HZ)
        series += [(CHANNELS["heart"], rates, RATE_HZ), (CHANNELS["rr"], intervals, RATE_HZ)]
    series.append((CHANNELS["distress"], held(*record.distress(), RATE_HZ, record.end_s), RATE_HZ))
    times, shares = record.intensity()
    series.append((CHANNELS["intensity"], held(times, 100.0 * shares, RATE_HZ, record.end_s), RATE_HZ))
    if len(record.samples("head")):
        series.append((CHANNELS["head_speed"], record.head_speed(RATE_HZ), RATE_HZ))
    at, _, distances = record.nearest_stimulus()
    if at.size:
        series.append((CHANNELS["distance"], steady(at, distances, RATE_HZ, record.end_s, 0.25), RATE_HZ))
    for stream in ("ecg", "eda", "respiration"):
        rows = record.samples(stream)
        rate = nominal_rate(rows)
        if rate is not None:
            values = steady_sensor(rows, rate, record.end_s)
            series.append((CHANNELS.get(stream) or _respiration(values), values, rate))
    return series


def _respiration(values: Floats) -> Channel:
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    room = max(high - low, 1e-3)
    return Channel("Resp", "", _short(low - 0.1 * room), _short(high + 0.1 * room), 60_000)


def _signal(channel: Channel, values: Floats, rate: int, seconds: int, clamped: dict[str, int]) -> EdfSignal:
    data = np.full(seconds * rate, channel.least)
    known = np.isfinite(values)
    lowest = channel.least + channel.resolution  # the minimum itself is kept for "no value"
    outside = known & ((values < lowest) | (values > channel.most))
    if channel.least < 0.0:
        lowest = max(lowest, 0.0) if channel.label not in ("ECG", "Resp") else lowest
    if outside.any():
        clamped[channel.label] = int(np.count_nonzero(outside))
    data[: values.size] = np.where(known, np.clip(values, lowest, channel.most), channel.least)
    below = (channel.steps + 1) // 2
    return EdfSignal(
        data,
        rate,
        label=channel.label,
        physical_dimension=channel.unit,
        physical_range=(channel.least, channel.most),
        digital_range=(-below, channel.steps - below),
    )


def _start(zero: datetime | None) -> tuple[date, time]:
    if zero is None or not 1985 <= zero.year <= 2084:
        return NO_DATE, time(0, 0, 0)
    return zero.date(), zero.time().replace(microsecond=0)


def _word(text: str) -> str:
    """What the head of a file can hold: printable ASCII without spaces."""
    return re.sub(r"[^\x21-\x7e]", "_", text.strip())[:40]


def _text(text: str) -> str:
    """Annotations are UTF-8; the bytes that separate them do not occur in a text."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]+", " ", text).strip()[:LONGEST_TEXT]


def _short(value: float) -> float:
    """As the eight characters of an EDF head can tell it."""
    for places in range(6, -1, -1):
        text = f"{value:.{places}f}"
        if len(text) <= 8:
            return float(text)
    return float(f"{value:.0f}")
