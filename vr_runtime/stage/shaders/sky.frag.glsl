#version 330
#pragma include "tone.glsl"
#pragma include "air.glsl"

in vec3 v_direction;
uniform vec4 cloud_look;  // cover, drift x, drift y, sun's disc
uniform vec4 cloud_colour;
uniform vec4 sky_time;
uniform sampler2D cloud_map;
out vec4 pixel;

void main() {
    vec3 d = normalize(v_direction);
    vec3 light = sky_radiance(d, 0.0);
    float towards = max(dot(d, sun_direction.xyz), 0.0);
    // glow around the sun
    light += sun_colour.rgb * (0.10 * pow(towards, 8.0) + 0.25 * pow(towards, 64.0));
#ifdef CLOUDS
    if (d.z > 0.005) {
        // a flat layer overhead, bent down towards the horizon
        vec2 at = d.xy / (d.z + 0.15);
        vec2 drift = cloud_look.yz * sky_time.x;
        float big = texture(cloud_map, at * 0.16 + drift).r;
        float fine = texture(cloud_map, at * 0.71 + drift * 1.7 + 0.37).r;
        float thick = big + (fine - 0.5) * 0.34;
        float edge = 1.0 - cloud_look.x;
        float cover = smoothstep(edge - 0.04, edge + 0.20, thick) * smoothstep(0.0, 0.10, d.z);
        float body = smoothstep(edge + 0.10, edge + 0.55, thick);
        vec3 ambient = mix(sky_horizon.rgb, sky_zenith.rgb, 0.4);
        vec3 lit = cloud_colour.rgb * (ambient * 0.75 + sun_colour.rgb * (0.16 + 0.25 * pow(towards, 6.0)));
        light = mix(light, lit * (1.0 - 0.45 * body), cover * 0.92);
        towards *= 1.0 - cover;
    }
#endif
    light += sun_colour.rgb * (20.0 * cloud_look.w * smoothstep(0.99990, 0.99996, towards));
    // the far air hides the rim of the world
    float low = exp(-abs(d.z) * 18.0) * step(1e-6, fog_reach.x);
    float glow = fog_colour.a * pow(max(dot(d, sun_direction.xyz), 0.0), 6.0);
    light = mix(light, fog_colour.rgb + sun_colour.rgb * (glow * 0.15), low);
    pixel = vec4(dithered(tone(light)), 1.0);
}
