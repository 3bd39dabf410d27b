"""Builds the shim and holds the offset."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path

from tests.helpers.shims import compiled

_OFFSET = struct.Struct("<q")


class WallClock:
    """The wall clock of the processes that are started with :attr:`environment`; other clocks are the machine's."""

    def __init__(self, folder: Path) -> None:
        shim = compiled(Path(__file__).with_name("shim.c"), folder / "wall_clock.so")
        knob = folder / "wall_offset"
        knob.write_bytes(_OFFSET.pack(0))
        with knob.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _OFFSET.size)
        self.environment = {"LD_PRELOAD": str(shim), "PALIER_WALL_OFFSET": str(knob)}

    def ahead(self, seconds: float) -> None:
        """From now on the clock is so far ahead of the true time; negative: behind it."""
        _OFFSET.pack_into(self._memory, 0, round(seconds * 1e9))
