"""Two machines, as far as one has room for them: two homes that share nothing but the network between them."""

from __future__ import annotations

import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.pairing import contents, free_row
from tests.helpers.processes import Commands, toml, until
from tests.helpers.session import KEY, ROOT, act, command, environment, runtime
from vr_runtime.record import Reader, verify

pytestmark = pytest.mark.slow

SESSION = [act(0.3, "start"), act(0.3, "go_to_step", step=1), act(0.3, "rating", raw=30.0), act(0.3, "end")]
FINGERPRINT = r"[0-9a-f]{4}(-[0-9a-f]{4}){3}"


class TwoMachines:
    """``room``: the patient's machine. ``office``: the therapist's."""

    def __init__(self, folder: Path) -> None:
        self.room = Commands(_made(folder / "room"))
        self.office = Commands(_made(folder / "office"))
        self.first = free_row()
        self.pairing_port = self.first + 5

    def run(self) -> subprocess.Popen[str]:
        return self.room.runtime("--scene", "heights", "--host", "127.0.0.1", "--port", str(self.first))

    def show_code(self) -> tuple[subprocess.Popen[str], str]:
        """``vr-runtime pair`` at the patient's machine, and the code that it shows."""
        process = self.room.start(
            "vr_runtime", "pair", "--host", "127.0.0.1", "--port", str(self.pairing_port),
            "--link-port", str(self.first), "--name", "Room 3",
        )  # fmt: skip
        assert process.stdout is not None
        shown = process.stdout.readline()
        assert shown.startswith("code: "), shown + process.communicate()[1]
        return process, shown.removeprefix("code: ").strip()

    def type_code(self, code: str) -> subprocess.CompletedProcess[str]:
        """``clinician-console pair`` at the therapist's, with the code typed where it is asked for."""
        return subprocess.run(
            [sys.executable, "-m", "clinician_console", "pair", f"127.0.0.1:{self.pairing_port}", "--name", "laptop"],
            input=f"{code}\n", env=environment(self.office.folder / "home"), cwd=ROOT, text=True,
            capture_output=True, timeout=100,
        )  # fmt: skip

    def pair(self) -> None:
        process, code = self.show_code()
        done = self.type_code(code)
        assert (done.returncode, process.wait(60)) == (0, 0), done.stderr

    def drive(self, acts: list[dict[str, object]]) -> subprocess.Popen[str]:
        script = self.office.folder / "script.toml"
        script.write_text(toml(acts))
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


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[TwoMachines]:
    made = TwoMachines(tmp_path)
    yield made
    made.close()


def wrong(code: str) -> str:
    """Another code whose check digit is right: Damm's digit of a code with its check digit is always 0."""
    from vr_runtime.link.pairing_code import new_code

    other = (int(code.replace(" ", "")[:7]) + 1) % 10**7
    return new_code(lambda _: other)


def test_two_machines_are_paired_by_command_line_and_the_code_is_nowhere_left(machines: TwoMachines) -> None:
    process, code = machines.show_code()
    refused = machines.type_code(wrong(code))
    assert refused.returncode == 1
    assert "showed another code" in refused.stderr
    done = machines.type_code(code)
    out, err = process.communicate(timeout=60)
    assert (done.returncode, process.returncode) == (0, 0), done.stderr + err
    assert "a wrong code, 4 tries left" in err

    room, office = (one.folder / "home" for one in (machines.room, machines.office))
    theirs = re.fullmatch(rf"paired with room-3, key ({FINGERPRINT})", done.stdout.strip())
    ours = re.fullmatch(rf"paired with laptop, key ({FINGERPRINT})", out.strip())
    assert theirs is not None
    assert ours is not None
    assert f"this machine's key: {theirs[1]}" in err
    listed = runtime("consoles", "list", home=room).stdout
    assert re.search(rf"^laptop  {ours[1]}  20\d\d-", listed, re.M)
    assert "this-machine" in listed
    known = command("clinician_console", "runtimes", "list", home=office).stdout
    assert re.match(rf"room-3  127\.0\.0\.1:{machines.first}  {theirs[1]}  20\d\d-", known)

    left = contents(room) + contents(office) + (done.stdout + done.stderr + out + err).encode()
    assert code.replace(" ", "").encode() not in left
    assert code.encode() not in left
    for written in (room / "link/keys/consoles/laptop.public", office / "link/keys/runtimes/room-3.json"):
        assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert not (room / "link/keys/pairing").exists()


def test_a_session_over_two_machines_from_pairing_to_revoking(machines: TwoMachines) -> None:
    # paired while the runtime runs: it is let in without a restart
    process = machines.run()
    machines.pair()
    console = machines.drive(SESSION)
    said = console.communicate(timeout=100)
    assert console.returncode == 0, said
    assert process.wait(100) == 0
    record, copy = machines.room.record(), machines.office.copy()
    assert said[0].splitlines()[-1] == str(copy)
    with Reader.open(record, KEY) as ours, Reader.open(copy, KEY) as theirs:
        mine, copied = list(ours.entries()), list(theirs.entries())
    # the last entries (the end itself) may be written after the console has gone
    assert copied == mine[: len(copied)]
    assert len(mine) - len(copied) < 40
    assert verify(record, KEY).exit_status == 0
    assert verify(copy, KEY).exit_status in (0, 3)

    # revoked in mid-session: cut off at once, and told why
    machines.room.connection.unlink(missing_ok=True)
    process = machines.run()
    console = machines.drive([act(0.2, "start"), act(60.0, "pause")])
    assert console.stdout is not None
    assert "start accepted" in console.stdout.readline()
    done = runtime("consoles", "revoke", "laptop", home=machines.room.folder / "home")
    assert re.fullmatch(rf"revoked laptop, key {FINGERPRINT}\n", done.stdout)
    until(lambda: _cut_off(machines), "the running console to be cut off")
    console.terminate()
    console.communicate(timeout=60)

    # and afterwards
    again = machines.drive(SESSION)
    said = again.communicate(timeout=100)
    assert again.returncode == 1
    assert "not paired with the runtime" in said[1]
    process.terminate()
    process.communicate(timeout=60)


def _cut_off(machines: TwoMachines) -> bool:
    """The runtime's record says that the lease lapsed and the console was lost."""
    from vr_runtime.protocol.events import ConsoleSeen

    record = max(machines.room.runtime_records.iterdir())
    with Reader.open(record, KEY, damaged=True) as reader:
        seen = [event.body.what for event in reader.events() if isinstance(event.body, ConsoleSeen)]
    return seen[-2:] == ["lease_lapsed", "lost"]


def test_what_cannot_be_is_said_in_one_line(machines: TwoMachines) -> None:
    home = machines.office.folder / "home"
    for arguments, status, words in (
        (
            ("drive", ROOT / "examples/heights_therapist.toml", "--records", home, "--runtime", "room-9"),
            1,
            "'room-9'",
        ),
        (("pair", f"127.0.0.1:{machines.first}", "--code", "00000000"), 1, "run vr-runtime pair there"),
        (("pair", "host:port"), 2, "HOST:PORT"),
    ):
        done = command("clinician_console", *arguments, home=home)
        assert done.returncode == status, done.stderr
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
    done = runtime(
        "run",
        "--host",
        "192.0.2.7",
        "--port",
        "0",
        "--scene",
        "heights",
        "--records",
        home / "records",
        home=home,
    )
    assert done.returncode == 1
    assert "ports must be known" in done.stderr
