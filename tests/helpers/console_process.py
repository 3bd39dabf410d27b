"""The demo console as a child process, and a raw HTTP client for it."""

from __future__ import annotations

import http.client
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class ConsoleProcess:
    """``with ConsoleProcess("--history", "60") as console: ...``. Every link that it prints is kept in order."""

    def __init__(self, *arguments: str, module: str = "tests.helpers.demo_console") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._links: queue.Queue[str] = queue.Queue()
        self.errors: list[str] = []
        for stream, take in ((self._process.stdout, self._heard), (self._process.stderr, self.errors.append)):
            threading.Thread(
                target=lambda s=stream, t=take: [t(line) for line in s or ()], daemon=True
            ).start()
        try:
            self.link = self._links.get(timeout=60)
            self._unused: str | None = self.link
        except queue.Empty:
            self._process.kill()
            raise AssertionError("the console did not start:\n" + "".join(self.errors)) from None
        self.port = urlsplit(self.link).port or 0
        self.host = f"127.0.0.1:{self.port}"
        self.origin = f"http://{self.host}"

    def _heard(self, line: str) -> None:
        (self._links if line.startswith("page: ") else self._lines).put(line.strip().removeprefix("page: "))

    def __enter__(self) -> ConsoleProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None and self._process.stdin:
            self.tell("quit")
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(20)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream:
                stream.close()

    def tell(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def ask(self, line: str) -> str:
        """Tell it a line and give what it answers, without the word in front."""
        while not self._lines.empty():
            self._lines.get()
        self.tell(line)
        return self._lines.get(timeout=30).partition(":")[2].strip()

    def next_link(self) -> str:
        """The link that has not been used yet."""
        if self._unused is not None:
            unused, self._unused = self._unused, None
            return unused
        return self._links.get(timeout=30)


def request(
    port: int, path: str, method: str = "GET", body: str = "", timeout_s: float = 20.0, **headers: str | None
) -> Answer:
    """A raw request. Headers as keywords (``Sec_Fetch_Site``); ``Host=None`` leaves the usual one."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
        for name, value in given.items():
            connection.putheader(name, value)
        if method == "POST":
            connection.putheader("Content-Length", str(len(body.encode())))
        connection.endheaders(body.encode() if method == "POST" else None)
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read().decode(errors="replace"))
    finally:
        connection.close()


def enter(link: str) -> str:
    """Use a link as a browser does; the cookie that it gives, as a Cookie header."""
    parts = urlsplit(link)
    answer = request(parts.port or 0, f"{parts.path}?{parts.query}")
    assert answer.status == 303, answer
    return answer.headers["set-cookie"].partition(";")[0]
