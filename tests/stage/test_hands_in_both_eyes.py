"""Hands and rating panel in two eyes: one pass draws what two passes draw."""

from __future__ import annotations

import pytest

from tests.helpers.looks import lit
from tests.helpers.two_eyes import LOOKS, WAYS, Looking, Subject, alike, seen
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Rated, Scale
from vr_runtime.stage.hands import HandModels
from vr_runtime.stage.panel import PanelModel
from vr_runtime.stage.panel_layout import Panel, placed
from vr_runtime.stage.scene import Viewpoint

pytestmark = pytest.mark.graphics

ASKED = Panel(placed(0.0, 0.0, 0.0, 1.6), Rated.DISTRESS, Scale.SUDS_100, 65.0, (0.1, -0.1))
GRIPS = Hands(Pose(-0.15, 0.5, 1.45), Pose(0.15, 0.5, 1.45))
SPACE = Viewpoint(0.2, -0.3, 0.1, 8.0, 2.0, -3.0)


def hands_and_panel(subject: Subject) -> None:
    root = lit(subject).root
    panel, hands = PanelModel(subject.settings, "en"), HandModels(subject.settings)
    panel.show(root, SPACE, ASKED)
    hands.show(root, SPACE, GRIPS)
    hands.stand_before(True)


@pytest.mark.parametrize("msaa", [0, 4])
def test_one_pass_and_two_passes_draw_the_same_hands_and_panel(looking: Looking, msaa: int) -> None:
    two, single = (seen(looking(way, msaa), hands_and_panel, LOOKS) for way in WAYS)
    for expected, found in zip(two, single, strict=True):
        for eye in (0, 1):
            mean, share = alike(expected[eye], found[eye])
            assert mean < 0.25
            assert share < 0.004
        assert alike(expected[0], expected[1])[1] > 0.02
