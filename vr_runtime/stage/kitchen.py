"""What a scene draws with: meshes from arrays, materials, light, sky and fog, under the scene's own root.

A scene gets one :class:`Kitchen` in ``build`` and keeps it. In short::

    def build(self, kitchen):
        kitchen.sun((-0.4, 0.3, 0.8), (1.25, 1.1, 0.92))
        kitchen.sky(zenith=(0.10, 0.20, 0.42), horizon=(0.42, 0.50, 0.60), ground=(0.16, 0.15, 0.13))
        kitchen.fog((0.38, 0.46, 0.56), 600.0, sun_glow=0.3)
        concrete = kitchen.material("concrete", colour=(0.45, 0.44, 0.42), roughness=0.9, vertex_light=True)
        self.floor = kitchen.mesh("floor", mesh, concrete)

Light, in linear units: a white matt surface under light (1, 1, 1) has radiance 1, and the tone curve shows
radiance 0.18 as middle grey (display 0.46), 0.4 as a light wall (0.64), 1 as white (0.80). So noon sun is about
1.2, the clear sky above 0.2, an overcast sky 0.8, light on the walls of a lit room 0.4 to 0.9. ``exposure``
scales everything.

Ways of lighting a material, cheapest look for still things first:

``vertex_light=True``
    the mesh's baked ``light`` (sun, sky and bounced light together) is all the diffuse light there is;
``lightmap=texture``
    the same from a texture on ``lightmap_uvs``, times ``lightmap_scale``;
``probed=True``
    baked light of the air (:meth:`Kitchen.probes`), looked up at each vertex: for what moves in a baked room;
neither
    live: sun (without shadow) and sky from above, horizon and ground from below, times the mesh's
    ``occlusion``. For what moves; give it a :meth:`blob_shadow`.

Rules for scenes: keep visible Geoms an eye under 150 (join things with ``mesh.merge``, colour them by ``tint``);
never call ``set_instance_count``, never set a shader of your own, never read pixels; change nodes in ``draw``
only (``set_pos``, ``set_hpr``, ``show``, ``hide``, ``set_color_scale``).
``NodePath.set_color_scale(r, g, b, a)`` multiplies a material's colour and emission, and its opacity if the
material is ``transparent``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from panda3d.core import NodePath, Texture

from vr_runtime.stage import figures, geometry, people, roomlight, skin, sunmap, surround, textures
from vr_runtime.stage import flock as flocks
from vr_runtime.stage.flock import Flock
from vr_runtime.stage.lamps import Lamps, Mirror
from vr_runtime.stage.light import HANDS_SUN, Light
from vr_runtime.stage.materials import Look, Material, MaterialMaker, by_keywords
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.people import MIDDLE, Bent, Bodies, Member, Members, People
from vr_runtime.stage.rain import Pane, Rain
from vr_runtime.stage.roomlight import CubeMap, ProbeGrid
from vr_runtime.stage.settings import GraphicsSettings, Quality
from vr_runtime.stage.sky import add_sky_dome
from vr_runtime.stage.sunmap import HungMap, SunMap
from vr_runtime.stage.sunstrip import HungStrip, SunStrip

Colour = tuple[float, float, float]
"""Linear RGB; colours of surfaces lie in 0 to 1 (grass 0.1, concrete 0.4, white paint 0.8)."""
STIMULUS = "stimulus:"
"""With a stimulus's id after it, the tag of the nodes that are it."""


