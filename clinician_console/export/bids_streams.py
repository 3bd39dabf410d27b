"""Motion, heart, sensors and gaze of one session as files of a BIDS dataset.

Motion (the Motion-BIDS extension): one tracking system, ``hmd``, with a row for each frame; frames do not come at a
steady rate, so a channel of type LATENCY tells when each one lit up. Physiology has to come at a steady rate: the heart
is drawn at 4 Hz (the beats themselves stand in ``_events.tsv``), sensors at their own nominal rate. Gaze is given a row
a sample with its timestamp.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clinician_console.export.bids_files import matrix, write_json, write_tsv, zipped
from clinician_console.export.folder import write_private
from clinician_console.export.recorded import HEART_HZ, Floats, Recorded, Samples, steady
from vr_runtime import __version__
from vr_runtime.protocol.streams import LEFT, RIGHT, UNITS, ChannelFlag

POSE = ("x", "y", "z", "qx", "qy", "qz", "qw")
COMPONENTS = ("x", "y", "z", "quat_x", "quat_y", "quat_z", "quat_w")
POINTS = ("head", "left_hand", "right_hand")
TRACKSYS = "hmd"
SENSOR_GAP_S = 0.25
LATENCY_DECIMALS = 6

CHANNEL_COLUMNS = (
    "name", "component", "type", "tracked_point", "units", "placement", "reference_frame", "description", "status",
    "status_description",
)  # fmt: skip


def write_motion(base: Path, task: str, record: Recorded) -> None:
    """``base``: path of the session's motion files up to ``_motion.tsv``. Nothing is written where nobody was tracked."""
    frames, columns = motion_table(record)
    if not frames.size:
        return
    rows = _channels(columns)
    data = matrix(list(columns.values()), [LATENCY_DECIMALS, *[None] * (len(columns) - 1)])
    write_private(Path(f"{base}_motion.tsv"), data)
    write_tsv(Path(f"{base}_channels.tsv"), CHANNEL_COLUMNS, rows)
    write_json(Path(f"{base}_channels.json"), _CHANNELS_SIDECAR)
    latency = columns["latency"]
    lasted = float(latency[-1] - latency[0])
    counts = {kind: sum(row[2] == kind for row in rows) for kind in ("LATENCY", "POS", "ORNT", "MISC")}
    write_json(
        Path(f"{base}_motion.json"),
        {
            "TaskName": task,
            "TaskDescription": "Graded exposure in virtual reality",
            "SamplingFrequency": float(record.opened.rate_hz),
            "SamplingFrequencyEffective": round((latency.size - 1) / lasted, 3) if lasted > 0 else "n/a",
            "RecordingType": "continuous",
            "RecordingDuration": round(lasted, 3),
            "TrackingSystemName": "head-mounted display and its hands",
            "SoftwareVersions": f"palier {record.opened.fingerprint.palier}",
            "TrackedPointsCount": len(POINTS),
            "MotionChannelCount": len(rows),
            "LATENCYChannelCount": counts["LATENCY"],
            "POSChannelCount": counts["POS"],
            "ORNTChannelCount": counts["ORNT"],
            "MISCChannelCount": counts["MISC"],
            "MissingValues": "n/a",
        },
    )


def motion_table(record: Recorded) -> tuple[NDArray[np.int64], dict[str, Floats]]:
    """Frames, and a column for each channel (shape (frames,)), NaN where a pose was not tracked."""
    head, hands = record.samples("head"), record.samples("hands")
    parts = [head, hands[hands["hand"] == LEFT], hands[hands["hand"] == RIGHT]]
    frames = np.unique(np.concatenate([part["frame"].astype(np.int64) for part in parts]))
    latency = np.full(frames.size, math.nan)
    columns: dict[str, Floats] = {"latency": latency}
    for point, rows in zip(POINTS, parts, strict=True):
        place = np.searchsorted(frames, rows["frame"].astype(np.int64))
        untold = np.isnan(latency[place])
        latency[place[untold]] = rows["t_ns"][untold] / 1e9
        known = rows["valid"] != 0
        for name in POSE:
            known &= np.isfinite(rows[name])
        for name, component in zip(POSE, COMPONENTS, strict=True):
            values = np.full(frames.size, math.nan)
            values[place] = np.where(known, rows[name].astype(float), math.nan)
            columns[f"{point}_{component}"] = values
    _, at, distances = record.nearest_stimulus()
    nearest = np.full(frames.size, math.nan)
    inside = np.isin(at, frames)
    nearest[np.searchsorted(frames, at[inside])] = distances[inside]
    columns["stimulus_distance"] = nearest
    order = np.argsort(latency, kind="stable")
    return frames[order], {name: values[order] for name, values in columns.items()}


def write_heart(base: Path, record: Recorded) -> None:
    if len(record.samples("heart")):
        intervals, rates = record.heart()
        _physio(
            f"{base}_recording-cardiac_physio",
            matrix([rates, intervals], [4, 3]),
            {
                "SamplingFrequency": HEART_HZ,
                "StartTime": 0.0,
                "Columns": ["cardiac", "rr_interval"],
                "PhysioType": "generic",
                "cardiac": {
                    "Description": "Heart rate: 60000 / rr_interval. A context signal, no measure of fear",
                    "Units": "1/min",
                },
                "rr_interval": {
                    "Description": "Interval between beats, drawn by straight lines from beat to beat; artefacts left "
                    "out, n/a across a gap of more than 3 s. The beats as heard stand in _events.tsv",
                    "Units": "ms",
                },
            },
        )


