"""What a record was made on. Replay is bit for bit where this is equal."""

import platform

import numpy as np

from vr_runtime import __version__
from vr_runtime.protocol.events import Fingerprint


def fingerprint() -> Fingerprint:
    """The platform's part in the results: interpreter, NumPy, processor architecture, system, our version."""
    return Fingerprint(
        python=platform.python_version(),
        numpy=np.__version__,
        machine=platform.machine(),
        system=platform.system(),
        palier=__version__,
    )
