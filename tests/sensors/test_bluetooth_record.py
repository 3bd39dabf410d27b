"""From the strap to the record: a session is played with a strap in software, and the record holds what it sent."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.session import KEY, bodies, play
from tests.helpers.strap_room import Place
from tests.helpers.straps import SoftStrap
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.events import HeartSourceChanged, Opened
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.record import Reader
from vr_runtime.replay import replay
from vr_runtime.sensors import SensorError, SensorReason, bluetooth_link

NAME = "Polar H10 1A2B3C4D"


class Sender:
    """What the strap sends while the session runs, and what it remembers of it."""

    def __init__(self, strap: SoftStrap) -> None:
        self._strap = strap
        self.units: list[int] = []
        self.ecg: list[int] = []
        self.cut_after: list[int] = []
        """Beats sent before each cut."""
        self.done = False

    async def run(self) -> None:
        strap = self._strap
        for part in range(3):
            while not strap.heard() or not strap.heard(strap.data):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            for number in range(8):
                told = [300 + len(self.units) + i for i in range(number % 4)]
                await strap.beat(told, 150)
                self.units += told
                wave = [1000 * part + 73 * number + i for i in range(73)]
                await strap.send_ecg(10**17 * 6 + 10**12 * part + round(73 * (number + 1) * 1e9 / 130), wave)
                self.ecg += wave
                await asyncio.sleep(0.05)
            if part < 2:
                self.cut_after.append(len(self.units))
                await strap.cut()
        await asyncio.sleep(0.3)
        self.done = True


@pytest.fixture
def sent(place: Place) -> Sender:
    return Sender(place.strap(NAME, ecg=True))


def test_the_record_holds_every_interval_and_sample_in_order_and_once(
    place: Place, sent: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bluetooth_link, "PLATFORM", place.radio)
    sending = place.thread.run(sent.run())
    record = play(
        tmp_path,
        speed="real",
        rate_hz=90.0,
        heart=f"ble:{NAME}",
        patient="none",
        duration_s=60.0,
        interrupted=lambda: sent.done,
    )
    assert sending.result(1.0) is None
    assert len(sent.units) == 36
    with Reader.open(record, KEY) as reader:
        heart, times, ecg = (reader.samples(name) for name in ("heart", "heart_time", "ecg"))
    told = ~np.isnan(heart["rr_ms"])
    assert heart["rr_ms"][told].tolist() == [unit * 1000 / 1024 for unit in sent.units]
    assert ecg["value"].tolist() == sent.ecg

    # a cut is a gap, in the beats and in the ECG
    assert np.flatnonzero(heart["flag"][told] == BeatFlag.GAP).tolist() == [0, *sent.cut_after]
    assert np.flatnonzero(ecg["flag"] == ChannelFlag.GAP).tolist() == [0, 73 * 8, 2 * 73 * 8]

    # both times are kept: the runtime's, rebuilt, and the strap's own sum of each segment
    assert times["t_ns"].tolist() == heart["t_ns"].tolist()
    assert np.all(np.diff(heart["t_ns"]) > 0)
    assert np.all(heart["t_ns"] <= heart["arrival_ns"])
    own = times["sensor_ns"][told]
    edges = [0, *sent.cut_after, len(sent.units)]
    for begin, end in pairwise(edges):
        segment = np.cumsum([unit * 1e9 / 1024 for unit in sent.units[begin:end]])
        assert np.all(np.abs(own[begin:end] - segment) < end - begin)
    errors = times["error_ms"][told]
    assert np.all(np.isfinite(errors) & (errors > 0.0) & (errors < 1000.0))

    # what became of the source is in the record too
    (opened,) = bodies(record, Opened)
    assert opened.heart == f"ble:{NAME}"  # type: ignore[attr-defined]
    states = [body.state for body in bodies(record, HeartSourceChanged)]  # type: ignore[attr-defined]
    again = ["reconnecting", "started"]
    assert states == ["connecting", "started", "battery", *again, *again]

    # and it plays again, event for event
    replayed = replay(record, KEY, find_scenes())
    assert replayed.difference is None


def test_a_strap_is_refused_where_time_is_not_real(tmp_path: Path) -> None:
    with pytest.raises(SensorError, match="--speed real") as caught:
        play(tmp_path, heart="ble:Polar H10", duration_s=1.0)
    assert caught.value.reason is SensorReason.NEEDS_REAL_TIME
