#version 330
#pragma include "eye.glsl"

in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
uniform vec4 panel_cell;  // where the piece lies in the sheet of letters: corner, size
out vec2 v_uv;
out vec2 v_place;

void main() {
    v_uv = panel_cell.xy + p3d_MultiTexCoord0 * panel_cell.zw;
    v_place = p3d_Vertex.xz;
    gl_Position = eye_clip(world_position(p3d_Vertex));
}
