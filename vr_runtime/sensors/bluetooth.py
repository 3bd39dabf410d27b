"""Heart-rate straps over Bluetooth Low Energy, behind the port.

The sensors' thread keeps the connection and puts what it hears into a queue, with its arrival on the runtime's
clock. The loop's thread empties the queue once a frame and makes beats of it; it never waits.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.sensors import bluetooth_link, heart_packet
from vr_runtime.sensors import polar_packet as polar
from vr_runtime.sensors.bluetooth_link import Radio, StrapLink, Told
from vr_runtime.sensors.clock import MAX_SILENCE_NS, BeatClock
from vr_runtime.sensors.heart_packet import HeartPacket, parse_heart_packet
from vr_runtime.sensors.sampled import SampledClock
from vr_runtime.sensors.thread import SensorThread

PREFIX = "ble:"


class BluetoothHeart:
    """Beats (and, of a Polar H10, the ECG) of one strap, named by its address or its name.

    It is searched for and connected to beside the loop, and again whenever it is lost, until :meth:`close`.

    Args:
        wanted: ``24:AC:AC:01:02:03``, ``Polar H10 1A2B3C4D``, or the beginning of a name that only one strap has.
        now_ns: the runtime's clock; called from the sensors' thread.
        radio: how to reach Bluetooth; None: the platform's own.
        ecg: take the ECG where the strap has one.
    """

    def __init__(
        self,
        wanted: str,
        now_ns: Callable[[], int],
        radio: Radio | None = None,
        ecg: bool = True,
    ) -> None:
        radio = bluetooth_link.PLATFORM if radio is None else radio
        self.name = PREFIX + wanted
        self._heard: deque[Told] = deque()
        self._beats: list[Beat] = []
        self._samples: list[ChannelSample] = []
        self._changes: list[HeartSourceChanged] = []
        self._clock = BeatClock()
        self._ecg_clock = SampledClock("ecg", polar.RATE_HZ)
        self._rr_ns: int | None = None
        self._no_contact = False
        self._garbled = False
        self.problems: Counter[str] = Counter()
        """How often something in a packet did not follow its specification, by name."""
        self._closed = False
        self._own_thread = SensorThread() if radio.thread is None else None
        thread = radio.thread or self._own_thread
        assert thread is not None
        self._link: Future[None] = thread.run(StrapLink(wanted, radio, now_ns, self._heard.append, ecg).run())

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        self._drain(now_ns)
        beats = tuple(self._beats)
        self._beats.clear()
        return beats

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        self._drain(now_ns)
        samples = tuple(self._samples)
        self._samples.clear()
        return samples

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        if not self._changes:
            return ()
        changes = tuple(self._changes)
        self._changes.clear()
        return changes

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._link.cancel()
        if self._own_thread is not None:
            self._own_thread.close_soon()
        for waiting in (self._heard, self._beats, self._samples):
            waiting.clear()

    # ------------------------------------------------------------------ what was heard

    def _drain(self, now_ns: int) -> None:
        heard = self._heard
        while heard and heard[0].arrival_ns <= now_ns and not self._closed:
            told = heard.popleft()
            if told.what == "heart":
                self._heart(told.arrival_ns, parse_heart_packet(told.data))
            elif told.what == "ecg":
                self._ecg(told)
            else:
                self._changed(told)

    def _heart(self, arrival_ns: int, packet: HeartPacket) -> None:
        self._count(packet.problems, heart_packet.PROBLEMS)
        bpm = None if packet.bpm is None else float(packet.bpm)
        if packet.contact is False:
            self._contact(False)
            self._beats.append(self._clock.rate(arrival_ns, None, BeatFlag.CONTACT_LOST))
            return
        if packet.contact:
            self._contact(True)
        if packet.rr_ms:
            self._rr_ns = arrival_ns
            self._beats += self._clock.packet(arrival_ns, packet.rr_ms, bpm)
        elif bpm is not None and (self._rr_ns is None or arrival_ns - self._rr_ns > MAX_SILENCE_NS):
            # between two slow beats a strap tells no interval either; only a longer silence makes it a mere rate
            self._beats.append(self._clock.rate(arrival_ns, bpm))

    def _contact(self, found: bool) -> None:
        if found is not self._no_contact:
            return
        self._no_contact = not found
        if found:
            self._change("contact_found")
        else:
            self._change("contact_lost", "the strap does not touch skin: wet it and pull it tighter")

    def _ecg(self, told: Told) -> None:
        frame = polar.parse_ecg_frame(told.data)
        self._count(tuple(f"ecg_{problem}" for problem in frame.problems), {})
        if not frame.microvolts:
            return
        samples = self._ecg_clock.frame(told.arrival_ns, frame.sensor_ns, frame.microvolts)
        if self._no_contact:
            lost = ChannelFlag.CONTACT_LOST
            samples = tuple(one._replace(flag=lost) if one.flag == ChannelFlag.OK else one for one in samples)
        self._samples += samples

    def _changed(self, told: Told) -> None:
        if told.what in ("started", "reconnecting"):
            self._clock.new_segment()
            self._ecg_clock.new_segment()
            self._garbled = False
        self._change(told.what, told.message)

    def _count(self, problems: tuple[str, ...], meanings: dict[str, str]) -> None:
        """Count what was wrong with a packet, and say so once in a connection."""
        self.problems.update(problems)
        if problems and not self._garbled:
            self._garbled = True
            said = "; ".join(meanings.get(problem, problem.replace("_", " ")) for problem in problems)
            self._change("garbled", f"a packet does not follow the specification ({said})")

    def _change(self, state: str, message: str = "") -> None:
        self._changes.append(
            HeartSourceChanged.model_validate({"source": self.name, "state": state, "message": message})
        )
