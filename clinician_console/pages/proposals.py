"""What the protocol's rules propose, with their reasons, over the foot of the patient's view: follow, hold, other.

It has its own place and covers only the picture, so that nothing moves when a proposal comes or goes. The buttons do
nothing for a moment after another proposal has taken the place: a press that was on its way is not taken for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from clinician_console.core import Snapshot
from clinician_console.pages.desk import Desk
from clinician_console.pages.elements import Box, Hand, Press, Say
from clinician_console.words import Words
from vr_runtime.protocol.commands import AnswerProposal, AnyCommandBody, GoToStep, Pause
from vr_runtime.protocol.course_events import ProposalMade
from vr_runtime.protocol.words import Followed, Phase, ProposalKind

SETTLE_S = 1.0
SHOWN_IN = frozenset({Phase.EXPOSURE, Phase.PAUSED, Phase.SAFE_PLACE})
STEPS = frozenset({ProposalKind.STEP_UP, ProposalKind.STEP_DOWN, ProposalKind.OTHER_STEP})


class Place:
    """Which of the open proposals has the place: one that has it keeps it until it is gone. Pure: time is passed in."""

    def __init__(self) -> None:
        self.shown: ProposalMade | None = None
        self._since = -1e9

    def look(self, open_ones: Sequence[ProposalMade], now: float) -> None:
        if self.shown is not None and any(one.proposal == self.shown.proposal for one in open_ones):
            return
        self.shown = open_ones[0] if open_ones else None
        self._since = now

    def settled(self, now: float) -> bool:
        """What is shown has stood long enough to be answered."""
        return self.shown is not None and now - self._since >= SETTLE_S


def followed_by(made: ProposalMade, step: int) -> AnyCommandBody | None:
    """The command that follows a proposal; None where the therapist does it by hand (a trigger, a parameter)."""
    if made.what in STEPS:
        return GoToStep(step=made.step, confirmed=made.step > step + 1)
    return Pause() if made.what is ProposalKind.PAUSE else None


class Proposals:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._place = Place()
        with Box("proposal", "section", role="status") as self._box:
            with Box("proposal-head"):
                Say("shape", aria_hidden="true")
                self._what = Say("proposal-what")
                self._follow = Press(self.follow, "proposal-answer", id="proposal-follow")
                self._hold = Hand(
                    lambda values: self._answer(Followed.HOLD, values["note"]),
                    ("note",), "proposal-answer", clear=("note",), id="proposal-hold",
                )  # fmt: skip
                self._other = Hand(
                    lambda values: self._answer(Followed.OTHER, values["note"]),
                    ("note",), "proposal-answer", clear=("note",), id="proposal-other",
                )  # fmt: skip
            self._reasons = Say("proposal-reasons", tag="p")

    def follow(self) -> None:
        made = self._place.shown
        if made is None or not self._place.settled(self._desk.clock()):
            return
        step = self._desk.step
        body = followed_by(made, step)
        if body is None:
            self._desk.do(AnswerProposal(proposal=made.proposal, answer=Followed.FOLLOW))
        elif isinstance(body, GoToStep) and body.confirmed:
            plan = self._desk.now.plan
            name = plan.steps[made.step - 1].name if plan and 1 <= made.step <= len(plan.steps) else None
            self._desk.ask(
                lambda words: words(
                    "ladder.confirm_up",
                    count=made.step - step,
                    step=made.step,
                    name=name.in_language(words.language) if name else "",
                ),
                body,
                made.proposal,
            )
        else:
            self._desk.do(body, made.proposal)

    def _answer(self, answer: Followed, why: str) -> None:
        made = self._place.shown
        if made is not None and self._place.settled(self._desk.clock()):
            self._desk.do(AnswerProposal(proposal=made.proposal, answer=answer, why=why))

    def refresh(self, now: Snapshot, words: Words) -> None:
        self._place.look(now.course.proposals, self._desk.clock())
        made = self._place.shown
        shown = made is not None and now.live and self._desk.phase in SHOWN_IN
        self._box.mark_as(open=shown)
        allowed = shown and self._desk.live and self._place.settled(self._desk.clock())
        for button, word in ((self._follow, "follow"), (self._hold, "hold"), (self._other, "other")):
            button.say(words(f"proposal.{word}"))
            button.attribute("title", words(f"proposal.{word}_hint"))
            button.allow(allowed)
        if made is None:
            return
        what = words(f"proposal.{made.what.value}", step=made.step)
        more = len(now.course.proposals) - 1
        self._what.say(words("proposal.proposed", what=what) + (f" (+{more})" if more > 0 else ""))
        reasons = " ".join(_sentence(one.text.in_language(words.language)) for one in made.reasons)
        if followed_by(made, self._desk.step) is None:
            reasons = f"{reasons} {words('proposal.by_hand')}"
        self._reasons.say(reasons)
        self._reasons.attribute("title", reasons)


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."
