"""Session actions, ratings, triggers and the note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from clinician_console.core import Snapshot
from clinician_console.pages.checks import open_gaps
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.pages.rating import RatingEntry
from clinician_console.words import Words
from vr_runtime.protocol.answers import ParameterState
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    AskRating,
    End,
    FireTrigger,
    Note,
    Pause,
    Rating,
    Recentre,
    Release,
    Resume,
    SafePlace,
    Start,
)
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest
from vr_runtime.protocol.files.plan import SAFE_PLACE
from vr_runtime.protocol.words import Phase

OPEN = frozenset(Phase) - {Phase.CLOSED}
RUNNING = frozenset({Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE})

ACTIONS: tuple[tuple[str, str, Callable[[], AnyCommandBody], frozenset[Phase]], ...] = (
    ("pause", "P", Pause, frozenset({Phase.EXPOSURE})),
    ("safe_place", "S", SafePlace, RUNNING | {Phase.RECOVERY, Phase.DEBRIEF}),
    ("resume", "", Resume, frozenset({Phase.PAUSED, Phase.SAFE_PLACE, Phase.EXPOSURE})),
    ("start", "", Start, frozenset({Phase.SETUP})),
    ("release", "", Release, frozenset({Phase.STOPPED})),
    ("recentre", "", Recentre, OPEN),
    ("recovery", "", partial(End, to=Phase.RECOVERY), RUNNING),
    ("debrief", "", partial(End, to=Phase.DEBRIEF), RUNNING | {Phase.RECOVERY}),
    ("close", "", partial(End, to=Phase.CLOSED), OPEN),
)
"""Id of the button, its key, what it sends, the phases in which it makes sense (the runtime decides)."""

ASK_FIRST = frozenset({"release", "close"})
BIG = frozenset({"pause", "safe_place", "resume"})
WAYS_ON = {Phase.STOPPED: "release", Phase.SETUP: "start"}
"""The one way on in a phase; that button stands out, in its own place. A pause and the safe place urge to nothing."""


class Actions:
    """Each button has its own place and keeps it: no button ever becomes another one under the pointer."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._buttons: dict[str, Press] = {}
        self._words: dict[str, Say] = {}
        with Box("panel actions", "section"):
            for name, key, make, _phases in ACTIONS:
                with Press(
                    partial(self.press, name, make),
                    f"action {'big' if name in BIG else 'small'} {name}",
                    id=name,
                ) as button:
                    self._words[name] = Say("action-word")
                    if key:
                        Say("key", key)
                self._buttons[name] = button

    def press(self, name: str, make: Callable[[], AnyCommandBody]) -> None:
        gaps = open_gaps(self._desk.now) if name == "start" else ()
        if gaps:
            first = gaps[0].text.in_language(self._desk.words.language)
            self._desk.say_no(self._desk.words("checks.start_wants", count=len(gaps), first=first))
        elif name in ASK_FIRST:
            self._desk.ask(lambda words: words(f"confirm.{name}"), make())
        else:
            self._desk.do(make())

    def key(self, name: str) -> None:
        if self._buttons[name].allowed:
            self.press(name, next(make for one, _, make, _ in ACTIONS if one == name))

    def refresh(self, now: Snapshot, words: Words) -> None:
        held = bool(now.telemetry and now.telemetry.held)
        for name, _key, _make, phases in ACTIONS:
            gaps = len(open_gaps(now)) if name == "start" else 0
            self._words[name].say(words("checks.start_open", count=gaps) if gaps else words(f"action.{name}"))
            allowed = self._desk.live and self._desk.phase in phases
            if name == "resume" and self._desk.phase == Phase.EXPOSURE:
                allowed = allowed and held
            self._buttons[name].allow(allowed)
            self._buttons[name].mark_as(
                way_on=allowed and not gaps and WAYS_ON.get(self._desk.phase or Phase.CLOSED) == name
            )


