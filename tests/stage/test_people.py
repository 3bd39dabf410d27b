"""People of the stage: their bodies, how they move, and where the graphics processor puts them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from panda3d.core import NodePath

from tests.helpers.two_eyes import turned
from vr_runtime.display.graphics import Graphics
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage import clips, figures, gait, skin
from vr_runtime.stage.figures import Bodies, Member
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import box, merge, quad
from vr_runtime.stage.people import CLIPS, FAR, MIDDLE, NEAR, Members, People, Placed
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.skeleton import about, onto, reached

ALL = tuple(figures.figures())
WIDTH, HEIGHT = 160, 120
SIZE = GraphicsSettings(width=WIDTH, height=HEIGHT, fov_deg=70.0)


def placed(count: int, doing: str = "stand", **more: object) -> Placed:
    plain = Placed(np.zeros((count, 3)), np.zeros(count), np.full(count, CLIPS.index(doing)), np.zeros(count))
    return replace(plain, **more)  # type: ignore[arg-type]


def joint(members: Members, matrices: np.ndarray, bone: str, who: str, row: int = 0) -> np.ndarray:
    """Where a bone of a member turns now."""
    i = members.bones[bone]
    rest = figures.figures()[who].skeleton.joints[i]
    return matrices[row, i, :, :3] @ rest + matrices[row, i, :, 3]


# ---- bodies


def test_bodies_are_whole_and_of_the_fineness_that_scenes_count_on() -> None:
    assert len(ALL) >= 8
    for name, figure in figures.figures().items():
        assert 1.5 < figure.height_m < 1.95, name
        for level, (least, most) in zip(figure.levels, ((4000, 6200), (900, 1700), (200, 500)), strict=True):
            mesh = level.mesh
            assert least < mesh.triangle_count < most, name
            assert np.isfinite(mesh.positions).all()
            assert (level.shares.astype(int).sum(axis=1) == 255).all(), name
            assert level.bones.max() < len(figure.skeleton.names)
            assert mesh.uvs is not None
            assert (mesh.uvs >= 0).all()
            assert (mesh.uvs <= 1).all()
            assert abs(float(mesh.positions[:, 2].min())) < 0.04, name


def test_colours_tint_what_they_are_for_and_nothing_else() -> None:
    level = figures.figures()[ALL[0]].levels[NEAR]
    plain = figures.coloured(level, {}).tint
    green = figures.coloured(level, {"top": (0.0, 1.0, 0.0)}).tint
    assert plain is not None
    assert green is not None
    top = level.kinds == figures.KINDS.index("top")
    assert (green[top][:, 0] == 0).all()
    assert (green[~top] == plain[~top]).all()
    assert top.any()


# ---- bones


def test_a_limb_comes_to_its_goal_and_keeps_its_length() -> None:
    rng = np.random.default_rng(2)
    goals = rng.uniform(-0.4, 0.4, (200, 3)) + [0.0, 0.1, -0.4]
    pole = np.broadcast_to([0.0, 1.0, 0.1], goals.shape)
    for bends_back in (True, False):
        first, second = reached(np.zeros((200, 3)), goals, 0.45, 0.42, pole, bends_back=bends_back)
        for turn in (first, second):
            assert np.allclose(turn @ np.swapaxes(turn, -1, -2), np.eye(3), atol=1e-9)
            assert np.allclose(np.linalg.det(turn), 1.0)
        end = first @ [0, 0, -0.45] + second @ [0, 0, -0.42]
        within = (np.linalg.norm(goals, axis=1) < 0.86) & (np.linalg.norm(goals, axis=1) > 0.04)
        assert within.sum() > 100
        assert np.abs(end - goals)[within].max() < 1e-6


def test_a_stored_body_unposed_stays_where_it_is_and_hangs_its_limbs_when_posed() -> None:
    bones = figures.figures()["tom"].skeleton
    turns, places = bones.posed(bones.joints[:1], {})
    assert np.allclose(onto(np.array([0, 0, 2.0]), np.array([0, 3.0, 0])) @ [0, 0, 1], [0, 1, 0])
    for side in "lr":
        arm = places[0, bones.index[f"hand_{side}"]] - places[0, bones.index[f"upperarm_{side}"]]
        assert np.allclose(arm[:2], 0.0, atol=1e-6)
        assert arm[2] < -0.4
    matrices = bones.matrices(turns, places)
    head = bones.index["head"]
    assert np.allclose(matrices[0, head, :, :3], np.eye(3))
    swung, _ = bones.posed(bones.joints[:1], {"thigh_l": about(0, np.radians(30.0))})
    assert (swung[0, bones.index["calf_l"]] @ [0, 0, -1])[1] > 0.4


# ---- walking


@pytest.mark.parametrize("name", clips.WALKS)
@pytest.mark.parametrize("who", ALL)
def test_feet_that_stand_do_not_slide(who: str, name: str) -> None:
    """The lowest point of a foot's sole stays within 3 cm while it bears the body, as the body passes over it."""
    bones = figures.figures()[who].skeleton
    speed, ease = clips.WALKS[name]
    stride = gait.walk(bones, speed, ease=ease)
    phase = np.arange(gait.FRAMES) / gait.FRAMES
    i, toe = bones.index["foot_l"], bones.index["toe_l"]
    body = np.array([0.0, 1.0, 0.0]) * stride.length_m
    flat = (phase >= gait.FLAT) & (phase <= gait.HEEL_OFF)
    on_toes = (phase > gait.HEEL_OFF) & (phase <= gait.STANCE - 0.02)
    for when, bone in ((flat, i), (on_toes, toe)):
        rest = bones.joints[bone]
        at = np.einsum("fij,j->fi", stride.matrices[:, bone, :, :3], rest) + stride.matrices[:, bone, :, 3]
        on_ground = at + phase[:, None] * body
        assert when.sum() >= 6
        assert np.ptp(on_ground[when][:, :2], axis=0).max() < 0.03
        assert np.ptp(on_ground[when][:, 2]) < 0.03
    # and the test would notice: a foot in the air moves on
    swing = phase > gait.STANCE + 0.05
    at = np.einsum("fij,j->fi", stride.matrices[:, i, :, :3], bones.joints[i]) + stride.matrices[:, i, :, 3]
    assert np.ptp((at + phase[:, None] * body)[swing][:, 1]) > 0.5


