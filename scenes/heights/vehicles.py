"""Cars in the street before the tower, seen from near: those that stand at the kerb, and some of those that drive."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenes.kit import stored, wheels
from scenes.kit.city import SEED, drawn_by_scene
from scenes.kit.moving import PAINTS, far_car
from scenes.kit.quads import linear
from scenes.kit.town import plan
from vr_runtime.stage.flock import HIDDEN, rolling
from vr_runtime.stage.mesh import Mesh, merge

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen

MODEL, PICTURE = "models/vehicles.npz", "textures/road/vehicles.jpg"
KINDS, SHARES = ("hatch", "suv", "van"), (0.55, 0.33, 0.12)
WHITE_VAN = linear((0.82, 0.82, 0.80))


def body(parts: dict[str, Mesh], kind: str, paint: tuple[float, float, float]) -> tuple[Mesh, Mesh]:
    """What shines (its rims can turn) and what is dull of one car, which heads for +y."""
    painted = parts[f"{kind}.paint"]
    assert painted.tint is not None
    coat = replace(painted, tint=painted.tint * np.asarray(paint, dtype=np.float32))
    gloss = wheels.turning(parts[f"{kind}.gloss"], parts[f"{kind}.tyres"])
    return merge([gloss, coat]), merge([parts[f"{kind}.matt"], parts[f"{kind}.tyres"]])


class NearCars:
    """``moving`` cars as a flock, and all that stand near by."""

    def __init__(self, kitchen: Kitchen, under: NodePath, moving: int, rng: np.random.Generator) -> None:
        parts, _ = stored.load(MODEL)
        picture = kitchen.texture_file(PICTURE)
        looks = [
            kitchen.material(
                name,
                colour=(1, 1, 1),
                roughness=roughness,
                texture=picture,
                two_sided=True,
                sun_map=True,
                flock=True,
                rigid=True,
                rolls=roughness < 0.5,
            )
            for name, roughness in (("bodies of cars", 0.28), ("dull parts of cars", 0.85))
        ]

        def some(count: int) -> tuple[list[tuple[Mesh, Mesh]], list[str]]:
            kinds = rng.choice(KINDS, count, p=SHARES)
            # each colour once before any comes again
            order = np.concatenate([rng.permutation(len(PAINTS)) for _ in range(count // len(PAINTS) + 1)])
            paints = [
                WHITE_VAN if kind == "van" else PAINTS[k]
                for kind, k in zip(kinds, order[:count], strict=True)
            ]
            made = [body(parts, str(kind), paint) for kind, paint in zip(kinds, paints, strict=True)]
            return made, [str(kind) for kind in kinds]

        stands = np.array(
            [place for place in plan(np.random.default_rng(SEED)).parked if drawn_by_scene(*place)]
        )
        pairs, _ = some(len(stands))
        rows = np.column_stack([stands, np.zeros(len(stands))])
        for k, look in enumerate(looks):
            kitchen.flock("parked cars", [pair[k] for pair in pairs], look, parent=under).place(rows)
        pairs, kinds = some(moving)
        radii = {kind: wheels.radius_m(parts[f"{kind}.tyres"]) for kind in KINDS}
        self._radius_m = np.array([radii[kind] for kind in kinds])
        self._flocks = [
            kitchen.flock(
                "near cars",
                [pair[k] for pair in pairs],
                look,
                parent=under,
                shadow=0.62 if k == 0 else 0.0,
                shadow_lift_m=0.03,
                outlines=[far_car(PAINTS[0])] * moving,
            )
            for k, look in enumerate(looks)
        ]

    def place(
        self, rows: NDArray[np.float64], way_m: NDArray[np.float64], speed_m_s: NDArray[np.float64]
    ) -> None:
        """(moving, 4) as ``Flock.place`` wants it, without how far wheels have turned; (moving,) way and speed."""
        phase = np.where(rows[:, 3] > HIDDEN, rolling(way_m, speed_m_s, self._radius_m), HIDDEN)
        rows = np.column_stack([rows[:, :3], phase])
        for flock in self._flocks:
            flock.place(rows)
