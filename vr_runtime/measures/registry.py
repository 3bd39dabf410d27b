"""Which markers there are: unit, source, algorithm and the thresholds that each was made with.

docs/measures.md holds the definitions in words; a test keeps that table and this one equal.
"""

from __future__ import annotations

from vr_runtime.measures import checking, cleaning, doing, escape, reaching, safety, stillness
from vr_runtime.measures.definition import Definition, Source

__all__ = ["DEFINITIONS", "Definition", "Source"]

_FILTER = ("filter_min_cutoff_hz", "filter_beta", "velocity_cutoff_hz")
_DWELL = ("dwell_s", "dwell_band_m")
_RATE = ("heart_rate_window_s", "coverage")
_RMSSD = ("rmssd_window_s", "coverage", "flagged_limit")
_STEP_RMSSD = ("rmssd_minimum_s", "flagged_limit")
_VIEW = ("minimum_dwell_s", "view_half_angle_deg")
_AWAY = ("away_deg", "away_back_deg", "away_s")

DEFINITIONS: dict[str, Definition] = {
    # moments and spans within a step
    "approach_velocity": Definition(
        "m/s",
        "head",
        "approach/1",
        ("approach_m_s", "approach_s", "slow_m_s", *_FILTER),
    ),
    "retreat": Definition(
        "m",
        "head",
        "retreat/1",
        ("retreat_m", "retreat_within_s", "retreat_m_s", "retreat_refractory_s", "velocity_cutoff_hz"),
    ),
    "head_gaze": Definition("s", "head", "head_gaze/1", ("cone_deg", "minimum_dwell_s")),
    "head_turn_away": Definition("s", "head", "head_turn_away/1", (*_AWAY, "away_armed_deg")),
    "touch": Definition("s", "hand", "touch/1", ()),
    "wash": Definition("s", "hand", "wash/1", ()),
    "heart_rate": Definition("1/min", "heart", "heart_rate/1", _RATE),
    "rmssd": Definition("ms", "heart", "rmssd/1", _RMSSD),
    # summaries of a step
    "bat_min_distance": Definition("m", "head", "bat_min_distance/1", _DWELL),
    "bat_final_distance": Definition("m", "head", "bat_final_distance/1", ()),
    "bat_normalised": Definition("1", "head", "bat_normalised/1", _DWELL),
    "approach_latency": Definition("s", "head", "approach/1", ("approach_m_s", "approach_s")),
    "hesitation": Definition("1", "head", "hesitation/1", ("slow_m_s", "velocity_cutoff_hz")),
    "head_gaze_dwell": Definition("1", "head", "head_gaze/1", ("cone_deg", *_VIEW)),
    "head_gaze_dwell_narrow": Definition("1", "head", "head_gaze/1", ("cone_narrow_deg", *_VIEW)),
    "head_gaze_dwell_wide": Definition("1", "head", "head_gaze/1", ("cone_wide_deg", *_VIEW)),
    "head_in_view": Definition("1", "head", "head_in_view/1", ("view_half_angle_deg",)),
    "head_away_share": Definition("1", "head", "head_turn_away/1", _AWAY),
    "touch_count": Definition("count", "hand", "touch/1", ()),
    "touch_time": Definition("s", "hand", "touch/1", ()),
    "touch_latency": Definition("s", "hand", "touch/1", ()),
    "step_heart_rate": Definition("1/min", "heart", "heart_rate/1", ()),
    "step_rmssd": Definition("ms", "heart", "rmssd/1", _STEP_RMSSD),
    "step_rmssd_gated": Definition("ms", "heart", "rmssd/1", _STEP_RMSSD),
    # the whole body
    **cleaning.DEFINITIONS,
    **escape.DEFINITIONS,
    **stillness.DEFINITIONS,
    **reaching.DEFINITIONS,
    **checking.DEFINITIONS,
    **doing.DEFINITIONS,
    **safety.DEFINITIONS,
}
