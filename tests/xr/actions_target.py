"""Runs inside the lab: reads Palier's actions from Monado while the remote driver moves hands and presses buttons.
Prints one JSON object; tests/xr/test_actions.py looks at it. No graphics: XR_MND_headless."""

from __future__ import annotations

import json
import math
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, byref, cast
from typing import Any

import xr

from tests.helpers.remote_driver import RemoteDriver
from vr_runtime.display.openxr.actions import Actions
from vr_runtime.display.openxr.bindings import WANTED_EXTENSIONS
from vr_runtime.display.openxr.controls import Controls
from vr_runtime.display.openxr.joints import BareHands
from vr_runtime.protocol.pose import Pose

POSES = 60
PATIENCE_S = 20.0


class Watch:
    """A session without graphics whose actions are read by hand."""

    def __init__(self) -> None:
        offered = {one.extension_name.decode() for one in xr.enumerate_instance_extension_properties()}
        names = [
            name
            for name in ("XR_MND_headless", "XR_KHR_convert_timespec_time", *WANTED_EXTENSIONS)
            if name in offered
        ]
        self.instance = xr.create_instance(xr.InstanceCreateInfo(enabled_extension_names=names))
        system = xr.get_system(
            self.instance, xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY)
        )
        self.actions = Actions(self.instance, frozenset(names), system)
        self.session = xr.create_session(self.instance, xr.SessionCreateInfo(system_id=system))
        self.actions.attach(self.session)
        self.space = xr.create_reference_space(
            self.session, xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.STAGE)
        )
        self._to_xr_time = cast(
            xr.get_instance_proc_addr(self.instance, "xrConvertTimespecTimeToTimeKHR"),
            xr.PFN_xrConvertTimespecTimeToTimeKHR,
        )
        self.state = xr.SessionState.UNKNOWN
        deadline = time.monotonic() + PATIENCE_S
        while self.state != xr.SessionState.FOCUSED:
            self.events()
            time.sleep(0.005)
            if time.monotonic() > deadline:
                raise TimeoutError(f"the session stayed {self.state}")

    def now(self) -> int:
        ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        moment, converted = xr.timespec(ns // 10**9, ns % 10**9), xr.Time(0)
        self._to_xr_time(self.instance, byref(moment), byref(converted))
        return converted.value

    def events(self) -> None:
        while True:
            try:
                event = xr.poll_event(self.instance)
            except xr.exception.EventUnavailable:
                return
            if event.type == xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED.value:
                changed = cast(byref(event), POINTER(xr.EventDataSessionStateChanged)).contents
                self.state = xr.SessionState(changed.state)
                if self.state == xr.SessionState.READY:
                    xr.begin_session(
                        self.session,
                        xr.SessionBeginInfo(
                            primary_view_configuration_type=xr.ViewConfigurationType.PRIMARY_STEREO
                        ),
                    )
            elif event.type == xr.StructureType.EVENT_DATA_INTERACTION_PROFILE_CHANGED.value:
                self.actions.refresh_profiles()

    def read(self) -> Controls:
        self.events()
        return self.actions.read(self.session, self.space, self.now())

    def close(self) -> None:
        self.actions.close()
        self.actions.close()
        xr.destroy_session(self.session)
        xr.destroy_instance(self.instance)


@contextmanager
def watching() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.close()


def settled(watch: Watch, seconds: float = 0.15) -> list[Controls]:
    """What is read while what was sent arrives: some frames."""
    until, seen = time.monotonic() + seconds, list[Controls]()
    while time.monotonic() < until:
        seen.append(watch.read())
        time.sleep(0.005)
    return seen


def random_pose(rng: random.Random) -> Pose:
    turn = [rng.gauss(0, 1) for _ in range(4)]
    length = math.sqrt(sum(part * part for part in turn))
    place = (rng.uniform(-1, 1), rng.uniform(-1, 1), rng.uniform(0.2, 2.0))
    return Pose(*place, *(part / length for part in turn))


def apart(sent: Pose, read: Pose | None) -> tuple[float, float]:
    """Millimetres and degrees."""
    if read is None:
        return (math.inf, math.inf)
    dot = abs(sum(a * b for a, b in zip(sent[3:], read[3:], strict=True)))
    lengths = math.hypot(*sent[3:]) * math.hypot(*read[3:])
    return math.dist(sent[:3], read[:3]) * 1000, math.degrees(2 * math.acos(min(1.0, dot / lengths)))


def followed(watch: Watch, driver: RemoteDriver) -> list[list[float]]:
    """Both hands to random places; how far off each was read."""
    rng, found = random.Random(7), list[list[float]]()
    for _ in range(POSES):
        left, right = random_pose(rng), random_pose(rng)
        with driver.together():
            driver.hand("left", left)
            driver.hand("right", right)
        deadline = time.monotonic() + 2.0
        while True:
            grips = watch.read().grips
            errors = [*apart(left, grips.left), *apart(right, grips.right)]
            if max(errors) < 0.1 or time.monotonic() > deadline:
                break
            time.sleep(0.002)
        found.append(errors)
    return found


def scenario(watch: Watch, driver: RemoteDriver) -> dict[str, Any]:
    result: dict[str, Any] = {"refused": watch.actions.refused}
    for side in ("left", "right"):
        driver.set(side, hand_tracking_active=False)
        driver.hand(side, Pose(0.2, 0.4, 1.0))
    result["at rest"] = [bool(c.stop or c.end or c.select or any(c.stick) or c.eye) for c in settled(watch)]
    result["profiles"] = watch.read().profiles
    result["poses"] = followed(watch, driver)
    result["stop"] = {}
    for side in ("left", "right"):
        driver.press(side, "b")
        held = settled(watch)
        driver.press(side, "b", down=False)
        result["stop"][side] = sum(c.stop for c in [*held, *settled(watch)])
    result["twice"] = 0
    for _ in range(2):
        driver.press("right", "b")
        held = settled(watch)
        driver.press("right", "b", down=False)
        result["twice"] += sum(c.stop for c in [*held, *settled(watch)])
    driver.press("right", "trigger")
    held = settled(watch)
    driver.press("right", "trigger", down=False)
    seen = [*held, *settled(watch)]
    result["select"] = [sum(c.select for c in seen), sum(c.stop for c in seen)]
    driver.set("left", stick=(0.5, -0.25))
    driver.set("right", stick=(0.0, 0.1))
    result["stick"] = settled(watch)[-1].stick
    for side in ("left", "right"):
        driver.set(side, stick=(0.0, 0.0), squeeze=1.0, squeeze_force=1.0)
    result["squeezed"] = sum(c.stop or c.select or c.end for c in settled(watch))
    with driver.together():
        for side in ("left", "right"):
            driver.press(side, "b")
    begin, chord = time.monotonic(), list[tuple[float, Controls]]()
    while time.monotonic() - begin < 2.6:
        chord.append((time.monotonic() - begin, watch.read()))
        time.sleep(0.005)
    result["end"] = [at for at, c in chord if c.end]
    result["stops of the chord"] = sum(c.stop for _, c in chord)
    for side in ("left", "right"):
        driver.press(side, "b", down=False)
    driver.hand("left", None)
    last = settled(watch)[-1]
    result["left off"] = [last.grips.left, last.aims.left, last.grips.right is not None]
    driver.hand("left", Pose(0.1, 0.2, 1.3))
    result["left on again"] = settled(watch)[-1].grips.left
    result["bare"] = bare_hands(watch, driver)
    return result


def bare_hands(watch: Watch, driver: RemoteDriver) -> list[list[Any]]:
    """Monado makes joints from where its controllers are; the grip worked out from them, beside the controller's."""
    hands = BareHands(watch.instance, watch.session)
    for side in ("left", "right"):
        driver.set(side, hand_tracking_active=True)
        driver.hand(side, Pose(0.2, 0.4, 1.0))
    settled(watch)
    grips = watch.read().grips
    found = hands.read(watch.space, watch.now(), (False, False))
    hands.close()
    return [[grip, hand.grip, hand.aim] for grip, hand in zip(grips, found, strict=True)]


def main() -> int:
    with watching() as watch, RemoteDriver(int(os.environ["PALIER_XR_REMOTE_PORT"])) as driver:
        result = scenario(watch, driver)
    sys.stdout.write("\n" + json.dumps(result) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
