"""Makes the patient's hands: ``python assets/scripts/make_hands.py`` (about a minute). Nothing in it is random.

A pair of plain soft gloves, half open as hands are that hold something lightly. A right hand is described by a
distance field of rounded bones and pads, taken apart into triangles (surface nets), thinned out (quadric error,
Garland and Heckbert 1997) and pulled back onto the field, whose gradient gives the normals and whose neighbourhood
gives the occlusion. The left hand is its mirror image.

Frame of the result (``models/hand_right.npz``, ``models/hand_left.npz``): OpenXR's grip pose in Palier's axes. The
origin lies on the palm's skin; +Y leads from the little finger to the thumb through the closed hand, +X out of the
left palm and into the right one; so a flat hand's fingers point along -Z. Metres.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import cos, radians, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from assets.scripts.thinning import surface_nets, thinned  # noqa: E402
from vr_runtime.stage.mesh import Mesh  # noqa: E402

Array = NDArray[np.float64]
Field = Callable[[Array], Array]
"""Signed distances, mm, of points (n, 3), mm."""

TRIANGLES = 2600
CELL_MM = 2.0
LOW, HIGH = np.array([-92.0, -52.0, -92.0]), np.array([116.0, 78.0, 48.0])
"""Of the box that is looked through; see ``hand`` for the axes."""

BACK, PALM, HEM = 1.0, 0.74, 0.62
"""Tints over the material's colour (vr_runtime/stage/hands.py)."""

# The modelling frame of the right hand, in mm: u towards the fingertips, v towards the thumb, w out of the back of
# the hand; the palm's skin at w = 0.
FINGERS = {
    #         knuckle (u, v, w)       lengths        radii                 bends (deg)    aside (deg)
    "index": ((43.0, 31.0, 11.0), (44, 27, 21), (10.6, 9.6, 8.8, 7.6), (24, 34, 20), 5.0),
    "middle": ((46.0, 9.5, 13.0), (48, 31, 22), (10.9, 9.8, 8.9, 7.7), (31, 42, 25), 0.5),
    "ring": ((41.0, -11.0, 12.0), (44, 29, 22), (10.3, 9.3, 8.5, 7.4), (36, 47, 28), -4.5),
    "little": ((33.0, -30.0, 8.5), (35, 22, 19), (9.3, 8.4, 7.7, 6.7), (40, 50, 30), -11.0),
}
THUMB = ((-26.0, 22.0, 4.0), (3.0, 46.0, -6.0), (32.0, 58.0, -15.0), (54.0, 59.0, -24.0))
THUMB_RADII = (15.5, 12.2, 10.6, 8.8)


def finger(name: str) -> list[Array]:
    """The joints of a finger, from the knuckle to the middle of the tip."""
    knuckle, lengths, _, bends, aside = FINGERS[name]
    points, bend = [np.array(knuckle)], 0.0
    out = np.array([cos(radians(aside)), sin(radians(aside)), 0.0])
    for length, more in zip(lengths, bends, strict=True):
        bend += radians(more)
        points.append(points[-1] + length * (cos(bend) * out + np.array([0.0, 0.0, -sin(bend)])))
    return points


def bone(points: Array, a: Array, b: Array, ra: float, rb: float) -> Array:
    """A capsule whose radius goes from ``ra`` to ``rb`` (a little less round than a true cone of spheres)."""
    along = b - a
    share = np.clip((points - a) @ along / (along @ along), 0.0, 1.0)
    apart = points - a - share[:, None] * along
    return np.sqrt(np.einsum("ij,ij->i", apart, apart)) - (ra + (rb - ra) * share)


def pad(points: Array, centre: Sequence[float], half: Sequence[float]) -> Array:
    """An ellipsoid; the distance is right to first order."""
    scaled = (points - np.array(centre)) / np.array(half)
    length = np.linalg.norm(scaled, axis=1)
    slope = np.linalg.norm(scaled / np.array(half), axis=1)
    return length * (length - 1.0) / np.maximum(slope, 1e-9)


def joined(a: Array, b: Array, soft: float) -> Array:
    """The union, rounded where both meet (polynomial smooth minimum)."""
    share = np.clip(0.5 + 0.5 * (b - a) / soft, 0.0, 1.0)
    return b + (a - b) * share - soft * share * (1.0 - share)


def palm(points: Array) -> Array:
    wrist = {
        "index": (-44.0, 12.0, 13.0),
        "middle": (-46.0, 4.0, 13.0),
        "ring": (-46.0, -5.0, 13.0),
        "little": (-44.0, -13.0, 12.0),
    }
    found: Array | None = None
    for name, root in wrist.items():
        knuckle, radius = np.array(FINGERS[name][0]), FINGERS[name][2][0]
        # the bones of the palm end a little behind the knuckle, flatter than the finger
        piece = bone(points, np.array(root), knuckle - np.array([3.0, 0.0, 0.5]), 13.5, radius + 1.2)
        found = piece if found is None else joined(found, piece, 9.0)
    assert found is not None
    found = joined(found, pad(points, (-12.0, 22.0, 2.0), (30.0, 17.0, 14.0)), 10.0)  # ball of the thumb
    found = joined(found, pad(points, (-14.0, -22.0, 3.0), (34.0, 14.0, 13.0)), 10.0)  # heel of the hand
    # the hollow of the palm
    hollow = pad(points, (8.0, 0.0, -20.0), (46.0, 26.0, 20.0))
    return -joined(-found, hollow, 16.0)


