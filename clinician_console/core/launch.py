"""What the console tells a runtime that it starts: for which patient, which plan, on which display."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from clinician_console.clinic.entries import Patient
from vr_runtime.protocol.events import PastRating

Where = Literal["headset", "window"]


@dataclass(frozen=True)
class Launch:
    """A session that is to be opened. ``earlier``: records of that patient, the oldest first; ``history``: what the
    forecast takes from them, for a computer that has not got them."""

    patient: Patient
    plan: str
    """Its file, as ``vr-runtime check`` reads it; empty: ``scene`` is played with its own hierarchy."""
    where: Where
    earlier: tuple[str, ...] = ()
    scene: str = "heights"
    history: tuple[PastRating, ...] = ()


def run_arguments(launch: Launch, folder: Path, key_file: Path | None) -> list[str]:
    """The arguments of ``vr-runtime run``. The plan is written below ``folder``, for this user alone.

    The runtime's own record is erased once the console has all of it: a session has one copy to look after.
    """
    patient = launch.patient
    arguments = ["--display", "openxr" if launch.where == "headset" else "window"]
    arguments += ["--records", str(folder / "runtime"), "--forget-when-copied"]
    arguments += [
        "--pseudonym",
        patient.pseudonym,
        "--language",
        patient.language,
        "--age",
        patient.age_band.value,
    ]
    if not launch.plan:
        arguments += ["--scene", launch.scene]
    else:
        arguments += ["--plan", str(_written(launch.plan, folder))]
    if patient.practice:
        arguments += ["--patient", "virtual", "--heart", "simulated", "--checks", "none"]
    if patient.posture is not None:
        arguments += ["--posture", patient.posture.value]
    for flag in patient.cleared:
        arguments += ["--cleared", flag]
    for record in launch.earlier:
        arguments += ["--after", record]
    arguments += ["--key-file", str(key_file)] if key_file is not None else []
    return arguments


def forget_plans(folder: Path) -> None:
    """Remove the plans that were written for runtimes: they say what a patient fears."""
    shutil.rmtree(folder / "plans", ignore_errors=True)


def _written(plan: str, folder: Path) -> Path:
    plans = folder / "plans"
    plans.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = plans / "plan.toml"
    path.touch(mode=0o600)
    path.write_text(plan, encoding="utf-8")
    return path


def usable(records: Sequence[str]) -> tuple[str, ...]:
    """Those records that are still there."""
    return tuple(record for record in records if record and (Path(record) / "record.db").exists())
