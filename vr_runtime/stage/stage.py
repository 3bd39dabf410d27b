"""The stage: plays what the session says, scene by scene. Without graphics it is plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from random import Random
from typing import TYPE_CHECKING, Protocol

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading, WashPlace
from vr_runtime.protocol.words import Place
from vr_runtime.stage import assets
from vr_runtime.stage.mixer import MASTER_DBFS, RMS_DBFS, amplitude
from vr_runtime.stage.panel_layout import Panel
from vr_runtime.stage.panel_words import Language
from vr_runtime.stage.scene import (
    Deed,
    HasWater,
    Moment,
    PreventsCompulsions,
    Scene,
    SoundCue,
    TellsDeeds,
    Viewpoint,
)
from vr_runtime.stage.turns import Listener, listener

if TYPE_CHECKING:
    from vr_runtime.stage.picture import Picture
    from vr_runtime.stage.settings import GraphicsSettings

BASELINE_ROOM = "baseline_room"
CALM = "calm"
MOVES_M_S = 5.0
"""From this speed of its own motion on, a scene's world moves past."""
REHEARSED_S = 0.1
"""After a trigger, when its picture is rehearsed."""
HEARD_S, HEARD_TICK_S = 30.0, 0.25
"""So much of each scene is rehearsed for its sounds."""


class StageReason(Enum):
    UNKNOWN_SCENE = "unknown_scene"


class StageError(PalierError):
    """The session asked for something that the stage has not got."""


class Cue(Protocol):
    """What the stage is to show in a frame; the session's ``SceneFrame`` is one."""

    @property
    def place(self) -> Place: ...
    @property
    def scene(self) -> str: ...
    @property
    def parameters(self) -> Mapping[str, Value]: ...
    @property
    def safe_place(self) -> Mapping[str, Value]: ...
    @property
    def shell(self) -> float: ...
    @property
    def blink(self) -> float: ...
    @property
    def sound_gain(self) -> float: ...
    @property
    def frozen(self) -> bool: ...
    @property
    def fire(self) -> tuple[str, ...]: ...
    @property
    def restart(self) -> bool: ...
    @property
    def prevented(self) -> bool: ...


class Act:
    """One scene's run: its logic with its clock, its parameters and its random generator."""

    def __init__(self, manifest: SceneManifest, scene: Scene, seed: int) -> None:
        self.manifest = manifest
        self.scene = scene
        self._seed = seed
        self._tells = scene if isinstance(scene, TellsDeeds) else None
        self._prevents = scene if isinstance(scene, PreventsCompulsions) else None
        self._prevented = False
        self._parameters: dict[str, Value] = {}
        self._t_s = 0.0
        self.begun = False

    @property
    def t_s(self) -> float:
        return self._t_s

    def begin(self, parameters: Mapping[str, Value]) -> None:
        """Start over; the same seed gives the same run."""
        self._parameters = {**self.manifest.defaults(), **parameters}
        self._t_s = 0.0
        self.scene.begin(Random(f"{self._seed}/{self.manifest.id}"), dict(self._parameters))
        if self._prevents is not None:
            self._prevents.prevent(self._prevented)
        self.begun = True

    def prevent(self, on: bool) -> None:
        """What serves a compulsion is inert, or no longer."""
        if on is not self._prevented:
            self._prevented = on
            if self._prevents is not None:
                self._prevents.prevent(on)

    def play(
        self, parameters: Mapping[str, Value], fire: tuple[str, ...], dt_s: float, head: Pose, hands: Hands
    ) -> None:
        """One frame: parameters, then triggers, then time."""
        wanted = {**self.manifest.defaults(), **parameters}
        if wanted != self._parameters:
            self._parameters = wanted
            self.scene.apply(dict(wanted))
        for trigger in fire:
            self.scene.fire(trigger)
        self._t_s += dt_s
        self.scene.update(Moment(self._t_s, dt_s, head, hands))

    def deeds(self) -> tuple[Deed, ...]:
        """What hands did in the last frame played."""
        return () if self._tells is None else self._tells.deeds()

    def viewpoint(self) -> Viewpoint:
        """Where the tracked space stands, its tilt held within the manifest's bounds."""
        wanted = self.scene.viewpoint()
        bound = self.manifest.motion.sway_deg
        if abs(wanted.pitch) <= bound and abs(wanted.roll) <= bound:
            return wanted
        return wanted._replace(
            pitch=max(-bound, min(bound, wanted.pitch)), roll=max(-bound, min(bound, wanted.roll))
        )


