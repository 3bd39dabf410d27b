"""Every installed scene says what it is, in two languages and within its own limits; what is wrong is named."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from scenes.heights.places import PLACES
from scenes.heights.ride import ACCELERATION_M_S2, FASTEST_M_S
from vr_runtime.catalogue import NEEDED, find_scenes
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.manifest import Carried, Category, SceneManifest, Text
from vr_runtime.protocol.files.plan import plan_of_scene
from vr_runtime.protocol.files.toml import read_manifest

SCENES = {name: pack.manifest for name, pack in find_scenes().items()}
HEIGHTS = SCENES["heights"]
FILE = Path(__file__).resolve().parents[2] / "scenes" / "heights" / "scene.toml"

scenes = pytest.mark.parametrize("scene", SCENES.values(), ids=lambda scene: scene.id)


def texts(scene: SceneManifest) -> dict[str, Text]:
    found = {"names": scene.names}
    for group in (scene.parameters, scene.triggers, scene.stimuli, scene.hierarchy):
        found |= {f"{item.id}.name": item.name for item in group}
    found |= {f"{step.id}.goal": step.goal for step in scene.hierarchy}
    for parameter in scene.parameters:
        if parameter.kind == "choice":
            found |= {f"{parameter.id}.{choice}": label for choice, label in parameter.labels.items()}
    return found


def test_the_scenes_that_every_session_needs_are_installed() -> None:
    assert set(NEEDED) | {"heights"} <= set(SCENES)


@scenes
def test_every_text_is_there_in_both_languages_and_is_a_text(scene: SceneManifest) -> None:
    for where, text in texts(scene).items():
        assert text.en.strip() == text.en != "", where
        assert text.fr.strip() == text.fr != "", where
        assert text.in_language("fr") == text.fr
        assert text.in_language("en") == text.en


@scenes
def test_a_sentence_is_translated_and_not_copied(scene: SceneManifest) -> None:
    for where, text in texts(scene).items():
        if " " in text.en:
            assert text.en != text.fr, where


@scenes
def test_no_two_things_of_a_kind_share_an_id_or_a_name(scene: SceneManifest) -> None:
    for group in (scene.parameters, scene.triggers, scene.stimuli, scene.hierarchy):
        assert len({item.id for item in group}) == len(group)
        assert len({item.name.en for item in group}) == len(group)
        assert len({item.name.fr for item in group}) == len(group)


@scenes
def test_every_preset_lies_within_the_limits_and_names_parameters_that_exist(scene: SceneManifest) -> None:
    plan = plan_of_scene(scene)
    assert plan.problems({scene.id: scene}) == []
    for number in range(1, len(plan.steps) + 1):
        for name, value in plan.values(number, scene).items():
            parameter = scene.parameter(name)
            assert parameter is not None
            assert parameter.check(value) is None


@scenes
def test_every_choice_has_a_label_in_both_languages(scene: SceneManifest) -> None:
    for parameter in scene.parameters:
        if parameter.kind == "choice":
            assert set(parameter.labels) == set(parameter.choices)


@scenes
def test_what_moves_the_viewpoint_or_jumps_goes_through_a_blink_and_the_rest_has_a_slew(
    scene: SceneManifest,
) -> None:
    for parameter in scene.parameters:
        assert (parameter.slew is None) == parameter.blink
        if parameter.kind == "number" and parameter.slew is not None:
            # at least two seconds from one end to the other: nothing pops
            assert parameter.slew * 2.0 <= (parameter.max - parameter.min) + 1e-9


def test_neutral_places_have_nothing_to_fear_and_nothing_that_could_be_harder() -> None:
    for name in NEEDED:
        scene = SCENES[name]
        assert scene.category in (Category.CALM, Category.NEUTRAL)
        assert scene.hierarchy == scene.triggers == scene.stimuli == ()
        assert all(parameter.harder == "neither" for parameter in scene.parameters)
        assert scene.motion.sway_deg == scene.motion.speed_m_s == 0.0
        assert scene.content == ()


# ------------------------------------------------------------------ heights, after clinical.md 2.1

ORDER = {
    # id: (place, height m, rail kind, rail height m, floor opacity, ledge width m)
    "ground": ("street", 0.0, "solid", 1.1, 1.0, 3.0),
    "first-floor": ("balcony", 3.0, "solid", 1.1, 1.0, 3.0),
    "first-floor-rail": ("balcony", 3.0, "solid", 1.1, 1.0, 3.0),
    "fifth-floor-glass": ("balcony", 15.0, "glass", 1.1, 1.0, 3.0),
    "fifth-floor-edge": ("balcony", 15.0, "glass", 1.1, 1.0, 3.0),
    "low-rail": ("roof", 15.0, "glass", 0.5, 1.0, 3.0),
    "no-rail": ("roof", 20.0, "none", 0.0, 1.0, 3.0),
    "glass-floor": ("platform", 30.0, "none", 0.0, 0.0, 3.0),
    "beam": ("beam", 40.0, "none", 0.0, 0.0, 0.5),
    "wind-and-sway": ("lift", 60.0, "none", 0.0, 0.0, 0.5),
}


def test_heights_has_the_ten_steps_of_the_literature_in_its_order() -> None:
    plan = plan_of_scene(HEIGHTS)
    found = {
        step.id: tuple(
            plan.values(number, HEIGHTS)[name]
            for name in ("place", "height", "rail_kind", "rail_height", "floor_opacity", "ledge_width")
        )
        for number, step in enumerate(plan.steps, 1)
    }
    assert list(found.items()) == list(ORDER.items())


def test_wind_and_sway_come_with_the_last_steps_and_sway_with_the_very_last_alone() -> None:
    plan = plan_of_scene(HEIGHTS)
    sway = [float(plan.values(number, HEIGHTS)["sway"]) for number in range(1, 11)]
    wind = [float(plan.values(number, HEIGHTS)["wind"]) for number in range(1, 11)]
    assert sway[:-1] == [0.0] * 9
    assert sway[-1] > 0.0
    assert wind[:3] == [0.0] * 3
    assert wind[-1] == max(wind)


def test_no_step_of_heights_eases_anything_and_each_makes_something_harder() -> None:
    plan = plan_of_scene(HEIGHTS)
    for lower, higher in pairwise(range(1, len(plan.steps) + 1)):
        before, after = plan.values(lower, HEIGHTS), plan.values(higher, HEIGHTS)
        change = {
            item.id: item.hardness(after[item.id]) - item.hardness(before[item.id])
            for item in HEIGHTS.parameters
        }
        assert min(change.values()) >= 0.0, (higher, change)
        assert max(change.values()) > 0.0, (higher, change)


def test_people_and_traffic_are_the_same_in_every_step_so_that_only_the_height_is_graded() -> None:
    plan = plan_of_scene(HEIGHTS)
    for name in ("people", "traffic"):
        parameter = HEIGHTS.parameter(name)
        assert parameter is not None
        assert parameter.harder == "neither"
        assert {plan.values(number, HEIGHTS)[name] for number in range(1, 11)} == {parameter.default}


def test_the_motion_that_the_manifest_declares_covers_the_lift_s() -> None:
    speed = HEIGHTS.parameter("lift_speed")
    assert speed is not None
    assert speed.kind == "number"
    assert speed.max == FASTEST_M_S <= HEIGHTS.motion.speed_m_s
    assert 0.0 < ACCELERATION_M_S2 <= 0.5 <= HEIGHTS.motion.acceleration_m_s2


def test_the_rail_goes_from_solid_to_none_and_never_stands_where_there_is_none() -> None:
    kind = HEIGHTS.parameter("rail_kind")
    assert kind is not None
    assert kind.kind == "choice"
    assert (kind.choices, kind.harder) == (("solid", "bars", "glass", "none"), "order")
    for step in HEIGHTS.hierarchy:
        assert (step.preset["rail_kind"] == "none") == (step.preset["rail_height"] == 0.0)


def test_a_number_that_nothing_can_carry_is_named(tmp_path: Path) -> None:
    for wrong, said in (
        ('choice = "lift", speed', 'choice = "stairs", speed'),
        ('speed = "lift_speed" }', 'speed = "rail_kind" }'),
    ):
        path = tmp_path / "scene.toml"
        assert wrong in GOOD
        path.write_text(GOOD.replace(wrong, said, 1), "utf-8")
        with pytest.raises(FileError, match="height: carried"):
            read_manifest(path)


def test_heights_offers_what_the_issue_names_in_the_units_and_ranges_of_the_literature() -> None:
    found = {
        item.id: (item.unit.value, item.min, item.max, item.harder)
        for item in HEIGHTS.parameters
        if item.kind == "number"
    }
    assert found["height"] == ("m", 0.0, 150.0, "up")
    assert found["rail_height"] == ("m", 0.0, 1.2, "down")
    assert found["floor_opacity"] == ("1", 0.0, 1.0, "down")
    assert found["ledge_width"] == ("m", 0.3, 3.0, "down")
    assert found["wind"] == ("1", 0.0, 1.0, "up")
    assert found["sway"] == ("deg", 0.0, HEIGHTS.motion.sway_deg, "up")
    assert found["edge_distance"][0] == "m"
    assert {"people", "traffic"} <= set(found)


def test_the_lift_comes_last_moves_at_a_speed_in_the_last_step_alone_and_its_floor_is_mesh() -> None:
    plan = plan_of_scene(HEIGHTS)
    speeds = [float(plan.values(number, HEIGHTS)["lift_speed"]) for number in range(1, 11)]
    assert speeds[:-1] == [0.0] * 9
    assert 0.0 < speeds[-1] <= FASTEST_M_S
    assert plan.values(10, HEIGHTS)["floor_kind"] == "mesh"


def test_every_place_of_the_manifest_is_known_to_the_logic_in_the_same_order_of_difficulty() -> None:
    place = HEIGHTS.parameter("place")
    assert place is not None
    assert place.kind == "choice"
    assert place.harder == "order"
    assert place.choices == tuple(PLACES)


def test_what_moves_the_patient_in_heights_blinks_unless_the_lift_carries_it() -> None:
    height = HEIGHTS.parameter("height")
    assert height is not None
    assert height.kind == "number"
    assert height.carried == Carried(by="place", choice="lift", speed="lift_speed")
    for name in ("height", "edge_distance", "place"):
        parameter = HEIGHTS.parameter(name)
        assert parameter is not None
        assert parameter.blink


def test_heights_has_its_trigger_and_its_stimulus() -> None:
    gust = HEIGHTS.trigger("gust")
    assert gust is not None
    assert gust.cooldown_s > 0.0
    (edge,) = HEIGHTS.stimuli
    assert edge.id == "edge"
    assert "edge" in edge.name.en
    assert "drop" in edge.name.en
    assert 0.0 < edge.goal_m <= edge.near_m


def test_every_step_of_heights_says_what_to_do_and_for_how_long() -> None:
    for step in HEIGHTS.hierarchy:
        assert len(step.goal.en) > 20
        assert step.minimum_s >= 60.0


def test_the_start_of_heights_is_its_easiest_state() -> None:
    for item in HEIGHTS.parameters:
        if item.harder == "neither" or item.id == "rail_height":
            continue
        easiest = min(item.choices if item.kind == "choice" else (item.min, item.max), key=item.hardness)
        assert item.default == easiest, item.id


# ------------------------------------------------------------------ manifests that are wrong

GOOD = FILE.read_text("utf-8")
SWAY = 'unit = "deg"\nmin = 0.0\nmax = 2.0\ndefault = 0.0\nharder = "up"\nslew = 0.2\n'


@pytest.mark.parametrize(
    ("what", "right", "wrong", "said"),
    [
        ("a wrong unit", 'unit = "deg"', 'unit = "degrees"', ["unit", "'deg'", "'m/s'"]),
        (
            "a default outside its limits",
            SWAY,
            SWAY.replace("default = 0.0", "default = 3.0"),
            ["parameters 11 (sway)", "sway", "default 3", "0 to 2"],
        ),
        (
            "an unknown parameter in a preset",
            "sway = 0.8",
            "swey = 0.8",
            ["step wind-and-sway", "no parameter 'swey'", "sway"],
        ),
        (
            "a preset outside the limits",
            "sway = 0.8",
            "sway = 2.5",
            ["step wind-and-sway", "sway = 2.5", "0 to 2 deg"],
        ),
        ("a missing French text", 'fr = "Vent"', 'de = "Wind"', ["parameters 10 (wind)", "name.fr", "missing"]),
        ("an empty French text", 'fr = "Vent"', 'fr = ""', ["parameters 10 (wind)", "name.fr", "at least 1"]),
        (
            "slew and blink together",
            SWAY,
            SWAY + "blink = true\n",
            ["parameters 11 (sway)", "sway", "either slew", "blink = true"],
        ),
        (
            "neither slew nor blink",
            SWAY,
            SWAY.replace("slew = 0.2\n", ""),
            ["parameters 11 (sway)", "sway", "either slew", "blink = true"],
        ),
        ("a slew that stands still", SWAY, SWAY.replace("slew = 0.2", "slew = 0.0"), ["slew", "greater than 0"]),
        ("a field with a typing error", 'harder = "up"', 'hadrer = "up"', ["hadrer"]),
        ("a direction that is none", 'harder = "up"', 'harder = "more"', ["harder", "'up'", "'neither'"]),
        ("limits the wrong way round", "max = 150.0", "max = -150.0", ["height", "min 0", "max -150"]),
        ("a number that is none", "max = 150.0", "max = nan", ["max", "finite"]),
        ("a choice that is none", 'default = "solid"', 'default = "wood"', ["rail_kind", "wood", "solid, bars"]),
        ("two triggers of one id", "[[stimuli]]", '[[triggers]]\nid = "gust"\nname = { en = "a", fr = "b" }\n\n[[stimuli]]', ["trigger id", "gust"]),
        ("a sway beyond what is ever allowed", "sway_deg = 2.0", "sway_deg = 9.0", ["motion.sway_deg", "less than or equal to 5"]),
        ("flashes beyond the limit", "flashes_per_s = 1.0", "flashes_per_s = 5.0", ["budget.flashes_per_s", "less than or equal to 3"]),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith(("a ", "an ", "slew ", "neither ", "limits ", "two ", "flashes ")) else "",
)  # fmt: skip
def test_a_manifest_with_one_mistake_gives_one_error_that_names_file_field_and_remedy(
    tmp_path: Path, what: str, right: str, wrong: str, said: list[str]
) -> None:
    assert right in GOOD, f"the manifest has changed: {what} can no longer be made"
    path = tmp_path / "scene.toml"
    path.write_text(GOOD.replace(right, wrong, 1), "utf-8")
    with pytest.raises(FileError) as problem:
        read_manifest(path)
    message = str(problem.value)
    assert problem.value.reason is FileReason.INVALID
    assert problem.value.exit_status == 2
    assert str(path) in message
    for words in said:
        assert words in message, message
    if what not in ("a field with a typing error", "a missing French text"):
        assert len(message.splitlines()) == 2, message


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('id = "heights"', "id = heights"), ("[names]", "[names"), ("min = 0.0", "min = 0.0.0"), ("", "\x00")],
)
def test_a_file_that_is_not_toml_is_told_with_file_and_line(tmp_path: Path, right: str, wrong: str) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(GOOD.replace(right, wrong, 1), "utf-8")
    with pytest.raises(FileError) as problem:
        read_manifest(path)
    assert problem.value.reason is FileReason.UNREADABLE
    assert str(path) in str(problem.value)
    assert "not valid TOML" in str(problem.value)
    assert "line" in str(problem.value)


def test_a_manifest_that_is_not_text_and_one_that_is_not_there_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_bytes(b"\xff\xfe\x00id")
    with pytest.raises(FileError, match="cannot be read as a scene manifest") as problem:
        read_manifest(path)
    assert problem.value.reason is FileReason.UNREADABLE
    with pytest.raises(FileError, match="no such file") as problem:
        read_manifest(tmp_path / "other.toml")
    assert problem.value.reason is FileReason.NOT_FOUND


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "scene.toml"
    path.write_text(GOOD.replace('fr = "Vent"', 'fr = ""').replace('unit = "deg"', 'unit = "rad"'), "utf-8")
    with pytest.raises(FileError) as problem:
        read_manifest(path)
    assert len(str(problem.value).splitlines()) == 3
