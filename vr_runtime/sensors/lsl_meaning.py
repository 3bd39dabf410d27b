"""Which stream is meant by ``lsl:...``, and what its values are: said by its sender or by whoever asks for it.

Nothing is guessed. Where neither says the unit, the channel or what a sample is, an error says what to declare.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from vr_runtime.protocol.streams import CHANNELS
from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.lsl_library import ChannelFacts, StreamFacts

PREFIX = "lsl:"
HEART = "heart"

Kind = Literal["rr", "beat", "channel"]
Stamp = Literal["sample", "packet", "arrival"]
"""What a time stamp is of: the sample itself (of RR: its beat), the packet that brought it, or nothing of use."""

_WHICH = ("name", "type", "source_id", "host", "uid")
_HOW = {
    "tells": ("rr", "beat"),
    "stamp": ("beat", "packet", "sample", "arrival"),
    "unit": (),
    "channel": (),
    "marker": (),
}

WORDS: dict[str, frozenset[str]] = {
    "rr": frozenset("rr rri rrs rrinterval rrintervals ibi nn nni".split()),
    "beat": frozenset("beat beats heartbeat heartbeats rpeak rpeaks".split()),
    "rate": frozenset("hr heartrate bpm pulserate".split()),
    "ecg": frozenset("ecg ekg".split()),
    "eda": frozenset("eda gsr scl skinconductance electrodermalactivity".split()),
    "respiration": frozenset("respiration resp rsp breathing breath".split()),
}
"""Types and labels that say what a stream tells, without capitals, spaces, hyphens and underscores."""

_TIME = {
    **dict.fromkeys("ms msec millisecond milliseconds".split(), 1.0),
    **dict.fromkeys("s sec second seconds".split(), 1e3),
    "1/1024s": 1e3 / 1024.0,
    **dict.fromkeys("us usec µs μs microsecond microseconds".split(), 1e-3),
}
_VOLTAGE = {
    **dict.fromkeys("uv µv μv microvolt microvolts".split(), 1.0),
    **dict.fromkeys("mv millivolt millivolts".split(), 1e3),
    **dict.fromkeys("v volt volts".split(), 1e6),
    **dict.fromkeys("nv nanovolt nanovolts".split(), 1e-3),
}
_CONDUCTANCE = {
    **dict.fromkeys("us µs μs microsiemens micro-siemens umho µmho μmho".split(), 1.0),
    **dict.fromkeys("ns nanosiemens nano-siemens".split(), 1e-3),
    **dict.fromkeys("ms millisiemens milli-siemens".split(), 1e3),
    **dict.fromkeys("s siemens".split(), 1e6),
}
_UNITS: dict[str, dict[str, float]] = {HEART: _TIME, "ecg": _VOLTAGE, "eda": _CONDUCTANCE}
"""By what is wanted: how many of the record's units one of the sender's is."""

_EXAMPLE = {HEART: "ms", "ecg": "uV", "eda": "uS"}


@dataclass(frozen=True)
class Query:
    """``lsl:...`` as it was asked for."""

    spec: str
    wanted: str
    """``heart``, or one of the channels of the body."""
    which: tuple[tuple[str, str], ...]
    tells: str = ""
    stamp: str = ""
    unit: str = ""
    channel: str = ""
    marker: str = ""

    def fits(self, stream: StreamFacts) -> bool:
        """Whether this is the stream, or one of them."""
        return all(getattr(stream, key) == value for key, value in self.which)

    def __str__(self) -> str:
        return " and ".join(f"{key} '{value}'" for key, value in self.which)


class Meaning(NamedTuple):
    """What to do with the samples of a stream."""

    kind: Kind
    column: int
    """Of the channel whose values are used."""
    factor: float
    """To the record's unit."""
    stamp: Stamp
    marker: str = ""
    """Samples that are beats; empty: all."""
    rate_hz: float = 0.0
    """Of even samples; 0: irregular."""


