"""Named virtual patients for training and tests, each with what it teaches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from vr_runtime.patient.traits import Traits
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.manifest import Text


@dataclass(frozen=True)
class Kind:
    """A type of virtual patient; the seed makes one of many out of it."""

    name: Text
    teaches: Text
    traits: Traits


LIBRARY: Mapping[str, Kind] = {
    "steady": Kind(
        Text(en="steady", fr="régulier"),
        Text(
            en="Distress rises with each step and falls while the patient stays: a session that goes by the book.",
            fr="La détresse monte à chaque étape et baisse si le patient reste : une séance comme dans les livres.",
        ),
        Traits(fear=0.7, learning_rate=0.25, recovery=0.3),
    ),
    "slow": Kind(
        Text(en="slow to habituate", fr="lent à s'habituer"),
        Text(
            en="Distress hardly falls, however long the patient stays; the belief does: fear need not fall to learn.",
            fr="La détresse baisse à peine, même en restant ; la croyance, si : on apprend sans que la peur baisse.",
        ),
        Traits(fear=0.75, learning_rate=0.03, belief_rate=0.6, recovery=0.5),
    ),
    "avoider": Kind(
        Text(en="avoider", fr="évitant"),
        Text(
            en="Keeps away and looks away, so that ratings stay low and little is learned: watch the head, not only "
            "the number.",
            fr="Se tient à distance et détourne le regard : cotations basses, peu d'apprentissage ; regarder la tête, "
            "pas seulement le chiffre.",
        ),
        Traits(
            fear=0.7,
            learning_rate=0.25,
            approach_tendency=0.0,
            keeps_m=0.7,
            look_away_tendency=1.0,
            closes_eyes=1.0,
            distraction=0.7,
        ),
    ),
    "panics": Kind(
        Text(en="panics once", fr="panique une fois"),
        Text(
            en="Has one panic on a high step, calms down in the safe place or when it is waited out, and can go on.",
            fr="Fait une attaque de panique à une étape haute, se calme au lieu sûr ou avec le temps, et peut continuer.",
        ),
        Traits(fear=0.8, learning_rate=0.25, panic_at=0.55, panics=1),
    ),
    "silent": Kind(
        Text(en="goes silent", fr="se tait"),
        Text(
            en="Stops answering and keeps its head still when it gets too much: silence is a sign, not calm.",
            fr="Ne répond plus et garde la tête immobile quand c'est trop : le silence est un signe, pas du calme.",
        ),
        Traits(fear=0.85, learning_rate=0.1, silent_at=0.55),
    ),
    "sick": Kind(
        Text(en="gets sick", fr="a le mal du mouvement"),
        Text(
            en="Is hardly afraid but sick in a scene that moves, and slow to recover: ask about sickness apart.",
            fr="A peu peur mais a la nausée dans une scène en mouvement, et s'en remet lentement : demander à part.",
        ),
        Traits(fear=0.3, learning_rate=0.25, sickness=1.0),
    ),
    "faints": Kind(
        Text(en="faints at blood", fr="s'évanouit à la vue du sang"),
        Text(
            en="The heart rises with the fright and then falls below rest: lie down and tense the muscles, do not relax.",
            fr="Le cœur accélère puis tombe sous le repos : allonger et contracter les muscles, ne pas détendre.",
        ),
        Traits(fear=0.7, learning_rate=0.15, resting_bpm=70.0, faints=0.5),
    ),
    "washes": Kind(
        Text(en="washes", fr="se lave"),
        Text(
            en="After a touch the urge is high and falls slowly; the patient goes to the tap and washes, or rubs its "
            "hands clean where there is none, which brings relief and keeps the urge alive.",
            fr="Après un contact, l'envie est forte et baisse lentement ; le patient va au robinet se laver, ou se frotte "
            "les mains s'il n'y en a pas, ce qui soulage et entretient l'envie.",
        ),
        Traits(fear=0.45, learning_rate=0.15, approach_tendency=0.8, disgust=0.9, urge=0.9, gives_in=0.3),
    ),
    "stops": Kind(
        Text(en="presses STOP", fr="appuie sur STOP"),
        Text(
            en="Presses STOP when it gets too much: the stop holds, and the way back begins at the lowest step.",
            fr="Appuie sur STOP quand c'est trop : l'arrêt tient, et l'on reprend à l'étape la plus basse.",
        ),
        Traits(fear=0.85, learning_rate=0.15, stops_at=0.6),
    ),
    "leaves": Kind(
        Text(en="drops out", fr="abandonne"),
        Text(
            en="Takes the headset off when it gets too much, comes back once, and leaves for good the second time.",
            fr="Enlève le casque quand c'est trop, revient une fois, et part pour de bon la seconde.",
        ),
        Traits(fear=0.85, learning_rate=0.1, leaves_at=0.55),
    ),
}


class PatientReason(Enum):
    UNKNOWN = "unknown"


class PatientError(PalierError):
    """There is no such patient."""

    exit_status = 2


PREFIX = "virtual:"


def kind(name: str) -> Kind:
    """The type of that name.

    Raises:
        PatientError: UNKNOWN, with the names that there are.
    """
    found = LIBRARY.get(name)
    if found is None:
        raise PatientError(
            PatientReason.UNKNOWN,
            f"there is no virtual patient '{name}'; choose one of: {', '.join(LIBRARY)} "
            "(vr-runtime patients says what each teaches)",
        )
    return found


def asked_for(text: str) -> Kind | None:
    """What ``none``, ``virtual`` or ``virtual:NAME`` asks for; None where no type is named.

    Raises:
        PatientError: it is none of these.
    """
    if text in ("none", "virtual"):
        return None
    if text.startswith(PREFIX):
        return kind(text.removeprefix(PREFIX))
    raise PatientError(
        PatientReason.UNKNOWN,
        f"there is no patient '{text}'; give none, virtual, or virtual:NAME with one of: {', '.join(LIBRARY)}",
    )
