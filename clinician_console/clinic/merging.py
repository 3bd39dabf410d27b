"""Two people changed the same entry: what each changed alone is kept, what both changed is for a person to decide."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar, cast

E = TypeVar("E")

APART = frozenset({"id", "version", "created", "updated"})


@dataclass(frozen=True)
class Merge(Generic[E]):
    """``both``: fields that the two sides changed to different values. ``mine`` and ``theirs`` are whole entries,
    ready to be kept over the other's version, in which only those fields differ."""

    mine: E
    theirs: E
    both: tuple[str, ...]


def merge(before: E, mine: E, theirs: E) -> Merge[E]:
    """``before``: what both began with; ``mine``: with this side's changes; ``theirs``: what is kept now."""
    names = [field.name for field in fields(cast("Any", theirs)) if field.name not in APART]
    changed = [name for name in names if getattr(mine, name) != getattr(before, name)]
    both = tuple(
        name for name in changed if getattr(theirs, name) not in (getattr(before, name), getattr(mine, name))
    )
    over: dict[str, Any] = {name: getattr(mine, name) for name in changed}
    alone = {name: value for name, value in over.items() if name not in both}
    whole = cast("Any", theirs)
    return Merge(replace(whole, **over), replace(whole, **alone), both)
