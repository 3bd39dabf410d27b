"""The front of the car's inside: dashboard, instruments' hood, screen, vents, console, pillars."""

from __future__ import annotations

import numpy as np
from car_shapes import (
    Array,
    Parts,
    about,
    chip,
    grid,
    inward,
    rounded,
    sheet,
    smooth,
    soft,
    swept,
    tube,
    turned,
)

from scenes.road import cabin

DARK = (0.048, 0.048, 0.050)
DASH = (0.062, 0.062, 0.065)
LOWER = (0.300, 0.284, 0.258)
"""The lighter half of the two tones: lower dashboard, doors."""
BELOW = (0.215, 0.204, 0.186)
TUNNEL = (0.120, 0.117, 0.112)
BLACK = (0.010, 0.010, 0.011)
SATIN = (0.42, 0.42, 0.43)
LEATHER = (0.045, 0.044, 0.043)
STITCH = (0.40, 0.38, 0.35)

TOP = [(1.20, 0.955), (1.08, 0.968), (0.92, 0.976), (0.78, 0.972), (0.68, 0.962), (0.625, 0.948)]
LIP = [(0.606, 0.938), (0.600, 0.924), (0.604, 0.910)]
FACE = [(0.622, 0.900), (0.630, 0.875), (0.622, 0.845)]
BELLY = [
    (0.600, 0.835),
    (0.588, 0.810),
    (0.590, 0.760),
    (0.600, 0.700),
    (0.612, 0.650),
    (0.640, 0.610),
    (0.720, 0.575),
    (0.900, 0.545),
]


def lean(x: Array) -> Array:
    """How far each section of the dashboard stands nearer (and lower) than the middle one."""
    side = np.clip((np.abs(x) - 0.45) / 0.28, 0, 1)
    return np.stack(
        [-0.035 * side**2 + 0.012 * np.cos(np.clip(x / 0.25, -1, 1) * np.pi / 2), -0.012 * side**2], 1
    )


def dashboard(parts: Parts) -> None:
    xs = np.linspace(-0.725, 0.725, 44)
    upper = np.concatenate([smooth([*TOP], 16), smooth([TOP[-1], *LIP], 10)[1:]])
    parts.add("plastic", swept(upper, xs, lean, flip=True), DASH)
    # a padded band with a seam, a trim strip, the lower part
    parts.add("plastic", swept(smooth([LIP[-1], *FACE[:2]], 8), xs, lean, flip=True), LOWER)
    strip = np.array(
        [(0.628, 0.874), (0.618, 0.872), (0.614, 0.864), (0.614, 0.852), (0.618, 0.844), (0.628, 0.842)]
    )
    parts.add("gloss", swept(strip, np.linspace(-0.725, 0.725, 40), lean, flip=True), (0.055, 0.055, 0.058))
    parts.add(
        "gloss",
        swept(
            np.array([(0.6165, 0.8765), (0.6125, 0.8745), (0.6125, 0.8725), (0.6165, 0.8705)]),
            np.linspace(-0.725, 0.725, 40),
            lean,
            flip=True,
        ),
        SATIN,
    )
    parts.add(
        "plastic", swept(np.concatenate([[(0.628, 0.842)], smooth(BELLY, 18)]), xs, lean, flip=True), BELOW
    )
    # glove box: a gap around a lid
    lid = swept(
        smooth([(0.584, 0.806), (0.578, 0.790), (0.580, 0.745), (0.588, 0.700), (0.596, 0.672)], 14),
        np.linspace(0.185, 0.605, 16),
        lean,
        flip=True,
    )
    parts.add("plastic", lid, LOWER)
    for a, b in (((0.185, 0.672), (0.605, 0.672)), ((0.185, 0.806), (0.605, 0.806))):
        y = 0.592 if a[1] < 0.7 else 0.584
        parts.add("gloss", tube([(a[0], y, a[1]), (b[0], y, b[1])], 0.0022, 6), BLACK)
    for x in (0.185, 0.605):
        y = -0.035 * np.clip((x - 0.45) / 0.28, 0, 1) ** 2
        parts.add(
            "gloss",
            tube([(x, 0.584 + y, 0.806), (x, 0.578 + y, 0.745), (x, 0.594 + y, 0.672)], 0.0022, 6),
            BLACK,
        )
    parts.add(
        "gloss", rounded((0.09, 0.012, 0.022), (0.395, 0.574, 0.775), 0.005, cell=0.03), (0.05, 0.05, 0.052)
    )
    # seam of stitches along the lip
    for x in np.arange(-0.69, 0.70, 0.0125):
        if -0.56 < x < -0.16:
            continue
        off = lean(np.array([x]))[0]
        parts.add("plastic", chip((0.0075, 0.002, 0.0016), (x, 0.6215 + off[0], 0.9035 + off[1])), STITCH)
    # defroster slot under the windscreen
    parts.add("gloss", rounded((1.10, 0.030, 0.004), (0, 1.06, 0.9715), 0.0019, cell=0.2), BLACK)
    for x in np.arange(-0.52, 0.53, 0.02):
        parts.add("plastic", chip((0.003, 0.028, 0.005), (x, 1.06, 0.972)), LOWER)


