/* The cases of a file of SPSS or Stata as blocks of rows. ReadStat hands over one value after the other. */
#include "table/number.h"
#include "table/statistics_file.h"
#include "table/wording.h"

#include <math.h>

enum {
    TEXTS_MAXIMUM = 1 << 28, /* bytes of one block */
    VALUES_OF_BLOCK = 1 << 18,
};

struct cases {
    struct table *table;
    const struct plan *plan;
    struct block *block;
    struct region *texts; /* of the block */
    const struct statistics_bytes *bytes;
    double missing[TABLE_MISSING_MAXIMUM]; /* texts that mean "no value" and are numbers */
    size_t missing_count;
    table_sink sink;
    void *context;
    struct error *error;
    struct table_counts *counts;
    enum error_code code;
    int64_t row;  /* being put together, from 1; 0: none yet */
    int64_t rows; /* that are whole */
    bool bad;     /* it is left out */
};

/* ---- Rows ---- */

static bool deliver(struct cases *cases)
{
    const struct table_options *options = &cases->table->options;
    int64_t rows = (int64_t)cases->block->rows;
    cases->code = block_deliver(cases->block, cases->sink, cases->context, 0, cases->error);
    region_clear(cases->texts);
    if (cases->code == OK)
        cases->counts->rows += rows;
    if (cases->code == OK && options->progress != NULL)
        options->progress(options->progress_context, cases->bytes->at, cases->table->source.size);
    return cases->code == OK;
}

/* The row that ends, if there is one. */
static bool end_row(struct cases *cases)
{
    if (cases->row == 0)
        return true;
    cases->rows++;
    if (!cases->bad)
        block_commit(cases->block, cases->row);
    return cases->block->rows < cases->block->capacity || deliver(cases);
}

/* Every wanted value is missing until it comes. */
static void begin_row(struct cases *cases, int64_t row)
{
    cases->row = row;
    cases->bad = false;
    for (size_t n = 0; n < cases->plan->number_count; n++)
        block_put_missing(cases->block, n);
    for (size_t t = 0; t < cases->plan->text_count; t++)
        block_put_text(cases->block, t, (struct slice){0});
}

static void note_bad(struct cases *cases, const struct plan_entry *entry, struct slice found,
                     const char *reason)
{
    char name[WORDING_FOUND], expected[80], words[WORDING_FOUND], text[240];
    snprintf(text, sizeof text, "column %s: expected %s, found \"%s\"",
             table_column_words(cases->table, entry->column, name, sizeof name),
             table_expected(entry, expected, sizeof expected), wording_text(found, words, sizeof words));
    cases->bad = true;
    if (!cases->table->options.skip_bad) {
        cases->code = FAIL(cases->error, ERROR_INPUT, reason, "%s: row %" PRId64 ", %s",
                           cases->table->source.name, cases->row, text);
        return;
    }
    cases->counts->left_out++;
    if (cases->counts->bad_count == TABLE_BAD_SHOWN)
        return;
    struct table_bad *bad = &cases->counts->bad[cases->counts->bad_count++];
    bad->row = cases->row;
    snprintf(bad->text, sizeof bad->text, "%.*s", (int)sizeof bad->text - 1, text);
}

/* ---- Values ---- */

static bool is_missing_number(const struct cases *cases, double value)
{
    for (size_t i = 0; i < cases->missing_count; i++)
        if (value == cases->missing[i])
            return true;
    return isnan(value);
}

/* Puts a number that may be there; otherwise the reason why not. */
static const char *put_number(struct cases *cases, const struct plan_entry *entry, double value)
{
    if (is_missing_number(cases, value))
        return NULL;
    if (isinf(value))
        return "table-number";
    if (entry->bounded && !(value >= entry->low && value <= entry->high))
        return "table-range";
    block_put_number(cases->block, entry->number_index, value);
    return NULL;
}

static void put_text(struct cases *cases, const struct plan_entry *entry, struct slice text)
{
    block_put_text(cases->block, entry->text_index, region_copy(cases->texts, text));
    if (region_failed(cases->texts))
        cases->code =
            FAIL(cases->error, ERROR_MEMORY, "memory", "%s: row %" PRId64 ": no memory for the texts",
                 cases->table->source.name, cases->row);
}

/* As short as tells the number from its neighbours. */
static struct slice number_text(double value, bool single, char to[static 40])
{
    if (value == floor(value) && fabs(value) < 1e15) {
        int length = snprintf(to, 40, "%.0f", value == 0 ? 0 : value);
        return (struct slice){to, (size_t)length};
    }
    for (int digits = single ? 6 : 15;; digits++) {
        double again = 0;
        int length = snprintf(to, 40, "%.*g", digits, value);
        struct slice text = {to, (size_t)length};
        char mark;
        bool same = number_parse(text, '.', &again, &mark) &&
                    (single ? (float)again == (float)value : again == value);
        if (same || digits == 17)
            return text;
    }
}

