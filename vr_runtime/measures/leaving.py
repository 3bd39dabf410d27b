"""How a patient gets away from a stimulus: the word that a frame carries for the measures."""

from __future__ import annotations

from vr_runtime.protocol.words import Place


class Leaving:
    """Told of each frame; remembers the one before. The same live and offline."""

    def __init__(self) -> None:
        self._worn = True
        self._place: Place = Place.BASELINE_ROOM

    def word(self, *, stopped: bool, headset_on: bool, place: Place) -> str:
        """One of ``moment.LEAVING``, for the first frame of each way to get away; a stop before the others."""
        took_off = self._worn and not headset_on
        to_safety = place is Place.CALM and self._place is not Place.CALM
        self._worn, self._place = headset_on, place
        if stopped:
            return "stop"
        if took_off:
            return "headset_off"
        return "safe_place" if to_safety else ""
