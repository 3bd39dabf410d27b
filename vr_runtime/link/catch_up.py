"""How a console asks for what it lacks of the record, with credit, and asks again when nothing comes.
Pure."""

from __future__ import annotations

from vr_runtime.link.merge import Merge
from vr_runtime.link.wire import PieceHead, Want

MS = 1_000_000
CREDIT = 3
"""Pieces in flight."""
PATIENCE_NS = 200 * MS
"""How long an entry that is known to be committed may be on its way through the feed."""
SILENCE_NS = 1000 * MS
"""After so long without a piece the request is taken for lost."""


class CatchUp:
    """Decides when to ask the history; the socket is somebody else's. Times on the console's clock."""

    def __init__(self) -> None:
        self._token = 0
        self._running = False
        self._heard_ns = 0
        self._behind_since: int | None = None
        self._not_before_ns = 0

    def restart(self) -> None:
        """A new connection: whatever was asked for will not come."""
        self._running = False
        self._behind_since = None
        self._not_before_ns = 0

    def hold_off(self, until_ns: int) -> None:
        """Ask for nothing before then (the copy could not be written)."""
        self._running = False
        self._not_before_ns = until_ns

    def wanted(self, merge: Merge, now_ns: int) -> Want | None:
        """The request that is to be sent now, if any; call :meth:`asked` once it is sent."""
        if not merge.behind:
            self._behind_since = None
            return None
        if self._behind_since is None:
            self._behind_since = now_ns
        if now_ns < self._not_before_ns:
            return None
        if self._running and now_ns - self._heard_ns < SILENCE_NS:
            return None
        if not self._running and not merge.gap and now_ns - self._behind_since < PATIENCE_NS:
            return None
        return Want((self._token + 1) & 0xFFFF_FFFF, merge.next_seq, CREDIT)

    def asked(self, want: Want, now_ns: int) -> None:
        self._token, self._running, self._heard_ns = want.token, True, now_ns

    def piece(self, head: PieceHead, now_ns: int) -> Want | None:
        """A piece has come: the credit to give for it; None where it ends the run or belongs to an old
        one."""
        if not self._running or head.token != self._token:
            return None
        self._heard_ns = now_ns
        if head.end:
            self._running = False
            self._behind_since = None
            self._not_before_ns = now_ns + PATIENCE_NS
            return None
        return Want(self._token, 0, 1)

    def useless(self) -> None:
        """What comes does not fit what is wanted next: ask anew."""
        self._running = False
