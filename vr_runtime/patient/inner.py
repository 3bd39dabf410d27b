"""All that goes on inside the virtual patient, tick by tick, and what it says of it when it is asked."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from vr_runtime.patient.crises import Faint, Headset, Panic, Silence, StopButton
from vr_runtime.patient.feeling import Feeling
from vr_runtime.patient.memory import Memory
from vr_runtime.patient.mind import Belief, Sickness, Urge
from vr_runtime.patient.traits import Traits
from vr_runtime.protocol.deeds import TOUCHED, WASHED
from vr_runtime.protocol.events import PatientDid
from vr_runtime.protocol.words import Rated, Scale

STEPS = {Scale.SUDS_100: 5.0, Scale.SUDS_10: 1.0, Scale.CHILD_8: 1.0, Scale.PERCENT: 5.0, Scale.FMS_20: 1.0}
"""People answer in steps of a scale."""
STILL_DISGUSTING = 0.4
"""Disgust falls by so much of what fear falls by."""
FURTHER = 0.1
"""Outside the scene, what is expected is expected of a step a little higher than the last one."""


class Inner:
    """Feelings, beliefs and crises. ``random`` is the feeling's own stream."""

    def __init__(self, traits: Traits, random: Random, tick_s: float, memory: Memory | None) -> None:
        self._traits = traits
        self._tick_s = tick_s
        self._sessions = 1 if memory is None else memory.sessions + 1
        self.feeling = Feeling(traits, random, tick_s, memory)
        self.belief = Belief(traits, memory)
        self.urge = Urge(traits)
        self.sickness = Sickness(traits)
        self.panic = Panic(traits)
        self.silence = Silence(traits)
        self.headset = Headset(traits)
        self.stop = StopButton(traits)
        self.faint = Faint(traits)
        self.stops = 0
        """How often it has pressed STOP."""
        self._exposed = False
        self._intensity = 0.0

    def tick(
        self, exposed: bool, intensity: float, distance_m: float | None, attention: float, motion: float
    ) -> None:
        """``motion``: of the scene, 0 to 1."""
        dt = self._tick_s
        exposed = exposed and self.headset.on
        self._exposed, self._intensity = exposed, intensity
        arousal = self.feeling.arousal
        self.panic.tick(dt, exposed, arousal)
        if self.panic.began:
            self.belief.confirm()
        self.feeling.tick(exposed, intensity, distance_m, attention, self.panic.surge)
        arousal = self.feeling.arousal
        self.belief.tick(dt, exposed, intensity, attention)
        self.urge.tick(dt)
        self.sickness.tick(dt, exposed, motion)
        self.silence.tick(dt, exposed, arousal)
        self.faint.tick(dt, exposed, arousal)
        self.headset.tick(dt, exposed, arousal)
        self.stops += self.stop.tick(dt, exposed, arousal)

    def did(self, deeds: Iterable[PatientDid]) -> None:
        """What its hands did in the scene, as the scene tells it."""
        for deed in deeds:
            if deed.what == TOUCHED:
                self.urge.touched(self._intensity)
            elif deed.what == WASHED:
                self.urge.washed((deed.t_off_ns - deed.t_on_ns) / 1e9)

    @property
    def answers(self) -> bool:
        """Whether anybody answers at all."""
        return self.headset.on and not self.silence.now

    def say(self, what: Rated, scale: Scale) -> float:
        """The answer to a question, on its scale."""
        steps = scale.top / STEPS[scale]
        return STEPS[scale] * round(self.feeling.told(self._felt(what)) * steps)

    def memory(self) -> Memory:
        return Memory(self.feeling.learned, self.belief.levels, self._sessions)

    def _felt(self, what: Rated) -> float:
        feeling, belief = self.feeling, self.belief
        match what:
            case Rated.DISTRESS:
                return feeling.distress
            case Rated.URGE:
                return self.urge.level
            case Rated.DISGUST:
                shown = feeling.threat * (1.0 - STILL_DISGUSTING * feeling.inhibited)
                return self._traits.disgust * min(1.0, shown + 0.5 * self.urge.level)
            case Rated.BELIEF:
                return belief.now()
            case Rated.EXPECTANCY:
                ahead = belief.about if self._exposed else min(1.0, belief.about + FURTHER)
                return feeling.expected(ahead, belief.at(ahead))
            case Rated.SURPRISE:
                return belief.surprise()
            case Rated.SICKNESS:
                return self.sickness.level
