"""Whole sessions for tests: played in this process in virtual time, or by the real commands as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from vr_runtime.assemble import Options, plan_for_scene, play_session
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.events import Event, EventBody
from vr_runtime.protocol.files.script import Script
from vr_runtime.record import PassphraseKey, Reader

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a passphrase for tests"
KEY = PassphraseKey(PASSPHRASE)


def environment(home: Path, **more: str) -> dict[str, str]:
    """What the commands need: a passphrase, a home of their own, no keyring of this machine."""
    return {
        **os.environ,
        "PALIER_PASSPHRASE": PASSPHRASE,
        "PALIER_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        **more,
    }


def command(module: str, *arguments: str | Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=environment(home, **more),
        text=True,
        capture_output=True,
        timeout=100,
    )


def runtime(*arguments: str | Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return command("vr_runtime", *arguments, home=home, **more)


def act(after: float, kind: str, **fields: Any) -> dict[str, Any]:
    """One act of a script: ``act(2, "go_to_step", step=1)``; ``expect`` and ``reason`` go to the act itself."""
    own = {name: fields.pop(name) for name in ("expect", "reason", "label") if name in fields}
    return {"after": after, "do": {"kind": kind, **fields}, **own}


def script(*acts: dict[str, Any], linger_s: float = 1.0) -> Script:
    return Script.model_validate({"title": "test", "steps": acts, "linger_s": linger_s})


def play(records: Path, acts: Script | None = None, **options: Any) -> Path:
    """Play a heights session in virtual time; returns its record."""
    packs = find_scenes()
    settings: dict[str, Any] = {"speed": "max", "rate_hz": 45.0, "seed": 3, **options}
    plan = settings.pop("plan", None) or plan_for_scene(packs, "heights")
    interrupted = settings.pop("interrupted", lambda: False)
    return play_session(
        Options(plan=plan, packs=packs, records=records, key=KEY, script=acts, **settings),
        interrupted=interrupted,
    ).record


def events_of(record: Path) -> list[Event]:
    with Reader.open(record, KEY) as reader:
        return list(reader.events())


def bodies(record: Path, *kinds: type[EventBody]) -> list[EventBody]:
    return [event.body for event in events_of(record) if isinstance(event.body, kinds)]