class Ratings:
    """Distress from 0 to 100: two strokes on the keyboard, or two taps."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.entry = RatingEntry()
        with Box("panel ratings", "section"):
            with Box("panel-head"):
                self._title = Say("panel-title", tag="h2")
                self._ask = Press(lambda: desk.do(AskRating()), "small ask", id="ask-rating")
            with Box("keypad"):
                self._shown = Say("rating-entry", aria_live="polite")
                self._digits = [
                    Press(partial(self.stroke, digit), "digit", str(digit))
                    for digit in (1, 2, 3, 4, 5, 6, 7, 8, 9, 0)
                ]
                self._hundred = Press(lambda: self._give(self.entry.hundred()), "digit hundred")
            self._hint = Say("hint")

    def stroke(self, digit: int) -> None:
        if self._desk.live:
            self._give(self.entry.stroke(digit, self._desk.clock()))

    def enter(self) -> None:
        self._give(self.entry.enter())

    def cancel(self) -> None:
        self.entry.cancel()

    def _give(self, value: int | None) -> None:
        if value is not None:
            self._desk.do(Rating(raw=float(value)))

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._give_waiting()
        digits = self.entry.digits
        self._title.say(words("rating.title"))
        prompt = now.telemetry.prompt if now.telemetry else None
        if prompt and now.clock_s is not None:
            left = max(0.0, prompt.until_ns / 1e9 - now.clock_s)
            self._ask.say(words("rating.asked", time=words.clock(left)))
        else:
            self._ask.say(words("rating.ask"))
        self._ask.allow(self._desk.live and prompt is None)
        last = words.number(now.last_rating)
        age = words("view.suds_age", age=words.age(now.last_rating_age_s))
        self._shown.attribute("title", age if now.last_rating is not None else None)
        self._shown.say(words("rating.pending", digits=digits) if digits else last)
        self._shown.mark_as(pending=bool(digits))
        self._hundred.say(words("rating.hundred"))
        self._hint.say(words("rating.hint"))
        for button in (*self._digits, self._hundred):
            button.allow(self._desk.live)

    def _give_waiting(self) -> None:
        value = self.entry.tick(self._desk.clock())
        if value is not None and self._desk.live:
            self._desk.send(Rating(raw=float(value)))


class Triggers:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._scene: SceneManifest | None = None
        self._buttons: dict[str, Press] = {}
        with Box("triggers") as self._box:
            self._title = Say("panel-title", tag="h2")
            self._row = Box("trigger-row")

    def refresh(self, now: Snapshot, words: Words) -> None:
        scene = scene_of(now)
        if scene != self._scene:
            self._scene = scene
            self._row.clear()
            self._box.mark_as(many=scene is not None and len(scene.triggers) > 2)
            with self._row:
                self._buttons = {
                    trigger.id: Press(partial(self._fire, trigger.id), "trigger", id=f"trigger-{trigger.id}")
                    for trigger in (scene.triggers if scene else ())
                }
        self._title.say(words("trigger.title") if self._buttons else "")
        for trigger in scene.triggers if scene else ():
            button = self._buttons[trigger.id]
            button.say(trigger.name.in_language(words.language))
            button.allow(self._desk.live and self._desk.phase == Phase.EXPOSURE)

    def _fire(self, trigger: str) -> None:
        self._desk.do(FireTrigger(trigger=trigger))


class NoteLine:
    """A free text or, left empty, a bare mark. The text goes to the server when Enter is pressed, not before."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with Box("note-line"):
            self._field = Box(
                "note-field", "input", type="text", id="note", maxlength="400", autocomplete="off"
            )
            self._save = Say("press small", tag="button", type="button", id="note-save")
        self._field.on(
            "keydown",
            lambda event: self._take(str(event.args)),
            js_handler="(e) => { if (e.key === 'Enter' && !e.repeat) { emit(e.target.value); e.target.value = ''; } }",
        )
        self._save.on(
            "click",
            lambda event: self._take(str(event.args)),
            js_handler="(e) => { const f = document.getElementById('note'); emit(f.value); f.value = ''; }",
        )

    def _take(self, text: str) -> None:
        if self._desk.live:
            self._desk.do(Note(text=text.strip() or self._desk.words("note.mark")))

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._field.attribute("placeholder", words("note.placeholder"))
        self._field.attribute("aria-label", words("note.label"))
        self._save.say(words("note.send"))


def scene_of(now: Snapshot) -> SceneManifest | None:
    """The manifest of the exposure scene that is played, or that the plan's first step will play."""
    if now.plan is None:
        return None
    wanted = now.telemetry.scene if now.telemetry else ""
    wanted = wanted or now.plan.steps[0].scene
    return next((scene for scene in now.scenes if scene.id == wanted), None)


class Turnable(NamedTuple):
    """What the panel of parameters shows."""

    scene: SceneManifest | None
    parameters: tuple[NumberParameter | ChoiceParameter, ...]
    states: Mapping[str, ParameterState]
    of_safe_place: bool = False


def turnable(now: Snapshot) -> Turnable:
    """The parameters of the exposure scene; while the patient is in the safe place its own, as far as they are neither
    harder nor easier."""
    if now.telemetry is not None and now.telemetry.phase is Phase.SAFE_PLACE:
        calm = next((scene for scene in now.scenes if scene.id == SAFE_PLACE), None)
        own = tuple(item for item in calm.parameters if item.harder == "neither") if calm else ()
        if own and now.telemetry.safe_place:
            return Turnable(calm, own, now.telemetry.safe_place, True)
    scene = scene_of(now)
    states = now.telemetry.parameters if now.telemetry else {}
    return Turnable(scene, scene.parameters if scene else (), states)
