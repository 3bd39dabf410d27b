"""What the patient hears: a listener of the loop that plays the stage's cues after each frame."""

from __future__ import annotations

from vr_runtime.runtime import Rooms, Turn
from vr_runtime.stage.sound import Sound


class Loudspeaker:
    """Plays what should be heard in the frame that was just shown. Gains come down with the session's own: a STOP
    silences the scene (the sound's fall is shorter than the 0.2 s that a STOP allows)."""

    def __init__(self, sound: Sound) -> None:
        self._sound = sound
        self._before_ns: int | None = None

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        now_ns = turn.frame.now_ns
        dt_s = 0.0 if self._before_ns is None else (now_ns - self._before_ns) / 1e9
        self._before_ns = now_ns
        stage = rooms.stage
        self._sound.play(stage.sounds(), stage.loudness, stage.listener(), dt_s)
