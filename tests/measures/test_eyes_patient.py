"""Markers of the eyes held against what the virtual patient meant to do: precision and recall, for each marker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from tests.helpers.gazes import Lived, Span, marked, matched, moments, patient_looks, spans, watched
from vr_runtime.measures import DEFINITIONS
from vr_runtime.patient import Traits, kind
from vr_runtime.patient.conduct import Gaze
from vr_runtime.patient.eyes import Lids, Meant
from vr_runtime.protocol.events import Marker

PATIENTS = (
    Traits(fear=0.8, look_away_tendency=0.9, closes_eyes=1.0, learning_rate=0.0),
    kind("avoider").traits,
    kind("steady").traits,
)
RATES = (72.0, 90.0, 120.0)
NAMES = ("gaze_look", "gaze_ttff", "saccade_away", "head_turn_away", "eye_closure")


def near(ones: Iterable[float], others: Sequence[float], within_s: float) -> int:
    return sum(any(abs(one - other) <= within_s for other in others) for one in ones)


class Score:
    """Of one marker: how many were made and meant, and how many of either have their fellow."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()

    def add(self, made: int, made_right: int, meant: int, meant_found: int) -> None:
        self.counts.update(made=made, made_right=made_right, meant=meant, meant_found=meant_found)

    @property
    def precision(self) -> float:
        return self.counts["made_right"] / max(1, self.counts["made"])

    @property
    def recall(self) -> float:
        return self.counts["meant_found"] / max(1, self.counts["meant"])


def score(seeds: Iterable[int], seconds: float) -> dict[str, Score]:
    scores = {name: Score() for name in NAMES}
    for seed in seeds:
        for number, traits in enumerate(PATIENTS):
            lived = patient_looks(seed, traits, seconds, RATES[(seed + number) % 3], jitter=0.2)
            _add(scores, lived, watched(lived.frames))
    return scores


def _add(scores: dict[str, Score], lived: Lived, markers: tuple[Marker, ...]) -> None:
    def meant_to_see(least_s: float) -> list[Span]:
        return spans(lived, lambda i: i.eyes is Meant.STIMULUS and i.lids is Lids.OPEN, least_s)

    # eyes need up to 0.1 s to get there, and the head longer where they cannot go so far
    made, meant = marked(markers, "gaze_look"), meant_to_see(0.45)
    scores["gaze_look"].add(len(made), matched(made, meant_to_see(0.05)), len(meant), matched(meant, made))
    first = [m.t_off_ns / 1e9 for m in markers if m.marker == "gaze_ttff" and not m.parameters["censored"]]
    begun = [span.on_s for span in meant_to_see(0.3)[:1]]
    scores["gaze_ttff"].add(len(first), near(first, begun, 0.6), len(begun), near(begun, first, 0.6))
    fled = list(moments(lived, lambda i: i.darts))
    darts = [span.on_s for span in marked(markers, "saccade_away")]
    # a visit that ends soon of itself is as short
    brief = [
        span.off_s for span in spans(lived, lambda i: i.eyes is Meant.STIMULUS, 0.2) if span.length_s < 0.75
    ]
    scores["saccade_away"].add(
        len(darts), near(darts, fled + brief, 0.15), len(fled), near(fled, darts, 0.15)
    )
    # the head takes most of a second to turn so far
    turns, away = marked(markers, "head_turn_away"), spans(lived, lambda i: i.head is Gaze.AWAY, 2.2)
    any_away = spans(lived, lambda i: i.head is Gaze.AWAY, 0.2)
    away_from = [span for span in away if _faced(lived, span.on_s)]
    scores["head_turn_away"].add(
        len(turns), matched(turns, any_away), len(away_from), matched(away_from, turns)
    )
    shut = spans(lived, lambda i: i.lids is Lids.SHUT, 1.2)
    closed = marked(markers, "eye_closure")
    scores["eye_closure"].add(len(closed), matched(closed, shut, 0.8), len(shut), matched(shut, closed, 0.8))


def _faced(lived: Lived, until_s: float) -> bool:
    """The head meant to face the stimulus for a second, within the three before: what is turned away from."""
    before = [
        intention.head is Gaze.STIMULUS
        for frame, intention in zip(lived.frames, lived.meant, strict=True)
        if until_s - 3.0 <= frame.t_ns / 1e9 < until_s
    ]
    hz = (len(lived.frames) - 1) / ((lived.frames[-1].t_ns - lived.frames[0].t_ns) / 1e9)
    return sum(before) >= hz


LEAST = {
    "gaze_look": (0.95, 0.9),
    "gaze_ttff": (0.8, 0.8),
    "saccade_away": (0.8, 0.8),
    "head_turn_away": (0.9, 0.9),
    "eye_closure": (0.95, 0.95),
}
"""Precision and recall."""


def test_markers_of_looking_are_what_the_patient_meant() -> None:
    scores = score(range(2), 90.0)
    for name, (precision, recall) in LEAST.items():
        assert scores[name].counts["meant"] >= 5, name
        assert scores[name].precision >= precision, (name, scores[name].counts)
        assert scores[name].recall >= recall, (name, scores[name].counts)


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_precision_and_recall_over_many_patients() -> None:
    scores = score(range(20), 180.0)
    for name in NAMES:
        s = scores[name]
        print(  # noqa: T201
            f"{name} ({DEFINITIONS[name].source}): precision {s.precision:.3f} of {s.counts['made']}, "
            f"recall {s.recall:.3f} of {s.counts['meant']}"
        )
        assert s.precision >= LEAST[name][0]
        assert s.recall >= LEAST[name][1]


def test_without_an_eye_tracker_the_patient_is_the_same_to_the_last_bit() -> None:
    from vr_runtime.display.port import Perception
    from vr_runtime.patient import VirtualPatient
    from vr_runtime.protocol.pose import Pose

    traits = Traits(fear=0.9, closes_eyes=1.0)
    blind, seen = (
        VirtualPatient(3, traits, Pose(z=1.6)),
        VirtualPatient(3, traits, Pose(z=1.6), eye_tracking=True),
    )
    for i in range(900):
        t_ns = i * 11_111_111
        assert blind.pose(t_ns) == seen.pose(t_ns)
        assert blind.eyes(t_ns) == (None, None)
        told = Perception(t_ns, 0.8, 1.0, (0.0, 0.6, -0.8), True, None)
        blind.perceive(told)
        seen.perceive(told)
    assert seen.eyes(900 * 11_111_111) != (None, None)
    assert blind.intentions.sight is None
