/* A wall clock that a test can step: what is read of CLOCK_REALTIME is the true time and the offset that the file
   $PALIER_WALL_OFFSET holds (a signed 64-bit number of nanoseconds, read anew each time). Other clocks are untouched. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static const volatile int64_t *offset;
static int (*true_clock)(clockid_t, struct timespec *);

static int64_t ahead(void)
{
    static int looked;
    if (!looked) {
        const char *path = getenv("PALIER_WALL_OFFSET");
        int file = path ? open(path, O_RDONLY) : -1;
        looked = 1;
        if (file >= 0) {
            void *memory = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
            if (memory != MAP_FAILED)
                offset = memory;
        }
    }
    return offset ? *offset : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed;
    if (!true_clock)
        true_clock = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    failed = true_clock(clock, now);
    if (!failed && clock == CLOCK_REALTIME) {
        int64_t ns = (int64_t)now->tv_sec * 1000000000 + now->tv_nsec + ahead();
        now->tv_sec = ns / 1000000000;
        now->tv_nsec = ns % 1000000000;
    }
    return failed;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &exact))
        return -1;
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *kept)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (kept)
        *kept = exact.tv_sec;
    return exact.tv_sec;
}
