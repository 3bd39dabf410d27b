#version 330
// A soft dark patch: darkest in the middle, nothing at the rim.
in vec2 v_uv;
uniform vec4 blob;
uniform vec4 p3d_ColorScale;
out vec4 pixel;

void main() {
    float inside = clamp(1.0 - length(v_uv * 2.0 - 1.0), 0.0, 1.0);
    pixel = vec4(0.0, 0.0, 0.0, blob.x * p3d_ColorScale.a * inside * inside * (3.0 - 2.0 * inside));
}