def hood(parts: Parts) -> None:
    """The cowl over the instruments and their dark surround."""
    cx, cy, _ = cabin.CLUSTER

    def arch(s: Array, t: Array, grow: float, y0: float, y1: float) -> tuple[Array, Array, Array]:
        a = np.pi * (1 - s)
        wide = (0.183 + grow) * (1 - 0.10 * t)
        high = (0.092 + grow) * (1 - 0.62 * t)
        cos, sin = np.cos(a), np.sin(a)
        x = cx + wide * np.sign(cos) * np.abs(cos) ** 0.62
        z = 0.915 + high * np.abs(sin) ** 0.72
        y = y0 + (y1 - y0) * t - 0.030 * np.abs(sin) ** 1.2 * (1 - t)
        return x, y, z

    parts.add("plastic", sheet(lambda s, t: arch(s, t, 0.010, 0.530, 0.860), 14, 40), DASH)
    parts.add("plastic", sheet(lambda s, t: arch(s, 0.3 * t, 0.0, 0.530, 0.860), 8, 40, flip=True), BLACK)
    rim = sheet(lambda s, t: arch(s, 0 * t, 0.010 * t, 0.530, 0.860), 3, 40)
    parts.add("plastic", rim, DARK)
    # what carries the face, and the frame around it
    parts.add("plastic", rounded((0.392, 0.10, 0.170), (cx, cy + 0.070, 0.868), 0.02), DARK)
    w, h = cabin.CLUSTER_SIZE
    turn = about("x", -cabin.CLUSTER_TILT)
    for size, at in (
        ((w + 0.05, 0.02, 0.03), (0, 0, -h / 2 - 0.012)),
        ((0.03, 0.02, h), (-w / 2 - 0.012, 0, 0)),
        ((0.03, 0.02, h), (w / 2 + 0.012, 0, 0)),
    ):
        where = np.array(at) @ turn.T + (cx, cy - 0.012, cabin.CLUSTER[2])
        parts.add("gloss", rounded(size, where, 0.006, cell=0.05, turn=turn), BLACK)
    for x in cabin.DIALS.values():
        ring = turned(
            [
                (cabin.DIAL_RADIUS + 0.004, -0.001),
                (cabin.DIAL_RADIUS + 0.0045, -0.006),
                (cabin.DIAL_RADIUS + 0.002, -0.0085),
                (cabin.DIAL_RADIUS - 0.001, -0.004),
                (cabin.DIAL_RADIUS - 0.002, 0.0),
            ][::-1],
            40,
        )
        m = np.eye(4)
        m[:3, :3] = turn
        parts.add("gloss", ring.transformed(m).moved(cx + x, cy - 0.002, cabin.CLUSTER[2]), SATIN)


def screen(parts: Parts) -> None:
    w, h = cabin.SCREEN_SIZE
    x, y, z = cabin.SCREEN
    turn = about("x", -cabin.SCREEN_TILT)
    parts.add(
        "gloss",
        rounded((w + 0.022, 0.016, h + 0.022), (x, y + 0.0095, z), 0.0065, cell=0.06, turn=turn),
        BLACK,
    )
    parts.add("plastic", soft((0.30, 0.10, 0.10), (x, y + 0.075, z - 0.02), 4.0), DASH)


