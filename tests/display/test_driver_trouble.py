"""A graphics driver that complains or stops never leaves the patient before a picture that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from ctypes import CDLL, CFUNCTYPE, c_uint, c_void_p

import numpy as np
import pytest
from panda3d.core import ClockObject

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shell import Shell

pytestmark = pytest.mark.graphics

SECONDS = 30
"""Longer than it takes Panda3D to have counted its twenty errors, one a second."""
GL_NO_ERROR, NO_SUCH_THING = 0, 0xFFFF


@pytest.fixture
def graphics() -> Iterator[Graphics]:
    made = Graphics(GraphicsSettings(width=64, height=36), "offscreen")
    yield made
    made.close()


@pytest.fixture
def seconds() -> Iterator[None]:
    """Each frame comes a second after the one before, for Panda3D, which looks for errors once a second."""
    clock = ClockObject.get_global_clock()
    clock.mode, clock.dt = ClockObject.M_non_real_time, 1.0
    yield
    clock.mode = ClockObject.M_normal


def of_opengl(name: str, result: object, *arguments: object) -> object:
    egl = CDLL("libEGL.so.1")
    egl.eglGetProcAddress.restype = c_void_p
    return CFUNCTYPE(result, *arguments)(egl.eglGetProcAddress(name.encode()))  # type: ignore[arg-type]


def picture(graphics: Graphics) -> tuple[Shell, Picture]:
    from panda3d.core import NodePath

    root = NodePath("place")
    return Shell(root, graphics.settings), Picture(root, root, Pose(), graphics.settings.single_pass)


def test_a_driver_that_complains_all_the_time_goes_on_drawing(graphics: Graphics, seconds: None) -> None:
    complain = of_opengl("glEnable", None, c_uint)
    shell, seen = picture(graphics)
    shell.show(1.0, 0.0)
    graphics.render(seen)
    bright = graphics.capture()
    for _ in range(SECONDS):
        complain(NO_SUCH_THING)  # type: ignore[operator]
        graphics.render(seen)
    shell.show(0.0, 0.0)
    graphics.render(seen)
    dark = graphics.capture()
    assert bright is not None
    assert dark is not None
    assert np.abs(bright.astype(int) - dark).max() > 8, "the picture stood still"


def test_a_frame_makes_no_error_of_its_own(graphics: Graphics) -> None:
    found = of_opengl("glGetError", c_uint)
    _, seen = picture(graphics)
    for _ in range(3):
        graphics.render(seen)
        assert found() == GL_NO_ERROR  # type: ignore[operator]


def test_a_driver_that_has_stopped_drawing_is_an_error_and_no_still_picture(graphics: Graphics) -> None:
    _, seen = picture(graphics)
    graphics.render(seen)
    graphics.output.get_gsg().set_active(False)
    with pytest.raises(DisplayError) as caught:
        graphics.render(seen)
    assert caught.value.reason is DisplayReason.STOPPED_DRAWING
    graphics.output.get_gsg().set_active(True)
