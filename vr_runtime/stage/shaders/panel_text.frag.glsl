#version 330
// Letters on the rating panel. Display values, as the shell: legible alike in every scene's light.
in vec2 v_uv;
uniform sampler2D panel_text;
uniform vec4 panel_ink;
uniform vec4 panel_shown;  // opacity
out vec4 pixel;

void main() {
    pixel = vec4(panel_ink.rgb, texture(panel_text, v_uv).r * panel_ink.a * panel_shown.x);
}
