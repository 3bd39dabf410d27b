"""The life of an OpenXR session, as pure logic: what to do on each event, when to try again after a loss.

``running`` (between xrBeginSession and xrEndSession) is kept apart from the runtime's state, as the OpenXR samples
do it: frames are waited for while it is set, whatever the state says. The loop's frames never stop; while there is
no session they follow the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Final


class State(IntEnum):
    """XrSessionState, with its numbers."""

    UNKNOWN = 0
    IDLE = 1
    READY = 2
    SYNCHRONIZED = 3
    VISIBLE = 4
    FOCUSED = 5
    STOPPING = 6
    LOSS_PENDING = 7
    EXITING = 8


class Act(Enum):
    """What the display has to do now."""

    NOTHING = "nothing"
    BEGIN = "begin"
    """xrBeginSession."""
    END = "end"
    """xrEndSession."""
    LEAVE = "leave"
    """Destroy session and instance."""


class Loss(Enum):
    """Why there is no session."""

    NOT_YET = "not yet"
    LOST = "lost"
    """The runtime went away, or a call failed."""
    EXITED = "exited"
    """Somebody closed the application from the headset's own menu, or the runtime is being closed."""
    CLOSED = "closed"
    """By us, for good."""


FIRST_RETRY_S: Final = 0.1
"""Between a loss and the first attempt to make a new session."""
BACK_OFF: Final = 1.6
"""Each further wait is so many times as long ..."""
LONGEST_RETRY_S: Final = 1.0
"""... and never longer: with the attempt itself, tracking is back within 2 s of the runtime's return."""
AFTER_EXIT_S: Final = 5.0
"""After the headset's menu closed us. Longer: the runtime itself may be closing, and a call would start it again."""


@dataclass
class Life:
    """Times are ns on any one clock that never falls."""

    state: State = State.UNKNOWN
    present: bool = False
    """An OpenXR session exists."""
    running: bool = False
    worn: bool = True
    """Somebody wears the headset, where the runtime tells (XR_EXT_user_presence); else True."""
    loss: Loss = Loss.NOT_YET
    losses: int = 0
    """How often a session was lost or closed from outside."""
    _due_ns: int = 0
    _wait_s: float = FIRST_RETRY_S

    # ---- what the loop asks

    @property
    def display_ok(self) -> bool:
        """There is a runtime that shows something, or would as soon as somebody wears the headset."""
        return self.present

    @property
    def headset_on(self) -> bool:
        """The patient sees and can act on what is played: the session has the focus and somebody wears the headset.

        VISIBLE (a menu or another application lies over it) and SYNCHRONIZED (not shown) count as off: the
        controllers' STOP would not be heard, so nothing may go on. While there is no session nothing is known of
        the headset and ``display_ok`` speaks alone.
        """
        return not self.present or (self.running and self.state is State.FOCUSED and self.worn)

    def due(self, now_ns: int) -> bool:
        """Whether it is time to try to make a session."""
        return not self.present and self.loss is not Loss.CLOSED and now_ns >= self._due_ns

    # ---- what happened

    def created(self) -> None:
        """A session was made; its first state will be told by an event."""
        self.present, self.running, self.state, self.worn = True, False, State.UNKNOWN, True

    def changed(self, state: int) -> Act:
        """The runtime moved the session to a state. The caller carries the act out; if that fails: :meth:`lost`."""
        if not self.present:
            return Act.NOTHING
        try:
            self.state = State(state)
        except ValueError:  # a state of a newer OpenXR: nothing is known of it, so nothing follows
            self.state = State.UNKNOWN
            return Act.NOTHING
        match self.state:
            case State.READY if not self.running:
                self.running = True
                self._wait_s = FIRST_RETRY_S
                return Act.BEGIN
            case State.STOPPING if self.running:
                self.running = False
                return Act.END
            case State.EXITING | State.LOSS_PENDING:
                return Act.LEAVE
            case _:
                return Act.NOTHING

    def wearing(self, worn: bool) -> None:
        """The runtime says whether somebody wears the headset."""
        self.worn = worn

    def lost(self, loss: Loss, now_ns: int) -> None:
        """The session is gone, or has been left."""
        if self.present:
            self.losses += 1
        self.present = self.running = False
        self.state = State.UNKNOWN
        if self.loss is not Loss.CLOSED:
            self.loss = loss
        wait = AFTER_EXIT_S if loss is Loss.EXITED else self._next_wait()
        self._due_ns = now_ns + round(wait * 1e9)

    def failed(self, now_ns: int) -> None:
        """An attempt to make a session did not succeed."""
        self._due_ns = now_ns + round(self._next_wait() * 1e9)

    def _next_wait(self) -> float:
        wait = self._wait_s
        self._wait_s = min(LONGEST_RETRY_S, wait * BACK_OFF)
        return wait
