"""What goes out while the session runs and is not recorded: telemetry ten times a second, the patient's view."""

from __future__ import annotations

from vr_runtime.display.port import Display
from vr_runtime.link.server import LinkServer
from vr_runtime.protocol.answers import FrameState, HeartState, RecordState, StimulusState, Telemetry
from vr_runtime.protocol.streams import STREAMS
from vr_runtime.runtime import Rooms, Turn

TELEMETRY_NS = int(1e9 / (STREAMS["telemetry"].rate_hz or 10.0))
PREVIEW_NS = int(1e9 / (STREAMS["preview"].rate_hz or 12.0))


class Broadcast:
    """A listener of the loop: tells the link that the loop lives, and sends telemetry and preview at their rates."""

    def __init__(self, server: LinkServer, display: Display) -> None:
        self._server = server
        self._display = display
        self._next_telemetry_ns = 0
        self._next_preview_ns = 0
        self._late = 0

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        frame = turn.frame
        self._late += frame.late
        self._server.frame_done(frame.index)
        if frame.now_ns >= self._next_telemetry_ns:
            self._next_telemetry_ns = frame.now_ns + TELEMETRY_NS
            self._server.publish_telemetry(self._telemetry(rooms, turn))
