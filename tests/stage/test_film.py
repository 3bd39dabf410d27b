"""A film shows the moments that it says, fires what it is told when it is told, and refuses in one clear line."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.helpers.rooms import Room
from tests.helpers.session import runtime
from tests.helpers.strobe import Strobe, manifest_of, packs_with
from vr_runtime.catalogue import CatalogueError
from vr_runtime.film import FilmError, FilmReason, Reel, Studio, firing, save_film, save_sound
from vr_runtime.stage.settings import GraphicsSettings

TINY = GraphicsSettings(width=32, height=24)


def filmed(scene: Room, reel: Reel) -> list[np.ndarray]:
    studio = Studio(manifest_of(reel.scene), scene, TINY)
    try:
        return list(studio.film(reel))
    finally:
        studio.close()


@pytest.mark.graphics
def test_frame_k_shows_the_moment_k_over_the_rate() -> None:
    room = Room()
    frames = filmed(room, Reel("room", 1, seconds=1.0, rate_hz=24.0))
    assert len(frames) == 24
    moments = [row[1] for row in room.told if row[0] == "update"]
    assert moments == pytest.approx([k / 24 for k in range(24)], abs=1e-5)


@pytest.mark.graphics
def test_what_moves_is_seen_to_move_at_its_moment() -> None:
    frames = filmed(Strobe(hz=2.0), Reel("strobe", 1, seconds=1.0, rate_hz=20.0))
    light = [float(frame.mean()) > 130 for frame in frames]
    assert light == [(int(4 * k / 20 + 1e-6) % 2) == 1 for k in range(20)]


@pytest.mark.graphics
def test_a_trigger_is_fired_once_in_the_first_frame_at_or_after_its_moment() -> None:
    room = Room()
    filmed(room, Reel("room", 1, ((0.26, "jump"), (0.5, "jump")), 1.0, 10.0))
    told = [row[0] for row in room.told if row[0] in ("update", "fire")]
    before = [told[: index + 1].count("update") for index, what in enumerate(told) if what == "fire"]
    assert before == [3, 5]  # frame 3 is at 0.3 s, frame 5 at 0.5 s


@pytest.mark.graphics
def test_the_step_s_values_are_the_scene_s(tmp_path: Path) -> None:
    room = Room()
    filmed(room, Reel("room", 1, seconds=0.1, rate_hz=10.0))
    assert room.told[0][:2] == ("begin", {"distance": 4.0})


def test_a_trigger_s_moment_is_one_second_unless_it_is_said() -> None:
    assert firing("gust") == (1.0, "gust")
    assert firing("gust@2.5") == (2.5, "gust")
    with pytest.raises(FilmError, match="TRIGGER@SECONDS"):
        firing("gust@soon")


@pytest.mark.parametrize(
    ("reel", "reason", "words"),
    [
        (Reel("strobe", 1, ((1.0, "shout"),)), FilmReason.UNKNOWN_TRIGGER, "it has: jump"),
        (Reel("strobe", 1, ((9.0, "jump"),)), FilmReason.NO_SUCH_MOMENT, "from 0 to 5 s"),
    ],
)
def test_what_cannot_be_fired_is_refused(reel: Reel, reason: FilmReason, words: str, tmp_path: Path) -> None:
    with pytest.raises(FilmError, match=words) as caught:
        save_film(packs_with(Strobe()), reel, TINY, tmp_path / "out")
    assert caught.value.reason is reason
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("reel", "words"), [(Reel("nowhere"), "there is: baseline_room"), (Reel("strobe", 7), "steps 1 to 1")]
)
def test_an_unknown_scene_or_step_is_refused(reel: Reel, words: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=words):
        save_film(packs_with(Strobe()), reel, TINY, tmp_path)


def test_what_goes_wrong_in_the_process_that_listens_is_told(tmp_path: Path) -> None:
    """It knows the installed scenes alone; this one is not among them."""
    with pytest.raises(FilmError, match="there is no scene 'strobe'") as caught:
        save_sound(packs_with(Strobe()), Reel("strobe", 1, seconds=0.1), tmp_path / "heard.wav")
    assert caught.value.reason is FilmReason.NO_SOUND
    assert not (tmp_path / "heard.wav").exists()


def test_an_older_film_is_not_mixed_with_a_new_one(tmp_path: Path) -> None:
    (tmp_path / "00042.png").touch()
    with pytest.raises(FilmError, match="another folder"):
        save_film(packs_with(Strobe()), Reel("strobe", 1), TINY, tmp_path)


@pytest.mark.slow
@pytest.mark.graphics
def test_the_command_leaves_numbered_pictures_and_what_was_heard(tmp_path: Path) -> None:
    done = runtime(
        "film", "--scene", "heights", "--step", "10", "--fire", "gust@0.5", "--seconds", "1.5", "--rate", "6",
        "--size", "64x36", "--out", tmp_path / "film", "--sound", tmp_path / "heard.wav",
        home=tmp_path / "home",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(tmp_path / "heard.wav"), str(tmp_path / "film")]
    names = sorted(path.name for path in (tmp_path / "film").iterdir())
    assert names == [f"{k:05}.png" for k in range(9)]
    with Image.open(tmp_path / "film" / "00008.png") as picture:
        assert picture.size == (64, 36)
    with wave.open(str(tmp_path / "heard.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        assert file.getnframes() == round(1.5 * file.getframerate())
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.abs(samples).max() > 300


@pytest.mark.slow
def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    for words, arguments in {
        "there is no scene 'moon'": ("--scene", "moon"),
        "has no step 99; it has steps 1 to": ("--scene", "heights", "--step", "99"),
        "has no trigger 'shout'; it has: ": ("--scene", "heights", "--step", "1", "--fire", "shout"),
    }.items():
        done = runtime("film", *arguments, "--out", tmp_path / "film", home=tmp_path)
        assert done.returncode == 2
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert not (tmp_path / "film").exists()
