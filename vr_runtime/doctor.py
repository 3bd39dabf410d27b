"""``vr-runtime doctor``: what this machine has, and what to do about what it lacks. Changes nothing."""

from __future__ import annotations

import os
import platform
import sys
import time
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


def examine(headset_alone: bool = False) -> list[Finding]:
    """Look at everything, or at the headset's side alone; a look that fails becomes a finding, never an error."""
    checks: tuple[tuple[str, Callable[[], Finding | list[Finding]]], ...] = (
        ("Palier", _software),
        ("scenes", _scenes),
        ("OpenGL", _opengl),
        ("OpenXR runtime", _openxr),
        ("audio", _audio),
        ("Bluetooth", _bluetooth),
        ("record encryption", _encryption),
        ("link encryption", _curve),
        ("keys", _keys),
    )
    findings: list[Finding] = []
    for what, check in checks:
        if headset_alone and check is not _openxr:
            continue
        try:
            found = check()
            findings += found if isinstance(found, list) else [found]
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


_INSTALL = (
    "for a headset: install and start its PC software (SteamVR, Monado, the maker's) and make it the active OpenXR "
    "runtime in its settings (docs/openxr.md)"
)


def _openxr() -> list[Finding]:
    """The headset's side. Nobody who runs without one is asked to wait for it, or to have OpenXR imported."""
    from vr_runtime.display import runtimes

    manifest = runtimes.registered()
    if manifest is None:
        return [Finding("OpenXR runtime", False, "none registered", _INSTALL, optional=True)]
    said = runtimes.ask()
    problem = said.get("problem", "")
    runtime = f"{said['runtime']} ({manifest})" if "runtime" in said else manifest
    findings = [Finding("OpenXR runtime", "runtime" in said, runtime, problem, optional=True)]
    if "headset" not in said:
        return findings
    width, height = said["size"]
    sharing = f"{width}x{height} an eye, OpenGL by {said['sharing']}"
    if problem:
        findings.append(
            Finding("headset", False, f"{said['headset']}, {sharing}: no session", problem, optional=True)
        )
    else:
        rates = "/".join(f"{rate:g}" for rate in said["rates_hz"])
        room = "" if said["room_m"] is None else "; room {:.1f} x {:.1f} m".format(*said["room_m"])
        shown = f"{said['headset']}, {sharing}, {rates + ' Hz' if rates else 'refresh rate not told'}"
        tracked = f"tracked in its {said['space']} space (of {', '.join(said['spaces'])}){room}"
        pictures = f"{said['format']} (of {', '.join(said['formats'])}); {said['renderer']}"
        findings += [
            Finding("headset", True, f"{shown}; {tracked}"),
            Finding("headset pictures", True, pictures),
        ]
    lacking = f"; not offered: {', '.join(said['lacking'])}" if said["lacking"] else ""
    findings += [
        Finding("OpenXR extensions", True, f"{', '.join(said['taken'])}{lacking}"),
        Finding("controllers known to it", True, ", ".join(said["controllers"])),
    ]
    return findings


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


def _bluetooth() -> Finding:
    """For heart-rate straps. Looks for half a second, which is enough to know whether it can be used at all."""
    from vr_runtime.sensors.bluetooth_search import BluetoothSearch

    search = BluetoothSearch(0.5)
    try:
        until = time.monotonic() + 10.0
        while not search.over and time.monotonic() < until:
            time.sleep(0.05)
        over, problem, found = search.over, search.problem, len(search.found())
    finally:
        search.close()
    if not over:
        return Finding("Bluetooth", False, "does not answer", "switch Bluetooth off and on", optional=True)
    if problem:
        return Finding("Bluetooth", False, "no heart-rate strap can be used", problem, optional=True)
    return Finding("Bluetooth", True, f"usable, {found} heart-rate straps seen at a glance", optional=True)


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
