"""How long things have lasted. A clock that is paused does not run."""

from __future__ import annotations

from vr_runtime.protocol.words import Phase

LONGEST_FRAME_S = 1.0
"""A frame that hung, or a machine that slept, counts as no more than this on the clocks of phase and step: nobody was
exposed meanwhile. What limits (head and session) counts all of it."""


class Clocks:
    """Seconds, all of them. ``step_s`` and the exposure's ``in_phase`` run while the scene is shown and moves; the
    other phases' run while they last; ``head_on_s`` while the headset is on the head; ``session_s`` always."""

    def __init__(self) -> None:
        self.session_s = 0.0
        self.head_on_s = 0.0
        self.step_s = 0.0
        self.in_phase: dict[Phase, float] = dict.fromkeys(Phase, 0.0)
        self._last_ns: int | None = None

    def move(self, now_ns: int, phase: Phase, *, exposed: bool, headset_on: bool) -> None:
        """Let time pass up to ``now_ns``. ``exposed``: something of the scene can be seen, and its time runs."""
        last, self._last_ns = self._last_ns, now_ns
        if last is None or now_ns <= last:
            return
        all_s = (now_ns - last) / 1e9
        lived_s = min(all_s, LONGEST_FRAME_S)
        self.session_s += all_s
        if headset_on:
            self.head_on_s += all_s
        if phase is Phase.EXPOSURE:
            if exposed:
                self.in_phase[phase] += lived_s
                self.step_s += lived_s
        else:
            self.in_phase[phase] += lived_s

    def enter_step(self) -> None:
        self.step_s = 0.0
