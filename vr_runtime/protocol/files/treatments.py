"""Which treatment protocols and start checklists there are: those that come with Palier, those of installed packs, and
files by path.

A pack brings treatments through the entry points ``palier.treatments``: each names a package whose ``*.toml`` files
are treatment protocols.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import BaseModel

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.toml import read_checklist, read_treatment
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.files.wrong import nearest

GROUP = "palier.treatments"
OURS = "vr_runtime.protocol"
CHECKLIST = "start"
"""Id of the checklist that is asked where no other is named."""


def hash_of(model: BaseModel) -> str:
    """SHA-256 of a file's canonical JSON: its meaning, whatever its comments, order and spaces.

    Fields that were left out count with their defaults, so that the same hash means the same session.
    """
    data = model.model_dump(mode="json")
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


@dataclass(frozen=True)
class FoundTreatment:
    """A protocol, with the hash that the record keeps and where it came from (a file, or a package)."""

    treatment: TreatmentProtocol
    sha256: str
    where: str


def find_treatments() -> dict[str, FoundTreatment]:
    """All treatment protocols that are installed, by id.

    Raises:
        FileError: one cannot be read, or two have the same id.
    """
    found: dict[str, FoundTreatment] = {}
    for where, file in _treatment_files():
        with as_file(file) as path:
            one = _found(path, f"{where}/{file.name}")
        twin = found.get(one.treatment.id)
        if twin is not None:
            raise FileError(
                FileReason.INVALID,
                f"{twin.where} and {one.where} both hold a treatment '{one.treatment.id}': give one another id",
            )
        found[one.treatment.id] = one
    return dict(sorted(found.items()))


def treatment_of(name: str) -> FoundTreatment:
    """The treatment of that id, or in that file (a name that ends in .toml or holds a slash is a path).

    Raises:
        FileError: NOT_FOUND (the message lists what is there), UNREADABLE or INVALID.
    """
    if _is_path(name):
        return _found(Path(name), name)
    there = find_treatments()
    if name not in there:
        raise FileError(
            FileReason.NOT_FOUND,
            f"there is no treatment protocol '{name}'{nearest(name, there)} (there is: {', '.join(there)}; "
            "or give the path of a .toml file)",
        )
    return there[name]


def checklist_of(name: str = CHECKLIST) -> Checklist:
    """The start checklist of that id that comes with Palier, or in that file.

    Raises:
        FileError: NOT_FOUND, UNREADABLE or INVALID.
    """
    if _is_path(name):
        return read_checklist(Path(name))
    there = {file.name.removesuffix(".toml"): file for file in _toml_files(files(OURS) / "checklists")}
    if name not in there:
        raise FileError(
            FileReason.NOT_FOUND,
            f"there is no checklist '{name}'{nearest(name, there)} (there is: {', '.join(sorted(there))}; "
            "or give the path of a .toml file)",
        )
    with as_file(there[name]) as path:
        return read_checklist(path)


def _is_path(name: str) -> bool:
    return name.endswith(".toml") or "/" in name or "\\" in name


def _found(path: Path, where: str) -> FoundTreatment:
    treatment = read_treatment(path)
    return FoundTreatment(treatment, hash_of(treatment), where)


def _treatment_files() -> Iterator[tuple[str, Traversable]]:
    for file in _toml_files(files(OURS) / "treatments"):
        yield f"{OURS}/treatments", file
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            folder = files(point.value)
        except (ModuleNotFoundError, TypeError) as problem:
            raise FileError(
                FileReason.NOT_FOUND,
                f"the treatments of '{point.name}' ({point.value}) cannot be imported: {problem}; "
                "install or uninstall that pack",
            ) from None
        for file in _toml_files(folder):
            yield point.value, file


def _toml_files(folder: Traversable) -> list[Traversable]:
    return sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda f: f.name)
