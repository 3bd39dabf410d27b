"""Palier's patient side: plays graded exposure scenes, keeps the patient safe, records the session."""

__version__ = "0.1.0"
