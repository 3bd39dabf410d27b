"""The lab itself: it gives a real OpenXR runtime and a scripted patient, and leaves nothing behind."""

from __future__ import annotations

import json
import math
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.xr_lab import LabError, monado
from scripts.xr_lab.session import LAB_NAMES
from tests.helpers.processes import until
from tests.helpers.remote_driver import HAND, HEAD, PACKET, VIEW
from tests.helpers.session import ROOT
from tests.helpers.xr_lab import Client, Lab, need_monado, open_lab
from vr_runtime.protocol.pose import Pose

XR_LAB = (sys.executable, str(ROOT / "scripts/xr-lab"))
ALL_VALID = 0b1111
"""Orientation and position valid and tracked: the same bits for views and for spaces."""


@pytest.fixture(scope="module")
def _monado() -> monado.Monado:
    return need_monado()


def xr_lab(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | more
    return subprocess.run(
        [*XR_LAB, *arguments], env=environment, cwd=ROOT, text=True, capture_output=True, timeout=60
    )


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# ---- the command line

SHOW = (
    "import json, os, sys; print(json.dumps({"
    "'environment': dict(os.environ), 'executable': sys.executable, 'maps': open('/proc/self/maps').read()}))"
)


@pytest.mark.usefixtures("_monado")
class TestExec:
    def test_the_status_is_the_commands_and_nothing_is_left(self) -> None:
        done = xr_lab(
            "exec", "--remote", "0", "--", "sh", "-c", "echo $PALIER_XR_SERVICE_PID $XDG_RUNTIME_DIR; exit 7"
        )
        assert done.returncode == 7, done.stderr
        pid, folder = done.stdout.split()
        assert not alive(int(pid))
        assert not Path(folder).exists()

    @pytest.mark.parametrize(
        ("command", "status"),
        [(["sh", "-c", "kill -9 $$"], 137), (["no-such-program"], 127), (["true"], 0), (["/etc"], 126)],
    )
    def test_statuses_are_as_a_shell_gives_them(self, command: list[str], status: int) -> None:
        assert xr_lab("exec", "--", *command).returncode == status

    def test_the_service_runs_while_the_command_does(self) -> None:
        done = xr_lab(
            "exec",
            "--",
            "sh",
            "-c",
            "kill -0 $PALIER_XR_SERVICE_PID && test -S $XDG_RUNTIME_DIR/monado_comp_ipc",
        )
        assert done.returncode == 0, done.stderr

    def test_who_ends_it_ends_the_command_and_the_service(self, tmp_path: Path) -> None:
        process = subprocess.Popen(
            [
                *XR_LAB,
                "exec",
                "--",
                "sh",
                "-c",
                f"echo $PALIER_XR_SERVICE_PID > {tmp_path}/pid; exec sleep 100",
            ],
            stdin=subprocess.DEVNULL,
        )
        pid = int(
            until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), "the command")
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
        assert not alive(pid)

    def test_a_lab_that_is_killed_takes_its_service_with_it(self, tmp_path: Path) -> None:
        tell = f"echo $PALIER_XR_SERVICE_PID $$ $XDG_RUNTIME_DIR > {tmp_path}/pid; exec sleep 100"
        process = subprocess.Popen([*XR_LAB, "exec", "--", "sh", "-c", tell], stdin=subprocess.DEVNULL)
        told = until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text(), "the command")
        service, command, folder = told.split()
        process.kill()
        process.wait()
        os.kill(int(command), signal.SIGKILL)
        until(lambda: not alive(int(service)), "the service's end")
        shutil.rmtree(Path(folder).parent)  # all that nobody was left to remove

    def test_only_the_labs_python_gets_the_labs_drivers(self) -> None:
        other = xr_lab(
            "exec", "--", "env", XR_RUNTIME_JSON="/nowhere/of-the-user.json", XRT_PRINT_OPTIONS="1"
        )
        names = {line.split("=", 1)[0] for line in other.stdout.splitlines()}
        assert not names & LAB_NAMES
        assert "XRT_PRINT_OPTIONS" not in names
        ours = json.loads(
            xr_lab("exec", "--", "python", "-c", SHOW, XR_RUNTIME_JSON="/nowhere/of-the-user.json").stdout
        )
        assert Path(ours["environment"]["XR_RUNTIME_JSON"]).is_file()

    def test_a_command_may_choose_another_runtime(self) -> None:
        """As a test of a machine without one does."""
        line = f'XR_RUNTIME_JSON=/none "$PALIER_XR_PYTHON" -c "{SHOW}"'
        shown = json.loads(xr_lab("exec", "--", "sh", "-c", line).stdout)
        assert shown["environment"]["XR_RUNTIME_JSON"] == "/none"

    def test_children_of_the_labs_python_are_in_the_lab(self) -> None:
        child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SHOW!r}], check=True)"
        shown = json.loads(xr_lab("exec", "--", "python", "-c", child).stdout)
        assert Path(shown["environment"]["XR_RUNTIME_JSON"]).is_file()
        if loader := monado.find().loader:
            assert str(Path(loader[0]).parent.parent) in shown["maps"]

    def test_the_screens_of_a_window_keep_the_machines_drivers(self) -> None:
        with open_lab("window", remote=False) as lab:
            screen = lab.session._screen
            assert screen is not None
            environment = Path(f"/proc/{screen.pid}/environ").read_bytes().split(b"\0")
            assert not {os.fsdecode(line.partition(b"=")[0]) for line in environment} & LAB_NAMES
        assert screen.poll() is not None

    @pytest.mark.parametrize("command", ["vr-runtime", str(ROOT / ".venv/bin/vr-runtime")])
    def test_commands_of_the_virtual_environment_run_inside(self, command: str) -> None:
        if command.startswith("/") and not Path(command).exists():
            pytest.skip("no .venv in this checkout")
        done = xr_lab("exec", "--", command, "--help")
        assert done.returncode == 0, done.stderr
        assert "Usage" in done.stdout

    def test_another_program_finds_the_labs_python_first_on_path(self) -> None:
        done = xr_lab("exec", "--", "sh", "-c", "python -c 'import sys, xr; print(sys.executable)'")
        assert done.stdout.strip().endswith("/bin/python"), done.stderr
        assert "palier-xr-" in done.stdout


