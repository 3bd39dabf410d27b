// What a light wind does to leaves and grass: slow, small, and different from place to place.
#ifdef SWAY
uniform vec4 surface_sway;  // how far the freest points go, m
uniform vec4 sky_time;

vec3 swayed(vec3 world, float freely) {
    float t = sky_time.x;
    // a breeze that crosses the land in long waves, and the plant's own swing
    float breeze = 0.5 + 0.5 * sin(0.35 * t - dot(world.xy, vec2(0.11, -0.06)));
    float own = dot(world.xy, vec2(1.7, 2.3));
    vec2 swing = vec2(sin(0.9 * t + own), 0.6 * sin(0.7 * t + 1.3 * own));
    vec2 push = surface_sway.x * freely * ((0.25 + 0.75 * breeze) * swing + vec2(0.6, -0.3) * breeze);
    return world + vec3(push, -0.25 * length(push) * freely);
}
#endif
