"""The few OpenGL calls between Panda3D's picture and the compositor's image.

Spoken through ctypes: PyOpenGL asks for errors after each call and looks the context up in GLX, which is not where
an off-screen EGL context lives.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Final

TEXTURE_2D: Final = 0x0DE1
_READ_FRAMEBUFFER: Final = 0x8CA8
_DRAW_FRAMEBUFFER: Final = 0x8CA9
_DRAW_BINDING: Final = 0x8CA6
_READ_BINDING: Final = 0x8CAA
_COLOR0: Final = 0x8CE0
_DEPTH: Final = 0x8D00
_COLOR_BIT: Final = 0x4000
_DEPTH_BIT: Final = 0x0100
_NEAREST: Final = 0x2600
_SCISSOR_TEST: Final = 0x0C11
_FRAMEBUFFER_SRGB: Final = 0x8DB9
_COMPLETE: Final = 0x8CD5

_uint, _int, _enum = ctypes.c_uint, ctypes.c_int, ctypes.c_uint
_uints = ctypes.POINTER(ctypes.c_uint)
_SIGNATURES: Final[dict[str, tuple[Any, tuple[Any, ...]]]] = {
    "glGenFramebuffers": (None, (_int, _uints)),
    "glDeleteFramebuffers": (None, (_int, _uints)),
    "glBindFramebuffer": (None, (_enum, _uint)),
    "glFramebufferTexture2D": (None, (_enum, _enum, _enum, _uint, _int)),
    "glBlitFramebuffer": (None, (_int,) * 8 + (_uint, _enum)),
    "glCheckFramebufferStatus": (_enum, (_enum,)),
    "glGetIntegerv": (None, (_enum, ctypes.POINTER(_int))),
    "glIsEnabled": (ctypes.c_ubyte, (_enum,)),
    "glEnable": (None, (_enum,)),
    "glDisable": (None, (_enum,)),
    "glGetError": (_enum, ()),
}

make_function: Any = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)
"""OpenGL's calling convention: stdcall on (32-bit) Windows."""


class GlError(RuntimeError):
    """The driver would not copy the picture."""


class Blitter:
    """Copies textures of the current context into the compositor's.

    Args:
        address: of an OpenGL function, by name; 0 where there is none.

    Raises:
        GlError: a function is missing, here; a copy is impossible, in :meth:`copy`.
    """

    def __init__(self, address: Callable[[str], int]) -> None:
        self._gl: dict[str, Callable[..., Any]] = {}
        for name, (result, arguments) in _SIGNATURES.items():
            where = address(name)
            if not where:
                raise GlError(f"the OpenGL driver has no {name}")
            self._gl[name] = make_function(result, *arguments)(where)
        self._frames = (ctypes.c_uint * 2)()
        self._gl["glGenFramebuffers"](2, self._frames)
        self._checked: set[tuple[int, int]] = set()
        self._value = ctypes.c_int()

    def copy(
        self,
        source: int,
        size: tuple[int, int],
        target: int,
        target_size: tuple[int, int],
        depth: bool = False,
    ) -> None:
        """All of a texture into all of another one, byte for byte where the sizes are equal.

        Panda3D's own state is as before afterwards: it remembers what it has bound and would not ask again.
        """
        gl = self._gl
        drawn, read = self._bound(_DRAW_BINDING), self._bound(_READ_BINDING)
        scissor, srgb = gl["glIsEnabled"](_SCISSOR_TEST), gl["glIsEnabled"](_FRAMEBUFFER_SRGB)
        point, bit = (_DEPTH, _DEPTH_BIT) if depth else (_COLOR0, _COLOR_BIT)
        # the picture is encoded already: with conversion on, it would be encoded twice
        for state, on in ((_SCISSOR_TEST, scissor), (_FRAMEBUFFER_SRGB, srgb)):
            if on:
                gl["glDisable"](state)
        try:
            gl["glBindFramebuffer"](_READ_FRAMEBUFFER, self._frames[0])
            gl["glFramebufferTexture2D"](_READ_FRAMEBUFFER, point, TEXTURE_2D, source, 0)
            gl["glBindFramebuffer"](_DRAW_FRAMEBUFFER, self._frames[1])
            gl["glFramebufferTexture2D"](_DRAW_FRAMEBUFFER, point, TEXTURE_2D, target, 0)
            if (source, target) not in self._checked:
                self._check(source, target)
            gl["glBlitFramebuffer"](0, 0, *size, 0, 0, *target_size, bit, _NEAREST)
            # let go, so that neither side's texture lives on because of us
            gl["glFramebufferTexture2D"](_DRAW_FRAMEBUFFER, point, TEXTURE_2D, 0, 0)
            gl["glFramebufferTexture2D"](_READ_FRAMEBUFFER, point, TEXTURE_2D, 0, 0)
        finally:
            gl["glBindFramebuffer"](_READ_FRAMEBUFFER, read)
            gl["glBindFramebuffer"](_DRAW_FRAMEBUFFER, drawn)
            for state, on in ((_SCISSOR_TEST, scissor), (_FRAMEBUFFER_SRGB, srgb)):
                if on:
                    gl["glEnable"](state)

    def errors(self) -> tuple[int, ...]:
        """What glGetError holds, and empty it: some runtimes leave errors behind that Panda3D would take for its
        own."""
        found: list[int] = []
        while (error := self._gl["glGetError"]()) and len(found) < 8:
            found.append(error)
        return tuple(found)

    def close(self) -> None:
        """With the context current."""
        self._gl["glDeleteFramebuffers"](2, self._frames)

    def _check(self, source: int, target: int) -> None:
        for which in (_READ_FRAMEBUFFER, _DRAW_FRAMEBUFFER):
            status = self._gl["glCheckFramebufferStatus"](which)
            if status != _COMPLETE:
                raise GlError(f"the compositor's image cannot be drawn into ({status:#x})")
        self._checked.add((source, target))

    def _bound(self, which: int) -> int:
        self._gl["glGetIntegerv"](which, ctypes.byref(self._value))
        return self._value.value
