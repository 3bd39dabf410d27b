#version 330
#pragma include "eye.glsl"
#pragma include "flock.glsl"
#pragma include "skin.glsl"
#pragma include "sway.glsl"
#pragma include "glass.glsl"
#pragma include "probes.glsl"

in vec4 p3d_Vertex;
in vec3 p3d_Normal;
in vec2 p3d_MultiTexCoord0;
in vec4 p3d_Color;
in vec4 tint;
#ifdef LIGHT_MAP
in vec2 chart;
out vec2 v_chart;
#endif
#ifdef SOILED
out vec3 v_model;
#endif
#ifdef ROLLS
in vec4 axle;
out vec3 v_wheel;  // middle of the wheel on the texture, radians that it is blurred over
#endif
uniform vec4 surface_uv;
uniform vec4 surface_colour;
uniform vec4 p3d_ColorScale;

out vec3 v_normal;
out vec3 v_to_eye;
out vec2 v_uv;
out vec4 v_light;
out vec4 v_colour;
#if defined(SUN_MAP) || defined(WATER) || defined(LAMPS) || defined(REAR_VIEW) || defined(ROOM_MIRROR) || defined(RAIN_PANE)
out vec3 v_world;
#endif

void main() {
#ifdef SKINNED
    mat3x4 pose = skin_pose(tint.a);
    vec3 world = world_position(skinned(p3d_Vertex, pose));
    v_normal = world_direction(skinned_direction(p3d_Normal, pose));
#elif defined(FLOCK)
    vec4 member = flock_member(tint.a);
    vec4 vertex = p3d_Vertex;
    vec3 facing = p3d_Normal;
#ifdef ROLLS
    vec3 hub = vec3(0.0, axle.xy);
    vertex.xyz = hub + flock_rolled(vertex.xyz - hub, axle, member);
    facing = flock_rolled(facing, axle, member);
    v_wheel = vec3(axle.zw, axle.y > 0.0 ? 0.05 * floor(max(member.w, 0.0)) : 0.0);
#endif
    vec3 world = world_position(flock_placed(vertex, p3d_MultiTexCoord0, member));
    v_normal = world_direction(flock_turned(facing, member));
#else
    vec3 world = world_position(p3d_Vertex);
    v_normal = world_direction(p3d_Normal);
#endif
#ifdef SWAY
    world = swayed(world, tint.a);
#endif
#if defined(SUN_MAP) || defined(WATER) || defined(LAMPS) || defined(REAR_VIEW) || defined(ROOM_MIRROR) || defined(RAIN_PANE)
    v_world = world;
#endif
#ifdef SOILED
    v_model = p3d_Vertex.xyz;
#endif
    v_to_eye = eye_position() - world;
    v_uv = p3d_MultiTexCoord0 * surface_uv.xy;
    // baked light is stored as the square root of its share of 4
    v_light = vec4(p3d_Color.rgb * p3d_Color.rgb * 4.0, p3d_Color.a);
#ifdef PROBED
    v_light.rgb *= probed_light(world, normalize(v_normal));
#endif
    v_colour = vec4(tint.rgb, 1.0) * surface_colour * p3d_ColorScale;
#ifdef LIGHT_MAP
    v_chart = chart;
#endif
    gl_Position = eye_clip(world);
}
