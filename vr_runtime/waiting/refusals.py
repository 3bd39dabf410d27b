"""What a person is told when no session was begun: what to do, in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.waiting import MOST_DETAILS, NotBegun, WhyNot

DETAIL_LENGTH = 400

TEXTS: dict[WhyNot, Text] = {
    WhyNot.VERSION: Text(
        en="The two computers have versions of Palier that do not fit together: bring both to the same version.",
        fr="Les deux ordinateurs ont des versions de Palier qui ne vont pas ensemble : mettez les deux à la même "
        "version.",
    ),
    WhyNot.MALFORMED: Text(
        en="The request was not understood there: bring Palier to the same version on both computers.",
        fr="La demande n'y a pas été comprise : mettez Palier à la même version sur les deux ordinateurs.",
    ),
    WhyNot.TOO_MANY: Text(
        en="That computer is asked too often: wait a moment, then ask again.",
        fr="Cet ordinateur est interrogé trop souvent : attendez un instant, puis redemandez.",
    ),
    WhyNot.BUSY: Text(
        en="A session is on at that computer: end it before you open another.",
        fr="Une séance est en cours sur cet ordinateur : terminez-la avant d'en ouvrir une autre.",
    ),
    WhyNot.TAKEN: Text(
        en="A session that was started by hand is on at that computer: end it there, then ask again.",
        fr="Une séance ouverte à la main est en cours sur cet ordinateur : terminez-la là-bas, puis redemandez.",
    ),
    WhyNot.ENDING: Text(
        en="Waiting is being ended at that computer: run vr-runtime wait there again, then ask again.",
        fr="L'attente y est en train de prendre fin : relancez-y vr-runtime wait, puis redemandez.",
    ),
    WhyNot.OTHER_WAIT: Text(
        en="Waiting was started anew at that computer meanwhile: ask again.",
        fr="L'attente y a été relancée entre-temps : redemandez.",
    ),
    WhyNot.ID_USED: Text(
        en="This request was made before with another content: ask again.",
        fr="Cette demande a déjà été faite avec un autre contenu : redemandez.",
    ),
    WhyNot.SCENES_MISSING: Text(
        en="The plan plays scenes that are not installed at that computer: install them there, or take them out of "
        "the plan.",
        fr="Le plan joue des scènes qui ne sont pas installées sur cet ordinateur : installez-les là-bas, ou "
        "ôtez-les du plan.",
    ),
    WhyNot.PLAN_INVALID: Text(
        en="The plan does not fit the scenes at that computer: bring Palier and the scenes to the same version on "
        "both, or change the plan as said below.",
        fr="Le plan ne convient pas aux scènes de cet ordinateur : mettez Palier et les scènes à la même version sur "
        "les deux, ou changez le plan comme dit ci-dessous.",
    ),
    WhyNot.NOT_STARTED: Text(
        en="The session could not be started at that computer: look at what vr-runtime wait says there.",
        fr="La séance n'a pas pu être lancée sur cet ordinateur : voyez ce que vr-runtime wait y dit.",
    ),
}


def not_begun(reason: WhyNot, details: Iterable[str] = ()) -> NotBegun:
    kept = [detail[:DETAIL_LENGTH] for detail in details]
    return NotBegun(reason=reason, message=TEXTS[reason], details=tuple(kept[:MOST_DETAILS]))
