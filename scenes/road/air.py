"""Light and air: how day, night, rain and fog look, outside and in the tunnel. Plain numbers, no picture."""

from __future__ import annotations

from typing import NamedTuple

Colour = tuple[float, float, float]


class Air(NamedTuple):
    sun: Colour
    zenith: Colour
    horizon: Colour
    ground: Colour
    seen_zenith: Colour
    """The dome's own colours: bluer than the light that all of the sky gives."""
    seen_horizon: Colour
    haze: Colour
    haze_m: float
    stops: float
    cabin: float
    """Share of the baked light inside the car."""


DAY = Air(
    (1.45, 1.32, 1.10), (0.44, 0.51, 0.63), (0.58, 0.62, 0.66), (0.26, 0.25, 0.21),
    (0.20, 0.37, 0.70), (0.68, 0.77, 0.87), (0.62, 0.71, 0.81), 1300.0, 0.10, 1.9,
)  # fmt: skip
DULL = Air(
    (0.10, 0.10, 0.10), (0.34, 0.36, 0.39), (0.38, 0.40, 0.42), (0.15, 0.15, 0.14),
    (0.30, 0.32, 0.35), (0.42, 0.44, 0.46), (0.38, 0.40, 0.42), 420.0, 0.15, 1.25,
)  # fmt: skip
NIGHT = Air(
    (0.0, 0.0, 0.0), (0.014, 0.018, 0.029), (0.024, 0.025, 0.031), (0.010, 0.010, 0.010),
    (0.007, 0.011, 0.022), (0.024, 0.025, 0.032), (0.019, 0.020, 0.025), 700.0, 1.15, 0.17,
)  # fmt: skip
DUSK = Air(
    (0.0, 0.0, 0.0), (0.11, 0.13, 0.19), (0.17, 0.155, 0.155), (0.055, 0.052, 0.050),
    (0.10, 0.145, 0.25), (0.30, 0.265, 0.25), (0.19, 0.185, 0.19), 800.0, 0.40, 0.42,
)  # fmt: skip
TUNNEL = Air(
    (0.0, 0.0, 0.0), (0.34, 0.31, 0.26), (0.26, 0.24, 0.205), (0.13, 0.122, 0.11),
    (0.2, 0.18, 0.15), (0.2, 0.18, 0.15), (0.17, 0.155, 0.13), 260.0, 0.45, 0.62,
)  # fmt: skip
FOG_M = 38.0
"""In the thickest fog things fade by 63 % in this distance."""


def mixed(a: Air, b: Air, share: float) -> Air:
    def between(p: Colour | float, q: Colour | float) -> Colour | float:
        if isinstance(p, tuple) and isinstance(q, tuple):
            return tuple(x + (y - x) * share for x, y in zip(p, q, strict=True))  # type: ignore[return-value]
        return p + (q - p) * share  # type: ignore[operator]

    return Air(*(between(p, q) for p, q in zip(a, b, strict=True)))  # type: ignore[arg-type]


def air(night: float, rain: float, fog: float, tunnel: bool) -> Air:
    if tunnel:
        made = TUNNEL
    else:
        day = mixed(DAY, DULL, min(1.0, max(1.4 * rain, 1.2 * fog)))
        made = mixed(day, DUSK, night / 0.5) if night <= 0.5 else mixed(DUSK, NIGHT, (night - 0.5) / 0.5)
    if fog > 0.0:
        thick = fog * fog if tunnel else fog
        reach = 1.0 / (1.0 / made.haze_m + thick**1.6 / FOG_M)
        made = made._replace(haze_m=reach, haze=tuple(h * (1.0 + 0.15 * fog) for h in made.haze))  # type: ignore[arg-type]
        made = made._replace(
            seen_zenith=mixed_colour(made.seen_zenith, made.haze, fog), seen_horizon=made.haze
        )
    return made


def mixed_colour(a: Colour, b: Colour, share: float) -> Colour:
    return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))  # type: ignore[return-value]
