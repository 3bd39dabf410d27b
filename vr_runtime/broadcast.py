"""What goes out while the session runs and is not recorded: telemetry ten times a second, the patient's view."""

from __future__ import annotations

from vr_runtime.link.server import LinkServer
from vr_runtime.protocol.answers import (
    ClockState,
    FrameState,
    GapState,
    HeartState,
    RecordState,
    StimulusState,
    Telemetry,
)
from vr_runtime.protocol.streams import STREAMS
from vr_runtime.protocol.words import Phase
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.stage.preview import Preview, PreviewImage
from vr_runtime.stage.settings import GraphicsSettings

TELEMETRY_NS = int(1e9 / (STREAMS["telemetry"].rate_hz or 10.0))


class PatientsView:
    """A listener of the loop: hands the consoles what the patient sees, newest picture only, encoded in a thread of
    its own. The loop waits neither for the drawing nor for the encoding."""

    def __init__(self, server: LinkServer, graphics: GraphicsSettings) -> None:
        self._server = server
        self._preview = Preview(self._deliver, size=(graphics.preview_width, graphics.preview_height))

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        if self._preview.wants(turn.frame.now_ns):
            glimpse = rooms.display.glimpse()
            if glimpse is not None:
                self._preview.offer(glimpse.frame.now_ns, glimpse.frame.index, glimpse.pixels)

    def close(self) -> None:
        self._preview.close()

    def _deliver(self, image: PreviewImage) -> None:
        self._server.publish_preview(image.jpeg, image.t_ns, image.frame, image.width, image.height)


class Broadcast:
    """A listener of the loop: tells the link that the loop lives, and sends telemetry at its rate."""

    def __init__(self, server: LinkServer, epoch: str) -> None:
        self._server = server
        self._epoch = epoch
        self._next_ns = 0
        self._late = 0
        self._rate_hz = 0.0
        self._counted_from = (0, 0)

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        frame = turn.frame
        self._late += frame.late
        self._server.frame_done(frame.index)
        if frame.now_ns >= self._next_ns:
            self._next_ns = frame.now_ns + TELEMETRY_NS
            self._server.publish_telemetry(self._telemetry(rooms, turn))

    def _telemetry(self, rooms: Rooms, turn: Turn) -> Telemetry:
        frame, decision, sensed = turn.frame, turn.decision, turn.sensed
        live = rooms.observer.live()
        course = rooms.session.course
        clocks = course.clocks
        gaps = course.gate.open if decision.phase is Phase.SETUP else ()
        return Telemetry(
            t_ns=frame.now_ns,
            frame=frame.index,
            epoch=self._epoch,
            phase=decision.phase,
            place=decision.scene.place,
            step=decision.step,
            scene=decision.scene.scene,
            intensity=decision.intensity,
            shell=decision.scene.shell,
            held=decision.held,
            parameters=rooms.session.parameters(),
            safe_place=rooms.session.safe_place(),
            alarms=rooms.session.alarms,
            tracking=sensed.tracking,
            headset_on=sensed.headset_on,
            head=sensed.head,
            stimuli=tuple(
                StimulusState(id=item.id, distance_m=item.distance_m, angle_deg=item.angle_deg)
                for item in live.stimuli
            ),
            heart=HeartState(
                bpm=live.bpm,
                rmssd_ms=live.rmssd_ms,
                quality=live.heart_quality,
                age_s=live.beat_age_s,
                source=rooms.heart.name,
            ),
            record=RecordState(
                committed_seq=turn.view.committed_seq,
                backlog=max(0, rooms.journal.last_seq - turn.view.committed_seq),
                age_s=turn.view.age_ms / 1000.0,
                failed=turn.view.failed,
            ),
            frames=FrameState(
                rate_hz=self._measured_rate(frame.index, frame.now_ns), late=self._late, total=frame.index
            ),
            prompt=decision.prompt,
            clocks=ClockState(
                session_s=clocks.session_s,
                phase_s=clocks.in_phase[decision.phase],
                step_s=clocks.step_s,
                head_on_s=clocks.head_on_s,
            ),
            gaps=tuple(GapState(id=gap.id, text=gap.text, may_override=gap.may_override) for gap in gaps),
        )

    def _measured_rate(self, index: int, now_ns: int) -> float:
        """Frames a second over the last second or so."""
        since_index, since_ns = self._counted_from
        if now_ns - since_ns >= 1_000_000_000:
            self._rate_hz = (index - since_index) * 1e9 / (now_ns - since_ns)
            self._counted_from = (index, now_ns)
        return self._rate_hz