def test_soles_meet_the_ground_and_never_go_through_it() -> None:
    for who in ALL:
        figure = figures.figures()[who]
        level = figure.levels[FAR]
        feet = level.kinds == figures.KINDS.index("shoes")
        points = np.concatenate([level.mesh.positions[feet], np.ones((feet.sum(), 1))], axis=1)
        matrices = gait.walk(figure.skeleton, 1.25).matrices
        rows = np.einsum("vk,fvkij->fvij", level.shares[feet] / 255.0, matrices[:, level.bones[feet]])
        z = np.einsum("fvj,vj->fv", rows[:, :, 2], points)
        lowest = z.min(axis=1)
        assert lowest.min() > -0.035, who
        assert lowest.max() < 0.03, who


def test_longer_legs_and_more_speed_make_longer_strides() -> None:
    assert gait.stride_m(1.25, 0.95) > gait.stride_m(1.25, 0.80)
    for speed in (0.9, 1.25, 1.6):
        steps_a_minute = 120.0 * speed / gait.stride_m(speed, 0.86)
        assert 95 < steps_a_minute < 140


# ---- clips


def test_every_clip_closes_and_never_jumps() -> None:
    for who in ("ruth", "max"):
        for name, clip in clips.made(figures.figures()[who].skeleton).items():
            assert np.isfinite(clip.matrices).all(), name
            steps = np.diff(np.concatenate([clip.matrices, clip.matrices[:1]]), axis=0)
            assert np.abs(steps[-1]).max() < 2.0 * np.abs(steps[:-1]).max() + 1e-6, name
            assert np.abs(steps).max() < 0.6, name
            assert (clip.stride_m > 0) == (name in clips.WALKS)


