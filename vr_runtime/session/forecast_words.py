"""The reasons of a forecast in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vr_runtime.protocol.course_events import Reason
from vr_runtime.protocol.files.manifest import Text

CHANGES: Final = {
    -1: (
        "Distress fell from {first:g} to {last:g} in {minutes:.0f} min on this step.",
        "La détresse est passée de {first:g} à {last:g} en {minutes:.0f} min sur ce palier (baisse).",
    ),
    0: (
        "Distress is {last:g}, as it was {minutes:.0f} min ago on this step.",
        "La détresse est à {last:g}, comme il y a {minutes:.0f} min sur ce palier.",
    ),
    1: (
        "Distress rose from {first:g} to {last:g} in {minutes:.0f} min on this step.",
        "La détresse est passée de {first:g} à {last:g} en {minutes:.0f} min sur ce palier (hausse).",
    ),
}
ONE: Final = (
    "One rating on this step so far: {value:g}.",
    "Une seule cotation sur ce palier jusqu'ici : {value:g}.",
)
LAST: Final = (
    "In the last session step {step} began at {value:g}.",
    "À la dernière séance, le palier {step} a commencé à {value:g}.",
)
EARLIER: Final = (
    "{ago} sessions ago step {step} began at {value:g}.",
    "Il y a {ago} séances, le palier {step} a commencé à {value:g}.",
)
COUNT: Final = (
    "Based on {ratings} ratings, earlier sessions included.",
    "Fondé sur {ratings} cotations, séances précédentes comprises.",
)
NOTHING: Final = (
    "Nothing is known of this patient yet: this is a general expectation, and a wide one.",
    "On ne sait encore rien de ce patient : c'est une attente générale, et large.",
)


def reason(rule: str, en: str, fr: str, numbers: Mapping[str, float]) -> Reason:
    text = Text(en=en.format(**numbers), fr=fr.format(**numbers))
    return Reason(rule=rule, text=text, numbers={name: float(value) for name, value in numbers.items()})
