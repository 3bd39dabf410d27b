"""A heights session in the headset, driven through a real console: what tests in the lab do to it."""

from __future__ import annotations

from pathlib import Path

from clinician_console.core import ConsoleCore
from clinician_console.core.link import RuntimeLink
from clinician_console.store.beats import decode_heart
from clinician_console.store.copies import RecordCopy
from tests.helpers.processes import until
from tests.helpers.session import KEY, environment
from tests.helpers.xr_lab import Lab
from vr_runtime.link.errors import LinkError
from vr_runtime.protocol.commands import AnyCommandBody, End
from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Phase, Place


class Treatment:
    """A heights session in the headset, driven through a real console."""

    def __init__(self, lab: Lab, folder: Path, module: str = "vr_runtime", **more: str) -> None:
        """``module``: what is run as ``MODULE run ...``; ``more`` goes into its environment."""
        self.lab, self.folder = lab, folder
        connection = folder / "connection.json"
        mine = environment(folder / "home")
        self.program = lab.start(
            "-m", module, "run", "--display", "openxr", "--scene", "heights", "--patient", "none", "--checks", "none",
            "--heart", "simulated", "--records", folder / "records", "--connection", connection,
            "--sound", "off",
            **{name: mine[name] for name in ("PALIER_PASSPHRASE", "PALIER_HOME")}, **more,
        )  # fmt: skip
        until(lambda: connection.exists() or self.program.process.poll() is not None, "the runtime")
        assert self.program.process.poll() is None, self.program.errors[-3000:]
        self.core = ConsoleCore(
            RuntimeLink(connection, "test", folder / "home" / "link"),
            lambda epoch: RecordCopy.open(folder / "copy", KEY, epoch),
            decode_heart,
            driven_by_page=False,
        )
        self.core.start()
        until(lambda: self.core.snapshot().link.lease_mine, "the lease")
        until(lambda: self.core.snapshot().telemetry is not None, "telemetry")

    def do(self, body: AnyCommandBody) -> None:
        """Until it is accepted: while tracking comes back, raises are refused."""

        def accepted() -> bool:
            try:
                state = self.core.wait_command(self.core.send(body), 20)
            except LinkError:  # a busy machine: silent for a moment
                return False
            return state is not None and state.word == "accepted"

        until(accepted, f"{body.kind} to be accepted")

    def phase(self) -> Phase | None:
        telemetry = self.core.snapshot().telemetry
        return None if telemetry is None else telemetry.phase

    def exposed(self) -> bool:
        """Wholly: a raise that is still fading in is called off by a loss, and leads back to where it came from."""
        telemetry = self.core.snapshot().telemetry
        return (
            telemetry is not None
            and telemetry.phase is Phase.EXPOSURE
            and telemetry.place is Place.SCENE
            and telemetry.shell == 0.0
        )

    def tracked(self) -> bool:
        telemetry = self.core.snapshot().telemetry
        return telemetry is not None and telemetry.tracking

    def head_is_at(self, head: Pose) -> bool:
        telemetry = self.core.snapshot().telemetry
        return telemetry is not None and all(
            abs(a - b) < 1e-3 for a, b in zip(telemetry.head[:3], head[:3], strict=True)
        )

    def held(self) -> dict[str, int]:
        """What the process holds: resident memory in KiB, open files, threads."""
        process = Path(f"/proc/{self.program.process.pid}")
        status = dict(
            line.split(":", 1) for line in (process / "status").read_text().splitlines() if ":" in line
        )
        return {
            "kib": int(status["VmRSS"].split()[0]),
            "files": len(list((process / "fd").iterdir())),
            "threads": int(status["Threads"]),
        }

    def end(self) -> Path:
        self.do(End())
        assert self.program.wait(60) == 0, self.program.errors[-3000:]
        self.core.close()
        return Path(self.program.output.strip().splitlines()[-1])
