"""The words with which scenes tell people what to do."""

from __future__ import annotations

import numpy as np
import pytest
from panda3d.core import NodePath

from scenes.kit import liveliness, people
from scenes.kit.people import CLIPS, FAR, Folk, Way
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.settings import GraphicsSettings

AROUND = Way(((0.0, 0.0), (20.0, 0.0), (20.0, 12.0), (0.0, 12.0)), 1.3, closed=True)
STRAIGHT = Way(((-30.0, 5.0, 0.1), (30.0, 5.0, 0.1)), 1.0)


def folk(count: int, seed: int = 3) -> Folk:
    rng = np.random.default_rng(seed)
    root = NodePath("root")
    clips = ("stroll", "walk", "stand", "talk", "wash", "sit", "drive")
    kitchen = Kitchen(root, GraphicsSettings(width=32, height=32))
    return Folk(kitchen, "people", people.cast(count, rng), rng, levels=(FAR,), clips=clips)


def test_everybody_is_cast_about_equally_often_and_dressed_by_chance() -> None:
    rng = np.random.default_rng(1)
    members = people.cast(40, rng)
    names = [member.figure for member in members]
    assert {names.count(name) for name in people.names()} <= {
        40 // len(people.names()),
        40 // len(people.names()) + 1,
    }
    assert len({tuple(member.colours["top"]) for member in members}) > 25
    assert all(0.0 <= value <= 1.0 for member in members for c in member.colours.values() for value in c)
    again = people.cast(40, np.random.default_rng(1))
    assert [m.figure for m in again] == names
    assert {m.figure for m in people.cast(5, rng, among=("ruth", "otto"))} == {"ruth", "otto"}


def test_walkers_go_at_their_ways_speed_the_way_they_face_and_never_meet() -> None:
    walks = people.walks(24, [AROUND, STRAIGHT], np.random.default_rng(2))
    for t in np.linspace(0.0, 70.0, 36):
        now, soon = walks.doing(t), walks.doing(t + 0.01)
        step = soon.at - now.at
        jumped = np.linalg.norm(step, axis=1) > 0.1  # from the end of the open way to its beginning
        assert (walks.of[jumped] == 1).all()
        speed = np.linalg.norm(step, axis=1)[~jumped] / 0.01
        expected = np.array([AROUND.speed_m_s, STRAIGHT.speed_m_s])[walks.of[~jumped]]
        # the one who is just passing a corner cuts it
        assert (np.abs(speed - expected) < 0.01).mean() > 0.9
        turn = np.arctan2(-step[:, 0], step[:, 1]) - now.heading
        off = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)[~jumped]
        assert (off < 0.9).all()
        assert np.median(off) < 1e-6
        apart = np.linalg.norm(now.at[:, None] - now.at[None], axis=2) + 9.0 * np.eye(24)
        same = walks.of[:, None] == walks.of[None]
        # around a corner two of a lane may come closer than along it
        assert apart[same].min() > people.APART_M / 2**0.5 - 1e-6
    assert {CLIPS[i] for i in walks.doing(0.0).clip} == {"walk", "stroll"}


def test_a_way_that_is_full_or_too_fast_is_said() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="there is room for 4"):
        people.walks(5, [Way(((0, 0), (9, 0)), 1.2)], rng)
    with pytest.raises(ValueError, match=r"2\.5 m/s"):
        people.walks(1, [Way(((0, 0), (9, 0)), 2.5)], rng)


def test_steps_follow_the_way_walked() -> None:
    """The phase of a walker's steps grows by one a stride, whatever time it takes: feet stay on the ground."""
    crowd = folk(8)
    walks = people.walks(8, [AROUND, STRAIGHT], np.random.default_rng(4))
    early, late = walks.doing(3.0), walks.doing(8.0)
    steps = crowd.placed(8.0, late).phase - crowd.placed(3.0, early).phase
    stride = crowd.people.members.stride_m(late.clip)
    assert np.allclose(steps * stride, late.way - early.way)
    assert (steps > 2.5).all()


def test_all_of_it_is_a_function_of_time() -> None:
    crowd = folk(6)
    doing = people.still(
        [(i, 2, 0) for i in range(6)], [180.0] * 6, ["stand", "talk", "sit", "wash", "stand", "talk"]
    )
    first = crowd.placed(12.3, doing, look_at=(0, 0, 1.6), attention=0.5)
    for t in (0.0, 400.0, 3.0):
        crowd.draw(t, doing)
    again = folk(6).placed(12.3, doing, look_at=(0, 0, 1.6), attention=0.5)
    for name in ("at", "heading", "phase", "head", "eyes", "lids", "jaw"):
        assert (getattr(first, name) == getattr(again, name)).all(), name
        assert np.isfinite(getattr(first, name)).all(), name
    other = folk(6, seed=4).placed(12.3, doing, look_at=(0, 0, 1.6), attention=0.5)
    assert other.head is not None
    assert first.head is not None
    assert not np.allclose(other.head, first.head)


