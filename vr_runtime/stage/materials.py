"""Materials: a render state (shader, its inputs, textures, blending) made once and shared by nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from panda3d.core import (
    ColorBlendAttrib,
    CullBinAttrib,
    CullFaceAttrib,
    DepthOffsetAttrib,
    DepthWriteAttrib,
    LVecBase4f,
    RenderState,
    ShaderAttrib,
    Texture,
    TransparencyAttrib,
)

from vr_runtime.stage import bins, shaders
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shaders import Program


@dataclass(frozen=True, kw_only=True)
class Look:
    """How a surface looks. Colours and emission are linear RGB; what is left out is matt, grey and lit live."""

    colour: Sequence[float] = (0.5, 0.5, 0.5)
    roughness: float = 0.8
    metallic: float = 0.0
    texture: Texture | None = None
    """Multiplies ``colour``."""
    normal: Texture | None = None
    """The normal's x and y in red and green (0.5: flat, y up the picture) and a factor on the roughness in blue; needs
    no tangents."""
    normal_strength: float = 1.0
    uv_scale: Sequence[float] = (1.0, 1.0)
    emissive: Sequence[float] = (0.0, 0.0, 0.0)
    """Radiance, times ``emissive_texture`` if given."""
    emissive_texture: Texture | None = None
    vertex_light: bool = False
    """The mesh's baked ``light`` is all the diffuse light there is."""
    lightmap: Texture | None = None
    """The same from a texture on ``lightmap_uvs``, times ``lightmap_scale``."""
    lightmap_scale: float = 1.0
    opacity: float = 1.0
    transparent: bool = False
    """Blends by ``opacity`` (glass: colour black, roughness 0.05, opacity 0.1; reflections grow at grazing angles);
    draw little of it."""
    cutout: bool = False
    """Drops pixels where the texture's alpha is under one half (leaves, wire mesh)."""
    cards: bool = False
    """Of ``cutout``: flat cards that stand for something round (crowns of trees); one that is seen edge-on thins out."""
    strands: bool = False
    """Of ``cutout``: fine hairs, whose edges cover a pixel in part where the picture is multisampled."""
    two_sided: bool = False
    fogged: bool = True
    """False keeps the fog off."""
    sun_map: bool = False
    """Lit live, but the sun only where the scene's ``Kitchen.sun_map`` lets it through."""
    sun_strip: bool = False
    """The same by the scene's ``Kitchen.sun_strip``, along a road."""
    flock: bool = False
    """For meshes drawn by ``Kitchen.flock``."""
    sway_m: float = 0.0
    """How far what is free (``Mesh.sway``) goes in a light, slow wind, by the time of ``Kitchen.sky_time``."""
    ripples: Texture | None = None
    """Makes level water: a normal map that tiles every ``ripples_m`` and drifts slowly by the same time."""
    ripples_m: float = 3.0
    surroundings: Texture | None = None
    """What stands around the water, mirrored in it, as a picture (alpha 0: sky) whose middle column lies at +Y, whose
    width is the whole turn, its lower edge at the horizon and its upper edge 22.5 degrees above."""
    shine: float = 1.0
    """Weakens all reflections: 0 for what scatters light in its depth, such as grass and crowns of leaves."""
    lamps: bool = False
    """Lit by the scene's ``Kitchen.lamps`` too."""
    cabin: bool = False
    """The inside of a vehicle, whose baked light dims with the day (needs ``lamps``)."""
    wet: bool = False
    """Darkens and shines as ``Lamps.wet`` says (needs ``lamps``)."""
    rigid: bool = False
    """Of a flock whose texture coordinates are for a texture."""
    rolls: bool = False
    """Of a flock of vehicles (``flock`` and ``rigid``, with a texture) whose meshes have an ``axle``: wheels turn as
    ``flock.rolling`` says, and blur at speed."""
    rear_view: Texture | None = None
    """A vehicle's mirror, with a picture of noise for what it shows (see ``Kitchen.mirror``)."""
    rain_pane: bool = False
    """A pane with drops on it (see ``Kitchen.pane``), whose texture coordinates are metres."""
    skinned: bool = False
    """For ``Kitchen.people``, which makes it itself."""
    probed: bool = False
    """For what moves in a room with baked light: lit by ``Kitchen.probes``, at each vertex."""
    spreading: float = 0.0
    """Stains that grow (needs ``transparent`` and a texture): the texture's alpha tells how early a place is reached
    (1: at once, 0: never) while the alpha of the node's colour scale rises from 0 to 1; each place takes this share of
    the growth to be covered, and what comes late stays thin (0.1: sharp rims, 0.6: a film; 0: nothing of all this).
    The mesh's ``occlusion`` multiplies the texture's alpha: 0 at a stain's border."""
    soiled: bool = False
    """For the patient's hands, which the stage makes itself."""

    def problem(self) -> str | None:
        """What is wrong with it, in plain words."""
        if self.vertex_light and self.lightmap is not None:
            return "vertex_light and a light map at once; choose one"
        if self.cutout and self.texture is None:
            return "cutout needs a texture with an alpha channel"
        if self.strands and (self.cards or not self.cutout):
            return "strands are cut out of a texture: they need cutout=True, and are no cards"
        if self.opacity < 1.0 and not self.transparent:
            return f"opacity {self.opacity:g} needs transparent=True"
        if self.flock and self.sway_m > 0.0:
            return "a flock cannot sway"
        if self.sun_map and self.sun_strip:
            return "sun_map and sun_strip at once; choose one"
        if self.rolls and not (self.flock and self.rigid and self.texture is not None):
            return "wheels roll on a rigid flock with a texture"
        if self.surroundings is not None and self.ripples is None:
            return "only water (ripples) mirrors surroundings"
        if (self.cabin or self.wet) and not self.lamps:
            return "cabin and wet need lamps=True, whose values they read"
        if self.probed and (self.vertex_light or self.lightmap is not None):
            return "probed, and lit by baked light of its own; choose one"
        if self.spreading > 0.0 and (self.texture is None or not self.transparent):
            return "what spreads is transparent and has a texture with an alpha channel"
        return None


