// Many alike things in one Geom: each vertex belongs to a member (the alpha of its tint) and goes where that
// member stands. A member: x, y, heading (radians), phase of its walk (radians; below -1000: hidden).
#ifdef FLOCK
uniform vec4 flock_members[96];

vec4 flock_member(float tint_alpha) {
    return flock_members[int(tint_alpha * 255.0 + 0.5)];
}

vec3 flock_turned(vec3 direction, vec4 member) {
    float c = cos(member.z), s = sin(member.z);
    return vec3(c * direction.x - s * direction.y, s * direction.x + c * direction.y, direction.z);
}

// ``gait``: how far the point swings with the walk (signed; radians), and the height of the joint that it swings on.
vec4 flock_placed(vec4 vertex, vec2 gait, vec4 member) {
#ifdef RIGID
    gait = vec2(0.0);
#endif
    float swing = gait.x * sin(member.w);
    float below = gait.y - vertex.z;
    vec3 local = gait.x == 0.0 ? vertex.xyz
                               : vec3(vertex.x, vertex.y + sin(swing) * below, gait.y - cos(swing) * below);
    vec3 placed = flock_turned(local, member) + vec3(member.xy, 0.0);
    return member.w < -1000.0 ? vec4(0.0, 0.0, -1.0e4, 1.0) : vec4(placed, 1.0);
}

#ifdef ROLLS
// Wheels: ``axle`` holds y and z of what a point turns about (z 0: it does not). The phase of a vehicle: its fraction
// is the share of a turn, its whole part how far a wheel is blurred (flock.py).
vec3 flock_rolled(vec3 direction, vec4 axle, vec4 member) {
    if (axle.y <= 0.0 || member.w < -1000.0) return direction;
    float turn = 6.2831853 * fract(member.w);
    float c = cos(turn), s = sin(turn);
    return vec3(direction.x, c * direction.y + s * direction.z, c * direction.z - s * direction.y);
}
#endif
#endif
