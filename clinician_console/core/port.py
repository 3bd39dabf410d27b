"""The link as the console needs it: a port, so that the core can be driven by a fake one in tests.

All calls into :class:`LinkListener` come from the link's own thread; they must return quickly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from vr_runtime.protocol.answers import Answer, Telemetry
from vr_runtime.protocol.commands import AnyCommandBody

LinkWord = Literal["waiting", "connected", "silent", "refused", "other_version"]
"""``waiting``: never heard yet; ``silent``: heard before, not now; ``refused``: this console is not paired."""


@dataclass(frozen=True)
class LinkState:
    """How the link stands now. Ages in seconds on this machine's clock; None where nothing was heard yet."""

    word: LinkWord = "waiting"
    age_s: float | None = None
    """Since the runtime was last heard."""
    frame_age_s: float | None = None
    """Age of the loop's last frame, as the runtime's link thread said: a hung loop shows here."""
    round_trip_ms: float | None = None
    lease_mine: bool = False
    lease_holder: str | None = None
    last_seq: int = 0
    """Last entry of the runtime's record that this side knows to exist."""
    trouble: str = ""
    """The runtime's last complaint, in plain words."""


class Entry(Protocol):
    """One entry of the runtime's record as it travels: an event or a chunk of samples."""

    @property
    def seq(self) -> int: ...
    @property
    def t_ns(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def hash(self) -> bytes: ...


class LinkListener(Protocol):
    """What the link tells. ``on_entries`` gives strictly rising numbers, each once."""

    def prepare(self, epoch: str) -> int:
        """A run of the runtime begins: take up its copy; the number of the last entry that it holds. May block."""
        ...

    def on_entries(self, entries: Sequence[Entry]) -> None: ...
    def on_answer(self, answer: Answer) -> None: ...

    def on_unknown(self, identity: str, sent: bool, message: str) -> None:
        """No answer came; ``sent`` False: the command never left this machine."""
        ...

    def on_telemetry(self, telemetry: Telemetry) -> None: ...
    def on_preview(self, jpeg: bytes) -> None: ...


class LinkPort(Protocol):
    """What the console asks of the link. No method blocks."""

    def open(self, listener: LinkListener) -> None:
        """Begin to connect; the listener is called from now on. Raises LinkError where the keys cannot be used."""
        ...

    def send(self, body: AnyCommandBody, ttl_ms: int = 2000, cause: str | None = None) -> str:
        """Send a command; its id. The answer comes through ``on_answer``. ``cause``: what led to it, such as a
        proposal's id. Raises LinkError where it cannot."""
        ...

    def stop(self) -> str:
        """STOP on its own path, repeated by the link until heard; its id."""
        ...

    def state(self) -> LinkState: ...

    def copied(self, seq: int, hash_hex: str) -> None:
        """The console's copy is on disk up to ``seq``; heartbeats carry it from now on."""
        ...

    def set_page_age_source(self, source: Callable[[], int | None]) -> None:
        """Where heartbeats ask how long the page has been silent (ms; None: no page drives)."""
        ...

    def close(self) -> None: ...
