"""A PostgreSQL server for tests, from the system's own package: in a temporary folder, on a socket that no one else can
reach, without waiting for the disk. It ends with the process that started it.

PostgreSQL refuses to run as root: then it runs as the user ``postgres``, or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

PASSWORD = "not-to-be/printed:@1"
"""Of the server's user; has the signs that an address has to spell otherwise."""
START_S = 60.0
_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


def programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; None where they are not installed."""
    for folder in (
        *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
        *map(Path, os.get_exec_path()),
    ):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


class Server:
    """Runs until :meth:`close`. ``careful``: with the settings of its makers, for measurements."""

    def __init__(self, *, careful: bool = False) -> None:
        self._settings = {"listen_addresses": "", **({} if careful else _FAST)}
        found = programs()
        if found is None:
            raise FileNotFoundError("no initdb: install the package postgresql (scripts/system-packages)")
        # A socket's path may have no more than 107 bytes.
        self.folder = Path(
            tempfile.mkdtemp(prefix="palier-pg-", dir="/tmp" if os.path.isdir("/tmp") else None)
        )
        self._as_user: list[str] = []
        if os.getuid() == 0:
            user = next(name for name in ("postgres", "nobody") if _is_user(name))
            entry = pwd.getpwnam(user)
            self._as_user = ["--reuid", user, "--regid", str(entry.pw_gid), "--clear-groups"]
            os.chown(self.folder, entry.pw_uid, entry.pw_gid)
        try:
            self._initdb(found)
            self._process = self._start(found)
            self._wait()
        except BaseException:
            self.close()
            raise

    def url(self, database: str = "postgres", *, password: str = PASSWORD) -> str:
        return f"postgresql://palier:{quote(password, safe='')}@/{database}?host={self.folder}"

    def run(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """One statement, as the server's administrator would."""
        import psycopg

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []

    def new_database(self, template: str = "template1") -> str:
        name = f"clinic_{secrets.token_hex(4)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def close(self) -> None:
        process: subprocess.Popen[bytes] | None = getattr(self, "_process", None)
        if process is not None:
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    # ------------------------------------------------------------------ parts

    def _initdb(self, found: Path) -> None:
        secret = self.folder / "password"
        secret.write_text(PASSWORD, "utf-8")
        secret.chmod(0o644)  # in a folder that nobody else may enter
        made = subprocess.run(
            [
                *self._prefix(),
                str(found / "initdb"),
                f"--pgdata={self.folder / 'data'}",
                "--username=palier",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
                "--no-instructions",
            ],
            capture_output=True,
            text=True,
            cwd="/",
        )
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stdout}{made.stderr}")

    def _start(self, found: Path) -> subprocess.Popen[bytes]:
        options = [f"-c{name}={value}" for name, value in self._settings.items()]
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [
                    *self._prefix(),
                    str(found / "postgres"),
                    "-D",
                    str(self.folder / "data"),
                    "-k",
                    str(self.folder),
                ]
                + options,
                stdout=log,
                stderr=log,
                cwd="/",
            )

    def _prefix(self) -> list[str]:
        return ["setpriv", "--pdeathsig", "QUIT", *self._as_user]

    def _wait(self) -> None:
        import psycopg

        until = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self.url()).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text("utf-8", errors="replace")
                    raise RuntimeError(f"PostgreSQL does not start: {log}") from None
                time.sleep(0.05)


def _is_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
