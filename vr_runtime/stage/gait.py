"""Walking, as a function of the phase of the stride.

Feet do not slide by construction: while a foot stands, its heel, sole or ball lies still on the ground, which moves
back under the walker by a stride each cycle; legs follow by inverse kinematics. Figures of the adult gait (stance 62 %
of the stride, foot angles, arm swing): Perry and Burnfield, Gait Analysis, 2010.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vr_runtime.stage.skeleton import Array, Skeleton, about, blended, reached

FRAMES = 32
STANCE = 0.62
FLAT, HEEL_OFF = 0.09, 0.38
"""Phases at which the sole comes down and the heel leaves the ground."""
HEEL_M = 0.055
"""From the ankle back to where the heel touches."""


class Stride(NamedTuple):
    matrices: Array
    """(FRAMES, bones, 3, 4)."""
    length_m: float
    """The way of one cycle."""


def stride_m(speed_m_s: float, leg_m: float) -> float:
    """Two steps of a walker; longer at speed, and with long legs."""
    return (0.55 + 0.58 * speed_m_s) * (leg_m / 0.86) ** 0.6


def _foot(phase: Array, stride: float, ankle_m: float, ball: Array) -> tuple[Array, Array, Array, Array]:
    """Of one foot: ankle's way ahead of the hip and its height (m), pitch of the foot (toes up, rad), of the toes."""
    ahead = 0.27 * stride - phase * stride
    pitch = np.interp(phase, (0.0, FLAT, HEEL_OFF, 0.50, STANCE), np.radians((18, 0, 0, -24, -56)))
    on_heel, on_ball = phase < FLAT, (phase > HEEL_OFF) & (phase <= STANCE)
    c, s = np.cos(pitch), np.sin(pitch)
    y, z = ahead.copy(), np.full(phase.shape, ankle_m)
    y = np.where(on_heel, ahead - HEEL_M + c * HEEL_M - s * ankle_m, y)
    z = np.where(on_heel, s * HEEL_M + c * ankle_m, z)
    back, up = -ball[1], ankle_m - ball[2]
    y = np.where(on_ball, ahead + ball[1] + c * back - s * up, y)
    z = np.where(on_ball, ball[2] + s * back + c * up, z)
    swing = phase > STANCE
    if swing.any():
        u = (phase - STANCE) / (1.0 - STANCE)
        edges = np.array([STANCE - 1e-3, STANCE, 0.0, 1e-3])
        ys, zs, _, _ = _foot(edges, stride, ankle_m, ball)
        span = (1.0 - STANCE) / 1e-3
        h00, h10 = 2 * u**3 - 3 * u**2 + 1, u**3 - 2 * u**2 + u
        h01, h11 = -2 * u**3 + 3 * u**2, u**3 - u**2
        for value, ends in ((y, ys), (z, zs)):
            rise_a, rise_b = (ends[1] - ends[0]) * span, (ends[3] - ends[2]) * span
            value[swing] = (h00 * ends[1] + h10 * rise_a + h01 * ends[2] + h11 * rise_b)[swing]
        tilt = np.radians(np.interp(u, (0, 0.15, 0.35, 0.6, 0.85, 1.0), (-56, -60, -32, -4, 14, 18)))
        pitch = np.where(swing, tilt, pitch)
        # toes and heel clear the ground by a finger
        low = np.minimum(np.sin(pitch) * (ball[1] + 0.05), -np.sin(pitch) * HEEL_M) - ankle_m
        clear = 0.012 * np.sin(np.pi * np.clip(u, 0, 1)) - (z + low)
        z = np.where(swing, z + np.maximum(clear, 0.0), z)
    toes = np.where(
        on_ball,
        -pitch,
        np.where(swing, np.maximum(-pitch, 0.0) * np.clip(1.0 - (phase - STANCE) / 0.14, 0.0, 1.0), 0.0),
    )
    return y, z, pitch, toes


