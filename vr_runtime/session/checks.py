"""The gate before a session: start checks, age, content and posture. A gap is closed by an answer, or taken on by a
clinician with a name and a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vr_runtime.protocol.commands import AnswerCheck, Override
from vr_runtime.protocol.course_events import CheckAnswered, OverrideGiven
from vr_runtime.protocol.events import (
    EventBody,
)
from vr_runtime.protocol.files.ages import headset_gap, scene_gap
from vr_runtime.protocol.files.checklist import Checklist
from vr_runtime.protocol.files.manifest import Posture, SceneManifest, Text
from vr_runtime.protocol.words import AgeBand


class Gap(NamedTuple):
    """What speaks against the start. ``id`` begins with its kind: ``check:``, ``age:``, ``content:``, ``posture:``."""

    id: str
    text: Text
    may_override: bool = True


class Gate:
    """``open`` is what still keeps the session from starting."""

    def __init__(self, checklist: Checklist | None, standing: Iterable[Gap], age: AgeBand) -> None:
        self.items = tuple(
            item for item in (checklist.items if checklist else ()) if not item.ages or age in item.ages
        )
        self.answers: dict[str, bool | float | str] = {}
        self.overridden: set[str] = set()
        self._standing = tuple(standing)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """All that speaks against the start, overridden or not."""
        found: list[Gap] = []
        for item in self.items:
            answer = self.answers.get(item.id)
            if answer is None:
                if not item.optional:
                    found.append(Gap(f"check:{item.id}", item.ask, item.may_override))
            elif item.speaks_against(answer):
                found.append(Gap(f"check:{item.id}", item.ask, item.may_override))
        return (*found, *self._standing)

    @property
    def open(self) -> tuple[Gap, ...]:
        return tuple(gap for gap in self.gaps if gap.id not in self.overridden)

    def problem_with_answer(self, body: AnswerCheck) -> str | None:
        item = next((item for item in self.items if item.id == body.item), None)
        if item is None:
            known = ", ".join(item.id for item in self.items) or "none"
            return f"there is no check '{body.item}' (there are: {known})"
        return item.problem(body.value)

    def problem_with_override(self, body: Override) -> str | None:
        gap = next((gap for gap in self.gaps if gap.id == body.gap), None)
        if gap is None:
            return f"nothing is open under '{body.gap}' (open: {self.names() or 'nothing'})"
        if not gap.may_override:
            return f"'{body.gap}' cannot be overridden: the session does not start against it"
        return None

    def answer(self, body: AnswerCheck) -> EventBody:
        """An answer that changes voids an override of the same item: it was given for another answer."""
        before = self.answers.get(body.item)
        self.answers[body.item] = body.value
        name = f"check:{body.item}"
        if before != body.value:
            self.overridden.discard(name)
        against = any(gap.id == name for gap in self.gaps)
        return CheckAnswered(item=body.item, value=body.value, gap=name if against else "")

    def override(self, body: Override) -> EventBody:
        self.overridden.add(body.gap)
        return OverrideGiven(gap=body.gap, by=body.by, reason=body.reason)

    def names(self) -> str:
        return ", ".join(gap.id for gap in self.open)


def standing_gaps(
    scenes: Mapping[str, SceneManifest],
    age: AgeBand,
    posture: Posture | None,
    cleared: Iterable[str],
    *,
    headset: bool,
) -> list[Gap]:
    """What the scenes of a plan speak against, given the patient. An age that was never told is old enough for
    nothing. ``headset``: the patient wears one."""
    agreed = frozenset(cleared)
    ages = [
        headset_gap(age) if headset else None,
        *(scene_gap(age, manifest) for manifest in scenes.values()),
    ]
    found = [Gap(gap.id, gap.text, gap.may_override) for gap in ages if gap is not None]
    for name, manifest in scenes.items():
        if posture is not None and manifest.posture and posture not in manifest.posture:
            found.append(
                Gap(
                    f"posture:{name}",
                    Text(
                        en=f"{manifest.names.en} is not made for a patient who is {posture.value}",
                        fr=f"{manifest.names.fr} n'est pas prévue dans cette posture",
                    ),
                )
            )
    flags = dict.fromkeys(flag for manifest in scenes.values() for flag in manifest.content)
    for flag in flags:
        if flag not in agreed:
            found.append(
                Gap(
                    f"content:{flag}",
                    Text(
                        en=f"the plan shows '{flag}': the patient has to have agreed to it",
                        fr=f"le plan montre « {flag} » : le patient doit y avoir consenti",
                    ),
                )
            )
    return found
