"""The command ``vr-runtime``: run, wait, pair, scenes, patients, protocols, check, verify, replay, picture, film, sensors,
doctor."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from vr_runtime import (
    __version__,
    measure_command,
    pair_command,
    records_command,
    run_options,
    sensors_command,
    wait_command,
)
from vr_runtime.catalogue import find_scenes, pick
from vr_runtime.progress import Progress
from vr_runtime.protocol.errors import PalierError
from vr_runtime.run_options import KeyOption, LanguageName, frame_size

app = typer.Typer(
    name="vr-runtime",
    help="Plays graded exposure scenes to a patient, keeps the patient safe, records the session.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(records_command.app, name="records")
app.add_typer(pair_command.app, name="consoles")
app.command()(run_options.run)
app.command()(wait_command.wait)
app.command()(pair_command.pair)
app.command()(measure_command.measure)
app.command()(sensors_command.sensors)

RecordArgument = Annotated[Path, typer.Argument(help="folder of the record", metavar="RECORD")]


def main() -> None:
    """Run the command; every error that Palier raises on purpose becomes one clear message and an exit status."""
    try:
        app()
    except PalierError as problem:
        print(f"vr-runtime: {problem}", file=sys.stderr)
        raise SystemExit(problem.exit_status) from None


@app.command()
def scenes(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """List the scenes that are installed, with their steps and parameters."""
    packs = find_scenes()
    if as_json:
        print(json.dumps([pack.manifest.model_dump(mode="json") for pack in packs.values()], indent=2))
        return
    for name, pack in packs.items():
        manifest = pack.manifest
        print(f"{name}  {manifest.names.en}  ({manifest.category.value}, {len(manifest.hierarchy)} steps)")
        for number, step in enumerate(manifest.hierarchy, 1):
            print(f"  {number:2}  {step.name.en}")


@app.command()
def patients(
    language: Annotated[LanguageName, typer.Option(help="of what each teaches")] = LanguageName.EN,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """List the virtual patients to play with, and what each teaches (``run --patient virtual:NAME``)."""
    from dataclasses import asdict

    from vr_runtime.patient import LIBRARY

    if as_json:
        kinds = {
            name: {
                "name": one.name.model_dump(),
                "teaches": one.teaches.model_dump(),
                "traits": asdict(one.traits),
            }
            for name, one in LIBRARY.items()
        }
        print(json.dumps(kinds, indent=2, ensure_ascii=False))
        return
    for name, one in LIBRARY.items():
        print(f"{name:8}  {one.teaches.in_language(language.value)}")


@app.command()
def protocols(as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False) -> None:
    """List the treatment protocols that are installed, with version and hash (docs/clinical-guide.md)."""
    from vr_runtime.files_command import show_protocols

    show_protocols(as_json=as_json)


class FileKindName(str, Enum):
    PLAN = "plan"
    TREATMENT = "treatment"
    CHECKLIST = "checklist"
    SCENE = "scene"
    SCRIPT = "script"


@app.command()
def check(
    file: Annotated[list[Path], typer.Argument(help="files to check", metavar="FILE...")],
    meant_as: Annotated[
        FileKindName | None, typer.Option("--as", help="what they are meant for; otherwise told by content")
    ] = None,
) -> None:
    """Say what is wrong with a plan, a treatment protocol, a checklist, a scene or a script (2), or what in it is worth
    a second look (0)."""
    from vr_runtime.files_command import FileKind, check_files

    raise typer.Exit(check_files(file, None if meant_as is None else FileKind(meant_as.value)))


@app.command()
def verify(
    record: RecordArgument,
    key_file: KeyOption = None,
    other: Annotated[
        Path | None,
        typer.Option(help="the other side's copy, to compare the last entry with", metavar="RECORD"),
    ] = None,
) -> None:
    """Say whether a record is intact (0), cut (3) or altered (4); 6: wrong key, 7: not a record."""
    from vr_runtime.record import Reader, key_source_from
    from vr_runtime.record import verify as verify_record

    anchor = None
    if other is not None:
        with Reader.open(other, key_source_from(key_file, os.environ, existing=other)) as reader:
            anchor = reader.last()
    verdict = verify_record(record, key_source_from(key_file, os.environ, existing=record), anchor)
    print(f"{verdict.state.value}: {verdict.message}")
    raise typer.Exit(verdict.exit_status)


@app.command()
def replay(record: RecordArgument, key_file: KeyOption = None) -> None:
    """Re-execute a record and compare every event and state: 0 identical, 5 different (and where)."""
    from vr_runtime.record import key_source_from
    from vr_runtime.replay import another_version
    from vr_runtime.replay import replay as replay_record

    key = key_source_from(key_file, os.environ, existing=record)
    with Progress("replaying") as bar:
        result = replay_record(record, key, find_scenes(), progress=bar)
    platform = "equal platform" if result.same_platform else "another platform: within 1e-6"
    if result.beyond:
        print(f"{result.beyond} events lie after the last recorded frame and cannot be compared")
    if result.difference is not None:
        print(f"different ({platform}): {result.difference}")
        if result.made_by != __version__:
            print(another_version(result.made_by))
        raise typer.Exit(5)
    print(f"identical ({platform}): {result.frames} frames, {result.events} events, every state hash")


class ViewName(str, Enum):
    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    DOWN = "down"
    STIMULUS = "stimulus"


@app.command()
def picture(
    out: Annotated[Path, typer.Option(help="PNG file, or a folder for several", metavar="PATH")],
    record: Annotated[Path | None, typer.Argument(help="folder of the record", metavar="RECORD")] = None,
    named_record: Annotated[Path | None, typer.Option("--record", help="the same", metavar="RECORD")] = None,
    at: Annotated[
        list[float] | None, typer.Option(help="seconds since the record began; repeat for more")
    ] = None,
    each_step: Annotated[bool, typer.Option("--each-step", help="every step that was played")] = False,
    scene: Annotated[str | None, typer.Option(help="a scene instead of a record", metavar="ID")] = None,
    step: Annotated[int, typer.Option(help="of the scene's own hierarchy, from 1", min=0)] = 0,
    view: Annotated[ViewName, typer.Option(help="where the head looks")] = ViewName.FRONT,
    key_file: KeyOption = None,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT")] = "1280x720",
    tell: Annotated[bool, typer.Option("--tell", help="tell on stderr which second was reached")] = False,
) -> None:
    """Show what the patient saw at a moment of a record, re-executed, or what a scene's step looks like. Prints the
    files' paths."""
    record = record or named_record
    if (record is None) == (scene is None):
        raise typer.BadParameter("give either a record or --scene ID")
    if record is None:
        from vr_runtime.scene_views import save_view

        save_view(find_scenes(), scene or "", step, view.value, frame_size(size), out)
        print(out)
        return
    from vr_runtime.pictures import take_pictures
    from vr_runtime.record import key_source_from

    if not at and not each_step:
        raise typer.BadParameter("give --at SECONDS or --each-step")
    key = key_source_from(key_file, os.environ, existing=record)

    def told(reached_s: float, wanted_s: float) -> None:
        if tell:
            print(f"reached {reached_s:.1f} of {wanted_s:.1f} s", file=sys.stderr, flush=True)

    moments, pixels = at or (), frame_size(size)
    for path in take_pictures(record, key, find_scenes(), moments, out, pixels, each_step, told):
        print(path)


