"""A questionnaire that is being filled: what was answered so far, and where one is. Values and rules, no screen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from clinician_console.clinic.entries import Answers
from clinician_console.questionnaires.instrument import Instrument
from clinician_console.questionnaires.scoring import score

Respondent = Literal["patient", "therapist"]


@dataclass
class Filling:
    """Args:
    patient, session: ids in the clinic's data; ``session`` empty where it belongs to none.
    language: of the questionnaire's texts.
    """

    instrument: Instrument
    patient: str
    session: str
    language: str
    respondent: Respondent
    one_by_one: bool
    answers: dict[str, int | None] = field(default_factory=dict)
    place: int = 0
    """Which item is shown, from 0; of use where they are shown one by one."""
    kept: Answers | None = None
    """As the store holds them; None as long as nothing was kept."""
    ended: bool = False
    """The person who fills it said that it is done, and it was kept."""

    def __post_init__(self) -> None:
        self.answers = {**dict.fromkeys(self.instrument.items), **self.answers}

    def press(self, item: str, value: int) -> None:
        """Answer an item; the same answer a second time takes it back."""
        self.answers[item] = None if self.answers[item] == value else value

    def go(self, by: int) -> None:
        self.place = max(0, min(len(self.instrument.items) - 1, self.place + by))

    @property
    def answered(self) -> int:
        return sum(value is not None for value in self.answers.values())

    @property
    def alerts(self) -> tuple[str, ...]:
        return score(self.instrument, self.answers).alerts

    @property
    def at_once(self) -> bool:
        """Whether it is to be kept now, before the end: an answer calls for somebody to act, or did a moment ago."""
        return self.kept is not None or bool(self.alerts)

    @property
    def undecided(self) -> bool:
        """Something was answered and has been neither kept nor thrown away."""
        return self.answered > 0 if self.kept is None else self.kept.items != self.answers

    def entry(self, now: datetime) -> Answers:
        """As the store is to keep it: new, or in the place of what it keeps of this filling already."""
        entry = Answers(
            id="", patient=self.patient, instrument=self.instrument.id,
            instrument_version=self.instrument.version, language=self.language,
            date=now.astimezone(UTC).isoformat(timespec="seconds"), respondent=self.respondent,
            items={**self.answers}, scores=score(self.instrument, self.answers).as_json(), session=self.session,
        )  # fmt: skip
        return entry if self.kept is None else replace(entry, id=self.kept.id, version=self.kept.version)
