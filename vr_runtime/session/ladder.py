"""The plan's steps and the therapist's ceilings: which step the session stands on, and what it asks for.

``tracks`` belong to the scene that is shown or was shown last. A step in another scene makes new ones, which
wait in ``arriving`` until the shell is opaque.
"""

from __future__ import annotations

from collections.abc import Mapping

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import SAFE_PLACE, Plan, PlanStep
from vr_runtime.session.draw import draw
from vr_runtime.session.intensity import Move, Parameter, Tracks


class Ladder:
    """``step`` is 0 before the first step; ``ceiling`` the highest step allowed now."""

    def __init__(self, plan: Plan, scenes: Mapping[str, SceneManifest], seed: int) -> None:
        """``seed``: of what a step varies, within the therapist's bounds."""
        self.plan = plan
        self._seed = seed
        self._visits = [0] * (len(plan.steps) + 1)
        self.scenes = scenes
        self.length = len(plan.steps)
        self.step = 0
        self.ceiling = plan.ceiling_step or self.length
        self.tracks: Tracks | None = None
        self.arriving: Tracks | None = None
        calm = scenes.get(SAFE_PLACE)
        self.safe_place = Tracks(calm, {**calm.defaults(), **plan.safe_place}, eased=True) if calm else None
        """The safe place's own parameters. No step and no ceiling concerns them."""
        self._ceilings: dict[tuple[str, str], Value] = {}

    @property
    def ahead(self) -> Tracks | None:
        """The tracks of the current step's scene, shown already or about to be."""
        return self.arriving or self.tracks

    @property
    def manifest(self) -> SceneManifest:
        """The current step's scene; before the first step that of step 1."""
        return self.scenes[self.plan_step.scene]

    @property
    def plan_step(self) -> PlanStep:
        return self.plan.steps[max(self.step, 1) - 1]

    def share(self) -> float:
        """The share of the ladder that is reached, 0 to 1: the step's number over the number of steps."""
        return self.step / self.length

    # ------------------------------------------------------------------ ceilings

    def ceiling_of(self, name: str) -> Value | None:
        """The therapist's ceiling of one parameter of the current scene; None: its hardest value."""
        return self._ceilings.get((self.manifest.id, name))

    def above_ceiling(self, parameter: Parameter, value: Value) -> bool:
        ceiling = self.ceiling_of(parameter.id)
        return ceiling is not None and parameter.hardness(value) > parameter.hardness(ceiling)

    def set_ceiling(self, name: str, value: Value) -> None:
        self._ceilings[(self.manifest.id, name)] = value

    def ceilings(self) -> Mapping[tuple[str, str], Value]:
        """All ceilings of parameters, by scene and parameter."""
        return self._ceilings

    # ------------------------------------------------------------------ steps

    def values(self, step: int) -> dict[str, Value]:
        """What a step asks for, with every parameter kept below its ceiling."""
        manifest = self.scenes[self.plan.steps[step - 1].scene]
        values = self.plan.values(step, manifest)
        for name, (low, high) in self.plan.steps[step - 1].vary.items():
            share = round(draw("vary", self._seed, step, name, self._visits[step]) * 100.0) / 100.0
            values[name] = low + share * (high - low)
        for (scene, name), ceiling in self._ceilings.items():
            if scene == manifest.id:
                parameter = manifest.parameter(name)
                if parameter is not None and parameter.hardness(values[name]) > parameter.hardness(ceiling):
                    values[name] = ceiling
        return values

    def harder(self, step: int) -> bool:
        """Whether a step would send any parameter of the present scene to something harder than it aims at."""
        tracks = self.ahead
        if tracks is None or tracks.scene != self.plan.steps[step - 1].scene:
            return False
        return any(self._is_harder(tracks, name, value) for name, value in self.values(step).items())

    def enter(
        self,
        step: int,
        *,
        easier_only: bool = False,
        while_frozen: bool = False,
        ramp_s: float | None = None,
    ) -> list[Move]:
        """Stand on a step: its values become the targets, in the same scene or in one about to arrive.

        With ``easier_only`` a parameter that is, or aims at, something easier than the step asks for keeps to that.
        Returns the moves, in the manifest's order; a scene that arrives starts from its defaults.
        """
        scene = self.plan.steps[step - 1].scene
        if step != self.step:
            self._visits[self.step] += 1  # what it varies is drawn anew for its next visit
        values = self.values(step)
        self.step = step
        if self.arriving is not None and self.arriving.scene != scene:
            self.arriving = None
        if self.arriving is None and (self.tracks is None or self.tracks.scene != scene):
            manifest = self.scenes[scene]
            self.arriving = Tracks(manifest, values)
            return [
                Move(item, item.default, values[item.id])
                for item in manifest.parameters
                if item.default != values[item.id]
            ]
        tracks = self.ahead
        assert tracks is not None
        moves: list[Move] = []
        for name in tracks.tracks:
            value = values[name]
            if easier_only:
                value = tracks.tracks[name].easier(value)
            move = tracks.aim(name, value, while_frozen=while_frozen, ramp_s=ramp_s)
            if move is not None:
                moves.append(move)
        return moves

    def arrive(self, shown: bool) -> bool:
        """The shell is opaque: the scene that waited takes the place of the one that was.

        ``shown``: it is what will be seen; every parameter takes its target at once, behind the shell.
        True when the scene is another one.
        """
        another = self.arriving is not None
        if self.arriving is not None:
            self.tracks, self.arriving = self.arriving, None
        if shown and self.tracks is not None:
            self.tracks.snap()
        return another

    @staticmethod
    def _is_harder(tracks: Tracks, name: str, value: Value) -> bool:
        track = tracks.tracks[name]
        return track.parameter.hardness(value) > track.parameter.hardness(track.target)
