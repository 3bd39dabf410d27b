"""What sessions have to be ready for: panic, dissociation, the STOP, the headset that comes off, fainting.

Each begins where arousal has stood above a trait's threshold for some seconds, and no patient comes to it whose traits
do not say so. Sources: docs/virtual-patient.md.
"""

from __future__ import annotations

from vr_runtime.patient.traits import Traits


class Held:
    """How long arousal has been at a threshold, in seconds; falls back as it is below."""

    def __init__(self, threshold: float | None, for_s: float) -> None:
        self._threshold = threshold
        self._for_s = for_s
        self._s = 0.0

    def tick(self, dt: float, arousal: float) -> bool:
        """True in the tick in which it has been long enough; then it begins anew."""
        if self._threshold is None:
            return False
        self._s = self._s + dt if arousal >= self._threshold else max(0.0, self._s - dt)
        if self._s < self._for_s:
            return False
        self._s = 0.0
        return True


PANIC_RISE_S = 20.0
PANIC_S = 90.0
"""An abrupt surge that peaks within minutes (DSM-5); out of the situation it fades sooner."""
PANIC_FADES_S = 30.0


class Panic:
    """A surge of arousal to its top that no longer depends on the stimulus."""

    def __init__(self, traits: Traits) -> None:
        self._left = traits.panics
        self._held = Held(traits.panic_at, 4.0)
        self._still_s = 0.0
        self.surge = 0.0
        self.began = False
        """In this tick."""

    def tick(self, dt: float, exposed: bool, arousal: float) -> None:
        self.began = False
        if self._still_s > 0.0:
            self._still_s -= dt * (1.0 if exposed else 4.0)
            self.surge = min(1.0, self.surge + dt / PANIC_RISE_S)
        elif self.surge > 0.0:
            self.surge = max(0.0, self.surge - dt / PANIC_FADES_S)
        elif self._left > 0 and exposed and self._held.tick(dt, arousal):
            self._left -= 1
            self._still_s = PANIC_S
            self.began = True


SILENT_S = 300.0
GROUNDED_S = 40.0
"""So long out of the situation it takes to come back."""


class Silence:
    """Dissociation: no answer, no movement of the head but breath."""

    def __init__(self, traits: Traits) -> None:
        self._held = Held(traits.silent_at, 10.0)
        self._left_s = 0.0
        self._away_s = 0.0

    @property
    def now(self) -> bool:
        return self._left_s > 0.0

    def tick(self, dt: float, exposed: bool, arousal: float) -> None:
        if self._left_s > 0.0:
            self._left_s -= dt
            self._away_s = 0.0 if exposed else self._away_s + dt
            if self._away_s >= GROUNDED_S:
                self._left_s = 0.0
        elif exposed and self._held.tick(dt, arousal):
            self._left_s, self._away_s = SILENT_S, 0.0


OFF_S = 60.0


class Headset:
    """Taken off when it gets too much. The first time it is put on again after a minute in a neutral place."""

    def __init__(self, traits: Traits) -> None:
        self._held = Held(traits.leaves_at, 6.0)
        self._times = 0
        self._off_s = 0.0
        self.on = True

    def tick(self, dt: float, exposed: bool, arousal: float) -> None:
        if not self.on:
            self._off_s = 0.0 if exposed else self._off_s + dt
            self.on = self._times == 1 and self._off_s >= OFF_S
        elif exposed and self._held.tick(dt, arousal):
            self.on, self._off_s = False, 0.0
            self._times += 1


class StopButton:
    """Pressed when it gets too much, once: until the stimulus is gone it is not pressed again."""

    def __init__(self, traits: Traits) -> None:
        self._held = Held(traits.stops_at, 5.0)
        self._armed = True

    def tick(self, dt: float, exposed: bool, arousal: float) -> bool:
        """True in the tick in which it is pressed."""
        if not exposed:
            self._armed = True
        elif self._armed and self._held.tick(dt, arousal):
            self._armed = False
            return True
        return False


FRIGHT = 0.3
"""Arousal of the first fright, ..."""
FRIGHT_S = 45.0
"""... which after so long turns into the fall."""
FALL_S = 6.0
LIES_DOWN_S = 60.0


class Faint:
    """The heart's two phases in blood and injection phobia: up with the fright, then below rest.

    ``fall``: 0, or how far the drive of the heart is pulled from arousal to below rest, 0 to 1.
    """

    def __init__(self, traits: Traits) -> None:
        self._depth = traits.faints
        self._held = Held(FRIGHT if traits.faints > 0.0 else None, FRIGHT_S)
        self._falling = False
        self._away_s = 0.0
        self._share = 0.0

    @property
    def falling(self) -> bool:
        return self._falling

    def drive(self, arousal: float) -> float:
        """Of the heart: arousal, or towards ``-faints`` while it falls."""
        return arousal + self._share * (-self._depth - arousal) if self._share > 0.0 else arousal

    def tick(self, dt: float, exposed: bool, arousal: float) -> None:
        if self._falling:
            self._away_s = 0.0 if exposed else self._away_s + dt
            self._falling = self._away_s < LIES_DOWN_S
        elif exposed and self._held.tick(dt, arousal):
            self._falling, self._away_s = True, 0.0
        if self._falling:
            self._share = min(1.0, self._share + dt / FALL_S)
        elif self._share > 0.0:
            self._share = max(0.0, self._share - dt / (4.0 * FALL_S))
