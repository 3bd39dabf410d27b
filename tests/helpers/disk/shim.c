/* A disk that can lose power, be slow, be full or fail: loaded before the C library (LD_PRELOAD).

   PALIER_DISK_FOLDER   everything below this folder lies on the pretended disk; all else is left alone.
   PALIER_DISK_LOG      optional: every change of the disk is appended to this file, with its bytes, in its order.
   PALIER_DISK_CONTROL  optional: a file of three 64-bit integers that the test may change at any time:
                        [0] milliseconds that each sync takes;
                        [1] the error that changes meet (ENOSPC, EROFS, EIO; 0: none). ENOSPC meets only what grows;
                        [2] bytes that the disk still has room for (negative: no end); ENOSPC beyond.

   A log entry is a head of six 64-bit integers (operation, offset, bytes of data, bytes of path, bytes of second
   path, result) and then path, second path, data. The result is what the call gave back; calls that failed are
   not logged. A sync is logged twice, where it begins and where it ends, with its thread in the place of the offset:
   what others write meanwhile is not safe by it. powercut.py reads it. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MAKE = 1, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, SYNC_BEGUN };
enum { DELAY, ERROR, ROOM };

#define FILES 4096
#define LONGEST 1024

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *open_paths[FILES]; /* of each descriptor that lies on the disk; 0: another file */
static char folder[LONGEST];
static size_t folder_length;
static int log_handle = -1;
static volatile int64_t *control;
static int ready;

static void set_up(void)
{
    if (ready)
        return;
    ready = 1;
    const char *name = getenv("PALIER_DISK_FOLDER");
    if (name && strlen(name) < LONGEST) {
        strcpy(folder, name);
        folder_length = strlen(name);
    }
    if ((name = getenv("PALIER_DISK_LOG")))
        log_handle = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((name = getenv("PALIER_DISK_CONTROL"))) {
        int handle = syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0);
        if (handle >= 0) {
            void *shared = mmap(0, 3 * sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED, handle, 0);
            if (shared != MAP_FAILED)
                control = shared;
            syscall(SYS_close, handle);
        }
    }
}

/* Whether a path lies on the disk. The programs under test use absolute paths. */
static int on_disk(const char *path)
{
    set_up();
    return folder_length && path && !strncmp(path, folder, folder_length) &&
           (path[folder_length] == '/' || path[folder_length] == 0);
}

static const char *path_of(int handle)
{
    return handle >= 0 && handle < FILES ? open_paths[handle] : 0;
}

static void note(int64_t operation, const char *path, const char *other, int64_t offset, const void *data,
                 int64_t bytes, int64_t result)
{
    if (log_handle < 0)
        return;
    int64_t head[6] = {operation, offset, data ? bytes : 0, (int64_t)strlen(path),
                       other ? (int64_t)strlen(other) : 0, result};
    struct iovec parts[4] = {{head, sizeof head},
                             {(void *)path, strlen(path)},
                             {(void *)other, other ? strlen(other) : 0},
                             {(void *)data, data ? bytes : 0}};
    syscall(SYS_writev, log_handle, parts, 4); /* one call: whole in the file, also when the process is killed */
}

/* Whether the disk refuses; sets errno. growth: by how much the file would grow. */
static int refused(int64_t growth, int changes)
{
    if (!control)
        return 0;
    int64_t error = control[ERROR];
    if (error && (error != ENOSPC || growth > 0) && (changes || error != EROFS)) {
        errno = (int)error;
        return 1;
    }
    if (growth > 0 && control[ROOM] >= 0) {
        if (control[ROOM] < growth) {
            errno = ENOSPC;
            return 1;
        }
        control[ROOM] -= growth;
    }
    return 0;
}

static int64_t size_of(int handle)
{
    struct stat status;
    return fstat(handle, &status) ? 0 : status.st_size;
}

static int open_at(int at, const char *path, int flags, mode_t mode)
{
    int here = on_disk(path);
    int fresh = 0;
    if (here && (flags & O_CREAT)) {
        fresh = access(path, F_OK) != 0;
        if (fresh && refused(1, 1))
            return -1;
    }
    if (here && control && control[ERROR] == EROFS && (flags & O_ACCMODE) != O_RDONLY) {
        errno = EROFS;
        return -1;
    }
    pthread_mutex_lock(&lock);
    int handle = syscall(SYS_openat, at, path, flags, mode);
    int problem = errno;
    if (handle >= 0 && handle < FILES) {
        free(open_paths[handle]);
        open_paths[handle] = here ? strdup(path) : 0;
        if (here && fresh)
            note(MAKE, path, 0, 0, 0, 0, 0);
        if (here && (flags & O_TRUNC) && !fresh)
            note(TRUNCATE, path, 0, 0, 0, 0, 0);
    }
    pthread_mutex_unlock(&lock);
    errno = problem;
    return handle;
}

#define MODE(flags, last)                                                                                              \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | __O_TMPFILE)) {                                                                           \
        va_list more;                                                                                                  \
        va_start(more, last);                                                                                          \
        mode = va_arg(more, int);                                                                                      \
        va_end(more);                                                                                                  \
    }

