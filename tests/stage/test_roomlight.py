"""Light baked in a room: what shiny things mirror, what lights things that move, flat mirrors, stains that grow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage import assets, roomlight
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import Mesh, box, quad
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.roomlight import CubeMap, ProbeGrid
from vr_runtime.stage.settings import GraphicsSettings

SIZE = GraphicsSettings(width=64, height=48)
Shot = Callable[..., np.ndarray]
AT, LOW, HIGH = (0.4, -0.6, 0.7), (-2.2, -2.4, -0.4), (1.8, 2.6, 2.2)
PAINTS = np.array(
    [
        [0.7, 0.02, 0.02],
        [0.02, 0.6, 0.02],
        [0.02, 0.02, 0.8],
        [0.6, 0.6, 0.02],
        [0.02, 0.6, 0.6],
        [0.6, 0.02, 0.6],
        [0.5, 0.5, 0.5],
    ]
)


@pytest.fixture(scope="module")
def graphics() -> Iterator[Graphics]:
    made = Graphics(SIZE, "offscreen")
    yield made
    made.close()


@pytest.fixture
def shot(graphics: Graphics) -> Shot:
    from panda3d.core import NodePath

    def take(build: Callable[[Kitchen], Any], head: Pose | None = None) -> np.ndarray:
        world = NodePath("world")
        origin = world.attach_new_node("origin")
        kitchen = Kitchen(world.attach_new_node("scene"), SIZE)
        kitchen.sky((0, 0, 0), (0, 0, 0), (0, 0, 0))
        black = kitchen.material("nothing", colour=(0, 0, 0), shine=0.0)
        kitchen.mesh("nothing", quad([[-20, 9, -20], [20, 9, -20], [20, 9, 20], [-20, 9, 20]]), black)
        build(kitchen)
        graphics.render(Picture(world, origin, head or Pose(z=1.0)))
        pixels = graphics.capture()
        assert pixels is not None
        world.remove_node()
        return pixels.astype(float)

    return take


def toned(light: np.ndarray) -> np.ndarray:
    """What the display shows of light (..., 3): the curve of tone.glsl, 0 to 255."""
    luma = np.array([0.2126, 0.7152, 0.0722])
    x = np.maximum(light, 0.0)
    x = (x @ luma)[..., None] * 0.12 + 0.88 * x
    x = x**0.9
    x = x / (x + 0.2507)
    return np.clip((x @ luma)[..., None] * -0.22 + 1.22 * x, 0.0, 1.0) * 255.0


def rays() -> np.ndarray:
    """(48, 64, 3) from the eye through the middles of the pixels, looking along +y."""
    i, j = np.meshgrid((np.arange(64) + 0.5) / 32 - 1, 0.75 - (np.arange(48) + 0.5) / 32)
    return np.stack([i, np.ones_like(i), j], axis=-1)


def walls(origin: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """Which paint is met from places within the box: one for each side, another on the far part of each."""
    d = np.where(np.abs(towards) < 1e-9, 1e-9, towards)
    far = np.maximum((LOW - origin) / d, (HIGH - origin) / d)
    side = far.argmin(axis=-1)
    hit = origin + d * far.min(axis=-1, keepdims=True)
    paint = side * 2 + (np.take_along_axis(d, side[..., None], -1)[..., 0] > 0)
    # a bright corner, so that it matters where on a side something lies
    share = (hit - LOW) / (np.asarray(HIGH) - LOW)
    corner = (np.take_along_axis(share, ((side + 1) % 3)[..., None], -1)[..., 0] > 0.7) & (
        np.take_along_axis(share, ((side + 2) % 3)[..., None], -1)[..., 0] > 0.35
    )
    return np.where(corner, 6, paint)


def painted(size: int = 128) -> CubeMap:
    """The cube map of a box whose sides are painted, seen from a place beside its middle."""
    levels = [PAINTS[walls(np.array(AT), roomlight.directions(size))]]
    while levels[-1].shape[1] > 1:
        n = levels[-1].shape[1] // 2
        levels.append(levels[-1].reshape(6, n, 2, n, 2, 3).mean(axis=(2, 4)))
    return CubeMap(tuple(level.astype(np.float32) for level in levels), AT, LOW, HIGH)


def steady(classes: np.ndarray) -> np.ndarray:
    """Pixels whose neighbours are of the same class."""
    same = np.ones(classes.shape, bool)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            same &= np.roll(classes, (dy, dx), (0, 1)) == classes
    same[[0, -1]] = same[:, [0, -1]] = False
    return same


MIRRORS = {
    # where the eye looks (heading, degrees), and the mirror before it
    "ahead": (0.0, [[-6, 1.2, -6], [6, 1.2, -6], [6, 1.2, 6], [-6, 1.2, 6]], (0.0, -1.0, 0.0)),
    "behind": (180.0, [[6, -1.1, -6], [-6, -1.1, -6], [-6, -1.1, 6], [6, -1.1, 6]], (0.0, 1.0, 0.0)),
}


@pytest.mark.graphics
@pytest.mark.parametrize("which", MIRRORS)
def test_a_mirror_shows_the_walls_where_they_stand(shot: Shot, which: str) -> None:
    heading, corners, normal = MIRRORS[which]
    turn = np.radians(heading) / 2

    def build(kitchen: Kitchen) -> None:
        kitchen.reflections(painted())
        kitchen.mesh(
            "mirror", quad(corners), kitchen.material("m", colour=(1, 1, 1), metallic=1.0, roughness=0.0)
        )

    pixels = shot(build, Pose(0.3, 0.1, 1.0, 0.0, 0.0, float(np.sin(turn)), float(np.cos(turn))))
    d = rays() * np.where(heading, [-1, -1, 1], [1, 1, 1])
    eye = np.array([0.3, 0.1, 1.0])
    n = np.array(normal)
    place = eye + d * (((np.array(corners[0]) - eye) @ n) / (d @ n))[..., None]
    expected = walls(place, d - 2 * (d @ n)[..., None] * n)
    found = np.abs(pixels[:, :, None] - toned(PAINTS)).sum(axis=-1).argmin(axis=-1)
    clear = steady(expected)
    assert clear.mean() > 0.6
    assert len(np.unique(expected[clear])) >= 5
    assert (found == expected)[clear].mean() > 0.995
    # an infinitely distant picture would show other walls
    apart = walls(np.array(AT), d - 2 * (d @ n)[..., None] * n)
    assert (apart != expected)[clear].mean() > 0.1


@pytest.mark.graphics
def test_rough_metal_mirrors_a_blurred_level(shot: Shot) -> None:
    cube = painted()
    levels = tuple(np.full_like(level, 0.02 * 1.9**k) for k, level in enumerate(cube.levels))

    def build(roughness: float) -> Callable[[Kitchen], None]:
        def do(kitchen: Kitchen) -> None:
            kitchen.reflections(CubeMap(levels, AT, LOW, HIGH))
            material = kitchen.material("m", colour=(1, 1, 1), metallic=1.0, roughness=roughness)
            kitchen.mesh("m", quad(MIRRORS["ahead"][1]), material)

        return do

    shown = [shot(build(roughness))[24, 32] for roughness in (0.2, 0.6, 1.0)]
    # 128 texels have eight levels; that of roughness 1 is the sixth. Rough metal gives back less (Karis 2014).
    given = {0.2: 0.0, 0.6: 0.0, 1.0: 0.0}
    for roughness in given:
        r = roughness * np.array([-1, -0.0275, -0.572, 0.022]) + [1, 0.0425, 1.04, -0.04]
        a004 = min(r[0] ** 2, 2**-9.28) * r[0] + r[1]
        given[roughness] = r[2] - 1.04 * a004 + r[3] + 1.04 * a004
    expected = [toned(np.full(3, 0.02 * 1.9 ** (5 * rough) * share)) for rough, share in given.items()]
    assert np.array(shown) == pytest.approx(np.array(expected), abs=3.0)
    assert np.diff(np.array(shown)[:, 0]).min() > 15.0


@pytest.mark.graphics
def test_the_fourth_channel_of_a_light_map_dims_reflections(shot: Shot) -> None:
    chart = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)

    def build(openness: float) -> Callable[[Kitchen], None]:
        def do(kitchen: Kitchen) -> None:
            kitchen.reflections(painted())
            light = np.full((4, 4, 4), 1.0, dtype=np.float32)
            light[..., 3] = openness
            baked = kitchen.texture("light", light, srgb=False, wrap="clamp")
            base = quad(MIRRORS["ahead"][1])
            mesh = Mesh(base.positions, base.normals, base.triangles, base.uvs, lightmap_uvs=chart)
            kitchen.mesh(
                "m",
                mesh,
                kitchen.material("m", colour=(1, 1, 1), metallic=1.0, roughness=0.3, lightmap=baked),
            )

        return do

    opened, buried = shot(build(1.0)).mean(), shot(build(0.1)).mean()
    assert opened > 2.0 * buried > 0.0


def air() -> ProbeGrid:
    rng = np.random.default_rng(3)
    values = rng.uniform(0.1, 0.7, (3, 4, 5, 3, 4))
    values[..., 1:] = rng.uniform(-0.15, 0.15, (3, 4, 5, 3, 3))
    return ProbeGrid(values.astype(np.float32), (-2.0, 1.0, -0.6), (2.0, 4.0, 2.6))


def test_light_between_probes_is_their_share() -> None:
    grid = air()
    up = np.array([1.0, 0.0, 0.0, 1.0])
    assert grid.light((-2.0, 1.0, -0.6), (0, 0, 1)) == pytest.approx(grid.values[0, 0, 0] @ up, abs=1e-6)
    middle = (grid.values[1, 2, 3] + grid.values[1, 2, 4]) / 2 @ up
    assert grid.light((1.5, 3.0, 1.0), (0, 0, 1)) == pytest.approx(middle, abs=1e-5)
    outside = grid.light((9.0, 9.0, 9.0), (0, 0, 1))
    assert outside == pytest.approx(grid.values[2, 3, 4] @ up, abs=1e-5)


@pytest.mark.graphics
def test_what_moves_is_lit_by_the_air_where_it_is(shot: Shot) -> None:
    grid = air()
    tilted = np.array([[-2.6, 2.2, -2], [2.6, 2.2, -2], [2.6, 3.6, 3.4], [-2.6, 3.6, 3.4]])

    def build(kitchen: Kitchen) -> None:
        kitchen.probes(grid)
        made = quad(tilted, rows=54, columns=52)
        kitchen.mesh(
            "cloth", made, kitchen.material("m", colour=(1, 1, 1), roughness=1.0, shine=0.0, probed=True)
        )

    pixels = shot(build)
    normal = quad(tilted).normals[0].astype(float)
    eye, d = np.array([0.0, 0.0, 1.0]), rays()
    place = eye + d * (((tilted[0] - eye) @ normal) / (d @ normal))[..., None]
    on = (np.abs(place[..., 0]) < 2.5) & (place[..., 2] > -1.9) & (place[..., 2] < 3.3)
    expected = np.array([[grid.light(tuple(p), tuple(normal)) for p in row] for row in place])
    apart = np.abs(pixels - toned(expected)).max(axis=-1)[on]
    assert on.mean() > 0.5
    # within a step of a vertex grid that is finer than the probes
    assert np.quantile(apart, 0.98) < 5.0
    assert toned(expected)[on].std(axis=0).min() > 8.0


@pytest.mark.graphics
def test_a_looking_glass_shows_what_stands_before_it_from_its_front(shot: Shot) -> None:
    """Light comes along -y only: a box's front is bright, its back black; behind x = 0.5 its image has that light."""
    values = np.zeros((2, 2, 2, 3, 4), dtype=np.float32)
    values[..., 0], values[..., 2] = 0.4, -0.4
    values[:, :, 1] = 0.0  # none where the image is
    grid = ProbeGrid(values, (-1.0, -9.0, -9.0), (1.0, 9.0, 9.0))

    def build(mirrored: bool) -> Callable[[Kitchen], None]:
        def do(kitchen: Kitchen) -> None:
            kitchen.probes(grid)
            things = kitchen.node("things")
            material = kitchen.material("m", colour=(1, 0.05, 0.05), roughness=1.0, shine=0.0, probed=True)
            kitchen.mesh("box", box((0.6, 0.6, 0.6), (-1.0, 2.5, 1.0)), material, parent=things)
            if mirrored:
                kitchen.looking_glass(things, (0.5, 0.0, 0.0), (-1.0, 0.0, 0.0))

        return do

    with_it, without = shot(build(True)), shot(build(False))
    # the box's middle lies at x = -1, its image's at x = 2, both 2.2 m ahead
    real, image = (int(32 + 32 * x / 2.2) for x in (-1.0, 2.0))
    assert without[24, real, 0] > 150
    assert without[24, image].max() < 10
    assert with_it[24, image] == pytest.approx(with_it[24, real], abs=4)


