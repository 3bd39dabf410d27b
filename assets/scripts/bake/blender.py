"""Cycles, through Blender as a Python module (``bpy`` 4.5): what light arrives at surfaces, and what a place sees.

Radiance is in Palier's units: a white matt surface under light (1, 1, 1) shows radiance 1.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Matter:
    """How the light meets a material. ``picture``: a colour texture (JPEG), times the mesh's tint and ``colour``."""

    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    roughness: float = 0.6
    metallic: float = 0.0
    emission: tuple[float, float, float] = (0.0, 0.0, 0.0)
    picture: Path | None = None
    relief: Path | None = None


class Studio:
    """One closed scene for Cycles on the processor."""

    def __init__(self, bounces: int = 8) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        scene = bpy.context.scene
        scene.render.engine = "CYCLES"
        scene.cycles.device = "CPU"
        scene.cycles.max_bounces = bounces
        scene.cycles.diffuse_bounces = bounces
        scene.cycles.caustics_reflective = False
        scene.cycles.caustics_refractive = False
        scene.cycles.sample_clamp_indirect = 8.0
        scene.cycles.use_denoising = False
        scene.render.bake.margin = 0
        scene.render.bake.use_clear = False
        scene.view_settings.view_transform = "Raw"
        world = bpy.data.worlds.new("dark")
        scene.world = world
        self.scene = scene

    def short_occlusion(self, distance_m: float) -> None:
        self.scene.world.light_settings.distance = distance_m

    def material(
        self, name: str, matter: Matter, target: bpy.types.Image | None = None
    ) -> bpy.types.Material:
        made = bpy.data.materials.new(name)
        made.use_nodes = True
        nodes, links = made.node_tree.nodes, made.node_tree.links
        shader = nodes["Principled BSDF"]
        shader.inputs["Roughness"].default_value = matter.roughness
        shader.inputs["Metallic"].default_value = matter.metallic
        shader.inputs["IOR"].default_value = 1.5
        tint = nodes.new("ShaderNodeVertexColor")
        tint.layer_name = "tint"
        scaled = nodes.new("ShaderNodeMix")
        scaled.data_type, scaled.blend_type = "RGBA", "MULTIPLY"
        scaled.inputs["Factor"].default_value = 1.0
        links.new(tint.outputs["Color"], scaled.inputs["A"])
        scaled.inputs["B"].default_value = (*matter.colour, 1.0)
        if matter.picture is not None:
            uv = nodes.new("ShaderNodeUVMap")
            uv.uv_map = "surface"
            image = nodes.new("ShaderNodeTexImage")
            image.image = bpy.data.images.load(str(matter.picture))
            links.new(uv.outputs["UV"], image.inputs["Vector"])
            links.new(image.outputs["Color"], scaled.inputs["B"])
        links.new(scaled.outputs["Result"], shader.inputs["Base Color"])
        if max(matter.emission) > 0.0:
            shader.inputs["Emission Strength"].default_value = 1.0
            if matter.picture is not None:
                lit = nodes.new("ShaderNodeMix")
                lit.data_type, lit.blend_type = "RGBA", "MULTIPLY"
                lit.inputs["Factor"].default_value = 1.0
                lit.inputs["A"].default_value = (*matter.emission, 1.0)
                links.new(scaled.outputs["Result"], lit.inputs["B"])
                links.new(lit.outputs["Result"], shader.inputs["Emission Color"])
            else:
                shader.inputs["Emission Color"].default_value = (*matter.emission, 1.0)
        if target is not None:
            node = nodes.new("ShaderNodeTexImage")
            node.image = target
            nodes.active = node
        return made

    def add(
        self,
        name: str,
        meshes: Mapping[str, Mesh],
        matters: Mapping[str, Matter],
        target: bpy.types.Image | None = None,
    ) -> bpy.types.Object:
        """One object of several meshes, a material each; vertices keep their order. ``matters`` by mesh name."""
        count = 0
        points, normals, faces, slots, surface, chart, tints = [], [], [], [], [], [], []
        data = bpy.data.meshes.new(name)
        for slot, (key, mesh) in enumerate(meshes.items()):
            data.materials.append(self.material(key, matters[key], target))
            points.append(mesh.positions)
            normals.append(mesh.normals)
            faces.append(mesh.triangles.astype(np.int64) + count)
            slots.append(np.full(len(mesh.triangles), slot))
            zeros = np.zeros((len(mesh.positions), 2), np.float32)
            surface.append(zeros if mesh.uvs is None else mesh.uvs)
            chart.append(zeros if mesh.lightmap_uvs is None else mesh.lightmap_uvs)
            tints.append(np.ones_like(mesh.positions) if mesh.tint is None else mesh.tint)
            count += len(mesh.positions)
        triangles = np.concatenate(faces)
        data.from_pydata(np.concatenate(points).tolist(), [], triangles.tolist())
        data.polygons.foreach_set("material_index", np.concatenate(slots).astype(np.int32))
        data.shade_smooth()
        for key, values in (("surface", surface), ("chart", chart)):
            layer = data.uv_layers.new(name=key)
            layer.data.foreach_set(
                "uv", np.concatenate(values)[triangles.reshape(-1)].astype(np.float32).reshape(-1)
            )
        data.uv_layers.active = data.uv_layers["chart"]
        colour = data.color_attributes.new("tint", "FLOAT_COLOR", "POINT")
        rgba = np.ones((count, 4), np.float32)
        rgba[:, :3] = np.concatenate(tints)
        colour.data.foreach_set("color", rgba.reshape(-1))
        data.color_attributes.new("baked", "FLOAT_COLOR", "POINT")
        data.normals_split_custom_set_from_vertices(np.concatenate(normals).tolist())
        data.update()
        if len(data.vertices) != count or len(data.polygons) != len(triangles):
            raise ValueError(f"{name}: Blender changed the mesh")
        made = bpy.data.objects.new(name, data)
        self.scene.collection.objects.link(made)
        return made

    def shine(self, matters: Mapping[str, Matter]) -> None:
        """Change how materials look from now on (for panoramas; metal bakes black)."""
        for name, matter in matters.items():
            for made in bpy.data.materials:
                if made.name.split(".")[0] == name:
                    shader = made.node_tree.nodes["Principled BSDF"]
                    shader.inputs["Roughness"].default_value = matter.roughness
                    shader.inputs["Metallic"].default_value = matter.metallic

    def image(self, size: int) -> bpy.types.Image:
        made = bpy.data.images.new("light", size, size, alpha=False, float_buffer=True)
        made.alpha_mode = "NONE"
        made.colorspace_settings.name = "Non-Color"
        return made

    # ------------------------------------------------------------ baking

    def _bake(self, thing: bpy.types.Object, kind: str, samples: int, target: str) -> None:
        self.scene.cycles.samples = samples
        for other in self.scene.objects:
            other.select_set(False)
        thing.select_set(True)
        bpy.context.view_layer.objects.active = thing
        if target == "VERTEX_COLORS":
            thing.data.color_attributes.active_color = thing.data.color_attributes["baked"]
        passes = {"DIRECT", "INDIRECT"} if kind == "DIFFUSE" else set()
        bpy.ops.object.bake(type=kind, pass_filter=passes, target=target, use_clear=False, margin=0)

    def map(self, thing: bpy.types.Object, image: bpy.types.Image, kind: str, samples: int) -> Floats:
        """(n, n, 3), first row lowest. ``kind``: DIFFUSE (light) or AO."""
        size = image.size[0]
        image.pixels.foreach_set(np.zeros(size * size * 4, np.float32))
        self._bake(thing, kind, samples, "IMAGE_TEXTURES")
        flat = np.empty(size * size * 4, np.float32)
        image.pixels.foreach_get(flat)
        return flat.reshape(size, size, 4)[..., :3].copy()

    def vertices(self, thing: bpy.types.Object, kind: str, samples: int) -> Floats:
        """(vertices, 3)."""
        self._bake(thing, kind, samples, "VERTEX_COLORS")
        held = thing.data.color_attributes["baked"].data
        flat = np.empty(len(held) * 4, np.float32)
        held.foreach_get("color", flat)
        return flat.reshape(-1, 4)[:, :3].copy()

    def panorama(self, at: Sequence[float], width: int, samples: int) -> Floats:
        """What a place sees all around: (width / 2, width, 3), first row uppermost, its middle column towards +y and
        its columns running to the right (+x follows +y)."""
        camera = bpy.data.cameras.new("eye")
        camera.type = "PANO"
        camera.panorama_type = "EQUIRECTANGULAR"
        camera.clip_start = 0.01
        thing = bpy.data.objects.new("eye", camera)
        thing.location = tuple(at)
        thing.rotation_euler = (np.pi / 2, 0.0, 0.0)
        self.scene.collection.objects.link(thing)
        self.scene.camera = thing
        render = self.scene.render
        render.resolution_x, render.resolution_y, render.resolution_percentage = width, width // 2, 100
        render.image_settings.file_format = "OPEN_EXR"
        render.image_settings.color_depth = "32"
        self.scene.cycles.samples = samples
        with tempfile.TemporaryDirectory() as folder:
            render.filepath = str(Path(folder) / "seen.exr")
            bpy.ops.render.render(write_still=True)
            image = bpy.data.images.load(render.filepath)
            flat = np.empty(width * (width // 2) * 4, np.float32)
            image.pixels.foreach_get(flat)
        bpy.data.objects.remove(thing)
        return flat.reshape(width // 2, width, 4)[::-1, :, :3].copy()
