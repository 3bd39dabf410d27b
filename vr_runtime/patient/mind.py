"""What the virtual patient believes, and what else it feels: disgust, the urge to wash, sickness.

None of it changes fear, movement or heart by itself. Sources: docs/virtual-patient.md.
"""

from __future__ import annotations

import math

from vr_runtime.patient.feeling import GENERALISATION, between
from vr_runtime.patient.memory import LEVELS, Memory
from vr_runtime.patient.traits import Traits

TRIAL_S = 300.0
"""So much attended exposure counts as one trial."""
SURPRISED_S = 60.0
"""So long nothing has to happen until the surprise about it is whole."""


class Belief:
    """That what is feared will happen: an expectancy by intensity, moved by its own error (Rescorla and Wagner 1972)."""

    def __init__(self, traits: Traits, memory: Memory | None) -> None:
        self._rate = traits.belief_rate
        first = [traits.belief * (0.3 + 0.7 * level / (LEVELS - 1)) for level in range(LEVELS)]
        self._levels = first
        if memory is not None:
            # part of the old belief comes back between sessions, as the fear does
            lost = traits.recovery
            self._levels = [
                kept + lost * (old - kept) for kept, old in zip(memory.belief, first, strict=True)
            ]
        self._intensity = 0.0
        self._before = 0.0
        self._attended_s = 0.0
        self._untold_s = 0.0
        self._happened = False
        self._exposed = False

    @property
    def levels(self) -> tuple[float, ...]:
        return tuple(self._levels)

    def now(self) -> float:
        """About the present intensity, or the last one that there was."""
        return between(self._levels, self._intensity)

    def at(self, intensity: float) -> float:
        return between(self._levels, intensity)

    @property
    def about(self) -> float:
        """The intensity that it is about now."""
        return self._intensity

    def surprise(self) -> float:
        """How far what happened is from what was expected, once there was time for it to happen."""
        if self._happened:
            return 1.0 - self._before
        return self._before * min(1.0, self._attended_s / SURPRISED_S)

    def tick(self, dt: float, exposed: bool, intensity: float, attention: float) -> None:
        begins, self._exposed = exposed and not self._exposed, exposed
        if not exposed:
            self._learn(0.0)
            return
        if begins or intensity != self._intensity:
            self._learn(0.0)
            self._intensity = min(1.0, max(0.0, intensity))
            self._before, self._attended_s, self._happened = self.now(), 0.0, False
        self._attended_s += dt * attention
        self._untold_s += dt * attention
        if self._untold_s >= 1.0:
            self._learn(0.0)

    def confirm(self) -> None:
        """What was feared happened, or felt as if it had (a panic): one whole trial that ended badly."""
        self._learn(0.0)
        self._happened = True
        self._untold_s = TRIAL_S
        self._learn(1.0)

    def _learn(self, outcome: float) -> None:
        """A trial moves the belief by rate * (outcome - belief); a part of one by its share."""
        share, self._untold_s = self._untold_s / TRIAL_S, 0.0
        if share <= 0.0:
            return
        for level in range(LEVELS):
            apart = (level / (LEVELS - 1) - self._intensity) / GENERALISATION
            alpha = 1.0 - (1.0 - self._rate) ** (share * math.exp(-0.5 * apart * apart))
            self._levels[level] += alpha * (outcome - self._levels[level])


URGE_S = 2400.0
"""Left alone, the urge falls to 37 % in this time (after Rachman, de Silva and Roper 1976)."""
WASHES_S = 8.0
"""... and in so many seconds of washing."""
GIVES_IN_AT = 0.45
RUBS_S = 9.0
RELIEF = 0.6
"""What is left of the urge when the hands were rubbed without water."""


class Urge:
    """To undo a contact. It rises with a touch, falls by itself, and sooner with the compulsion."""

    def __init__(self, traits: Traits) -> None:
        self._traits = traits
        self.level = 0.0
        self._chafes_s = 0.0
        self._rubs_left_s = 0.0
        self.compulsions = 0
        self.at_it = True
        """Its hands rub each other already: on the way to a tap no time of it passes."""
        self.in_water = False

    @property
    def rubbing(self) -> bool:
        """It gives in now: hands rub each other."""
        return self._rubs_left_s > 0.0

    def touched(self, intensity: float) -> None:
        self.level += (1.0 - self.level) * self._traits.urge * (0.3 + 0.7 * intensity)

    def washed(self, seconds: float) -> None:
        self.level *= math.exp(-max(0.0, seconds) / WASHES_S)

    def tick(self, dt: float) -> None:
        self.level -= self.level * dt / URGE_S
        if self._rubs_left_s > 0.0:
            self._rubs_left_s -= dt if self.at_it else 0.0
            if self._rubs_left_s <= 0.0 and not self.in_water:
                self.level *= RELIEF  # of a washing in water the scene tells
        elif self._traits.gives_in > 0.0 and self.level > GIVES_IN_AT:
            # it holds out for a while: the longer, the less readily it gives in
            self._chafes_s += dt * (self.level - GIVES_IN_AT)
            if self._chafes_s >= 2.0 / self._traits.gives_in:
                self._chafes_s, self._rubs_left_s = 0.0, RUBS_S
                self.compulsions += 1


SICKENS_S = 300.0
SETTLES_S = 900.0
STILL = 0.1
"""What a scene that does not move does, of what full motion does."""


class Sickness:
    """Cybersickness, 0 to 1: grows with time and the scene's motion, and takes longer to go."""

    def __init__(self, traits: Traits) -> None:
        self._susceptible = traits.sickness
        self.level = 0.0

    def tick(self, dt: float, exposed: bool, motion: float) -> None:
        if exposed:
            pull = self._susceptible * (STILL + (1.0 - STILL) * min(1.0, max(0.0, motion)))
            self.level += dt / SICKENS_S * pull * (1.0 - self.level)
        else:
            self.level -= dt / SETTLES_S * self.level
