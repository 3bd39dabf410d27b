"""Markers against what the virtual patient meant to do: precision and recall. What it means is known; a person's is not.

The patient was made to look plausible, not to be like anybody: these figures hold the measures to clear cases, and say
nothing of how well they tell on people.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pytest

from scenes.kit.touch import Contacts, Point, box_distance, skin
from scenes.kit.washing import Washing
from vr_runtime.display.port import Perception
from vr_runtime.measures import Observer
from vr_runtime.patient import Traits, VirtualPatient
from vr_runtime.patient.conduct import Going
from vr_runtime.patient.intending import Intentions
from vr_runtime.protocol.events import Marker
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.runtime import did

HZ = 45.0
EDGE_Y = 1.05
THING: Point = (0.1, 0.95, 0.95)
SIZE: Point = (0.2, 0.2, 0.02)
KINDS = (
    Traits(fear=0.5),
    Traits(fear=0.8, approach_tendency=0.7),
    Traits(fear=0.9, silent_at=0.7),
    Traits(fear=0.6, urge=0.9, gives_in=0.8),
)


class Lived(NamedTuple):
    markers: tuple[Marker, ...]
    t_ns: list[int]
    meant: list[Intentions]
    y: list[float]
    """Of the head, towards the stimulus."""
    hand_m: list[float]
    """From the right hand to the stimulus."""


def lived(seed: int, traits: Traits, seconds: float, thing: bool) -> Lived:
    """A step that gets harder. ``thing``: there is something to touch, and water to wash in; else an edge."""
    patient = VirtualPatient(seed, traits, Pose(z=1.6))
    observer = Observer(["it"])
    contacts, washing = Contacts(), Washing()
    markers: list[Marker] = []
    all_meant: list[Intentions] = []
    times: list[int] = []
    ahead: list[float] = []
    hand_m: list[float] = []
    deeds: tuple = ()  # type: ignore[type-arg]
    for i in range(int(seconds * HZ)):
        t_ns = round(i * 1e9 / HZ)
        head, hands = patient.pose(t_ns)
        point: Point = THING if thing else (head.x, EDGE_Y, 0.0)
        dx, dy, dz = point[0] - head.x, point[1] - head.y, point[2] - head.z
        length = math.sqrt(dx * dx + dy * dy + dz * dz)
        distance = math.hypot(dx, dy) if thing else EDGE_Y - head.y
        if thing:
            sides = {"left": hands.left, "right": hands.right}
            away = {
                side: {"it": min(box_distance(at, THING, SIZE) for at in skin(pose, side))}  # type: ignore[arg-type]
                for side, pose in sides.items()
                if pose is not None
            }
            palms = {side: pose[:3] for side, pose in sides.items() if pose is not None}
            told = contacts.update(t_ns / 1e9, away)  # type: ignore[arg-type]
            _, more = washing.update(t_ns / 1e9, 1.0 / HZ, palms, {"left": True, "right": True})  # type: ignore[arg-type]
            deeds = tuple(did(deed, "made", t_ns) for deed in (*told, *more))
        patient.perceive(
            Perception(
                t_ns, 0.2 + 0.7 * min(1.0, t_ns / 120e9), distance, (dx / length, dy / length, dz / length), True,
                None, touch=THING if thing else None, did=deeds,
            )
        )  # fmt: skip
        times.append(t_ns)
        all_meant.append(patient.intentions)
        ahead.append(head.y)
        hand_m.append(math.dist((hands.right or head)[:3], point))
        reading = StimulusReading(0, distance, point, True)
        markers += observer.update(t_ns, head, hands, (reading,), (), 1, True, True, deeds)
    return Lived((*markers, *observer.finish(times[-1])), times, all_meant, ahead, hand_m)


Stretch = tuple[int, int]


def stretches(life: Lived, holds: Callable[[Intentions], bool], least_s: float = 0.0) -> list[Stretch]:
    found: list[Stretch] = []
    since: int | None = None
    for i, meant in enumerate(life.meant):
        if holds(meant) and since is None:
            since = i
        elif not holds(meant) and since is not None:
            found.append((since, i))
            since = None
    if since is not None:
        found.append((since, len(life.meant) - 1))
    return [(a, b) for a, b in found if (life.t_ns[b] - life.t_ns[a]) / 1e9 >= least_s]


class Tally:
    """Markers that were meant, out of all; meant stretches that were marked, out of all that are clear."""

    def __init__(self) -> None:
        self.right = self.markers = self.found = self.meant = 0

    def add(
        self, life: Lived, name: str, clear: Sequence[Stretch], any_meant: Sequence[Stretch], slack_s: float
    ) -> None:
        spans = [(m.t_on_ns, m.t_off_ns) for m in life.markers if m.marker in name.split("|")]
        slack = round(slack_s * 1e9)
        t = life.t_ns

        def meets(span: Stretch, a: int, b: int) -> bool:
            return span[0] <= t[b] + slack and span[1] >= t[a] - slack

        self.markers += len(spans)
        self.right += sum(any(meets(span, a, b) for a, b in any_meant) for span in spans)
        self.meant += len(clear)
        self.found += sum(any(meets(span, a, b) for span in spans) for a, b in clear)

    @property
    def precision(self) -> float:
        return self.right / self.markers if self.markers else math.nan

    @property
    def recall(self) -> float:
        return self.found / self.meant if self.meant else math.nan


def tallied(seeds: Sequence[int], seconds: float) -> dict[str, Tally]:
    tallies = {
        name: Tally() for name in ("approach", "retreat", "still", "touch", "reach", "wash", "withdrawn")
    }
    for seed in seeds:
        for at, traits in enumerate(KINDS):
            life = lived(10 * seed + at, traits, seconds, thing=False)

            def moved(stretch: Stretch, life: Lived = life) -> float:
                return life.y[stretch[1]] - life.y[stretch[0]]

            nearer = stretches(life, lambda m: m.going is Going.NEARER)
            clear = [s for s in nearer if moved(s) > 0.2]
            tallies["approach"].add(life, "approach_velocity", clear, nearer, 0.5)
            back = stretches(life, lambda m: m.going is Going.BACK)
            tallies["retreat"].add(life, "retreat", [s for s in back if moved(s) < -0.4], back, 0.5)
            tallies["still"].add(
                life,
                "still|freeze_like",
                stretches(life, lambda m: m.silent, 6.0),
                stretches(life, lambda m: m.going is Going.STAND, 2.5),
                0.0,
            )
            tallies["withdrawn"].add(life, "hands_withdrawn", [], [], 0.0)
            life = lived(10 * seed + at, traits, seconds, thing=True)
            touching = stretches(life, lambda m: m.touching)
            long = stretches(life, lambda m: m.touching and not m.rubbing, 1.5)
            tallies["touch"].add(life, "touch", long, touching, 1.0)
            # a hand that hangs within the last half metre already has no half metre to go
            far = [s for s in long if life.hand_m[s[0]] > 0.6]
            tallies["reach"].add(life, "hand_jerk", far, touching, 1.0)
            rubbing = stretches(life, lambda m: m.rubbing)
            whole = [
                s
                for s in rubbing
                if (life.t_ns[s[1]] - life.t_ns[s[0]]) > 8e9 and s[1] < len(life.t_ns) - 120
            ]
            tallies["wash"].add(life, "wash", whole, rubbing, 1.0)
    return tallies


LEAST = {
    "approach": (0.9, 0.9),
    "retreat": (0.9, 0.9),
    "still": (0.9, 0.9),
    "touch": (0.9, 0.9),
    "reach": (0.85, 0.8),
    "wash": (0.9, 0.9),
}
"""Precision and recall."""


def check(tallies: dict[str, Tally]) -> None:
    for name, (precision, recall) in LEAST.items():
        tally = tallies[name]
        assert tally.meant >= 1, name
        assert tally.precision >= precision, (name, tally.precision, tally.markers)
        assert tally.recall >= recall, (name, tally.recall, tally.meant)
    # this patient never holds its hands behind its back
    assert tallies["withdrawn"].markers == 0


def test_markers_are_what_was_meant_and_what_was_meant_is_marked() -> None:
    check(tallied([2], 100.0))


@pytest.mark.proof
@pytest.mark.timeout(600)
def test_precision_and_recall_over_many_patients() -> None:
    tallies = tallied(range(12), 240.0)
    row = ", ".join(
        f"{name} {t.precision:.3f} of {t.markers} / {t.recall:.3f} of {t.meant}"
        for name, t in tallies.items()
        if t.meant
    )
    print(f"\nmarkers against intentions (precision / recall of what was clearly meant): {row}")  # noqa: T201
    check(tallies)
