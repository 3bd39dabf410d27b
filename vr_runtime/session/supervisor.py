"""What safety demands of the session, from the frame's inputs alone. Each demand can only block, hold or lower.

A cause (a silent link, lost tracking, ...) climbs through levels as it grows older. A level once reached stays
until the whole cause has cleared; what it did to the session stays until the therapist acts.
"""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.answers import AlarmState
from vr_runtime.protocol.events import DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Refusal
from vr_runtime.session.frame import Inputs

STRENGTH = {kind: number for number, kind in enumerate(DemandKind)}
"""Demands by their strength: the order in which the enumeration names them, mildest first."""

_AT_ONCE = -1.0


class Demand(NamedTuple):
    cause: Cause
    kind: DemandKind


class Block(NamedTuple):
    """Why nothing may be raised now."""

    reason: Refusal
    cause: Cause
    message: str


_REASONS = {
    Cause.LINK_SILENT: Refusal.LINK_SILENT,
    Cause.RECORD_FAILING: Refusal.RECORD_FAILING,
}

_WORDS = {
    Cause.LINK_SILENT: "the console is silent",
    Cause.TRACKING_LOST: "the headset's tracking is lost",
    Cause.HEADSET_OFF: "the headset is off the head",
    Cause.DISPLAY_LOST: "the display is gone",
    Cause.RECORD_FAILING: "the record cannot be written",
    Cause.SENSOR_STALE: "no heart beat has arrived",
    Cause.FLASH_GUARD: "the picture flashed",
    Cause.FRAMES_LATE: "frames are late",
}

_REMEDIES = {
    Cause.LINK_SILENT: "nothing may be raised until its heartbeat is back",
    Cause.TRACKING_LOST: "wait until it is found, then resume",
    Cause.HEADSET_OFF: "wait until it is on again, then resume",
    Cause.DISPLAY_LOST: "wait until it is back, then resume",
    Cause.RECORD_FAILING: "nothing may be raised; look at the disk, or end the session",
    Cause.FLASH_GUARD: "wait a moment, then resume from the safe place",
}


class Watch:
    """One cause and its levels: (age in seconds that must be exceeded, demand), rising."""

    __slots__ = ("age_s", "cause", "levels", "reached", "since_ns")

    def __init__(self, cause: Cause, *levels: tuple[float, DemandKind]) -> None:
        self.cause = cause
        self.levels = levels
        self.reached = 0
        self.age_s = 0.0
        self.since_ns = 0

    @property
    def kind(self) -> DemandKind | None:
        """The strongest demand in force."""
        return self.levels[self.reached - 1][1] if self.reached else None


