"""Mutation testing of vr_runtime/session: for each mutant of a module, does any fast test of the session fail?

    python -m tests.helpers.mutants machine supervisor --jobs 2 --out mutants.json

Every mutant is tried in a child of this process, which has imported all that is not ours already, so that a child
has only the session and its tests to import. Nothing is written to the source. A mutant that uses more than
``CPU_S`` of processor time hangs, and counts as killed. Hypothesis draws the same examples for every mutant.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.machinery
import json
import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any, NamedTuple

import pytest
from hypothesis import settings

from tests.helpers.mutate import Mutant, mutants, mutated

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = "vr_runtime.session"
MODULES = (
    *("machine", "supervisor", "stand", "rules", "felt", "clocks", "checks"),
    *("prevention", "proposals", "waiting", "ladder", "intensity", "veil"),
)
CPU_S = 90
EXAMPLES = "40"
"""Courses that hypothesis plays for each property and mutant."""
FIRST = {
    "machine": ("phases_and_commands", "acts_in_each_phase", "docs"),
    "supervisor": ("supervisor", "safety", "course"),
    "stand": ("stand", "safety", "stop", "what_is_lost"),
    "rules": ("phases_and_commands", "intensity", "safe_place"),
    "felt": ("felt", "course"),
    "clocks": ("clocks", "course"),
    "checks": ("checks", "course"),
    "prevention": ("prevention", "course"),
    "proposals": ("proposals", "advance", "course"),
    "waiting": ("waiting", "commits"),
    "ladder": ("ladder", "intensity", "trials", "phases_and_commands"),
    "intensity": ("intensity", "safe_place"),
    "veil": ("veil", "stop", "intensity", "safety"),
}
"""The tests that are likeliest to notice come first; all the others follow."""
LAST = ("treated", "properties")
LEFT_OUT = ("forecast", "mutants")
"""Slow, and not about any of these modules."""


class Outcome(NamedTuple):
    module: str
    mutant: Mutant
    killed_by: str
    """The test that failed first; empty: the mutant survived."""


class _Trial(NamedTuple):
    """A mutant that is being tried."""

    module: str
    source: str
    mutant: Mutant
    left: list[str]
    """Files of tests that are to be tried after those that run now."""
    hear: int


def files_of(module: str) -> tuple[list[str], list[str]]:
    """Files of tests: those that are tried first, and by themselves, so that most mutants end early; the others."""
    there = sorted(path.stem.removeprefix("test_") for path in (ROOT / "tests/session").glob("test_*.py"))
    first = [name for name in FIRST.get(module, ()) if name in there]
    last = [name for name in LAST if name in there]
    between = [name for name in there if name not in (*first, *last, *LEFT_OUT)]
    return [_file(name) for name in first], [_file(name) for name in (*between, *last)]


def _file(name: str) -> str:
    return f"tests/session/test_{name}.py"


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads one module from a tree instead of its text."""

    def __init__(self, fullname: str, path: str, tree: ast.Module) -> None:
        super().__init__(fullname, path)
        self._tree = tree

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._tree, self.path, "exec")


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self._name, self._path, self._tree = name, path, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._name:
            return None
        loader = _Loader(fullname, str(self._path), self._tree)
        return importlib.machinery.ModuleSpec(fullname, loader, origin=str(self._path))


class _Ear:
    """Tells the parent which test failed first."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._told = False

    def _tell(self, name: str) -> None:
        if not self._told:
            self._told = True
            os.write(self._pipe, name.encode()[:4000])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._tell(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._tell(f"{report.nodeid} (does not load)")


def _try(module: str, tree: ast.Module | None, files: Sequence[str], pipe: int) -> None:
    """In a child: run the tests against the mutant. Does not return."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    if tree is not None:
        name = f"{PACKAGE}.{module}"
        sys.meta_path.insert(0, _Finder(name, ROOT / f"{name.replace('.', '/')}.py", tree))
    options = ["-x", "-q", "-p", "no:cacheprovider", "-o", "timeout=0", "-m", "not proof"]
    # imported before pytest was begun, which it would warn of
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    status = pytest.main([*options, *files], plugins=[_Ear(pipe)])
    os._exit(int(status))


