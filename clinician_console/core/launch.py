"""What the console tells a runtime that it starts: for which patient, which plan, on which display."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinician_console.clinic.entries import Patient
from vr_runtime.protocol.events import PastRating
from vr_runtime.protocol.files.order import STANDARD_INPUT, SessionOrder
from vr_runtime.protocol.files.plan import Plan

Where = Literal["headset", "window"]


@dataclass(frozen=True)
class Launch:
    """A session that is to be opened. ``history``: earlier ratings, for the forecast."""

    patient: Patient
    plan: str
    """Its file, as ``vr-runtime check`` reads it; empty: ``scene`` is played with its own hierarchy."""
    where: Where
    scene: str = "heights"
    history: tuple[PastRating, ...] = ()


def order_for(launch: Launch) -> SessionOrder:
    """What a runtime is told of a patient and a plan, here or on another computer, and no more."""
    patient = launch.patient
    return SessionOrder(
        plan=Plan.model_validate(tomllib.loads(launch.plan)) if launch.plan else None,
        scene=None if launch.plan else launch.scene,
        pseudonym=patient.pseudonym,
        language=patient.language,
        age=patient.age_band,
        posture=patient.posture,
        cleared=patient.cleared,
        history=launch.history,
    )


def run_arguments(launch: Launch, folder: Path, key_file: Path | None) -> list[str]:
    """The arguments of ``vr-runtime run`` beside :func:`order_for`, which it reads from its standard input: every
    user of a machine may read a command line.

    The runtime's own record is erased once the console has all of it: a session has one copy to look after.
    """
    arguments = ["--display", "openxr" if launch.where == "headset" else "window"]
    arguments += ["--records", str(folder / "runtime"), "--forget-when-copied"]
    arguments += ["--plan", str(STANDARD_INPUT)]
    if launch.patient.practice:
        arguments += ["--patient", "virtual", "--heart", "simulated", "--checks", "none"]
    arguments += ["--key-file", str(key_file)] if key_file is not None else []
    return arguments


def usable(records: Sequence[str]) -> tuple[str, ...]:
    """Those records that are still there."""
    return tuple(record for record in records if record and (Path(record) / "record.db").exists())
