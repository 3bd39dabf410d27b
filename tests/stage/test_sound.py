"""The mix stays under its ceiling whatever a scene asks for, and falls silent in time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.stage import assets, nearer_ear
from vr_runtime.stage.mixer import DULL, RMS_DBFS, WALL_DB, Loudness, damped, dull_version, nearness
from vr_runtime.stage.nearer_ear import TABLE, at_nearer_ear, digest, measured
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


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.floats(0.0, 2.0),
            st.floats(0.0, 1.0),
            st.floats(0.0, 1.0),
            st.one_of(st.none(), st.floats(0.1, 200.0)),
        ),
        max_size=30,
        unique_by=lambda row: row[0],
    ),
    st.floats(0.0, 1.0),
)
def test_no_mix_of_files_of_any_loudness_exceeds_either_ceiling(
    rows: list[tuple[int, float, float, float, float | None]], master: float
) -> None:
    facts = {f"sounds/k{key}.ogg": Loudness(4.0 * peak, 4.0 * peak * rms) for key, _, peak, rms, _ in rows}
    cues = [
        cue(f"k{key}", gain)._replace(position=None if away is None else (away, 0.0, 0.0))
        for key, gain, _, _, away in rows
    ]
    mixer = Mixer(facts.__getitem__)
    for _ in range(3):
        voices = mixer.mix(cues, master, 10.0, (0.0, 0.0, 0.0))
        heard = [
            (voice.gain * nearness(voice.cue, (0.0, 0.0, 0.0)), facts[voice.cue.file]) for voice in voices
        ]
        assert sum(gain * file.peak for gain, file in heard) <= CEILING * master * (1 + 1e-9)
        power = sum((gain * file.rms) ** 2 for gain, file in heard)  # each is a file of its own
        assert power**0.5 <= amplitude(RMS_DBFS) * master * (1 + 1e-9)


def test_what_is_far_away_neither_takes_the_place_of_what_is_near_nor_lowers_it() -> None:
    near = cue("near", 0.3)._replace(position=(0.0, 1.0, 0.0))
    far = [cue(f"far{i:02}", 1.0)._replace(position=(0.0, 200.0, float(i))) for i in range(VOICES)]
    voices = Mixer().mix([*far, near], 1.0, 10.0, (0.0, 0.0, 0.0))
    gains = {voice.cue.key: voice.gain for voice in voices}
    assert gains["near"] == pytest.approx(0.3 * CEILING)
    assert len(gains) == VOICES


def test_a_louder_file_is_turned_down_where_a_soft_one_is_not() -> None:
    files = {"sounds/loud.ogg": Loudness(2.0, 0.2), "sounds/soft.ogg": Loudness(0.5, 0.05)}
    assert settled(Mixer(files.__getitem__), [cue("loud")])["loud"] == pytest.approx(CEILING / 2)
    assert settled(Mixer(files.__getitem__), [cue("soft")])["soft"] == pytest.approx(CEILING)


def test_a_file_that_is_played_twice_counts_as_one_that_is_twice_as_loud() -> None:
    """Two of a kind may meet in step; two different ones never do for long."""
    files = Mixer(lambda file: Loudness(peak=0.1))
    same = [cue(f"layer {index}", 0.8)._replace(file="sounds/bed.ogg") for index in range(2)]
    assert settled(files, same)["layer 0"] == pytest.approx(CEILING / 2)
    different = Mixer(lambda file: Loudness(peak=0.1))
    assert settled(different, [cue("one", 1.0), cue("two", 1.0)])["one"] == pytest.approx(CEILING / 2**0.5)


def test_what_is_in_between_lowers_a_sound_and_never_raises_it() -> None:
    for damp in (0.0, 0.3, 1.0, 7.0):
        (one,) = damped([cue("tap", 0.5)._replace(damp=damp)])
        assert one.gain == pytest.approx(0.5 * amplitude(WALL_DB * min(1.0, damp)))


def test_a_dull_version_takes_over_with_equal_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sounds").mkdir()
    (tmp_path / "sounds" / "pipe.dull.ogg").touch()
    monkeypatch.setattr(assets, "ROOTS", (tmp_path,))
    dull_version.cache_clear()
    try:
        clear, dull = damped([cue("pipe", 0.5)._replace(damp=0.25, position=(1.0, 2.0, 3.0))])
    finally:
        dull_version.cache_clear()
    assert (dull.file, dull.key) == ("sounds/pipe.dull.ogg", "pipe" + DULL)
    assert dull.position == clear.position
    whole = 0.5 * amplitude(WALL_DB * 0.25)
    assert (clear.gain**2 + dull.gain**2) == pytest.approx(whole**2)
    assert dull.gain < clear.gain


@pytest.mark.slow
def test_every_shipped_file_can_be_heard_at_half_gain_without_being_turned_down() -> None:
    """One that is made too hot would be: over -7 dBFS at its peak or -21 dBFS in its loudest second."""
    folder = assets.path("sounds")
    files = sorted(folder.rglob("*.ogg"))
    assert files
    for file in files:
        loudness = at_nearer_ear(f"sounds/{file.relative_to(folder).as_posix()}")
        # the table says what measuring says: after a change of sounds, run assets/scripts/measure_sounds.py
        assert loudness == pytest.approx(measured(file), rel=1e-3), file.name
        assert 0.0 < loudness.rms < loudness.peak, file.name
        assert loudness.peak <= 2 * Loudness().peak, file.name
        assert loudness.rms <= 2 * Loudness().rms, file.name


def test_every_shipped_file_was_measured_beforehand_and_one_that_was_changed_is_measured_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = assets.path("sounds")
    rows = json.loads(assets.path(TABLE).read_text("utf-8"))
    files = sorted(folder.rglob("*.ogg"))
    assert {digest(file) for file in files} == set(rows), "run assets/scripts/measure_sounds.py"

    changed = tmp_path / "changed.ogg"
    changed.write_bytes((folder / "drip.ogg").read_bytes() + b"\0")
    monkeypatch.setattr(assets, "path", lambda relative: changed)
    asked: list[Path] = []
    monkeypatch.setattr(nearer_ear, "measured", lambda path: asked.append(path) or Loudness(0.5, 0.1))
    assert at_nearer_ear("changed.ogg") == Loudness(0.5, 0.1)
    assert asked == [changed]


def test_sound_that_is_not_wanted_is_silent() -> None:
    sound = open_sound(wanted=False)
    assert isinstance(sound, Silent)
    sound.play([cue("wind")], 1.0, Listener(), FRAME_S)
    sound.close()
