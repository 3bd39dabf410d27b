"""Monado: the machine's own, or a private one made of Debian's packages in the user's cache.

The private one is Debian 13's Monado and Mesa, unpacked into a folder. Debian 12's C library cannot load it, so
whatever is to use it is started through the folder's own loader.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import LabError

SUITE = "trixie"
PACKAGES = (
    "monado-service libopenxr1-monado monado-cli mesa-vulkan-drivers libgl1-mesa-dri "
    "libegl1 libegl-mesa0 libgl1 libglx-mesa0 libx11-6"
).split()
NEEDED = ("apt-get", "dpkg-deb", "dpkg")
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
RECIPE = 1
"""Counts up when a lab made earlier does not serve any more."""

OWN_OR_PRIVATE = "PALIER_XR_LAB"
"""Set to ``private`` to make and use the lab on a machine that has a Monado of its own, too."""

USE_YOUR_OWN = (
    "Install Monado with your system's own tool instead (its program monado-service has to be on PATH); "
    "docs/openxr-lab.md says more."
)


@dataclass(frozen=True)
class Monado:
    """Where Monado is, and what programs need to use it."""

    service: Path
    control: Path
    """``monado-ctl``: recentres, lists clients, takes the focus from one."""
    loader: tuple[str, ...] = ()
    """What a program's command begins with; ``--argv0 NAME`` may follow."""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    """For the service and for programs that use OpenXR; for nobody else (a browser or an X server would break)."""


def find() -> Monado:
    """The machine's own Monado, or the private one; :class:`LabError` where neither is there."""
    if monado := machine_own():
        return monado
    folder = lab_folder()
    if not folder.is_dir():
        raise LabError(f"there is no lab yet in {folder}: run make xr-lab (or scripts/xr-lab make)")
    return private(folder)


def machine_own() -> Monado | None:
    service, control = shutil.which("monado-service"), shutil.which("monado-ctl")
    if service is None or os.environ.get(OWN_OR_PRIVATE) == "private":
        return None
    shares = (Path(service).parent.parent / "share", Path("/usr/share"), Path("/usr/local/share"))
    manifests = [file for share in shares if (file := share / "openxr/1/openxr_monado.json").is_file()]
    variables = {"XR_RUNTIME_JSON": str(manifests[0])} if manifests else {}
    return Monado(Path(service), Path(control or "monado-ctl"), variables=variables)


def private(folder: Path) -> Monado:
    libraries = _libraries(folder)
    return Monado(
        service=folder / "usr/bin/monado-service",
        control=folder / "usr/bin/monado-ctl",
        loader=_loader(folder),
        variables={
            "XR_RUNTIME_JSON": str(folder / "openxr_monado.json"),
            "VK_DRIVER_FILES": str(folder / "lvp_icd.json"),
            "__EGL_VENDOR_LIBRARY_FILENAMES": str(folder / "50_mesa.json"),
            "LIBGL_DRIVERS_PATH": str(libraries / "dri"),
            "GBM_BACKENDS_PATH": str(libraries / "gbm"),
        },
    )


def cache_folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier" / "xr-lab"


def lab_folder() -> Path:
    """Another recipe or another architecture is another folder."""
    recipe = json.dumps([RECIPE, SUITE, PACKAGES, os.uname().machine])
    return cache_folder() / hashlib.sha256(recipe.encode()).hexdigest()[:12]


def in_ci() -> bool:
    """Where tests that cannot run have failed."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


# ---- making it


def make() -> Path:
    """Make the lab, unless it is there; returns its folder. Of two that make it at once, one waits."""
    final = lab_folder()
    if final.is_dir():
        return final
    sites = debian_mirrors()
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if final.is_dir():
            return final
        for earlier in cache.iterdir():
            if earlier.is_dir():  # of another recipe, or left by a making that was cut off
                shutil.rmtree(earlier)
        with tempfile.TemporaryDirectory(prefix="making-", dir=cache) as making:
            root = Path(making) / "root"
            _fetch_and_unpack(sites, Path(making), root)
            _write_manifests(root, final)
            _check(root)
            root.rename(final)
    size = sum(file.lstat().st_size for file in final.rglob("*"))
    _say(f"made {final} ({size / 1e6:.0f} MB)")
    return final


def debian_mirrors() -> list[str]:
    """Addresses of the archives that this machine may take its Debian packages from, however its sources are
    written and whether or not it has ever asked them. Whether one is Debian's its signature says."""
    if lacking := [program for program in NEEDED if shutil.which(program) is None]:
        raise LabError(
            f"the lab is made of Debian packages, and {', '.join(lacking)} is not here. {USE_YOUR_OWN}"
        )
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line
    )
    if release.get("ID", "").strip('"') != "debian":
        raise LabError(f"the lab is made of Debian packages, and this is not Debian. {USE_YOUR_OWN}")
    codename = release.get("VERSION_CODENAME", "").strip('"')
    suites = "|".join((codename or "unstable", "oldstable", "stable", "testing", "unstable", "sid"))
    uses = _run("apt-get", "update", "--print-uris")
    sites = re.findall(rf"^'([^']+)/dists/(?:{suites})/main/binary-", uses, re.MULTILINE)
    if not sites:
        raise LabError("apt's sources name no Debian archive with a component main: add one, then try again.")
    return list(dict.fromkeys(sites))


