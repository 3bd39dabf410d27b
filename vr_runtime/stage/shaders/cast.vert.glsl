#version 330
#pragma include "eye.glsl"
#pragma include "flock.glsl"
#pragma include "skin.glsl"
// The shadow that a thing throws on the flat ground of its parent: pressed flat along the sun's direction.
in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
in vec4 tint;
uniform vec4 sun_direction;
uniform vec4 thrown;  // strength, height of the patch over the ground, m
out vec3 v_world;

void main() {
    vec4 vertex = p3d_Vertex;
#ifdef SKINNED
    vertex = skinned(vertex, skin_pose(tint.a));
#elif defined(FLOCK)
    vertex = flock_placed(vertex, p3d_MultiTexCoord0, flock_member(tint.a));
#endif
    vertex.xy -= sun_direction.xy * (max(vertex.z, 0.0) / max(sun_direction.z, 0.2));
    float lift = thrown.y;
#if defined(FLOCK) && !defined(SKINNED)
    // what is drawn first lies a little higher, so that a place is darkened once where patches lie over each other
    lift += 0.0012 * float(15 - (gl_VertexID / 4) % 16);
#endif
    vertex.z = vertex.z < -1000.0 ? vertex.z : lift;
    v_world = world_position(vertex);
    gl_Position = eye_clip(v_world);
#ifdef SKINNED
    // what is drawn first lies nearest: a place is darkened once, although limbs lie over each other
    float rank = p3d_MultiTexCoord0.x;
    gl_Position.z -= gl_Position.w * 1.2e-7 * (100.0 * rank + 6.0 * (7.0 - mod(tint.a * 255.0, 8.0)));
#endif
}
