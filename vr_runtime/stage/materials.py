"""Materials: a render state (shader, its inputs, textures, blending) made once and shared by nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
)

from vr_runtime.stage import bins, shaders
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shaders import Program


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

    def make(
        self,
        name: str,
        *,
        colour: Sequence[float],
        roughness: float,
        metallic: float,
        texture: Texture | None,
        normal: Texture | None,
        normal_strength: float,
        uv_scale: Sequence[float],
        emissive: Sequence[float],
        emissive_texture: Texture | None,
        vertex_light: bool,
        lightmap: Texture | None,
        lightmap_scale: float,
        opacity: float,
        transparent: bool,
        cutout: bool,
        two_sided: bool,
        fogged: bool,
        sun_map: bool = False,
        flock: bool = False,
        sway_m: float = 0.0,
        ripples: Texture | None = None,
        ripples_m: float = 3.0,
        surroundings: Texture | None = None,
        shine: float = 1.0,
        lamps: bool = False,
        cabin: bool = False,
        wet: bool = False,
        rigid: bool = False,
        rear_view: Texture | None = None,
        rain_pane: bool = False,
        skinned: bool = False,
        probed: bool = False,
        spreading: float = 0.0,
        soiled: bool = False,
    ) -> Material:
        """See ``Kitchen.material``."""
        if vertex_light and lightmap is not None:
            raise ValueError(f"material {name}: vertex_light and a light map at once; choose one")
        if cutout and texture is None:
            raise ValueError(f"material {name}: cutout needs a texture with an alpha channel")
        if opacity < 1.0 and not transparent:
            raise ValueError(f"material {name}: opacity {opacity:g} needs transparent=True")
        if flock and sway_m > 0.0:
            raise ValueError(f"material {name}: a flock cannot sway")
        if surroundings is not None and ripples is None:
            raise ValueError(f"material {name}: only water (ripples) mirrors surroundings")
        if (cabin or wet) and not lamps:
            raise ValueError(f"material {name}: cabin and wet need lamps=True, whose values they read")
        if probed and (vertex_light or lightmap is not None):
            raise ValueError(f"material {name}: probed, and lit by baked light of its own; choose one")
        if spreading > 0.0 and (texture is None or not transparent):
            raise ValueError(
                f"material {name}: what spreads is transparent and has a texture with an alpha channel"
            )
        inputs: dict[str, LVecBase4f | Texture] = {
            "surface_colour": LVecBase4f(*(float(value) for value in colour), float(opacity)),
            "surface_gloss": LVecBase4f(float(roughness), float(metallic), normal_strength, lightmap_scale),
            "surface_emissive": LVecBase4f(*(float(value) for value in emissive), float(shine)),
            "surface_uv": LVecBase4f(float(uv_scale[0]), float(uv_scale[1]), 0.0, 0.0),
        }
        defines: list[str] = []
        if texture is not None:
            inputs["surface_map"] = texture
            defines.append("SURFACE_MAP")
        if normal is not None and self._settings.quality != "low":
            inputs["normal_map"] = normal
            defines.append("NORMAL_MAP")
        if emissive_texture is not None:
            inputs["emissive_map"] = emissive_texture
            defines.append("EMISSIVE_MAP")
        if spreading > 0.0:
            inputs["surface_spread"] = LVecBase4f(float(spreading), 0.0, 0.0, 0.0)
        if sway_m > 0.0:
            inputs["surface_sway"] = LVecBase4f(float(sway_m), 0.0, 0.0, 0.0)
            defines.append("SWAY")
        if ripples is not None:
            inputs["ripple_map"] = ripples
            inputs["ripple_look"] = LVecBase4f(1.0 / float(ripples_m), normal_strength, 0.0, 0.0)
            defines.append("WATER")
        if surroundings is not None:
            inputs["surroundings"] = surroundings
            defines.append("SURROUNDINGS")
        if soiled:
            inputs["soil"] = LVecBase4f(0.0)
        if rear_view is not None:
            inputs["rear_map"] = rear_view
            defines.append("REAR_VIEW")
        if lightmap is not None:
            inputs["light_map"] = lightmap
            defines.append("LIGHT_MAP")
        elif vertex_light or probed:
            defines.append("VERTEX_LIGHT")
        for wanted, define in (
            (transparent, "TRANSPARENT"),
            (cutout, "CUTOUT"),
            (two_sided, "TWO_SIDED"),
            (fogged, "FOGGED"),
            (sun_map, "SUN_MAP"),
            (flock, "FLOCK"),
            (flock and rigid, "RIGID"),
            (lamps, "LAMPS"),
            (cabin, "CABIN"),
            (wet, "WET"),
            (rain_pane, "RAIN_PANE"),
            (skinned, "SKINNED"),
            (self.reflecting, "ROOM_MIRROR"),
            (probed, "PROBED"),
            (spreading > 0.0, "SPREADING"),
            (soiled, "SOILED"),
        ):
            if wanted:
                defines.append(define)
        shader = self._program("surface.vert.glsl", "surface.frag.glsl", defines)
        state = RenderState.make(shaded(shader, **inputs))
        if two_sided:
            state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none))
        if transparent:
            state = state.set_attrib(over()).set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
            state = state.set_attrib(CullBinAttrib.make("transparent", 0))
        return Material(name, state, transparent)

    def cast(
        self, strength: float, lift_m: float, *, sun_map: bool, flock: bool = False, skinned: bool = False
    ) -> RenderState:
        """The state of a shadow thrown on flat ground; drawn once a pixel however many triangles lie there."""
        asked = (("SUN_MAP", sun_map), ("FLOCK", flock), ("SKINNED", skinned))
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
