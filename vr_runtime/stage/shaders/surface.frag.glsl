#version 330
#pragma include "tone.glsl"
#pragma include "air.glsl"
#pragma include "water.glsl"
#ifdef SUN_MAP
#pragma include "sun.glsl"
#endif
#if defined(SUN_MAP) || defined(WATER)
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
uniform vec4 surface_emissive;  // radiance, strength of reflections
uniform vec4 p3d_ColorScale;

out vec4 pixel;

#ifdef NORMAL_MAP
// A frame of tangents from screen derivatives: no tangents in the vertices.
vec3 bent(vec3 normal, vec2 bend) {
    vec3 px = dFdx(v_to_eye), py = dFdy(v_to_eye);
    vec2 ux = dFdx(v_uv), uy = dFdy(v_uv);
    vec3 across_y = cross(py, normal), across_x = cross(normal, px);
    vec3 tangent = across_y * ux.x + across_x * uy.x;
    vec3 bitangent = across_y * ux.y + across_x * uy.y;
    float scale = inversesqrt(max(max(dot(tangent, tangent), dot(bitangent, bitangent)), 1e-20));
    // v_to_eye falls where the position rises, hence the signs
    return normalize(normal - (tangent * bend.x + bitangent * bend.y) * scale);
}
#endif

void main() {
    vec4 base = v_colour;
#ifdef SURFACE_MAP
    vec4 texel = texture(surface_map, v_uv);
    base *= texel;
#ifdef CUTOUT
    if (texel.a < 0.5) discard;
    base.a = v_colour.a;
#endif
#endif
    float distance = length(v_to_eye);
    vec3 view = v_to_eye / max(distance, 1e-6);
    vec3 normal = normalize(v_normal);
#ifdef TWO_SIDED
    if (dot(normal, view) < 0.0) normal = -normal;
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
    roughness = clamp(roughness, 0.04, 1.0);

    float open = v_light.a;
    float facing = max(dot(normal, sun_direction.xyz), 0.0);
    vec3 diffuse_light;
    float sunlit;
#if defined(LIGHT_MAP)
    diffuse_light = texture(light_map, v_chart).rgb * surface_gloss.w;
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
#if defined(LIGHT_MAP) || defined(VERTEX_LIGHT)
    // the baked light tells whether the sun reaches this place
    vec3 grey = vec3(0.2126, 0.7152, 0.0722);
    float expected = dot(sun_colour.rgb, grey) * facing;
    sunlit = smoothstep(0.5, 0.9, dot(diffuse_light, grey) / max(expected, 1e-3));
    open *= clamp(dot(diffuse_light, grey) / max(dot(sky_irradiance(normal), grey), 1e-3), 0.0, 1.0);
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
    vec3 mirrored = reflect(-view, normal);
#ifdef WATER
    vec3 reflected = mirrored_light(normalize(vec3(mirrored.xy, abs(mirrored.z)))) * open * gloss;
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

    vec3 matt = base.rgb * (1.0 - metallic) * diffuse_light;
    vec3 glow = surface_emissive.rgb * p3d_ColorScale.rgb;
#ifdef EMISSIVE_MAP
    glow *= texture(emissive_map, v_uv).rgb;
#endif

#ifdef TRANSPARENT
    // the reflection covers what is behind as far as it shines
    float cover = max(base.a, clamp(max(gloss.r, max(gloss.g, gloss.b)), 0.0, 1.0) * p3d_ColorScale.a);
    cover = min(cover, 1.0);
    vec3 light = (matt * base.a + reflected * p3d_ColorScale.a + glow * base.a) / max(cover, 1e-3);
#else
    float cover = 1.0;
    vec3 light = matt + reflected + glow;
#endif
#ifdef FOGGED
    light = in_air(light, distance, -view);
#endif
    pixel = vec4(dithered(tone(light)), cover);
}
