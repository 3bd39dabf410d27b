"""Makes the own car of the road scene: ``python assets/scripts/make_car.py`` with a Python that has bpy.

Shapes come from ``car_front.py`` and its neighbours; Cycles bakes the daylight that comes in through the windows, and
how open each place is, into the vertices.
"""

from __future__ import annotations

import sys
from dataclasses import replace

import bpy
import car_body
import car_details
import car_front
import car_outside
import car_rest
import car_wheel
import numpy as np
from car_shapes import ROOT, Array, Parts

from scenes.kit import stored
from scenes.road import cabin
from vr_runtime.stage.mesh import Mesh

NOT_BAKED = ("windscreen", "windows")
SAMPLES = 44
BODY = tuple(f"{part}_{side}" for part in ("lap", "worn", "hung") for side in ("left", "right"))
"""Lit by what the rest leaves, and in nobody's way: who sits where is not known beforehand."""
DRAWN = (
    "plastic",
    "gloss",
    "lining",
    "cloth",
    "paint",
    "wheel",
    "wheel_gloss",
    "windscreen",
    "windows",
    "wiper",
    *BODY,
)


def in_place(name: str, mesh: Mesh) -> Mesh:
    """Where the part is when nothing moves, for the light."""
    if name.startswith("wheel"):
        c, s = np.cos(cabin.WHEEL_TILT), np.sin(cabin.WHEEL_TILT)
        m = np.eye(4)
        # the upper edge leans ahead
        m[:3, :3] = [[1, 0, 0], [0, c, s], [0, -s, c]]
        return mesh.transformed(m).moved(*cabin.WHEEL)
    return mesh


def bake(meshes: dict[str, Mesh]) -> dict[str, tuple[Array, Array]]:
    """By part: light (n, 3) for a white sky, and openness (n,)."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = SAMPLES
    scene.cycles.max_bounces = 6
    world = bpy.data.worlds.new("sky")
    scene.world = world
    world.use_nodes = True
    nodes, links = world.node_tree.nodes, world.node_tree.links
    # a cloudy sky: white overhead, the road and its verges half as bright below, as they are with the sun on them
    where, split, ramp = (
        nodes.new("ShaderNodeTexCoord"),
        nodes.new("ShaderNodeSeparateXYZ"),
        nodes.new("ShaderNodeValToRGB"),
    )
    shift = nodes.new("ShaderNodeMapRange")
    shift.inputs["From Min"].default_value, shift.inputs["From Max"].default_value = -1.0, 1.0
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[0].position = (0.46, 0.445, 0.42, 1), 0.47
    ramp.color_ramp.elements[1].color, ramp.color_ramp.elements[1].position = (1.0, 1.0, 1.0, 1), 0.53
    links.new(where.outputs["Generated"], split.inputs[0])
    links.new(split.outputs["Z"], shift.inputs["Value"])
    links.new(shift.outputs["Result"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], nodes["Background"].inputs["Color"])
    made: dict[str, bpy.types.Object] = {}
    for name, mesh in meshes.items():
        if name in NOT_BAKED or name == "wiper":
            continue
        placed = in_place(name, mesh)
        data = bpy.data.meshes.new(name)
        data.from_pydata(placed.positions.tolist(), [], placed.triangles.tolist())
        data.polygons.foreach_set("use_smooth", np.ones(len(data.polygons), bool))
        data.normals_split_custom_set_from_vertices(placed.normals.tolist())
        data.color_attributes.new("light", "FLOAT_COLOR", "POINT")
        material = bpy.data.materials.new(name)
        material.use_nodes = True
        shader = material.node_tree.nodes["Principled BSDF"]
        tone = (
            (0.42, 0.42, 0.42)
            if name == "paint"
            else (0.12, 0.12, 0.12)
            if name in BODY
            else tuple(np.asarray(placed.tint).mean(axis=0))
        )
        shader.inputs["Base Color"].default_value = (*tone, 1.0)
        shader.inputs["Roughness"].default_value = 1.0
        shader.inputs["Specular IOR Level"].default_value = 0.0
        data.materials.append(material)
        thing = bpy.data.objects.new(name, data)
        scene.collection.objects.link(thing)
        made[name] = thing
    result: dict[str, tuple[Array, Array]] = {}
    for name, thing in made.items():
        if name == "shell":
            continue
        for other, it in made.items():
            it.hide_render = other in BODY and other != name
        bpy.ops.object.select_all(action="DESELECT")
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing
        thing.data.color_attributes.active_color = thing.data.color_attributes["light"]
        bpy.ops.object.bake(type="DIFFUSE", pass_filter={"DIRECT", "INDIRECT"}, target="VERTEX_COLORS")
        light = np.zeros(len(thing.data.vertices) * 4, np.float32)
        thing.data.color_attributes["light"].data.foreach_get("color", light)
        light = light.reshape(-1, 4)[:, :3].astype(np.float64)
        result[name] = (light, np.clip(light.mean(axis=1) * 1.6 + 0.1, 0, 1))
        print(name, len(light), "mean light", light.mean(axis=0).round(3), flush=True)
    return result


def evened(mesh: Mesh, light: Array) -> Array:
    """Without the noise of the rays: each vertex takes a share of its neighbours' light, again and again."""
    a, b = mesh.triangles[:, [0, 1, 2]].ravel(), mesh.triangles[:, [1, 2, 0]].ravel()
    for _ in range(4):
        total, count = light.copy() * 2.0, np.full(len(light), 2.0)
        for p, q in ((a, b), (b, a)):
            np.add.at(total, p, light[q])
            np.add.at(count, p, 1.0)
        light = total / count[:, None]
    return light


def main() -> None:
    parts = Parts()
    for piece in (car_front, car_wheel, car_rest, car_details, car_outside, car_body):
        piece.build(parts)
    meshes = parts.meshes()
    lit = bake(meshes) if "--plain" not in sys.argv else {}
    made: dict[str, Mesh] = {}
    for name in DRAWN:
        mesh = meshes[name]
        if name in lit:
            light, _ = lit[name]
            light = evened(mesh, light)
            mesh = replace(mesh, light=light, occlusion=np.clip(light.mean(axis=1) * 1.5 + 0.12, 0, 1))
        made[name] = mesh
        print(name, mesh.triangle_count)
    print("triangles in all", sum(mesh.triangle_count for mesh in made.values()))
    stored.save(ROOT / "assets/models/own_car.npz", made, {}, step_m=0.0002)


if __name__ == "__main__":
    main()
