// Drops on a pane that is wiped, and what it mirrors. ``pane_look``: how much it rains, seconds since the left and the right wiper passed
// lowest point upwards (see ``wiped``), scene time. Texture coordinates are metres on the pane.
#ifdef RAIN_PANE
uniform vec4 pane_look;    // rain 0 to 1, time (s), position of the wipers 0 (parked) to 1, +1 going up or -1 down
uniform vec4 pane_wipers;  // pivots: x of the left one, x of the right one, y of both, seconds of one stroke
uniform vec4 pane_flow;    // wind along the pane, against texture x, 0 to 1; whether water runs on it
uniform vec4 pane_veil;    // light of the dark top below a leaning pane, and strength of its reflection
uniform vec4 pane_below[3];  // its middle x, y, z, half width; half length, y of its slot; middle and half size of a card
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

// Where a drop of a cell lies at this time, how large it is, and whether there is one (x, y, radius, 0 or 1). Drops come,
// stay for some seconds and run together with others: then the cell has another one.
vec4 drop_of(vec2 cell, float seed, float chance) {
    float lasts = 7.0 + 16.0 * scatter(cell + seed + 5.9);
    float life = pane_look.y / lasts + scatter(cell + seed);
    vec2 born = cell + seed + 13.7 * mod(floor(life), 61.0);
    float age = fract(life) * lasts;
    float grown = smoothstep(0.0, 0.25, age) * smoothstep(lasts, lasts - 0.4, age);
    vec2 off = (vec2(scatter(born + 3.1), scatter(born + 7.7)) - 0.5) * 0.46;
    float radius = (0.10 + 0.26 * pow(scatter(born + 11.3), 2.0)) * (0.55 + 0.45 * grown);
    return vec4(off, radius, step(scatter(born + 17.0), chance) * step(0.02, grown));
}

// Water that runs: the head of a trickle and the film behind it. x: how much it covers, y: upwards in its lens (-1 to 1),
// z: brighter or darker. Trickles run down, and backwards in the wind of the drive (``pane_flow``).
vec3 trickles(vec2 at) {
    const vec2 size = vec2(0.085, 0.115);
    vec3 seen = vec3(0.0);
    vec2 here = floor(at / size);
    for (int k = 0; k < 4; k++) {
        vec2 cell = here + vec2(k & 1, k >> 1);
        float own = scatter(cell + 41.0);
        if (own > 0.16 + 0.42 * pane_look.x) continue;
        float lasts = (4.5 - 2.2 * pane_flow.x) * (0.7 + 0.8 * scatter(cell + 43.0));
        float life = pane_look.y / lasts + own * 7.0;
        vec2 born = cell + 9.1 * mod(floor(life), 53.0);
        float gone = fract(life);
        vec2 start = (cell + vec2(scatter(born + 1.3), scatter(born + 2.9)) * 0.9) * size;
        vec2 way = vec2(-pane_flow.x, -0.32 - 0.25 * scatter(born + 4.7));
        way *= 0.078 / length(way);
        // it hangs, then goes by starts
        float run = clamp((gone - 0.18) / 0.62, 0.0, 1.0);
        run += 0.05 * sin(18.0 * run) * run * (1.0 - run);
        float along = clamp(dot(at - start, way) / dot(way, way), 0.0, run);
        vec2 side = vec2(-way.y, way.x) / length(way);
        vec2 off = at - start - way * along - side * 0.0016 * sin(9.0 * along + 20.0 * own) * along;
        float across = length(off);
        float head = smoothstep(0.10, 0.0, run - along);
        float wide = mix(0.0011, 0.0030, head) * (0.75 + 0.5 * scatter(born + 6.1));
        float bits = mix(step(0.45, scatter(floor(vec2(along * 34.0, own * 90.0)))), 1.0, smoothstep(0.45, 0.0, run - along));
        float cover = smoothstep(wide, 0.72 * wide, across) * bits * smoothstep(0.0, 0.05, gone) * smoothstep(1.0, 0.86, gone);
        if (cover > seen.x) seen = vec3(cover, off.y / wide * 0.8, -0.30 * smoothstep(0.5, 1.0, across / wide));
    }
    return seen;
}

