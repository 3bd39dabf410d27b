"""An instrument as a file: its items, its answers and its scoring, with the licence of each text.

Item texts stand in it only where they are free (``docs/questionnaires.md`` says which); a clinic adds the texts that
it has a licence for with a file of its own (:mod:`clinician_console.questionnaires.shelf`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from vr_runtime.protocol.base import Identifier, Strict
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.wrong import nearest

MOST_ITEMS = 120
MOST_ANSWERS = 101
"""Possible answers to one item: 0 to 100 in ones."""


def _names(value: object) -> object:
    """``"1-9"`` and ``"f1-f24"`` stand for all ids from the first to the last; a list stays a list."""
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"([a-z_]*)(\d{1,3})-([a-z_]*)(\d{1,3})", value)
    if match is None:
        raise ValueError(
            f'"{value[:40]}" names no items; write a list (["1", "2"]), or the first and the last ("1-9", "f1-f24")'
        )
    prefix, first, again, last = match.groups()
    if prefix != again or not int(first) < int(last) <= int(first) + MOST_ITEMS:
        raise ValueError(
            f'"{value[:40]}" does not lead from a first to a last item of one name; write for instance "1-9"'
        )
    return tuple(f"{prefix}{number}" for number in range(int(first), int(last) + 1))


Names = Annotated[tuple[Identifier, ...], BeforeValidator(_names), Field(max_length=MOST_ITEMS)]
Words = Annotated[str, Field(min_length=1, max_length=600)]


class Licence(Strict):
    """On which terms the instrument is used, and where these terms stand."""

    terms: Words
    source: Words
    attribution: Words


class Group(Strict):
    """Items with the same possible answers: whole numbers from ``lowest`` to ``highest`` by ``step``."""

    id: Identifier = "main"
    items: Names
    lowest: int = Field(ge=-1000, le=1000)
    highest: int = Field(ge=-1000, le=1000)
    step: int = Field(default=1, ge=1, le=100)
    reverse: tuple[Identifier, ...] = ()
    """Items that count backwards: ``lowest + highest - answer``."""

    @model_validator(mode="after")
    def _consistent(self) -> Group:
        if not self.items:
            raise ValueError(f'{self.id}: items is empty; write for instance items = "1-9"')
        if self.lowest >= self.highest or (self.highest - self.lowest) % self.step:
            raise ValueError(
                f"{self.id}: answers go from lowest = {self.lowest} to highest = {self.highest} by step = {self.step}; "
                "write a highest above the lowest that the steps reach"
            )
        if len(self.values) > MOST_ANSWERS:
            raise ValueError(
                f"{self.id}: {len(self.values)} possible answers, at most {MOST_ANSWERS} are allowed; write a larger step"
            )
        if strange := [name for name in self.reverse if name not in self.items]:
            raise ValueError(
                f"{self.id}: reverse names {strange[0]!r}, which is no item of this group{nearest(strange[0], self.items)}"
            )
        return self

    @property
    def values(self) -> range:
        return range(self.lowest, self.highest + 1, self.step)


class Band(Strict):
    """From this value on, up to the next band. ``says`` is a publication's word for a range, not a finding."""

    at_least: float
    says: Text
    source: Words


class Change(Strict):
    """A difference between two times that a publication calls noteworthy, in either direction."""

    at_least: float = Field(gt=0)
    says: Text
    source: Words


