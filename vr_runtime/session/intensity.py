"""The parameters of one scene: where each one is, where it is going, and how it gets there.

A number moves at its slew limit. A parameter with ``blink`` (and every choice) changes at the darkest moment of a
blink, unless the scene carries the viewpoint there (a lift): then it moves at the carrier's speed. Nothing in here decides where to go: a track goes where it was last told to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from vr_runtime.protocol.answers import ParameterState
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import Carried, ChoiceParameter, NumberParameter, SceneManifest

Parameter = NumberParameter | ChoiceParameter


class Move(NamedTuple):
    """A parameter's target before and after."""

    parameter: Parameter
    previous: Value
    target: Value


class Track:
    """One parameter on its way. ``rate`` is in the parameter's unit per second; None: it blinks.

    ``while_frozen`` lets it move, to the easier side alone, although the scene is frozen: for what the therapist
    or the supervisor lowers during a pause.
    """

    __slots__ = ("parameter", "rate", "target", "value", "while_frozen")

    def __init__(self, parameter: Parameter, value: Value) -> None:
        self.parameter = parameter
        self.value = value
        self.target = value
        self.rate = parameter.slew
        self.while_frozen = False

    @property
    def rising(self) -> bool:
        """Whether it is on its way to something harder."""
        hardness = self.parameter.hardness
        return hardness(self.target) > hardness(self.value)

    def easier(self, value: Value) -> Value:
        """The easiest of ``value``, where the parameter is, and where it is going; ``value`` where all are equal."""
        return min(value, self.target, self.value, key=self.parameter.hardness)

    def may_move(self, frozen: bool) -> bool:
        return not frozen or (self.while_frozen and not self.rising)

    def slew(self, dt_s: float) -> None:
        """Take one frame's share of the way; the target is reached exactly."""
        value, target, rate = self.value, self.target, self.rate
        if isinstance(value, str) or isinstance(target, str) or rate is None:
            return
        reach = rate * dt_s
        if abs(target - value) <= reach:
            self.value = target
        else:
            self.value = value + reach if target > value else value - reach


class Tracks:
    """All parameters of one scene, in the order of its manifest, at ``values`` to begin with.

    ``eased``: the scene lets a choice come and go softly itself, so that it changes without a blink.
    """

    def __init__(self, manifest: SceneManifest, values: Mapping[str, Value], *, eased: bool = False) -> None:
        self.manifest = manifest
        self.scene = manifest.id
        self.first = dict(values)
        self._eased = eased
        self.tracks = {item.id: Track(item, values[item.id]) for item in manifest.parameters}
        self._moving: list[Track] = []
        self._carried = [track for track in self.tracks.values() if _carried(track.parameter) is not None]

    def values(self) -> dict[str, Value]:
        return {name: track.value for name, track in self.tracks.items()}

    def states(
        self, ceiling: Callable[[str], Value | None] = lambda _name: None
    ) -> dict[str, ParameterState]:
        """For telemetry: where each one is, where it is going, and what its ceiling is."""
        return {
            name: ParameterState(value=track.value, target=track.target, ceiling=ceiling(name))
            for name, track in self.tracks.items()
        }

    @property
    def settled(self) -> bool:
        return not self._moving

    def aim(
        self, name: str, target: Value, *, while_frozen: bool = False, ramp_s: float | None = None
    ) -> Move | None:
        """Send a parameter to ``target``; with ``ramp_s`` a number gets there in that time whatever its slew.

        Returns the move, or None where it was going there already.
        """
        track = self.tracks[name]
        previous = track.target
        track.target = target
        track.while_frozen = while_frozen
        track.rate = track.parameter.slew
        if self._eased and track.parameter.kind == "choice":
            track.value = target
        if ramp_s is not None and track.rate is not None:
            track.rate = abs(float(target) - float(track.value)) / ramp_s
        self._sort()
        return Move(track.parameter, previous, target) if previous != target else None

    def move(self, dt_s: float, frozen: bool) -> bool:
        """Let the slewing parameters take one frame's share of their way. True when a value has changed."""
        if not self._moving:
            return False
        self._carry(frozen)
        changed = False
        for track in self._moving:
            if track.rate is not None and track.may_move(frozen):
                before = track.value
                track.slew(dt_s)
                changed = changed or track.value != before
        if changed:
            self._sort()
        return changed

    def wants_blink(self, frozen: bool) -> bool:
        return any(track.rate is None and track.may_move(frozen) for track in self._moving)

    def turn(self, frozen: bool) -> None:
        """The darkest moment of a blink: what may change, changes."""
        for track in self._moving:
            if track.rate is None and track.may_move(frozen):
                track.value = track.target
        self._sort()

    def snap(self) -> None:
        """Everything to its target at once. Only where nothing of the scene can be seen."""
        for track in self._moving:
            track.value = track.target
        self._sort()

    def call_off(self) -> list[Move]:
        """Whatever is on its way to something harder stays where it is."""
        moves: list[Move] = []
        for track in self._moving:
            if track.rising:
                moves.append(Move(track.parameter, track.target, track.value))
                track.target = track.value
        if moves:
            self._sort()
        return moves

    def freeze(self) -> None:
        """A pause begins: what is under way now waits for its end."""
        for track in self._moving:
            track.while_frozen = False

    def _carry(self, frozen: bool) -> None:
        """What the scene carries moves at the carrier's speed, and waits while the carrier is still to appear. A
        carrier stands still in a pause: what is made easier then blinks."""
        for track in self._carried:
            carried = _carried(track.parameter)
            assert carried is not None
            by, speed = self.tracks[carried.by], self.tracks[carried.speed]
            if frozen or by.target != carried.choice or float(speed.target) <= 0.0:
                track.rate = None
            else:
                track.rate = float(speed.value) if by.value == carried.choice else 0.0

    def _sort(self) -> None:
        self._moving = [track for track in self.tracks.values() if track.value != track.target]


def _carried(parameter: Parameter) -> Carried | None:
    return parameter.carried if parameter.kind == "number" else None
