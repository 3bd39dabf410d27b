"""What is wrong, worst first. The runtime's alarms as it tells them, and what only this side can see."""

from __future__ import annotations

from clinician_console.core.port import LinkState
from clinician_console.core.snapshot import Alarm, CopyState, Severity
from vr_runtime.protocol.answers import Telemetry
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import DemandKind, Phase

ORDER: dict[Severity, int] = {"danger": 0, "warning": 1, "info": 2}
OURS: dict[Severity, int] = {"danger": 1, "warning": 2, "info": 3}
"""Priority of what only this side can see."""

SILENT_S = 1.0
HUNG_S = 1.0
OLD_PICTURE_S = 3.0
COPY_BEHIND = 200
"""Entries: about twenty seconds of a session's samples and events."""


def find_alarms(
    link: LinkState,
    telemetry: Telemetry | None,
    telemetry_age_s: float | None,
    copy: CopyState,
    preview_age_s: float | None,
    ended: bool,
    limits: SafetyLimits | None = None,
    phase_since_s: float = 0.0,
    held_by: str = "",
    died: bool = False,
) -> tuple[Alarm, ...]:
    found: list[Alarm] = []
    if ended:
        return (Alarm("ended", "info"),)
    match link.word:
        case "waiting":
            found.append(Alarm("waiting", "info"))
        case "refused":
            found.append(Alarm("refused", "danger", detail=link.trouble))
        case "other_version":
            found.append(Alarm("other_version", "danger", detail=link.trouble))
        case "silent":
            # A runtime whose process is known to have died does nothing by itself any more.
            lost = Alarm("link_lost", "danger", link.age_s, expected=by_now(limits, link.age_s))
            found.append(Alarm("runtime_died", "danger", link.age_s) if died else lost)
        case _:
            if telemetry is None:
                found.append(Alarm("starting", "info"))
            else:
                found.extend(_standing(telemetry, phase_since_s, held_by))
            found.extend(_while_connected(link, telemetry, telemetry_age_s, preview_age_s))
    if copy.failed:
        found.append(Alarm("copy_failing", "warning", detail=copy.failed))
    elif copy.behind > COPY_BEHIND:
        found.append(Alarm("copy_behind", "info", detail=str(copy.behind)))
    return tuple(sorted(found, key=_rank))


def _rank(alarm: Alarm) -> tuple[int, int]:
    """By priority; within one what the runtime has acted upon first. A latched stop stands before everything."""
    if alarm.key == "stopped":
        return 0, 0
    return alarm.priority or OURS[alarm.severity], ORDER[alarm.severity]


def by_now(limits: SafetyLimits | None, silent_s: float | None) -> str:
    """What the runtime does by itself after that much silence, by the limits in force; empty: nothing yet."""
    if limits is None or silent_s is None:
        return ""
    for after_s, demand in (
        (limits.link_safe_place_s, DemandKind.SAFE_PLACE),
        (limits.link_lower_s, DemandKind.LOWER),
        (limits.link_hold_s, DemandKind.HOLD),
        (limits.link_no_raise_s, DemandKind.BLOCK_RAISE),
    ):
        if silent_s >= after_s:
            return demand.value
    return ""


def _standing(telemetry: Telemetry, phase_since_s: float, held_by: str) -> list[Alarm]:
    """A latched stop, and a hold or a way to the safe place whose cause has gone: they wait for the therapist."""
    if telemetry.phase == Phase.STOPPED:
        return [Alarm("stopped", "danger", max(0.0, telemetry.t_ns / 1e9 - phase_since_s))]
    by_itself = telemetry.held or (telemetry.phase == Phase.SAFE_PLACE and held_by)
    if by_itself and not any(_strong(alarm.demand) for alarm in telemetry.alarms):
        return [Alarm("held", "warning", detail=held_by)]
    return []


def _strong(demand: DemandKind | None) -> bool:
    return demand not in (None, DemandKind.ALERT, DemandKind.BLOCK_RAISE)


def _while_connected(
    link: LinkState, telemetry: Telemetry | None, telemetry_age_s: float | None, preview_age_s: float | None
) -> list[Alarm]:
    found: list[Alarm] = []
    if link.frame_age_s is not None and link.frame_age_s > HUNG_S:
        found.append(Alarm("runtime_hung", "danger", link.frame_age_s))
    elif telemetry_age_s is not None and telemetry_age_s > SILENT_S:
        found.append(Alarm("telemetry_old", "warning", telemetry_age_s))
    if not link.lease_mine:
        found.append(Alarm("no_lease", "warning", detail=link.lease_holder or ""))
    if telemetry is None:
        return found
    for alarm in telemetry.alarms:
        found.append(
            Alarm(
                alarm.cause.value,
                "danger" if _strong(alarm.demand) or alarm.priority == 1 else "warning",
                max(0.0, (telemetry.t_ns - alarm.since_ns) / 1e9),
                alarm.demand.value if alarm.demand else "",
                alarm.message,
                priority=1 if _strong(alarm.demand) else alarm.priority,
                remedy=alarm.remedy,
            )
        )
    if preview_age_s is not None and preview_age_s > OLD_PICTURE_S:
        found.append(Alarm("picture_old", "info", preview_age_s))
    return found
