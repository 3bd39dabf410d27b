#version 330
#pragma include "eye.glsl"

in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
out vec2 v_uv;

void main() {
    v_uv = p3d_MultiTexCoord0;
    gl_Position = eye_clip(world_position(p3d_Vertex));
}
