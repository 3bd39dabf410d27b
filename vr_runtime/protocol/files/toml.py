"""Reading the files that people write, with errors that name the file, the place and the remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.script import Script

M = TypeVar("M", bound=BaseModel)


def read_manifest(path: Path) -> SceneManifest:
    return read(path, SceneManifest, "scene manifest")


def read_plan(path: Path) -> Plan:
    return read(path, Plan, "plan")


def read_script(path: Path) -> Script:
    return read(path, Script, "script of a therapist")


def read(path: Path, model: type[M], what: str) -> M:
    """A TOML file as a model.

    Raises:
        FileError: NOT_FOUND, UNREADABLE (not TOML) or INVALID; the message names every wrong field.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FileError(
            FileReason.NOT_FOUND, f"{path}: there is no such file (a {what} was expected)"
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as a {what}: {problem}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: not valid TOML: {problem}") from None
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        lines = [f"{path}: not a valid {what}:"]
        for error in problem.errors():
            place = ".".join(str(part) for part in error["loc"]) or "file"
            lines.append(f"  {place}: {error['msg']}")
        raise FileError(FileReason.INVALID, "\n".join(lines)) from None
