"""``vr-runtime wait``: this machine waits until a paired console asks for a session."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import typer.main

from vr_runtime import __version__, run_options
from vr_runtime.catalogue import NEEDED, find_scenes, pick
from vr_runtime.interruption import Interruption
from vr_runtime.link.connection import CONNECTION_FILE, EVERYWHERE, LINK_PORT, is_loopback
from vr_runtime.link.door import DOOR_AFTER, Door, door_port
from vr_runtime.link.keys import ensure_local_keys, load_server_keys, palier_home
from vr_runtime.link.paired import consoles, others_are_paired
from vr_runtime.progress import remarks
from vr_runtime.protocol.files.treatments import find_treatments
from vr_runtime.protocol.waiting import WhyNot
from vr_runtime.record import key_source_for_new_records
from vr_runtime.run_options import KeyOption
from vr_runtime.waiting.desk import Desk, Installed, encoded
from vr_runtime.waiting.headset import HeadsetLook
from vr_runtime.waiting.process import Place, SessionProcess
from vr_runtime.waiting.refusals import not_begun

if TYPE_CHECKING:
    from vr_runtime.link.discovery import Announcement

LOOK_S = 0.2


class DisplayChoice(str, Enum):
    ASKED = "asked"
    OPENXR = "openxr"
    WINDOW = "window"
    HEADLESS = "headless"


def wait(
    host: Annotated[
        str, typer.Option(help="address of this machine to wait on; 0.0.0.0: all", metavar="ADDRESS")
    ] = "0.0.0.0",
    port: Annotated[
        int,
        typer.Option(
            help=f"first of the five ports of a session; here it is waited on the one {DOOR_AFTER} behind it",
            min=1,
            max=65535 - DOOR_AFTER,
        ),
    ] = LINK_PORT,
    display: Annotated[
        DisplayChoice, typer.Option(help="where frames go; asked: headset or window, as the console says")
    ] = DisplayChoice.ASKED,
    records: Annotated[
        Path | None,
        typer.Option(help="folder below which records are written; default: this user's own", metavar="DIR"),
    ] = None,
    key_file: KeyOption = None,
    connection: Annotated[
        Path | None,
        typer.Option(help="where a session writes how a console reaches it", metavar="FILE"),
    ] = None,
    keep_records: Annotated[
        bool,
        typer.Option("--keep-records", help="keep a record here also once a console holds all of it"),
    ] = False,
    more: Annotated[
        list[str] | None,
        typer.Argument(
            help="after --: options of vr-runtime run that hold for every session, such as --heart",
            metavar="[-- OPTIONS]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Wait until a paired console asks for a session, start it, and wait again, until Ctrl-C."""
    _check(more or ())
    packs = find_scenes()
    for name in NEEDED:
        pick(packs, name)
    key_source_for_new_records(key_file, os.environ, palier_home())
    folder = ensure_local_keys()
    player = SessionProcess(
        Place(
            records=records or palier_home() / "records",
            connection=connection or folder / CONNECTION_FILE,
            host=host,
            port=port,
            key_file=key_file,
            display="" if display is DisplayChoice.ASKED else display.value,
            forget=not keep_records,
            more=tuple(more or ()),
        )
    )
    headset = HeadsetLook()
    desk = Desk(
        secrets.token_hex(16),
        Installed(__version__, {name: pack.manifest for name, pack in packs.items()}, find_treatments()),
        player,
        headset,
        _remark,
        lambda key: _name_of(folder, key),
    )
    beacon = Beacon(host, port, load_server_keys(folder).public)
    interrupted, too_many = Interruption(), encoded("", not_begun(WhyNot.TOO_MANY))
    with Door.open(host, door_port(port), folder, desk.respond, too_many) as door:
        _say_where(host, door.port, folder)
        headset.look()
        while not interrupted():
            desk.look()
            beacon.keep(not desk.busy)
            time.sleep(LOOK_S)
        beacon.keep(False)
        desk.end()
        _end(player, headset)
        desk.look()


class Beacon:
    """The announcement on the local network while no session is on, which announces itself."""

    def __init__(self, host: str, port: int, public: bytes) -> None:
        self._host, self._port, self._public = host, port, public
        self._lit: Announcement | None = None

    def keep(self, lit: bool) -> None:
        """To be announced from now on, or not."""
        if lit and self._lit is None and not is_loopback(self._host):
            from vr_runtime.link.discovery import Announcement

            self._lit = Announcement(self._host, self._port, self._public, _remark)
            self._lit.start()
        elif not lit and self._lit is not None:
            self._lit.close()
            self._lit = None


def _remark(text: str) -> None:
    with suppress(OSError):  # a terminal that has gone must keep no session from beginning
        remarks.print(text, markup=False)


def _end(player: SessionProcess, headset: HeadsetLook) -> None:
    """As Ctrl-C ends a session: in order; another Ctrl-C ends it at once."""
    headset.give_way()
    if player.wait(0):
        return
    remarks.print("ending the session; Ctrl-C again ends it at once")
    player.end()
    while True:
        try:
            if player.wait(LOOK_S):
                return
        except KeyboardInterrupt:
            player.end()


def _check(more: Sequence[str]) -> None:
    """Options of every session that ``vr-runtime run`` would not take are told now and not at ten o'clock."""
    app = typer.Typer(add_completion=False)
    app.command()(run_options.run)
    told = typer.main.get_command(app).make_context("run", [*more, "--records", "."]).params
    for name in ("plan", "scene"):
        if told[name] is not None:
            raise typer.BadParameter(f"the {name} comes from the console, with each session")


def _name_of(folder: Path, key: bytes) -> str:
    return next((one.name for one in consoles(folder) if one.public == key), "a console")


def _say_where(host: str, port: int, folder: Path) -> None:
    where = "all addresses" if host in EVERYWHERE else host
    print(f"waiting on {where}, port {port}", flush=True)
    if not is_loopback(host) and not others_are_paired(folder):
        remarks.print(
            "no console of another machine is paired yet, so none can ask: run vr-runtime pair on this machine; "
            "waiting will notice by itself"
        )
    remarks.print("a session is begun from the console: Today, the patient's plan. Ctrl-C ends waiting")
