"""Mutation testing: that the mutants are what they are said to be, and (make proof) that the tests notice them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.helpers.mutants import MODULES, PACKAGE, ROOT, files_of
from tests.helpers.mutate import mutants, mutated
from vr_runtime.protocol.words import Phase

SAMPLE = '''"""A docstring with 1 number."""

from vr_runtime.protocol.words import Phase

HOME, AWAY = Phase.SETUP, Phase.CLOSED
TABLE = {HOME: "start", AWAY: "end"}


class Thing:
    count: int = 3

    def grow(self, by: int = 1, sure: bool = True) -> int | None:
        """Grow by 1."""
        assert by > 0
        if sure and by < 10:
            self.count = self.count + by
            self.tell(f"grown by {by + 1}")
        return self.count

    def tell(self, text):
        if not text:
            raise ValueError("say something")
'''
EXPECTED = [
    (6, "entry 1 left out"),
    (6, "entry 2 left out"),
    (6, "HOME to AWAY"),
    (6, "AWAY to HOME"),
    (6, "'start' to another"),
    (6, "'end' to another"),
    (10, "3 to 4"),
    (12, "1 to 2"),
    (12, "True to False"),
    (15, "asked the other way round"),
    (15, "And to Or"),
    (15, "Lt to LtE"),
    (15, "Lt to GtE"),
    (15, "10 to 11"),
    (16, "assignment left out"),
    (16, "Add to Sub"),
    (17, "call left out"),
    (18, "returns None"),
    (21, "not left out"),
]


def test_a_module_has_just_the_mutants_that_are_promised_and_no_sentence_is_one() -> None:
    assert [(mutant.line, mutant.what) for mutant in mutants(SAMPLE)] == EXPECTED


@pytest.mark.parametrize("module", MODULES)
def test_mutants_can_be_compiled_and_differ_from_their_module_and_from_each_other(module: str) -> None:
    source = (ROOT / PACKAGE.replace(".", "/") / f"{module}.py").read_text("utf-8")
    seen = {ast.dump(ast.parse(source))}
    found = mutants(source)
    assert len(found) > 10
    for mutant in found[::6]:  # enough to see; all of them are compiled when they are tried
        tree = mutated(source, mutant.number)
        compile(tree, module, "exec")
        text = ast.dump(tree)
        assert text not in seen, mutant
        seen.add(text)


def test_every_test_of_the_session_but_the_slow_ones_is_tried() -> None:
    files = {path.name for path in (ROOT / "tests/session").glob("test_*.py")}
    for module in MODULES:
        first, others = files_of(module)
        tried = {file.rpartition("/")[2] for file in (*first, *others)}
        assert files - tried == {"test_forecast.py", "test_mutants.py"}
        assert first
        assert len(tried) == len(first) + len(others)


def test_the_sample_still_names_members_that_there_are() -> None:
    assert {"SETUP", "CLOSED"} <= set(Phase.__members__)


@pytest.mark.proof
@pytest.mark.timeout(5400)
def test_at_least_nine_in_ten_mutants_are_killed() -> None:
    """Which ones survive, and why, stands in docs/safety-proof.md."""
    whole = [(name, "1") for name in ("machine", "supervisor", "stand")]
    sampled = [(name, "3") for name in ("checks", "proposals", "prevention", "ladder", "veil")]
    for module, every in (*whole, *sampled):
        done = subprocess.run(
            [sys.executable, "-m", "tests.helpers.mutants", module, "--every", every, "--least", "0.9"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        sys.stdout.write(done.stdout)
        assert done.returncode == 0, done.stdout + done.stderr
