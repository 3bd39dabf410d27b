"""Where pictures, sounds and models lie: in the installed package, or in the checkout's ``assets`` folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from vr_runtime.protocol.errors import FileError, FileReason

_PACKAGE = Path(__file__).resolve().parent.parent
ROOTS: tuple[Path, ...] = (_PACKAGE / "_assets", _PACKAGE.parent / "assets")
"""Searched in this order: a wheel carries the assets inside the package, a checkout beside it."""


def path(relative: str) -> Path:
    """The file named by ``relative`` (``/`` between folders, such as ``sounds/wind.ogg``).

    Raises:
        FileError: NOT_FOUND, also for a name that would lead out of the assets folder.
    """
    found = find(relative)
    if found is None:
        places = " nor in ".join(str(root) for root in ROOTS)
        raise FileError(
            FileReason.NOT_FOUND,
            f"the asset '{relative}' is neither in {places}; reinstall Palier, or correct the scene that asks for it",
        )
    return found


def find(relative: str) -> Path | None:
    """Like :func:`path`, but None where there is no such file."""
    name = PurePosixPath(relative)
    if name.is_absolute() or ".." in name.parts:
        return None
    for root in ROOTS:
        candidate = root / name
        if candidate.exists():
            return candidate
    return None
