"""Makes the pack's one sound: faint, irregular taps of a spider's feet on glass. Needs soundfile."""

from pathlib import Path

import numpy as np
import soundfile

RATE = 32000
OUT = Path(__file__).resolve().parent / "spider_jar" / "assets" / "sounds" / "steps.ogg"


def main() -> None:
    rng = np.random.default_rng(11)
    track = np.zeros(RATE * 2)
    t = np.arange(int(0.03 * RATE)) / RATE
    for start in (
        np.arange(0.02, 1.95, 0.055) + rng.uniform(-0.012, 0.012, 36)[: len(np.arange(0.02, 1.95, 0.055))]
    ):
        ring = np.sin(2 * np.pi * rng.uniform(3800, 6200) * t) * np.exp(-t * 320)
        tick = rng.standard_normal(len(t)) * np.exp(-t * 900)
        at = int(start * RATE)
        track[at : at + len(t)] += (ring + 0.5 * tick) * rng.uniform(0.3, 1.0)
    soundfile.write(OUT, 0.25 * track / np.abs(track).max(), RATE, format="OGG", subtype="VORBIS")


if __name__ == "__main__":
    main()
