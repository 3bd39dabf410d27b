"""A window on the desk: for trying a scene, for demonstrations, for the therapist's own screen."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, cast

from panda3d.core import GraphicsWindow

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.headless import PoseSource
from vr_runtime.display.keys import ANSWER_KEY, RATE_KEYS, STOP_KEYS, Keys
from vr_runtime.display.pace import Pacer
from vr_runtime.display.port import Frame, Gesture, Glimpse, Perception, Sensed
from vr_runtime.display.tracked import HERE, space_at
from vr_runtime.display.walker import Walker
from vr_runtime.display.watch import Watched
from vr_runtime.protocol.events import EventBody, StopPressed
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import StoppedBy
from vr_runtime.stage.settings import GraphicsSettings

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

    from vr_runtime.stage.picture import Picture


class WindowDisplay:
    """WASD or the arrow keys move the head (Q, E and the left and right arrows turn it), Shift or C crouches, the
    mouse looks around while its right button is held (Tab captures the pointer). While F or the left button is held
    the right hand reaches out to where the head looks, farther or less far by the wheel. Otherwise the wheel moves the marker of a
    rating panel, Enter answers it. Escape, F8 and space are STOP. Closing the window ends the display.

    With a ``pose_source`` (a virtual patient) the window shows what it sees and the keys only stop.

    Raises:
        DisplayError: NO_WINDOW.
    """

    name = "window"

    def __init__(
        self,
        rate_hz: float,
        clock: RuntimeClock,
        graphics: GraphicsSettings,
        pose_source: PoseSource | None = None,
    ) -> None:
        self.rate_hz = rate_hz
        self._clock = clock
        self._pacer = Pacer(rate_hz, clock)
        self._source = pose_source
        self._walker = Walker()
        self._output = Watched(graphics, "window")
        self.graphics = self._output.graphics.settings
        self._window = cast(GraphicsWindow, self._output.graphics.output)
        self._keys = Keys(self._window)
        self._space = HERE
        self._head = Pose(z=1.6)
        self._frame: Frame | None = None
        self._moved_ns = 0
        self._stops: list[StopPressed] = []
        self._steps = 0
        self._select = False
        self._open = True

    @property
    def guard_tripped(self) -> bool:
        return self._output.tripped

    @property
    def renderer(self) -> str:
        """What draws, in the driver's words."""
        return self._output.graphics.renderer

    def prepare(self, pictures: Iterable[Picture]) -> None:
        self._output.graphics.prepare(pictures)

    def begin(self) -> Frame | None:
        if not self._open:
            return None
        frame = self._pacer.next()
        if self._window.is_closed() or not self._window.is_valid():
            return None
        for key in self._keys.read():
            self._steps += RATE_KEYS.get(key, 0)
            self._select |= key == ANSWER_KEY
            if key in STOP_KEYS:
                self._stops.append(
                    StopPressed(id=uuid.uuid4().hex, by=StoppedBy.WINDOW, received_ns=self._clock.now_ns())
                )
        self._frame = frame
        return frame

    def sense(self, frame: Frame) -> Sensed:
        hands = Hands()
        if self._source is not None:
            self._head, hands = self._source.pose(frame.display_ns)
        else:
            steps = self._keys.steps()
            if steps.reach:
                self._walker.stretch(self._steps)
                self._steps = 0
            self._walker.move((frame.now_ns - self._moved_ns) / 1e9, steps)
            self._moved_ns = frame.now_ns
            self._head, hands = self._walker.pose(), self._walker.hands()
        gesture = Gesture() if self._source else Gesture(steps=self._steps, select=self._select)
        self._steps, self._select = 0, False
        on = self._source is None or self._source.headset_on
        return Sensed(self._space.pose(self._head), self._space.hands(hands), headset_on=on, gesture=gesture)

    def inputs(self) -> tuple[EventBody, ...]:
        stops: tuple[EventBody, ...] = tuple(self._stops)
        self._stops.clear()
        if self._source is None or self._frame is None:
            return stops
        return (*stops, *self._source.answers(self._frame.now_ns))

    def perceive(self, perception: Perception) -> None:
        if self._source is None:
            return
        if perception.direction is not None:
            perception = perception._replace(direction=self._space.outward(perception.direction))
        if perception.touch is not None:
            perception = perception._replace(touch=self._space.outside(perception.touch))
        self._source.perceive(perception)

    def recentre(self) -> None:
        self._space = space_at(self._head)

    def show(self, frame: Frame, picture: Picture | None) -> None:
        if picture is not None and self._open:
            self._output.show(frame, picture)

    def capture(self) -> NDArray[np.uint8] | None:
        return self._output.capture()

    def glimpse(self) -> Glimpse | None:
        return self._output.glimpse()

    def close(self) -> None:
        if self._open:
            self._open = False
            self._keys.close()
            self._output.close()
