"""Puts a session together from what the command line asks for: the one place that knows all the rooms."""

from __future__ import annotations

import gc
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from vr_runtime import __version__
from vr_runtime.broadcast import Broadcast, PatientsView
from vr_runtime.catalogue import NEEDED, ScenePack, pick
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.port import Frame, facts_of
from vr_runtime.display.registry import open_display
from vr_runtime.ears import BothEars, DeafEars, Ears, LinkEars, ScriptEars
from vr_runtime.fingerprint import fingerprint
from vr_runtime.handover import note_holders
from vr_runtime.heart import HeartFeed
from vr_runtime.journal import Journal, RecordView
from vr_runtime.link.server import LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.loudspeaker import Loudspeaker
from vr_runtime.lsl_outlets import LslOutlets
from vr_runtime.measures.observer import Observer
from vr_runtime.patient import Memory, Traits, VirtualPatient
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.events import Closed, Opened
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import SAFE_PLACE, Plan, plan_of_scene
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.files.treatments import hash_of
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.version import PROTOCOL_VERSION
from vr_runtime.record import RECORD_FORMAT, KeySource, Sealed, Writer
from vr_runtime.runtime import FIRST, Ending, Listener, Rooms, run
from vr_runtime.sensing import LiveSensing, NoSensing, Sensing
from vr_runtime.sensors import ECG, ChannelSource, one_source_each, open_channel, open_heart, start_searches
from vr_runtime.session.brief import HEADSET, Brief
from vr_runtime.session.session import Session
from vr_runtime.stage.panel_words import Language
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.sound import open_sound
from vr_runtime.stage.stage import Stage

FLUSH_S = 2.0
"""How long the end waits for a console to have the last entries and answers."""


class PlanReason(Enum):
    INVALID_PLAN = "invalid_plan"


class PlanError(PalierError):
    """A plan that does not fit the scenes that are there; the message lists every problem."""

    exit_status = 2


@dataclass(frozen=True)
class Options:
    """What ``vr-runtime run`` was asked for."""

    plan: Plan
    packs: Mapping[str, ScenePack]
    records: Path
    key: KeySource
    display: str = "headless"
    patient: Literal["virtual", "none"] = "virtual"
    heart: str = "simulated"
    channels: tuple[str, ...] = ()
    """Other channels of the body, as ``eda=lsl:NAME``."""
    lsl: bool = False
    """Send heart, markers and head to the laboratory's network, unencrypted; takes real time."""
    seed: int = 1
    rate_hz: float = 90.0
    speed: Literal["real", "max"] = "real"
    graphics: GraphicsSettings | None = None
    sound: bool = False
    """What the patient hears; takes graphics."""
    script: Script | None = None
    duration_s: float | None = None
    pseudonym: str = ""
    language: Language = "en"
    """In which the patient is asked for ratings."""
    traits: Traits = field(default_factory=Traits)
    """Of the virtual patient, ..."""
    patient_type: str = ""
    """... the name they have in the library, ..."""
    memory: Memory | None = None
    """... and what it took from the session before."""
    eye_tracking: bool = False
    """The virtual patient's headset tells of eyes and eyelids."""
    brief: Brief = field(default_factory=Brief)
    """The treatment protocol, the checks, and what is known of the patient. Its seed is the run's."""
    link: LinkConfig | None = None
    """None: no socket is opened (always so with speed max)."""


def plan_for_scene(packs: Mapping[str, ScenePack], scene: str) -> Plan:
    """The scene's own hierarchy as a plan."""
    return plan_of_scene(pick(dict(packs), scene).manifest)


def check_plan(plan: Plan, packs: Mapping[str, ScenePack]) -> None:
    """Raises PlanError, with every problem in plain words."""
    problems = plan.problems({name: pack.manifest for name, pack in packs.items()})
    if problems:
        raise PlanError(PlanReason.INVALID_PLAN, "the plan cannot be played:\n  " + "\n  ".join(problems))


@dataclass(frozen=True)
class Result:
    record: Path
    ending: Ending
    held_by: tuple[str, ...] = ()
    """Names of the consoles that hold the whole record."""
    memory: Memory | None = None
    """What the virtual patient takes into its next session."""


def play_session(
    options: Options,
    *,
    interrupted: Callable[[], bool] = lambda: False,
    listeners: tuple[Listener, ...] = (),
    started: Callable[[Path, str], None] = lambda record, lacking: None,
) -> Result:
    """Play a whole session: open everything, run the loop, close everything, the record first.

    ``started`` is told the record's folder and what room the scenes lack (see :func:`room_lacking`).

    Raises:
        PalierError: whatever a room cannot do; the record written so far stays, closed in order where it can be.
    """
    check_plan(options.plan, options.packs)
    session = Live(options)
    try:
        started(session.folder, room_lacking(session.manifests, facts_of(session.display).room_m))
        ending = session.run(interrupted, listeners)
    finally:
        session.close()
    return Result(session.folder, ending, session.held_by, session.memory)


