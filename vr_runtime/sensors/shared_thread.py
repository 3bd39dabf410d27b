"""One sensors' thread for all sources of a kind, as long as one of them is in use."""

from __future__ import annotations

import threading

from vr_runtime.sensors.thread import SensorThread


class SharedThread:
    """Hands out the thread; it ends when everybody has given it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._thread: SensorThread | None = None

    def take(self) -> SensorThread:
        with self._lock:
            self._users += 1
            if self._thread is None:
                self._thread = SensorThread()
            return self._thread

    def give_back(self) -> None:
        """Once for each ``take``. After the last one all work tidies up; nobody waits for it but the program's end."""
        with self._lock:
            self._users -= 1
            if self._users or self._thread is None:
                return
            thread, self._thread = self._thread, None
        threading.Thread(target=thread.close, name="palier-sensors-closing").start()