def _fetch_and_unpack(sites: list[str], work: Path, root: Path) -> None:
    """With apt's own configuration of this machine (proxies, certificates, passwords) and none of its state."""
    for folder in ("lists/partial", "archives/partial", "empty"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    settings = {
        "Dir::Etc::SourceList": work / "sources.list",
        "Dir::Etc::SourceParts": work / "empty",
        "Dir::Etc::Preferences": work / "none",
        "Dir::Etc::PreferencesParts": work / "empty",
        "Dir::State": work,
        "Dir::State::Lists": work / "lists",
        "Dir::State::Status": work / "status",
        "Dir::Cache": work,
        "Dir::Cache::Archives": work / "archives",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",  # others may not enter a cache of root's
        "APT::Install-Recommends": "false",
        "APT::Get::Assume-Yes": "true",
        "Acquire::Languages": "none",
        "Acquire::Retries": "3",
    }
    apt = ["apt-get", *(word for name, value in settings.items() for word in ("-o", f"{name}={value}"))]
    signed = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    _say(f"fetching the list of {SUITE}'s packages")
    for site in sites:
        (work / "sources.list").write_text(f"deb {signed}{site} {SUITE} main\n")
        try:
            _run(*apt, "update", "--error-on=any")
            break
        except LabError:
            if site == sites[-1]:
                raise
    _say("fetching Monado and Mesa (170 MB)")
    _run(*apt, "install", "--download-only", *PACKAGES)
    _say("unpacking them")
    root.mkdir()
    for package in sorted((work / "archives").glob("*.deb")):
        _run("dpkg-deb", "--extract", str(package), str(root))
        package.unlink()
    for unread in ("doc", "man", "locale", "lintian", "bug"):
        shutil.rmtree(root / "usr/share" / unread, ignore_errors=True)


def _write_manifests(root: Path, final: Path) -> None:
    """Copies of the manifests of Vulkan's, OpenXR's and EGL's drivers that name their libraries with full paths."""
    libraries = final / _libraries(root).relative_to(root)
    found = {
        "lvp_icd.json": next((root / "usr/share/vulkan/icd.d").glob("lvp_icd*.json")),
        "openxr_monado.json": next((root / "usr/share/openxr/1").glob("*monado*.json")),
        "50_mesa.json": root / "usr/share/glvnd/egl_vendor.d/50_mesa.json",
    }
    for name, source in found.items():
        manifest: dict[str, Any] = json.loads(source.read_text())
        driver = manifest["runtime"] if "runtime" in manifest else manifest["ICD"]
        driver["library_path"] = str(libraries / Path(driver["library_path"]).name)
        (root / name).write_text(json.dumps(manifest, indent=2))


def _check(root: Path) -> None:
    """Every library that the programs ask for is there."""
    drivers = [*_libraries(root).glob("libopenxr_monado.so*"), *_libraries(root).glob("libvulkan_lvp.so")]
    for file in (root / "usr/bin/monado-service", root / "usr/bin/monado-ctl", *drivers):
        listing = _run(*_loader(root), "--list", str(file))
        if lacking := [line.split()[0] for line in listing.splitlines() if "not found" in line]:
            raise LabError(f"{file.name} lacks {', '.join(lacking)}: {SUITE}'s packages are not as expected")


def _loader(root: Path) -> tuple[str, ...]:
    (loader,) = root.glob("usr/lib*/ld-linux-*.so.*")
    libraries = _libraries(root)
    folders = (libraries, *(libraries / name for name in ("blas", "lapack", "pulseaudio")), root / "usr/lib")
    return (str(loader), "--library-path", ":".join(map(str, folders)))


def _libraries(root: Path) -> Path:
    (libraries,) = root.glob("usr/lib/*-linux-gnu*")
    return libraries


def _run(*command: str) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-12:])
        name = Path(command[0]).name
        raise LabError(f"{name} failed (status {done.returncode}):\n{said}\n{USE_YOUR_OWN}")
    return done.stdout


def _say(text: str) -> None:
    print(f"xr-lab: {text}", file=sys.stderr, flush=True)
