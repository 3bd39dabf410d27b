#version 330
// One cell of the reduced picture: the mean light of an even grid of samples over the cell. Stored as a square
// root, which spends the 8 bits evenly.
in vec2 v_uv;
uniform sampler2D shown;
uniform vec4 cells;
out vec4 pixel;

void main() {
    vec2 corner = floor(v_uv * cells.xy) / cells.xy;
    vec3 sum = vec3(0.0);
    for (int i = 0; i < 64; i++) {
        vec2 at = corner + (vec2(i & 7, i >> 3) + 0.5) / (8.0 * cells.xy);
        vec3 value = textureLod(shown, at, 0.0).rgb;
        sum += pow(value, vec3(2.2));
    }
    pixel = vec4(sqrt(sum / 64.0), 1.0);
}
