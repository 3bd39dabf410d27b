"""How long the therapist's page has been silent, for the console's heartbeat.

Two things have to be alive before a therapist can steer: the page's tab (it pings by itself) and the loop that
carries its clicks. The age of the older one counts, so that a dead tab or a hung page server is silence to the
runtime, which then holds and lowers by itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

FORGET_S = 30.0


class PageLife:
    """Thread-safe. ``driven`` False: a script drives and no page has to be there (age None)."""

    def __init__(self, clock: Callable[[], float], driven: bool) -> None:
        self._clock = clock
        self._driven = driven
        self._lock = threading.Lock()
        self._tabs: dict[str, float] = {}
        self._loop = clock()
        self._born = clock()

    def tab(self, name: str) -> None:
        """A tab has pinged."""
        with self._lock:
            now = self._clock()
            self._tabs[name[:64]] = now
            for old in [tab for tab, seen in self._tabs.items() if now - seen > FORGET_S]:
                del self._tabs[old]

    def loop(self) -> None:
        """The page server's event loop has turned."""
        with self._lock:
            self._loop = self._clock()

    def age_ms(self) -> int | None:
        """Milliseconds since a tab and the page server were both known to be alive; None where a script drives."""
        if not self._driven:
            return None
        with self._lock:
            newest = max(self._tabs.values(), default=self._born)
            return max(0, round((self._clock() - min(newest, self._loop)) * 1000))