def walk(bones: Skeleton, speed_m_s: float, *, ease: float = 0.0) -> Stride:
    """One stride at a speed. ``ease`` (0 to 1): a slower, stiffer walk with shorter arm swing."""
    at = bones.index
    upper, lower = bones.length("thigh_l", "calf_l"), bones.length("calf_l", "foot_l")
    leg = upper + lower
    stride = stride_m(speed_m_s, leg) * (1.0 - 0.12 * ease)
    phase = np.arange(FRAMES) / FRAMES
    ankle = float(bones.joints[at["foot_l"], 2])
    ball = bones.joints[at["toe_l"]] - bones.joints[at["foot_l"]]
    ball = np.array([0.0, ball[1], max(0.012, float(bones.joints[at["toe_l"], 2]))])
    turn = 2 * np.pi * phase
    # the left heel strikes at 0, so the body is over the left foot at 0.31
    sway = 0.020 * np.cos(turn - 2 * np.pi * 0.31)
    yaw = np.radians(4.5) * np.cos(turn)
    tilt = np.radians(3.2) * np.cos(turn - 2 * np.pi * 0.22)
    ahead, high, pitches, toes = zip(
        *(_foot((phase + shift) % 1.0, stride, ankle, ball) for shift in (0.0, 0.5)), strict=True
    )
    # as high as legs that stand can reach all the way; the swinging one follows
    reach = leg * (0.997 - 0.008 * ease)
    limit = np.full(FRAMES, np.inf)
    for y, z, shift in zip(ahead, high, (0.0, 0.5), strict=True):
        far = z + np.sqrt(np.maximum(reach**2 - (y + 0.01) ** 2 - 0.03**2, 0.0))
        limit = np.where((phase + shift) % 1.0 <= STANCE, np.minimum(limit, far), limit)
    hip_drop = float(bones.offsets[at["thigh_l"], 2])
    bob = (0.013 + 0.009 * speed_m_s) * np.cos(2 * (turn - 2 * np.pi * 0.31))
    base = float(np.min(limit - bob))
    pelvis = np.stack([-sway, np.full(FRAMES, -0.01), base + bob - hip_drop], axis=1)
    local = {
        "pelvis": about(2, -yaw) @ about(1, -tilt) @ about(0, np.full(FRAMES, np.radians(-2.0))),
        "spine1": about(2, 0.6 * yaw) @ about(1, 0.6 * tilt),
        "spine2": about(2, 0.8 * yaw) @ about(1, 0.5 * tilt),
        "spine3": about(2, 0.6 * yaw) @ about(0, np.full(FRAMES, np.radians(-1.0 - 4.0 * ease))),
        "neck": about(2, -0.5 * yaw),
        "head": about(2, -0.4 * yaw) @ about(0, np.full(FRAMES, np.radians(2.0 + 3.0 * ease))),
    }
    swing = np.radians(10.0 + 9.0 * speed_m_s) * (1.0 - 0.4 * ease)
    for side, sign, shift in (("l", -1.0, 0.0), ("r", 1.0, 0.5)):
        # an arm is farthest ahead when the other side's heel strikes
        back = np.cos(turn + 2 * np.pi * shift)
        flex = np.radians(2.0) - swing * (0.45 * back + 0.10 * back * np.abs(back)) * 1.25
        local[f"upperarm_{side}"] = about(0, flex) @ about(1, -sign * np.radians(7.0 + 3.0 * ease))
        elbow = np.radians(19.0) + 0.55 * np.maximum(flex, -0.1) + np.radians(6.0 * ease)
        local[f"lowerarm_{side}"] = about(1, sign * np.radians(3.0)) @ about(0, elbow)
        local[f"hand_{side}"] = about(0, np.full(FRAMES, np.radians(5.0)))
        local[f"clavicle_{side}"] = about(2, sign * 0.03 * back)
    turns, places = bones.posed(pelvis, local)
    fixed = {}
    for side, sign, y, z, pitch, toe in zip("lr", (-1.0, 1.0), ahead, high, pitches, toes, strict=True):
        hip = places[:, at[f"thigh_{side}"]]
        goal = np.stack([np.full(FRAMES, sign * 0.058), y, z], axis=1)
        out = -sign * np.radians(6.0)
        pole = np.broadcast_to(np.array([-np.sin(out), np.cos(out), 0.0]), hip.shape)
        thigh, calf = reached(hip, goal, upper, lower, pole, bends_back=True)
        foot = about(2, np.full(FRAMES, out)) @ about(0, pitch)
        fixed |= {
            f"thigh_{side}": thigh,
            f"calf_{side}": calf,
            f"foot_{side}": foot,
            f"toe_{side}": foot @ about(0, toe),
        }
    turns, places = bones.posed(pelvis, local, fixed)
    return Stride(bones.matrices(turns, places), stride)


__all__ = ["FRAMES", "Stride", "blended", "stride_m", "walk"]
