"""``vr-runtime records``, as a clinic's engineer uses it on a session that was really played."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.helpers.session import act, play, runtime, script

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    acts = script(
        act(0.5, "start"), act(0.5, "go_to_step", step=1), act(2.0, "end", to="closed"), linger_s=0.2
    )
    return play(tmp_path_factory.mktemp("records"), acts)


def test_a_list_tells_what_is_there_and_without_the_key_only_what_locks_it(
    record: Path, tmp_path: Path
) -> None:
    listed = runtime("records", "list", record.parent, home=tmp_path)
    assert listed.returncode == 0, listed.stderr
    (line,) = listed.stdout.strip().splitlines()
    assert str(record) in line
    assert "heights" in line
    assert "session closed" in line
    closed = runtime("records", "list", record.parent, home=tmp_path, PALIER_PASSPHRASE="another")
    assert "locked with a passphrase (wrong_key)" in closed.stdout
    assert "heights" not in closed.stdout
    assert "no record in" in runtime("records", "list", tmp_path, home=tmp_path).stdout


def test_show_tells_the_course_of_the_session_and_its_last_hash(record: Path, tmp_path: Path) -> None:
    shown = runtime("records", "show", record, home=tmp_path)
    assert shown.returncode == 0, shown.stderr
    for words in (
        "Palier 0.",
        "chunks of head",
        "exposure (go_to_step)",
        "step 1: ",
        "closed: session closed",
    ):
        assert words in shown.stdout
    assert runtime("records", "show", tmp_path, home=tmp_path).returncode == 7


def test_a_key_on_paper_another_key_and_the_end(record: Path, tmp_path: Path) -> None:
    home, copy = tmp_path / "home", tmp_path / "copy"
    made = runtime("records", "recovery-key", home=home)
    assert made.returncode == 0, made.stderr
    assert len(made.stdout.strip().split("-")) == 9
    again = runtime("records", "recovery-key", home=home)
    assert again.returncode == 2
    assert "--replace" in again.stderr
    shutil.copytree(record, copy)
    changed = runtime("records", "rekey", copy, home=home, PALIER_NEW_PASSPHRASE="new words")
    assert changed.returncode == 0, changed.stderr
    assert runtime("verify", copy, home=home).returncode == 6
    assert runtime("verify", copy, home=home, PALIER_PASSPHRASE="new words").returncode == 0
    assert runtime("verify", record, home=home).returncode == 0
    erased = runtime("records", "erase", copy, "--yes", home=home)
    assert erased.returncode == 0, erased.stderr
    assert not copy.exists()


def test_a_session_played_with_a_recovery_key_opens_with_the_paper_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = runtime("records", "recovery-key", home=home).stdout.strip()
    run = runtime(
        "run",
        "--speed",
        "max",
        "--scene",
        "heights",
        "--duration",
        "0.5",
        "--records",
        tmp_path / "records",
        home=home,
    )
    assert run.returncode == 0, run.stderr
    record = run.stdout.strip().splitlines()[-1]
    opened = runtime("verify", record, home=home, PALIER_PASSPHRASE="forgotten", PALIER_RECOVERY_KEY=words)
    assert opened.returncode == 0, opened.stderr + opened.stdout
    wrong = runtime(
        "verify", record, home=home, PALIER_RECOVERY_KEY=words[:-1] + ("7" if words[-1] != "7" else "8")
    )
    assert wrong.returncode == 6
    assert "compare it with the paper" in wrong.stderr


def test_recover_closes_what_a_crash_left_and_says_what_is_missing(record: Path, tmp_path: Path) -> None:
    from tests.helpers.records import interrupt
    from tests.helpers.session import KEY

    interrupt(tmp_path / "record", KEY, [2, 3])
    done = runtime("records", "recover", tmp_path / "record", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "found cut" in done.stdout
    assert "its end is missing" in done.stdout
    assert done.stdout.strip().splitlines()[-1] == str(tmp_path / "record")
    assert runtime("verify", tmp_path / "record", home=tmp_path).returncode == 0
