// A vehicle's mirror: the ray that it throws back is followed to a straight road, its verges, a wall of growth or
// houses on both sides, other vehicles, and the sky. Filled by ``Mirror`` in lamps.py.
#ifdef REAR_VIEW
uniform vec4 rear[21];
// 0: half width of the road, distance of the walls on the left and on the right, their height
// 1: the road's colour, brightness of all; 2: the verge's colour, length of a dash (0: none)
// 3: the walls' colour, y by which all is shifted; 4: x of two lines, x of two more (0: none)
// 5: a tunnel's height (0: open), its light, pitch of the dashes, share of the line that is dashed
// 6 to 12: other vehicles behind: x, y, half width (0: none), height; 13 to 19: their colour, light of their lamps
// 20: what all places are told from: the road's middle beside the own vehicle
uniform sampler2D rear_map;

vec3 rear_view(vec3 at, vec3 d) {
    float y0 = rear[3].w;
    vec3 sky = sky_radiance(d, 0.0);
    vec3 light = sky;
    float far = 2000.0;
    float t_wall = d.x < 0.0 ? (-rear[0].y - at.x) / min(d.x, -1e-4) : (rear[0].z - at.x) / max(d.x, 1e-4);
    if (t_wall > 0.0) {
        vec3 p = at + d * t_wall;
        float row = (p.y + y0) / 9.0;
        float ragged = texture(rear_map, vec2(row * 0.23, d.x < 0.0 ? 0.3 : 0.7)).r;
        float high = rear[5].x > 0.0 ? rear[5].x : rear[0].w * (0.35 + 0.9 * ragged);
        if (p.z > 0.0 && p.z < high) {
            float fine = mix(0.5, texture(rear_map, vec2(p.y + y0, p.z * 1.3) * 0.11).r, smoothstep(12.0, 40.0, t_wall));
            light = rear[3].rgb * (0.45 + 0.8 * fine) * (0.5 + 0.5 * clamp(p.z / high, 0.0, 1.0)) * rear[1].w;
            far = t_wall;
        }
    }
    if (d.z < -1e-4) {
        float t = -at.z / d.z;
        if (t < far) {
            vec3 p = at + d * t;
            float grain = texture(rear_map, (p.xy + vec2(0.0, y0)) * vec2(0.31, 0.05)).r;
            vec3 ground = abs(p.x) < rear[0].x ? rear[1].rgb * (0.8 + 0.4 * grain)
                                               : rear[2].rgb * (0.6 + 0.8 * texture(rear_map, (p.xy + vec2(0.0, y0)) * 0.07).r);
            float soft = 0.06 + 0.0025 * t;
            vec4 near = abs(vec4(p.x) - rear[4]);
            float line = max(near.z < soft + 0.05 ? 1.0 : 0.0, near.w < soft + 0.05 ? 1.0 : 0.0);
            float dash = rear[2].w > 0.0 ? step(fract((p.y + y0) / rear[5].z), rear[2].w / rear[5].z) : 0.0;
            line = max(line, dash * max(near.x < soft + 0.05 ? 1.0 : 0.0, near.y < soft + 0.05 ? 1.0 : 0.0));
            ground = mix(ground, vec3(0.55), 0.75 * line / (1.0 + 0.01 * t));
            light = ground * rear[1].w;
            far = t;
        }
    } else if (rear[5].x > 0.0 && d.z > 1e-4) {
        float t = (rear[5].x - at.z) / d.z;
        if (t < far) {
            vec3 p = at + d * t;
            light = rear[3].rgb * 0.4 * rear[1].w + vec3(1.0, 0.86, 0.66) * rear[5].y * smoothstep(0.35, 0.2, abs(abs(p.x) - 1.9));
            far = t;
        }
    }
    light = in_air(light, min(far, 600.0), d);
    for (int k = 0; k < 7; k++) {
        vec4 other = rear[6 + k];
        if (other.z > 0.0 && d.y < -1e-3) {
            float t = (other.y - at.y) / d.y;
            if (t > 0.0 && t < far + 5.0) {
                vec3 p = at + d * t;
                vec2 on = vec2((p.x - other.x) / other.z, p.z / other.w);
                float body = smoothstep(1.03, 0.97, abs(on.x) + 0.28 * smoothstep(0.55, 1.0, on.y)) * step(on.y, 1.0) * step(0.10, on.y);
                vec3 tone = rear[13 + k].rgb * rear[1].w * mix(0.55, 1.0, smoothstep(0.2, 0.5, on.y));
                vec3 pane = sky_radiance(vec3(0.0, 0.0, 0.6), 0.3) * 0.10;
                tone = mix(tone, pane, smoothstep(0.53, 0.57, on.y) * smoothstep(0.95, 0.9, on.y) * smoothstep(0.86, 0.80, abs(on.x)));
                tone *= 0.35 + 0.65 * smoothstep(0.12, 0.3, on.y);
                light = mix(light, in_air(tone, t, d), body);
                float soft = 0.10 + 0.002 * t;
                vec2 lamp = vec2(abs(abs(p.x - other.x) - 0.72 * other.z), p.z - 0.66);
                light += vec3(1.0, 0.95, 0.86) * rear[13 + k].w * exp(-dot(lamp, lamp) / (soft * soft));
            }
        }
    }
    // towards the side it is the own vehicle's inside that is mirrored
    light = mix(light, sky_horizon.rgb * 0.05, smoothstep(-0.62, -0.42, d.y));
    return light * 0.82;
}
#endif
