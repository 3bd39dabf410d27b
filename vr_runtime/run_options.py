"""The options of ``vr-runtime run``, and what other commands share of them. The playing itself: ``run_command``."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from vr_runtime.progress import remarks
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.words import AgeBand

KEY_HELP = (
    "32-byte key file of mode 0600 that wraps the record's key; made if it is not there. "
    "Without it: PALIER_PASSPHRASE, else the system's keyring."
)

KeyOption = Annotated[Path | None, typer.Option("--key-file", help=KEY_HELP, metavar="FILE")]


class DisplayName(str, Enum):
    OPENXR = "openxr"
    WINDOW = "window"
    HEADLESS = "headless"


class SpeedName(str, Enum):
    REAL = "real"
    MAX = "max"


class LanguageName(str, Enum):
    EN = "en"
    FR = "fr"


class OnOff(str, Enum):
    ON = "on"
    OFF = "off"


def frame_size(text: str) -> tuple[int, int]:
    """Width and height of ``640x360``. Raises BadParameter, which the command line shows."""
    try:
        width, height = (int(part) for part in text.lower().split("x"))
    except ValueError:
        raise typer.BadParameter(f"'{text}' is no size; give WIDTHxHEIGHT such as 640x360") from None
    if not (16 <= width <= 8192 and 16 <= height <= 8192):
        raise typer.BadParameter(f"{text}: width and height must lie between 16 and 8192")
    return width, height


def run(
    records: Annotated[Path, typer.Option(help="folder below which the record is written", metavar="DIR")],
    display: Annotated[DisplayName, typer.Option(help="where frames go")] = DisplayName.HEADLESS,
    scene: Annotated[str | None, typer.Option(help="play this scene's own hierarchy", metavar="ID")] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="play this plan (TOML); -: an order as JSON on the standard input (docs/protocol.md)",
            metavar="FILE",
        ),
    ] = None,
    patient: Annotated[
        str,
        typer.Option(
            help="who wears the headset: none, virtual, or virtual:NAME (see patients)", metavar="WHO"
        ),
    ] = "none",
    heart: Annotated[
        str,
        typer.Option(help="simulated, file:PATH, ble:NAME, lsl:NAME (see sensors) or none", metavar="SOURCE"),
    ] = "none",
    channel: Annotated[
        list[str] | None,
        typer.Option(
            help="another channel of the body, ecg, eda or respiration, as eda=lsl:NAME; repeat for more",
            metavar="CHANNEL=SOURCE",
        ),
    ] = None,
    lsl: Annotated[
        bool,
        typer.Option(
            "--lsl",
            help="send heart, markers and head to the laboratory by the Lab Streaming Layer: unencrypted, "
            "to whoever listens on the local network",
        ),
    ] = False,
    lsl_session: Annotated[
        str | None,
        typer.Option(help="LSL session: only streams of the same id see each other", metavar="ID"),
    ] = None,
    seed: Annotated[int, typer.Option(help="of everything random", min=0, max=2**32 - 1)] = 1,
    rate: Annotated[float, typer.Option(help="frames a second", min=1.0, max=240.0, metavar="HZ")] = 90.0,
    speed: Annotated[SpeedName, typer.Option(help="wall clock, or as fast as can be")] = SpeedName.REAL,
    graphics: Annotated[
        OnOff | None, typer.Option(help="draw frames (headless: off unless asked for)")
    ] = None,
    msaa: Annotated[
        int | None,
        typer.Option(help="samples a pixel against jagged edges (window: 4, headless: 0)", min=0, max=16),
    ] = None,
    sound: Annotated[OnOff | None, typer.Option(help="play sound (headless: off unless asked for)")] = None,
    drive: Annotated[
        Path | None, typer.Option(help="scripted therapist in this process (TOML)", metavar="SCRIPT")
    ] = None,
    duration: Annotated[
        float | None, typer.Option(help="end after so many seconds", min=0.01, metavar="SECONDS")
    ] = None,
    key_file: KeyOption = None,
    connection: Annotated[
        Path | None,
        typer.Option(help="where to write how a console reaches this run", metavar="FILE"),
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="address of this machine on which consoles are let in; other than 127.0.0.1: from other "
            "machines too, if they are paired",
            metavar="ADDRESS",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(
            help="first of five ports for the console; 0: any; default: any, with --host 8440",
            min=0,
            max=65531,
        ),
    ] = None,
    forget_when_copied: Annotated[
        bool,
        typer.Option("--forget-when-copied", help="erase the record here once a console holds all of it"),
    ] = False,
    pseudonym: Annotated[str, typer.Option(help="patient's pseudonym; never a name")] = "",
    language: Annotated[
        LanguageName, typer.Option(help="in which the patient is asked in the headset")
    ] = LanguageName.EN,
    size: Annotated[str, typer.Option(help="size of a rendered frame, WIDTHxHEIGHT")] = "640x360",
    treatment: Annotated[
        str | None,
        typer.Option(
            help="treatment protocol (vr-runtime protocols); default: the plan's", metavar="ID|FILE"
        ),
    ] = None,
    checks: Annotated[
        str,
        typer.Option(
            help="start checks: auto (asked of a person in a headset), none, or a checklist",
            metavar="NAME|FILE",
        ),
    ] = "auto",
    age: Annotated[AgeBand, typer.Option(help="the patient's age band, years")] = AgeBand.UNKNOWN,
    posture: Annotated[Posture | None, typer.Option(help="how the patient is placed")] = None,
    cleared: Annotated[
        list[str] | None,
        typer.Option(help="a content flag that the patient agreed to; repeat for more", metavar="FLAG"),
    ] = None,
    aid: Annotated[OnOff, typer.Option(help="forecast and proposals")] = OnOff.ON,
    after: Annotated[
        list[Path] | None,
        typer.Option(
            help="record of an earlier session with this patient, for the forecast; repeat, the oldest first",
            metavar="RECORD",
        ),
    ] = None,
) -> None:
    """Play a session and record it. The last line printed is the path of the record (none where it was forgotten)."""
    from vr_runtime.run_command import CourseRequest, LaboratoryRequest, RunRequest, run_session

    if (scene is None) == (plan is None):
        raise typer.BadParameter("give either --scene ID or --plan FILE")
    record = run_session(
        RunRequest(
            records=records,
            display=display.value,
            scene=scene,
            plan=plan,
            patient=patient,
            heart=heart,
            channels=tuple(channel or ()),
            laboratory=LaboratoryRequest(lsl, lsl_session),
            seed=seed,
            rate_hz=rate,
            speed=speed.value,
            graphics=None if graphics is None else graphics is OnOff.ON,
            drive=drive,
            duration_s=duration,
            key_file=key_file,
            connection=connection,
            host=host,
            port=port,
            forget_when_copied=forget_when_copied,
            pseudonym=pseudonym,
            language=language.value,
            size=frame_size(size),
            msaa=msaa,
            sound=None if sound is None else sound is OnOff.ON,
            course=CourseRequest(
                treatment, checks, age, posture, tuple(cleared or ()), aid is OnOff.ON, tuple(after or ())
            ),
        ),
        remarks,
    )
    if record is not None:
        print(record)
