"""The loop. One function, ``run``, whose phases are the description of a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from vr_runtime.display.asking import Asking
from vr_runtime.display.port import Display, Frame, Perception, Sensed
from vr_runtime.ears import Ears, Heard
from vr_runtime.heart import HeartFeed
from vr_runtime.journal import (
    Journal,
    RecordView,
    as_recorded,
    beat_as_recorded,
    frame_flags,
    state_hash,
)
from vr_runtime.measures.leaving import Leaving
from vr_runtime.measures.observer import Observer
from vr_runtime.protocol.deeds import Deed
from vr_runtime.protocol.events import (
    CommandReceived,
    CommandShown,
    CommandTurnedAway,
    EventBody,
    Marker,
    PatientAnswered,
    PatientDid,
    StopPressed,
)
from vr_runtime.protocol.files.manifest import Stimulus
from vr_runtime.protocol.pose import Beat, ChannelSample, Hands, Pose, StimulusReading, WashPlace
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.sensing import NoSensing, Sensing
from vr_runtime.sensors.port import ChannelSource
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session
from vr_runtime.stage.stage import Stage


@dataclass
class Rooms:
    """The loop's collaborators."""

    display: Display
    ears: Ears
    session: Session
    stage: Stage
    observer: Observer
    heart: HeartFeed
    journal: Journal
    record_view: Callable[[Frame], RecordView]
    """The record's state at the begin of a frame: of the writer when live, of the record in replay."""
    stimuli: Mapping[str, Sequence[Stimulus]] = field(default_factory=dict)
    """What avoidance is measured against, by scene."""
    motion: Mapping[str, float] = field(default_factory=dict)
    """How much each scene moves, 0 to 1, for a virtual patient that gets sick."""
    asking: Asking = field(default_factory=Asking)
    """The rating panel that the patient answers by hand."""
    observed: str = ""
    """The scene that the observer watches."""
    leaving: Leaving = field(default_factory=Leaving)
    sensing: Sensing = field(default_factory=NoSensing)
    """Looks for sensors, and opens the heart source that the therapist chooses."""
    channels: tuple[ChannelSource, ...] = ()
    """Sources of other channels of the body; recorded, and nothing in the session follows from them."""
    listeners: tuple[Listener, ...] = ()
    wait_for_commits: bool = False
    """Virtual time: a command that waits for its commit finds it in the next frame."""


class Turn(NamedTuple):
    """All that one frame was: what listeners (telemetry, preview, pictures, profiling) are shown."""

    frame: Frame
    heard: Heard
    view: RecordView
    decision: Decision
    sensed: Sensed
    readings: tuple[StimulusReading, ...]
    beats: tuple[Beat, ...]
    deeds: tuple[PatientDid, ...]
    markers: tuple[Marker, ...]
    state: int


class Listener(Protocol):
    """Looks at each finished frame. Must be quick, must not raise, must not change anything."""

    def frame_done(self, rooms: Rooms, turn: Turn) -> None: ...


class Phases(Protocol):
    """Marks the phases of a frame for the benchmark; ``mark(name)`` ends the phase of that name."""

    def mark(self, phase: str) -> None: ...


class Unmeasured:
    def mark(self, phase: str) -> None:
        pass


class Ending(NamedTuple):
    because: str
    frames: int
    late_frames: int
    last: Frame


FIRST = Frame(0, 0, 0, False)
NOBODY = Sensed(Pose(z=1.6), Hands())


def run(
    rooms: Rooms,
    *,
    duration_ns: int | None = None,
    interrupted: Callable[[], bool] = lambda: False,
    phases: Phases = Unmeasured(),  # noqa: B008  (stateless)
) -> Ending:
    """Play the session until it is closed, its display ends, its time is over or somebody interrupts it.

    Args:
        rooms: the collaborators; whoever made them closes them.
        duration_ns: runtime time after which the run ends; None: no end of its own.
        interrupted: asked once a frame; True ends the run in order.
        phases: told where each phase ends (benchmarks).
    """
    previous, sensed, late, because = FIRST, NOBODY, 0, "display ended"
    deeds: tuple[PatientDid, ...] = ()
    while (frame := rooms.display.begin()) is not None:
        phases.mark("begin")
        heard, beats, view = hear(rooms, frame)
        phases.mark("hear")
        decision = decide(rooms, frame, previous, heard, view, sensed, deeds)
        phases.mark("decide")
        sensed = as_recorded(rooms.display.sense(frame))
        phases.mark("sense")
        readings, deeds = play(rooms, frame, previous, decision, sensed)
        phases.mark("play")
        markers = observe(rooms, frame, heard, decision, sensed, readings, beats, deeds)
        phases.mark("observe")
        state = record(rooms, frame, heard, view, decision, sensed, readings, beats, deeds, markers)
        phases.mark("record")
        rooms.display.show(frame, rooms.stage.picture(sensed.head))
        turn = Turn(frame, heard, view, decision, sensed, readings, beats, deeds, markers, state)
        for listener in rooms.listeners:
            listener.frame_done(rooms, turn)
        phases.mark("show")
        previous, late = frame, late + frame.late
        if (reason := end_of_run(rooms, frame, decision, duration_ns, interrupted)) is not None:
            because = reason
            break
    for marker in rooms.observer.finish(previous.now_ns):
        rooms.journal.append(marker, previous)
    return Ending(because, previous.index, late, previous)