def cuff(points: Array) -> Array:
    """Wrist and cuff: an oval tube that widens, cut off straight and rounded at its hem."""
    u = points[:, 0]
    wide = np.interp(u, (-90.0, -74.0, -60.0, -46.0, -20.0), (32.0, 31.0, 28.5, 27.5, 30.0))
    thick = np.interp(u, (-90.0, -74.0, -60.0, -46.0, -20.0), (25.0, 24.0, 21.5, 20.0, 18.0))
    side = oval(points, wide, thick)
    hem = 1.0 * np.exp(-(((u + 80.0) / 2.6) ** 2))  # a rolled edge
    outside = -joined(-(side - hem), -np.maximum(-(u + 83.0), u + 30.0), 3.0)
    inside = np.maximum(oval(points, wide - 4.5, thick - 4.5), u + 56.0)
    return -joined(-outside, inside, 2.5)


def oval(points: Array, wide: Array, thick: Array) -> Array:
    """A tube along u around the middle of the wrist; right to first order."""
    v, w = points[:, 1] / wide, (points[:, 2] - 11.0) / thick
    size = np.hypot(v, w)
    side = (size - 1.0) * size / np.maximum(np.hypot(v / wide, w / thick), 1e-9)
    return np.maximum(side, -thick)


def hand(points: Array) -> Array:
    """The whole right hand."""
    body = palm(points)
    thumb = [np.array(joint) for joint in THUMB]
    for index in range(3):
        piece = bone(points, thumb[index], thumb[index + 1], THUMB_RADII[index], THUMB_RADII[index + 1])
        body = joined(body, piece, (9.0, 4.0, 2.5)[index])
    for name, (_, _, radii, _, _) in FINGERS.items():
        joints = finger(name)
        whole: Array | None = None
        for index in range(3):
            piece = bone(points, joints[index], joints[index + 1], radii[index], radii[index + 1])
            whole = piece if whole is None else joined(whole, piece, 3.0)
        assert whole is not None
        # fingers grow out of the palm softly, but do not stick to each other
        near = np.clip((points[:, 0] - FINGERS[name][0][0]) / 14.0, 0.0, 1.0)
        body = joined(body, whole, 7.0 - 5.6 * near)
    # the bones of the palm end in the wrist, before the hollow of the cuff
    body = -joined(-body, points[:, 0] + 52.0, 3.0)
    return joined(body, cuff(points), 10.0)


def gradient(field: Field, points: Array, step: float = 0.4) -> Array:
    axes = np.eye(3) * step
    return np.stack([field(points + axis) - field(points - axis) for axis in axes], axis=1) / (2 * step)


def pulled(field: Field, points: Array, times: int = 6) -> Array:
    """Points brought onto the surface by Newton's steps."""
    for _ in range(times):
        slope = gradient(field, points)
        points = points - field(points)[:, None] * slope / np.maximum(
            np.einsum("ij,ij->i", slope, slope)[:, None], 0.2
        )
    return points


def occlusion(field: Field, points: Array, normals: Array) -> Array:
    """How open each point is: 1 where nothing is near, less between fingers and in the hollow of the hand."""
    shade = np.zeros(len(points))
    for reach, weight in ((4.0, 0.25), (9.0, 0.30), (18.0, 0.30), (32.0, 0.25)):
        free = np.clip(field(points + normals * reach) / reach, 0.0, 1.0)
        shade += weight * (1.0 - free)
    return np.clip(1.0 - 1.25 * shade, 0.12, 1.0)


def within_the_cuff(points: Array, normals: Array) -> Array:
    """0 outside, towards 1 in the depth of the cuff: no light's own shadow falls there, so it is painted dark."""
    middle = points[:, 1:] - np.array([0.0, 11.0])
    inward = -np.einsum("ij,ij->i", normals[:, 1:], middle) / np.linalg.norm(middle, axis=1)
    across = np.clip(inward + (normals[:, 0] < -0.7), 0.0, 1.0)
    return across * np.clip((points[:, 0] + 84.0) / 16.0, 0.0, 1.0) * (points[:, 0] < -50.0)


def right_hand() -> Mesh:
    points, faces = surface_nets(hand, LOW, HIGH, CELL_MM)
    points, faces = thinned(pulled(hand, points), faces, TRIANGLES)
    points = pulled(hand, points)
    normals = gradient(hand, points)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    facing = np.clip(0.5 + 0.9 * normals[:, 2], 0.0, 1.0)
    hemmed = np.clip((-74.0 - points[:, 0]) / 3.0, 0.0, 1.0)
    shade = (PALM + (BACK - PALM) * facing) * (1 - hemmed) + HEM * hemmed
    shade *= 1.0 - 0.92 * within_the_cuff(points, normals)
    tint = np.repeat(shade[:, None], 3, axis=1)
    # (u, v, w) to the grip: u along -Z, v along +Y, w along +X
    turn = np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    return Mesh(
        positions=points @ turn.T / 1000.0,
        normals=normals @ turn.T,
        triangles=faces,
        occlusion=occlusion(hand, points, normals),
        tint=tint,
    )


def left_hand(right: Mesh) -> Mesh:
    """The mirror image: what points into the right palm points out of the left one."""
    mirrored = right.transformed(np.diag([-1.0, 1.0, 1.0, 1.0]))
    return replace(mirrored, occlusion=right.occlusion, tint=right.tint)


def main() -> int:
    right = right_hand()
    models = ROOT / "assets" / "models"
    right.save(models / "hand_right.npz")
    left_hand(right).save(models / "hand_left.npz")
    size = np.ptp(right.positions, axis=0) * 1000
    print(f"{right.triangle_count} triangles, {len(right.positions)} vertices, {size.round()} mm")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
