#version 330
#pragma include "eye.glsl"
#pragma include "flock.glsl"
// The shadow that a thing throws on the flat ground of its parent: pressed flat along the sun's direction.
in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
in vec4 tint;
uniform vec4 sun_direction;
uniform vec4 thrown;  // strength, height of the patch over the ground, m
out vec3 v_world;

void main() {
    vec4 vertex = p3d_Vertex;
#ifdef FLOCK
    vertex = flock_placed(vertex, p3d_MultiTexCoord0, flock_member(tint.a));
#endif
    vertex.xy -= sun_direction.xy * (max(vertex.z, 0.0) / max(sun_direction.z, 0.2));
    vertex.z = vertex.z < -1000.0 ? vertex.z : thrown.y;
    v_world = world_position(vertex);
    gl_Position = eye_clip(v_world);
}
