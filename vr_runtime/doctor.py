"""``vr-runtime doctor``: what this machine has, and what to do about what it lacks. Changes nothing."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from typing import NamedTuple

from vr_runtime import __version__
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.errors import PalierError


class Finding(NamedTuple):
    """One thing that was looked for. ``optional``: a session can be played without it."""

    what: str
    good: bool
    found: str
    remedy: str = ""
    optional: bool = False


def examine() -> list[Finding]:
    """Look at everything; a look that fails becomes a finding, never an error."""
    checks: tuple[tuple[str, Callable[[], Finding]], ...] = (
        ("Palier", _software),
        ("scenes", _scenes),
        ("OpenGL", _opengl),
        ("OpenXR runtime", _openxr),
        ("audio", _audio),
        ("record encryption", _encryption),
        ("link encryption", _curve),
        ("keys", _keys),
    )
    findings: list[Finding] = []
    for what, check in checks:
        try:
            findings.append(check())
        except PalierError as problem:
            findings.append(Finding(what, False, str(problem)))
        except Exception as problem:  # noqa: BLE001  # a broken library must not hide the other findings
            findings.append(Finding(what, False, f"{type(problem).__name__}: {problem}"))
    return findings


def _software() -> Finding:
    python = platform.python_version()
    found = f"{__version__} on Python {python}, {platform.system()} {platform.machine()}"
    return Finding("Palier", sys.version_info >= (3, 11), found, "Python 3.11 or newer is needed")


def _scenes() -> Finding:
    names = sorted(find_scenes())
    return Finding("scenes", bool(names), ", ".join(names) or "none", "install Palier again: make setup")


def _opengl() -> Finding:
    from vr_runtime.display.snapshot import describe_opengl

    return Finding(
        "OpenGL", True, describe_opengl(), "install a graphics driver (Debian: libegl1 libgl1-mesa-dri)"
    )


def _openxr() -> Finding:
    manifest = os.environ.get("XR_RUNTIME_JSON") or next(
        (path for path in _RUNTIME_MANIFESTS if os.path.exists(os.path.expanduser(path))), None
    )
    return Finding(
        "OpenXR runtime",
        manifest is not None,
        manifest or "none registered",
        "for a headset: install and start its OpenXR runtime (SteamVR, Monado, the maker's) and make it active",
        optional=True,
    )


_RUNTIME_MANIFESTS = (
    "~/.config/openxr/1/active_runtime.json",
    "/etc/xdg/openxr/1/active_runtime.json",
    "/usr/local/share/openxr/1/active_runtime.json",
    "/usr/share/openxr/1/active_runtime.json",
)


def _audio() -> Finding:
    from vr_runtime.stage.sound import describe_audio

    found = describe_audio()
    return Finding(
        "audio",
        found is not None,
        found or "no device: sessions are silent",
        "connect headphones or the headset's audio and make them the default output",
        optional=True,
    )


def _encryption() -> Finding:
    from vr_runtime.record import describe_sqlcipher

    return Finding("record encryption", True, describe_sqlcipher())


def _curve() -> Finding:
    from vr_runtime.link.keys import describe_curve

    return Finding("link encryption", True, describe_curve())


def _keys() -> Finding:
    from vr_runtime.record import key_source_from

    try:
        source = key_source_from(None, os.environ)
    except PalierError as problem:
        return Finding("keys", False, "no place for the records' keys", str(problem), optional=True)
    return Finding("keys", True, type(source).__name__)
