"""What people do: each clip is a closed loop of poses, worked out for one skeleton.

A clip's time runs in cycles (0 to 1). Still ones last ``LOOP_S`` and hold a whole number of breaths, so that the
loop closes; how people look around, blink and talk is added by ``people.py`` and is no part of a clip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from vr_runtime.stage.gait import walk
from vr_runtime.stage.skeleton import Array, Skeleton, about, blended, reached

LOOP_S = 16.0
BREATHS = 4
"""In a loop: 15 a minute."""
FRAMES = 96
WALKS = {"stroll": (0.95, 0.5), "walk": (1.25, 0.0), "hurry": (1.55, 0.0)}
"""Speed (m/s) and ease of the walking clips."""
NAMES = (*WALKS, "stand", "wait", "talk", "phone", "wash", "sit", "drive")
"""Every clip; the index is what members are given."""

SEAT_M = 0.45
"""How high a seat is that ``sit`` sits on."""
CAR_HEEL = (0.80, -0.26)
"""Of ``drive``: how far ahead of the hips the heels are, and how high (m). Its origin lies in the hips."""
WHEEL = (0.43, 0.30, 0.17)
"""Of ``drive``: the wheel's middle ahead of and above the hips, and how far from it each hand is to its side, m."""


class Clip(NamedTuple):
    matrices: Array
    """(frames, bones, 3, 4)."""
    stride_m: float
    """The way of one cycle; 0: stays where it is."""


def made(bones: Skeleton, wanted: Sequence[str] = NAMES) -> dict[str, Clip]:
    """Clips of one person."""
    found = {
        name: Clip(*walk(bones, speed, ease=ease)) for name, (speed, ease) in WALKS.items() if name in wanted
    }
    for name, make in (
        ("stand", lambda: _standing(bones, shift=1.0)),
        ("wait", lambda: _standing(bones, shift=0.6, hands="folded")),
        ("talk", lambda: _standing(bones, shift=0.7, hands="talking")),
        ("phone", lambda: _standing(bones, shift=0.5, hands="phone")),
        ("wash", lambda: _standing(bones, shift=0.35, hands="washing")),
        ("sit", lambda: _sitting(bones)),
        ("drive", lambda: _driving(bones)),
    ):
        if name in wanted:
            found[name] = Clip(make(), 0.0)
    return found


def _loop() -> Array:
    return np.arange(FRAMES) / FRAMES


def breath(phase: Array) -> Array:
    """How full the chest is, -1 to 1: in faster than out, a rest after it."""
    return blended((-1.0, -0.2, 0.75, 1.0, 0.65, 0.05, -0.55, -0.9), phase * BREATHS)


def _breathing(local: dict[str, Array], phase: Array, strength: float = 1.0) -> None:
    air = breath(phase) * strength
    local["spine2"] = local.get("spine2", np.eye(3)) @ about(0, np.radians(0.5) * air)
    local["spine3"] = local.get("spine3", np.eye(3)) @ about(0, np.radians(0.8) * air)
    local["neck"] = local.get("neck", np.eye(3)) @ about(0, np.radians(-1.0) * air)
    for side, sign in (("l", -1.0), ("r", 1.0)):
        local[f"clavicle_{side}"] = local.get(f"clavicle_{side}", np.eye(3)) @ about(
            1, -sign * np.radians(1.1) * air
        )


def _legs(
    bones: Skeleton, pelvis: Array, local: Mapping[str, Array], goals: Mapping[str, Array], out_deg: float
) -> dict[str, Array]:
    """Turns of legs whose ankles are at ``goals`` and whose soles lie level."""
    _, places = bones.posed(pelvis, local)
    upper, lower = bones.length("thigh_l", "calf_l"), bones.length("calf_l", "foot_l")
    fixed = {}
    for side, sign in (("l", -1.0), ("r", 1.0)):
        out = -sign * np.radians(out_deg)
        hip = places[..., bones.index[f"thigh_{side}"], :]
        goal = np.broadcast_to(goals[side], hip.shape)
        pole = np.broadcast_to(np.array([-np.sin(out), np.cos(out), 0.0]), hip.shape)
        fixed[f"thigh_{side}"], fixed[f"calf_{side}"] = reached(
            hip, goal, upper, lower, pole, bends_back=True
        )
        fixed[f"foot_{side}"] = fixed[f"toe_{side}"] = np.broadcast_to(about(2, out), (*hip.shape[:-1], 3, 3))
    return fixed


