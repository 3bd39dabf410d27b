"""A record's events and samples as tables for other programs."""

from clinician_console.export.tables import export_csv

__all__ = ["export_csv"]
