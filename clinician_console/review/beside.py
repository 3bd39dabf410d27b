"""Two sessions side by side, step by step. Only stays of the same key are compared (see progress.summary.Stay)."""

from __future__ import annotations

from dataclasses import dataclass

from clinician_console.progress.course import Visit, visit_of
from clinician_console.progress.estimate import Change, between
from clinician_console.progress.summary import Stay, Summary
from vr_runtime.protocol.files.manifest import Text


@dataclass(frozen=True)
class Pair:
    """The first comparable stay of each on a step. ``change``: of the peak, this less the earlier session."""

    step: int
    names: Text
    earlier: Visit
    later: Visit
    change: Change | None


@dataclass(frozen=True)
class Beside:
    pairs: tuple[Pair, ...]
    only_earlier: tuple[Stay, ...]
    only_later: tuple[Stay, ...]
    """Stays on steps that the other session has not got, or not with the same parameters."""


def beside(earlier: Summary, later: Summary) -> Beside:
    """In the order of the later session's ladder."""
    before, after = _first(earlier), _first(later)
    pairs = [
        Pair(two.stay.step, two.stay.names, one, two, _change(one, two))
        for key, two in after.items()
        if (one := before.get(key)) is not None
    ]
    return Beside(
        tuple(sorted(pairs, key=lambda pair: pair.step)),
        tuple(one.stay for key, one in before.items() if key not in after),
        tuple(two.stay for key, two in after.items() if key not in before),
    )


def _first(summary: Summary) -> dict[str, Visit]:
    """By key, the first stay that can be compared; where none can, the first."""
    found: dict[str, Visit] = {}
    for stay in summary.stays:
        key = stay.key or f"{stay.scene}/{stay.step_id}"
        visit = visit_of(0, stay)
        if key not in found or (found[key].left_out and not visit.left_out):
            found[key] = visit
    return found


def _change(one: Visit, two: Visit) -> Change | None:
    if one.left_out or two.left_out or one.peak is None or two.peak is None:
        return None
    return between(one.peak, two.peak)
