"""Hands that are washed: rubbed against each other under running water, with soap. Plain arithmetic, metres, seconds."""

from __future__ import annotations

from collections.abc import Mapping
from math import dist, exp

from vr_runtime.protocol.deeds import WASHED, Deed, Side

Point = tuple[float, float, float]
SIDES: tuple[Side, Side] = ("left", "right")

TOGETHER_M = 0.15
"""Hands rub each other no farther apart than this (their palms),"""
RUBS_M_S = 0.1
"""and no slower against each other than this."""
SMOOTH_S = 0.2
"""Over this time the speed is smoothed: rubbing turns back and forth."""
COUNTED_S = 0.5
"""Less washing than this is none,"""
APART_S = 2.0
"""and a pause of this length ends it."""
CLEANS_S = 6.0
"""With soap, dirt falls to 37 % in this time; twenty seconds leave less than 4 %."""
SOAP_S = 25.0
"""So the soap on the hands, while they are rubbed in water."""
SOAPY = 0.05
"""Less soap than this does nothing."""
DRIES_S = 60.0
TOWEL_DRIES_S = 1.2
TOWEL_S = 5.0
"""So long hands are dried after a towel was taken."""


class Washing:
    """State of both hands: wet, soaped, and the washing under way."""

    def __init__(self) -> None:
        self.wet: dict[Side, float] = {"left": 0.0, "right": 0.0}
        self.soap = 0.0
        """On both hands, 0 to 1."""
        self.lather = 0.0
        """How much of the soap foams, 0 to 1."""
        self.seconds = 0.0
        """Washed so far, all in all."""
        self._palms: dict[Side, Point] = {}
        self._speed = 0.0
        self._began_s: float | None = None
        self._last_s = 0.0
        self._for_s = 0.0
        self._told = False
        self._with_soap = False
        self._towel_until_s = -1.0

    @property
    def foam(self) -> float:
        """What is seen of the soap on the hands, 0 to 1."""
        return self.lather * min(1.0, 2.0 * self.soap)

    def take_soap(self) -> None:
        self.soap = 1.0

    def take_towel(self, t_s: float) -> None:
        self._towel_until_s = t_s + TOWEL_S

    def update(
        self, t_s: float, dt_s: float, palms: Mapping[Side, Point], under_water: Mapping[Side, bool]
    ) -> tuple[float, list[Deed]]:
        """One frame; gives back what share of the hands' dirt is left by it, and what there is to tell.

        ``palms``: of the hands that are tracked; ``under_water``: which of them are in running water. Where one hand
        alone is tracked, it rubs when it moves.
        """
        deeds: list[Deed] = []
        rubs = self._rubs(dt_s, palms) and any(under_water.values())
        self._dry(t_s, dt_s, under_water)
        left = 1.0
        if rubs:
            if self._began_s is None:
                self._began_s, self._for_s, self._told, self._with_soap = t_s - dt_s, 0.0, False, False
            self._last_s = t_s
            self._for_s += dt_s
            self.seconds += dt_s
            if self.soap > SOAPY:
                self._with_soap = True
                left = exp(-dt_s / CLEANS_S)
                self.lather += (1.0 - self.lather) * (1.0 - exp(-dt_s / 1.5))
                self.soap *= exp(-dt_s / SOAP_S)
            if not self._told and self._for_s >= COUNTED_S:
                self._told = True
                since = t_s - self._began_s
                deeds.append(Deed("washing", self._what, "", since, self._for_s))
        elif self._began_s is not None and t_s - self._last_s >= APART_S:
            deeds += self._over(t_s)
        if any(under_water.values()) and not rubs:
            # water alone rinses the foam away
            self.lather *= exp(-dt_s / 2.0)
            self.soap *= exp(-dt_s / 4.0)
        return left, deeds

    def interrupt(self, t_s: float) -> list[Deed]:
        """The scene stands still: what was under way is over."""
        self._palms = {}
        return self._over(t_s)

    @property
    def _what(self) -> str:
        return "soap" if self._with_soap else "water"

    def _over(self, t_s: float) -> list[Deed]:
        began_s, self._began_s = self._began_s, None
        if began_s is None or not self._told:
            return []
        return [Deed(WASHED, self._what, "", t_s - began_s, self._last_s - began_s)]

    def _rubs(self, dt_s: float, palms: Mapping[Side, Point]) -> bool:
        before, self._palms = self._palms, dict(palms)
        if dt_s <= 0.0 or not palms:
            return False
        if len(palms) == 2 and len(before) == 2:
            apart = _minus(palms["right"], palms["left"])
            was = _minus(before["right"], before["left"])
            speed = dist(apart, was) / dt_s
        elif len(palms) == 1 and palms.keys() == before.keys():
            ((side, point),) = palms.items()
            speed = dist(point, before[side]) / dt_s
        else:
            speed = 0.0
        self._speed += (min(speed, 3.0) - self._speed) * (1.0 - exp(-dt_s / SMOOTH_S))
        near = len(palms) == 1 or dist(palms["left"], palms["right"]) <= TOGETHER_M
        return near and self._speed >= RUBS_M_S

    def _dry(self, t_s: float, dt_s: float, under_water: Mapping[Side, bool]) -> None:
        dries_s = TOWEL_DRIES_S if t_s < self._towel_until_s else DRIES_S
        for side in SIDES:
            if under_water.get(side, False):
                self.wet[side] = min(1.0, self.wet[side] + dt_s / 0.3)
            else:
                self.wet[side] *= exp(-dt_s / dries_s)
        if t_s < self._towel_until_s:
            self.lather *= exp(-dt_s / TOWEL_DRIES_S)
            self.soap *= exp(-dt_s / TOWEL_DRIES_S)


def _minus(a: Point, b: Point) -> Point:
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])
