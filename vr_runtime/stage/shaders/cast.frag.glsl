#version 330
#ifdef SUN_MAP
#pragma include "sun.glsl"
#endif
in vec3 v_world;
uniform vec4 thrown;
uniform vec4 p3d_ColorScale;
out vec4 pixel;

void main() {
    float clear = 1.0;
#ifdef SUN_MAP
    clear = sun_visibility(v_world, vec3(0.0, 0.0, 1.0));
#endif
    pixel = vec4(0.0, 0.0, 0.0, thrown.x * clear * p3d_ColorScale.a);
}
