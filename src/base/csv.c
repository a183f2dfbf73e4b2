#include "base/base.h"

#include "base/utf8.h"

#include <assert.h>

/* Where the reading of one record stands. The reader itself is changed only when the whole record was good,
 * so that a failed csv_next leaves it as it was. */
struct cursor {
    const struct csv_reader *reader;
    struct error *error;
    struct slice rest;
    int64_t line;    /* of rest */
    size_t column;   /* of the field being read, from 0 */
    bool record_end; /* the field read last was the last one of its record */
};

/* A field as it stands in the file. */
struct raw_field {
    struct slice text; /* without the quotes around it */
    size_t doubled;    /* number of quotes in it that are written twice */
};

static enum error_code fail_record(const struct cursor *cursor, enum error_code code, const char *reason,
                                   const char *what)
{
    const struct csv_reader *reader = cursor->reader;
    char line[40] = ""; /* only where blank lines or line breaks in fields make it differ from the row */
    if (reader->next_line != reader->row + 1)
        snprintf(line, sizeof(line), " (line %" PRId64 ")", reader->next_line);
    return FAIL(cursor->error, code, reason, "row %" PRId64 "%s%s", reader->row + 1, what, line);
}

static enum error_code fail_field(const struct cursor *cursor, enum error_code code, const char *reason,
                                  const char *what)
{
    char text[120];
    snprintf(text, sizeof(text), ", column %zu: %s", cursor->column + 1, what);
    return fail_record(cursor, code, reason, text);
}

/* Length of the line break at the start of s: 0, 1 or 2. A CR that ends the text is one, too. */
static size_t line_break(struct slice s)
{
    if (s.length > 0 && s.data[0] == '\n')
        return 1;
    if (s.length == 0 || s.data[0] != '\r')
        return 0;
    if (s.length == 1)
        return 1;
    return s.data[1] == '\n' ? 2 : 0;
}

/* The candidate seen most often outside quotes in the first line; a comma when none is seen. */
static char find_separator(struct slice text)
{
    static const char candidates[] = {',', ';', '\t'};
    size_t seen[COUNT_OF(candidates)] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.length && (quoted || text.data[i] != '\n'); i++) {
        if (text.data[i] == '"')
            quoted = !quoted;
        for (size_t c = 0; c < COUNT_OF(candidates); c++)
            if (!quoted && text.data[i] == candidates[c])
                seen[c]++;
    }
    size_t best = 0;
    for (size_t c = 1; c < COUNT_OF(candidates); c++)
        if (seen[c] > seen[best])
            best = c;
    return candidates[best];
}

static struct slice skip_blank_lines(struct slice rest, int64_t *line)
{
    for (size_t length = line_break(rest); length > 0; length = line_break(rest)) {
        rest = slice_from(rest, length);
        (*line)++;
    }
    return rest;
}

enum error_code csv_open(struct slice text, char separator, struct region *region, struct error *error,
                         struct csv_reader *ret_reader)
{
    if (separator == '"' || separator == '\n' || separator == '\r' || (unsigned char)separator >= 0x80)
        return FAIL(error, ERROR_INPUT, "csv-separator", "this byte cannot separate fields");
    if (slice_starts_with(text, S("\xEF\xBB\xBF")))
        text = slice_from(text, 3);
    int64_t line = 1;
    text = skip_blank_lines(text, &line);
    *ret_reader = (struct csv_reader){
        .rest = text,
        .region = region,
        .separator = separator == '\0' ? find_separator(text) : separator,
        .next_line = line,
    };
    return OK;
}

/* Takes a field that begins with a quote, up to its closing quote. */
static enum error_code take_quoted(struct cursor *cursor, struct raw_field *ret_field)
{
    struct slice inside = slice_from(cursor->rest, 1);
    size_t doubled = 0;
    size_t end = 0;
    for (;;) {
        end += slice_find_byte(slice_from(inside, end), '"');
        if (end == inside.length)
            return fail_field(cursor, ERROR_INPUT, "csv-quote", "a quote is not closed");
        if (end + 1 == inside.length || inside.data[end + 1] != '"')
            break;
        doubled++;
        end += 2;
    }
    *ret_field = (struct raw_field){slice_part(inside, 0, end), doubled};
    cursor->rest = slice_from(inside, end + 1);
    return OK;
}

/* Takes a field without quotes, up to the separator or line break. */
static enum error_code take_plain(struct cursor *cursor, struct raw_field *ret_field)
{
    struct slice rest = cursor->rest;
    size_t end = 0;
    while (end < rest.length && rest.data[end] != cursor->reader->separator && rest.data[end] != '\n') {
        if (rest.data[end] == '"')
            return fail_field(cursor, ERROR_INPUT, "csv-quote", "a quote inside an unquoted field");
        if (rest.data[end] == '\r' && line_break(slice_from(rest, end)) > 0)
            break;
        if (rest.data[end] == '\r')
            return fail_field(cursor, ERROR_INPUT, "csv-line-break", "a carriage return without a line feed");
        end++;
    }
    *ret_field = (struct raw_field){slice_part(rest, 0, end), 0};
    cursor->rest = slice_from(rest, end);
    return OK;
}

