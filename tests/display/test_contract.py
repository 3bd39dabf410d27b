"""Every display keeps the contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from tests.helpers import display_contract as contract
from tests.helpers.xvfb import screen, xvfb  # noqa: F401  (fixtures)
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.port import Display
from vr_runtime.display.recorded import RecordedDisplay
from vr_runtime.display.registry import open_display
from vr_runtime.patient.virtual import VirtualPatient
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.streams import STREAMS, FrameFlag
from vr_runtime.stage.settings import GraphicsSettings

SMALL = GraphicsSettings(width=64, height=48)


def recorded() -> RecordedDisplay:
    count = 8
    frames = np.zeros(count, dtype=list(STREAMS["frame"].columns))
    frames["frame"] = np.arange(1, count + 1)
    frames["t_ns"] = np.arange(count) * 11_111_111
    frames["display_ns"] = frames["t_ns"] + 11_111_111
    frames["flags"] = FrameFlag.TRACKING | FrameFlag.HEADSET_ON | FrameFlag.DISPLAY_OK
    head = np.zeros(count, dtype=list(STREAMS["head"].columns))
    head["frame"], head["z"], head["qw"], head["valid"] = frames["frame"], 1.6, 1.0, 1
    hands = np.zeros(0, dtype=list(STREAMS["hands"].columns))
    return RecordedDisplay(frames, head, hands, None, 90.0)


def headless(*, virtual: bool, graphics: GraphicsSettings | None = None, patient: bool = False) -> Display:
    return open_display(
        "headless",
        rate_hz=90.0 if virtual else 400.0,
        clock=RuntimeClock(virtual=virtual),
        graphics=graphics,
        patient=VirtualPatient(3, start=Pose(z=1.6)) if patient else None,
    )


BACKENDS: dict[str, Callable[[], Display]] = {
    "headless in virtual time": lambda: headless(virtual=True),
    "headless in real time": lambda: headless(virtual=False),
    "headless with a virtual patient": lambda: headless(virtual=True, patient=True),
}


@pytest.mark.parametrize("make", BACKENDS.values(), ids=BACKENDS)
@pytest.mark.parametrize("check", contract.LIVE, ids=lambda check: check.__name__)
def test_headless_without_graphics(check: contract.Check, make: Callable[[], Display]) -> None:
    display = make()
    check(display)
    display.close()


@pytest.mark.graphics
@pytest.mark.parametrize("check", contract.LIVE, ids=lambda check: check.__name__)
def test_headless_with_graphics(check: contract.Check) -> None:
    display = headless(virtual=True, graphics=SMALL)
    check(display)
    display.close()


@pytest.mark.parametrize("check", contract.CONTRACT, ids=lambda check: check.__name__)
def test_recorded(check: contract.Check) -> None:
    check(recorded())


@pytest.fixture
def window(screen: str) -> Iterator[Display]:  # noqa: F811
    display = open_display(
        "window", rate_hz=200.0, clock=RuntimeClock(), graphics=GraphicsSettings(width=160, height=120)
    )
    yield display
    display.close()


@pytest.mark.graphics
@pytest.mark.parametrize("check", contract.LIVE, ids=lambda check: check.__name__)
def test_window(check: contract.Check, window: Display) -> None:
    check(window)