def vent(parts: Parts, x: float, y: float, z: float, w: float, h: float, turn: float = 0.0) -> None:
    spin = about("z", turn)

    def put(
        material: str,
        size: tuple[float, float, float],
        at: tuple[float, float, float],
        radius: float,
        colour: tuple[float, float, float],
        tilt: float = 0.0,
    ) -> None:
        where = spin @ np.array(at) + (x, y, z)
        parts.add(
            material, rounded(size, where, radius, cell=0.12, around=2, turn=spin @ about("x", tilt)), colour
        )

    put("gloss", (w + 0.016, 0.010, 0.008), (0, -0.002, h / 2 + 0.004), 0.0035, (0.07, 0.07, 0.072))
    put("gloss", (w + 0.016, 0.010, 0.008), (0, -0.002, -h / 2 - 0.004), 0.0035, (0.07, 0.07, 0.072))
    for side in (-1, 1):
        put(
            "gloss",
            (0.008, 0.010, h + 0.010),
            (side * (w / 2 + 0.004), -0.002, 0),
            0.0035,
            (0.07, 0.07, 0.072),
        )
    parts.add("plastic", chip((w, 0.004, h), spin @ np.array((0, 0.022, 0)) + (x, y, z), spin), (0.004,) * 3)
    for k in range(4):
        where = spin @ np.array((0, 0.008, (k - 1.5) * h / 4)) + (x, y, z)
        parts.add("plastic", chip((w, 0.020, 0.0032), where, spin @ about("x", 0.30)), DARK)
    put("gloss", (0.016, 0.006, 0.012), (0, -0.004, 0), 0.002, SATIN)


def centre(parts: Parts) -> None:
    for side in (-1, 1):
        vent(parts, side * 0.062, 0.596, 0.807, 0.104, 0.044)
    vent(parts, -0.640, 0.582, 0.895, 0.090, 0.050, 0.25)
    vent(parts, 0.640, 0.582, 0.895, 0.090, 0.050, -0.25)
    # warning lights' button, knobs of the heating, keys between them
    parts.add("gloss", rounded((0.26, 0.016, 0.070), (0, 0.594, 0.722), 0.006), BLACK)
    for x in (-0.088, 0.0, 0.088):
        knob = turned([(0.0, -0.022), (0.019, -0.022), (0.0205, -0.020), (0.0215, 0.0)], 32)
        parts.add("plastic", knob.moved(x, 0.586, 0.724), DARK)
        ring = turned([(0.0235, -0.0015), (0.0245, -0.0035), (0.0265, -0.003), (0.0270, 0.0)], 32)
        parts.add("gloss", ring.moved(x, 0.586, 0.724), SATIN)
        parts.add(
            "gloss",
            rounded((0.0022, 0.003, 0.010), (x, 0.5635, 0.736), 0.0008, cell=1.0, around=2),
            (0.7, 0.7, 0.7),
        )
    for k, x in enumerate((-0.044, 0.044)):
        for z in (0.738, 0.710):
            parts.add(
                "plastic",
                rounded((0.024, 0.010, 0.017), (x, 0.583, z), 0.003, cell=0.05, around=2),
                (0.045 + 0.004 * k, 0.046, 0.048),
            )
    for x in np.linspace(-0.105, 0.105, 7):
        colour = (0.30, 0.02, 0.015) if abs(x) < 0.01 else (0.045, 0.045, 0.047)
        parts.add(
            "plastic", rounded((0.028, 0.010, 0.016), (x, 0.600, 0.770), 0.003, cell=0.05, around=2), colour
        )