def parse(spec: str, wanted: str) -> Query:
    """``lsl:NAME``, ``lsl:type=RR``, ``lsl:source_id=...``; more words follow after commas: ``,unit=ms``.

    Raises:
        SensorError: UNKNOWN_SOURCE, with what can be written.
    """
    content = spec.removeprefix(PREFIX)
    which: dict[str, str] = {}
    how: dict[str, str] = {}
    name: list[str] = []
    for part in content.split(","):
        key, equals, value = part.partition("=")
        key = key.strip()
        if equals and key in _WHICH:
            which[key] = value.strip()
        elif equals and key in _HOW:
            how[key] = _one_of(spec, key, value.strip())
        elif which or how:
            raise _unknown(spec, f"'{part.strip()}' says nothing of a stream")
        else:
            name.append(part)  # a stream's name may hold commas
    if name and "".join(name).strip():
        which["name"] = ",".join(name).strip()
    if not which or not all(which.values()):
        raise _unknown(spec, "it does not say which stream")
    return Query(spec, wanted, tuple(which.items()), **how)


def meaning_of(query: Query, stream: StreamFacts) -> Meaning:
    """What the stream's samples are for who asked.

    Raises:
        SensorError: INVALID, with what the sender should declare or what can be written instead.
    """
    if query.wanted == HEART:
        return _heart(query, stream)
    if stream.text:
        raise _invalid(query, stream, "its values are words; a channel of the body has numbers")
    index = _index(query, stream, WORDS[query.wanted])
    factor = 1.0 if query.wanted == "respiration" else _factor(query, stream, index)
    if query.stamp not in ("", "sample", "arrival"):
        raise _invalid(query, stream, f"stamp={query.stamp} is for beats; give stamp=sample or stamp=arrival")
    stamp: Stamp = "arrival" if query.stamp == "arrival" else "sample"
    return Meaning("channel", index, factor, stamp, rate_hz=max(0.0, stream.rate_hz))


def tells(stream: StreamFacts) -> tuple[str, ...]:
    """What a stream most likely tells, by its type, its name and its channels: for a list of what is there."""
    words = {_plain(word) for word in (stream.type, *stream.name.split())}
    words |= {_plain(word) for channel in stream.channels for word in (channel.label, channel.type)}
    found = (HEART,) if words & (WORDS["rr"] | WORDS["beat"]) else ()
    return (*found, *(channel for channel in CHANNELS if words & WORDS[channel]))


# ------------------------------------------------------------------ parts


def _heart(query: Query, stream: StreamFacts) -> Meaning:
    kind = query.tells or _told_kind(stream)
    if not kind:
        word = (
            "heart rates" if _plain(stream.type) in WORDS["rate"] else "what its samples are it does not say"
        )
        raise _invalid(
            query,
            stream,
            f"{word}, and a heart source tells RR intervals or beats; if that is what they are, "
            f"give {query.spec},tells=rr or {query.spec},tells=beat",
        )
    if stream.rate_hz > 0.0 and not query.tells:
        raise _invalid(
            query,
            stream,
            f"it has an even rate of {stream.rate_hz:g} Hz, and hearts do not beat evenly: an ECG is given as "
            f"--channel ecg={PREFIX}..., intervals that were sampled anew cannot be used; if every sample is one "
            f"interval all the same, give {query.spec},tells=rr",
        )
    if query.stamp == "sample":
        raise _invalid(
            query, stream, "a heart's stamps are of the beat, the packet or neither; give stamp=beat"
        )
    if kind == "beat":
        if query.stamp == "packet":
            raise _invalid(
                query, stream, "beats without intervals cannot be rebuilt from packets; leave stamp out"
            )
        if stream.text and not query.marker and _plain(stream.type) not in WORDS["beat"]:
            raise _invalid(
                query,
                stream,
                f"it has words, and which of them is a beat it does not say; give {query.spec},marker=WORD",
            )
        at: Stamp = "arrival" if query.stamp == "arrival" else "sample"
        return Meaning("beat", _index(query, stream, WORDS["beat"]), 1.0, at, query.marker)
    if stream.text:
        raise _invalid(query, stream, "its values are words; RR intervals are numbers")
    index = _index(query, stream, WORDS["rr"])
    said = query.stamp or stream.stamp
    stamp: Stamp = "sample" if said == "beat" else "arrival" if said == "arrival" else "packet"
    return Meaning("rr", index, _factor(query, stream, index), stamp)


