#version 330
#pragma include "eye.glsl"

in vec4 p3d_Vertex;
out vec3 v_direction;

void main() {
    v_direction = world_direction(p3d_Vertex.xyz);
    gl_Position = eye_clip_far(v_direction);
}
