"""Random plans of looking whose measures are known beforehand, away from every threshold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st

from tests.helpers.gazes import Angles, Glance, Script

STIMULUS: Angles = (4.0, -8.0)


class Stay(NamedTuple):
    """The gaze keeps still for so long, on the stimulus or elsewhere."""

    at: Angles
    seconds: float
    on: bool


def _on(offset: tuple[float, float]) -> Angles:
    return (STIMULUS[0] + offset[0], STIMULUS[1] + offset[1])


ELSEWHERE: tuple[Angles, ...] = ((18.0, -8.0), (-12.0, -8.0), (4.0, 8.0), (-6.0, -20.0), (14.0, -20.0))
"""14 to 16 degrees from the stimulus."""

_stay_on = st.builds(
    lambda offset, seconds: Stay(_on(offset), seconds, True),
    st.tuples(st.floats(-1.0, 1.0), st.floats(-1.0, 1.0)),
    # clear of 0.25 s, of 0.5 s within which a dart away counts, and of a stare
    st.one_of(st.floats(0.4, 0.46), st.floats(0.7, 1.5)),
)
_stay_away = st.builds(
    lambda at, seconds: Stay(at, seconds, False), st.sampled_from(ELSEWHERE), st.floats(0.42, 1.5)
)


@st.composite
def plans(draw: st.DrawFn) -> list[Stay]:
    """By turns on the stimulus and elsewhere; begins with either and ends elsewhere."""
    first = draw(st.booleans())
    pairs = draw(st.lists(st.tuples(_stay_on, _stay_away), min_size=2, max_size=5))
    plan = [stay for pair in pairs for stay in pair]
    return plan if first else [draw(_stay_away), *plan]


def seconds(plan: Sequence[Stay]) -> float:
    return sum(stay.seconds for stay in plan)


def script(plan: Sequence[Stay], mirrored: bool = False, head: Angles = (3.0, -5.0)) -> Script:
    """Each stay begins with a saccade from the one before, as long as saccades last (up to 60 ms here)."""
    side = -1.0 if mirrored else 1.0

    def at(t: float) -> Glance:
        where, before = plan[-1].at, plan[-1].at
        began = 0.0
        for i, stay in enumerate(plan):
            if t < began + stay.seconds or i == len(plan) - 1:
                where, before = stay.at, plan[i - 1].at if i else stay.at
                break
            began += stay.seconds
        lasts_s = 0.021 + 0.0022 * math.dist(before, where)
        share = min(1.0, max(0.0, (t - began) / lasts_s))
        share = share**3 * (10.0 - 15.0 * share + 6.0 * share * share)
        yaw, pitch = (a + share * (b - a) for a, b in zip(before, where, strict=True))
        return Glance(
            gaze=(side * yaw, pitch),
            head=(side * head[0], head[1]),
            stimulus=(side * STIMULUS[0], STIMULUS[1]),
        )

    return at


class Film(NamedTuple):
    """How a plan is sampled."""

    hz: float
    jitter: float
    drops: float
    seed: int

    @property
    def slack_s(self) -> float:
        """How far off a time may be: three frames, for one may be late and one missing beside it."""
        return 3.0 / self.hz


films = st.builds(
    Film,
    st.floats(45.0, 120.0),
    st.sampled_from((0.0, 0.2, 0.4)),
    st.sampled_from((0.0, 0.03)),
    st.integers(0, 1000),
)
