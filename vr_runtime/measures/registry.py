"""Which markers there are: unit, source, algorithm and the thresholds that each was made with.

docs/measures.md holds the definitions in words, and a table that scripts/measures_page.py writes from here.
"""

from __future__ import annotations

from vr_runtime.measures import (
    checking,
    cleaning,
    doing,
    escape,
    eyelids,
    eyes,
    head_looks,
    reaching,
    resisting,
    safety,
    stillness,
    sway,
)
from vr_runtime.measures.definition import Definition, Figure, Source

__all__ = ["DEFINITIONS", "FIGURES", "Definition", "Source"]

_FILTER = ("filter_min_cutoff_hz", "filter_beta", "velocity_cutoff_hz")
_DWELL = ("dwell_s", "dwell_band_m")
_RATE = ("heart_rate_window_s", "coverage", "flagged_warn", "flagged_limit")
_RMSSD = ("rmssd_window_s", "coverage", "flagged_warn", "flagged_limit")
_STEP_RMSSD = ("rmssd_minimum_s", "flagged_limit")
_SDNN = ("sdnn_window_s", "sdnn_minimum_s", "coverage", "flagged_warn", "flagged_limit")
_BASE = (
    "heart_base_s",
    "heart_base_minimum_s",
    "heart_rate_window_s",
    "coverage",
    "flagged_warn",
    "flagged_limit",
)
_CHANGE = (*_BASE, "heart_late_s")
_SLOT = (*_CHANGE, "heart_slot_s")
_RISE = ("heart_rise_bpm", "heart_rise_end_bpm", "heart_rise_s", "heart_rise_refractory_s", "heart_now_s")
_DROP = ("heart_drop_bpm", "heart_drop_within_s", "heart_drop_refractory_s", "heart_now_s", "coverage")
_VIEW = ("cone_slack_deg", "minimum_dwell_s", "view_half_angle_deg")
_AWAY = ("away_deg", "away_back_deg", "away_s")

