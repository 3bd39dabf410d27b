"""One subject for each way in which the stage draws."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import panda3d
from direct.actor.Actor import Actor
from panda3d.core import (
    CullBinAttrib,
    GeomNode,
    GeomVertexAnimationSpec,
    GeomVertexArrayFormat,
    GeomVertexData,
    GeomVertexFormat,
    GeomVertexWriter,
    InternalName,
    LMatrix4f,
    OmniBoundingVolume,
    PandaNode,
    RenderState,
    SparseArray,
    TransformBlend,
    TransformBlendTable,
    UserVertexTransform,
)

from tests.helpers.two_eyes import Furnish, Subject
from vr_runtime.stage import geometry, shaders
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.materials import shaded
from vr_runtime.stage.mesh import Mesh, box, merge, quad
from vr_runtime.stage.people import CLIPS, Member, Placed, figure_names
from vr_runtime.stage.roomlight import CubeMap, ProbeGrid
from vr_runtime.stage.shell import Shell
from vr_runtime.stage.sunmap import SunMap


def lit(subject: Subject) -> Kitchen:
    kitchen = subject.kitchen
    kitchen.sun((-0.3, 0.7, 0.6), (1.1, 1.0, 0.9))
    kitchen.sky((0.10, 0.20, 0.42), (0.42, 0.50, 0.60), (0.16, 0.15, 0.13))
    kitchen.fog((0.38, 0.46, 0.56), 30.0, start_m=2.0, sun_glow=0.4)
    return kitchen


def ground(kitchen: Kitchen, **material: object) -> None:
    floor = quad([[-9, -9, 0], [9, -9, 0], [9, 9, 0], [-9, 9, 0]], uv=(9, 9), rows=8, columns=8)
    kitchen.mesh("ground", floor, kitchen.material("ground", colour=(0.4, 0.38, 0.3), **material))  # type: ignore[arg-type]


def crowd() -> list[Mesh]:
    rng = np.random.default_rng(5)
    return [
        box(
            rng.uniform(0.2, 0.6, 3).tolist(),
            (rng.uniform(-3, 3), rng.uniform(1.5, 6), rng.uniform(0.5, 2.5)),
        ).tinted(rng.uniform(0.2, 1.0, 3))
        for _ in range(40)
    ]


def plain_meshes(subject: Subject) -> None:
    kitchen = lit(subject)
    ground(kitchen)
    kitchen.mesh("things", merge(crowd()), kitchen.material("things", colour=(0.8, 0.8, 0.8)))


def mirroring_floor(subject: Subject) -> None:
    kitchen = lit(subject)
    ground(kitchen, roughness=0.12, metallic=0.9)


def relief(subject: Subject) -> None:
    kitchen = lit(subject)
    rng = np.random.default_rng(3)
    bumps = np.clip(rng.normal(0.5, 0.1, (32, 32, 3)), 0, 1)
    picture = rng.integers(60, 255, (16, 16, 4), dtype=np.uint8)
    normal = kitchen.texture("bumps", bumps, srgb=False)
    ground(kitchen, normal=normal, roughness=0.4, texture=kitchen.texture("picture", picture))
    leaves = kitchen.material("leaves", texture=kitchen.texture("cut", picture), cutout=True, two_sided=True)
    kitchen.mesh("leaf", quad([[-1, 3, 0.5], [1, 3, 0.5], [1, 3, 2.5], [-1, 3, 2.5]]), leaves)
    hair = kitchen.material("hair", texture=kitchen.texture("lock", picture), cutout=True, strands=True)
    kitchen.mesh("lock", quad([[1.1, 3, 0.5], [1.7, 3, 0.5], [1.7, 3, 2.5], [1.1, 3, 2.5]]), hair)


def glass(subject: Subject) -> None:
    plain_meshes(subject)
    kitchen = lit(subject)
    clear = kitchen.material(
        "glass", colour=(0.1, 0.2, 0.1), roughness=0.05, opacity=0.3, transparent=True, two_sided=True
    )
    for y in (1.2, 1.9):
        kitchen.mesh("pane", quad([[-1, y, 0.6], [0.6, y, 0.6], [0.6, y, 2.2], [-1, y, 2.2]]), clear)


def flocks_with_shadows(subject: Subject) -> None:
    kitchen = lit(subject)
    ground(kitchen)
    walker = kitchen.material("walker", colour=(0.7, 0.3, 0.2), flock=True)
    body = box((0.4, 0.3, 1.6), (0, 0, 0.8))
    gait = np.zeros((len(body.positions), 2), dtype=np.float32)
    gait[body.positions[:, 2] < 0.5] = (0.5, 1.0)
    # no triangle of a shadow lies over another: which of them is nearer is a matter of rounding
    flat = quad([[-0.3, -0.2, 0.9], [0.3, -0.2, 0.9], [0.3, 0.2, 0.9], [-0.3, 0.2, 0.9]])
    flat = replace(flat, uvs=np.zeros((len(flat.positions), 2), dtype=np.float32))
    members = [replace(body, uvs=gait)] * 12
    flock = kitchen.flock(
        "walkers", members, walker, shadow=0.7, shadow_in_sun_map=False, outlines=[flat] * 12
    )
    index = np.arange(12)
    flock.place(np.stack([index % 4 * 1.4 - 2.0, index // 4 * 1.6 + 2.2, index * 0.5, index * 0.9]).T)


def sky_dome(subject: Subject) -> None:
    kitchen = lit(subject)
    kitchen.sky_dome(clouds=0.5)
    ground(kitchen)


def half_closed_shell(subject: Subject) -> None:
    plain_meshes(subject)
    Shell(subject.world, subject.settings).show(0.5, 0.0)


def sun_map(subject: Subject) -> None:
    kitchen = lit(subject)
    away = np.array([0.3, -0.7, -0.6]) / np.linalg.norm([0.3, -0.7, -0.6])
    right = np.cross(away, [0, 0, 1])
    right /= np.linalg.norm(right)
    depths = np.ones((64, 64), dtype=np.float32)
    depths[20:40, 12:30] = 0.3
    axes = [(float(axis[0]), float(axis[1]), float(axis[2])) for axis in (right, np.cross(right, away), away)]
    kitchen.sun_map(SunMap(depths, depths, axes[0], axes[1], axes[2], (0.0, 3.0, 0.0), 4.0, 9.0, 20.0))
    ground(kitchen, sun_map=True)


def blob_shadows(subject: Subject) -> None:
    kitchen = lit(subject)
    ground(kitchen)
    for x, y in ((-1.0, 2.5), (0.5, 3.0), (0.2, 1.6)):
        kitchen.blob_shadow(kitchen.root, 0.6, length_m=0.9).set_pos(x, y, 0.01)


def water_and_grass(subject: Subject) -> None:
    kitchen = lit(subject)
    rng = np.random.default_rng(4)
    ripples = kitchen.texture("ripples", rng.integers(90, 165, (32, 32, 3), dtype=np.uint8), srgb=False)
    land = np.zeros((16, 64, 4), dtype=np.uint8)
    land[10:, ::3] = (60, 80, 40, 255)
    ground(kitchen, ripples=ripples, roughness=0.05, surroundings=kitchen.texture("land", land, wrap="clamp"))
    kitchen.sky_time(3.0)
    blades = quad([[-2, 3, 0], [1, 3, 0], [1, 3, 1.5], [-2, 3, 1.5]], rows=4, columns=9)
    freely = np.clip(blades.positions[:, 2] / 1.5, 0, 1).astype(np.float32)
    kitchen.mesh(
        "grass",
        replace(blades, sway=freely),
        kitchen.material("grass", sway_m=0.3, two_sided=True, shine=0.0),
    )


def baked_light(subject: Subject) -> None:
    kitchen = lit(subject)
    rng = np.random.default_rng(6)
    floor = quad([[-9, -9, 0], [9, -9, 0], [9, 9, 0], [-9, 9, 0]], rows=8, columns=8)
    light = rng.uniform(0, 1.5, (len(floor.positions), 3)).astype(np.float32)
    kitchen.mesh("floor", replace(floor, light=light), kitchen.material("floor", vertex_light=True))
    wall = quad([[-3, 5, 0], [3, 5, 0], [3, 5, 3], [-3, 5, 3]])
    chart = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
    baked = kitchen.texture(
        "baked", rng.uniform(0, 1.5, (8, 8, 3)).astype(np.float32), srgb=False, wrap="clamp"
    )
    kitchen.mesh(
        "wall", replace(wall, lightmap_uvs=chart), kitchen.material("wall", lightmap=baked, two_sided=True)
    )


def room_with_a_looking_glass(subject: Subject) -> None:
    """Reflections from a cube map, light from probes, a flat mirror, a stain half grown."""
    kitchen = lit(subject)
    rng = np.random.default_rng(9)
    levels = [rng.uniform(0, 1, (6, 8 >> k, 8 >> k, 3)).astype(np.float32) for k in range(4)]
    kitchen.reflections(CubeMap(tuple(levels), (0.2, 1.0, 1.2), (-3, -2, 0), (3, 6, 3)))
    values = rng.uniform(-0.1, 0.1, (2, 3, 3, 3, 4)).astype(np.float32)
    values[..., 0] += 0.4
    kitchen.probes(ProbeGrid(values, (-3.0, -2.0, 0.0), (3.0, 6.0, 3.0)))
    things = kitchen.node("things")
    shiny = kitchen.material("shiny", colour=(0.8, 0.7, 0.6), metallic=0.8, roughness=0.3, probed=True)
    kitchen.mesh("crowd", merge(crowd()), shiny, parent=things)
    kitchen.looking_glass(things, (1.5, 0.0, 0.0), (-1.0, 0.0, 0.0))
    ground(kitchen, probed=True, roughness=0.5)
    spots = rng.integers(0, 255, (16, 16, 4), dtype=np.uint8)
    stain = kitchen.material(
        "stain", texture=kitchen.texture("spots", spots), transparent=True, spreading=0.4, probed=True
    )
    node = kitchen.mesh("stain", quad([[-1, 2, 0.01], [1, 2, 0.01], [1, 4, 0.01], [-1, 4, 0.01]]), stain)
    node.set_color_scale(1.0, 1.0, 1.0, 0.5)


def limb(subject: Subject) -> None:
    """Skinned by hand: vertices that transforms blend on the CPU."""
    kitchen = lit(subject)
    ground(kitchen)
    node = geometry.geom_node("limb", box((0.3, 0.3, 2.0), (0, 0, 1.0)))
    geom = node.modify_geom(0)
    data = GeomVertexData(geom.get_vertex_data())
    bent = UserVertexTransform("joint")
    matrix = LMatrix4f()
    matrix.set_rotate_mat(35.0, (0, 1, 0))
    bent.set_matrix(matrix)
    still = UserVertexTransform("root")
    still.set_matrix(LMatrix4f.ident_mat())
    blends = GeomVertexArrayFormat()
    blends.add_column(InternalName.get_transform_blend(), 1, 3, 5)
    form = GeomVertexFormat(data.get_format())
    form.add_array(blends)
    spec = GeomVertexAnimationSpec()
    spec.set_panda()
    form.set_animation(spec)
    data.set_format(GeomVertexFormat.register_format(form))
    table = TransformBlendTable()
    low = table.add_blend(TransformBlend(still, 1.0))
    high = table.add_blend(TransformBlend(bent, 1.0))
    writer = GeomVertexWriter(data, InternalName.get_transform_blend())
    heights = [point[2] for point in box((0.3, 0.3, 2.0), (0, 0, 1.0)).positions]
    for height in heights:
        writer.set_data1i(high if height > 1.0 else low)
    rows = SparseArray()
    rows.set_range(0, len(heights))
    table.set_rows(rows)
    data.set_transform_blend_table(table)
    geom.set_vertex_data(data)
    placed = kitchen.node("limb")
    placed.attach_new_node(node)
    kitchen.apply(placed, kitchen.material("skin", colour=(0.7, 0.5, 0.4)))
    placed.set_pos(0.1, 2.5, 0.2)


def actor(subject: Subject) -> None:
    """An Actor in mid-stride, the model that Panda3D brings along, in a material of ours."""
    kitchen = lit(subject)
    ground(kitchen)
    models = Path(panda3d.__file__).parent / "models"
    walker = Actor(
        str(models / "panda-model.egg.pz"),
        {"walk": str(models / "panda-walk4.egg.pz")},
        copy=False,
        flattenable=False,
    )
    walker.pose("walk", 12)
    walker.set_scale(0.002)
    walker.set_pos(0.1, 2.5, 0.2)
    walker.set_h(30.0)
    walker.reparent_to(kitchen.root)
    for found in walker.find_all_matches("**/+GeomNode"):
        strip(found.node())
    # its vertices have no tint, which is black: what glows shows
    kitchen.apply(walker, kitchen.material("fur", roughness=0.4, emissive=(0.2, 0.15, 0.1)))


def strip(node: PandaNode) -> None:
    """Take the states that the file gave its Geoms: they would win over the material's shader."""
    assert isinstance(node, GeomNode)
    for number in range(node.get_num_geoms()):
        node.set_geom_state(number, RenderState.make_empty())


