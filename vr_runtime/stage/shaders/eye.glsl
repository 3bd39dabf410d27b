// The eye that a vertex is drawn for. Every vertex shader includes this file and takes the eye from it alone.
// One eye a pass: Panda3D's camera. Drawing both eyes in one pass changes this file and no other.
uniform mat4 p3d_ModelMatrix;
uniform mat4 p3d_ViewMatrix;
uniform mat4 p3d_ViewMatrixInverse;
uniform mat4 p3d_ProjectionMatrix;

// Where the eye is, in the world.
vec3 eye_position() {
    return p3d_ViewMatrixInverse[3].xyz;
}

// Where a point of the model is, in the world.
vec3 world_position(vec4 vertex) {
    return (p3d_ModelMatrix * vertex).xyz;
}

// A direction of the model, in the world; not normalised. Right for turned and evenly scaled models.
vec3 world_direction(vec3 direction) {
    return mat3(p3d_ModelMatrix) * direction;
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
