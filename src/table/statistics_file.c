#include "table/statistics_file.h"

#include <errno.h>
#include <unistd.h>

/* ---- Bytes ---- */

static int open_bytes(const char *path, void *context)
{
    struct statistics_bytes *bytes = context;
    (void)path;
    bytes->at = 0;
    return 0;
}

static int close_bytes(void *context)
{
    (void)context;
    return 0;
}

static readstat_off_t seek_bytes(readstat_off_t offset, readstat_io_flags_t whence, void *context)
{
    struct statistics_bytes *bytes = context;
    int64_t from = whence == READSTAT_SEEK_CUR   ? bytes->at
                   : whence == READSTAT_SEEK_END ? bytes->source->size
                                                 : 0;
    int64_t to;
    if (__builtin_add_overflow(from, (int64_t)offset, &to) || to < 0 || to > bytes->source->size)
        return -1;
    bytes->at = to;
    return to;
}

/* Makes the portion begin at bytes->at. */
static bool read_portion(struct statistics_bytes *bytes)
{
    const struct source *source = bytes->source;
    ssize_t got = -1;
    do
        got = pread(source->descriptor, bytes->portion, sizeof bytes->portion, source->start + bytes->at);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        (void)FAIL(&bytes->failure, ERROR_IO, "file-read", "cannot read %s: %m", source->name);
        return false;
    }
    bytes->from = bytes->at;
    bytes->length = (size_t)got;
    return true;
}

static ssize_t read_bytes(void *to, size_t wanted, void *context)
{
    struct statistics_bytes *bytes = context;
    size_t done = 0;
    while (done < wanted) {
        size_t skip = bytes->at >= bytes->from ? (size_t)(bytes->at - bytes->from) : bytes->length;
        if (skip >= bytes->length) {
            if (!read_portion(bytes))
                return -1;
            if (bytes->length == 0)
                break;
            skip = 0;
        }
        size_t step = bytes->length - skip < wanted - done ? bytes->length - skip : wanted - done;
        memcpy((char *)to + done, bytes->portion + skip, step);
        done += step;
        bytes->at += (int64_t)step;
    }
    return (ssize_t)done;
}

static readstat_error_t update_bytes(long size, readstat_progress_handler progress, void *user, void *context)
{
    (void)size;
    (void)progress;
    (void)user;
    (void)context;
    return READSTAT_OK;
}

bool statistics_begin(struct table *table, struct statistics_bytes **ret_bytes,
                      readstat_parser_t **ret_parser)
{
    struct statistics_bytes *bytes = calloc(1, sizeof *bytes);
    readstat_parser_t *parser = readstat_parser_init();
    if (bytes == NULL || parser == NULL) {
        statistics_end(bytes, parser);
        return false;
    }
    bytes->source = &table->source;
    readstat_set_open_handler(parser, open_bytes);
    readstat_set_close_handler(parser, close_bytes);
    readstat_set_seek_handler(parser, seek_bytes);
    readstat_set_read_handler(parser, read_bytes);
    readstat_set_update_handler(parser, update_bytes);
    readstat_set_io_ctx(parser, bytes);
    *ret_bytes = bytes;
    *ret_parser = parser;
    return true;
}

void statistics_end(struct statistics_bytes *bytes, readstat_parser_t *parser)
{
    if (parser != NULL)
        readstat_parser_free(parser);
    free(bytes);
}

static const char *format_words(const struct table *table)
{
    return table->format == FORMAT_SAV ? "an SPSS file" : "a Stata file";
}

enum error_code statistics_parse(const struct table *table, const struct statistics_bytes *bytes,
                                 readstat_parser_t *parser, void *context, const int64_t *rows,
                                 struct error *error)
{
    readstat_error_t result = table->format == FORMAT_SAV
                                  ? readstat_parse_sav(parser, table->source.name, context)
                                  : readstat_parse_dta(parser, table->source.name, context);
    if (bytes->failure.code != OK) {
        if (error != NULL)
            *error = bytes->failure;
        return bytes->failure.code;
    }
    if (result == READSTAT_OK || result == READSTAT_ERROR_USER_ABORT) /* whoever ended it says why */
        return OK;
    if (result == READSTAT_ERROR_MALLOC)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    if (*rows == 0)
        return FAIL(error, ERROR_INPUT, "table-format", "%s begins as %s but cannot be read as one: %s",
                    table->source.name, format_words(table), readstat_error_message(result));
    return FAIL(error, ERROR_INPUT, "table-format", "%s: row %" PRId64 ": cannot be read as %s: %s",
                table->source.name, *rows + 1, format_words(table), readstat_error_message(result));
}

/* ---- Columns ---- */

struct opening {
    struct table *table;
    size_t room;
    struct error *error;
    enum error_code code;
};

static int take_facts(readstat_metadata_t *facts, void *context)
{
    struct opening *opening = context;
    int count = readstat_get_var_count(facts);
    if (count > TABLE_COLUMNS_MAXIMUM)
        opening->code = FAIL(opening->error, ERROR_LIMIT, "table-columns", "%s: more than %d columns",
                             opening->table->source.name, TABLE_COLUMNS_MAXIMUM);
    else
        opening->room = count < 0 ? 0 : (size_t)count;
    if (opening->code == OK)
        opening->table->names = REGION_ARRAY(opening->table->region, opening->room, struct slice);
    if (opening->code == OK && opening->table->names == NULL)
        opening->code = FAIL(opening->error, ERROR_MEMORY, "memory", "no memory for the names of columns");
    return opening->code == OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

static int take_variable(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    struct opening *opening = context;
    struct table *table = opening->table;
    struct slice name = slice_from_text(readstat_variable_get_name(variable));
    (void)labels;
    if (index < 0 || (size_t)index != table->column_count || table->column_count == opening->room)
        opening->code = FAIL(opening->error, ERROR_INPUT, "table-format",
                             "%s: column %d is not where it should be", table->source.name, index + 1);
    else if (!slice_is_utf8(name))
        opening->code =
            FAIL(opening->error, ERROR_INPUT, "table-header",
                 "%s: column %d: the name of a column is not UTF-8", table->source.name, index + 1);
    else
        table->names[table->column_count++] = region_copy(table->region, name);
    return opening->code == OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

enum error_code statistics_open_table(struct table *table, struct error *error)
{
    struct opening opening = {.table = table, .error = error};
    struct statistics_bytes *bytes;
    readstat_parser_t *parser;
    static const int64_t no_rows;
    bytes_free(&table->carry);
    if (!table->source.regular)
        return FAIL(error, ERROR_INPUT, "table-format",
                    "%s: a file of SPSS or Stata cannot come through a pipe; give the file itself",
                    table->source.name);
    if (!statistics_begin(table, &bytes, &parser))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    readstat_set_metadata_handler(parser, take_facts);
    readstat_set_variable_handler(parser, take_variable);
    enum error_code code = statistics_parse(table, bytes, parser, &opening, &no_rows, error);
    statistics_end(bytes, parser);
    TRY(code);
    TRY(opening.code);
    if (table->column_count == 0)
        return FAIL(error, ERROR_INPUT, "table-empty", "%s has no columns", table->source.name);
    if (region_failed(table->region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the names of columns");
    return OK;
}
