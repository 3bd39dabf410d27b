"""The console without a user interface: the link, the copy of the record, the time line, the state of commands.

Pages poll :meth:`ConsoleCore.snapshot`, an immutable value; nothing in here knows that there are pages.
"""

from clinician_console.core.core import ConsoleCore
from clinician_console.core.snapshot import Snapshot

__all__ = ["ConsoleCore", "Snapshot"]
