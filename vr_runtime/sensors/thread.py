"""The sensors' thread: one event loop for every radio and network source, beside the runtime's own loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
_CLOSING_S = 5.0


class SensorThread:
    """Runs coroutines. What they hear goes into deques that the loop's thread empties; nothing here waits for it.

    :meth:`run` and :meth:`close` may be called from any thread but this one.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="palier-sensors", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start ``work``; the future's ``cancel`` ends it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def close(self) -> None:
        """Cancel all work, let it tidy up for some seconds, and end the thread. May be called twice."""
        if self._loop.is_closed() or not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(2.0 * _CLOSING_S)

    def close_soon(self) -> None:
        """:meth:`close` without waiting for it. The program does not end before it is done, so that no strap stays
        connected to nobody."""
        threading.Thread(target=self.close, name="palier-sensors-closing").start()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            if tasks:
                self._loop.run_until_complete(asyncio.wait(tasks, timeout=_CLOSING_S))
        finally:
            self._loop.close()
