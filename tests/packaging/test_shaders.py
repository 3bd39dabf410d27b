"""Shaders keep to what software OpenGL draws without crashing (docs/decisions/0002-software-opengl.md)."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
IN_ARRAY = re.compile(r"\b[iu]?sampler\w+\s+\w+\s*\[")
IN_STRUCT = re.compile(r"\bstruct\s+\w*\s*\{[^}]*\b[iu]?sampler\w+[^}]*\}")


def gathered_samplers(source: str) -> list[str]:
    """The declarations that put samplers into arrays or structures, so that an index could choose one."""
    code = COMMENT.sub(" ", source)
    return [*IN_ARRAY.findall(code), *IN_STRUCT.findall(code)]


def sources() -> list[Path]:
    found: list[Path] = []
    for package in ("vr_runtime", "scenes"):
        for pattern in ("*.glsl", "*.vert", "*.frag", "*.py"):
            found += (CHECKOUT / package).rglob(pattern)
    return sorted(found)


def test_every_sampler_is_declared_by_itself() -> None:
    offenders = {
        str(path.relative_to(CHECKOUT)): gathered
        for path in sources()
        if (gathered := gathered_samplers(path.read_text("utf-8")))
    }
    assert not offenders, "declare each sampler by itself: see docs/decisions/0002-software-opengl.md"


@pytest.mark.parametrize(
    "declaration",
    [
        "uniform sampler2D maps[4];",
        "uniform sampler2DShadow maps [ COUNT ];",
        "uniform struct Light { vec4 colour; sampler2DShadow map; } lights[8];",
        "struct Light {\n  isampler2D map; // its shadow\n};",
    ],
)
def test_gathered_samplers_are_found(declaration: str) -> None:
    assert gathered_samplers("#version 330\n" + declaration)


@pytest.mark.parametrize(
    "declaration",
    [
        "uniform sampler2DArrayShadow cascades;",
        "// uniform sampler2D maps[4];",
        "struct Light { vec4 colour; };\nuniform sampler2D map;\nfloat weights[4];",
    ],
)
def test_single_samplers_are_allowed(declaration: str) -> None:
    assert not gathered_samplers(declaration)
