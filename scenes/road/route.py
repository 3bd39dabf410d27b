"""The places of the road as data: lanes, speeds, where side entrances and the junction are.

Route frame: x to the right of the road's middle line (of a motorway, the middle of the central reservation; of the
tunnel, the middle of its tube), y along the road in the driving direction, in metres. Each place is a stretch that
repeats every ``PERIOD_M``. Traffic keeps to the right.
"""

from __future__ import annotations

from dataclasses import dataclass, field

PERIOD_M = 800.0
KM_H = 1.0 / 3.6
"""One km/h in m/s."""
JUNCTION_Y = 400.0
"""y of the middle of the crossroads in each period of ``junction``."""
STOP_M = 9.0
"""From the middle of the crossroads back to each stop line, m."""
BOX_M = 6.0
"""Half the side of the square that both roads share, with a margin, m."""
SIGNALS: tuple[tuple[float, float], ...] = ((7.2, -9.6), (-4.4, 9.6), (-6.2, -4.6), (9.4, 4.6))
"""Where the posts of the traffic lights stand: x (route frame), y from the middle of the crossroads, m."""
CROSS_REACH_M = 130.0
"""How far along the crossing road traffic is kept, m."""
OWN_FRONT_M, OWN_BACK_M, OWN_HALF_M = 2.35, 1.95, 1.02
"""From the driver's eyes to the own car's nose and tail, and half its width with mirrors, m."""

SIZES: dict[str, tuple[float, float]] = {
    "hatch": (4.20, 1.98),
    "suv": (4.63, 2.06),
    "van": (5.95, 2.30),
    "truck": (6.90, 2.50),
    "lorry": (16.4, 2.95),
    "bus": (12.0, 2.95),
    "ambulance": (5.95, 2.30),
}
"""Length and width with mirrors of each kind of vehicle, m."""
POOL: dict[str, int] = {
    "hatch": 16,
    "suv": 9,
    "van": 5,
    "truck": 4,
    "lorry": 5,
    "bus": 2,
    "ambulance": 1,
}
"""How many of each kind there are at most at one time."""


@dataclass(frozen=True)
class Lane:
    """A lane along the road. ``x``: its middle; ``way``: +1 in the driving direction, -1 against it."""

    x: float
    way: int = 1
    own: bool = False
    """The lane that the own car drives in."""
    faster_km_h: float = 0.0
    """How much faster its traffic is than the own car would like to be."""
    top_km_h: float = 130.0
    heavy: float = 1.0
    """How many of the lorries come here: a factor on their share."""


@dataclass(frozen=True)
class Stretch:
    """One place."""

    own_x: float
    """Where the own car's middle is, route frame, m."""
    lanes: tuple[Lane, ...]
    limit_km_h: float
    """The own car goes no faster here; 0: it is parked."""
    ahead_m: float
    """How far ahead traffic is kept, m; as far behind it as ``behind_m``."""
    behind_m: float
    spacing_m: float
    """Mean distance from one vehicle to the next at full density, m."""
    drives: tuple[float, float] = (0.0, 0.0)
    """Side entrances on the right: every so many metres, the first one at so many; (0, 0): none."""
    ambulance: tuple[float, float] | None = None
    """Where an ambulance can stand: x (route frame), y in each period."""
    start_y: float = 0.0
    crossroads: bool = False
    kinds: dict[str, float] = field(default_factory=lambda: {"hatch": 0.55, "suv": 0.30, "van": 0.15})
    """How often each kind that is no lorry comes."""


def _two_way(x: float, top_km_h: float) -> tuple[Lane, ...]:
    return (Lane(x, own=True, top_km_h=top_km_h), Lane(-x, -1, top_km_h=top_km_h))


TOWN = {"hatch": 0.54, "suv": 0.28, "van": 0.14, "bus": 0.04}
PLACES: dict[str, Stretch] = {
    # a residential street: two lanes of 3.2 m, a strip of parked cars 2.3 m wide on either side (kerb at 5.5 m)
    "parked": Stretch(
        own_x=4.35,
        lanes=(Lane(1.6, top_km_h=40.0), Lane(-1.6, -1, top_km_h=40.0)),
        limit_km_h=0.0,
        ahead_m=260.0,
        behind_m=160.0,
        spacing_m=55.0,
        drives=(50.0, 25.0),
        ambulance=(4.35, 27.0),
        kinds=TOWN,
    ),
    "residential": Stretch(
        own_x=1.6,
        lanes=_two_way(1.6, 40.0),
        limit_km_h=50.0,
        ahead_m=260.0,
        behind_m=120.0,
        spacing_m=45.0,
        drives=(50.0, 25.0),
        ambulance=(4.35, 200.0),
        start_y=0.0,
        kinds=TOWN,
    ),
    # a country road: two lanes of 3.5 m, narrow verges
    "country": Stretch(
        own_x=1.75,
        lanes=_two_way(1.75, 80.0),
        limit_km_h=90.0,
        ahead_m=420.0,
        behind_m=160.0,
        spacing_m=60.0,
        drives=(100.0, 50.0),
        ambulance=(5.1, 300.0),
        start_y=0.0,
    ),
    # a suburban road: two lanes of 3.5 m, a lay-by strip on the right; crossroads with lights at JUNCTION_Y
    "junction": Stretch(
        own_x=1.75,
        lanes=_two_way(1.75, 50.0),
        limit_km_h=50.0,
        ahead_m=330.0,
        behind_m=120.0,
        spacing_m=45.0,
        drives=(50.0, 25.0),
        ambulance=(5.2, 350.0),
        start_y=200.0,
        crossroads=True,
        kinds=TOWN,
    ),
    # three lanes of 3.5 m each way beside a central reservation 3.5 m wide; hard shoulder beyond 12.25 m
    "motorway": Stretch(
        own_x=7.0,
        lanes=(
            Lane(7.0, own=True, heavy=0.3),
            Lane(10.5, faster_km_h=-14.0, top_km_h=88.0, heavy=2.0),
            Lane(3.5, faster_km_h=14.0, heavy=0.0),
            Lane(-3.5, -1, heavy=0.0),
            Lane(-7.0, -1, top_km_h=115.0, heavy=0.5),
            Lane(-10.5, -1, top_km_h=88.0, heavy=2.0),
        ),
        limit_km_h=130.0,
        ahead_m=420.0,
        behind_m=140.0,
        spacing_m=80.0,
        ambulance=(14.2, 300.0),
    ),
    # a tube with two lanes of 3.5 m, one way
    "tunnel": Stretch(
        own_x=1.75,
        lanes=(
            Lane(1.75, own=True),
            Lane(-1.75, faster_km_h=10.0, top_km_h=100.0, heavy=0.5),
        ),
        limit_km_h=90.0,
        ahead_m=320.0,
        behind_m=120.0,
        spacing_m=60.0,
    ),
}

CROSS_LANES = (Lane(-1.75, 1, top_km_h=45.0), Lane(1.75, -1, top_km_h=45.0))
"""The crossing road: ``x`` is the offset from the middle of the crossroads along y, ``way`` +1 drives along +x."""


def next_drive(stretch: Stretch, y: float) -> float | None:
    """y of the first side entrance at or beyond ``y``; None where there is none."""
    every, first = stretch.drives
    if every <= 0.0:
        return None
    return first + every * -((first - y) // every)


def near_junction(y: float) -> float:
    """y of the crossroads nearest to ``y``."""
    return JUNCTION_Y + PERIOD_M * round((y - JUNCTION_Y) / PERIOD_M)
