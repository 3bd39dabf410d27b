"""Plans as files: the TOML that ``vr-runtime check`` reads, and drafts from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import tomli_w
from pydantic import ValidationError

from clinician_console.plans.checks import says
from clinician_console.plans.draft import Draft, draft_of, slug
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.toml import LARGEST

MOST_SAID = 12
"""Mistakes of a file that are told at once."""


@dataclass(frozen=True)
class Mistake:
    """What keeps a file from being read. ``where`` is the place in the file, in its own words; ``key`` is of the
    catalogue, under ``plans.file`` or ``plans.says``."""

    where: str
    key: str
    fields: Mapping[str, object]


class ImportRefused(Exception):
    """A file that cannot be taken over as a plan, with everything that is wrong with it."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(f"{one.where}: {one.key}" for one in mistakes))
        self.mistakes = mistakes


def from_toml(raw: bytes) -> Draft:
    """A draft from a plan's file. What a draft can hold is taken over even where it is wrong, and is then said at its
    field; what it cannot hold (no TOML, unknown keys, a list where a text belongs) refuses the file.

    Raises:
        ImportRefused: with every mistake and its place.
    """
    if len(raw) > LARGEST:
        raise _refused("", "plans.file.too_large", size=LARGEST >> 20)
    try:
        data: dict[str, Any] = tomllib.loads(raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError:
        raise _refused("", "plans.file.not_text") from None
    except RecursionError:
        raise _refused("", "plans.file.not_toml", detail="nested") from None
    except ValueError as problem:
        # tomllib tells the place in every language alike: "(at line 3, column 5)".
        place = re.search(r"at line (\d+), column (\d+)", str(problem))
        if place is None:
            raise _refused("", "plans.file.not_toml_end") from None
        raise _refused("", "plans.file.not_toml", line=place[1], column=place[2]) from None
    if "steps" not in data:
        raise _refused("", "plans.file.not_a_plan")
    draft = draft_of(data)
    kept = {_kind(error) for error in _errors(draft.body())}
    lost = [error for error in _errors(data) if _kind(error) not in kept]
    if lost:
        raise ImportRefused(tuple(_mistake(error, data) for error in lost[:MOST_SAID]))
    return draft


def _refused(where: str, key: str, **fields: object) -> ImportRefused:
    return ImportRefused((Mistake(where, key, fields),))


def _errors(data: object) -> list[Mapping[str, Any]]:
    try:
        Plan.model_validate(data)
    except ValidationError as wrong:
        # A list counts as too short where its items are wrong, and those are told by themselves.
        told = [cast("Mapping[str, Any]", error) for error in wrong.errors(include_url=False)]
        return [error for error in told if error["type"] != "too_short" or len(told) == 1]
    except RecursionError:
        return [{"loc": (), "type": "nested", "msg": "nested too deeply"}]
    return []


def _kind(error: Mapping[str, Any]) -> tuple[object, ...]:
    return (error["loc"], error["type"])


def _mistake(error: Mapping[str, Any], data: Mapping[str, Any]) -> Mistake:
    key, fields = says(error)
    return Mistake(_where(error["loc"], data), f"plans.says.{key}", fields)


def _where(loc: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    """``steps 3 (roof), goal``: numbers from 1, with the item's id."""
    said = ""
    node: object = data
    for part in loc:
        if isinstance(part, int):
            items = cast("list[object]", node) if isinstance(node, list) else []
            node = items[part] if part < len(items) else None
            name = cast("Mapping[str, object]", node).get("id") if isinstance(node, Mapping) else None
            said += f" {part + 1}" + (f" ({name[:64]})" if isinstance(name, str) else "")
        else:
            if isinstance(node, Mapping) and part not in node and part in ("float", "str", "[key]"):
                continue
            node = cast("Mapping[str, object]", node).get(part) if isinstance(node, Mapping) else None
            said += (", " if said else "") + part[:64]
    return said


# ------------------------------------------------------------------ writing


def to_toml(draft: Draft) -> str:
    """The file of a plan, as ``vr-runtime check`` and ``vr-runtime run --plan`` read it. A draft that is not finished
    is written as it stands, with the same mistakes in it."""
    return tomli_w.dumps(_without_nothing(draft.body()))


def _without_nothing(table: Mapping[str, Any]) -> dict[str, Any]:
    """TOML has no null: a key that holds nothing is left out."""
    kept = {name: value for name, value in table.items() if value is not None}
    return {
        name: _without_nothing(value) if isinstance(value, dict) else value for name, value in kept.items()
    }


def file_name(draft: Draft) -> str:
    """A name for the file: the plan's id, never its title, which may tell of a person."""
    return f"{slug(draft.id) or 'plan'}.toml"