def test_people_breathe_and_shift_their_weight_while_they_stand() -> None:
    members = Members([Member("anna")], ["stand"])
    at = [members.matrices(placed(1, phase=np.array([t / clips.LOOP_S]))) for t in np.arange(0.0, 16.0, 0.25)]
    hips = np.array([joint(members, m, "pelvis", "anna") for m in at])
    assert np.ptp(hips[:, 0]) > 0.03
    shoulder = np.array([joint(members, m, "upperarm_l", "anna") for m in at]) - hips
    rising = np.diff(np.sign(np.diff(shoulder[:, 2])))
    # four breaths in sixteen seconds, and soles that stay
    assert 3 <= (rising < 0).sum() <= 6
    foot = np.array([joint(members, m, "foot_l", "anna") for m in at])
    assert np.ptp(foot, axis=0).max() < 0.01


# ---- members


def test_between_two_frames_of_a_clip_lies_their_mean() -> None:
    members = Members([Member("sam")], ["walk"])

    def at(phase: float) -> np.ndarray:
        return members.matrices(placed(1, "walk", phase=np.array([phase])))

    for k in (3, gait.FRAMES - 1):
        before, after = at(k / gait.FRAMES), at((k + 1) / gait.FRAMES)
        assert not np.allclose(before, after, atol=1e-3)
        assert np.allclose(at((k + 0.5) / gait.FRAMES), 0.5 * (before + after), atol=1e-5)


def test_members_are_independent_and_poses_are_a_function_of_what_is_given() -> None:
    crowd = [Member(name) for name in ALL]
    members, again = Members(crowd), Members(crowd)
    count = len(ALL)
    rng = np.random.default_rng(4)
    doing = placed(
        count,
        at=rng.uniform(-3, 3, (count, 3)),
        heading=rng.uniform(0, 6, count),
        clip=np.arange(count) % len(CLIPS),
        phase=rng.uniform(0, 5, count),
        head=rng.uniform(-0.5, 0.5, (count, 2)),
        eyes=rng.uniform(-0.2, 0.2, (count, 2)),
        lids=rng.uniform(0, 1, count),
        jaw=rng.uniform(0, 1, count),
    )
    first = members.matrices(doing)
    assert np.isfinite(first).all()
    members.matrices(placed(count))
    assert (members.matrices(doing) == first).all()
    assert (again.matrices(doing) == first).all()
    heading = doing.heading.copy()
    heading[3] += 1.0
    moved = members.matrices(replace(doing, heading=heading))
    same = np.arange(count) != 3
    assert (moved[same] == first[same]).all()
    assert not np.allclose(moved[3], first[3])


def test_heads_eyes_lids_and_jaws_turn_and_nothing_else_does() -> None:
    members = Members([Member("joy")], ["stand"])
    plain = members.matrices(placed(1))
    turns = {
        "head": ("head", np.array([[0.5, 0.2]]), {"neck", "head", "jaw", "eye_l", "eye_r", "lid_l", "lid_r"}),
        "eyes": ("eye_l", np.array([[0.3, 0.0]]), {"eye_l", "eye_r"}),
        "lids": ("lid_l", np.array([1.0]), {"lid_l", "lid_r"}),
        "jaw": ("jaw", np.array([1.0]), {"jaw"}),
    }
    for name, (bone, value, expected) in turns.items():
        turned_now = members.matrices(replace(placed(1), **{name: value}))  # type: ignore[arg-type]
        changed = {
            n for n, i in members.bones.items() if not np.allclose(turned_now[0, i], plain[0, i], atol=1e-6)
        }
        assert changed == expected
        neck = (joint(members, m, "neck", "joy") for m in (turned_now, plain))
        assert np.allclose(*neck, atol=1e-5)
        # eyes, lids and jaw turn where they are
        if name != "head":
            assert np.allclose(*(joint(members, m, bone, "joy") for m in (turned_now, plain)), atol=1e-5)
    i = members.bones["head"]
    ahead = plain[0, i, :, :3] @ [0, 1, 0]
    left = members.matrices(placed(1, head=np.array([[0.5, 0.2]])))[0, i, :, :3] @ [0, 1, 0]
    assert left[0] < ahead[0] - 0.3
    assert left[2] > ahead[2] + 0.1
    # an upper lid that closes comes down
    lid = figures.figures()["joy"].skeleton.joints[members.bones["lid_l"]] + [0.0, 0.014, 0.004]
    shut = members.matrices(placed(1, lids=np.array([1.0])))[0, members.bones["lid_l"]]
    was = plain[0, members.bones["lid_l"]]
    assert (shut[:, :3] @ lid + shut[:, 3])[2] < (was[:, :3] @ lid + was[:, 3])[2] - 0.004


