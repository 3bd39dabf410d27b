"""What leaves the runtime for eyes and ears: the patient's view at the console, the mix in the headphones."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from clinician_console.core import ConsoleCore
from clinician_console.core.link import RuntimeLink
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from tests.helpers.processes import Commands, toml, until
from tests.helpers.session import KEY, act, runtime
from vr_runtime.protocol.commands import GoToStep, Start

pytestmark = [pytest.mark.slow, pytest.mark.graphics]


def test_the_console_sees_what_the_patient_sees(tmp_path: Path) -> None:
    commands = Commands(tmp_path)
    try:
        commands.runtime("--scene", "heights", "--graphics", "on", "--size", "160x90", rate=10)
        link = RuntimeLink(commands.connection, "test", tmp_path / "home" / "link")
        core = ConsoleCore(
            link,
            lambda epoch: RecordCopy.open(commands.console_records, KEY, epoch),
            decode_heart,
            driven_by_page=False,
        )
        core.start()
        until(lambda: core.snapshot().link.lease_mine, "the lease")
        until(lambda: core.preview()[1], "a picture of the baseline room")
        room = picture(core)
        assert room.std() > 8
        # on a crowded machine a picture drawn in software may hold the runtime until it counts as silent
        until(lambda: core.snapshot().live, "the runtime to be heard")
        core.wait_command(core.send(Start()), 20)
        core.wait_command(core.send(GoToStep(step=1)), 20)
        until(lambda: np.abs(picture(core) - room).mean() > 15, "a picture of the street")
        core.close()
    finally:
        commands.close()


def picture(core: ConsoleCore) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(core.preview()[1])), dtype=float)


def test_what_is_heard_stays_under_the_ceiling_and_is_not_nothing(tmp_path: Path) -> None:
    """The mix itself, as OpenAL would send it to the headphones."""
    heard = tmp_path / "heard.wav"
    (tmp_path / "alsoft.conf").write_text(f"[general]\ndrivers = wave\n[wave]\nfile = {heard}\n")
    story = [
        act(0.2, "start"),
        act(0.5, "go_to_step", step=1),
        act(0.5, "go_to_step", step=2),
        act(0.5, "set_parameter", name="wind", value=1.0),
        act(1.0, "fire_trigger", trigger="gust"),
        act(2.5, "stop"),
        act(1.5, "end"),
    ]
    (tmp_path / "script.toml").write_text(toml(story))
    done = runtime(
        "run", "--display", "headless", "--graphics", "on", "--sound", "on", "--size", "64x48", "--rate", "15",
        "--scene", "heights", "--drive", tmp_path / "script.toml", "--records", tmp_path / "records",
        home=tmp_path / "home", ALSOFT_CONF=str(tmp_path / "alsoft.conf"),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    samples, rate = soundfile.read(heard)
    assert len(samples) > rate  # it lasted
    loudest = np.abs(samples).max()
    assert 0.005 < loudest <= 0.5012  # -6 dBFS
    seconds = samples[: len(samples) // rate * rate].reshape(-1, rate, samples.shape[1])
    assert np.sqrt((seconds**2).mean(axis=(1, 2))).max() <= 0.126  # -18 dBFS
