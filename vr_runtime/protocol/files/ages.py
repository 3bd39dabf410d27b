"""What an age band allows: the headset, how long, which rating scale, which content. Rules as data, for a clinician to
read; nothing here decides by itself.

Makers set 10, 12 or 13 years as the lowest age of their headsets; ANSES discourages VR under 13 (from memory). Times
are Palier's defaults (research/clinical.md 1.9 and 1.11).
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from vr_runtime.protocol.base import Strict
from vr_runtime.protocol.files.manifest import Category, SceneManifest, Text
from vr_runtime.protocol.words import AgeBand, Reporter, Scale


class HeadsetUse(str, Enum):
    ALLOWED = "allowed"
    OVERRIDE = "override"
    """With a guardian's consent, and taken on by a clinician by name and with a reason."""
    LOCKED = "locked"
    """Never: on a flat screen, with a parent, or not at all."""


class AgeRule(Strict):
    """One band. ``first_s`` and ``later_s``: longest time with the headset on, first session and later ones; 0 where
    there is none. ``block_s``: after so long a break, on whatever screen."""

    band: AgeBand
    headset: HeadsetUse
    guardian: bool
    first_s: float
    later_s: float
    block_s: float
    scale: Scale
    scales: tuple[Scale, ...]
    reporter: Reporter
    locked: tuple[Category, ...] = ()
    """Scenes of these categories are never shown."""
    locked_content: tuple[str, ...] = ()
    """Nor is what carries one of these content flags."""
    gated: tuple[Category, ...] = ()
    """Scenes of these categories need an override."""
    gated_content: tuple[str, ...] = ()
    why: Text


FRIGHT = ("gore", "blood", "jump-scare", "injury")
"""Content flags of what is not shown to children."""
RECALL = ("near-miss", "crash-sound", "emergency-vehicle", "explosion", "gunfire", "assault")
"""Content flags of what recalls a trauma."""

RULES: dict[AgeBand, AgeRule] = {
    rule.band: rule
    for rule in (
        AgeRule(
            band=AgeBand.UNKNOWN,
            headset=HeadsetUse.OVERRIDE,
            guardian=False,
            first_s=1200.0,
            later_s=1200.0,
            block_s=1200.0,
            scale=Scale.SUDS_100,
            scales=(Scale.SUDS_100, Scale.SUDS_10),
            reporter=Reporter.PATIENT,
            gated=(Category.PTSD,),
            gated_content=(*FRIGHT, *RECALL),
            why=Text(
                en="the age was not told: what is made for adults counts as not cleared, and the headset needs a "
                "clinician's word",
                fr="l'âge n'a pas été indiqué : ce qui est fait pour les adultes n'est pas autorisé, et le casque "
                "demande l'accord d'un clinicien",
            ),
        ),
        AgeRule(
            band=AgeBand.FROM_3,
            headset=HeadsetUse.LOCKED,
            guardian=True,
            first_s=0.0,
            later_s=0.0,
            block_s=600.0,
            scale=Scale.CHILD_8,
            scales=(Scale.CHILD_8,),
            reporter=Reporter.OBSERVER,
            locked=(Category.PTSD,),
            locked_content=(*FRIGHT, *RECALL),
            why=Text(
                en="3 to 7 years: headset makers forbid it and lenses do not fit eyes so close together; on a flat "
                "screen with a parent, in blocks of 10 to 15 minutes, as play",
                fr="3 à 7 ans : les fabricants de casques l'interdisent et les lentilles ne conviennent pas à des yeux "
                "si rapprochés ; sur écran plat avec un parent, par blocs de 10 à 15 minutes, comme un jeu",
            ),
        ),
        AgeRule(
            band=AgeBand.FROM_8,
            headset=HeadsetUse.OVERRIDE,
            guardian=True,
            first_s=1200.0,
            later_s=1200.0,
            block_s=1200.0,
            scale=Scale.CHILD_8,
            scales=(Scale.CHILD_8, Scale.SUDS_10),
            reporter=Reporter.PATIENT,
            locked=(Category.PTSD,),
            locked_content=(*FRIGHT, *RECALL),
            why=Text(
                en="8 to 11 years: below the age of most headsets; from 10 with a guardian and a clinician's override, "
                "at 8 and 9 in trials alone; 20 minutes, then a break of 5",
                fr="8 à 11 ans : en dessous de l'âge de la plupart des casques ; dès 10 ans avec un tuteur et l'accord "
                "d'un clinicien, à 8 et 9 ans seulement dans des essais ; 20 minutes, puis 5 de pause",
            ),
        ),
        AgeRule(
            band=AgeBand.FROM_12,
            headset=HeadsetUse.ALLOWED,
            guardian=True,
            first_s=1200.0,
            later_s=1800.0,
            block_s=1800.0,
            scale=Scale.SUDS_10,
            scales=(Scale.SUDS_10, Scale.SUDS_100, Scale.CHILD_8),
            reporter=Reporter.PATIENT,
            locked_content=("gore",),
            gated=(Category.PTSD,),
            gated_content=tuple(flag for flag in (*FRIGHT, *RECALL) if flag != "gore"),
            why=Text(
                en="12 to 17 years: with consent and assent; content that frightens or recalls a trauma only by a "
                "clinician's word; sessions of 30 to 45 minutes",
                fr="12 à 17 ans : avec consentement et assentiment ; un contenu effrayant ou rappelant un trauma "
                "seulement sur décision d'un clinicien ; séances de 30 à 45 minutes",
            ),
        ),
        *(
            AgeRule(
                band=band,
                headset=HeadsetUse.ALLOWED,
                guardian=False,
                first_s=1200.0,
                later_s=2700.0,
                block_s=2700.0,
                scale=Scale.SUDS_100,
                scales=(Scale.SUDS_100, Scale.SUDS_10),
                reporter=Reporter.PATIENT,
                why=Text(
                    en="an adult: a first session of at most 20 minutes with the headset on, later 45, then a break",
                    fr="adulte : une première séance de 20 minutes de casque au plus, ensuite 45, puis une pause",
                ),
            )
            for band in (AgeBand.FROM_18, AgeBand.FROM_26)
        ),
    )
}


