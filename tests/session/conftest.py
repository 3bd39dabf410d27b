"""Hypothesis by itself fails a test that a busy machine makes slow; no test of ours asserts a time."""

from hypothesis import settings

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
