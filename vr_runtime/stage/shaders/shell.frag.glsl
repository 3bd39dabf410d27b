#version 330
// The neutral shell: a plain warm grey around the head, with a floor, a horizon and a soft light from above, so
// that one still knows where up and forward are. Display values: no tone curve, no scene's light, never black.
in vec3 v_direction;
uniform vec4 shell;  // opacity
out vec4 pixel;

void main() {
    vec3 d = normalize(v_direction);
    vec3 wall = mix(vec3(0.60, 0.585, 0.56), vec3(0.68, 0.67, 0.65), smoothstep(0.0, 0.9, d.z));
    vec3 ground = mix(vec3(0.52, 0.505, 0.48), vec3(0.45, 0.44, 0.42), smoothstep(0.0, 0.9, -d.z));
    vec3 colour = mix(ground, wall, smoothstep(-0.006, 0.006, d.z));
    // a little lighter straight ahead
    colour += 0.02 * d.y * (1.0 - abs(d.z));
    float line = 1.0 - smoothstep(0.0, 0.006, abs(d.z));
    colour -= 0.06 * line;
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    pixel = vec4(colour + (noise - 0.5) / 255.0, shell.x);
}
