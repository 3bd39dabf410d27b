"""A pose in the tracked space: metres, right-handed, Z up, +Y forward; quaternion (x, y, z, w)."""

from __future__ import annotations

from typing import NamedTuple


class Pose(NamedTuple):
    """Position and orientation; the identity quaternion looks along +Y. The origin lies on the floor."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    qx: float = 0.0
    qy: float = 0.0
    qz: float = 0.0
    qw: float = 1.0

    def forward(self) -> tuple[float, float, float]:
        """Unit vector of the looking direction: the quaternion applied to +Y."""
        x, y, z, w = self.qx, self.qy, self.qz, self.qw
        return (2.0 * (x * y - w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z + w * x))


class Hands(NamedTuple):
    """Left and right hand (grip); None where a hand is not tracked."""

    left: Pose | None = None
    right: Pose | None = None


class StimulusReading(NamedTuple):
    """Where one stimulus is now, in the tracked space. ``index`` counts the manifest's stimuli from 0."""

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    distance_m: float
    point: tuple[float, float, float]
    visible: bool
    touchable: bool = False
    """Hands can touch it there; not recorded."""


class Beat(NamedTuple):
    """One heart beat. ``rr_ms`` is the interval that ended with it (None: unknown), ``flag`` a BeatFlag."""

    t_ns: int
    arrival_ns: int
    rr_ms: float | None
    bpm: float | None
    flag: int
