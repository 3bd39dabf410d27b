"""Which instruments there are: those that come with Palier, and the clinic's own files.

A clinic's file is either a whole instrument with an id of its own, or it adds texts to one that comes without them::

    extends = "oci-r"
    [licence]
    terms = "..."
    source = "..."
    attribution = "..."
    [texts.en]
    ...

The scoring of an instrument that comes with Palier cannot be changed that way: a score has to mean the same
everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Literal

from pydantic import Field

from clinician_console.questionnaires.instrument import Instrument, Licence, Texts
from vr_runtime.protocol.base import Identifier, Strict
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.toml import read_data, validate
from vr_runtime.protocol.files.wrong import nearest

WHAT = "questionnaire"
FOLDER = "questionnaires"
"""Below the folder that belongs to Palier's user."""
MOST_FILES = 200


class Addition(Strict):
    """A clinic's texts for an instrument that comes with Palier."""

    extends: Identifier
    licence: Licence
    texts: dict[Literal["en", "fr"], Texts] = Field(min_length=1)


@dataclass(frozen=True)
class Shelf:
    """The instruments by id, and what is wrong with files that could not be used (one message a file)."""

    instruments: dict[str, Instrument]
    wrong: tuple[str, ...] = ()
    own: frozenset[str] = field(default_factory=frozenset)
    """Ids that the clinic brought, or brought texts for."""

    def find(self, name: str) -> Instrument | None:
        return self.instruments.get(name)


@cache
def _shipped() -> dict[str, Instrument]:
    found: dict[str, Instrument] = {}
    folder = files(__package__ or "") / "instruments"
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            with as_file(file) as path:
                one = read_instrument(path)
            found[one.id] = one
    return found


def shipped() -> dict[str, Instrument]:
    """Those that come with Palier, by id.

    Raises:
        FileError: one is wrong; tests see to it that none is.
    """
    return dict(_shipped())


def called(name: str) -> str:
    """What an instrument is called in short; one that does not come with Palier, by its id."""
    known = _shipped().get(name)
    return known.short if known else name.upper()


def read_instrument(path: Path) -> Instrument:
    """A whole instrument from a file.

    Raises:
        FileError: NOT_FOUND, UNREADABLE or INVALID; file, key, value, and what to write instead.
    """
    return validate(read_data(path, WHAT), path, Instrument, WHAT)


def fill_shelf(folder: Path | None) -> Shelf:
    """What comes with Palier together with the clinic's files in ``folder`` (``palier_home()/questionnaires``).

    A file that is wrong takes none of the others along: its message stands in ``wrong``.
    """
    instruments = shipped()
    ours = frozenset(instruments)
    wrong: list[str] = []
    own: set[str] = set()
    for path in _files_in(folder):
        try:
            one = _read_own(path, instruments, ours, own)
        except FileError as problem:
            wrong.append(str(problem))
            continue
        instruments[one.id] = one
        own.add(one.id)
    return Shelf(instruments, tuple(wrong), frozenset(own))


def _files_in(folder: Path | None) -> Iterator[Path]:
    if folder is None or not folder.is_dir():
        return
    yield from sorted(folder.glob("*.toml"))[:MOST_FILES]


def _read_own(path: Path, there: dict[str, Instrument], ours: frozenset[str], own: set[str]) -> Instrument:
    data = read_data(path, WHAT)
    if "extends" not in data:
        one = validate(data, path, Instrument, WHAT)
        if one.id in ours:
            raise FileError(
                FileReason.INVALID,
                f'{path}: id = "{one.id}" comes with Palier and cannot be replaced: add texts with '
                f'extends = "{one.id}" and [texts.en], or write another id',
            )
        if one.id in own:
            raise FileError(
                FileReason.INVALID, f'{path}: id = "{one.id}" is in another file too: write another id'
            )
        return one
    addition = validate(data, path, Addition, f"{WHAT} that adds texts")
    base = there.get(addition.extends)
    if base is None:
        raise FileError(
            FileReason.INVALID,
            f'{path}: extends = "{addition.extends}": there is no such instrument{nearest(addition.extends, there)} '
            f"(there is: {', '.join(sorted(there))})",
        )
    if taken := [language for language in addition.texts if language in base.texts]:
        raise FileError(
            FileReason.INVALID,
            f"{path}: texts.{taken[0]}: {base.short} has texts in that language already: take this table out",
        )
    terms = f"{base.licence.terms} Texts of the clinic: {addition.licence.terms}"[:600]
    whole = {
        **base.model_dump(),
        "licence": {**addition.licence.model_dump(), "terms": terms},
        "texts": {**base.model_dump()["texts"], **addition.model_dump()["texts"]},
    }
    return validate(whole, path, Instrument, WHAT)