class Kitchen:
    """One scene's way to the renderer; see the module."""

    def __init__(self, root: NodePath, settings: GraphicsSettings) -> None:
        self.root = root
        """This scene's own root, in the scene's world: metres, Z up. Everything hangs under it."""
        self._settings = settings
        self._light = Light(root)
        self._maker = MaterialMaker(settings)
        self._files: dict[tuple[str, bool], Texture] = {}

    @property
    def quality(self) -> Quality:
        """``low`` asks scenes to leave out what is dear and not part of the stimulus."""
        return self._settings.quality

    # ---- light and air; may be called again at any time, costs nothing where nothing changed

    def sun(self, direction: Sequence[float], colour: Sequence[float]) -> None:
        """``direction`` points from the ground to the sun (any length); black: no sun."""
        self._light.sun(direction, colour)

    def hands_in_shade(self, share: float) -> None:
        """For a scene whose light is baked and whose patient stands in the shade: the share of the live sun that
        reaches the patient's hands there."""
        self.root.set_tag(HANDS_SUN, f"{share:g}")

    def sky(self, zenith: Sequence[float], horizon: Sequence[float], ground: Sequence[float]) -> None:
        """Light from above, from the sides and from below: for live lighting, reflections and the sky dome.
        Indoors: the ceiling, the walls and the floor as they glow."""
        self._light.sky(zenith, horizon, ground)

    def fog(
        self,
        colour: Sequence[float],
        distance_m: float,
        *,
        start_m: float = 0.0,
        sun_glow: float = 0.0,
    ) -> None:
        """Aerial perspective: beyond ``start_m`` things fade to ``colour`` by 63 % each ``distance_m``;
        ``sun_glow`` (0 to 1) warms it towards the sun. Never called: no fog."""
        self._light.fog(colour, distance_m, start_m, sun_glow)

    def no_fog(self) -> None:
        self._light.no_fog()

    def exposure(self, stops: float) -> None:
        """Brighter (positive) or darker by powers of two, for the whole scene. 0 at first. Change it slowly."""
        self._light.exposure(stops)

    def sky_dome(
        self,
        *,
        clouds: float = 0.4,
        cloud_colour: Sequence[float] = (1.0, 1.0, 1.0),
        cloud_drift: Sequence[float] = (0.002, 0.001),
        sun_disc: bool = True,
        seed: int = 1,
    ) -> NodePath:
        """The visible sky behind everything, in the colours of :meth:`sky`, with ``clouds`` (0 clear to 1
        overcast) that stand still unless :meth:`sky_time` is called. The node may be hidden."""
        return add_sky_dome(self.root, self._settings, clouds, cloud_colour, cloud_drift, sun_disc, seed)

    def sky_time(self, t_s: float) -> None:
        """Where the clouds have drifted after this time; call it from ``draw`` with the scene's time."""
        self._light.sky_time(t_s)

    def sun_map(self, made: SunMap) -> HungMap:
        """Sunlight and shadow worked out beforehand, for materials made with ``sun_map=True``; see sunmap.py. Of
        several the last one holds, until ``use`` is called on another."""
        return sunmap.hang(self.root, made)

    def sun_strip(self, made: dict[str, SunStrip]) -> HungStrip:
        """The same along roads that repeat, by name, for materials made with ``sun_strip=True``: ``use`` one of them
        and say in ``draw`` where the world is on it (``place``); see sunstrip.py."""
        return HungStrip(self.root, made)

    def thrown_shadow(self, name: str, mesh: Mesh, strength: float, *, lift_m: float = 0.02) -> NodePath:
        """The shadow alone that a thing throws on the ground of the root in the sun's direction, where the scene's
        ``sun_strip`` lets the sun through; its alpha scale weakens it."""
        node = self.root.attach_new_node(geometry.geom_node(name, mesh))
        node.set_state(self._maker.cast(strength, lift_m, sun_map=False, sun_strip=True))
        return node

    def lamps(self) -> Lamps:
        """The scene's lamps, all off; ask once and keep them."""
        return Lamps(self.root)

    def mirror(self) -> Mirror:
        """What the scene's mirrors show; ask once and keep it."""
        return Mirror(self.root)

    def rain(self, drops: int, box_m: Sequence[float], *, width_m: float = 0.003) -> Rain:
        """Rain around a place, none at first; keep it and call its ``fall`` in ``draw``."""
        return Rain(self.root, self._settings, drops, box_m, width_m)

    def pane(self, node: NodePath) -> Pane:
        """The drops on a node whose material was made with ``rain_pane=True``; dry at first."""
        return Pane(node)

    def reflections(self, made: CubeMap | str, *, below: NodePath | None = None) -> None:
        """What shiny things mirror: a baked cube map, or the asset that holds one (see roomlight.py). Call it before
        the materials are made: those made from then on mirror it, in place of the sky. ``below``: for this node and
        what hangs under it alone (another room); the scene needs one for all of it first.

        Raises:
            FileError: the asset is missing or is no cube map.
        """
        cube = CubeMap.load(made) if isinstance(made, str) else made
        surround.hang_reflections(self.root if below is None else below, cube)
        surround.no_glass(self.root)
        self._maker.reflecting = True

    def probes(self, made: ProbeGrid | str) -> None:
        """Baked light in the air, for materials made with ``probed=True``; or the asset that holds it.

        Raises:
            FileError: the asset is missing or holds no probes.
        """
        surround.hang_probes(self.root, ProbeGrid.load(made) if isinstance(made, str) else made)
        surround.no_glass(self.root)

    def looking_glass(self, source: NodePath, point: Sequence[float], normal: Sequence[float]) -> NodePath:
        """``source`` once more, as a flat mirror through ``point`` (world, m) that faces along ``normal`` shows it:
        leave a hole for the mirror in what stands before it. It costs ``source``'s Geoms again. Its materials have to
        be made after :meth:`reflections` or be ``probed``."""
        return surround.looking_glass(source, self.root, point, normal)

    # ---- textures

    def texture(
        self,
        name: str,
        pixels: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64],
        *,
        srgb: bool = True,
        wrap: Literal["repeat", "clamp"] = "repeat",
    ) -> Texture:
        """A texture from an array (height, width, 1, 3 or 4), first row uppermost: uint8, or floats in 0 to 1.

        ``srgb``: the pixels are display values, as in picture files; False for normal maps and other data, and
        for float light maps, which then keep values above 1 (as half floats).
        """
        return textures.from_array(name, pixels, srgb=srgb, wrap=wrap, settings=self._settings)

    def texture_file(
        self, relative: str, *, srgb: bool = True, wrap: Literal["repeat", "clamp"] = "repeat"
    ) -> Texture:
        """A texture from an asset (PNG or JPEG), such as ``textures/brick.png``; loaded once.

        Raises:
            FileError: the asset is missing or is no picture.
        """
        key = (relative, srgb)
        if key not in self._files:
            self._files[key] = textures.from_file(relative, srgb=srgb, wrap=wrap, settings=self._settings)
        return self._files[key]

    def lightmap_file(self, relative: str) -> Texture:
        """A baked light map from an asset (roomlight.py), for materials' ``lightmap``; its fourth channel, how open
        each place is, dims reflections.

        Raises:
            FileError: the asset is missing or is no light map.
        """
        picture = roomlight.load_light_map(relative)
        return textures.from_array(relative, picture, srgb=False, wrap="clamp", settings=self._settings)

    # ---- materials

    @by_keywords(Look)
    def material(self, name: str, look: Look) -> Material:
        """How a surface looks. Called with the fields of :class:`Look` as keywords::

            kitchen.material("concrete", colour=(0.45, 0.44, 0.42), roughness=0.9, vertex_light=True)

        Raises:
            ValueError: two of them that exclude each other, or one without what it needs.
        """
        return self._maker.make(name, look)

    def apply(self, node: NodePath, material: Material) -> None:
        """Give a node and everything below it this material."""
        node.set_state(material.state)

    # ---- nodes

    def node(self, name: str, parent: NodePath | None = None) -> NodePath:
        """An empty node to move other nodes by."""
        return (parent or self.root).attach_new_node(name)

    def stimulus(self, node: NodePath, *ids: str) -> None:
        """Say that this node, with all below it, is what the manifest's stimulus is (or several are): nothing changes
        in the picture, but that ``stimuli()`` points at it can be checked. A stimulus may be several nodes."""
        for each in ids:
            node.set_tag(f"{STIMULUS}{each}", "")

    def mesh(self, name: str, mesh: Mesh, material: Material, *, parent: NodePath | None = None) -> NodePath:
        """One Geom from a mesh, drawn with a material, under ``parent`` (default: the root)."""
        node = (parent or self.root).attach_new_node(geometry.geom_node(name, mesh))
        self.apply(node, material)
        return node

    def mesh_file(self, relative: str, material: Material, *, parent: NodePath | None = None) -> NodePath:
        """Like :meth:`mesh`, from an asset written by ``Mesh.save``."""
        return self.mesh(relative, geometry.load(relative), material, parent=parent)

    def copy(self, node: NodePath, parent: NodePath | None = None) -> NodePath:
        """The same thing once more: shares the vertices, costs another Geom to draw."""
        return node.copy_to(parent or self.root)

    def flock(
        self,
        name: str,
        members: Sequence[Mesh],
        material: Material,
        *,
        parent: NodePath | None = None,
        shadow: float = 0.0,
        shadow_lift_m: float = 0.02,
        shadow_in_sun_map: bool = True,
        shadow_in_sun_strip: bool = False,
        outlines: Sequence[Mesh] | None = None,
    ) -> Flock:
        """Up to 96 things that move by themselves, as one Geom: ``Flock.place`` says where each one is, in the
        parent's XY plane. The material must be made with ``flock=True``. A mesh's texture coordinates are its
        gait: (swing in radians, height of the joint, m) of each point, (0, 0) where nothing swings.
        ``shadow`` above 0 throws the members' shadows on the parent's plane, at the cost of a second Geom;
        ``outlines``: simpler meshes, one a member, to throw them with."""
        node = self.node(name, parent)
        drawn = node.attach_new_node(flocks.joined(name, members))
        self.apply(drawn, material)
        if shadow > 0.0:
            shape = flocks.joined(f"shadow of {name}", outlines) if outlines else drawn.node().make_copy()
            thrown = node.attach_new_node(shape)
            in_map = shadow_in_sun_map and not shadow_in_sun_strip
            thrown.set_state(
                self._maker.cast(
                    shadow, shadow_lift_m, sun_map=in_map, sun_strip=shadow_in_sun_strip, flock=True
                )
            )
            return flocks.Flock(node, len(members), thrown)
        return flocks.Flock(node, len(members))

    def people(
        self,
        name: str,
        members: Sequence[Member],
        *,
        parent: NodePath | None = None,
        levels: Sequence[int] = (MIDDLE,),
        clips: Sequence[str] = people.CLIPS,
        material: Material | None = None,
        sun_map: bool = False,
        shadow: float = 0.0,
        shadow_lift_m: float = 0.02,
        blob: float = 0.0,
    ) -> People:
        """Up to 255 people in the parent's frame; ``People.place`` says what each one does (``people.py``;
        ``scenes/kit/people.py`` has words for crowds). ``levels``: the finenesses among which
        ``People.show_level`` may choose, a Geom each, of which one is drawn; ``clips``: those that may be asked
        for, each costs some time and memory. ``material``: one made with ``skinned=True`` and the texture
        ``people.ATLAS``, where the scene lights people otherwise than live (``lamps``, ``probed``). ``shadow`` above
        0 throws shadows on the parent's plane, ``blob`` lays a soft dark patch under everyone; a Geom each."""
        node = self.node(name, parent)
        crowd = Members(members, clips)
        look = material or self.material(
            f"{name}'s looks",
            colour=(1.0, 1.0, 1.0),
            roughness=0.72,
            texture=self.texture_file(figures.ATLAS),
            two_sided=True,
            sun_map=sun_map,
            skinned=True,
            shine=0.7,
        )
        drawn = {}
        for level in levels:
            drawn[level] = node.attach_new_node(skin.node(name, figures.joined(members, level)))
            self.apply(drawn[level], look)
        if shadow > 0.0:
            thrown = node.attach_new_node(skin.node(f"shadow of {name}", figures.thrown(members)))
            thrown.set_state(self._maker.cast(shadow, shadow_lift_m, sun_map=sun_map, skinned=True))
        if blob > 0.0:
            patches = skin.patches(len(members), len(crowd.bones), 0.30, 0.24)
            dark = node.attach_new_node(skin.node(f"under {name}", patches))
            dark.set_z(shadow_lift_m)
            dark.set_state(self._maker.blob(blob, skinned=True))
        return People(node, crowd, drawn)

    def bent(
        self,
        name: str,
        bodies: Mapping[str, tuple[Bodies, Material]],
        bones: int,
        *,
        parent: NodePath | None = None,
    ) -> Bent:
        """One thing that bends by bones of its own, in several meshes, each with a material made with
        ``skinned=True``; a Geom each. ``Bent.pose`` says how."""
        node = self.node(name, parent)
        for part, (body, material) in bodies.items():
            self.apply(node.attach_new_node(skin.node(part, body)), material)
        return Bent(node, bones)

    def blob_shadow(
        self,
        parent: NodePath,
        radius_m: float,
        *,
        strength: float = 0.6,
        length_m: float | None = None,
        lift_m: float = 0.01,
    ) -> NodePath:
        """A soft dark patch on the ground under a moving thing, in the parent's XY plane: an ellipse of
        half-width ``radius_m`` along X and half-length ``length_m`` (default the same) along Y."""
        node = parent.attach_new_node(geometry.patch("blob_shadow", radius_m, length_m or radius_m))
        node.set_z(lift_m)
        node.set_state(self._maker.blob(strength))
        return node
