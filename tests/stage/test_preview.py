"""The preview never makes the loop wait, and shows the newest frame."""

from __future__ import annotations

import threading
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from vr_runtime.stage.preview import Preview, PreviewImage, encode

WAIT_S = 20.0


def frame(value: int, size: tuple[int, int] = (36, 64)) -> np.ndarray:
    return np.full((*size, 3), value, dtype=np.uint8)


class Viewer:
    """Takes what is delivered, and can hold the encoder up."""

    def __init__(self) -> None:
        self.images: list[PreviewImage] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Semaphore(0)
        self.delivered = threading.Semaphore(0)

    def take(self, image: PreviewImage) -> None:
        self.entered.release()
        assert self.gate.wait(WAIT_S)
        self.images.append(image)
        self.delivered.release()


def test_a_frame_comes_out_as_a_jpeg_of_the_same_picture() -> None:
    viewer = Viewer()
    preview = Preview(viewer.take)
    pixels = frame(0)
    pixels[:, 32:] = (200, 100, 50)
    preview.offer(123, 7, pixels)
    assert viewer.delivered.acquire(timeout=WAIT_S)
    preview.close()
    (image,) = viewer.images
    assert (image.t_ns, image.frame, image.width, image.height) == (123, 7, 64, 36)
    back = np.asarray(Image.open(BytesIO(image.jpeg)))
    assert back.shape == (36, 64, 3)
    np.testing.assert_allclose(back[18, 50], (200, 100, 50), atol=6)
    np.testing.assert_allclose(back[18, 10], (0, 0, 0), atol=6)


def test_a_large_frame_is_made_smaller_in_its_own_proportions() -> None:
    width, height, jpeg = encode(frame(90, (720, 1000)), (640, 360))
    assert (width, height) == (500, 360)
    assert Image.open(BytesIO(jpeg)).size == (500, 360)


def test_frames_are_wanted_no_more_often_than_the_rate() -> None:
    viewer = Viewer()
    preview = Preview(viewer.take, rate_hz=10.0)
    taken = []
    for i in range(90):
        t_ns = i * 11_111_111
        if preview.wants(t_ns):
            preview.offer(t_ns, i, frame(i))
            taken.append(i)
            assert viewer.delivered.acquire(timeout=WAIT_S)
            while preview._busy:  # the encoder is about to say that it is free
                threading.Event().wait(0.001)
    preview.close()
    assert 9 <= len(taken) <= 11


def test_while_the_encoder_is_busy_nothing_is_wanted_and_offering_does_not_wait() -> None:
    viewer = Viewer()
    viewer.gate.clear()
    preview = Preview(viewer.take, rate_hz=1000.0)
    preview.offer(0, 1, frame(10))
    assert viewer.entered.acquire(timeout=WAIT_S)
    assert not preview.wants(10**9)
    # offered all the same, these wait for the encoder; the last one wins
    for number in (2, 3, 4):
        preview.offer(number * 10**9, number, frame(number))
    viewer.gate.set()
    assert viewer.delivered.acquire(timeout=WAIT_S)
    assert viewer.delivered.acquire(timeout=WAIT_S)
    preview.close()
    assert [image.frame for image in viewer.images] == [1, 4]


def test_closing_twice_is_harmless_and_ends_the_thread() -> None:
    before = threading.active_count()
    preview = Preview(lambda image: None)
    preview.close()
    preview.close()
    assert threading.active_count() == before


@pytest.mark.parametrize("problem", [OSError("gone"), RuntimeError("closed")])
def test_a_viewer_that_fails_does_not_end_the_preview(problem: Exception) -> None:
    failed = threading.Event()
    good = threading.Event()

    def deliver(image: PreviewImage) -> None:
        if image.frame == 1:
            failed.set()
            raise problem
        good.set()

    preview = Preview(deliver)
    preview.offer(0, 1, frame(1))
    assert failed.wait(WAIT_S)
    preview.offer(10**9, 2, frame(2))
    assert good.wait(WAIT_S)
    preview.close()
