"""``vr-runtime`` with the faults that a test asks for: ``python -m tests.helpers.xr_run run --display openxr ...``.

Without PALIER_XR_FAULTS in the environment (tests/helpers/xr_layer.py) it is ``vr-runtime`` itself.
"""

from __future__ import annotations

import sys

from tests.helpers.xr_layer import install

if __name__ == "__main__":
    install()

    from vr_runtime.cli import main

    sys.argv[0] = "vr-runtime"
    main()
