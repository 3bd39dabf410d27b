"""What a rehearsal need not draw again, and what it must."""

from __future__ import annotations

import pytest
from panda3d.core import GeomNode, NodePath, RenderModeAttrib, RenderState

from vr_runtime.display.novelty import Novelties

pytestmark = pytest.mark.graphics


def thing(parent: NodePath, name: str) -> NodePath:
    return parent.attach_new_node(GeomNode(name))


def test_what_was_shown_is_new_once_wherever_it_moves_and_however_it_is_tinted() -> None:
    root, novelties = NodePath("root"), Novelties()
    door = thing(root, "door")
    assert novelties.shows(root)
    assert not novelties.shows(root)
    door.set_pos(1, 2, 3)
    door.set_color_scale(0.5, 0.5, 0.5, 1.0)
    assert not novelties.shows(root)


def test_a_new_thing_a_new_state_and_what_was_hidden_are_new() -> None:
    root, novelties = NodePath("root"), Novelties()
    door, room = thing(root, "door"), root.attach_new_node("room")
    thing(room, "lamp")
    room.hide()
    assert novelties.shows(root)
    room.show()
    assert novelties.shows(root), "what an ancestor hid was not drawn"
    assert not novelties.shows(root)
    door.set_state(RenderState.make(RenderModeAttrib.make(RenderModeAttrib.M_wireframe)))
    assert novelties.shows(root)
    thing(room, "another lamp")
    assert novelties.shows(root)
    assert not novelties.shows(root)


def test_a_node_that_is_gone_is_not_mistaken_for_one_in_its_place() -> None:
    root, novelties = NodePath("root"), Novelties()
    for number in range(50):
        made = thing(root, f"thing {number}")
        assert novelties.shows(root)
        made.remove_node()
