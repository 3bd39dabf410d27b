"""Finding runtimes on the local network (multicast DNS, DNS-SD): a convenience, and never a reason for trust.

A runtime that listens beyond its own machine announces a port and its key's fingerprint, and nothing else: the name it
bears there is made from the fingerprint, not from the machine or its owner. Anybody on the network can announce
anything. A console therefore takes an announcement for a place to try and no more: who answers there without the
secret key that belongs to the paired one is not spoken to.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ifaddr
from zeroconf import Error as ZeroconfError
from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, ServiceStateChange, Zeroconf

from vr_runtime.link.connection import EVERYWHERE, Ports, Reach, is_loopback
from vr_runtime.link.errors import LinkError
from vr_runtime.link.keys import fingerprint
from vr_runtime.link.paired import MOST_PORT, moved, read_runtime

log = logging.getLogger(__name__)

SERVICE = "_palier._tcp.local."
ANNOUNCEMENT = b"1"
"""Version of what stands in an announcement."""
MOST_FOUND = 32
ASK_MS = 1500

Remark = Callable[[str], None]


@dataclass(frozen=True)
class Found:
    """What somebody announces. Not to be trusted in any part."""

    fingerprint: str
    host: str
    port: int


def own_addresses() -> list[str]:
    """This machine's IPv4 addresses on its networks, for people to type elsewhere."""
    try:
        there = [address.ip for adapter in ifaddr.get_adapters() for address in adapter.ips]
    except OSError:
        return []
    return [address for address in there if isinstance(address, str) and not is_loopback(address)]


# ------------------------------------------------------------------ records


def record(public: bytes, port: int, addresses: list[str]) -> ServiceInfo:
    """What a runtime with this public key (z85) announces."""
    mark = fingerprint(public)
    name = f"palier-{mark.replace('-', '')[:8]}"
    return ServiceInfo(
        SERVICE,
        f"{name}.{SERVICE}",
        port=port,
        properties={b"v": ANNOUNCEMENT, b"key": mark.encode()},
        server=f"{name}.local.",
        parsed_addresses=addresses,
    )


def found_in(info: ServiceInfo) -> list[Found]:
    """What an announcement says, an entry for each address; empty where it is none that could be used."""
    said: dict[Any, Any] = dict(info.properties)
    mark, port = said.get(b"key"), info.port
    if said.get(b"v") != ANNOUNCEMENT or not isinstance(mark, bytes) or not isinstance(port, int):
        return []
    if not re.fullmatch(rb"[0-9a-f]{4}(-[0-9a-f]{4}){3}", mark) or not 1 <= port <= MOST_PORT:
        return []
    addresses = info.parsed_addresses(IPVersion.V4Only)[:4]
    return [Found(mark.decode(), address, port) for address in addresses]


# ------------------------------------------------------------------ announcing, at the runtime


class Announcement:
    """Announces a runtime from :meth:`start` to :meth:`close`, in threads of its own. What hinders it is remarked and
    hinders nothing else."""

    def __init__(self, host: str, port: int, public: bytes, remark: Remark) -> None:
        self._host, self._port, self._public, self._remark = host, port, public, remark
        self._zeroconf: Zeroconf | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="announcement", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Take the announcement back. Safe to call twice."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(3.0)

    def _run(self) -> None:
        everywhere = self._host in EVERYWHERE
        try:
            addresses = own_addresses() if everywhere else [socket.gethostbyname(self._host)]
            info = record(self._public, self._port, addresses)
            zeroconf = _open(None if everywhere else addresses)
        except (OSError, ZeroconfError, ValueError) as problem:
            self._remark(_not_announced(problem))
            return
        try:
            zeroconf.register_service(info, allow_name_change=True)
            self._ended.wait()
        except (OSError, ZeroconfError) as problem:
            self._remark(_not_announced(problem))
        finally:
            zeroconf.close()  # says goodbye


def _not_announced(problem: Exception) -> str:
    return (
        f"this runtime is not announced on the network ({problem or type(problem).__name__}): "
        "consoles reach it by its address all the same"
    )


def _open(addresses: list[str] | None) -> Zeroconf:
    if addresses is None:
        return Zeroconf(ip_version=IPVersion.V4Only)
    return Zeroconf(interfaces=list(addresses), ip_version=IPVersion.V4Only)


# ------------------------------------------------------------------ finding, at the console


class Watch:
    """Listens for announcements until it is closed.

    Raises:
        OSError: this machine or its surroundings allow no multicast.
    """

    def __init__(self, addresses: list[str] | None = None) -> None:
        self._lock = threading.Lock()
        self._found: dict[str, list[Found]] = {}
        self._zeroconf = _open(addresses)
        self._browser = ServiceBrowser(self._zeroconf, SERVICE, handlers=[self._changed])

    def found(self) -> list[Found]:
        with self._lock:
            return sorted({one for some in self._found.values() for one in some}, key=str)

    def close(self) -> None:
        self._browser.cancel()
        self._zeroconf.close()

    def _changed(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        found: list[Found] = []
        if state_change is not ServiceStateChange.Removed:
            with contextlib.suppress(ZeroconfError, OSError, ValueError):
                info = ServiceInfo(service_type, name)
                if info.request(zeroconf, ASK_MS):
                    found = found_in(info)
        with self._lock:
            self._found.pop(name, None)
            if found and len(self._found) < MOST_FOUND:
                self._found[name] = found


def look(seconds: float, addresses: list[str] | None = None) -> list[Found]:
    """Everything that is announced within some seconds. Raises OSError as :class:`Watch`."""
    watch = Watch(addresses)
    try:
        time.sleep(seconds)
        return watch.found()
    finally:
        watch.close()


class Seeker:
    """Where the runtime of a name is: the place in its file, and if it is not met there, in turn also the places
    where its key's fingerprint is announced. Called by the link whenever it has no connection.

    Args:
        watch: opens a :class:`Watch`; None: only the file counts.
    """

    def __init__(self, folder: Path | None, name: str, watch: Callable[[], Watch] | None = Watch) -> None:
        self._folder, self._name, self._open_watch = folder, name, watch
        self._watch: Watch | None = None
        self._turn = -1
        self._last: Reach | None = None

    def __call__(self) -> Reach:
        """The next place to try. Raises LinkError as ``read_runtime``."""
        known = read_runtime(self._folder, self._name)
        self._turn += 1
        if self._turn == 1 and self._open_watch is not None:
            threading.Thread(target=self._begin, args=(self._open_watch,), daemon=True).start()
        places = [known]
        if self._watch is not None:
            mark = fingerprint(known.server_key.encode())
            for one in self._watch.found():
                place = Reach(host=one.host, ports=Ports.in_a_row(one.port), server_key=known.server_key)
                if one.fingerprint == mark and place not in places:
                    places.append(place)
        self._last = places[self._turn % len(places)]
        return self._last

    def met(self) -> None:
        """The place that was given last is right: its key has proved it. From now on it stands in the file."""
        last = self._last
        with contextlib.suppress(LinkError):
            if last is not None and last.ports.first and last != read_runtime(self._folder, self._name):
                moved(self._folder, self._name, last.host, last.ports.first)

    def close(self) -> None:
        self._open_watch = None
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.close()

    def _begin(self, open_watch: Callable[[], Watch]) -> None:
        try:
            watch = open_watch()
        except (OSError, ZeroconfError) as problem:
            log.info("no looking for announcements here: %s", problem)
            return
        if self._open_watch is None:  # closed meanwhile
            watch.close()
        else:
            self._watch = watch
