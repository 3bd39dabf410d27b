"""What a session is told before it begins, beside the plan: the protocol, the checks, the patient in few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vr_runtime.protocol.events import Opened, PastRating
from vr_runtime.protocol.files.ages import head_on_s
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.words import AgeBand
from vr_runtime.session.advance import BUILT_IN, Rule

HEADSET = "openxr"
"""Name of the display that is worn."""


@dataclass(frozen=True)
class Brief:
    """All of it stands in the record's first event, so that a replay is told the same."""

    treatment: TreatmentProtocol | None = None
    """None: no questions on a beat, no proposals."""
    checklist: Checklist | None = None
    """None: nothing is asked before the start, and nothing keeps it back (a virtual patient, an engineer)."""
    age: AgeBand = AgeBand.UNKNOWN
    posture: Posture | None = None
    headset: bool = False
    """The patient wears a headset."""
    content_cleared: tuple[str, ...] = ()
    history: tuple[PastRating, ...] = ()
    aid: bool = True
    seed: int = 1
    rules: Mapping[str, Rule] = field(default_factory=lambda: BUILT_IN)

    def in_force(self, limits: SafetyLimits) -> SafetyLimits:
        """The plan's limits, and where the patient's age bounds the time with the headset on further, that. An age that
        was never told counts only where checks are asked: else nobody wears anything."""
        if self.checklist is None and self.age is AgeBand.UNKNOWN:
            return limits
        longest_s = head_on_s(self.age, first_session=not self.history)
        if not 0.0 < longest_s < limits.head_on_s:
            return limits
        return limits.model_copy(update={"head_on_s": longest_s})


def brief_of(opened: Opened, rules: Mapping[str, Rule] = BUILT_IN) -> Brief:
    """As the record tells it."""
    return Brief(
        treatment=opened.treatment,
        checklist=opened.checklist,
        age=opened.age,
        posture=opened.posture,
        headset=opened.display == HEADSET,
        content_cleared=opened.content_cleared,
        history=opened.history,
        aid=opened.aid,
        seed=opened.seed,
        rules=rules,
    )
