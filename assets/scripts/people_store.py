"""People as they are stored: thinned out, shaded by their own form, in small numbers (see ``make_people.py``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from assets.scripts import people_body as bodies
from assets.scripts import people_clothes as clothes
from assets.scripts.people_clothes import Part

KINDS = ("skin", "hair", "top", "bottom", "shoes", "eye")
"""What a member's colours are given for, in this order."""


def thinned(
    parts: list[Part],
    wanted: Mapping[str, int],
    guarded: Callable[[Part], np.ndarray] | None = None,
) -> list[Part]:
    """Fewer triangles, by Blender's edge collapse; weights and texture coordinates go along. ``guarded``: which points
    of the skin are kept more than they would be, 0 to 1."""
    import bpy

    made = []
    for part in parts:
        goal = wanted[part.kind]
        if len(part.faces) <= goal or goal == 0:
            made.extend([part] if goal else [])
            continue
        data = bpy.data.meshes.new("part")
        data.from_pydata(part.points.tolist(), [], part.faces.tolist())
        layer = data.uv_layers.new(name="uv")
        layer.data.foreach_set("uv", part.uvs.reshape(-1).astype(np.float32))
        thing = bpy.data.objects.new("part", data)
        bpy.context.scene.collection.objects.link(thing)
        for b in range(len(bodies.NAMES)):
            group = thing.vertex_groups.new(name=bodies.NAMES[b])
            for i in np.flatnonzero(part.weights[:, b] > 1e-4):
                group.add([int(i)], float(part.weights[i, b]), "REPLACE")
        shade = thing.vertex_groups.new(name="shade")
        for i, value in enumerate(part.shade):
            shade.add([i], float(value), "REPLACE")
        change = thing.modifiers.new("thin", "DECIMATE")
        change.ratio = goal / len(part.faces)
        change.use_collapse_triangulate = True
        if part.hairy is not None:
            # eyes and mouth keep most, the face much
            on_head = part.weights[:, [bodies.INDEX[n] for n in ("head", "jaw", "lid_l", "lid_r")]].sum(
                axis=1
            )
            front = part.points[on_head > 0.5, 1].max()
            near = 0.80 * np.clip((part.points[:, 1] - front + 0.085) / 0.03, 0.0, 1.0) * (on_head > 0.5)
            jaw = part.weights[:, bodies.INDEX["jaw"]]
            lips = (jaw > 0.3) & (jaw < 0.7) & (part.points[:, 1] > front - 0.03)
            for where, size in (
                (lips, (0.034, 0.022, 0.020)),
                (part.weights[:, bodies.INDEX["lid_l"]] > 0.5, (0.026, 0.018, 0.018)),
                (part.weights[:, bodies.INDEX["lid_r"]] > 0.5, (0.026, 0.018, 0.018)),
            ):
                middle = part.points[where].mean(axis=0)
                inside = np.linalg.norm((part.points - middle) / size, axis=1) < 1.0
                near = np.maximum(near, np.where(inside, 0.95, 0.0))
            near = np.maximum(near, 0.55 * part.hairy)
            hands = part.weights[:, bodies.INDEX["hand_l"]] + part.weights[:, bodies.INDEX["hand_r"]]
            near = np.maximum(near, 0.75 * (hands > 0.5))
            if guarded is not None:
                near = np.maximum(near, guarded(part))
            guard = thing.vertex_groups.new(name="guard")
            for i, value in enumerate(1.0 - near):
                guard.add([i], float(value), "REPLACE")
            change.vertex_group = "guard"
            hairy = thing.vertex_groups.new(name="hairy")
            for i in np.flatnonzero(part.hairy > 1e-3):
                hairy.add([int(i)], float(part.hairy[i]), "REPLACE")
        graph = bpy.context.evaluated_depsgraph_get()
        found = bpy.data.meshes.new_from_object(
            thing.evaluated_get(graph), preserve_all_data_layers=True, depsgraph=graph
        )
        found.calc_loop_triangles()
        points = np.array([v.co for v in found.vertices])
        uvs = np.array([loop.uv for loop in found.uv_layers[0].data])
        faces = np.array([t.vertices for t in found.loop_triangles])
        corners = np.array([t.loops for t in found.loop_triangles])
        weights = np.zeros((len(points), len(bodies.NAMES)))
        dark = np.ones(len(points))
        grown = np.zeros(len(points))
        index = {group.index: group.name for group in thing.vertex_groups}
        for i, vertex in enumerate(found.vertices):
            for g in vertex.groups:
                name = index[g.group]
                if name == "shade":
                    dark[i] = g.weight
                elif name == "hairy":
                    grown[i] = g.weight
                elif name != "guard":
                    weights[i, bodies.INDEX[name]] = g.weight
        weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        made.append(Part(part.kind, "", points, faces, uvs[corners], weights, dark, grown))
        bpy.data.objects.remove(thing)
    return made


