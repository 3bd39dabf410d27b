// The sky's light and the air between the eye and things.
uniform vec4 sun_direction;
uniform vec4 sun_colour;
uniform vec4 sky_zenith;
uniform vec4 sky_horizon;
uniform vec4 sky_ground;
uniform vec4 fog_colour;
uniform vec4 fog_reach;

// Light from the half of the sky around a direction (what a matt surface facing there receives, over pi).
vec3 sky_irradiance(vec3 normal) {
    float up = normal.z;
    vec3 sides = mix(sky_horizon.rgb, 0.5 * (sky_zenith.rgb + sky_ground.rgb), 0.35);
    return up > 0.0 ? mix(sides, mix(sky_zenith.rgb, sky_horizon.rgb, 0.3), up)
                    : mix(sides, mix(sky_ground.rgb, sky_horizon.rgb, 0.2), -up);
}

// Light from one direction, blurred by roughness.
vec3 sky_radiance(vec3 direction, float roughness) {
    float up = direction.z;
    float blur = 0.04 + roughness;
    vec3 above = mix(sky_horizon.rgb, sky_zenith.rgb, pow(clamp(up, 0.0, 1.0), 0.45));
    vec3 below = mix(sky_horizon.rgb, sky_ground.rgb, clamp(-up * 4.0, 0.0, 1.0));
    return mix(below, above, smoothstep(-blur, blur, up));
}

vec3 in_air(vec3 light, float distance, vec3 towards) {
    float clear = exp(-max(distance - fog_reach.y, 0.0) * fog_reach.x);
    float glow = fog_colour.a * pow(max(dot(towards, sun_direction.xyz), 0.0), 6.0);
    vec3 haze = fog_colour.rgb + sun_colour.rgb * (glow * 0.15);
    return mix(haze, light, clear);
}
