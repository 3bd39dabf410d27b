"""Roofs: flat ones with what stands about on them, mansards of zinc, tiled hips; chimneys."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import linear

Array = NDArray[np.float64]

METAL = linear((0.70, 0.71, 0.71))
WHITE = linear((0.80, 0.79, 0.77))
DARK = linear((0.24, 0.25, 0.26))
POT = linear((0.66, 0.40, 0.29))
STACK = linear((0.70, 0.62, 0.54))
GLASS = linear((0.20, 0.25, 0.30))
BITUMEN = (
    linear((0.62, 0.61, 0.59)),
    linear((0.76, 0.74, 0.71)),
    linear((0.50, 0.50, 0.50)),
    linear((0.84, 0.82, 0.79)),
)


def flat(
    parts: Parts,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    z: float,
    tint: tuple[float, float, float],
    rng: np.random.Generator,
    *,
    detail: bool,
) -> None:
    """A roof behind a parapet; its surface lies 0.3 m under ``z`` plus the parapet's height."""
    rim = float(rng.uniform(0.5, 1.0))
    t = 0.3
    tone = BITUMEN[rng.integers(len(BITUMEN))]
    if not detail:
        parts["roof_flat"].rect((x0, y0, z), (x1 - x0, 0, 0), (0, y1 - y0, 0), tint=tone, metres=8.0)
        return
    parts["roof_flat"].rect(
        (x0 + t, y0 + t, z),
        (x1 - x0 - 2 * t, 0, 0),
        (0, y1 - y0 - 2 * t, 0),
        tint=tone,
        metres=8.0,
        shift=rng.uniform(size=2),
    )
    for a, b, c, d in (
        (x0, y0, x1, y0 + t),
        (x0, y1 - t, x1, y1),
        (x0, y0 + t, x0 + t, y1 - t),
        (x1 - t, y0 + t, x1, y1 - t),
    ):
        parts["wall_concrete"].boxes((a, b, z), (c, d, z + rim), tint=tint, metres=4.0)
    if detail:
        _clutter(parts, x0 + 0.8, y0 + 0.8, x1 - 0.8, y1 - 0.8, z, tint, rng)


def _clutter(
    parts: Parts,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    z: float,
    tint: tuple[float, float, float],
    rng: np.random.Generator,
) -> None:
    w, d = x1 - x0, y1 - y0
    if w < 4 or d < 4:
        return
    plain = parts["plain"]

    def box(
        cx: float,
        cy: float,
        sx: float,
        sy: float,
        sz: float,
        colour: tuple[float, float, float],
        lift: float = 0.0,
    ) -> None:
        cx, cy = min(max(cx, x0 + sx / 2), x1 - sx / 2), min(max(cy, y0 + sy / 2), y1 - sy / 2)
        plain.boxes(
            (cx - sx / 2, cy - sy / 2, z + lift), (cx + sx / 2, cy + sy / 2, z + lift + sz), tint=colour
        )

    hx, hy = x0 + w * rng.uniform(0.2, 0.8), y0 + d * rng.uniform(0.3, 0.8)
    parts["wall_stucco"].boxes((hx - 1.6, hy - 1.9, z), (hx + 1.6, hy + 1.9, z + 2.5), tint=tint, metres=4.0)
    plain.boxes((hx - 1.75, hy - 2.05, z + 2.5), (hx + 1.75, hy + 2.05, z + 2.66), tint=METAL)
    box(hx - 0.5, hy - 1.93, 0.95, 0.04, 2.05, DARK)
    for _ in range(rng.integers(2, 6)):  # air conditioning
        ax, ay = rng.uniform(x0, x1), rng.uniform(y0, y1)
        long = rng.uniform(0.9, 1.9)
        box(ax, ay, long, 0.85, 0.95, METAL if rng.uniform() < 0.6 else WHITE, 0.12)
        top = z + 1.075
        ax, ay = min(max(ax, x0 + long / 2), x1 - long / 2), min(max(ay, y0 + 0.43), y1 - 0.43)
        plain.rect((ax - 0.32, ay - 0.32, top), (0.64, 0, 0), (0, 0.64, 0), tint=DARK)
    if rng.uniform() < 0.5:  # a duct
        dy = rng.uniform(y0, y1 - 0.6)
        plain.boxes(
            (x0 + 0.1 * w, dy, z + 0.35), (x0 + rng.uniform(0.5, 0.9) * w, dy + 0.5, z + 0.85), tint=METAL
        )
    for _ in range(rng.integers(2, 7)):  # vents
        s = rng.uniform(0.2, 0.4)
        box(
            rng.uniform(x0, x1),
            rng.uniform(y0, y1),
            s,
            s,
            rng.uniform(0.4, 1.1),
            METAL if rng.uniform() < 0.5 else DARK,
        )
    if rng.uniform() < 0.5:  # skylights
        sx, sy = rng.uniform(x0, x1 - 3), rng.uniform(y0, y1 - 2)
        for k in range(rng.integers(1, 4)):
            if sx + 1.3 * (k + 1) < x1:
                plain.boxes((sx + 1.3 * k, sy, z), (sx + 1.3 * k + 1.0, sy + 1.4, z + 0.3), tint=WHITE)
                parts["pane"].rect(
                    (sx + 1.3 * k + 0.08, sy + 0.08, z + 0.31), (0.84, 0, 0), (0, 1.24, 0), tint=GLASS
                )
    if rng.uniform() < 0.35:  # solar panels, tilted to the south-west light
        sx, sy = rng.uniform(x0, x0 + 0.4 * w), rng.uniform(y0, y0 + 0.4 * d)
        for k in range(rng.integers(3, 8)):
            if sx + 1.1 * (k + 1) < x1 and sy + 1.6 < y1:
                a = np.array([sx + 1.1 * k, sy, z + 0.25])
                parts["pane"].rect(a, (1.02, 0, 0), (0, 1.5, 0.6), tint=linear((0.10, 0.13, 0.22)))
                plain.rect(a + (1.02, 1.5, 0.6), (-1.02, 0, 0), (0, 0, -0.85), tint=DARK)
    if rng.uniform() < 0.5:  # a mast
        mx, my = rng.uniform(x0, x1), rng.uniform(y0, y1)
        plain.boxes((mx - 0.03, my - 0.03, z), (mx + 0.03, my + 0.03, z + rng.uniform(2.5, 5.0)), tint=DARK)
        plain.boxes((mx - 0.5, my - 0.02, z + 2.2), (mx + 0.5, my + 0.02, z + 2.25), tint=DARK)
    if rng.uniform() < 0.4:  # planted corner
        px, py = rng.uniform(x0, x1 - 2.6), rng.uniform(y0, y1 - 1.0)
        plain.boxes((px, py, z), (px + 2.4, py + 0.7, z + 0.5), tint=linear((0.42, 0.34, 0.27)))
        plain.boxes(
            (px + 0.05, py + 0.05, z + 0.5), (px + 2.35, py + 0.65, z + 1.0), tint=linear((0.28, 0.36, 0.20))
        )


