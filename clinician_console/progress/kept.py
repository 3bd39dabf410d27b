"""What a summary of a session holds (see :mod:`clinician_console.progress.summary`), as values."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.files.manifest import Text

VERSION = 1


class Figure(Tolerant):
    """A measure of a stay. Two are compared only where ``algorithm`` and ``parameters`` are the same."""

    value: float
    unit: str
    quality: float
    algorithm: str
    stimulus: str = ""
    censored: bool = False


class Stay(Tolerant):
    """One stay on a step. ``key``: equal only where scene, step and all planned parameters are equal."""

    step: int
    step_id: str
    names: Text
    scene: str
    key: str
    begin_s: float
    exposed_s: float = Field(ge=0)
    minimum_s: float = Field(ge=0)
    first: float | None = None
    peak: float | None = None
    last: float | None = None
    count: int = 0
    missed: int = 0
    entry_gap_s: float = 0.0
    """From entering the step to the first rating, in exposure."""
    longest_gap_s: float = 0.0
    """Longest time of exposure without a rating."""
    exit_gap_s: float = 0.0
    """From the last rating to leaving, in exposure."""
    turned: tuple[str, ...] = ()
    """Parameters that the therapist moved during the stay: it is no longer quite the same step."""
    triggers: int = 0
    goal_reached: bool = False
    trials_met: int = 0
    """Expectancy trials closed on it with their conditions met."""
    left_by: str = ""
    """What ended it: ``go_to_step``, ``end``, ``stop``, a safety cause, empty where the record ends."""
    distance_m: float | None = None
    retreats: int = 0
    figures: dict[str, Figure] = {}


class Rung(Tolerant):
    """A step of the plan that was played: what may come next is chosen among these."""

    step_id: str
    names: Text
    scene: str
    key: str
    minimum_s: float


class Trial(Tolerant):
    step: int
    belief_before: float
    belief_after: float
    conditions_met: bool
    occurred: bool
    surprise: float | None = None


class Window(Tolerant):
    step: int
    outcome: str
    lasted_s: float
    resisted_share: float
    compulsions: int
    urge_peak: float | None = None
    urge_last: float | None = None


class Heart(Tolerant):
    """``baseline`` in 1/min, None where there was none; ``flagged`` of ``beats`` are left out of rates."""

    baseline: float | None = None
    quality: float = 0.0
    beats: int = 0
    flagged: int = 0


class Summary(Tolerant):
    version: Literal[1] = VERSION
    started: str
    practice: bool = False
    plan_id: str
    plan_title: str
    ladder: tuple[Rung, ...] = ()
    ceiling: int | None = None
    treatment: str = ""
    treatment_hash: str = ""
    software: str = ""
    closed: bool = True
    lasted_s: float = Field(ge=0)
    exposed_s: float = Field(ge=0)
    stays: tuple[Stay, ...] = ()
    before: float | None = None
    """Last rating of distress before the exposure."""
    after: float | None = None
    """Last rating of distress of all, if it was given after the exposure."""
    sickness_peak: float | None = None
    """On 0 to 100; the FMS is 0 to 20."""
    stops: dict[str, int] = {}
    """Who pressed STOP, how often."""
    overrides: int = 0
    alarms: dict[str, int] = {}
    """What the safety supervisor acted on, how often."""
    marks: dict[str, int] = {}
    proposals: int = 0
    followed: int = 0
    trials: tuple[Trial, ...] = ()
    windows: tuple[Window, ...] = ()
    heart: Heart = Heart()

    @property
    def highest(self) -> int:
        return max((stay.step for stay in self.stays), default=0)

    @property
    def peak(self) -> float | None:
        return max((stay.peak for stay in self.stays if stay.peak is not None), default=None)
