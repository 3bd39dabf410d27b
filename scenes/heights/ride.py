"""The lift's motion: it follows the height that the session asks for, smoothly, and never moves by itself."""

from __future__ import annotations

from math import ceil, sqrt

FASTEST_M_S = 2.0
ACCELERATION_M_S2 = 0.5
"""Never more than this, speeding up or slowing down."""
BRAKE_M_S2 = 0.42
"""How hard it plans to brake: less than it may, so that it need not be exact to the frame."""
CREEP_M_S = 0.3
"""Speed of the last bit of way when the lift's speed has been set to nothing."""
JUMP_M = 0.5
"""A height that changes by more than this at once was changed behind a blink."""
TICK_S = 1.0 / 120.0


class Ride:
    """Height (m) and speed (m/s, upwards) of the cabin."""

    __slots__ = ("height", "speed")

    def __init__(self, height: float = 0.0) -> None:
        self.height = height
        self.speed = 0.0

    def jump(self, height: float) -> None:
        """Stand there at once: only where it is not seen."""
        self.height, self.speed = height, 0.0

    def still(self) -> None:
        """The scene is frozen: the cabin stands, and will start from rest."""
        self.speed = 0.0

    def follow(self, wanted: float, fastest: float, dt_s: float) -> None:
        """Let ``dt_s`` pass on the way to ``wanted`` (m) at no more than ``fastest`` (m/s)."""
        fastest = min(max(fastest, CREEP_M_S), FASTEST_M_S)
        ticks = max(1, ceil(dt_s / TICK_S - 1e-9))
        tick = dt_s / ticks
        for _ in range(ticks):
            left = wanted - self.height
            if abs(left) < 1e-3 and abs(self.speed) <= ACCELERATION_M_S2 * tick:
                self.height, self.speed = wanted, 0.0
                return
            # the way that this tick still takes counts, or it would brake a tick too late
            room = max(abs(left) - abs(self.speed) * tick, 0.0)
            aim = min(fastest, sqrt(2.0 * BRAKE_M_S2 * room)) * (1.0 if left > 0.0 else -1.0)
            most = ACCELERATION_M_S2 * tick
            self.speed += min(max(aim - self.speed, -most), most)
            self.height += self.speed * tick
