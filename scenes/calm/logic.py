"""The calm place without its picture: a breathing guide that is there when it is asked for, and nothing to fear."""

from __future__ import annotations

from collections.abc import Mapping
from math import pi, sin
from random import Random

from scenes.calm.breath import INHALE, PER_MIN, Breath, Level, fill
from scenes.kit.beds import bed
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

LAKE = (*bed("lake", "sounds/lake.ogg", 0.6), *bed("breeze", "sounds/wind.ogg", 0.08))
BREATH_IN, BREATH_OUT = "sounds/breath_in.ogg", "sounds/breath_out.ogg"
TONE_S = 5.0
"""How long both of them last."""
TONE_GAIN = 0.5
RATES = (0.83, 1.25)
"""How slow and how fast they may be played, to last as long as a breath."""


class CalmLogic:
    """Time, and the guide. Nothing in here is harder or easier."""

    def __init__(self) -> None:
        self.begin(Random(0), {})

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self.t_s = 0.0
        self.guide = "off"
        self.inhale = INHALE
        self._breath = Breath(PER_MIN)
        self._seen, self._heard = Level(), Level()
        self.apply(parameters)
        # the place itself fades in: what is on from the beginning need not
        self._seen.arrive()
        self._heard.arrive()

    def apply(self, parameters: Mapping[str, Value]) -> None:
        before, t_s = self.guide, self.t_s
        self.guide = str(parameters.get("guide", self.guide))
        self.inhale = float(parameters.get("inhale", self.inhale))
        self._breath.turn(float(parameters.get("breaths_per_min", self._breath.per_min)), t_s)
        if before == "off" and self.guide != "off" and self.seen == self.heard == 0.0:
            self._breath.begin(t_s)
        self._seen.switch(self.guide in ("seen", "both"), t_s)
        self._heard.switch(self.guide in ("heard", "both"), t_s)

    def fire(self, trigger: str) -> None:
        """There is nothing to fire."""

    def update(self, moment: Moment) -> None:
        self.t_s = moment.t_s

    # ---- what follows from the state

    @property
    def seen(self) -> float:
        """How much of the guide can be seen, 0 to 1."""
        return self._seen.at(self.t_s)

    @property
    def heard(self) -> float:
        return self._heard.at(self.t_s)

    @property
    def phase(self) -> float:
        """Where in the breath it is, 0 to 1."""
        return self._breath.count(self.t_s) % 1.0

    @property
    def fullness(self) -> float:
        """How full the lungs should be, 0 to 1."""
        return fill(self.phase, self.inhale)

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        return ()

    def viewpoint(self) -> Viewpoint:
        return Viewpoint()

    def state(self) -> Mapping[str, int | float | str]:
        return {"t_s": self.t_s, "guide": self.guide, "breaths": self._breath.count(self.t_s)}

    def sounds(self) -> tuple[SoundCue, ...]:
        heard = self.heard
        return (*LAKE, self._tone(heard)) if heard > 0.0 else LAKE

    def _tone(self, heard: float) -> SoundCue:
        """Each breath in and each breath out is a sound of its own, played so fast that it lasts as long."""
        number, phase = divmod(self._breath.count(self.t_s), 1.0)
        into = phase < self.inhale
        share = self.inhale if into else 1.0 - self.inhale
        done = phase / share if into else (phase - self.inhale) / share
        rate = min(max(TONE_S / (share * 60.0 / self._breath.per_min), RATES[0]), RATES[1])
        # it is gone when the breath turns, however long the breath
        gain = TONE_GAIN * heard * max(0.0, sin(pi * done)) ** 0.4
        return SoundCue(
            f"{'in' if into else 'out'}-{number:.0f}",
            BREATH_IN if into else BREATH_OUT,
            gain,
            False,
            rate=rate,
        )