# ---- making it

debian = pytest.mark.skipif(
    not Path("/etc/debian_version").exists() or platform.system() != "Linux", reason="not Debian"
)


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """apt's configuration in a folder; returns it."""
    for folder in ("sources.list.d", "apt.conf.d"):
        (tmp_path / "etc" / folder).mkdir(parents=True)
    (tmp_path / "lists").mkdir()
    lines = {"Dir::Etc": tmp_path / "etc", "Dir::State::Lists": tmp_path / "lists"}
    config = tmp_path / "apt.conf"
    config.write_text("".join(f'{name} "{value}";\n' for name, value in lines.items()))
    monkeypatch.setenv("APT_CONFIG", str(config))
    return tmp_path / "etc"


def codename() -> str:
    release = Path("/etc/os-release").read_text()
    return release.partition("VERSION_CODENAME=")[2].splitlines()[0].strip('"')


@debian
def test_the_mirror_is_found_in_one_line_sources(apt: Path) -> None:
    (apt / "sources.list").write_text(
        f"deb https://other.invalid/tools {codename()}-tools main\n"
        f"deb [arch=amd64] http://mirror.invalid/security {codename()}-security main\n"
        f"deb [arch=amd64] http://mirror.invalid/debian {codename()} main contrib\n"
    )
    assert monado.debian_mirrors() == ["http://mirror.invalid/debian"]


