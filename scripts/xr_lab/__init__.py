"""A real OpenXR runtime (Monado) without a headset, a graphics card or root: docs/openxr-lab.md.

``monado`` finds the machine's own Monado or makes a private one, ``session`` starts its service and says how
programs run beside it. The standard library is all that is used.
"""

from __future__ import annotations


class LabError(RuntimeError):
    """No lab, or a service that does not start; the message says what to do."""
