"""What each alarm is called, what to do, and how it ranks. The console has its own words in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from vr_runtime.protocol.words import Cause

WORDS: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.LINK_SILENT: "the console is silent",
        Cause.TRACKING_LOST: "the headset's tracking is lost",
        Cause.HEADSET_OFF: "the headset is off the head",
        Cause.DISPLAY_LOST: "the display is gone",
        Cause.RECORD_FAILING: "the record cannot be written",
        Cause.RECORD_SLOW: "the record's disk is slow",
        Cause.SENSOR_STALE: "no heart beat has arrived",
        Cause.FLASH_GUARD: "the picture flashed",
        Cause.FRAMES_LATE: "frames are late",
        Cause.SICKNESS: "the patient feels sick from the picture",
        Cause.DISTRESS: "distress is at the top of the scale",
        Cause.UNANSWERED: "the patient does not answer",
        Cause.DISSOCIATION: "the patient is out of contact",
        Cause.HEART_FALL: "the heart rate falls, as before fainting",
        Cause.HEART_HIGH: "the heart rate is very high",
        Cause.TIME_ON_HEAD: "the headset has been worn for long",
        Cause.SESSION_TIME: "the session's time is over",
    }
)

REMEDIES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.LINK_SILENT: "nothing may be raised until its heartbeat is back",
        Cause.TRACKING_LOST: "wait until it is found, then resume",
        Cause.HEADSET_OFF: "wait until it is on again, then resume",
        Cause.DISPLAY_LOST: "wait until it is back, then resume",
        Cause.RECORD_FAILING: "nothing may be raised; look at the disk, or end the session",
        Cause.RECORD_SLOW: "what raises waits for the disk; close what else writes on it",
        Cause.SENSOR_STALE: "look at the strap; the session goes on without heart rate",
        Cause.FLASH_GUARD: "wait a moment, then resume from the safe place",
        Cause.FRAMES_LATE: "ask for sickness; close other programs, or make the picture smaller",
        Cause.SICKNESS: "offer to stop; nothing is raised before a lower rating. Rest one to two hours before driving",
        Cause.DISTRESS: "stay, go down or pause; nothing is raised before a lower rating",
        Cause.UNANSWERED: "speak to the patient; if there is no answer, stop and take the headset off",
        Cause.DISSOCIATION: "stop, headset off, eyes open, ground the patient; a rating by the patient clears this",
        Cause.HEART_FALL: "lay the patient down, legs up; tense the muscles (applied tension)",
        Cause.HEART_HIGH: "look at the patient; the sensor may err",
        Cause.TIME_ON_HEAD: "plan a break",
        Cause.SESSION_TIME: "go to recovery, so that time is left for talking",
    }
)

PRIORITIES: Mapping[Cause, int] = MappingProxyType(
    {
        Cause.DISSOCIATION: 1,
        Cause.HEART_FALL: 1,
        Cause.UNANSWERED: 1,
        Cause.LINK_SILENT: 1,
        Cause.FLASH_GUARD: 1,
        Cause.DISPLAY_LOST: 1,
        Cause.HEADSET_OFF: 1,
        Cause.TRACKING_LOST: 1,
        Cause.DISTRESS: 2,
        Cause.SICKNESS: 2,
        Cause.RECORD_FAILING: 2,
        Cause.FRAMES_LATE: 2,
        Cause.HEART_HIGH: 2,
        Cause.RECORD_SLOW: 3,
        Cause.SENSOR_STALE: 3,
        Cause.TIME_ON_HEAD: 3,
        Cause.SESSION_TIME: 3,
    }
)
"""1: look at once. 2: act before going on. 3: know."""
