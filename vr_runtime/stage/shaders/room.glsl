// What a room mirrors: a picture of it all around from one place, blurred by roughness in its levels. Its walls are
// taken for a box, so that reflections lie where the walls are and not infinitely far away.
#ifdef ROOM_MIRROR
uniform samplerCube mirror_map;
uniform vec4 mirror_at;    // where it was taken; the level for roughness 1
uniform vec4 mirror_low;   // the box; the last level
uniform vec4 mirror_high;

vec3 room_radiance(vec3 world, vec3 direction, float roughness) {
    vec3 d = real_direction(direction);
    d += vec3(lessThan(abs(d), vec3(1e-5))) * 1e-4;
    vec3 from = clamp(real_place(world), mirror_low.xyz + 1e-3, mirror_high.xyz - 1e-3);
    vec3 far = max((mirror_low.xyz - from) / d, (mirror_high.xyz - from) / d);
    vec3 hit = from + d * min(far.x, min(far.y, far.z)) - mirror_at.xyz;
    return textureLod(mirror_map, hit, roughness * mirror_at.w).rgb;
}

// Light of the room's half around a direction, roughly.
vec3 room_irradiance(vec3 normal) {
    return textureLod(mirror_map, real_direction(normal), mirror_low.w - 0.5).rgb;
}
#endif