class Live:
    """A live session's rooms, from opening to closing."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._stack = ExitStack()
        self.epoch = uuid.uuid4().hex
        self.clock = RuntimeClock(virtual=options.speed == "max")
        self.manifests = _manifests(options)
        self.folder = _record_folder(options.records)
        self._because = "failed"
        self._last = FIRST
        self._late = 0
        self._server: LinkServer | None = None
        self.held_by: tuple[str, ...] = ()
        self._patient: VirtualPatient | None = None
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise

    def _open(self) -> None:
        options, stack = self._options, self._stack
        patient = self._patient = (
            VirtualPatient(options.seed, options.traits, Pose(z=1.62), options.memory, options.eye_tracking)
            if options.patient == "virtual"
            else None
        )
        self.display = open_display(
            options.display,
            rate_hz=options.rate_hz,
            clock=self.clock,
            graphics=options.graphics,
            patient=patient,
        )
        stack.callback(self.display.close)
        stage = Stage(
            {
                name: (manifest, pick(dict(options.packs), name).create())
                for name, manifest in self.manifests.items()
            },
            options.seed,
            self.display.graphics,
            options.language,
        )
        stack.callback(stage.close)
        self.display.prepare(stage.rehearse(looks(options.plan, self.manifests)))
        self.clock.start()
        real_ns = self.clock.now_ns if options.speed == "real" else None
        one_source_each(options.heart, options.channels)
        ecg = not any(asked.startswith(f"{ECG}=") for asked in options.channels)
        heart = HeartFeed(
            open_heart(
                options.heart,
                seed=options.seed,
                drive=patient.heart_drive if patient else None,
                resting_bpm=options.traits.resting_bpm,
                now_ns=real_ns,
            )
        )
        stack.callback(heart.close)
        sensing: Sensing = NoSensing()
        if options.speed == "real":
            sensing = LiveSensing(
                heart, start_searches, lambda spec: open_heart(spec, now_ns=real_ns, wait=False, ecg=ecg)
            )
        stack.callback(sensing.close)
        channels: list[ChannelSource] = []
        for asked in options.channels:
            channels.append(open_channel(asked, now_ns=real_ns))
            stack.callback(channels[-1].close)
        self.writer = Writer.create(self.folder, options.key, self._committed)
        self.journal = Journal(self.writer)
        # closed in this order: the record, while the link still hands its last entries over, then the link
        stack.callback(self._close_link)
        stack.callback(self._close_record)
        self.journal.append(self._opened(heart.name), FIRST)
        ears = self._ears()
        self.rooms = Rooms(
            display=self.display,
            ears=ears,
            session=Session(
                options.plan,
                self.manifests,
                options.plan.limits,
                replace(options.brief, seed=options.seed, headset=options.display == HEADSET),
            ),
            stage=stage,
            observer=Observer(),
            heart=heart,
            sensing=sensing,
            journal=self.journal,
            record_view=self._record_view,
            stimuli={name: manifest.stimuli for name, manifest in self.manifests.items()},
            motion={name: manifest.motion.share for name, manifest in self.manifests.items()},
            channels=tuple(channels),
            wait_for_commits=options.speed == "max",
        )

    @property
    def memory(self) -> Memory | None:
        """What the virtual patient has learned so far."""
        return None if self._patient is None else self._patient.memory()

    def run(self, interrupted: Callable[[], bool], listeners: tuple[Listener, ...]) -> Ending:
        self.rooms.listeners = (*self._own_listeners(), *listeners)
        duration_s = self._options.duration_s
        gc.collect()
        gc.freeze()
        try:
            ending = run(
                self.rooms,
                duration_ns=None if duration_s is None else round(duration_s * 1e9),
                interrupted=interrupted,
            )
        finally:
            gc.unfreeze()
        self._because, self._last, self._late = ending.because, ending.last, ending.late_frames
        return ending

    def _own_listeners(self) -> list[Listener]:
        own: list[Listener] = []
        graphics = self.display.graphics
        if self._server is not None:
            own.append(Broadcast(self._server, self.epoch))
            if graphics is not None:
                view = PatientsView(self._server, graphics)
                self._stack.callback(view.close)
                own.append(view)
        if self._options.lsl:
            laboratory = LslOutlets(self.clock.now_ns, self.epoch, self.display.rate_hz)
            self._stack.callback(laboratory.close)
            own.append(laboratory)
        if self._options.sound and graphics is not None:
            sound = open_sound(True)
            self._stack.callback(sound.close)
            sound.prepare(self.rooms.stage.rehearsed_sounds)
            own.append(Loudspeaker(sound))
        return own

    def close(self) -> None:
        """Close everything, the record before anything that can hang in tear-down."""
        self._stack.close()

    def _ears(self) -> Ears:
        options = self._options
        script = ScriptEars(options.script, self.epoch) if options.script is not None else None
        if options.link is None or options.speed == "max":
            return script if script is not None else DeafEars()
        self._server = LinkServer.start(
            options.link,
            clock=self.clock.now_ns,
            epoch=self.epoch,
            welcome=self._welcome,
            history=self._history,
        )
        link = LinkEars(self._server)
        return BothEars(script, link) if script is not None else link

    def _record_view(self, frame: Frame) -> RecordView:
        health = self.writer.health()
        real = self._options.speed == "real"
        age_s = health.age_s if real else 0.0
        ok = health.failed is None and age_s <= self._options.plan.limits.record_alarm_s
        return RecordView(
            health.committed_seq, round(age_s * 1000), ok, self.display.guard_tripped, health.failed
        )

    def _committed(self, sealed: Any) -> None:
        """Called by the writer's thread after each commit."""
        if self._server is not None:
            self._server.publish(sealed)

    def _history(self, from_seq: int, max_bytes: int) -> list[Sealed]:
        return self.writer.history(from_seq, max_bytes)

    def _welcome(self) -> WelcomeFacts:
        return WelcomeFacts(
            software=__version__,
            last_seq=self.writer.health().committed_seq,
            plan=self._options.plan,
            scenes=tuple(self.manifests.values()),
        )

    def _opened(self, heart: str) -> Opened:
        options = self._options
        brief = options.brief
        return Opened(
            protocol=PROTOCOL_VERSION,
            record_format=RECORD_FORMAT,
            epoch=self.epoch,
            wall_utc=datetime.now(UTC).isoformat(),
            fingerprint=fingerprint(),
            seed=options.seed,
            display=self.display.name,
            **facts_of(self.display)._asdict(),
            rate_hz=self.display.rate_hz,
            speed=options.speed,
            patient=options.patient,
            patient_type=options.patient_type,
            heart=heart,
            plan=options.plan,
            scenes=tuple(self.manifests.values()),
            limits=brief.in_force(options.plan.limits),
            pseudonym=options.pseudonym,
            language=options.language,
            treatment=brief.treatment,
            treatment_hash="" if brief.treatment is None else hash_of(brief.treatment),
            checklist=brief.checklist,
            age=brief.age,
            posture=brief.posture,
            content_cleared=brief.content_cleared,
            history=brief.history,
            aid=brief.aid,
        )

    def _close_record(self) -> None:
        self.journal.cut(self._last.now_ns, everything=True)
        self.journal.append(
            Closed(because=self._because, frames=self._last.index, late_frames=self._late), self._last
        )
        self.journal.barrier(5.0)
        if self._server is not None:
            self._flush_link()
        self.writer.close()
        if self._server is not None:
            self.held_by = note_holders(self._server, self.folder, self.writer.committed)

    def _close_link(self) -> None:
        if self._server is not None:
            self._server.close()

    def _flush_link(self) -> None:
        """Let the console have the last entries and answers before the sockets go."""
        assert self._server is not None
        for answer in self.journal.due_answers(self.journal.last_seq):
            self.rooms.ears.answer(answer)
        self._server.flush(FLUSH_S)