def chimneys(
    parts: Parts, x: float, y: float, z: float, high: float, along: str, rng: np.random.Generator
) -> None:
    """A stack with pots, on a party wall."""
    long, thick = float(rng.uniform(1.2, 2.6)), 0.55
    sx, sy = (long, thick) if along == "x" else (thick, long)
    parts["wall_brick"].boxes(
        (x - sx / 2, y - sy / 2, z), (x + sx / 2, y + sy / 2, z + high), tint=STACK, metres=4.0
    )
    plain = parts["plain"]
    plain.boxes(
        (x - sx / 2 - 0.06, y - sy / 2 - 0.06, z + high),
        (x + sx / 2 + 0.06, y + sy / 2 + 0.06, z + high + 0.12),
        tint=STACK,
    )
    n = int(long / 0.42) if np.hypot(x, y) < 110 else 0
    k = (np.arange(n) + 0.5) / max(n, 1) * long - long / 2
    px, py = (x + k, np.full(n, y)) if along == "x" else (np.full(n, x), y + k)
    low = np.stack([px - 0.12, py - 0.12, np.full(n, z + high + 0.12)], 1)
    plain.boxes(low, low + (0.24, 0.24, 0.55), tint=POT)


def mansard(
    parts: Parts,
    x0: float,
    y0: float,
    x1: float,
    y1: float,
    z: float,
    front: str,
    rng: np.random.Generator,
    *,
    detail: bool,
) -> float:
    """Steep zinc with dormers over the long sides, a shallow top; the ends are walls. Returns the ridge's height.
    ``front`` is the axis along which the street runs, 'x' or 'y'."""
    steep, inset, ridge = 2.7, 1.0, 1.1
    tone = tuple(np.asarray(linear((0.86, 0.88, 0.92))) * rng.uniform(0.75, 1.05))
    # work in a frame with the ridge along u
    swap = front == "y"

    def p(u: float, v: float, h: float) -> tuple[float, float, float]:
        return (v, u, h) if swap else (u, v, h)

    u0, u1, v0, v1 = (y0, y1, x0, x1) if swap else (x0, x1, y0, y1)
    mid = (v0 + v1) / 2

    def face(
        a: tuple[float, float, float],
        b: tuple[float, float, float],
        c: tuple[float, float, float],
        d: tuple[float, float, float],
        material: str,
        tint: tuple[float, ...],
    ) -> None:
        corners = np.array([a, b, c, d])
        if swap:
            corners = corners[[1, 0, 3, 2]]
        wide, high = (
            np.linalg.norm(corners[1] - corners[0]) / 4.0,
            np.linalg.norm(corners[3] - corners[0]) / 4.0,
        )
        parts[material].add(corners, [[0, 0], [wide, 0], [wide, high], [0, high]], tint)

    low, top, crest = z, z + steep, z + steep + ridge
    face(p(u0, v0, low), p(u1, v0, low), p(u1, v0 + inset, top), p(u0, v0 + inset, top), "roof_zinc", tone)
    face(p(u1, v1, low), p(u0, v1, low), p(u0, v1 - inset, top), p(u1, v1 - inset, top), "roof_zinc", tone)
    face(
        p(u0, v0 + inset, top),
        p(u1, v0 + inset, top),
        p(u1, mid, crest),
        p(u0, mid, crest),
        "roof_zinc",
        tone,
    )
    face(
        p(u1, v1 - inset, top),
        p(u0, v1 - inset, top),
        p(u0, mid, crest),
        p(u1, mid, crest),
        "roof_zinc",
        tone,
    )
    wall = linear((0.78, 0.74, 0.68))
    for u, flip in ((u0, False), (u1, True)):
        a, b, c, d, e = (
            p(u, v1, low),
            p(u, v0, low),
            p(u, v0 + inset, top),
            p(u, v1 - inset, top),
            p(u, mid, crest),
        )
        if flip:
            face(b, a, d, c, "wall_stucco", wall)
            face(c, d, e, e, "wall_stucco", wall)
        else:
            face(a, b, c, d, "wall_stucco", wall)
            face(d, c, e, e, "wall_stucco", wall)
    if detail:
        n = max(1, round((u1 - u0) / 2.9))
        for k in range(n):
            um = u0 + (k + 0.5) * (u1 - u0) / n
            for v, side in ((v0, 1.0), (v1, -1.0)):
                va, vb = v + side * 0.25, v + side * 1.15
                lo = np.minimum(p(um - 0.62, va, low + 0.35), p(um + 0.62, vb, low + 0.35))
                hi = np.maximum(p(um - 0.62, va, low + 2.25), p(um + 0.62, vb, low + 2.25))
                parts["roof_zinc"].boxes(lo, hi, tint=tone, metres=4.0)
                # its window, a little proud of the box
                out = va - side * 0.02
                a, b = (p(um - 0.48, out, low + 0.55), p(um + 0.48, out, low + 0.55))
                if (side < 0) != swap:
                    a, b = b, a
                cell = int(rng.integers(0, 4))
                uv = [
                    [cell / 8 + 0.004, 0.752],
                    [(cell + 1) / 8 - 0.004, 0.752],
                    [(cell + 1) / 8 - 0.004, 0.998],
                    [cell / 8 + 0.004, 0.998],
                ]
                up = np.array([0, 0, 1.45])
                parts["windows"].add([a, b, np.add(b, up), np.add(a, up)], [uv])
    for u in (u0 + 0.3, u1 - 0.3):
        x, y, _ = p(u, mid + rng.uniform(-1, 1), 0)
        chimneys(parts, x, y, top + 0.3, float(rng.uniform(1.4, 2.2)), "x" if swap else "y", rng)
    return crest


