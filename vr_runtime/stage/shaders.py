"""Reading the shaders: ``#pragma include "name"`` is replaced by that file, defines are put behind ``#version``.

Every vertex shader takes its eye from ``eye.glsl`` and from nowhere else, so that a display may draw both eyes in
one pass without touching them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from panda3d.core import Shader


class Program(NamedTuple):
    """A shader and how many eyes one pass draws with it."""

    shader: Shader
    eyes: int


FOLDER = Path(__file__).resolve().parent / "shaders"

_INCLUDE = re.compile(r'^[ \t]*#pragma[ \t]+include[ \t]+"([\w.]+)"[ \t]*$', re.MULTILINE)
_made: dict[tuple[str, str, tuple[str, ...]], Program] = {}


def source(name: str, defines: Iterable[str] = ()) -> str:
    """The text of a shader, complete. ``defines`` are names or ``NAME value``.

    Raises:
        FileNotFoundError: there is no such shader or included file.
        ValueError: files include each other in a circle, or the first line is not ``#version``.
    """
    text = _resolve(name, ())
    first, _, rest = text.partition("\n")
    if not first.startswith("#version"):
        raise ValueError(f"{name}: a shader begins with #version")
    lines = "".join(f"#define {define}\n" for define in sorted(defines))
    return f"{first}\n{lines}{rest}"


def _resolve(name: str, within: tuple[str, ...]) -> str:
    if name in within:
        raise ValueError(f"shaders include each other: {' -> '.join((*within, name))}")
    text = (FOLDER / name).read_text(encoding="ascii")
    return _INCLUDE.sub(lambda found: _resolve(found.group(1), (*within, name)), text)


def load(vertex: str, fragment: str, defines: Iterable[str] = (), *, single_pass: bool = False) -> Program:
    """A GLSL shader; the same one for the same arguments, so that nodes sort by it. ``single_pass``: one pass draws
    both eyes (``GraphicsSettings.single_pass``)."""
    key = (vertex, fragment, tuple(sorted([*defines, "BOTH_EYES"] if single_pass else defines)))
    if key not in _made:
        made = Shader.make(Shader.SL_GLSL, source(vertex, key[2]), source(fragment, key[2]))
        if made is None or made.get_error_flag():
            raise ValueError(f"the shader {vertex} with {fragment} ({', '.join(key[2])}) was not accepted")
        _made[key] = Program(made, 2 if single_pass else 1)
    return _made[key]
