"""What is seen of the car's outside from within: bonnet, mirrors, glass, wipers; and a shell that keeps light out."""

from __future__ import annotations

import numpy as np
from car_front import BLACK, DARK
from car_rest import LINING, belt_z, rail_z, roof_half
from car_shapes import Array, Parts, about, grid, inward, rounded, sheet, smooth, soft, tube, turned

from scenes.road import cabin

PAINT = (1.0, 1.0, 1.0)


def mirrors(parts: Parts) -> None:
    x, y, z = cabin.REAR_MIRROR
    w, h = cabin.REAR_MIRROR_SIZE
    heading, pitch = cabin.facing(cabin.REAR_MIRROR, cabin.SEEN[0])
    turn = about("z", heading) @ about("x", pitch)
    shell = soft((w + 0.022, 0.050, h + 0.020), (0, 0.016, 0), 4.5, 12, 28, None)
    m = np.eye(4)
    m[:3, :3] = turn
    parts.add("plastic", shell.transformed(m).moved(x, y, z), DARK)
    parts.add(
        "plastic",
        tube(
            smooth([(x, y + 0.03, z + 0.02), (x, y + 0.05, z + 0.055), (x, 0.47, 1.385)], 8),
            [0.012, 0.011, 0.010, 0.010, 0.011, 0.013, 0.018, 0.024],
            12,
        ),
        DARK,
    )
    for side, (mx, my, mz) in zip((-1.0, 1.0), cabin.DOOR_MIRRORS, strict=True):
        w, h = cabin.DOOR_MIRROR_SIZE
        heading, pitch = cabin.facing((mx, my, mz), cabin.SEEN[1 if side < 0 else 2])
        turn = about("z", heading) @ about("x", pitch)
        case = soft(
            (w + 0.030, 0.105, h + 0.026), turn @ np.array([0, 0.046, 0]) + (mx, my, mz), 3.8, 12, 28, turn
        )
        parts.add("paint", case, PAINT)
        rim = soft(
            (w + 0.018, 0.026, h + 0.014), turn @ np.array([0, 0.001, 0]) + (mx, my, mz), 6.0, 8, 24, turn
        )
        parts.add("plastic", rim, (0.012, 0.012, 0.012))
        parts.add(
            "plastic",
            tube(
                smooth(
                    [
                        (side * 0.72, my + 0.10, 0.965),
                        (side * 0.79, my + 0.075, 0.965),
                        (side * 0.86, my + 0.055, 0.972),
                    ],
                    8,
                ),
                [0.05, 0.042, 0.036, 0.033, 0.032, 0.032, 0.033, 0.03],
                12,
                flat=0.55,
            ),
            (0.012, 0.012, 0.012),
        )
        # the corner of the window that it stands on
        tri = np.array(
            [
                [(side * 0.728, 0.98, 0.99), (side * 0.728, 0.70, 0.99)],
                [(side * 0.722, 0.955, 1.03), (side * 0.706, 0.72, 1.075)],
            ]
        )
        parts.add("plastic", inward(tri), (0.014, 0.014, 0.014))


def outside(parts: Parts) -> None:
    def bonnet(s: Array, t: Array) -> tuple[Array, Array, Array]:
        across = 2 * s - 1
        wide = 0.80 - 0.07 * t**2
        x = across * wide
        y = 1.335 - 0.16 * across**2 * (1 - t) + (0.94 - 0.20 * across**2) * t
        z = 0.982 - 0.028 * t - 0.060 * t**3 - 0.055 * np.abs(across) ** 2.6
        z += 0.010 * np.exp(-(((np.abs(across) - 0.52) / 0.05) ** 2)) * (1 - 0.5 * t)
        return x, y, z

    parts.add("paint", sheet(bonnet, 18, 33), PAINT)
    for side in (-1.0, 1.0):

        def wing(s: Array, t: Array, side: float = side) -> tuple[Array, Array, Array]:
            y = 0.98 + 1.20 * t
            x = side * (0.812 + 0.075 * s - 0.09 * t**3)
            z = 0.965 - 0.03 * t - 0.07 * t**3 - 0.20 * s**1.6
            return x, y, z

        parts.add("paint", sheet(wing, 20, 10, flip=side < 0), PAINT)
        # the doors' outer skin under the windows
        ys = np.linspace(1.0, -1.7, 30)
        rows = np.stack(
            [
                np.stack([np.full(30, side * (0.735 + d)), ys, belt_z(ys) + z], 1)
                for d, z in ((0.0, 0.012), (0.018, 0.008), (0.050, -0.03), (0.095, -0.14))
            ]
        )
        parts.add("paint", inward(rows, out=True), PAINT)
    cowl = sheet(
        lambda s, t: (
            -0.74 + 1.48 * s,
            1.215 - 0.21 * (2 * s - 1) ** 2 + 0.125 * t,
            0.948 - 0.022 * np.sin(np.pi * t),
        ),
        8,
        40,
    )
    parts.add("plastic", cowl, (0.010, 0.010, 0.010))


