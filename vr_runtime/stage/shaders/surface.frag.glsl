#version 330
#pragma include "tone.glsl"
#pragma include "air.glsl"
#pragma include "water.glsl"
#pragma include "soil.glsl"
#ifdef SUN_MAP
#pragma include "sun.glsl"
#endif
#pragma include "lamps.glsl"
#pragma include "rear.glsl"
#pragma include "cabin.glsl"
#pragma include "windscreen.glsl"
#pragma include "glass.glsl"
#pragma include "room.glsl"
#if defined(SUN_MAP) || defined(WATER) || defined(LAMPS) || defined(REAR_VIEW) || defined(ROOM_MIRROR) || defined(RAIN_PANE)
in vec3 v_world;
#endif

in vec3 v_normal;
in vec3 v_to_eye;
in vec2 v_uv;
in vec4 v_light;
in vec4 v_colour;
#ifdef LIGHT_MAP
in vec2 v_chart;
uniform sampler2D light_map;
#endif
#ifdef SURFACE_MAP
uniform sampler2D surface_map;
#endif
#ifdef NORMAL_MAP
uniform sampler2D normal_map;
#endif
#ifdef EMISSIVE_MAP
uniform sampler2D emissive_map;
#endif
uniform vec4 surface_gloss;  // roughness, metallic, strength of the normal map, scale of the light map
#ifdef SPREADING
uniform vec4 surface_spread;  // over which part of the growth a place is covered
#endif
uniform vec4 surface_emissive;  // radiance, strength of reflections
uniform vec4 p3d_ColorScale;

out vec4 pixel;

#ifdef ROLLS
in vec3 v_wheel;

// What a wheel shows while it turns by so many radians.
vec4 turning(vec4 still) {
    if (v_wheel.z <= 0.0) return still;
    vec2 size = vec2(textureSize(surface_map, 0));
    vec2 from = (v_uv - v_wheel.xy) * size;
    vec2 px = dFdx(v_uv), py = dFdy(v_uv);
    vec4 sum = vec4(0.0);
    for (int k = 0; k < 10; k++) {
        float turn = v_wheel.z * ((float(k) + 0.5) / 10.0 - 0.5);
        float c = cos(turn), s = sin(turn);
        vec2 at = v_wheel.xy + vec2(c * from.x - s * from.y, s * from.x + c * from.y) / size;
        sum += textureGrad(surface_map, at, px, py);
    }
    return sum / 10.0;
}
#endif

#ifdef NORMAL_MAP
// A frame of tangents from screen derivatives: no tangents in the vertices.
vec3 bent(vec3 normal, vec2 bend) {
    vec3 px = dFdx(v_to_eye), py = dFdy(v_to_eye);
    vec2 ux = dFdx(v_uv), uy = dFdy(v_uv);
    vec3 across_y = cross(py, normal), across_x = cross(normal, px);
    vec3 tangent = across_y * ux.x + across_x * uy.x;
    vec3 bitangent = across_y * ux.y + across_x * uy.y;
    float scale = inversesqrt(max(max(dot(tangent, tangent), dot(bitangent, bitangent)), 1e-20));
#ifdef ROOM_MIRROR
    scale *= 1.0 - 2.0 * dot(looking_glass.xyz, looking_glass.xyz);
#endif
    // v_to_eye falls where the position rises, hence the signs
    return normalize(normal - (tangent * bend.x + bitangent * bend.y) * scale);
}
#endif

