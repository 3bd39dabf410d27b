"""What ``lsl:...`` means is said by the sender or by whoever asks; nothing is guessed."""

from __future__ import annotations

import pytest

from vr_runtime.sensors import SensorError, SensorReason
from vr_runtime.sensors.lsl_library import ChannelFacts, StreamFacts, configured
from vr_runtime.sensors.lsl_meaning import meaning_of, parse, tells


def stream(
    kind: str = "RR",
    *channels: tuple[str, str],
    rate_hz: float = 0.0,
    text: bool = False,
    stamp: str = "",
    name: str = "Chest",
) -> StreamFacts:
    described = tuple(ChannelFacts(label, unit, "") for label, unit in channels or (("", ""),))
    return StreamFacts(name, kind, "bench", "id-1", "uid-1", rate_hz, text, described, stamp)


@pytest.mark.parametrize(
    ("spec", "which"),
    [
        ("lsl:Polar H10 0A1B", {"name": "Polar H10 0A1B"}),
        ("lsl:Chest, wide", {"name": "Chest, wide"}),
        ("lsl:type=RR", {"type": "RR"}),
        ("lsl:source_id=abc,host=lab-2", {"source_id": "abc", "host": "lab-2"}),
        ("lsl:Chest,unit=s,stamp=beat", {"name": "Chest"}),
    ],
)
def test_a_stream_is_asked_for_by_name_type_source_or_machine(spec: str, which: dict[str, str]) -> None:
    query = parse(spec, "heart")
    assert dict(query.which) == which
    assert query.fits(stream()._replace(**which))
    assert not query.fits(stream()._replace(**dict.fromkeys(which, "another")))


@pytest.mark.parametrize(
    "spec",
    [
        "lsl:",
        "lsl:  ",
        "lsl:type=",
        "lsl:unit=ms",
        "lsl:a,tells=hr",
        "lsl:a,unit=",
        "lsl:type=RR,b",
        "lsl:a,stamp=x",
    ],
)
def test_what_cannot_be_understood_is_refused_with_what_can_be_written(spec: str) -> None:
    with pytest.raises(SensorError, match="write lsl:NAME") as told:
        parse(spec, "heart")
    assert told.value.reason is SensorReason.UNKNOWN_SOURCE


@pytest.mark.parametrize(
    ("wanted", "unit", "factor"),
    [
        ("heart", "ms", 1.0),
        ("heart", "s", 1000.0),
        ("heart", "Seconds", 1000.0),
        ("heart", "1/1024 s", 1000.0 / 1024.0),
        ("ecg", "uV", 1.0),
        ("ecg", "µV", 1.0),
        ("ecg", "μV", 1.0),
        ("ecg", "microvolts", 1.0),
        ("ecg", "mV", 1000.0),
        ("ecg", "V", 1e6),
        ("eda", "uS", 1.0),
        ("eda", "microsiemens", 1.0),
        ("eda", "nS", 1e-3),
        ("eda", "mS", 1000.0),
        ("eda", "S", 1e6),
        ("respiration", "", 1.0),
        ("respiration", "litres", 1.0),
    ],
)
def test_units_are_those_of_the_description_or_of_who_asks(wanted: str, unit: str, factor: float) -> None:
    declared = meaning_of(
        parse("lsl:Chest", wanted), stream("RR" if wanted == "heart" else wanted, ("", unit))
    )
    assert declared.factor == pytest.approx(factor)
    if unit:
        told = meaning_of(
            parse(f"lsl:Chest,unit={unit}", wanted), stream("RR" if wanted == "heart" else wanted)
        )
        assert told.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("wanted", "unit", "says"),
    [
        ("heart", "", "unit=ms"),
        ("ecg", "", "unit=uV"),
        ("eda", "", "unit=uS"),
        ("heart", "bpm", "'bpm' cannot be turned into ms"),
        ("eda", "kOhm", "'kOhm' cannot be turned into uS"),
        ("ecg", "counts", "'counts' cannot be turned into uV"),
    ],
)
def test_a_unit_that_is_not_told_or_not_known_is_an_error_that_says_what_to_declare(
    wanted: str, unit: str, says: str
) -> None:
    with pytest.raises(SensorError) as told:
        meaning_of(parse("lsl:Chest", wanted), stream("RR" if wanted == "heart" else wanted, ("", unit)))
    assert told.value.reason is SensorReason.INVALID
    assert says in str(told.value)