def _arms(
    bones: Skeleton,
    pelvis: Array,
    local: Mapping[str, Array],
    goals: Mapping[str, Array],
    poles: Mapping[str, Array],
    hands: Mapping[str, Array],
) -> dict[str, Array]:
    """Turns of arms whose wrists are at ``goals``; ``hands``: turns after the forearm's."""
    _, places = bones.posed(pelvis, local)
    upper, lower = bones.length("upperarm_l", "lowerarm_l"), bones.length("lowerarm_l", "hand_l")
    fixed = {}
    for side, goal in goals.items():
        shoulder = places[..., bones.index[f"upperarm_{side}"], :]
        goal = np.broadcast_to(goal, shoulder.shape)
        pole = np.broadcast_to(poles[side], shoulder.shape)
        arm, forearm = reached(shoulder, goal, upper, lower, pole, bends_back=False)
        fixed[f"upperarm_{side}"], fixed[f"lowerarm_{side}"] = arm, forearm
        fixed[f"hand_{side}"] = forearm @ hands[side]
    return fixed


def _hanging(local: dict[str, Array], phase: Array, bend_deg: float = 12.0) -> None:
    for side, sign, shift in (("l", -1.0, 0.0), ("r", 1.0, 0.37)):
        drift = np.sin(2 * np.pi * (phase + shift))
        local[f"upperarm_{side}"] = about(0, np.radians(1.0 + 1.2 * drift)) @ about(
            1, np.full(phase.shape, -sign * np.radians(8.5))
        )
        local[f"lowerarm_{side}"] = about(1, np.full(phase.shape, sign * np.radians(4.0))) @ about(
            0, np.radians(bend_deg + 1.5 * drift)
        )


def _standing(bones: Skeleton, shift: float, hands: str = "hanging") -> Array:
    phase = _loop()
    turn = 2 * np.pi * phase
    leg = bones.length("thigh_l", "calf_l") + bones.length("calf_l", "foot_l")
    hip_drop = float(bones.offsets[bones.index["thigh_l"], 2])
    ankle = float(bones.joints[bones.index["foot_l"], 2])
    # from one leg to the other and back, resting on each
    side = blended((0.95, 1.0, 0.9, 0.2, -0.75, -0.9, -0.8, -0.05), phase) * shift
    pelvis = np.stack(
        [
            0.034 * side,
            0.004 * np.sin(2 * turn + 1.0) + (-0.06 if hands == "washing" else 0.0),
            leg * 0.986 + ankle - hip_drop - 0.010 * np.abs(side) + 0.001 * np.sin(3 * turn),
        ],
        axis=1,
    )
    local: dict[str, Array] = {
        "pelvis": about(1, np.radians(2.6) * side) @ about(2, np.radians(3.0) * side),
        "spine1": about(1, np.radians(-1.6) * side),
        "spine2": about(1, np.radians(-1.2) * side) @ about(2, np.radians(-1.5) * side),
        "spine3": about(0, np.radians(-1.5 + 0.5 * np.sin(turn + 0.6))),
        "neck": about(1, np.radians(0.6) * side),
        "head": about(0, np.radians(1.5 + 0.8 * np.sin(2 * turn))),
    }
    _hanging(local, phase)
    if hands == "washing":
        local["spine1"] = local["spine1"] @ about(0, np.full(phase.shape, np.radians(-7.0)))
        local["spine2"] = local["spine2"] @ about(0, np.full(phase.shape, np.radians(-7.0)))
        local["neck"] = about(0, np.full(phase.shape, np.radians(-14.0)))
        local["head"] = about(0, np.radians(-12.0 + 1.5 * np.sin(turn)))
    if hands == "phone":
        local["neck"] = about(0, np.full(phase.shape, np.radians(-12.0)))
        local["head"] = about(0, np.radians(-11.0 + 1.5 * np.sin(turn)))
    if hands == "talking":
        nod = 0.5 + 0.5 * np.sin(turn + 2.0)
        local["head"] = about(0, np.radians(1.5) + np.radians(2.2) * nod * np.sin(9 * turn)) @ about(
            1, np.radians(2.0) * np.sin(3 * turn)
        )
    _breathing(local, phase)
    wide = 0.094
    goals = {"l": np.array([-wide, 0.0, ankle]), "r": np.array([wide, 0.035, ankle])}
    fixed = _legs(bones, pelvis, local, goals, 9.0)
    fixed |= _held(bones, pelvis, local, phase, hands)
    return bones.matrices(*bones.posed(pelvis, local, fixed))


