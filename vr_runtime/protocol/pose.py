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


class WashPlace(NamedTuple):
    """Where hands can be washed, in the tracked space; told to a virtual patient, never recorded."""

    tap: tuple[float, float, float]
    """Where a hand takes the tap, shut, ..."""
    opened: tuple[float, float, float]
    """... and where it has to take it to, so that it is open."""
    water: tuple[float, float, float]
    """Where hands are in the water."""
    runs: bool
    """Water runs there now."""


class Beat(NamedTuple):
    """One heart beat. ``rr_ms`` is the interval that ended with it (None: unknown), ``flag`` a BeatFlag."""

    t_ns: int
    """On the runtime's clock, rebuilt."""
    arrival_ns: int
    """When what told of it arrived."""
    rr_ms: float | None
    bpm: float | None
    flag: int
    sensor_ns: int = 0
    """On the sensor's own clock; where it tells intervals alone, their sum."""
    error_ms: float | None = None
    """Estimated error of ``t_ns``, one standard deviation; None: not known."""


class ChannelSample(NamedTuple):
    """One sample of a plain channel of the body (``streams.CHANNELS``), in the channel's unit."""

    channel: str
    t_ns: int
    arrival_ns: int
    sensor_ns: int
    value: float
    flag: int
