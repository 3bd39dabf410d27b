"""Wind, gusts and sway as functions of scene time."""

from __future__ import annotations

from math import pi, sin

GUST_S = 3.2
"""Length of a gust, s: it swells over a third of it and dies away over the rest."""

SWAY_HZ = (0.11, 0.17)
"""Frequencies of roll and pitch, Hz. Both stay below 0.25 Hz, where slow sway is felt but seldom sickens."""


def gust(since_s: float) -> float:
    """Strength of a gust, 0 to 1, ``since_s`` seconds after it was fired; smooth at both ends."""
    if not 0.0 < since_s < GUST_S:
        return 0.0
    share = since_s / GUST_S
    x = share * 3.0 if share < 1.0 / 3.0 else (1.0 - share) * 1.5
    return x * x * (3.0 - 2.0 * x)


def breath(t_s: float, phase: float) -> float:
    """The wind's own slow rise and fall, 0 to 1."""
    return 0.5 + 0.3 * sin(0.47 * t_s + phase) + 0.2 * sin(1.13 * t_s + 2.0 * phase)


def sway(t_s: float, amplitude_deg: float, gust_now: float, phase: float) -> tuple[float, float]:
    """Roll and pitch of the platform, degrees.

    ``hypot(roll, pitch) <= amplitude_deg`` at every time and in every gust: a gust uses up what a calm leaves.
    """
    reach = amplitude_deg * (0.7 + 0.3 * gust_now)
    roll = 0.8 * reach * sin(2.0 * pi * SWAY_HZ[0] * t_s + phase)
    pitch = 0.6 * reach * sin(2.0 * pi * SWAY_HZ[1] * t_s + 1.7 * phase)
    return roll, pitch
