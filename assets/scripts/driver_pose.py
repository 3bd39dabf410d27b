"""How the woman at the wheel of the own car sits: back in the seat, hands closed round the rim (``make_driver.py``).

All of it in the car's frame (``scenes/road/cabin.py``), worked out on the whole base mesh, so that what she wears is
made on the body as it sits.
"""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np

from assets.scripts import people_body as bodies
from assets.scripts.people_body import Array, Base
from scenes.road import cabin
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.skeleton import Skeleton, about, onto, reached

GRIP_DEG = {"l": 168.0, "r": 12.0}
"""Where on the rim the hands are, counter-clockwise from the right as she sees it."""
RIM_M = 0.0168
"""Half the rim's thickness, and the skin's give."""
YIELD_M = 0.015
"""How far the backrest gives way."""
HIPS_M = 0.556
"""How high her hips are above the road, so that her eyes are about where the patient's are."""
HEELS: dict[str, tuple[float, float, float]] = {"l": (-0.50, 0.80, 0.315), "r": (-0.27, 0.84, 0.315)}


def skeleton(joints: Array) -> Skeleton:
    parents = tuple(bodies.INDEX.get(parent, -1) for _, parent, _ in bodies.BONES)
    return Skeleton(bodies.NAMES, parents, joints)


def bent(matrices: Array, weights: Array, points: Array) -> Array:
    """Points that go along with bones."""
    rows = np.einsum("nb,bij->nij", weights, matrices)
    return np.einsum("nij,nj->ni", rows[..., :3], points) + rows[..., 3]


def wheel_axes(degrees: float) -> tuple[Array, Array, Array, Array]:
    """A place on the rim's middle line; its way (counter-clockwise), towards the hub, and away from her."""
    c, s = cos(cabin.WHEEL_TILT), sin(cabin.WHEEL_TILT)
    # the wheel's plane: x, and up leaning ahead
    right, up, ahead = np.array([1.0, 0.0, 0.0]), np.array([0.0, s, c]), np.array([0.0, c, -s])
    a = radians(degrees)
    out = cos(a) * right + sin(a) * up
    way = -sin(a) * right + cos(a) * up
    return np.array(cabin.WHEEL) + cabin.WHEEL_RADIUS * out, way, -out, ahead


def finger_joints(base: Base, points: Array, side: str, number: int) -> list[Array]:
    return [
        points[np.unique(base.faces[f"joint-{side}-finger-{number}-{k}"][0])].mean(axis=0) for k in (1, 2, 3)
    ]


def grasp(base: Base, points: Array, joints: Array, side: str) -> tuple[Array, Array, Array, Array]:
    """The hand in the stored body: towards the forefinger's side, to the fingertips, out of the palm, and the place in
    the palm where a rim's middle line lies."""
    roots = np.array([finger_joints(base, points, side, n)[0] for n in (2, 3, 4, 5)])
    wrist = joints[bodies.INDEX[f"hand_{side}"]]
    along = roots[1:3].mean(axis=0) - wrist
    along /= np.linalg.norm(along)
    across = roots[0] - roots[3]
    across -= along * (across @ along)
    across /= np.linalg.norm(across)
    palm = np.cross(across, along) * (1.0 if side == "r" else -1.0)
    inward = np.array([1.0 if side == "l" else -1.0, 0.0, -1.0])
    assert palm @ inward > 0
    place = roots.mean(axis=0) - 0.016 * along + (0.0125 + RIM_M) * palm
    return across, along, palm, place


