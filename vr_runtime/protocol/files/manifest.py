"""``scene.toml``: what a scene is called, what can be turned in it, and in which steps it is graded."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from vr_runtime.protocol.base import Identifier, Strict, Value
from vr_runtime.protocol.files.wrong import nearest


class Text(Strict):
    """A text that people read, in both languages."""

    en: str = Field(min_length=1, max_length=400)
    fr: str = Field(min_length=1, max_length=400)

    def in_language(self, language: str) -> str:
        return self.fr if language == "fr" else self.en


class Unit(str, Enum):
    METRE = "m"
    DEGREE = "deg"
    RATIO = "1"
    METRE_PER_SECOND = "m/s"
    KILOMETRE_PER_HOUR = "km/h"
    SECOND = "s"
    COUNT = "count"
    LUX = "lux"
    HOUR = "h"


class Category(str, Enum):
    PHOBIA = "phobia"
    PTSD = "ptsd"
    OCD = "ocd"
    CALM = "calm"
    NEUTRAL = "neutral"


class Posture(str, Enum):
    SEATED = "seated"
    STANDING = "standing"


class Carried(Strict):
    """Where the scene itself carries the viewpoint: while the choice ``by`` is ``choice``, the number moves at the
    value of ``speed`` (unit per second) and does not blink. At a speed of 0 it blinks."""

    by: Identifier
    choice: Identifier
    speed: Identifier


class NumberParameter(Strict):
    """A quantity. ``harder`` says which way raises; ``slew`` (unit per second) or ``blink`` how it moves."""

    kind: Literal["number"] = "number"
    id: Identifier
    name: Text
    unit: Unit
    min: float
    max: float
    default: float
    harder: Literal["up", "down", "neither"]
    slew: float | None = Field(default=None, gt=0)
    blink: bool = False
    carried: Carried | None = None

    @model_validator(mode="after")
    def _consistent(self) -> NumberParameter:
        if not self.min < self.max:
            raise ValueError(f"{self.id}: min {self.min:g} must be below max {self.max:g}")
        if not self.min <= self.default <= self.max:
            raise ValueError(f"{self.id}: default {self.default:g} lies outside {self.min:g} to {self.max:g}")
        if (self.slew is None) == (not self.blink):
            raise ValueError(f"{self.id}: give either slew (in {self.unit.value} a second) or blink = true")
        if self.carried is not None and not self.blink:
            raise ValueError(f"{self.id}: what is carried wants blink = true for where it is not")
        return self

    def check(self, value: Value) -> str | None:
        """What is wrong with a value, or None."""
        if isinstance(value, str):
            return f"{self.id} wants a number in {self.unit.value}, not '{value}'"
        if not self.min <= value <= self.max:
            return f"{self.id} = {value:g} lies outside {self.min:g} to {self.max:g} {self.unit.value}"
        return None

    def hardness(self, value: Value) -> float:
        """A number that rises with difficulty; constant where ``harder`` is neither."""
        if isinstance(value, str):
            raise TypeError(f"{self.id} is a number")
        return {"up": value, "down": -value, "neither": 0.0}[self.harder]


class ChoiceParameter(Strict):
    """One of a list of choices; ``harder = "order"`` when the list goes from easy to hard. Changes in a blink."""

    kind: Literal["choice"] = "choice"
    id: Identifier
    name: Text
    choices: tuple[Identifier, ...] = Field(min_length=2)
    labels: dict[str, Text] = {}
    default: Identifier
    harder: Literal["order", "neither"]

    @property
    def unit(self) -> Unit:
        return Unit.RATIO

    @property
    def slew(self) -> None:
        return None

    @property
    def blink(self) -> bool:
        return True

    @model_validator(mode="after")
    def _consistent(self) -> ChoiceParameter:
        if self.default not in self.choices:
            raise ValueError(f"{self.id}: default '{self.default}' is none of {', '.join(self.choices)}")
        if len(set(self.choices)) != len(self.choices):
            raise ValueError(f"{self.id}: a choice stands twice")
        return self

    def check(self, value: Value) -> str | None:
        if value not in self.choices:
            return f"{self.id} wants one of {', '.join(self.choices)}, not '{value}'"
        return None

    def hardness(self, value: Value) -> float:
        return float(self.choices.index(str(value))) if self.harder == "order" else 0.0


Parameter = Annotated[NumberParameter | ChoiceParameter, Field(discriminator="kind")]


class SceneStep(Strict):
    """A graded step: a preset over the scene's parameters, with a behavioural goal."""

    id: Identifier
    name: Text
    preset: dict[str, Value]
    goal: Text
    minimum_s: float = Field(default=120.0, ge=0, le=7200)


