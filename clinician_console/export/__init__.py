"""A record's events and samples for other programs: tables (CSV), or one MCAP file."""

from clinician_console.export.mcap import Exported, export_mcap
from clinician_console.export.tables import export_csv

__all__ = ["Exported", "export_csv", "export_mcap"]
