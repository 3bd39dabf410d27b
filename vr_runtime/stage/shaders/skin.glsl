// Bodies bent by bones: each vertex goes along with up to four of them. The poses of all members lie in one
// texture, a row a member, three texels a bone (the rows of the matrix that takes the stored body to the posed one).
#ifdef SKINNED
uniform sampler2D skin_poses;
in vec4 joints;
in vec4 shares;

mat3x4 skin_pose(float tint_alpha) {
    int member = int(tint_alpha * 255.0 + 0.5);
    mat3x4 rows = mat3x4(0.0);
    for (int k = 0; k < 4; ++k) {
        if (shares[k] > 0.0) {
            int first = 3 * int(joints[k] * 255.0 + 0.5);
            rows += shares[k] * mat3x4(texelFetch(skin_poses, ivec2(first, member), 0),
                                       texelFetch(skin_poses, ivec2(first + 1, member), 0),
                                       texelFetch(skin_poses, ivec2(first + 2, member), 0));
        }
    }
    return rows;
}

vec4 skinned(vec4 vertex, mat3x4 rows) {
    return vec4(vertex * rows, 1.0);
}

vec3 skinned_direction(vec3 direction, mat3x4 rows) {
    return vec4(direction, 0.0) * rows;
}
#endif
