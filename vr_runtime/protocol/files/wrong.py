"""What is wrong with a file, in plain words: where, which value, which limit, and what to write instead.

pydantic says what it found in its own words; here they are put into those of whoever wrote the file.
"""

from __future__ import annotations

import difflib
import json
import re
import types
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

from pydantic import BaseModel, ValidationError

WHOLE = "file"
"""Place of what concerns no single field."""
LONGEST_LIST = 40
"""Lines of one message at most; a file that is wrong throughout is not read line by line."""


def lines_of(problem: ValidationError, model: type[BaseModel], data: object) -> list[str]:
    """A line for each mistake, in the order of the file's fields."""
    found: dict[str, list[_Mistake]] = {}
    for error in problem.errors(include_url=False):
        if _only_follows(error["type"], error["input"], error.get("ctx")):
            continue
        mistake = _mistake(cast("Mapping[str, Any]", error), model, data)
        found.setdefault(mistake.place, []).append(mistake)
    lines = [_line(place, mistakes) for place, mistakes in found.items()]
    if (more := len(lines) - LONGEST_LIST) > 0:
        lines = [*lines[:LONGEST_LIST], f"and {more} more mistakes"]
    return lines


def shown(value: object) -> str:
    """A value as it would stand in the file, cut where it is long."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            text = value if len(value) <= 60 else value[:57] + "..."
            return json.dumps(text, ensure_ascii=False)
        case dict():
            return "a table"
        case list() | tuple():
            return "a list"
        case datetime() | date() | time():
            return f"the date or time {value.isoformat()}"
        case _:
            return f"a {type(value).__name__}"


def nearest(word: str, known: Iterable[str]) -> str:
    """``; did you mean 'x'?`` where something known is near, else nothing."""
    near = difflib.get_close_matches(word[:100], [*known], n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""


# ------------------------------------------------------------------ one mistake


@dataclass(frozen=True)
class _Mistake:
    place: str
    says: str
    wanted: str = ""
    """A kind of value, where the mistake is no more than that: several of them at one place become one line."""
    value: str = ""


def _line(place: str, mistakes: list[_Mistake]) -> str:
    wanted = [*dict.fromkeys(mistake.wanted for mistake in mistakes if mistake.wanted)]
    if len(mistakes) > 1 and len(wanted) > 1:
        return f"{place}: {' or '.join(wanted)} is wanted, not {mistakes[0].value}"
    says = "; ".join(dict.fromkeys(mistake.says for mistake in mistakes))
    return says if place == WHOLE else f"{place}: {says}"


def _mistake(error: Mapping[str, Any], model: type[BaseModel], data: object) -> _Mistake:
    loc: tuple[int | str, ...] = error["loc"]
    kind: str = error["type"]
    context: Mapping[str, Any] = error.get("ctx") or {}
    value: object = error["input"]
    path = _walk(loc, model, data, unread=kind in ("missing", "extra_forbidden"))
    if kind == "missing":
        example = _example(path.types)
        says = f"add {example}" if isinstance(loc[-1], int) else f"write {_key(str(loc[-1]))} = {example}"
        return _Mistake(path.place, f"is missing; {says}")
    if kind == "extra_forbidden":
        known = sorted({name for each in path.parents for name in _keys(each)})
        says = f"there is no such key here{nearest(str(loc[-1]), known)} (there is: {', '.join(known)})"
        return _Mistake(path.place, says)
    if kind == "value_error":
        return _Mistake(path.place, str(context.get("error", error["msg"])))
    place = path.place
    there = shown(value)
    if path.is_key:
        place = f"{place}: the key {there}"
    elif there not in ("a table", "a list"):
        place = f"{place} = {there}"
    wanted = _WANTED.get(kind, "")
    if kind.startswith("model_"):
        wanted = f"a table ({_example(path.types)})"
    if wanted:
        return _Mistake(place, f"{wanted} is wanted, not {there}", wanted, there)
    say = _SAY.get(kind)
    return _Mistake(place, say(value, context) if say else str(error["msg"]))


def _only_follows(kind: str, value: object, context: Mapping[str, Any] | None) -> bool:
    """A list counts as too short where its items are wrong, and those are told by themselves."""
    if kind != "too_short" or not isinstance(value, list):
        return False
    return len(cast("list[object]", value)) >= (context or {})["min_length"]


Say = Callable[[Any, "Mapping[str, Any]"], str]
"""Of a value and pydantic's context: what is wrong and what to write instead."""

