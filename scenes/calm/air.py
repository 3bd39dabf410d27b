"""The air of the calm place: needed while it is shown, and by the script that paints what the lake mirrors."""

from __future__ import annotations

FOG_COLOUR = (0.60, 0.655, 0.71)
FOG_M = 1250.0
FOG_START_M = 30.0
ZENITH = (0.165, 0.315, 0.62)
HORIZON = (0.66, 0.71, 0.76)
EARTH = (0.10, 0.12, 0.06)
EXPOSURE = -0.15
