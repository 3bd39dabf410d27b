"""The Lab Streaming Layer's own library (liblsl through pylsl), the only place that speaks to it.

It is loaded when it is first needed. Nothing here waits: what liblsl does not have yet, it fetches in threads of
its own, and it is asked again.
"""

from __future__ import annotations

import configparser
import ctypes
import io
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from vr_runtime.sensors.errors import SensorError, SensorReason

MOST_CHANNELS = 4096
FORGET_S = 5.0
"""A stream that does not answer for so long is no longer seen."""

_PULL = 1024
_session = ""


class Lost(Exception):
    """The stream's sender is gone, or cannot be reached."""


class ChannelFacts(NamedTuple):
    """One channel as the sender describes it; empty where it does not say."""

    label: str
    unit: str
    type: str


class StreamFacts(NamedTuple):
    """A stream as its sender describes it."""

    name: str
    type: str
    host: str
    source_id: str
    uid: str
    """Another one each time the sender starts."""
    rate_hz: float
    """0: irregular."""
    text: bool
    """Its values are words."""
    channels: tuple[ChannelFacts, ...]
    stamp: str = ""
    """What the time stamps are of, if the sender says so (Palier's own outlets do): ``beat``, ``packet``."""

    def __str__(self) -> str:
        said = f"'{self.name}' (type {self.type or 'not told'}, on {self.host or 'an unknown machine'}"
        return f"{said}, source_id {self.source_id or 'none'})"


class Measured(NamedTuple):
    """The sender's clock against ours, as liblsl estimates it."""

    offset_s: float
    """To be added to the sender's stamps."""
    round_trip_s: float | None
    """Of the exchange that it comes from; the offset is off by half of it at most."""
    at_s: float | None
    """When it was measured, on the sender's clock."""


def library() -> Any:
    """pylsl.

    Raises:
        SensorError: NO_LIBRARY, with what to install.
    """
    try:
        import pylsl  # pyright: ignore[reportMissingImports]
    except ImportError:
        raise SensorError(
            SensorReason.NO_LIBRARY,
            "the Lab Streaming Layer needs the package pylsl, which is not installed; run: pip install 'palier[lsl]'",
        ) from None
    except (RuntimeError, OSError, AttributeError):
        raise SensorError(
            SensorReason.NO_LIBRARY,
            "pylsl is installed, and no liblsl that it can load: its package carries one for glibc 2.35 and newer "
            "(Debian 12, Ubuntu 22.04), Windows and macOS; elsewhere install liblsl and name its file in PYLSL_LIB",
        ) from None
    return pylsl


def installed() -> bool:
    """Whether pylsl is there at all."""
    return sys.modules.get("pylsl", ...) is not None and find_spec("pylsl") is not None


# ------------------------------------------------------------------ session


def keep_to_session(session: str) -> None:
    """See and be seen in the LSL session of this id alone, in this whole process. Before anything else of LSL.

    All else stays as the machine's LSL configuration says.

    Raises:
        SensorError: NO_LIBRARY; INVALID where another session is in use already, or liblsl is too old.
    """
    global _session  # liblsl takes its configuration once a process
    if session == _session:
        return
    if not session.isprintable() or any(sign in session for sign in "'\"[]=;#\\"):
        raise SensorError(
            SensorReason.INVALID, f"'{session}' is no LSL session id; use letters, digits, - and _"
        )
    if _session:
        raise SensorError(
            SensorReason.INVALID, f"this process is in the LSL session '{_session}' already; start it anew"
        )
    pylsl = library()
    try:
        pylsl.set_config_content(configured(own_configuration(), session))
    except (AttributeError, NotImplementedError):
        raise SensorError(
            SensorReason.INVALID,
            "this liblsl is too old to be given a session id (1.17.7 is needed); write SessionID into its lsl_api.cfg",
        ) from None
    _session = session


def configured(text: str, session: str) -> str:
    """An LSL configuration with another session id."""
    settings = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True)
    settings.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]  (names keep their capitals)
    try:
        settings.read_string(text)
    except configparser.Error as problem:
        raise SensorError(
            SensorReason.INVALID, f"the machine's LSL configuration cannot be read; mend it: {problem}"
        ) from None
    if not settings.has_section("lab"):
        settings.add_section("lab")
    settings.set("lab", "SessionID", session)
    written = io.StringIO()
    settings.write(written)
    return written.getvalue()


