"""In which order things are drawn: Panda3D's cull bins and ours."""

from __future__ import annotations

from panda3d.core import CullBinManager

SKY = "palier_sky"
"""After what is opaque (Panda3D's bin at 20), so that only the pixels left over are coloured."""
GROUND_SHADOW = "palier_ground_shadow"
"""Before what is transparent (30), so that glass lies over shadows."""
VIGNETTE = "palier_vignette"
"""Over the scene and its hands, under the panel."""
PANEL = "palier_panel"
"""After everything that a scene can draw (Panda3D's last bin is at 50)."""
HANDS = "palier_hands"
"""Where hands are drawn while the panel is shown: before it."""
SHELL = "palier_shell"
"""After everything else."""


def ready() -> None:
    """Make our bins known to Panda3D; called by whoever makes nodes for them, any number of times."""
    manager = CullBinManager.get_global_ptr()
    for name, kind, sort in (
        (SKY, CullBinManager.BT_fixed, 25),
        (GROUND_SHADOW, CullBinManager.BT_fixed, 28),
        (VIGNETTE, CullBinManager.BT_fixed, 890),
        (PANEL, CullBinManager.BT_fixed, 900),
        (HANDS, CullBinManager.BT_fixed, 950),
        (SHELL, CullBinManager.BT_fixed, 1000),
    ):
        if manager.find_bin(name) < 0:
            manager.add_bin(name, kind, sort)