_WANTED: dict[str, str] = {
    "string_type": 'a text in quotes ("...")',
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a table ({ ... })",
    "model_type": "a table ({ ... })",
    "model_attributes_type": "a table ({ ... })",
    "tuple_type": "a list ([ ... ])",
    "list_type": "a list ([ ... ])",
}


def _choice(value: Any, context: Mapping[str, Any]) -> str:
    expected = str(context.get("expected", ""))
    known = re.findall(r"'([^']*)'", expected)
    return f"is none of {expected}{nearest(str(value) if isinstance(value, str) else '', known)}"


def _tag(value: Any, context: Mapping[str, Any]) -> str:
    key = str(context.get("discriminator", "")).strip("'")
    tag, known = str(context.get("tag", "")), re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
    return f"{key} = {shown(tag)} is none of {', '.join(known)}{nearest(tag, known)}"


def _no_tag(value: Any, context: Mapping[str, Any]) -> str:
    return f'says not what it is; write {str(context.get("discriminator", "kind")).strip(chr(39))} = "..."'


def _pattern(value: Any, context: Mapping[str, Any]) -> str:
    plain = unicodedata.normalize("NFKD", str(value)[:64]).encode("ascii", "ignore").decode()
    instead = re.sub(r"[^a-z0-9_\-]+", "-", plain.lower()).strip("-_") or "a-name"
    return (
        "a name here is made of lower-case letters, digits, _ and -, and begins with a letter or a digit; "
        f'write for instance "{instead}"'
    )


def _length(value: Any, context: Mapping[str, Any]) -> str:
    most = context.get("max_length")
    return f"has {len(value)} characters; at most {most} are allowed: shorten it"


def _count(value: Any, context: Mapping[str, Any]) -> str:
    most, there = context.get("max_length"), context.get("actual_length")
    return f"holds {there if there is not None else 'more'}; at most {most} are allowed: take some out"


def _too_few(value: Any, context: Mapping[str, Any]) -> str:
    return (
        f"holds {context.get('actual_length', 0)}; at least {context.get('min_length')} are wanted: add some"
    )


_SAY: dict[str, Say] = {
    "enum": _choice,
    "literal_error": _choice,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _no_tag,
    "string_pattern_mismatch": _pattern,
    "string_too_long": _length,
    "string_too_short": lambda value, context: (
        f"is too short ({len(value)} characters); at least {context.get('min_length')} are wanted: write a text"
    ),
    "too_long": _count,
    "too_short": _too_few,
    "finite_number": lambda value, context: (
        "must be a finite number: nan, inf and numbers beyond 1e308 are none"
    ),
    "greater_than": lambda value, context: (
        f"must be greater than {_number(context['gt'])}; write more than {_number(context['gt'])}"
    ),
    "greater_than_equal": lambda value, context: (
        f"must be greater than or equal to {_number(context['ge'])}; write {_number(context['ge'])} or more"
    ),
    "less_than": lambda value, context: (
        f"must be less than {_number(context['lt'])}; write less than {_number(context['lt'])}"
    ),
    "less_than_equal": lambda value, context: (
        f"must be less than or equal to {_number(context['le'])}; write {_number(context['le'])} or less"
    ),
    "int_parsing_size": lambda value, context: "is too large a whole number",
    "string_unicode": lambda value, context: "holds characters that are none",
    "recursion_loop": lambda value, context: "is nested too deeply",
}


def _number(value: float) -> str:
    """Shortest form; a whole number beyond what anyone writes is told by its size."""
    try:
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
    except ValueError:
        return "a number of more than 4000 digits"
    return text if len(text) <= 40 else f"a number of {len(text)} digits"


# ------------------------------------------------------------------ where it is


@dataclass(frozen=True)
class _Path:
    place: str
    types: tuple[Any, ...]
    """What may stand there."""
    parents: tuple[Any, ...]
    """The models that the last key was looked for in."""
    is_key: bool = False