def own_configuration() -> str:
    """The text of the configuration file that liblsl would read; empty where there is none."""
    named = os.environ.get("LSLAPICFG")
    usual = (Path("lsl_api.cfg"), Path.home() / "lsl_api" / "lsl_api.cfg", Path("/etc/lsl_api/lsl_api.cfg"))
    for path in ((Path(named),) if named else ()) + usual:
        try:
            return path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError):
            continue
    return ""


# ------------------------------------------------------------------ what is there


class Seen(NamedTuple):
    """A stream that answered a search; its channels are told by a :class:`Connection` alone."""

    facts: StreamFacts
    info: Any


class Resolver:
    """Looks for the streams of the network, in a thread of liblsl's."""

    def __init__(self) -> None:
        """Raises SensorError: NO_LIBRARY."""
        self._resolver: Any = library().ContinuousResolver(forget_after=FORGET_S)

    def seen(self) -> list[Seen]:
        """What answers now."""
        return (
            [] if self._resolver is None else [Seen(facts(info), info) for info in self._resolver.results()]
        )

    def close(self) -> None:
        self._resolver = None


class Connection:
    """An inlet that does not recover by itself: who is at the other end is to be known."""

    def __init__(self, info: Any) -> None:
        self._pylsl = library()
        self._text = info.channel_format() == self._pylsl.cf_string
        self._inlet: Any = self._pylsl.StreamInlet(info, recover=False, as_numpy=self._text)
        with suppress(RuntimeError):  # it is under way; samples are kept from now on
            self._inlet.open_stream(0.0)

    def described(self) -> StreamFacts | None:
        """The whole description; None: not there yet. Raises Lost."""
        try:
            return facts(self._inlet.info(0.0))
        except self._pylsl.util.TimeoutError:
            return None
        except RuntimeError as problem:
            raise Lost(str(problem)) from None

    def pull(self) -> tuple[list[list[Any]], list[float]]:
        """Values and the sender's stamps (s) of all samples that are there. Raises Lost."""
        values: list[list[Any]] = []
        stamps: list[float] = []
        try:
            while True:
                chunk, times = self._inlet.pull_chunk(0.0, _PULL)
                values.extend(_words(chunk) if self._text else chunk)
                stamps.extend(float(t) for t in times)
                if len(times) < _PULL:
                    return values, stamps
        except RuntimeError as problem:
            if stamps:  # the loss is told again by the next pull
                return values, stamps
            raise Lost(str(problem)) from None

    def correction(self) -> Measured | None:
        """The latest estimate; None: there is none yet. Raises Lost."""
        exact = getattr(self._pylsl.lib.lib, "lsl_time_correction_ex", None)
        try:
            if exact is None:
                return Measured(self._inlet.time_correction(0.0), None, None)
            exact.restype = ctypes.c_double
            at, spread, code = ctypes.c_double(), ctypes.c_double(), ctypes.c_int()
            offset = exact(
                self._inlet.obj,
                ctypes.byref(at),
                ctypes.byref(spread),
                ctypes.c_double(0.0),
                ctypes.byref(code),
            )
            self._pylsl.util.handle_error(code)
            return Measured(float(offset), spread.value, at.value)
        except self._pylsl.util.TimeoutError:
            return None
        except RuntimeError as problem:
            raise Lost(str(problem)) from None

    def close(self) -> None:
        self._inlet = None


def facts(info: Any) -> StreamFacts:
    """What a pylsl description says."""
    return StreamFacts(
        name=info.name(),
        type=info.type(),
        host=info.hostname(),
        source_id=info.source_id(),
        uid=info.uid(),
        rate_hz=float(info.nominal_srate()),
        text=info.channel_format() == library().cf_string,
        channels=_channels(info),
        stamp=info.desc().child_value("stamp").strip().lower(),
    )


def _channels(info: Any) -> tuple[ChannelFacts, ...]:
    """As many as the stream has; those that are not described are empty."""
    count = min(info.channel_count(), MOST_CHANNELS)
    told = list(_told(info.desc().child("channels"), count))
    return tuple(told + [ChannelFacts("", "", "")] * (count - len(told)))


def _told(channels: Any, most: int) -> Iterator[ChannelFacts]:
    channel = channels.child("channel")
    for _ in range(most):
        if channel.empty():
            return
        yield ChannelFacts(*(channel.child_value(name).strip() for name in ChannelFacts._fields))
        channel = channel.next_sibling("channel")


def _words(chunk: Any) -> list[list[str]]:
    return [[bytes(word).decode("utf-8", "replace") for word in row] for row in chunk]
