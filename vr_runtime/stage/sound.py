"""Sound: one port, a silent backend and an OpenAL one, and the arithmetic that keeps loudness under its ceiling.

The ceiling holds by construction. Every asset's peak is at most full scale; the gains of all voices heard at once
add up to at most 1; the master bus is at -6 dBFS. So no mix of them can peak above -6 dBFS.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from vr_runtime.stage import assets
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.turns import Listener

if TYPE_CHECKING:
    from panda3d.core import AudioManager, AudioSound

log = logging.getLogger(__name__)

MASTER_DBFS = -6.0
VOICES = 12
"""Sounds heard at once; the quietest beyond are left out."""
FALL_S = 0.12
"""From full gain to silence: well inside the 0.2 s that a STOP allows."""
RISE_S = 0.4
HEARD = 1e-3
"""Gains below this are silence."""


def amplitude(dbfs: float) -> float:
    return 10.0 ** (dbfs / 20.0)


class Sound(Protocol):
    """Where sound goes. Called from the loop's thread alone."""

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        """What should be heard now: cues that are new start, those that are gone fade out.

        A cue that does not loop is played once; it is played again when its key comes back after being away.
        ``master_gain``: 0 to 1, below the fixed ceiling. ``dt_s``: real time since the last call.
        """
        ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Voice:
    """One sound as it is to be heard; ``gain`` is final, ``over`` means it has faded out and is to be stopped."""

    cue: SoundCue
    gain: float
    started: bool
    over: bool


class Mixer:
    """Pure arithmetic: which voices are heard and how loud. Gains move no faster than FALL_S and RISE_S allow."""

    def __init__(self) -> None:
        self._cues: dict[str, SoundCue] = {}
        self._gains: dict[str, float] = {}

    def mix(self, cues: Sequence[SoundCue], master_gain: float, dt_s: float) -> tuple[Voice, ...]:
        """The voices of this moment, at most ``VOICES`` of them beside those that end now."""
        master = amplitude(MASTER_DBFS) * max(0.0, min(1.0, master_gain))
        loudest = sorted(cues, key=lambda cue: (-cue.gain, cue.key))[:VOICES]
        targets = {cue.key: max(0.0, min(1.0, cue.gain)) * master for cue in loudest}
        total = sum(targets.values())
        if total > amplitude(MASTER_DBFS):
            targets = {key: gain * amplitude(MASTER_DBFS) / total for key, gain in targets.items()}
        voices: list[Voice] = []
        new = {cue.key: cue for cue in loudest}
        for key in [*new, *(key for key in self._gains if key not in new)]:
            cue = new.get(key) or self._cues[key]
            started = key not in self._gains
            # what is played once has its attack: it begins at its gain
            before = (0.0 if cue.loop else targets[key]) if started else self._gains[key]
            gain = _towards(targets.get(key, 0.0), before, dt_s)
            over = key not in new and gain < HEARD
            voices.append(Voice(cue, 0.0 if over else gain, started, over))
            if over:
                del self._gains[key], self._cues[key]
            else:
                self._gains[key], self._cues[key] = gain, cue
        return _capped(voices)


def _towards(target: float, before: float, dt_s: float) -> float:
    if target < before:
        return max(target, before - dt_s / FALL_S)
    return min(target, before + dt_s / RISE_S)


def _capped(voices: list[Voice]) -> tuple[Voice, ...]:
    """While old voices fade out under new ones, all together stay under the ceiling too."""
    ceiling, total = amplitude(MASTER_DBFS), sum(voice.gain for voice in voices)
    if total <= ceiling:
        return tuple(voices)
    return tuple(
        Voice(voice.cue, voice.gain * ceiling / total, voice.started, voice.over) for voice in voices
    )


class Silent:
    """Hears nothing, says nothing: the default without a person in the headset."""

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        pass

    def close(self) -> None:
        pass


class OpenAL:
    """Panda3D's OpenAL Soft. Sounds with a position are placed around the listener.

    Use :func:`open_sound`, which falls back to silence.
    """

    def __init__(self) -> None:
        from panda3d.core import AudioManager, load_prc_file_data

        self._page = load_prc_file_data("palier sound", "audio-library-name p3openal_audio\n")
        with _quiet():
            self._manager: AudioManager = AudioManager.create_AudioManager()
        self._manager.audio_3d_set_doppler_factor(0.0)
        self._manager.set_concurrent_sound_limit(0)
        self._mixer = Mixer()
        self._sounds: dict[str, AudioSound] = {}

    @property
    def valid(self) -> bool:
        return self._manager.is_valid()

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        self._manager.audio_3d_set_listener_attributes(
            *listener.position, 0.0, 0.0, 0.0, *listener.forward, *listener.up
        )
        for voice in self._mixer.mix(cues, master_gain, dt_s):
            key = voice.cue.key
            if voice.over:
                if (ended := self._sounds.pop(key, None)) is not None:
                    ended.stop()
                continue
            sound = self._sounds.get(key)
            if sound is None:
                sound = self._sounds[key] = self._load(voice.cue)
            if voice.cue.position is not None:
                sound.set_3d_attributes(*voice.cue.position, 0.0, 0.0, 0.0)
            sound.set_volume(voice.gain)
            if voice.started:
                sound.play()
        self._manager.update()

    def _load(self, cue: SoundCue) -> AudioSound:
        sound = self._manager.get_sound(str(assets.path(cue.file)), cue.position is not None)
        sound.set_loop(cue.loop)
        return sound

    def close(self) -> None:
        """Stop and let go; again: nothing happens."""
        from panda3d.core import unload_prc_file

        for sound in self._sounds.values():
            sound.stop()
        self._sounds.clear()
        if self._page is not None:
            self._manager.shutdown()
            unload_prc_file(self._page)
            self._page = None


def open_sound(wanted: bool) -> Sound:
    """OpenAL where sound is wanted and there is a device, else silence."""
    if not wanted:
        return Silent()
    sound = OpenAL()
    if sound.valid:
        return sound
    sound.close()
    log.warning("no sound device was found: the session is silent (vr-runtime doctor says more)")
    return Silent()


@contextmanager
def _quiet() -> Iterator[None]:
    """OpenAL, ALSA and Panda3D write a page about a device that is not there; one line of ours says it."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def describe_audio() -> str | None:
    """The audio backend that works here, for the doctor; None where there is none."""
    sound = OpenAL()
    try:
        return "OpenAL Soft, by Panda3D" if sound.valid else None
    finally:
        sound.close()
