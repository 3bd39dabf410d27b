"""What ``vr-runtime doctor`` found of a headset, in a word: on this computer, or on the one where sessions are played."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from vr_runtime.protocol.waiting import Found
from vr_runtime.waiting import headset

Word = Literal["unknown", "looking", "found", "no_runtime", "no_headset"]


@dataclass(frozen=True)
class Headset:
    """``no_runtime``: no OpenXR software; ``no_headset``: software, but no headset that answers. ``detail``: the
    headset's name, or what to do, in the runtime's words."""

    word: Word = "unknown"
    detail: str = ""


class HeadsetLook:
    """Looks in a thread; :meth:`state` is what is known so far. Thread-safe."""

    def __init__(self) -> None:
        self._doctor = headset.HeadsetLook()
        self._looked = False

    def state(self) -> Headset:
        looking, found = self._doctor.found()
        if looking:
            return Headset("looking")
        if self._doctor.silent:
            return Headset("no_headset", "the headset's software does not answer: start it anew")
        return meaning_of(found) if self._looked else Headset()

    def look(self) -> None:
        """Begin to look, unless somebody is looking already."""
        self._looked = True
        self._doctor.look()

    def close(self) -> None:
        self._doctor.give_way()


def meaning_of(findings: Iterable[Found]) -> Headset:
    """What the doctor's findings of the headset's side mean for somebody who wants to begin."""
    of = {one.what: one for one in findings}
    worn, software = of.get("headset"), of.get("OpenXR runtime")
    if worn is not None:
        return Headset("found", worn.found.split(",")[0]) if worn.good else Headset("no_headset", worn.remedy)
    if software is not None:
        return Headset("no_headset" if software.good else "no_runtime", software.remedy)
    return Headset("no_runtime", "vr-runtime doctor gave no answer")