def test_what_cannot_be_is_said() -> None:
    with pytest.raises(ValueError, match="no figure nobody"):
        Members([Member("nobody")])
    members = Members([Member(ALL[0])], ["stand"])
    with pytest.raises(ValueError, match="not asked for: phone"):
        members.matrices(placed(1, "phone"))
    with pytest.raises(ValueError, match="at most 255"):
        skin.Poses(256, 3)


# ---- on the graphics processor


@pytest.fixture(scope="module")
def graphics() -> Iterator[Graphics]:
    made = Graphics(SIZE, "offscreen")
    yield made
    made.close()


def shot(graphics: Graphics, world: NodePath, pose: Pose) -> np.ndarray:
    graphics.render(Picture(world, world.find("origin"), pose))
    pixels = graphics.capture()
    assert pixels is not None
    return pixels.astype(int)


def stage(graphics: Graphics) -> tuple[NodePath, Kitchen]:
    world = NodePath("world")
    world.attach_new_node("origin")
    kitchen = Kitchen(world.attach_new_node("scene"), graphics.settings)
    kitchen.sky((0.4, 0.4, 0.4), (0.4, 0.4, 0.4), (0.4, 0.4, 0.4))
    return world, kitchen


def column_row(point: np.ndarray, pose: Pose) -> np.ndarray:
    """Where a point is seen by an eye that looks along +y."""
    x, y, z = point - np.array(pose[:3])
    half = np.tan(np.radians(SIZE.fov_deg / 2))
    return np.array([WIDTH / 2 * (1 + x / y / half), HEIGHT / 2 - WIDTH / 2 * z / y / half])


@pytest.mark.graphics
@pytest.mark.parametrize("bone", ["hand_l", "hand_r", "head", "foot_r", "lowerarm_l"])
def test_a_thing_held_by_a_bone_is_seen_where_the_bone_is(graphics: Graphics, bone: str) -> None:
    """The shader's way from a bone's matrix to a pixel, against NumPy's."""
    world, kitchen = stage(graphics)
    crowd = [Member("tom"), Member("mei")]
    members = Members(crowd)
    i = members.bones[bone]
    known = figures.figures()
    parts = []
    for k, member in enumerate(crowd):
        rest = known[member.figure].skeleton.joints[i]
        cube = box((0.12, 0.12, 0.12), tuple(rest))  # type: ignore[arg-type]
        parts.append(replace(cube, member=np.full(len(cube.positions), k)))
    both = merge(parts)
    bones, shares = np.zeros((len(both.positions), 4), np.uint8), np.zeros((len(both.positions), 4), np.uint8)
    # half each from two places in the list, so that blending is seen to add up
    bones[:, :2], shares[:, 0], shares[:, 1] = i, 128, 127
    glow = kitchen.material(
        "glow", colour=(0, 0, 0), emissive=(0, 0.8, 0), fogged=False, shine=0.0, skinned=True
    )
    node = kitchen.node("things")
    drawn = node.attach_new_node(skin.node("things", Bodies(both, bones, shares)))
    kitchen.apply(drawn, glow)
    people = People(node, members, {NEAR: drawn})
    pose = Pose(0.1, -3.2, 1.1)
    for clip, phase in (("walk", 0.3), ("talk", 0.25), ("phone", 0.6)):
        doing = Placed(
            np.array([[-0.6, 0.0, 0.05], [0.7, 0.3, 0.0]]),
            np.array([0.4, 2.8]),
            np.full(2, CLIPS.index(clip)),
            np.array([phase, phase + 0.4]),
            head=np.array([[0.4, 0.1], [-0.3, 0.0]]),
        )
        people.place(doing)
        pixels = shot(graphics, world, pose)
        weight = np.clip(pixels[..., 1] - np.maximum(pixels[..., 0], pixels[..., 2]) - 12, 0, None)
        matrices = members.matrices(doing)
        for k, member in enumerate(crowd):
            rest = known[member.figure].skeleton.joints[i]
            expected = column_row(matrices[k, i, :, :3] @ rest + matrices[k, i, :, 3], pose)
            rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
            near = weight * (np.hypot(columns + 0.5 - expected[0], rows + 0.5 - expected[1]) < 9)
            assert near.sum() > 300, (clip, k)
            found = np.array([(near * (columns + 0.5)).sum(), (near * (rows + 0.5)).sum()]) / near.sum()
            assert np.abs(found - expected).max() < 1.0, (clip, k)


