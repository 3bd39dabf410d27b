"""Escape: how long after a stimulus was shown the patient got away from it, and how (docs/measures.md).

Whoever gets away makes the stimulus vanish: the stop comes a moment before its end, the safe place a moment after it.
So an onset that has ended waits a bounded time for its cause before it is called censored. What is hidden for a moment
has not gone: a blink that moves the viewpoint, or a step that changes what is shown, is no onset.
"""

from __future__ import annotations

import math

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment, Seen
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Pose

DEFINITIONS = {
    "escape_latency": Definition(
        "s",
        "head",
        "escape/2",
        ("escape_zone_m", "escape_zone_s", "escape_wait_s", "onset_hidden_s", "jump_m_s"),
        "each onset of a stimulus",
    ),
}

ZONE = "zone"
OWN_SHARE = 0.5
"""So much of the distance gained the head's own way has to explain; what drives off by itself is not fled from."""


class _Onset:
    """One stimulus since it was shown."""

    def __init__(self, t_ns: int) -> None:
        self.onset_ns = t_ns
        self.last_ns = t_ns
        self.seen_s = 0.0
        self.tracked_s = 0.0
        self.start: tuple[float, float, float] | None = None
        """Distance and place of the head in the first frame in which it was tracked."""
        self.before_m = 0.0
        self.before_ns = t_ns
        """The last frame in which distance and head were known."""
        self.out_ns: int | None = None
        """Since when the head has been beyond the zone."""
        self.told = False
        self.left = False
        """The patient got away from the scene: what is shown after it has gone is another onset."""

    @property
    def quality(self) -> float:
        return self.tracked_s / self.seen_s if self.seen_s > 0.0 else 0.0


class _Over:
    """An onset that has ended and whose cause may still come. ``step_ns``: begin of the step that it ended in."""

    def __init__(self, name: str, onset: _Onset, t_ns: int, step: int, step_ns: int) -> None:
        self.name, self.onset, self.t_ns, self.step, self.step_ns = name, onset, t_ns, step, step_ns
        self.back = True
        """It may come back, and has not gone then: the scene is still the one that is there."""


class Escape:
    """Of all stimuli of a scene. An onset is the first frame in which a stimulus is shown; it gives one marker, however
    many steps it is shown for."""

    def __init__(self, settings: Settings) -> None:
        self._zone_m = settings.escape_zone_m
        self._zone_ns = round(settings.escape_zone_s * 1e9)
        self._wait_ns = round(settings.escape_wait_s * 1e9)
        self._hidden_ns = round(settings.onset_hidden_s * 1e9)
        self._jump_m_s = settings.jump_m_s
        self._onsets: dict[str, _Onset] = {}
        self._over: list[_Over] = []
        self._step = -1
        self._step_ns = 0
        self._t_off_ns = 0

    def begin_step(self) -> None:
        """A step is no onset: what is shown goes on being shown."""

    def leave_scene(self) -> None:
        """What has ended goes on waiting: the safe place is another scene. Nothing of this one comes back."""
        self._close(self._t_off_ns)
        for over in self._over:
            over.back = False

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns = moment.t_ns
        if moment.step != self._step:
            self._step, self._step_ns = moment.step, t_ns
        if self._over:
            self._resolve(moment, out)
        onsets = self._onsets
        if moment.exposed:
            for one in moment.seen:
                onset = onsets.get(one.id)
                if onset is None:
                    if not one.visible:
                        continue
                    onset = onsets[one.id] = _Onset(t_ns)
                elif t_ns < onset.last_ns:
                    continue
                onset.last_ns = t_ns
                onset.seen_s += moment.dt_s
                if not onset.told:
                    self._follow(onset, one, moment, out)
        if moment.left and onsets:
            for name, onset in onsets.items():
                onset.left = True
                self._tell(name, onset, max(t_ns, onset.onset_ns), moment.left, onset.quality, out)
        if not moment.exposed and onsets:
            self._close(t_ns)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        """Nothing is over yet; where the scene is left, it is from now on."""
        self._t_off_ns = t_off_ns

    def finish(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        self._close(t_off_ns)
        for over in self._over:
            self._censor(over, out)
        self._over.clear()

    def _close(self, t_ns: int) -> None:
        for name, onset in self._onsets.items():
            if not onset.left:
                self._over.append(_Over(name, onset, max(t_ns, onset.onset_ns), self._step, self._step_ns))
        self._onsets.clear()

    def _resolve(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        left, t_ns = moment.left, moment.t_ns
        waiting: list[_Over] = []
        shown = {one.id for one in moment.seen if one.visible} if moment.exposed else set[str]()
        for over in self._over:
            gone_ns = t_ns - over.t_ns
            if left:
                self._tell(over.name, over.onset, over.t_ns, left, over.onset.quality, out, over)
            elif over.back and over.name in shown and 0 <= gone_ns <= self._hidden_ns:
                self._onsets.setdefault(over.name, over.onset)
            elif shown or not 0 <= gone_ns <= self._wait_ns:
                self._censor(over, out)
            else:
                waiting.append(over)
        self._over = waiting

    def _censor(self, over: _Over, out: list[tuple[str, Found]]) -> None:
        self._tell(over.name, over.onset, over.t_ns, "censored", over.onset.quality, out, over)

    def _follow(self, onset: _Onset, one: Seen, moment: Moment, out: list[tuple[str, Found]]) -> None:
        """One frame of a stimulus that is shown: has the head left the zone in which it began?"""
        head, t_ns = moment.head, moment.t_ns
        distance = one.distance_m
        if head is None or math.isnan(distance):
            onset.out_ns = None
            return
        onset.tracked_s += moment.dt_s
        start = onset.start
        if start is None:
            start = onset.start = (distance, head.x, head.y)
        else:
            jump = distance - onset.before_m
            if abs(jump) > self._jump_m_s * (t_ns - onset.before_ns) / 1e9:
                # the viewpoint or the stimulus was moved: the zone moves with it, and the way is counted anew
                start = onset.start = (start[0] + jump, head.x, head.y)
                onset.out_ns = None
        onset.before_m, onset.before_ns = distance, t_ns
        gained = distance - start[0]
        if gained <= self._zone_m or moment.dt_s <= 0.0:
            onset.out_ns = None
            return
        own = _way(start, head) / gained
        if own < OWN_SHARE:
            onset.out_ns = None
            return
        if onset.out_ns is None:
            onset.out_ns = t_ns
        if t_ns - onset.out_ns >= self._zone_ns:
            quality = min(1.0, own) * onset.quality
            self._tell(one.id, onset, onset.out_ns, ZONE, quality, out)

    def _tell(
        self,
        name: str,
        onset: _Onset,
        t_ns: int,
        cause: str,
        quality: float,
        out: list[tuple[str, Found]],
        over: _Over | None = None,
    ) -> None:
        """``over``: it had ended before, perhaps in another step."""
        if onset.told:
            return
        onset.told = True
        step, step_ns = (self._step, self._step_ns) if over is None else (over.step, over.step_ns)
        since_step_s = max(0, t_ns - max(onset.onset_ns, step_ns)) / 1e9
        more = ((cause, 1.0), ("since_step_s", round(since_step_s, 3)))
        latency_s = (t_ns - onset.onset_ns) / 1e9
        out.append((name, Found("escape_latency", onset.onset_ns, t_ns, latency_s, quality, more, step)))


def _way(start: tuple[float, float, float], head: Pose) -> float:
    return math.hypot(head.x - start[1], head.y - start[2])