def console(parts: Parts) -> None:
    """Between the seats: tray, gear lever, brake lever, cup holders, arm rest."""
    line = smooth(
        [(0.66, 0.64), (0.55, 0.632), (0.42, 0.612), (0.25, 0.595), (0.02, 0.590), (-0.40, 0.585)], 24
    )
    across = [
        (-0.118, -0.34),
        (-0.114, -0.10),
        (-0.108, -0.026),
        (-0.100, -0.006),
        (-0.088, 0.0),
        (-0.040, -0.003),
        (0.0, -0.004),
    ]
    ring = np.array([*across, *[(-x, z) for x, z in across[-2::-1]]])
    rows = np.array([[(x, y, top + z) for x, z in ring] for y, top in line])
    parts.add("plastic", grid(rows[::-1]), TUNNEL)
    parts.add(
        "gloss",
        rounded((0.165, 0.20, 0.010), (0, 0.405, 0.612), 0.004, turn=about("x", 0.10)),
        (0.05, 0.05, 0.053),
    )
    # gear lever: boot, stick, knob
    boot = turned(
        [(0.052, 0.0), (0.050, 0.012), (0.040, 0.030), (0.028, 0.052), (0.016, 0.075), (0.012, 0.085)], 20
    )
    up = np.eye(4)
    up[:3, :3] = about("x", np.pi / 2 - 0.10)
    parts.add("plastic", boot.transformed(up).moved(0.0, 0.400, 0.616), LEATHER)
    parts.add("gloss", tube([(0, 0.400, 0.69), (0, 0.385, 0.735)], 0.0085, 12), SATIN)
    parts.add("plastic", soft((0.046, 0.050, 0.062), (0, 0.378, 0.760), 2.6, 12, 24), LEATHER)
    parts.add("gloss", soft((0.030, 0.030, 0.008), (0, 0.376, 0.790), 2.2, 8, 20), SATIN)
    # brake lever
    parts.add(
        "plastic",
        tube(
            smooth(
                [(0.055, -0.02, 0.60), (0.055, 0.06, 0.618), (0.055, 0.16, 0.648), (0.055, 0.215, 0.662)], 12
            ),
            [0.012, 0.013, 0.013, 0.013, 0.014, 0.014, 0.015, 0.0155, 0.016, 0.016, 0.015, 0.012],
            14,
        ),
        LEATHER,
    )
    parts.add("gloss", tube([(0.055, 0.213, 0.662), (0.055, 0.226, 0.666)], 0.007, 12), SATIN)
    for y in (0.245, 0.155):
        cup = turned([(0.0, 0.010), (0.034, 0.010), (0.036, 0.0), (0.036, -0.030)][::-1], 28)
        up = np.eye(4)
        up[:3, :3] = about("x", np.pi / 2)
        inner = cup.transformed(up)
        parts.add("plastic", inner.moved(-0.045, y, 0.6), (0.012, 0.012, 0.012))
        rim = turned([(0.036, 0.000), (0.0365, -0.003), (0.039, -0.003), (0.040, 0.0)][::-1], 28).transformed(
            up
        )
        parts.add("gloss", rim.moved(-0.045, y, 0.598), (0.20, 0.20, 0.205))
    parts.add("plastic", soft((0.190, 0.30, 0.075), (0, -0.19, 0.655), 6.0), LEATHER)
    parts.add("plastic", rounded((0.18, 0.28, 0.07), (0, -0.19, 0.61), 0.015), DASH)


def pillars(parts: Parts) -> None:
    """Along the edges of the windscreen, and the lining's front edge."""
    for side in (-1.0, 1.0):
        edge = np.array([cabin.windscreen(side * 1.0, u) for u in np.linspace(-0.04, 1.03, 24)])
        inner = np.array([cabin.windscreen(side * 0.935, u) for u in np.linspace(-0.04, 1.03, 24)])
        away = np.array([side * 0.010, -0.072, -0.012])
        rows = []
        for e, i, u in zip(edge, inner, np.linspace(0, 1, 24), strict=True):
            wide = 1.0 - 0.15 * u
            rows.append(
                smooth(
                    [
                        e + (side * 0.012, 0.02, 0.012),
                        i + (0, 0.006, 0.004),
                        i + (-side * 0.004, -0.016, -0.010),
                        i + away * 0.55 * wide + (-side * 0.004, 0, -0.012),
                        e + away * wide + (-side * 0.002, 0, -0.010),
                        e + away * 1.15 * wide + (side * 0.022, 0, 0.0),
                    ],
                    14,
                )
            )
        parts.add("lining", inward(np.array(rows)), (0.58, 0.565, 0.535))
        # where the speaker sits, at the pillar's foot
        foot = cabin.windscreen(side, 0.0)
        parts.add("plastic", soft((0.10, 0.22, 0.05), (side * 0.665, foot[1] - 0.14, 0.955), 4.0), DASH)


def build(parts: Parts) -> None:
    for make in (dashboard, hood, screen, centre, console, pillars):
        make(parts)
