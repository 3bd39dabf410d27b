"""Measures of approach, looking and heart: the same code live and offline. See docs/measures.md."""

from vr_runtime.measures.heart import RRMeasures, rr_flags, rr_measures
from vr_runtime.measures.observer import LiveMeasures, LiveStimulus, Observer
from vr_runtime.measures.offline import DeedAt, LeftAt, StepFrom, observe_record
from vr_runtime.measures.registry import DEFINITIONS, Definition
from vr_runtime.measures.settings import Settings

__all__ = [
    "DEFINITIONS",
    "DeedAt",
    "Definition",
    "LeftAt",
    "LiveMeasures",
    "LiveStimulus",
    "Observer",
    "RRMeasures",
    "Settings",
    "StepFrom",
    "observe_record",
    "rr_flags",
    "rr_measures",
]