def write_sensors(base: Path, record: Recorded) -> None:
    """ECG, electrodermal activity and respiration, each at its nominal rate."""
    for stream, unit in UNITS.items():
        rows = record.samples(stream)
        rate = nominal_rate(rows)
        if rate is None:
            continue
        values = steady_sensor(rows, rate, record.end_s)
        _physio(
            f"{base}_recording-{stream}_physio",
            matrix([values], [None]),
            {
                "SamplingFrequency": rate,
                "StartTime": 0.0,
                "Columns": [stream],
                "PhysioType": "generic",
                stream: {
                    "Description": f"{stream} as recorded, at a steady rate",
                    "Units": _UNIT_WORDS[unit],
                },
            },
        )


def nominal_rate(rows: Samples) -> int | None:
    """Samples per second, from the middle of their distances; None for fewer than three."""
    if len(rows) < 3:
        return None
    steps = np.diff(np.sort(rows["t_ns"].astype(np.int64)))
    steps = steps[steps > 0]
    return max(1, min(2000, round(1e9 / float(np.median(steps))))) if steps.size else None


def steady_sensor(rows: Samples, rate_hz: int, end_s: float) -> Floats:
    """Values at a steady rate; what has no value, no contact or lies behind a gap is NaN."""
    usable = np.isfinite(rows["value"]) & (rows["flag"] != ChannelFlag.CONTACT_LOST)
    segments = np.cumsum((rows["flag"] == ChannelFlag.GAP) | ~usable)
    order = np.argsort(rows["t_ns"][usable], kind="stable")
    times, values = rows["t_ns"][usable][order] / 1e9, rows["value"][usable].astype(float)[order]
    return steady(times, values, rate_hz, end_s, max(SENSOR_GAP_S, 3.0 / rate_hz), segments[usable][order])


def write_gaze(base: Path, record: Recorded) -> None:
    rows = record.samples("eye")
    if not len(rows):
        return
    known = rows["valid"] != 0
    for name in POSE:
        known &= np.isfinite(rows[name])
    if not known.any():
        return
    rows, known = (
        rows[np.argsort(rows["t_ns"], kind="stable")],
        known[np.argsort(rows["t_ns"], kind="stable")],
    )
    side, forward, up = (np.where(known, axis, math.nan) for axis in _ahead(rows))
    azimuth = np.degrees(np.arctan2(side, forward))
    elevation = np.degrees(np.arcsin(np.clip(up, -1.0, 1.0)))
    times = rows["t_ns"] / 1e9
    _physio(
        f"{base}_recording-eye1_physio",
        matrix([times, azimuth, elevation], [6, 4, 4]),
        {
            "SamplingFrequency": float(record.opened.rate_hz),
            "StartTime": round(float(times[0]), 6),
            "Columns": ["timestamp", "x_coordinate", "y_coordinate"],
            "PhysioType": "eyetrack",
            "RecordedEye": "cyclopean",
            "SampleCoordinateSystem": "gaze-in-world",
            "timestamp": {
                "Description": "When the frame lit up, since the opening of the record",
                "Units": "s",
            },
            "x_coordinate": {
                "Description": "Azimuth of both eyes' common direction: 0 forward, positive to the right",
                "Units": "deg",
            },
            "y_coordinate": {"Description": "Elevation: 0 level, positive upwards", "Units": "deg"},
        },
    )


def _ahead(rows: Samples) -> tuple[Any, Any, Any]:
    """The direction +Y turned by each quaternion: right, forward, up."""
    x, y, z, w = (rows[name].astype(float) for name in ("qx", "qy", "qz", "qw"))
    square = x * x + y * y + z * z + w * w
    with np.errstate(divide="ignore", invalid="ignore"):
        s = 2.0 / square
    return s * (x * y - w * z), 1.0 - s * (x * x + z * z), s * (y * z + w * x)


def _physio(base: str, data: bytes, sidecar: dict[str, Any]) -> None:
    write_private(Path(f"{base}.tsv.gz"), zipped(data))
    write_json(Path(f"{base}.json"), {**sidecar, "SoftwareVersions": f"palier {__version__}"})


_UNIT_WORDS = {"uV": "uV", "uS": "uS", "1": "arbitrary"}

_CHANNELS_SIDECAR: dict[str, Any] = {
    "reference_frame": {
        "Description": "The tracked space; its origin lies on the floor",
        "Levels": {
            "tracked_space": {
                "SpatialAxes": "RAS",
                "RotationOrder": "n/a",
                "RotationRule": "right-hand",
                "Description": "x right, y forward, z up; a quaternion of identity looks along +y",
            }
        },
    }
}


def _channels(columns: dict[str, Floats]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, values in columns.items():
        point, _, component = next(
            ((p, "", name.removeprefix(f"{p}_")) for p in POINTS if name.startswith(f"{p}_")), ("", "", "")
        )
        told = "good" if np.isfinite(values).any() else "bad"
        why = "n/a" if told == "good" else "never tracked"
        if name == "latency":
            rows.append(
                (
                    name,
                    "n/a",
                    "LATENCY",
                    "n/a",
                    "s",
                    "n/a",
                    "n/a",
                    "predicted display time since the opening",
                    told,
                    why,
                )
            )
        elif name == "stimulus_distance":
            rows.append(
                (
                    name, "n/a", "MISC", "n/a", "m", "n/a", "tracked_space",
                    "horizontal distance from the head to the nearest stimulus shown", told, why,
                )
            )  # fmt: skip
        else:
            turn = component.startswith("quat")
            rows.append(
                (
                    name, component, "ORNT" if turn else "POS", point, "n/a" if turn else "m",
                    point.replace("_", " "), "tracked_space", "n/a", told, why,
                )
            )  # fmt: skip
    return rows
