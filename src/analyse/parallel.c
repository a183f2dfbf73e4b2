#include "analyse/parallel.h"

#include <pthread.h>

struct part {
    parallel_work work;
    void *context;
    size_t from, to;
    struct error error;
    enum error_code code;
    pthread_t thread;
    bool started;
};

static void *run_part(void *argument)
{
    struct part *part = argument;
    part->code = part->work(part->context, part->from, part->to, &part->error);
    return NULL;
}

enum error_code parallel_run(int threads, size_t count, parallel_work work, void *context,
                             struct error *error)
{
    struct part parts[PARALLEL_THREADS_MAXIMUM] = {0};
    size_t n = threads < 1                          ? 1
               : threads > PARALLEL_THREADS_MAXIMUM ? PARALLEL_THREADS_MAXIMUM
                                                    : (size_t)threads;
    for (size_t i = 0; i < n; i++)
        parts[i] =
            (struct part){.work = work, .context = context, .from = count * i / n, .to = count * (i + 1) / n};
    for (size_t i = 1; i < n; i++)
        parts[i].started = pthread_create(&parts[i].thread, NULL, run_part, &parts[i]) == 0;
    for (size_t i = 0; i < n; i++)
        if (!parts[i].started)
            (void)run_part(&parts[i]);
    for (size_t i = 1; i < n; i++)
        if (parts[i].started)
            (void)pthread_join(parts[i].thread, NULL);
    for (size_t i = 0; i < n; i++)
        if (parts[i].code != OK) {
            if (error != NULL)
                *error = parts[i].error;
            return parts[i].code;
        }
    return OK;
}
