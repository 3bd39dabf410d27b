"""A treatment protocol whose times are short, and sessions that follow it."""

from __future__ import annotations

from typing import Any

from tests.session.rig import Rig, at
from vr_runtime.protocol.commands import (
    Rating,
)
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.treatment import (
    Advance,
    EndRules,
    PhasePlan,
    Prevention,
    Question,
    RuleUse,
    TreatmentProtocol,
)
from vr_runtime.protocol.words import (
    Phase,
    PreventionMode,
    Rated,
)
from vr_runtime.session.brief import Brief

TEXT = Text(en="?", fr="?")
S = 1_000_000_000
PROTOCOL = TreatmentProtocol(
    id="quick",
    version=1,
    names=TEXT,
    summary=TEXT,
    sources=("made up",),
    phases={Phase.BASELINE: PhasePlan(minimum_s=20.0), Phase.EXPOSURE: PhasePlan(minimum_s=60.0)},
    questions=(
        Question(
            what=Rated.DISTRESS, every_s=20.0, at=("step_entered",), wait_s=5.0, phases=(Phase.EXPOSURE,)
        ),
    ),
    advance=Advance(
        require=(RuleUse(rule="time_on_step", numbers={"minimum_s": 10.0}),),
        any_of=(RuleUse(rule="half_of_peak"),),
        lower=(RuleUse(rule="lower_at_ceiling"),),
    ),
    prevention=Prevention(mode=PreventionMode.BLOCK, target_s=100.0, urge_at_s=(0.0,), urge_every_s=60.0),
    end=EndRules(session_s=3600.0, reserve_s=600.0),
)
TREATED = Brief(treatment=PROTOCOL)


def suds(raw: float) -> Rating:
    return Rating(raw=raw)


def exposed(brief: Brief = TREATED, **more: Any) -> Rig:
    return at(Phase.EXPOSURE, brief=brief, **more)
