// What is on a hand: stains that grow from the palm and the fingertips, water, foam. The place on the hand decides
// where a stain is, so it stays where it was as the hand moves and grows as it gets dirtier.
#ifdef SOILED
in vec3 v_model;
uniform vec4 soil;  // stain, water, foam: 0 to 1; the side of the palm along x, -1 or 1

float soil_cell(vec3 cell) {
    cell = fract(cell * vec3(0.1031, 0.1030, 0.0973));
    cell += dot(cell, cell.yzx + 33.33);
    return fract((cell.x + cell.y) * cell.z);
}

float soil_noise(vec3 at) {
    vec3 cell = floor(at), t = fract(at);
    t = t * t * (3.0 - 2.0 * t);
    vec4 low = vec4(soil_cell(cell), soil_cell(cell + vec3(1, 0, 0)),
                    soil_cell(cell + vec3(0, 1, 0)), soil_cell(cell + vec3(1, 1, 0)));
    vec4 high = vec4(soil_cell(cell + vec3(0, 0, 1)), soil_cell(cell + vec3(1, 0, 1)),
                     soil_cell(cell + vec3(0, 1, 1)), soil_cell(cell + vec3(1, 1, 1)));
    vec4 between = mix(low, high, t.z);
    vec2 along = mix(between.xz, between.yw, t.x);
    return mix(along.x, along.y, t.y);
}

void soil_on(inout vec3 base, inout float roughness) {
    vec3 at = v_model + 7.0;
    // turned against each other, or the cells of the noise would show
    vec3 askew = vec3(0.80 * at.x - 0.60 * at.y, 0.48 * at.x + 0.64 * at.y - 0.60 * at.z,
                      0.36 * at.x + 0.48 * at.y + 0.80 * at.z);
    float coarse = soil_noise(at * 60.0), fine = soil_noise(askew * 210.0), grain = soil_noise(at * 800.0);
    // what touches gets dirty first: the palm's side, and the fingers' ends
    float palm = smoothstep(-0.002, 0.016, v_model.x * soil.w);
    float ends = smoothstep(0.03, 0.09, -v_model.z);
    float reach = 0.30 + 0.45 * palm + 0.25 * ends;
    float rises = 0.85 * pow(soil.x, 0.6) * (0.5 + 1.1 * reach);
    float lies = 0.55 * coarse + 0.3 * fine + 0.15 * grain;
    float thick = 1.0 - smoothstep(0.60, 0.88, lies + 1.0 - rises);
    float film = 1.0 - smoothstep(0.45, 1.10, lies + 0.9 * (1.0 - rises));
    vec3 dirt = mix(vec3(0.075, 0.058, 0.034), vec3(0.030, 0.024, 0.017), fine);
    base *= mix(vec3(1.0), vec3(0.74, 0.64, 0.47), film);
    base = mix(base, dirt, 0.86 * thick);
    roughness = mix(roughness, 0.55, thick);
    base *= 1.0 - 0.24 * soil.y;
    roughness = mix(roughness, 0.24 + 0.2 * fine, 0.85 * soil.y);
    float bubbles = 0.4 * coarse + 0.35 * soil_noise(askew * 330.0) + 0.25 * grain;
    float suds = 1.0 - smoothstep(0.35, 0.85, bubbles + 0.9 * (1.0 - soil.z));
    base = mix(base, vec3(0.66, 0.68, 0.70) * (0.80 + 0.20 * grain), 0.85 * suds * step(1e-3, soil.z));
    roughness = mix(roughness, 0.5, suds);
}
#endif
