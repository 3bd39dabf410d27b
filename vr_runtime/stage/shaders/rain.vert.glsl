#version 330
#pragma include "eye.glsl"

// Streaks of rain in a box around the place given, which they leave below and enter above; texture coordinates:
// which end of the streak (0 lower, 1 upper) and which side (-1, 1); the vertex is the streak's seed, 0 to 1.
in vec4 p3d_Vertex;
in vec2 p3d_MultiTexCoord0;
uniform vec4 rain_place;  // middle of the box, m; brightness
uniform vec4 rain_fall;   // velocity against the air's frame of the box, m/s; time that the shutter is open, s
uniform vec4 rain_moved;  // how far the drops have moved in all, m; share of them shown
uniform vec4 rain_box;    // size of the box, m; half width of a streak
uniform vec4 rain_keep_out;  // half width and half length of where it does not rain, its height, y of its middle
out vec2 v_across;
out float v_show;

void main() {
    vec3 at = (fract(p3d_Vertex.xyz + rain_moved.xyz / rain_box.xyz) - 0.5) * rain_box.xyz;
    vec3 drop = at + rain_place.xyz;
    vec3 eye = eye_position();
    vec3 along = rain_fall.xyz * rain_fall.w;
    vec3 side = normalize(cross(along, drop - eye) + 1e-6);
    float away = length(drop - eye);
    vec3 world = drop - along * (p3d_MultiTexCoord0.x - 0.5) + side * (p3d_MultiTexCoord0.y * max(rain_box.w, 0.0011 * away));
    vec2 inside = abs(drop.xy - vec2(rain_place.x, rain_keep_out.w)) - rain_keep_out.xy;
    bool out_of_it = max(inside.x, inside.y) > 0.0 || drop.z > rain_keep_out.z;
    v_show = (out_of_it && p3d_Vertex.w > 0.0 ? 1.0 : 0.0) * min(1.0, rain_box.w / (0.0011 * away))
             * step(fract(p3d_Vertex.x * 91.7 + p3d_Vertex.y * 37.3), rain_moved.w);
    v_across = vec2(p3d_MultiTexCoord0.x, p3d_MultiTexCoord0.y);
    // what is not shown shrinks to nothing
    if (v_show <= 0.0) world = eye - vec3(0.0, 0.0, 1.0e4);
    gl_Position = eye_clip(world);
}
