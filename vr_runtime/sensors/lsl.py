"""Heart and other channels of the body from the Lab Streaming Layer. docs/laboratories.md says what comes in.

A stream is looked for, heard and found again in the sensors' thread; the loop takes what is ready. Nothing here
makes the loop wait. Opening waits some seconds, so that a stream that is not there or that cannot be understood
is an error at the start, with what to do.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, NoReturn

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.protocol.streams import BeatFlag, ChannelFlag
from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.lsl_clock import BACK_NS, ClockMap, Correction, Placement
from vr_runtime.sensors.lsl_library import Connection, Lost, Measured, Resolver, Seen, StreamFacts, library
from vr_runtime.sensors.lsl_meaning import HEART, PREFIX, Meaning, Query, meaning_of, parse
from vr_runtime.sensors.lsl_reader import reader_of
from vr_runtime.sensors.shared_thread import SharedThread

PATIENCE_S = 6.0
"""How long opening looks for a stream."""
SETTLE_S = 0.7
"""How long a search goes on once it has found one: there may be two."""
POLL_S = 0.01
AGAIN_S = 2.0
"""From one attempt with a stream that cannot be used to the next."""
CORRECT_S = 1.0
MAP_S = 5.0
UNCORRECTED_S = 10.0
"""So long samples wait for the first estimate of the sender's clock."""
OVER_S = 5.0
"""A trouble that was not seen for so long is over."""
STALE_S = 5.0
"""Without a sample for so long, it is told, and another sender that fits is looked for."""


MOST_A_FRAME = 500
"""So many samples the loop takes in a frame; a flood waits for the next one."""

_thread = SharedThread()

_TROUBLES = {
    "search": "it could not be found or used",
    "correction": "its clock could not be compared",
    "stamp": "its time stamps could not be used",
    "interval": "some of its intervals could not be used",
    "silence": "nothing came",
}


