/* Any bytes as a CSV file: one thread and large pieces, one thread and small pieces, two threads and small
 * pieces must all give the same rows, or the same error. The first bytes choose the options. */
#include "table/table.h"

#include <sys/mman.h>
#include <unistd.h>

enum { WANTED = 6 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    uint64_t sums[TABLE_THREADS_MAXIMUM]; /* of the rows' hashes, so that their order makes no difference */
    size_t columns;
    enum table_kind kinds[WANTED];
    enum error_code code;
    struct error error;
    struct table_counts counts;
};

static void require(bool condition)
{
    if (!condition)
        abort();
}

static uint64_t mix(uint64_t hash, const void *data, size_t length)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ bytes[i]) * 0x100000001B3u;
    return hash ^ hash >> 29;
}

static uint64_t mix_cell(uint64_t hash, const struct table_column *column, enum table_kind kind, size_t row)
{
    if (kind == TABLE_TEXT) {
        struct slice text = column->texts[row];
        require(slice_is_utf8(text) && slice_find_byte(text, '\0') == text.length);
        return mix(hash, text.data, text.length);
    }
    require((column->codes == NULL) != (column->numbers == NULL));
    double value = table_number(column, row);
    require(!__builtin_isinf(value));
    uint64_t bits = 7; /* every NAN is alike */
    if (!__builtin_isnan(value))
        memcpy(&bits, &value, sizeof bits);
    return mix(hash, &bits, sizeof bits);
}

static enum error_code add(void *context, int thread, const struct table_block *block, struct error *error)
{
    struct outcome *outcome = context;
    (void)error;
    require(block->rows > 0 && block->rows <= TABLE_BLOCK_ROWS);
    for (size_t row = 0; row < block->rows; row++) {
        uint64_t hash = 1;
        for (size_t c = 0; c < outcome->columns; c++)
            hash = mix_cell(hash, &block->columns[c], outcome->kinds[c], row);
        outcome->sums[thread] += hash;
        require(block->row_numbers == NULL || block->row_numbers[row] >= 2);
    }
    return OK;
}

static enum error_code read_bytes(const char *path, const struct table_options *options, uint8_t choice,
                                  struct outcome *outcome)
{
    struct table_wanted wanted[WANTED] = {{0}};
    struct table *table;
    TRY(table_open(path, options, &outcome->error, &table));
    size_t columns = table_column_count(table);
    outcome->columns = columns < WANTED ? columns : WANTED;
    for (size_t c = 0; c < outcome->columns; c++) {
        bool text = (choice >> c & 1) != 0;
        wanted[c] = (struct table_wanted){columns - 1 - c, text ? TABLE_TEXT : TABLE_NUMBER,
                                          (choice & 0x40) != 0, 1, 7};
        outcome->kinds[c] = wanted[c].kind;
    }
    if ((choice & 0x80) != 0 && columns > 1)
        wanted[0].column = wanted[1].column; /* the same column twice */
    enum error_code code =
        table_read(table, wanted, outcome->columns, add, outcome, &outcome->error, &outcome->counts);
    table_close(table);
    return code;
}

static void run(const char *path, struct table_options options, uint8_t choice, size_t piece, int threads,
                struct outcome *outcome)
{
    *outcome = (struct outcome){0};
    options.piece_bytes = piece;
    options.threads = threads;
    outcome->code = read_bytes(path, &options, choice, outcome);
    for (size_t t = 1; t < TABLE_THREADS_MAXIMUM; t++)
        outcome->sums[0] += outcome->sums[t];
}

static void compare(const struct outcome *a, const struct outcome *b)
{
    require(a->code == b->code);
    if (a->code != OK) {
        require(a->error.detail[0] != '\0' && strcmp(a->error.detail, b->error.detail) == 0);
        require(strcmp(a->error.reason, b->error.reason) == 0);
        return;
    }
    require(a->sums[0] == b->sums[0] && a->counts.rows == b->counts.rows);
    require(a->counts.left_out == b->counts.left_out && a->counts.bad_count == b->counts.bad_count);
    for (size_t i = 0; i < a->counts.bad_count; i++)
        require(a->counts.bad[i].row == b->counts.bad[i].row &&
                strcmp(a->counts.bad[i].text, b->counts.bad[i].text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {'\0', ',', ';', '\t', '|', '"', '\0', '\0'};
    static const char decimals[] = {'\0', '.', ',', '\0'};
    static const struct slice missing[] = {S("-1"), S("5"), S("x y")};
    if (size < 3)
        return 0;
    char path[40];
    int descriptor = memfd_create("fuzz", 0);
    require(descriptor >= 0 && write(descriptor, data + 3, size - 3) == (ssize_t)(size - 3));
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    const struct table_options options = {.delimiter = delimiters[data[0] & 7],
                                          .decimal = decimals[data[0] >> 3 & 3],
                                          .skip_bad = (data[0] & 32) != 0,
                                          .missing = missing,
                                          .missing_count = (data[0] & 64) != 0 ? COUNT_OF(missing) : 0};
    size_t piece = 16 + data[1] % 64;
    struct outcome whole, pieces, threads;
    run(path, options, data[2], 0, 1, &whole);
    run(path, options, data[2], piece, 1, &pieces);
    run(path, options, data[2], piece, 2, &threads);
    compare(&whole, &pieces);
    compare(&whole, &threads);
    close(descriptor);
    return 0;
}
