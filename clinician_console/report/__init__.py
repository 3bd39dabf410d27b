"""A session as one self-contained HTML file, from its record alone."""

from clinician_console.report.gather import Gathered, gather
from clinician_console.report.render import render

__all__ = ["Gathered", "gather", "render"]
