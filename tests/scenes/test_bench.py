"""What `make bench` measures of a scene is what a session of it would show."""

from __future__ import annotations

import pytest

from benchmarks.scene_worker import rehearsal
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.files.plan import plan_of_scene

PACKS = find_scenes()


@pytest.mark.parametrize("name", PACKS)
def test_a_scene_is_rehearsed_by_itself_with_every_step_and_every_end_of_its_parameters(name: str) -> None:
    manifest = PACKS[name].manifest
    looks = list(rehearsal(PACKS, name))
    assert {shown for shown, _ in looks} == {name}
    if not manifest.hierarchy:
        assert looks == [(name, {})]
        return
    plan = plan_of_scene(manifest)
    for number in range(1, len(plan.steps) + 1):
        assert (name, plan.values(number, manifest)) in looks
    for parameter in manifest.parameters:
        ends = parameter.choices if parameter.kind == "choice" else (parameter.min, parameter.max)
        for end in ends:
            assert (name, {parameter.id: end}) in looks