class Stage:
    """All scenes of a session, one of them shown.

    Args:
        scenes: manifest and scene by id; ``baseline_room`` and ``calm`` among them.
        seed: of the session; each scene gets a generator of its own made from it and the scene's id.
        graphics: None: logic alone, and Panda3D is not imported. Else the display must be open already: it sets
            Panda3D up.
        language: the patient's, for the rating panel.

    Raises:
        StageError: a needed scene is missing.
    """

    def __init__(
        self,
        scenes: Mapping[str, tuple[SceneManifest, Scene]],
        seed: int,
        graphics: GraphicsSettings | None,
        language: Language = "en",
    ) -> None:
        self._acts = {name: Act(manifest, scene, seed) for name, (manifest, scene) in scenes.items()}
        for needed in (BASELINE_ROOM, CALM):
            self._act(needed)
        self._shown = self._act(BASELINE_ROOM)
        self._place = Place.BASELINE_ROOM
        self._exposure = ""
        self._cover = 0.0
        self._gain = 1.0
        self._viewpoint = Viewpoint()
        self._head = Pose(z=1.6)
        self._rehearsed: dict[tuple[str, bool], SoundCue] = {}
        self.unseen = False
        """Nobody looks at this frame: what is seen is not brought in line with the scene, which lives on as ever.
        For those who re-execute a record to get at a later moment."""
        self._scenery = None
        if graphics is not None:
            from vr_runtime.stage.scenery import Scenery

            self._scenery = Scenery({name: act.scene for name, act in self._acts.items()}, graphics, language)

    # ---- before the first frame

    def rehearse(self, looks: Iterable[tuple[str, Mapping[str, Value]]]) -> Iterator[Picture]:
        """Pictures of scenes with parameters, for the display to draw unseen (``Display.prepare``): what is drawn
        for the first time (textures, shaders) costs many frames, and the patient would feel it.

        The scenes are as good as new when the last picture was taken. Without graphics there is none.
        """
        if self._scenery is None:
            return
        head = Pose(z=1.6)
        for name, parameters in looks:
            act = self._act(name)
            act.begin(parameters)
            act.play(parameters, (), 0.0, head, Hands())
            self._scenery.rehearse(name, act.viewpoint())
            yield self._scenery.picture(head)
            self._hear(act, parameters)
        for name, act in self._acts.items():
            for trigger in act.manifest.triggers:
                act.begin({})
                act.play({}, (trigger.id,), REHEARSED_S, head, Hands())
                self._scenery.rehearse(name, act.viewpoint())
                yield self._scenery.picture(head)
                self._hear(act, {})
        for act in self._acts.values():
            act.begun = False
        self._scenery.show(self._shown.manifest.id, Viewpoint(), 1.0, Hands())
        self._scenery.shade(head)
        self._scenery.show_panel(None)

    def _hear(self, act: Act, parameters: Mapping[str, Value]) -> None:
        """Let the scene's time run on, undrawn, and keep what it wants to be heard."""
        for _ in range(round(HEARD_S / HEARD_TICK_S)):
            for cue in act.scene.sounds():
                if (sound := (cue.file, cue.position is not None)) not in self._rehearsed:
                    assets.path(cue.file)  # a sound that is missing is told now, and not in a session
                    self._rehearsed[sound] = cue
            act.play(parameters, (), HEARD_TICK_S, self._head, Hands())

    @property
    def rehearsed_sounds(self) -> tuple[SoundCue, ...]:
        """A cue for every file that was asked for while the scenes were rehearsed, for the sound to load."""
        return tuple(self._rehearsed.values())

    # ---- each frame

    def play(self, cue: Cue, dt_s: float, head: Pose, hands: Hands) -> None:
        """Move the scene shown on by ``dt_s`` and bring its picture in line.

        Only the scene shown lives; the others stand still. ``frozen`` stops the exposure scene's time, not that of
        the calm place or the baseline room. A scene begins when it is first shown, and anew on ``restart``.
        """
        act = self._act(self._name(cue))
        exposure = cue.place is Place.SCENE
        parameters = cue.parameters if exposure else cue.safe_place if cue.place is Place.CALM else {}
        if exposure:
            act.prevent(cue.prevented)
        if not act.begun or (exposure and cue.restart):
            act.begin(parameters)
        act.play(
            parameters, cue.fire if exposure else (), 0.0 if exposure and cue.frozen else dt_s, head, hands
        )
        self._shown, self._place, self._exposure = act, cue.place, cue.scene
        self._cover = 1.0 - (1.0 - _share(cue.shell)) * (1.0 - _share(cue.blink))
        if max(cue.shell, cue.blink) >= 1.0:
            self._cover = 1.0
        self._gain = 1.0 if cue.place is Place.CALM else _share(cue.sound_gain)
        self._viewpoint, self._head = act.viewpoint(), head
        if self._scenery is not None and not self.unseen:
            self._scenery.show(act.manifest.id, self._viewpoint, self._cover, hands)
            self._scenery.shade(head)

    def show_panel(self, panel: Panel | None) -> None:
        """Show the rating panel in this frame's picture, or None. It is no part of the stage's state."""
        if self._scenery is not None:
            self._scenery.show_panel(panel)

    @property
    def covered(self) -> bool:
        """Nothing of any scene is seen: the shell or a blink is closed."""
        return self._cover >= 1.0

    def readings(self, head: Pose) -> tuple[StimulusReading, ...]:
        """Where the exposure scene's stimuli are; empty while another place is shown. Behind a closed shell or
        veil none is visible."""
        if self._place is not Place.SCENE or not self._shown.begun:
            return ()
        found = self._shown.scene.stimuli(head)
        if self._cover >= 1.0:
            return tuple(reading._replace(visible=False) for reading in found)
        return found

    def washing_place(self) -> WashPlace | None:
        """Where hands can be washed in the exposure scene now; None while another place is shown."""
        scene = self._shown.scene
        if self._place is not Place.SCENE or not self._shown.begun or self._cover >= 1.0:
            return None
        return scene.washing_place() if isinstance(scene, HasWater) else None

    def deeds(self) -> tuple[Deed, ...]:
        """What the patient's hands did in the frame played last; empty while another place is shown."""
        if self._place is not Place.SCENE or not self._shown.begun:
            return ()
        return self._shown.deeds()

    def picture(self, head: Pose) -> Picture | None:
        """What the display is to render; None without graphics."""
        if self._scenery is None:
            return None
        moving = self._place is Place.SCENE and self._shown.manifest.motion.speed_m_s >= MOVES_M_S
        return self._scenery.picture(head)._replace(moving=moving)

    def sounds(self) -> tuple[SoundCue, ...]:
        """What should be heard now, by decreasing gain, the session's gain applied; keys are ``scene/key``.

        Nothing is heard without graphics (cues belong to a scene's picture half).
        """
        if self._scenery is None or not self._shown.begun or self._gain <= 0.0:
            return ()
        name = self._shown.manifest.id
        cues = [
            cue._replace(key=f"{name}/{cue.key}", gain=_share(cue.gain) * self._gain)
            for cue in self._shown.scene.sounds()
        ]
        return tuple(sorted(cues, key=lambda cue: (-cue.gain, cue.key)))

    @property
    def loudness(self) -> float:
        """How much of what the sound allows the scene shown may use, 0 to 1: its manifest's budget."""
        budget = self._shown.manifest.budget
        return _share(
            min(
                amplitude(budget.sound_peak_dbfs - MASTER_DBFS),
                amplitude(budget.sound_rms_dbfs - RMS_DBFS),
            )
        )

    def listener(self) -> Listener:
        """Where the patient hears from, in the world of the scene shown."""
        return listener(self._viewpoint, self._head)

    def state(self) -> Mapping[str, int | float | str]:
        """The logical state for the state hash: place, scene shown, and each begun scene's own state and time."""
        state: dict[str, int | float | str] = {
            "place": self._place.value,
            "shown": self._shown.manifest.id,
        }
        for name, act in self._acts.items():
            if act.begun:
                state[f"{name}.t_s"] = act.t_s
                for key, value in act.scene.state().items():
                    state[f"{name}.{key}"] = value
        return state

    def close(self) -> None:
        """Let the nodes go; again: nothing happens."""
        if self._scenery is not None:
            self._scenery.close()
            self._scenery = None

    # ---- inside

    def _name(self, cue: Cue) -> str:
        if cue.place is Place.SCENE:
            return cue.scene
        return CALM if cue.place is Place.CALM else BASELINE_ROOM

    def _act(self, name: str) -> Act:
        if name not in self._acts:
            known = ", ".join(sorted(self._acts)) or "none"
            raise StageError(
                StageReason.UNKNOWN_SCENE, f"there is no scene '{name}' on the stage (there are: {known})"
            )
        return self._acts[name]


def _share(value: float) -> float:
    return max(0.0, min(1.0, value))