class Supervisor:
    """Told the inputs of each frame; :attr:`demands`, :attr:`block` and :attr:`holding` hold until the next."""

    def __init__(self, limits: SafetyLimits) -> None:
        hold = (
            (limits.tracking_hold_s, DemandKind.HOLD),
            (limits.tracking_safe_place_s, DemandKind.SAFE_PLACE),
        )
        self._link = Watch(
            Cause.LINK_SILENT,
            (limits.link_no_raise_s, DemandKind.BLOCK_RAISE),
            (limits.link_hold_s, DemandKind.HOLD),
            (limits.link_lower_s, DemandKind.LOWER),
            (limits.link_safe_place_s, DemandKind.SAFE_PLACE),
        )
        self._record = Watch(Cause.RECORD_FAILING, (_AT_ONCE, DemandKind.BLOCK_RAISE))
        self._tracking = Watch(Cause.TRACKING_LOST, *hold)
        self._headset = Watch(Cause.HEADSET_OFF, *hold)
        self._display = Watch(Cause.DISPLAY_LOST, *hold)
        self._flash = Watch(Cause.FLASH_GUARD, (_AT_ONCE, DemandKind.SAFE_PLACE))
        self._heart = Watch(Cause.SENSOR_STALE, (limits.heart_stale_s, DemandKind.ALERT))
        # In the order in which a refusal names them.
        self._watches = (
            self._link,
            self._record,
            self._flash,
            self._display,
            self._headset,
            self._tracking,
            self._heart,
        )
        self._there_ns: dict[Cause, int] = {}
        self._sensed_ns: int | None = None
        self.block: Block | None = None
        self.holding: Cause | None = None
        """The cause of a demand to hold or more, or None."""

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand in force, by cause and rising strength."""
        return tuple(Demand(w.cause, kind) for w in self._watches for _, kind in w.levels[: w.reached])

    @property
    def alarms(self) -> tuple[AlarmState, ...]:
        """One for each cause, with its strongest demand."""
        return tuple(
            AlarmState(cause=w.cause, demand=w.kind, since_ns=w.since_ns, message=_WORDS[w.cause])
            for w in self._watches
            if w.reached
        )

    def update(self, inputs: Inputs) -> list[DemandMade]:
        """Look at one frame's inputs. Returns the demands that begin or end with it, in a fixed order."""
        changes: list[DemandMade] = []
        now = inputs.now_ns
        self._look(self._link, inputs.link_age_s, now, changes)
        self._look(self._record, None if inputs.record_ok else 0.0, now, changes)
        self._look(self._flash, 0.0 if inputs.flash_guard else None, now, changes)
        self._look(self._display, self._lost(Cause.DISPLAY_LOST, inputs.display_ok, now), now, changes)
        self._look(self._headset, self._lost(Cause.HEADSET_OFF, inputs.headset_on, now), now, changes)
        self._look(self._tracking, self._lost(Cause.TRACKING_LOST, inputs.tracking, now), now, changes)
        self._look(self._heart, inputs.heart_age_s, now, changes)
        self._sensed_ns = now
        if changes:
            self._conclude()
        return changes

    def _lost(self, cause: Cause, there: bool, now: int) -> float | None:
        """Seconds since the last frame that had it, None while it is there. The inputs hold what was sensed in the
        frame before, so the time counts from that one: a loss is never older than it is said to be, and the safe
        place never later than its limit by the frame in which the loss was noticed."""
        if there:
            self._there_ns[cause] = now if self._sensed_ns is None else self._sensed_ns
            return None
        return (now - self._there_ns.setdefault(cause, now)) / 1e9

    @staticmethod
    def _look(watch: Watch, age_s: float | None, now: int, changes: list[DemandMade]) -> None:
        if age_s is None or age_s <= watch.levels[0][0]:
            if watch.reached:
                for _, kind in watch.levels[: watch.reached]:
                    changes.append(_made(watch, kind, active=False))
                watch.reached = 0
            return
        watch.age_s = age_s
        if watch.reached == 0:
            watch.since_ns = now - int(age_s * 1e9)
        while watch.reached < len(watch.levels) and age_s > watch.levels[watch.reached][0]:
            changes.append(_made(watch, watch.levels[watch.reached][1], active=True))
            watch.reached += 1

    def _conclude(self) -> None:
        self.block = None
        self.holding = None
        for watch in self._watches:
            kind = watch.kind
            if kind is None or STRENGTH[kind] < STRENGTH[DemandKind.BLOCK_RAISE]:
                continue
            if self.block is None:
                self.block = Block(
                    _REASONS.get(watch.cause, Refusal.HELD),
                    watch.cause,
                    f"{_WORDS[watch.cause]}: {_REMEDIES[watch.cause]}",
                )
            if self.holding is None and STRENGTH[kind] >= STRENGTH[DemandKind.HOLD]:
                self.holding = watch.cause


def _made(watch: Watch, kind: DemandKind, *, active: bool) -> DemandMade:
    message = _WORDS[watch.cause] if active else ""
    return DemandMade(cause=watch.cause, demand=kind, active=active, age_s=watch.age_s, message=message)