def _warm() -> None:
    """Import what the session and its tests stand on, and forget what is ours beyond the contract."""
    __import__(f"{PACKAGE}.session")
    for name in list(sys.modules):
        if name.startswith("vr_runtime.") and not name.startswith("vr_runtime.protocol"):
            del sys.modules[name]
    gc.collect()
    gc.freeze()
    os.environ["PALIER_COURSES"] = EXAMPLES
    settings.register_profile("the same for all", derandomize=True, database=None, deadline=None)
    settings.load_profile("the same for all")


def _start(module: str, tree: ast.Module | None, files: Sequence[str]) -> tuple[int, int]:
    """A child that tries a mutant: its process id, and the pipe that it tells its news on."""
    hear, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(hear)
            _try(module, tree, files, tell)
        finally:
            os._exit(70)
    os.close(tell)
    return child, hear


def _end(status: int, hear: int) -> str:
    with os.fdopen(hear, "rb") as pipe:
        told = pipe.read().decode(errors="replace")
    if status == 0:
        return ""
    return told or ("hangs" if os.WIFSIGNALED(status) else f"ends with {os.waitstatus_to_exitcode(status)}")


def outcomes(
    modules: Sequence[str], jobs: int, only: frozenset[int] = frozenset(), every: int = 1
) -> Iterator[Outcome]:
    """Try the mutants of these modules, several at a time. ``only``: these numbers, or all; ``every``: one in so
    many, for a sample."""
    _warm()
    child, hear = _start(modules[0], None, [*files_of(modules[0])[0], *files_of(modules[0])[1]])
    _, status = os.waitpid(child, 0)
    if (wrong := _end(status, hear)) or status:
        raise SystemExit(f"the tests have to pass before mutants are tried: {wrong}")
    running: dict[int, _Trial] = {}

    def finished() -> Outcome:
        """The next mutant of which it is known whether it is killed."""
        while True:
            child, status = os.wait()
            trial = running.pop(child, None)
            if trial is None:
                continue
            killed_by = _end(status, trial.hear)
            if killed_by or not trial.left:
                return Outcome(trial.module, trial.mutant, killed_by)
            again, hear = _start(trial.module, mutated(trial.source, trial.mutant.number), trial.left)
            running[again] = trial._replace(left=[], hear=hear)

    for module in modules:
        source = (ROOT / PACKAGE.replace(".", "/") / f"{module}.py").read_text("utf-8")
        first, others = files_of(module)
        for mutant in mutants(source):
            if (only and mutant.number not in only) or mutant.number % every:
                continue
            if len(running) >= jobs:
                yield finished()
            child, hear = _start(module, mutated(source, mutant.number), first)
            running[child] = _Trial(module, source, mutant, others, hear)
    while running:
        yield finished()


def summary(found: Sequence[Outcome]) -> list[str]:
    """A line for each module, and one for all."""
    lines: list[str] = []
    for module in (*dict.fromkeys(each.module for each in found), "all"):
        own = [each for each in found if module in (each.module, "all")]
        killed = sum(bool(each.killed_by) for each in own)
        lines.append(f"{module}: {len(own)} mutants, {killed} killed ({killed / len(own):.1%})")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Mutation testing of vr_runtime/session.")
    parser.add_argument("modules", nargs="*", default=MODULES, help="names of modules; all of them without")
    parser.add_argument("--jobs", type=int, default=2, help="how many mutants at a time")
    parser.add_argument("--only", default="", help="numbers of mutants, with commas between")
    parser.add_argument("--every", type=int, default=1, help="try one mutant in so many, for a sample")
    parser.add_argument("--least", type=float, default=0.0, help="fail below this share of killed ones")
    parser.add_argument("--out", type=Path, help="a file for all outcomes, as JSON")
    given = parser.parse_args(arguments)
    os.chdir(ROOT)
    began = time.monotonic()
    found: list[Outcome] = []
    written: list[dict[str, Any]] = []
    only = frozenset(int(number) for number in given.only.split(",") if number)
    for each in outcomes(given.modules, given.jobs, only, given.every):
        found.append(each)
        written.append({"module": each.module, **each.mutant._asdict(), "killed_by": each.killed_by})
        if not each.killed_by:
            print(
                f"survived: {each.module}.py:{each.mutant.line} #{each.mutant.number} {each.mutant.what}",
                flush=True,
            )
        if given.out is not None:
            given.out.write_text(json.dumps(written, indent=1), "utf-8")
    for line in summary(found):
        print(line)
    print(f"in {(time.monotonic() - began) / 60.0:.1f} min")
    return int(sum(bool(each.killed_by) for each in found) < given.least * len(found))


if __name__ == "__main__":
    sys.exit(main())
