"""Measures every sound below ``assets/sounds`` at the nearer ear, for ``sounds/loudness.json``: run it after any other
script that makes sounds."""

from __future__ import annotations

import json
from pathlib import Path

from vr_runtime.stage import assets, nearer_ear

SOUNDS = Path(__file__).resolve().parent.parent / "sounds"


def main() -> None:
    rows = {}
    for path in sorted(SOUNDS.rglob("*.ogg")):
        loudness = nearer_ear.measured(path)
        rows[nearer_ear.digest(path)] = [float(loudness.peak), float(loudness.rms)]
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(row)}" for key, row in sorted(rows.items()))
    file = assets.ROOTS[-1] / nearer_ear.TABLE
    file.write_text("{\n" + lines + "\n}\n", "utf-8")
    print(f"{file.name}: {len(rows)} sounds")


if __name__ == "__main__":
    main()