Fields = ParamSpec("Fields")
Maker = TypeVar("Maker")
Made = TypeVar("Made")


def by_keywords(
    look: Callable[Fields, Look],
) -> Callable[[Callable[[Maker, str, Look], Made]], Callable[Concatenate[Maker, str, Fields], Made]]:
    """Lets a method that takes a name and a look be called with the look's fields."""

    def called_so(
        make: Callable[[Maker, str, Look], Made],
    ) -> Callable[Concatenate[Maker, str, Fields], Made]:
        @wraps(make)
        def made(maker: Maker, name: str, /, *args: Fields.args, **fields: Fields.kwargs) -> Made:
            return make(maker, name, look(*args, **fields))

        return made

    return called_so


@dataclass(frozen=True)
class Material:
    """A handle; apply it with ``Kitchen.apply`` or ``Kitchen.mesh``."""

    name: str
    state: RenderState
    transparent: bool


def over() -> ColorBlendAttrib:
    """Ordinary blending by the fragment's alpha."""
    return ColorBlendAttrib.make(
        ColorBlendAttrib.M_add, ColorBlendAttrib.O_incoming_alpha, ColorBlendAttrib.O_one_minus_incoming_alpha
    )


def shaded(program: Program, copies: int = 1, **inputs: LVecBase4f | Texture) -> ShaderAttrib:
    """A shader with its inputs. ``copies``: how often each thing is drawn, for shaders that place every copy
    elsewhere (``copy_number`` in ``eye.glsl``)."""
    made = ShaderAttrib.make(program.shader)
    if copies * program.eyes > 1:
        made = made.set_instance_count(copies * program.eyes)  # type: ignore[attr-defined]
    for name, value in inputs.items():
        made = made.set_shader_input(name, value)  # type: ignore[attr-defined]
    return made


