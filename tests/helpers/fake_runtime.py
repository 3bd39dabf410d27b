"""A runtime small enough to read: the console's commands go in, events and telemetry come out, time is passed in.

It keeps to the words of the protocol, not to the session's every rule; the real session has its own tests.
"""

from __future__ import annotations

import hashlib
import math
import random
from typing import NamedTuple

import numpy as np

from tests.helpers.fake_course import FakeCourse
from tests.helpers.heights_plan import CALM, HEIGHTS, PLAN, SCENES
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.answers import (
    AlarmState,
    Answer,
    FrameState,
    HeartState,
    ParameterState,
    PromptState,
    RecordState,
    StimulusState,
    Telemetry,
)
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.commands import AnyCommandBody, Command
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.files.treatments import hash_of
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.protocol.words import Phase, Place, Rated, Refusal, Reporter, Scale, StoppedBy
from vr_runtime.record import encode_chunk
from vr_runtime.record.chunks import Samples, stream_dtype

EPOCH = "epoch-of-the-fake"
FRAME_NS = 11_111_111

ALLOWED = {
    "start": {Phase.SETUP},
    "go_to_step": {Phase.BASELINE, Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE},
    "set_parameter": {Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE},
    "fire_trigger": {Phase.EXPOSURE},
    "pause": {Phase.EXPOSURE},
    "resume": {Phase.PAUSED, Phase.SAFE_PLACE},
    "release": {Phase.STOPPED},
}
PLACES = {
    Phase.EXPOSURE: Place.SCENE,
    Phase.PAUSED: Place.SCENE,
    Phase.SAFE_PLACE: Place.CALM,
    Phase.STOPPED: Place.CALM,
}


class FakeEntry(NamedTuple):
    seq: int
    t_ns: int
    kind: str
    body: bytes
    hash: bytes


