"""The patient's own lap, legs and shoes in the seat, and the belts: worn by who sits there, or hung on the pillar.

The body is one of the stored people, in the pose in which they drive, up to the chest: head, arms and hands are the
patient's own, and only those are tracked. Textured by the people's picture.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from car_shapes import Array, Parts, grid, rounded, smooth

from scenes.road import cabin
from vr_runtime.stage import clips, figures
from vr_runtime.stage.mesh import Mesh, merge

FIGURE = "nora"
HIPS = (0.0, -0.01, 0.555)
"""In the frame of a seat: x from its middle."""
HEEL_M = 0.765
"""How far ahead of the hips the heels are: before the pedals."""
CHEST_M = 0.86
"""What lies higher is left out, m."""
DENIM, JUMPER, SHOES = (0.36, 0.30, 0.26), (0.26, 0.27, 0.25), (0.30, 0.28, 0.26)
WEB = (0.040, 0.041, 0.043)
HALF_M = 0.0235
"""Half the width of a belt."""


def posed(
    name: str = FIGURE, hips: tuple[float, float, float] = HIPS, heel_m: float = HEEL_M
) -> tuple[Mesh, Array, Array]:
    """The whole body in the seat's frame, each vertex's kind and whether it belongs to the trunk."""
    figure = figures.figures()[name]
    level = figure.levels[0]
    clips.CAR_HEEL = (heel_m, clips.CAR_HEEL[1])
    pose = clips.made(figure.skeleton, ("drive",))["drive"].matrices[0]
    shares = level.shares.astype(np.float64) / 255.0
    matrices = (pose[level.bones] * shares[..., None, None]).sum(axis=1)
    at = np.einsum("nij,nj->ni", matrices[..., :3], level.mesh.positions) + matrices[..., 3]
    normals = np.einsum("nij,nj->ni", matrices[..., :3], level.mesh.normals)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    colours = {"bottom": DENIM, "top": JUMPER, "shoes": SHOES}
    coloured = figures.coloured(level, colours)
    mesh = replace(coloured, positions=at + np.asarray(hips), normals=normals)
    names = figure.skeleton.names
    arm = np.array(
        [any(part in name for part in ("arm", "hand", "clavicle", "neck", "head")) for name in names]
    )
    trunk = (arm[level.bones] * shares).sum(axis=1) < 0.15
    return mesh, level.kinds, trunk


def kept(mesh: Mesh, mask: Array) -> Mesh:
    """The triangles of which all corners are in ``mask``."""
    triangles = mesh.triangles[mask[mesh.triangles].all(axis=1)]
    used, back = np.unique(triangles, return_inverse=True)
    columns = {
        name: getattr(mesh, name)[used] for name in ("positions", "normals", "uvs", "tint", "occlusion")
    }
    return Mesh(triangles=back.reshape(-1, 3), **columns)


def lap(mesh: Mesh, kinds: Array, trunk: Array) -> Mesh:
    cloth = np.isin(kinds, [figures.KINDS.index(kind) for kind in ("top", "bottom", "shoes")])
    low = kept(mesh, cloth & trunk & (mesh.positions[:, 2] < CHEST_M))
    # what was cut open is closed: nobody sees into it who looks straight down
    top = low.positions[:, 2] > CHEST_M - 0.07
    rim = np.flatnonzero(top)
    middle = low.positions[rim].mean(axis=0)
    angle = np.argsort(np.arctan2(low.positions[rim, 1] - middle[1], low.positions[rim, 0] - middle[0]))
    ring = low.positions[rim[angle]]
    n = len(ring)
    points = np.concatenate([[middle + (0, 0, 0.01)], ring])
    fan = np.array([(0, 1 + k, 1 + (k + 1) % n) for k in range(n)])
    uv = np.tile(low.uvs[rim].mean(axis=0), (n + 1, 1))
    tint = np.tile(low.tint[rim].mean(axis=0), (n + 1, 1))
    cap = Mesh(points, np.tile((0.0, 0.0, 1.0), (n + 1, 1)), fan, uvs=uv, tint=tint, occlusion=np.ones(n + 1))
    return merge([low, cap])


def touched(mesh: Mesh, start: Array, way: Array) -> Array:
    """How far along ``way`` (3,) from each of ``start`` (n, 3) the mesh is met first; NaN: not at all."""
    a, b, c = (mesh.positions[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    e, f = b - a, c - a
    p = np.cross(way, f)
    det = (e * p).sum(axis=1)
    best = np.full(len(start), np.nan)
    for i, s in enumerate(start):
        t = s - a
        with np.errstate(divide="ignore", invalid="ignore"):
            u = (t * p).sum(axis=1) / det
            q = np.cross(t, e)
            v = (q @ way) / det
            far = (f * q).sum(axis=1) / det
        hit = (np.abs(det) > 1e-12) & (u >= 0) & (v >= 0) & (u + v <= 1) & (far > 0)
        if hit.any():
            best[i] = far[hit].min()
    return best


FROM_M = 0.24
"""How far before a belt's line its way to the body begins: nearer than the knees."""