def hear(rooms: Rooms, frame: Frame) -> tuple[Heard, tuple[Beat, ...], RecordView]:
    """What came from outside since the last frame, in the order in which the record will hold it."""
    view = rooms.record_view(frame)
    for answer in rooms.journal.due_answers(view.committed_seq):
        rooms.ears.answer(answer)
    heard = rooms.ears.hear(frame)
    beats = tuple(beat_as_recorded(beat) for beat in rooms.heart.poll(frame.now_ns))
    did = (*rooms.display.inputs(), *rooms.asking.answers())
    changes = tuple(change for channel in rooms.channels for change in channel.changes())
    told = (*rooms.heart.changes(), *changes, *rooms.sensing.news(frame.now_ns))
    inputs: tuple[EventBody, ...] = (*heard.inputs, *did, *told)
    for body in inputs:
        rooms.journal.append(body, frame)
    rooms.heart.follow(inputs, frame.now_ns)
    return heard._replace(inputs=inputs), beats, view


def decide(
    rooms: Rooms,
    frame: Frame,
    previous: Frame,
    heard: Heard,
    view: RecordView,
    sensed: Sensed,
    deeds: tuple[PatientDid, ...],
) -> Decision:
    """The session's decision; what was sensed and done is that of the frame before."""
    return rooms.session.update(
        Inputs(
            now_ns=frame.now_ns,
            frame=frame.index,
            dt_s=(frame.now_ns - previous.now_ns) / 1e9,
            commands=of_kind(heard.inputs, CommandReceived),
            turned_away=of_kind(heard.inputs, CommandTurnedAway),
            stops=of_kind(heard.inputs, StopPressed),
            answered=of_kind(heard.inputs, PatientAnswered),
            committed=rooms.journal.committed(view.committed_seq),
            link_age_s=None if heard.link_age_ms < 0 else heard.link_age_ms / 1000.0,
            tracking=sensed.tracking,
            headset_on=sensed.headset_on,
            display_ok=sensed.display_ok,
            record_age_s=view.age_ms / 1000.0,
            record_ok=view.ok,
            flash_guard=view.guard,
            heart_age_s=rooms.heart.age_s(frame.now_ns),
            bpm=rooms.heart.bpm(frame.now_ns),
            late=previous.late,
            deeds=deeds,
        )
    )


def play(
    rooms: Rooms, frame: Frame, previous: Frame, decision: Decision, sensed: Sensed
) -> tuple[tuple[StimulusReading, ...], tuple[PatientDid, ...]]:
    """The scene moves; the patient is exposed to it, does things in it, and is asked what the therapist asks."""
    scene = decision.scene
    if scene.recentre:
        rooms.display.recentre()
    rooms.sensing.follow(decision.look_s, decision.use_heart, frame.now_ns)
    rooms.stage.play(scene, (frame.now_ns - previous.now_ns) / 1e9, sensed.head, sensed.hands)
    shown = not rooms.stage.covered
    panel = rooms.asking.see(frame.now_ns, decision.prompt, sensed.head, sensed.gesture, shown=shown)
    rooms.stage.show_panel(panel)
    readings = rooms.stage.readings(sensed.head)
    deeds = tuple(did(deed, scene.scene, frame.now_ns) for deed in rooms.stage.deeds())
    motion = rooms.motion.get(scene.scene, 0.0)
    wash = rooms.stage.washing_place()
    rooms.display.perceive(perception(frame, decision, sensed, readings, deeds, motion, wash))
    return readings, deeds


def observe(
    rooms: Rooms,
    frame: Frame,
    heard: Heard,
    decision: Decision,
    sensed: Sensed,
    readings: tuple[StimulusReading, ...],
    beats: tuple[Beat, ...],
    deeds: tuple[PatientDid, ...],
) -> tuple[Marker, ...]:
    """Measures of what the patient did, as markers."""
    scene = decision.scene.scene
    if scene != rooms.observed:
        rooms.observed = scene
        rooms.observer.enter_scene(frame.now_ns, rooms.stimuli.get(scene, ()))
    return rooms.observer.update(
        frame.now_ns,
        sensed.head,
        sensed.hands,
        readings,
        beats,
        decision.step,
        stimulus_shown(decision, readings),
        sensed.tracking,
        deeds,
        sensed.eye,
        sensed.openness,
        rooms.leaving.word(
            stopped=bool(of_kind(heard.inputs, StopPressed)),
            headset_on=sensed.headset_on,
            place=decision.scene.place,
        ),
        decision.phase is Phase.BASELINE,
    )


