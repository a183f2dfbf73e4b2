/* A program from start to end, some times: run_process RUNS PROGRAM ARGUMENT... Its output is thrown away,
 * its words on standard error are not. Prints "name value" lines: median wall clock and processor time in
 * milliseconds, the least wall clock, and the highest resident memory of any run in MiB. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RUNS_MAXIMUM = 1000 };

extern char **environ;

static double milliseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static double of_timeval(struct timeval time)
{
    return (double)time.tv_sec * 1e3 + (double)time.tv_usec / 1e3;
}

static bool run(char **arguments, double *ret_wall, struct rusage *ret_usage)
{
    posix_spawn_file_actions_t actions;
    pid_t process;
    int status = 0;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double start = milliseconds();
    errno = posix_spawnp(&process, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (errno != 0)
        return false;
    if (wait4(process, &status, 0, ret_usage) != process)
        return false;
    *ret_wall = milliseconds() - start;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    double walls[RUNS_MAXIMUM], processors[RUNS_MAXIMUM];
    int64_t runs = 0;
    long peak = 0;
    if (argc < 3 || !slice_to_integer(slice_from_text(argv[1]), 1, RUNS_MAXIMUM, &runs))
        return 2;
    for (int64_t r = 0; r < runs; r++) {
        struct rusage usage;
        if (!run(argv + 2, &walls[r], &usage)) {
            fprintf(stderr, "run_process: %s failed\n", argv[2]);
            return 1;
        }
        processors[r] = of_timeval(usage.ru_utime) + of_timeval(usage.ru_stime);
        peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
    }
    qsort(walls, (size_t)runs, sizeof walls[0], compare);
    qsort(processors, (size_t)runs, sizeof processors[0], compare);
    printf("wall_ms %.1f\nleast_ms %.1f\nprocessor_ms %.1f\npeak_mib %.1f\n", walls[runs / 2], walls[0],
           processors[runs / 2], (double)peak / 1024);
    return 0;
}
