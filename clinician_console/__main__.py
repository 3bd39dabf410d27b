"""``python -m clinician_console``."""

from clinician_console.cli import main

main()
