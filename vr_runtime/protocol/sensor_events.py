"""What the sensors of the body tell: what became of a source, and which there are."""

from __future__ import annotations

from typing import Literal

from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.event_body import EventBody


class HeartSourceChanged(EventBody):
    kind: Literal["heart_source"] = "heart_source"
    ORIGIN = "input"
    source: str
    state: Literal[
        "connecting",
        "started",
        "reconnecting",
        "ended",
        "contact_lost",
        "contact_found",
        "battery",
        "garbled",
        "failed",
        "chosen",
    ]
    """``connecting``: it is looked for. ``reconnecting``: the connection was lost and is made anew. ``battery``: the
    message tells how full it is. ``garbled``: something that it sent does not follow its specification. ``failed``:
    the message says what to do; a source over the air goes on trying. ``chosen``: from now on the beats are of this
    source, by the therapist's command."""
    message: str = ""
    identifying: Literal[True] = True
    """A device's address or name may lead to a person."""


class SensorSeen(Tolerant):
    """A sensor that a search has seen. ``source`` is what ``use_heart`` takes; ``signal`` in dBm."""

    source: str
    name: str
    tells: tuple[str, ...]
    signal: int | None = None


class SensorsFound(EventBody):
    """What a search has seen so far, all of it. Names of devices may hold people's names: identifying."""

    kind: Literal["sensors_found"] = "sensors_found"
    ORIGIN = "input"
    sensors: tuple[SensorSeen, ...]
    over: bool
    problem: str = ""
    identifying: Literal[True] = True
