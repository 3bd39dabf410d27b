"""Where pictures, sounds and models lie: in the installed package, in the checkout's ``assets`` folder, or in the
``assets`` folder of a scene pack's own package."""

from __future__ import annotations

import zlib
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from vr_runtime.protocol.errors import FileError, FileReason

_PACKAGE = Path(__file__).resolve().parent.parent
ROOTS: tuple[Path, ...] = (_PACKAGE / "_assets", _PACKAGE.parent / "assets")
"""Searched in this order: a wheel carries the assets inside the package, a checkout beside it."""


def path(relative: str) -> Path:
    """The file named by ``relative`` (``/`` between folders, such as ``sounds/wind.ogg``).

    A scene pack's own file is named with its package before it: ``my_pack:sounds/lift.ogg`` lies in
    ``my_pack/assets/sounds``.

    Raises:
        FileError: NOT_FOUND, also for a name that would lead out of the assets folder.
    """
    found = find(relative)
    if found is None:
        places = " nor in ".join(str(root) for root in _roots(relative)[0]) or "any installed package"
        raise FileError(
            FileReason.NOT_FOUND,
            f"the asset '{relative}' is neither in {places}; reinstall Palier, or correct the scene that asks for it",
        )
    return found


def find(relative: str) -> Path | None:
    """Like :func:`path`, but None where there is no such file."""
    roots, inside = _roots(relative)
    name = PurePosixPath(inside)
    if name.is_absolute() or ".." in name.parts:
        return None
    for root in roots:
        candidate = root / name
        if candidate.exists():
            return candidate
    return None


def arrays(file: Path) -> dict[str, NDArray[Any]]:
    """Everything in an ``.npz`` file, by name.

    Raises:
        OSError: it is not there, or no such file, or damaged.
    """
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as held:
            return {name: held[name] for name in held.files}
    except (BadZipFile, zlib.error, ValueError, EOFError, AttributeError) as problem:
        raise OSError(f"no arrays can be read from it ({problem})") from problem


def _roots(relative: str) -> tuple[tuple[Path, ...], str]:
    """The folders to search, and the name below them."""
    package, colon, inside = relative.partition(":")
    if not colon:
        return ROOTS, relative
    if not all(part.isidentifier() for part in package.split(".")):
        return (), inside
    try:
        spec = find_spec(package)
    except ModuleNotFoundError:
        spec = None
    places = (spec and spec.submodule_search_locations) or ()
    return tuple(Path(place) / "assets" for place in places), inside
