/* Any record, right or wrong: what a field may be, and what is said when it is something else. */
#include "table/csv.h"

#include "table/number.h"
#include "table/wording.h"

#include <stdarg.h>

/* A record that is being read. */
struct record {
    struct csv_parser *parser;
    int64_t lines; /* before it: line feeds that end no record */
    size_t fields;
    enum csv_trouble trouble; /* the first, and its column */
    size_t trouble_column;
};

/* Notes a bad row; whether that ends the reading, skip_bad says. column SIZE_MAX: the row as a whole. */
static void note_bad(const struct record *record, enum error_code code, const char *reason, size_t column,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

static void note_bad(const struct record *record, enum error_code code, const char *reason, size_t column,
                     const char *format, ...)
{
    const struct table *table = record->parser->plan->table;
    struct csv_result *result = record->parser->result;
    char name[WORDING_FOUND], words[240];
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(words, sizeof words, format, arguments) < 0)
        words[0] = '\0';
    va_end(arguments);
    struct error whole = {0};
    if (column == SIZE_MAX)
        (void)FAIL(&whole, code, reason, "%s", words);
    else
        (void)FAIL(&whole, code, reason, "column %s: %s",
                   table_column_words(table, column, name, sizeof name), words);
    if (!table->options.skip_bad || record->trouble == CSV_NOT_CLOSED) {
        result->code = code;
        result->failure = whole;
        result->failed_record = result->records;
        result->failed_lines = record->lines;
        return;
    }
    result->left_out++;
    if (result->bad_count == TABLE_BAD_SHOWN)
        return;
    struct table_bad *bad = &result->bad[result->bad_count++];
    bad->row = result->records;
    snprintf(bad->text, sizeof bad->text, "%.*s", (int)sizeof bad->text - 1, whole.detail);
}

/* ---- Numbers ---- */

static void note_mark(struct record *record, char mark, size_t column, struct slice text)
{
    struct csv_mark *note = &record->parser->result->marks[mark == ',' ? 1 : 0];
    if (record->parser->plan->table->decimal != '\0' || mark == '\0' || note->record >= 0)
        return;
    note->record = record->parser->result->records;
    note->column = column;
    note->lines = record->lines;
    wording_text(text, note->found, sizeof note->found);
}

static const char *number_hint(char decimal, struct slice text)
{
    double value;
    char mark;
    if (decimal == '.' && number_parse(text, ',', &value, &mark))
        return " (is it a decimal comma? the mark here is a point)";
    if (decimal == ',' && number_parse(text, '.', &value, &mark))
        return " (is it a decimal point? the mark here is a comma)";
    return "";
}

static bool convert_number(struct record *record, const struct plan_entry *entry, struct slice text)
{
    struct csv_parser *parser = record->parser;
    char expected[80], found[WORDING_FOUND], decimal = parser->plan->table->decimal, mark;
    double value;
    if (table_is_missing(parser->plan->table, text)) {
        block_put_missing(parser->block, entry->number_index);
        return true;
    }
    bool number = number_parse(text, decimal, &value, &mark);
    if (number)
        note_mark(record, mark, entry->column, text);
    if (number && (!entry->bounded || (value >= entry->low && value <= entry->high))) {
        block_put_number(parser->block, entry->number_index, value);
        return true;
    }
    note_bad(record, ERROR_INPUT, number ? "table-range" : "table-number", entry->column,
             "expected %s, found \"%s\"%s", table_expected(entry, expected, sizeof expected),
             wording_text(text, found, sizeof found), number ? "" : number_hint(decimal, text));
    return false;
}

/* ---- Texts ---- */

static bool convert_text(struct record *record, const struct plan_entry *entry, struct slice text)
{
    char found[WORDING_FOUND];
    const char *what = NULL;
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL)
        what = "with a NUL byte";
    else if (!slice_is_utf8(text))
        what = "that is not UTF-8";
    if (what != NULL) {
        note_bad(record, ERROR_INPUT, "table-encoding", entry->column,
                 "expected a text in UTF-8, found \"%s\" %s", wording_text(text, found, sizeof found), what);
        return false;
    }
    if (table_is_missing(record->parser->plan->table, text))
        text.length = 0;
    block_put_text(record->parser->block, entry->text_index, text);
    return true;
}

/* ---- Records ---- */

static char *take_fields(struct record *record, char *at)
{
    struct csv_parser *parser = record->parser;
    const struct plan *wanted = parser->plan->wanted;
    size_t e = 0;
    for (bool last = false; !last; record->fields++) {
        struct csv_field field;
        csv_take_field(&at, parser->end, parser->plan->table->delimiter, &parser->result->lines, &field,
                       &last);
        if (field.trouble != CSV_FINE && record->trouble == CSV_FINE) {
            record->trouble = field.trouble;
            record->trouble_column = record->fields;
        }
        if (e < wanted->entry_count && wanted->entries[e].column == record->fields)
            parser->fields[e++] = field;
    }
    return at;
}

/* The record as a whole has the shape of the header's. */
static bool check_shape(const struct record *record)
{
    const struct table *table = record->parser->plan->table;
    if (record->trouble != CSV_FINE) {
        note_bad(record, ERROR_INPUT, "table-quote", record->trouble_column, "%s",
                 csv_trouble_words(record->trouble));
        return false;
    }
    if (record->fields == table->column_count)
        return true;
    note_bad(record, ERROR_INPUT, "table-ragged", SIZE_MAX, "%zu field%s, the header has %zu%s",
             record->fields, record->fields == 1 ? "" : "s", table->column_count,
             record->fields > table->column_count && table->delimiter == ','
                 ? " (a number with a decimal comma must be in quotes where fields end at commas)"
                 : "");
    return false;
}

static bool convert(struct record *record)
{
    struct csv_parser *parser = record->parser;
    const struct plan *wanted = parser->plan->wanted;
    for (size_t e = 0; e < wanted->entry_count; e++) {
        const struct plan_entry *entry = &wanted->entries[e];
        struct slice text = csv_content(&parser->fields[e]);
        if ((entry->number && !convert_number(record, entry, text)) ||
            (entry->text && !convert_text(record, entry, text)))
            return false;
    }
    return true;
}

char *csv_careful_record(struct csv_parser *parser, char *at, bool *ret_kept)
{
    struct record record = {.parser = parser, .lines = parser->result->lines};
    at = take_fields(&record, at);
    *ret_kept = check_shape(&record) && convert(&record);
    return parser->result->code == OK ? at : NULL;
}
