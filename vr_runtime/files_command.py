"""``vr-runtime protocols`` and ``vr-runtime check``: which treatment protocols there are, and whether a file that
somebody wrote is right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import NamedTuple, cast

from pydantic import BaseModel

from vr_runtime.catalogue import find_scenes, installed_rules
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.remarks import remarks_on_checklist, untranslated
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.files.toml import read_data, validate
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.files.treatments import find_treatments, hash_of


class FileKind(str, Enum):
    """Kinds of files that people write."""

    PLAN = "plan"
    TREATMENT = "treatment"
    CHECKLIST = "checklist"
    SCENE = "scene"
    SCRIPT = "script"


class Checked(NamedTuple):
    """A file that is valid, what it is, and what is worth a second look in it."""

    path: Path
    kind: FileKind
    says: str
    sha256: str
    remarks: tuple[str, ...]


def show_protocols(*, as_json: bool) -> None:
    """Print the treatment protocols that are installed."""
    found, rules = find_treatments(), installed_rules()
    if as_json:
        listed = [
            {
                "id": one.treatment.id,
                "version": one.treatment.version,
                "sha256": one.sha256,
                "where": one.where,
                "names": one.treatment.names.model_dump(),
                "summary": one.treatment.summary.model_dump(),
                "remarks": one.treatment.remarks(rules),
            }
            for one in found.values()
        ]
        print(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    for one in found.values():
        treatment = one.treatment
        print(f"{treatment.id}  version {treatment.version}  {one.sha256[:16]}")
        print(f"  {treatment.names.en}")
        print(f"  {treatment.names.fr}")


def check_files(paths: Sequence[Path], kind: FileKind | None) -> int:
    """Check files and print what is wrong with each, or what is worth a second look. Returns the exit status: 0 where
    all are valid, 2 where one is not."""
    status = 0
    for path in paths:
        try:
            checked = check_file(path, kind)
        except FileError as problem:
            print(problem)
            status = problem.exit_status
            continue
        print(f"{path}: a valid {checked.says}")
        print(f"  sha256 {checked.sha256}")
        for remark in checked.remarks:
            print(f"  remark: {remark}")
    return status


def check_file(path: Path, kind: FileKind | None = None) -> Checked:
    """One file, told by its content unless ``kind`` is given.

    Raises:
        FileError: what is wrong with it.
    """
    data = read_data(path, kind.value if kind else "file of Palier's")
    return look_at(data, path, kind or kind_of(data, path))


def look_at(data: Mapping[str, object], path: Path, kind: FileKind) -> Checked:
    """What was read from ``path``.

    Raises:
        FileError: INVALID.
    """
    model, what = _MODELS[kind]
    file = validate(data, path, model, what)
    says, remarks = _look(file, path)
    return Checked(path, kind, says, hash_of(file), (*remarks, *untranslated(file)))


def kind_of(data: Mapping[str, object], path: Path) -> FileKind:
    """What a file is meant for, by the tables that it has.

    Raises:
        FileError: INVALID, where that cannot be told.
    """
    steps = data.get("steps")
    if isinstance(steps, list):
        each = [
            cast("dict[str, object]", step) for step in cast("list[object]", steps) if isinstance(step, dict)
        ]
        acts = any("do" in step or "after" in step for step in each)
        return FileKind.SCRIPT if acts else FileKind.PLAN
    for key, kind in _TELLING.items():
        if key in data:
            return kind
    raise FileError(
        FileReason.INVALID,
        f"{path}: cannot be told what it is meant for; say --as {', '.join(kind.value for kind in FileKind)}",
    )


_TELLING: dict[str, FileKind] = {
    "items": FileKind.CHECKLIST,
    "hierarchy": FileKind.SCENE,
    "parameters": FileKind.SCENE,
    "category": FileKind.SCENE,
    "sources": FileKind.TREATMENT,
    "advance": FileKind.TREATMENT,
    "questions": FileKind.TREATMENT,
    "phases": FileKind.TREATMENT,
    "established": FileKind.TREATMENT,
    "ceiling_step": FileKind.PLAN,
    "linger_s": FileKind.SCRIPT,
}
"""Keys that only one kind of file has; a plan and a script have ``steps``."""

_MODELS: dict[FileKind, tuple[type[BaseModel], str]] = {
    FileKind.PLAN: (Plan, "plan"),
    FileKind.TREATMENT: (TreatmentProtocol, "treatment protocol"),
    FileKind.CHECKLIST: (Checklist, "checklist"),
    FileKind.SCENE: (SceneManifest, "scene manifest"),
    FileKind.SCRIPT: (Script, "script of a therapist"),
}


def _look(file: BaseModel, path: Path) -> tuple[str, list[str]]:
    match file:
        case Plan():
            scenes = {name: pack.manifest for name, pack in find_scenes().items()}
            if problems := file.problems(scenes, find_treatments()):
                _refuse(path, "plan", problems)
            return f"plan of {len(file.steps)} steps", file.advice(scenes)
        case TreatmentProtocol():
            return f"treatment protocol '{file.id}', version {file.version}", file.remarks(installed_rules())
        case Checklist():
            return f"checklist of {len(file.items)} items", remarks_on_checklist(file)
        case SceneManifest():
            return f"scene manifest of {len(file.hierarchy)} steps", []
        case Script():
            return f"script of {len(file.steps)} acts, {file.times()[-1]:.0f} s", []
        case _:
            raise TypeError(type(file).__name__)


def _refuse(path: Path, what: str, problems: Sequence[str]) -> None:
    lines = "".join(f"\n  {problem}" for problem in problems)
    raise FileError(FileReason.INVALID, f"{path}: not a valid {what}:{lines}")
