"""What is installed is pinned and hashed, and the repository does not say where packages come from."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
LISTS = [CHECKOUT / "requirements" / name for name in ("runtime.txt", "windows.txt", "dev.txt")]
# In pieces, so that this file does not find itself.
SOURCE_OPTIONS = [
    "--" + option
    for option in ("index-url", "extra-index-url", "find-links", "trusted-host", "default-index")
]
INDEX_ADDRESS = re.compile(r"https?://[^\s\"'<>)]*(?:/simple\b|pypi\b|pythonhosted|/wheels?/)", re.IGNORECASE)
MACHINE_PATH = re.compile(r"(?:^|[\s\"'=:(])/(?:tmp|work|opt|home)/[\w.-]+", re.MULTILINE)


def pins(path: Path) -> dict[str, tuple[Requirement, list[str]]]:
    """Name -> (requirement, hashes), of one list."""
    joined = path.read_text("utf-8").replace("\\\n", " ")
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for line in joined.splitlines():
        text = line.split("#", 1)[0].strip()
        if text:
            requirement = Requirement(text.split("--hash", 1)[0].strip())
            found[canonicalize_name(requirement.name)] = (
                requirement,
                re.findall(r"--hash=sha256:(\w+)", text),
            )
    return found


def tracked_files() -> list[Path]:
    """What the repository holds, or would hold: tracked, and neither tracked nor ignored."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=CHECKOUT,
            capture_output=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is not a git checkout")
    names = [name for name in listing.decode().split("\0") if name]
    return [CHECKOUT / name for name in names if (CHECKOUT / name).is_file()]


def texts() -> dict[Path, str]:
    found: dict[Path, str] = {}
    for path in tracked_files():
        try:
            found[path] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_requirement_is_one_version_with_hashes(path: Path) -> None:
    found = pins(path)
    assert len(found) > 20
    for name, (requirement, hashes) in found.items():
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", name
        assert hashes, name
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes), name


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_the_lists_hold_everything_the_project_names_in_its_range(path: Path) -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    found = pins(path)
    for wanted in map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["openxr"]]):
        pinned, _ = found[canonicalize_name(wanted.name)]
        (specifier,) = pinned.specifier
        assert wanted.specifier.contains(specifier.version), (
            f"{wanted} is pinned to {specifier.version}: make pins"
        )


def test_both_lists_hold_the_same_versions() -> None:
    runtime, development = pins(LISTS[0]), pins(LISTS[-1])
    for name, (requirement, hashes) in runtime.items():
        assert str(requirement) == str(development[name][0])
        assert hashes == development[name][1]


def test_no_file_says_where_packages_come_from() -> None:
    offenders: dict[str, list[str]] = {}
    for path, text in texts().items():
        said = [option for option in SOURCE_OPTIONS if re.search(rf"(?<![\w-]){option}[ =]+\S*[/.]", text)]
        said += INDEX_ADDRESS.findall(text)
        if path.parent.name == "requirements":
            said += re.findall(r"\w+://\S+", text)
        if said:
            offenders[str(path.relative_to(CHECKOUT))] = said
    assert not offenders


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    offenders = {
        str(path.relative_to(CHECKOUT)): said
        for path, text in texts().items()
        if path.name != Path(__file__).name and (said := MACHINE_PATH.findall(text))
    }
    assert not offenders


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("see https:" + "//packages.example/simple for more", True),
        ("http:" + "//mirror.example/pypi/web", True),
        ("see https:" + "//www.khronos.org/openxr for more", False),
    ],
)
def test_an_index_address_would_be_found(line: str, expected: bool) -> None:
    assert bool(INDEX_ADDRESS.search(line)) is expected
