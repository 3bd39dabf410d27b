"""Sound: one port, a silent backend and an OpenAL one that renders for two ears.

How loud anything may be is decided in :mod:`vr_runtime.stage.mixer`, by construction; docs/decisions/0008-sound.md says
what OpenAL does afterwards.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol
from zlib import crc32

from vr_runtime.stage import assets
from vr_runtime.stage.headphones import for_headphones
from vr_runtime.stage.mixer import (
    DULL,
    FALL_S,
    HEARD,
    MASTER_DBFS,
    RISE_S,
    RMS_DBFS,
    VOICES,
    Loudness,
    Mixer,
    Voice,
    amplitude,
    dull_version,
)
from vr_runtime.stage.nearer_ear import at_nearer_ear
from vr_runtime.stage.scene import SoundCue
from vr_runtime.stage.turns import Listener

if TYPE_CHECKING:
    from panda3d.core import AudioManager, AudioSound

__all__ = [
    "FALL_S",
    "HEARD",
    "MASTER_DBFS",
    "RISE_S",
    "RMS_DBFS",
    "VOICES",
    "Loudness",
    "Mixer",
    "OpenAL",
    "Silent",
    "Sound",
    "Voice",
    "amplitude",
    "describe_audio",
    "open_sound",
]

log = logging.getLogger(__name__)

SLOWEST, FASTEST = 0.25, 4.0
KEPT: Final = 1000
"""Files whose samples stay in memory when nobody plays them."""
WHOLE_BYTES: Final = 32_000_000
"""Files whose samples take less are decoded whole when they are loaded (four minutes in stereo); to begin a longer one
costs a frame."""


class Sound(Protocol):
    """Where sound goes. Called from the loop's thread alone."""

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        """What should be heard now: cues that are new start, those that are gone fade out.

        A cue that does not loop is played once; it is played again when its key comes back after being away.
        ``master_gain``: 0 to 1, below the fixed ceiling. ``dt_s``: real time since the last call.
        """
        ...

    def prepare(self, cues: Iterable[SoundCue]) -> None:
        """Load what these cues ask for before it is heard: later it would cost a frame.

        Raises:
            FileError: a file is not there.
        """
        ...

    def close(self) -> None: ...


class Silent:
    """Hears nothing, says nothing: the default without a person in the headset."""

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        pass

    def prepare(self, cues: Iterable[SoundCue]) -> None:
        pass

    def close(self) -> None:
        pass


class OpenAL:
    """Panda3D's OpenAL Soft, for headphones. Sounds with a position are placed around the listener's head.

    Use :func:`open_sound`, which falls back to silence.
    """

    def __init__(self) -> None:
        from panda3d.core import AudioManager, load_prc_file_data

        self._page = load_prc_file_data(
            "palier sound", f"audio-library-name p3openal_audio\naudio-preload-threshold {WHOLE_BYTES}\n"
        )
        with _quiet(), for_headphones():
            self._manager: AudioManager = AudioManager.create_AudioManager()
        self._manager.audio_3d_set_doppler_factor(0.0)
        self._manager.set_concurrent_sound_limit(0)
        self._manager.set_cache_limit(KEPT)
        self._mixer = Mixer(self._loudness)
        self._sounds: dict[str, AudioSound] = {}
        self._known: dict[str, Loudness] = {}

    @property
    def valid(self) -> bool:
        return self._manager.is_valid()

    def play(self, cues: Sequence[SoundCue], master_gain: float, listener: Listener, dt_s: float) -> None:
        self._manager.audio_3d_set_listener_attributes(
            *listener.position, 0.0, 0.0, 0.0, *listener.forward, *listener.up
        )
        for voice in self._mixer.mix(cues, master_gain, dt_s, listener.position):
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
                sound.set_3d_min_distance(voice.cue.near_m)
            sound.set_play_rate(max(SLOWEST, min(FASTEST, voice.cue.rate)))
            sound.set_volume(voice.gain)
            if voice.started:
                sound.set_time(self._start_s(voice.cue, sound))
                sound.play()
        self._manager.update()

    def prepare(self, cues: Iterable[SoundCue]) -> None:
        wanted = {(cue.file, cue.position is not None) for cue in cues}
        wanted |= {(dull, placed) for file, placed in wanted if (dull := dull_version(file)) is not None}
        for file, placed in sorted(wanted):
            self._loudness(file)
            self._manager.get_sound(str(assets.path(file)), placed)

    def _load(self, cue: SoundCue) -> AudioSound:
        sound = self._manager.get_sound(str(assets.path(cue.file)), cue.position is not None)
        sound.set_loop(cue.loop)
        return sound

    def _start_s(self, cue: SoundCue, sound: AudioSound) -> float:
        """Where in the file it begins. A dull half joins its clear half where that is."""
        clear = self._sounds.get(cue.key.removesuffix(DULL)) if cue.key.endswith(DULL) else None
        if clear is not None and clear is not sound:
            return clear.get_time()
        share = cue.start
        if share is None:
            share = crc32(cue.key.encode()) / 2**32 if cue.loop else 0.0
        return (share % 1.0) * sound.length()

    def _loudness(self, file: str) -> Loudness:
        if file not in self._known:
            self._known[file] = at_nearer_ear(file)
        return self._known[file]

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
