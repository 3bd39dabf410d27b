"""What can go wrong with the link, each with a message that says what to do."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class LinkReason(Enum):
    PORT_IN_USE = "port_in_use"
    HOST_UNUSABLE = "host_unusable"
    """The host is no address of this machine."""
    NO_CURVE = "no_curve"
    """The installed pyzmq has no CURVE: there is no link without encryption."""
    NOT_GUARDED = "not_guarded"
    """The server's own check found that a key it does not know is not refused."""
    KEYS_MISSING = "keys_missing"
    KEYS_EXPOSED = "keys_exposed"
    """Others may read a secret key, or may change the list of consoles."""
    KEYS_BROKEN = "keys_broken"
    KEY_MISMATCH = "key_mismatch"
    """The runtime that wrote the connection file is not the one this console is paired with."""
    NO_CONNECTION_FILE = "no_connection_file"
    CONNECTION_BROKEN = "connection_broken"
    NOT_CONNECTED = "not_connected"
    TOO_LARGE = "too_large"
    CLOSED = "closed"
    # pairing two machines
    NO_SUCH_NAME = "no_such_name"
    """No console, or no runtime, of that name is paired here."""
    CODE_MISTYPED = "code_mistyped"
    """What was typed is no pairing code: too short, too long, or its check digit is wrong."""
    CODE_WRONG = "code_wrong"
    """The two sides did not use the same code, or somebody in between changed a message."""
    PAIRING_OVER = "pairing_over"
    """The code was used, its time or its tries are over."""
    PAIRING_BUSY = "pairing_busy"
    """Another pairing is going on here."""
    PAIRING_BROKEN = "pairing_broken"
    """A message that is none, a version that does not fit, or a connection that was cut."""
    NOT_STORED = "not_stored"
    """What pairing brought could not be written."""
    # asking another machine for a session
    UNREACHABLE = "unreachable"
    """No machine answers at that address."""
    NOBODY_WAITS = "nobody_waits"
    """The machine is there; no ``vr-runtime wait`` is."""
    NOT_PAIRED = "not_paired"
    """This console's key was refused."""
    NO_ANSWER = "no_answer"
    """It was let in and got no answer in time, or none that can be read."""


class LinkError(PalierError):
    """The link cannot be opened or used."""
