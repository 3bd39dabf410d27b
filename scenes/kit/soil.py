"""Dirt that touch passes on, from 0 (clean) to 1. Plain arithmetic.

It follows the law of contagion that contamination fears obey (Rozin and Nemeroff): what was dirty stays as dirty,
and the cleaner side of a touch takes on a share of what the dirtier has more. So nothing ever becomes dirtier than
the dirtiest thing it met, nothing without a touch, and only washing makes hands clean again.
"""

from __future__ import annotations

from collections.abc import Mapping

from vr_runtime.protocol.deeds import Side

GONE = 0.02
"""What is left below this is clean."""


class Soil:
    """Dirt of things and of both hands."""

    def __init__(self) -> None:
        self._own: dict[str, float] = {}
        self._brought: dict[str, float] = {}
        self._hands: dict[Side, float] = {"left": 0.0, "right": 0.0}
        self._stain = 0.0

    def set(self, own: Mapping[str, float], stain: float) -> None:
        """How dirty things are by themselves, and how dirty hands are at least: a stain that nothing takes off."""
        self._own = dict(own)
        self._stain = _share(stain)

    def of(self, thing: str) -> float:
        return max(_share(self._own.get(thing, 0.0)), self._brought.get(thing, 0.0))

    def hand(self, side: Side) -> float:
        return max(self._hands[side], self._stain)

    def touch(self, side: Side, thing: str, spread: float) -> None:
        """A hand touches a thing and ``spread`` (0 to 1) of the difference passes on."""
        hand, there = self.hand(side), self.of(thing)
        if there > hand:
            self._hands[side] = _between(hand, there, _share(spread))
        elif hand > there:
            self._brought[thing] = _between(there, hand, _share(spread))

    def clean(self, side: Side, left: float) -> None:
        """Washing leaves this share of what a hand has."""
        dirt = self._hands[side] * _share(left)
        self._hands[side] = dirt if dirt >= GONE else 0.0


def _between(low: float, high: float, share: float) -> float:
    return min(high, max(low, low * (1.0 - share) + high * share))


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
