"""The content flags that the age rules know stand where authors of scenes look for them."""

from __future__ import annotations

from pathlib import Path

from vr_runtime.protocol.files.ages import FRIGHT, RECALL

PAGE = Path(__file__).resolve().parents[2] / "docs" / "scene-authoring.md"


def test_every_content_flag_of_the_age_rules_is_named_for_authors() -> None:
    (row,) = (line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `content` |"))
    assert {flag for flag in (*FRIGHT, *RECALL) if f"`{flag}`" not in row} == set()
