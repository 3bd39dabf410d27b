"""The clocks with what the protocol says of them, and what is expected of distress next."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.pages.elements import Box, Say
from clinician_console.words import DASH, Words
from vr_runtime.protocol.answers import ClockState
from vr_runtime.protocol.course_events import ForecastMade

NAMES = ("step", "phase", "session", "head_on")


def bounds(name: str, now: Snapshot) -> tuple[float | None, float | None]:
    """Least and most of a clock, in seconds, as plan, protocol and safety limits have them."""
    telemetry, course = now.telemetry, now.course
    treatment = course.treatment
    match name:
        case "step" if telemetry is not None and now.plan and 1 <= telemetry.step <= len(now.plan.steps):
            return now.plan.steps[telemetry.step - 1].minimum_s or None, None
        case "phase" if treatment is not None and telemetry is not None:
            plan = treatment.phases.get(telemetry.phase)
            return (plan.minimum_s or None, plan.maximum_s) if plan else (None, None)
        case "session" if treatment is not None:
            return None, treatment.end.session_s
        case "head_on" if course.limits is not None:
            return None, course.limits.head_on_s
        case _:
            return None, None


def seconds(name: str, clocks: ClockState) -> float:
    values = {"step": clocks.step_s, "phase": clocks.phase_s, "session": clocks.session_s}
    return values.get(name, clocks.head_on_s)


def ahead(now: Snapshot) -> ForecastMade | None:
    """What is expected on the present step."""
    return next((one for one in now.course.forecasts if one.ahead_s > 0.0), None)


class Clocks:
    def __init__(self) -> None:
        self._names: dict[str, Say] = {}
        self._values: dict[str, Say] = {}
        self._limits: dict[str, Say] = {}
        self._boxes: dict[str, Box] = {}
        with Box("clocks"):
            for name in (*NAMES, "forecast"):
                with Box(f"clock of-{name}", id=f"clock-{name}") as box:
                    self._names[name] = Say("clock-name")
                    with Box("clock-line"):
                        self._values[name] = Say("clock-value")
                        self._limits[name] = Say("clock-limit")
                self._boxes[name] = box

    def refresh(self, now: Snapshot, words: Words) -> None:
        telemetry = now.telemetry if now.live else None
        for name in NAMES:
            self._names[name].say(words(f"clock.{name}"))
            low, high = bounds(name, now)
            lasted = seconds(name, telemetry.clocks) if telemetry else None
            self._values[name].say(words.clock(lasted))
            self._limits[name].say(_limit(low, high, words))
            over = lasted is not None and high is not None and lasted > high
            under = lasted is not None and low is not None and lasted < low
            self._boxes[name].mark_as(over=over, under=under)
            hint = words("clock.over") if over else words("clock.under") if under else ""
            self._boxes[name].attribute("title", f"{words(f'clock.{name}_hint')} {hint}".strip())
        self._forecast(now, words)

    def _forecast(self, now: Snapshot, words: Words) -> None:
        made = ahead(now) if now.live else None
        minutes = made.ahead_s / 60 if made else 5.0
        self._names["forecast"].say(words("clock.forecast", minutes=words.number(minutes)))
        self._values["forecast"].say(words.number(made.mean) if made else DASH)
        span = f"{words.number(made.low)}–{words.number(made.high)}" if made else ""
        if not now.course.aid:
            span = words("clock.aid_off")
        self._limits["forecast"].say(span)
        self._boxes["forecast"].attribute("title", words("clock.forecast_hint"))


def _limit(low: float | None, high: float | None, words: Words) -> str:
    if low is not None and high is not None:
        return f"{_minutes(low, words)}–{_minutes(high, words)}′"
    if low is not None:
        return f"≥ {_minutes(low, words)}′"
    return f"≤ {_minutes(high, words)}′" if high is not None else ""


def _minutes(value_s: float, words: Words) -> str:
    return words.value(round(value_s / 60, 1))
