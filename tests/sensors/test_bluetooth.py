"""A strap in software, heard over bleak: what it sends is what comes out at the port and in the record."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

from tests.helpers.strap_room import OTHER, RIGHT, Place
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.sensors import polar_packet as polar

# ------------------------------------------------------------------ what is heard


def test_what_the_strap_sends_is_what_is_heard(place: Place) -> None:
    strap = place.strap()
    listener = place.listen().started()
    sent = [800 + i for i in range(40)]
    for i in range(0, 40, 2):
        place.do(strap.beat(sent[i : i + 2], 70))
    listener.until(lambda it: len(it.beats) >= 40)
    assert listener.units == sent
    assert all(beat.bpm == 70.0 for beat in listener.beats)
    assert listener.states == ["connecting", "started", "battery"]
    started, battery = listener.changes[1:]
    assert started.message == "worn on: chest"
    assert battery.message == "battery at 80 %"
    assert {change.source for change in listener.changes} == {f"ble:{RIGHT}"}


def test_the_port_is_kept(place: Place) -> None:
    strap = place.strap()
    listener = place.listen("polar h10")
    source = listener.source
    assert source.name == "ble:polar h10"
    listener.started()
    place.do(strap.beat([700, 710, 720]))
    assert source.poll(0) == ()
    assert source.samples(0) == ()
    listener.until(lambda it: len(it.beats) == 3)
    assert source.changes() == ()
    source.close()
    source.close()
    listener.poll()
    assert len(listener.beats) == 3
    place.until(lambda: not strap.connections, "for the strap to be let go")


@pytest.mark.parametrize("seed", range(2))
def test_every_combination_of_flags_is_heard_as_it_was_meant(place: Place, seed: int) -> None:
    strap = place.strap()
    listener = place.listen().started()
    order = Random(seed).sample(range(32), 32)
    meant: list[tuple[int, ...] | str] = []
    for number, flags in enumerate(order):
        packet = bytes((flags, 60 + number)) + (b"\0" if flags & 1 else b"")
        packet += b"\x07\0" if flags & 8 else b""
        units = (900 + number, 500 + number) if flags & 16 else ()
        packet += b"".join(unit.to_bytes(2, "little") for unit in units)
        if flags >> 1 & 3 == 2:
            meant.append("no contact")
        elif units:
            meant.append(units)
        place.do(strap.send(packet))
    place.do(strap.beat([1024]))
    listener.until(lambda it: it.units[-1:] == [1024])
    kept = [unit for one in meant if one != "no contact" for unit in one]
    assert listener.units[:-1] == kept
    lost = [beat for beat in listener.beats if beat.flag == BeatFlag.CONTACT_LOST]
    assert len(lost) == meant.count("no contact") == 8
    assert all(beat.rr_ms is None and beat.bpm is None for beat in lost)
    assert listener.source.problems == {}


def test_a_burst_is_heard_whole_and_in_order(place: Place) -> None:
    strap = place.strap()
    listener = place.listen().started()
    sent = [300 + i for i in range(900)]

    async def burst() -> None:
        for i in range(0, 900, 9):
            await strap.beat(sent[i : i + 9])

    place.do(burst())
    listener.until(lambda it: len(it.beats) >= 900)
    time.sleep(0.05)
    listener.poll()
    assert listener.units == sent


def test_contact_lost_and_found_is_told_once_each_and_no_interval_crosses_it(place: Place) -> None:
    strap = place.strap()
    listener = place.listen().started()
    for contact in (True, True, False, False, False, True, True, False, None, True):
        place.do(strap.beat([800], 75, contact=contact))
    listener.until(lambda it: len(it.beats) >= 10)
    states = [state for state in listener.states if state.startswith("contact")]
    assert states == ["contact_lost", "contact_found", "contact_lost", "contact_found"]
    ok, lost, gap = BeatFlag.OK, BeatFlag.CONTACT_LOST, BeatFlag.GAP
    assert [beat.flag for beat in listener.beats] == [gap, ok, lost, lost, lost, gap, ok, lost, gap, ok]
    assert all(b.t_ns > a.t_ns for a, b in pairwise(listener.beats))


def test_a_rate_without_intervals_is_a_beat_without_one_and_a_rate_of_zero_is_nothing(place: Place) -> None:
    strap = place.strap()
    listener = place.listen().started()
    for bpm in (61, 62, 0, 63):
        place.do(strap.beat([], bpm))
    listener.until(lambda it: len(it.beats) >= 3)
    assert [(beat.rr_ms, beat.bpm) for beat in listener.beats] == [(None, 61.0), (None, 62.0), (None, 63.0)]
    # between slow beats of a strap that tells intervals, a packet without one is no beat
    place.do(strap.beat([1400], 43))
    place.do(strap.beat([], 43))
    place.do(strap.beat([1410], 43))
    listener.until(lambda it: len(it.beats) >= 5)
    assert listener.units == [1400, 1410]
    assert len(listener.beats) == 5


def test_garbled_packets_are_counted_and_told_of_once(place: Place) -> None:
    strap = place.strap()
    listener = place.listen().started()
    for packet in ("16 4B 2D 03 30", "16 4B 2E 03 30", "08 48"):
        place.do(strap.send(bytes.fromhex(packet)))
    listener.until(lambda it: it.source.problems.total() >= 3)
    assert listener.source.problems == {"truncated_rr": 2, "no_energy": 1}
    assert listener.units == [0x32D, 0x32E]
    assert listener.states.count("garbled") == 1
    assert "first byte" in listener.changes[-1].message


# ------------------------------------------------------------------ lost and found again


def test_after_a_cut_the_same_strap_is_taken_up_again_in_a_new_segment(place: Place) -> None:
    strap = place.strap()
    listener = place.listen()
    sent: list[int] = []
    for round_ in range(4):
        listener.started(round_ + 1)
        told = [700 + 10 * round_ + i for i in range(5)]
        for unit in told:
            place.do(strap.beat([unit]))
        sent += told
        listener.until(lambda it: len(it.beats) >= len(sent))  # noqa: B023
        place.do(strap.cut())
    listener.started(5)
    assert listener.units == sent
    gaps = [i for i, beat in enumerate(listener.beats) if beat.flag == BeatFlag.GAP]
    assert gaps == [0, 5, 10, 15]
    assert listener.states == ["connecting", "started", "battery"] + 4 * ["reconnecting", "started"]
    assert "bring the strap closer" in listener.changes[3].message


def test_cuts_at_any_moment_double_nothing_and_keep_the_order(place: Place) -> None:
    strap = place.strap(ecg=True)
    listener = place.listen()
    random, sent = Random(5), 0

    async def storm() -> int:
        unit = 300
        for _ in range(25):
            for _ in range(random.randrange(12)):
                await strap.beat([unit])
                unit += 1
                await asyncio.sleep(random.choice((0.0, 0.002, 0.01)))
            await strap.cut()
            await asyncio.sleep(random.random() * 0.15)
        return unit

    sent = place.do(storm())
    listener.until(lambda it: it.states[-1:] and it.states[-1] in ("started", "battery"), "to settle")
    place.until(strap.heard, "for a subscriber")
    place.do(strap.beat([sent, sent + 1]))
    listener.until(lambda it: it.units[-1:] == [sent + 1])
    assert all(later > earlier for earlier, later in pairwise(listener.units))
    assert listener.states.count("reconnecting") >= 3


def test_a_strap_out_of_reach_is_named_once_and_taken_when_it_comes(place: Place) -> None:
    listener = place.listen("polar h10")
    listener.until(lambda it: "failed" in it.states, "to be told")
    assert "wet the electrodes" in listener.changes[-1].message
    time.sleep(1.3)
    strap = place.strap()
    listener.started()
    place.do(strap.beat([777]))
    listener.until(lambda it: it.units == [777])
    assert listener.states == ["connecting", "failed", "started", "battery"]


def test_bluetooth_that_is_off_is_named_once_and_used_when_it_is_on(place: Place) -> None:
    place.strap()
    reason = BleakBluetoothNotAvailableReason.POWERED_OFF
    place.central.unavailable = BleakBluetoothNotAvailableError("off", reason)
    listener = place.listen()
    listener.until(lambda it: "failed" in it.states, "to be told")
    time.sleep(0.3)
    place.central.unavailable = None
    listener.started()
    assert listener.states[:3] == ["connecting", "failed", "started"]
    assert "switch Bluetooth on" in listener.changes[1].message


def test_a_strap_that_falls_silent_is_connected_anew(place: Place) -> None:
    strap = place.strap()
    listener = place.listen(radio=replace(place.radio, quiet_s=0.4))
    listener.started(2)
    assert "nothing was heard" in next(c.message for c in listener.changes if c.state == "reconnecting")
    place.until(strap.heard, "for a subscriber")


# ------------------------------------------------------------------ which one


def test_of_two_straps_the_right_one_is_taken_and_hearts_are_never_mixed(place: Place) -> None:
    right, other = place.strap("Polar H10 RIGHT"), place.strap("Polar H10 OTHER", OTHER)
    mine, theirs = place.listen("Polar H10 RIGHT").started(), place.listen(OTHER).started()
    for i in range(30):
        place.do(right.beat([1000 + i]))
        place.do(other.beat([500 + i]))
    mine.until(lambda it: len(it.beats) >= 30)
    theirs.until(lambda it: len(it.beats) >= 30)
    assert mine.units == [1000 + i for i in range(30)]
    assert theirs.units == [500 + i for i in range(30)]


def test_when_the_right_strap_is_gone_the_other_is_not_taken_for_it(place: Place) -> None:
    right = place.strap("HRM 1")
    listener = place.listen("hrm").started()
    other = place.strap("HRM 2", OTHER)
    place.do(right.hide())
    place.do(right.cut())
    listener.until(lambda it: "failed" in it.states, "to be told")
    assert other.connections == []
    place.do(right.advertise())
    listener.started(2)
    place.do(right.beat([888]))
    listener.until(lambda it: it.units == [888])
    assert other.connections == []


@pytest.mark.parametrize("names", [("HRM 1", "HRM 2"), ("HRM", "HRM")])
def test_where_a_name_could_mean_two_straps_neither_is_taken(place: Place, names: tuple[str, str]) -> None:
    straps = [place.strap(names[0]), place.strap(names[1], OTHER)]
    listener = place.listen("HRM")
    listener.until(lambda it: "failed" in it.states, "to be told")
    message = listener.changes[-1].message
    assert "whole name or the address" in message
    assert RIGHT in message
    assert OTHER in message
    time.sleep(0.5)
    listener.poll()
    assert listener.beats == []
    assert not any(strap.connections for strap in straps)


def test_a_device_without_a_heart_rate_service_is_refused_with_what_to_do(place: Place) -> None:
    thermometer = place.strap("Thermometer", heart=False)
    listener = place.listen("Thermometer")
    listener.until(lambda it: "failed" in it.states, "to be told")
    assert "no heart-rate sensor" in listener.changes[-1].message
    assert "vr-runtime sensors" in listener.changes[-1].message
    place.until(lambda: not thermometer.connections, "for the device to be let go")


# ------------------------------------------------------------------ battery


def test_the_battery_is_told_when_it_changes(place: Place) -> None:
    strap = place.strap(battery=81)
    listener = place.listen().started()
    place.until(lambda: strap.heard(strap.level), "for a subscriber")
    for level in (81, 80, 80, 20):
        place.do(strap.tell_battery(level))
    listener.until(lambda it: it.states.count("battery") >= 3)
    told = [change.message for change in listener.changes if change.state == "battery"]
    assert told[:2] == ["battery at 81 %", "battery at 80 %"]
    assert "battery at 20 %: put a new battery in" in told[2]


def test_a_strap_that_does_not_tell_of_its_battery_is_asked(place: Place) -> None:
    strap = place.strap(battery=50, tells_battery=False)
    listener = place.listen(radio=replace(place.radio, battery_s=0.1)).started()
    strap.battery = 49
    listener.until(lambda it: it.states.count("battery") >= 2)
    assert listener.changes[-1].message == "battery at 49 %"


def test_a_strap_without_a_battery_service_is_a_strap(place: Place) -> None:
    strap = place.strap(battery=None)
    listener = place.listen().started()
    place.do(strap.beat([900]))
    listener.until(lambda it: it.units == [900])
    assert "battery" not in listener.states


# ------------------------------------------------------------------ ECG


def test_the_ecg_of_an_h10_comes_sample_by_sample_beside_the_beats(place: Place) -> None:
    strap = place.strap(ecg=True)
    listener = place.listen().started()
    assert listener.changes[1].message == "worn on: chest, ECG at 130 Hz"
    assert strap.requests == [polar.ASK_SETTINGS, polar.START_ECG]
    wave = [round(1000 * math.sin(i / 9.0)) for i in range(73 * 6)]
    for number in range(6):
        at = 599_616_000_000_000_000 + round(73 * (number + 1) * 1e9 / 130)
        place.do(strap.send_ecg(at, wave[73 * number : 73 * (number + 1)]))
        place.do(strap.beat([800 + number]))
    listener.until(lambda it: len(it.samples) >= len(wave) and len(it.beats) >= 6)
    assert [sample.value for sample in listener.samples] == wave
    assert {sample.channel for sample in listener.samples} == {"ecg"}
    flags = [sample.flag for sample in listener.samples]
    assert flags == [ChannelFlag.GAP] + [ChannelFlag.OK] * (len(wave) - 1)
    assert all(b.t_ns > a.t_ns and b.sensor_ns > a.sensor_ns for a, b in pairwise(listener.samples))
    assert listener.units == [800 + number for number in range(6)]


def test_an_ecg_without_contact_is_flagged(place: Place) -> None:
    strap = place.strap(ecg=True)
    listener = place.listen().started()
    for number, contact in enumerate((True, False, True)):
        place.do(strap.beat([900], contact=contact))
        place.do(strap.send_ecg(10**18 + round(10 * number * 1e9 / 130), [7] * 10))
    listener.until(lambda it: len(it.samples) >= 30)
    ok, lost, gap = ChannelFlag.OK, ChannelFlag.CONTACT_LOST, ChannelFlag.GAP
    assert [sample.flag for sample in listener.samples] == [gap] + 9 * [ok] + 10 * [lost] + 10 * [ok]


@pytest.mark.parametrize(
    ("kinds", "said"),
    [
        ({"refuse_ecg": 12}, "without ECG (it is charging)"),
        ({"settings": bytes((0, 1, 200, 0))}, "without ECG (it offers no 130 Hz at 14 bits)"),
    ],
)
def test_an_ecg_that_cannot_be_had_takes_nothing_from_the_beats(
    place: Place, kinds: dict[str, Any], said: str
) -> None:
    strap = place.strap(ecg=True)
    for name, value in kinds.items():
        setattr(strap, name, value)
    listener = place.listen().started()
    assert listener.changes[1].message == f"worn on: chest, {said}"
    place.do(strap.beat([801, 802]))
    listener.until(lambda it: it.units == [801, 802])


def test_the_ecg_is_not_asked_for_where_it_is_not_wanted(place: Place) -> None:
    strap = place.strap(ecg=True)
    place.listen(ecg=False).started()
    assert strap.requests == []


# ------------------------------------------------------------------ privacy


def test_logs_hold_neither_hearts_nor_addresses(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        strap = place.strap(ecg=True)
        listener = place.listen().started()
        place.do(strap.send(bytes.fromhex("16 4B 2D 03 30")))
        place.do(strap.cut())
        listener.started(2)
    said = [one.getMessage() for one in caplog.records if not one.name.startswith("bumble")]
    assert said == []


# ------------------------------------------------------------------ proof


@pytest.mark.proof
@pytest.mark.timeout(300)
def test_proof_of_a_strap_that_is_cut_off_again_and_again(place: Place) -> None:
    """Two straps, a hundred cuts at random moments: no beat twice, none of the other's, none lost while connected."""
    straps = [place.strap("Polar H10 RIGHT", ecg=True), place.strap("Polar H10 OTHER", OTHER)]
    listeners = [place.listen(strap.name) for strap in straps]
    sent: list[list[int]] = [[], []]
    cuts = 0

    async def life(number: int) -> None:
        nonlocal cuts
        strap, random, unit = straps[number], Random(number), 300 + 30_000 * number
        for _ in range(60):
            while not strap.heard():
                await asyncio.sleep(0.005)
            for _ in range(random.randrange(20)):
                told = [unit + i for i in range(random.randrange(1, 4))]
                unit += len(told)
                await strap.beat(told)
                sent[number] += told
                await asyncio.sleep(random.choice((0.0, 0.002, 0.01)))
            await asyncio.sleep(0.02)
            await strap.cut()
            cuts += 1
            await asyncio.sleep(random.random() * 0.05)

    lives = [place.thread.run(life(number)) for number in range(2)]
    end = time.monotonic() + 200.0
    while not all(one.done() for one in lives):
        assert time.monotonic() < end, f"stuck after {cuts} cuts: {[one.states[-3:] for one in listeners]}"
        for listener in listeners:
            listener.poll()
        time.sleep(0.003)
    for listener, told in zip(listeners, sent, strict=True):
        listener.until(lambda it: len(it.units) >= len(told))  # noqa: B023
        assert listener.units == told
    beats = sum(map(len, sent))
    print(f"{cuts} cuts, {beats} beats of two straps: every one heard, in order, once, by its own listener")  # noqa: T201
