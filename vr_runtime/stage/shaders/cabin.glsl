// The sun inside a vehicle: it shines in through panes, told as they lie when one looks along its rays.
#ifdef CABIN
uniform vec4 cabin_sun[18];
// 0, 1: two axes across the rays; then four panes of four edges: the way inwards (x, y on those axes) and where it is

// How much of the sun reaches a place, 0 to 1; the rims are as soft as the sun's disc makes them.
float through_panes(vec3 world) {
    vec2 at = vec2(dot(cabin_sun[0].xyz, world), dot(cabin_sun[1].xyz, world));
    float best = -1.0;
    for (int pane = 0; pane < 4; pane++) {
        float inside = 1.0;
        for (int edge = 0; edge < 4; edge++) {
            vec4 line = cabin_sun[2 + 4 * pane + edge];
            inside = min(inside, dot(line.xy, at) - line.z);
        }
        best = max(best, inside);
    }
    return smoothstep(-0.006, 0.010, best);
}
#endif
