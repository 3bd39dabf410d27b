"""States with their ages, alarms with what to do, the last command's answer, the open question, the gauges."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.pages.controls import scene_of
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Press, Say
from clinician_console.words import DASH, Words
from vr_runtime.protocol.words import Phase

NOT_SENT_S = 8.0
HEART_STALE_S = 5.0


class TopBar:
    """Where the session stands, in words."""

    def __init__(self) -> None:
        with Box("session-state"):
            self._phase = Say("phase")
            with Box("phase-lines"):
                self._step = Say("phase-step")
                self._time = Say("phase-time")
            self._practice = Say("practice")

    def refresh(self, now: Snapshot, words: Words) -> None:
        telemetry = now.telemetry
        phase = Phase.CLOSED if now.ended else telemetry.phase if telemetry else None
        self._phase.say(words(f"phase.{phase.value if phase else 'none'}"))
        self._phase.attribute("data-phase", phase.value if phase else "none")
        total = len(now.plan.steps) if now.plan else 0
        lines = ["", ""]
        if telemetry and now.clock_s is not None and not now.ended:
            step = words("top.step_of", step=telemetry.step, total=total)
            lines[0] = step if telemetry.step else words("top.no_step")
            if telemetry.held:
                lines[0] += f" · {words('top.held')}"
            since = words.clock(now.clock_s - now.phase_since_s)
            lines[1] = words("top.in_phase", time=since)
            if phase == Phase.EXPOSURE and now.step_since_s is not None:
                lines[1] = words("top.on_step", time=words.clock(now.clock_s - now.step_since_s))
            lines[1] += f" · {words('top.session', time=words.clock(now.clock_s))}"
        self._step.say(lines[0])
        self._time.say(lines[1])
        self._practice.say(words("app.practice") if now.practice else "")
        self._practice.attribute("title", words("app.practice_hint") if now.practice else None)


class Chips:
    """Link, tracking, heart, record, frames: each a shape, a word and an age; colour only repeats them."""

    NAMES = ("link", "tracking", "heart", "record", "frames")

    def __init__(self) -> None:
        self._labels: dict[str, Say] = {}
        self._words: dict[str, Say] = {}
        self._boxes: dict[str, Box] = {}
        with Box("chips", role="status"):
            for name in self.NAMES:
                with Box("chip", id=f"chip-{name}") as box:
                    Say("shape", aria_hidden="true")
                    with Box("chip-lines"):
                        self._labels[name] = Say("chip-name")
                        self._words[name] = Say("chip-word")
                self._boxes[name] = box

    def refresh(self, now: Snapshot, words: Words) -> None:
        for name in self.NAMES:
            level, text = self._judge(name, now, words)
            self._labels[name].say(words(f"chip.{name}"))
            self._words[name].say(text)
            self._boxes[name].attribute("data-level", level)

    def _judge(self, name: str, now: Snapshot, words: Words) -> tuple[str, str]:
        """(ok, warning, danger or unknown; the words for it)."""
        if name == "link":
            return self._link(now, words)
        telemetry = now.telemetry
        if telemetry is None or not now.live:
            return "unknown", words("chip.unknown")
        match name:
            case "tracking":
                if not telemetry.headset_on:
                    return "danger", words("chip.headset_off")
                return (
                    ("ok", words("chip.tracking_ok"))
                    if telemetry.tracking
                    else ("danger", words("chip.tracking_lost"))
                )
            case "heart":
                heart = telemetry.heart
                if heart.source in ("none", "") or heart.age_s is None:
                    return "unknown", words("chip.heart_none")
                age = heart.age_s + (now.telemetry_age_s or 0.0)
                if age > HEART_STALE_S:
                    return "warning", words("chip.heart_stale", age=words.age(age))
                return "ok", words("chip.heart_ok", source=_source(heart.source, words), age=words.age(age))
            case "record":
                return self._record(now, words)
            case _:
                frames = telemetry.frames
                share = frames.late / frames.total if frames.total else 0.0
                rate = words("chip.frames_ok", rate=words.number(frames.rate_hz))
                if share > 0.02:
                    return "warning", f"{rate}, {words('chip.frames_late', late=frames.late)}"
                return "ok", rate

    def _link(self, now: Snapshot, words: Words) -> tuple[str, str]:
        link = now.link
        if now.ended:
            return "unknown", words("phase.closed")
        if link.word == "connected":
            if not link.lease_mine:
                return "warning", words("chip.watching")
            return "ok", words("chip.link_ok", ms=words.number(link.round_trip_ms, 1))
        if link.word == "silent":
            return "danger", words("chip.link_silent", age=words.age(link.age_s))
        return ("unknown" if link.word == "waiting" else "danger"), words(f"chip.link_{link.word}")

    def _record(self, now: Snapshot, words: Words) -> tuple[str, str]:
        assert now.telemetry is not None
        record = now.telemetry.record
        if record.failed:
            return "danger", words("chip.record_failed")
        if record.age_s > 1.0:
            return "warning", words("chip.record_old", age=words.age(record.age_s))
        if now.copy.failed:
            return "warning", words("chip.copy_failed")
        if now.copy.behind > 20:
            return "warning", words("chip.record_behind", behind=now.copy.behind)
        return "ok", words("chip.record_ok", seq=record.committed_seq)


class Notices:
    """Alarm on the left, the last command or the open question on the right. Both keep their room when empty."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        with Box("notices"):
            with Box("notice alarm", role="alert") as self._alarm:
                Say("shape", aria_hidden="true")
                self._what, self._todo, self._more = Say("alarm-what"), Say("alarm-todo"), Say("alarm-more")
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
        worst = now.alarms[0]
        self._alarm.attribute("data-level", worst.severity)
        what = words.known(f"alarm.{worst.key}.what", worst.key)
        if worst.age_s is not None:
            what += f" {words('alarm.since', age=words.age(worst.age_s))}"
        todo = words.known(f"alarm.{worst.key}.todo", worst.detail)
        if worst.demand:
            todo = f"{words.known(f'alarm.demand_{worst.demand}', '')} {todo}".strip()
        self._what.say(what)
        self._todo.say(todo)
        self._alarm.attribute("title", f"{what}. {todo} {worst.detail}".strip())
        self._more.say(words("alarm.more", count=len(now.alarms) - 1) if len(now.alarms) > 1 else "")

    def _last(self, now: Snapshot, words: Words) -> tuple[str, str]:
        if self._desk.not_sent and self._desk.clock() - self._desk.not_sent[1] < NOT_SENT_S:
            return "danger", words("command.not_sent", why=self._desk.not_sent[0])
        if not now.commands:
            return "idle", words("command.none")
        command = now.commands[0]
        detail = command.detail
        scene = scene_of(now)
        if scene and command.kind == "set_parameter" and (parameter := scene.parameter(detail)):
            detail = parameter.name.in_language(words.language)
        if scene and command.kind == "fire_trigger" and (trigger := scene.trigger(detail)):
            detail = trigger.name.in_language(words.language)
        if command.kind == "end":
            detail = words.known(f"phase.{detail}", detail)
        kind = words.known(f"command.kind.{command.kind}", command.kind)
        text = f"{kind} {detail}".strip() + f": {words(f'command.{command.word}')}"
        if command.reason:
            text += f". {words.known(f'refusal.{command.reason.value}', command.message)}"
        level = {"accepted": "ok", "refused": "warning", "unknown": "warning"}.get(command.word, "idle")
        return level, text


