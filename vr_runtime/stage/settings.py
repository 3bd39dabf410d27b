"""How pictures are made: one frozen value, and the one place that turns it into Panda3D's configuration.

Nothing here touches the process: the display that opens graphics hands :func:`prc` to Panda3D itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quality = Literal["low", "normal", "high"]
Stereo = Literal["auto", "single", "two"]


@dataclass(frozen=True)
class GraphicsSettings:
    """Everything that decides what a rendered frame costs and looks like."""

    width: int = 640
    """Pixels of one eye's picture."""
    height: int = 360
    msaa: int = 0
    """Samples a pixel for antialiasing; 0 or 1: none."""
    fov_deg: float = 90.0
    """Horizontal field of view; a headset brings its own."""
    eyes: int = 1
    stereo: Stereo = "auto"
    """How two eyes are drawn: in a ``single`` pass, in ``two``, or as suits the driver. The display that opens
    graphics decides; the stage is given the display's own settings, where it is decided."""
    near_m: float = 0.05
    far_m: float = 2000.0
    anisotropy: int = 1
    """Texture samples along a slanting surface; 1: none. Dear on software rendering."""
    quality: Quality = "normal"
    """``low`` leaves out normal maps and moving clouds."""
    preview_width: int = 640
    preview_height: int = 360
    gl_debug: bool = False
    """Panda3D reports every OpenGL error (slow)."""

    def __post_init__(self) -> None:
        if self.width < 16 or self.height < 16:
            raise ValueError(f"a picture of {self.width}x{self.height} is too small; at least 16x16")
        if self.eyes not in (1, 2):
            raise ValueError(f"{self.eyes} eyes: there are 1 or 2")
        if not 10.0 <= self.fov_deg <= 150.0:
            raise ValueError(f"a field of view of {self.fov_deg:g} degrees; between 10 and 150")
        if not 0.0 < self.near_m < self.far_m:
            raise ValueError("the near plane must lie before the far plane")

    @property
    def single_pass(self) -> bool:
        """Whether one pass draws both eyes; the shaders have to know."""
        return self.eyes == 2 and self.stereo == "single"

    @property
    def samples(self) -> int:
        """Samples a pixel as the framebuffer is asked for them: 0 where there is no antialiasing."""
        return self.msaa if self.msaa > 1 else 0


def prc(settings: GraphicsSettings) -> str:
    """Panda3D's configuration for these settings, as the text of a PRC page.

    A core profile (every node has a shader), no rescaling of textures, no vertical synchronisation by the
    driver (the display paces the loop), no sound (the sound port opens it where it is wanted).
    """
    lines = {
        "gl-version": "3 3",
        "window-type": "none",
        "textures-power-2": "none",
        "sync-video": "0",
        "audio-library-name": "null",
        "threading-model": "",
        "gl-debug": str(int(settings.gl_debug)),
        "gl-check-errors": str(int(settings.gl_debug)),
        # After so many errors, looked for once a second, Panda3D draws nothing more for good: the patient would stand
        # before a still picture. An error is a line in the log and no reason for that.
        "gl-max-errors": str(2**31 - 1),
        "texture-anisotropic-degree": str(max(1, settings.anisotropy)),
        "texture-minfilter": "linear_mipmap_linear",
        "notify-level": "error",
        "default-directnotify-level": "error",
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())
