"""Faults and validation reach a program through its environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.xr_lab import Client, Lab
from tests.helpers.xr_layer import Faults, SessionState, Tracking, Validation

VALID, TRACKED = 0b0011, 0b1100


@pytest.fixture
def faults(tmp_path: Path) -> Faults:
    return Faults(tmp_path / "faults")


def test_without_faults_the_layer_changes_nothing(null_lab: Lab, faults: Faults) -> None:
    with_layer = Client(null_lab, **faults.environment()).ask()
    assert with_layer == Client(null_lab).ask()
    assert faults.calls("xrLocateViews") == 2  # pyopenxr asks how many there are, then for them
    assert faults.calls("xrLocateSpace") == 3


def test_tracking_of_the_head_is_lost_and_found(null_lab: Lab, faults: Faults) -> None:
    client = Client(null_lab, **faults.environment())
    expected = {
        Tracking.AS_IT_IS: VALID | TRACKED,
        Tracking.INFERRED: VALID,
        Tracking.LOST: 0,
    }
    for tracking in (*expected, Tracking.AS_IT_IS):
        faults.views = tracking
        seen = client.ask()
        assert (seen["views_flags"], seen["head"]["flags"]) == (expected[tracking],) * 2
        assert seen["left"]["flags"] == VALID | TRACKED


def test_tracking_of_one_hand_is_lost(null_lab: Lab, faults: Faults) -> None:
    client = Client(null_lab, **faults.environment())
    faults.hand(1, Tracking.LOST)
    seen = client.ask()
    assert [seen[name]["flags"] for name in ("head", "left", "right")] == [15, 15, 0]


def test_a_session_state_that_the_runtime_never_sent(null_lab: Lab, faults: Faults) -> None:
    client = Client(null_lab, **faults.environment())
    assert client.ask()["state"] == "FOCUSED"
    faults.state(SessionState.LOSS_PENDING)
    assert client.ask()["state"] == "LOSS_PENDING"
    assert faults.event_taken


def test_a_call_fails(null_lab: Lab, faults: Faults) -> None:
    client = Client(null_lab, **faults.environment())
    client.ask()
    faults.fail("xrLocateViews", -13)  # XR_ERROR_INSTANCE_LOST
    client.program.say("locate")
    assert client.program.wait() == 1
    assert "InstanceLost" in client.program.errors


def test_validation_is_silent_about_a_right_program(null_lab: Lab, tmp_path: Path) -> None:
    validation = Validation(tmp_path / "validation.txt")
    client = Client(null_lab, **validation.environment())
    client.ask()
    client.ask()
    client.program.say("quit")
    assert client.program.wait() == 0
    validation.check()


WRONG = """
import xr
instance = xr.create_instance(xr.InstanceCreateInfo(enabled_extension_names=["XR_MND_headless"]))
try:
    xr.get_system(instance, xr.SystemGetInfo(type=xr.StructureType.ACTION_CREATE_INFO))
except xr.exception.XrException:
    pass
xr.destroy_instance(instance)
"""


def test_validation_finds_what_is_wrong(null_lab: Lab, tmp_path: Path) -> None:
    validation = Validation(tmp_path / "validation.txt")
    done = null_lab.python("-c", WRONG, **validation.environment())
    assert done.returncode == 0, done.stderr
    with pytest.raises(AssertionError, match="VUID"):
        validation.check()


def test_validation_and_faults_together(null_lab: Lab, faults: Faults, tmp_path: Path) -> None:
    validation = Validation(tmp_path / "validation.txt")
    client = Client(null_lab, **faults.environment(), **validation.environment())
    faults.views = Tracking.LOST
    assert client.ask()["views_flags"] == 0
    client.program.say("quit")
    assert client.program.wait() == 0
    validation.check()


def test_vr_runtime_runs_with_a_layer(null_lab: Lab, faults: Faults) -> None:
    done = null_lab.python(
        "-m", "tests.helpers.xr_run", "--help", XR_ENABLE_API_LAYERS="", **faults.environment()
    )
    assert done.returncode == 0, done.stderr
    assert "vr-runtime" in done.stdout


def test_validation_that_was_not_there_does_not_pass(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="not loaded"):
        Validation(tmp_path / "validation.txt").check()