def _held(
    bones: Skeleton, pelvis: Array, local: dict[str, Array], phase: Array, hands: str
) -> dict[str, Array]:
    """Arms that do something, over legs that stand."""
    if hands == "hanging":
        return {}
    turn = 2 * np.pi * phase
    _, places = bones.posed(pelvis, local)
    chest = places[:, bones.index["spine3"]]
    hip = places[:, bones.index["pelvis"]]
    one = np.ones(len(phase))
    goals: dict[str, Array] = {}
    poles = {"l": np.array([-0.45, -0.85, -0.3]), "r": np.array([0.45, -0.85, -0.3])}
    turned = {"l": np.eye(3), "r": np.eye(3)}
    if hands == "folded":
        middle = hip + np.stack([0 * one, 0.235 + 0.003 * np.sin(turn), 0.015 * one], axis=1)
        goals = {"l": middle + [-0.055, -0.005, 0.0], "r": middle + [0.060, 0.018, 0.012]}
        turned = {"l": about(1, 0.25) @ about(0, 0.25), "r": about(1, -0.25) @ about(0, 0.25)}
    elif hands == "phone":
        goals = {"r": chest + np.stack([0.085 * one, 0.300 + 0.004 * np.sin(turn), 0.045 * one], axis=1)}
        turned["r"] = about(2, 0.5) @ about(0, 0.15)
    elif hands == "washing":
        rub = 2 * np.pi * phase * 20
        near = hip + np.stack([0 * one, 0.43 * one, 0.115 + 0.012 * np.sin(turn)], axis=1)
        way = np.stack([0.010 * np.sin(rub), 0.026 * np.sin(rub), 0.012 * np.cos(rub)], axis=1)
        goals = {"l": near + [-0.052, 0.0, 0.0] + way, "r": near + [0.052, 0.0, 0.01] - way}
        turned = {"l": about(1, 0.3) @ about(0, 0.1), "r": about(1, -0.3) @ about(0, 0.1)}
    elif hands == "talking":
        # gestures come and go; between them the hands hang
        for side, sign, late in (("l", -1.0, 0.13), ("r", 1.0, 0.0)):
            lift = blended((0.0, 0.15, 0.9, 1.0, 0.75, 1.0, 0.5, 0.05), phase - late) * (
                1.0 if side == "r" else 0.7
            )
            beat = lift * np.sin(11 * turn + late)
            arm = bones.length("upperarm_l", "lowerarm_l") + bones.length("lowerarm_l", "hand_l")
            rest = places[:, bones.index[f"upperarm_{side}"]] + [sign * 0.07, 0.06, -0.965 * arm]
            held = chest + np.stack(
                [sign * (0.20 + 0.02 * beat), 0.235 + 0.03 * beat, -0.055 + 0.035 * beat], axis=1
            )
            goals[side] = rest + lift[:, None] * (held - rest)
            turned[side] = about(1, -sign * 0.35 * lift) @ about(0, 0.15 * beat)
    return _arms(bones, pelvis, local, goals, poles, turned)


