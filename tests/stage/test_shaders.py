"""Every vertex shader takes its eye from eye.glsl and from nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from vr_runtime.stage import shaders

VERTEX = sorted(path.name for path in shaders.FOLDER.glob("*.vert.glsl"))
ALL = sorted(path.name for path in shaders.FOLDER.glob("*.glsl"))

EYE = re.compile(
    r"p3d_(ModelView|View|Projection|Normal)\w*Matrix\w*|p3d_\w*Inverse\w*|p3d_ModelMatrix|gl_ViewportIndex|gl_Layer"
    r"|gl_InstanceID|camera|world_?to_?view|view_?to_?clip",
    re.IGNORECASE,
)


def code(text: str) -> str:
    """Without comments."""
    return re.sub(r"//.*|/\*.*?\*/", "", text)


def test_there_are_vertex_shaders() -> None:
    assert {"surface.vert.glsl", "sky.vert.glsl", "shell.vert.glsl", "patch.vert.glsl"} <= set(VERTEX)


@pytest.mark.parametrize("name", VERTEX)
def test_a_vertex_shader_includes_the_eye_and_places_its_vertices_by_it(name: str) -> None:
    text = code((shaders.FOLDER / name).read_text())
    assert '#pragma include "eye.glsl"' in text
    assert re.search(r"gl_Position\s*=\s*eye_clip(_far)?\(", text)


@pytest.mark.parametrize("name", [name for name in ALL if name != "eye.glsl"])
def test_no_other_shader_reads_the_eye_itself(name: str) -> None:
    assert EYE.findall(code((shaders.FOLDER / name).read_text())) == []


def test_the_rule_would_notice_the_usual_ways_around_it() -> None:
    for line in (
        "gl_Position = p3d_ModelViewProjectionMatrix * p3d_Vertex;",
        "uniform mat4 p3d_ViewMatrixInverse;",
        "uniform vec3 camera_world_position;",
        "mat4 m = p3d_ModelViewMatrix;",
    ):
        assert EYE.search(line)


@pytest.mark.parametrize("name", [name for name in ALL if ".vert." in name or ".frag." in name])
def test_a_shader_begins_with_its_version_and_has_no_include_left(name: str) -> None:
    text = shaders.source(name, ["ONE", "TWO 2"])
    assert text.startswith("#version 330\n#define ONE\n#define TWO 2\n")
    assert "#pragma include" not in text


def test_files_that_include_each_other_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaders, "FOLDER", tmp_path)
    (tmp_path / "a.glsl").write_text('#version 330\n#pragma include "b.glsl"\n')
    (tmp_path / "b.glsl").write_text('#pragma include "a.glsl"\n')
    with pytest.raises(ValueError, match=r"a.glsl -> b.glsl -> a.glsl"):
        shaders.source("a.glsl")
