"""What every display must keep. Each function takes a freshly opened display and breaks nothing for the next."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from vr_runtime.display.port import Display, Frame, Perception, Sensed
from vr_runtime.display.tracked import heading
from vr_runtime.protocol.pose import Hands

Check = Callable[[Display], None]


def _frames(display: Display, count: int) -> list[tuple[Frame, Sensed]]:
    taken: list[tuple[Frame, Sensed]] = []
    for _ in range(count):
        frame = display.begin()
        assert frame is not None
        display.inputs()
        sensed = display.sense(frame)
        taken.append((frame, sensed))
        display.perceive(Perception(frame.now_ns, 0.5, 2.0, (0.0, 1.0, 0.0), True, None))
        display.show(frame, None)
    return taken


def frames_are_numbered_from_one_without_a_gap(display: Display) -> None:
    assert [frame.index for frame, _ in _frames(display, 5)] == [1, 2, 3, 4, 5]


def display_times_rise_strictly_and_lie_after_the_frames_begin(display: Display) -> None:
    frames = [frame for frame, _ in _frames(display, 6)]
    assert all(a.display_ns < b.display_ns for a, b in pairwise(frames))
    assert all(a.now_ns <= b.now_ns for a, b in pairwise(frames))
    assert all(frame.display_ns > frame.now_ns for frame in frames)


def a_head_is_sensed_as_a_unit_quaternion_before_anything_is_shown(display: Display) -> None:
    frame = display.begin()
    assert frame is not None
    head = display.sense(frame).head
    assert head.qx**2 + head.qy**2 + head.qz**2 + head.qw**2 == pytest.approx(1.0, abs=1e-5)
    assert 0.3 < head.z < 2.5


def all_is_well_at_first(display: Display) -> None:
    ((_, sensed),) = _frames(display, 1)
    assert (sensed.tracking, sensed.headset_on, sensed.display_ok) == (True, True, True)
    assert display.guard_tripped is False


def inputs_are_given_once(display: Display) -> None:
    _frames(display, 2)
    display.inputs()
    assert display.inputs() == ()


def recentring_puts_the_head_in_the_middle_facing_ahead_and_keeps_its_height(display: Display) -> None:
    before = _frames(display, 3)[-1][1].head
    display.recentre()
    after = _frames(display, 1)[0][1].head
    # a head keeps moving a little between two frames
    assert (after.x, after.y, heading(after)) == pytest.approx((0.0, 0.0, 0.0), abs=0.03)
    assert after.z == pytest.approx(before.z, abs=0.03)


def its_name_and_rate_are_known(display: Display) -> None:
    assert display.name.isidentifier()
    assert 1.0 <= display.rate_hz <= 1000.0


def closing_twice_is_harmless_and_ends_the_frames(display: Display) -> None:
    _frames(display, 1)
    display.close()
    display.close()
    assert display.begin() is None
    assert display.begin() is None


def nothing_can_be_captured_without_pictures(display: Display) -> None:
    _frames(display, 1)
    if display.graphics is None:
        assert display.capture() is None


def glimpses_are_of_frames_shown_before_and_given_once(display: Display) -> None:
    """Without pictures there is none, and asking does no harm."""
    if display.graphics is None:
        _frames(display, 2)
        assert display.glimpse() is None
        _frames(display, 1)
        assert display.glimpse() is None
        return
    from tests.helpers.rooms import Cue, rooms, stage_of

    stage = stage_of(rooms(), display.graphics)
    try:
        shown: list[Frame] = []
        seen: list[int] = []
        for _ in range(8):
            frame = display.begin()
            assert frame is not None
            head = display.sense(frame).head
            stage.play(Cue(), 1 / 90, head, Hands())  # type: ignore[arg-type]
            display.show(frame, stage.picture(head))
            glimpse = display.glimpse()
            if glimpse is not None:
                assert glimpse.frame in shown
                height, width, channels = glimpse.pixels.shape
                assert channels == 3
                assert width <= display.graphics.preview_width
                assert height <= display.graphics.preview_height
                assert np.ptp(glimpse.pixels) > 30
                seen.append(glimpse.frame.index)
            shown.append(frame)
        assert len(seen) >= 3
        assert len(set(seen)) == len(seen)
        # little older than the frame that it was given after
        assert shown[-1].index - seen[-1] <= 3
    finally:
        stage.close()


def a_strobe_trips_its_flash_guard(display: Display) -> None:
    """What is guarded is what is shown. Without pictures nothing is shown."""
    if display.graphics is None:
        _frames(display, 12)
        assert not display.guard_tripped
        return
    from tests.helpers.rooms import Cue, rooms, stage_of
    from tests.helpers.strobe import Strobe

    stage = stage_of({**rooms(), "room": Strobe(hz=45.0, after_s=0.1)}, display.graphics)
    try:
        tripped: list[bool] = []
        for _ in range(40):
            frame = display.begin()
            assert frame is not None
            head = display.sense(frame).head
            stage.play(Cue(), 1 / 90, head, Hands())  # type: ignore[arg-type]
            display.show(frame, stage.picture(head))
            tripped.append(display.guard_tripped)
        assert not any(tripped[:9])
        assert tripped[-1]
    finally:
        stage.close()


CONTRACT: tuple[Check, ...] = (
    frames_are_numbered_from_one_without_a_gap,
    display_times_rise_strictly_and_lie_after_the_frames_begin,
    a_head_is_sensed_as_a_unit_quaternion_before_anything_is_shown,
    all_is_well_at_first,
    inputs_are_given_once,
    its_name_and_rate_are_known,
    closing_twice_is_harmless_and_ends_the_frames,
    nothing_can_be_captured_without_pictures,
    glimpses_are_of_frames_shown_before_and_given_once,
)
LIVE: tuple[Check, ...] = (
    *CONTRACT,
    recentring_puts_the_head_in_the_middle_facing_ahead_and_keeps_its_height,
    a_strobe_trips_its_flash_guard,
)
"""For displays that are no recording (a recording's poses are what they were)."""