@debian
def test_the_mirror_is_found_in_deb822_sources(apt: Path) -> None:
    (apt / "sources.list.d/debian.sources").write_text(
        f"Types: deb deb-src\nURIs: http://mirror.invalid/debian\nSuites: {codename()} {codename()}-updates\n"
        "Components: main\n"
    )
    assert monado.debian_mirrors() == ["http://mirror.invalid/debian"]


@debian
@pytest.mark.usefixtures("apt")
def test_no_mirror_is_said_so() -> None:
    with pytest.raises(LabError, match="no Debian archive"):
        monado.debian_mirrors()


@debian
def test_a_making_that_fails_says_why_and_leaves_nothing(
    apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (apt / "sources.list").write_text(f"deb file:{tmp_path}/no-mirror {codename()} main\n")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with pytest.raises(LabError, match="apt-get failed"):
        monado.make()
    assert [path.name for path in monado.cache_folder().iterdir()] == ["lock"]


def test_where_none_can_be_had_ci_fails_and_others_go_on(tmp_path: Path) -> None:
    without = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "PALIER_XR_LAB": "private"}
    elsewhere = xr_lab("make", "--if-possible", **without, CI="")
    assert elsewhere.returncode == 0
    assert "SKIPPED" in elsewhere.stderr
    assert xr_lab("make", "--if-possible", **without, CI="true").returncode == 1
    assert xr_lab("make", **without, CI="").returncode == 1
    assert "make xr-lab" in xr_lab("exec", "--", "true", **without).stderr


def test_tests_without_a_lab_fail_in_ci_and_are_skipped_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIER_XR_LAB", "private")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no OpenXR lab"):
        need_monado()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no OpenXR lab"):
        need_monado()


# ---- the scripted patient


def test_the_packet_is_laid_out_as_monado_reads_it() -> None:
    assert (PACKET.itemsize, VIEW.itemsize, HEAD.itemsize, HAND.itemsize) == (376, 48, 32, 120)

    def offsets(record: np.dtype[np.void]) -> dict[str, int]:
        assert record.fields is not None
        return {name: field[1] for name, field in record.fields.items()}

    assert offsets(PACKET) == {"header": 0, "views": 8, "head": 104, "left": 136, "right": 256}
    assert offsets(VIEW) == {"fov": 0, "orientation": 16, "position": 32, "_pad": 44}
    assert offsets(HEAD) == {"orientation": 0, "position": 16, "per_view": 28, "_pad": 29}
    hand = offsets(HAND)
    assert (hand["linear_velocity"], hand["curl"], hand["trigger"], hand["stick"]) == (28, 52, 72, 84)
    assert (hand["pad_force"], hand["pad"], hand["hand_tracking_active"], hand["active"]) == (
        92,
        96,
        104,
        105,
    )
    assert (hand["system_click"], hand["a_click"], hand["trigger_click"], hand["pad_touch"]) == (
        106,
        108,
        112,
        116,
    )


def random_pose(chance: random.Random) -> Pose:
    turn = [chance.gauss(0, 1) for _ in range(4)]
    length = math.hypot(*turn)
    place = (chance.uniform(-2, 2), chance.uniform(-2, 2), chance.uniform(0.2, 2.0))
    return Pose(*place, *(part / length for part in turn))


def apart(one: Pose, other: Pose) -> tuple[float, float]:
    """Metres and degrees between two poses."""
    dot = abs(sum(a * b for a, b in zip(one[3:], other[3:], strict=True)))
    return math.dist(one[:3], other[:3]), math.degrees(2 * math.acos(min(1.0, dot)))