class MaterialMaker:
    """Makes states for one scene."""

    def __init__(self, settings: GraphicsSettings) -> None:
        bins.ready()
        self._settings = settings
        self._blobs: dict[tuple[float, bool], RenderState] = {}
        self.reflecting = False
        """Whether materials made from now on mirror the scene's own cube map."""

    def make(self, name: str, look: Look) -> Material:
        """A material that looks so.

        Raises:
            ValueError: see :meth:`Look.problem`.
        """
        if (problem := look.problem()) is not None:
            raise ValueError(f"material {name}: {problem}")
        inputs: dict[str, LVecBase4f | Texture] = {
            "surface_colour": LVecBase4f(*(float(value) for value in look.colour), float(look.opacity)),
            "surface_gloss": LVecBase4f(
                float(look.roughness), float(look.metallic), look.normal_strength, look.lightmap_scale
            ),
            "surface_emissive": LVecBase4f(*(float(value) for value in look.emissive), float(look.shine)),
            "surface_uv": LVecBase4f(float(look.uv_scale[0]), float(look.uv_scale[1]), 0.0, 0.0),
        }
        defines: list[str] = []
        if look.texture is not None:
            inputs["surface_map"] = look.texture
            defines.append("SURFACE_MAP")
        if look.normal is not None and self._settings.quality != "low":
            inputs["normal_map"] = look.normal
            defines.append("NORMAL_MAP")
        if look.emissive_texture is not None:
            inputs["emissive_map"] = look.emissive_texture
            defines.append("EMISSIVE_MAP")
        if look.spreading > 0.0:
            inputs["surface_spread"] = LVecBase4f(float(look.spreading), 0.0, 0.0, 0.0)
        if look.sway_m > 0.0:
            inputs["surface_sway"] = LVecBase4f(float(look.sway_m), 0.0, 0.0, 0.0)
            defines.append("SWAY")
        if look.ripples is not None:
            inputs["ripple_map"] = look.ripples
            inputs["ripple_look"] = LVecBase4f(1.0 / float(look.ripples_m), look.normal_strength, 0.0, 0.0)
            defines.append("WATER")
        if look.surroundings is not None:
            inputs["surroundings"] = look.surroundings
            defines.append("SURROUNDINGS")
        if look.soiled:
            inputs["soil"] = LVecBase4f(0.0)
        if look.rear_view is not None:
            inputs["rear_map"] = look.rear_view
            defines.append("REAR_VIEW")
        if look.lightmap is not None:
            inputs["light_map"] = look.lightmap
            defines.append("LIGHT_MAP")
        elif look.vertex_light or look.probed:
            defines.append("VERTEX_LIGHT")
        soft = look.strands and self._settings.samples > 0
        for wanted, define in (
            (look.transparent, "TRANSPARENT"),
            (look.cutout, "CUTOUT"),
            (look.cutout and look.cards, "CARDS"),
            (soft, "STRANDS"),
            (look.two_sided, "TWO_SIDED"),
            (look.fogged, "FOGGED"),
            (look.sun_map or look.sun_strip, "SUN_MAP"),
            (look.sun_strip, "SUN_STRIP"),
            (look.flock, "FLOCK"),
            (look.flock and look.rigid, "RIGID"),
            (look.rolls, "ROLLS"),
            (look.lamps, "LAMPS"),
            (look.cabin, "CABIN"),
            (look.wet, "WET"),
            (look.rain_pane, "RAIN_PANE"),
            (look.skinned, "SKINNED"),
            (self.reflecting, "ROOM_MIRROR"),
            (look.probed, "PROBED"),
            (look.spreading > 0.0, "SPREADING"),
            (look.soiled, "SOILED"),
        ):
            if wanted:
                defines.append(define)
        shader = self._program("surface.vert.glsl", "surface.frag.glsl", defines)
        state = RenderState.make(shaded(shader, **inputs))
        if look.two_sided:
            state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none))
        if soft:
            state = state.set_attrib(TransparencyAttrib.make(TransparencyAttrib.M_multisample_mask))
        if look.transparent:
            state = state.set_attrib(over()).set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
            state = state.set_attrib(CullBinAttrib.make("transparent", 0))
        return Material(name, state, look.transparent)

    def cast(
        self, strength: float, lift_m: float, *, sun_map: bool, sun_strip: bool = False, flock: bool = False, skinned: bool = False,
    ) -> RenderState:  # fmt: skip
        """The state of a shadow thrown on flat ground; drawn once a pixel however many triangles lie there."""
        asked = (
            ("SUN_MAP", sun_map or sun_strip),
            ("SUN_STRIP", sun_strip),
            ("FLOCK", flock),
            ("SKINNED", skinned),
        )
        defines = [name for name, wanted in asked if wanted]
        shader = self._program("cast.vert.glsl", "cast.frag.glsl", defines)
        state = RenderState.make(shaded(shader, thrown=LVecBase4f(float(strength), float(lift_m), 0.0, 0.0)))
        state = state.set_attrib(over()).set_attrib(DepthOffsetAttrib.make(1))
        return state.set_attrib(CullBinAttrib.make(bins.GROUND_SHADOW, 1))

    def blob(self, strength: float, *, skinned: bool = False) -> RenderState:
        """The state of a soft shadow patch."""
        key = (strength, skinned)
        if key not in self._blobs:
            shader = self._program("patch.vert.glsl", "blob.frag.glsl", ("SKINNED",) if skinned else ())
            state = RenderState.make(shaded(shader, blob=LVecBase4f(float(strength), 0.0, 0.0, 0.0)))
            state = state.set_attrib(over()).set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
            state = state.set_attrib(DepthOffsetAttrib.make(1))
            self._blobs[key] = state.set_attrib(CullBinAttrib.make(bins.GROUND_SHADOW, 0))
        return self._blobs[key]

    def _program(self, vertex: str, fragment: str, defines: Sequence[str] = ()) -> Program:
        return shaders.load(vertex, fragment, defines, single_pass=self._settings.single_pass)
