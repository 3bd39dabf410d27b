"""The wheel holds what a session takes: installed away from the checkout, it lists and plays a scene."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from clinician_console.pages.helping import GUIDE

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with the tools that are installed here: nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=CHECKOUT)
    (built,) = folder.glob("palier-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel and this environment's packages, and does not know the checkout.

    The other packages are added as a plain folder, so that the path entry of an editable install in it is not
    followed.
    """
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home, with_pip=False, symlinks=True)
    executable = home / "bin" / "python"
    site = Path(
        run([str(executable), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip()
    )
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    run([*pip, "--no-deps", "--no-compile", "--target", str(site), str(wheel)])
    folders = dict.fromkeys((sysconfig.get_path("purelib"), sysconfig.get_path("platlib")))
    (site / "others.pth").write_text("\n".join(folders) + "\n", "utf-8")
    return executable


def run(command: list[str], cwd: Path | None = None, **variables: str) -> str:
    """What the command prints; a failure shows everything that it said."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command,
        cwd=cwd or Path(command[0]).parent,
        env=environment | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_wheel_holds_packages_scenes_and_assets(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "vr_runtime",
        "scenes",
        "clinician_console",
    }
    carried = {
        f"vr_runtime/_assets/{path.relative_to(CHECKOUT / 'assets')}"
        for path in (CHECKOUT / "assets").rglob("*")
        if path.is_file()
        and path.relative_to(CHECKOUT / "assets").parts[0] != "scripts"
        and "__pycache__" not in path.parts
    }
    assert carried
    assert carried <= set(names)
    for guide in GUIDE.values():
        assert f"clinician_console/guide/{guide}" in names, "the page of help shows it"
    for scene in ("heights", "baseline_room", "calm"):
        assert {f"scenes/{scene}/scene.toml", f"scenes/{scene}/scene.py"} <= set(names)
    for folder, pattern in (
        ("vr_runtime", "*.glsl"),
        ("vr_runtime", "*.toml"),
        ("clinician_console", "*.toml"),
    ):
        expected = {str(path.relative_to(CHECKOUT)) for path in (CHECKOUT / folder).rglob(pattern)}
        assert expected, (folder, pattern)
        assert expected <= set(names)


def test_the_installed_packages_are_those_of_the_wheel(python: Path) -> None:
    program = (
        "import vr_runtime, scenes, clinician_console;"
        "print(vr_runtime.__file__, scenes.__path__, clinician_console.__file__)"
    )
    said = run([str(python), "-c", program])
    assert str(CHECKOUT) not in said
    assert said.count(str(python.parents[1])) == 3


def test_the_installed_runtime_lists_its_scenes(python: Path) -> None:
    scenes = json.loads(run([str(python), "-m", "vr_runtime", "scenes", "--json"]))
    assert {"heights", "baseline_room", "calm"} <= {scene["id"] for scene in scenes}
    protocols = json.loads(run([str(python), "-m", "vr_runtime", "protocols", "--json"]))
    assert {"graded_exposure", "response_prevention"} <= {one["id"] for one in protocols}


def test_the_installed_runtime_plays_and_records_a_scene(python: Path, tmp_path: Path) -> None:
    command = (
        "-m vr_runtime run --display headless --graphics off --scene heights --patient virtual "
        "--speed max --seed 1 --duration 1 --records"
    ).split()
    said = run([str(python), *command, str(tmp_path)], PALIER_PASSPHRASE="a passphrase for this test")
    record = Path(said.strip().splitlines()[-1])
    assert record.parent == tmp_path
    assert (record / "record.db").is_file()
    assert (record / "key.json").is_file()
    verdict = run(
        [str(python), "-m", "vr_runtime", "verify", str(record)],
        PALIER_PASSPHRASE="a passphrase for this test",
    )
    assert verdict.startswith("intact")


def test_the_installed_console_answers(python: Path) -> None:
    program = "from clinician_console.cli import main; main()"
    assert "drive" in run([str(python), "-c", program, "--help"], TERM="dumb")


def test_the_installed_console_makes_the_clinics_data_by_its_migrations(python: Path, tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from clinician_console.store.opening import open_store; "
        "from vr_runtime.record import PassphraseKey; "
        "store = open_store(pathlib.Path(sys.argv[1]), PassphraseKey('for this test'), 'Dr A'); "
        "print(store.practice_patient().pseudonym, store.audit_fault())"
    )
    told = run([str(python), "-c", program, str(tmp_path / "clinic.db")], PALIER_HOME=str(tmp_path))
    assert told == "Practice None\n"