def _walk(loc: Sequence[int | str], model: type[BaseModel], data: object, *, unread: bool) -> _Path:
    """Follow pydantic's place through the file and the models at once: names of unions drop out, items of a list get
    their number from 1 and their id."""
    node, kinds, parents = data, (cast("Any", model),), (cast("Any", model),)
    place, is_key = "", loc[-1:] == ("[key]",)
    if is_key:
        loc = loc[:-2]  # the place is that of the table whose key is wrong
    for position, part in enumerate(loc):
        kinds = _alternatives(kinds)
        last = position == len(loc) - 1
        narrowed = tuple(each for each in kinds if _tag_of(each) == part)
        if narrowed and len(kinds) > 1:
            kinds = narrowed
        elif isinstance(part, int) and isinstance(node, list | tuple):
            items = cast("Sequence[object]", node)
            node = items[part] if part < len(items) else None
            place += f" {part + 1}" + _id_of(node)
            parents, kinds = kinds, tuple(item for each in kinds for item in _item_types(each, part))
        elif (isinstance(node, dict) and part in node) or (unread and last):
            parents = kinds
            node = cast("dict[str, object]", node).get(str(part)) if isinstance(node, dict) else None
            place += f"{_joint(place)}{_key(str(part))}"
            kinds = tuple(item for each in kinds for item in _value_types(each, str(part)))
    return _Path(place or WHOLE, _alternatives(kinds), _alternatives(parents), is_key)


def _joint(place: str) -> str:
    """Between two parts of a place: after an item of a list comes a comma, elsewhere a dot."""
    if not place:
        return ""
    return (
        ", " if place.endswith(")") or (place[-1].isdigit() and " " in place.split(",")[-1].strip()) else "."
    )


def _key(part: str) -> str:
    part = part if len(part) <= 60 else part[:57] + "..."
    return part if re.fullmatch(r"[A-Za-z0-9_\-]+", part) else json.dumps(part, ensure_ascii=False)


def _id_of(node: object) -> str:
    if isinstance(node, dict):
        name = cast("dict[str, object]", node).get("id")
        if isinstance(name, str) and re.fullmatch(r"[A-Za-z0-9_\-]{1,64}", name):
            return f" ({name})"
    return ""


# ------------------------------------------------------------------ what may stand there


def _alternatives(kinds: Iterable[Any]) -> tuple[Any, ...]:
    """The kinds with ``Annotated`` and unions taken apart."""
    found: list[Any] = []
    for each in kinds:
        origin = get_origin(each)
        if origin is Annotated:
            found.extend(_alternatives((get_args(each)[0],)))
        elif origin in (Union, types.UnionType):
            found.extend(_alternatives(get_args(each)))
        elif each is not type(None):
            found.append(each)
    return tuple(found)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _keys(kind: Any) -> Iterable[str]:
    return kind.model_fields if _is_model(kind) else ()


def _tag_of(kind: Any) -> str | None:
    """What ``kind`` says of a model of a tagged union."""
    field = kind.model_fields.get("kind") if _is_model(kind) else None
    if field is None or get_origin(field.annotation) is not Literal:
        return None
    return str(get_args(field.annotation)[0])


def _item_types(kind: Any, number: int) -> tuple[Any, ...]:
    inside = tuple(each for each in get_args(kind) if each is not Ellipsis)
    if get_origin(kind) is tuple and Ellipsis not in get_args(kind):
        return inside[number : number + 1]
    return inside if get_origin(kind) in (tuple, list) else ()


def _value_types(kind: Any, name: str) -> tuple[Any, ...]:
    if _is_model(kind):
        field = kind.model_fields.get(name)
        return () if field is None else (field.annotation,)
    return get_args(kind)[1:] if get_origin(kind) is dict else ()


def _example(kinds: Sequence[Any]) -> str:
    kind = kinds[0] if kinds else str
    if get_origin(kind) is Literal:
        return json.dumps(get_args(kind)[0])
    if isinstance(kind, type):
        if issubclass(kind, Enum):
            return " or ".join(json.dumps(member.value) for member in kind)
        if issubclass(kind, BaseModel):
            wanted = [name for name, field in kind.model_fields.items() if field.is_required()]
            return "{ " + ", ".join(f"{name} = ..." for name in wanted) + " }"
        if issubclass(kind, bool):
            return "true or false"
        if issubclass(kind, int | float):
            return "a number"
    return "[ ... ]" if get_origin(kind) in (tuple, list) else '"..."'
