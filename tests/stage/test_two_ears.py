"""Sounds are heard from where they are: with two ears, over a distance, through walls. The mix itself is measured, as
OpenAL would send it to the headphones."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.helpers.hearing import RATE, heard, noise
from vr_runtime.stage.captured import Heard
from vr_runtime.stage.headphones import for_headphones
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.turns import Listener

NOISE, TONES, MUFFLED = "sounds/noise.wav", "sounds/tones.wav", "sounds/muffled.wav"
HERE = Listener((0.0, 0.0, 1.6))
TURNED = Listener((0.0, 0.0, 1.6), forward=(-1.0, 0.0, 0.0))
"""Looking to the left."""


def at(x: float, y: float, **more: object) -> SoundCue:
    return SoundCue("noise", NOISE, 0.2, True, (x, y, 1.6))._replace(**more)  # type: ignore[arg-type]


MOMENTS = {
    "left": ((at(-2, 0),), HERE),
    "right": ((at(2, 0),), HERE),
    "front": ((at(0, 2),), HERE),
    "back": ((at(0, -2),), HERE),
    "front, looking left": ((at(0, 2),), TURNED),
    "8 m": ((at(0, 8),), HERE),
    "8 m, a car": ((at(0, 8, near_m=4.0),), HERE),
    "behind a wall": ((at(0, 2, damp=1.0),), HERE),
    "clear": ((at(0, 2, file=MUFFLED),), HERE),
    "behind a wall, dull": ((at(0, 2, file=MUFFLED, damp=1.0),), HERE),
    "from the middle": ((at(0, 2, file=TONES, start=0.5),), HERE),
    "from the beginning": ((at(0, 2, file=TONES, start=0.0),), HERE),
    "an octave up": ((at(0, 2, file=TONES, start=0.0, rate=2.0),), HERE),
}


@pytest.fixture(scope="module")
def ears(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Heard]:
    """What both ears hear, moment by moment; in real time, once."""
    folder = tmp_path_factory.mktemp("assets")
    noise(folder / NOISE)
    noise(folder / MUFFLED)
    noise(folder / MUFFLED.replace(".wav", ".dull.wav"), low_pass_hz=500.0)
    t = np.arange(4 * RATE) / RATE
    tones = np.sin(2 * np.pi * np.where(t < 2, 400.0, 1600.0) * t)
    soundfile.write(folder / TONES, 0.5 * tones, RATE)
    pieces = heard(folder, list(MOMENTS.values()))
    return dict(zip(MOMENTS, pieces, strict=True))


def level(piece: Heard, ear: int | None = None) -> float:
    """Effective value, in decibels; of both ears unless one is named."""
    samples = piece.samples if ear is None else piece.samples[:, ear]
    return 10 * float(np.log10((samples.astype(np.float64) ** 2).mean() + 1e-12))


def band(piece: Heard, low_hz: float, high_hz: float) -> float:
    """Its power between two frequencies, in decibels."""
    power = np.abs(np.fft.rfft(piece.samples.astype(np.float64).mean(axis=1))) ** 2
    at_hz = np.fft.rfftfreq(len(piece.samples), 1 / piece.rate_hz)
    return 10 * float(np.log10(power[(at_hz >= low_hz) & (at_hz < high_hz)].sum() + 1e-12))


def lead_ms(piece: Heard) -> float:
    """How much earlier the left ear hears it."""
    left, right = piece.samples.T.astype(np.float64)
    size = 2 * len(left)
    together = np.fft.irfft(np.conj(np.fft.rfft(left, size)) * np.fft.rfft(right, size))
    most = round(0.0015 * piece.rate_hz)
    lags = np.arange(-most, most + 1)
    return float(lags[np.argmax(together[lags])] / piece.rate_hz * 1e3)


def test_the_nearer_ear_hears_it_louder_and_earlier(ears: dict[str, Heard]) -> None:
    for side, near, sign in (("left", 0, 1), ("right", 1, -1)):
        assert level(ears[side], near) - level(ears[side], 1 - near) > 8.0
        assert 0.3 < sign * lead_ms(ears[side]) < 1.0
    for middle in ("front", "back"):
        assert abs(level(ears[middle], 0) - level(ears[middle], 1)) < 1.0
        assert abs(lead_ms(ears[middle])) < 0.1


def test_in_front_sounds_other_than_behind(ears: dict[str, Heard]) -> None:
    """What tells them apart are high notes, which the ear's shell keeps out from behind."""
    brightness = {
        where: band(ears[where], 8000, 16000) - band(ears[where], 300, 1500) for where in ("front", "back")
    }
    assert brightness["front"] - brightness["back"] > 4.0


def test_where_the_head_turns_decides_the_side(ears: dict[str, Heard]) -> None:
    assert level(ears["front, looking left"], 1) - level(ears["front, looking left"], 0) > 8.0


def test_each_doubling_of_the_distance_takes_six_decibels_from_near_m_on(ears: dict[str, Heard]) -> None:
    assert level(ears["front"]) - level(ears["8 m"]) == pytest.approx(12.0, abs=1.0)
    # 2 m is within the 4 m that a car is as loud as it is; 8 m is twice that
    assert level(ears["8 m, a car"]) - level(ears["8 m"]) == pytest.approx(12.0, abs=1.0)


def test_a_wall_takes_24_decibels(ears: dict[str, Heard]) -> None:
    assert level(ears["front"]) - level(ears["behind a wall"]) == pytest.approx(24.0, abs=1.0)


def test_behind_a_wall_the_dull_version_is_heard_alone(ears: dict[str, Heard]) -> None:
    assert level(ears["clear"]) > level(ears["behind a wall, dull"]) + 12.0
    high = band(ears["behind a wall, dull"], 1000, 15000) - band(ears["behind a wall, dull"], 100, 450)
    assert high < -20.0
    assert band(ears["clear"], 1000, 15000) > band(ears["clear"], 100, 450)


def test_a_loop_begins_where_it_is_told_and_plays_as_fast(ears: dict[str, Heard]) -> None:
    for moment, there, elsewhere in (
        ("from the middle", 1600, 400),
        ("from the beginning", 400, 1600),
        ("an octave up", 800, 400),
    ):
        piece = ears[moment]
        assert band(piece, there - 60, there + 60) - band(piece, elsewhere - 60, elsewhere + 60) > 20.0, (
            moment
        )


def test_openal_is_told_for_as_long_as_it_reads_and_nobody_s_own_choice_is_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ALSOFT_CONF", raising=False)
    with for_headphones():
        ours = Path(os.environ["ALSOFT_CONF"])
        assert "hrtf = true" in ours.read_text().splitlines()
    assert "ALSOFT_CONF" not in os.environ
    assert not ours.exists()
    monkeypatch.setenv("ALSOFT_CONF", "/somebody/elses.conf")
    with for_headphones():
        assert os.environ["ALSOFT_CONF"] == "/somebody/elses.conf"
    assert os.environ["ALSOFT_CONF"] == "/somebody/elses.conf"