def laid(mesh: Mesh, line: Array, way: Array) -> Array:
    """``line`` pressed on the body along ``way``, smoothed, a belt's thickness off it."""
    far = touched(mesh, line - FROM_M * way, way) - FROM_M
    good = ~np.isnan(far)
    at = np.arange(len(line))
    far = np.interp(at, at[good], far[good])
    # a belt is tight: it bridges hollows
    for _ in range(12):
        far[1:-1] = np.minimum(far[1:-1], 0.5 * (far[:-2] + far[2:]))
    for _ in range(3):
        far[1:-1] = (far[:-2] + 2 * far[1:-1] + far[2:]) / 4
    return line + (far - 0.010)[:, None] * way


def webbing(line: Array, out: Array) -> Mesh:
    """A belt along ``line`` (n, 3) that looks along ``out`` (n, 3), two-sided."""
    way = np.gradient(line, axis=0)
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    across = np.cross(way, out)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    edges = np.array([-1.0, -0.86, 0.86, 1.0])
    bulge = np.array([0.0, 0.0012, 0.0012, 0.0])
    rows = (
        line[:, None]
        + across[:, None] * (edges * HALF_M)[None, :, None]
        + out[:, None] * bulge[None, :, None]
    )
    front = grid(rows)
    facing = float((front.normals.reshape(rows.shape) * out[:, None]).sum())
    sheets = [grid(rows, flip=facing < 0), grid(rows - out[:, None] * 0.0015, flip=facing >= 0)]
    return merge(sheets)


def worn(mesh: Mesh, x: float) -> Mesh:
    """A belt on who sits at ``x``: from the pillar over the shoulder to the buckle, and across the lap."""
    return strapped(mesh.moved(x=x), x)


def strapped(body: Mesh, x: float, ahead_m: float = 0.0) -> Mesh:
    """The same on a body in its place, whose seat stands so much further ahead."""
    side = float(np.sign(x))
    pillar = np.array((side * 0.610, -0.350, 1.215))
    buckle = np.array((x - side * 0.225, -0.075, 0.585))
    anchor = np.array((x + side * 0.235, -0.10, 0.50))
    shoulder = np.array((x + side * 0.115, -0.20 + ahead_m, 1.045))
    over = smooth(
        [
            shoulder,
            np.array((x + side * 0.045, ahead_m, 0.90)),
            np.array((x - side * 0.09, ahead_m, 0.72)),
            buckle + (side * 0.02, 0.03, 0.025),
        ],
        44,
    )
    chest = laid(body, over, np.array((0.0, -1.0, -0.25)) / np.hypot(1.0, 0.25))
    strap = smooth(np.concatenate([[pillar], chest[1::4], [buckle]]), 56)
    out = np.tile(np.array((-side * 0.10, 0.93, 0.35)), (56, 1))
    out[:6] = np.array((-side * 0.55, 0.80, 0.25))
    low = smooth(
        [
            anchor,
            np.array((x + side * 0.12, 0.06 + ahead_m, 0.66)),
            np.array((x - side * 0.10, 0.06 + ahead_m, 0.66)),
            buckle,
        ],
        36,
    )
    hips = laid(body, low, np.array((0.0, -0.70, -0.714)))
    hips[:3] += (anchor - hips[0]) * np.array([1.0, 0.6, 0.25])[:, None]
    hips[-3:] += (buckle - hips[-1]) * np.array([0.25, 0.6, 1.0])[:, None]
    hips = smooth(hips[::2], 40)
    return merge([webbing(strap, out), webbing(hips, np.tile((0.0, 0.70, 0.714), (40, 1)))])


def hung(side: float) -> Mesh:
    """A belt that nobody wears, on its pillar."""
    line = smooth(
        [
            (side * 0.610, -0.350, 1.215),
            (side * 0.640, -0.37, 0.95),
            (side * 0.655, -0.36, 0.62),
            (side * 0.645, -0.33, 0.40),
        ],
        16,
    )
    return webbing(np.asarray(line), np.tile((-side, 0.0, 0.0), (16, 1)))


def chest(mesh: Mesh, kinds: Array, trunk: Array) -> Mesh:
    """What a belt lies on."""
    return kept(mesh, trunk & np.isin(kinds, [figures.KINDS.index(kind) for kind in ("top", "bottom")]))


def build(parts: Parts) -> None:
    mesh, kinds, trunk = posed()
    whole = chest(mesh, kinds, trunk)
    own = lap(mesh, kinds, trunk)
    for name, x in (("left", -cabin.SEAT_X), ("right", cabin.SEAT_X)):
        side = float(np.sign(x))
        parts.by[f"lap_{name}"] = [own.moved(x=x)]
        tongue = rounded((0.046, 0.020, 0.062), (x - side * 0.232, -0.092, 0.570), 0.006, cell=0.05)
        parts.add(f"worn_{name}", worn(whole, x), WEB)
        parts.add(f"worn_{name}", tongue, (0.16, 0.16, 0.165))
        parts.add(f"hung_{name}", hung(side), WEB)
