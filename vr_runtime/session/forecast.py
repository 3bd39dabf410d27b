"""How much distress to expect: on the present step if the patient stays, and on entering another one.

A forecast is information for the therapist. It proposes nothing, and nothing is ever done by it.

Bayesian linear regression, one rating at a time (the measurement update of a Kalman filter). A rating is explained
as the sum of

- the patient's level, the rise along the ladder, and the change from session to session,
- what is special to this step, to this session, and to this stay on the step,
- how often the step was played before,
- the fall while staying: two curves 1 - exp(-t / constant), quick and slow, with sizes of the patient's own and a
  deviation of this stay; floor and rate of the fall follow from their mixture,
- chance: the rating's own, and a wandering that grows with the time ahead.

Each has a normal prior below, in points of 0 to 100 (SUDS). They were chosen wide by hand, for patients of whom
nothing is known; they were not fitted to people. All of them are wide or narrow together by one factor, which is
learned from how far the ratings were from what was expected of them (the conjugate prior of an unknown variance, worth
``SPREAD_RATINGS`` ratings), within ``SPREAD``. docs/forecast.md has the sources and how well it does on virtual
patients. The scale ends at 0 and 100, so what the model puts beyond an end counts as that end.

Pure: no clock, no chance. The same plan, history and ratings give the same forecast, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from vr_runtime.protocol.course_events import Reason
from vr_runtime.protocol.events import (
    PastRating,
)
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.session import forecast_words as words
from vr_runtime.session.forecast_words import reason
from vr_runtime.session.regression import Beliefs, Prior, within_scale

MODEL: Final = "forecast/1"

QUICK_S: Final = 120.0
SLOW_S: Final = 900.0
NOISE_SD: Final = 6.0
WANDER_SD: Final = 8.0
"""Of the wandering, over ``WANDER_S`` ahead; it grows with the root of the time and stops growing after it."""
WANDER_S: Final = 600.0

PATIENT: Final[Mapping[str, Prior]] = {
    "level": (55.0, 20.0),  # on entering the middle of the ladder in the present session
    "rise": (40.0, 20.0),  # from the ladder's foot to its top
    "trend": (-4.0, 4.0),  # from one session to the next
    "again": (-4.0, 4.0),  # each time the step was played before, up to MOST_AGAIN
    "quick": (-6.0, 8.0),
    "slow": (-15.0, 12.0),
}
STEP: Final[Prior] = (0.0, 10.0)
SESSION: Final[Prior] = (0.0, 7.0)
STAY: Final[Mapping[str, Prior]] = {"stay": (0.0, 6.0), "stay_quick": (0.0, 5.0), "stay_slow": (0.0, 8.0)}
MOST_AGAIN: Final = 4


@dataclass(frozen=True)
class Forecast:
    """``low`` to ``high``: the central 80 % of the predictive distribution; all within 0 to 100."""

    step: int
    ahead_s: float
    mean: float
    low: float
    high: float
    based_on: int
    """Ratings that it has seen, earlier sessions included."""
    model: str
    reasons: tuple[Reason, ...]


class Forecaster:
    """Told the ratings of distress as they come; asked whenever. Steps are numbers of the plan, from 1.

    Raises ValueError for a step that the plan does not have.
    """

    def __init__(self, plan: Plan, history: Iterable[PastRating] = ()) -> None:
        self._numbers = {step.id: number for number, step in enumerate(plan.steps, 1)}
        self._steps = len(plan.steps)
        self._belief = Beliefs()
        self._count = 0
        self._times = dict.fromkeys(range(1, self._steps + 1), 0)
        """How often each step was played before this stay."""
        self._step: int | None = None
        self._ratings: list[tuple[float, float]] = []
        """(seconds on the step, value) of this stay."""
        self._last_time: dict[int, tuple[int, float]] = {}
        """By step: how many sessions ago it was last played in an earlier one, and its first rating there."""
        for name, prior in PATIENT.items():
            self._belief.need(name, prior)
        self._remember(history)

    def entered(self, step: int) -> None:
        """A stay on a step begins (also on the same step again)."""
        self._leave()
        self._times[self._known(step)] += 1
        self._step = step

    def rated(self, step: int, on_step_s: float, value: float) -> None:
        """A rating of distress, 0 to 100, so many seconds into the stay. What is no number is passed over."""
        if self._known(step) != self._step:
            self.entered(step)
        if math.isfinite(on_step_s) and math.isfinite(value):
            self._learn(step, max(0.0, on_step_s), min(100.0, max(0.0, value)), 0)

    def ahead(self, on_step_s: float, ahead_s: float) -> Forecast:
        """For a rating ``ahead_s`` from now, if the patient stays; ``on_step_s``: into the stay by now.

        Raises ValueError before any step was entered.
        """
        if self._step is None:
            raise ValueError("no step has been entered: ask for entering(step)")
        ahead_s = max(0.0, ahead_s)
        return self._forecast(self._step, max(0.0, on_step_s) + ahead_s, ahead_s, stays=True)

    def entering(self, step: int) -> Forecast:
        """For the first rating on a step, if it were entered now."""
        return self._forecast(self._known(step), 0.0, 0.0, stays=False)

    # ------------------------------------------------------------------ what was

    def _remember(self, history: Iterable[PastRating]) -> None:
        """Earlier sessions, the oldest first. Within one, a new step or a time that falls begins a new stay."""
        before: PastRating | None = None
        for past in sorted(history, key=lambda rating: -rating.session):
            number = self._numbers.get(past.step_id)
            if number is None or not math.isfinite(past.on_step_s):
                continue
            new = before is None or past.session != before.session
            if new:
                self._leave()
                self._belief.forget("session")
            if new or before is None or past.step_id != before.step_id or past.on_step_s < before.on_step_s:
                self.entered(number)
                if self._last_time.get(number, (0, 0.0))[0] != past.session:
                    self._last_time[number] = (past.session, past.value)
            self._learn(number, max(0.0, past.on_step_s), past.value, past.session)
            before = past
        self._leave()
        self._belief.forget("session")

    def _known(self, step: int) -> int:
        if not 1 <= step <= self._steps:
            raise ValueError(f"the plan has no step {step}; it has {self._steps}")
        return step

    def _leave(self) -> None:
        self._belief.forget(*STAY)
        self._step = None
        self._ratings.clear()

    # ------------------------------------------------------------------ the model

    def _weights(self, step: int, on_step_s: float, ago: int, again: int) -> dict[str, float]:
        quick, slow = 1.0 - math.exp(-on_step_s / QUICK_S), 1.0 - math.exp(-on_step_s / SLOW_S)
        place = (step - 1) / (self._steps - 1) - 0.5 if self._steps > 1 else 0.0
        return {
            "level": 1.0, "rise": place, "trend": -float(ago), "again": float(min(again, MOST_AGAIN)),
            "quick": quick, "slow": slow,
            f"step {step}": 1.0, "session": 1.0, "stay": 1.0, "stay_quick": quick, "stay_slow": slow,
        }  # fmt: skip

    def _learn(self, step: int, on_step_s: float, value: float, ago: int) -> None:
        belief = self._belief
        belief.need("session", SESSION)
        belief.need(f"step {step}", STEP)
        for name, prior in STAY.items():
            belief.need(name, prior)
        weights = self._weights(step, on_step_s, ago, self._times[step] - 1)
        belief.learn(weights, value, NOISE_SD)
        self._count += 1
        self._ratings.append((on_step_s, value))

    def _forecast(self, step: int, on_step_s: float, ahead_s: float, *, stays: bool) -> Forecast:
        again = self._times[step] - 1 if stays else self._times[step]
        weights = self._weights(step, on_step_s, 0, again)
        variance = NOISE_SD**2 + WANDER_SD**2 * min(1.0, ahead_s / WANDER_S)
        known: dict[str, float] = {}
        own = {"session": SESSION, f"step {step}": STEP, **STAY}
        for name, weight in weights.items():
            of_this_stay = name in STAY and not stays
            if self._belief.knows(name) and not of_this_stay:
                known[name] = weight
            else:
                variance += (weight * own[name][1]) ** 2
        mean, its = self._belief.predict(known)
        low, middle, high = within_scale(mean, self._belief.spread * math.sqrt(variance + its))
        reasons = tuple(self._reasons(step, stays))
        return Forecast(step, ahead_s, middle, low, high, self._count, MODEL, reasons)

    # ------------------------------------------------------------------ in words

    def _reasons(self, step: int, stays: bool) -> Iterable[Reason]:
        if stays and len(self._ratings) >= 2:
            (begin_s, first), (end_s, last) = self._ratings[0], self._ratings[-1]
            minutes = max(0.0, end_s - begin_s) / 60.0
            en, fr = words.CHANGES[(last > first) - (last < first)]
            numbers = {"first": first, "last": last, "minutes": minutes}
            yield reason(MODEL, en, fr, numbers)
        elif stays and self._ratings:
            yield reason(MODEL, *words.ONE, {"value": self._ratings[-1][1]})
        if step in self._last_time:
            ago, value = self._last_time[step]
            yield reason(
                MODEL,
                *(words.LAST if ago == 1 else words.EARLIER),
                {"step": step, "value": value, "ago": ago},
            )
        if self._count == 0:
            yield reason(MODEL, *words.NOTHING, {})
        else:
            yield reason(MODEL, *words.COUNT, {"ratings": self._count})
