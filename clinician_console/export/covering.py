"""A record under cover: what a study gets to see in place of the pseudonym, the dates and the clinic's own words.

:class:`Covered` stands around an open record and gives the same events and samples, changed so:

- the pseudonym is the study's code, the run's id (``epoch``) is code and session;
- the date is moved by whole days, and the clock begins at the full hour before: an appointment book shows neither.
  Every time within the session stays exact, since all of them count from its beginning;
- a sensor's own clock, which may tell the real date, counts from its first sample;
- addresses and names of sensors and consoles are left out, and what was written into the plan (title, names, goals,
  safety signals), except where it is the scene's own;
- of an event that this version does not know, all texts are left out.

Notes and what else was typed in the session is the matter of :mod:`clinician_console.export.content`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from numpy.typing import NDArray

from clinician_console.export.content import LEFT_OUT, without_text
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.base import Tolerant
from vr_runtime.protocol.codec import CHUNK_PREFIX, decode_event, encode_event_body
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Plan, PlanStep
from vr_runtime.record import RecordError, RecordReason, Sealed
from vr_runtime.record.chunks import decode_chunk, encode_chunk

Samples = NDArray[Any]
Model = TypeVar("Model", bound=Tolerant)


class WholeRecord(Protocol):
    """What exports read of a record: :class:`vr_runtime.record.Reader` is one."""

    def events(self) -> Iterator[ev.Event]: ...
    def samples(self, stream: str) -> Samples: ...
    def entries(self, from_seq: int = 1) -> Iterator[Sealed]: ...
    def last(self) -> tuple[int, bytes]: ...


@dataclass(frozen=True)
class Cover:
    """``code`` stands in place of the pseudonym, ``session`` is the session's label, ``days`` moves its dates."""

    code: str
    session: str
    days: int


class Covered:
    """A record as its cover shows it. Number and hash of the last entry are those of the record itself."""

    def __init__(self, record: WholeRecord, cover: Cover) -> None:
        self._record = record
        self._cover = cover
        self._shift = timedelta(0)
        self._steps: dict[str, str] = {}
        self._sensor_zero: dict[str, int] = {}

    def last(self) -> tuple[int, bytes]:
        return self._record.last()

    def events(self) -> Iterator[ev.Event]:
        for event in self._record.events():
            yield event.model_copy(update={"body": self._body(event.body)})

    def samples(self, stream: str) -> Samples:
        return self._sensor_time(stream, self._record.samples(stream))

    def entries(self, from_seq: int = 1) -> Iterator[Sealed]:
        for entry in self._record.entries(1):
            changed = self._entry(entry)
            if entry.seq >= from_seq:
                yield changed

    def _entry(self, entry: Sealed) -> Sealed:
        if entry.kind.startswith(CHUNK_PREFIX):
            stream = entry.kind.removeprefix(CHUNK_PREFIX)
            if stream not in _WITH_SENSOR_TIME:
                return entry
            rows = self._sensor_time(stream, decode_chunk(stream, entry.body))
            return entry._replace(body=encode_chunk(stream, rows))
        try:
            event = decode_event(entry.seq, entry.t_ns, entry.kind, entry.body)
        except ProtocolError as problem:
            raise RecordError(RecordReason.NOT_A_RECORD, str(problem)) from None
        return entry._replace(body=encode_event_body(self._body(event.body), event.frame, event.cause))

    def _sensor_time(self, stream: str, rows: Samples) -> Samples:
        if stream not in _WITH_SENSOR_TIME or not len(rows):
            return rows
        zero = self._sensor_zero.setdefault(stream, int(rows["sensor_ns"][0]))
        rows = rows.copy()
        rows["sensor_ns"] -= zero
        return rows

    def _body(self, body: ev.EventBody) -> ev.EventBody:
        match body:
            case ev.Opened():
                return self._opened(body)
            case ev.WallClock():
                return _with(body, wall_utc=self._moved(body.wall_utc))
            case ev.CommandReceived():
                command = body.command.model_copy(update={"epoch": self._epoch})
                return _with(body, command=command, console=CONSOLE)
            case ev.CommandTurnedAway():
                return _with(body, console=CONSOLE, message="")
            case ev.ConsoleSeen() | ev.Anchored():
                return _with(body, console=CONSOLE)
            case ev.CommandDecided() | ev.DemandMade():
                return _with(body, message="")
            case ev.StepEntered():
                return _with(body, step_id=self._steps.get(body.step_id, f"step-{body.step}"))
            case ev.HeartSourceChanged():
                return _with(body, source=kind_of_source(body.source), message="")
            case ev.SensorsFound():
                return _with(body, sensors=(), problem="")
            case ev.ProposalMade() | ev.ForecastMade():
                reasons = tuple(_with(reason, text=NO_TEXT) for reason in body.reasons)
                return _with(body, reasons=reasons)
            case ev.Unknown():
                return _with(body, data=without_text(body.data))
            case _:
                return body

    @property
    def _epoch(self) -> str:
        return f"{self._cover.code}-{self._cover.session}"

    def _opened(self, opened: ev.Opened) -> ev.Opened:
        zero = moment(opened.wall_utc)
        if zero is not None:
            hour = zero.replace(minute=0, second=0, microsecond=0)
            self._shift = timedelta(days=self._cover.days) - (zero - hour)
        plan, self._steps = _plan(opened)
        history = tuple(_with(past, step_id=self._steps.get(past.step_id, "step")) for past in opened.history)
        return _with(
            opened,
            pseudonym=self._cover.code,
            epoch=self._epoch,
            wall_utc=self._moved(opened.wall_utc),
            heart=kind_of_source(opened.heart),
            plan=plan,
            history=history,
        )

    def _moved(self, wall_utc: str) -> str:
        """Moved as the whole record is; empty where it is no time: nothing of it may tell the real date."""
        at = moment(wall_utc)
        try:
            return "" if at is None else (at + self._shift).isoformat()
        except OverflowError:
            return ""


CONSOLE = "console"
NO_TEXT = Text(en=LEFT_OUT, fr=LEFT_OUT)
_WITH_SENSOR_TIME = ("heart_time", "ecg", "eda", "respiration")


def moment(wall_utc: str) -> datetime | None:
    """A time of the wall clock in UTC; None for what is none."""
    try:
        at = datetime.fromisoformat(wall_utc)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def kind_of_source(source: str) -> str:
    """``ble`` of ``ble:ADDRESS``: a device's address may lead to a person."""
    return source.partition(":")[0]


def _with(model: Model, **changes: Any) -> Model:
    return model.model_copy(update=changes)


def _plan(opened: ev.Opened) -> tuple[Plan, dict[str, str]]:
    """The plan without what was written into it, and the new ids of its steps by the old ones."""
    scenes = {scene.id: scene for scene in opened.scenes}
    steps: list[PlanStep] = []
    ids: dict[str, str] = {}
    for number, step in enumerate(opened.plan.steps, 1):
        scene = scenes.get(step.scene)
        own = scene.step(step.uses or step.id) if scene is not None else None
        ids[step.id] = step.id if own is not None and own.id == step.id else f"step-{number}"
        steps.append(
            step.model_copy(
                update={
                    "id": ids[step.id],
                    "name": step.name if own is not None and own.name == step.name else NO_TEXT,
                    "goal": step.goal if own is not None and own.goal == step.goal else None,
                    "safety_signals": tuple(LEFT_OUT for _ in step.safety_signals),
                }
            )
        )
    plan = opened.plan.model_copy(update={"id": "plan", "title": LEFT_OUT, "steps": tuple(steps)})
    return plan, ids
