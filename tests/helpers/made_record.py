"""A record made from a played session, without a runtime: every kind of event that a report can show."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.helpers.fake_runtime import FakeRuntime
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    AskRating,
    Command,
    End,
    FireTrigger,
    GoToStep,
    Note,
    Pause,
    Rating,
    Release,
    Resume,
    SafePlace,
    SetParameter,
    Start,
)
from vr_runtime.protocol.words import Cause, DemandKind, Phase, Rated, Refusal
from vr_runtime.record import Entry, KeySource, PassphraseKey, Writer

KEY = PassphraseKey("a passphrase for tests")
NOTE = "=HYPERLINK(1) Mrs Example holds the rail"

Act = AnyCommandBody | float | str

SESSION: Sequence[Act] = (
    1.0, Start(), 6.0, GoToStep(step=1), 4.0, Rating(raw=30), 6.0, Rating(raw=45), 6.0, Rating(raw=35),
    GoToStep(step=5), 1.0, GoToStep(step=2), 5.0, AskRating(), 8.0, SetParameter(name="wind", value=4.0), 4.0,
    FireTrigger(trigger="gust"), 5.0, Pause(), 5.0, Resume(), 5.0, Note(text=NOTE), SafePlace(), 4.0, Resume(),
    5.0, "silent", 3.0, GoToStep(step=3), 6.0, Rating(raw=70), 4.0, "stop", 3.0, Release(), 2.0,
    End(to=Phase.RECOVERY), 5.0,
)  # fmt: skip
"""Seconds to wait, commands, and two things that happen: a silent link, a STOP."""


def played(acts: Sequence[Act] = SESSION, *, closed: bool = True, patient: str = "virtual") -> FakeRuntime:
    """A session in virtual time, its log complete."""
    runtime = FakeRuntime(patient=patient, chunks=True)
    number = 0
    for act in acts:
        if isinstance(act, float):
            for _ in range(round(act / 0.1)):
                runtime.advance(0.1)
        elif act == "stop":
            runtime.stop("stop-from-the-test")
        elif act == "silent":
            for active in (True, False):
                runtime.emit(
                    ev.DemandMade(cause=Cause.LINK_SILENT, demand=DemandKind.HOLD, active=active, age_s=3.0)
                )
                runtime.advance(1.5)
            runtime.emit(
                ev.CommandTurnedAway(
                    command_id="turned-away-0001", command_kind="resume", sent_ns=runtime.now_ns - 3_000_000_000,
                    received_ns=runtime.now_ns, reason=Refusal.EXPIRED, message="too old",
                )
            )  # fmt: skip
            runtime.emit(ev.RatingMissed(prompt="prompt-of-silence", what=Rated.DISTRESS))
        elif not isinstance(act, str):
            number += 1
            if act.kind == "go_to_step" and runtime.step:
                emit_markers(runtime, runtime.step)
            runtime.hear(
                Command(
                    id=f"command-{number:04d}", epoch=runtime.epoch, seq=number, sent_ns=runtime.now_ns,
                    sent_error_ns=400_000, body=act,
                )
            )  # fmt: skip
    if closed:
        runtime.emit(ev.Closed(because="end", frames=runtime.frame, late_frames=3))
    return runtime


def emit_markers(runtime: FakeRuntime, step: int) -> None:
    """A few measures as the observer gives them."""
    now = runtime.now_ns
    for name, value, unit, source, seconds in (
        ("retreat", 0.42, "m", "head", 1.5),
        ("head_turn_away", 2.1, "s", "head", 2.1),
        ("heart_rate", 88.0, "1/min", "heart", 5.0),
        ("bat_min_distance", 0.8 + 0.1 * step, "m", "head", 4.0),
        ("step_heart_rate", 84.0 + step, "1/min", "heart", 4.0),
    ):
        runtime.emit(
            ev.Marker(
                marker=name, t_on_ns=now - round(seconds * 1e9), t_off_ns=now, value=value, unit=unit,
                source=source, quality=0.9, algorithm=f"{name}/1", parameters={"retreat_m": 0.3}, stimulus="edge",
                step=step,
            )
        )  # type: ignore[arg-type]  # fmt: skip


def make_record(folder: Path, runtime: FakeRuntime | None = None, key: KeySource = KEY) -> Path:
    """Write the session's log as a real, encrypted record."""
    writer = Writer.create(folder, key)
    for entry in (runtime or played()).log:
        writer.append(Entry(entry.seq, entry.t_ns, entry.kind, entry.body))
    assert writer.barrier(30), writer.health()
    writer.close()
    return folder
