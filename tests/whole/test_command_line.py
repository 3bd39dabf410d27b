"""The commands as a newcomer types them: what they print, how they end, and that bad input loses nothing."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from tests.helpers.session import ROOT, runtime

pytestmark = pytest.mark.slow

QUICK = ("--display", "headless", "--patient", "virtual", "--speed", "max", "--rate", "30", "--seed", "1")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def record(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    records = tmp_path_factory.mktemp("records")
    done = runtime("run", *QUICK, "--scene", "heights", "--duration", "2", "--records", records, home=home)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip().splitlines()[-1])


def test_run_prints_the_records_path_last(record: Path) -> None:
    assert {path.name for path in record.iterdir()} >= {"record.db", "key.json"}


def test_verify_and_replay_say_that_all_is_well(record: Path, home: Path) -> None:
    verified = runtime("verify", record, home=home)
    assert (verified.returncode, verified.stdout.split(":")[0]) == (0, "intact")
    replayed = runtime("replay", record, home=home)
    assert (replayed.returncode, replayed.stdout.split()[0]) == (0, "identical")


def test_a_wrong_passphrase_a_folder_without_record_and_a_changed_bit_are_told_apart(
    record: Path, home: Path, tmp_path: Path
) -> None:
    assert runtime("verify", record, home=home, PALIER_PASSPHRASE="wrong").returncode == 6
    assert runtime("verify", tmp_path, home=home).returncode == 7
    altered = tmp_path / "altered"
    altered.mkdir(mode=0o700)
    for path in record.iterdir():
        (altered / path.name).write_bytes(path.read_bytes())
    database = altered / "record.db"
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(data)
    assert runtime("verify", altered, home=home).returncode == 4


def test_scenes_lists_the_heights_in_ten_steps(home: Path) -> None:
    done = runtime("scenes", "--json", home=home)
    scenes = {scene["id"]: scene for scene in json.loads(done.stdout)}
    assert len(scenes["heights"]["hierarchy"]) == 10
    assert {"baseline_room", "calm"} <= set(scenes)


def test_doctor_says_what_there_is(home: Path) -> None:
    done = runtime("doctor", home=home)
    for what in ("OpenGL", "OpenXR runtime", "audio", "keys", "SQLCipher", "CURVE"):
        assert what.lower() in done.stdout.lower(), done.stdout


def run_wrong(home: Path, records: Path, *arguments: str | Path, **more: str) -> tuple[int, str]:
    done = runtime("run", *QUICK, "--duration", "1", "--records", records, *arguments, home=home, **more)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


def test_an_unknown_scene_is_named_with_those_that_are_there(home: Path, tmp_path: Path) -> None:
    status, said = run_wrong(home, tmp_path, "--scene", "moon")
    assert status == 2
    assert "no scene 'moon'" in said
    assert "heights" in said
    assert not list(tmp_path.iterdir())


def test_a_plan_with_a_step_outside_a_parameters_limits_is_refused(home: Path, tmp_path: Path) -> None:
    plan = (ROOT / "examples" / "heights_plan.toml").read_text().replace("height = 15.0", "height = 1500.0")
    (tmp_path / "plan.toml").write_text(plan)
    status, said = run_wrong(home, tmp_path / "records", "--plan", tmp_path / "plan.toml")
    assert status == 2
    assert "step 4" in said
    assert "1500" in said


@pytest.mark.parametrize("text", ["hello", "800\n-3\n", "800\nNaN\n", ""])
def test_an_rr_file_with_nonsense_is_refused(home: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "rr.txt").write_text(text)
    status, said = run_wrong(
        home, tmp_path / "records", "--scene", "heights", "--heart", f"file:{tmp_path / 'rr.txt'}"
    )
    assert status == 2
    assert "rr.txt" in said


def test_no_key_is_an_error_that_says_what_to_do_and_writes_nothing(home: Path, tmp_path: Path) -> None:
    status, said = run_wrong(
        home,
        tmp_path / "records",
        "--scene",
        "heights",
        PALIER_PASSPHRASE="",
        PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    )
    assert status != 0
    assert "PALIER_PASSPHRASE" in said
    assert not (tmp_path / "records").exists()


def test_a_port_in_use_is_named(home: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        status, said = run_wrong(home, tmp_path, "--scene", "heights", "--speed", "real", "--port", str(port))
    assert status != 0
    assert str(port) in said


def test_graphics_without_opengl_is_an_error_that_says_what_to_install(home: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "empty.json"
    nothing.write_text("{}")
    status, said = run_wrong(
        home,
        tmp_path / "records",
        "--scene",
        "heights",
        "--graphics",
        "on",
        __EGL_VENDOR_LIBRARY_FILENAMES=str(nothing),
        LIBGL_DRIVERS_PATH=str(tmp_path),
    )
    assert status not in (0, 2)
    assert "OpenGL" in said


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--scene", "heights", "--plan", "x.toml"),
        ("--scene", "heights", "--rate", "0"),
        ("--scene", "heights", "--display", "hologram"),
        ("--scene", "heights", "--plan"),
    ],
)
def test_usage_errors_end_with_status_2(home: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    status, _ = run_wrong(home, tmp_path, *arguments)
    assert status == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_full_disk_while_recording_is_said_and_keeps_what_was_written(home: Path, tmp_path: Path) -> None:
    """The record's own tests inject the failure everywhere; here the disk is really full."""
    import subprocess

    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small]).returncode != 0:
        pytest.skip("no mount in this container")
    try:
        done = runtime("run", *QUICK, "--scene", "heights", "--duration", "60", "--records", small, home=home)
        assert "disk" in done.stderr.lower() or "space" in done.stderr.lower()
        (record,) = small.iterdir()
        assert runtime("verify", record, home=home).returncode in (0, 3)
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.graphics
def test_a_picture_of_a_scenes_step_is_drawn_and_a_step_that_is_not_there_is_named(
    home: Path, tmp_path: Path
) -> None:
    from PIL import Image

    seen: dict[str, bytes] = {}
    for view in ("front", "stimulus"):
        out = tmp_path / f"{view}.png"
        done = runtime(
            "picture", "--scene", "heights", "--step", "6", "--view", view, "--size", "96x64", "--out", out,
            home=home,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip() == str(out)
        with Image.open(out) as picture:
            assert picture.size == (96, 64)
            seen[view] = picture.tobytes()
    assert seen["front"] != seen["stimulus"]
    wrong = runtime("picture", "--scene", "heights", "--step", "11", "--out", tmp_path / "x.png", home=home)
    assert wrong.returncode == 2
    assert "it has steps 1 to 10" in wrong.stderr
    assert runtime("picture", "--out", tmp_path / "x.png", home=home).returncode == 2


def test_a_picture_of_a_record_is_named_either_way(record: Path, home: Path, tmp_path: Path) -> None:
    for way in ([record], ["--record", record]):
        done = runtime(
            "picture", *way, "--at", "1", "--size", "64x48", "--out", tmp_path / "p.png", home=home
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "p.png").exists()
        (tmp_path / "p.png").unlink()


@pytest.mark.graphics
def test_the_cost_of_a_picture_is_counted_in_what_it_shows() -> None:
    from dataclasses import replace

    from vr_runtime.catalogue import find_scenes
    from vr_runtime.display.snapshot import FINE
    from vr_runtime.scene_views import Viewer

    viewer = Viewer(find_scenes(), replace(FINE, width=64, height=48, msaa=0))
    try:
        costs = {}
        for step in range(1, 11):
            viewer.picture("heights", step, "front", after_s=0.1)
            costs[step] = viewer.cost()
    finally:
        viewer.close()
    # the budget of a scene: Geoms and triangles in view, an eye
    assert all(20 < cost.geoms < 150 for cost in costs.values())
    assert all(cost.triangles < 350_000 for cost in costs.values())
