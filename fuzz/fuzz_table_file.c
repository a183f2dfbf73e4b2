/* Files of SPSS and Stata with mistakes in them: refused with a message, or rows. ReadStat itself is not
 * instrumented, so what is fuzzed are changes of whole files: the first byte chooses the file, the next
 * two where it is cut, then come places and bytes to put there. With bit 7 of the first byte set, the
 * bytes are the file. */
#include "../tests/table/statistics_writer.h"

#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
    if (!condition)
        abort();
}

static enum error_code check_block(void *context, int thread, const struct table_block *block,
                                   struct error *error)
{
    const size_t *columns = context;
    (void)thread;
    (void)error;
    for (size_t c = 0; c < *columns; c++)
        for (size_t row = 0; row < block->rows; row++)
            if (block->columns[c].texts != NULL)
                require(slice_is_utf8(block->columns[c].texts[row]));
            else
                require(!__builtin_isinf(table_number(&block->columns[c], row)));
    return OK;
}

static enum error_code read_file(const char *path, bool skip_bad, struct error *error)
{
    const struct table_options options = {.skip_bad = skip_bad};
    struct table_wanted wanted[6] = {{0}};
    struct table_counts counts;
    struct table *table;
    TRY(table_open(path, &options, error, &table));
    size_t columns = table_column_count(table) < 6 ? table_column_count(table) : 6;
    for (size_t c = 0; c < columns; c++)
        wanted[c] = (struct table_wanted){c, c % 2 == 0 ? TABLE_TEXT : TABLE_NUMBER, false, 0, 0};
    enum error_code code = table_read(table, wanted, columns, check_block, &columns, error, &counts);
    table_close(table);
    return code;
}

static void make_broken(struct buffer *out, const uint8_t *data, size_t size)
{
    write_statistics(out, (enum written_format)(data[0] % 5), 12);
    require(!out->failed);
    size_t cut = (size_t)data[1] << 8 | data[2];
    if (cut < out->length)
        out->length = cut;
    for (size_t i = 3; i + 2 < size && out->length > 0; i += 3)
        out->data[((size_t)data[i] << 8 | data[i + 1]) % out->length] = (char)data[i + 2];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    char path[40];
    struct error error = {0};
    struct buffer file = BUFFER(1 << 20);
    if ((data[0] & 128) != 0)
        buffer_append_bytes(&file, data + 1, size - 1);
    else
        make_broken(&file, data, size);
    int descriptor = memfd_create("fuzz", 0);
    require(descriptor >= 0 && write(descriptor, file.data, file.length) == (ssize_t)file.length);
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (read_file(path, (data[0] & 64) != 0, &error) != OK)
        require(error.detail[0] != '\0' && error.reason != NULL);
    close(descriptor);
    buffer_free(&file);
    return 0;
}