int open(const char *path, int flags, ...)
{
    MODE(flags, flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE(flags, flags)
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int at, const char *path, int flags, ...)
{
    MODE(flags, flags)
    return open_at(at, path, flags, mode);
}

int openat64(int at, const char *path, int flags, ...)
{
    MODE(flags, flags)
    return open_at(at, path, flags, mode);
}

int close(int handle)
{
    if (path_of(handle)) {
        pthread_mutex_lock(&lock);
        free(open_paths[handle]);
        open_paths[handle] = 0;
        pthread_mutex_unlock(&lock);
    }
    return syscall(SYS_close, handle);
}

static ssize_t write_at(int handle, const void *data, size_t bytes, int64_t offset)
{
    int64_t size = size_of(handle);
    int64_t end = offset + (int64_t)bytes;
    if (refused(end > size ? end - size : 0, 1))
        return -1;
    pthread_mutex_lock(&lock);
    ssize_t done = syscall(SYS_pwrite64, handle, data, bytes, offset);
    int problem = errno;
    if (done > 0 && path_of(handle))
        note(WRITE, path_of(handle), 0, offset, data, done, done);
    pthread_mutex_unlock(&lock);
    errno = problem;
    return done;
}

ssize_t pwrite64(int handle, const void *data, size_t bytes, off64_t offset)
{
    return path_of(handle) ? write_at(handle, data, bytes, offset) : syscall(SYS_pwrite64, handle, data, bytes, offset);
}

ssize_t pwrite(int handle, const void *data, size_t bytes, off_t offset)
{
    return pwrite64(handle, data, bytes, offset);
}

ssize_t write(int handle, const void *data, size_t bytes)
{
    if (!path_of(handle))
        return syscall(SYS_write, handle, data, bytes);
    int64_t offset = fcntl(handle, F_GETFL) & O_APPEND ? size_of(handle) : lseek(handle, 0, SEEK_CUR);
    ssize_t done = write_at(handle, data, bytes, offset);
    if (done > 0)
        lseek(handle, offset + done, SEEK_SET);
    return done;
}

ssize_t pwritev(int handle, const struct iovec *parts, int count, off_t offset)
{
    if (!path_of(handle))
        return syscall(SYS_pwritev, handle, parts, count, offset, 0);
    ssize_t done = 0;
    for (int part = 0; part < count; part++) {
        ssize_t more = write_at(handle, parts[part].iov_base, parts[part].iov_len, offset + done);
        if (more < 0)
            return done ? done : more;
        done += more;
    }
    return done;
}

int ftruncate64(int handle, off64_t size)
{
    if (!path_of(handle))
        return syscall(SYS_ftruncate, handle, size);
    if (refused(size - size_of(handle), 1))
        return -1;
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_ftruncate, handle, size);
    if (!done)
        note(TRUNCATE, path_of(handle), 0, size, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int ftruncate(int handle, off_t size)
{
    return ftruncate64(handle, size);
}

int truncate64(const char *path, off64_t size)
{
    if (!on_disk(path))
        return syscall(SYS_truncate, path, size);
    if (refused(0, 1))
        return -1;
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_truncate, path, size);
    if (!done)
        note(TRUNCATE, path, 0, size, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int truncate(const char *path, off_t size)
{
    return truncate64(path, size);
}

static int sync_file(int handle)
{
    set_up();
    if (!path_of(handle))
        return syscall(SYS_fsync, handle);
    if (refused(0, 0))
        return -1;
    int64_t thread = syscall(SYS_gettid);
    pthread_mutex_lock(&lock);
    note(SYNC_BEGUN, path_of(handle), 0, thread, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    if (control && control[DELAY] > 0) {
        struct timespec wait = {control[DELAY] / 1000, control[DELAY] % 1000 * 1000000};
        nanosleep(&wait, 0);
    }
    pthread_mutex_lock(&lock);
    note(SYNC, path_of(handle), 0, thread, 0, 0, 0); /* the disk is pretended: nothing real has to be synced */
    pthread_mutex_unlock(&lock);
    return 0;
}

int fsync(int handle)
{
    return sync_file(handle);
}

int fdatasync(int handle)
{
    return sync_file(handle);
}

int rename(const char *from, const char *to)
{
    int here = on_disk(from) || on_disk(to);
    if (here && refused(0, 1))
        return -1;
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (!done && here)
        note(RENAME, from, to, 0, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int unlink(const char *path)
{
    int here = on_disk(path);
    if (here && refused(0, 1))
        return -1;
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && here)
        note(UNLINK, path, 0, 0, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}

int mkdir(const char *path, mode_t mode)
{
    int here = on_disk(path);
    if (here && refused(1, 1))
        return -1;
    pthread_mutex_lock(&lock);
    int done = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (!done && here)
        note(MKDIR, path, 0, 0, 0, 0, 0);
    pthread_mutex_unlock(&lock);
    return done;
}