def _told_kind(stream: StreamFacts) -> str:
    of_stream = _plain(stream.type)
    for kind in ("rr", "beat"):
        if of_stream in WORDS[kind]:
            return kind
    if stream.text:
        return "beat"
    labelled = [_is(channel, WORDS["rr"]) for channel in stream.channels]
    return "rr" if any(labelled) else ""


def _index(query: Query, stream: StreamFacts, words: frozenset[str]) -> int:
    """Which channel: the one that was asked for, the only one, or the only one that says that it is it."""
    count = len(stream.channels)
    if query.channel:
        if query.channel.isdecimal() and 1 <= int(query.channel) <= count:
            return int(query.channel) - 1
        labels = [channel.label for channel in stream.channels]
        if labels.count(query.channel) == 1:
            return labels.index(query.channel)
        raise _invalid(
            query, stream, f"it has no one channel '{query.channel}'; it has {_listed(stream.channels)}"
        )
    if count == 1:
        return 0
    fitting = [i for i, channel in enumerate(stream.channels) if _is(channel, words)]
    if len(fitting) == 1:
        return fitting[0]
    raise _invalid(
        query,
        stream,
        f"which of its {count} channels is meant? It has {_listed(stream.channels)}; "
        f"give {query.spec},channel=LABEL or ,channel=NUMBER (from 1)",
    )


def _factor(query: Query, stream: StreamFacts, index: int) -> float:
    known = _UNITS[query.wanted]
    said = query.unit or stream.channels[index].unit
    example = _EXAMPLE[query.wanted]
    if not said:
        raise _invalid(
            query,
            stream,
            "it does not say in which unit its values are; let the sender declare it "
            f"(desc/channels/channel/unit, for example {example}), or give {query.spec},unit={example}",
        )
    factor = known.get("".join(said.lower().split()))
    if factor is None:
        raise _invalid(
            query,
            stream,
            f"its unit '{said}' cannot be turned into {example}; give {query.spec},unit=... with one of "
            f"{', '.join(word for word in known if word.isascii())}",
        )
    return factor


def _is(channel: ChannelFacts, words: frozenset[str]) -> bool:
    return _plain(channel.label) in words or _plain(channel.type) in words


def _plain(word: str) -> str:
    return "".join(sign for sign in word.lower() if sign.isalnum())


def _listed(channels: Sequence[ChannelFacts]) -> str:
    shown = [f"{i} {channel.label or '(no label)'}" for i, channel in enumerate(channels[:12], 1)]
    return ", ".join(shown) + (" and more" if len(channels) > 12 else "")


def _one_of(spec: str, key: str, value: str) -> str:
    allowed = _HOW[key]
    if not value:
        raise _unknown(spec, f"{key}= is followed by nothing")
    if allowed and value not in allowed:
        raise _unknown(spec, f"{key} is {' or '.join(allowed)}, not '{value}'")
    return value


def _unknown(spec: str, why: str) -> SensorError:
    return SensorError(
        SensorReason.UNKNOWN_SOURCE,
        f"'{spec}' cannot be understood: {why}; write lsl:NAME, lsl:type=TYPE, lsl:source_id=ID or lsl:host=MACHINE, "
        "and after commas, where the stream does not say it: unit=, channel=, tells=, stamp=, marker=",
    )


def _invalid(query: Query, stream: StreamFacts, why: str) -> SensorError:
    return SensorError(
        SensorReason.INVALID, f"the LSL stream {stream} cannot be used for {query.wanted}: {why}"
    )
