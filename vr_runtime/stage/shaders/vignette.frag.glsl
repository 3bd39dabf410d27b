#version 330
// A dark ring at the edge of sight: less of the world rushes past where motion sickens. Its middle is straight ahead of
// the head, for both eyes the same; the middle of the picture is left as it is.
in vec3 v_direction;
uniform vec4 vignette;  // where the head looks, and the strength from 0 to 1
out vec4 pixel;

void main() {
    float away = degrees(acos(clamp(dot(normalize(v_direction), vignette.xyz), -1.0, 1.0)));
    float open = mix(58.0, 24.0, vignette.w);
    float shade = smoothstep(open, open + 18.0, away) * smoothstep(0.0, 0.25, vignette.w);
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    pixel = vec4(vec3(0.02), clamp(0.96 * shade + (noise - 0.5) / 128.0 * step(0.004, shade), 0.0, 1.0));
}