DEFINITIONS: dict[str, Definition] = {
    # moments and spans within a step
    "approach_velocity": Definition(
        "m/s",
        "head",
        "approach/1",
        ("approach_m_s", "approach_s", "slow_m_s", *_FILTER),
        "each approach",
    ),
    "retreat": Definition(
        "m",
        "head",
        "retreat/1",
        ("retreat_m", "retreat_within_s", "retreat_m_s", "retreat_refractory_s", "velocity_cutoff_hz"),
        "each retreat",
    ),
    "head_gaze": Definition(
        "s",
        "head",
        "head_gaze/2",
        ("cone_deg", "cone_slack_deg", "minimum_dwell_s"),
        "each stretch of facing the stimulus",
    ),
    "head_turn_away": Definition(
        "s", "head", "head_turn_away/1", (*_AWAY, "away_armed_deg"), "each turn away"
    ),
    "touch": Definition("s", "hand", "touch/1", (), "each touch of a thing"),
    "wash": Definition("s", "hand", "wash/1", (), "each washing of the hands"),
    "heart_rate": Definition("1/min", "heart", "heart_rate/1", _RATE, "every 10 s"),
    "rmssd": Definition("ms", "heart", "rmssd/1", _RMSSD, "every 60 s"),
    # ---- the heart
    "sdnn": Definition("ms", "heart", "sdnn/1", _SDNN, "every 240 s"),
    "pnn50": Definition("%", "heart", "pnn/1", _RMSSD, "every 60 s"),
    "heart_baseline": Definition(
        "1/min", "heart", "heart_baseline/2", (*_BASE, "heart_late_s"), "once, as the exposure begins"
    ),
    "heart_change": Definition("1/min", "heart", "heart_change/2", _CHANGE, "every 10 s"),
    "heart_change_pct": Definition("%", "heart", "heart_change/2", _CHANGE, "every 10 s"),
    "heart_change_z": Definition(
        "1", "heart", "heart_change/2", (*_CHANGE, "heart_sd_floor_bpm"), "every 10 s"
    ),
    "heart_rise": Definition("1/min", "heart", "heart_rise/2", (*_CHANGE, *_RISE), "each rise"),
    "heart_drop": Definition("1/min", "heart", "heart_drop/1", (*_DROP, "heart_late_s"), "each drop"),
    "artefact_burst": Definition(
        "1",
        "heart",
        "artefact_burst/1",
        ("artefact_beats", "artefact_on", "artefact_off", "heart_late_s"),
        "each burst",
    ),
    "heart_lost": Definition(
        "s", "heart", "heart_lost/1", ("stale_s", "heart_late_s"), "each loss of contact"
    ),
    "orienting_drop": Definition(
        "1/min",
        "heart",
        "orienting_drop/1",
        ("orienting_s", "coverage", "flagged_limit", "heart_late_s"),
        "each onset",
    ),
    "heart_recovery60": Definition(
        "1/min", "heart", "recovery/2", (*_CHANGE, "recovery_s"), "each end of the exposure"
    ),
    "heart_half_recovery": Definition(
        "s",
        "heart",
        "recovery/2",
        (*_CHANGE, "heart_now_s", "recovery_s", "half_recovery_limit_s"),
        "each end of the exposure",
    ),
    # summaries of a step
    "bat_min_distance": Definition("m", "head", "bat_min_distance/1", _DWELL),
    "bat_final_distance": Definition("m", "head", "bat_final_distance/1", ()),
    "bat_normalised": Definition("1", "head", "bat_normalised/1", _DWELL),
    "approach_latency": Definition("s", "head", "approach/1", ("approach_m_s", "approach_s")),
    "hesitation": Definition("1", "head", "hesitation/1", ("slow_m_s", "velocity_cutoff_hz")),
    "head_gaze_dwell": Definition("1", "head", "head_gaze/2", ("cone_deg", *_VIEW)),
    "head_gaze_dwell_narrow": Definition("1", "head", "head_gaze/2", ("cone_narrow_deg", *_VIEW)),
    "head_gaze_dwell_wide": Definition("1", "head", "head_gaze/2", ("cone_wide_deg", *_VIEW)),
    "head_in_view": Definition("1", "head", "head_in_view/1", ("view_half_angle_deg",)),
    "head_away_share": Definition("1", "head", "head_turn_away/1", _AWAY),
    "touch_count": Definition("count", "hand", "touch/1", ()),
    "touch_time": Definition("s", "hand", "touch/1", ()),
    "touch_latency": Definition("s", "hand", "touch/1", ()),
    "step_heart_rate": Definition("1/min", "heart", "heart_rate/1", ()),
    "step_rmssd": Definition("ms", "heart", "rmssd/1", _STEP_RMSSD),
    "step_rmssd_gated": Definition("ms", "heart", "rmssd/1", _STEP_RMSSD),
    # ---- the heart
    "step_sdnn": Definition("ms", "heart", "sdnn/1", ("sdnn_minimum_s", "flagged_limit")),
    "step_pnn50": Definition("%", "heart", "pnn/1", ("rmssd_window_s", "flagged_limit")),
    "heart_first30": Definition("1/min", "heart", "heart_change/2", _SLOT),
    "heart_peak": Definition("1/min", "heart", "heart_change/2", _CHANGE),
    "heart_last30": Definition("1/min", "heart", "heart_change/2", _SLOT),
    "took_hold": Definition("1", "heart", "took_hold/2", (*_CHANGE, "heart_rise_bpm")),
    "heart_nonsense": Definition("count", "heart", "heart_nonsense/1", (), "end of step, if any"),
    # of modules that declare their own
    **head_looks.DEFINITIONS,
    **eyes.DEFINITIONS,
    **eyelids.DEFINITIONS,
    # the whole body
    **cleaning.DEFINITIONS,
    **escape.DEFINITIONS,
    **stillness.DEFINITIONS,
    **reaching.DEFINITIONS,
    **checking.DEFINITIONS,
    **doing.DEFINITIONS,
    **safety.DEFINITIONS,
}

FIGURES: dict[str, Figure] = {**resisting.FIGURES, **sway.FIGURES}
"""Of a finished record; ``vr-runtime measure`` tells them."""
