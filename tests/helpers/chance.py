"""How much is left to chance: less in `make test`, which has to end soon, than in `make proof`."""

import os


def examples(count: int) -> int:
    """Of ``count`` examples that hypothesis should draw, how many it draws now: all in `make proof`."""
    return count if "PALIER_COURSES" in os.environ else max(4, count // 4)
