"""The washroom's lamps and window, what else is in its ceiling, its drain, and the mirror's glass."""

from __future__ import annotations

import numpy as np
import washroom_room as room
from bake.bodies import bevelled, turned
from washroom_parts import DARK, METAL, WHITE, X1, Y1, Parts, add, moved

from vr_runtime.stage.mesh import Mesh


def above(parts: Parts) -> None:
    for number, (x, y) in enumerate(room.LAMPS):
        z = room.TOP - 0.004
        panel = Mesh(
            np.array(
                [
                    (x - 0.29, y - 0.29, z),
                    (x - 0.29, y + 0.29, z),
                    (x + 0.29, y + 0.29, z),
                    (x + 0.29, y - 0.29, z),
                ]
            ),
            np.tile([0, 0, -1.0], (4, 1)),
            np.array([[0, 1, 2], [0, 2, 3]]),
        )
        # one tube was changed for another kind
        add(parts, "lamp_warm" if number == 1 else "lamp", panel.tinted((1, 1, 1)))
    x0, x1, z0, z1 = room.WINDOW
    y = Y1 + room.RECESS - 0.03
    pane = Mesh(
        np.array([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)]),
        np.tile([0, -1.0, 0], (4, 1)),
        np.array([[0, 1, 2], [0, 2, 3]]),
        uvs=np.array([(0, 0), (1, 0), (1, 1), (0, 1)]),
    )
    add(parts, "pane", pane.tinted((1, 1, 1)))
    white = (0.78, 0.78, 0.77)
    thick = 0.045
    for low, high in (
        ((x0, y - 0.03, z0), (x1, y + 0.02, z0 + thick)),
        ((x0, y - 0.03, z1 - thick), (x1, y + 0.02, z1)),
        ((x0, y - 0.03, z0 + thick), (x0 + thick, y + 0.02, z1 - thick)),
        ((x1 - thick, y - 0.03, z0 + thick), (x1, y + 0.02, z1 - thick)),
        (((x0 + x1) / 2 - 0.03, y - 0.034, z0 + thick), ((x0 + x1) / 2 + 0.03, y + 0.02, z1 - thick)),
    ):
        add(parts, "gloss", bevelled(low, high, 0.004, white))
    handle = (x0 + x1) / 2
    add(
        parts,
        "gloss",
        bevelled((handle - 0.012, y - 0.05, 1.80), (handle + 0.012, y - 0.034, 1.87), 0.003, white),
    )
    add(
        parts,
        "gloss",
        bevelled((handle - 0.009, y - 0.065, 1.72), (handle + 0.009, y - 0.05, 1.85), 0.003, white),
    )
    add(
        parts,
        "gloss",
        bevelled(
            (x0 - 0.03, Y1 - 0.03, z0 - 0.022),
            (x1 + 0.03, Y1 + room.RECESS - 0.06, z0 + 0.002),
            0.005,
            (0.62, 0.62, 0.60),
        ),
    )
    # a vent and a smoke detector
    for k in range(7):
        yv = 1.35 - 0.12 + 0.04 * k
        add(
            parts,
            "plastic",
            bevelled(
                (0.33, yv - 0.012, room.TOP - 0.010),
                (0.57, yv + 0.012, room.TOP - 0.002),
                0.004,
                (0.6, 0.6, 0.58),
            ),
        )
    add(
        parts,
        "plastic",
        bevelled((0.31, 1.20, room.TOP - 0.0035), (0.59, 1.50, room.TOP + 0.002), 0.001, DARK),
    )
    smoke = turned(((0.0, -0.038), (0.035, -0.036), (0.048, -0.022), (0.052, -0.001)), WHITE, 24)
    add(parts, "plastic", moved(smoke, 0.45, -0.75, room.TOP))


def drain(parts: Parts, x: float, y: float) -> None:
    rim = turned(((0.064, 0.0), (0.064, 0.002), (0.058, 0.003), (0.0, 0.003)), METAL, 32)
    add(parts, "steel", moved(rim, x, y))
    for k in range(-3, 4):
        half = np.sqrt(0.05**2 - (k * 0.013) ** 2)
        add(
            parts,
            "plastic",
            bevelled(
                (x - half, y + k * 0.013 - 0.003, 0.0025),
                (x + half, y + k * 0.013 + 0.003, 0.0034),
                0.0004,
                DARK,
            ),
        )


def glass(parts: Parts) -> None:
    y0, y1, z0, z1 = room.MIRROR
    pane = Mesh(
        np.array([(X1, y1, z0), (X1, y0, z0), (X1, y0, z1), (X1, y1, z1)]),
        np.tile([-1.0, 0, 0], (4, 1)),
        np.array([[0, 1, 2], [0, 2, 3]]),
        uvs=np.array([(0, 0), (1, 0), (1, 1), (0, 1)]),
    )
    add(parts, "glass", pane.tinted((1, 1, 1)))
