"""The measures of the whole body, in one list: what the observer feeds beside approach, looking and touching."""

from __future__ import annotations

from vr_runtime.measures.checking import Checking
from vr_runtime.measures.cleaning import Clean
from vr_runtime.measures.doing import Doing
from vr_runtime.measures.escape import Escape
from vr_runtime.measures.reaching import Reaching, Withdrawn
from vr_runtime.measures.safety import Crouch, EdgeDistance, RailGrip
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.stillness import Stillness


def body(settings: Settings) -> Clean:
    """All of them, behind what takes out the impossible."""
    return Clean(
        (
            Escape(settings),
            Stillness(settings),
            Reaching(settings),
            Withdrawn(settings),
            Checking(settings),
            Doing(),
            RailGrip(settings),
            Crouch(settings),
            EdgeDistance(),
        ),
        settings,
    )
