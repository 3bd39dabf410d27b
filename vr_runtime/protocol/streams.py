"""The table of streams: what flows, how often, whether it is recorded, when it counts as stale.

Recorded streams are kept as chunks of columns (see docs/record-format.md); ``columns`` are NumPy dtype strings,
little-endian. Poses are in the tracked space: metres, right-handed, Z up, +Y forward, origin on the floor;
quaternions (x, y, z, w), identity looking along +Y.
"""

from __future__ import annotations

from dataclasses import dataclass

CHANNEL = (
    ("t_ns", "<i8"),  # of the sample, on the runtime's clock
    ("frame", "<u4"),  # the frame that heard of it
    ("arrival_ns", "<i8"),  # when it arrived
    ("sensor_ns", "<i8"),  # the sensor's own clock
    ("value", "<f4"),  # NaN: the sensor told that it has none
    ("flag", "u1"),  # ChannelFlag
)
"""Columns of a plain channel of the body; its unit stands in :data:`UNITS`."""

POSE = tuple((name, "<f4") for name in ("x", "y", "z", "qx", "qy", "qz", "qw"))

CHUNK_NS = 175_000_000
"""Samples are cut into chunks of this length. A crash takes at most a chunk, the commit that is under way and a
frame."""


@dataclass(frozen=True)
class Stream:
    """One stream. ``rate_hz`` None means the display's rate; ``stale_after_s`` is the age that raises an alarm."""

    rate_hz: float | None
    recorded: bool
    stale_after_s: float | None
    columns: tuple[tuple[str, str], ...] = ()


STREAMS: dict[str, Stream] = {
    "frame": Stream(
        None,
        True,
        0.25,
        (
            ("t_ns", "<i8"),  # begin of the frame
            ("frame", "<u4"),
            ("display_ns", "<i8"),  # when the frame is predicted to light up
            ("flags", "<u2"),  # FrameFlag
            ("link_age_ms", "<i4"),  # since the driving console was heard, -1: no link in this run
            ("committed_seq", "<u4"),  # last entry the record had committed when the frame began
            ("record_age_ms", "<u4"),  # age of the oldest entry not yet committed
            ("shell", "<f4"),  # opacity of the neutral shell in the frame shown
            ("state", "<u8"),  # hash of the logical state after the frame
        ),
    ),
    "head": Stream(None, True, 0.25, (("t_ns", "<i8"), ("frame", "<u4"), *POSE, ("valid", "u1"))),
    "hands": Stream(
        None, True, 0.25, (("t_ns", "<i8"), ("frame", "<u4"), ("hand", "u1"), *POSE, ("valid", "u1"))
    ),
    "eye": Stream(None, True, 0.25, (("t_ns", "<i8"), ("frame", "<u4"), *POSE, ("valid", "u1"))),
    "eyelid": Stream(
        None,
        True,
        None,
        (("t_ns", "<i8"), ("frame", "<u4"), ("openness", "<f4")),  # 0 closed to 1 open
    ),
    "stimulus": Stream(
        None,
        True,
        None,
        (
            ("t_ns", "<i8"),
            ("frame", "<u4"),
            ("stimulus", "u1"),  # index in the scene's manifest
            ("distance", "<f4"),  # horizontal, head to the stimulus' surface, m
            ("x", "<f4"),  # the nearest point, tracked space
            ("y", "<f4"),
            ("z", "<f4"),
            (
                "visible",
                "u1",
            ),  # shown, unoccluded; whether it lies in the field of view is a measure's business
        ),
    ),
    "heart": Stream(
        None,
        True,
        5.0,
        (
            ("t_ns", "<i8"),  # of the beat, rebuilt on the runtime's clock
            ("frame", "<u4"),  # the frame that heard of it
            ("arrival_ns", "<i8"),  # when the packet that told of it arrived
            ("rr_ms", "<f4"),  # interval that ended with this beat, NaN: none
            ("bpm", "<f4"),  # as the sensor says, NaN: none
            ("flag", "u1"),  # BeatFlag
        ),
    ),
    "heart_time": Stream(  # a row for each row of "heart", in the same order
        None,
        True,
        None,
        (
            ("t_ns", "<i8"),  # as in "heart"
            ("frame", "<u4"),
            ("sensor_ns", "<i8"),  # the beat on the sensor's own clock (of RR alone: their sum)
            ("error_ms", "<f4"),  # estimated error of t_ns, one standard deviation; NaN: not known
        ),
    ),
    "ecg": Stream(None, True, 5.0, CHANNEL),
    "eda": Stream(None, True, 5.0, CHANNEL),
    "respiration": Stream(None, True, 5.0, CHANNEL),
    "telemetry": Stream(10.0, False, 1.0),
    "preview": Stream(12.0, False, 2.0),
}


class FrameFlag:
    """Bits of the frame stream's ``flags``."""

    LATE = 1
    TRACKING = 2
    HEADSET_ON = 4
    DISPLAY_OK = 8
    RECORD_OK = 16
    STIMULUS_SHOWN = 32
    FLASH_GUARD = 64


class BeatFlag:
    """Values of the heart stream's ``flag``."""

    OK = 0
    CONTACT_LOST = 1
    OUT_OF_RANGE = 2
    ECTOPIC = 3
    GAP = 4
    """First beat after a gap: its interval is not to be used, a new segment begins."""

    NAMES = ("ok", "contact_lost", "out_of_range", "ectopic", "gap")


CHANNELS = ("ecg", "eda", "respiration")
"""Plain channels of the body; electrodermal activity and respiration have the same rules as the ECG."""

UNITS = {"ecg": "uV", "eda": "uS", "respiration": "1"}
"""Respiration belts have no common unit: the value is the sensor's own."""


class ChannelFlag:
    """Values of a channel's ``flag``."""

    OK = 0
    GAP = 1
    """First sample after a gap: nothing is to be computed across it."""
    OUT_OF_RANGE = 2
    """Not a value that the body can have (eda: 0.05 to 60 uS), or no number."""
    CONTACT_LOST = 3

    NAMES = ("ok", "gap", "out_of_range", "contact_lost")


LEFT, RIGHT = 0, 1
"""Values of the hands stream's ``hand``."""
