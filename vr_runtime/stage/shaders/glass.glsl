// Things behind a flat mirror (``Kitchen.looking_glass``) are lit where they really stand.
#if defined(ROOM_MIRROR) || defined(PROBED)
uniform vec4 looking_glass;  // its plane: normal and offset; all 0: nothing is mirrored

vec3 real_place(vec3 world) {
    return world - 2.0 * (dot(looking_glass.xyz, world) - looking_glass.w) * looking_glass.xyz;
}

vec3 real_direction(vec3 direction) {
    return direction - 2.0 * dot(looking_glass.xyz, direction) * looking_glass.xyz;
}
#endif
