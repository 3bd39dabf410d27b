// Lamps at night, worked out for each pixel: the own vehicle's dipped headlights, rows of street lamps that never
// end, four lamps anywhere, and the glow of instruments. No shadows. Filled by ``Lamps`` in lamps.py.
#ifdef LAMPS
uniform vec4 lamps[14];
// 0: headlights' place, strength; 1: their way ahead (x, y), how wet it is, strength of the street lamps
// 2: street lamps: x of the left row, x of the right row, spacing, y of any; 3: their colour, height
// 4: instruments' place, strength; 5: their colour, share of the day's light
// 6 to 9: other lamps' places, strengths; 10 to 13: their colours, how far they reach

// How much of a wet or polished floor's long streak of a lamp falls into the eye.
float streak(vec3 mirrored, vec3 to_lamp, float roughness) {
    vec2 flat_m = normalize(mirrored.xy + 1e-5), flat_l = normalize(to_lamp.xy + 1e-5);
    float aside = 1.0 - dot(flat_m, flat_l);
    float above = mirrored.z - to_lamp.z;
    float wide = 0.0006 + 0.03 * roughness * roughness;
    return exp(-aside / wide - above * above / (0.02 + 0.5 * roughness));
}

// Light that reaches a matt surface; what a glossy one throws back is put into ``shine``.
vec3 lamp_light(vec3 world, vec3 normal, vec3 view, float roughness, float wet, out vec3 shine) {
    vec3 light = vec3(0.0);
    shine = vec3(0.0);
    vec3 mirrored = reflect(-view, normal);
    float wide = 2.0 / max(roughness * roughness, 0.006);
    if (lamps[0].w > 0.0) {
        vec3 from = world - lamps[0].xyz;
        float s = length(from);
        vec3 way = from / max(s, 0.05);
        float ahead = dot(way.xy, lamps[1].xy);
        float aside = way.x * lamps[1].y - way.y * lamps[1].x;
        // dipped: bright below the cut-off, which rises on the right, little above it
        float cut = smoothstep(0.006, -0.016, way.z - 0.035 * smoothstep(0.0, 0.10, aside));
        float beam = smoothstep(0.30, 0.95, ahead) * exp(-aside * aside * 6.0) * (0.03 + 0.97 * cut);
        float reach = beam * lamps[0].w / (1.0 + s * s * 0.0022) * smoothstep(0.2, 2.0, s);
        float faces = max(-dot(normal, way), 0.0);
        light += vec3(1.0, 0.93, 0.82) * reach * (0.30 * step(0.0, -dot(normal, way)) + 0.9 * faces) * (1.0 - 0.55 * wet);
        // what is painted or studded to throw light back
        shine += vec3(1.0, 0.93, 0.82) * reach * 0.05 * pow(faces, 8.0);
    }
    if (lamps[1].w > 0.0) {
        float nearest = floor((world.y - lamps[2].w) / lamps[2].z + 0.5);
        for (int k = -1; k <= 1; k++) {
            float y = lamps[2].w + (nearest + float(k)) * lamps[2].z;
            for (int side = 0; side < 2; side++) {
                vec3 to = vec3(side == 0 ? lamps[2].x : lamps[2].y, y, lamps[3].w) - world;
                float r2 = dot(to, to);
                vec3 l = to * inversesqrt(r2);
                float down = clamp(l.z, 0.0, 1.0);
                float e = lamps[1].w * down * sqrt(down) * lamps[3].w * lamps[3].w / r2;
                // what comes and goes at the ends of the row does so unseen
                e *= smoothstep(1.45, 0.95, abs(to.y) / lamps[2].z);
#ifdef CABIN
                // the roof is in the way of what hangs overhead
                e *= smoothstep(0.80, 0.50, l.z);
#endif
                light += lamps[3].rgb * e * (0.12 + 0.88 * max(dot(normal, l), 0.0));
                vec3 h = max(dot(mirrored, l), 0.0) * vec3(1.0);
                shine += lamps[3].rgb * e * (0.08 * wide * pow(h.x, wide)
                         + wet * 2.2 * streak(mirrored, l, roughness) * (1.0 - 0.7 * abs(view.z)));
            }
        }
    }
    for (int k = 6; k < 10; k++) {
        if (lamps[k].w > 0.0) {
            vec3 to = lamps[k].xyz - world;
            float r2 = dot(to, to);
            vec3 l = to * inversesqrt(r2 + 1e-4);
            float reach = lamps[k + 4].w;
            float e = lamps[k].w / (1.0 + r2 / (reach * reach)) * clamp(2.0 - sqrt(r2) / (3.0 * reach), 0.0, 1.0);
            light += lamps[k + 4].rgb * e * (0.15 + 0.85 * max(dot(normal, l), 0.0));
            shine += lamps[k + 4].rgb * e * (0.05 * wide * pow(max(dot(mirrored, l), 0.0), wide)
                     + wet * 3.0 * streak(mirrored, l, roughness));
        }
    }
    return light;
}

#ifdef CABIN
// The soft light of instruments on what surrounds them.
vec3 cabin_glow(vec3 world, vec3 normal) {
    vec3 to = lamps[4].xyz - world;
    float r2 = dot(to, to);
    return lamps[5].rgb * lamps[4].w * (0.35 + 0.65 * max(dot(normal, to * inversesqrt(r2 + 1e-4)), 0.0)) / (0.05 + r2);
}
#endif
#endif
