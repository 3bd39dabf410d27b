"""A display without a screen: for servers, tests, demos, and research runs. A peer of the headset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.pace import Pacer
from vr_runtime.display.port import Frame, Glimpse, Perception, Sensed
from vr_runtime.display.tracked import HERE, space_at
from vr_runtime.protocol.events import EventBody
from vr_runtime.protocol.pose import Hands, Pose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from vr_runtime.display.watch import Watched
    from vr_runtime.stage.picture import Picture
    from vr_runtime.stage.settings import GraphicsSettings


class PoseSource(Protocol):
    """Who stands in for the person: a virtual patient, or nobody."""

    def pose(self, t_ns: int) -> tuple[Pose, Hands]:
        """Head and hands at ``t_ns`` (never falling), in its own tracked space."""
        ...

    def perceive(self, perception: Perception) -> None:
        """What it is exposed to, once a frame after ``pose``."""
        ...

    def answers(self, t_ns: int) -> tuple[EventBody, ...]:
        """What it answered to open prompts up to ``t_ns``, and whether it pressed STOP."""
        ...

    @property
    def headset_on(self) -> bool:
        """Whether the headset is worn."""
        ...


def _no_eyes(_t_ns: int) -> tuple[Pose | None, float | None]:
    """Stands in for a pose source's ``eyes``, which only a source with an eye tracker has: gaze in its tracked space
    and openness of the lids, after ``pose`` and at the same time."""
    return None, None


class StillPatient:
    """Somebody who stands still, looks ahead and answers nothing."""

    headset_on = True

    def __init__(self, eye_height_m: float = 1.6) -> None:
        self._head = Pose(z=eye_height_m)

    def pose(self, t_ns: int) -> tuple[Pose, Hands]:
        return self._head, Hands()

    def perceive(self, perception: Perception) -> None:
        pass

    def answers(self, t_ns: int) -> tuple[EventBody, ...]:
        return ()


class HeadlessDisplay:
    """Frames at a rate, in real or virtual time (as its clock is); pictures are rendered off screen, or not.

    Raises:
        DisplayError: NO_OPENGL, where graphics were asked for and there is none.
    """

    name = "headless"

    def __init__(
        self,
        rate_hz: float,
        clock: RuntimeClock,
        graphics: GraphicsSettings | None = None,
        pose_source: PoseSource | None = None,
    ) -> None:
        self.rate_hz = rate_hz
        self.graphics = graphics
        self._pacer = Pacer(rate_hz, clock)
        self._source: PoseSource = pose_source if pose_source is not None else StillPatient()
        self._eyes: Callable[[int], tuple[Pose | None, float | None]] = getattr(
            self._source, "eyes", _no_eyes
        )
        self._space = HERE
        self._head = Pose(z=1.6)
        self._frame: Frame | None = None
        self._open = True
        self._output: Watched | None = None
        if graphics is not None:
            from vr_runtime.display.watch import Watched

            self._output = Watched(graphics, "offscreen")
            self.graphics = self._output.graphics.settings

    @property
    def guard_tripped(self) -> bool:
        return self._output is not None and self._output.tripped

    @property
    def renderer(self) -> str:
        """What draws, in the driver's words; empty without graphics."""
        return "" if self._output is None else self._output.graphics.renderer

    def prepare(self, pictures: Iterable[Picture]) -> None:
        if self._output is not None:
            self._output.graphics.prepare(pictures)

    def begin(self) -> Frame | None:
        if not self._open:
            return None
        self._frame = self._pacer.next()
        return self._frame

    def sense(self, frame: Frame) -> Sensed:
        self._head, hands = self._source.pose(frame.display_ns)
        head, hands = self._space.pose(self._head), self._space.hands(hands)
        eye, openness = self._eyes(frame.display_ns)
        return Sensed(
            head,
            hands,
            None if eye is None else self._space.pose(eye),
            headset_on=self._source.headset_on,
            openness=openness,
        )

    def inputs(self) -> tuple[EventBody, ...]:
        return () if self._frame is None else self._source.answers(self._frame.now_ns)

    def perceive(self, perception: Perception) -> None:
        if perception.direction is not None:
            perception = perception._replace(direction=self._space.outward(perception.direction))
        if perception.touch is not None:
            perception = perception._replace(touch=self._space.outside(perception.touch))
        self._source.perceive(perception)

    def recentre(self) -> None:
        self._space = space_at(self._head)

    def show(self, frame: Frame, picture: Picture | None) -> None:
        if self._output is not None and picture is not None and self._open:
            self._output.show(frame, picture)

    def capture(self) -> NDArray[np.uint8] | None:
        return None if self._output is None else self._output.capture()

    def glimpse(self) -> Glimpse | None:
        return None if self._output is None else self._output.glimpse()

    def close(self) -> None:
        self._open = False
        if self._output is not None:
            self._output.close()
