"""How the runtime's compositor and Panda3D share OpenGL: by EGL, by GLX, by WGL.

A binding is made from the context that is current on the calling thread (Panda3D's, after a rendered frame), and can
make it current again: some runtimes switch it, and tear-down lends it to another thread.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any, Final, Protocol

import xr

OPENGL: Final = "XR_KHR_opengl_enable"
EGL: Final = "XR_MNDX_egl_enable"
MORE: Final = () if sys.platform == "win32" else (EGL,)
"""Taken besides OPENGL, where offered."""


class BindingError(RuntimeError):
    """There is no current context of the kind that is needed."""


class Binding(Protocol):
    """See the module."""

    name: str

    def structure(self) -> Any:
        """The XrGraphicsBinding... of the context, for XrSessionCreateInfo's chain. Keep it alive."""
        ...

    def address(self, function: str) -> int:
        """Of an OpenGL function; 0 where there is none."""
        ...

    def ensure(self) -> None:
        """Make the context current on this thread, if it is not."""
        ...

    def release(self) -> None:
        """Make no context current on this thread, so that another one may take it."""
        ...


PREFERENCE: Final = "PALIER_OPENGL"
"""Environment variable: ``xlib`` takes GLX where the runtime offers EGL as well (a driver whose EGL finds another
graphics card than the desktop's)."""


def wanted(offered: frozenset[str]) -> str | None:
    """Which binding suits what the runtime offers; None where the runtime does not speak OpenGL."""
    if OPENGL not in offered:
        return None
    if sys.platform == "win32":
        return "Win32"
    return "EGL" if EGL in offered and os.environ.get(PREFERENCE) != "xlib" else "Xlib"


def make_binding(name: str) -> Binding:
    """Raises BindingError."""
    if sys.platform == "win32":
        return Win32Binding()
    return EglBinding() if name == "EGL" else XlibBinding()


def _functions(library: Any, signatures: dict[str, tuple[Any, tuple[Any, ...]]]) -> None:
    for function, (result, arguments) in signatures.items():
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments


_p, _i = ctypes.c_void_p, ctypes.c_int
_ints = ctypes.POINTER(ctypes.c_int)


class EglBinding:
    """XR_MNDX_egl_enable: no X server is needed (Monado and its kin)."""

    name = "EGL"

    def __init__(self) -> None:
        egl: Any = ctypes.CDLL("libEGL.so.1")
        _functions(
            egl,
            {
                "eglGetCurrentDisplay": (_p, ()),
                "eglGetCurrentContext": (_p, ()),
                "eglGetCurrentSurface": (_p, (_i,)),
                "eglQueryContext": (_i, (_p, _p, _i, _ints)),
                "eglChooseConfig": (_i, (_p, _ints, ctypes.POINTER(_p), _i, _ints)),
                "eglMakeCurrent": (_i, (_p, _p, _p, _p)),
                "eglGetProcAddress": (_p, (ctypes.c_char_p,)),
            },
        )
        self._egl = egl
        self._display = egl.eglGetCurrentDisplay()
        self._context = egl.eglGetCurrentContext()
        if not self._display or not self._context:
            raise BindingError("no EGL context is current")
        self._draw, self._read = (egl.eglGetCurrentSurface(which) for which in (0x3059, 0x305A))

    def structure(self) -> Any:
        made: Any = xr.GraphicsBindingEGLMNDX()
        kinds = dict(xr.GraphicsBindingEGLMNDX._fields_)
        made.display = ctypes.cast(self._display, kinds["display"])
        made.context = ctypes.cast(self._context, kinds["context"])
        made.config = ctypes.cast(self._config(), kinds["config"])
        made.get_proc_address = ctypes.cast(self._egl.eglGetProcAddress, kinds["get_proc_address"])
        return made

    def _config(self) -> int:
        identity, count, config = ctypes.c_int(), ctypes.c_int(), _p()
        self._egl.eglQueryContext(self._display, self._context, 0x3028, ctypes.byref(identity))
        named = (ctypes.c_int * 3)(0x3028, identity.value, 0x3038)  # EGL_CONFIG_ID, its value, EGL_NONE
        found = self._egl.eglChooseConfig(self._display, named, ctypes.byref(config), 1, ctypes.byref(count))
        if not found or not count.value or config.value is None:
            raise BindingError("the EGL context has no configuration")
        return config.value

    def address(self, function: str) -> int:
        return self._egl.eglGetProcAddress(function.encode()) or 0

    def ensure(self) -> None:
        if self._egl.eglGetCurrentContext() != self._context:
            self._egl.eglMakeCurrent(self._display, self._draw, self._read, self._context)

    def release(self) -> None:
        self._egl.eglMakeCurrent(self._display, None, None, None)


