"""How OpenAL Soft is told to render for two ears, without touching anybody's files.

OpenAL reads its configuration when it is first used in a process: system, user, then the file that ``ALSOFT_CONF``
names. Ours is such a file, for as long as it is read. Who has set the variable knows what they want and is left alone.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

VARIABLE: Final = "ALSOFT_CONF"
FOR_HEADPHONES: Final = ("hrtf = true", "stereo-mode = headphones", "cf_level = 0")
"""Sounds with a position pass through the filters of a head and its ears (HRTF); no crossfeed on top."""


@contextmanager
def for_headphones() -> Iterator[None]:
    """Open OpenAL within this."""
    if VARIABLE in os.environ:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="palier-") as folder, configured(Path(folder), FOR_HEADPHONES):
        yield


@contextmanager
def configured(folder: Path, general: tuple[str, ...], more: tuple[str, ...] = ()) -> Iterator[None]:
    """Have OpenAL read these lines of ``[general]`` and whatever follows, from a file in the folder."""
    path = folder / "alsoft.conf"
    path.write_text("\n".join(("[general]", *general, *more)) + "\n", "utf-8")
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(path)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before
