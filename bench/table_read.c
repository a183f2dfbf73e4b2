/* How fast a CSV file becomes blocks of rows, beside merely reading its bytes: table_read FILE [THREADS
 * [RUNS]]. The first column is taken as a text, the others as numbers from 1 to 5; the sink only adds the
 * codes up. */
#include "table/table.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct sums {
    int64_t codes, rows;
    char apart[112]; /* threads write to different cache lines */
};

struct measured {
    double wall, processor;
};

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static enum error_code add(void *context, int thread, const struct table_block *block, struct error *error)
{
    struct sums *sums = (struct sums *)context + thread;
    (void)error;
    for (size_t w = 1; block->columns[w].codes != NULL; w++) {
        uint32_t sum = 0;
        for (size_t row = 0; row < block->rows; row++)
            sum += block->columns[w].codes[row] == TABLE_NO_CODE ? 0 : block->columns[w].codes[row];
        sums->codes += sum;
    }
    sums->rows += (int64_t)block->rows;
    return OK;
}

static enum error_code read_table(const char *path, int threads, struct error *error, struct sums *ret_sums)
{
    struct table_wanted wanted[TABLE_WANTED_MAXIMUM];
    struct sums sums[TABLE_THREADS_MAXIMUM] = {0};
    const struct table_options options = {.threads = threads};
    struct table_counts counts;
    struct table *table;
    TRY(table_open(path, &options, error, &table));
    size_t count = table_column_count(table);
    if (count >= TABLE_WANTED_MAXIMUM)
        count = TABLE_WANTED_MAXIMUM - 1;
    for (size_t c = 0; c < count; c++)
        wanted[c] = (struct table_wanted){c, c == 0 ? TABLE_TEXT : TABLE_NUMBER, c > 0, 1, 5};
    /* The text comes last as well, as the end of the columns of numbers. */
    wanted[count] = wanted[0];
    enum error_code code = table_read(table, wanted, count + 1, add, sums, error, &counts);
    table_close(table);
    for (int t = 1; t < threads; t++)
        sums[0].codes += sums[t].codes;
    sums[0].rows = code == OK ? counts.rows : 0;
    *ret_sums = sums[0];
    return code;
}

static int64_t read_bytes(const char *path)
{
    static char bytes[128 << 10];
    int64_t total = 0;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t got = 1; got > 0; total += got > 0 ? got : 0)
        got = read(descriptor, bytes, sizeof bytes);
    close(descriptor);
    return total;
}

static void print(const char *name, struct measured best, int64_t rows, int64_t bytes)
{
    printf("%s_ms %.2f\n%s_processor_ms %.2f\n%s_gb_per_second %.2f\n", name, best.wall * 1e3, name,
           best.processor * 1e3, name, (double)bytes / best.wall * 1e-9);
    if (rows > 0)
        printf("%s_million_rows_per_second %.2f\n", name, (double)rows / best.wall * 1e-6);
}

int main(int argc, char **argv)
{
    int64_t threads = 1, runs = 5, bytes = 0;
    struct measured best[2] = {{1e9, 1e9}, {1e9, 1e9}};
    struct error error = {0};
    struct sums sums = {0};
    if (argc < 2 ||
        (argc > 2 && !slice_to_integer(slice_from_text(argv[2]), 1, TABLE_THREADS_MAXIMUM, &threads)) ||
        (argc > 3 && !slice_to_integer(slice_from_text(argv[3]), 1, 1000, &runs)))
        return 2;
    for (int64_t r = 0; r < runs * 2; r++) {
        double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (r % 2 == 0)
            bytes = read_bytes(argv[1]);
        else if (read_table(argv[1], (int)threads, &error, &sums) != OK)
            break;
        wall = seconds(CLOCK_MONOTONIC) - wall;
        processor = seconds(CLOCK_PROCESS_CPUTIME_ID) - processor;
        if (wall < best[r % 2].wall)
            best[r % 2] = (struct measured){wall, processor};
    }
    if (error.code != OK) {
        fprintf(stderr, "table_read: %s\n", error.detail);
        return 1;
    }
    print("read", best[0], 0, bytes);
    print("table", best[1], sums.rows, bytes);
    printf("rows %" PRId64 "\nsum %" PRId64 "\n", sums.rows, sums.codes);
    return 0;
}
