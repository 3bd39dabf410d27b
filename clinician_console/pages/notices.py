"""Alarms with their cause, age and what to do; the last command's answer; the open question."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.core.snapshot import Alarm
from clinician_console.pages.controls import scene_of
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.words import Words

NOT_SENT_S = 8.0
COURSE = frozenset({"answer_check", "override", "answer_proposal"})
"""Commands whose details are ids that tell nobody anything."""


class Notices:
    """Alarm on the left, the last command or the open question on the right. Both keep their room when empty."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with Box("notices"):
            with Box("notice alarm", role="alert") as self._alarm:
                Say("shape", aria_hidden="true")
                with Box("alarm-lines"):
                    with Box("alarm-first"):
                        self._what, self._more = Say("alarm-what"), Say("alarm-more")
                    self._todo = Say("alarm-todo")
            with Box("notice answer", aria_live="polite") as self._answer:
                Say("shape", aria_hidden="true")
                self._text = Say("answer-text")
                self._yes = Press(desk.confirm, "small confirm", id="confirm-yes")
                self._no = Press(desk.cancel, "small", id="confirm-no")

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._show_alarm(now, words)
        question = self._desk.question
        self._answer.mark_as(question=question is not None)
        self._yes.say(words("confirm.yes"))
        self._no.say(words("confirm.no"))
        if question is not None:
            self._answer.attribute("data-level", "warning")
            self._text.say(question.text(words))
            return
        level, text = self._last(now, words)
        self._answer.attribute("data-level", level)
        self._text.say(text)

    def _show_alarm(self, now: Snapshot, words: Words) -> None:
        if not now.alarms:
            self._alarm.attribute("data-level", "ok")
            self._what.say(words("alarm.none"))
            self._todo.say("")
            self._more.say("")
            return
        worst, *others = now.alarms
        self._alarm.attribute("data-level", worst.severity)
        what, todo = (
            _cause(worst, words),
            words.known(f"alarm.{worst.key}.todo", worst.remedy or worst.detail),
        )
        if worst.demand:
            todo = f"{words.known(f'alarm.demand_{worst.demand}', '')} {todo}".strip()
        if worst.expected:
            todo = f"{words(f'alarm.expected_{worst.expected}')} {todo}"
        also = ", ".join(_cause(alarm, words) for alarm in others)
        self._what.say(what)
        self._todo.say(todo)
        self._more.say(words("alarm.also", others=also) if also else "")
        self._alarm.attribute("title", f"{what}. {todo} {worst.detail}".strip())

    def _last(self, now: Snapshot, words: Words) -> tuple[str, str]:
        if self._desk.not_sent and self._desk.clock() - self._desk.not_sent[1] < NOT_SENT_S:
            return "danger", words("command.not_sent", why=self._desk.not_sent[0])
        if self._desk.hint and self._desk.clock() - self._desk.hint[1] < NOT_SENT_S:
            text = self._desk.hint[0]
            return "warning", text[:1].upper() + text[1:]
        if not now.commands:
            return "idle", words("keys.list")
        command = now.commands[0]
        detail = command.detail
        scene = scene_of(now)
        if scene and command.kind == "set_parameter" and (parameter := scene.parameter(detail)):
            detail = parameter.name.in_language(words.language)
        if scene and command.kind == "fire_trigger" and (trigger := scene.trigger(detail)):
            detail = trigger.name.in_language(words.language)
        if command.kind == "mark":
            detail = words.known(f"mark.{detail}", detail)
        elif command.kind in COURSE:
            detail = ""
        if command.kind == "end":
            detail = words.known(f"phase.{detail}", detail)
        kind = words.known(f"command.kind.{command.kind}", command.kind)
        what = f"{kind} {detail}".strip()
        text = words("command.line", what=what, answer=words(f"command.{command.word}"))
        if command.reason:
            text += f". {words.known(f'refusal.{command.reason.value}', command.message)}"
        level = {"accepted": "ok", "refused": "warning", "unknown": "warning"}.get(command.word, "idle")
        return level, text


def _cause(alarm: Alarm, words: Words) -> str:
    """What it is and for how long."""
    what = words.known(f"alarm.{alarm.key}.what", alarm.key)
    if alarm.key == "held" and alarm.detail:
        cause = words.known(f"alarm.{alarm.detail}.what", alarm.detail)
        what = words("command.line", what=what, answer=cause)
    return what if alarm.age_s is None else f"{what} {words('alarm.since', age=words.age(alarm.age_s))}"
