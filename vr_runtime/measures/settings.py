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

    # ---- looking, by the minute and by each appearance of a stimulus
    cone_slack_deg: float = 1.5
    """A stretch of looking ends so far outside the cone that it began in."""
    onset_hidden_s: float = 2.0
    minute_least_s: float = 10.0

    # ---- looking, by an eye tracker
    gaze_cone_deg: float = 5.0
    gaze_cone_narrow_deg: float = 3.0
    gaze_cone_wide_deg: float = 8.0
    fixation_deg: float = 1.0
    fixation_s: float = 0.25
    follow_s: float = 0.5
    look_gap_s: float = 0.1
    vigilance_early_s: float = 0.5
    vigilance_late_s: float = 2.0
    eye_coverage: float = 0.5
    saccade_deg_s: float = 100.0
    saccade_within_s: float = 0.5
    velocity_base_s: float = 0.016
    eye_gap_s: float = 0.1
    gaze_jump_deg_s: float = 1000.0
    eye_from_head_m: float = 0.3

    # ---- eyelids
    lid_closed: float = 0.2
    lid_open: float = 0.3
    eye_closure_s: float = 1.0
    blink_least_s: float = 0.05
    blink_most_s: float = 0.4
    rate_least_s: float = 10.0

    # ---- staring past the stimulus
    stare_deg: float = 2.0
    stare_s: float = 3.0
    stare_away_deg: float = 10.0
    head_stare_deg: float = 4.0
    head_stare_s: float = 8.0
    head_stare_away_deg: float = 30.0
    stare_gap_s: float = 0.5
    stare_slack_s: float = 0.15

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
    crouch_low: float = 0.8
    crouch_low_end: float = 0.85
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
    # looking, by the minute and by each appearance
    "cone_slack_deg": "chosen here: against trembling at the rim",
    "onset_hidden_s": "chosen here: hidden for less, it has not gone",
    "minute_least_s": "chosen here",
    # eyes
    "gaze_cone_deg": "chosen here: a few times the error of consumer eye trackers",
    "gaze_cone_narrow_deg": "for sensitivity",
    "gaze_cone_wide_deg": "for sensitivity",
    "fixation_deg": "Llanes-Jurado et al. 2020: best in a headset",
    "fixation_s": "Llanes-Jurado et al. 2020: best in a headset",
    "follow_s": "chosen here: a stay so long is a look without a fixation as well",
    "look_gap_s": "chosen here",
    "vigilance_early_s": "customary in studies of vigilance and avoidance",
    "vigilance_late_s": "customary in studies of vigilance and avoidance",
    "eye_coverage": "chosen here",
    "saccade_deg_s": "30 to 100 in use; the upper end, for consumer trackers are noisy",
    "saccade_within_s": "customary",
    "velocity_base_s": "chosen here: so that 45 to 120 Hz give alike",
    "eye_gap_s": "chosen here: bridges dropped samples, no blink",
    "gaze_jump_deg_s": "no eye turns so fast",
    "eye_from_head_m": "chosen here: eyes are in the head",
    "lid_closed": "chosen here",
    "lid_open": "chosen here",
    "eye_closure_s": "longer than a blink by far",
    "blink_least_s": "a blink of 0.1 s is below the threshold for half of it",
    "blink_most_s": "blinks last 0.1 to 0.4 s",
    "rate_least_s": "chosen here",
    "stare_deg": "chosen here",
    "stare_s": "chosen here: several times a fixation",
    "stare_away_deg": "chosen here",
    "head_stare_deg": "chosen here: sway and breath move the head by 1 to 2 degrees",
    "head_stare_s": "chosen here",
    "head_stare_away_deg": "chosen here: eyes mostly stay within 15 to 20 degrees of the head",
    "stare_gap_s": "chosen here: bridges a blink",
    "stare_slack_s": "chosen here",
    # the whole body
    "hand_jump_m_s": "faster than hands reach",
    "unit_tolerance": "chosen here",
    "escape_zone_m": "chosen here",
    "escape_zone_s": "chosen here",
    "escape_wait_s": "longer than the fade to the safe place",
    "still_head_m_s": "chosen here",
    "still_turn_deg_s": "chosen here",
    "still_hand_m_s": "chosen here",
    "still_s": "chosen here",
    "still_release": "chosen here",
    "still_filter_s": "chosen here: a millimetre of noise stays below a tenth of the threshold",
    "still_refractory_s": "chosen here",
    "freeze_fall_bpm": "chosen here",
    "freeze_window_s": "chosen here",
    "freeze_wait_s": "sensors tell of a beat within two seconds",
    "reach_m": "chosen here",
    "reach_back_m": "chosen here",
    "reach_arm_m": "chosen here",
    "reach_rest_s": "chosen here",
    "jerk_filter_s": "chosen here: reaches come through, a millimetre of noise does not bury them",
    "withdrawn_m": "chosen here",
    "withdrawn_back_m": "chosen here",
    "withdrawn_s": "chosen here",
    "withdrawn_refractory_s": "chosen here",
    "check_near_m": "chosen here",
    "check_far_m": "chosen here",
    "check_look_s": "chosen here",
    "check_apart_s": "chosen here",
    "rail_grip_s": "chosen here",
    "crouch_low": "chosen here",
    "crouch_low_end": "chosen here",
    "crouch_s": "chosen here",
    "crouch_refractory_s": "chosen here",
    "crouch_baseline_s": "chosen here",
    "crouch_least_m": "lower is no head over a floor",
    "heart_rate_window_s": "customary minimum for a mean rate",
    "rmssd_window_s": "customary for ultra-short RMSSD",
    "rmssd_minimum_s": "customary minimum",
    "coverage": "chosen here",
    "flagged_limit": "chosen here",
    "stale_s": "the heart stream's stale time",
    "short_s": "Task Force 1996: 5 minutes for short-term measures",
    "flagged_warn": "chosen here",
    "sdnn_window_s": "Munoz et al. 2015: better than 120 s",
    "sdnn_minimum_s": "Munoz et al. 2015",
    "heart_late_s": "chosen here: straps speak once a second of beats up to a second old",
    "heart_base_s": "customary",
    "heart_base_minimum_s": "chosen here",
    "heart_sd_floor_bpm": "chosen here",
    "heart_slot_s": "customary: first and last 30 s",
    "heart_now_s": "chosen here: about a breath",
    "heart_rise_bpm": "Walshe et al.: manipulation check",
    "heart_rise_end_bpm": "chosen here",
    "heart_rise_s": "chosen here",
    "heart_rise_refractory_s": "chosen here",
    "heart_drop_bpm": "chosen here",
    "heart_drop_within_s": "chosen here",
    "heart_drop_refractory_s": "chosen here",
    "artefact_beats": "chosen here",
    "artefact_on": "chosen here: as `flagged_limit`",
    "artefact_off": "chosen here",
    "orienting_s": "customary",
    "recovery_s": "customary: recovery in the first minute",
    "half_recovery_limit_s": "chosen here",
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
