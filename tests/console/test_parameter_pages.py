"""The console's pages of parameters: nothing is lost or turned round, and no page is taller than a small screen."""

from __future__ import annotations

import pytest

from clinician_console.pages import parameters as pages
from clinician_console.pages.parameters import letters, paged, short
from vr_runtime.catalogue import ScenePack, find_scenes
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, Text, Unit

PACKS = find_scenes()
every_scene = pytest.mark.parametrize("pack", PACKS.values(), ids=PACKS)


def choice(name: str, *choices: str) -> ChoiceParameter:
    return ChoiceParameter(
        id=name, name=Text(en=name, fr=name), choices=choices, default=choices[0], harder="order"
    )


def number(k: int) -> NumberParameter:
    return NumberParameter(
        id=f"n{k}", name=Text(en="n", fr="n"), min=0, max=1, default=0, harder="up", slew=1, unit=Unit.RATIO
    )


@every_scene
def test_each_parameter_stands_on_one_page_in_the_manifests_order(pack: ScenePack) -> None:
    given = list(pack.manifest.parameters)
    made = paged(given, len(pack.manifest.triggers))
    assert [parameter for page in made for parameter in page] == given
    assert all(made) or not given
    assert len(made) <= 3


def test_no_page_is_taller_than_its_room_and_each_is_filled() -> None:
    given = [number(k) for k in range(23)]
    for triggers in (0, 1, 3, 4, 9):
        room = pages.ROOM_PX - pages.TRIGGERS_PX * max(1, -(-triggers // pages.TRIGGERS_A_ROW))
        made = paged(given, triggers)
        rows = [-(-len(page) // 2) for page in made]
        assert max(rows) * pages.ROW_PX <= room
        assert all((row + 1) * pages.ROW_PX > room for row in rows[:-1])


def test_a_parameter_too_tall_for_any_page_has_one_of_its_own() -> None:
    tall = choice("tall", *(f"{k}-a-very-long-label-of-a-choice" for k in range(20)))
    made = paged([number(1), tall, number(2)], 6)
    assert [len(page) for page in made] == [1, 1, 1]


def test_few_parameters_need_no_pages() -> None:
    assert len(paged([number(k) for k in range(6)], 2)) == 1
    assert paged([], 0) == [[]]


def test_only_two_short_words_stand_where_a_slider_would() -> None:
    assert short(choice("two", "on", "off"))
    assert not short(choice("three", "a", "b", "c"))
    long_in_french = ChoiceParameter(
        id="x", name=Text(en="x", fr="x"), choices=("a", "b"), default="a", harder="order",
        labels={"a": Text(en="a", fr="un libellé trop long"), "b": Text(en="b", fr="b")},
    )  # fmt: skip
    assert letters(long_in_french) == len("un libellé trop long")
    assert not short(long_in_french)