@pytest.mark.graphics
def test_every_fineness_draws_a_person_and_hidden_ones_are_gone(graphics: Graphics) -> None:
    world, kitchen = stage(graphics)
    red: dict[str, figures.Colour] = {str(kind): (1.0, 0.0, 0.0) for kind in figures.KINDS}
    people = kitchen.people(
        "two", [Member("sam", red), Member("anna", red)], levels=(NEAR, MIDDLE, FAR), clips=("stand",)
    )
    pose = Pose(0.0, -3.0, 1.0, *turned(0))
    empty = None
    for hidden in ([True, True], [False, True], [False, False]):
        people.place(
            placed(
                2,
                at=np.array([[-0.5, 0, 0], [0.5, 0, 0.0]]),
                heading=np.full(2, np.pi),
                hidden=np.array(hidden),
            )
        )
        seen = []
        for level in (NEAR, MIDDLE, FAR):
            people.show_level(level)
            seen.append(shot(graphics, world, pose))
        if empty is None:
            empty = seen[0]
            assert all((one == empty).all() for one in seen)
            continue
        changed = [np.abs(one - empty).max(axis=2) > 12 for one in seen]
        left, right = changed[0][:, : WIDTH // 2].sum(), changed[0][:, WIDTH // 2 :].sum()
        assert left > 500
        assert (right > 500) == (not hidden[1])
        for coarse in changed[1:]:
            assert (coarse ^ changed[0]).sum() < 0.22 * changed[0].sum()
    with pytest.raises(ValueError, match="was not asked for"):
        kitchen.people("one", [Member("sam")], levels=(FAR,), clips=("stand",)).show_level(NEAR)


@pytest.mark.graphics
def test_people_throw_one_even_shadow(graphics: Graphics) -> None:
    """Limbs over each other darken a place once."""
    world, kitchen = stage(graphics)
    kitchen.sun((0.5, 0.3, 0.8), (1.0, 1.0, 1.0))
    floor = quad([[-9, -9, 0], [9, -9, 0], [9, 9, 0], [-9, 9, 0]])
    kitchen.mesh("floor", floor, kitchen.material("floor", colour=(0.5, 0.5, 0.5), roughness=1.0, shine=0.0))
    people = kitchen.people("p", [Member(n) for n in ("tom", "ruth")], clips=("walk",), shadow=0.6)
    people.place(
        placed(2, "walk", at=np.array([[0.3, 2.2, 0.0], [1.5, 2.2, 0.0]]), phase=np.array([0.1, 0.6]))
    )
    thrown = people.node.find("shadow of p")
    for part in people.node.children:
        part.hide()
    pose = Pose(-0.6, -0.8, 2.0, *turned(0, -28))
    lit = shot(graphics, world, pose).mean(axis=2)
    thrown.show()
    share = shot(graphics, world, pose).mean(axis=2) / np.maximum(lit, 1.0)
    dark = share[share < 0.92]
    assert len(dark) > 400
    assert np.ptp(np.quantile(dark, (0.02, 0.9))) < 0.06
