"""Heart-rate sources behind one port."""

from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.file import FileHeart, read_rr
from vr_runtime.sensors.port import HeartSource, NoHeart
from vr_runtime.sensors.simulated import SimulatedHeart
from vr_runtime.sensors.sources import open_heart, start_searches

__all__ = [
    "FileHeart",
    "HeartSource",
    "NoHeart",
    "SensorError",
    "SensorReason",
    "SimulatedHeart",
    "open_heart",
    "read_rr",
    "start_searches",
]
