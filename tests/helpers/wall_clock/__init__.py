"""A wall clock that a test steps while programs run."""

from tests.helpers.wall_clock.wall_clock import WallClock

__all__ = ["WallClock"]
