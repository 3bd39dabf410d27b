"""What the console tells a runtime that it starts: for which patient, which plan, on which display."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tomli_w

from clinician_console.clinic.entries import Patient
from vr_runtime.protocol.files.plan import Plan

Where = Literal["headset", "window"]


@dataclass(frozen=True)
class Launch:
    """A session that is to be opened on this computer. ``earlier``: records of that patient, the oldest first."""

    patient: Patient
    plan: Plan | None
    where: Where
    earlier: tuple[str, ...] = ()
    scene: str = "heights"
    """Played with its own hierarchy where there is no plan."""


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
    if launch.plan is None:
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


def _written(plan: Plan, folder: Path) -> Path:
    plans = folder / "plans"
    plans.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = plans / f"{plan.id}.toml"
    path.touch(mode=0o600)
    path.write_text(plan_toml(plan), encoding="utf-8")
    return path


def plan_toml(plan: Plan) -> str:
    """The plan as the TOML file that ``vr-runtime check`` reads; what is left at its default is left out."""
    return tomli_w.dumps(plan.model_dump(mode="json", exclude_defaults=True, exclude_none=True))


def usable(records: Sequence[str]) -> tuple[str, ...]:
    """Those records that are still there."""
    return tuple(record for record in records if record and (Path(record) / "record.db").exists())
