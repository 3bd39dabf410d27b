"""What a waiting machine answers: who may begin what, and what has become of it. No sockets, no processes, no clock.

One session at a time. A request that began one is remembered, so that the same request begins no second: not at once,
not after the session has ended, and not for another console that happens to know its id.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from vr_runtime.protocol.errors import ProtocolError, ProtocolReason
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.order import SessionOrder
from vr_runtime.protocol.waiting import (
    WAITING_VERSION,
    Answer,
    Begin,
    Begun,
    Found,
    NotBegun,
    Request,
    SceneThere,
    SessionState,
    SessionThere,
    There,
    WhyNot,
    decode_request,
    encode,
    head_of,
)
from vr_runtime.waiting.refusals import not_begun

REMEMBERED = 512
"""Requests that began a session and are still known; a machine begins some ten a day."""

ON = (SessionState.STARTING, SessionState.RUNNING)


@dataclass(frozen=True)
class Playing:
    """How the session's process stands. ``last_line``: what it said last."""

    state: SessionState = SessionState.NONE
    epoch: str = ""
    exit_status: int | None = None
    last_line: str = ""


class Player(Protocol):
    """Plays the sessions; see :class:`vr_runtime.waiting.process.SessionProcess`. Asked by one thread at a time."""

    def start(self, begin: Begin) -> None:
        """Raises OSError where the process cannot be made."""
        ...

    def look(self) -> Playing: ...

    def taken(self) -> bool:
        """Somebody else plays a session on this machine."""
        ...


class HeadsetFinder(Protocol):
    """Looks for the headset; see :class:`vr_runtime.waiting.headset.HeadsetLook`."""

    def look(self) -> None: ...

    def give_way(self) -> None:
        """A session begins: break the look off."""
        ...

    def found(self) -> tuple[bool, tuple[Found, ...]]:
        """Whether it is looking now, and what it found last."""
        ...


@dataclass(frozen=True)
class Installed:
    """What this machine can play, as it was when waiting began."""

    software: str
    scenes: Mapping[str, SceneManifest]
    treatments: Collection[str]