// x: how much of a drop covers this place, y: how far up in it (-1 to 1), z: how much brighter or darker it is.
vec3 drops(vec2 at) {
    if (pane_look.x < 0.01) return vec3(0.0);
    float since = since_wiped(at);
    vec3 seen = vec3(0.0);
    for (int layer = 0; layer < 3; layer++) {
        float size = layer == 0 ? 0.0125 : layer == 1 ? 0.0068 : 0.0034;
        vec2 cell = floor(at / size), in_cell = fract(at / size) - 0.5;
        float seed = 17.0 * float(layer);
        float thick = (layer == 0 ? 0.12 : layer == 1 ? 0.10 : 0.16) + (layer == 0 ? 0.32 : 0.20) * pane_look.x;
        // each place gets its drop some time after the wiper, sooner in heavy rain; unwiped places always have theirs
        float chance = scatter(cell + seed + 29.0);
        float wait = (0.15 + 9.0 * chance * chance) / max(pane_look.x, 0.02);
        float there = since > 900.0 ? 1.0 : smoothstep(wait, wait + 0.10, since);
        vec4 drop = drop_of(cell, seed, since > 900.0 ? thick : 1.0);
        if (drop.w * there <= 0.0) continue;
        vec2 p = (in_cell - drop.xy) / drop.z;
        // pulled a little down and back, never quite round
        p.y *= 0.88 + 0.10 * scatter(cell + 23.0);
        p.x *= 1.0 - 0.16 * pane_flow.x;
        float r = length(p) * (1.0 + 0.09 * sin(2.0 * atan(p.y, p.x) + 6.28 * scatter(cell + 31.0)));
        float body = smoothstep(1.0, 0.84, r) * there * (layer == 2 ? 0.22 : layer == 1 ? 0.62 : 0.95);
        float rim = -0.62 * smoothstep(0.45, 1.0, r);
        float spark = (layer == 2 ? 0.0 : layer == 1 ? 0.6 : 1.2) * smoothstep(0.24, 0.0, length(p - vec2(-0.28, 0.50)));
        if (body > seen.x) seen = vec3(body, p.y, rim + spark);
    }
    if (since > 900.0 && pane_flow.y > 0.5) {
        vec3 running = trickles(at);
        if (running.x > 0.0) seen = mix(seen, running, running.x);
    }
    return seen;
}

// What a pane that leans over a level, dark top mirrors of it: its light, and how much it covers of what is behind.
vec4 mirrored_below(vec3 world, vec3 mirrored, float aspect) {
    if (pane_veil.w <= 0.0 || mirrored.z > -0.02) return vec4(0.0);
    vec2 at = world.xy + mirrored.xy * ((pane_below[0].z - world.z) / mirrored.z);
    vec2 rim = abs(at - pane_below[0].xy) - vec2(pane_below[0].w, pane_below[1].x);
    float there = smoothstep(0.05, -0.20, rim.x) * smoothstep(0.04, -0.16, rim.y);
    float slot = smoothstep(0.022, 0.012, abs(at.y - pane_below[1].y)) * smoothstep(0.02, 0.0, abs(at.x) - 0.55);
    vec2 card = abs(at - pane_below[2].xy) - pane_below[2].zw;
    float pale = smoothstep(0.006, -0.006, max(card.x, card.y));
    float back = (0.06 + 0.94 * pow(1.0 - clamp(aspect, 0.0, 1.0), 5.0)) * pane_veil.w * there;
    vec3 light = pane_veil.rgb * mix(1.0 - 0.8 * slot, 5.0, pale);
    return vec4(light, clamp(back * (1.0 + 0.6 * pale), 0.0, 0.35));
}
#endif
