"""A session looked at again: its series on one clock, what stood at a moment, what the patient saw, and another session
beside it. Pure but for :mod:`clinician_console.review.pictures`, which has the runtime draw a moment."""

from clinician_console.review.beside import Beside, beside
from clinician_console.review.track import Moment, Track, track_of

__all__ = ["Beside", "Moment", "Track", "beside", "track_of"]