def settled(client: Client, right: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
    """What the program sees once it is right: a packet takes its way while the program asks."""

    def ask() -> dict[str, Any] | None:
        seen = client.ask()
        return seen if right(seen) else None

    return until(ask, what)


def there(seen: dict[str, Any], sent: dict[str, Pose]) -> bool:
    """Whether head and hands are within 1 mm and 0.1 degree of where they were put."""
    for name, pose in sent.items():
        assert seen[name]["flags"] == ALL_VALID
        metres, degrees = apart(Pose(*seen[name]["pose"]), pose)
        if metres >= 0.001 or degrees >= 0.1:
            return False
    return True


def test_a_program_sees_head_and_hands_where_the_script_puts_them(null_lab: Lab) -> None:
    client = Client(null_lab)
    assert client.ask()["state"] == "FOCUSED"
    chance = random.Random(7)
    for _ in range(60):
        sent = {name: random_pose(chance) for name in ("head", "left", "right")}
        with null_lab.remote.together():
            null_lab.remote.head(sent["head"])
            null_lab.remote.hand("left", sent["left"])
            null_lab.remote.hand("right", sent["right"])
        seen = settled(client, lambda seen: there(seen, sent), "head and hands where they were put")  # noqa: B023
        middle = np.mean([eye[:3] for eye in seen["views"]], axis=0)
        assert math.dist(middle, sent["head"][:3]) < 0.001


def test_a_program_sees_what_the_script_presses(null_lab: Lab) -> None:
    client = Client(null_lab)
    rest = client.ask()
    assert not rest["left"]["a"]
    with null_lab.remote.together():
        null_lab.remote.press("left", "a")
        null_lab.remote.press("right", "trigger")
        null_lab.remote.set("right", stick=(0.25, -1.0))
    pressed = settled(client, lambda seen: seen["left"]["a"] and seen["right"]["trigger"] == 1.0, "the press")
    assert (pressed["left"]["a"], pressed["right"]["a"]) == (True, False)
    assert (pressed["left"]["trigger"], pressed["right"]["trigger"]) == (0.0, 1.0)
    assert pressed["right"]["stick"] == [0.25, -1.0]
    null_lab.remote.press("left", "a", down=False)
    settled(client, lambda seen: not seen["left"]["a"], "the button to be let go")


def test_a_controller_that_is_off_is_nowhere(null_lab: Lab) -> None:
    client = Client(null_lab)
    null_lab.remote.hand("left", None)
    off = settled(client, lambda seen: seen["left"]["flags"] == 0, "the controller to be off")
    assert (off["left"]["flags"], off["right"]["flags"]) == (0, ALL_VALID)
    null_lab.remote.hand("left", Pose(z=1.0))
    settled(client, lambda seen: seen["left"]["flags"] == ALL_VALID, "the controller to be on again")


# ---- the service


def test_two_labs_stand_side_by_side(null_lab: Lab) -> None:
    with open_lab("null") as other:
        clients = [Client(null_lab), Client(other)]
        null_lab.remote.head(Pose(x=1.0, z=1.5))
        other.remote.head(Pose(x=-1.0, z=1.7))
        for client, place in zip(clients, ([1.0, 0.0, 1.5], [-1.0, 0.0, 1.7]), strict=True):
            where = pytest.approx(place, abs=1e-3)
            settled(client, lambda seen: seen["head"]["pose"][:3] == where, "each its own head")  # noqa: B023


def test_a_service_that_is_killed_comes_back_in_the_same_place(null_lab: Lab) -> None:
    null_lab.remote.head(Pose(x=0.5, z=1.4))
    folder, pid = null_lab.environment()["XDG_RUNTIME_DIR"], null_lab.service.pid
    for _ in range(3):
        null_lab.service.kill()
        assert not null_lab.service.running
        null_lab.restart()
    assert null_lab.environment()["XDG_RUNTIME_DIR"] == folder
    assert null_lab.service.pid != pid
    assert Client(null_lab).ask()["head"]["pose"][:3] == pytest.approx([0.5, 0.0, 1.4], abs=1e-3)


def test_a_service_that_is_stopped_ends_in_order(null_lab: Lab) -> None:
    null_lab.remote.close()
    assert null_lab.service.stop() == 0
    null_lab.restart()


def test_a_picture_of_the_window_shows_a_screen(window_lab: Lab) -> None:
    height, width, channels = window_lab.picture().shape
    assert (width, height, channels) == (1920, 1200, 3)