class AgeGap(NamedTuple):
    """What a patient's age speaks against. ``id`` is the gap's name in the start checks."""

    id: str
    text: Text
    may_override: bool


def rule_of(age: AgeBand) -> AgeRule:
    return RULES[age]


def head_on_s(age: AgeBand, *, first_session: bool) -> float:
    """Longest time in seconds with the headset on; 0: none at all."""
    rule = RULES[age]
    return rule.first_s if first_session else rule.later_s


def headset_gap(age: AgeBand) -> AgeGap | None:
    """What speaks against putting a headset on this patient, or None."""
    rule = RULES[age]
    if rule.headset is HeadsetUse.ALLOWED:
        return None
    return AgeGap("age:headset", rule.why, rule.headset is HeadsetUse.OVERRIDE)


def scene_gap(age: AgeBand, scene: SceneManifest) -> AgeGap | None:
    """What speaks against showing a scene to this patient: its lowest age, its category, its content; or None."""
    rule = RULES[age]
    flags = frozenset(scene.content)
    locked = [flag for flag in rule.locked_content if flag in flags]
    if scene.category in rule.locked or locked:
        return _gap(scene, age, locked, may_override=False)
    gated = [flag for flag in rule.gated_content if flag in flags]
    if scene.category in rule.gated or gated or age.youngest < scene.minimum_age:
        return _gap(scene, age, gated, may_override=True)
    return None


def _gap(scene: SceneManifest, age: AgeBand, flags: list[str], *, may_override: bool) -> AgeGap:
    listed = f" ({', '.join(flags)})" if flags else ""
    band = {"unknown": ("not told", "non indiquée")}.get(age.value, (age.value, age.value))
    return AgeGap(
        f"age:{scene.id}",
        Text(
            en=f"{scene.names.en}{listed}: made for {scene.minimum_age} years and more, or kept from the young for "
            f"what it shows; the patient's age band is {band[0]}",
            fr=f"{scene.names.fr}{listed} : prévue à partir de {scene.minimum_age} ans, ou réservée pour ce qu'elle "
            f"montre ; la tranche d'âge du patient est {band[1]}",
        ),
        may_override,
    )