/* Takes the separator or line break behind a field. */
static enum error_code take_field_end(struct cursor *cursor)
{
    size_t length = line_break(cursor->rest);
    cursor->record_end = length > 0 || cursor->rest.length == 0;
    if (!cursor->record_end) {
        if (cursor->rest.data[0] != cursor->reader->separator)
            return fail_field(cursor, ERROR_INPUT, "csv-quote", "text behind a closing quote");
        length = 1;
    }
    if (cursor->record_end && length > 0)
        cursor->line++;
    cursor->rest = slice_from(cursor->rest, length);
    return OK;
}

/* The limits as the messages spell them. */
static_assert(CSV_FIELD_MAXIMUM == 65536 && CSV_COLUMNS_MAXIMUM == 4096, "messages name these numbers");

static enum error_code check_text(struct cursor *cursor, const struct raw_field *field)
{
    if (field->text.length - field->doubled > CSV_FIELD_MAXIMUM)
        return fail_field(cursor, ERROR_LIMIT, "csv-field-too-long",
                          "the field is longer than 65536 bytes (is a quote not closed?)");
    for (size_t i = 0; i < field->text.length;) {
        size_t length = utf8_sequence(field->text.data + i, field->text.length - i);
        if (length == 0)
            return fail_field(cursor, ERROR_INPUT, "csv-encoding", "not UTF-8");
        if (field->text.data[i] == '\0')
            return fail_field(cursor, ERROR_INPUT, "csv-encoding", "a NUL byte");
        if (field->text.data[i] == '\n')
            cursor->line++;
        i += length;
    }
    return OK;
}

static enum error_code take_field(struct cursor *cursor, struct raw_field *ret_field)
{
    if (cursor->column == CSV_COLUMNS_MAXIMUM)
        return fail_field(cursor, ERROR_LIMIT, "csv-too-many-columns", "more than 4096 columns");
    if (cursor->rest.length > 0 && cursor->rest.data[0] == '"')
        TRY(take_quoted(cursor, ret_field));
    else
        TRY(take_plain(cursor, ret_field));
    TRY(check_text(cursor, ret_field));
    return take_field_end(cursor);
}

/* The content of a field. Only doubled quotes need memory of their own. */
static enum error_code unescape(struct cursor *cursor, const struct raw_field *field, struct slice *ret_field)
{
    if (field->doubled == 0) {
        *ret_field = field->text;
        return OK;
    }
    size_t length = field->text.length - field->doubled;
    char *to = region_allocate(cursor->reader->region, length);
    if (to == NULL)
        return fail_field(cursor, ERROR_MEMORY, "memory", "no memory");
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        to[i] = field->text.data[from];
        from += to[i] == '"' ? 2 : 1;
    }
    *ret_field = (struct slice){to, length};
    return OK;
}

/* Takes one record. Stores up to `room` fields; counts all. */
static enum error_code take_record(struct cursor *cursor, struct slice *fields, size_t room)
{
    while (!cursor->record_end) {
        struct raw_field field = {0};
        TRY(take_field(cursor, &field));
        if (cursor->column < room)
            TRY(unescape(cursor, &field, &fields[cursor->column]));
        cursor->column++;
    }
    return OK;
}

static struct cursor cursor_at(const struct csv_reader *reader, struct error *error)
{
    return (struct cursor){.reader = reader, .error = error, .rest = reader->rest, .line = reader->next_line};
}

/* Reads the header once without storing, to know how many fields there will be. */
static enum error_code count_columns(struct csv_reader *reader, struct error *error)
{
    struct cursor cursor = cursor_at(reader, error);
    TRY(take_record(&cursor, NULL, 0));
    struct slice *fields = REGION_ARRAY(reader->region, cursor.column, struct slice);
    if (fields == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu columns", cursor.column);
    reader->fields = fields;
    reader->column_count = cursor.column;
    return OK;
}

enum error_code csv_next(struct csv_reader *reader, struct error *error, bool *ret_more)
{
    if (reader->rest.length == 0) {
        reader->field_count = 0;
        *ret_more = false;
        return OK;
    }
    if (reader->column_count == 0)
        TRY(count_columns(reader, error));
    struct cursor cursor = cursor_at(reader, error);
    TRY(take_record(&cursor, reader->fields, reader->column_count));
    if (cursor.column != reader->column_count) {
        char what[100];
        snprintf(what, sizeof(what), ": %zu field%s, the header has %zu", cursor.column,
                 cursor.column == 1 ? "" : "s", reader->column_count);
        return fail_record(&cursor, ERROR_INPUT, "csv-field-count", what);
    }
    reader->row++;
    reader->line = reader->next_line;
    reader->field_count = cursor.column;
    /* Skipped now, so that an empty rest means the end. */
    reader->rest = skip_blank_lines(cursor.rest, &cursor.line);
    reader->next_line = cursor.line;
    *ret_more = true;
    return OK;
}
