"""Makes the sounds: ``python assets/scripts/make_sounds.py [places] [road] [washroom] [heights] [calm]``; without a
word all of them. Seeded. Needs soundfile (a development dependency).

Loops are seamless by construction (see sounds/core.py). Everything is brought to a peak of at most -7 dBFS and an RMS
over any second of at most -21 dBFS.
"""

from __future__ import annotations

import sys

from sounds import calm, heights, places, road, washroom

KINDS = {"places": places, "road": road, "washroom": washroom, "heights": heights, "calm": calm}


def main(wanted: list[str]) -> None:
    for name in wanted or list(KINDS):
        KINDS[name].make()


if __name__ == "__main__":
    main(sys.argv[1:])
