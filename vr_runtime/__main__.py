"""``python -m vr_runtime`` is the command ``vr-runtime``."""

from vr_runtime.cli import main

main()
