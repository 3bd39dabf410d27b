"""From frames of evenly taken samples to samples with times: the sensor's own clock on the runtime's."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from vr_runtime.protocol.pose import ChannelSample
from vr_runtime.protocol.streams import ChannelFlag

FRAMES = 120
"""Frames among which the quickest is looked for: about a minute, so that the clocks' drift is followed."""

SLEW = 2e-4
"""The offset grows by no more than this share of time: quicker than crystals drift, too slow to bend a curve."""

TOLERANCE = 0.05
"""A frame follows on the one before if the time between their ends is that of its samples, to this share."""


class SampledClock:
    """Times for samples of which a frame tells the last one's on the sensor's clock (ns).

    The offset between the clocks is taken from the frame that took the least time to arrive, as no sample can
    lie after its frame. Times rise strictly and never lie after the arrival.
    """

    def __init__(self, channel: str, rate_hz: float) -> None:
        self._channel = channel
        self._period_ns = 1e9 / rate_hz
        self._delays: deque[int] = deque(maxlen=FRAMES)
        self._offset_ns: float = 0.0
        self._last_sensor_ns: int | None = None
        self._arrival_ns = 0
        self._t_ns: int | None = None
        self.gaps = 0
        """Frames that did not follow on the one before."""
        self.ignored = 0
        """Frames whose time was that of one told before, or earlier by less than would be a new start."""

    def new_segment(self) -> None:
        """The sensor was lost; its clock may have been set anew."""
        self._last_sensor_ns = None
        self._delays.clear()

    def frame(self, arrival_ns: int, sensor_ns: int, values: Sequence[float]) -> tuple[ChannelSample, ...]:
        """The samples of one frame, the oldest first. ``sensor_ns`` is the last one's."""
        n = len(values)
        if not n:
            return ()
        before = self._last_sensor_ns
        if before is not None and before - 1_000_000_000 < sensor_ns <= before:
            self.ignored += 1
            return ()
        period = self._period_ns
        fresh = before is None
        if before is not None:
            told = (sensor_ns - before) / n
            if abs(told - period) <= TOLERANCE * period:
                period = told
            else:
                fresh = True
                self.gaps += 1
                if sensor_ns < before:
                    self._delays.clear()
        self._place(arrival_ns, sensor_ns)
        samples: list[ChannelSample] = []
        for i, value in enumerate(values):
            of_sample = sensor_ns - round((n - 1 - i) * period)
            t_ns = min(arrival_ns, of_sample + round(self._offset_ns))
            if self._t_ns is not None and t_ns <= self._t_ns:
                t_ns = self._t_ns + 1
            self._t_ns = t_ns
            flag = ChannelFlag.GAP if fresh and i == 0 else ChannelFlag.OK
            samples.append(ChannelSample(self._channel, t_ns, arrival_ns, of_sample, float(value), flag))
        self._last_sensor_ns = sensor_ns
        return tuple(samples)

    def _place(self, arrival_ns: int, sensor_ns: int) -> None:
        began = not self._delays
        self._delays.append(arrival_ns - sensor_ns)
        least = min(self._delays)
        if began:
            self._offset_ns = least
        else:
            self._offset_ns = min(least, self._offset_ns + SLEW * (arrival_ns - self._arrival_ns))
        self._arrival_ns = arrival_ns
