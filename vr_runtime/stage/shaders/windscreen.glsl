// Drops on a pane that is wiped. ``pane_look``: how much it rains, seconds since the left and the right wiper passed
// lowest point upwards (see ``wiped``), scene time. Texture coordinates are metres on the pane.
#ifdef RAIN_PANE
uniform vec4 pane_look;    // rain 0 to 1, time (s), position of the wipers 0 (parked) to 1, +1 going up or -1 down
uniform vec4 pane_wipers;  // pivots: x of the left one, x of the right one, y of both, seconds of one stroke
uniform vec4 pane_sweep;   // angle parked, angle at the other end (radians), inner and outer reach (m)

float scatter(vec2 at) {
    vec3 p = fract(vec3(at.xyx) * vec3(0.1031, 0.1030, 0.0973));
    p += dot(p, p.yzx + 33.33);
    return fract((p.x + p.y) * p.z);
}

// Seconds since a wiper last passed this place; large where none reaches.
float since_wiped(vec2 at) {
    float since = 1e3;
    for (int k = 0; k < 2; k++) {
        vec2 from = at - vec2(k == 0 ? pane_wipers.x : pane_wipers.y, pane_wipers.z);
        float reach = length(from);
        float share = (atan(from.y, from.x) - pane_sweep.x) / (pane_sweep.y - pane_sweep.x);
        if (reach > pane_sweep.z && reach < pane_sweep.w && share > 0.0 && share < 1.0) {
            float stroke = pane_wipers.w, gone;
            if (pane_look.w > 0.0) gone = share < pane_look.z ? pane_look.z - share : pane_look.z + share;
            else gone = share > pane_look.z ? share - pane_look.z : 2.0 - share - pane_look.z;
            since = min(since, gone * stroke);
        }
    }
    return since;
}

// x: how much of a drop covers this place, y: how bright it is (-1 to 1), against what is behind.
vec2 drops(vec2 at) {
    float since = since_wiped(at);
    vec2 seen = vec2(0.0);
    for (int layer = 0; layer < 2; layer++) {
        float size = layer == 0 ? 0.011 : 0.0052;
        vec2 cell = floor(at / size), in_cell = fract(at / size) - 0.5;
        float chance = scatter(cell + 17.0 * float(layer));
        // each place gets its drop some time after the wiper, sooner in heavy rain; unwiped places are always covered
        float wait = (0.15 + 9.0 * chance * chance) / max(pane_look.x, 0.02);
        float there = since > 900.0 ? step(chance, 0.12 + 0.45 * pane_look.x) * step(0.01, pane_look.x)
                                    : smoothstep(wait, wait + 0.10, since);
        vec2 off = (vec2(scatter(cell + 3.1), scatter(cell + 7.7)) - 0.5) * 0.5;
        float radius = (0.14 + 0.22 * scatter(cell + 11.3)) * (layer == 0 ? 0.9 : 0.8);
        vec2 p = (in_cell - off) / radius;
        p.y *= 0.85;
        float r = length(p);
        float body = smoothstep(1.0, 0.80, r) * there;
        // a drop shows the world upside down: dark above, bright below, a dark rim
        float shade = -p.y * 0.75 - smoothstep(0.55, 1.0, r) * 0.5 + 0.5 * smoothstep(0.30, 0.0, length(p - vec2(-0.3, 0.4)));
        seen = body > seen.x ? vec2(body, shade) : seen;
    }
    return seen;
}
#endif
