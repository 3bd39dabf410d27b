"""How one driver keeps clear of what is ahead: speeds that can still be stopped from, after Krauß and Gipps.

A driver who is never faster than :func:`safe_speed` stays behind a leader that brakes no harder than ``BRAKE_M_S2``.
"""

from __future__ import annotations

from math import sqrt

BRAKE_M_S2 = 2.5
"""Nobody brakes harder than this."""
PLAN_M_S2 = 2.0
"""How hard everyone plans to brake: less than they may, so that they need not be exact."""
PULL_M_S2 = 1.5
"""Nobody speeds up harder than this."""
STANDING_M = 2.5
"""Left between two that stand."""
LINE_M = 1.0
"""Left before a line that one must not cross."""
LINE_S = 0.6
"""How early one begins to brake for a line, s."""
CAN_STOP_M_S2 = 2.2
"""Who had to brake harder than this for amber goes on."""


def safe_speed(gap_m: float, leader_m_s: float, headway_s: float) -> float:
    """The fastest that still keeps clear: ``gap_m`` from the own nose to the leader's tail, ``headway_s`` the time
    that one wants to be behind. At a steady speed v the gap is then ``STANDING_M + headway_s * v``."""
    spare = gap_m - STANDING_M
    lag = PLAN_M_S2 * headway_s
    under = lag * lag + leader_m_s * leader_m_s + 2.0 * PLAN_M_S2 * spare
    return max(0.0, sqrt(under) - lag) if under > 0.0 else 0.0


def line_speed(gap_m: float) -> float:
    """The fastest from which one stops before a line that is ``gap_m`` ahead of the nose."""
    lag = PLAN_M_S2 * LINE_S
    under = lag * lag + 2.0 * PLAN_M_S2 * (gap_m - LINE_M)
    return max(0.0, sqrt(under) - lag) if under > 0.0 else 0.0


def can_stop(gap_m: float, speed_m_s: float) -> bool:
    return gap_m >= speed_m_s * speed_m_s / (2.0 * CAN_STOP_M_S2) + LINE_M


def next_speed(speed_m_s: float, wanted_m_s: float, dt_s: float, brake_m_s2: float = BRAKE_M_S2) -> float:
    """One tick towards a speed within what is comfortable; never backwards."""
    change = wanted_m_s - speed_m_s
    change = min(max(change, -brake_m_s2 * dt_s), PULL_M_S2 * dt_s)
    return max(0.0, speed_m_s + change)