def record(
    rooms: Rooms,
    frame: Frame,
    heard: Heard,
    view: RecordView,
    decision: Decision,
    sensed: Sensed,
    readings: tuple[StimulusReading, ...],
    beats: tuple[Beat, ...],
    deeds: tuple[PatientDid, ...],
    markers: tuple[Marker, ...],
) -> int:
    """Hand what was decided, shown and measured to the record's writer; returns the state's hash."""
    journal = rooms.journal
    for body, cause in decision.events:
        journal.append(body, frame, cause)
    for identity, kind in decision.applied:
        shown = CommandShown(
            command_id=identity, command_kind=kind, shown_frame=frame.index, shown_ns=frame.display_ns
        )
        journal.append(shown, frame, identity)
    for deed in deeds:
        journal.append(deed, frame)
    for marker in markers:
        journal.append(marker, frame)
    for answer in decision.answers:
        journal.answer_later(answer)
    journal.sample(frame, sensed, readings, beats, samples(rooms, frame))
    state = state_hash(decision.state, rooms.stage.state())
    shown_now = stimulus_shown(decision, readings)
    flags = frame_flags(frame, sensed, view.ok, shown_now, view.guard)
    journal.sample_frame(frame, view, flags, heard.link_age_ms, decision.scene.shell, state)
    journal.cut(frame.now_ns)
    if rooms.wait_for_commits and (journal.waits or frame.index % 2000 == 0):
        journal.barrier(10.0)
    return state


def samples(rooms: Rooms, frame: Frame) -> tuple[ChannelSample, ...]:
    """What other channels of the body have told since the last frame."""
    told = rooms.heart.samples(frame.now_ns)
    for channel in rooms.channels:
        told += channel.samples(frame.now_ns)
    return told


def end_of_run(
    rooms: Rooms,
    frame: Frame,
    decision: Decision,
    duration_ns: int | None,
    interrupted: Callable[[], bool],
) -> str | None:
    """Why the run ends after this frame, or None."""
    if decision.phase is Phase.CLOSED:
        return "session closed"
    if duration_ns is not None and frame.now_ns >= duration_ns:
        return "duration over"
    if duration_ns is None and rooms.ears.finished:
        return "script over"
    return "interrupted" if interrupted() else None


def stimulus_shown(decision: Decision, readings: tuple[StimulusReading, ...]) -> bool:
    """Whether the patient can see a stimulus of the exposure scene at all in this frame."""
    scene = decision.scene
    return bool(readings) and scene.place is Place.SCENE and scene.shell < 1.0 and scene.blink < 1.0


def perception(
    frame: Frame,
    decision: Decision,
    sensed: Sensed,
    readings: tuple[StimulusReading, ...],
    deeds: tuple[PatientDid, ...] = (),
    motion: float = 0.0,
    wash: WashPlace | None = None,
) -> Perception:
    """What the patient is exposed to and asked, for a virtual patient."""
    exposed = stimulus_shown(decision, readings)
    asked = decision.prompt
    if asked is None:
        told = Perception(frame.now_ns, 0.0, None, None, False, None, did=deeds)
    else:
        told = Perception(
            frame.now_ns, 0.0, None, None, False, asked.id, asked=asked.what, scale=asked.scale, did=deeds
        )
    if not exposed:
        return told
    nearest = min(readings, key=lambda reading: reading.distance_m)
    offset = tuple(there - here for there, here in zip(nearest.point, sensed.head[:3], strict=True))
    length = max(1e-9, sum(part * part for part in offset) ** 0.5)
    direction = (offset[0] / length, offset[1] / length, offset[2] / length)
    touch = nearest.point if nearest.touchable else None
    return told._replace(
        intensity=decision.intensity,
        distance_m=nearest.distance_m,
        direction=direction,
        exposed=True,
        touch=touch,
        wash=wash,
        motion=motion,
    )


def did(deed: Deed, scene: str, now_ns: int) -> PatientDid:
    """A deed that was told of in this frame, as the record keeps it."""
    t_on_ns = now_ns - round(deed.since_s * 1e9)
    t_off_ns = t_on_ns + round(deed.for_s * 1e9)
    return PatientDid(
        scene=scene,
        what=deed.what,
        thing=deed.thing,
        hand=deed.hand,
        t_on_ns=t_on_ns,
        t_off_ns=t_off_ns,
        residual=deed.residual,
    )


B = TypeVar("B", bound=EventBody)


def of_kind(inputs: tuple[EventBody, ...], kind: type[B]) -> tuple[B, ...]:
    return tuple(body for body in inputs if isinstance(body, kind)) if inputs else ()
