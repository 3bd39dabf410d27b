"""A scene pack that is no part of Palier is built, installed beside it and played: found by its entry point alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.session import ROOT, act, bodies, runtime, script
from vr_runtime.protocol.events import PhaseChanged, StepEntered, TriggerFired
from vr_runtime.protocol.words import Phase

pytestmark = pytest.mark.slow

PACK = ROOT / "examples" / "scene_pack"
OPEN = (
    "vr_runtime.stage.scene",
    "vr_runtime.stage.kitchen",
    "vr_runtime.stage.mesh",
    "vr_runtime.stage.assets",
    "vr_runtime.protocol",
)
"""What docs/scene-authoring.md lets a scene pack import."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the pack in it, from its wheel; made with what is installed here."""
    dist, folder = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    offline = ["--no-index", "--no-build-isolation", "--no-deps"]
    done = subprocess.run(
        [*pip, "wheel", *offline, "-w", str(dist), str(PACK)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (wheel,) = dist.glob("spider_jar-*.whl")
    done = subprocess.run(
        [*pip, "install", "--no-index", "--no-deps", "--no-compile", "--target", str(folder), str(wheel)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def with_pack(*arguments: str | Path, site: Path, home: Path) -> str:
    """What ``vr-runtime`` prints where the pack is installed."""
    done = runtime(*arguments, home=home, PYTHONPATH=f"{ROOT}:{site}")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_pack_is_built_with_everything_it_needs_and_nothing_of_the_checkout(site: Path) -> None:
    held = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert {"spider_jar/scene.toml", "spider_jar/scene.py", "spider_jar/assets/sounds/steps.ogg"} <= held
    assert not any(path.startswith(("tests/", "make_sounds")) for path in held)


def test_it_is_listed_with_its_steps_and_only_where_it_is_installed(site: Path, home: Path) -> None:
    listed = {scene["id"]: scene for scene in json.loads(with_pack("scenes", "--json", site=site, home=home))}
    assert [step["id"] for step in listed["spider_jar"]["hierarchy"]] == [
        "across-the-room",
        "in-the-room",
        "at-the-table",
    ]
    assert "spider_jar" not in runtime("scenes", home=home).stdout


def test_a_scripted_session_is_played_on_it_recorded_and_replayed(
    site: Path, home: Path, tmp_path: Path
) -> None:
    acts = script(
        act(0.5, "start"),
        act(1.0, "go_to_step", step=1),
        act(3.0, "go_to_step", step=2),
        act(3.0, "fire_trigger", trigger="walk"),
        act(3.0, "set_parameter", name="restless", value=0.5),
        act(4.0, "go_to_step", step=3),
        act(3.0, "stop"),
        act(1.0, "release"),
        act(1.0, "end"),
    )
    drive = tmp_path / "therapist.toml"
    drive.write_text(_toml(acts.model_dump(mode="json", exclude_none=True)), "utf-8")
    records = tmp_path / "records"
    quick = (
        "run --display headless --patient virtual --heart simulated --speed max --rate 45 --seed 2".split()
    )
    said = with_pack(
        *quick, "--scene", "spider_jar", "--drive", drive, "--records", records, site=site, home=home
    )
    record = Path(said.strip().splitlines()[-1])
    assert [body.step for body in bodies(record, StepEntered)][:3] == [1, 2, 3]
    assert [body.trigger for body in bodies(record, TriggerFired)] == ["walk"]
    assert Phase.STOPPED in [body.phase for body in bodies(record, PhaseChanged)]
    assert with_pack("replay", record, site=site, home=home).startswith("identical")


@pytest.mark.graphics
def test_a_picture_of_each_step_is_drawn(site: Path, home: Path, tmp_path: Path) -> None:
    from PIL import Image

    seen: list[bytes] = []
    for step in ("1", "3"):
        out = tmp_path / f"{step}.png"
        look = ["--scene", "spider_jar", "--step", step, "--view", "stimulus", "--size", "160x90"]
        with_pack("picture", *look, "--out", out, site=site, home=home)
        with Image.open(out) as picture:
            assert picture.size == (160, 90)
            colours = picture.convert("RGB").getcolors(160 * 90)
            assert colours is not None
            assert len(colours) > 200, "the picture is plain"
            seen.append(picture.tobytes())
    assert seen[0] != seen[1]


def test_its_own_tests_pass_where_it_is_installed(site: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(PACK),
         str(PACK / "tests")],
        env={"PYTHONPATH": f"{ROOT}:{site}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


def test_it_imports_nothing_of_palier_but_what_is_open_to_packs() -> None:
    found: set[str] = set()
    for path in (PACK / "spider_jar").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module)
            elif isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
    ours = {name for name in found if name.split(".")[0] in ("vr_runtime", "scenes", "clinician_console")}
    assert ours
    assert [name for name in ours if not name.startswith(OPEN)] == []


def _toml(data: dict[str, object]) -> str:
    """A script as TOML: flat values, and one list of steps."""
    steps = data.pop("steps")
    lines = [f"{name} = {json.dumps(value)}" for name, value in data.items()]
    assert isinstance(steps, list)
    for step in steps:
        lines.append("[[steps]]")
        for name, value in step.items():
            if isinstance(value, dict):
                inner = ", ".join(f"{key} = {json.dumps(item)}" for key, item in value.items())
                lines.append(f"{name} = {{ {inner} }}")
            else:
                lines.append(f"{name} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"
