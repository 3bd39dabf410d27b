"""What is wrong with Bluetooth or a strap, in words that say what to do."""

from __future__ import annotations

import sys

NOT_FOUND = (
    "{wanted} was not found: wet the electrodes and put the strap on (most sleep until then), come closer, and end "
    "other apps and watches that may be connected to it; `vr-runtime sensors` lists what is in reach"
)
SEVERAL = (
    "{wanted} could be any of {found}: give the whole name or the address, as `vr-runtime sensors` lists them"
)
NO_HEART = (
    "{wanted} is no heart-rate sensor (it has no heart-rate service 0x180D): choose another of those that "
    "`vr-runtime sensors` lists, or turn on its broadcast of heart rate if it is a watch"
)
QUIET = "nothing was heard for {seconds:g} s: look whether the strap sits on wet skin; connecting again"
LOST = "the connection was lost: bring the strap closer; connecting again"
SLOW = "{wanted} did not answer in time: come closer; trying again"

_SWITCH_ON = "switch Bluetooth on in the system's settings"


class StrapError(Exception):
    """The strap cannot be used as it is; ``str`` says what to do."""


def trouble(problem: BaseException, wanted: str) -> str:
    """What ``problem`` (of bleak, of the system) means, and what to do. Holds no measured value."""
    from bleak.exc import (
        BleakBluetoothNotAvailableError,
        BleakDBusError,
        BleakDeviceNotFoundError,
        BleakError,
    )

    if isinstance(problem, StrapError):
        return str(problem)
    if isinstance(problem, BleakBluetoothNotAvailableError):
        return _unavailable(problem.reason.name)
    if isinstance(problem, BleakDeviceNotFoundError):
        return NOT_FOUND.format(wanted=wanted)
    if isinstance(problem, BleakDBusError):
        if problem.dbus_error.endswith(("ServiceUnknown", "NameHasNoOwner", "Spawn.ServiceNotFound")):
            return "the system's Bluetooth service does not run: start it (Debian: apt-get install bluez, then systemctl start bluetooth)"
        if problem.dbus_error.endswith(("NotReady", "Error.Blocked")):
            return f"the Bluetooth adapter is off: {_SWITCH_ON}"
        return (
            f"Bluetooth said {problem.dbus_error}: trying again; if it stays so, switch Bluetooth off and on"
        )
    if isinstance(problem, TimeoutError):
        return SLOW.format(wanted=wanted)
    if isinstance(problem, FileNotFoundError | ConnectionRefusedError) and sys.platform == "linux":
        return (
            "this system has no Bluetooth service to talk to (no D-Bus): install and start it "
            "(Debian: apt-get install dbus bluez), and do not run in a container that hides it"
        )
    if isinstance(problem, ImportError):
        return f"the library for Bluetooth is not whole ({problem.name}): install Palier again"
    if isinstance(problem, BleakError | OSError | EOFError):
        return f"Bluetooth failed ({type(problem).__name__}): trying again; if it stays so, switch Bluetooth off and on"
    return f"the Bluetooth library failed ({type(problem).__name__}): trying again"


def _unavailable(reason: str) -> str:
    return {
        "NO_BLUETOOTH": "this machine has no Bluetooth adapter: plug one in (Bluetooth 4.0 or newer)",
        "NO_BLE_CENTRAL_ROLE": "this machine's Bluetooth adapter cannot take part in Bluetooth Low Energy as a "
        "central: plug in another (Bluetooth 4.0 or newer)",
        "POWERED_OFF": f"the Bluetooth adapter is off: {_SWITCH_ON}",
        "DENIED_BY_USER": "Bluetooth was refused to this program: allow it in the system's privacy settings",
        "DENIED_BY_SYSTEM": "the system does not let this program use Bluetooth: allow it (Debian: add the user to "
        "the group bluetooth) or ask who looks after this machine",
        "DENIED_BY_UNKNOWN": "the system does not let this program use Bluetooth: allow it in its privacy settings",
    }.get(reason, "Bluetooth is not available: switch it off and on in the system's settings")
