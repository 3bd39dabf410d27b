"""Reading the files that people write, with errors that name the file, the place and the remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.files.wrong import lines_of

M = TypeVar("M", bound=BaseModel)

LARGEST = 1 << 20
"""Bytes of a file that people write; a larger one is something else."""


def read_manifest(path: Path) -> SceneManifest:
    return read(path, SceneManifest, "scene manifest")


def read_plan(path: Path) -> Plan:
    return read(path, Plan, "plan")


def read_script(path: Path) -> Script:
    return read(path, Script, "script of a therapist")


def read_treatment(path: Path) -> TreatmentProtocol:
    return read(path, TreatmentProtocol, "treatment protocol")


def read_checklist(path: Path) -> Checklist:
    return read(path, Checklist, "checklist")


def read(path: Path, model: type[M], what: str) -> M:
    """A TOML file as a model.

    Raises:
        FileError: NOT_FOUND, UNREADABLE (not TOML) or INVALID; the message names every wrong field.
    """
    return validate(read_data(path, what), path, model, what)


def read_data(path: Path, what: str) -> dict[str, object]:
    """What a TOML file holds, whatever it is meant for.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise FileError(
                FileReason.UNREADABLE,
                f"{path}: cannot be read as a {what}: it is larger than {LARGEST >> 20} MiB",
            )
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except FileNotFoundError:
        raise FileError(
            FileReason.NOT_FOUND, f"{path}: there is no such file (a {what} was expected)"
        ) from None
    except (OSError, ValueError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as a {what}: {problem}") from None
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise FileError(
            FileReason.UNREADABLE, f"{path}: not valid TOML: lists or tables are nested too deeply"
        ) from None
    except ValueError as problem:  # TOMLDecodeError, and what Python says of a number of 5000 digits
        raise FileError(FileReason.UNREADABLE, f"{path}: not valid TOML: {problem}") from None


def validate(data: object, path: Path, model: type[M], what: str) -> M:
    """What was read as a model.

    Raises:
        FileError: INVALID.
    """
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        lines = "".join(f"\n  {line}" for line in lines_of(problem, model, data))
        raise FileError(FileReason.INVALID, f"{path}: not a valid {what}:{lines}") from None
