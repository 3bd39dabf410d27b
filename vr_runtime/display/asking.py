"""The patient's answer to the therapist's question: where the panel stands, where its marker is, when it is answered.

Pure: time, the open prompt and what the patient does go in; the panel to show and answers come out. Nothing but an
open prompt (the therapist's ``ask_rating``) shows the panel, and it is gone in the frame in which the prompt is:
answered, missed, rated by the therapist, or closed by a STOP.

No answer is marked at first, so that the marker's place suggests none; the trigger answers only when one is.
"""

from __future__ import annotations

from math import hypot, pi, remainder

from vr_runtime.display.port import Gesture
from vr_runtime.display.tracked import heading
from vr_runtime.protocol.answers import PromptState
from vr_runtime.protocol.events import PatientAnswered
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Reporter
from vr_runtime.stage.panel_layout import STEPS, Panel, answerable, placed, pointed_at, share_at

FADE_S = 0.3
DEAD_S = 0.4
"""For so long after it appeared the trigger does nothing: it may have been pulled already."""
PUSHED = 0.3
"""A stick that is pushed less far is at rest."""
REPEAT_S = 0.35
"""After its first step the marker waits so long, then it slides ..."""
SLOWEST, FASTEST = 0.15, 0.7
"""... at first by this share of the scale a second, and faster ..."""
FASTER_S = 1.2
"""... until it has slid for so long."""
LOOSE_M = 0.03
"""After the stick, pointing counts again when the hand has moved by so much on the panel."""
BESIDE = 40.0 * pi / 180.0
"""The panel comes after a head that faces further away from it than this (radians) ..."""
APART_M = 0.35
"""... or that has walked further than this."""
TURN_S, WALK_M_S = 60.0 * pi / 180.0, 0.6


class Asking:
    """The panel's logic for a session."""

    def __init__(self) -> None:
        self._prompt: PromptState | None = None
        self._answered = ""
        self._answers: list[PatientAnswered] = []
        self._now_ns = 0
        self._begin_ns = 0
        self._heading = 0.0
        self._at = (0.0, 0.0)
        self._eyes_z = 1.6
        self._share: float | None = None
        self._pushed_s: float | None = None
        self._loose_from: float | None = None
        self._pointer: tuple[float, float] | None = None

    def see(
        self, now_ns: int, prompt: PromptState | None, head: Pose, gesture: Gesture, *, shown: bool = True
    ) -> Panel | None:
        """One frame.

        Args:
            now_ns: when it began; never falling.
            prompt: the session's open prompt.
            head: in the tracked space, as is all that follows.
            gesture: what the patient does.
            shown: False while the picture is covered: what the patient does then is no answer.

        Returns:
            The panel to show, or None.
        """
        dt_s = min(0.1, (now_ns - self._now_ns) / 1e9)
        self._now_ns = now_ns
        if prompt is None or prompt.id == self._answered:
            self._prompt = None
            return None
        if self._prompt is None or self._prompt.id != prompt.id:
            self._open(prompt, head)
        self._follow(head, dt_s)
        pose = placed(self._heading, *self._at, self._eyes_z)
        age_s = (now_ns - self._begin_ns) / 1e9
        if shown:
            self._point(pose, gesture)
            self._push(gesture, dt_s)
            if gesture.select and age_s >= DEAD_S and self._share is not None:
                return self._answer(prompt, self._share)
        raw = None if self._share is None else answerable(self._share, prompt.scale)
        opacity = min(1.0, age_s / FADE_S)
        return Panel(pose, prompt.what, prompt.scale, raw, self._pointer if shown else None, opacity)

    def answers(self) -> tuple[PatientAnswered, ...]:
        """What was answered since the last call."""
        given = tuple(self._answers)
        self._answers.clear()
        return given

    def _open(self, prompt: PromptState, head: Pose) -> None:
        self._prompt, self._begin_ns = prompt, self._now_ns
        self._heading, self._at, self._eyes_z = heading(head), (head.x, head.y), head.z
        self._share = self._pushed_s = self._loose_from = self._pointer = None

    def _answer(self, prompt: PromptState, share: float) -> None:
        raw = answerable(share, prompt.scale)
        self._answers.append(PatientAnswered(prompt=prompt.id, raw=raw, reported_by=Reporter.PATIENT_HEADSET))
        self._answered, self._prompt = prompt.id, None

    def _follow(self, head: Pose, dt_s: float) -> None:
        """The panel stands still while one looks about, and comes after whoever turns or walks away from it."""
        off = remainder(heading(head) - self._heading, 2.0 * pi)
        if abs(off) > BESIDE:
            self._heading += max(-TURN_S * dt_s, min(TURN_S * dt_s, off - (BESIDE if off > 0 else -BESIDE)))
        dx, dy = head.x - self._at[0], head.y - self._at[1]
        apart = hypot(dx, dy)
        if apart > APART_M:
            share = min(WALK_M_S * dt_s, apart - APART_M) / apart
            self._at = (self._at[0] + dx * share, self._at[1] + dy * share)

    def _point(self, pose: Pose, gesture: Gesture) -> None:
        hits = [pointed_at(pose, aim) for aim in (gesture.aims.right, gesture.aims.left) if aim is not None]
        self._pointer = next((hit for hit in hits if hit is not None), None)
        if self._pointer is None:
            return
        x = self._pointer[0]
        if self._loose_from is not None and abs(x - self._loose_from) < LOOSE_M:
            return
        self._loose_from = None
        self._share = share_at(x)

    def _push(self, gesture: Gesture, dt_s: float) -> None:
        prompt = self._prompt
        assert prompt is not None
        step = STEPS[prompt.scale] / prompt.scale.top
        if gesture.steps:
            self._move(gesture.steps * step, step)
        way = gesture.stick
        if abs(way) < PUSHED:
            self._pushed_s = None
            return
        if self._pushed_s is None:
            self._pushed_s = 0.0
            self._move(step if way > 0 else -step, step)
            return
        self._pushed_s += dt_s
        sliding_s = self._pushed_s - REPEAT_S
        if sliding_s > 0.0:
            pace = SLOWEST + (FASTEST - SLOWEST) * min(1.0, sliding_s / FASTER_S)
            self._move(way * pace * dt_s, 0.0)

    def _move(self, by: float, step: float) -> None:
        """The marker by a share of the scale; with ``step`` from one value that can be answered to another. The first
        move only puts it in the middle."""
        if self._pointer is not None:
            self._loose_from = self._pointer[0]
        if self._share is None:
            self._share = 0.5
            return
        begin = round(self._share / step) * step if step else self._share
        self._share = max(0.0, min(1.0, begin + by))
