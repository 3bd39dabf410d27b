"""What every event's body is. The events themselves: ``events`` and ``course_events``."""

from __future__ import annotations

from typing import ClassVar, Literal

from vr_runtime.protocol.base import Tolerant

Origin = Literal["input", "derived"]


class EventBody(Tolerant):
    ORIGIN: ClassVar[Origin] = "derived"
