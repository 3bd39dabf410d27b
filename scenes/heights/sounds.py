"""What is heard in the heights scene: wind by height and shelter, the city below, the lift."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scenes.kit.beds import bed
from vr_runtime.stage import assets
from vr_runtime.stage.scene import SoundCue

if TYPE_CHECKING:
    from scenes.heights.logic import HeightsLogic


TOUCH_S = 0.8
"""How long a hand's touch of a metal rail may sound."""


@cache
def _there(file: str) -> bool:
    """Whether the assets have this sound; what is missing stays silent."""
    return assets.find(file) is not None


def cues(logic: HeightsLogic) -> tuple[SoundCue, ...]:
    """All sounds of this moment, gains from 0 to 1."""
    high = logic.level
    far = 1.0 / (1.0 + high / 45.0)
    shelter = 1.0 - logic.here.sheltered * (logic.rail_kind != "none")
    blown = shelter * (0.04 + 0.004 * high + 0.75 * logic.air)
    made = [
        *bed("wind", "sounds/wind.ogg", min(1.0, blown)),
        *bed("city", "sounds/city.ogg", (0.25 + 0.6 * logic.traffic) * (0.35 + 0.65 * far)),
    ]
    if logic.gust > 0.0:
        made.append(SoundCue(f"gust-{logic.gusts}", "sounds/gust.ogg", 0.5 + 0.4 * logic.wind, False))
    if logic.t_s - logic.touched_s < TOUCH_S and logic.rail_kind in ("bars", "glass"):
        file = f"sounds/rail_touch_{logic.touches % 3 + 1}.ogg"
        made.append(SoundCue(f"rail-touch-{logic.touches}", file, 0.22, False))
    if logic.place == "lift":
        made += _lift(logic)
    return tuple(cue for cue in made if _there(cue.file))


def _lift(logic: HeightsLogic) -> list[SoundCue]:
    ride = logic.ride
    made = []
    if ride.speed != 0.0:
        made.append(SoundCue("lift", "sounds/lift_hum.ogg", min(0.5, 0.12 + 0.22 * abs(ride.speed)), True))
    if 0.0 < logic.doors < 1.0:
        made.append(SoundCue("lift-door", "sounds/lift_door.ogg", 0.35, False))
    if logic.arrivals and ride.speed == 0.0:
        made.append(SoundCue(f"lift-ding-{logic.arrivals}", "sounds/lift_ding.ogg", 0.3, False))
    return made
