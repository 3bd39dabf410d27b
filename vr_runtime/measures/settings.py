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

    # ---- the whole body: escape, stillness, hands, checking, safety behaviour
    hand_jump_m_s: float = 10.0
    unit_tolerance: float = 0.01
    escape_zone_m: float = 0.5
    escape_zone_s: float = 0.5
    escape_wait_s: float = 3.0
    still_head_m_s: float = 0.02
    still_turn_deg_s: float = 5.0
    still_hand_m_s: float = 0.05
    still_s: float = 3.0
    still_release: float = 1.5
    still_filter_s: float = 0.15
    still_refractory_s: float = 1.0
    freeze_fall_bpm: float = 3.0
    freeze_window_s: float = 5.0
    freeze_wait_s: float = 3.0
    reach_m: float = 0.5
    reach_back_m: float = 0.05
    reach_arm_m: float = 0.1
    reach_rest_s: float = 0.5
    jerk_filter_s: float = 0.04
    withdrawn_m: float = 0.3
    withdrawn_back_m: float = 0.25
    withdrawn_s: float = 1.0
    withdrawn_refractory_s: float = 1.0
    check_near_m: float = 1.5
    check_far_m: float = 1.7
    check_look_s: float = 0.5
    check_apart_s: float = 2.0
    rail_grip_s: float = 1.0
    crouch_share: float = 0.8
    crouch_back_share: float = 0.85
    crouch_s: float = 0.5
    crouch_refractory_s: float = 1.0
    crouch_baseline_s: float = 5.0
    crouch_least_m: float = 0.5

    # ---- heart
    heart_rate_window_s: float = 10.0
    rmssd_window_s: float = 60.0
    rmssd_minimum_s: float = 30.0
    coverage: float = 0.8
    flagged_limit: float = 0.2
    stale_s: float = 5.0
    short_s: float = 300.0
    """A heart-rate variability of less than this is labelled ultra-short."""
