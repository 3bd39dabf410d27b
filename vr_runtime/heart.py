"""The heart as the loop hears it: beats of any source, and how long there has been none."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from statistics import median

import numpy as np

from vr_runtime.protocol.events import EventBody, HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.sensors.port import HeartSource

RATE_BEATS = 5
TRUSTED_S = 5.0


class HeartFeed:
    """Polls a source once a frame and knows the age of the last good beat (by its arrival)."""

    def __init__(self, source: HeartSource) -> None:
        self._source = source
        self._last_ns: int | None = None
        self._started_ns: int | None = None
        self._rr_ms: deque[float] = deque(maxlen=RATE_BEATS)
        self._chosen: list[EventBody] = []
        self.name = source.name

    def use(self, source: HeartSource) -> None:
        """Hear another source from now on; the one before is closed. The loop's inputs tell of it in the next frame,
        and :meth:`follow` makes it true there: in a replay it is the recorded input that does."""
        self._source.close()
        self._chosen += self._source.changes()
        self._source = source
        self._chosen.append(HeartSourceChanged(source=source.name, state="chosen"))

    def follow(self, inputs: Iterable[EventBody], now_ns: int) -> None:
        """A source that was chosen begins anew: the age counts from now, and no beat of the one before counts."""
        for body in inputs:
            if isinstance(body, HeartSourceChanged) and body.state == "chosen":
                self.name = body.source
                self._last_ns, self._started_ns = None, now_ns
                self._rr_ms.clear()

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        if self._started_ns is None:
            self._started_ns = now_ns
        beats = self._source.poll(now_ns)
        for beat in beats:
            if beat.flag != BeatFlag.CONTACT_LOST:
                self._last_ns = beat.arrival_ns
            if beat.rr_ms is not None and beat.flag == BeatFlag.OK:
                self._rr_ms.append(beat.rr_ms)
        return beats

    def bpm(self, now_ns: int) -> float | None:
        """Heart rate from the median of the last five good intervals, beats a minute; None before there are five,
        and where none came for longer than ``TRUSTED_S``. For alarms; the measures have their own."""
        age_s = self.age_s(now_ns)
        if len(self._rr_ms) < RATE_BEATS or age_s is None or age_s > TRUSTED_S:
            return None
        return 60_000.0 / median(self._rr_ms)

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        """Of the source's other channels. Kept in the record; nothing in the session follows from them."""
        return self._source.samples(now_ns)

    def changes(self) -> tuple[EventBody, ...]:
        chosen, self._chosen = tuple(self._chosen), []
        return (*chosen, *self._source.changes())

    def age_s(self, now_ns: int) -> float | None:
        """Since the last good beat, or since the start where none came yet; None where no source is in use."""
        if self.name == "none":
            return None
        since = self._last_ns if self._last_ns is not None else self._started_ns
        return None if since is None else max(0.0, (now_ns - since) / 1e9)

    def close(self) -> None:
        self._source.close()


class RecordedHeart:
    """The beats of a record, each in the frame that heard of it. ``poll`` is called once a frame."""

    def __init__(self, name: str, beats: np.ndarray) -> None:
        self._name = name
        self._by_frame: dict[int, list[Beat]] = defaultdict(list)
        self._frame = 0
        for row in beats:
            rr_ms, bpm = float(row["rr_ms"]), float(row["bpm"])
            self._by_frame[int(row["frame"])].append(
                Beat(
                    int(row["t_ns"]),
                    int(row["arrival_ns"]),
                    None if np.isnan(rr_ms) else rr_ms,
                    None if np.isnan(bpm) else bpm,
                    int(row["flag"]),
                )
            )

    @property
    def name(self) -> str:
        return self._name

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        self._frame += 1
        return tuple(self._by_frame.pop(self._frame, ()))

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return ()

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        return ()

    def close(self) -> None:
        pass


class RecordedChannels:
    """The samples of a record's other channels, each in the frame that heard of it. ``samples`` is called once a frame.

    They are recorded again in a replay, so that every entry that follows gets its number.
    """

    name = "recorded"

    def __init__(self, channels: Mapping[str, np.ndarray]) -> None:
        self._by_frame: dict[int, list[ChannelSample]] = defaultdict(list)
        self._frame = 0
        for channel, rows in channels.items():
            for row in rows:
                self._by_frame[int(row["frame"])].append(
                    ChannelSample(
                        channel,
                        int(row["t_ns"]),
                        int(row["arrival_ns"]),
                        int(row["sensor_ns"]),
                        float(row["value"]),
                        int(row["flag"]),
                    )
                )

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        self._frame += 1
        return tuple(self._by_frame.pop(self._frame, ()))

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        return ()

    def close(self) -> None:
        pass
