"""The encrypted link between the runtime and its consoles: five sockets, one I/O thread a process.

:class:`~vr_runtime.link.server.LinkServer` is the runtime's side,
:class:`~vr_runtime.link.client.LinkClient` the console's. ``docs/protocol.md`` says which socket carries
what, and of every refusal what to do. Stands on ``vr_runtime.protocol`` and pyzmq alone (pairing and
discovery on packages of their own, which nothing else here needs): entries of the record pass through as
plain :class:`LogEntry` tuples.
"""

from vr_runtime.link.entries import LogEntry
from vr_runtime.link.errors import LinkError, LinkReason

__all__ = ["LinkError", "LinkReason", "LogEntry"]