def glass(parts: Parts) -> None:
    pane = np.array(
        [[cabin.windscreen(x, u) for x in np.linspace(-1, 1, 33)] for u in np.linspace(-0.02, 1.0, 17)]
    )
    uvs = np.array([[cabin.on_pane(tuple(p)) for p in row] for row in pane])
    parts.add("windscreen", grid(pane, flip=True, uvs=uvs), (1.0, 1.0, 1.0))
    # the dark printed edge
    for rows in ((-0.02, 0.0, 0.018), (0.965, 0.985, 1.0)):
        edge = np.array([[cabin.windscreen(x, u) for x in np.linspace(-1, 1, 33)] for u in rows]) - (
            0,
            0.002,
            0.002,
        )
        parts.add("plastic", grid(edge, flip=True), (0.006, 0.006, 0.006))
    for side in (-1.0, 1.0):
        for y0, y1 in ((0.97, -0.40), (-0.40, -1.22)):
            ys = np.linspace(y0, y1, 16)
            low = np.stack([np.full(16, side * 0.728), ys, belt_z(ys)], 1)
            high_y = np.minimum(ys, 0.30) if y0 > 0 else ys
            high_z = np.where(ys > 0.28, 1.0 + (1.345 - 1.0) * (0.97 - ys) / 0.69, rail_z(ys) - 0.01)
            high_y = np.where(ys > 0.28, ys, ys)
            high_x = np.where(ys > 0.28, 0.728 - (0.728 - 0.585) * (0.97 - ys) / 0.69, roof_half(ys) + 0.024)
            top = np.stack([side * high_x, high_y, high_z], 1)
            rows = np.array(
                [
                    low + (top - low) * t + np.array([side * 0.012 * np.sin(np.pi * t), 0, 0])
                    for t in np.linspace(0, 1, 6)
                ]
            )
            made = grid(rows, flip=side > 0)
            uv = np.stack([made.positions[:, 1], made.positions[:, 2]], 1)
            parts.add("windows", inward(rows, uvs=uv), (1.0, 1.0, 1.0))
    back = np.array(
        [
            [
                (x * (0.58 - 0.10 * t), -1.78 + 0.12 * t - 0.02 * x * x, 1.03 + 0.22 * t)
                for x in np.linspace(-1, 1, 13)
            ]
            for t in np.linspace(0, 1, 5)
        ]
    )
    parts.add("windows", grid(back), (1.0, 1.0, 1.0))
    parts.add(
        "plastic",
        tube(smooth([(-0.60, -1.78, 1.02), (0.0, -1.80, 1.02), (0.60, -1.78, 1.02)], 12), 0.012, 8),
        (0.01, 0.01, 0.01),
    )
    for side in (-1, 1):
        parts.add(
            "lining",
            tube(
                smooth(
                    [(side * 0.62, -1.77, 1.02), (side * 0.55, -1.72, 1.14), (side * 0.48, -1.66, 1.26)], 12
                ),
                0.035,
                10,
            ),
            LINING,
        )


def wiper(parts: Parts) -> None:
    """In its own frame: pivot at the origin, along +x, lying on the plane of x and y (out of the pane: +z)."""
    m = cabin.WIPER_M
    parts.add(
        "wiper",
        tube(
            smooth([(0, 0, 0.014), (0.10, 0.010, 0.030), (0.30, 0.012, 0.026), (0.42, 0.006, 0.016)], 12),
            np.linspace(0.011, 0.006, 12),
            8,
            flat=0.6,
        ),
        (0.012, 0.012, 0.012),
    )
    parts.add(
        "wiper",
        rounded((m - 0.06, 0.010, 0.014), (0.06 + (m - 0.06) / 2, 0, 0.008), 0.004, cell=0.2, around=3),
        (0.010, 0.010, 0.010),
    )
    parts.add(
        "wiper", turned([(0.0, 0.0), (0.016, 0.0), (0.018, 0.008), (0.018, 0.02)], 16), (0.012, 0.012, 0.012)
    )


def shell(parts: Parts) -> None:
    """Not drawn: what keeps the light out where the car is closed."""
    parts.add("shell", sheet(lambda s, t: (-0.62 + 1.24 * s, 0.33 - 2.0 * t, 1.47 + 0 * s), 2, 2), BLACK)
    parts.add("shell", sheet(lambda s, t: (-0.9 + 1.8 * s, 1.3 - 3.2 * t, 0.24 + 0 * s), 2, 2), BLACK)
    parts.add(
        "shell",
        grid(np.array([[(-0.8, 1.18, 0.2), (0.8, 1.18, 0.2)], [(-0.8, 1.18, 0.935), (0.8, 1.18, 0.935)]])),
        BLACK,
    )
    parts.add(
        "shell",
        grid(np.array([[(-0.8, -1.80, 0.2), (0.8, -1.80, 0.2)], [(-0.8, -1.80, 1.01), (0.8, -1.80, 1.01)]])),
        BLACK,
    )
    for x in (-0.78, 0.78):
        parts.add(
            "shell",
            grid(np.array([[(x, 1.2, 0.2), (x, -1.8, 0.2)], [(x, 1.2, 0.96), (x, -1.8, 0.98)]])),
            BLACK,
        )


def build(parts: Parts) -> None:
    for make in (mirrors, outside, glass, wiper, shell):
        make(parts)
