#include "table/csv.h"

#include "table/wording.h"

/* Reads as much again. */
static enum error_code fetch(struct table *table, struct error *error)
{
    struct bytes *carry = &table->carry;
    if (carry->length > TABLE_RECORD_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "table-record-too-long",
                    "%s: row 1: the header is longer than %d bytes (is a quote not closed?)",
                    table->source.name, TABLE_RECORD_MAXIMUM);
    size_t room = carry->length * 2 + 64, got = 0;
    if (!bytes_reserve(carry, room))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    TRY(source_read(&table->source, carry->data + carry->length, room - carry->length, error, &got));
    table->ended = carry->length + got < room;
    carry->length += got;
    return OK;
}

static void drop(struct bytes *bytes, size_t length)
{
    bytes->length -= length;
    memmove(bytes->data, bytes->data + length, bytes->length);
}

/* A mark of the encoding and blank lines before the header. */
static enum error_code skip_to_header(struct table *table, struct error *error)
{
    struct bytes *carry = &table->carry;
    if (slice_starts_with((struct slice){carry->data, carry->length}, S("\xEF\xBB\xBF")))
        drop(carry, 3);
    for (;;) {
        size_t blank = 0;
        while (blank < carry->length && (carry->data[blank] == '\n' || carry->data[blank] == '\r'))
            table->header_lines += carry->data[blank++] == '\n';
        drop(carry, blank);
        if (carry->length > 0)
            return OK;
        if (table->ended)
            return FAIL(error, ERROR_INPUT, "table-empty",
                        "%s is empty: a header with the names of columns was expected in row 1",
                        table->source.name);
        TRY(fetch(table, error));
    }
}

/* Length of the first line, with its line feed, 0 when its end is not there. With `delimiter` 0, where it
 * is not yet known which quotes open a field, every quote does. */
static size_t first_line(const struct bytes *bytes, char delimiter)
{
    bool quoted = false, begins = true;
    for (size_t i = 0; i < bytes->length; i++) {
        char c = bytes->data[i];
        if (c == '\n' && !quoted)
            return i + 1;
        if (c == '"' && quoted && i + 1 < bytes->length && bytes->data[i + 1] == '"')
            i++;
        else if (c == '"' && (quoted || begins || delimiter == '\0'))
            quoted = !quoted;
        begins = c == delimiter;
    }
    return 0;
}

static enum error_code have_line(struct table *table, char delimiter, struct error *error)
{
    while (!table->ended && first_line(&table->carry, delimiter) == 0)
        TRY(fetch(table, error));
    return OK;
}

/* The candidate seen most often outside quotes in the first line; a comma when none is seen. */
static char find_delimiter(const struct bytes *bytes)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t seen[COUNT_OF(candidates)] = {0}, best = 0, length = first_line(bytes, '\0');
    bool quoted = false;
    for (size_t i = 0; i < (length == 0 ? bytes->length : length); i++) {
        if (bytes->data[i] == '"')
            quoted = !quoted;
        for (size_t c = 0; c < COUNT_OF(candidates); c++)
            if (!quoted && bytes->data[i] == candidates[c])
                seen[c]++;
    }
    for (size_t c = 1; c < COUNT_OF(candidates); c++)
        if (seen[c] > seen[best])
            best = c;
    return candidates[best];
}

static enum error_code choose_delimiter(struct table *table, struct error *error)
{
    char given = table->options.delimiter;
    if (given == '"' || given == '\n' || given == '\r' || (unsigned char)given >= 0x80)
        return FAIL(error, ERROR_INPUT, "table-delimiter", "this byte cannot be a delimiter");
    if (given == '\0')
        TRY(have_line(table, '\0', error));
    table->delimiter = given != '\0' ? given : find_delimiter(&table->carry);
    table->decimal = table->options.decimal;
    if (table->decimal == '\0' && table->delimiter == ',')
        table->decimal = '.';
    return have_line(table, table->delimiter, error);
}

static enum error_code check_name(const struct table *table, const struct csv_field *field, struct slice name,
                                  struct error *error)
{
    const char *what = NULL;
    if (field->trouble != CSV_FINE)
        what = csv_trouble_words(field->trouble);
    else if (slice_find_byte(name, '\0') < name.length)
        what = "a NUL byte in the name of a column";
    else if (!slice_is_utf8(name))
        what = "the name of a column is not UTF-8";
    if (what != NULL)
        return FAIL(error, ERROR_INPUT, "table-header", "%s: row 1, column %zu: %s", table->source.name,
                    table->column_count + 1, what);
    return OK;
}

static enum error_code add_name(struct table *table, struct csv_field *field, size_t room,
                                struct error *error)
{
    struct slice name = csv_content(field);
    TRY(check_name(table, field, name, error));
    if (table->column_count == room)
        return FAIL(error, ERROR_LIMIT, "table-columns", "%s: row 1: more than %d columns",
                    table->source.name, TABLE_COLUMNS_MAXIMUM);
    table->names[table->column_count++] = region_copy(table->region, name);
    return OK;
}

static enum error_code read_names(struct table *table, struct error *error)
{
    struct bytes *carry = &table->carry;
    char *at = carry->data, *end = at + carry->length;
    size_t room = 1, length = first_line(carry, table->delimiter);
    for (size_t i = 0; i < (length == 0 ? carry->length : length) && room < TABLE_COLUMNS_MAXIMUM; i++)
        room += carry->data[i] == table->delimiter;
    table->names = REGION_ARRAY(table->region, room, struct slice);
    if (table->names == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the names of columns");
    for (bool last = false; !last;) {
        struct csv_field field;
        csv_take_field(&at, end, table->delimiter, &table->header_lines, &field, &last);
        TRY(add_name(table, &field, room, error));
    }
    if (region_failed(table->region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the names of columns");
    table->header_lines++;
    table->carriage_returns = at - carry->data >= 2 && at[-2] == '\r';
    drop(carry, (size_t)(at - carry->data));
    return OK;
}

enum error_code csv_open_table(struct table *table, struct error *error)
{
    TRY(skip_to_header(table, error));
    TRY(choose_delimiter(table, error));
    struct bytes *carry = &table->carry;
    if (table->ended) {
        if (!bytes_reserve(carry, carry->length + 1))
            return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
        if (carry->data[carry->length - 1] != '\n')
            carry->data[carry->length++] = '\n';
    }
    return read_names(table, error);
}
