"""How well distress was forecast, on courses of treatment of virtual patients: fit on sessions 1 to k, tried on k + 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import fmean, pstdev

from tests.helpers.courses import Rating, session
from vr_runtime.patient import Traits
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Plan, PlanStep
from vr_runtime.session.forecast import Forecaster
from vr_runtime.session.regression import Z80

STEPS = 10
Course = list[list[Rating]]
"""Sessions in order, each with its ratings in order."""


def plan_of(steps: int = STEPS) -> Plan:
    name = Text(en="a step", fr="une étape")
    return Plan(
        id="plan",
        title="plan",
        steps=tuple(PlanStep(id=f"step-{n}", scene="heights", name=name) for n in range(1, steps + 1)),
    )


def some_traits(seed: int) -> Traits:
    """One of many patients: from little to strong fear, from hardly learning to quick."""
    random = Random(f"traits {seed}")
    return Traits(
        fear=random.uniform(0.3, 0.95),
        learning_rate=math.exp(random.uniform(math.log(0.03), math.log(0.6))),
        recovery=random.uniform(0.2, 0.7),
        approach_tendency=random.uniform(0.0, 1.0),
        look_away_tendency=random.uniform(0.0, 1.0),
    )


def course(
    seed: int, sessions: int = 6, minutes: float = 5.0, every_s: float = 60.0, *, body: bool = True
) -> Course:
    """Five steps a session, two further on each time, as graded exposure does."""
    traits, memory = some_traits(seed), None
    found: Course = []
    for number in range(sessions):
        top = min(STEPS, 3 + 2 * number)
        steps = range(max(1, top - 4), top + 1)
        ratings, memory = session(
            traits, 1000 * seed + number, steps,
            of=STEPS, minutes=minutes, memory=memory, every_s=every_s, body=body,
        )  # fmt: skip
        found.append(ratings)
    return found


def history(before: Sequence[Sequence[Rating]]) -> list[PastRating]:
    return [
        PastRating(
            session=len(before) - number, step_id=f"step-{one.step}", on_step_s=one.on_step_s, value=one.value
        )
        for number, ratings in enumerate(before)
        for one in ratings
    ]


@dataclass
class Score:
    """Of the 80 % intervals and middles that one way of forecasting gave."""

    errors: list[float] = field(default_factory=list[float])
    inside: list[bool] = field(default_factory=list[bool])
    pinball: list[float] = field(default_factory=list[float])
    width: list[float] = field(default_factory=list[float])

    def add(self, middle: float, low: float, high: float, came: float) -> None:
        self.errors.append(abs(came - middle))
        self.inside.append(low <= came <= high)
        self.width.append(high - low)
        # the mean of the pinball losses at 10 % and 90 % (Gneiting and Raftery 2007, interval score)
        below = 0.1 * (came - low) if came >= low else 0.9 * (low - came)
        above = 0.9 * (came - high) if came >= high else 0.1 * (high - came)
        self.pinball.append(0.5 * (below + above))

    @property
    def coverage(self) -> float:
        return fmean(self.inside)

    @property
    def loss(self) -> float:
        return fmean(self.pinball)

    def __str__(self) -> str:
        return (
            f"coverage {100 * self.coverage:.0f} %, mean error {fmean(self.errors):.1f}, "
            f"pinball {self.loss:.2f}, width {fmean(self.width):.0f}, n {len(self.errors)}"
        )


Question = tuple[str, int, float, float, float, list[Rating]]
"""Which horizon, step, seconds on it, seconds ahead, what came, the session's ratings so far."""


def questions(ratings: Sequence[Rating]) -> Iterator[Question]:
    """Before each stay: how it begins; at each rating: the next one, and the third from it."""
    for number, one in enumerate(ratings):
        so_far = list(ratings[: number + 1])
        first = number == 0 or ratings[number - 1].step != one.step
        if first:
            yield "entering", one.step, 0.0, 0.0, one.value, list(ratings[:number])
        for ahead, name in ((1, "next"), (3, "third")):
            if number + ahead < len(ratings) and ratings[number + ahead].step == one.step:
                then = ratings[number + ahead]
                yield name, one.step, one.on_step_s, then.on_step_s - one.on_step_s, then.value, so_far


def evaluate(courses: Iterable[Course]) -> dict[str, dict[str, Score]]:
    """By horizon, then by way of forecasting: ``forecast``, ``last rating``, ``step mean``."""
    scores: dict[str, dict[str, Score]] = {}
    plan = plan_of()
    for one in courses:
        misses: dict[tuple[str, str], list[float]] = {}
        for k, ratings in enumerate(one):
            before = one[:k]
            past = history(before)
            model, fed = Forecaster(plan, past), 0
            new: list[tuple[str, str, float]] = []
            for horizon, step, on_step_s, ahead_s, came, so_far in questions(ratings):
                for rating in ratings[fed : len(so_far)]:
                    model.rated(rating.step, rating.on_step_s, rating.value)
                fed = max(fed, len(so_far))
                by = scores.setdefault(horizon, {})
                told = model.entering(step) if horizon == "entering" else model.ahead(on_step_s, ahead_s)
                ours = by.setdefault("forecast", Score())
                if k:
                    ours.add(told.mean, told.low, told.high, came)
                else:
                    scores.setdefault(f"first session, {horizon}", {}).setdefault("forecast", Score()).add(
                        told.mean, told.low, told.high, came
                    )
                for name, guess in BASELINES.items():
                    middle = guess(step, so_far, past)
                    spread = misses.get((horizon, name))
                    if k and spread:
                        half = Z80 * max(2.0, pstdev([*spread, *(-miss for miss in spread)]))
                        low, high = max(0.0, middle - half), min(100.0, middle + half)
                        by.setdefault(name, Score()).add(middle, low, high, came)
                    new.append((horizon, name, came - middle))
            # what they were off by in the sessions before is all that the baselines know of their spread
            for horizon, name, miss in new:
                misses.setdefault((horizon, name), []).append(miss)
    return scores


def _last(step: int, so_far: Sequence[Rating], past: Sequence[PastRating]) -> float:
    if so_far:
        return so_far[-1].value
    return past[-1].value if past else 50.0


def _step_mean(step: int, so_far: Sequence[Rating], past: Sequence[PastRating]) -> float:
    same = [one.value for one in past if one.step_id == f"step-{step}"]
    same += [one.value for one in so_far if one.step == step]
    every = [one.value for one in past] + [one.value for one in so_far]
    return fmean(same or every or [50.0])


BASELINES: dict[str, Callable[[int, Sequence[Rating], Sequence[PastRating]], float]] = {
    "last rating": _last,
    "step mean": _step_mean,
}
