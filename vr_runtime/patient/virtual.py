"""The virtual patient: what it perceives goes in, head, hands, arousal and ratings come out.

Everything is a function of the seed, the traits and the frames' times and perceptions. Inside, time passes in
ticks of 10 ms whatever the frame rate; between ticks, positions are read off the same smooth curve.
"""

from __future__ import annotations

import math
from random import Random

from vr_runtime.patient.conduct import NEAREST_M, Eyes, Feet, Gaze, Going, Reach
from vr_runtime.patient.eyes import Sight
from vr_runtime.patient.inner import Inner
from vr_runtime.patient.intending import Intentions
from vr_runtime.patient.memory import Memory
from vr_runtime.patient.motion import Glide, Sway, Walk, forward, quaternion
from vr_runtime.patient.perceived import Perceived
from vr_runtime.patient.traits import Traits
from vr_runtime.patient.washing import Washing, between, rubbing
from vr_runtime.protocol.events import PatientAnswered, StopPressed
from vr_runtime.protocol.pose import Hands, Pose, WashPlace
from vr_runtime.protocol.words import Rated, Reporter, Scale, StoppedBy

TICK_NS = 10_000_000
_TICK_S = TICK_NS / 1e9
_LONGEST_NS = 5_000_000_000
"""A longer pause between frames is not lived through."""

AREA_M = 0.95
"""Half the play area of 2 m x 2 m, less room for sway."""
_RAIL_NEAR_M = 0.7
_BREATH_HZ = 0.25
_BREATH_M = 0.003
_CROUCH_M = 0.06
_SHOULDER_M = 0.25
"""So far the shoulders are below the eyes."""
_ARM_M = 0.68
_AROUND_M = 0.15
"""How far before the straight way the hand goes."""
_FINGERS_M = 0.088
"""The fingers hang so far below the palm that the hand is held by."""
_DEEPEST_M = 0.7
"""How far one bends down, standing; sitting, half the height of the eyes."""
_BEFORE_M = 0.3
"""Hands rub each other so far before the body, where there is no water."""
_STEEPEST = math.radians(-74.0)


