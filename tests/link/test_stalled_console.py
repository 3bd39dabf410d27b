"""A console whose link thread stands still for seconds (a machine that sleeps, or is too busy) goes on afterwards."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.session import ROOT

STALL = """
import sys, time
import zmq
from vr_runtime.link.wire import set_common_options

name = sys.argv[1]
context = zmq.Context()
server = context.socket(zmq.PUB)
set_common_options(server, name, server=True)
port = server.bind_to_random_port("tcp://127.0.0.1")
console = context.socket(zmq.SUB)
set_common_options(console, name, server=False)
console.setsockopt(zmq.SUBSCRIBE, b"")
console.connect(f"tcp://127.0.0.1:{port}")
for _ in range(2):
    end = time.monotonic() + 2.5  # longer than the heartbeat's patience
    while time.monotonic() < end:
        server.send(bytes(20_000))
        time.sleep(0.003)
    read = 0
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        try:
            console.recv(zmq.NOBLOCK)
            read += 1
        except zmq.Again:
            time.sleep(0.001)
print("alive", read)
"""


@pytest.mark.parametrize("name", ["preview", "feed"])
def test_what_piles_up_unread_does_not_end_the_process(name: str) -> None:
    """libzmq ends the process where a full buffer outlives its connection; there must be none that can be full."""
    done = subprocess.run(
        [sys.executable, "-c", STALL, name], capture_output=True, text=True, timeout=100, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("alive")
