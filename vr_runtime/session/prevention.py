"""Response prevention: windows in which a compulsion is not given in to. What happens inside is counted.

A compulsion comes from the scene (a deed that the manifest names as one) or is marked by the therapist. Whether it is
*prevented* depends on the window's mode and time: what serves it is then inert.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from vr_runtime.protocol.commands import OpenWindow
from vr_runtime.protocol.course_events import (
    CompulsionSeen,
    WindowClosed,
    WindowOpened,
)
from vr_runtime.protocol.deeds import REFUSED
from vr_runtime.protocol.events import (
    PatientDid,
)
from vr_runtime.protocol.files.treatment import Prevention
from vr_runtime.protocol.words import PreventionMode, WindowOutcome


@dataclass
class Window:
    """An open window. Times in seconds since it was opened, on the exposure's clock: a pause does not count."""

    opened: WindowOpened
    began_s: float
    began_ns: int
    lasted_s: float = 0.0
    compulsions: int = 0
    prevented: int = 0
    gave_in_s: float | None = None
    """When the first compulsion happened that was not prevented."""
    urges: list[float] = field(default_factory=list[float])

    @property
    def prevents(self) -> bool:
        """Whether what serves the compulsion is inert now."""
        mode = self.opened.mode
        return mode is PreventionMode.BLOCK or (
            mode is PreventionMode.DELAY and self.lasted_s < self.opened.delay_s
        )

    @property
    def re_exposes(self) -> bool:
        return self.opened.mode is PreventionMode.RE_EXPOSE


class Windows:
    """One window at a time."""

    def __init__(self, defaults: Prevention | None) -> None:
        self._defaults = defaults or Prevention()
        self.open: Window | None = None
        self._count = 0
        self._next_urge_s = 0.0

    def begin(self, body: OpenWindow, step: int, exposure_s: float, now_ns: int) -> WindowOpened:
        self._count += 1
        defaults = self._defaults
        opened = WindowOpened(
            window=f"window-{self._count}",
            what=body.what,
            mode=body.mode or defaults.mode,
            delay_s=defaults.delay_s if body.delay_s is None else body.delay_s,
            target_s=defaults.target_s if body.target_s is None else body.target_s,
            step=step,
        )
        self.open = Window(opened, exposure_s, now_ns)
        self._next_urge_s = self._urge_after(-1.0)
        return opened

    def move(self, exposure_s: float) -> tuple[bool, WindowClosed | None]:
        """Time has passed. Returns whether an urge is due, and the window's end where its time is over."""
        window = self.open
        if window is None:
            return False, None
        window.lasted_s = exposure_s - window.began_s
        if window.lasted_s >= window.opened.target_s:
            gave_in = window.gave_in_s is not None
            return False, self.end(WindowOutcome.GAVE_IN if gave_in else WindowOutcome.RESISTED)
        if window.lasted_s < self._next_urge_s:
            return False, None
        self._next_urge_s = self._urge_after(window.lasted_s)
        return True, None

    def urge(self, value: float) -> None:
        """An urge was rated, 0 to 100."""
        if self.open is not None:
            self.open.urges.append(value)

    def did(self, deed: PatientDid) -> CompulsionSeen | None:
        """The patient did in the scene what the manifest calls a compulsion."""
        if self.open is None:
            return None
        latency_s = (deed.t_on_ns - self.open.began_ns) / 1e9
        duration_s = (deed.t_off_ns - deed.t_on_ns) / 1e9
        prevented = deed.what == REFUSED or self.open.prevents
        return self._seen(self.open, f"{deed.what}:{deed.thing}", "scene", latency_s, duration_s, prevented)

    def marked(self, text: str, now_ns: int) -> CompulsionSeen | None:
        """The therapist saw one that no scene can see: it is never prevented."""
        if self.open is None:
            return None
        latency_s = (now_ns - self.open.began_ns) / 1e9
        return self._seen(self.open, text or "compulsion", "therapist", latency_s, None, prevented=False)

    def end(self, outcome: WindowOutcome) -> WindowClosed:
        """Close the open window (there is one)."""
        assert self.open is not None
        window, self.open = self.open, None
        lasted = window.lasted_s
        resisted = lasted if window.gave_in_s is None else min(window.gave_in_s, lasted)
        urges = window.urges
        return WindowClosed(
            window=window.opened.window,
            outcome=outcome,
            lasted_s=round(lasted, 3),
            compulsions=window.compulsions,
            prevented=window.prevented,
            resisted_share=round(resisted / lasted, 6) if lasted > 0.0 else 1.0,
            urge_first=urges[0] if urges else None,
            urge_peak=max(urges) if urges else None,
            urge_last=urges[-1] if urges else None,
        )

    @staticmethod
    def _seen(
        window: Window,
        what: str,
        source: Literal["scene", "therapist"],
        latency_s: float,
        duration_s: float | None,
        prevented: bool,
    ) -> CompulsionSeen:
        window.compulsions += 1
        window.prevented += prevented
        if not prevented and window.gave_in_s is None:
            window.gave_in_s = window.lasted_s
        return CompulsionSeen(
            window=window.opened.window,
            what=what,
            source=source,
            latency_s=round(max(0.0, latency_s), 3),
            duration_s=None if duration_s is None else round(duration_s, 3),
            prevented=prevented,
            identifying=source == "therapist",
        )

    def _urge_after(self, lasted_s: float) -> float:
        """When the next urge is asked for, in seconds since the window was opened."""
        fixed = self._defaults.urge_at_s
        for at_s in fixed:
            if at_s > lasted_s:
                return at_s
        last, every = (fixed[-1] if fixed else 0.0), self._defaults.urge_every_s
        return last + (int((lasted_s - last) // every) + 1) * every
