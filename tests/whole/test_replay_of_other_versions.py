"""A record that another version made replays, or says which version made it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.helpers.session import KEY, PASSPHRASE, act, play, script
from vr_runtime import fingerprint, replay
from vr_runtime.catalogue import find_scenes
from vr_runtime.cli import app
from vr_runtime.session.intensity import Track

STORY = script(
    act(0.2, "start"),
    act(0.5, "go_to_step", step=1),
    act(2.0, "set_parameter", name="wind", value=0.4),
    linger_s=3.0,
)
OLD = "0.0.7"


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As that version would have made it: its number stands in the record."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "__version__", OLD)
        return play(tmp_path_factory.mktemp("records"), STORY)


def replayed(record: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.setenv("PALIER_PASSPHRASE", PASSPHRASE)
    done = CliRunner().invoke(app, ["replay", str(record)], catch_exceptions=False)
    return done.exit_code, done.stdout


def test_where_nothing_has_changed_it_replays_identically(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, said = replayed(record, monkeypatch)
    assert status == 0
    assert said.startswith("identical (another platform")


def test_where_a_rule_has_changed_the_first_difference_and_the_version_are_named(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slew = Track.slew
    monkeypatch.setattr(Track, "slew", lambda self, dt_s: slew(self, 0.5 * dt_s))
    status, said = replayed(record, monkeypatch)
    assert status == 5
    assert said.startswith("different")
    assert "recorded:" in said
    assert f"made by Palier {OLD}" in said


def test_where_a_scene_cannot_be_played_any_more_the_version_is_named(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a parameter that the scene of today does not know")

    monkeypatch.setattr(replay, "run", broken)
    with pytest.raises(replay.ReplayError) as caught:
        replay.replay(record, KEY, find_scenes())
    assert caught.value.reason is replay.ReplayReason.OTHER_VERSION
    assert f"made by Palier {OLD}" in str(caught.value)


def test_a_fault_in_a_record_of_this_version_is_not_put_down_to_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = play(tmp_path, STORY)

    def broken(*_: object, **__: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(replay, "run", broken)
    with pytest.raises(KeyError):
        replay.replay(mine, KEY, find_scenes())
