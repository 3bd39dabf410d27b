"""What the own car shows and does beside rolling: revs, steering wheel, wipers, warning lights. All of it follows the
way and the scene's clock, so it stands still when they do."""

from __future__ import annotations

from math import exp, pi, sin

from scenes.road.route import KM_H

GEARS_KM_H = (0.0, 16.0, 30.0, 46.0, 64.0, 88.0)
"""At which speed each gear is taken."""
IDLE_REV = 850.0
REV_PER_KM_H = (125.0, 66.0, 46.0, 35.0, 28.0, 22.5)
INDICATOR_HZ = 1.1
SWEEP_S = 1.25
STEER_DEG = 3.5


def gear(speed_m_s: float) -> int:
    """From 1."""
    return max(k + 1 for k, from_km_h in enumerate(GEARS_KM_H) if speed_m_s / KM_H >= from_km_h)


def revs(speed_m_s: float) -> float:
    """Of the engine, 1/min, with a clutch that hides the first metres."""
    driven = speed_m_s / KM_H * REV_PER_KM_H[gear(speed_m_s) - 1]
    return IDLE_REV + (driven - IDLE_REV) / (1.0 + exp((IDLE_REV - driven) / 150.0))


def steering(way_m: float, speed_m_s: float) -> float:
    """Of the steering wheel, degrees to the left: the small corrections that keep a car in its lane."""
    much = STEER_DEG / (1.0 + speed_m_s / 12.0)
    return much * (0.6 * sin(way_m / 17.0) + 0.3 * sin(way_m / 41.0 + 1.0) + 0.1 * sin(way_m / 7.3))


def lit(clock_s: float) -> bool:
    """Whether a flashing indicator is bright now."""
    return clock_s * INDICATOR_HZ % 1.0 < 0.5


class Wipers:
    """``angle``: 0 parked, 1 turned all the way. A sweep that has begun is finished."""

    def __init__(self) -> None:
        self.phase = 0.0
        self.rest_s = 0.0
        self.sweeps = 0

    @property
    def angle(self) -> float:
        return sin(pi * self.phase) ** 2

    def update(self, dt_s: float, rain: float) -> None:
        if self.phase <= 0.0:
            self.rest_s -= dt_s
            if rain < 0.04 or self.rest_s > 0.0:
                return
            self.sweeps += 1
        self.phase += dt_s / (SWEEP_S if rain < 0.75 else 0.8 * SWEEP_S)
        if self.phase >= 1.0:
            self.phase = 0.0
            self.rest_s = 3.5 if rain < 0.3 else 1.2 if rain < 0.6 else 0.0
