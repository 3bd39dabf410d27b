#version 330
// A part of the picture made smaller (down to a quarter): four samples a pixel, each of them between four texels.
in vec2 v_uv;
uniform sampler2D shown;
uniform vec4 part;  // the part's share of the picture; the samples' distance from the pixel's middle
out vec4 pixel;

void main() {
    vec2 at = v_uv * part.xy;
    vec3 sum = textureLod(shown, at + part.zw, 0.0).rgb + textureLod(shown, at - part.zw, 0.0).rgb
             + textureLod(shown, at + vec2(part.z, -part.w), 0.0).rgb
             + textureLod(shown, at + vec2(-part.z, part.w), 0.0).rgb;
    pixel = vec4(0.25 * sum, 1.0);
}