class VirtualPatient:
    """A stand-in for tests, demos and training; no model of any person."""

    def __init__(
        self,
        seed: int,
        traits: Traits | None = None,
        start: Pose | None = None,
        memory: Memory | None = None,
        eye_tracking: bool = False,
    ) -> None:
        """``start``: where it stands and how high its eyes are (z of 0: the height of the traits). ``memory``: what
        it took from the session before. ``eye_tracking``: its headset tells of eyes and lids; nothing else changes."""
        self.traits = traits or Traits()
        start = start or Pose()

        def stream(name: str) -> Random:
            return Random(f"patient {seed} {name}")

        self._inner = Inner(self.traits, stream("feeling"), _TICK_S, memory)
        self._feeling = self._inner.feeling
        self._feet = Feet(self.traits, stream("feet"))
        self._eyes = Eyes(self.traits, stream("eyes"))
        self._sight = Sight(self.traits, stream("sight")) if eye_tracking else None
        self._hand = Reach(self.traits, stream("hand"))
        self._answering = stream("answers")
        self._home = (_within(start.x), _within(start.y))
        self._height = start.z if start.z > 0.0 else self.traits.height_m
        self._walk = Walk(*self._home)
        self._yaw, self._pitch = Glide(0.0, 4.0), Glide(0.0, 4.0)
        self._crouch = Glide(0.0, 1.5)
        self._reach = Glide(0.08, 4.0)
        self._spread = Glide(0.27, 4.0)
        self._lift = Glide(0.53 * self._height, 4.0)
        self._grasp = Glide(0.0, 4.0)
        """How far the right hand has gone from where it hangs (0) to what it touches (1)."""
        self._facing = Glide(0.0, 4.0)
        """Where the shoulders face: among things that are near, what is nearest changes of a sudden."""
        self._goal: tuple[float, float, float] | None = None
        self._touch: tuple[float, float, float] | None = None
        swaying = stream("sway")
        self._sway = tuple(Sway(swaying, size) for size in (0.004, 0.005, 0.001))
        self._nod = tuple(Sway(swaying, math.radians(size)) for size in (0.6, 0.5, 0.7))
        self._breath = swaying.random()
        self._tick_ns: int | None = None
        self._exposed = False
        self._intensity = 0.0
        self._edge: float | None = None
        """Where the stimulus is, along ``_toward``."""
        self._toward = (0.0, 1.0)
        self._stimulus_angles = (0.0, 0.0)
        self._stimulus: tuple[float, float, float] | None = None
        """Direction to it from the eyes, as perceived."""
        self._head = Pose(*self._home, self._height)
        self._given = self._home
        self._prompt: str | None = None
        self._asked, self._scale = Rated.DISTRESS, Scale.SUDS_100
        self._motion = 0.0
        self._due_ns: int | None = None
        self._stops_told = 0
        self._moves = Glide(1.0, 1.5)
        """How much of sway and nodding is left: who dissociates keeps still."""
        self._washing = Washing()
        self._wash: WashPlace | None = None
        self._basin = Glide(0.0, 4.0)
        """How far the rubbing hands are from before the body (0) to in the water (1)."""
        self._water = (0.0, 0.0, 0.0)
        self._rub = Glide(0.0, 4.0)
        """How far the hands have come together to be rubbed, 0 to 1."""

    def perceive(self, perception: Perceived) -> None:
        """Once a frame, after ``pose``: ``distance_m`` and ``direction`` are those of the pose given last."""
        t_ns = perception.t_ns
        self._advance(t_ns)
        self._exposed = perception.exposed
        self._intensity = perception.intensity
        direction, distance = perception.direction, perception.distance_m
        self._stimulus = direction if perception.exposed else None
        if direction is not None:
            dx, dy, dz = direction
            flat = math.hypot(dx, dy)
            # an edge that a step has put behind the patient: what is feared still lies ahead, and the way is back
            behind = dx * self._toward[0] + dy * self._toward[1] < 0.0
            if distance is not None and distance <= 0.0 and behind:
                distance = -self._height * flat / max(0.05, -dz)
            elif flat > 0.05:
                self._toward = (dx / flat, dy / flat)
            self._stimulus_angles = (math.atan2(-self._toward[0], self._toward[1]), math.atan2(dz, flat))
        if perception.exposed and distance is not None:
            gx, gy = self._given
            self._edge = gx * self._toward[0] + gy * self._toward[1] + distance
        elif self._edge is not None:
            self._edge = None
            self._feet.leave()
        self._touch = perception.touch if perception.exposed else None
        self._motion = perception.motion
        self._wash = perception.wash if perception.exposed else None
        if perception.did:
            self._inner.did(perception.did)
        if perception.prompt != self._prompt:
            self._prompt = perception.prompt
            self._due_ns = None
            self._asked = perception.asked or Rated.DISTRESS
            self._scale = perception.scale or Scale.SUDS_100
            if perception.prompt is not None:
                wait_s = self._answering.uniform(2.0, 5.0)
                if self._answering.random() >= self.traits.silence:
                    self._due_ns = t_ns + round(wait_s * 1e9)

    def pose(self, t_ns: int) -> tuple[Pose, Hands]:
        """Head and hands at ``t_ns`` (never falling), in the tracked space."""
        self._advance(t_ns)
        ahead_s = min(_TICK_S, max(0.0, (t_ns - (self._tick_ns or 0)) / 1e9))
        t_s = (self._tick_ns or 0) / 1e9 + ahead_s
        arousal = self._feeling.arousal
        walk_x, walk_y = self._walk.at(ahead_s)
        moves = self._moves.at(ahead_s)
        x = walk_x + moves * self._sway[0].at(t_s, arousal)
        y = walk_y + moves * self._sway[1].at(t_s, arousal)
        breath = math.sin(2.0 * math.pi * (self._breath + ahead_s * self._breath_hz(arousal)))
        z = (
            self._height
            - self._crouch.at(ahead_s)
            + moves * self._sway[2].at(t_s, arousal)
            + _BREATH_M * breath
        )
        yaw = self._yaw.at(ahead_s) + moves * self._nod[0].at(t_s, arousal)
        pitch = self._pitch.at(ahead_s) + moves * self._nod[1].at(t_s, arousal)
        self._given = (x, y)
        self._head = Pose(x, y, z, *quaternion(yaw, pitch, moves * self._nod[2].at(t_s, arousal)))
        return self._head, self._hands(ahead_s, x, y)

    def eyes(self, t_ns: int) -> tuple[Pose | None, float | None]:
        """Gaze and openness of the lids, as an eye tracker tells them; after ``pose``, at the same time."""
        if self._sight is None or not self.headset_on:
            return None, None
        tick_ns = self._tick_ns or 0
        ahead_s = min(_TICK_S, max(0.0, (t_ns - tick_ns) / 1e9))
        return self._sight.read(tick_ns / 1e9 + ahead_s, ahead_s / _TICK_S, self._head)

    def arousal(self, t_ns: int | None = None) -> float:
        """Bodily arousal as far as time has come, 0 to 1.

        ``t_ns`` is there so that the method can be handed on as a drive; it is not looked at.
        """
        return self._feeling.arousal

    def heart_drive(self, t_ns: int | None = None) -> float:
        """Of the simulated heart: arousal, or down to -1 where the heart falls below rest."""
        return self._inner.faint.drive(self._feeling.arousal)

    @property
    def headset_on(self) -> bool:
        return self._inner.headset.on

    @property
    def inner(self) -> Inner:
        """What goes on inside it: for tests and training, never for a session."""
        return self._inner

    @property
    def intentions(self) -> Intentions:
        """For tests and training, never for a session; asking changes nothing."""
        inner = self._inner
        silent = inner.silence.now
        return Intentions(
            Going.STAND if silent else self._feet.going,
            self._eyes.gaze,
            self._grasp.target > 0.0,
            self._washing.rubs,
            silent,
            inner.headset.on,
            None if self._sight is None else self._sight.intention(self._eyes.gaze),
        )

    def memory(self) -> Memory:
        """To begin the next session with."""
        return self._inner.memory()

    def suds(self, t_ns: int) -> float:
        """What it would answer now on the scale from 0 to 100, in steps of 5."""
        self._advance(t_ns)
        return self._feeling.suds()

    def answers(self, t_ns: int) -> tuple[PatientAnswered | StopPressed, ...]:
        """The answer to the open prompt, once, two to five seconds after it opened; and the STOP, where it comes to
        that."""
        inner = self._inner
        given: list[PatientAnswered | StopPressed] = []
        if self._stops_told < inner.stops:
            self._stops_told = inner.stops
            identity = f"virtual-patient-{inner.stops}"
            given.append(StopPressed(id=identity, by=StoppedBy.PATIENT, received_ns=t_ns))
        if self._due_ns is not None and t_ns >= self._due_ns and self._prompt is not None:
            self._due_ns = None
            self._advance(t_ns)
            if inner.answers:
                raw = inner.say(self._asked, self._scale)
                given.append(PatientAnswered(prompt=self._prompt, raw=raw, reported_by=Reporter.VIRTUAL))
        return tuple(given)

    def _advance(self, t_ns: int) -> None:
        if self._tick_ns is None:
            self._tick_ns = t_ns - t_ns % TICK_NS
            return
        if t_ns - self._tick_ns > _LONGEST_NS:
            self._tick_ns = t_ns - t_ns % TICK_NS - TICK_NS
        while self._tick_ns + TICK_NS <= t_ns:
            self._tick_ns += TICK_NS
            self._tick()

    def _tick(self) -> None:
        inner = self._inner
        arousal = self._feeling.arousal
        distance = self._distance()
        attention = 0.4 + 0.6 * (self._eyes.gaze is Gaze.STIMULUS)
        attention *= 1.0 - self.traits.distraction
        inner.tick(self._exposed, self._intensity, distance, attention, self._motion)
        self._go_washing()
        if inner.silence.now:
            self._moves.target = 0.05
            self._walk.tick(_TICK_S, 0.0, 0.0)
        else:
            self._moves.target = 1.0
            self._step(distance, arousal)
            self._look(distance is not None, arousal)
        self._rub.target = 1.0 if self._washing.rubs else 0.0
        near = distance is not None and distance < _RAIL_NEAR_M
        low = _CROUCH_M * arousal if near else 0.0
        self._crouch.target = self._grasping(arousal, low)
        face = math.atan2(-self._toward[0], self._toward[1])
        self._facing.target = self._facing.value + math.remainder(face - self._facing.value, 2.0 * math.pi)
        if near and distance is not None and self._touch is None:
            self._reach.target = min(0.4, max(0.15, distance - 0.03))
            self._spread.target, self._lift.target = 0.22, 1.05
        else:
            self._reach.target, self._spread.target = 0.08, 0.27
            self._lift.target = 0.53 * self._height
        for glide in (
            self._crouch, self._reach, self._spread, self._lift, self._grasp, self._facing, self._yaw, self._pitch,
            self._moves, self._rub, self._basin,
        ):  # fmt: skip
            glide.tick(_TICK_S)
        self._breath += _TICK_S * self._breath_hz(arousal)
        if self._sight is not None:
            self._sight.tick(
                (self._tick_ns or 0) / 1e9,
                _TICK_S,
                self._eyes.gaze,
                self._stimulus,
                forward(self._yaw.target, self._pitch.target),
                forward(self._yaw.value, self._pitch.value),
                arousal,
                inner.silence.now,
            )

    def _grasping(self, arousal: float, crouch_m: float) -> float:
        """Let the right hand go out to what can be touched; gives back how far to bend down, for an arm that is too
        short, at least ``crouch_m``."""
        hand, touch = self._hand, self._touch
        tap = self._washing.hand
        if tap is not None:
            if hand.out:
                hand.leave()
            self._goal, self._grasp.target = (tap[0], tap[1], tap[2] + _FINGERS_M), 1.0
            return self._bent(self._goal, crouch_m)
        if self._inner.silence.now or self._inner.urge.rubbing:
            touch = None
        if touch is None:
            if hand.out:
                hand.leave()
        else:
            there = self._grasp.value > 0.95 and self._crouch.value > self._crouch.target - 0.05
            hand.tick(_TICK_S, arousal, there)
            if self._grasp.value < 0.02:
                self._goal = (touch[0], touch[1], touch[2] + _FINGERS_M)
        moved = self._goal is None or touch is None or math.dist(touch[:2], self._goal[:2]) > 0.1
        out = hand.out and not moved
        self._grasp.target = 1.0 if out else 0.0
        if not out or self._goal is None:
            return crouch_m
        return self._bent(self._goal, crouch_m)

    def _bent(self, goal: tuple[float, float, float], crouch_m: float) -> float:
        """How far to bend down so that the arm reaches a goal; at least ``crouch_m``."""
        x, y, z = goal
        along = min(_ARM_M - 0.05, math.hypot(x - self._walk.x, y - self._walk.y))
        down = self._height - _SHOULDER_M - z - math.sqrt(_ARM_M**2 - along**2)
        return min(_DEEPEST_M, 0.5 * self._height, max(crouch_m, down))

    def _go_washing(self) -> None:
        """Who gives in goes to the tap first, if there is one."""
        urge, washing = self._inner.urge, self._washing
        place = None if self._inner.silence.now else self._wash
        washing.tick(_TICK_S, urge.rubbing, place, (self._walk.x, self._walk.y), self._grasp.value)
        urge.at_it = washing.rubs or not urge.rubbing
        basin = washing.basin
        if basin is not None:
            self._water, urge.in_water = basin, True
        elif washing.rubs:
            urge.in_water = False
        self._basin.target = 0.0 if basin is None else 1.0

    def _distance(self) -> float | None:
        """To the stimulus now, from what was perceived last and the way walked since."""
        if self._edge is None:
            return None
        return self._edge - self._walk.x * self._toward[0] - self._walk.y * self._toward[1]

    def _step(self, distance: float | None, arousal: float) -> None:
        walk, (ux, uy), (hx, hy) = self._walk, self._toward, self._home
        if (stand := self._washing.stand) is not None:
            walk.tick(_TICK_S, *walk.wish(_within(stand[0]), _within(stand[1]), 0.3))
            return
        if distance is None:
            wx, wy = walk.wish(hx, hy, 0.3)
        else:
            feet = self._feet
            gone = (walk.x - hx) * ux + (walk.y - hy) * uy
            # where the play area ends before the edge does, that is as near as one gets
            way = gone + distance - NEAREST_M
            reach_x, reach_y = _within(hx + way * ux), _within(hy + way * uy)
            nearest = distance - (reach_x - walk.x) * ux - (reach_y - walk.y) * uy
            feet.tick(_TICK_S, distance, arousal, nearest)
            way = gone + distance - (distance if feet.want_m is None else feet.want_m)
            wx, wy = walk.wish(_within(hx + way * ux), _within(hy + way * uy), feet.speed)
        walk.tick(_TICK_S, wx, wy)

    def _look(self, stimulus: bool, arousal: float) -> None:
        eyes = self._eyes
        eyes.tick(_TICK_S, stimulus, arousal)
        ahead = math.atan2(-self._toward[0], self._toward[1]) if stimulus else 0.0
        if eyes.gaze is Gaze.STIMULUS:
            yaw, pitch = self._stimulus_angles
            pitch = max(_STEEPEST, 0.95 * pitch)
        else:
            yaw, pitch = ahead + math.radians(eyes.yaw), math.radians(eyes.pitch)
        # the shorter way round
        self._yaw.target = self._yaw.value + math.remainder(yaw - self._yaw.value, 2.0 * math.pi)
        self._pitch.target = pitch

    def _hands(self, ahead_s: float, x: float, y: float) -> Hands:
        ux, uy = self._toward
        if self._goal is not None:
            face = self._facing.at(ahead_s)
            ux, uy = -math.sin(face), math.cos(face)
        reach, spread, lift = self._reach.at(ahead_s), self._spread.at(ahead_s), self._lift.at(ahead_s)
        fx, fy = x + reach * ux, y + reach * uy
        turned = quaternion(math.atan2(-ux, uy), 0.0, 0.0)
        # to the right of (ux, uy) lies (uy, -ux)
        left = Pose(fx - spread * uy, fy + spread * ux, lift, *turned)
        rx, ry, rz = fx + spread * uy, fy - spread * ux, lift
        grasp = self._grasp.at(ahead_s)
        if self._goal is not None and grasp > 0.0:
            gx, gy, gz = self._within_reach(self._goal, ahead_s, x, y)
            rx, ry, rz = rx + grasp * (gx - rx), ry + grasp * (gy - ry), rz + grasp * (gz - rz)
            # around the body, not through it
            out = _AROUND_M * 4.0 * grasp * (1.0 - grasp)
            rx, ry = rx + out * ux, ry + out * uy
        rub = self._rub.at(ahead_s)
        if rub > 0.0:
            t_s = (self._tick_ns or 0) / 1e9 + ahead_s
            before = (x + _BEFORE_M * self._toward[0], y + _BEFORE_M * self._toward[1], self._height - 0.45)
            at = between(before, self._water, self._basin.at(ahead_s))
            there_left, there_right = rubbing(at, self._toward, t_s)
            left = left._replace(**dict(zip("xyz", between(left[:3], there_left, rub), strict=True)))
            rx, ry, rz = between((rx, ry, rz), there_right, rub)
        return Hands(left, Pose(rx, ry, rz, *turned))

    def _within_reach(
        self, goal: tuple[float, float, float], ahead_s: float, x: float, y: float
    ) -> tuple[float, float, float]:
        """The goal, or how far the arm goes towards it."""
        z = self._height - self._crouch.at(ahead_s) - _SHOULDER_M
        dx, dy, dz = goal[0] - x, goal[1] - y, goal[2] - z
        share = min(1.0, (_ARM_M + 0.05) / max(1e-9, math.sqrt(dx * dx + dy * dy + dz * dz)))
        return (x + share * dx, y + share * dy, z + share * dz)

    @staticmethod
    def _breath_hz(arousal: float) -> float:
        return _BREATH_HZ * (1.0 + 0.4 * arousal)


def _within(value: float) -> float:
    return min(AREA_M, max(-AREA_M, value))
