"""Which OpenXR runtime is registered on this machine, and what it says of itself, without importing OpenXR here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PROBE_S = 30.0
"""How long a runtime may take to answer the probe (SteamVR starts itself when it is asked)."""


def registered(environment: Mapping[str, str] = os.environ) -> str | None:
    """The manifest of the active runtime, where OpenXR's loader looks for it: the variable XR_RUNTIME_JSON, else
    the registry on Windows, else active_runtime.json in the user's and the system's configuration."""
    named = environment.get("XR_RUNTIME_JSON")
    if named:
        return named if Path(named).is_file() else None
    if sys.platform == "win32":
        return _of_windows()
    home = environment.get("HOME", "")
    folders = [
        environment.get("XDG_CONFIG_HOME") or f"{home}/.config",
        *(environment.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"),
        "/usr/local/etc",
        "/etc",
    ]
    for folder in folders:
        for name in ("active_runtime.x86_64.json", "active_runtime.json"):
            manifest = Path(folder) / "openxr/1" / name
            if manifest.is_file():
                return str(manifest)
    return None


def _of_windows() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, r"SOFTWARE\Khronos\OpenXR\1") as key:
            return str(winreg.QueryValueEx(key, "ActiveRuntime")[0])
    except OSError:
        return None


def ask(timeout_s: float = PROBE_S) -> dict[str, Any]:
    """What the registered runtime says (``openxr/probe.py``), from a process of its own; ``problem`` where it says
    nothing, for people."""
    command = [sys.executable, "-m", "vr_runtime.display.openxr.probe"]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        return {
            "problem": f"it did not answer in {timeout_s:.0f} s: restart the headset's PC software, or the computer"
        }
    lines = done.stdout.strip().splitlines()
    if done.returncode == 0 and lines:
        return json.loads(lines[-1])
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return {
        "problem": f"asking it ended with status {done.returncode} ({last}): update the headset's PC software"
    }
