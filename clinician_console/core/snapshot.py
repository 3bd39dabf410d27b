"""What the pages see: one immutable value, taken a few times a second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from clinician_console.core.commandbook import CommandState
from clinician_console.core.course import CourseState
from clinician_console.core.port import LinkState
from clinician_console.core.sensors import SensorsState
from clinician_console.core.stops import StopState
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan

Severity = Literal["danger", "warning", "info"]


@dataclass(frozen=True)
class Alarm:
    """Something that the therapist should know; ``key`` names its texts (what it is, what to do)."""

    key: str
    severity: Severity
    age_s: float | None = None
    demand: str = ""
    """What the runtime does about it by itself, if anything."""
    detail: str = ""
    expected: str = ""
    """What the runtime should do by now by its own limits, where it cannot be asked."""
    priority: int = 0
    """1: look at once; 2: act before going on; 3: know; 0: as its severity says."""
    remedy: str = ""
    """What to do, in the runtime's own words: for a cause that this console has no text for."""


@dataclass(frozen=True)
class CopyState:
    """The console's own copy of the record."""

    path: str = ""
    seq: int = 0
    """Last entry that is on this machine's disk."""
    behind: int = 0
    """Entries that the runtime has and the copy has not."""
    failed: str = ""


@dataclass(frozen=True)
class StepSummary:
    """Ratings of distress (0-100) that were given on a step so far."""

    first: float
    peak: float
    last: float
    count: int


@dataclass(frozen=True)
class LocalRuntime:
    """A runtime that this console started itself, or had started on the computer ``place``."""

    word: Literal["none", "starting", "running", "ended"] = "none"
    exit_status: int | None = None
    last_line: str = ""
    place: str = ""
    epoch: str = ""
    """Its run, where that is known."""

    def died_in(self, epoch: str) -> bool:
        """It played that run, and ended with a failure."""
        return self.word == "ended" and bool(self.exit_status) and bool(epoch) and self.epoch == epoch


@dataclass(frozen=True)
class Snapshot:
    """Ages and times in seconds; ``now`` on the console's clock, ``clock_s`` on the runtime's."""

    now: float
    link: LinkState
    plan: Plan | None
    scenes: tuple[SceneManifest, ...]
    telemetry: Telemetry | None
    telemetry_age_s: float | None
    clock_s: float | None
    preview_number: int
    preview_age_s: float | None
    copy: CopyState
    commands: tuple[CommandState, ...]
    stop: StopState | None
    alarms: tuple[Alarm, ...]
    step_since_s: float | None
    phase_since_s: float
    held_by: str
    """What the runtime held the scene for, until the exposure goes on; a cause's id, empty where nothing."""
    last_rating: float | None
    last_rating_age_s: float | None
    summaries: dict[int, StepSummary]
    ceiling: int | None
    """Highest step that may be reached."""
    practice: bool
    """The patient is virtual."""
    epoch: str
    """Id of the run, and of its session; empty before a record was opened."""
    pseudonym: str
    ended: bool
    """The record was closed in order."""
    timeline_number: int
    local: LocalRuntime = LocalRuntime()
    course: CourseState = field(default_factory=CourseState)
    sensors: SensorsState = field(default_factory=SensorsState)

    @property
    def live(self) -> bool:
        """The state shown is the state now."""
        return self.link.word == "connected" and self.telemetry is not None and not self.ended