class FakeRuntime:
    """``chunks``: samples are written as the record has them (numpy columns), head, hands and stimulus too."""

    def __init__(
        self,
        seed: int = 1,
        patient: str = "virtual",
        epoch: str = EPOCH,
        chunks: bool = False,
        treatment: TreatmentProtocol | None = None,
        checklist: Checklist | None = None,
    ) -> None:
        self.chunks = chunks
        self.course = FakeCourse(self, treatment, checklist)
        self.random = random.Random(seed)
        self.epoch = epoch
        self.now_ns = 0
        self.frame = 0
        self.phase = Phase.SETUP
        self.phase_ns = self.step_ns = 0
        self.step = 0
        self.highest = len(PLAN.steps)
        self.parameters: dict[str, float | str] = {}
        self.targets: dict[str, Value] = {}
        self.safe_place: dict[str, Value] = CALM.defaults()
        self.log: list[FakeEntry] = []
        self.answers: list[Answer] = []
        self.alarms: tuple[AlarmState, ...] = ()
        self.held = False
        self.ceilings: dict[str, Value] = {}
        self.prompt: PromptState | None = None
        self.answer_at_ns = 0
        self.distance = 2.5
        self.turn = 0.0
        self.fear = 0.0
        self.bpm = 72.0
        self.pending_beats: list[tuple[int, float]] = []
        self.next_beat_ns = 800_000_000
        self.chunk_ns = 250_000_000
        self._retreated_ns = 0
        self._load(PLAN.values(1, HEIGHTS))
        self.emit(
            ev.Opened(
                protocol="1.0", record_format=1, epoch=epoch, wall_utc="2026-03-02T09:30:00+00:00",
                fingerprint=ev.Fingerprint(python="3.11", numpy="2", machine="x86_64", system="Linux", palier="0.1.0"),
                seed=seed, display="headless", rate_hz=90.0, speed="real", patient=patient, heart="simulated",
                plan=PLAN, scenes=SCENES, limits=SafetyLimits(), pseudonym="P-0042", treatment=treatment,
                checklist=checklist, treatment_hash=hash_of(treatment) if treatment else "",
            )
        )  # fmt: skip

    def emit(self, body: ev.EventBody, cause: str | None = None) -> None:
        self.entry(str(body.kind), encode_event_body(body, self.frame, cause))  # type: ignore[attr-defined]

    def entry(self, kind: str, data: bytes) -> None:
        before = self.log[-1].hash if self.log else b""
        seq = len(self.log) + 1
        self.log.append(
            FakeEntry(
                seq, self.now_ns, kind, data, hashlib.sha256(before + seq.to_bytes(8, "big") + data).digest()
            )
        )

    # -------------------------------------------------------------- commands

    def hear(self, command: Command, received_ns: int | None = None) -> None:
        received = self.now_ns + 2_000_000 if received_ns is None else received_ns
        self.emit(ev.CommandReceived(command=command, received_ns=received, console="test"))
        refusal, message = self._refusal(command.body)
        accepted = refusal is None
        self.emit(
            ev.CommandDecided(
                command_id=command.id, command_kind=command.body.kind, accepted=accepted, reason=refusal,
                message=message, raised=accepted and command.body.CAN_RAISE,
            ),
            command.id,
        )  # fmt: skip
        if accepted and self._apply(command):
            self.emit(
                ev.CommandShown(
                    command_id=command.id, command_kind=command.body.kind, shown_frame=self.frame + 1,
                    shown_ns=received + FRAME_NS + self.random.randrange(6_000_000),
                ),
                command.id,
            )  # fmt: skip
        self.answers.append(
            Answer(
                command_id=command.id,
                accepted=accepted,
                reason=refusal,
                message=message,
                received_ns=received,
            )
        )

    def stop(self, identity: str, by: StoppedBy = StoppedBy.CONSOLE) -> None:
        self.emit(
            ev.StopPressed(id=identity, by=by, sent_ns=self.now_ns, received_ns=self.now_ns + 1_500_000)
        )
        self.emit(ev.ShellChanged(up=True, because="stop"), identity)
        self._go(Phase.STOPPED, "stop", identity)
        self.emit(
            ev.CommandShown(
                command_id=identity, command_kind="stop", shown_frame=self.frame + 1,
                shown_ns=self.now_ns + 1_500_000 + FRAME_NS,
            ),
            identity,
        )  # fmt: skip

    def back_to(self, step: int) -> None:
        """To the exposure at a step, from wherever the session stands; no command did it."""
        if self.step != step:
            before, self.step, self.step_ns = self.step, step, self.now_ns
            self.emit(
                ev.StepEntered(
                    step=step,
                    step_id=PLAN.steps[step - 1].id,
                    scene="heights",
                    previous=before,
                    because="test",
                )
            )
        self._go(Phase.EXPOSURE, "test", None)

    def _turned(self) -> SceneManifest:
        """Whose parameters are turned now."""
        return CALM if self.phase == Phase.SAFE_PLACE else HEIGHTS

    def _refusal(self, body: AnyCommandBody) -> tuple[Refusal | None, str]:
        if self.phase == Phase.CLOSED:
            return Refusal.CLOSED, "the session is closed"
        if body.kind in ALLOWED and self.phase not in ALLOWED[body.kind]:
            return Refusal.NOT_NOW, f"{body.kind} is not possible in {self.phase.value}"
        if found := self.course.refusal(body):
            return found
        match body.kind:
            case "go_to_step" if body.step > len(PLAN.steps):
                return Refusal.UNKNOWN_STEP, f"the plan has {len(PLAN.steps)} steps"
            case "go_to_step" if body.step > self.highest:
                return Refusal.ABOVE_CEILING, f"the ceiling is step {self.highest}"
            case "go_to_step" if body.step > self.step + 1 and not body.confirmed:
                return Refusal.NEEDS_CONFIRMATION, "up by more than one step: send it again, confirmed"
            case "set_parameter":
                parameter = self._turned().parameter(body.name)
                if parameter is None:
                    return Refusal.UNKNOWN_PARAMETER, f"no parameter {body.name}"
                if problem := parameter.check(body.value):
                    return Refusal.OUT_OF_RANGE, problem
            case "fire_trigger" if HEIGHTS.trigger(body.trigger) is None:
                return Refusal.UNKNOWN_TRIGGER, f"no trigger {body.trigger}"
            case _:
                pass
        return None, ""

    def _apply(self, command: Command) -> bool:
        """Carry it out; whether something of it can be seen."""
        body, cause = command.body, command.id
        self.course.apply(command)
        match body.kind:
            case "start":
                self._go(Phase.BASELINE, "start", cause)
            case "go_to_step":
                before, self.step, self.step_ns = self.step, body.step, self.now_ns
                step = PLAN.steps[body.step - 1]
                self.emit(
                    ev.StepEntered(
                        step=body.step,
                        step_id=step.id,
                        scene="heights",
                        previous=before,
                        because="go_to_step",
                    ),
                    cause,
                )
                self._go(Phase.EXPOSURE, "go_to_step", cause)
                self._load(PLAN.values(body.step, HEIGHTS))
                self.fear = min(1.0, self.fear + 0.25 + 0.05 * body.step)
                self.distance = min(3.0, self.distance + 0.8)
            case "set_parameter":
                parameter = self._turned().parameter(body.name)
                assert parameter is not None
                targets = self.safe_place if self.phase == Phase.SAFE_PLACE else self.targets
                self.emit(
                    ev.ParameterMoved(
                        name=body.name, unit=parameter.unit.value, previous=targets[body.name],
                        target=body.value, because="set_parameter",
                    ),
                    cause,
                )  # fmt: skip
                targets[body.name] = body.value
            case "set_ceiling":
                if body.step is not None:
                    self.highest = body.step
                self.emit(ev.CeilingSet(step=body.step, name=body.name, value=body.value), cause)
                return False
            case "fire_trigger":
                self.emit(ev.TriggerFired(trigger=body.trigger, scene="heights"), cause)
                self.fear = min(1.0, self.fear + 0.15)
            case "pause":
                self._go(Phase.PAUSED, "pause", cause)
            case "resume":
                self._go(Phase.EXPOSURE, "resume", cause)
            case "safe_place":
                self._go(Phase.SAFE_PLACE, "safe_place", cause)
            case "release":
                self.step = 1
                self.emit(ev.ShellChanged(up=False, because="release"), cause)
                self._go(Phase.SAFE_PLACE, "release", cause)
            case "ask_rating":
                self._ask(body.what, body.scale)
                return False
            case "rating":
                self._rate(body.what, body.scale, body.raw, body.reported_by, None, cause)
                return False
            case "note":
                self.emit(ev.NoteTaken(text=body.text), cause)
                return False
            case "recentre":
                self.emit(ev.Recentred(), cause)
            case "end":
                self._go(body.to, "end", cause)
                if body.to == Phase.CLOSED:
                    self.emit(ev.Closed(because="end", frames=self.frame, late_frames=3))
            case _:
                return False
        return True

    def _go(self, phase: Phase, because: str, cause: str | None) -> None:
        if phase == self.phase:
            return
        place = PLACES.get(phase, Place.BASELINE_ROOM)
        self.emit(ev.PhaseChanged(previous=self.phase, phase=phase, place=place, because=because), cause)
        self.phase = phase
        self.phase_ns = self.now_ns

    def _load(self, values: dict[str, Value]) -> None:
        self.targets.update(values)
        for name, value in values.items():
            self.parameters.setdefault(name, value)

    def _ask(self, what: Rated, scale: Scale) -> None:
        identity = f"prompt-{len(self.log):04d}"
        until = self.now_ns + 30_000_000_000
        self.prompt = PromptState(id=identity, what=what, scale=scale, until_ns=until)
        self.answer_at_ns = self.now_ns + 2_500_000_000
        self.emit(ev.RatingPrompted(prompt=identity, what=what, scale=scale, until_ns=until))

    def _rate(
        self, what: Rated, scale: Scale, raw: float, by: Reporter, prompt: str | None, cause: str | None
    ) -> None:
        self.emit(
            ev.RatingGiven(
                what=what, scale=scale, raw=raw, value=raw / scale.top * 100, reported_by=by, step=self.step,
                prompt=prompt,
            ),
            cause,
        )  # fmt: skip

    # -------------------------------------------------------------- time

    def advance(self, seconds: float) -> None:
        """Let time pass in frames of 90 Hz, coarsely: patient, heart, slew, prompt."""
        self.now_ns += round(seconds * 1e9)
        self.frame += max(1, round(seconds * 90))
        level = self.step / len(PLAN.steps) if self.phase in (Phase.EXPOSURE, Phase.PAUSED) else 0.0
        self.fear += (level * 0.9 - self.fear) * min(1.0, seconds / 20)
        wanted = 68 + 42 * self.fear + 3 * math.sin(self.now_ns / 1.1e9 * 0.6)
        self.bpm += (wanted - self.bpm) * min(1.0, seconds / 4)
        goal = 0.4 + 2.0 * self.fear + 0.3 * math.sin(self.now_ns / 7e9)
        previous, self.distance = (
            self.distance,
            self.distance + (goal - self.distance) * min(1.0, seconds / 6),
        )
        self.turn = 18 + 30 * self.fear * (1 + math.sin(self.now_ns / 2.3e9)) / 2
        self._slew(seconds)
        self._beat()
        if self.chunks:
            self._samples()
        if (
            self.phase == Phase.EXPOSURE
            and self.distance - previous > 0.02
            and self.now_ns - self._retreated_ns > 8e9
        ):
            self._retreated_ns = self.now_ns
            self.emit(
                ev.Marker(
                    marker="retreat", t_on_ns=self.now_ns - 1_200_000_000, t_off_ns=self.now_ns,
                    value=round(0.3 + self.random.random() * 0.4, 2), unit="m", source="head", quality=0.95,
                    algorithm="retreat/1", stimulus="edge", step=self.step,
                )
            )  # fmt: skip
        if self.prompt and self.now_ns >= self.answer_at_ns:
            prompt, self.prompt = self.prompt, None
            raw = round(min(1.0, self.fear + self.random.uniform(-0.03, 0.05)) * 20) * 5.0
            raw = max(0.0, min(100.0, raw))
            self.emit(ev.PatientAnswered(prompt=prompt.id, raw=raw, reported_by=Reporter.VIRTUAL))
            self._rate(prompt.what, prompt.scale, raw, Reporter.VIRTUAL, prompt.id, None)

    def _slew(self, seconds: float) -> None:
        for name, target in self.targets.items():
            value, parameter = self.parameters[name], HEIGHTS.parameter(name)
            slew = getattr(parameter, "slew", None)
            if isinstance(value, str) or isinstance(target, str) or slew is None:
                self.parameters[name] = target
            else:
                most = slew * seconds
                self.parameters[name] = value + max(-most, min(most, target - value))

    def _beat(self) -> None:
        while self.next_beat_ns <= self.now_ns:
            rr = 60_000 / (self.bpm + self.random.gauss(0, 1.5))
            self.pending_beats.append((self.next_beat_ns, rr))
            self.next_beat_ns += round(rr * 1e6)
        if self.pending_beats and self.chunks:
            self.entry("chunk:heart", encode_chunk("heart", beat_rows(self.pending_beats, self.frame)))
            self.pending_beats.clear()
        elif self.pending_beats:
            body = ";".join(f"{t},{rr:.2f}" for t, rr in self.pending_beats).encode()
            self.entry("chunk:heart", body)
            self.pending_beats.clear()

    def _samples(self) -> None:
        """One row each of frame, head, hands, stimulus at this moment."""
        half = math.radians(self.turn) / 2
        pose = (0.0, -self.distance, 1.6, 0.0, 0.0, math.sin(half), math.cos(half))
        rows: dict[str, list[tuple[float, ...]]] = {
            "frame": [(self.now_ns, self.frame, self.now_ns + FRAME_NS, 0, 250, len(self.log), 3, 0.0, 7)],
            "head": [(self.now_ns, self.frame, *pose, 1)],
            "hands": [(self.now_ns, self.frame, hand, *pose, hand) for hand in (0, 1)],
        }
        if self.phase in (Phase.EXPOSURE, Phase.PAUSED):
            rows["stimulus"] = [(self.now_ns, self.frame, 0, self.distance, 0.0, 0.0, 0.0, 1)]
        for stream, values in rows.items():
            self.entry(f"chunk:{stream}", encode_chunk(stream, np.array(values, stream_dtype(stream))))

    def telemetry(self) -> Telemetry:
        exposed = self.phase in (Phase.EXPOSURE, Phase.PAUSED)
        return Telemetry(
            t_ns=self.now_ns, frame=self.frame, epoch=self.epoch, phase=self.phase,
            place=PLACES.get(self.phase, Place.BASELINE_ROOM), step=self.step, scene="heights",
            intensity=self.step / len(PLAN.steps) if exposed else 0.0, shell=0.0, held=self.held,
            parameters={
                name: ParameterState(
                    value=self.parameters[name], target=target, ceiling=self.ceilings.get(name)
                )
                for name, target in self.targets.items()
            },
            safe_place={
                name: ParameterState(value=value, target=value) for name, value in self.safe_place.items()
            },
            alarms=self.alarms, stimuli=(
                (StimulusState(id="edge", distance_m=self.distance, angle_deg=self.turn),) if exposed else ()
            ),
            heart=HeartState(
                bpm=self.bpm, rmssd_ms=max(8.0, 42 - 30 * self.fear), quality=0.97,
                age_s=max(0.0, 0.8 - (self.next_beat_ns - self.now_ns) / 1e9), source="simulated",
            ),
            record=RecordState(committed_seq=len(self.log)), frames=FrameState(rate_hz=90.0, late=3, total=self.frame),
            prompt=self.prompt, clocks=self.course.clocks(), gaps=self.course.gaps(), lease_holder="test",
        )  # fmt: skip


def beat_rows(beats: list[tuple[int, float]], frame: int) -> Samples:
    """Rows of the heart stream; every twentieth beat is flagged as ectopic."""
    return np.array(
        [
            (
                t_ns,
                frame,
                t_ns + 40_000_000,
                rr,
                math.nan,
                BeatFlag.ECTOPIC if t_ns // 1_000_000 % 20 == 0 else 0,
            )
            for t_ns, rr in beats
        ],
        stream_dtype("heart"),
    )


def decode_fake_heart(body: bytes) -> list[tuple[int, float, float, int]]:
    """The chunks of :class:`FakeRuntime` (text, not the record's columns)."""
    pairs = (part.split(",") for part in body.decode().split(";") if part)
    return [(int(t), float(rr), math.nan, 0) for t, rr in pairs]
