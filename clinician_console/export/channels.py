"""The channels of an MCAP file and the JSON schemas of their messages.

Foxglove's well-known schemas where there is one (``foxglove.PoseInFrame``, ``foxglove.Log``; a pose has the number of
its frame beside its own fields). The others are plain: no unions, no nulls, an absent field where there is no value,
because that is what Foxglove's reader of JSON schemas takes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from vr_runtime.protocol.streams import UNITS
from vr_runtime.protocol.words import Rated

TRACKED_SPACE = "tracked_space"
"""Name of the frame of all poses: metres, right-handed, Z up, +Y forward, origin on the floor."""

Schema = dict[str, Any]

_TIME: Schema = {
    "type": "object",
    "title": "time",
    "properties": {
        "sec": {"type": "integer", "minimum": 0},
        "nsec": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    },
}
_LEVELS = ("UNKNOWN", "DEBUG", "INFO", "WARNING", "ERROR", "FATAL")
DEBUG, INFO, WARNING, ERROR = 1, 2, 3, 4


def _vector(title: str, axes: str) -> Schema:
    return {"type": "object", "title": title, "properties": {axis: {"type": "number"} for axis in axes}}


_POSE: Schema = {
    "type": "object",
    "title": "foxglove.Pose",
    "properties": {
        "position": _vector("foxglove.Vector3", "xyz"),
        "orientation": _vector("foxglove.Quaternion", "xyzw"),
    },
}


def _fields(may_lack: str = "", **types: str | Schema) -> Schema:
    """A plain object; fields named in ``may_lack`` are absent where there is no value."""
    lacking = may_lack.split()
    return {
        "type": "object",
        "properties": {n: {"type": t} if isinstance(t, str) else t for n, t in types.items()},
        "required": [name for name in types if name not in lacking],
    }


SCHEMAS: dict[str, Schema] = {
    "foxglove.PoseInFrame": _fields(timestamp=_TIME, frame_id="string", pose=_POSE, frame="integer"),
    "foxglove.Log": _fields(
        timestamp=_TIME,
        level={"oneOf": [{"title": name, "const": number} for number, name in enumerate(_LEVELS)]},
        message="string",
        name="string",
        file="string",
        line="integer",
    ),
    "palier.Event": _fields(
        "cause", timestamp=_TIME, seq="integer", t_ns="integer", frame="integer", kind="string", cause="string",
        body="object",
    ),
    "palier.Frame": _fields(
        "shell", frame="integer", display_ns="integer", flags="integer", late="boolean", tracking="boolean",
        headset_on="boolean", display_ok="boolean", record_ok="boolean", stimulus_shown="boolean",
        flash_guard="boolean", link_age_ms="integer", committed_seq="integer", record_age_ms="integer",
        shell="number", state="string",
    ),
    "palier.Untracked": _fields(frame="integer"),
    "palier.Stimulus": _fields(
        "distance x y z", frame="integer", stimulus="integer", distance="number", x="number", y="number",
        z="number", visible="boolean",
    ),
    "palier.Heart": _fields(
        "rr_ms bpm", frame="integer", arrival_ns="integer", rr_ms="number", bpm="number", flag="string"
    ),
    "palier.HeartTime": _fields("error_ms", frame="integer", sensor_ns="integer", error_ms="number"),
    "palier.Eyelid": _fields("openness", frame="integer", openness="number"),
    "palier.Channel": _fields(
        "value", frame="integer", arrival_ns="integer", sensor_ns="integer", value="number", flag="string"
    ),
    "palier.Rating": _fields(
        "prompt", what="string", scale="string", raw="number", value="number", reported_by="string",
        step="integer", prompt="string",
    ),
    "palier.Phase": _fields(phase="string", place="string", because="string"),
    "palier.Intensity": _fields(step="integer", intensity="number"),
    "palier.Parameter": _fields(
        "target target_text", name="string", unit="string", target="number", target_text="string",
        because="string",
    ),
    "palier.Marker": _fields(
        marker="string", t_on_ns="integer", t_off_ns="integer", value="number", unit="string",
        source="string", quality="number", algorithm="string", parameters="object", stimulus="string",
        step="integer",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Channel:
    """A topic, the name of its schema, and what people should know of it."""

    topic: str
    schema: str
    about: str


_SHOWN = "time: when the frame is predicted to light up"

CHANNELS: tuple[Channel, ...] = (
    Channel("/events", "palier.Event", "every event of the record, whole"),
    Channel("/log", "foxglove.Log", "the events, one line each"),
    Channel("/phase", "palier.Phase", "phase of the session and what surrounds the patient"),
    Channel("/intensity", "palier.Intensity", "share of the plan's ladder that is reached, 0 to 1"),
    Channel("/parameters", "palier.Parameter", "where a parameter of the scene was sent"),
    *(
        Channel(f"/ratings/{what.value}", "palier.Rating", "value: 0 to 100 whatever the scale")
        for what in Rated
    ),
    Channel("/markers", "palier.Marker", "measured moments and spans; docs/measures.md defines them"),
    Channel("/frame", "palier.Frame", "time: begin of the frame; state: hash of the logical state after it"),
    Channel("/head", "foxglove.PoseInFrame", _SHOWN),
    Channel("/head/untracked", "palier.Untracked", "frames in which the head was not tracked"),
    Channel("/hands/left", "foxglove.PoseInFrame", _SHOWN),
    Channel("/hands/left/untracked", "palier.Untracked", "frames in which the hand was not tracked"),
    Channel("/hands/right", "foxglove.PoseInFrame", _SHOWN),
    Channel("/hands/right/untracked", "palier.Untracked", "frames in which the hand was not tracked"),
    Channel("/eye", "foxglove.PoseInFrame", _SHOWN),
    Channel("/eye/untracked", "palier.Untracked", "frames in which the eyes were not tracked"),
    Channel("/stimulus", "palier.Stimulus", "m; stimulus: place in the scene's manifest, from 0"),
    Channel("/heart", "palier.Heart", "time: of the beat; rr_ms: interval that ended with it"),
    Channel("/heart_time", "palier.HeartTime", "of each beat the sensor's own time, and the error of ours"),
    Channel("/eyelid", "palier.Eyelid", "openness of the eyelids, 0 to 1; " + _SHOWN),
    *(Channel(f"/{name}", "palier.Channel", f"{unit}; time: of the sample") for name, unit in UNITS.items()),
)
"""In the order in which they are numbered in the file. All of them are in every file, with messages or without."""


def schema_text(name: str) -> bytes:
    return json.dumps({"title": name, **SCHEMAS[name]}, separators=(",", ":")).encode()