class Score(Strict):
    """A figure made of items, or of other scores' raw sums (``of``), times ``weight``."""

    id: Identifier
    name: Text
    how: Literal["sum", "mean"] = "sum"
    items: Names = ()
    of: tuple[Identifier, ...] = ()
    """Scores whose raw sums, before their weights, are added: an item that stands in two of them counts twice."""
    weight: float = Field(default=1.0, gt=0, le=1000)
    digits: int = Field(default=0, ge=0, le=3)
    may_miss: int = Field(default=0, ge=0, le=10)
    """Up to so many items may be left out; the sum of the others is then scaled up to all and rounded to a whole.
    With more, and where 0 stands, there is no score: nothing that was not answered counts as 0."""
    better: Literal["lower", "higher", "neither"] = "lower"
    bands: tuple[Band, ...] = ()
    changes: tuple[Change, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Score:
        if self.id == "about":
            raise ValueError('about: a score cannot be called "about"; write another id')
        if bool(self.items) == bool(self.of):
            raise ValueError(f"{self.id}: write either items or of (other scores' ids)")
        if self.of and (self.how != "sum" or self.may_miss):
            raise ValueError(f'{self.id}: a score of scores is a sum; take how = "mean" and may_miss out')
        starts = [band.at_least for band in self.bands]
        if starts != sorted(set(starts)):
            raise ValueError(f"{self.id}: bands must rise; sort them by at_least, each once")
        steps = [change.at_least for change in self.changes]
        if steps != sorted(set(steps)):
            raise ValueError(f"{self.id}: changes must rise; sort them by at_least, each once")
        if len(set(self.items)) != len(self.items) or len(set(self.of)) != len(self.of):
            raise ValueError(f"{self.id}: a name stands twice; take one out")
        if self.items and self.may_miss >= len(self.items):
            raise ValueError(f"{self.id}: may_miss = {self.may_miss} would let every item be left out")
        return self


class Need(Strict):
    """At least so many of these items."""

    items: Names
    at_least: int = Field(ge=1, le=MOST_ITEMS)


class Pattern(Strict):
    """How items have to be answered together; an item counts from ``counts_from`` on. The words are neutral."""

    id: Identifier
    name: Text
    counts_from: int
    needs: tuple[Need, ...] = Field(min_length=1)
    says: Text
    says_not: Text
    source: Words


class Alert(Strict):
    """An answer that a person has to act on at once, whatever else was answered or left out."""

    id: Identifier
    item: Identifier
    at_least: int
    says: Text
    todo: Text


class Texts(Strict):
    """The instrument in one language, word for word as its publisher gives it."""

    title: Words
    instruction: Words
    source: Words
    """Where these words come from: a translation is somebody's, too."""
    official: bool = True
    """False for a plain rating scale in Palier's own words, which the page says."""
    items: dict[Identifier, Words] = Field(min_length=1)
    answers: dict[Identifier, dict[str, Words]] = {}
    """By group: the words for an answer's number. Numbers without words are shown as numbers."""
    rater_note: Words | None = None


class Instrument(Strict):
    """A whole instrument's file."""

    id: Identifier
    version: Annotated[str, Field(min_length=1, max_length=40)]
    short: Annotated[str, Field(min_length=1, max_length=24)]
    name: Text
    licence: Licence
    note: Text | None = None
    """What whoever uses it has to know."""
    rated_by: Literal["patient", "clinician"] = "patient"
    groups: tuple[Group, ...] = Field(min_length=1, max_length=10)
    scores: tuple[Score, ...] = Field(min_length=1, max_length=20)
    patterns: tuple[Pattern, ...] = ()
    alerts: tuple[Alert, ...] = ()
    texts: dict[Literal["en", "fr"], Texts] = {}

    @model_validator(mode="after")
    def _consistent(self) -> Instrument:
        items = self.items
        if len(set(items)) != len(items):
            twice = next(name for name in items if items.count(name) > 1)
            raise ValueError(f"groups: item {twice!r} stands twice; give each item one group")
        if len(items) > MOST_ITEMS:
            raise ValueError(f"groups: {len(items)} items, at most {MOST_ITEMS} are allowed")
        for kind, names in (
            ("groups", [group.id for group in self.groups]),
            ("scores", [score.id for score in self.scores]),
            ("alerts", [alert.id for alert in self.alerts]),
            ("patterns", [pattern.id for pattern in self.patterns]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"{kind}: an id stands twice ({', '.join(names)}); give each another")
        for score in self.scores:
            self._known(f"scores, {score.id}.items", score.items, items)
            if score.of:
                self._known(f"scores, {score.id}.of", score.of, [each.id for each in self.scores])
                for part in (self.score(name) for name in score.of):
                    if part.of or part.how == "mean":
                        raise ValueError(
                            f"scores, {score.id}.of: {part.id!r} is no sum of items; name one that is"
                        )
            low, high = self.span(score)
            if outside := [band.at_least for band in score.bands if not low <= band.at_least <= high]:
                raise ValueError(
                    f"scores, {score.id}.bands: at_least = {outside[0]:g} lies outside of the score's range; "
                    f"write a number from {low:g} to {high:g}"
                )
        for alert in self.alerts:
            self._known(f"alerts, {alert.id}.item", [alert.item], items)
            self._reachable(f"alerts, {alert.id}.at_least", alert.at_least, alert.item)
        for pattern in self.patterns:
            for need in pattern.needs:
                self._known(f"patterns, {pattern.id}.needs.items", need.items, items)
                if need.at_least > len(need.items):
                    raise ValueError(
                        f"patterns, {pattern.id}.needs: at_least = {need.at_least} of {len(need.items)} items; "
                        f"write {len(need.items)} or less"
                    )
                for name in need.items:
                    self._reachable(f"patterns, {pattern.id}.counts_from", pattern.counts_from, name)
        for language, texts in self.texts.items():
            self._texts_fit(f"texts.{language}", texts)
        return self

    def _texts_fit(self, place: str, texts: Texts) -> None:
        self._known(f"{place}.items", texts.items, self.items)
        if missing := [name for name in self.items if name not in texts.items]:
            raise ValueError(f'{place}.items: item {missing[0]} has no text; write {missing[0]} = "..."')
        for name, labels in texts.answers.items():
            self._known(f"{place}.answers", [name], [group.id for group in self.groups])
            group = next(group for group in self.groups if group.id == name)
            values = [str(value) for value in group.values]
            for label in labels:
                if label not in values:
                    raise ValueError(
                        f"{place}.answers.{name}: {label[:20]!r} is no answer of this group; "
                        f"the answers are {values[0]} to {values[-1]}"
                    )

    def _reachable(self, place: str, value: int, item: str) -> None:
        group = self.group_of(item)
        if not group.lowest < value <= group.highest:
            raise ValueError(
                f"{place} = {value}: item {item} is answered from {group.lowest} to {group.highest}; "
                f"write a number from {group.lowest + 1} to {group.highest}"
            )

    @staticmethod
    def _known(place: str, names: Iterable[str], known: Iterable[str]) -> None:
        there = [*known]
        for name in names:
            if name not in there:
                few = ", ".join(there[:12]) + (", ..." if len(there) > 12 else "")
                raise ValueError(f"{place}: there is no {name!r}{nearest(name, there)} (there is: {few})")

    # ------------------------------------------------------------------ questions asked of an instrument

    @property
    def items(self) -> tuple[str, ...]:
        return tuple(name for group in self.groups for name in group.items)

    def group_of(self, item: str) -> Group:
        return next(group for group in self.groups if item in group.items)

    def score(self, name: str) -> Score:
        return next(score for score in self.scores if score.id == name)

    def items_of(self, score: Score) -> tuple[str, ...]:
        """The items that a score rests on, each once."""
        if not score.of:
            return score.items
        return tuple(dict.fromkeys(name for part in score.of for name in self.score(part).items))

    def span(self, score: Score) -> tuple[float, float]:
        """The least and the most that a score can be."""
        parts = [self.score(name).items for name in score.of] if score.of else [score.items]
        low = float(sum(self.group_of(name).lowest for part in parts for name in part))
        high = float(sum(self.group_of(name).highest for part in parts for name in part))
        if score.how == "mean":
            low, high = low / len(score.items), high / len(score.items)
        return low * score.weight, high * score.weight

    def languages(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def texts_in(self, language: str) -> Texts | None:
        """In that language, else in any that is there; None where no texts were loaded."""
        return self.texts.get(language) or next(iter(self.texts.values()), None)  # type: ignore[arg-type]
