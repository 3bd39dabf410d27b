#version 330
#pragma include "eye.glsl"
#pragma include "skin.glsl"

in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
#ifdef SKINNED
in vec4 tint;
#endif
out vec2 v_uv;

void main() {
    v_uv = p3d_MultiTexCoord0;
#ifdef SKINNED
    gl_Position = eye_clip(world_position(skinned(p3d_Vertex, skin_pose(tint.a))));
#else
    gl_Position = eye_clip(world_position(p3d_Vertex));
#endif
}