def test_who_attends_looks_at_the_patient_and_who_does_not_looks_elsewhere() -> None:
    crowd = folk(2)
    patient = np.array([0.4, 0.3, 1.6])
    doing = people.still([(0, 1.8, 0), (1.2, 1.6, 0)], [180.0, 150.0], ["stand", "stand"])
    off: dict[float, list[float]] = {0.0: [], 0.5: [], 1.0: []}
    for attention, found in off.items():
        for t in np.arange(0.0, 120.0, 0.4):
            placed = crowd.placed(t, doing, look_at=patient.tolist(), attention=attention)
            assert placed.head is not None
            assert placed.eyes is not None
            look = placed.head + placed.eyes
            yaw = doing.heading + look[:, 0]
            way = patient - doing.at
            there = np.arctan2(-way[:, 0], way[:, 1])
            apart = np.abs((yaw - there + np.pi) % (2 * np.pi) - np.pi)
            found.extend(np.degrees(apart).tolist())
    shares = {key: float(np.mean(np.array(value) < 6.0)) for key, value in off.items()}
    assert shares[1.0] > 0.98
    assert shares[0.0] < 0.08
    assert 0.3 < shares[0.5] < 0.7


def test_people_blink_about_fifteen_times_a_minute_each_at_their_own_times() -> None:
    seeds = np.arange(1, 9, dtype=np.uint64) * np.uint64(7919)
    shut: np.ndarray = np.array([liveliness.lids(seeds, t) for t in np.arange(0.0, 240.0, 0.02)])
    blinks = ((shut[1:] > 0.9) & (shut[:-1] <= 0.9)).sum(axis=0) / 4.0
    assert (blinks > 12).all()
    assert (blinks < 18).all()
    assert shut.min() == 0.0
    assert 0.02 < (shut > 0.1).mean() < 0.12
    # no two alike
    alike: np.ndarray = np.atleast_2d(np.corrcoef((shut > 0.5).T))
    assert alike[np.triu_indices(8, 1)].max() < 0.3


def test_gaze_moves_without_jumps() -> None:
    """Heads do not turn faster than people's do (about 250 degrees a second), eyes not faster than a saccade."""
    seeds = np.arange(1, 7, dtype=np.uint64) * np.uint64(104729)
    none, wide = np.zeros(6), np.full(6, 0.6)
    step = 0.01
    looks = [liveliness.gaze(seeds, t, None, none, wide) for t in np.arange(0.0, 60.0, step)]
    head = np.degrees(np.abs(np.diff([h for h, _ in looks], axis=0))) / step
    look = np.degrees(np.abs(np.diff([h + e for h, e in looks], axis=0))) / step
    assert head.max() < 250
    assert look.max() < 1500
    assert np.ptp([h[0, 0] for h, _ in looks]) > 0.4


def test_only_those_who_talk_move_their_mouths() -> None:
    crowd = folk(2)
    doing = people.still([(0, 0, 0), (1, 0, 0)], [0, 0], ["talk", "stand"])
    jaw: np.ndarray = np.array([crowd.placed(t, doing).jaw for t in np.arange(0.0, 30.0, 0.05)])
    assert jaw[:, 0].max() > 0.5
    assert 0.15 < (jaw[:, 0] > 0.05).mean() < 0.85
    assert (jaw[:, 1] == 0).all()


def test_drivers_sit_where_their_cars_are() -> None:
    doing = people.driving([(10.0, 5.0, 0.0)], [-np.pi / 2], seat=(-0.35, -0.1, 0.5))
    # a car that drives along +x: its left is +y, its tail -x
    assert doing.at[0] == pytest.approx([9.9, 5.35, 0.5])
    assert CLIPS[doing.clip[0]] == "drive"
    ring = people.group((2.0, 3.0, 0.0), 0.7, ["talk"] * 3)
    middle = ring.at.mean(axis=0)
    assert middle == pytest.approx([2.0, 3.0, 0.0])
    ahead = np.stack([-np.sin(ring.heading), np.cos(ring.heading)], axis=1)
    assert np.allclose(ring.at[:, :2] + 0.7 * ahead, [2.0, 3.0])
    assert len(people.together([ring, doing]).clip) == 4
