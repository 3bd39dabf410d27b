"""What tells one virtual patient from another."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Traits:
    """Shares from 0 to 1 unless a unit is given. Raises ValueError outside the ranges."""

    fear: float = 0.6
    """How strong the fear of the stimulus is."""
    learning_rate: float = 0.5
    """Of inhibition, per minute of attended exposure; 0 to 20 (demos learn fast)."""
    approach_tendency: float = 0.5
    """How much fear is borne before the distance is kept."""
    look_away_tendency: float = 0.5
    resting_bpm: float = 72.0
    """For the simulated heart, 40 to 120 a minute."""
    height_m: float = 1.6
    """Of the eyes above the floor where the start pose does not tell, 0.8 to 2.1 m."""
    silence: float = 0.0
    """Share of rating prompts that go unanswered."""

    def __post_init__(self) -> None:
        ranges = {
            "fear": (0.0, 1.0),
            "learning_rate": (0.0, 20.0),
            "approach_tendency": (0.0, 1.0),
            "look_away_tendency": (0.0, 1.0),
            "resting_bpm": (40.0, 120.0),
            "height_m": (0.8, 2.1),
            "silence": (0.0, 1.0),
        }
        for name, (least, most) in ranges.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise ValueError(f"{name} = {value:g}; give a number from {least:g} to {most:g}")
