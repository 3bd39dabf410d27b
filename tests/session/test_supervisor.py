"""The supervisor by itself: from when on a cause counts, how old it is said to be, how it ends."""

from __future__ import annotations

from typing import Any

import pytest

from vr_runtime.protocol.events import DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Refusal
from vr_runtime.session.alarms import PRIORITIES, REMEDIES, WORDS
from vr_runtime.session.clocks import Clocks
from vr_runtime.session.felt import Felt
from vr_runtime.session.frame import Inputs
from vr_runtime.session.supervisor import Supervisor

S = 1_000_000_000
LIMITS = SafetyLimits()


class Desk:
    """A supervisor with what it is told; ``tell`` lets a second pass, or ``after_s``."""

    def __init__(self, **how: Any) -> None:
        self.supervisor = Supervisor(LIMITS, **how)
        self.felt = Felt(LIMITS)
        self.clocks = Clocks()
        self.now_ns = 10 * S
        self.number = 0
        self.conditions: dict[str, Any] = {}

    def tell(self, after_s: float = 1.0, **conditions: Any) -> list[DemandMade]:
        self.now_ns += round(after_s * S)
        self.number += 1
        self.conditions |= conditions
        inputs = Inputs(now_ns=self.now_ns, frame=self.number, dt_s=after_s, **self.conditions)
        return self.supervisor.update(inputs, self.felt, self.clocks)


@pytest.mark.parametrize(
    ("condition", "cause"),
    [({"record_ok": False}, Cause.RECORD_FAILING), ({"flash_guard": True}, Cause.FLASH_GUARD)],
)
def test_what_counts_at_once_counts_in_its_first_frame_with_no_age(condition: Any, cause: Cause) -> None:
    desk = Desk()
    (made,) = desk.tell(**condition)
    assert (made.cause, made.active, made.age_s, made.message) == (cause, True, 0.0, WORDS[cause])
    (alarm,) = desk.supervisor.alarms
    assert alarm.since_ns == desk.now_ns


def test_what_is_felt_is_as_old_as_its_beginning_and_says_so_when_it_changes() -> None:
    desk = Desk()
    desk.felt.sickness = 1
    (warned,) = desk.tell()
    began_ns = desk.now_ns
    desk.felt.sickness = 2
    (blocked,) = desk.tell(after_s=4.0)
    assert (warned.demand, warned.age_s) == (DemandKind.ALERT, 0.0)
    assert (blocked.demand, blocked.age_s) == (DemandKind.BLOCK_RAISE, 4.0)
    assert [alarm.since_ns for alarm in desk.supervisor.alarms] == [began_ns]
    assert desk.tell() == []
    desk.felt.sickness = 1
    (eased,) = desk.tell()
    assert (eased.demand, eased.active, eased.age_s, eased.message) == (
        DemandKind.BLOCK_RAISE,
        False,
        6.0,
        "",
    )
    assert desk.supervisor.block is None
    desk.felt.sickness = 0
    (over,) = desk.tell()
    assert (over.demand, over.active) == (DemandKind.ALERT, False)
    assert desk.supervisor.alarms == ()


def test_a_silent_link_began_when_it_was_last_heard() -> None:
    desk = Desk()
    assert desk.tell(link_age_s=LIMITS.link_no_raise_s) == []
    (made,) = desk.tell(link_age_s=1.5)
    assert made.age_s == 1.5
    assert desk.supervisor.alarms[0].since_ns == desk.now_ns - 1.5 * S
    began_ns = desk.now_ns - 1.5 * S
    (held,) = desk.tell(link_age_s=3.5)
    assert (held.demand, held.age_s) == (DemandKind.HOLD, 3.5)
    assert desk.supervisor.alarms[0].since_ns == began_ns
    ended = desk.tell(link_age_s=0.0)
    assert [(each.demand, each.active) for each in ended] == [
        (DemandKind.BLOCK_RAISE, False),
        (DemandKind.HOLD, False),
    ]
    assert (desk.supervisor.block, desk.supervisor.holding, desk.supervisor.demands) == (None, None, ())


