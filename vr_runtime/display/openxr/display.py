"""The headset: the display port on an OpenXR runtime."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import xr
from panda3d.core import GraphicsEngine, GraphicsOutput, Texture

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.openxr.bindings import WANTED_EXTENSIONS
from vr_runtime.display.openxr.controls import NOTHING, Controls
from vr_runtime.display.openxr.formats import eye_size
from vr_runtime.display.openxr.frames import Seen
from vr_runtime.display.openxr.gl import GlError
from vr_runtime.display.openxr.headset import Headset
from vr_runtime.display.openxr.instance import DEPTH, discard, reach_patiently, words
from vr_runtime.display.openxr.mask import HiddenArea
from vr_runtime.display.openxr.session import EyeKind, XrSession, recommended_size
from vr_runtime.display.openxr.sharing import BindingError
from vr_runtime.display.openxr.timeline import Timeline
from vr_runtime.display.openxr.times import FineTimer
from vr_runtime.display.pace import Pacer
from vr_runtime.display.port import Facts, Frame, Gesture, Glimpse, Perception, Sensed
from vr_runtime.display.stereo import SOFTWARE
from vr_runtime.display.view import View
from vr_runtime.display.watch import Watched
from vr_runtime.protocol.events import EventBody, StopPressed
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import StoppedBy
from vr_runtime.stage.settings import GraphicsSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from vr_runtime.stage.picture import Picture

SETTLE_S: Final = 2.0
"""How long opening waits for the session to get the focus. A headset that lies on the table has none: the session is
then played as with the headset off, until somebody puts it on."""
IDLE_S: Final = 0.25
"""While scenes are loaded, the compositor is given an (empty) frame as often as this."""


class OpenXRDisplay:
    """See docs/openxr.md for what happens in each state of the session.

    While there is no session (the runtime went away), frames follow the clock at the headset's rate, with
    ``display_ok`` False, and a new session is sought beside them. The headset always has pictures: ``graphics`` None
    takes the default settings. Their size is the runtime's, times ``scale``.

    Args:
        rate_hz: the highest refresh rate to ask for.
        clock: a real one.
        scale: of the size of the pictures; below 1 where the graphics card is too slow.
        depth: hand the pictures' depth over too, where the runtime takes it; None: not where OpenGL draws in
            software, where it costs a third of the frame.

    Raises:
        DisplayError: NO_RUNTIME, NO_HEADSET, NO_SHARING or NO_OPENGL.
    """

    name = "openxr"

    def __init__(
        self,
        rate_hz: float,
        clock: RuntimeClock,
        graphics: GraphicsSettings | None = None,
        scale: float = 1.0,
        depth: bool | None = None,
    ) -> None:
        self._clock = clock
        self._timeline = Timeline()
        self._pacer: Pacer | None = None
        self._open = True
        self._ended = False
        """By the patient, with both STOP buttons."""
        self._xr_time = 0
        self._wanted = False
        self._asked = False
        """A rating is asked for: where the hands point matters."""
        self._head = Pose(z=1.6)
        self._views: tuple[View, ...] = ()
        self._stops: list[StopPressed] = []
        self._fed = 0.0
        self._hidden: HiddenArea | None = None
        self.controls: Controls = NOTHING
        """What the patient's hands and eyes did in the last frame, in the outer space."""
        self._timer = FineTimer()
        try:
            self._output, self._depth, self._headset = _opened(
                graphics or GraphicsSettings(), rate_hz, scale, depth
            )
        except BaseException:
            self._timer.close()
            raise
        self._settle()

    # ---- the port

    @property
    def rate_hz(self) -> float:
        return self._headset.rate_hz

    @property
    def graphics(self) -> GraphicsSettings:
        return self._output.graphics.settings

    @property
    def guard_tripped(self) -> bool:
        return self._output.tripped

    @property
    def renderer(self) -> str:
        """What draws and what shows it, in the driver's and the runtime's words."""
        session = self._headset.session
        shown = "no OpenXR session" if session is None else session.description
        return f"{self._output.graphics.renderer}; {shown}"

    @property
    def facts(self) -> Facts:
        session = self._headset.session
        return Facts() if session is None else Facts(session.description, session.bounds_m())

    @property
    def missed(self) -> int:
        """Display times that went by without a frame of ours."""
        return self._timeline.missed

    @property
    def views(self) -> tuple[View, ...]:
        """Left and right eye of the last frame, in the tracked space; empty before the first one."""
        return self._views

    @property
    def headset(self) -> Headset:
        """The session's life, for tests and the doctor."""
        return self._headset

    def prepare(self, pictures: Iterable[Picture]) -> None:
        self._output.graphics.prepare(self._feeding(pictures))

    def begin(self) -> Frame | None:
        if not self._open or self._ended:
            return None
        self._headset.attend()
        session = self._headset.running
        if session is not None:
            frame = self._wait(session)
            if frame is not None:
                return frame
        if self._pacer is None:
            self._pacer = Pacer(self.rate_hz, self._clock)
        return self._timeline.clocked(self._pacer.next())

    def sense(self, frame: Frame) -> Sensed:
        session, life, origin = self._headset.running, self._headset.life, self._headset.origin
        self.controls = NOTHING
        tracked = False
        if session is not None and session.frames.open:
            try:
                seen = session.frames.locate(self._xr_time)
                self.controls = session.controls(self._xr_time, aims=self._asked)
                tracked = seen.tracked
                origin.settle(self._xr_time, seen.head)
                self._look(seen)
            except xr.exception.ErrorResult as problem:
                self._headset.lose(words(problem))
        controls, space = self.controls, origin.space
        self._ended = self._ended or controls.end
        if controls.stop:
            now = self._clock.now_ns()
            self._stops.append(StopPressed(id=uuid.uuid4().hex, by=StoppedBy.PATIENT, received_ns=now))
        return Sensed(
            space.pose(self._head),
            space.hands(controls.grips),
            None if controls.eye is None else space.pose(controls.eye),
            tracking=tracked,
            headset_on=life.headset_on,
            display_ok=life.display_ok,
            gesture=Gesture(controls.stick[0], 0, space.hands(controls.aims), controls.select),
        )

    def inputs(self) -> tuple[EventBody, ...]:
        stops: tuple[EventBody, ...] = tuple(self._stops)
        self._stops.clear()
        return stops

    def perceive(self, perception: Perception) -> None:
        self._asked = perception.prompt is not None

    def recentre(self) -> None:
        self._headset.origin.recentre(self._head)

    def show(self, frame: Frame, picture: Picture | None) -> None:
        session = self._headset.running
        if session is None or not session.frames.open or not self._open:
            return
        try:
            if picture is None or not self._wanted or not self._views:
                session.frames.end_empty(self._xr_time)
                return
            if self._headset.mask_changed:
                self._hide(session)
            self._output.show(frame, picture, self._views)
            session.submit(self._xr_time, self._output.graphics.eye_image().texture, self._depth_texture())
        except (xr.XrException, GlError) as problem:
            self._headset.lose(words(problem))

    def capture(self) -> NDArray[np.uint8] | None:
        return self._output.capture() if self._open else None

    def glimpse(self) -> Glimpse | None:
        return self._output.glimpse() if self._open else None

    def close(self) -> None:
        """Within a few seconds, even when the runtime hangs; its part is then left to the process's end."""
        if not self._open:
            return
        self._open = False
        self._timer.close()
        if self._headset.close():
            if self._hidden is not None:
                self._hidden.close()
            self._output.close()

    # ---- frames

    def _wait(self, session: XrSession) -> Frame | None:
        """The session's next frame; None when it got lost instead."""
        try:
            self._xr_time, period_ns, self._wanted = session.frames.wait()
            now = self._clock.now_ns()
            display_ns = self._clock.of_perf(session.clock.perf_ns(self._xr_time, period_ns))
        except xr.exception.ErrorResult as problem:
            self._headset.lose(words(problem))
            return None
        self._pacer = None
        return self._timeline.predicted(now, display_ns, period_ns, wanted=self._wanted)

    def _look(self, seen: Seen) -> None:
        """Head and eyes of this frame; where the runtime has no pose, they stay where they were."""
        space = self._headset.origin.space
        if seen.head is not None:
            self._head = seen.head
        if seen.views:
            self._views = tuple(view._replace(pose=space.pose(view.pose)) for view in seen.views)

    def _hide(self, session: XrSession) -> None:
        """Have what the lenses hide left out, as the runtime says it now."""
        self._headset.mask_changed = False
        if self._hidden is not None:
            self._hidden.close()
        meshes = [session.hidden_mesh(eye) for eye in range(2)]
        self._hidden = HiddenArea(self._output.graphics.output, meshes, self._views)

    def _depth_texture(self) -> int | None:
        """OpenGL's name of the picture's depth."""
        if self._depth is None:
            return None
        gsg = self._output.graphics.output.get_gsg()
        return self._depth.prepare_now(0, gsg.get_prepared_objects(), gsg).get_native_id()

    # ---- before the first frame

    def _settle(self) -> None:
        """Let the session come to its focus, with frames that show nothing."""
        until = time.perf_counter() + SETTLE_S
        while time.perf_counter() < until and not (self._headset.running and self._headset.life.headset_on):
            self._feed()

    def _feed(self) -> None:
        self._headset.attend()
        session = self._headset.running
        if session is None:
            time.sleep(0.005)
            return
        try:
            session.frames.wait()
            session.frames.end_empty()
        except xr.exception.ErrorResult as problem:
            self._headset.lose(words(problem))
        self._fed = time.perf_counter()

    def _feeding(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        for picture in pictures:
            yield picture
            if time.perf_counter() - self._fed > IDLE_S:
                self._feed()


def _opened(
    asked: GraphicsSettings, rate_hz: float, scale: float, wants_depth: bool | None
) -> tuple[Watched, Texture | None, Headset]:
    """Graphics as the runtime wants them, their depth where it wants that too, and a session on them."""
    reached = reach_patiently(WANTED_EXTENSIONS)
    try:
        width, height = eye_size(recommended_size(reached), scale, reached.largest)
        settings = replace(asked, eyes=2, width=width, height=height)
        output = Watched(settings, "offscreen" if reached.binding == "EGL" else "hidden")
    except BaseException:
        discard(reached.instance)
        raise
    try:
        if wants_depth is None:
            driver = output.graphics.renderer.lower()
            wants_depth = not any(name in driver for name in SOFTWARE)
        depth = _keep_depth(output.graphics.output) if wants_depth and DEPTH in reached.extensions else None
        # OpenGL's context is current from its first frame on
        GraphicsEngine.get_global_ptr().render_frame()
        kind = EyeKind(width, height, settings.near_m, settings.far_m, depth is not None)
        return output, depth, Headset(reached, kind, rate_hz)
    except (xr.XrException, BindingError, GlError) as problem:
        output.close()
        text = f"The OpenXR runtime {reached.runtime} answered and failed at once ({problem}). Restart it."
        raise DisplayError(DisplayReason.NO_RUNTIME, text) from None
    except BaseException:
        output.close()
        raise


def _keep_depth(output: GraphicsOutput) -> Texture:
    """The depth of the output's pictures, in a texture (24 bits: with more, Panda3D's multisampled depth is of
    another format and cannot be copied into it)."""
    depth = Texture("depth")
    depth.setup_2d_texture(
        output.get_x_size(), output.get_y_size(), Texture.T_unsigned_int, Texture.F_depth_component24
    )
    output.add_render_texture(depth, GraphicsOutput.RTM_bind_or_copy, GraphicsOutput.RTP_depth)
    return depth
