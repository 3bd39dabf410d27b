"""A session begun from another machine, with real processes: two homes that share nothing but the network."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.pairing import Waiting as PairingRoom
from tests.helpers.pairing import contents, free_row
from tests.helpers.processes import Commands, toml, until
from tests.helpers.session import KEY, act, events_of
from tests.helpers.waiting import begin, heights
from vr_runtime.link.call import call
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ensure_local_keys, load_console_keys, load_server_keys
from vr_runtime.link.paired import RuntimeFile, admit, keep_runtime, revoke
from vr_runtime.link.pairing import Card, ConsoleSide, Offer
from vr_runtime.link.pairing_code import new_code, typed
from vr_runtime.link.pairing_sockets import pair_with
from vr_runtime.protocol.events import Opened
from vr_runtime.protocol.waiting import (
    WAITING_VERSION,
    Begin,
    Begun,
    Look,
    NotBegun,
    Request,
    SessionState,
    SessionThere,
    There,
    WhyNot,
)
from vr_runtime.record import verify

pytestmark = pytest.mark.slow

SESSION = [act(0.1, "start"), act(0.2, "go_to_step", step=1), act(0.2, "end")]
LOOK_S = 0.15
"""More often than ten times a second nobody is answered."""
SECRET = "The bridge where it happened"
PSEUDONYM = "Wren 7"


class Machines:
    """``room``: where the headset hangs, and ``vr-runtime wait`` runs. ``office``: the therapist's."""

    def __init__(self, folder: Path) -> None:
        self.room, self.office = (Commands(_made(folder / name)) for name in ("room", "office"))
        self.first = free_row()
        self.rooms, self.keys = (
            ensure_local_keys(one.folder / "home" / "link") for one in (self.room, self.office)
        )
        self._pair()
        self.plan = heights().model_copy(update={"title": SECRET})

    def _pair(self) -> None:
        """By a code, as ``vr-runtime pair`` and ``clinician-console pair`` do it."""
        code, room = new_code(), load_server_keys(self.rooms).public.decode()
        offer = Offer(code.replace(" ", ""), Card(name="room-3", public=room, port=self.first), 0)

        def store(card: Card) -> None:
            admit(self.rooms, card.name, card.public.encode(), "now")

        shown = PairingRoom(offer, store)
        laptop = Card(name="laptop", public=load_console_keys(self.keys).public.decode())
        met = pair_with("127.0.0.1", shown.port, ConsoleSide(typed(code), laptop))
        shown.join()
        keep_runtime(self.keys, met.name, RuntimeFile(public=met.public, host="127.0.0.1", port=met.port))

    def wait(self, *more: str) -> None:
        """``vr-runtime wait`` in the room."""
        self.process = self.room.start(
            "vr_runtime", "wait", "--host", "127.0.0.1", "--port", str(self.first), "--display", "headless",
            "--records", self.room.runtime_records, "--keep-records", "--", "--rate", "30", *more,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == f"waiting on 127.0.0.1, port {self.first + 5}\n"

    def ask(self, body: Look | Begin, request: str = "a-look-of-many") -> Any:
        return call(
            self.keys, "room-3", Request(version=WAITING_VERSION, id=request, body=body), answer_s=30
        ).body

    def begin(self, request: str, **changes: Any) -> Any:
        there = self.ask(Look())
        assert isinstance(there, There)
        asked = {
            "plan": self.plan,
            "pseudonym": PSEUDONYM,
            "practice": True,
            "waiting": there.waiting,
            **changes,
        }
        return self.ask(begin(**asked), request)

    def session(self, state: SessionState) -> SessionThere:
        def there() -> SessionThere | None:
            time.sleep(LOOK_S)
            session = self.ask(Look()).session
            assert session.state in (state, SessionState.STARTING, SessionState.RUNNING), session
            return session if session.state is state else None

        return until(there, f"a session that is {state.value}")

    def drive(self) -> subprocess.Popen[str]:
        script = self.office.folder / "script.toml"
        script.write_text(toml(SESSION))
        return self.office.start(
            "clinician_console",
            "drive",
            script,
            "--records",
            self.office.console_records,
            "--runtime",
            "room-3",
        )

    def close(self) -> None:
        self.office.close()
        self.room.close()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def session_of(pid: int) -> int:
    """The process that plays the session which the waiting process ``pid`` began, from whichever of its threads."""
    found = [
        int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()
    ]
    (child,) = [one for one in found if "run" in command_line(one)]
    return child


def command_line(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/cmdline").read_text().split("\0")


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Machines]:
    made = Machines(tmp_path)
    yield made
    made.close()


def test_from_a_request_to_a_session_to_its_end_then_one_that_dies_and_one_that_waiting_ends(
    machines: Machines,
) -> None:
    machines.wait()
    # from the request to the end
    first = machines.begin("request-1")
    assert isinstance(first, Begun), first
    busy = machines.begin("request-2")
    assert isinstance(busy, NotBegun)
    assert busy.reason is WhyNot.BUSY
    running = machines.session(SessionState.RUNNING)
    repeated = machines.begin("request-1")
    assert (repeated.repeated, repeated.session.epoch) == (True, running.epoch)
    told = " ".join(command_line(session_of(machines.process.pid)))
    assert SECRET not in told
    assert PSEUDONYM not in told
    console = machines.drive()
    said = console.communicate(timeout=100)
    assert console.returncode == 0, said
    ended = machines.session(SessionState.ENDED)
    assert (ended.died, ended.epoch) == (False, running.epoch)
    record = machines.room.record()
    assert verify(record, KEY).exit_status == 0
    (opened,) = [event.body for event in events_of(record) if isinstance(event.body, Opened)]
    assert (opened.epoch, opened.pseudonym, opened.plan.title) == (running.epoch, PSEUDONYM, SECRET)
    assert machines.begin("request-1").session.state is SessionState.ENDED, "not begun again"

    # one that dies is told of, and another may be asked for
    assert isinstance(machines.begin("request-3"), Begun)
    machines.session(SessionState.RUNNING)
    os.kill(session_of(machines.process.pid), signal.SIGKILL)
    died = machines.session(SessionState.ENDED)
    assert (died.request, died.exit_status) == ("request-3", -signal.SIGKILL)

    # one that runs when waiting is ended is ended in order
    assert isinstance(machines.begin("request-4"), Begun)
    machines.session(SessionState.RUNNING)
    machines.process.send_signal(signal.SIGINT)
    _, err = machines.process.communicate(timeout=60)
    assert machines.process.returncode == 0, err
    assert err.count("a session begins, asked for by laptop") == 3
    assert "the session has ended with status -9" in err
    newest = max(machines.room.runtime_records.iterdir(), key=lambda folder: folder.stat().st_mtime_ns)
    assert verify(newest, KEY).exit_status == 0
    assert len(list(machines.room.runtime_records.iterdir())) == 3
    with pytest.raises(LinkError) as problem:
        machines.ask(Look())
    assert problem.value.reason is LinkReason.NOBODY_WAITS
    left = contents(machines.room.folder) + err.encode()
    assert SECRET.encode() not in left, "the plan is nowhere in clear"
    assert PSEUDONYM.encode() not in left


def test_a_session_that_ends_before_it_is_ready_is_told_of_with_what_it_said(machines: Machines) -> None:
    machines.wait("--heart", "file:/nowhere.csv")
    with socket.create_server(("127.0.0.1", machines.first)):
        taken = machines.begin("request-1")
    assert isinstance(taken, NotBegun)
    assert taken.reason is WhyNot.TAKEN, "somebody's own session is left alone"
    assert isinstance(machines.begin("request-1", practice=False), Begun)
    ended = machines.session(SessionState.ENDED)
    assert ended.died
    assert "nowhere.csv" in ended.why
    revoke(machines.rooms, "laptop")
    with pytest.raises(LinkError) as problem:
        machines.begin("request-2")
    assert problem.value.reason is LinkReason.NOT_PAIRED
    assert machines.process.poll() is None
