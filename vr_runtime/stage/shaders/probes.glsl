// Light in the air of a room, between baked places: ``ProbeGrid`` in roomlight.py.
#ifdef PROBED
uniform sampler3D probe_map;  // a slab for each colour; a texel: what comes evenly, and along x, y, z
uniform vec4 probe_low;       // first place; layers of a slab
uniform vec4 probe_scale;     // 1 over the size of the grid

vec3 probed_light(vec3 world, vec3 normal) {
    vec3 share = clamp((real_place(world) - probe_low.xyz) * probe_scale.xyz, 0.0, 1.0);
    vec3 count = vec3(textureSize(probe_map, 0));
    vec3 spot = vec3(share.xy * (count.xy - 1.0) + 0.5, share.z * (probe_low.w - 1.0) + 0.5);
    vec4 facing = vec4(1.0, real_direction(normal));
    vec3 light;
    for (int colour = 0; colour < 3; colour++) {
        vec3 at = vec3(spot.xy, spot.z + float(colour) * probe_low.w) / count;
        light[colour] = dot(textureLod(probe_map, at, 0.0), facing);
    }
    return max(light, 0.0);
}
#endif
