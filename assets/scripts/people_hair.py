"""Hair of people: cut short on the scalp, or long, from others' heads fitted to ours."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from assets.scripts.people_body import INDEX, NAMES, Array, Ints
from assets.scripts.people_clothes import Part, Wearer, normals, smoothed


def scalp(points: Array, wearer: Wearer, recede: float = 0.0, lower: float = 0.0) -> Array:
    """How much hair grows at points of the head, 0 to 1: above a line over the brow, around the ears, to the nape.

    ``recede`` takes it back over the temples; ``lower`` brings the line down (as a share of the brow's height).
    """
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    crown = wearer.points[np.unique(wearer.faces), 2].max()
    size = crown - eye[2]  # about 0.11 m
    x, y, z = np.moveaxis((points - eye) / size, -1, 0)
    back = -y  # 0 at the eyes, 1.6 at the back of the head
    x = np.abs(x)
    line = np.interp(
        back,
        (-0.25, 0.05, 0.30, 0.50, 0.62, 0.78, 1.00, 1.20, 1.8),
        (0.68, 0.62, 0.42, 0.02, -0.20, 0.10, -0.42, -0.62, -0.66),
    )
    line = line + recede * np.clip(1.0 - back / 0.9, 0.0, 1.0) * (
        0.30 + 0.35 * np.exp(-(((x - 0.42) / 0.2) ** 2))
    )
    # around the ear
    line = np.where((back > 0.62) & (back < 0.98) & (x > 0.5), np.maximum(line, 0.12), line)
    return np.clip((z - line + lower) / 0.12 + 0.5, 0.0, 1.0)


def cropped(part: Part, wearer: Wearer, length_m: float, seed: int, recede: float = 0.0) -> Part:
    """Short hair: the scalp itself stands out by the hair's length, and is coloured as hair."""
    rng = np.random.default_rng(seed)
    on_head = part.weights[:, INDEX["head"]] + part.weights[:, INDEX["neck"]]
    grows = scalp(part.points, wearer, recede) * on_head
    out = normals(part.points, part.faces)
    eye = wearer.joint("eye_l")
    up = np.clip((part.points[:, 2] - eye[2]) / 0.10, 0.0, 1.0)
    tufts = smoothed(rng.normal(0.0, 1.0, (len(part.points), 3)), part.faces, 1)[:, 0]
    high = grows**1.5 * length_m * (0.45 + 0.75 * up) * (1.0 + 0.35 * tufts)
    moved = part.points + out * high[:, None]
    moved = smoothed(moved, part.faces, 2, keep=1.0 - 0.8 * (grows > 0.6))
    return replace(part, points=moved, hairy=on_head * scalp(part.points, wearer, recede, 0.06))


def read_obj(path: Path) -> tuple[Array, Array, Ints, Ints, list[str]]:
    """Points, texture points, triangles of both, and each triangle's material."""
    points, uvs, faces, corners, materials = [], [], [], [], []
    now = ""
    for line in path.read_text(errors="replace").splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            points.append([float(v) for v in rest[:3]])
        elif kind == "vt":
            uvs.append([float(v) for v in rest[:2]])
        elif kind == "usemtl":
            now = rest[0]
        elif kind == "f":
            ids = [[int(v or 1) for v in (*corner.split("/"), "1")[:2]] for corner in rest]
            for k in range(1, len(ids) - 1):
                three = (ids[0], ids[k], ids[k + 1])
                faces.append([i[0] - 1 if i[0] > 0 else len(points) + i[0] for i in three])
                corners.append([i[1] - 1 if i[1] > 0 else len(uvs) + i[1] for i in three])
                materials.append(now)
    return np.array(points), np.array(uvs), np.array(faces), np.array(corners), materials


def long_hair(
    folder: Path,
    name: str,
    hair: str,
    face: str,
    wearer: Wearer,
    *,
    lift_m: float = 0.004,
    widen: float = 1.0,
) -> Part:
    """Hair of a Reallusion figure on our head; ``hair`` and ``face`` are names of its materials."""
    points, uvs, faces, corners, materials = read_obj(folder / name / f"{name}.obj")
    points = points[:, [0, 2, 1]] * np.array([-1.0, 1.0, 1.0])
    names = np.array(materials)
    _, once = np.unique(np.sort(faces, axis=1), axis=0, return_index=True)
    mine = np.isin(np.arange(len(faces)), once) & (names == hair)
    theirs = points[np.unique(faces[names == face])]
    turn = _facing(theirs)
    if name != REFERENCE[0]:
        turn = _as_reference(folder, points, uvs, faces[names == face], corners[names == face])
    points, theirs = points @ turn, theirs @ turn
    head = wearer.points[np.unique(wearer.faces)]
    head = head[head[:, 2] > wearer.joint("jaw")[2] - 0.03]
    head = head[np.abs(head[:, 0]) < 0.12]
    # crown, back and both sides of the skull line up; chins differ
    top = theirs[theirs[:, 2] > np.quantile(theirs[:, 2], 0.55)]
    ours = head[head[:, 2] > np.quantile(head[:, 2], 0.55)]
    size = np.array([np.ptp(ours[:, 0]) / np.ptp(top[:, 0]), np.ptp(ours[:, 1]) / np.ptp(top[:, 1]), 0.0])
    size[2] = size[:2].mean()
    middle_t = np.array([_mid(top[:, 0]), _mid(top[:, 1]), theirs[:, 2].max()])
    middle_o = np.array([_mid(ours[:, 0]), _mid(ours[:, 1]), head[:, 2].max()])
    placed = (points - middle_t) * size * widen + middle_o
    used, at = np.unique(faces[mine], return_inverse=True)
    strands, three = placed[used], at.reshape(-1, 3)
    uv = uvs[corners[mine]]
    uv = uv - np.floor(uv.mean(axis=1, keepdims=True))  # their picture tiles
    strands = outside(strands, wearer, lift_m)
    weights = np.zeros((len(strands), len(NAMES)))
    eye = wearer.joint("eye_l")[2]
    loose = np.clip((eye - 0.10 - strands[:, 2]) / 0.12, 0.0, 1.0)
    weights[:, INDEX["head"]] = 1.0 - loose
    weights[:, INDEX["neck"]] = 0.6 * loose
    weights[:, INDEX["spine3"]] = 0.4 * loose
    low = np.clip((strands[:, 2] - strands[:, 2].min()) / np.ptp(strands[:, 2]), 0.0, 1.0)
    return Part("hair", "strands", strands, three, uv, weights, 0.72 + 0.28 * low)


REFERENCE = ("female02", "2")
"""A figure that looks straight ahead, and the material of its face; the others' faces have the same picture."""


def _as_reference(folder: Path, points: Array, uvs: Array, faces: Ints, corners: Ints) -> Array:
    """The turn that brings a face onto the reference's, by places of equal texture coordinates (Kabsch 1976)."""
    name, material = REFERENCE
    p, u, f, c, m = read_obj(folder / name / f"{name}.obj")
    chosen = np.array(m) == material
    p = p[:, [0, 2, 1]] * np.array([-1.0, 1.0, 1.0])
    theirs, theirs_uv = p[f[chosen]].reshape(-1, 3), u[c[chosen]].reshape(-1, 2)
    theirs = theirs @ _facing(theirs)
    ours, ours_uv = points[faces].reshape(-1, 3), uvs[corners].reshape(-1, 2)
    gap = np.linalg.norm(ours_uv[:, None] - theirs_uv[None], axis=2)
    near = gap.argmin(axis=1)
    good = gap.min(axis=1) < 0.012
    a, b = ours[good], theirs[near[good]]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    left, _, right = np.linalg.svd(a.T @ b)
    flip = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    turn = left @ flip @ right
    apart = np.linalg.norm(a @ turn - b, axis=1)
    print(f"hair: {good.sum()} places of the face agree within {np.median(apart):.1f} cm")
    return turn


def _mid(values: Array) -> float:
    return 0.5 * float(values.min() + values.max())


def _facing(points: Array) -> Array:
    """The turn about z that makes a head look along +y: by its nose, the point farthest out in the middle of it."""
    low, high = points[:, 2].min(), points[:, 2].max()
    skull = points[points[:, 2] > low + 0.7 * (high - low)]
    middle = np.array([_mid(skull[:, 0]), _mid(skull[:, 1])])
    band = points[(points[:, 2] > low + 0.25 * (high - low)) & (points[:, 2] < low + 0.52 * (high - low))]
    flat = band[:, :2] - middle
    nose = flat[flat[:, 1] > 0][np.argmax(np.linalg.norm(flat[flat[:, 1] > 0], axis=1))]
    a = -np.arctan2(nose[0], nose[1])
    c, s = np.cos(a), np.sin(a)
    # rows are points: they are multiplied from the left
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def outside(points: Array, wearer: Wearer | Part, lift_m: float, reach_m: float = 0.3) -> Array:
    """Pushed out of a body, or of what is worn below."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(wearer.points.tolist(), wearer.faces.tolist())
    moved = points.copy()
    for i, point in enumerate(points):
        place, normal, _, _ = tree.find_nearest(Vector(point), reach_m)
        if place is None:
            continue
        out = (Vector(point) - place).dot(normal)
        if out < lift_m:
            moved[i] = np.array(place[:]) + np.array(normal[:]) * lift_m
    return moved