@pytest.mark.parametrize(
    ("condition", "cause"),
    [
        ("tracking", Cause.TRACKING_LOST),
        ("headset_on", Cause.HEADSET_OFF),
        ("display_ok", Cause.DISPLAY_LOST),
    ],
)
def test_a_loss_is_as_old_as_the_last_frame_that_had_it(condition: str, cause: Cause) -> None:
    desk = Desk()
    desk.tell()
    desk.tell(after_s=0.3)
    (held,) = desk.tell(after_s=0.4, **{condition: False})  # sensed in the frame before the last
    assert (held.cause, held.demand) == (cause, DemandKind.HOLD)
    assert held.age_s == 0.7
    (left,) = desk.tell(after_s=1.4)
    assert (left.demand, desk.supervisor.holding) == (DemandKind.SAFE_PLACE, cause)
    assert desk.supervisor.block is not None
    assert desk.supervisor.block.reason is Refusal.HELD
    ended = desk.tell(**{condition: True})
    assert [each.active for each in ended] == [False, False]
    (anew,) = desk.tell(after_s=0.4, **{condition: False})
    assert (anew.demand, anew.age_s) == (DemandKind.HOLD, 1.4)


def test_a_loss_in_the_very_first_frame_counts_from_it() -> None:
    desk = Desk()
    assert desk.tell(tracking=False) == []
    assert desk.tell(after_s=0.5) == []
    (held,) = desk.tell(after_s=0.01)
    assert held.age_s == 0.51


def _late(desk: Desk, seconds: float, late: bool = True) -> list[DemandMade]:
    made: list[DemandMade] = []
    for _ in range(round(seconds / 0.01)):
        made += desk.tell(after_s=0.01, late=late)
    return made


def test_late_frames_count_after_a_third_of_a_second_and_for_two() -> None:
    """The share of late frames follows the last half second: 0.5 is passed after 0.5 ln 2 s."""
    desk = Desk()
    assert _late(desk, 2.30) == []
    (made,) = _late(desk, 0.15)
    assert (made.cause, made.demand, made.active) == (Cause.FRAMES_LATE, DemandKind.ALERT, True)
    assert desk.supervisor.block is None
    assert _late(desk, 0.30, late=False) == []
    (over,) = _late(desk, 0.15, late=False)
    assert not over.active


def test_every_second_frame_being_late_is_not_more_than_half_of_them() -> None:
    desk = Desk()
    made = [each for number in range(600) for each in desk.tell(after_s=0.01, late=number % 2 == 1)]
    assert made == []


def test_the_headset_is_worn_too_long_after_its_limit() -> None:
    desk = Desk()
    desk.clocks.head_on_s = LIMITS.head_on_s
    assert desk.tell() == []
    desk.clocks.head_on_s = LIMITS.head_on_s + 1.0
    (made,) = desk.tell()
    assert (made.cause, made.demand, made.age_s) == (
        Cause.TIME_ON_HEAD,
        DemandKind.ALERT,
        LIMITS.head_on_s + 1.0,
    )


def test_the_sessions_time_is_over_at_its_end_and_without_one_never() -> None:
    desk, endless = Desk(session_s=60.0), Desk()
    desk.clocks.session_s = endless.clocks.session_s = 59.9
    assert (desk.tell(), endless.tell()) == ([], [])
    desk.clocks.session_s = endless.clocks.session_s = 60.0
    assert [(made.cause, made.demand) for made in desk.tell()] == [(Cause.SESSION_TIME, DemandKind.ALERT)]
    assert endless.tell() == []


ALL = (
    *(Cause.LINK_SILENT, Cause.RECORD_FAILING, Cause.FLASH_GUARD, Cause.DISPLAY_LOST, Cause.HEADSET_OFF),
    *(Cause.TRACKING_LOST, Cause.DISSOCIATION, Cause.SICKNESS, Cause.DISTRESS, Cause.UNANSWERED),
    *(Cause.FRAMES_LATE, Cause.SENSOR_STALE, Cause.TIME_ON_HEAD, Cause.SESSION_TIME),
)
"""In the order in which a refusal names them; the heart's falls and heights have no place in it (test_course.py)."""


def _everything_at_once(desk: Desk) -> None:
    desk.felt.sickness = 2
    desk.felt.panic = desk.felt.dissociated = True
    desk.felt._missed = 5
    desk.clocks.head_on_s = desk.clocks.session_s = 1e6
    desk.tell()
    lost = dict.fromkeys(("tracking", "headset_on", "display_ok", "record_ok"), False)
    desk.tell(after_s=30.0, late=True, flash_guard=True, link_age_s=30.0, heart_age_s=30.0, **lost)
    desk.tell(after_s=30.0)


