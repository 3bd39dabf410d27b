"""Where the session stands, the states with their ages, the gauges."""

from __future__ import annotations

from clinician_console.core import Snapshot
from clinician_console.pages.controls import scene_of
from clinician_console.pages.elements import Box, Say
from clinician_console.pages.view import standing
from clinician_console.words import DASH, Words
from vr_runtime.protocol.words import Phase

HEART_STALE_S = 5.0
LATE_SHARE = 0.02


class TopBar:
    """Where the session stands, in words."""

    def __init__(self) -> None:
        with Box("session-state"):
            self._phase = Say("phase")
            with Box("phase-lines"):
                self._step = Say("phase-step")
                self._time = Say("phase-time")

    def refresh(self, now: Snapshot, words: Words) -> None:
        telemetry = now.telemetry
        phase = Phase.CLOSED if now.ended else telemetry.phase if telemetry else None
        lost = standing(now) == "lost"
        # A lost link is told first: the phase shown would be the last one heard, not the present one.
        word = phase.value if phase else "starting" if now.link.word == "connected" else "none"
        self._phase.say(words("phase.lost" if lost else f"phase.{word}"))
        self._phase.attribute("data-phase", "lost" if lost else phase.value if phase else "none")
        self._step.say(self._where(now, phase, words))
        self._time.say(self._how_long(now, phase, words))

    def _where(self, now: Snapshot, phase: Phase | None, words: Words) -> str:
        telemetry, plan = now.telemetry, now.plan
        if telemetry is None or plan is None or phase is None or now.ended:
            return ""
        if standing(now) == "lost":
            return words(
                "top.last_known",
                phase=words(f"phase.{phase.value}"),
                step=telemetry.step,
                total=len(plan.steps),
            )
        if not 1 <= telemetry.step <= len(plan.steps):
            return words("top.no_step")
        name = plan.steps[telemetry.step - 1].name.in_language(words.language)
        return words("top.step_of", step=telemetry.step, total=len(plan.steps), name=name)

    def _how_long(self, now: Snapshot, phase: Phase | None, words: Words) -> str:
        telemetry = now.telemetry
        if telemetry is None or now.clock_s is None or now.ended:
            return ""
        session = words("top.session", time=words.clock(now.clock_s))
        if standing(now) == "lost":
            return session
        if telemetry.held or (phase == Phase.SAFE_PLACE and now.held_by):
            cause = now.held_by or next((alarm.cause.value for alarm in telemetry.alarms), "")
            why = words.known(f"alarm.{cause}.what", cause)
            first = words("top.held_because", why=why) if why else words("top.held")
        elif phase == Phase.EXPOSURE and now.step_since_s is not None:
            first = words("top.on_step", time=words.clock(telemetry.clocks.step_s))
        else:
            first = words("top.in_phase", time=words.clock(now.clock_s - now.phase_since_s))
        return f"{first} · {session}"


class Chips:
    """Link, tracking, heart, record, frames: each a shape, a word and an age; colour only repeats them."""

    NAMES = ("link", "tracking", "heart", "record", "frames")

    def __init__(self) -> None:
        self._labels: dict[str, Say] = {}
        self._ages: dict[str, Say] = {}
        self._words: dict[str, Say] = {}
        self._boxes: dict[str, Box] = {}
        with Box("chips", role="status"):
            for name in self.NAMES:
                with Box("chip", id=f"chip-{name}") as box:
                    Say("shape", aria_hidden="true")
                    self._labels[name] = Say("chip-name")
                    self._ages[name] = Say("chip-age")
                    self._words[name] = Say("chip-word")
                self._boxes[name] = box

    def refresh(self, now: Snapshot, words: Words) -> None:
        for name in self.NAMES:
            level, text, age_s = self._judge(name, now, words)
            self._labels[name].say(words(f"chip.{name}"))
            self._ages[name].say(words.age(age_s) if age_s is not None else "")
            self._words[name].say(text)
            self._words[name].attribute("title", text)
            self._boxes[name].attribute("data-level", level)
            self._boxes[name].attribute("title", words(f"chip.{name}_age"))

    def _judge(self, name: str, now: Snapshot, words: Words) -> tuple[str, str, float | None]:
        """(ok, warning, danger or unknown; the words for it; the age in seconds)."""
        if name == "link":
            return *self._link(now, words), now.link.age_s
        telemetry, since = now.telemetry, now.telemetry_age_s or 0.0
        if telemetry is None or not now.live:
            return "unknown", words("chip.unknown"), now.telemetry_age_s if not now.ended else None
        match name:
            case "tracking":
                word = "headset_off" if not telemetry.headset_on else "tracking_lost"
                if telemetry.headset_on and telemetry.tracking:
                    return "ok", words("chip.tracking_ok"), since
                return "danger", words(f"chip.{word}"), since
            case "heart":
                heart = telemetry.heart
                if heart.source in ("none", "") or heart.age_s is None:
                    return "unknown", words("chip.heart_none"), None
                age = heart.age_s + since
                if age > HEART_STALE_S:
                    return "warning", words("chip.heart_stale"), age
                return "ok", _source(heart.source, words), age
            case "record":
                return *self._record(now, words), telemetry.record.age_s + since
            case _:
                frames = telemetry.frames
                share = frames.late / frames.total if frames.total else 0.0
                rate = words("chip.frames_ok", rate=words.number(frames.rate_hz))
                if share > LATE_SHARE:
                    late = words("chip.frames_late", share=words.number(share * 100))
                    return "warning", late, now.link.frame_age_s
                return "ok", rate, now.link.frame_age_s

    def _link(self, now: Snapshot, words: Words) -> tuple[str, str]:
        link = now.link
        if now.ended:
            return "unknown", words("phase.closed")
        if link.word == "connected":
            if not link.lease_mine:
                return "warning", words("chip.watching")
            return "ok", words("chip.link_connected")
        if link.word == "silent":
            return "danger", words("chip.link_silent")
        return ("unknown" if link.word == "waiting" else "danger"), words(f"chip.link_{link.word}")

    def _record(self, now: Snapshot, words: Words) -> tuple[str, str]:
        assert now.telemetry is not None
        record = now.telemetry.record
        if record.failed:
            return "danger", words("chip.record_failed")
        if record.age_s > 1.0:
            return "warning", words("chip.record_late")
        if now.copy.failed:
            return "warning", words("chip.copy_failed")
        if now.copy.behind > 20:
            return "warning", words("chip.record_behind")
        return "ok", words("chip.record_ok")


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
        self._names[name].attribute("title", title)
        self._values[name].say(value)
        self._notes[name].say(note)
        self._boxes[name].look("--share", f"{share:.3f}")


def _source(name: str, words: Words) -> str:
    """A heart source such as ``file:rest.txt``, by the word for its kind."""
    return words.known(f"source.{name.partition(':')[0]}", name)
