#ifdef SUN_STRIP
// Where the sun reaches along a road that repeats (sunstrip.py). Stored is how high the highest thing on the sun's ray
// to each place of the ground stands, as 1 - share.
uniform sampler2DShadow sun_strip;
uniform vec4 sun_strip_at[2];
// 0: the world's origin on the strip (x, y), 1 over its width and length; 1: the sun's slope (x, y), 1 over the highest,
// whether there is any

float sun_visibility(vec3 world, vec3 normal) {
    if (sun_strip_at[1].w < 0.5) return 1.0;
    vec3 at = world + normal * 0.22;
    vec2 ground = at.xy - sun_strip_at[1].xy * max(at.z, 0.0);
    vec2 uv = (ground + sun_strip_at[0].xy) * sun_strip_at[0].zw;
    float ref = 1.0 - (max(at.z, 0.0) + 0.12) * sun_strip_at[1].z;
    // as wide as a pixel sees, and never sharper than the picture
    vec2 texel = 1.0 / vec2(textureSize(sun_strip, 0));
    vec2 wide = clamp(fwidth(uv), 1.3 * texel, 24.0 * texel);
    if (abs(uv.x - 0.5) > 0.495) return 1.0;
    return 0.25 * (texture(sun_strip, vec3(uv + wide * vec2(0.375, 0.125), ref))
                 + texture(sun_strip, vec3(uv + wide * vec2(-0.125, 0.375), ref))
                 + texture(sun_strip, vec3(uv + wide * vec2(-0.375, -0.125), ref))
                 + texture(sun_strip, vec3(uv + wide * vec2(0.125, -0.375), ref)));
}
#else
// Where the sun reaches: two baked maps of the scene seen from the sun (SunMap in sunmap.py), a fine one around the
// middle and a coarse one of the rest. Stored is how far from the sun's side the first thing lies, 0 to 1.
uniform sampler2DShadow sun_map_near;
uniform sampler2DShadow sun_map_far;
uniform vec4 sun_map_right;  // axis across the map, and offset, m
uniform vec4 sun_map_up;
uniform vec4 sun_map_away;   // axis away from the sun, and offset, m
uniform vec4 sun_map_reach;  // half width of near and far, m; half depth, m; texels across

float sun_visibility(vec3 world, vec3 normal) {
    float shy = 1.2 * sun_map_reach.x / sun_map_reach.w;
    vec4 at = vec4(world + normal * (2.5 * shy), 1.0);
    vec2 flat_at = vec2(dot(sun_map_right, at), dot(sun_map_up, at));
    float depth = dot(sun_map_away, at) / (2.0 * sun_map_reach.z) + 0.5;
    vec2 near = flat_at / (2.0 * sun_map_reach.x) + 0.5;
    vec2 rim = abs(near - 0.5);
    if (max(rim.x, rim.y) < 0.49) {
        float texel = 0.9 / sun_map_reach.w;
        float ref = depth - shy / sun_map_reach.z;
        return 0.25 * (texture(sun_map_near, vec3(near + vec2(texel, 0.35 * texel), ref))
                     + texture(sun_map_near, vec3(near + vec2(-0.35 * texel, texel), ref))
                     + texture(sun_map_near, vec3(near + vec2(-texel, -0.35 * texel), ref))
                     + texture(sun_map_near, vec3(near + vec2(0.35 * texel, -texel), ref)));
    }
    vec2 far = flat_at / (2.0 * sun_map_reach.y) + 0.5;
    vec2 edge = abs(far - 0.5);
    if (max(edge.x, edge.y) > 0.498) return 1.0;
    return texture(sun_map_far, vec3(far, depth - 2.0 * sun_map_reach.y / (sun_map_reach.w * sun_map_reach.z)));
}
#endif
