"""Heart sources and other channels of the body, behind one port."""

from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.file import FileHeart, read_rr
from vr_runtime.sensors.port import ChannelSource, HeartSource, NoHeart
from vr_runtime.sensors.simulated import SimulatedHeart
from vr_runtime.sensors.sources import ECG, one_source_each, open_channel, open_heart, start_searches

__all__ = [
    "ECG",
    "ChannelSource",
    "FileHeart",
    "HeartSource",
    "NoHeart",
    "SensorError",
    "SensorReason",
    "SimulatedHeart",
    "one_source_each",
    "open_channel",
    "open_heart",
    "read_rr",
    "start_searches",
]
