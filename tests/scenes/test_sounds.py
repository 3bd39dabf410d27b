"""The sounds that scenes ask for: what has a place can be placed, and no ambience is heard to begin anew."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
import pytest
import soundfile

from scenes.kit.beds import bed
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.scene_views import cue_of
from vr_runtime.stage import assets
from vr_runtime.stage.scene import Moment, SoundCue

PACKS = find_scenes()
every_scene = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)

SWELL_DB, SWELLING = 6.0, 0.01
"""A bed is steady where none of its octaves is so much above its own median, over 0.2 s, in more than this share of the
time: then there is nothing in it that an ear could know again."""
SHORTEST_S = 10.0
"""Of noise that is steady, people know a piece again by ear up to a few seconds, with effort (Guttman and Julesz 1963)."""
OCTAVES_HZ = (50, 100, 200, 400, 800, 1600, 3200, 6400, 12800)
HEARD_DB = 25.0
"""An octave that lies so much below the loudest is not listened to."""
RHYTHMS = {"sounds/road/indicator.ogg"}
"""What repeats by nature."""


def asked_for(pack: ScenePack) -> list[tuple[SoundCue, ...]]:
    """What is heard in each moment of two seconds: every step, and every trigger on each."""
    manifest, scene = pack.manifest, pack.create()
    found: list[tuple[SoundCue, ...]] = []
    for step in range(len(manifest.hierarchy) + 1):
        for trigger in ("", *(trigger.id for trigger in manifest.triggers)):
            scene.begin(Random(1), dict(cue_of(manifest, step).parameters))
            if trigger:
                scene.fire(trigger)
            for frame in range(20):
                scene.update(Moment(frame / 10, 0.1, Pose(z=1.6), Hands()))
                found.append(scene.sounds())
    return found


def spectra(wave: np.ndarray, rate: int) -> np.ndarray:
    """Level in each octave over time, dB, (octaves, pieces of about 0.2 s); the loop is gone through one and a half times."""
    size, hop = 8192, 4096
    twice = np.concatenate([wave, wave[: len(wave) // 2]])
    hz = np.fft.rfftfreq(size, 1.0 / rate)
    power = np.array(
        [
            np.abs(np.fft.rfft(twice[at : at + size] * np.hanning(size))) ** 2
            for at in range(0, len(twice) - size, hop)
        ]
    )
    bands = [
        power[:, (hz >= low) & (hz < high)].sum(axis=1)
        for low, high in zip(OCTAVES_HZ, OCTAVES_HZ[1:], strict=False)
    ]
    return 10.0 * np.log10(np.array(bands) + 1e-12)


@cache
def steady(file: str) -> bool:
    wave, rate = soundfile.read(assets.path(file), always_2d=True)
    levels = spectra(wave.mean(axis=1), rate)
    usual = np.median(levels, axis=1)
    above = (levels - usual[:, None])[usual > usual.max() - HEARD_DB]
    return len(wave) / rate >= SHORTEST_S and float((above.max(axis=0) > SWELL_DB).mean()) <= SWELLING


@every_scene
def test_what_has_a_position_is_a_mono_file(pack: ScenePack) -> None:
    """OpenAL places nothing else."""
    placed = {cue.file for cues in asked_for(pack) for cue in cues if cue.position is not None}
    assert [file for file in sorted(placed) if soundfile.info(assets.path(file)).channels != 1] == []


@every_scene
def test_no_ambience_is_heard_to_begin_anew(pack: ScenePack) -> None:
    """It is steady, or lies over itself at another rate, so that its swells do not come back alike."""
    alone: set[str] = set()
    for cues in asked_for(pack):
        beds = [cue for cue in cues if cue.loop and cue.position is None and cue.gain > 0.0]
        for cue in beds:
            rates = {other.rate for other in beds if other.file == cue.file}
            if len(rates) == 1 and cue.file not in RHYTHMS and not steady(cue.file):
                alone.add(cue.file)
    assert alone == set()


@every_scene
def test_a_loop_goes_over_its_end_without_a_click(pack: ScenePack) -> None:
    """From its last sample to its first it moves no further than it does between any two."""
    clicks: dict[str, float] = {}
    for file in sorted({cue.file for cues in asked_for(pack) for cue in cues if cue.loop}):
        wave, _ = soundfile.read(assets.path(file), always_2d=True)
        usual = np.abs(np.diff(wave, axis=0)).max()
        seam = float(np.abs(wave[0] - wave[-1]).max() / usual)
        if seam > 1.0:
            clicks[file] = seam
    assert clicks == {}


def test_the_measure_knows_a_swell_from_a_hum() -> None:
    assert not steady("sounds/wind.ogg")
    assert steady("sounds/room.ogg")


def test_the_layers_of_a_bed_are_together_as_loud_as_its_file_and_never_go_side_by_side() -> None:
    one, other = bed("wind", "sounds/wind.ogg", 0.5)
    assert one.gain**2 + other.gain**2 == pytest.approx(0.25)
    assert one.rate != other.rate
    assert one.key != other.key
