"""Straps in reach are listed with what opens them; what stands in the way of Bluetooth is said in plain words."""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import replace

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakDeviceNotFoundError,
    BleakError,
)
from typer.testing import CliRunner

from tests.helpers.strap_room import OTHER, RIGHT, Place
from vr_runtime import doctor
from vr_runtime.cli import app
from vr_runtime.heart import HeartFeed
from vr_runtime.sensors import NoHeart, bluetooth_link, open_heart, start_searches
from vr_runtime.sensors.bluetooth import BluetoothHeart
from vr_runtime.sensors.bluetooth_link import Radio
from vr_runtime.sensors.bluetooth_search import BluetoothSearch
from vr_runtime.sensors.bluetooth_words import trouble
from vr_runtime.sensors.port import FoundSensor


def test_a_search_lists_heart_straps_and_nothing_else(place: Place) -> None:
    place.strap("Polar H10 1A2B3C4D", ecg=True)
    place.strap("HRM-Dual", OTHER)
    place.strap("Thermometer", "C4:AC:AC:00:00:03", heart=False)
    search = BluetoothSearch(30.0, place.radio)
    place.until(lambda: len(search.found()) == 2, "for two straps")
    assert not search.over
    assert sorted(search.found()) == [
        FoundSensor(f"ble:{RIGHT}", "Polar H10 1A2B3C4D", ("heart", "ecg"), -50),
        FoundSensor(f"ble:{OTHER}", "HRM-Dual", ("heart",), -50),
    ]
    search.close()
    search.close()
    assert search.over
    assert search.problem == ""
    place.until(lambda: not place.central.device.is_scanning, "for the search to end")


def test_a_search_is_over_when_its_time_is(place: Place) -> None:
    search = BluetoothSearch(0.2, place.radio)
    place.until(lambda: search.over, "for its end")
    assert search.found() == ()
    assert search.problem == ""
    assert not place.central.device.is_scanning


def test_what_is_found_can_be_opened(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluetooth_link, "PLATFORM", place.radio)
    strap = place.strap()
    search, *others = start_searches(30.0)
    for other in others:
        other.close()
    place.until(lambda: bool(search.found()), "for the strap")
    source = open_heart(search.found()[0].spec, now_ns=time.perf_counter_ns)
    search.close()
    place.until(strap.heard, "for a subscriber")
    assert source.name == f"ble:{RIGHT}"
    source.close()
    place.until(lambda: not strap.connections, "for the strap to be let go")


def test_the_command_lists_what_is_found(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bluetooth_link, "PLATFORM", place.radio)
    place.strap()
    said = CliRunner().invoke(app, ["sensors", "--seconds", "1"])
    assert said.exit_code == 0
    assert f"ble:{RIGHT}  Polar H10 1A2B3C4D  (heart, ecg)  -50 dBm" in said.stdout
    said = CliRunner().invoke(app, ["sensors", "--seconds", "1", "--json"])
    assert json.loads(said.stdout) == [
        {"spec": f"ble:{RIGHT}", "name": "Polar H10 1A2B3C4D", "tells": ["heart", "ecg"], "signal": -50}
    ]


def test_the_command_and_the_doctor_say_why_nothing_can_be_found(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluetooth_link, "PLATFORM", place.radio)
    reason = BleakBluetoothNotAvailableReason.NO_BLUETOOTH
    place.central.unavailable = BleakBluetoothNotAvailableError("none", reason)
    said = CliRunner().invoke(app, ["sensors", "--seconds", "1"])
    assert said.exit_code == 1
    assert said.stdout == ""
    finding = doctor._bluetooth()  # pyright: ignore[reportPrivateUsage]
    assert (finding.good, finding.optional) == (False, True)
    assert "no Bluetooth adapter" in finding.remedy
    place.central.unavailable = None
    assert doctor._bluetooth().good  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize("reason", BleakBluetoothNotAvailableReason)
def test_every_reason_why_bluetooth_is_not_there_says_what_to_do(
    reason: BleakBluetoothNotAvailableReason,
) -> None:
    said = trouble(BleakBluetoothNotAvailableError("x", reason), "Polar H10")
    verbs = ("plug", "switch", "allow")
    assert any(verb in said for verb in verbs)
    assert reason.name not in said


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (BleakDBusError("org.freedesktop.DBus.Error.ServiceUnknown", []), "systemctl start bluetooth"),
        (BleakDBusError("org.bluez.Error.NotReady", ["Resource Not Ready"]), "switch Bluetooth on"),
        (BleakDBusError("org.bluez.Error.Failed", ["dev_C4_AC"]), "org.bluez.Error.Failed"),
        (BleakDeviceNotFoundError(RIGHT, f"{RIGHT} was not found"), "wet the electrodes"),
        (TimeoutError(), "come closer"),
        (BleakError(f"secret of {RIGHT}"), "switch Bluetooth off and on"),
        (OSError("x"), "switch Bluetooth off and on"),
        (ModuleNotFoundError("x", name="dbus_fast"), "dbus_fast"),
        (ValueError("72"), "ValueError"),
    ],
)
def test_what_the_system_says_becomes_a_sentence_that_helps(problem: Exception, said: str) -> None:
    words = trouble(problem, "Polar H10")
    assert said in words
    assert RIGHT not in words
    assert "72" not in words


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus is Linux's")
def test_a_linux_without_d_bus_is_told_what_to_install() -> None:
    assert "apt-get install dbus bluez" in trouble(FileNotFoundError(2, "No such file"), "Polar H10")


def test_neither_opening_nor_closing_a_source_makes_the_loop_wait(place: Place) -> None:
    """A radio that hangs must not hold up a frame: the source is opened and closed beside the loop."""

    began, release = threading.Event(), threading.Event()

    class Hanging(place.central.Scanner):  # type: ignore[misc, name-defined]
        async def start(self) -> None:
            began.set()
            assert release.wait(20.0)

    radio = replace(place.radio, scanner=Hanging, thread=None)
    feed = HeartFeed(BluetoothHeart("x", time.perf_counter_ns, radio))
    assert began.wait(20.0)
    assert feed.poll(time.perf_counter_ns()) == ()
    assert [change.state for change in feed.changes()] == ["connecting"]  # type: ignore[attr-defined]
    feed.use(NoHeart())
    assert feed.poll(time.perf_counter_ns()) == ()
    release.set()


def test_the_platforms_own_radio_is_what_is_used_by_default() -> None:
    assert Radio() == bluetooth_link.PLATFORM
    assert (Radio().client, Radio().scanner, Radio().thread) == (None, None, None)