@pytest.mark.graphics
def test_stains_come_where_they_are_due_and_nowhere_else(shot: Shot) -> None:
    due = np.zeros((2, 4, 4), dtype=np.uint8)
    due[..., 0] = 255
    due[..., 3] = [0, 80, 160, 250]

    def build(grown: float) -> Callable[[Kitchen], None]:
        def do(kitchen: Kitchen) -> None:
            stain = kitchen.texture("stain", np.repeat(due, 16, axis=1), wrap="clamp")
            material = kitchen.material(
                "m",
                colour=(0, 0, 0),
                emissive=(1, 1, 1),
                roughness=1.0,
                shine=0.0,
                texture=stain,
                transparent=True,
                spreading=0.1,
            )
            node = kitchen.mesh("m", quad([[-2, 2, -1], [2, 2, -1], [2, 2, 3], [-2, 2, 3]]), material)
            node.set_color_scale(1.0, 1.0, 1.0, grown)

        return do

    columns = [8, 24, 40, 56]
    reached = {g: shot(build(g))[24, columns].mean(axis=-1) > 100 for g in (0.0, 0.25, 0.55, 0.85, 1.0)}
    assert [list(reached[g]) for g in reached] == [
        [False, False, False, False],
        [False, False, False, True],
        [False, False, True, True],
        [False, True, True, True],
        [False, True, True, True],
    ]