def looks(plan: Plan, manifests: Mapping[str, SceneManifest]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Every way that a session of this plan can look, as far as a driver cares: each step, and each parameter of its
    scenes and of the safe place at its ends and in its middle; then the places that are always there."""
    for number, step in enumerate(plan.steps, 1):
        yield step.scene, plan.values(number, manifests[step.scene])
    for name in dict.fromkeys((*(step.scene for step in plan.steps), SAFE_PLACE)):
        for parameter in manifests[name].parameters:
            if parameter.kind == "choice":
                values: tuple[Value, ...] = parameter.choices
            else:
                values = (parameter.min, (parameter.min + parameter.max) / 2, parameter.max)
            for value in values:
                yield name, {parameter.id: value}
    for name in NEEDED:
        yield name, plan.safe_place if name == SAFE_PLACE else {}


def room_lacking(manifests: Mapping[str, SceneManifest], room_m: tuple[float, float] | None) -> str:
    """What a scene wants of the floor that the headset's boundary does not give, in plain words; empty where it
    fits or nothing is known."""
    if room_m is None:
        return ""
    there = sorted(room_m)
    lacking = [
        f"{manifest.names.en} wants {manifest.room_m[0]:g} x {manifest.room_m[1]:g} m"
        for manifest in manifests.values()
        if any(have < want for have, want in zip(there, sorted(manifest.room_m), strict=True))
    ]
    if not lacking:
        return ""
    return (
        f"the boundary leaves {room_m[0]:.1f} x {room_m[1]:.1f} m free, and {'; '.join(lacking)}: "
        "let the patient sit, or clear the room and draw the boundary anew"
    )


def _manifests(options: Options) -> dict[str, SceneManifest]:
    names = dict.fromkeys((*NEEDED, *(step.scene for step in options.plan.steps)))
    return {name: pick(dict(options.packs), name).manifest for name in names}


def _record_folder(records: Path) -> Path:
    """A new folder's path below ``records``, named by the time and a random end; no pseudonym in it."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    return records / f"{stamp}-{uuid.uuid4().hex[:6]}"
