"""What a console can know of its link, and what the link tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from vr_runtime.link.outbox import CommandUnknown
from vr_runtime.protocol.answers import Answer, LeaseState, StopHeard, Trouble, Welcome

NO_LEASE = LeaseState(mine=False)


class LinkState(Enum):
    CONNECTING = "connecting"
    """No runtime has answered yet."""
    REFUSED = "refused"
    """The runtime does not let this console in, or speaks another version: ``why`` says what to do."""
    CONNECTED = "connected"
    SILENT = "silent"
    """It was connected, and nothing has been heard for more than a second."""


@dataclass(frozen=True)
class LinkStatus:
    """A snapshot. Ages count from the last message of that kind; None: there never was one."""

    state: LinkState = LinkState.CONNECTING
    why: str = ""
    """In words, where the state is not CONNECTED or the copy is in trouble; what to do about it."""
    code: str = ""
    """Why it is REFUSED, for programs: ``not_paired``, ``version``, ``full``, ``refused``."""
    age_ms: int | None = None
    round_trip_ms: float | None = None
    offset_ns: int | None = None
    """The runtime's clock minus this process's ``time.perf_counter_ns``."""
    offset_error_ns: int | None = None
    lease: LeaseState = NO_LEASE
    epoch: str | None = None
    runtime_seq: int = 0
    """Last entry that the runtime's record is known to have committed."""
    delivered_seq: int = 0
    """Last entry that was given to ``on_entries``."""
    copied_seq: int = 0
    """Last entry that the heartbeats say is copied; -1: this console keeps no copy."""
    frame: int = 0
    frame_age_ms: int | None = None
    """Age of the loop's last frame, counted on from the last heartbeat's answer: it grows when the loop
    hangs."""
    unanswered: int = 0
    """Commands that wait for their answer."""
    stop_unheard_ms: int | None = None
    """How long the oldest STOP has gone without the runtime's word that it has it; None: none waits."""
    telemetry_age_ms: int | None = None
    preview_age_ms: int | None = None


@dataclass(frozen=True)
class EpochChanged:
    """The runtime was started anew: another record begins, and earlier commands are void."""

    previous: str
    epoch: str


LinkEvent = Welcome | Answer | CommandUnknown | StopHeard | LeaseState | EpochChanged | Trouble
"""What :meth:`LinkClient.events` gives. A Welcome comes with each connection, before any entry of its run; a
LeaseState whenever the lease has changed hands."""