class Trigger(Strict):
    """Something that the therapist can let happen once."""

    id: Identifier
    name: Text
    cooldown_s: float = Field(default=5.0, ge=0, le=600)


class Stimulus(Strict):
    """What avoidance is measured against."""

    id: Identifier
    name: Text
    near_m: float = Field(gt=0, description="closer than this counts as near")
    goal_m: float = Field(ge=0, description="distance at which the approach is complete")
    checkable: bool = Field(default=False, description="a device that people check: a stove, a lock, a tap")
    edge: bool = Field(
        default=False, description="an edge with a drop behind it: how near one goes is summed up"
    )


class Budget(Strict):
    """What the scene may do to eyes and ears; the stage enforces it."""

    flashes_per_s: float = Field(default=1.0, ge=0, le=3)
    sound_peak_dbfs: float = Field(default=-6.0, le=-6.0)
    sound_rms_dbfs: float = Field(default=-20.0, le=-20.0)


class Motion(Strict):
    """Bounds of the scene's own motion, whatever the parameters say."""

    sway_deg: float = Field(default=0.0, ge=0, le=5)
    speed_m_s: float = Field(default=0.0, ge=0, le=40)
    acceleration_m_s2: float = Field(default=0.0, ge=0, le=20)

    @property
    def share(self) -> float:
        """How much motion that is, 0 to 1: the largest share of 5 degrees, 20 m/s or 3 m/s2."""
        return min(1.0, max(self.sway_deg / 5.0, self.speed_m_s / 20.0, self.acceleration_m_s2 / 3.0))


class SceneManifest(Strict):
    """A whole ``scene.toml``."""

    id: Identifier
    version: str
    names: Text
    category: Category
    content: tuple[Identifier, ...] = ()
    minimum_age: int = Field(default=13, ge=0, le=99)
    posture: tuple[Posture, ...] = (Posture.SEATED, Posture.STANDING)
    room_m: tuple[float, float] = Field(default=(0.0, 0.0), description="free floor wanted, width and depth")
    parameters: tuple[Parameter, ...] = ()
    hierarchy: tuple[SceneStep, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    stimuli: tuple[Stimulus, ...] = ()
    compulsions: tuple[Identifier, ...] = Field(
        default=(), description="deeds that count as compulsions, such as washed; a scene can make them inert"
    )
    budget: Budget = Budget()
    motion: Motion = Motion()

    @model_validator(mode="after")
    def _consistent(self) -> SceneManifest:
        for group, name in (
            (self.parameters, "parameter"),
            (self.hierarchy, "step"),
            (self.triggers, "trigger"),
            (self.stimuli, "stimulus"),
        ):
            ids = [item.id for item in group]
            if len(set(ids)) != len(ids):
                raise ValueError(f"a {name} id stands twice: {', '.join(ids)}")
        for item in self.parameters:
            if item.kind == "number" and item.carried is not None:
                self._check_carried(item.id, item.carried)
        for step in self.hierarchy:
            problems = self.problems(step.preset)
            if problems:
                raise ValueError(f"step {step.id}: {problems[0]}")
        return self

    def _check_carried(self, name: str, carried: Carried) -> None:
        by, speed = self.parameter(carried.by), self.parameter(carried.speed)
        if by is None or by.kind != "choice" or carried.choice not in by.choices:
            raise ValueError(f"{name}: carried by {carried.by} = '{carried.choice}', which is no choice here")
        if speed is None or speed.kind != "number" or speed.min < 0.0:
            raise ValueError(f"{name}: carried at {carried.speed}, which is no speed here")

    def parameter(self, name: str) -> NumberParameter | ChoiceParameter | None:
        return next((item for item in self.parameters if item.id == name), None)

    def trigger(self, name: str) -> Trigger | None:
        return next((item for item in self.triggers if item.id == name), None)

    def step(self, name: str) -> SceneStep | None:
        return next((item for item in self.hierarchy if item.id == name), None)

    def defaults(self) -> dict[str, Value]:
        return {item.id: item.default for item in self.parameters}

    def problems(self, preset: Mapping[str, Value]) -> list[str]:
        """What is wrong with a preset, in plain words; empty when nothing is."""
        found: list[str] = []
        for name, value in preset.items():
            parameter = self.parameter(name)
            if parameter is None:
                known = [item.id for item in self.parameters]
                found.append(
                    f"scene {self.id} has no parameter '{name}'{nearest(name, known)} "
                    f"(it has: {', '.join(known) or 'none'})"
                )
            elif problem := parameter.check(value):
                found.append(problem)
        return found
