"""Proposals: what the protocol's rules find, put to the therapist, and what the therapist makes of them.

Nothing is done by a proposal. It is withdrawn when its reasons no longer hold or the step is left; one that was
answered is not made again before something new was rated. A rule that holds and cannot say why is not listened to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vr_runtime.protocol.course_events import (
    ProposalAnswered,
    ProposalMade,
    ProposalWithdrawn,
    Reason,
)
from vr_runtime.protocol.events import (
    EventBody,
)
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Variability
from vr_runtime.protocol.files.treatment import Advance, RuleUse
from vr_runtime.protocol.words import Followed, ProposalKind
from vr_runtime.session.advance import Rule, StepFacts
from vr_runtime.session.draw import draw


@dataclass(frozen=True)
class _Open:
    made: ProposalMade
    at_ns: int


class Proposals:
    """At most one open proposal of each kind. Asked once a second, and after each rating, mark or trial."""

    def __init__(
        self,
        advance: Advance,
        rules: Mapping[str, Rule],
        *,
        steps: int,
        variability: Variability | None = None,
        seed: int = 0,
    ) -> None:
        self.on = True
        self._advance = advance
        self._rules = rules
        self._steps = steps
        self._variability = variability
        self._seed = seed
        self._left = 0
        """Steps left so far: each stay has its own draw."""
        self._open: dict[ProposalKind, _Open] = {}
        self._answered: dict[ProposalKind, int] = {}
        self._count = 0
        self._next_step: dict[int, int] = {}

    @property
    def open(self) -> tuple[ProposalMade, ...]:
        return tuple(each.made for each in self._open.values())

    def look(self, facts: StepFacts, ceiling: int, now_ns: int) -> list[EventBody]:
        """Compare what the rules find with what is open."""
        if not self.on or facts.step == 0:
            return self.withdraw_all("the aid is off" if not self.on else "no step")
        events: list[EventBody] = []
        wanted = self._found(facts, ceiling)
        gone = [kind for kind in self._open if kind not in wanted and kind is not ProposalKind.RE_EXPOSE]
        for kind in gone:
            events.append(self._withdraw(kind, "its reasons no longer hold"))
        for kind, (step, reasons) in wanted.items():
            if kind in self._open or self._answered.get(kind) == len(facts.ratings):
                continue
            events.append(self._make(kind, step, reasons, now_ns))
        return events

    def offer_anew(self, step: int, what: str, now_ns: int) -> list[EventBody]:
        """A compulsion was let through in a window that re-exposes: propose to offer the trigger again."""
        if not self.on or ProposalKind.RE_EXPOSE in self._open:
            return []
        reason = Reason(
            rule="re_expose/1",
            text=Text(
                en=f"the patient gave in ({what}): the trigger may be offered again, so that nothing is undone",
                fr=f"le patient a cédé ({what}) : le déclencheur peut être présenté à nouveau, pour que rien ne "
                "soit annulé",
            ),
        )
        return [self._make(ProposalKind.RE_EXPOSE, step, [reason], now_ns)]

    def withdraw_anew(self) -> list[EventBody]:
        """The window that re-exposes is closed."""
        if ProposalKind.RE_EXPOSE not in self._open:
            return []
        return [self._withdraw(ProposalKind.RE_EXPOSE, "the window is closed")]

    def find(self, proposal: str) -> ProposalMade | None:
        return next((each.made for each in self._open.values() if each.made.proposal == proposal), None)

    def answer(self, proposal: str, answer: Followed, why: str, rated: int, now_ns: int) -> ProposalAnswered:
        """The therapist's answer to an open proposal. ``rated``: ratings on this step so far."""
        made = self.find(proposal)
        assert made is not None
        opened = self._open.pop(made.what)
        self._answered[made.what] = rated
        after_s = round((now_ns - opened.at_ns) / 1e9, 3)
        return ProposalAnswered(proposal=proposal, answer=answer, why=why, after_s=max(0.0, after_s))

    def withdraw_all(self, because: str) -> list[EventBody]:
        return [self._withdraw(kind, because) for kind in list(self._open)]

    def keep_under(self, ceiling: int) -> list[EventBody]:
        """The ceiling was lowered, perhaps in a pause: no step above it stays proposed."""
        above = [kind for kind, each in self._open.items() if each.made.step > ceiling]
        return [self._withdraw(kind, "the ceiling lies lower") for kind in above]

    def enter_step(self) -> list[EventBody]:
        """Another step: nothing that was found holds any more."""
        self._answered.clear()
        self._next_step.clear()
        self._left += 1
        return self.withdraw_all("the step was left")

    # ------------------------------------------------------------------ inside

    def _found(self, facts: StepFacts, ceiling: int) -> dict[ProposalKind, tuple[int, list[Reason]]]:
        found: dict[ProposalKind, tuple[int, list[Reason]]] = {}
        lower = self._any(self._advance.lower, facts)
        if lower:
            if facts.step > 1:
                found[ProposalKind.STEP_DOWN] = (facts.step - 1, lower)
            else:
                found[ProposalKind.PAUSE] = (facts.step, lower)
            return found  # one does not propose up and down in one breath
        up = self._all(self._advance.require, facts)
        if up is not None and self._advance.any_of:
            some = self._any(self._advance.any_of, facts)
            up = [*up, *some] if some else None
        if up and (step := self._next(facts.step, ceiling)) is not None:
            kind = ProposalKind.STEP_UP if step > facts.step else ProposalKind.OTHER_STEP
            found[kind] = (step, [*up, *self._drawn(facts.step, step)])
        more = self._any(self._advance.more, facts)
        if more and not found:
            found[ProposalKind.STRONGER_CUE] = (facts.step, more)
        return found

    def _next(self, step: int, ceiling: int) -> int | None:
        """The next step; with variability a seeded choice within the therapist's bounds, the same until the step is
        left."""
        top = min(ceiling, self._steps)
        if self._variability is None:
            return step + 1 if step < top else None
        choices = [
            number
            for number in range(self._variability.lowest, min(self._variability.highest, top) + 1)
            if number != step
        ]
        if not choices:
            return None
        drawn = self._next_step.get(step)
        if drawn not in choices:
            at = int(draw("proposal", self._seed, self._left, step) * len(choices))
            drawn = self._next_step[step] = choices[at]
        return drawn

    def _drawn(self, step: int, proposed: int) -> list[Reason]:
        varied = self._variability
        if varied is None:
            return []
        return [
            Reason(
                rule="variability/1",
                text=Text(
                    en=f"step {proposed} was drawn among steps {varied.lowest} to {varied.highest}: varied practice "
                    "keeps what is learned",
                    fr=f"le palier {proposed} a été tiré au sort entre les paliers {varied.lowest} et {varied.highest} : "
                    "la variété consolide l'apprentissage",
                ),
                numbers={"from": float(step), "to": float(proposed)},
            )
        ]

    def _all(self, uses: Iterable[RuleUse], facts: StepFacts) -> list[Reason] | None:
        """The reasons of all rules, or None where one does not hold."""
        reasons: list[Reason] = []
        for use in uses:
            reason = self._reason(use, facts)
            if reason is None:
                return None
            reasons.append(reason)
        return reasons

    def _any(self, uses: Iterable[RuleUse], facts: StepFacts) -> list[Reason]:
        """The reasons of the rules that hold."""
        return [reason for use in uses if (reason := self._reason(use, facts)) is not None]

    def _reason(self, use: RuleUse, facts: StepFacts) -> Reason | None:
        """Why a rule holds; None where it does not, is not installed, or cannot say why."""
        rule = self._rules.get(use.rule)
        if rule is None:
            return None
        finding = rule(facts, use.numbers)
        reason = finding.reason
        if not finding.holds or reason is None or not (reason.text.en.strip() and reason.text.fr.strip()):
            return None
        return reason

    def _make(self, kind: ProposalKind, step: int, reasons: list[Reason], now_ns: int) -> ProposalMade:
        self._count += 1
        made = ProposalMade(proposal=f"proposal-{self._count}", what=kind, step=step, reasons=tuple(reasons))
        self._open[kind] = _Open(made, now_ns)
        return made

    def _withdraw(self, kind: ProposalKind, because: str) -> ProposalWithdrawn:
        return ProposalWithdrawn(proposal=self._open.pop(kind).made.proposal, because=because)
