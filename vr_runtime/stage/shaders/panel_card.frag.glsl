#version 330
// The rating panel's card with its scale, marker and pointer; lengths in metres. Display values, as the shell.
in vec2 v_place;
uniform vec4 panel_card;  // half width, half height, half length of the scale, height of the scale
uniform vec4 panel_marker;  // place along the scale, whether there is one, number of ticks
uniform vec4 panel_pointer;  // place, whether there is one
uniform vec4 panel_shown;  // opacity
out vec4 pixel;

const vec3 paper = vec3(0.875, 0.865, 0.84);
const vec3 rim = vec3(0.70, 0.69, 0.66);
const vec3 groove = vec3(0.68, 0.675, 0.655);
const vec3 accent = vec3(0.22, 0.40, 0.50);

float inside(float distance) {
    float soft = max(fwidth(distance), 1e-5);
    return clamp(0.5 - distance / soft, 0.0, 1.0);
}

float bar(vec2 from, vec2 to, float radius) {
    vec2 along = to - from, here = v_place - from;
    float share = clamp(dot(here, along) / max(dot(along, along), 1e-9), 0.0, 1.0);
    return length(here - along * share) - radius;
}

void main() {
    vec2 corner = abs(v_place) - panel_card.xy + 0.04;
    float edge = length(max(corner, vec2(0.0))) + min(max(corner.x, corner.y), 0.0) - 0.04;
    vec3 colour = mix(paper, rim, inside(-edge - 0.0035));
    vec2 low = vec2(-panel_card.z, panel_card.w), high = vec2(panel_card.z, panel_card.w);
    colour = mix(colour, groove, inside(bar(low, high, 0.006)));
    float step = 2.0 * panel_card.z / max(panel_marker.z - 1.0, 1.0);
    float tick = (floor((v_place.x + panel_card.z) / step + 0.5)) * step - panel_card.z;
    if (abs(tick) < panel_card.z + 0.001)
        colour = mix(colour, groove * 0.82, inside(length(v_place - vec2(tick, panel_card.w)) - 0.0095));
    vec2 marker = vec2(panel_marker.x, panel_card.w);
    colour = mix(colour, accent, inside(bar(low, marker, 0.006)) * panel_marker.y);
    colour = mix(colour, accent, inside(length(v_place - marker) - 0.023) * panel_marker.y);
    colour = mix(colour, paper, inside(length(v_place - marker) - 0.013) * panel_marker.y);
    float ring = abs(length(v_place - panel_pointer.xy) - 0.011) - 0.0025;
    colour = mix(colour, accent, 0.8 * inside(ring) * panel_pointer.z);
    pixel = vec4(colour, 0.94 * inside(edge) * panel_shown.x);
}