def people_with_shadows(subject: Subject) -> None:
    """Bent on the graphics processor, each by their own pose, over patches; one throws a shadow too. (Where limbs
    throw theirs on one place, which is nearer is a matter of rounding, so a few pixels of it may differ.)"""
    kitchen = lit(subject)
    ground(kitchen)
    for names, x, shadow in ((figure_names()[3:7], -1.7, 0.0), (figure_names()[:1], 0.4, 0.6)):
        count = len(names)
        members = [Member(name, {"top": (0.5, 0.1, 0.1)}) for name in names]
        people = kitchen.people("people", members, clips=("walk", "talk"), shadow=shadow, blob=0.4)
        index: np.ndarray = np.arange(count)
        people.place(
            Placed(
                np.stack([index * 1.1 + x, 3.2 + 0.2 * index - shadow, 0.0 * index], axis=1),
                index * 0.9,
                np.array([CLIPS.index(("walk", "talk")[k % 2]) for k in range(count)]),
                index * 0.17,
                head=np.stack([0.1 * index, -0.05 * index], axis=1),
            )
        )


def many_copies(subject: Subject) -> None:
    """A node that draws five copies of itself draws ten where one pass draws both eyes."""
    made = subject.world.attach_new_node(geometry.geom_node("copy", box((0.5, 0.5, 0.5))))
    program = shaders.load("copies.vert.glsl", "copies.frag.glsl", single_pass=subject.settings.single_pass)
    made.set_state(RenderState.make(shaded(program, copies=5), CullBinAttrib.make("fixed", 0)))
    made.set_pos(-1.2, 2.5, 1.6)
    made.node().set_bounds(OmniBoundingVolume())
    made.node().set_final(True)


SUBJECTS: tuple[Furnish, ...] = (
    plain_meshes,
    mirroring_floor,
    relief,
    glass,
    flocks_with_shadows,
    sky_dome,
    half_closed_shell,
    sun_map,
    blob_shadows,
    water_and_grass,
    baked_light,
    room_with_a_looking_glass,
    limb,
    actor,
    people_with_shadows,
    many_copies,
)
