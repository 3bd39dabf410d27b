"""From the palm joint of a tracked hand to the grip pose that a controller would have there. Pure arithmetic.

OpenXR's palm joint: -Z towards the fingertips, +Y out of the back of the hand. Its grip pose: -Z from the little
finger to the thumb through the closed hand, +X out of the left palm and into the right one; so the fingers of a flat
hand point along -Y. In Palier's axes (convert.py) X stays, -Z becomes +Y, and Y becomes Z: the joint looks along +Y
with the back of the hand up (+Z), the grip's thumb side is +Y and its fingers point along -Z.
"""

from __future__ import annotations

from vr_runtime.protocol.pose import Pose

INTO_THE_HAND_M = 0.015
"""From the palm joint, which lies in the bones, to the palm's skin."""


def grip_of_palm(palm: Pose, left: bool) -> Pose:
    """The grip pose of a hand whose palm joint is at ``palm`` (both in Palier's axes).

    The grip's axes X, Y, Z lie, in the joint's frame, along +Z, -X, -Y of the right hand and along -Z, +X, -Y of the
    left hand: the grip is the joint turned by 120 degrees.
    """
    turn = (0.5, 0.5, -0.5, 0.5) if left else (0.5, -0.5, 0.5, 0.5)
    x, y, z, w = palm.qx, palm.qy, palm.qz, palm.qw
    a, b, c, d = turn
    up = (2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y))
    return Pose(
        palm.x - up[0] * INTO_THE_HAND_M,
        palm.y - up[1] * INTO_THE_HAND_M,
        palm.z - up[2] * INTO_THE_HAND_M,
        w * a + x * d + y * c - z * b,
        w * b - x * c + y * d + z * a,
        w * c + x * b - y * a + z * d,
        w * d - x * a - y * b - z * c,
    )
