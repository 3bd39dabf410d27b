"""What the patient is shown and hears: which place, behind which veil, how loud. Follows the phase and the ladder.

Decides nothing: where it goes is the phase's to say, and what is shown there the ladder's.
"""

from __future__ import annotations

from vr_runtime.protocol.events import ShellChanged
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.session.frame import Inputs, SceneFrame
from vr_runtime.session.intensity import Tracks
from vr_runtime.session.ladder import Ladder
from vr_runtime.session.machine import PLACES
from vr_runtime.session.turn import Turn
from vr_runtime.session.veil import Blink, Shell, Sound

LONGEST_STEP_S = 0.1
"""Parameters take no longer strides than this, so that a frame that hung does not make them jump."""


class View:
    """``place`` is what is shown now; ``because`` why it was changed last, told when the shell goes up or away."""

    def __init__(self, ladder: Ladder, limits: SafetyLimits) -> None:
        self.place = PLACES[Phase.SETUP]
        self.because = ""
        self._ladder = ladder
        self._limits = limits
        self._shell, self._blink, self._sound = Shell(), Blink(), Sound()
        self._opaque = False
        self._restart_next = False
        self._last_ns: int | None = None

    @property
    def exposed(self) -> bool:
        """Whether anything of the scene can be seen."""
        return self.place is Place.SCENE and self._shell.opacity < 1.0

    def leaving(self, phase: Phase) -> bool:
        """What is shown is not what is wanted."""
        wanted = PLACES[phase]
        return self.place is not wanted or (wanted is Place.SCENE and self._ladder.arriving is not None)

    def frozen(self, phase: Phase) -> bool:
        """The scene is shown and its time stands still."""
        return self.place is Place.SCENE and phase is not Phase.EXPOSURE

    def slam(self, now_ns: int) -> None:
        """The shell is opaque from this frame on; the place wanted fades in behind it."""
        self._shell.slam(now_ns, self._limits.stop_calm_after_s, self._limits.stop_fade_s)
        self._blink.reset()

    def stop(self, cause_id: str, turn: Turn) -> None:
        """STOP: slam, and say so at once. A scene that is shown again afterwards begins anew."""
        self.slam(turn.now_ns)
        self._opaque = True
        self._restart_next = True
        turn.emit(ShellChanged(up=True, because="stop"), cause_id)

    def move(self, inputs: Inputs, phase: Phase, turn: Turn) -> None:
        """Let time pass for the shell, the parameters, the blink and the sound."""
        now, last = inputs.now_ns, self._last_ns
        self._last_ns = now
        elapsed_s = max(0, now - last) / 1e9 if last is not None else 0.0
        limits, shell, blink, sound = self._limits, self._shell, self._blink, self._sound
        veil = (shell.opacity, blink.opacity, sound.gain)
        leaving = self.leaving(phase)
        # Half the time each way to the safe place: all of it is over within fade_s.
        fade_s = limits.fade_s / 2 if phase is Phase.SAFE_PLACE else limits.fade_s
        if (leaving or shell.opacity > 0.0) and shell.update(now, elapsed_s, leaving, fade_s):
            self._change_place(phase, turn)
            leaving = False
        frozen = self.frozen(phase)
        tracks = self._shown
        if tracks is not None and not leaving and not tracks.settled:
            turn.touched = tracks.move(min(max(0.0, inputs.dt_s), LONGEST_STEP_S), frozen) or turn.touched
            wanted = tracks.wants_blink(frozen)
        else:
            wanted = False
        if (wanted or blink.opacity > 0.0) and blink.update(now, elapsed_s, wanted, limits.blink_s):
            assert tracks is not None
            tracks.turn(frozen)
            turn.touched = True
        quiet_place = frozen or self.place is Place.CALM or phase is Phase.STOPPED
        loud = 0.0 if quiet_place else 1.0 - shell.opacity
        sound.update(elapsed_s, loud, limits.sound_down_s, limits.fade_s)
        if veil != (shell.opacity, blink.opacity, sound.gain):
            turn.touched = True
        opaque = shell.opacity >= 1.0
        if opaque != self._opaque:
            self._opaque = opaque
            turn.emit(ShellChanged(up=opaque, because=self.because))

    @property
    def _shown(self) -> Tracks | None:
        """The parameters of the place that is shown."""
        if self.place is Place.CALM:
            return self._ladder.safe_place
        return self._ladder.tracks if self.place is Place.SCENE else None

    def frame(self, phase: Phase, turn: Turn, *, prevented: bool) -> SceneFrame:
        """What the stage is to show; ``prevented``: what serves a compulsion is inert."""
        tracks, safe_place = self._ladder.tracks, self._ladder.safe_place
        return SceneFrame(
            place=self.place,
            scene=tracks.scene if tracks is not None else "",
            parameters=tracks.values() if tracks is not None else {},
            shell=self._shell.opacity,
            blink=self._blink.opacity,
            sound_gain=self._sound.gain,
            frozen=self.frozen(phase),
            fire=tuple(turn.fire),
            safe_place=safe_place.values() if safe_place is not None else {},
            restart=turn.restart,
            recentre=turn.recentre,
            prevented=prevented,
        )

    def _change_place(self, phase: Phase, turn: Turn) -> None:
        """The shell is opaque: what is behind it is changed."""
        self.place = PLACES[phase]
        if self.place is Place.CALM and self._ladder.safe_place is not None:
            self._ladder.safe_place.snap()
        another = self._ladder.arrive(self.place is Place.SCENE)
        self._restart_next = self._restart_next or another
        if self.place is Place.SCENE:
            turn.restart, self._restart_next = self._restart_next, False
        self._blink.reset()
        turn.touched = True
