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
    keeps_m: float = 0.0
    """So much further away it stays than its arousal makes it, 0 to 2 m."""
    look_away_tendency: float = 0.5
    closes_eyes: float = 0.3
    """How readily it shuts its eyes before the stimulus; seen by an eye tracker alone."""
    distraction: float = 0.0
    """Share of attention that is elsewhere, wherever the head looks: what is not attended to teaches nothing."""
    resting_bpm: float = 72.0
    """For the simulated heart, 40 to 120 a minute."""
    height_m: float = 1.6
    """Of the eyes above the floor where the start pose does not tell, 0.8 to 2.1 m."""
    silence: float = 0.0
    """Share of rating prompts that go unanswered."""
    recovery: float = 0.4
    """Return of fear: the share of what was learned that is lost by the next session."""
    belief: float = 0.8
    """How sure the patient is, before any exposure, that what is feared happens at the top of the ladder."""
    belief_rate: float = 0.3
    """By how much of the surprise a trial moves the belief."""
    disgust: float = 0.3
    urge: float = 0.15
    """To undo a contact, by washing."""
    gives_in: float = 0.0
    """How readily it rubs its hands clean when the urge is high."""
    sickness: float = 0.2
    """How easily motion makes it sick."""
    panic_at: float | None = None
    """Arousal at which a panic begins; None, here and below: it never comes to this."""
    panics: int = 1
    """How often in a session, 0 to 20."""
    silent_at: float | None = None
    """Arousal at which it dissociates: it answers nothing and keeps still."""
    stops_at: float | None = None
    """Arousal at which it presses STOP."""
    leaves_at: float | None = None
    """Arousal at which it takes the headset off."""
    faints: float = 0.0
    """How far the heart falls below rest after the first fright (blood and injection)."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            least, most = RANGES.get(name, (0.0, 1.0))
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise ValueError(f"{name} = {value:g}; give a number from {least:g} to {most:g}")


RANGES: dict[str, tuple[float, float]] = {
    "learning_rate": (0.0, 20.0),
    "resting_bpm": (40.0, 120.0),
    "height_m": (0.8, 2.1),
    "keeps_m": (0.0, 2.0),
    "panics": (0, 20),
}
"""Of all others 0 to 1."""
