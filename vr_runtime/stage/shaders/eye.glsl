// The eye that a vertex is drawn for. Every vertex shader includes this file, before anything else, and takes the
// eye from it alone; fragment shaders get what they need of it from the vertex shader.
// Without BOTH_EYES a pass draws one eye, Panda3D's camera. With it a pass draws both: every thing is drawn twice
// over (instances), even ones for the left eye and odd ones for the right, each into its own viewport.
#ifdef BOTH_EYES
#extension GL_ARB_shader_viewport_layer_array : require
// For each eye the columns of the matrix that takes a place seen from the eye (turned like the world) to its
// picture, then the eye's place in the world.
uniform vec4 eyes[10];
#else
uniform mat4 p3d_ViewMatrix;
uniform mat4 p3d_ViewMatrixInverse;
uniform mat4 p3d_ProjectionMatrix;
#endif
uniform mat4 p3d_ModelMatrix;

// Where a point of the model is, in the world.
vec3 world_position(vec4 vertex) {
    return (p3d_ModelMatrix * vertex).xyz;
}

// A direction of the model, in the world; not normalised. Right for turned and evenly scaled models.
vec3 world_direction(vec3 direction) {
    return mat3(p3d_ModelMatrix) * direction;
}

#ifdef BOTH_EYES
int eye_first() {
    return 5 * (gl_InstanceID & 1);
}

mat4 eye_matrix() {
    int first = eye_first();
    gl_ViewportIndex = gl_InstanceID & 1;
    return mat4(eyes[first], eyes[first + 1], eyes[first + 2], eyes[first + 3]);
}

// Which of several copies drawn at once (``materials.shaded(copies=...)``) this is, from 0.
int copy_number() {
    return gl_InstanceID >> 1;
}

vec3 eye_position() {
    return eyes[eye_first() + 4].xyz;
}

vec4 eye_clip(vec3 world) {
    return eye_matrix() * vec4(world - eye_position(), 1.0);
}

vec4 eye_clip_far(vec3 direction) {
    return (eye_matrix() * vec4(direction, 0.0)).xyww;
}
#else
int copy_number() {
    return gl_InstanceID;
}

// Where the eye is, in the world.
vec3 eye_position() {
    return p3d_ViewMatrixInverse[3].xyz;
}

// The world's point on this eye's picture.
vec4 eye_clip(vec3 world) {
    return p3d_ProjectionMatrix * (p3d_ViewMatrix * vec4(world, 1.0));
}

// A direction from this eye, infinitely far away: behind everything.
vec4 eye_clip_far(vec3 direction) {
    vec4 clip = p3d_ProjectionMatrix * (p3d_ViewMatrix * vec4(direction, 0.0));
    return clip.xyww;
}
#endif
