"""The fields of a person, for a new one and to change one: a pseudonym, never a name."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import Sequence
from dataclasses import replace

from nicegui import ui

from clinician_console.clinic.entries import Patient
from clinician_console.clinic.people import looks_like_name, only_of
from clinician_console.clinic.port import ClinicStore, StoreReason
from clinician_console.pages.elements import Box, Say
from clinician_console.pages.forms import Line, OneOf, SomeOf, labelled
from clinician_console.words import LANGUAGES, Words
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.ages import RULES, HeadsetUse
from vr_runtime.protocol.files.manifest import Category, Posture
from vr_runtime.protocol.words import AgeBand

LONGEST_PSEUDONYM = 64
LONGEST_NOTES = 4000
LIKELY = 8


class PersonForm:
    """``prefix`` begins the ids of its fields: ``new-pseudonym``. ``content``: flags that scenes here may show."""

    def __init__(
        self, prefix: str, words: Words, store: ClinicStore, patient: Patient, content: Sequence[str]
    ) -> None:
        self._words, self._store, self._was, self._prefix = words, store, patient, prefix
        self.names = [f"{prefix}-pseudonym", f"{prefix}-notes"]
        pseudonym, notes = self.names
        self._typed = patient.pseudonym
        self._looked = 0
        with labelled(pseudonym, words("person.pseudonym"), words("person.pseudonym_hint")):
            Line(
                pseudonym,
                patient.pseudonym,
                on_typed=self._pseudonym,
                longest=LONGEST_PSEUDONYM,
                spellcheck="false",
                aria_describedby=f"{pseudonym}-said",
            )
            self._said = Say("warned", id=f"{pseudonym}-said", role="status")
        with self._group("person.age"):
            self._age = OneOf(
                f"{prefix}-age",
                words("person.age"),
                [(band.value, words(f"ages.{band.value}")) for band in AgeBand],
                patient.age_band.value,
                lambda band: self._ages(AgeBand(band)),
            )
            self._means = Box("age-means", id=f"{prefix}-age-means", role="status")
        with Box("columns"):
            with self._group("person.language"):
                self._language = OneOf(
                    f"{prefix}-language",
                    words("person.language"),
                    [(language, words.known(f"app.language_{language}", language)) for language in LANGUAGES],
                    patient.language,
                )
            with self._group("person.posture"):
                postures = [(one.value, words(f"person.posture_{one.value}")) for one in Posture]
                self._posture = OneOf(
                    f"{prefix}-posture",
                    words("person.posture"),
                    [("open", words("person.posture_open")), *postures],
                    patient.posture.value if patient.posture else "open",
                )
        flags = sorted({*content, *patient.cleared})
        with self._group("person.cleared", "person.cleared_hint"):
            self._cleared = SomeOf(
                f"{prefix}-cleared",
                words("person.cleared"),
                [(flag, words.known(f"content.{flag}", flag)) for flag in flags],
                patient.cleared,
            )
        with self._group("person.research", "person.research_hint"):
            self._research = OneOf(
                f"{prefix}-research",
                words("person.research"),
                [("no", words("person.no")), ("yes", words("person.yes"))],
                "yes" if patient.consent_research else "no",
            )
        with labelled(notes, words("person.notes"), words("person.notes_hint")):
            Line(notes, patient.notes, lines=3, longest=LONGEST_NOTES)
        self._ages(patient.age_band)

    def _group(self, key: str, hint: str = "") -> Box:
        box = Box("labelled")
        with box:
            Say("label", self._words(key))
            if hint:
                Say("hint", self._words(hint))
        return box

    def _ages(self, band: AgeBand) -> None:
        self._means.clear()
        with self._means:
            age_means(self._words, band)

    async def _pseudonym(self, text: str) -> None:
        """A warning in place; nothing is forbidden here."""
        self._typed = text.strip()
        self._looked += 1
        mine = self._looked
        if looks_like_name(text):
            self._said.say(self._words("person.looks_like_name"))
            return
        taken = False
        if self._typed and not only_of(self._typed, [self._was.pseudonym]):
            taken = await to_thread(self._taken, self._typed)
        if mine == self._looked:
            self._said.say(self._words("person.taken") if taken else "")

    def _taken(self, text: str) -> bool:
        return any(
            only_of(
                text, (row.pseudonym for row in self._store.patients(text, archived=put_away, limit=LIKELY))
            )
            for put_away in (False, True)
        )

    def suggest(self, pseudonym: str) -> None:
        """Write a free one into the field, where nothing stands there yet."""
        ui.run_javascript(
            f"const field = document.getElementById('{self.names[0]}');"
            f"if (field && !field.value.trim()) {{ field.value = '{pseudonym}'; field.dispatchEvent(new Event('input')); }}"
            "field?.focus();"
        )

    def complete(self, values: dict[str, str]) -> bool:
        if not values[self.names[0]].strip():
            self._said.say(self._words("person.pseudonym_wanted"))
            ui.run_javascript(f"document.getElementById('{self.names[0]}')?.focus()")
            return False
        return True

    def patient(self, values: dict[str, str]) -> Patient:
        """What was there, with what the form says now."""
        posture = self._posture.value
        return replace(
            self._was,
            pseudonym=values[self.names[0]].strip(),
            age_band=AgeBand(self._age.value),
            language="fr" if self._language.value == "fr" else "en",
            posture=None if posture == "open" else Posture(posture),
            cleared=tuple(sorted(self._cleared.values)),
            consent_research=self._research.value == "yes",
            notes=values[self.names[1]][:LONGEST_NOTES],
        )

    def trouble(self, problem: PalierError) -> str:
        return self._words("person.taken") if problem.reason is StoreReason.TAKEN else str(problem)


def age_means(words: Words, band: AgeBand) -> None:
    """What an age band locks and asks for, from :data:`vr_runtime.protocol.files.ages.RULES`."""
    rule = RULES[band]
    level = "info" if rule.headset is HeadsetUse.ALLOWED else "warning"
    with Box("said", data_level=level):
        Say("", _sentence(rule.why.in_language(words.language)), tag="p")
        with Box("", "ul"):
            Say("", words(f"ages.headset_{rule.headset.value}"), tag="li")
            if rule.headset is not HeadsetUse.LOCKED:
                first, later = rule.first_s / 60, rule.later_s / 60
                key = "ages.time" if first == later else "ages.times"
                Say("", words(key, first=first, later=later), tag="li")
            if rule.guardian:
                Say("", words("ages.guardian"), tag="li")
            for key, kinds, flags in (
                ("ages.locked", rule.locked, rule.locked_content),
                ("ages.gated", rule.gated, rule.gated_content),
            ):
                if kinds or flags:
                    Say("", words(key, what=_listed(words, kinds, flags)), tag="li")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _listed(words: Words, kinds: Sequence[Category], flags: Sequence[str]) -> str:
    named = [words(f"category.{kind.value}") for kind in kinds]
    return ", ".join([*named, *(words.known(f"content.{flag}", flag) for flag in flags)])
