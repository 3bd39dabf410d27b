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
    flagged_warn: float = 0.05
    sdnn_window_s: float = 240.0
    sdnn_minimum_s: float = 120.0
    stale_s: float = 5.0
    short_s: float = 300.0
    """A heart-rate variability of less than this is labelled ultra-short."""

    # ---- markers of the heart: changes of rate against the baseline in the neutral room, and single moments
    heart_late_s: float = 2.0
    """Beats are heard of up to so late; markers of the heart look at a beat when it is so old."""
    heart_base_s: float = 180.0
    heart_base_minimum_s: float = 60.0
    heart_sd_floor_bpm: float = 0.1
    heart_slot_s: float = 30.0
    heart_now_s: float = 5.0
    heart_rise_bpm: float = 15.0
    heart_rise_end_bpm: float = 10.0
    heart_rise_s: float = 5.0
    heart_rise_refractory_s: float = 30.0
    heart_drop_bpm: float = 15.0
    heart_drop_within_s: float = 30.0
    heart_drop_refractory_s: float = 30.0
    artefact_beats: float = 20.0
    artefact_on: float = 0.2
    artefact_off: float = 0.1
    orienting_s: float = 5.0
    recovery_s: float = 60.0
    half_recovery_limit_s: float = 300.0