static void take_number(struct cases *cases, const struct plan_entry *entry, readstat_value_t value)
{
    char text[40];
    bool single = readstat_value_type(value) == READSTAT_TYPE_FLOAT;
    double number = readstat_double_value(value);
    const char *reason = entry->number ? put_number(cases, entry, number) : NULL;
    if (reason != NULL)
        note_bad(cases, entry, number_text(number, single, text), reason);
    else if (entry->text && !is_missing_number(cases, number))
        put_text(cases, entry, number_text(number, single, text));
}

static void take_string(struct cases *cases, const struct plan_entry *entry, readstat_value_t value)
{
    struct slice text = slice_trim(slice_from_text(readstat_string_value(value)));
    char decimal = cases->table->options.decimal, mark;
    double number = 0;
    const char *reason = NULL;
    if (table_is_missing(cases->table, text))
        return;
    if (entry->number && !number_parse(text, decimal == '\0' ? '.' : decimal, &number, &mark))
        reason = "table-number";
    else if (entry->number)
        reason = put_number(cases, entry, number);
    if (reason == NULL && entry->text && !slice_is_utf8(text))
        reason = "table-encoding";
    if (reason != NULL)
        note_bad(cases, entry, text, reason);
    else if (entry->text)
        put_text(cases, entry, text);
}

static const struct plan_entry *find_entry(const struct plan *plan, size_t column)
{
    size_t low = 0, high = plan->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (plan->entries[middle].column < column)
            low = middle + 1;
        else
            high = middle;
    }
    return low < plan->entry_count && plan->entries[low].column == column ? &plan->entries[low] : NULL;
}

static int take_value(int observation, readstat_variable_t *variable, readstat_value_t value, void *context)
{
    struct cases *cases = context;
    const struct plan_entry *entry = find_entry(cases->plan, (size_t)readstat_variable_get_index(variable));
    if (observation + (int64_t)1 != cases->row) {
        if (!end_row(cases))
            return READSTAT_HANDLER_ABORT;
        begin_row(cases, observation + (int64_t)1);
    }
    if (entry == NULL || cases->bad || readstat_value_is_missing(value, variable))
        return READSTAT_HANDLER_OK;
    if (readstat_value_type_class(value) == READSTAT_TYPE_CLASS_STRING)
        take_string(cases, entry, value);
    else
        take_number(cases, entry, value);
    return cases->code == OK ? READSTAT_HANDLER_OK : READSTAT_HANDLER_ABORT;
}

/* Only what is wanted; where that is nothing, the first column, so that there are rows to count. */
static int choose_variable(int index, readstat_variable_t *variable, const char *labels, void *context)
{
    const struct cases *cases = context;
    (void)variable;
    (void)labels;
    bool wanted =
        find_entry(cases->plan, (size_t)index) != NULL || (cases->plan->entry_count == 0 && index == 0);
    return wanted ? READSTAT_HANDLER_OK : READSTAT_HANDLER_SKIP_VARIABLE;
}

/* ---- Reading ---- */

/* Fewer rows where many columns are wanted, to bound the memory of a block. */
static size_t block_rows(const struct plan *plan)
{
    size_t rows = VALUES_OF_BLOCK / (plan->number_count + plan->text_count + 1);
    return rows < TABLE_BLOCK_ROWS ? rows : TABLE_BLOCK_ROWS;
}

static void find_missing(struct cases *cases)
{
    const struct table_options *options = &cases->table->options;
    char decimal = options->decimal == '\0' ? '.' : options->decimal, mark;
    for (size_t i = 0; i < options->missing_count; i++)
        if (number_parse(options->missing[i], decimal, &cases->missing[cases->missing_count], &mark))
            cases->missing_count++;
}

static enum error_code read_cases(struct cases *cases, readstat_parser_t *parser)
{
    readstat_set_variable_handler(parser, choose_variable);
    readstat_set_value_handler(parser, take_value);
    TRY(statistics_parse(cases->table, cases->bytes, parser, cases, &cases->rows, cases->error));
    TRY(cases->code);
    if (end_row(cases))
        deliver(cases);
    TRY(cases->code);
    cases->table->source.taken = cases->table->source.size;
    return source_check(&cases->table->source, cases->error);
}

enum error_code statistics_read_table(struct table *table, const struct plan *plan, table_sink sink,
                                      void *context, struct error *error, struct table_counts *counts)
{
    struct cases cases = {
        .table = table, .plan = plan, .sink = sink, .context = context, .error = error, .counts = counts};
    struct statistics_bytes *bytes;
    readstat_parser_t *parser;
    if (!statistics_begin(table, &bytes, &parser))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory to read %s", table->source.name);
    cases.bytes = bytes;
    cases.block = block_new(plan->slots, plan->wanted_count, plan->number_count, plan->text_count,
                            block_rows(plan), true);
    cases.texts = region_new(TEXTS_MAXIMUM);
    find_missing(&cases);
    enum error_code code = cases.block == NULL || cases.texts == NULL
                               ? FAIL(error, ERROR_MEMORY, "memory", "no memory for a block of rows")
                               : read_cases(&cases, parser);
    block_free(cases.block);
    region_free(cases.texts);
    statistics_end(bytes, parser);
    return code;
}