def closed(base: Base, points: Array, joints: Array, side: str) -> Array:
    """The fingers closed round a rim, joint by joint, until they touch it."""
    across, along, palm, place = grasp(base, points, joints, side)
    moved = points.copy()

    def from_rim(p: Array) -> Array:
        flat = p - place
        flat = flat - np.outer(flat @ across, across)
        return np.linalg.norm(flat, axis=-1)

    def bend(axis: Array, angle: float) -> Array:
        return bodies._about(axis, angle)

    for finger, number in bodies.FINGERS.items():
        middle = finger_joints(base, points, side, number)
        names = [f"{finger}_0{k + 1}_{side}" for k in range(3)]
        turn, shift = np.eye(3), np.zeros(3)
        if finger == "thumb":
            # along the rim, on the side that looks at her, a little bent
            tip = middle[2] + 0.9 * (middle[2] - middle[1])
            up = float((middle[0] - place) @ across) + 0.078
            goal = place + up * across - (RIM_M + 0.009) * along + 0.004 * palm
            a, b = np.linalg.norm(middle[1] - middle[0]), np.linalg.norm(tip - middle[1])
            way = goal - middle[0]
            far = min(float(np.linalg.norm(way)), 0.985 * float(a + b))
            way /= np.linalg.norm(way)
            out = -along + 0.4 * palm
            out -= way * (out @ way)
            out /= np.linalg.norm(out)
            share = (a**2 + far**2 - b**2) / (2 * a * far)
            first = share * way + np.sqrt(max(1.0 - share**2, 0.0)) * out
            second = way * far - a * first
            turn_a = onto(middle[1] - middle[0], first)
            turn_b = turn_a.T @ onto(turn_a @ (tip - middle[1]), second) @ turn_a
            steps = [turn_a, turn_b, np.eye(3)]
        else:
            axis = np.cross(along, palm)
            steps = []
            for k in range(3):
                best = 0.0
                at = base.fingers[names[k]]
                heavy = at[base.finger_weights[names[k]] > 0.75]
                limit = (1.45, 1.75, 1.2)[k]
                for angle in np.linspace(0.0, limit, 60):
                    b = bend(axis, float(angle))
                    t = turn @ b
                    s = shift + turn @ (middle[k] - b @ middle[k])
                    if from_rim(points[heavy] @ t.T + s).min() < RIM_M - 0.0008:
                        break
                    best = float(angle)
                best = max(best, (0.5, 0.6, 0.3)[k])
                b = bend(axis, best)
                steps.append(b)
                shift = shift + turn @ (middle[k] - b @ middle[k])
                turn = turn @ b
            turn, shift = np.eye(3), np.zeros(3)
        for k in range(3):
            b = steps[k]
            turn, shift = turn @ b, shift + turn @ (middle[k] - b @ middle[k])
            at, w = base.fingers[names[k]], base.finger_weights[names[k]][:, None]
            moved[at] += w * (points[at] @ turn.T + shift - points[at])
    return moved


def seated(base: Base, points: Array, joints: Array, seat: Mesh) -> tuple[Array, Array, Array, Array]:
    """The points of the whole base mesh as she sits, the bones' matrices, the joints' places, and the stored body with
    its fingers closed."""
    bones = skeleton(joints)
    held = points
    for side in "lr":
        held = closed(base, held, joints, side)
    at = np.array([-cabin.SEAT_X, 0.06, HIPS_M])
    for _ in range(3):
        matrices, places = posed(base, bones, held, points, joints, at)
        made = bent(matrices, base.weights, held)
        body = np.unique(base.faces["body"][0])
        at = at - np.array([0.0, gap(made[body], seat) + YIELD_M, 0.0])
    matrices, places = posed(base, bones, held, points, joints, at)
    print("hips", at.round(3), "eyes", places[bodies.INDEX["eye_l"]].round(3))
    return bent(matrices, base.weights, held), matrices, places, held