def hip(
    parts: Parts, x0: float, y0: float, x1: float, y1: float, z: float, rng: np.random.Generator
) -> float:
    """Four slopes of clay tiles. Returns the ridge's height."""
    e = 0.35
    x0, y0, x1, y1 = x0 - e, y0 - e, x1 + e, y1 + e
    run = min(x1 - x0, y1 - y0) / 2
    rise = run * 0.55
    if x1 - x0 > y1 - y0:
        ra, rb = (x0 + run, (y0 + y1) / 2, z + rise), (x1 - run, (y0 + y1) / 2, z + rise)
        faces = (
            ((x0, y0), (x1, y0), rb, ra),
            ((x1, y1), (x0, y1), ra, rb),
            ((x0, y1), (x0, y0), ra, ra),
            ((x1, y0), (x1, y1), rb, rb),
        )
    else:
        ra, rb = ((x0 + x1) / 2, y0 + run, z + rise), ((x0 + x1) / 2, y1 - run, z + rise)
        faces = (
            ((x0, y1), (x0, y0), ra, rb),
            ((x1, y0), (x1, y1), rb, ra),
            ((x0, y0), (x1, y0), ra, ra),
            ((x1, y1), (x0, y1), rb, rb),
        )
    tone = tuple(np.array([1.0, 0.95, 0.9]) * rng.uniform(0.7, 1.05))
    for a, b, c, d in faces:
        corners = np.array([(*a, z), (*b, z), c, d])
        base = corners[1] - corners[0]
        wide = float(np.linalg.norm(base))
        axis = base / wide
        slant = float(np.hypot(run, rise)) / 4.0
        uv = [[float((q - corners[0]) @ axis) / 4.0, 0.0 if k < 2 else slant] for k, q in enumerate(corners)]
        parts["roof_tile"].add(corners, [uv], tone)
    for a, b in (((x0, y0), (x1, y0)), ((x1, y1), (x0, y1)), ((x0, y1), (x0, y0)), ((x1, y0), (x1, y1))):
        low = np.array([*a, z - 0.16])
        parts["plain"].rect(
            low, np.array([*b, z - 0.16]) - low, (0, 0, 0.16), tint=linear((0.72, 0.68, 0.62))
        )
    cx, cy = (x0 + x1) / 2 + rng.uniform(-1.5, 1.5), (y0 + y1) / 2
    chimneys(parts, cx, cy, z + rise - 0.9, 1.9, "x" if x1 - x0 > y1 - y0 else "y", rng)
    return z + rise
