"""How the session stands, for the pages that do not drive it."""

from __future__ import annotations

from clinician_console.core import Snapshot


def standing_of(now: Snapshot) -> dict[str, object]:
    """For the foot of the pages. ``phase``: the session's own, or ``none``, ``closed``, ``lost``."""
    told = now.telemetry
    phase = "closed" if now.ended else told.phase.value if told else "none"
    if told and not now.live and not now.ended:
        phase = "lost"
    live = phase not in ("none", "closed")
    return {
        "phase": phase,
        "standing": "stopped" if phase == "stopped" else "live" if live else "none",
        "who": now.pseudonym if live else "",
        "step": told.step if told and live else 0,
        "total": len(now.plan.steps) if now.plan else 0,
        "alarms": sum(alarm.severity == "danger" for alarm in now.alarms) if live else 0,
    }


def is_on(now: Snapshot) -> bool:
    """Whether a session is running, or one is that the console cannot reach."""
    return standing_of(now)["standing"] != "none"
