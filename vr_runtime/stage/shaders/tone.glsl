// From light to what a display shows, inside the material's own shader: no pass over the whole picture.
// The curve is the saturating response of Naka and Rushton (1966), light^n / (light^n + half^n), which is a
// sigmoid over log exposure: radiance 0.18 comes out at 0.46 (middle grey of sRGB), 1 at 0.80, 4 at 0.93. Colours
// are drawn together before it and apart after it, so that bright ones go pale as they do on film.
uniform vec4 exposure;

const vec3 luma = vec3(0.2126, 0.7152, 0.0722);

vec3 tone(vec3 light) {
    vec3 x = max(light * exposure.x, vec3(0.0));
    x = mix(vec3(dot(x, luma)), x, 0.88);
    x = pow(x, vec3(0.9));
    x = x / (x + 0.2507);
    return clamp(mix(vec3(dot(x, luma)), x, 1.22), 0.0, 1.0);
}

// Noise of one step of 8 bits, so that soft gradients do not band.
vec3 dithered(vec3 colour) {
    float noise = fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715))));
    return colour + (noise - 0.5) / 255.0;
}
