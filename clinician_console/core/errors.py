"""The console's own errors; each has a reason for code and a message that says what to do."""

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class ConsoleReason(Enum):
    NO_RUNTIME = "no_runtime"
    """Nothing to connect to, or the runtime did not answer in time."""
    NO_LEASE = "no_lease"
    """Another console holds the right to command."""
    UNEXPECTED_ANSWER = "unexpected_answer"
    """A scripted act was answered otherwise than the script expects."""
    NO_ANSWER = "no_answer"
    INTERRUPTED = "interrupted"
    """The link or the session ended before the script did."""
    PORT_IN_USE = "port_in_use"
    NOT_STARTED = "not_started"
    """The local runtime could not be started."""
    COPY_BEHIND = "copy_behind"
    """The console's copy of the record did not reach the runtime's last entry."""
    NOT_WRITTEN = "not_written"
    """A report or an export could not be written."""


class ConsoleError(PalierError):
    """Something that the console could not do."""


class UsageProblem(ConsoleError):
    """Wrong arguments: what was asked for cannot be meant."""

    exit_status = 2


class DriveError(ConsoleError):
    """The scripted therapist was answered otherwise than the script says."""

    exit_status = 5