def test_files_give_back_what_was_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "ROOTS", (tmp_path,))
    cube, grid = painted(16), air()
    light = np.random.default_rng(1).uniform(0, 3, (8, 9, 4)).astype(np.float32)
    cube.save(tmp_path / "cube.npz")
    grid.save(tmp_path / "grid.npz")
    roomlight.save_light_map(tmp_path / "light.npz", light)
    loaded = CubeMap.load("cube.npz")
    assert (loaded.at, loaded.low, loaded.high) == (AT, LOW, HIGH)
    for a, b in zip(cube.levels, loaded.levels, strict=True):
        assert a == pytest.approx(b, abs=1e-3)
    assert ProbeGrid.load("grid.npz").values == pytest.approx(grid.values, abs=1e-3)
    assert roomlight.load_light_map("light.npz") == pytest.approx(light, abs=2e-3)


def test_a_file_that_is_missing_or_another_is_told_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOTS", (tmp_path,))
    air().save(tmp_path / "grid.npz")
    (tmp_path / "noise.npz").write_bytes(b"noise")
    for load in (CubeMap.load, ProbeGrid.load, roomlight.load_light_map):
        with pytest.raises(FileError, match=r"none\.npz") as missing:
            load("none.npz")
        assert missing.value.reason is FileReason.NOT_FOUND
        with pytest.raises(FileError, match=r"noise\.npz") as broken:
            load("noise.npz")
        assert broken.value.reason is FileReason.UNREADABLE
    with pytest.raises(FileError, match="it holds probes, not cube"):
        CubeMap.load("grid.npz")


def test_light_of_the_wrong_form_is_refused() -> None:
    level = np.zeros((6, 8, 8, 3), dtype=np.float32)
    with pytest.raises(ValueError, match="halved down to 1x1"):
        CubeMap((level,), AT, LOW, HIGH)
    with pytest.raises(ValueError, match="its box is empty"):
        CubeMap(painted(8).levels, AT, HIGH, LOW)
    with pytest.raises(ValueError, match=r"wanted \(z, y, x, 3, 4\)"):
        ProbeGrid(np.zeros((2, 2, 2, 4, 3), dtype=np.float32), LOW, HIGH)


@pytest.mark.graphics
def test_materials_refuse_light_twice_and_stains_without_a_picture(shot: Shot) -> None:
    def build(kitchen: Kitchen) -> None:
        with pytest.raises(ValueError, match="probed, and lit by baked light"):
            kitchen.material("m", probed=True, vertex_light=True)
        with pytest.raises(ValueError, match="what spreads is transparent"):
            kitchen.material("m", spreading=0.2)

    shot(build)
