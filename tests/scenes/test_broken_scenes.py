"""A scene that is broken is told in one clear message, with the file and what is wrong in it, before the first frame.

Each case is a copy of the example scene pack with one thing put wrong, asked for by ``vr-runtime run``.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.helpers.copied_pack import CopiedPack, copied
from tests.helpers.session import PASSPHRASE
from vr_runtime.cli import main
from vr_runtime.display.headless import HeadlessDisplay

_numbers = count()


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CopiedPack:
    return copied(tmp_path / "site", f"jar_copy_{next(_numbers)}", monkeypatch)


class Run:
    """``vr-runtime run`` in this process."""

    def __init__(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], shown: list[object]) -> None:
        self.records = tmp_path / "records"
        self.shown = shown
        self._capsys = capsys

    def __call__(self, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
        """Exit status and what was said."""
        command = "run --display headless --speed max --duration 0.1 --size 32x32 --msaa 0 --records"
        monkeypatch.setattr(sys, "argv", ["vr-runtime", *command.split(), str(self.records), *arguments])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        return (code if isinstance(code, int) else 0 if code is None else 1), self._capsys.readouterr().err


@pytest.fixture
def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., tuple[int, str]]]:
    monkeypatch.setenv("PALIER_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("PALIER_HOME", str(tmp_path / "home"))
    shown: list[object] = []
    show = HeadlessDisplay.show

    def noticed(self: HeadlessDisplay, *what: object) -> None:
        shown.append(what)
        show(self, *what)  # type: ignore[arg-type]

    monkeypatch.setattr(HeadlessDisplay, "show", noticed)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    made = Run(tmp_path, capsys, shown)

    def call(*arguments: str) -> tuple[int, str]:
        return made(*arguments, monkeypatch=monkeypatch)

    call.shown, call.records = shown, made.records  # type: ignore[attr-defined]
    yield call
    for name, handler in handlers.items():
        signal.signal(name, handler)


def refused(run: Callable[..., tuple[int, str]], arguments: tuple[str, ...], *words: str) -> None:
    """The run ends with status 2 and one message with these words, nothing was shown and nothing recorded."""
    status, said = run(*arguments)
    assert "Traceback" not in said
    messages = [line for line in said.splitlines() if line.startswith("vr-runtime: ")]
    assert len(messages) == 1, said
    for word in words:
        assert word in said, said
    assert status == 2
    assert run.shown == []  # type: ignore[attr-defined]
    assert not run.records.exists() or not list(run.records.iterdir())  # type: ignore[attr-defined]


def test_a_copy_that_is_whole_is_played(pack: CopiedPack, run: Callable[..., tuple[int, str]]) -> None:
    status, said = run("--scene", pack.name, "--graphics", "off")
    assert status == 0, said
    assert run.shown, "the test would not notice a frame"  # type: ignore[attr-defined]


# ------------------------------------------------------------------ the manifest


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('unit = "m"', 'unit = "metres"', ("parameters 1 (distance)", "unit", "'m'")),
        ("blink = true", "blnik = true", ("parameters 1 (distance)", "blnik", "did you mean 'blink'")),
        ("default = 5.0", "default = 9.0", ("distance", "default 9", "0.6 to 5")),
        (
            "preset = { distance = 3.0",
            "preset = { distnace = 3.0",
            ("in-the-room", "no parameter 'distnace'"),
        ),
        ("preset = { distance = 3.0", "preset = { distance = 30.0", ("in-the-room", "distance = 30")),
        ("goal_m = 0.3", "", ("stimuli 1 (jar)", "goal_m", "is missing")),
        ("[names]", "[names", ("not valid TOML", "line")),
    ],
)
def test_a_wrong_manifest_is_told_with_file_and_key(
    pack: CopiedPack, run: Callable[..., tuple[int, str]], right: str, wrong: str, words: tuple[str, ...]
) -> None:
    pack.change("scene.toml", right, wrong)
    refused(run, ("--scene", pack.name), str(pack.package / "scene.toml"), *words)


def test_a_manifest_that_is_not_there_is_told(pack: CopiedPack, run: Callable[..., tuple[int, str]]) -> None:
    (pack.package / "scene.toml").unlink()
    refused(run, ("--scene", pack.name), str(pack.package / "scene.toml"), "no such file")


# ------------------------------------------------------------------ the pack


def test_an_entry_point_of_another_name_than_the_scene_is_told(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    pack.entry_points(f"another = {pack.name}")
    refused(run, ("--scene", pack.name), f"{pack.name}/scene.toml", f"'{pack.name}'", "'another'")


def test_an_entry_point_that_leads_nowhere_is_told(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    pack.entry_points(f"{pack.name} = {pack.name}.nowhere")
    refused(run, ("--scene", pack.name), f"{pack.name}.nowhere", "cannot be imported")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("def create()", "def make()"), ("from __future__", "import no_such_module\nfrom __future__")],
)
def test_a_scene_that_cannot_be_made_is_told(
    pack: CopiedPack, run: Callable[..., tuple[int, str]], right: str, wrong: str
) -> None:
    if "no_such" in wrong:
        right, wrong = "if TYPE_CHECKING:", "import no_such_module\n\nif TYPE_CHECKING:"
    pack.change("scene.py", right, wrong)
    refused(run, ("--scene", pack.name), f"scene {pack.name}", f"{pack.name}.scene", "create()")


def test_two_packs_that_offer_one_scene_are_told(
    pack: CopiedPack, run: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = copied(tmp_path / "elsewhere", f"jar_copy_{next(_numbers)}", monkeypatch)
    twin.change("scene.toml", f'id = "{twin.name}"', f'id = "{pack.name}"')
    twin.entry_points(f"{pack.name} = {twin.name}")
    refused(run, ("--scene", pack.name), pack.name, twin.name, "uninstall one")


# ------------------------------------------------------------------ what the picture and the sound need

drawn = pytest.mark.graphics


@drawn
def test_a_texture_that_is_not_there_is_told_before_the_first_frame(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    pack.change("picture.py", "textures/room/{texture}.jpg", "textures/room/no-{texture}.jpg")
    refused(run, ("--scene", pack.name, "--graphics", "on"), "textures/room/no-boards.jpg", "asset")


@drawn
def test_a_texture_that_is_no_picture_is_told_before_the_first_frame(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    broken = pack.package / "assets" / "boards.jpg"
    broken.write_bytes(b"\xff\xd8\xff\xe0 this was a picture")
    pack.change("picture.py", 'f"textures/room/{texture}.jpg"', f'"{pack.name}:boards.jpg"')
    refused(run, ("--scene", pack.name, "--graphics", "on"), str(broken), "picture")


@drawn
def test_a_mesh_that_is_none_is_told_before_the_first_frame(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    broken = pack.package / "assets" / "jar.npz"
    broken.write_bytes(b"PK\x03\x04 cut off")
    pack.change(
        "picture.py",
        'kitchen.mesh("jar", shapes.turned(outside).moved(z=z), glass)',
        f'kitchen.mesh_file("{pack.name}:jar.npz", glass)',
    )
    refused(run, ("--scene", pack.name, "--graphics", "on"), str(broken), "mesh")


@drawn
@pytest.mark.parametrize("sound", ["off", "on"])
def test_a_sound_that_is_not_there_is_told_before_the_first_frame_even_where_nothing_can_be_heard(
    pack: CopiedPack, run: Callable[..., tuple[int, str]], sound: str
) -> None:
    pack.change("logic.py", "sounds/room.ogg", "sounds/rooom.ogg")
    refused(run, ("--scene", pack.name, "--graphics", "on", "--sound", sound), "sounds/rooom.ogg", "asset")


@drawn
def test_a_sound_that_only_a_trigger_asks_for_is_missed_before_the_first_frame_too(
    pack: CopiedPack, run: Callable[..., tuple[int, str]]
) -> None:
    (pack.package / "assets" / "sounds" / "steps.ogg").unlink()
    refused(run, ("--scene", pack.name, "--graphics", "on"), f"{pack.name}:sounds/steps.ogg")


# ------------------------------------------------------------------ plans


def test_a_plan_with_a_parameter_that_the_scene_has_not_got_is_told_with_step_and_name(
    pack: CopiedPack, run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'id = "p"\ntitle = "p"\n[[steps]]\nid = "first"\n'
        f'scene = "{pack.name}"\nname = {{ en = "a", fr = "b" }}\npreset = {{ hairy = 1.0 }}\n',
        "utf-8",
    )
    refused(run, ("--plan", str(plan)), "step 1", "no parameter 'hairy'", "distance, restless")
