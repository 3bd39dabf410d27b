"""The mix stays under its ceiling whatever a scene asks for, and falls silent in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.sound import MASTER_DBFS, VOICES, Mixer, Silent, amplitude, open_sound
from vr_runtime.stage.turns import Listener

CEILING = amplitude(MASTER_DBFS)
FRAME_S = 1 / 90


def cue(key: str, gain: float = 1.0, *, loop: bool = True) -> SoundCue:
    return SoundCue(key, f"sounds/{key}.ogg", gain, loop)


def settled(mixer: Mixer, cues: list[SoundCue], master: float = 1.0) -> dict[str, float]:
    voices = mixer.mix(cues, master, 10.0)
    voices = mixer.mix(cues, master, 10.0)
    return {voice.cue.key: voice.gain for voice in voices if not voice.over}


def test_minus_six_decibels_is_half() -> None:
    assert amplitude(-6.0) == pytest.approx(0.501, abs=1e-3)
    assert amplitude(0.0) == 1.0


def test_one_sound_at_full_gain_is_at_the_ceiling() -> None:
    assert settled(Mixer(), [cue("wind")]) == {"wind": pytest.approx(CEILING)}


def test_quieter_sounds_keep_their_own_gain() -> None:
    assert settled(Mixer(), [cue("wind", 0.2), cue("birds", 0.1)]) == {
        "wind": pytest.approx(0.2 * CEILING),
        "birds": pytest.approx(0.1 * CEILING),
    }


def test_the_quietest_beyond_the_cap_are_left_out() -> None:
    heard = settled(Mixer(), [cue(f"s{i:02}", 0.01 * (i + 1)) for i in range(VOICES + 5)])
    assert len(heard) == VOICES
    assert "s00" not in heard
    assert f"s{VOICES + 4}" in heard


cues_strategy = st.lists(
    st.tuples(st.integers(0, 30), st.floats(-1.0, 5.0), st.booleans()),
    max_size=40,
    unique_by=lambda row: row[0],
).map(lambda rows: [cue(f"k{key}", gain, loop=loop) for key, gain, loop in rows])


@given(
    st.lists(st.tuples(cues_strategy, st.floats(0.0, 2.0), st.floats(0.0, 0.5)), min_size=1, max_size=8),
)
def test_all_gains_together_never_exceed_the_ceiling(
    moments: list[tuple[list[SoundCue], float, float]],
) -> None:
    mixer = Mixer()
    for cues, master, dt_s in moments:
        voices = mixer.mix(cues, master, dt_s)
        assert sum(voice.gain for voice in voices) <= CEILING * (1 + 1e-9)
        assert all(voice.gain >= 0.0 for voice in voices)


def test_everything_is_silent_two_tenths_of_a_second_after_the_cues_are_gone() -> None:
    mixer = Mixer()
    settled(mixer, [cue("wind"), cue("gust", 0.7)])
    frames = int(0.2 / FRAME_S)
    voices = ()
    for _ in range(frames):
        voices = mixer.mix([], 1.0, FRAME_S)
    assert voices == ()


def test_gains_do_not_jump() -> None:
    mixer = Mixer()
    before = 0.0
    for i in range(200):
        (voice,) = mixer.mix([cue("wind", 1.0 if i < 60 or i > 120 else 0.1)], 1.0, FRAME_S)
        assert abs(voice.gain - before) < 0.12
        before = voice.gain


def test_a_sound_that_is_played_once_starts_at_its_gain_and_again_only_after_it_was_away() -> None:
    mixer = Mixer()
    bang = cue("bang", 0.5, loop=False)
    started = [voice.started for _ in range(3) for voice in mixer.mix([bang], 1.0, FRAME_S)]
    assert started == [True, False, False]
    for _ in range(30):
        mixer.mix([], 1.0, FRAME_S)
    (voice,) = mixer.mix([bang], 1.0, FRAME_S)
    assert (voice.started, voice.gain) == (True, pytest.approx(0.5 * CEILING))


def test_master_gain_lowers_and_never_raises_above_the_ceiling() -> None:
    assert settled(Mixer(), [cue("wind")], 0.5)["wind"] == pytest.approx(CEILING / 2)
    assert settled(Mixer(), [cue("wind")], 7.0)["wind"] == pytest.approx(CEILING)


def test_sound_that_is_not_wanted_is_silent() -> None:
    sound = open_sound(wanted=False)
    assert isinstance(sound, Silent)
    sound.play([cue("wind")], 1.0, Listener(), FRAME_S)
    sound.close()
