"""One scene measured, in a process of its own, for ``scene_bench``. Prints JSON.

Times are of the main thread in ms (``cpu``: its processor time) or of the wall (``wall``: with the waiting for the
frame before, as the flash guard waits in a session).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from math import pi, sin
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vr_runtime.assemble import looks
from vr_runtime.catalogue import NEEDED, ScenePack, find_scenes, pick
from vr_runtime.display import stereo
from vr_runtime.display.graphics import Graphics
from vr_runtime.film import Empty
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.plan import plan_of_scene
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.scene_views import Cue, cue_of, pose
from vr_runtime.stage.nearer_ear import at_nearer_ear
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import Stage

FRAME_S = 1 / 90
STEADY = 40
"""Frames of each step that are measured."""
TURN_FRAMES = 24
"""Frames from one end of a parameter to the other; a choice has as many for all its choices."""

Times = list[tuple[float, float]]
"""(cpu, wall) of each frame, ms."""


class Bench:
    """A scene on a stage, and its display."""

    def __init__(self, packs: dict[str, ScenePack], name: str, settings: GraphicsSettings) -> None:
        pack = pick(packs, name)
        self.manifest = pack.manifest
        self._graphics = Graphics(settings, "offscreen")
        began = time.perf_counter()
        empty = {place: (pack.manifest.model_copy(update={"id": place}), Empty()) for place in NEEDED}
        scenes = {**empty, pack.manifest.id: (pack.manifest, pack.create())}
        self._stage = Stage(scenes, 1, self._graphics.settings)
        self.built_s = time.perf_counter() - began
        self._graphics.prepare(self._stage.rehearse(rehearsal(packs, name)))
        self.rehearsed_s = time.perf_counter() - began - self.built_s
        for cue in self._stage.rehearsed_sounds:
            at_nearer_ear(cue.file)
        self.heard_s = time.perf_counter() - began - self.built_s - self.rehearsed_s
        self._frame = 0

    def step(self, number: int) -> tuple[Times, tuple[int, int]]:
        """A step, played for a while; the largest count of Geoms and triangles."""
        cue = cue_of(self.manifest, number)
        self._show(replace(cue, restart=True), self._head())
        for _ in range(8):
            self._show(cue, self._head())
        times = [self._show(cue, self._head()) for _ in range(STEADY)]
        seen = [
            self._graphics.would_see(picture)
            for heading in (0.0, 90.0, 180.0, 270.0)
            if (picture := self._stage.picture(pose(heading, -8.0))) is not None
        ]
        return times, (max(geoms for geoms, _ in seen), max(triangles for _, triangles in seen))

    def sweep(self, number: int) -> Iterator[tuple[str, Value, tuple[float, float]]]:
        """Each parameter from one end to the other and back, the others as the step has them."""
        cue = cue_of(self.manifest, number)
        head = pose(0.0, -12.0)
        for item in self.manifest.parameters:
            if item.kind == "choice":
                values: list[Value] = [choice for choice in item.choices for _ in range(6)]
            else:
                up = [item.min + (item.max - item.min) * k / TURN_FRAMES for k in range(TURN_FRAMES + 1)]
                values = [*up, *reversed(up)]
            turned = replace(cue, parameters={**cue.parameters, item.id: values[0]})
            for _ in range(3):
                self._show(turned, head)
            for value in values:
                turned = replace(cue, parameters={**cue.parameters, item.id: value})
                yield item.id, value, self._show(turned, head)
            self._show(cue, head)

    def close(self) -> None:
        self._stage.close()
        self._graphics.close()

    def _show(self, cue: Cue, head: Pose) -> tuple[float, float]:
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        self._stage.play(cue, FRAME_S, head, Hands())
        picture = self._stage.picture(head)
        assert picture is not None
        self._graphics.render(picture)
        self._graphics.glance()
        return (time.thread_time_ns() - cpu) / 1e6, (time.perf_counter_ns() - wall) / 1e6

    def _head(self) -> Pose:
        """Looks about: to both sides within a step's frames."""
        self._frame += 1
        return pose(70.0 * sin(2 * pi * self._frame / STEADY), -10.0)


def rehearsal(packs: dict[str, ScenePack], name: str) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """What a session of this scene rehearses, the places that are always there apart."""
    manifest = pick(packs, name).manifest
    if not manifest.hierarchy:
        yield name, {}
        return
    manifests = {each: pack.manifest for each, pack in packs.items()}
    for shown, parameters in looks(plan_of_scene(manifest), manifests):
        if shown == name:
            yield shown, parameters


def measured(packs: dict[str, ScenePack], name: str, settings: GraphicsSettings) -> dict[str, Any]:
    bench = Bench(packs, name, settings)
    steps = range(1, len(bench.manifest.hierarchy) + 1) or range(1)
    of_steps: list[dict[str, Any]] = []
    for number in steps:
        times, (geoms, triangles) = bench.step(number)
        cpu, wall = np.array(times).T
        of_steps.append(
            {
                "step": number,
                "cpu": float(np.median(cpu)),
                "wall": float(np.median(wall)),
                "wall_p99": float(np.percentile(wall, 99)),
                "geoms": geoms,
                "triangles": triangles,
            }
        )
    middle = steps[len(steps) // 2]
    swept = list(bench.sweep(middle))
    again = swept
    if _shares(swept).max(initial=0.0) > 2.0:
        # once more: what is late only once was the machine's, not the scene's
        again = list(bench.sweep(middle))
    found = {
        "load": [bench.built_s, bench.rehearsed_s, bench.heard_s],
        "steps": of_steps,
        "hitch": _worst(swept, again),
        "renderer": bench._graphics.renderer,
    }
    bench.close()
    return found


Sweep = list[tuple[str, Value, tuple[float, float]]]


def _shares(swept: Sweep) -> NDArray[np.float64]:
    """Each frame's time on the main thread, as a multiple of the median of the nine around it: another place or more
    people may cost more all along, and that is no hitch."""
    cpu = np.array([times[0] for _, _, times in swept])
    if not len(cpu):
        return cpu
    around = np.lib.stride_tricks.sliding_window_view(np.pad(cpu, 4, mode="edge"), 9)
    return cpu / np.median(around, axis=1)


def _worst(swept: Sweep, again: Sweep) -> list[Any] | None:
    """The frame that took the most of the main thread's median, where, and how many took over twice: each frame
    counts with the better of its two times."""
    if not swept:
        return None
    late = _shares(swept)
    share = np.minimum(late, _shares(again))
    at = int(share.argmax())
    name, value, _ = swept[at]
    shown = value if isinstance(value, str) else f"{value:.3g}"
    return [float(share[at]), f"{name} = {shown}", int((share > 2.0).sum()), int((late > 2.0).sum())]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("scene")
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--height", type=int, default=360)
    parser.add_argument("--eyes", type=int, default=1)
    parser.add_argument("--msaa", type=int, default=0)
    parser.add_argument("--stereo", default="auto", choices=("auto", "single", "two"))
    parser.add_argument("--noop", action="store_true", help="the driver draws nothing (GALLIUM_NOOP=1)")
    options = parser.parse_args()
    if options.noop:
        # a driver that draws nothing would fail the trial
        stereo.works = lambda output, settings: True
    settings = GraphicsSettings(
        width=options.width,
        height=options.height,
        eyes=options.eyes,
        msaa=options.msaa,
        stereo=options.stereo,
    )
    print(json.dumps(measured(find_scenes(), options.scene, settings)), flush=True)


if __name__ == "__main__":
    main()
