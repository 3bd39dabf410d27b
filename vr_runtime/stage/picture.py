"""What the stage hands to the display to render: a root node and how to look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.protocol.pose import Pose


class Picture(NamedTuple):
    """``origin`` is the node of the tracked space in the world: the display hangs its cameras under it, at the
    head's pose. ``scene_root`` is what the cameras render. The neutral shell, blinks and fades are drawn by the
    stage inside ``scene_root`` (a sphere around the head), so that every display shows them alike."""

    scene_root: NodePath
    origin: NodePath
    head: Pose
    single_pass: bool = False
    """Made for drawing both eyes in one pass (``GraphicsSettings.single_pass``)."""
    moving: bool = False
    """The world moves past, as in a drive: the flash guard does not take what passes by for flashes."""
