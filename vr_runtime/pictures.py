"""What the patient saw at a moment: the record re-executed up to it, then one frame drawn. No video is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from vr_runtime.catalogue import ScenePack
from vr_runtime.measures.observer import Observer
from vr_runtime.protocol.events import Closed, Event, Marker, PhaseChanged, StepEntered
from vr_runtime.replay import Comparison, RecordedSession
from vr_runtime.runtime import Rooms, Turn, run
from vr_runtime.stage.settings import GraphicsSettings

STEP_SETTLES_S = 2.4
"""A picture of a step is taken so long after it was entered: blinks and slews are mostly over."""

SEEN_BEFORE_S = 3.0
"""So long before a picture is taken every frame is brought in line with its scene, """
SEEN_EVERY = 60
"""and before that one frame in so many: cars and people then come and go where they did."""

Progress = Callable[[float, float], None]
"""Told the second of the record that was reached, and the one that is wanted."""


def take_pictures(
    folder: Path,
    key: Any,
    packs: Mapping[str, ScenePack],
    at_s: Sequence[float],
    out: Path,
    size: tuple[int, int],
    each_step: bool = False,
    progress: Progress = lambda _reached_s, _wanted_s: None,
) -> list[Path]:
    """Draw the frames that were shown at some moments of a record.

    Args:
        folder: the record.
        key: a record key source.
        packs: the scenes that are installed.
        at_s: moments, in seconds of the record's clock; the frame at or after each is drawn.
        out: a PNG file for one moment, else a folder in which files are named by their moments.
        size: width and height in pixels.
        each_step: draw every step that was played as well.
        progress: told how far the re-execution is, a few times a second.

    Raises:
        RecordError: the record cannot be opened.
        ReplayError: the record cannot be re-executed.
        DisplayError: there is no OpenGL to draw with.
    """
    from vr_runtime.display.snapshot import Camera

    session = RecordedSession.read(folder, key, packs)
    names = {second: out / f"at-{second:07.2f}s.png" for second in at_s}
    if each_step:
        names |= {second: out / name for second, name in step_moments(session.events)}
    if len(names) == 1 and out.suffix.lower() == ".png":
        names = dict.fromkeys(names, out)
    else:
        out.mkdir(parents=True, exist_ok=True)
    camera = Camera(replace(GraphicsSettings(), width=size[0], height=size[1], msaa=4))
    photographer = Photographer(camera, names, progress)
    try:
        rooms = session.rooms(Comparison(session, exact=False), camera.graphics, (photographer,))
        run(
            replace(rooms, observer=RecordedMeasures(session.events)),
            interrupted=lambda: photographer.finished,
        )
    finally:
        camera.close()
    return photographer.taken()


def step_moments(events: Sequence[Event]) -> list[tuple[float, str]]:
    """For each step that was played, when to look at it (first visit, in seconds) and the picture's file name."""
    moments: dict[int, tuple[float, str]] = {}
    leaving = [event.t_ns for event in events if isinstance(event.body, StepEntered | PhaseChanged | Closed)]
    for event in events:
        if isinstance(event.body, StepEntered) and event.body.step not in moments:
            left_ns = min((t_ns for t_ns in leaving if t_ns > event.t_ns), default=event.t_ns)
            moment_s = min(event.t_ns / 1e9 + STEP_SETTLES_S, (event.t_ns + left_ns) / 2e9)
            moments[event.body.step] = (moment_s, f"step-{event.body.step:02}-{event.body.step_id}.png")
    return [moments[step] for step in sorted(moments)]


class RecordedMeasures(Observer):
    """Gives the markers that the record has, each in its frame, and measures nothing: that takes a quarter of the
    time. They cannot be left out, for the session waits until the record holds what was numbered before."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__()
        self._recorded: dict[int, list[Marker]] = {}
        for event in events:
            if isinstance(event.body, Marker):
                self._recorded.setdefault(event.t_ns, []).append(event.body)

    def enter_scene(self, t_ns: int, stimuli: Sequence[Any]) -> None:
        pass

    def update(self, t_ns: int, *_given: Any, **_named: Any) -> tuple[Marker, ...]:
        return tuple(self._recorded.get(t_ns, ()))

    def finish(self, t_ns: int) -> tuple[Marker, ...]:
        return ()


class Photographer:
    """A listener that draws the frames of the moments it was given."""

    def __init__(
        self,
        camera: Any,
        names: Mapping[float, Path],
        progress: Progress = lambda _reached_s, _wanted_s: None,
    ) -> None:
        self._camera = camera
        self._due = sorted(names.items())
        self._taken: list[Path] = []
        self._progress = progress

    @property
    def finished(self) -> bool:
        return not self._due

    def frame_done(self, rooms: Rooms, turn: Turn) -> None:
        now_s, index = turn.frame.now_ns / 1e9, turn.frame.index
        while self._due and now_s >= self._due[0][0]:
            _, path = self._due.pop(0)
            pixels: np.ndarray = self._camera.take(rooms.stage.picture(turn.sensed.head))
            Image.fromarray(pixels).save(path)
            self._taken.append(path)
        if not self._due:
            return
        rooms.stage.unseen = now_s < self._due[0][0] - SEEN_BEFORE_S and (index + 1) % SEEN_EVERY != 0
        if index % 500 == 0:
            self._progress(now_s, self._due[-1][0])

    def taken(self) -> list[Path]:
        return self._taken
