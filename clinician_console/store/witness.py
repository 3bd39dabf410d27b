"""What this computer has seen of an audit trail, kept beside the database and not in it.

Who cuts entries off the end of a trail and has the key can also forge its head; not what another computer, or another
folder, remembers.
"""

from __future__ import annotations

import json
import os
import secrets
from contextlib import suppress
from pathlib import Path


class Witness:
    """Number and hash of the last entry that was seen. ``path`` None: nothing is remembered."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def seen(self) -> tuple[int, str] | None:
        """None where nothing is remembered, or what is cannot be read."""
        if self._path is None:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._path.read_bytes())
            return int(kept["seq"]), str(kept["hash"])
        return None

    def bear(self, seq: int, digest: str) -> None:
        """Remember a later entry. What cannot be written is passed over: it is a help, no condition."""
        before = self.seen()
        if self._path is None or (before is not None and before[0] >= seq):
            return
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        with suppress(OSError):
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                json.dump({"seq": seq, "hash": digest}, file)
            os.replace(draft, self._path)
