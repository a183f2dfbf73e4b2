#include "table/internal.h"

#include "table/wording.h"

enum {
    REGION_MAXIMUM = 64 << 20, /* names of columns and plans */
    PIECE_USUAL = 128 << 10,   /* with the columns made of it, fits the second cache of a core */
    PIECE_LEAST = 16,
};

bool bytes_reserve(struct bytes *bytes, size_t room)
{
    if (room <= bytes->capacity)
        return true;
    char *data = realloc(bytes->data, room);
    if (data == NULL)
        return false;
    bytes->data = data;
    bytes->capacity = room;
    return true;
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){0};
}

/* ---- Opening ---- */

static void allow_missing(struct table *table, struct slice text)
{
    if (text.length > 0)
        table->missing_first[(unsigned char)text.data[0]] = true;
}

static enum error_code copy_options(struct table *table, const struct table_options *options,
                                    struct error *error)
{
    if (options->missing_count > TABLE_MISSING_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "table-missing", "more than %d texts mean \"no value\"",
                    TABLE_MISSING_MAXIMUM);
    if (options->decimal != '\0' && options->decimal != '.' && options->decimal != ',')
        return FAIL(error, ERROR_INPUT, "table-decimal", "the decimal mark must be a point or a comma");
    table->options = *options;
    if (options->piece_bytes == 0)
        table->options.piece_bytes = PIECE_USUAL;
    else if (options->piece_bytes < PIECE_LEAST)
        table->options.piece_bytes = PIECE_LEAST;
    if (table->options.threads < 1)
        table->options.threads = 1;
    if (table->options.threads > TABLE_THREADS_MAXIMUM)
        table->options.threads = TABLE_THREADS_MAXIMUM;
    struct slice *missing = REGION_ARRAY(table->region, options->missing_count, struct slice);
    if (missing == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for options");
    for (size_t i = 0; i < options->missing_count; i++) {
        missing[i] = region_copy(table->region, slice_trim(options->missing[i]));
        allow_missing(table, missing[i]);
    }
    allow_missing(table, S("NA"));
    table->options.missing = missing;
    return region_failed(table->region) ? FAIL(error, ERROR_MEMORY, "memory", "no memory for options") : OK;
}

/* Stata before version 13 begins with a number of the version, the byte order, and a 1. */
static bool is_old_stata(const unsigned char *first, size_t length)
{
    return length >= 4 && first[0] >= 102 && first[0] <= 115 && (first[1] == 1 || first[1] == 2) &&
           first[2] == 1 && first[3] == 0;
}

static enum error_code recognise(struct table *table, struct error *error)
{
    struct slice first = {table->carry.data, table->carry.length};
    const char *what = NULL;
    table->format = FORMAT_CSV;
    if (slice_starts_with(first, S("$FL2@(#)")) || slice_starts_with(first, S("$FL3@(#)")))
        table->format = FORMAT_SAV;
    else if (slice_starts_with(first, S("<stata_dta>")) ||
             is_old_stata((const unsigned char *)first.data, first.length))
        table->format = FORMAT_DTA;
    else if (slice_starts_with(first, S("PK\3\4")))
        what = "a spreadsheet or a ZIP archive; save the sheet as CSV";
    else if (slice_starts_with(first, S("\xD0\xCF\x11\xE0")))
        what = "an old Excel or Word file; save the sheet as CSV";
    else if (slice_starts_with(first, S("\xFF\xFE")) || slice_starts_with(first, S("\xFE\xFF")))
        what = "UTF-16; save it as CSV in UTF-8";
    else if (slice_starts_with(first, S("\x1F\x8B")))
        what = "compressed; unpack it first";
    if (what != NULL)
        return FAIL(error, ERROR_INPUT, "table-format", "%s is %s", table->source.name, what);
    return OK;
}

static enum error_code open_table(struct table *table, const char *path, const struct table_options *options,
                                  struct error *error)
{
    TRY(copy_options(table, options, error));
    TRY(source_open(path, error, &table->source));
    if (!bytes_reserve(&table->carry, table->options.piece_bytes))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    TRY(source_read(&table->source, table->carry.data, table->options.piece_bytes, error,
                    &table->carry.length));
    table->ended = table->carry.length < table->options.piece_bytes;
    TRY(recognise(table, error));
    if (table->format == FORMAT_CSV)
        return csv_open_table(table, error);
    return statistics_open_table(table, error);
}

enum error_code table_open(const char *path, const struct table_options *options, struct error *error,
                           struct table **ret_table)
{
    struct table *table = calloc(1, sizeof *table);
    if (table == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    table->source.descriptor = -1;
    table->region = region_new(REGION_MAXIMUM);
    enum error_code code = table->region == NULL ? FAIL(error, ERROR_MEMORY, "memory", "no memory")
                                                 : open_table(table, path, options, error);
    if (code == OK)
        *ret_table = table;
    else
        table_close(table);
    return code;
}

struct table *table_close(struct table *table)
{
    if (table != NULL) {
        source_close(&table->source);
        bytes_free(&table->carry);
        region_free(table->region);
        free(table);
    }
    return NULL;
}

/* ---- Columns ---- */

size_t table_column_count(const struct table *table)
{
    return table->column_count;
}

struct slice table_column_name(const struct table *table, size_t column)
{
    return table->names[column];
}

static enum error_code fail_unknown(const struct table *table, struct slice name, struct error *error)
{
    char asked[WORDING_NAME], nearest[WORDING_NAME];
    size_t found = wording_nearest(name, table->names, table->column_count);
    wording_text(name, asked, sizeof asked);
    if (found == table->column_count)
        return FAIL(error, ERROR_INPUT, "unknown-column", "%s has no column \"%s\"; it has no columns",
                    table->source.name, asked);
    return FAIL(error, ERROR_INPUT, "unknown-column", "%s has no column \"%s\"; the nearest name is \"%s\"",
                table->source.name, asked, wording_text(table->names[found], nearest, sizeof nearest));
}

enum error_code table_column_find(const struct table *table, struct slice name, struct error *error,
                                  size_t *ret_column)
{
    size_t found = table->column_count;
    for (size_t c = 0; c < table->column_count; c++) {
        if (!slice_equal(table->names[c], name))
            continue;
        char asked[WORDING_NAME];
        if (found < table->column_count)
            return FAIL(error, ERROR_INPUT, "duplicate-column",
                        "%s: the name \"%s\" stands twice in the header, as columns %zu and %zu",
                        table->source.name, wording_text(name, asked, sizeof asked), found + 1, c + 1);
        found = c;
    }
    if (found == table->column_count)
        return fail_unknown(table, name, error);
    *ret_column = found;
    return OK;
}

const char *table_column_words(const struct table *table, size_t column, char *to, size_t room)
{
    if (column < table->column_count && table->names[column].length > 0)
        return wording_text(table->names[column], to, room);
    snprintf(to, room, "%zu", column + 1);
    return to;
}

bool table_is_missing(const struct table *table, struct slice text)
{
    if (text.length == 0 || slice_equal(text, S("NA")))
        return true;
    if (!table->missing_first[(unsigned char)text.data[0]])
        return false;
    for (size_t i = 0; i < table->options.missing_count; i++)
        if (slice_equal(text, table->options.missing[i]))
            return true;
    return false;
}

const char *table_expected(const struct plan_entry *entry, char *to, size_t room)
{
    if (entry->bounded)
        snprintf(to, room, "a number from %.15g to %.15g", entry->low, entry->high);
    else
        snprintf(to, room, "a number");
    return to;
}

/* ---- Reading ---- */

enum error_code table_read(struct table *table, const struct table_wanted *wanted, size_t wanted_count,
                           table_sink sink, void *context, struct error *error,
                           struct table_counts *ret_counts)
{
    struct plan plan;
    struct table_counts counts = {0};
    if (table->used)
        return FAIL(error, ERROR_INTERNAL, "table-used", "%s was read already", table->source.name);
    table->used = true;
    TRY(plan_make(table, wanted, wanted_count, error, &plan));
    if (table->format == FORMAT_CSV)
        TRY(csv_read_table(table, &plan, sink, context, error, &counts));
    else
        TRY(statistics_read_table(table, &plan, sink, context, error, &counts));
    *ret_counts = counts;
    return OK;
}