def test_every_cause_raises_its_alarm_in_a_fixed_order_with_its_words() -> None:
    desk = Desk(session_s=60.0)
    _everything_at_once(desk)
    alarms = desk.supervisor.alarms
    assert tuple(alarm.cause for alarm in alarms) == ALL
    for alarm in alarms:
        assert (alarm.message, alarm.remedy) == (WORDS[alarm.cause], REMEDIES[alarm.cause])
        assert alarm.priority == PRIORITIES[alarm.cause]
        assert (
            alarm.demand
            is {
                **dict.fromkeys(ALL[:1] + ALL[2:7], DemandKind.SAFE_PLACE),
                **dict.fromkeys((Cause.RECORD_FAILING, *ALL[7:10]), DemandKind.BLOCK_RAISE),
                **dict.fromkeys(ALL[10:], DemandKind.ALERT),
            }[alarm.cause]
        )


BLOCKING = ALL[:10]


@pytest.mark.parametrize("number", range(len(BLOCKING)))
def test_a_refusal_names_the_first_cause_that_blocks(number: int) -> None:
    desk = Desk()
    _everything_at_once(desk)
    clear: dict[Cause, dict[str, Any]] = {
        Cause.LINK_SILENT: {"link_age_s": 0.0},
        Cause.RECORD_FAILING: {"record_ok": True},
        Cause.FLASH_GUARD: {"flash_guard": False},
        Cause.DISPLAY_LOST: {"display_ok": True},
        Cause.HEADSET_OFF: {"headset_on": True},
        Cause.TRACKING_LOST: {"tracking": True},
    }
    for cause in BLOCKING[:number]:
        desk.tell(**clear.get(cause, {}))
        if cause is Cause.DISSOCIATION:
            desk.felt.dissociated = False
        elif cause is Cause.SICKNESS:
            desk.felt.sickness = 0
        elif cause is Cause.DISTRESS:
            desk.felt.panic = False
    desk.tell()
    first = BLOCKING[number]
    block = desk.supervisor.block
    assert block is not None
    assert block.cause is first
    assert block.message == f"{WORDS[first]}: {REMEDIES[first]}"
    assert block.reason is {
        Cause.LINK_SILENT: Refusal.LINK_SILENT,
        Cause.RECORD_FAILING: Refusal.RECORD_FAILING,
    }.get(first, Refusal.HELD)
    holds = [cause for cause in BLOCKING[number:] if cause not in (Cause.RECORD_FAILING, *ALL[7:])]
    assert desk.supervisor.holding is (holds[0] if holds else None)


def test_a_cause_that_is_no_older_than_its_limit_is_over() -> None:
    desk = Desk()
    desk.tell(link_age_s=1.5)
    (over,) = desk.tell(link_age_s=LIMITS.link_no_raise_s)
    assert (over.demand, over.active) == (DemandKind.BLOCK_RAISE, False)


def test_where_all_frames_may_be_late_nothing_is_told() -> None:
    desk = Desk()
    desk.supervisor = Supervisor(SafetyLimits(late_share=1.0))
    assert [made for _ in range(20) for made in desk.tell(late=True)] == []


def test_a_slow_disk_is_told_in_the_mean_and_blocks_nothing_and_one_hiccup_is_not() -> None:
    desk = Desk()
    assert [each for _ in range(300) for each in desk.tell(after_s=0.01, record_age_s=0.03)] == []
    assert [each for _ in range(15) for each in desk.tell(after_s=0.01, record_age_s=0.5)] == []  # a hiccup
    for _ in range(500):
        assert desk.tell(after_s=0.01, record_age_s=0.03) == []
    told = [
        each for number in range(600) for each in desk.tell(after_s=0.01, record_age_s=number % 40 * 0.01)
    ]
    assert [(each.cause, each.demand, each.active) for each in told] == [
        (Cause.RECORD_SLOW, DemandKind.ALERT, True)
    ]
    assert desk.supervisor.block is None
    over = [each for _ in range(900) for each in desk.tell(after_s=0.01, record_age_s=0.0)]
    assert [(each.cause, each.active) for each in over] == [(Cause.RECORD_SLOW, False)]
