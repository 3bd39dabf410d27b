#version 330
#pragma include "tone.glsl"
#pragma include "air.glsl"

in vec2 v_across;
in float v_show;
uniform vec4 rain_place;
out vec4 pixel;

void main() {
    float soft = (1.0 - v_across.y * v_across.y) * smoothstep(0.0, 0.35, v_across.x) * smoothstep(1.0, 0.65, v_across.x);
    vec3 light = mix(sky_horizon.rgb, sky_zenith.rgb, 0.5) * 1.15 + 0.02;
    pixel = vec4(tone(light), 0.34 * soft * v_show * rain_place.w);
}