class FilmViewName(str, Enum):
    FRONT = "front"
    LEFT = "left"
    RIGHT = "right"
    DOWN = "down"


@app.command()
def film(
    scene: Annotated[str, typer.Option(help="which scene", metavar="ID")],
    out: Annotated[Path, typer.Option(help="folder for the pictures, 00000.png and on", metavar="DIR")],
    step: Annotated[int, typer.Option(help="of the scene's own hierarchy, from 1", min=0)] = 0,
    fire: Annotated[
        list[str] | None,
        typer.Option(
            help="fire a trigger, after 1 s or at SECONDS; repeat for more", metavar="TRIGGER[@SECONDS]"
        ),
    ] = None,
    seconds: Annotated[float, typer.Option(help="how long", min=0.01, max=600)] = 5.0,
    rate: Annotated[float, typer.Option(help="pictures a second", min=1.0, max=240.0, metavar="HZ")] = 30.0,
    view: Annotated[FilmViewName, typer.Option(help="where the head looks")] = FilmViewName.FRONT,
    size: Annotated[str, typer.Option(help="WIDTHxHEIGHT")] = "1280x720",
    sound: Annotated[
        Path | None,
        typer.Option(help="what is heard meanwhile, as a WAV file; takes as long", metavar="FILE"),
    ] = None,
) -> None:
    """Film a step of a scene: picture k shows the moment k / rate after the step began. Prints the folder."""
    from vr_runtime.display.snapshot import FINE
    from vr_runtime.film import Reel, firing, save_film, save_sound

    reel = Reel(scene, step, tuple(firing(text) for text in fire or ()), seconds, rate, view.value)
    width, height = frame_size(size)
    packs = find_scenes()
    reel.check(pick(packs, scene).manifest)
    with Progress("filming") as bar:
        save_film(packs, reel, replace(FINE, width=width, height=height), out, bar)
    if sound is not None:
        save_sound(packs, reel, sound)
        print(sound)
    print(out)


@app.command()
def doctor(
    headset: Annotated[bool, typer.Option("--headset", help="look for the headset alone")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="as JSON")] = False,
) -> None:
    """Say what was found on this machine, and what to do about what is missing."""
    from vr_runtime.doctor import examine

    findings = examine(headset_alone=headset)
    if as_json:
        print(json.dumps([finding._asdict() for finding in findings], indent=2))
    for finding in () if as_json else findings:
        print(f"{'ok  ' if finding.good else 'MISS'}  {finding.what}: {finding.found}")
        if not finding.good and finding.remedy:
            print(f"      {finding.remedy}")
    raise typer.Exit(0 if all(finding.good or finding.optional for finding in findings) else 1)


@app.callback(invoke_without_command=True)
def about(version: Annotated[bool, typer.Option("--version", help="print the version")] = False) -> None:
    if version:
        print(__version__)
        raise typer.Exit(0)
