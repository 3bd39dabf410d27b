"""``python -m vr_runtime.display.openxr.probe``: what the headset's runtime offers, as JSON on the last line.

For the doctor, which runs it in a process of its own: importing ``xr`` changes a process, and a runtime may hang. A
session is made and not begun, so a running program keeps the headset.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import xr
from panda3d.core import GraphicsEngine

from vr_runtime.display.graphics import Graphics
from vr_runtime.display.openxr import formats
from vr_runtime.display.openxr.bindings import WANTED_EXTENSIONS, offered
from vr_runtime.display.openxr.gl import Blitter, GlError
from vr_runtime.display.openxr.instance import WANTED, Reached, discard, reach_patiently, words
from vr_runtime.display.openxr.session import EyeKind, XrSession, recommended_size
from vr_runtime.display.openxr.sharing import BindingError, make_binding
from vr_runtime.display.openxr.space import NAMES
from vr_runtime.protocol.errors import PalierError
from vr_runtime.stage.settings import GraphicsSettings


def probe() -> dict[str, Any]:
    """Everything that could be found out; ``problem`` (for people, with what to do) where it ended early."""
    found: dict[str, Any] = {}
    try:
        reached = reach_patiently(WANTED_EXTENSIONS)
    except PalierError as problem:
        return {"problem": str(problem)}
    try:
        found["runtime"], found["headset"] = reached.runtime, reached.headset
        found["sharing"] = reached.binding
        found["taken"] = sorted(reached.extensions)
        found["lacking"] = sorted({*WANTED, *WANTED_EXTENSIONS} - reached.extensions)
        found["controllers"] = [profile.rsplit("/", 1)[-1] for profile in offered(reached.extensions)]
        found["size"] = recommended_size(reached)
        found |= _with_graphics(reached)
    except (PalierError, BindingError, GlError) as problem:
        found["problem"] = str(problem)
    except xr.XrException as problem:
        found["problem"] = (
            f"the runtime went away again ({words(problem)}): restart the headset's PC software"
        )
    finally:
        discard(reached.instance)
    return found


def _with_graphics(reached: Reached) -> dict[str, Any]:
    small = replace(GraphicsSettings(), width=16, height=16, eyes=2)
    graphics = Graphics(small, "offscreen" if reached.binding == "EGL" else "hidden")
    try:
        GraphicsEngine.get_global_ptr().render_frame()
        binding = make_binding(reached.binding)
        kind = EyeKind(16, 16, small.near_m, small.far_m, depth=False)
        session = XrSession(reached, binding, Blitter(binding.address), kind, 1000.0)
        try:
            return {
                "renderer": graphics.renderer,
                "format": formats.format_name(session.format),
                "formats": [
                    formats.format_name(int(kind)) for kind in xr.enumerate_swapchain_formats(session.handle)
                ],
                "rates_hz": [round(rate, 1) for rate in session.refresh_rates()],
                "spaces": [NAMES[kind] for kind in session.spaces if kind in NAMES],
                "space": session.base.name,
                "room_m": session.bounds_m(),
            }
        finally:
            session.close()
    finally:
        graphics.close()


if __name__ == "__main__":
    print("\n" + json.dumps(probe()))  # noqa: T201  (whoever reads it wants it on its own line)