def gap(body: Array, seat: Mesh) -> float:
    """How far her back is from the backrest."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(seat.positions.tolist(), seat.triangles.tolist())
    back = []
    near = np.abs(body[:, 0] + cabin.SEAT_X) < 0.09
    for p in body[near & (body[:, 2] > 0.75) & (body[:, 2] < 1.00)]:
        hit = tree.ray_cast(Vector((p[0], 0.3, p[2])), Vector((0, -1, 0)), 0.9)[0]
        if hit is not None:
            back.append(p[1] - hit[1])
    return float(np.quantile(back, 0.02))


def posed(
    base: Base, bones: Skeleton, held: Array, points: Array, joints: Array, hips: Array
) -> tuple[Array, Array]:
    local: dict[str, Array] = {
        "pelvis": about(0, radians(24.0)),
        "spine1": about(0, radians(-3.0)),
        "spine2": about(0, radians(-4.0)),
        "spine3": about(0, radians(-5.0)),
        "neck": about(0, radians(-10.0)),
        # shoulders drawn down and ahead by arms that hold a wheel
        "clavicle_l": about(1, radians(-4.0)) @ about(2, radians(-9.0)),
        "clavicle_r": about(1, radians(4.0)) @ about(2, radians(9.0)),
    }
    fixed: dict[str, Array] = {"head": np.eye(3)}
    _, places = bones.posed(hips, local, fixed)
    upper, lower = bones.length("thigh_l", "calf_l"), bones.length("calf_l", "foot_l")
    for side, sign in (("l", -1.0), ("r", 1.0)):
        hip = places[bones.index[f"thigh_{side}"]]
        goal = np.array(HEELS[side]) + [0.0, 0.0, float(joints[bones.index[f"foot_{side}"]][2])]
        thigh, calf = reached(hip, goal, upper, lower, np.array([sign * 0.22, 0.3, 1.0]), bends_back=True)
        fixed[f"thigh_{side}"], fixed[f"calf_{side}"] = thigh, calf
        fixed[f"foot_{side}"] = fixed[f"toe_{side}"] = about(0, radians(30.0))
    upper, lower = bones.length("upperarm_l", "lowerarm_l"), bones.length("lowerarm_l", "hand_l")
    for side, sign in (("l", -1.0), ("r", 1.0)):
        index = bones.index
        across, along, palm, place = grasp(base, points, joints, side)
        rim, way, hub, ahead = wheel_axes(GRIP_DEG[side])
        up = way if way[2] > 0 else -way
        turn = radians(28.0)
        out_of_palm = cos(turn) * hub + sin(turn) * ahead
        to_tips = -sin(turn) * hub + cos(turn) * ahead
        hand = np.stack([up, to_tips, out_of_palm], axis=1) @ np.stack([across, along, palm], axis=1).T
        if side == "l":
            assert np.linalg.det(hand) > 0.9
        wrist = rim - hand @ (place - joints[index[f"hand_{side}"]])
        shoulder = places[index[f"upperarm_{side}"]]
        arm, forearm = reached(
            shoulder, wrist, upper, lower, np.array([sign * 0.62, -0.15, -0.85]), bends_back=False
        )
        # the forearm takes half of the hand's turn about it
        rest = bones.rest[index[f"lowerarm_{side}"]]
        axis = forearm @ np.array([0.0, 0.0, -1.0])
        between = hand @ (forearm @ rest).T
        twist = (
            0.5
            * np.array(
                [between[2, 1] - between[1, 2], between[0, 2] - between[2, 0], between[1, 0] - between[0, 1]]
            )
            @ axis
        )
        c = (np.trace(between) - 1.0) / 2.0
        angle = float(np.arctan2(twist, c))
        forearm = bodies._about(axis, 0.6 * angle) @ forearm
        print(
            side,
            "reach",
            np.linalg.norm(wrist - shoulder).round(3),
            "of",
            round(upper + lower, 3),
            "twist",
            round(np.degrees(angle)),
        )
        fixed[f"upperarm_{side}"], fixed[f"lowerarm_{side}"] = arm, forearm
        fixed[f"hand_{side}"] = hand @ bones.rest[index[f"hand_{side}"]].T
    turns, places = bones.posed(hips, local, fixed)
    return bones.matrices(turns, places), places