class Gauges:
    """The five figures under the patient's view."""

    NAMES = ("distance", "angle", "heart", "suds", "intensity")

    def __init__(self) -> None:
        self._names: dict[str, Say] = {}
        self._values: dict[str, Say] = {}
        self._notes: dict[str, Say] = {}
        self._boxes: dict[str, Box] = {}
        with Box("gauges"):
            for name in self.NAMES:
                with Box(f"gauge {name}") as box:
                    self._names[name] = Say("gauge-name")
                    with Box("gauge-line"):
                        self._values[name] = Say("gauge-value")
                        self._notes[name] = Say("gauge-note")
                    Box("gauge-bar")
                self._boxes[name] = box

    def refresh(self, now: Snapshot, words: Words) -> None:
        telemetry = now.telemetry if now.live else None
        scene = scene_of(now)
        nearest = (
            min(telemetry.stimuli, key=lambda one: one.distance_m)
            if telemetry and telemetry.stimuli
            else None
        )
        kind = (
            next((one for one in scene.stimuli if nearest and one.id == nearest.id), None) if scene else None
        )
        name = kind.name.in_language(words.language) if kind else ""
        self._show("distance", words("view.distance", name=name) if name else words("view.distance_none"),
                   words.number(nearest.distance_m, 2) if nearest else DASH,
                   "m" if nearest else "", min(1.0, nearest.distance_m / 3.0) if nearest else 0.0)  # fmt: skip
        self._boxes["distance"].mark_as(near=bool(nearest and kind and nearest.distance_m < kind.near_m))
        self._show("angle", words("view.angle"), words.number(nearest.angle_deg) if nearest else DASH,
                   words("view.angle_unit") if nearest else "", min(1.0, nearest.angle_deg / 180) if nearest else 0.0)  # fmt: skip
        heart = telemetry.heart if telemetry else None
        fresh = heart is not None and heart.bpm is not None and (heart.age_s or 0.0) <= HEART_STALE_S
        note = words("view.heart_unit") if fresh else ""
        self._show("heart", words("view.heart"), words.number(heart.bpm) if heart and fresh else DASH, note,
                   min(1.0, max(0.0, ((heart.bpm or 40) - 40) / 120)) if heart and fresh else 0.0)  # fmt: skip
        age = (
            words("view.suds_age", age=words.age(now.last_rating_age_s))
            if now.last_rating is not None
            else ""
        )
        self._show(
            "suds", words("view.suds"), words.number(now.last_rating), age, (now.last_rating or 0.0) / 100
        )
        level = telemetry.intensity if telemetry else 0.0
        self._show("intensity", words("view.intensity"), words.number(level * 100) if telemetry else DASH,
                   "%" if telemetry else "", level)  # fmt: skip

    def _show(self, name: str, title: str, value: str, note: str, share: float) -> None:
        self._names[name].say(title)
        self._values[name].say(value)
        self._notes[name].say(note)
        self._boxes[name].look("--share", f"{share:.3f}")


def _source(name: str, words: Words) -> str:
    """A heart source such as ``file:rest.txt``, by the word for its kind."""
    return words.known(f"source.{name.partition(':')[0]}", name)
