"""Checking: going back to a device to look at it or to handle it once more (docs/measures.md).

Only stimuli that the manifest calls ``checkable`` are devices. The first episode of a step is the check that anybody
makes; those after it are counted.
"""

from __future__ import annotations

import math

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment, Seen
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.spans import Watched
from vr_runtime.protocol.deeds import LET_GO, TOUCHED
from vr_runtime.protocol.events import PatientDid
from vr_runtime.protocol.pose import Pose

_CHECK = ("check_near_m", "check_far_m", "check_look_s", "check_apart_s", "cone_deg", "cone_wide_deg")

DEFINITIONS = {
    "check": Definition("s", "head", "check/1", _CHECK, "each check after the first"),
    "check_count": Definition("count", "head", "check/1", _CHECK),
    "check_time": Definition("s", "head", "check/1", _CHECK),
    "check_returns": Definition("count", "head", "check/1", _CHECK),
    "inter_check_interval": Definition(
        "s", "head", "check/1", _CHECK, "end of step, with two episodes or more"
    ),
}

_TOLD_NS = 300_000_000
"""A touch is told of up to so long after it began or ended."""


class _Device:
    """One device in one step."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.watched = Watched()
        self.near = False
        self.look_ns: int | None = None
        """Since when the head has been near and towards it."""
        self.held: dict[str, int] = {}
        """Hands on it, and since when."""
        self.begin_ns: int | None = None
        """Of the episode under way, and the last moment in which it was looked at or handled."""
        self.last_ns = 0
        self.touched = False
        self.returned = False
        """Between this episode and the last the head was far away."""
        self.been_far = False
        self.begin_step()

    def begin_step(self) -> None:
        self.watched.begin_step()
        self.episodes = 0
        self.seconds = 0.0
        self.returns = 0
        self.gaps_s = 0.0
        self.least_gap_s = math.inf
        self.ended_ns: int | None = None
        self.been_far = False
        self.begin_ns = None
        self.look_ns = None


class Checking:
    """Of all devices of a scene."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        self._look_ns = round(settings.check_look_s * 1e9)
        self._apart_ns = round(settings.check_apart_s * 1e9)
        self._cos_in = math.cos(math.radians(settings.cone_deg))
        self._cos_out = math.cos(math.radians(settings.cone_wide_deg))
        self._devices: dict[str, _Device] = {}

    def begin_step(self) -> None:
        for device in self._devices.values():
            device.begin_step()

    def leave_scene(self) -> None:
        self._devices.clear()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns, devices = moment.t_ns, self._devices
        if moment.exposed:
            for one in moment.seen:
                if one.checkable:
                    self._look(one, moment, out)
        if not devices:
            return
        for deed in moment.deeds:
            device = devices.get(deed.thing)
            if device is not None:
                self._handle(device, deed, out)
        for name, device in devices.items():
            if not moment.exposed:
                self._release(device, t_ns, out)
                device.look_ns = None
                self._end(name, device, out)
            elif device.begin_ns is not None and not device.held:
                # a look that began in time counts only once it has lasted, a touch once it is told of
                look_ns, last_ns = device.look_ns, device.last_ns
                if look_ns is not None:
                    over = look_ns - last_ns >= self._apart_ns
                else:
                    over = not 0 <= t_ns - last_ns < self._apart_ns + _TOLD_NS
                if over:
                    self._end(name, device, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for name, device in self._devices.items():
            self._release(device, t_off_ns, out)
            self._end(name, device, out)
            onset_ns = device.watched.onset_ns
            if onset_ns is None or (device.watched.tracked_s <= 0.0 and not device.episodes):
                continue
            quality = device.watched.quality
            checks = max(0, device.episodes - 1)
            more = (("episodes", float(device.episodes)),)
            for marker, value in (
                ("check_count", float(checks)),
                ("check_time", device.seconds),
                ("check_returns", float(device.returns)),
            ):
                out.append((name, Found(marker, onset_ns, t_off_ns, value, quality, more)))
            if checks:
                more = (("least_s", device.least_gap_s), ("intervals", float(checks)))
                mean_s = device.gaps_s / checks
                out.append((name, Found("inter_check_interval", onset_ns, t_off_ns, mean_s, quality, more)))

    def _look(self, one: Seen, moment: Moment, out: list[tuple[str, Found]]) -> None:
        device = self._devices.get(one.id)
        if device is None:
            device = self._devices[one.id] = _Device(one.id)
        head, t_ns = moment.head, moment.t_ns
        device.watched.see(t_ns, moment.dt_s, head is not None)
        if head is None or moment.dt_s <= 0.0 or math.isnan(one.distance_m):
            device.look_ns = None
            return
        device.near = one.distance_m <= (self._s.check_far_m if device.near else self._s.check_near_m)
        if not device.near:
            device.been_far = True
        limit = self._cos_in if device.look_ns is None else self._cos_out
        if not (device.near and one.visible and _cosine(head, one.point) >= limit):
            device.look_ns = None
            return
        if device.look_ns is None:
            device.look_ns = t_ns
        if t_ns - device.look_ns >= self._look_ns:
            self._act(device, device.look_ns, t_ns, False, out)

    def _handle(self, device: _Device, deed: PatientDid, out: list[tuple[str, Found]]) -> None:
        """A hand did something to it: touched it, turned it, pressed it. What was tried in vain counts as well."""
        if deed.what == TOUCHED:
            device.held[deed.hand] = deed.t_on_ns
        elif deed.what == LET_GO:
            device.held.pop(deed.hand, None)
        self._act(device, deed.t_on_ns, max(deed.t_on_ns, deed.t_off_ns), True, out)

    def _release(self, device: _Device, t_ns: int, out: list[tuple[str, Found]]) -> None:
        """Hands that are still on it are on it until now."""
        for since_ns in device.held.values():
            self._act(device, since_ns, max(since_ns, t_ns), True, out)
        device.held.clear()

    def _act(
        self, device: _Device, begin_ns: int, end_ns: int, touched: bool, out: list[tuple[str, Found]]
    ) -> None:
        """It was looked at for long enough, or handled."""
        if device.begin_ns is not None and begin_ns - device.last_ns >= self._apart_ns:
            self._end(device.name, device, out)
        if device.begin_ns is None:
            device.begin_ns, device.last_ns, device.touched = begin_ns, end_ns, False
            device.returned, device.been_far = device.been_far, False
        device.begin_ns = min(device.begin_ns, begin_ns)
        device.last_ns = max(device.last_ns, end_ns)
        device.touched = device.touched or touched

    def _end(self, name: str, device: _Device, out: list[tuple[str, Found]]) -> None:
        begin_ns, end_ns = device.begin_ns, device.last_ns
        if begin_ns is None:
            return
        device.begin_ns = None
        device.episodes += 1
        before_ns, device.ended_ns = device.ended_ns, end_ns
        if device.episodes == 1 or before_ns is None:
            return
        gap_s = max(0, begin_ns - before_ns) / 1e9
        seconds = (end_ns - begin_ns) / 1e9
        device.gaps_s += gap_s
        device.least_gap_s = min(device.least_gap_s, gap_s)
        device.seconds += seconds
        device.returns += device.returned
        more = (("touched", float(device.touched)), ("returned", float(device.returned)), ("since_s", gap_s))
        out.append((name, Found("check", begin_ns, end_ns, seconds, 1.0, more)))


def _cosine(head: Pose, point: tuple[float, float, float]) -> float:
    fx, fy, fz = head.forward()
    x, y, z = point[0] - head.x, point[1] - head.y, point[2] - head.z
    length = math.sqrt(x * x + y * y + z * z)
    return (fx * x + fy * y + fz * z) / length if length > 1e-6 else 1.0
