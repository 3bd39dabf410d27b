"""``vr-runtime run``: from what was asked on the command line to a session that was played."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from rich.console import Console

from vr_runtime.assemble import Options, Result, check_plan, plan_for_scene, play_session
from vr_runtime.catalogue import find_scenes, installed_rules
from vr_runtime.interruption import Interruption
from vr_runtime.link.connection import is_loopback
from vr_runtime.link.keys import ensure_local_keys, load_server_keys, palier_home
from vr_runtime.link.paired import others_are_paired
from vr_runtime.link.server import LinkConfig
from vr_runtime.patient import Traits
from vr_runtime.patient.kinds import PREFIX, asked_for
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.files.order import STANDARD_INPUT, SessionOrder, order_of
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.toml import LARGEST, read_plan, read_script
from vr_runtime.protocol.files.treatments import CHECKLIST, checklist_of, treatment_of
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import forget, key_source_for_new_records, key_source_from
from vr_runtime.record.past import past_ratings
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.sensors import SensorError, SensorReason, one_source_each
from vr_runtime.sensors.lsl_library import keep_to_session, library
from vr_runtime.session.brief import HEADSET, Brief
from vr_runtime.stage.panel_words import language_of
from vr_runtime.stage.settings import GraphicsSettings

if TYPE_CHECKING:
    from vr_runtime.link.discovery import Announcement

SWITCH_INTERVAL_S = 0.0005
"""How long one Python thread may keep the interpreter from the loop (CPython's default is 5 ms)."""


@dataclass(frozen=True)
class CourseRequest:
    """What was asked of the treatment's course, as typed."""

    treatment: str | None
    checks: str
    age: AgeBand
    posture: Posture | None
    cleared: tuple[str, ...]
    aid: bool
    after: tuple[Path, ...]
    """Records of this patient's earlier sessions, the oldest first."""
    history: tuple[PastRating, ...] = ()
    """Ratings of earlier sessions that are known without their records."""

    def brief(self, plan: Plan, key_file: Path | None, *, in_headset: bool, a_person: bool) -> Brief:
        """Raises FileError where a protocol or a checklist is not there or not valid, RecordError where an earlier
        record cannot be opened."""
        name = self.treatment or plan.treatment
        asked = CHECKLIST if self.checks == "auto" and in_headset and a_person else self.checks
        return Brief(
            treatment=None if name is None else treatment_of(name).treatment,
            checklist=None if asked in ("auto", "none") else checklist_of(asked),
            age=self.age,
            posture=self.posture,
            content_cleared=self.cleared,
            history=self.history
            + past_ratings(
                [(each, key_source_from(key_file, os.environ, existing=each)) for each in self.after]
            ),
            aid=self.aid,
            rules=installed_rules(),
        )


@dataclass(frozen=True)
class LaboratoryRequest:
    """What was asked of the Lab Streaming Layer, as typed."""

    outlets: bool = False
    session: str | None = None

    def begin(self, request: RunRequest) -> bool:
        """Take up the LSL session; whether outlets are to be opened. Raises SensorError."""
        one_source_each(request.heart, request.channels)
        if self.outlets and request.speed != "real":
            raise SensorError(
                SensorReason.NEEDS_REAL_TIME,
                "what --lsl sends has times of this moment; run with --speed real",
            )
        if self.session is not None:
            if not self.outlets and not any("lsl:" in spec for spec in (request.heart, *request.channels)):
                raise SensorError(
                    SensorReason.INVALID,
                    "--lsl-session is for --lsl or for a source lsl:...; nothing of this run goes by LSL",
                )
            keep_to_session(self.session)
        if self.outlets:
            library()
        return self.outlets


@dataclass(frozen=True)
class RunRequest:
    """The options of ``vr-runtime run``, as typed."""

    records: Path
    display: str
    scene: str | None
    plan: Path | None
    patient: str
    heart: str
    channels: tuple[str, ...]
    laboratory: LaboratoryRequest
    seed: int
    rate_hz: float
    speed: str
    graphics: bool | None
    drive: Path | None
    duration_s: float | None
    key_file: Path | None
    connection: Path | None
    host: str
    port: int | None
    forget_when_copied: bool
    pseudonym: str
    language: str
    size: tuple[int, int]
    msaa: int | None
    sound: bool | None
    course: CourseRequest

    def ordered(self, order: SessionOrder) -> RunRequest:
        """With what an order says in the place of what was typed."""
        course = replace(
            self.course, age=order.age, posture=order.posture, cleared=order.cleared, history=order.history
        )
        return replace(self, pseudonym=order.pseudonym, language=order.language, course=course)


def run_session(request: RunRequest, remarks: Console) -> Path | None:
    """Play the session; returns the folder of its record, None where a console has it and it was forgotten here.

    Raises:
        PalierError: what could not be done, and what to do.
    """
    kind = asked_for(request.patient)
    packs = find_scenes()
    if request.plan == STANDARD_INPUT:
        order = order_of(sys.stdin.buffer.read(LARGEST + 1))
        request = request.ordered(order)
        plan = order.plan or plan_for_scene(packs, order.scene or "")
    else:
        plan = plan_for_scene(packs, request.scene) if request.scene else read_plan(cast(Path, request.plan))
    check_plan(plan, packs)
    script = None if request.drive is None else read_script(request.drive)
    wanted = request.graphics if request.graphics is not None else request.display != "headless"
    options = Options(
        plan=plan,
        packs=packs,
        records=request.records,
        key=key_source_for_new_records(request.key_file, os.environ, palier_home()),
        display=request.display,
        patient="none" if request.patient == "none" else "virtual",
        patient_type="" if kind is None else request.patient.removeprefix(PREFIX),
        traits=Traits() if kind is None else kind.traits,
        heart=request.heart,
        channels=request.channels,
        lsl=request.laboratory.begin(request),
        seed=request.seed,
        rate_hz=request.rate_hz,
        speed=cast(Literal["real", "max"], request.speed),
        graphics=_graphics(request) if wanted else None,
        sound=request.sound if request.sound is not None else request.display != "headless",
        script=script,
        duration_s=request.duration_s,
        pseudonym=request.pseudonym,
        language=language_of(request.language),
        brief=request.course.brief(
            plan,
            request.key_file,
            in_headset=request.display == HEADSET,
            a_person=request.patient == "none",
        ),
        link=LinkConfig.at(request.host, request.port, request.connection)
        if request.speed == "real"
        else None,
    )
    if options.lsl:
        remarks.print(
            "--lsl: heart, markers and head are sent unencrypted to whoever listens on this machine's networks"
        )
    interruption, narrator = Interruption(), Narrator(remarks)
    announcement = _announcement(options.link, remarks)

    def started(folder: Path, room_lacking: str) -> None:
        narrator.began(folder, room_lacking)
        if announcement is not None:
            announcement.start()

    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        result = play_session(
            options,
            interrupted=interruption,
            listeners=(narrator,),
            started=started,
        )
    finally:
        sys.setswitchinterval(before)
        if announcement is not None:
            announcement.close()
    ending = result.ending
    remarks.print(f"{ending.because} after {ending.frames} frames, {ending.late_frames} of them late")
    if options.link is not None:
        remarks.print(_who_holds(result))
        if request.forget_when_copied and result.held_by:
            forget(result.record, options.key)
            remarks.print("and it was erased here")
            return None
    return result.record


def _who_holds(result: Result) -> str:
    if result.held_by:
        return f"the whole record is held by: {', '.join(result.held_by)}"
    return (
        "no console holds the whole record; with the console open, run: "
        f"vr-runtime records hand-over {result.record}"
    )


def _announcement(link: LinkConfig | None, remarks: Console) -> Announcement | None:
    """Of a runtime that other machines can reach; with a remark where none of them could come in yet."""
    if link is None or is_loopback(link.host):
        return None
    from vr_runtime.link.discovery import Announcement

    folder = ensure_local_keys(link.keys_folder)
    if not others_are_paired(folder):
        remarks.print(
            "no console of another machine is paired yet, so none can come in: run vr-runtime pair on this machine; "
            "this run will notice by itself"
        )
    public = load_server_keys(folder).public
    return Announcement(link.host, link.port, public, lambda text: remarks.print(text, markup=False))


def _graphics(request: RunRequest) -> GraphicsSettings:
    width, height = request.size
    msaa = request.msaa if request.msaa is not None else (0 if request.display == "headless" else 4)
    return replace(GraphicsSettings(), width=width, height=height, msaa=msaa)


class Narrator:
    """Says on stderr where the session stands, a line a change: the loop's listener for people at a terminal."""

    def __init__(self, remarks: Console) -> None:
        self._remarks = remarks
        self._last: tuple[str, int] = ("", 0)

    def began(self, folder: Path, room_lacking: str) -> None:
        self._remarks.print(f"recording to {folder}")
        if room_lacking:
            self._remarks.print(f"take care: {room_lacking}")

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        now = (turn.decision.phase.value, turn.decision.step)
        if now != self._last:
            self._last = now
            step = f", step {now[1]}" if now[1] else ""
            self._remarks.print(f"{turn.frame.now_ns / 1e9:8.2f} s  {now[0]}{step}")
