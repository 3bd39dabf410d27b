"""Progress and remarks go to stderr; stdout holds the answer, and its last line is the path that was asked for."""

from __future__ import annotations

from typing import Self

from rich import progress
from rich.console import Console

remarks = Console(stderr=True, highlight=False, soft_wrap=True)


class Progress:
    """A progress bar as a callable of (done, total)."""

    def __init__(self, title: str) -> None:
        self._bar = progress.Progress(
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.TimeElapsedColumn(),
            console=remarks,
            transient=True,
        )
        self._task = self._bar.add_task(title, total=None)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __call__(self, done: int, total: int) -> None:
        self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *problem: object) -> None:
        self._bar.stop()
