"""What is heard in the road scene: the own car, the weather, those who pass, and what the therapist fires."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from scenes.kit.beds import bed
from scenes.road.traffic import LORRIES
from scenes.road.triggers import HEARD
from vr_runtime.stage import assets
from vr_runtime.stage.scene import SoundCue

if TYPE_CHECKING:
    from scenes.road.logic import RoadLogic, Vehicle

PASSING = 3
"""So many of those who pass are heard."""
IDLE_REV, CRUISE_REV, MOTORWAY_REV = 850.0, 2040.0, 2760.0
"""Turns of the engine, 1/min, at which each loop was made."""
NEAR_M = {"horn": 14.0, "brakes": 14.0, "siren": 30.0, "impact": 18.0}


@cache
def _there(file: str) -> bool:
    """Whether the assets have this sound; what is missing stays silent."""
    return assets.find(file) is not None


def share(x: float, low: float, high: float) -> float:
    return min(max((x - low) / (high - low), 0.0), 1.0)


def cues(logic: RoadLogic) -> tuple[SoundCue, ...]:
    """All sounds of this moment, gains from 0 to 1. While the scene is frozen the engine idles and nothing passes."""
    made = _cabin(logic)
    if logic.moving:
        made += [*_passing(logic), *_fired(logic)]
    return tuple(cue for cue in made if cue.gain > 0.003 and _there(cue.file))


def _loop(key: str, gain: float, rate: float = 1.0) -> SoundCue:
    return SoundCue(key, f"sounds/road/{key}.ogg", gain, True, rate=rate)


def _engine(logic: RoadLogic) -> list[SoundCue]:
    """Three loops, each near the turns that it was made at, bent to those of the engine now."""
    revs = logic.revs if logic.moving else min(logic.revs, IDLE_REV)
    loud = logic.loudness * (logic.place != "parked")
    higher, fast = share(revs, 950.0, 1350.0), share(revs, 2150.0, 2650.0)
    made = []
    for key, gain, own in (
        ("engine_idle", 0.30 * (1.0 - higher), IDLE_REV),
        ("engine_cruise", 0.34 * higher * (1.0 - fast), CRUISE_REV),
        ("engine_motorway", 0.32 * fast, MOTORWAY_REV),
    ):
        made.append(_loop(key, loud * gain, min(max(revs / own, 0.5), 1.6)))
    return made


def _cabin(logic: RoadLogic) -> list[SoundCue]:
    loud, v = logic.loudness, logic.speed_m_s if logic.moving else 0.0
    rolling = share(v, 0.5, 14.0)
    wet = logic.rain if logic.place != "tunnel" else 0.0
    made = [
        *_engine(logic),
        _loop("tyres", loud * (0.06 * rolling + 0.34 * share(v, 3.0, 33.0))),
        _loop("wind_noise", loud * 0.40 * share(v, 12.0, 36.0) ** 1.5),
        _loop(
            "tyres_wet",
            loud * 0.35 * min(1.0, 2.0 * logic.rain) * share(v, 2.0, 25.0) * (logic.place != "tunnel"),
        ),
        *bed("rain_roof", "sounds/road/rain_roof.ogg", loud * 0.65 * wet**0.8),
        _loop("tunnel_hum", loud * 0.40 * (logic.place == "tunnel")),
        _loop(
            "street",
            loud * 0.16 * (logic.place in ("parked", "residential", "junction")) * (1.0 - 0.6 * rolling),
        ),
        _loop("indicator", loud * 0.10 * (logic.indicator != "off" and logic.moving)),
    ]
    wipers = logic.wipers
    if logic.moving and wipers.phase > 0.0:
        file = f"sounds/road/wiper_{wipers.sweeps % 3 + 1}.ogg"
        made.append(SoundCue(f"wiper-{wipers.sweeps}", file, loud * 0.30, False))
    return made


def _passing(logic: RoadLogic) -> list[SoundCue]:
    """The nearest of those who move, where they are."""
    moving = [item for item in logic.vehicles() if item.speed_m_s > 1.0 and item.y > -60.0]
    near = sorted(moving, key=lambda item: item.x * item.x + item.y * item.y)[:PASSING]
    return [_vehicle(item, logic) for item in near]


def _vehicle(item: Vehicle, logic: RoadLogic) -> SoundCue:
    heavy = item.kind in (*LORRIES, "bus")
    file = "lorry_near" if heavy else "car_near"
    # by the speed at which it rolls, and at which it comes by
    by = abs(item.speed_m_s - (logic.speed_m_s if item.heading == 0.0 else -logic.speed_m_s))
    gain = (
        logic.loudness * (0.25 + 0.5 * share(item.speed_m_s, 3.0, 28.0)) * (0.5 + 0.5 * share(by, 0.0, 15.0))
    )
    key = f"{item.kind}-{item.slot}"
    near_m, rate = 4.5 if heavy else 2.5, 0.9 + 0.04 * (item.slot % 6)
    return SoundCue(key, f"sounds/road/{file}.ogg", gain, True, (item.x, item.y, 0.8), near_m, rate=rate)


def _fired(logic: RoadLogic) -> list[SoundCue]:
    made = []
    for shot in logic.triggers.shots:
        if logic.clock_s - shot.at_s < HEARD[shot.kind][0]:
            gain = 0.35 + 0.65 * logic.event_strength
            key = f"{shot.kind}-{shot.n}"
            file = f"sounds/road/{shot.kind}.ogg"
            made.append(SoundCue(key, file, gain, False, shot.position, NEAR_M[shot.kind]))
    return made
