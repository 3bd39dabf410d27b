"""The scene port: what a scene pack has to offer, ours or a third party's.

A scene has two halves. Its *logic* (``begin``, ``apply``, ``fire``, ``update``, ``stimuli``, ``viewpoint``,
``state``) is plain Python: it runs with and without graphics, in a live session and in replay, and must give the
same results each time. Its *picture* (``build``, ``draw``, ``sounds``) is made of Panda3D nodes and is never
touched when graphics are off. Random choices come only from the generator that ``begin`` is given, time only
from ``update``'s arguments.

A scene pack is a Python package with ``scene.toml`` and ``scene.py``; ``scene.py`` has a function
``create() -> Scene``. It is found through the entry-point group ``palier.scenes``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.deeds import Deed
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading, WashPlace

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

__all__ = [
    "Deed",
    "HandLook",
    "Hands",
    "MarksHands",
    "Moment",
    "Pose",
    "PreventsCompulsions",
    "Scene",
    "ShadesTheEdge",
    "SoundCue",
    "StimulusReading",
    "TellsDeeds",
    "Viewpoint",
]


class Viewpoint(NamedTuple):
    """Where the tracked space stands in the scene's world: its origin (m), its heading (degrees, counter-clockwise
    seen from above) and its roll and pitch (degrees; a swaying platform, within the manifest's bounds)."""

    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    heading: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True)
class Moment:
    """What a scene is told each frame. ``dt_s`` is 0 while the scene is frozen (paused, held)."""

    t_s: float
    """Seconds since the scene began, frozen time left out."""
    dt_s: float
    head: Pose
    """In the tracked space."""
    hands: Hands


class SoundCue(NamedTuple):
    """A sound that should be heard now. ``key`` names it; ``loop`` sounds are kept going at the gain given."""

    key: str
    file: str
    """Path below the assets folder, such as ``sounds/wind.ogg``; of a scene pack's own: ``my_pack:sounds/lift.ogg``."""
    gain: float
    """0 to 1, before the master gain and the sound budget."""
    loop: bool
    position: tuple[float, float, float] | None = None
    """In the scene's world; None: all around. What has a position needs a mono file: stereo is not placed."""
    near_m: float = 1.0
    """Of a sound with a position: up to this distance it is as loud as ``gain`` says, beyond it falls by 6 dB each
    time the distance doubles. A tap: 0.3; a person: 1; a car: 3 to 5."""
    damp: float = 0.0
    """How much is in between, from 0 (nothing) to 1 (a wall): quieter by up to 24 dB, and dull, where the asset has
    a dull version beside it (``tap.dull.ogg`` of ``tap.ogg``)."""
    start: float | None = None
    """Where in the file it begins, as a share of its length; take it from the scene's generator. None: a loop begins
    somewhere that its key decides, anything else at its beginning."""
    rate: float = 1.0
    """How fast it plays, and how high: 2 is an octave up. An engine's turns; or a second layer of the same bed, which
    then never meets the first in the same place."""


class HandLook(NamedTuple):
    """What is on a hand, each from 0 (nothing) to 1: stains, water, foam of soap."""

    stain: float = 0.0
    wet: float = 0.0
    foam: float = 0.0


@runtime_checkable
class TellsDeeds(Protocol):
    """What a scene offers besides, where hands do things in it. Logic: the same live and in replay."""

    def deeds(self) -> tuple[Deed, ...]:
        """What hands did in the last ``update``. Each becomes an event of the record, and touches are measured. A
        thing that is a stimulus has its id from the manifest. While the scene is frozen nothing is touched: in the
        first frozen frame every touch under way ends."""
        ...


@runtime_checkable
class PreventsCompulsions(Protocol):
    """What a scene offers besides, where its manifest names ``compulsions``. Logic: the same live and in replay."""

    def prevent(self, on: bool) -> None:
        """What serves a compulsion is inert from now on (the tap gives no water, the door is not felt for again), or
        is so no longer. Told when it changes, and after each ``begin``. What is tried in vain is told as the deed
        ``refused``."""
        ...


@runtime_checkable
class HasWater(Protocol):
    """What a scene offers besides, where hands can be washed in it: for a virtual patient that washes."""

    def washing_place(self) -> WashPlace | None:
        """The tap in reach of where the patient stands now; None where there is none."""
        ...


@runtime_checkable
class MarksHands(Protocol):
    """What a scene offers besides, where hands get dirty or wet in it. Asked whenever the scene is drawn."""

    def hand_looks(self) -> tuple[HandLook, HandLook]:
        """Of the left and the right hand, now."""
        ...


@runtime_checkable
class ShadesTheEdge(Protocol):
    """What a scene offers besides, where it moves the patient: a comfort vignette. Asked whenever the scene is drawn."""

    def vignette(self) -> float:
        """How strongly the edge of sight is darkened now, 0 (not at all) to 1 (all but the middle 48 degrees fades
        out). Let it come and go slowly; a scene that stands still wants none."""
        ...


class Scene(Protocol):
    """A scene. Implementations need not inherit from this.

    A scene may offer more: :class:`TellsDeeds`, :class:`PreventsCompulsions`, :class:`MarksHands`,
    :class:`HasWater`, :class:`ShadesTheEdge`.
    """

    # ---- logic: pure Python, runs without graphics

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        """(Re)start in the first moment, with these parameters."""
        ...

    def apply(self, parameters: Mapping[str, Value]) -> None:
        """Take these parameter values, already slewed by the session. Called when one has changed."""
        ...

    def fire(self, trigger: str) -> None:
        """Let one trigger of the manifest happen."""
        ...

    def update(self, moment: Moment) -> None:
        """Let time pass."""
        ...

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """Where the manifest's stimuli are, in the tracked space: in the manifest's order, each at most once, so that
        ``index`` rises. One that has no part in what is shown now (a scene of several places) may be left out:
        ``index`` says which is which. The picture names what each one is by ``Kitchen.stimulus``."""
        ...

    def viewpoint(self) -> Viewpoint:
        """Where the tracked space stands in the scene's world now."""
        ...

    def state(self) -> Mapping[str, int | float | str]:
        """The logical state, for the state hash: enums, integers, numbers that matter. No transforms."""
        ...

    # ---- picture: Panda3D, only with graphics

    def build(self, kitchen: Kitchen) -> None:
        """Make the nodes under ``kitchen.root``. Called once, before the session begins."""
        ...

    def draw(self) -> None:
        """Bring the nodes in line with the logical state. Called each frame that shows the scene."""
        ...

    def sounds(self) -> tuple[SoundCue, ...]:
        """What should be heard now."""
        ...
