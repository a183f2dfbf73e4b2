#include "fixture.h"

#include <pthread.h>
#include <unistd.h>

char *make_file(struct slice content)
{
    char *path = strdup("/tmp/hecht-table-XXXXXX");
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    for (size_t written = 0; written < content.length;) {
        ssize_t step = write(descriptor, content.data + written, content.length - written);
        assert_true(step > 0);
        written += (size_t)step;
    }
    close(descriptor);
    return path;
}

struct dump {
    pthread_mutex_t lock;
    struct buffer out;
    const struct ask *asks;
    size_t count;
};

static void add_cell(struct buffer *out, const struct table_column *column, enum table_kind kind, size_t row)
{
    if (kind == TABLE_TEXT) {
        assert_true(column->codes == NULL && column->numbers == NULL);
        buffer_append(out, column->texts[row].length == 0 ? S("-") : column->texts[row]);
        return;
    }
    assert_true((column->codes == NULL) != (column->numbers == NULL) && column->texts == NULL);
    double value = table_number(column, row);
    if (__builtin_isnan(value))
        buffer_append_byte(out, '-');
    else
        buffer_format(out, "%.17g", value);
}

static enum error_code add_block(void *context, int thread, const struct table_block *block,
                                 struct error *error)
{
    struct dump *dump = context;
    (void)error;
    assert_in_range(thread, 0, TABLE_THREADS_MAXIMUM - 1);
    assert_in_range(block->rows, 1, TABLE_BLOCK_ROWS);
    pthread_mutex_lock(&dump->lock);
    for (size_t row = 0; row < block->rows; row++) {
        if (block->row_numbers != NULL)
            buffer_format(&dump->out, "%" PRId64 ": ", block->row_numbers[row]);
        for (size_t c = 0; c < dump->count; c++) {
            if (c > 0)
                buffer_append_byte(&dump->out, '|');
            add_cell(&dump->out, &block->columns[c], dump->asks[c].kind, row);
        }
        buffer_append_byte(&dump->out, '\n');
    }
    pthread_mutex_unlock(&dump->lock);
    return OK;
}

static enum error_code read_into(struct dump *dump, const char *path, const struct table_options *options,
                                 struct error *error, struct table_counts *counts)
{
    struct table *table;
    struct table_wanted wanted[64] = {{0}};
    assert_true(dump->count <= COUNT_OF(wanted));
    TRY(table_open(path, options, error, &table));
    enum error_code code = OK;
    for (size_t c = 0; c < dump->count && code == OK; c++) {
        const struct ask *ask = &dump->asks[c];
        wanted[c] = (struct table_wanted){0, ask->kind, ask->bounded, ask->low, ask->high};
        code = table_column_find(table, slice_from_text(ask->name), error, &wanted[c].column);
    }
    if (code == OK)
        code = table_read(table, wanted, dump->count, add_block, dump, error, counts);
    table_close(table);
    return code;
}

/* The temporary name is another each time. */
static void add_error(struct buffer *out, const char *path, const struct error *error)
{
    struct slice detail = slice_from_text(error->detail), name = slice_from_text(path);
    size_t at = slice_find(detail, name);
    buffer_format(out, "error %s: %.*s", error->reason, SLICE_ARG(slice_part(detail, 0, at)));
    if (at < detail.length)
        buffer_format(out, "FILE%.*s", SLICE_ARG(slice_from(detail, at + name.length)));
}

/* strndup would do, but under the checks of strings it may not read bytes that end without a NUL. */
static char *text_of(struct buffer *buffer)
{
    buffer_append_byte(buffer, '\0');
    assert_false(buffer->failed);
    return strdup(buffer->data);
}

char *read_path(const char *path, const struct table_options *options, const struct ask *asks, size_t count)
{
    static const struct table_counts NONE;
    struct dump dump = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .out = BUFFER(1 << 26), .asks = asks, .count = count};
    struct table_counts counts = NONE;
    struct error error = {0};
    enum error_code code = read_into(&dump, path, options, &error, &counts);
    if (code != OK) {
        assert_int_equal(error.code, code);
        buffer_clear(&dump.out);
        add_error(&dump.out, path, &error);
    }
    if (counts.left_out > 0)
        buffer_format(&dump.out, "left out %" PRId64 "\n", counts.left_out);
    for (size_t i = 0; i < counts.bad_count; i++)
        buffer_format(&dump.out, "%" PRId64 ": %s\n", counts.bad[i].row, counts.bad[i].text);
    assert_false(dump.out.failed);
    char *text = text_of(&dump.out);
    buffer_free(&dump.out);
    return text;
}

char *read_text(struct slice content, const struct table_options *options, const struct ask *asks,
                size_t count)
{
    char *path = make_file(content);
    char *text = read_path(path, options, asks, count);
    unlink(path);
    free(path);
    return text;
}

static int compare_lines(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

char *sorted_rows(const char *text)
{
    struct slice rest = slice_from_text(text), line;
    struct slice *lines = calloc(strlen(text) + 1, sizeof *lines);
    size_t count = 0;
    bool rows = true;
    struct buffer out = BUFFER(1 << 26), tail = BUFFER(1 << 20);
    while (slice_take(&rest, '\n', &line)) {
        rows &= !slice_starts_with(line, S("left out")) && !slice_starts_with(line, S("error"));
        size_t colon = slice_find(line, S(": "));
        if (!rows)
            buffer_format(&tail, "%.*s\n", SLICE_ARG(line));
        else if (line.length > 0)
            lines[count++] = colon < line.length ? slice_from(line, colon + 2) : line;
    }
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++)
        buffer_format(&out, "%.*s\n", SLICE_ARG(lines[i]));
    buffer_append(&out, buffer_slice(&tail));
    char *sorted = text_of(&out);
    buffer_free(&out);
    buffer_free(&tail);
    free(lines);
    return sorted;
}

static void check_once(const char *path, const struct table_options *options, const struct ask *asks,
                       size_t count, const char *expected)
{
    char *text = read_path(path, options, asks, count);
    if (strcmp(text, expected) != 0)
        print_error("pieces of %zu bytes, %d threads\n", options->piece_bytes, options->threads);
    assert_string_equal(text, expected);
    free(text);
}

void check_text(struct slice content, struct table_options options, const struct ask *asks, size_t count,
                const char *expected)
{
    char *path = make_file(content), *sorted = sorted_rows(expected);
    for (size_t bytes = 0; bytes <= 64; bytes = bytes == 0 ? 16 : bytes + 1) {
        options.piece_bytes = bytes;
        options.threads = 1;
        check_once(path, &options, asks, count, expected);
        options.threads = 3;
        char *text = read_path(path, &options, asks, count), *text_sorted = sorted_rows(text);
        assert_string_equal(text_sorted, sorted);
        free(text);
        free(text_sorted);
    }
    free(sorted);
    unlink(path);
    free(path);
}
