"""Thresholds of the measures. Every marker carries those that it was made with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Defaults and their origin stand in docs/measures.md. Metres, seconds, degrees, m/s, Hz."""

    # ---- filtering of the distance: one-euro (Casiez, Roussel and Vogel 2012, doi:10.1145/2207676.2208639)
    filter_min_cutoff_hz: float = 2.0
    filter_beta: float = 1.0
    velocity_cutoff_hz: float = 2.0
    jump_m_s: float = 5.0
    """Faster than this is no head: the viewpoint was moved, and the filter starts anew."""
    gap_s: float = 0.25
    """Frames farther apart than this are not joined."""

    # ---- approach
    dwell_s: float = 1.0
    dwell_band_m: float = 0.1
    approach_m_s: float = 0.1
    approach_s: float = 0.5
    slow_m_s: float = 0.05
    retreat_m: float = 0.3
    retreat_within_s: float = 2.0
    retreat_m_s: float = 0.3
    retreat_refractory_s: float = 2.0

    # ---- looking, by the head's direction
    cone_deg: float = 15.0
    cone_narrow_deg: float = 10.0
    cone_wide_deg: float = 20.0
    minimum_dwell_s: float = 0.5
    view_half_angle_deg: float = 45.0
    away_deg: float = 60.0
    away_back_deg: float = 45.0
    away_armed_deg: float = 30.0
    away_s: float = 1.0

    # ---- heart
    heart_rate_window_s: float = 10.0
    rmssd_window_s: float = 60.0
    rmssd_minimum_s: float = 30.0
    coverage: float = 0.8
    flagged_limit: float = 0.2
    stale_s: float = 5.0
    short_s: float = 300.0
    """A heart-rate variability of less than this is labelled ultra-short."""


ORIGINS: dict[str, str] = {
    "filter_min_cutoff_hz": "chosen here: walking lies below",
    "filter_beta": "chosen here",
    "velocity_cutoff_hz": "chosen here",
    "jump_m_s": "no head moves so in a room",
    "gap_s": "the streams' stale time",
    "dwell_s": "chosen here",
    "dwell_band_m": "chosen here: sway",
    "approach_m_s": "chosen here",
    "approach_s": "chosen here",
    "slow_m_s": "chosen here: above standing sway",
    "retreat_m": "chosen here: half a step",
    "retreat_within_s": "chosen here",
    "retreat_m_s": "chosen here",
    "retreat_refractory_s": "chosen here",
    "cone_deg": "eyes mostly stay within 15 to 20 degrees of the head",
    "cone_narrow_deg": "for sensitivity",
    "cone_wide_deg": "for sensitivity",
    "minimum_dwell_s": "chosen here: heads are slower than eyes",
    "view_half_angle_deg": "about half the field of view of current headsets",
    "away_deg": "chosen here",
    "away_back_deg": "chosen here",
    "away_armed_deg": "chosen here",
    "away_s": "chosen here",
    "heart_rate_window_s": "customary minimum for a mean rate",
    "rmssd_window_s": "customary for ultra-short RMSSD",
    "rmssd_minimum_s": "customary minimum",
    "coverage": "chosen here",
    "flagged_limit": "chosen here",
    "stale_s": "the heart stream's stale time",
    "short_s": "Task Force 1996: 5 minutes for short-term measures",
}
"""Where each threshold comes from, for the table in docs/measures.md (scripts/measures_page.py)."""

_UNITS = {
    "m_s": "m/s",
    "deg_s": "deg/s",
    "hz": "Hz",
    "deg": "deg",
    "bpm": "1/min",
    "ms": "ms",
    "m": "m",
    "s": "s",
}
_UNITS_OF = {"filter_beta": "s/m"}


def unit_of(name: str) -> str:
    """A setting's unit, by the end of its name; shares have the unit 1."""
    ends = (unit for end, unit in _UNITS.items() if name.endswith(f"_{end}"))
    return _UNITS_OF.get(name) or next(ends, "1")
