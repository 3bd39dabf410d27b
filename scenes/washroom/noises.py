"""What is heard in the washroom: room tone, water, what hands set off, other people, and the therapist's triggers.

Nothing here is sudden: single sounds are as loud as in a quiet room and come from where they are made.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from scenes.washroom import objects
from vr_runtime.stage.scene import SoundCue

Point = tuple[float, float, float]

NEXT_DOOR: Point = (-1.3, 3.0, 0.6)
"""In the second cubicle."""
DOORWAY: Point = (objects.DOOR_X, objects.ROOM_Y[0], 1.0)


class Kind(NamedTuple):
    """Of a sound: how long it is asked for (s; at least as long as its file, or as it is to be heard where the file
    loops), how loud it is at ``near_m`` (m)."""

    seconds: float
    gain: float
    near_m: float = 0.5
    loop: bool = False


KINDS: dict[str, Kind] = {
    "cough": Kind(2.5, 0.5, 1.0),
    "door": Kind(3.0, 0.5, 1.0),
    "drip": Kind(12.0, 0.3, loop=True),
    "dryer": Kind(10.0, 0.5, 1.0, loop=True),
    "flush": Kind(9.0, 0.55),
    "lid": Kind(1.2, 0.4),
    "pump": Kind(1.0, 0.35),
    "steps": Kind(5.0, 0.4, 1.0),
    "towel": Kind(1.5, 0.4),
}
WALL_DAMP = 0.25
"""What is in the next cubicle is heard over its partition."""

TRIGGERS: dict[str, tuple[tuple[str, Point], ...]] = {
    "cough": (("cough", NEXT_DOOR),),
    "neighbour_flush": (("flush", NEXT_DOOR),),
    "drip": (("drip", (objects.SPOUT_X, objects.BASINS_Y[1], objects.COUNTER_Z)),),
    "someone_enters": (("door", DOORWAY), ("steps", (-0.8, -0.6, 0.1))),
    "dryer": (("dryer", (0.6, objects.ROOM_Y[1], 1.2)),),
}

EVERY_S = (25.0, 70.0)
"""Another person is heard so often: at least, at most."""


class Noise(NamedTuple):
    key: str
    name: str
    position: Point
    until_s: float


class Noises:
    """Sounds under way. Other people's come at random from the scene's generator."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._next_s = rng.uniform(6.0, 15.0)
        self._playing: list[Noise] = []
        self.count = 0
        """Single sounds so far."""

    def sound(self, name: str, position: Point, t_s: float) -> None:
        self.count += 1
        self._playing.append(Noise(f"{name}-{self.count}", name, position, t_s + KINDS[name].seconds))

    def fire(self, trigger: str, t_s: float) -> None:
        for name, position in TRIGGERS.get(trigger, ()):
            self.sound(name, position, t_s)

    def update(self, t_s: float, others: int) -> None:
        if self._playing:
            self._playing = [noise for noise in self._playing if t_s < noise.until_s]
        if not others:
            self._next_s = max(self._next_s, t_s + 6.0)
        elif t_s >= self._next_s:
            name = self._rng.choice(("cough", "steps", "towel"))
            place = self._rng.choice((NEXT_DOOR, (0.9, 3.0, 0.8)))
            self._next_s = t_s + self._rng.uniform(*EVERY_S) / others
            self.sound(name, place, t_s)

    def cues(self, level: float, running: tuple[str, ...]) -> tuple[SoundCue, ...]:
        """Everything heard now; ``level`` 0 to 1 for all of it, ``running``: taps with water."""
        if level <= 0.0:
            return ()
        cues = [SoundCue("tone", "sounds/washroom_tone.ogg", 0.4 * level, True)]
        for tap in running:
            sound = objects.BY_ID[tap].sound
            cues.append(SoundCue(f"water-{tap}", "sounds/tap.ogg", 0.45 * level, True, sound, 0.4))
        for noise in self._playing:
            kind = KINDS[noise.name]
            damp = WALL_DAMP if noise.position == NEXT_DOOR else 0.0
            file = f"sounds/{noise.name}.ogg"
            cues.append(
                SoundCue(noise.key, file, kind.gain * level, kind.loop, noise.position, kind.near_m, damp)
            )
        return tuple(cues)
