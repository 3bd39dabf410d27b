"""Monado's service on its own, and the surroundings in which programs reach it.

Everything of a session lies in one folder of mode 0700 under the system's temporary folder: sockets, configuration,
logs, and ``bin/`` whose ``python`` is the virtual environment's Python inside the lab.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from . import LabError, monado

Compositor = Literal["null", "window"]

CHECKOUT = Path(__file__).resolve().parents[2]
START_S = 30.0
"""How long the service may take to say that it is ready, on a busy machine (0.2 s on an idle one)."""
STOP_S = 10.0
SCREEN = "1920x1200x24"
"""Of the X server that a window compositor gets where there is none; its window is 1920x1080."""
READY = "service has started"
COMMANDS = {"vr-runtime": "vr_runtime", "clinician-console": "clinician_console"}


class Service:
    """One monado-service, which can be stopped, killed and started again in the same place."""

    def __init__(self, installed: monado.Monado, log: Path, environment: Mapping[str, str]) -> None:
        self._command = [*installed.loader, str(installed.service)]
        self._log = log
        self._environment = dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None, "the service is not running"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Returns when programs can connect. Whatever it said is in the log, one run after the other."""
        assert not self.running, "the service is running already"
        with self._log.open("ab") as log:
            begin = log.tell()
            # It ends when its standard input does: so it ends with us, however we end.
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the command
            )
        deadline = time.monotonic() + START_S
        while True:
            ended = self._process.poll()
            said = self._log.read_bytes()[begin:].decode(errors="replace")
            if READY in said:
                return
            if ended is not None or time.monotonic() > deadline:
                self.kill()
                tail = "\n".join(said.splitlines()[-15:])
                what = (
                    f"ended with status {ended}" if ended is not None else f"was not ready in {START_S:.0f} s"
                )
                raise LabError(f"monado-service {what}:\n{tail}")
            time.sleep(0.01)

    def stop(self) -> int:
        """In order; returns its status, 0 if all went well."""
        process = self._process
        if process is None:
            return 0
        assert process.stdin is not None
        with suppress(BrokenPipeError):
            process.stdin.close()
        for act in (process.terminate, process.kill):
            try:
                return process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                act()
        return process.wait()

    def kill(self) -> None:
        """As a crash does (kill -9)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()


class Session:
    """Use it in a ``with``: the service runs from entering to leaving, and nothing is left then.

    ``remote``: listen for a scripted patient on this TCP port (0: on a free one; see ``remote_port``). None: the
    headset is Monado's simulated one, which sways a little.
    """

    def __init__(
        self, compositor: Compositor = "null", *, remote: int | None = None, log: Path | None = None
    ) -> None:
        self.compositor: Compositor = compositor
        self.remote_port = _free_port() if remote == 0 else remote
        self.monado = monado.find()
        self._python = venv_python()
        self._screen: subprocess.Popen[bytes] | None = None
        self._log = log
        self.display = os.environ.get("DISPLAY")

    def __enter__(self) -> Session:
        self.folder = Path(tempfile.mkdtemp(prefix="palier-xr-"))  # 0700, and short: a socket's path is
        self.log = self._log or self.folder / "service.log"
        try:
            for name in ("runtime", "config/monado", "bin"):
                (self.folder / name).mkdir(parents=True, mode=0o700)
            self._write_python()
            if self.compositor == "window" and not self.display:
                self.display, self._screen = start_screen(SCREEN)
            self.service = Service(self.monado, self.log, self._service_environment())
            self.service.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if service := getattr(self, "service", None):
            service.stop()
        if self._screen is not None:
            self._screen.terminate()
            self._screen.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def python(self) -> Path:
        """The virtual environment's Python, inside the lab: a program like any other, for any command line."""
        return self.folder / "bin" / "python"

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        """For a command that runs beside the service. The lab's drivers are not in it: ``python`` adds them for
        itself, so that browsers, X servers and other programs of the machine keep their own."""
        result = _without_lab(base) | {
            "PATH": f"{self.folder / 'bin'}:{base.get('PATH', os.defpath)}",
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"),
            "PALIER_XR_PYTHON": str(self.python),
            "PALIER_XR_SERVICE_PID": str(self.service.pid),
            "PALIER_XR_SERVICE_LOG": str(self.log),
        }
        if self.remote_port is not None:
            result["PALIER_XR_REMOTE_PORT"] = str(self.remote_port)
        if self.display:
            result["DISPLAY"] = self.display
        return result

    def command(self, command: Sequence[str]) -> list[str]:
        """The command line to start instead: scripts of the virtual environment run with the lab's Python."""
        found = shutil.which(command[0], path=f"{self.folder / 'bin'}:{os.environ.get('PATH', os.defpath)}")
        file = Path(found or command[0])
        if file.parent.resolve() == self._python.parent.resolve():
            if file.name.startswith("python"):
                return [str(self.python), *command[1:]]
            with suppress(OSError), file.open("rb") as script:
                first = script.readline(200)
                if first.startswith(b"#!") and b"python" in first:
                    return [str(self.python), str(file), *command[1:]]
        return [str(file), *command[1:]]

    def _service_environment(self) -> dict[str, str]:
        chosen = (
            {"XRT_COMPOSITOR_NULL": "1"} if self.compositor == "null" else {"XRT_COMPOSITOR_FORCE_XCB": "1"}
        )
        if self.remote_port is None:
            chosen["SIMULATED_ENABLE"] = "1"
        else:
            remote = {"version": 0, "port": self.remote_port, "view_count": 2}
            config = {"active": "remote", "remote": remote}
            (self.folder / "config/monado/config_v0.json").write_text(json.dumps(config))
        if self.compositor == "window":
            chosen["DISPLAY"] = self.display or ""
        return {
            **_without_lab(os.environ),
            **self.monado.variables,
            **chosen,
            "XDG_RUNTIME_DIR": str(self.folder / "runtime"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XRT_LOG": "info",
        }

    def _write_python(self) -> None:
        """A virtual environment beside the real one: the same packages, and a ``python`` that starts the same base
        Python through the lab's loader. As sys.executable is that ``python``, its children are in the lab, too."""
        real = self._python.parent.parent
        shutil.copy(real / "pyvenv.cfg", self.folder / "pyvenv.cfg")
        (self.folder / "lib").symlink_to(real / "lib")
        asked = [str(self._python), "-c", "import sys; print(sys._base_executable)"]
        base = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
        lines = ["#!/bin/sh"]
        for name, value in self.monado.variables.items():
            # One that is set already was set by the command, which may want no runtime or another one.
            lines.append(f'[ -n "${{{name}+set}}" ] || export {name}={shlex.quote(value)}')
        if self.monado.loader:
            start = [self.monado.loader[0], "--argv0", str(self.python), *self.monado.loader[1:], base]
        else:
            start = [str(self._python)]
        lines.append(f'exec {shlex.join(start)} "$@"')
        _write_program(self.python, lines)
        (self.folder / "bin/python3").symlink_to("python")
        for name, module in COMMANDS.items():
            run = shlex.join([str(self.python), "-m", module])
            _write_program(self.folder / "bin" / name, ["#!/bin/sh", f'exec {run} "$@"'])
        control = shlex.join([*self.monado.loader, str(self.monado.control)])
        _write_program(self.folder / "bin/monado-ctl", ["#!/bin/sh", f'exec {control} "$@"'])


def run(session: Session, command: Sequence[str]) -> int:
    """Run a command beside the service; returns its exit status as a shell gives it."""
    try:
        process = subprocess.Popen(session.command(command), env=session.environment())
    except FileNotFoundError:
        print(f"xr-lab: {command[0]}: not found", file=sys.stderr)
        return 127
    except PermissionError:
        print(f"xr-lab: {command[0]}: may not be run", file=sys.stderr)
        return 126
    # Ctrl-C reaches the command by itself; who asks us to end means the command, after which we tidy up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, lambda number, _frame: process.send_signal(number))
    status = process.wait()
    return status if status >= 0 else 128 - status


def start_screen(geometry: str) -> tuple[str, subprocess.Popen[bytes]]:
    """An X server in memory; its DISPLAY, and the process."""
    program = shutil.which("Xvfb")
    if program is None:
        raise LabError("the window compositor needs a screen: set DISPLAY, or install Xvfb (package xvfb)")
    read, write = os.pipe()
    options = ("-displayfd", str(write), "-screen", "0", geometry, "-nolisten", "tcp", "-noreset")
    tie = shutil.which("setpriv")
    process = subprocess.Popen(
        [*((tie, "--pdeathsig", "TERM", "--") if tie else ()), program, *options],
        env=_without_lab(os.environ),
        pass_fds=(write,),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()  # written when it is ready; empty when it failed
    if not number:
        process.wait()
        raise LabError("Xvfb did not start")
    return f":{number}", process


def venv_python() -> Path:
    """The Python whose packages are used: the one that runs this, or else the checkout's."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "bin" / "python"
    python = CHECKOUT / ".venv/bin/python"
    if not python.exists():
        raise LabError("there is no .venv here yet: run make setup")
    return python


LAB_NAMES = frozenset(
    "XR_RUNTIME_JSON VK_DRIVER_FILES VK_ICD_FILENAMES __EGL_VENDOR_LIBRARY_FILENAMES __EGL_VENDOR_LIBRARY_DIRS "
    "LIBGL_DRIVERS_PATH GBM_BACKENDS_PATH".split()
)


def _without_lab(environment: Mapping[str, str]) -> dict[str, str]:
    """Neither another lab's variables nor the user's own runtime, nor settings that change Monado."""
    foreign = ("XRT_", "SIMULATED_", "PALIER_XR_")
    return {
        name: value
        for name, value in environment.items()
        if name not in LAB_NAMES and not name.startswith(foreign)
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def _write_program(file: Path, lines: Sequence[str]) -> None:
    file.write_text("\n".join(lines) + "\n")
    file.chmod(0o700)
