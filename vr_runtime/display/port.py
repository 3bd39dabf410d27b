"""The display port: where frames go and head and hands come from.

A backend is ``openxr``, ``window``, ``headless`` or ``recorded``. One contract suite runs against all of them
(tests/helpers/display_contract.py). A frame is::

    frame = display.begin()          # blocks until it is time for the next frame
    ...                              # the loop hears, decides
    sensed = display.sense(frame)    # head and hands as late as can be
    ...                              # the scene moves
    display.show(frame, picture)     # render and submit
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from vr_runtime.protocol.events import EventBody, PatientDid
from vr_runtime.protocol.pose import Hands, Pose, WashPlace
from vr_runtime.protocol.words import Rated, Scale

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from vr_runtime.stage.picture import Picture
    from vr_runtime.stage.settings import GraphicsSettings


class Frame(NamedTuple):
    """One turn of the loop. Times in ns on the runtime's clock since the record was opened."""

    index: int  # pyright: ignore[reportIncompatibleMethodOverride]
    """From 1, rising by one."""
    now_ns: int
    """When the frame began."""
    display_ns: int
    """When it is predicted to light up; strictly rising."""
    late: bool
    """The frame before this one missed its time."""


class Gesture(NamedTuple):
    """What the patient does with hands and buttons to answer a question; not recorded (the answer is)."""

    stick: float = 0.0
    """How far a stick is pushed, -1 (left) to 1 (right)."""
    steps: int = 0
    """Steps to the right since the last frame, for wheels and keys; negative: to the left."""
    aims: Hands = Hands()
    """Where the hands point from, in the tracked space; +Y is the direction."""
    select: bool = False
    """A trigger (or what stands for one) went down since the last frame."""


class Sensed(NamedTuple):
    """What the display knows of the patient at ``frame.display_ns``, in the tracked space."""

    head: Pose
    hands: Hands
    eye: Pose | None = None
    """Direction of gaze from an eye tracker, or None. Head direction never stands in for it."""
    tracking: bool = True
    headset_on: bool = True
    display_ok: bool = True
    """False while the display is gone (OpenXR runtime lost)."""
    gesture: Gesture = Gesture()
    openness: float | None = None
    """Of the eyelids, 0 closed to 1 open, or None: most headsets do not tell."""


class Perception(NamedTuple):
    """What the patient is exposed to, told to the display each frame for a virtual patient (or haptics)."""

    t_ns: int
    intensity: float
    """0 to 1: share of the ladder reached; 0 in neutral and calm places and behind the shell."""
    distance_m: float | None
    """To the nearest stimulus; None where there is none."""
    direction: tuple[float, float, float] | None
    """Unit vector from the head to it, in the tracked space."""
    exposed: bool
    """A stimulus is shown: exposure scene, shell down."""
    prompt: str | None
    """Id of the open rating prompt."""
    touch: tuple[float, float, float] | None = None
    """Where hands can touch the nearest stimulus, in the tracked space; None where they cannot."""
    asked: Rated | None = None
    """What the open prompt asks for, ..."""
    scale: Scale | None = None
    """... and on which scale."""
    did: tuple[PatientDid, ...] = ()
    """What its hands did in the scene in this frame."""
    motion: float = 0.0
    """0 to 1: how much the scene itself moves, by the bounds that its manifest declares."""
    wash: WashPlace | None = None
    """Where hands can be washed here; None where they cannot."""


class Glimpse(NamedTuple):
    """What the patient saw, small, for whoever looks on."""

    frame: Frame
    """Which frame it is: not the last one, but one or some before."""
    pixels: NDArray[np.uint8]
    """(height, width, 3) RGB, first row uppermost; one eye's, no larger than the preview."""


class Facts(NamedTuple):
    """What the record's first event says of a display."""

    headset: str = ""
    """The headset and what runs it, in its own words."""
    room_m: tuple[float, float] | None = None
    """Width and depth of the room to walk in, where it is known."""


def facts_of(display: Display) -> Facts:
    """A display that is worn has ``facts``; of the others there is nothing to say."""
    return getattr(display, "facts", Facts())


class Display(Protocol):
    """See the module. Every method is called from the loop's thread alone."""

    @property
    def name(self) -> str: ...

    @property
    def rate_hz(self) -> float: ...

    @property
    def graphics(self) -> GraphicsSettings | None:
        """How pictures are made, for the stage; None: none are."""
        ...

    @property
    def guard_tripped(self) -> bool:
        """The flash guard saw too many flashes in the frames shown so far (stage/flash.py)."""
        ...

    def prepare(self, pictures: Iterable[Picture]) -> None:
        """Draw pictures unseen, before the first frame, so that nothing has to be loaded in mid-session."""
        ...

    def begin(self) -> Frame | None:
        """Block until the next frame; None when there will be none (window closed, record at its end)."""
        ...

    def sense(self, frame: Frame) -> Sensed:
        """Head, hands and flags for the frame's display time."""
        ...

    def inputs(self) -> tuple[EventBody, ...]:
        """What the patient or the window did since the last call: StopPressed, PatientAnswered. Never blocks."""
        ...

    def perceive(self, perception: Perception) -> None:
        """What the patient is exposed to in this frame (a virtual patient reacts to it)."""
        ...

    def recentre(self) -> None:
        """Make the present place and heading (yaw) of the head the origin of the tracked space."""
        ...

    def show(self, frame: Frame, picture: Picture | None) -> None:
        """Render and submit. ``picture`` is None when graphics are off."""
        ...

    def capture(self) -> NDArray[np.uint8] | None:
        """The frame shown last, (height, width, 3) RGB, first row uppermost; None without graphics. Waits until
        the frame is drawn: for pictures and tests, never in a session."""
        ...

    def glimpse(self) -> Glimpse | None:
        """A small picture of a frame shown shortly before, without waiting for one; each is given once.

        None where there is none yet: that asks for one of the frame shown last, which is there after the next
        frame. Always None without graphics.
        """
        ...

    def close(self) -> None:
        """Give everything back; again: nothing happens. After it ``begin`` gives None."""
        ...
