"""Runtime and console on two network interfaces of their own (Linux network namespaces): a cable that is pulled.

Made as root or in a user namespace of its own; where neither is allowed the test is skipped and says so. Where the
kernel has netem (``tc``), the cable is bad as well: late, lossy, double and out of order below TCP.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vr_runtime.link.connection import read_connection

ROOT = Path(__file__).resolve().parents[2]
BAD_CABLE = "delay 60ms 30ms loss 3% duplicate 3% reorder 10% 50%".split()

RUNTIME = """
import sys, time
from pathlib import Path
from tests.helpers.hostile_session import HostileRuntime, stops_heard, commands_ran
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.protocol.files.limits import SafetyLimits
import json
runtime = HostileRuntime(Path(sys.argv[1]), SafetyLimits(), AdmissionLimits(), host="10.77.0.1")
print("up", flush=True)
for line in sys.stdin:
    if line == "end loop\\n":
        runtime._end.set()
        runtime._thread.join()
    print(json.dumps({
        "phase": runtime.phase.value, "safe": runtime.safe_now(), "stops": list(stops_heard(runtime)),
        "ran": [one.command.id for one in commands_ran(runtime)], "faults": runtime.faults,
        "last": [len(runtime.entries), runtime.entries[-1].hash.hex()] if runtime.entries else [0, ""],
    }), flush=True)
runtime.close()
"""

CONSOLE = """
import sys
from pathlib import Path
from tests.helpers.link import Console
from vr_runtime.link.connection import read_connection
from vr_runtime.protocol.commands import GoToStep, Release, Resume, Start
import json
folder = Path(sys.argv[1])
console = Console(folder, read_connection(folder), wait=False)
print("up", flush=True)
for line in sys.stdin:
    word = line.strip()
    said = ""
    if word == "stop":
        said = console.client.stop()
    elif word == "start":
        said = console.client.send(Start())
    elif word == "release":
        said = console.client.send(Release())
    elif word == "resume":
        said = console.client.send(Resume())
    elif word.startswith("step"):
        said = console.client.send(GoToStep(step=int(word[4:]), confirmed=True))
    status = console.client.status()
    print(json.dumps({
        "said": said, "state": status.state.value, "lease": status.lease.mine, "unheard": status.stop_unheard_ms,
        "last": [len(console.entries), console.entries[-1].hash.hex()] if console.entries else [0, ""],
        "numbers": console.numbers() == list(range(1, len(console.entries) + 1)),
        "rtt": status.round_trip_ms,
    }), flush=True)
"""


def ip(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", *words], capture_output=True, text=True)


class Cable:
    """Two namespaces and a cable between them."""

    def __init__(self) -> None:
        mark = f"{os.getpid() % 10_000}"
        self.runtime, self.console = f"palier-r{mark}", f"palier-c{mark}"
        steps = [
            ("netns", "add", self.runtime),
            ("netns", "add", self.console),
            ("link", "add", "pr" + mark, "netns", self.runtime, "type", "veth", "peer", "name", "pc" + mark, "netns", self.console),
        ]  # fmt: skip
        for place, end, address in (
            (self.runtime, "pr", "10.77.0.1/24"),
            (self.console, "pc", "10.77.0.2/24"),
        ):
            steps += [
                ("-n", place, "addr", "add", address, "dev", end + mark),
                ("-n", place, "link", "set", "lo", "up"),
                ("-n", place, "link", "set", end + mark, "up"),
            ]
        self.device = {self.runtime: "pr" + mark, self.console: "pc" + mark}
        for step in steps:
            done = ip(*step)
            if done.returncode:
                self.close()
                pytest.skip(
                    f"network namespaces are not allowed here: ip {' '.join(step)}: {done.stderr.strip()}"
                )

    def pull(self) -> None:
        ip("-n", self.console, "link", "set", self.device[self.console], "down")

    def plug(self) -> None:
        ip("-n", self.console, "link", "set", self.device[self.console], "up")

    def make_bad(self) -> bool:
        """False where the kernel cannot."""
        if shutil.which("tc") is None:
            return False
        return all(
            subprocess.run(
                ["tc", "-n", place, "qdisc", "add", "dev", device, "root", "netem", *BAD_CABLE], capture_output=True
            ).returncode
            == 0
            for place, device in self.device.items()
        )  # fmt: skip

    def start(self, place: str, code: str, folder: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            ["ip", "netns", "exec", place, sys.executable, "-c", code, str(folder)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        return process

    def close(self) -> None:
        ip("netns", "del", self.runtime)
        ip("netns", "del", self.console)


def ask(process: subprocess.Popen[str], word: str = "look") -> dict[str, object]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(word + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def until(process: subprocess.Popen[str], **wanted: object) -> dict[str, object]:
    end = time.monotonic() + 60
    while True:
        now = ask(process)
        if all(now[name] == value for name, value in wanted.items()):
            return now
        assert time.monotonic() < end, f"waited in vain for {wanted}: {now}"
        time.sleep(0.02)


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("ip") is None, reason="no ip command")
def test_a_cable_that_is_pulled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cable, running, said = Cable(), [], []
    try:
        bad = cable.make_bad()
        runtime = cable.start(cable.runtime, RUNTIME, tmp_path)
        running.append(runtime)
        assert read_connection(tmp_path).host == "10.77.0.1"
        console = cable.start(cable.console, CONSOLE, tmp_path)
        running.append(console)
        until(console, state="connected", lease=True)
        ask(console, "start")
        until(runtime, phase="baseline")
        ask(console, "step1")
        until(runtime, phase="exposure")
        for seconds in (1.0, 5.0, 15.0, 45.0):
            cable.pull()
            pulled = time.monotonic()
            stop_id, stale = ask(console, "stop")["said"], ask(console, "step2")["said"]
            if seconds >= 4:
                until(runtime, safe=True)
                acted = f"the fail-safe acted after {time.monotonic() - pulled:.1f} s"
                assert stop_id not in ask(runtime)["stops"]  # type: ignore[operator]
            else:
                acted = "nothing was needed"
            time.sleep(max(0.0, seconds - (time.monotonic() - pulled)))
            cable.plug()
            plugged = time.monotonic()
            until(console, unheard=None)
            until(runtime, phase="stopped")
            now = ask(runtime)
            assert list(now["stops"]).count(stop_id) == 1  # type: ignore[call-overload]
            if seconds > 3:
                assert stale not in now["ran"]  # type: ignore[operator]
            assert len(set(now["ran"])) == len(now["ran"])  # type: ignore[arg-type]
            said.append(f"{seconds:g} s: {acted}, STOP heard {time.monotonic() - plugged:.2f} s after it")
            until(console, state="connected")
            ask(console, "release")
            until(runtime, phase="safe_place")
            ask(console, "resume")
            until(runtime, phase="exposure", safe=False)
        last = ask(runtime, "end loop")
        assert last["faults"] == []
        until(console, last=last["last"], numbers=True)
        with capsys.disabled():
            kind = (
                "a bad cable (" + " ".join(BAD_CABLE) + ")"
                if bad
                else "a good cable (this kernel has no netem)"
            )
            print(f"\ntwo interfaces, {kind}; pulled for " + "; ".join(said) + "; both records identical")  # noqa: T201
    finally:
        for process in running:
            process.kill()
            process.communicate()
        cable.close()
