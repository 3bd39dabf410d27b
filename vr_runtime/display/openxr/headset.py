"""The headset behind the display: one OpenXR session after the other, for as long as the display is open."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import xr

from vr_runtime.display.errors import DisplayError
from vr_runtime.display.openxr.bindings import WANTED_EXTENSIONS
from vr_runtime.display.openxr.gl import Blitter
from vr_runtime.display.openxr.instance import Attempt, Reached, discard, words
from vr_runtime.display.openxr.life import Act, Life, Loss, State
from vr_runtime.display.openxr.session import EyeKind, XrSession, space_change
from vr_runtime.display.openxr.sharing import Binding, BindingError, make_binding
from vr_runtime.display.openxr.space import Origin

log = logging.getLogger(__name__)

LEAVE_S: Final = 1.0
"""How long closing plays along with an orderly end of the session ..."""
GIVE_UP_S: Final = 3.0
"""... and after which it gives up on a runtime that answers no more."""


class Headset:
    """Keeps a session while the runtime lets it, and takes up a new one when there is none.

    Made with OpenGL's context current, and used on that thread alone.

    Args:
        reached: the runtime, reached once.
        eye: what the pictures are like.
        rate_hz: the highest refresh rate to ask for.

    Raises:
        DisplayError: NO_SHARING.
        xr.exception.ErrorResult: the runtime went away again at once.
    """

    def __init__(self, reached: Reached, eye: EyeKind, rate_hz: float) -> None:
        self.life = Life()
        self.session: XrSession | None = None
        self.mask_changed = True
        """The runtime may have another hidden area than the one that was asked for last."""
        self._eye = eye
        self._asked_hz = rate_hz
        self._attempt: Attempt | None = None
        self._instance: Any = reached.instance
        self._sharing = reached.binding
        try:
            self._binding: Binding = make_binding(reached.binding)
            self._blitter = Blitter(self._binding.address)
            self._take_up(reached)
        except BaseException:
            discard(reached.instance)
            raise
        assert self.session is not None
        self.origin = Origin(self.session.base)
        self.rate_hz = self.session.rate_hz

    @property
    def running(self) -> XrSession | None:
        """The session, while its frames are to be waited for."""
        return self.session if self.life.running else None

    def attend(self) -> None:
        """Once a frame, never for long: hear what the runtime has to say, or seek one."""
        if self.session is not None:
            try:
                self._listen(self.session)
            except xr.exception.ErrorResult as problem:
                self.lose(words(problem))
        else:
            self._seek()

    def lose(self, why: str, loss: Loss = Loss.LOST) -> None:
        """The session is of no use any more: give it back, try again later."""
        if self.life.loss is not Loss.CLOSED:
            log.warning("the headset's session is gone (%s: %s); seeking a new one", loss.value, why)
        session, self.session = self.session, None
        if session is not None:
            session.close()
        self.life.lost(loss, time.perf_counter_ns())

    def close(self) -> bool:
        """Leave in order, within ``GIVE_UP_S``. False: the runtime hangs, and holds OpenGL's context with it."""
        if self.life.loss is Loss.CLOSED:
            return True
        attempt, self._attempt = self._attempt, None
        self.life.loss = Loss.CLOSED
        # what hangs has to hang elsewhere; OpenXR's OpenGL calls want the context, so it is lent to the thread
        self._binding.release()

        def leave() -> None:
            self._binding.ensure()
            try:
                self._leave(attempt)
            finally:
                self._binding.release()

        if not bounded(leave, GIVE_UP_S):
            log.error("the OpenXR runtime does not answer; closing without it")
            return False
        self._binding.ensure()
        return True

    # ---- life

    def _take_up(self, reached: Reached) -> None:
        self._instance = reached.instance
        self._binding.ensure()
        self.session = XrSession(reached, self._binding, self._blitter, self._eye, self._asked_hz)
        self.life.created()
        self.mask_changed = True
        log.info("OpenXR session: %s", self.session.description)

    def _seek(self) -> None:
        now = time.perf_counter_ns()
        if self._attempt is None:
            if self.life.due(now):
                old, self._instance = self._instance, None
                self._attempt = Attempt(WANTED_EXTENSIONS, old)
            return
        if not self._attempt.done:
            return
        reached, self._attempt = self._attempt.take(), None
        if reached is None:
            self.life.failed(now)
            return
        try:
            if reached.binding != self._sharing:
                raise BindingError(f"it shares OpenGL by {reached.binding}, no longer by {self._sharing}")
            self._take_up(reached)
            assert self.session is not None
            self.origin.rebase(self.session.base)
            self.rate_hz = self.session.rate_hz
        except (xr.XrException, DisplayError, BindingError) as problem:
            log.warning("the OpenXR runtime is back, but: %s", problem)
            self._instance = reached.instance
            self.life.failed(now)

    def _listen(self, session: XrSession) -> None:
        for event in session.events():
            match event:
                case xr.EventDataSessionStateChanged():
                    if _same(event.session, session.handle):
                        self._act(session, self.life.changed(event._state))
                case xr.EventDataInstanceLossPending():
                    self.lose("the runtime announced its end")
                case xr.EventDataReferenceSpaceChangePending():
                    self.origin.change(space_change(event))
                case xr.EventDataInteractionProfileChanged():
                    session.refresh_profiles()
                case xr.EventDataUserPresenceChangedEXT():
                    self.life.wearing(bool(event.is_user_present))
                case xr.EventDataVisibilityMaskChangedKHR():
                    self.mask_changed = True
                case xr.EventDataDisplayRefreshRateChangedFB():
                    self.rate_hz = float(event.to_display_refresh_rate) or self.rate_hz
            if self.session is None:
                return

    def _act(self, session: XrSession, act: Act) -> None:
        match act:
            case Act.BEGIN:
                session.begin()
            case Act.END:
                session.end()
            case Act.LEAVE:
                state = self.life.state
                self.lose(state.name.lower(), Loss.EXITED if state is State.EXITING else Loss.LOST)
            case Act.NOTHING:
                pass

    # ---- leaving

    def _leave(self, attempt: Attempt | None) -> None:
        if attempt is not None:
            attempt.abandon(LEAVE_S)
        if self.session is not None:
            with suppress(xr.XrException):
                self._end_in_order(self.session)
        session, self.session = self.session, None
        if session is not None:
            session.close()
        self._blitter.close()
        if self._instance is not None:
            discard(self._instance)

    def _end_in_order(self, session: XrSession) -> None:
        """Ask to leave, and play along until the runtime says that it is over."""
        if not self.life.running:
            return
        session.ask_to_leave()
        until = time.perf_counter() + LEAVE_S
        while self.session is not None and time.perf_counter() < until:
            self._listen(session)
            if self.life.running:
                session.frames.wait()
                session.frames.end_empty()
            else:
                time.sleep(0.002)


def bounded(work: Callable[[], None], seconds: float) -> bool:
    """Do it in a thread of its own; False when it has not come to its end in time (the thread stays where it is, and
    does not keep the process from ending)."""
    thread = threading.Thread(target=work, name="openxr leaving", daemon=True)
    thread.start()
    thread.join(seconds)
    return not thread.is_alive()


def _same(one: Any, other: Any) -> bool:
    return bool(one) and bool(other) and bytes(one) == bytes(other)