void main() {
    vec4 base = v_colour;
#ifdef SURFACE_MAP
    vec4 texel = texture(surface_map, v_uv);
#ifdef ROLLS
    texel = turning(texel);
#endif
    base *= texel;
#ifdef CUTOUT
#ifdef CARDS
    vec3 plane = normalize(cross(dFdx(v_to_eye), dFdy(v_to_eye)));
    float edge_on = abs(dot(plane, normalize(v_to_eye)));
    if (texel.a < mix(1.01, 0.5, smoothstep(0.16, 0.36, edge_on))) discard;
#elif defined(STRANDS)
    // the samples of a pixel that a hair covers; as sharp as the pixels are fine
    float strand = clamp((texel.a - 0.5) / max(fwidth(texel.a), 0.25) + 0.5, 0.0, 1.0);
    if (strand < 0.06) discard;
#else
    if (texel.a < 0.5) discard;
#endif
    base.a = v_colour.a;
#endif
#endif
#ifdef SPREADING
    // the texture's alpha tells when a place is reached as the node's alpha grows from 0 to 1
    float grown = p3d_ColorScale.a;
    float edge = 1.0 - grown * (1.0 + surface_spread.x);
    float due = texel.a * v_light.a;
    float reached = smoothstep(edge, edge + surface_spread.x, due) * smoothstep(0.0, surface_spread.x, due);
    base.a = v_colour.a / max(grown, 1e-3) * reached;
#endif
    float distance = length(v_to_eye);
    vec3 view = v_to_eye / max(distance, 1e-6);
    vec3 normal = normalize(v_normal);
#ifdef TWO_SIDED
    // what scatters light in its depth (no shine) is lit alike from both sides
    if (surface_emissive.w > 0.0 && dot(normal, view) < 0.0) normal = -normal;
#endif
    float roughness = surface_gloss.x;
    float metallic = surface_gloss.y;
#ifdef NORMAL_MAP
    vec3 relief = texture(normal_map, v_uv).rgb;
    normal = bent(normal, (relief.xy * 2.0 - 1.0) * surface_gloss.z);
    roughness *= relief.z;
#endif
#ifdef WATER
    normal = rippled(v_world.xy, distance);
#endif
#ifdef WET
    // a film of water darkens and polishes; it lies deeper where the surface is low
    float wet = lamps[1].z * smoothstep(0.6, 0.95, normal.z);
    float film = wet * clamp(0.45 + 1.1 * (roughness - surface_gloss.x) + 0.75 * wet, 0.0, 1.0);
    base.rgb *= 1.0 - 0.48 * wet;
    roughness = mix(roughness, 0.10, 0.90 * film);
#elif defined(LAMPS)
    const float wet = 0.0;
#endif
#ifdef SOILED
    soil_on(base.rgb, roughness);
#endif
#if defined(ROOM_MIRROR) && defined(NORMAL_MAP)
    // where the relief is finer than a pixel it scatters
    vec3 turn_x = dFdx(normal), turn_y = dFdy(normal);
    roughness = sqrt(roughness * roughness + min(dot(turn_x, turn_x) + dot(turn_y, turn_y), 0.18));
#endif
    roughness = clamp(roughness, 0.04, 1.0);

#ifdef SPREADING
    float open = 1.0;
#else
    float open = v_light.a;
#endif
    float facing = max(dot(normal, sun_direction.xyz), 0.0);
    vec3 diffuse_light;
    float sunlit;
#if defined(LIGHT_MAP)
    // a fourth channel tells how open the place is
    vec4 baked = texture(light_map, v_chart);
    diffuse_light = baked.rgb * surface_gloss.w;
    open *= baked.a;
#elif defined(CABIN)
    // what is thrown back and forth between dark linings was not baked; and eyes that look into a dark corner adapt
    // to it, which one exposure for the whole picture cannot: dark places are lifted, bright ones stay
    diffuse_light = (pow(v_light.rgb, vec3(0.80)) + 0.020 + 0.045 * v_light.a) * lamps[5].w;
    // the sun through the panes, which keep a fifth of it; not into corners that see none of the sky
    float through = facing > 0.0 ? 0.8 * through_panes(v_world) * smoothstep(0.14, 0.30, v_light.a) : 0.0;
    diffuse_light += sun_colour.rgb * (facing * through);
#elif defined(VERTEX_LIGHT)
    diffuse_light = v_light.rgb;
#else
#ifdef SUN_MAP
    float clear = facing > 0.0 ? sun_visibility(v_world, normal) : 0.0;
#else
    const float clear = 1.0;
#endif
    diffuse_light = sky_irradiance(normal) * open + sun_colour.rgb * (facing * clear);
#endif
#ifdef CABIN
    // windows let in what is mirrored as they let in light
    sunlit = through;
    open *= min(dot(v_light.rgb, vec3(0.33)), 1.0);
#elif defined(LIGHT_MAP) || defined(VERTEX_LIGHT)
    // the baked light tells whether the sun reaches this place
    vec3 grey = vec3(0.2126, 0.7152, 0.0722);
    float expected = dot(sun_colour.rgb, grey) * facing;
    sunlit = smoothstep(0.5, 0.9, dot(diffuse_light, grey) / max(expected, 1e-3));
#ifdef ROOM_MIRROR
    vec3 usual = room_irradiance(normal);
#else
    vec3 usual = sky_irradiance(normal);
#endif
    open *= clamp(dot(diffuse_light, grey) / max(dot(usual, grey), 1e-3), 0.0, 1.0);
#else
    sunlit = clear;
#endif

    // reflection: sky by direction, sun by its distribution; the analytic term after Karis (2014)
    float aspect = max(dot(normal, view), 1e-3);
    vec3 front = mix(vec3(0.04), base.rgb, metallic);
    vec4 r = roughness * vec4(-1.0, -0.0275, -0.572, 0.022) + vec4(1.0, 0.0425, 1.04, -0.04);
    float a004 = min(r.x * r.x, exp2(-9.28 * aspect)) * r.x + r.y;
    vec2 ab = vec2(-1.04, 1.04) * a004 + r.zw;
    vec3 gloss = (front * ab.x + ab.y) * surface_emissive.w;
#ifdef SPREADING
    gloss *= reached;
#endif
    vec3 mirrored = reflect(-view, normal);
#ifdef WATER
    vec3 reflected = mirrored_light(normalize(vec3(mirrored.xy, abs(mirrored.z)))) * open * gloss;
#elif defined(ROOM_MIRROR)
    vec3 reflected = room_radiance(v_world, mirrored, roughness) * open * gloss;
#else
    vec3 reflected = sky_radiance(mirrored, roughness) * open * gloss;
#endif

    float a2 = roughness * roughness;
    a2 *= a2;
    vec3 between = normalize(view + sun_direction.xyz);
    float nh = max(dot(normal, between), 0.0);
    float d = nh * nh * (a2 - 1.0) + 1.0;
    float k = (roughness + 1.0) * (roughness + 1.0) * 0.125;
    float shade = 0.25 / ((aspect * (1.0 - k) + k) * (facing * (1.0 - k) + k));
    vec3 fresnel = (front + (1.0 - front) * exp2(-9.0 * max(dot(view, between), 0.0))) * surface_emissive.w;
    reflected += sun_colour.rgb * (facing * sunlit * min(a2 / (d * d) * shade, 40.0)) * fresnel;

#ifdef LAMPS
    vec3 lamp_shine;
    vec3 lamplight = lamp_light(v_world, normal, view, roughness, wet, lamp_shine);
#ifdef CABIN
    lamplight *= open;
    lamp_shine *= 0.3 * open;
    lamplight += cabin_glow(v_world, normal) * (0.25 + 0.75 * v_light.a);
#endif
    diffuse_light += lamplight;
    reflected += lamp_shine * surface_emissive.w;
#endif
#ifdef REAR_VIEW
    reflected = rear_view(v_world - rear[20].xyz, mirrored);
#endif

    vec3 matt = base.rgb * (1.0 - metallic) * diffuse_light;
    vec3 glow = surface_emissive.rgb * p3d_ColorScale.rgb;
#ifdef EMISSIVE_MAP
    glow *= texture(emissive_map, v_uv).rgb;
#endif

#ifdef RAIN_PANE
    // the top of the dashboard, mirrored in the windscreen
    vec4 veil = mirrored_below(v_world, mirrored, aspect);
    glow += veil.rgb;
    base.a = max(base.a, veil.a);
    vec3 drop = drops(v_uv);
    // a drop shows the world upside down: the ground in its upper part, the sky in its lower one
    vec3 behind = sky_radiance(normalize(vec3(-view.xy, -view.z - 1.15 * drop.y + 0.10)), 0.10);
    behind = mix(behind, sky_ground.rgb * 0.6, smoothstep(-0.10, 0.60, drop.y - 0.4 * view.z));
    base.a = mix(base.a, 0.86, drop.x);
    glow = mix(glow, max(behind * (1.0 + drop.z), vec3(0.006)), drop.x);
#endif
#ifdef TRANSPARENT
    // the reflection covers what is behind as far as it shines
    float cover = max(base.a, clamp(max(gloss.r, max(gloss.g, gloss.b)), 0.0, 1.0) * p3d_ColorScale.a);
    cover = min(cover, 1.0);
    vec3 light = (matt * base.a + reflected * p3d_ColorScale.a + glow * base.a) / max(cover, 1e-3);
#else
#ifdef STRANDS
    float cover = strand;
#else
    float cover = 1.0;
#endif
    vec3 light = matt + reflected + glow;
#endif
#ifdef FOGGED
    light = in_air(light, distance, -view);
#endif
    pixel = vec4(dithered(tone(light)), cover);
}
