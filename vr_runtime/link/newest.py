"""What comes over the preview socket: only the newest of each counts. And who is called when something comes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vr_runtime.link.status import LinkEvent
from vr_runtime.link.wire import TOPIC_PICTURE, TOPIC_TELEMETRY, Picture, unpack_picture
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.codec import decode_telemetry


@dataclass(frozen=True)
class Listener:
    """Called in the link's thread; must return quickly. With ``on_event`` nothing is kept for ``events``."""

    on_event: Callable[[LinkEvent], None] | None = None
    on_telemetry: Callable[[Telemetry], None] | None = None
    on_preview: Callable[[Picture], None] | None = None


class Newest:
    """Written by the link thread, read by others. Times on the console's clock; None: never one."""

    def __init__(self, listener: Listener) -> None:
        self.telemetry: Telemetry | None = None
        self.telemetry_ns: int | None = None
        self.picture: Picture | None = None
        self.picture_ns: int | None = None
        self._listener = listener

    def take(self, messages: list[list[bytes]], epoch: str | None, now_ns: int) -> None:
        """Messages in the order in which they came; telemetry of another run is passed over."""
        newest = {parts[0]: parts for parts in messages}
        telemetry, picture = newest.get(TOPIC_TELEMETRY, []), newest.get(TOPIC_PICTURE, [])
        if len(telemetry) == 2:
            found = decode_telemetry(telemetry[1])
            if found.epoch == epoch:
                self.telemetry, self.telemetry_ns = found, now_ns
                if self._listener.on_telemetry is not None:
                    self._listener.on_telemetry(found)
        if len(picture) == 3:
            self.picture, self.picture_ns = unpack_picture(picture[1], picture[2]), now_ns
            if self._listener.on_preview is not None:
                self._listener.on_preview(self.picture)
