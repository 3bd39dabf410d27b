"""Where the loop hears from: the link, a scripted therapist in the same process, a record that is replayed.

One port, ``Ears``. What is heard in a frame is a list of *input* events in order; replay gives back the recorded
list of the same frame, so that nothing else has to be fed to the loop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import NamedTuple, Protocol

from vr_runtime.display.port import Frame
from vr_runtime.link.server import LinkServer
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.commands import Command, Stop
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.events import Closed, CommandReceived, Event, EventBody, StopPressed, WallClock
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.words import StoppedBy


class Heard(NamedTuple):
    """Input events of one frame, in order, and how long the driving console has been silent."""

    inputs: tuple[EventBody, ...] = ()
    link_age_ms: int = -1
    """-1: no link in this run."""


class Ears(Protocol):
    def hear(self, frame: Frame) -> Heard: ...

    def answer(self, answer: Answer) -> None:
        """A command's answer, once its event is committed."""
        ...

    @property
    def finished(self) -> bool:
        """True when nothing more will be heard and the run may end."""
        ...


NOTHING = Heard()


class DeafEars:
    """Nobody commands."""

    finished = False

    def hear(self, frame: Frame) -> Heard:
        return NOTHING

    def answer(self, answer: Answer) -> None:
        pass


class LinkEars:
    """The therapist's console over the link; once a minute a pair of the two clocks."""

    finished = False

    def __init__(self, server: LinkServer) -> None:
        self._server = server
        self._next_wall_ns = 60_000_000_000

    def hear(self, frame: Frame) -> Heard:
        heard = self._server.drain()
        age_ns = self._server.link_age_ns(frame.now_ns)
        inputs: tuple[EventBody, ...] = (
            *heard.stops,
            *heard.events,
            *heard.turned_away,
            *heard.commands,
        )
        if frame.now_ns >= self._next_wall_ns:
            self._next_wall_ns += 60_000_000_000
            inputs = (*inputs, WallClock(wall_utc=datetime.now(UTC).isoformat()))
        return Heard(inputs, -1 if age_ns is None else int(age_ns // 1_000_000))

    def answer(self, answer: Answer) -> None:
        self._server.answer(answer)


ANSWER_NS = 6_000_000_000
"""A scripted therapist waits no longer for an answer."""


class ScriptReason(Enum):
    UNEXPECTED_ANSWER = "unexpected_answer"
    NO_ANSWER = "no_answer"


class ScriptError(PalierError):
    """The script's therapist was answered otherwise than the script says."""

    exit_status = 5


class ScriptEars:
    """A scripted therapist in the runtime's own process (``--drive``); no socket is opened.

    Command ids are the acts' numbers, so that two runs of one script are alike.
    """

    def __init__(self, script: Script, epoch: str) -> None:
        self._script = script
        self._epoch = epoch
        self._due_ns = [round(seconds * 1e9) for seconds in script.times()]
        self._next = 0
        self._waiting: dict[str, int] = {}
        self._asked_ns = 0
        self._finished = False

    @property
    def finished(self) -> bool:
        return self._finished

    def hear(self, frame: Frame) -> Heard:
        inputs: list[EventBody] = []
        while self._next < len(self._due_ns) and self._due_ns[self._next] <= frame.now_ns:
            # as a person does, it waits for the answer before it goes on; never with a STOP
            stops = isinstance(self._script.steps[self._next].do, Stop)
            if self._waiting and not stops and frame.now_ns - self._asked_ns < ANSWER_NS:
                break
            inputs.append(self._act(self._next, frame.now_ns))
            self._next += 1
        end_ns = self._due_ns[-1] + round(self._script.linger_s * 1e9)
        if self._next == len(self._due_ns) and frame.now_ns >= end_ns:
            self._finish()
        return Heard(tuple(inputs)) if inputs else NOTHING

    def answer(self, answer: Answer) -> None:
        index = self._waiting.pop(answer.command_id, None)
        if index is None:
            return
        step = self._script.steps[index]
        accepted = "accepted" if answer.accepted else "refused"
        wrong = step.expect not in ("any", accepted) or (
            not answer.accepted and step.reason is not None and step.reason != answer.reason
        )
        if wrong:
            reason = f" ({answer.reason.value}: {answer.message})" if answer.reason else ""
            wanted = step.expect + (f" ({step.reason.value})" if step.reason else "")
            raise ScriptError(
                ScriptReason.UNEXPECTED_ANSWER,
                f"act {index + 1} of the script ({step.do.kind}) was {accepted}{reason}; expected: {wanted}",
            )

    def _act(self, index: int, now_ns: int) -> EventBody:
        body = self._script.steps[index].do
        identity = f"script-{index + 1:04d}"
        if isinstance(body, Stop):
            return StopPressed(id=identity, by=StoppedBy.SCRIPT, sent_ns=now_ns, received_ns=now_ns)
        self._waiting[identity] = index
        self._asked_ns = now_ns
        command = Command(id=identity, epoch=self._epoch, seq=index + 1, sent_ns=now_ns, body=body)
        return CommandReceived(command=command, received_ns=now_ns, console="script")

    def _finish(self) -> None:
        self._finished = True
        unanswered = [index for index in self._waiting.values() if self._script.steps[index].expect != "any"]
        if unanswered:
            act = min(unanswered)
            raise ScriptError(
                ScriptReason.NO_ANSWER,
                f"act {act + 1} of the script ({self._script.steps[act].do.kind}) was never answered",
            )


class BothEars:
    """A scripted therapist in this process beside consoles that may watch over the link (``--drive`` in real time).

    The link's silence means nothing here: the script drives.
    """

    def __init__(self, script: ScriptEars, link: LinkEars) -> None:
        self._script = script
        self._link = link

    @property
    def finished(self) -> bool:
        return self._script.finished

    def hear(self, frame: Frame) -> Heard:
        return Heard((*self._link.hear(frame).inputs, *self._script.hear(frame).inputs))

    def answer(self, answer: Answer) -> None:
        self._script.answer(answer)
        self._link.answer(answer)


class RecordedEars:
    """The inputs of a record, frame by frame; the link's age comes with the frames."""

    finished = False

    def __init__(self, events: Iterable[Event], link_ages_ms: Sequence[int]) -> None:
        self._by_frame: dict[int, list[EventBody]] = defaultdict(list)
        for event in events:
            if event.body.ORIGIN == "input" and event.frame > 0 and not isinstance(event.body, Closed):
                self._by_frame[event.frame].append(event.body)
        self._link_ages_ms = link_ages_ms

    def hear(self, frame: Frame) -> Heard:
        return Heard(tuple(self._by_frame.pop(frame.index, ())), int(self._link_ages_ms[frame.index - 1]))

    def answer(self, answer: Answer) -> None:
        pass