class Desk:
    """Asked from the door's thread, looked at from the main one.

    Args:
        waiting: names this waiting process.
        remark: tells the person at this machine; never anything of a patient.
        name_of: a console's name by its key.
    """

    def __init__(
        self,
        waiting: str,
        installed: Installed,
        player: Player,
        headset: HeadsetFinder,
        remark: Callable[[str], None] = lambda _: None,
        name_of: Callable[[bytes], str] = lambda _: "a console",
    ) -> None:
        self._waiting, self._installed, self._player, self._headset = waiting, installed, player, headset
        self._remark, self._name_of = remark, name_of
        self._lock = threading.Lock()
        self._begun: OrderedDict[tuple[bytes, str], bytes] = OrderedDict()
        """Hashes of what was asked: no plan is kept longer than its session."""
        self._now: tuple[bytes, str] | None = None
        """Key and request of the session of now, or of the last one."""
        self._told = SessionState.NONE
        self._ending = False

    def respond(self, data: bytes, key: bytes) -> bytes:
        """The answer to a request's bytes, whatever they are."""
        try:
            request = decode_request(data)
        except ProtocolError as problem:
            head = head_of(data)
            reason = WhyNot.VERSION if problem.reason is ProtocolReason.VERSION else WhyNot.MALFORMED
            return encoded(head.id if head else "", not_begun(reason, [str(problem)]))
        return encoded(request.id, self.answer(request, key))

    def answer(self, request: Request, key: bytes) -> There | Begun | NotBegun:
        with self._lock:
            if isinstance(request.body, Begin):
                return self._begin(request.id, request.body, key)
            if request.body.headset and self._player.look().state not in ON:
                self._headset.look()
            return self._there(key)

    def look(self) -> None:
        """Tell the person at this machine what has changed. Now and then, from the main thread."""
        with self._lock:
            self._tell()

    @property
    def busy(self) -> bool:
        """Whether a session that was begun here is on."""
        with self._lock:
            return self._player.look().state in ON

    def end(self) -> None:
        """Nothing begins any more."""
        with self._lock:
            self._ending = True

    # -------------------------------------------------------------- inside

    def _tell(self) -> None:
        playing = self._player.look()
        if playing.state is self._told:
            return
        self._told = playing.state
        if playing.state is SessionState.RUNNING:
            self._remark("the session is ready: the console drives it now")
        elif playing.state is SessionState.ENDED:
            status = f" with status {playing.exit_status}: {playing.last_line}" if playing.exit_status else ""
            self._remark(f"the session has ended{status}")
            if not self._ending:
                self._remark("waiting again")

    def _there(self, key: bytes) -> There:
        looking, found = self._headset.found()
        session = self._session(key)
        return There(
            software=self._installed.software,
            waiting=self._waiting,
            session=session,
            taken=session.state not in ON and self._player.taken(),
            looking=looking,
            displays=found,
            scenes=tuple(
                SceneThere(id=name, version=scene.version) for name, scene in self._installed.scenes.items()
            ),
        )

    def _session(self, key: bytes) -> SessionThere:
        if self._now is None:
            return SessionThere()
        playing, mine = self._player.look(), self._now[0] == key
        return SessionThere(
            state=playing.state,
            request=self._now[1] if mine else None,
            epoch=playing.epoch,
            died=bool(playing.exit_status),
            exit_status=playing.exit_status,
            why=playing.last_line if mine else "",
        )

    def _begin(self, request: str, begin: Begin, key: bytes) -> Begun | NotBegun:
        known, content = self._begun.get((key, request)), hashlib.sha256(encode(begin)).digest()
        if known is not None:
            if known != content:
                return not_begun(WhyNot.ID_USED)
            session = SessionThere(state=SessionState.ENDED, request=request)
            return Begun(
                session=self._session(key) if self._now == (key, request) else session, repeated=True
            )
        refused = self._refusal(begin)
        if refused is not None:
            return refused
        self._tell()  # of the one before, should nobody have looked since
        self._headset.give_way()
        try:
            self._player.start(begin)
        except OSError as problem:
            self._remark(f"the session could not be started: {problem}")
            return not_begun(WhyNot.NOT_STARTED, [problem.strerror or type(problem).__name__])
        self._now = (key, request)
        self._begun[self._now] = content
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        self._told = SessionState.STARTING
        self._remark(f"a session begins, asked for by {self._name_of(key)}")
        return Begun(session=self._session(key))

    def _refusal(self, begin: Begin) -> NotBegun | None:
        if self._ending:
            return not_begun(WhyNot.ENDING)
        if begin.waiting != self._waiting:
            return not_begun(WhyNot.OTHER_WAIT)
        if self._player.look().state in ON:
            return not_begun(WhyNot.BUSY)
        return self._misfit(begin) or (not_begun(WhyNot.TAKEN) if self._player.taken() else None)

    def _misfit(self, begin: Begin) -> NotBegun | None:
        """What in the plan cannot be played here."""
        scenes, plan = self._installed.scenes, begin.order.plan
        wanted = _scenes_of(begin.order)
        if missing := [name for name in wanted if name not in scenes]:
            return not_begun(WhyNot.SCENES_MISSING, missing)
        problems = [] if plan is None else plan.problems(scenes, self._installed.treatments)
        return not_begun(WhyNot.PLAN_INVALID, problems) if problems else None


def encoded(to: str, body: There | Begun | NotBegun) -> bytes:
    """An answer's bytes. ``to``: the request's id, where it is known."""
    return encode(Answer(version=WAITING_VERSION, to=to, body=body))


def _scenes_of(order: SessionOrder) -> list[str]:
    if order.plan is None:
        return [order.scene or ""]
    return list(dict.fromkeys(step.scene for step in order.plan.steps))
