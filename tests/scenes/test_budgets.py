"""What every step of every installed scene has in view stays within the budget, wherever the patient looks.

Counted and not drawn: Geoms and triangles in the frustum of one eye (90 degrees) that are not hidden.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.scene_alone import alone, steps_of
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.scene_views import Viewer
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

GEOMS = 150
TRIANGLES = 350_000
VIEWS = ("front", "left", "right", "down")
SMALL = GraphicsSettings(width=64, height=64)
PACKS = find_scenes()


@pytest.fixture(scope="module", params=list(PACKS))
def viewed(request: pytest.FixtureRequest) -> Iterator[tuple[ScenePack, Viewer]]:
    pack = PACKS[request.param]
    viewer = Viewer(alone(pack), SMALL)
    yield pack, viewer
    viewer.close()


def test_every_step_stays_within_geoms_and_triangles_whichever_way_one_looks(
    viewed: tuple[ScenePack, Viewer],
) -> None:
    pack, viewer = viewed
    name = pack.manifest.id
    counted = {
        (step, view): viewer.counts(name, step, view, after_s=2.0)
        for step in steps_of(pack.manifest)
        for view in VIEWS
    }
    over = {
        where: (geoms, triangles)
        for where, (geoms, triangles) in counted.items()
        if geoms >= GEOMS or triangles >= TRIANGLES
    }
    assert not over, f"{name}: over {GEOMS} Geoms or {TRIANGLES} triangles in (step, view): {over}"
    # something is in view: what is not counted cannot be over
    assert all(geoms > 0 and triangles > 100 for geoms, triangles in counted.values()), counted
