/* The file of an analysis, with progress for those who wait. */
#include "cli/analyse.h"

#include <unistd.h>

struct progress {
    int64_t started, told; /* milliseconds */
};

static void show_progress(void *context, int64_t bytes, int64_t bytes_total)
{
    struct progress *progress = context;
    int64_t now = clock_milliseconds(clock_system());
    if (progress->started == 0)
        progress->started = progress->told = now;
    if (now - progress->told < ANALYSE_PROGRESS_SECONDS * 1000)
        return;
    progress->told = now;
    if (bytes_total > 0)
        fprintf(stderr, "\rhecht: read %" PRId64 " of %" PRId64 " MB", bytes / 1000000,
                bytes_total / 1000000);
    else
        fprintf(stderr, "\rhecht: read %" PRId64 " MB", bytes / 1000000);
}

int analyse_open(struct analyse *analyse, int threads, struct table **ret_table)
{
    struct error error = {0};
    struct progress *progress = REGION_NEW(analyse->region, struct progress);
    analyse->table.threads = threads;
    analyse->table.missing = analyse->missing;
    if (isatty(STDERR_FILENO) && progress != NULL) {
        analyse->table.progress = show_progress;
        analyse->table.progress_context = progress;
    }
    if (table_open(analyse->file, &analyse->table, &error, ret_table) != OK)
        return analyse_failed(&error);
    return EXIT_DONE;
}
