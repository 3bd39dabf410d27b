"""What the patient's hands and eyes say in one frame."""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.pose import Hands, Pose


class Controls(NamedTuple):
    """All poses lie in the tracked space's outer frame (before recentring), in Palier's axes."""

    grips: Hands = Hands()
    """Where the hands hold their controllers (or the palms, with hand tracking)."""
    aims: Hands = Hands()
    """Where they point from; +Y is the pointing direction."""
    eye: Pose | None = None
    """Direction of gaze of an eye tracker; None where there is none. Head direction never stands in for it."""
    stop: bool = False
    """A STOP button went down since the last frame, on either hand."""
    end: bool = False
    """The end chord (both menu/secondary buttons held for two seconds) was completed since the last frame."""
    select: bool = False
    """A trigger (or a pinch) went down since the last frame."""
    stick: tuple[float, float] = (0.0, 0.0)
    """The stick or pad that is pushed further, -1 to 1, x to the right, y up."""
    profiles: tuple[str, str] = ("", "")
    """Interaction profiles that the runtime bound to the left and right hand; empty: none."""


NOTHING = Controls()