def test_intervals_marks_and_what_their_stamps_are_of() -> None:
    ms = ("", "ms")
    assert meaning_of(parse("lsl:a", "heart"), stream("RR-interval", ms))[:4] == ("rr", 0, 1.0, "packet")
    assert meaning_of(parse("lsl:a,stamp=beat", "heart"), stream("RR", ms)).stamp == "sample"
    assert meaning_of(parse("lsl:a", "heart"), stream("RR", ms, stamp="beat")).stamp == "sample"
    assert meaning_of(parse("lsl:a,stamp=packet", "heart"), stream("RR", ms, stamp="beat")).stamp == "packet"
    assert meaning_of(parse("lsl:a,stamp=arrival", "heart"), stream("RR", ms)).stamp == "arrival"
    assert meaning_of(parse("lsl:a", "heart"), stream("RPeaks", ("", ""))).kind == "beat"
    marks = stream("Markers", ("", ""), text=True)
    assert meaning_of(parse("lsl:a,marker=R", "heart"), marks).marker == "R"


@pytest.mark.parametrize(
    ("facts", "spec", "says"),
    [
        (stream("HR", ("", "bpm")), "lsl:a", "heart rates"),
        (stream("Physio", ("", "ms")), "lsl:a", "tells=rr"),
        (stream("ECG", ("", "uV"), rate_hz=130.0), "lsl:a", "tells=rr"),
        (stream("RR", ("", "ms"), rate_hz=4.0), "lsl:a", "even rate of 4 Hz"),
        (stream("Markers", ("", ""), text=True), "lsl:a", "marker=WORD"),
        (stream("RR", ("", ""), text=True), "lsl:a", "words"),
        (stream("RR", ("", "ms")), "lsl:a,stamp=sample", "stamp=beat"),
        (stream("Beats", ("", "")), "lsl:a,stamp=packet", "packets"),
    ],
)
def test_what_is_no_heart_is_refused_with_what_to_do(facts: StreamFacts, spec: str, says: str) -> None:
    with pytest.raises(SensorError) as told:
        meaning_of(parse(spec, "heart"), facts)
    assert told.value.reason is SensorReason.INVALID
    assert says in str(told.value)


def test_of_many_channels_the_one_that_says_so_or_that_is_asked_for() -> None:
    body = stream("Physio", ("ECG", "mV"), ("EDA", "uS"), ("Belt", ""), ("Belt", ""))
    assert meaning_of(parse("lsl:a", "eda"), body)[:3] == ("channel", 1, 1.0)
    assert meaning_of(parse("lsl:a", "ecg"), body)[:3] == ("channel", 0, 1000.0)
    assert meaning_of(parse("lsl:a,channel=3", "respiration"), body).column == 2
    assert meaning_of(parse("lsl:a,channel=ECG", "respiration"), body).column == 0
    for spec in ("lsl:a", "lsl:a,channel=Belt", "lsl:a,channel=5", "lsl:a,channel=0"):
        with pytest.raises(SensorError, match="1 ECG, 2 EDA, 3 Belt"):
            meaning_of(parse(spec, "respiration"), body)
    with pytest.raises(SensorError, match="which of its 2 channels is meant"):
        meaning_of(parse("lsl:a", "respiration"), stream("Physio", ("Resp", ""), ("RSP", "")))
    with pytest.raises(SensorError, match="stamp=sample"):
        meaning_of(parse("lsl:a,stamp=beat", "ecg"), body)


def test_a_list_says_what_streams_tell() -> None:
    assert tells(stream("RR")) == ("heart",)
    assert tells(stream("Physio", name="Polar ECG")) == ("ecg",)
    assert tells(stream("GSR")) == ("eda",)
    assert tells(stream("EEG")) == ()


def test_a_session_id_is_written_into_the_machines_own_configuration() -> None:
    own = "[ports]\nBasePort = 17000\n[lab]\nKnownPeers = {10.0.0.7, lab-2}\nSessionID = default\n"
    made = configured(own, "room-3")
    assert "BasePort = 17000" in made
    assert "KnownPeers = {10.0.0.7, lab-2}" in made
    assert "SessionID = room-3" in made
    assert "default" not in made
    assert "SessionID = room-3" in configured("", "room-3")
    with pytest.raises(SensorError, match="cannot be read"):
        configured("no section\n", "room-3")