def shadowed(parts: list[Part]) -> list[Part]:
    """With the shadow that the parts throw on each other in light from all of the sky."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    points, faces, first = [], [], 0
    for part in parts:
        points.append(part.points)
        faces.append(part.faces + first)
        first += len(part.points)
    tree = BVHTree.FromPolygons(np.concatenate(points).tolist(), np.concatenate(faces).tolist())
    k = np.arange(24) + 0.5
    z = 1 - 2 * k / 24
    a = np.pi * (1 + 5**0.5) * k
    ball = np.stack([np.sqrt(1 - z * z) * np.cos(a), np.sqrt(1 - z * z) * np.sin(a), z], axis=1)
    made = []
    for part in parts:
        out = smooth_normals(part)
        open_ = np.zeros(len(part.points))
        for i, (p, n) in enumerate(zip(part.points, out, strict=True)):
            total = free = 0.0
            for d in ball:
                w = float(d @ n)
                if w <= 0.05:
                    continue
                total += w
                free += w * (tree.ray_cast(Vector(p + 0.004 * n), Vector(d), 0.22)[0] is None)
            open_[i] = free / max(total, 1e-6)
        shade = part.shade * (0.45 + 0.55 * open_)
        if part.kind == "eye":
            shade = np.maximum(part.shade * 0.9, shade)
        made.append(replace(part, shade=shade))
    return made


def smooth_normals(part: Part) -> np.ndarray:
    """Seams of the picture are none of the form."""
    _, faces = clothes.welded(part.points, part.faces)
    points, _ = clothes.welded(part.points, part.faces)
    out = clothes.normals(points, faces)
    _, at = np.unique(np.round(part.points, 5), axis=0, return_inverse=True)
    return out[at.reshape(-1)]


def rows(parts: list[Part]) -> dict[str, np.ndarray]:
    """The columns of one level of one person, a vertex for each corner that differs."""
    columns: dict[str, list[np.ndarray]] = {}
    first = 0
    for part in parts:
        out = smooth_normals(part)
        uv = part.uvs.reshape(-1, 2)
        key = np.concatenate([part.faces.reshape(-1, 1), np.round(uv * 8192)], axis=1)
        _, once, at = np.unique(key, axis=0, return_index=True, return_inverse=True)
        vertex = part.faces.reshape(-1)[once]
        bones, shares = bodies.best_four(part.weights[vertex])
        for name, value in (
            ("positions", np.round(part.points[vertex] * 10000).astype(np.int16)),
            ("normals", np.round(out[vertex] * 127).astype(np.int8)),
            ("uvs", np.round(np.clip(uv[once], 0, 1) * 65535).astype(np.uint16)),
            ("bones", bones),
            ("shares", shares),
            ("kinds", np.full(len(once), KINDS.index(part.kind), dtype=np.uint8)),
            (
                "hairs",
                np.round(255 * (np.zeros(len(once)) if part.hairy is None else part.hairy[vertex])).astype(
                    np.uint8
                ),
            ),
            ("shades", np.round(np.clip(part.shade[vertex], 0, 1) * 255).astype(np.uint8)),
            ("triangles", (at.reshape(-1, 3) + first).astype(np.uint16)),
        ):
            columns.setdefault(name, []).append(value)
        first += len(once)
    return {name: np.concatenate(value) for name, value in columns.items()}


LEVELS: tuple[Mapping[str, int], ...] = (
    {"skin": 3400, "hair": 640, "eye": 90, "top": 950, "bottom": 700, "shoes": 320},
    {"skin": 520, "hair": 160, "eye": 24, "top": 330, "bottom": 300, "shoes": 110},
    {"skin": 110, "hair": 44, "eye": 0, "top": 100, "bottom": 90, "shoes": 36},
)