def _sitting(bones: Skeleton) -> Array:
    phase = _loop()
    turn = 2 * np.pi * phase
    ankle = float(bones.joints[bones.index["foot_l"], 2])
    lean = 0.006 * np.sin(turn)
    pelvis = np.stack([lean, 0.0 * phase, np.full(FRAMES, SEAT_M + 0.085)], axis=1)
    local = {
        "pelvis": about(0, np.full(FRAMES, np.radians(9.0))) @ about(1, np.radians(0.8) * np.sin(turn)),
        "spine1": about(0, np.full(FRAMES, np.radians(-5.0))),
        "spine2": about(0, np.full(FRAMES, np.radians(-4.0)))
        @ about(2, np.radians(1.5) * np.sin(turn + 1.0)),
        "head": about(0, np.radians(1.0 + 1.0 * np.sin(2 * turn))),
    }
    _breathing(local, phase)
    thigh = bones.length("thigh_l", "calf_l")
    goals = {"l": np.array([-0.125, thigh + 0.03, ankle]), "r": np.array([0.12, thigh + 0.06, ankle])}
    fixed = _legs(bones, pelvis, local, goals, 7.0)
    knee = thigh * 0.60
    wrists = {
        "l": np.stack(
            [-0.115 + 0 * phase, knee + 0.004 * np.sin(turn), np.full(FRAMES, SEAT_M + 0.185)], axis=1
        ),
        "r": np.stack(
            [0.110 + 0 * phase, knee - 0.03 + 0.004 * np.sin(turn + 2), np.full(FRAMES, SEAT_M + 0.185)],
            axis=1,
        ),
    }
    poles = {"l": np.array([-0.9, -0.5, -0.3]), "r": np.array([0.9, -0.5, -0.3])}
    turned = {"l": about(2, -0.9) @ about(0, -0.15), "r": about(2, 0.9) @ about(0, -0.15)}
    fixed |= _arms(bones, pelvis, local, wrists, poles, turned)
    return bones.matrices(*bones.posed(pelvis, local, fixed))


def _driving(bones: Skeleton) -> Array:
    phase = _loop()
    turn = 2 * np.pi * phase
    pelvis = np.stack([0.003 * np.sin(turn), 0.0 * phase, 0.0 * phase], axis=1)
    local = {
        "pelvis": about(0, np.full(FRAMES, np.radians(26.0))),
        "spine1": about(0, np.full(FRAMES, np.radians(-4.0))),
        "spine2": about(0, np.full(FRAMES, np.radians(-4.0))),
        "neck": about(0, np.full(FRAMES, np.radians(-10.0))),
        "head": about(0, np.radians(-8.0 + 0.6 * np.sin(2 * turn))),
    }
    _breathing(local, phase, 0.8)
    ankle = float(bones.joints[bones.index["foot_l"], 2])
    y, z = CAR_HEEL
    goals = {"l": np.array([-0.14, y - 0.02, z + ankle]), "r": np.array([0.07, y, z + ankle])}
    fixed = _legs(bones, pelvis, local, goals, 5.0)
    for side in "lr":
        fixed[f"foot_{side}"] = fixed[f"foot_{side}"] @ about(0, np.full(FRAMES, np.radians(32.0)))
        fixed[f"toe_{side}"] = fixed[f"foot_{side}"]
    ahead, up, half = WHEEL
    steer = 0.010 * np.sin(3 * turn) + 0.006 * np.sin(7 * turn)
    wrists = {
        "l": np.stack([-half + 0 * phase, np.full(FRAMES, ahead - 0.05), up + steer], axis=1),
        "r": np.stack([half + 0 * phase, np.full(FRAMES, ahead - 0.05), up - steer], axis=1),
    }
    poles = {"l": np.array([-0.7, -0.3, -0.8]), "r": np.array([0.7, -0.3, -0.8])}
    turned = {"l": about(0, -0.1), "r": about(0, -0.1)}
    fixed |= _arms(bones, pelvis, local, wrists, poles, turned)
    return bones.matrices(*bones.posed(pelvis, local, fixed))
