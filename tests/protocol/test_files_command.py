"""``vr-runtime protocols`` and ``vr-runtime check``: what is printed, and with which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vr_runtime.cli import app
from vr_runtime.protocol.files.treatments import find_treatments

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "heights_plan.toml"


def _run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def test_the_protocols_are_listed_with_version_hash_and_names() -> None:
    status, said = _run("protocols")
    assert status == 0
    for name, found in find_treatments().items():
        assert f"{name}  version {found.treatment.version}  {found.sha256[:16]}" in said
        assert found.treatment.names.fr in said
    status, said = _run("protocols", "--json")
    assert status == 0
    listed = {one["id"]: one for one in json.loads(said)}
    assert {name: one["sha256"] for name, one in listed.items()} == {
        name: found.sha256 for name, found in find_treatments().items()
    }
    assert all(one["names"]["en"] and one["names"]["fr"] and one["version"] == 1 for one in listed.values())


def test_a_valid_file_is_told_with_its_remarks_and_status_0(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("predicted_suds = 50", "predicted_suds = 30"), "utf-8")
    status, said = _run("check", EXAMPLE, path)
    assert status == 0
    assert f"{EXAMPLE}: a valid plan of 4 steps" in said
    assert f"{path}: a valid plan of 4 steps" in said
    assert said.count("remark:") == 1
    assert "step 3 (third-floor) is predicted easier (30) than step 2 (35)" in said


def test_one_wrong_file_among_good_ones_is_told_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(EXAMPLE.read_text("utf-8").replace("height = 9.0", "height = 900.0"), "utf-8")
    status, said = _run("check", path, EXAMPLE)
    assert status == 2
    assert "step 3 (third-floor): height = 900 lies outside 0 to 150 m" in said
    assert f"{EXAMPLE}: a valid plan" in said


@pytest.mark.parametrize(
    ("meant_as", "said"), [("checklist", "items: is missing"), ("treatment", "sources: is missing")]
)
def test_a_file_is_read_as_what_it_is_said_to_be(meant_as: str, said: str) -> None:
    status, out = _run("check", "--as", meant_as, EXAMPLE)
    assert status == 2
    assert said in out
