"""No installed scene is louder than its manifest allows: measured in the mix, as OpenAL would send it to the headphones,
in real time. `make proof` listens longer, to every step and every trigger."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile

from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.film import Firing, Reel, save_sound
from vr_runtime.stage.loudness import Levels, measure

pytestmark = [pytest.mark.graphics]

PACKS = find_scenes()
SECONDS = 3.0
SILENT_DBFS = -70.0

every_scene = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)


def listened(reel: Reel, folder: Path) -> Levels:
    path = folder / "heard.wav"
    save_sound(PACKS, reel, path)
    samples, rate = soundfile.read(path, always_2d=True)
    assert len(samples) == round(reel.seconds * rate)
    return measure(samples, rate)


def excess(levels: Levels, pack: ScenePack) -> list[str]:
    budget = pack.manifest.budget
    found = [f"true peak {levels.peak_dbfs:.1f}"] if levels.peak_dbfs > budget.sound_peak_dbfs else []
    return found + ([f"RMS {levels.rms_dbfs:.1f}"] if levels.rms_dbfs > budget.sound_rms_dbfs else [])


def one_after_another(pack: ScenePack, seconds: float) -> tuple[Firing, ...]:
    triggers = pack.manifest.triggers
    return tuple((0.1 + 0.6 * seconds * i / len(triggers), trigger.id) for i, trigger in enumerate(triggers))


@pytest.mark.slow
@every_scene
def test_the_hardest_step_with_every_trigger_is_under_the_ceilings_and_not_silent(
    pack: ScenePack, tmp_path: Path
) -> None:
    hardest = len(pack.manifest.hierarchy)
    levels = listened(Reel(pack.manifest.id, hardest, one_after_another(pack, SECONDS), SECONDS), tmp_path)
    assert excess(levels, pack) == []
    assert levels.rms_dbfs > SILENT_DBFS


@pytest.mark.proof
@pytest.mark.timeout(3600)
@every_scene
def test_every_step_and_every_trigger_is_under_the_ceilings(pack: ScenePack, tmp_path: Path) -> None:
    manifest, names = pack.manifest, [trigger.id for trigger in pack.manifest.triggers]
    heard: dict[str, Levels] = {}
    for step in range(1 if manifest.hierarchy else 0, len(manifest.hierarchy) + 1):
        firings: dict[str, tuple[Firing, ...]] = {"nothing": ()}
        if step == len(manifest.hierarchy):
            firings |= {name: ((1.0, name),) for name in names}
        if names:
            firings["everything at once"] = tuple((1.0, name) for name in names)
        for what, fire in firings.items():
            heard[f"step {step}, {what}"] = listened(Reel(manifest.id, step, fire, 10.0), tmp_path)
    loudest = max(heard, key=lambda name: heard[name].rms_dbfs)
    highest = max(heard, key=lambda name: heard[name].peak_dbfs)
    print(  # noqa: T201
        f"\n{manifest.id}, {len(heard)} runs of 10 s: loudest second {heard[loudest].rms_dbfs:.1f} dBFS ({loudest}), "
        f"true peak {heard[highest].peak_dbfs:.1f} dBFS ({highest})"
    )
    assert {name: found for name, levels in heard.items() if (found := excess(levels, pack))} == {}