class XlibBinding:
    """XR_KHR_opengl_enable with GLX: a runtime on an X desktop (SteamVR)."""

    name = "Xlib"

    def __init__(self) -> None:
        glx: Any = ctypes.CDLL("libGL.so.1")
        _functions(
            glx,
            {
                "glXGetCurrentDisplay": (_p, ()),
                "glXGetCurrentContext": (_p, ()),
                "glXGetCurrentDrawable": (ctypes.c_ulong, ()),
                "glXQueryContext": (_i, (_p, _p, _i, _ints)),
                "glXChooseFBConfig": (ctypes.POINTER(_p), (_p, _i, _ints, _ints)),
                "glXGetFBConfigAttrib": (_i, (_p, _p, _i, _ints)),
                "glXMakeCurrent": (_i, (_p, ctypes.c_ulong, _p)),
                "glXGetProcAddressARB": (_p, (ctypes.c_char_p,)),
            },
        )
        self._glx = glx
        self._display = glx.glXGetCurrentDisplay()
        self._context = glx.glXGetCurrentContext()
        self._drawable = glx.glXGetCurrentDrawable()
        if not self._display or not self._context:
            raise BindingError("no GLX context is current")

    def structure(self) -> Any:
        config = self._config()
        visual = ctypes.c_int()
        self._glx.glXGetFBConfigAttrib(self._display, config, 0x800B, ctypes.byref(visual))  # GLX_VISUAL_ID
        made: Any = xr.GraphicsBindingOpenGLXlibKHR()
        kinds = dict(xr.GraphicsBindingOpenGLXlibKHR._fields_)
        made.x_display = ctypes.cast(self._display, kinds["x_display"])
        made.visualid = visual.value
        made.glx_fbconfig = ctypes.cast(config, kinds["glx_fbconfig"])
        made.glx_drawable = self._drawable
        made.glx_context = ctypes.cast(self._context, kinds["glx_context"])
        return made

    def _config(self) -> int:
        identity, screen, count = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
        self._glx.glXQueryContext(self._display, self._context, 0x8013, ctypes.byref(identity))
        self._glx.glXQueryContext(self._display, self._context, 0x800C, ctypes.byref(screen))
        named = (ctypes.c_int * 3)(0x8013, identity.value, 0)  # GLX_FBCONFIG_ID, its value, None
        found = self._glx.glXChooseFBConfig(self._display, screen.value, named, ctypes.byref(count))
        if not found or not count.value or not found[0]:
            raise BindingError("the GLX context has no configuration")
        return int(found[0])

    def address(self, function: str) -> int:
        return self._glx.glXGetProcAddressARB(function.encode()) or 0

    def ensure(self) -> None:
        if self._glx.glXGetCurrentContext() != self._context:
            self._glx.glXMakeCurrent(self._display, self._drawable, self._context)

    def release(self) -> None:
        self._glx.glXMakeCurrent(self._display, 0, None)


class Win32Binding:
    """XR_KHR_opengl_enable with WGL. Written and type-checked; never run (docs/openxr.md)."""

    name = "Win32"

    def __init__(self) -> None:
        if sys.platform != "win32":
            raise BindingError("WGL is Windows'")
        wgl: Any = ctypes.WinDLL("opengl32")
        _functions(
            wgl,
            {
                "wglGetCurrentDC": (_p, ()),
                "wglGetCurrentContext": (_p, ()),
                "wglMakeCurrent": (_i, (_p, _p)),
                "wglGetProcAddress": (_p, (ctypes.c_char_p,)),
            },
        )
        self._wgl = wgl
        self._dc = wgl.wglGetCurrentDC()
        self._context = wgl.wglGetCurrentContext()
        if not self._dc or not self._context:
            raise BindingError("no WGL context is current")

    def structure(self) -> Any:
        made: Any = xr.GraphicsBindingOpenGLWin32KHR()  # type: ignore[attr-defined]
        kinds = dict(type(made)._fields_)
        made.h_dc = ctypes.cast(self._dc, kinds["h_dc"])
        made.h_glrc = ctypes.cast(self._context, kinds["h_glrc"])
        return made

    def address(self, function: str) -> int:
        found = self._wgl.wglGetProcAddress(function.encode()) or 0
        if found > 3:  # small numbers are failures too
            return found
        # what OpenGL 1.1 had is in the library itself
        plain = getattr(self._wgl, function, None)
        return 0 if plain is None else ctypes.cast(plain, _p).value or 0

    def ensure(self) -> None:
        if self._wgl.wglGetCurrentContext() != self._context:
            self._wgl.wglMakeCurrent(self._dc, self._context)

    def release(self) -> None:
        self._wgl.wglMakeCurrent(None, None)
