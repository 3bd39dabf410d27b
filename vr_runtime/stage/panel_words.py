"""What the rating panel says, in the patient's language. Anchors of distress after Wolpe's scale, in a word each."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from vr_runtime.protocol.words import Rated, Scale

Language = Literal["en", "fr"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "fr")

Anchors = tuple[str, str, str, str, str]
"""At 0, 1/4, 1/2, 3/4 and the whole of the scale; empty: nothing there."""


class Words(NamedTuple):
    questions: dict[Rated, str]
    child: str
    """The question of the child's fear thermometer."""
    anchors: dict[Rated, Anchors]
    hint: str


WORDS: Final[dict[Language, Words]] = {
    "en": Words(
        questions={
            Rated.DISTRESS: "How strong is your distress right now?",
            Rated.URGE: "How strong is your urge right now?",
            Rated.DISGUST: "How strong is your disgust right now?",
            Rated.BELIEF: "How sure are you that it will happen?",
            Rated.EXPECTANCY: "How bad would it be if it happened?",
            Rated.SURPRISE: "How surprised are you by what happened?",
            Rated.SICKNESS: "How sick do you feel right now?",
        },
        child="How scared are you right now?",
        anchors={
            Rated.DISTRESS: ("calm", "mild", "moderate", "severe", "worst"),
            Rated.URGE: ("none", "", "", "", "irresistible"),
            Rated.DISGUST: ("none", "", "", "", "worst"),
            Rated.BELIEF: ("impossible", "", "", "", "certain"),
            Rated.EXPECTANCY: ("not at all", "", "", "", "the worst"),
            Rated.SURPRISE: ("not at all", "", "", "", "very"),
            Rated.SICKNESS: ("not at all", "", "", "", "very sick"),
        },
        hint="Point, or use the stick. Pull the trigger to answer.",
    ),
    "fr": Words(
        questions={
            Rated.DISTRESS: "Quel est votre niveau de détresse en ce moment ?",
            Rated.URGE: "Quelle est la force de votre envie en ce moment ?",
            Rated.DISGUST: "Quel est votre niveau de dégoût en ce moment ?",
            Rated.BELIEF: "À quel point êtes-vous sûr que cela va arriver ?",
            Rated.EXPECTANCY: "À quel point serait-ce grave si cela arrivait ?",
            Rated.SURPRISE: "À quel point êtes-vous surpris de ce qui s'est passé ?",
            Rated.SICKNESS: "Vous sentez-vous mal en ce moment (nausée) ?",
        },
        child="À quel point as-tu peur en ce moment ?",
        anchors={
            Rated.DISTRESS: ("calme", "légère", "modérée", "sévère", "extrême"),
            Rated.URGE: ("aucune", "", "", "", "irrésistible"),
            Rated.DISGUST: ("aucun", "", "", "", "extrême"),
            Rated.BELIEF: ("impossible", "", "", "", "certain"),
            Rated.EXPECTANCY: ("pas du tout", "", "", "", "le pire"),
            Rated.SURPRISE: ("pas du tout", "", "", "", "très"),
            Rated.SICKNESS: ("pas du tout", "", "", "", "très mal"),
        },
        hint="Visez, ou utilisez le joystick. La gâchette valide la réponse.",
    ),
}

NUMBERS: Final[dict[Scale, tuple[int, ...]]] = {
    Scale.SUDS_100: (0, 25, 50, 75, 100),
    Scale.SUDS_10: (0, 5, 10),
    Scale.CHILD_8: (0, 2, 4, 6, 8),
    Scale.PERCENT: (0, 25, 50, 75, 100),
    Scale.FMS_20: (0, 5, 10, 15, 20),
}
"""The numbers that stand under each scale."""


def language_of(name: str) -> Language:
    """A language that there is; English for any other."""
    return "fr" if name == "fr" else "en"


def question(language: Language, what: Rated, scale: Scale) -> str:
    words = WORDS[language]
    return words.child if scale is Scale.CHILD_8 and what is Rated.DISTRESS else words.questions[what]
