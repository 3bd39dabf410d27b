"""The loudness analyser measures what it says; a scene that is too loud is held by the mixer and found by the analyser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.helpers.hearing import RATE, heard, noise
from vr_runtime.stage.captured import Heard, read_float_wav
from vr_runtime.stage.loudness import Levels, measure, true_peak
from vr_runtime.stage.mixer import MASTER_DBFS, RMS_DBFS, VOICES
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.turns import Listener


def tone(hz: float, seconds: float = 2.0, amplitude: float = 1.0, phase: float = 0.0) -> np.ndarray:
    t = np.arange(round(seconds * 48_000)) / 48_000
    return amplitude * np.sin(2 * np.pi * hz * t + phase)[:, None]


def test_a_full_scale_sine_is_at_zero_and_its_effective_value_three_below() -> None:
    levels = measure(tone(997.0), 48_000)
    assert levels.peak_dbfs == pytest.approx(0.0, abs=0.05)
    assert levels.rms_dbfs == pytest.approx(-3.01, abs=0.02)


def test_a_peak_between_the_samples_is_found() -> None:
    # a quarter of the rate, an eighth of a turn late: no sample comes nearer than 0.707
    wave = tone(12_000.0, phase=np.pi / 4)
    assert np.abs(wave).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak(wave[:4800]) == pytest.approx(1.0, abs=0.03)


def test_the_louder_ear_and_the_loudest_second_count() -> None:
    quiet, loud = tone(500.0, 3.0, 0.01), tone(500.0, 1.0, 0.5)
    left = np.concatenate([quiet, loud, quiet])
    levels = measure(np.concatenate([left, 0.01 * left], axis=1), 48_000)
    assert levels.rms_dbfs == pytest.approx(-6.02 - 3.01, abs=0.1)
    assert levels.peak_dbfs == pytest.approx(-6.02, abs=0.2)


def test_a_short_burst_is_not_taken_for_a_loud_second() -> None:
    assert measure(tone(500.0, 0.1), 48_000).rms_dbfs == pytest.approx(-13.0, abs=0.1)


def test_silence_has_a_level() -> None:
    assert measure(np.zeros((100, 2)), 48_000) == Levels(-120.0, -120.0)
    assert measure(np.zeros((0, 2)), 48_000) == Levels(-120.0, -120.0)


def test_files_of_floats_are_read_and_others_are_not(tmp_path: Path) -> None:
    wave = tone(500.0).repeat(2, axis=1)
    soundfile.write(tmp_path / "floats.wav", wave, 48_000, subtype="FLOAT")
    found = read_float_wav(tmp_path / "floats.wav")
    assert found is not None
    assert found.rate_hz == 48_000
    np.testing.assert_allclose(found.samples, wave, atol=1e-6)
    soundfile.write(tmp_path / "ints.wav", wave, 48_000, subtype="PCM_16")
    assert read_float_wav(tmp_path / "ints.wav") is None
    (tmp_path / "no.wav").write_bytes(b"not a sound at all")
    assert read_float_wav(tmp_path / "no.wav") is None


def test_what_is_saved_is_what_was_heard(tmp_path: Path) -> None:
    wave = tone(500.0, amplitude=0.5).repeat(2, axis=1).astype(np.float32)
    Heard(wave, 48_000).save(tmp_path / "saved.wav")
    samples, rate = soundfile.read(tmp_path / "saved.wav")
    assert rate == 48_000
    np.testing.assert_allclose(samples, wave, atol=1e-4)


# ---------------------------------------------------------------- a scene written to be too loud

ASKED = tuple(
    SoundCue(f"noise-{index:02}", "sounds/noise.wav", 5.0, True, (-1.0, 0.2, 1.6), start=index / 20)
    for index in range(VOICES + 4)
)
"""More voices than there are, each far over full gain, at one ear, from a file at full scale."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("assets")
    noise(made / "sounds/noise.wav")
    return made


def test_the_mixer_holds_a_scene_that_asks_for_too_much(folder: Path) -> None:
    (piece,) = heard(folder, [(ASKED, Listener())], lasts_s=1.2)
    levels = measure(piece.samples, piece.rate_hz)
    assert -60.0 < levels.rms_dbfs <= RMS_DBFS
    assert levels.peak_dbfs <= MASTER_DBFS


def test_the_analyser_finds_it_out_where_the_mixer_does_not_hold(folder: Path) -> None:
    (piece,) = heard(folder, [(ASKED, Listener())], lasts_s=1.2, unguarded=True)
    levels = measure(piece.samples, piece.rate_hz)
    assert levels.rms_dbfs > RMS_DBFS
    assert levels.peak_dbfs > MASTER_DBFS


def test_a_scene_that_asks_for_little_is_left_alone(folder: Path) -> None:
    """The ceilings are no volume knob: half the gain is 6 dB less, and both are as the file and its gain say."""
    one = SoundCue("noise", "sounds/noise.wav", 0.04, True, (0.0, 1.0, 0.0))
    loud, soft = heard(
        folder, [((one,), Listener((0, 0, 0))), ((one._replace(gain=0.02),), Listener((0, 0, 0)))]
    )
    levels = [measure(piece.samples[: RATE // 3], piece.rate_hz).rms_dbfs for piece in (loud, soft)]
    assert levels[0] - levels[1] == pytest.approx(6.0, abs=0.5)
