"""Figures over the sessions of a patient: pure, from summaries that were taken of each record when it ended.

Nothing here is a diagnosis or a verdict: how far distress falls predicts no outcome (Craske et al. 2008,
doi:10.1016/j.brat.2007.10.003).
"""

from clinician_console.progress.course import Course, course
from clinician_console.progress.summary import Summary, from_json, summarise

__all__ = ["Course", "Summary", "course", "from_json", "summarise"]
