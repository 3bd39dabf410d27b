"""Somebody who means harm, as a process of its own: ``python -m tests.helpers.attacker WHAT FOLDER SIZE [SEED]``.

``FOLDER`` holds the runtime's connection file and the keys. Prints ``begun`` when it is at it and ``done`` at its end;
whatever the other side does to it is no error.
"""

from __future__ import annotations

import contextlib
import errno
import os
import random
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq

from vr_runtime.link.connection import Connection, read_connection
from vr_runtime.link.keys import ConsoleKeys, load_console_keys
from vr_runtime.link.wire import CONSOLE_KINDS, SOCKETS

PART = 16_000
TOPIC = 900
MB = 1_000_000
LINGER_S = 0.7
"""What was said last is still read by then."""


class Attack:
    def __init__(self, folder: Path, size: int, seed: int) -> None:
        self.connection: Connection = read_connection(folder)
        self.keys = load_console_keys(folder)
        self.size = size
        self.chance = random.Random(seed)
        self.context: zmq.Context[Any] = zmq.Context()

    def socket(self, name: str, keys: ConsoleKeys | None) -> zmq.Socket[Any]:
        one: zmq.Socket[Any] = self.context.socket(CONSOLE_KINDS[name])
        one.setsockopt(zmq.LINGER, 0)
        one.setsockopt(zmq.SNDHWM, 0)
        one.setsockopt(zmq.SNDTIMEO, 5000)
        if keys is not None:
            one.setsockopt(zmq.CURVE_PUBLICKEY, keys.public)
            one.setsockopt(zmq.CURVE_SECRETKEY, keys.secret)
            one.setsockopt(zmq.CURVE_SERVERKEY, keys.server_public)
        one.connect(self.connection.address(name))
        return one

    # each of these is named on the command line

    def parts(self) -> None:
        """One message of ``size`` MB in frames that each are allowed."""
        one = self.socket("commands", self.keys)
        for _ in range(self.size * MB // PART):
            one.send(b"x" * PART, zmq.SNDMORE)
        one.send(b"end")
        time.sleep(LINGER_S)

    def small_parts(self) -> None:
        """One message of ``size`` MB on the wire, in frames of a byte."""
        one = self.socket("control", self.keys)
        for _ in range(self.size * MB // 35):
            one.send(b"x", zmq.SNDMORE)
        one.send(b"end")
        time.sleep(LINGER_S)

    def frame(self) -> None:
        """One frame of ``size`` MB."""
        one = self.socket("commands", self.keys)
        one.send(b"x" * (self.size * MB))
        time.sleep(LINGER_S)

    def subscribe(self) -> None:
        """``size`` MB of topics."""
        one = self.socket("feed", self.keys)
        for _ in range(self.size * MB // TOPIC):
            one.setsockopt(zmq.SUBSCRIBE, self.chance.randbytes(TOPIC))
        time.sleep(LINGER_S)

    def connections(self) -> None:
        """``size`` connections that say nothing."""
        held: list[socket.socket] = []
        for number in range(self.size):
            one = socket.socket()
            one.setblocking(False)
            name = SOCKETS[number % len(SOCKETS)]
            with contextlib.suppress(OSError):
                one.connect((self.connection.host, getattr(self.connection.ports, name)))
            held.append(one)
            if number % 50 == 49:
                time.sleep(0.01)
        time.sleep(LINGER_S)

    def strangers(self) -> None:
        """``size`` handshakes with keys that are not known."""
        for number in range(self.size):
            public, secret = zmq.curve_keypair()
            keys = ConsoleKeys(public, secret, self.keys.server_public)
            one = self.socket(SOCKETS[number % len(SOCKETS)], keys)
            if number % 20 == 19:
                time.sleep(0.02)
            if number >= 100:
                one.close(0)

    def garbage(self) -> None:
        """Bytes that are no ZMTP, and ZMTP that announces a frame of a gigabyte before any key; ``size`` times."""
        greeting = b"\xff" + b"\0" * 8 + b"\x7f\x03\x00CURVE".ljust(22, b"\0") + b"\0" * 33
        giant = b"\x06" + (1 << 30).to_bytes(8, "big")
        for number in range(self.size):
            name = SOCKETS[number % len(SOCKETS)]
            address = (self.connection.host, getattr(self.connection.ports, name))
            with contextlib.suppress(OSError), socket.create_connection(address, 2) as one:
                one.settimeout(0.5)
                one.sendall(self.chance.randbytes(200) if number % 2 else greeting + giant)
                for _ in range(50):
                    one.sendall(b"x" * 65536)

    def nonsense(self) -> None:
        """``size`` malformed messages of somebody who is paired, on every socket that listens."""
        ones = {name: self.socket(name, self.keys) for name in SOCKETS if CONSOLE_KINDS[name] == zmq.DEALER}
        for _ in range(self.size):
            one = self.chance.choice(list(ones.values()))
            parts = [
                self.chance.randbytes(self.chance.randrange(300)) for _ in range(self.chance.randrange(1, 5))
            ]
            with contextlib.suppress(zmq.ZMQError):
                one.send_multipart(parts)
        time.sleep(LINGER_S)


def main() -> None:
    what, folder, size = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    attack = Attack(folder, size, int(sys.argv[4]) if len(sys.argv) > 4 else 1)
    act: Callable[[], None] = getattr(attack, what)
    print("begun", flush=True)
    try:
        act()
    except zmq.ZMQError as problem:
        if problem.errno not in (errno.EAGAIN, errno.EHOSTUNREACH):
            raise
    print("done", flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