class LslSource:
    """One stream, found again when it is lost. Base of :class:`LslHeart` and :class:`LslChannel`."""

    def __init__(
        self,
        query: Query,
        *,
        now_ns: Callable[[], int],
        wait: bool = True,
        patience_s: float = PATIENCE_S,
        resolver: Callable[[], Any] = Resolver,
        connect: Callable[[Any], Any] = Connection,
        lsl_clock: Callable[[], float] | None = None,
    ) -> None:
        """With ``wait`` it waits for the stream; without, what is wrong with it is told by the changes, and it is
        looked for all the time.

        Raises:
            SensorError: NO_LIBRARY; with ``wait`` also NOT_FOUND, AMBIGUOUS or INVALID, with what to do.
        """
        self._query = query
        self._now_ns = now_ns
        self._patience_s = patience_s
        self._resolver = resolver
        self._connect = connect
        self._map = ClockMap(now_ns, library().local_clock if lsl_clock is None else lsl_clock)
        shown = dict(query.which).get("name") or ",".join(f"{key}={value}" for key, value in query.which)
        self.name = f"{PREFIX}{shown}" if query.wanted == HEART else f"{query.wanted} {PREFIX}{shown}"
        self._ready: deque[Any] = deque()
        self._changes: deque[HeartSourceChanged] = deque()
        self._troubles: dict[str, float] = {}
        """When each of them was seen last."""
        self._last_ns: int | None = None
        self._gap_owed = False
        self._uid = ""
        self._closed = False
        self._opened: Future[None] = Future()
        self._work = _thread.take().run(self._serve(wait))
        if not wait:
            return
        try:
            self._opened.result(2.0 * patience_s + 10.0)
        except BaseException:
            self.close()
            raise

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        changes: list[HeartSourceChanged] = []
        while self._changes:
            changes.append(self._changes.popleft())
        return tuple(changes)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._work.cancel()
            _thread.give_back()

    def _taken(self, now_ns: int) -> list[Any]:
        taken: list[Any] = []
        ready = self._ready
        while ready and not self._closed and ready[0].arrival_ns <= now_ns and len(taken) < MOST_A_FRAME:
            taken.append(ready.popleft())
        return taken

    # ------------------------------------------------------------------ in the sensors' thread

    async def _serve(self, wait: bool) -> None:
        try:
            try:
                connection, meaning = await self._first()
            except SensorError as problem:
                if wait:
                    raise
                self._tell("search", str(problem))
                connection, meaning = await self._again()
        except Exception as problem:  # noqa: BLE001  (raised again by whoever waits; told to whoever does not)
            self._opened.set_exception(problem)
            if not wait:
                self._change("failed", f"{type(problem).__name__}: {problem}")
            return
        self._opened.set_result(None)
        try:
            while True:
                try:
                    await self._listen(connection, meaning)
                except Lost:
                    pass
                finally:
                    connection.close()
                self._tell_lost()
                connection, meaning = await self._again()
        except Exception as problem:  # noqa: BLE001  (a source that fails must not fail in silence)
            self._change("failed", f"it is heard no more: {type(problem).__name__}: {problem}")

    async def _first(self) -> tuple[Any, Meaning]:
        """The stream, the first time. Raises SensorError."""
        found = await self._search(self._patience_s)
        connection, facts = await self._described(found)
        if connection is None or facts is None:
            raise SensorError(
                SensorReason.NOT_FOUND,
                f"the LSL stream {found.facts} was seen and cannot be reached; is a firewall between the machines "
                "(TCP and UDP ports 16572 to 16604)?",
            )
        try:
            meaning = meaning_of(self._query, facts)
        except BaseException:
            connection.close()
            raise
        self._begun(facts)
        return connection, meaning

    async def _again(self) -> tuple[Any, Meaning]:
        """The stream, once it is there again."""
        while True:
            try:
                found = await self._search(None)
                connection, facts = await self._described(found)
                if connection is not None and facts is not None:
                    try:
                        meaning = meaning_of(self._query, facts)
                    except BaseException:
                        connection.close()
                        raise
                    self._begun(facts)
                    return connection, meaning
            except SensorError as problem:
                self._tell("search", str(problem))
            await asyncio.sleep(AGAIN_S)

    async def _search(self, patience_s: float | None) -> Seen:
        """The one stream that fits. Raises SensorError: NOT_FOUND (with a patience), AMBIGUOUS."""
        resolver = self._resolver()
        try:
            began, first = time.monotonic(), None
            while True:
                now = time.monotonic()
                seen = resolver.seen()
                fitting = [each for each in seen if self._query.fits(each.facts)]
                if fitting and first is None:
                    first = now
                if first is not None and now - first >= SETTLE_S and fitting:
                    if len(fitting) == 1:
                        return fitting[0]
                    self._ambiguous([each.facts for each in fitting])
                if first is None and patience_s is not None and now - began >= patience_s:
                    self._not_found([each.facts for each in seen])
                await asyncio.sleep(0.05)
        finally:
            resolver.close()

    async def _described(self, found: Seen) -> tuple[Any | None, StreamFacts | None]:
        """A connection to the stream, and its whole description."""
        connection = self._connect(found.info)
        try:
            end = time.monotonic() + self._patience_s
            while time.monotonic() < end:
                if (facts := connection.described()) is not None:
                    return connection, facts
                await asyncio.sleep(POLL_S)
        except Lost:
            pass
        except BaseException:
            connection.close()
            raise
        connection.close()
        return None, None

    async def _listen(self, connection: Any, meaning: Meaning) -> NoReturn:
        """Hear the stream until it is lost. Raises Lost."""
        correction = Correction()
        placement = Placement(self._map, correction)
        reader = reader_of(self._query.wanted, meaning, placement, self._put, self._tell)
        held: deque[tuple[Sequence[Any], float, int]] = deque()
        began = heard = time.monotonic()
        correct = mapped = 0.0
        other: Any = None
        try:
            while True:
                values, stamps = connection.pull()
                now, arrival_ns = time.monotonic(), self._now_ns()
                held.extend((row, stamp, arrival_ns) for row, stamp in zip(values, stamps, strict=True))
                if now >= mapped:
                    mapped = now + MAP_S
                    if self._map.measure(2):
                        reader.new_segment()
                if now >= correct:
                    correct = now + (CORRECT_S if correction.known else 0.1)
                    measured: Measured | None = connection.correction()
                    if measured is not None and correction.heard(*measured, now):
                        placement.jump()
                        reader.new_segment()
                        self._change("started", "its machine's clock was set: a new segment begins")
                if correction.known or meaning.stamp == "arrival":
                    self._tell("correction", "")
                    while held:
                        reader.take(*held.popleft())
                elif held and now - began > UNCORRECTED_S:
                    self._tell(
                        "correction",
                        "its clock cannot be compared with this machine's, so its samples are left out: let UDP "
                        "ports 16572 to 16604 through between the machines, or give stamp=arrival",
                    )
                    held.clear()
                reader.settle(arrival_ns)
                if stamps:
                    heard = now
                    if other is not None:
                        other.close()
                        other = None
                        self._tell("silence", "")
                elif now - heard > STALE_S:
                    if other is None:
                        other = self._resolver()
                        reader.new_segment()
                        self._tell("silence", f"nothing has come for {STALE_S:g} s")
                    elif now - heard > 2.0 * STALE_S and self._replaced(other):
                        raise Lost
                await asyncio.sleep(POLL_S)
        finally:
            reader.settle(self._now_ns() + 1_000_000_000)
            if other is not None:
                other.close()

    def _replaced(self, resolver: Any) -> bool:
        """Whether the stream that is heard does not answer any more and another one that fits does."""
        uids = {each.facts.uid for each in resolver.seen() if self._query.fits(each.facts)}
        return bool(uids) and self._uid not in uids

    def _put(self, heard: Beat | ChannelSample) -> None:
        """For the loop, in the order of times, across senders too: the clock of the next one may be a little behind,
        and what lies farther back was told before, or cannot be placed."""
        gap = BeatFlag.GAP if isinstance(heard, Beat) else ChannelFlag.GAP
        if self._last_ns is not None and heard.t_ns <= self._last_ns:
            if self._last_ns - heard.t_ns > BACK_NS:
                self._gap_owed = True
                self._tell("stamp", "its times lie before those of its last sender: samples are left out")
                return
            heard = heard._replace(t_ns=self._last_ns + 1)
        if self._gap_owed and heard.flag == BeatFlag.OK:
            heard = heard._replace(flag=gap)
        self._gap_owed = False
        self._last_ns = heard.t_ns
        self._ready.append(heard)

    # ------------------------------------------------------------------ what is told

    def _begun(self, facts: StreamFacts) -> None:
        if not self._uid:
            self._change("started", f"the LSL stream {facts}")
        elif self._uid == facts.uid:
            self._change("contact_found", "the same stream is heard again: a new segment begins")
        else:
            self._change("started", f"its sender was started anew, {facts}: a new segment begins")
        self._uid = facts.uid
        self._troubles.clear()

    def _tell_lost(self) -> None:
        self._troubles.clear()
        self._change("contact_lost", "the stream ended, or its sender cannot be reached; it is looked for")

    def _tell(self, trouble: str, message: str) -> None:
        """A trouble began (told once until it is over), or is not seen now (an empty message; it is over when it was
        not seen for some seconds, so that one that comes and goes does not fill the record)."""
        now = time.monotonic()
        if message:
            if trouble not in self._troubles:
                self._change("contact_lost" if trouble == "silence" else "failed", message)
            self._troubles[trouble] = now
        elif trouble in self._troubles and (now - self._troubles[trouble] >= OVER_S or trouble == "silence"):
            del self._troubles[trouble]
            self._change("contact_found", f"{_TROUBLES[trouble]}: that is over")

    def _change(self, state: Any, message: str) -> None:
        self._changes.append(HeartSourceChanged(source=self.name, state=state, message=message))

    def _ambiguous(self, streams: list[StreamFacts]) -> NoReturn:
        listed = "; ".join(str(stream) for stream in streams)
        raise SensorError(
            SensorReason.AMBIGUOUS,
            f"{len(streams)} LSL streams have {self._query}: {listed}; give the one that is meant by "
            f"{PREFIX}source_id=..., or by more than one word: {self._query.spec},host=MACHINE",
        )

    def _not_found(self, streams: list[StreamFacts]) -> NoReturn:
        listed = "; ".join(str(stream) for stream in streams) if streams else "none at all"
        raise SensorError(
            SensorReason.NOT_FOUND,
            f"there is no LSL stream with {self._query}; start its sender first. Streams that were seen in "
            f"{self._patience_s:g} s: {listed} (both sides need the same LSL session id, and multicast or KnownPeers)",
        )


class LslHeart(LslSource):
    """Beats from RR intervals or from marks of beats."""

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        return tuple(self._taken(now_ns))

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return ()


class LslChannel(LslSource):
    """Samples of an ECG, of electrodermal activity or of respiration."""

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return tuple(self._taken(now_ns))


def open_lsl_heart(spec: str, now_ns: Callable[[], int], *, wait: bool = True) -> LslHeart:
    """``lsl:NAME`` and so on (see :func:`lsl_meaning.parse`); ``now_ns`` is the runtime's clock.

    Raises:
        SensorError: as :class:`LslSource`, and UNKNOWN_SOURCE.
    """
    return LslHeart(parse(spec, HEART), now_ns=now_ns, wait=wait)


def open_lsl_channel(spec: str, channel: str, now_ns: Callable[[], int]) -> LslChannel:
    """The same for a channel of the body."""
    return LslChannel(parse(spec, channel), now_ns=now_ns)
