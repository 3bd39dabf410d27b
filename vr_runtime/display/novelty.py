"""Whether a picture shows anything that the driver has not been given yet."""

from __future__ import annotations

from panda3d.core import ColorScaleAttrib, NodePath, PandaNode, RenderState


class Novelties:
    """Remembers what pictures have shown: every node with geometry, in every state of its own. Where things stand and
    how they are tinted is nothing new to a driver."""

    def __init__(self) -> None:
        self._known: set[tuple[PandaNode, RenderState]] = set()
        self._tint = ColorScaleAttrib.get_class_slot()

    def shows(self, root: NodePath) -> bool:
        """True where something visible below ``root`` is drawn for the first time."""
        shown = {
            (path.node(), path.get_state().remove_attrib(self._tint))
            for path in root.find_all_matches("**/+GeomNode;-h")
        }
        new = not shown <= self._known
        self._known |= shown
        return new
