"""Which sounds are heard and how loud: pure arithmetic, and where the ceilings are held.

They hold by construction. Of each file it is known how loud it is (:class:`Loudness`, at the nearer ear). The gains of
all voices are lowered together until the sum of their peaks is at most ``MASTER_DBFS`` (a real mix, in which peaks do
not meet, lies well below) and their effective value together at most ``RMS_DBFS``. Effective values of different files
add up as powers; of one file played several times, and of its dull version, as amplitudes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from math import dist, sqrt
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from vr_runtime.stage import assets
from vr_runtime.stage.scene import SoundCue

MASTER_DBFS = -6.0
"""No sample of the mix lies above."""
RMS_DBFS = -20.0
"""No second of the mix is louder in either ear (effective value)."""
VOICES = 12
"""Sounds heard at once; the quietest beyond are left out."""
FALL_S = 0.12
"""From full gain to silence: well inside the 0.2 s that a STOP allows."""
RISE_S = 0.4
HEARD = 1e-3
"""Gains below this are silence."""
WALL_DB: Final = -24.0
"""What a sound loses behind a wall (``damp`` 1), beside its high notes."""
DULL: Final = "~dull"
"""Ends the key of the dull half of a damped sound."""
DULL_FILE: Final = ".dull"
"""Stands before the extension of a dull version."""


def amplitude(dbfs: float) -> float:
    return 10.0 ** (dbfs / 20.0)


class Loudness(NamedTuple):
    """How loud a sound is at the nearer ear when it is played at full gain."""

    peak: float = 1.0
    rms: float = amplitude(RMS_DBFS - MASTER_DBFS)
    """Effective value of its loudest second."""


FULL: Final = Loudness()
"""A file at full scale."""


@dataclass(frozen=True)
class Voice:
    """One sound as it is to be heard; ``gain`` is final, ``over`` means it has faded out and is to be stopped."""

    cue: SoundCue
    gain: float
    started: bool
    over: bool


class Mixer:
    """Which voices are heard and how loud. Gains move no faster than FALL_S and RISE_S allow."""

    def __init__(self, loudness: Callable[[str], Loudness] = lambda file: FULL) -> None:
        """``loudness``: of a file below the assets folder."""
        self._loudness = loudness
        self._cues: dict[str, SoundCue] = {}
        self._gains: dict[str, float] = {}

    def mix(
        self,
        cues: Sequence[SoundCue],
        master_gain: float,
        dt_s: float,
        ears: tuple[float, float, float] | None = None,
    ) -> tuple[Voice, ...]:
        """The voices of this moment, at most ``VOICES`` of them beside those that end now.

        ``ears``: where the listener is, in the scene's world; sounds far away count as little as they are heard.
        """
        share = max(0.0, min(1.0, master_gain))
        heard = sorted(damped(cues), key=lambda cue: (-cue.gain * nearness(cue, ears), cue.key))[:VOICES]
        targets = {cue.key: max(0.0, min(1.0, cue.gain)) * amplitude(MASTER_DBFS) * share for cue in heard}
        over = self._excess(((cue, targets[cue.key]) for cue in heard), ears)
        if over > share > 0.0:
            targets = {key: gain * share / over for key, gain in targets.items()}
        voices: list[Voice] = []
        new = {cue.key: cue for cue in heard}
        for key in [*new, *(key for key in self._gains if key not in new)]:
            cue = new.get(key) or self._cues[key]
            started = key not in self._gains
            # what is played once has its attack: it begins at its gain
            before = (0.0 if cue.loop else targets[key]) if started else self._gains[key]
            gain = _towards(targets.get(key, 0.0), before, dt_s)
            ended = key not in new and gain < HEARD
            voices.append(Voice(cue, 0.0 if ended else gain, started, ended))
            if ended:
                del self._gains[key], self._cues[key]
            else:
                self._gains[key], self._cues[key] = gain, cue
        return self._capped(voices, ears)

    def _capped(self, voices: list[Voice], ears: tuple[float, float, float] | None) -> tuple[Voice, ...]:
        """While old voices fade out under new ones, all together stay under the ceilings too."""
        over = self._excess(((voice.cue, voice.gain) for voice in voices), ears)
        if over <= 1.0:
            return tuple(voices)
        return tuple(Voice(voice.cue, voice.gain / over, voice.started, voice.over) for voice in voices)

    def _excess(
        self, parts: Iterable[tuple[SoundCue, float]], ears: tuple[float, float, float] | None
    ) -> float:
        """The loudest that these gains could be together, as a multiple of what is allowed."""
        peak = 0.0
        effective: dict[str, float] = {}
        for cue, gain in parts:
            loudness, near = self._loudness(cue.file), nearness(cue, ears)
            peak += gain * near * loudness.peak
            alike = cue.file.replace(DULL_FILE, "")
            effective[alike] = effective.get(alike, 0.0) + gain * near * loudness.rms
        rms = sqrt(sum(value * value for value in effective.values()))
        return max(peak / amplitude(MASTER_DBFS), rms / amplitude(RMS_DBFS))


def nearness(cue: SoundCue, ears: tuple[float, float, float] | None) -> float:
    """How much of a sound is left over its distance, 0 to 1: ``near_m`` / distance, as OpenAL does it."""
    if cue.position is None or ears is None:
        return 1.0
    return min(1.0, cue.near_m / max(dist(cue.position, ears), 1e-6))


def damped(cues: Iterable[SoundCue]) -> list[SoundCue]:
    """The cues with what is in between taken into account: quieter, and mixed with their dull versions."""
    made: list[SoundCue] = []
    for cue in cues:
        damp = max(0.0, min(1.0, cue.damp))
        if damp == 0.0:
            made.append(cue)
            continue
        gain = max(0.0, min(1.0, cue.gain)) * amplitude(WALL_DB * damp)
        dull = dull_version(cue.file)
        if dull is None:
            made.append(cue._replace(gain=gain))
            continue
        # two halves of equal power together: they begin together, but not to the sample
        made.append(cue._replace(gain=gain * sqrt(1.0 - damp)))
        made.append(cue._replace(key=cue.key + DULL, file=dull, gain=gain * sqrt(damp)))
    return made


@cache
def dull_version(file: str) -> str | None:
    """``sounds/tap.dull.ogg`` of ``sounds/tap.ogg``, where there is one."""
    path = PurePosixPath(file)
    dull = str(path.with_name(f"{path.stem}{DULL_FILE}{path.suffix}"))
    return None if assets.find(dull) is None else dull


def _towards(target: float, before: float, dt_s: float) -> float:
    if target < before:
        return max(target, before - dt_s / FALL_S)
    return min(target, before + dt_s / RISE_S)
