"""No installed scene flashes: counted in the pictures of its hardest step, with each of its triggers, and of its first.

Twenty pictures a second show flicker up to 10 Hz for what it is; what is faster is left to `make proof`, which films
every step and every trigger, alone and together, at the rates of headsets.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.film import Firing, Reel, Studio
from vr_runtime.stage.flash_analysis import Flashes, analyse
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import MOVES_M_S

pytestmark = pytest.mark.graphics

PACKS = find_scenes()
SMALL = GraphicsSettings(width=160, height=90)
RATE = 20.0
SECONDS = 5.0
ALLOWED = 3.0
"""Flashes a second; of a saturated red: none."""

every_scene = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)


@pytest.fixture
def studio(pack: ScenePack) -> Iterator[Studio]:
    made = Studio(pack.manifest, pack.create(), SMALL)
    yield made
    made.close()


class Seen:
    """Lets frames through and keeps whether they were pictures of something."""

    def __init__(self) -> None:
        self.contrast = 0.0

    def watch(self, frames: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        for frame in frames:
            self.contrast = max(self.contrast, float(frame.std()))
            yield frame


def filmed(studio: Studio, reel: Reel) -> Flashes:
    seen = Seen()
    moving = PACKS[reel.scene].manifest.motion.speed_m_s >= MOVES_M_S
    found = analyse(seen.watch(studio.film(reel)), reel.rate_hz, SMALL.fov_deg, moving)
    assert seen.contrast > 8.0, "there was nothing to see"
    return found


def calm(found: Flashes) -> bool:
    return found.general_per_s <= ALLOWED and found.red_per_s == 0.0


@pytest.mark.slow
@pytest.mark.timeout(400)
@every_scene
def test_the_hardest_step_with_each_trigger_and_the_first_step_do_not_flash(
    pack: ScenePack, studio: Studio
) -> None:
    """The first: there one stands nearest to what drives past, and to what it passes before."""
    hardest = len(pack.manifest.hierarchy)
    firings: list[tuple[Firing, ...]] = [((0.5, trigger.id),) for trigger in pack.manifest.triggers]
    reels = [(hardest, fire) for fire in firings or [()]] + ([(1, ())] if hardest > 1 else [])
    for step, fire in reels:
        found = filmed(studio, Reel(pack.manifest.id, step, fire, SECONDS, RATE))
        assert calm(found), (step, fire, found)


STEPS = [
    pytest.param(pack, step, id=f"{name}-step-{step}")
    for name, pack in PACKS.items()
    for step in range(1 if pack.manifest.hierarchy else 0, len(pack.manifest.hierarchy) + 1)
]


@pytest.mark.proof
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("rate", [72.0, 90.0])
@pytest.mark.parametrize(("pack", "step"), STEPS)
def test_no_step_and_no_trigger_flashes_at_the_rate_of_a_headset(
    pack: ScenePack, step: int, studio: Studio, rate: float
) -> None:
    """One step at a time, so that a run that was cut short still says what it saw."""
    names = [trigger.id for trigger in pack.manifest.triggers]
    firings: dict[str, tuple[Firing, ...]] = {"nothing": (), **{name: ((1.0, name),) for name in names}}
    if len(names) > 1:
        firings["everything at once"] = tuple((1.0, name) for name in names)
        firings["one after another"] = tuple(
            (0.5 + 8.0 * index / len(names), name) for index, name in enumerate(names)
        )
    worst = {
        what: filmed(studio, Reel(pack.manifest.id, step, fire, 10.0, rate)) for what, fire in firings.items()
    }
    general = max(worst, key=lambda what: worst[what].general_per_s)
    print(  # noqa: T201
        f"\n{pack.manifest.id}, step {step}, at {rate:g} Hz, {len(worst)} films of 10 s: at most "
        f"{worst[general].general_per_s:g} flashes a second ({general}), "
        f"{max(found.red_per_s for found in worst.values()):g} red ones",
        flush=True,
    )
    assert [what for what, found in worst.items() if not calm(found)] == []
