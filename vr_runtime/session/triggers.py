"""When each trigger was fired last, and how long it still has to rest."""

from __future__ import annotations

from vr_runtime.protocol.files.manifest import Trigger


class Triggers:
    """``gap_s`` is the least time between any two triggers; each has its own cooldown besides."""

    def __init__(self, gap_s: float) -> None:
        self._gap_s = gap_s
        self._last_ns: int | None = None
        self._fired_ns: dict[tuple[str, str], int] = {}

    def left_s(self, scene: str, trigger: Trigger, now_ns: int) -> float:
        """Seconds until the trigger may be fired; 0 where it may be now."""
        left = 0.0
        if self._last_ns is not None:
            left = self._gap_s - (now_ns - self._last_ns) / 1e9
        fired = self._fired_ns.get((scene, trigger.id))
        if fired is not None:
            left = max(left, trigger.cooldown_s - (now_ns - fired) / 1e9)
        return max(0.0, left)

    def fired(self, scene: str, trigger: Trigger, now_ns: int) -> None:
        self._last_ns = now_ns
        self._fired_ns[(scene, trigger.id)] = now_ns
