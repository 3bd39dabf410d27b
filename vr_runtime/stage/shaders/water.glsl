// Level water: ripples that drift slowly, and what stands around it, mirrored.
#ifdef WATER
uniform sampler2D ripple_map;
uniform vec4 ripple_look;  // repeats a metre, strength
uniform vec4 sky_time;
#ifdef SURROUNDINGS
uniform sampler2D surroundings;
#endif

vec3 rippled(vec2 at, float distance) {
    float t = sky_time.x;
    vec2 small = at * ripple_look.x;
    vec2 first = texture(ripple_map, small + vec2(0.011, 0.006) * t).xy;
    vec2 second = texture(ripple_map, vec2(0.8 * small.x - 0.6 * small.y, 0.6 * small.x + 0.8 * small.y) * 0.43
                          + vec2(-0.005, 0.004) * t).xy;
    // lanes of still water among ruffled ones
    float lane = texture(ripple_map, at * vec2(0.0031, 0.0085) + vec2(0.0004, 0.0002) * t).z;
    float strength = ripple_look.y * (0.25 + 1.1 * smoothstep(0.35, 0.75, lane)) / (1.0 + 0.012 * distance);
    vec2 slope = (first + second - 1.0) * strength;
    return normalize(vec3(-slope, 1.0));
}

// Sky or land in a direction above the horizon.
vec3 mirrored_light(vec3 d) {
    vec3 light = sky_radiance(d, 0.0);
    float glow = fog_colour.a * pow(max(dot(d, sun_direction.xyz), 0.0), 6.0);
    light += sun_colour.rgb * (0.10 * pow(max(dot(d, sun_direction.xyz), 0.0), 8.0));
    light = mix(light, fog_colour.rgb + sun_colour.rgb * (glow * 0.15), exp(-d.z * 18.0) * step(1e-6, fog_reach.x));
#ifdef SURROUNDINGS
    vec2 at = vec2(0.5 + atan(d.x, d.y) * 0.15915494, asin(clamp(d.z, 0.0, 1.0)) * 2.5464791);
    // no derivatives across the seam behind: the level is chosen by hand
    vec4 land = textureLod(surroundings, vec2(at.x, min(at.y, 0.999)), 1.0);
    light = mix(light, land.rgb, land.a * step(at.y, 0.999));
#endif
    return light;
}
#endif
