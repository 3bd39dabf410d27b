"""A session looked at again: what stood at a moment, pictures one at a time and nowhere on disk, sessions side by side."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.pages.curves import scrub_line
from clinician_console.progress import from_json
from clinician_console.review import beside, track_of
from clinician_console.review.pictures import Looked, Pictures, command, sweep
from clinician_console.review.track import Track
from clinician_console.words import Words
from tests.console.test_progress import stay, summary
from tests.helpers.made_record import KEY, make_record
from vr_runtime.record import Reader


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory) -> Track:
    with Reader.open(make_record(tmp_path_factory.mktemp("seen") / "record"), KEY) as reader:
        return track_of(reader)


def test_a_moment_tells_what_stood_then(track: Track) -> None:
    rated = [at for at, _ in track.distress]
    assert rated == sorted(rated)
    assert len(rated) >= 4
    for at, value in track.distress:
        assert track.at(at).distress == value
    assert track.at(rated[0] - 0.5).distress is None
    assert track.at(rated[1] - 0.01).distress == track.distress[0][1]
    assert {track.at(at + 0.01).phase for at, _ in track.phases} == {phase for _, phase in track.phases}
    assert track.at(1e9).t_s == track.end_s


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_nonsense_is_a_moment_of_the_session(t_s: float) -> None:
    small = Track(10.0, ((1.0, 50.0),), (), (), (), ((0.0, "setup"),), ())
    assert 0.0 <= small.at(t_s).t_s <= 10.0


def test_an_old_heart_rate_is_none() -> None:
    small = Track(100.0, (), (), ((5.0, 80.0),), ((5.0, 1.0),), (), ())
    assert small.at(10.0).heart == 80.0
    assert small.at(16.0).heart is None
    assert small.at(16.0).distance_m is None


def test_the_drawing_is_well_formed_and_has_every_rating(track: Track) -> None:
    from xml.etree import ElementTree

    for language in ("en", "fr"):
        tree = ElementTree.fromstring(scrub_line(track, Words(language)))
        dots = [one for one in tree.iter() if one.get("class") == "suds"]
        assert len(dots) == len(track.distress)
        assert all(math.isfinite(float(dot.get("cx", "nan"))) for dot in dots)


def test_only_equal_steps_stand_beside_each_other() -> None:
    one = from_json(summary(stay(1, 60, 30), stay(2, 70, 40), stay(3, 50, 20, turned=["wind"])))
    two = from_json(summary(stay(1, 40, 10), stay(2, 70, 40, key="other"), stay(3, 40, 20)))
    found = beside(one, two)
    assert [(pair.step, pair.change is not None) for pair in found.pairs] == [(1, True), (3, False)]
    assert found.pairs[0].change is not None
    assert found.pairs[0].change.value == -20
    assert [left.key for left in found.only_earlier] == ["key-2"]
    assert [left.key for left in found.only_later] == ["other"]


# ------------------------------------------------------------------ pictures

DRAWS = (
    "import sys, time, pathlib; at, out, log = sys.argv[1:];"
    "print(f'reached 1.0 of {at} s', file=sys.stderr, flush=True);"
    "pathlib.Path(log).open('a').write(out + '\\n');"
    "time.sleep(60) if at == '9.0' else None;"
    "(print('no OpenGL here', file=sys.stderr), sys.exit(5)) if at == '7.0' else None;"
    "pathlib.Path(out).write_bytes(b'png of ' + at.encode())"
)


def wait(pictures: Pictures, word: str) -> Looked:
    end = time.monotonic() + 20
    while (now := pictures.state()).word != word:
        assert time.monotonic() < end, now
        time.sleep(0.01)
    return now


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "asked"


@pytest.fixture
def pictures(log: Path) -> Pictures:
    def ask(_record: Path, at_s: float, out: Path) -> Sequence[str]:
        return [sys.executable, "-c", DRAWS, f"{at_s}", str(out), str(log)]

    return Pictures(ask)


def test_a_picture_is_in_memory_alone_and_asked_for_once(pictures: Pictures, log: Path) -> None:
    pictures.look(Path("r"), 4.0)
    assert wait(pictures, "there").png == b"png of 4.0"
    [where] = log.read_text().split()
    assert not Path(where).parent.exists(), "the folder is gone"
    pictures.look(Path("r"), 4.0)
    assert pictures.state().word == "there"
    assert pictures.kept(Path("r"), 4.0) == b"png of 4.0"
    assert pictures.kept(Path("other"), 4.0) == b""
    assert len(log.read_text().split()) == 1
    pictures.forget()
    assert pictures.kept(Path("r"), 4.0) == b""


def test_a_newer_wish_calls_the_older_one_off(pictures: Pictures, log: Path) -> None:
    pictures.look(Path("r"), 9.0)
    end = time.monotonic() + 20
    while pictures.state().share == 0 or not log.exists():
        assert time.monotonic() < end
        time.sleep(0.01)
    assert 0 < pictures.state().share < 1
    begun = time.monotonic()
    pictures.look(Path("r"), 2.0)
    assert wait(pictures, "there").png == b"png of 2.0"
    assert time.monotonic() - begun < 30
    assert pictures.kept(Path("r"), 9.0) == b""
    end = time.monotonic() + 10
    while Path(log.read_text().split()[0]).parent.exists():
        assert time.monotonic() < end, "what was called off left its folder"
        time.sleep(0.01)


def test_what_a_killed_console_left_is_swept_away_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinician_console.review.pictures.IN_MEMORY", tmp_path)
    for name in ("palier-seen-x", "palier-other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "seen.png").touch()
    sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["palier-other"]


def test_at_the_end_what_is_being_drawn_is_called_off_and_its_folder_gone(
    pictures: Pictures, log: Path
) -> None:
    pictures.look(Path("r"), 9.0)
    end = time.monotonic() + 20
    while not log.exists() or not log.read_text():
        assert time.monotonic() < end
        time.sleep(0.01)
    pictures.close()
    assert not Path(log.read_text().split()[0]).parent.exists()


def test_stopping_and_failing_are_said(pictures: Pictures) -> None:
    pictures.look(Path("r"), 9.0)
    pictures.stop()
    assert pictures.state().word == "stopped"
    pictures.look(Path("r"), 7.0)
    assert "no OpenGL here" in wait(pictures, "failed").why


def test_the_key_is_never_on_the_command_line(tmp_path: Path) -> None:
    asked = " ".join(command(tmp_path / "key")(tmp_path / "record", 12.345, tmp_path / "out.png"))
    assert f"--key-file {tmp_path / 'key'}" in asked
    assert "--at 12.35" in asked or "--at 12.34" in asked
    assert "PASSPHRASE" not in asked
