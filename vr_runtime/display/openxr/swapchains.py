"""The compositor's images: made, filled from Panda3D's picture, handed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import xr

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.openxr import formats
from vr_runtime.display.openxr.gl import Blitter

_PATIENCE_NS: Final = 1_000_000_000
"""How long the compositor may keep an image; it needs milliseconds."""

_NO_FORMAT = (
    "The OpenXR runtime offers no 8-bit picture format ({offered}), so it cannot take Palier's pictures. Update the "
    "headset's PC software, or use another OpenXR runtime."
)


class Swapchain:
    """Images that hold both eyes side by side, so that one copy and one hand-over serve both.

    Raises:
        xr.exception.ErrorResult: from the runtime.
    """

    def __init__(self, session: Any, kind: int, size: tuple[int, int], *, depth: bool = False) -> None:
        self.kind = kind
        self.size = size
        self._depth = depth
        usage = (
            xr.SwapchainUsageFlags.DEPTH_STENCIL_ATTACHMENT_BIT
            if depth
            else xr.SwapchainUsageFlags.COLOR_ATTACHMENT_BIT | xr.SwapchainUsageFlags.SAMPLED_BIT
        )
        self.handle: Any = xr.create_swapchain(
            session,
            xr.SwapchainCreateInfo(
                usage_flags=usage,
                format=kind,
                sample_count=1,
                width=size[0],
                height=size[1],
                face_count=1,
                array_size=1,
                mip_count=1,
            ),
        )
        images = xr.enumerate_swapchain_images(self.handle, xr.SwapchainImageOpenGLKHR)
        self._images = [int(image.image) for image in images]
        self._patience = xr.SwapchainImageWaitInfo(timeout=_PATIENCE_NS)

    def fill(self, blitter: Blitter, source: int) -> None:
        """Copy OpenGL's texture ``source``, of this size, into the next image and hand it over."""
        index = xr.acquire_swapchain_image(self.handle)
        try:
            xr.wait_swapchain_image(self.handle, self._patience)
            blitter.copy(source, self.size, self._images[index], self.size, depth=self._depth)
        finally:
            xr.release_swapchain_image(self.handle)

    def part(self, index: int) -> Any:
        """The XrSwapchainSubImage of an eye: 0 the left, 1 the right."""
        width, height = self.size[0] // 2, self.size[1]
        return xr.SwapchainSubImage(
            self.handle, xr.Rect2Di(xr.Offset2Di(index * width, 0), xr.Extent2Di(width, height)), 0
        )

    def close(self) -> None:
        xr.destroy_swapchain(self.handle)


def colour_format(offered: Sequence[int]) -> int:
    """Raises DisplayError, NO_SHARING."""
    chosen = formats.choose_colour(offered)
    if chosen is None:
        names = ", ".join(formats.format_name(kind) for kind in offered)
        raise DisplayError(DisplayReason.NO_SHARING, _NO_FORMAT.format(offered=names))
    return chosen
