"""One frame as the measures see it, and what a measure of the whole body is.

A measure of one stimulus by the head (``approach``, ``looking``) is fed by the observer directly; every other one is
a :class:`Measure` in the observer's list and takes what it needs from the :class:`Moment`.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from vr_runtime.measures.found import Found
from vr_runtime.protocol.events import PatientDid
from vr_runtime.protocol.pose import Beat, Hands, Pose


class Seen(NamedTuple):
    """One stimulus in this frame, in the tracked space."""

    id: str
    distance_m: float
    """Horizontal, head to its surface; may be NaN where the scene knows none."""
    point: tuple[float, float, float]
    """Its nearest point."""
    visible: bool
    """Shown and not hidden behind something; whether it lies in the field of view is the measure's business."""
    checkable: bool = False
    """The manifest says that it is a thing to be checked."""
    edge: bool = False
    """The manifest says that it is an edge."""


class Moment(NamedTuple):
    """Every number is one that the record holds (32-bit floats), so that live and offline see the same."""

    t_ns: int
    """Begin of the frame, on the runtime's clock."""
    dt_s: float
    """Since the frame before; 0 where the two are not joined (a hole of more than ``gap_s``, or the first)."""
    step: int
    exposed: bool
    """A stimulus is shown: exposure scene, shell down."""
    head: Pose | None
    """None while it is not tracked."""
    hands: Hands
    eye: Pose | None
    """Origin and direction (+Y) of the gaze in the tracked space; None where no eye tracker tells."""
    openness: float | None
    """Of the eyelids, 0 closed to 1 open; None where no signal exists."""
    seen: tuple[Seen, ...]
    beats: tuple[Beat, ...]
    deeds: tuple[PatientDid, ...]
    left: str
    """How the patient got away in this frame, or nothing: a word of :data:`LEAVING`."""
    resting: bool = True
    """The session is in its baseline, or nobody told of phases."""


LEAVING = ("", "stop", "headset_off", "safe_place")
"""``stop``: a stop by anyone; ``headset_off``; ``safe_place``: the session went to the safe place."""


class Measure(Protocol):
    """Fed once a frame; ``out`` takes pairs of a stimulus' or thing's name ("" for none) and what was found."""

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None: ...

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        """The step is over: end what is under way, and say what the step came to."""
        ...

    def begin_step(self) -> None:
        """Forget the step before."""
        ...

    def leave_scene(self) -> None:
        """Another scene is shown from now on; called after ``summary`` and ``begin_step``."""
        ...
