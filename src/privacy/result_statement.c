#include "privacy/result_statement.h"

#include "privacy/lines.h"

#include <math.h>

enum { REASON_MAXIMUM = 32, OPTIONS_MINIMUM = 2, COUNT_MAXIMUM = 1000000 };

static enum error_code wrong(struct error *error, const char *what)
{
    return FAIL(error, ERROR_INPUT, "statement", "not a result statement: %s", what);
}

/* ---- Checks -------------------------------------------------------------------------------------- */

static bool is_mean(int64_t millionths)
{
    return millionths >= RESULT_MILLION && millionths <= PROTOCOL_VALUE_MAXIMUM * RESULT_MILLION;
}

static bool item_fits(const struct result_item *item)
{
    if (!protocol_is_identifier(item->id, PROTOCOL_ITEM_ID_MAXIMUM))
        return false;
    if (item->kind == RESULT_HIDDEN)
        return protocol_is_identifier(item->reason, REASON_MAXIMUM);
    if (item->kind == RESULT_CLOSED)
        return true;
    if (item->kind != RESULT_COUNTS || item->options < OPTIONS_MINIMUM ||
        item->options > PROTOCOL_VALUE_MAXIMUM)
        return false;
    for (int64_t i = 0; i < item->options; i++)
        if (item->counts[i] < 0 || item->counts[i] > COUNT_MAXIMUM)
            return false;
    return true;
}

static bool construct_fits(const struct result_construct *construct)
{
    if (!protocol_is_identifier(construct->id, RESULT_ID_MAXIMUM) || construct->n < -1 ||
        construct->n > COUNT_MAXIMUM)
        return false;
    if (construct->kind == RESULT_HIDDEN)
        return protocol_is_identifier(construct->reason, REASON_MAXIMUM);
    if (construct->kind != RESULT_MEAN || !is_mean(construct->millionths) || construct->item_count == 0 ||
        construct->item_count > PROTOCOL_ITEMS_MAXIMUM)
        return false;
    for (size_t i = 0; i < construct->item_count; i++)
        if (!protocol_is_identifier(construct->items[i], PROTOCOL_ITEM_ID_MAXIMUM) ||
            construct->items[i].data[0] == '-')
            return false;
    return true;
}

static enum error_code check(const struct result_statement *statement, struct error *error)
{
    if (statement->item_count == 0 || statement->item_count > PROTOCOL_ITEMS_MAXIMUM ||
        statement->construct_count > RESULT_CONSTRUCTS_MAXIMUM)
        return wrong(error, "number of lines");
    for (size_t i = 0; i < statement->item_count; i++)
        if (!item_fits(&statement->items[i]))
            return wrong(error, "item");
    for (size_t i = 0; i < statement->construct_count; i++)
        if (!construct_fits(&statement->constructs[i]))
            return wrong(error, "construct");
    return OK;
}

/* ---- Writing ------------------------------------------------------------------------------------- */

static void append_mean(struct buffer *out, int64_t millionths)
{
    buffer_format(out, " mean %" PRId64 ".%06" PRId64, millionths / RESULT_MILLION,
                  millionths % RESULT_MILLION);
}

static void write_item(struct buffer *out, const struct result_item *item)
{
    buffer_append_text(out, "item ");
    buffer_append(out, item->id);
    if (item->kind == RESULT_HIDDEN) {
        lines_text(out, " hidden", item->reason);
        return;
    }
    if (item->kind == RESULT_CLOSED) {
        buffer_append_text(out, " closed\n");
        return;
    }
    buffer_append_text(out, " counts");
    for (int64_t i = 0; i < item->options; i++)
        buffer_format(out, " %" PRId64, item->counts[i]);
    buffer_append_byte(out, '\n');
}

static void write_construct(struct buffer *out, const struct result_construct *construct)
{
    buffer_append_text(out, "construct ");
    buffer_append(out, construct->id);
    if (construct->kind == RESULT_HIDDEN) {
        lines_text(out, " hidden", construct->reason);
        return;
    }
    append_mean(out, construct->millionths);
    if (construct->n < 0)
        buffer_append_text(out, " n withheld from");
    else
        buffer_format(out, " n %" PRId64 " from", construct->n);
    for (size_t i = 0; i < construct->item_count; i++) {
        buffer_append_text(out, construct->reversed[i] ? " -" : " ");
        buffer_append(out, construct->items[i]);
    }
    buffer_append_byte(out, '\n');
}

enum error_code result_statement_write(const struct result_statement *statement, struct region *region,
                                       struct error *error, struct slice *ret_bytes)
{
    TRY(check(statement, error));
    CLEANUP(buffer_free) struct buffer out = BUFFER(RESULT_MAXIMUM);
    buffer_append_text(&out, "hecht-result-v1\n");
    lines_hash(&out, "rid", statement->rid);
    for (size_t i = 0; i < statement->item_count; i++)
        write_item(&out, &statement->items[i]);
    for (size_t i = 0; i < statement->construct_count; i++)
        write_construct(&out, &statement->constructs[i]);
    return lines_finish(&out, region, error, ret_bytes);
}

/* ---- Reading ------------------------------------------------------------------------------------- */

static bool next_integer(struct slice *rest, int64_t *ret_value)
{
    struct slice part;
    return slice_take(rest, ' ', &part) && slice_to_integer(part, 0, INT64_MAX, ret_value);
}

static bool next_word(struct slice *rest, struct slice word)
{
    struct slice part;
    return slice_take(rest, ' ', &part) && slice_equal(part, word);
}

/* A number, or "withheld" (-1). */
static bool next_count(struct slice *rest, int64_t *ret_value)
{
    struct slice part;
    if (!slice_take(rest, ' ', &part))
        return false;
    *ret_value = -1;
    return slice_equal(part, S("withheld")) || slice_to_integer(part, 0, INT64_MAX, ret_value);
}

/* "X.XXXXXX" */
static bool next_mean(struct slice *rest, int64_t *ret_millionths)
{
    struct slice part, whole;
    int64_t units, millionths;
    if (!slice_take(rest, ' ', &part) || !slice_take(&part, '.', &whole) || part.length != 6 ||
        !slice_to_integer(whole, 0, PROTOCOL_VALUE_MAXIMUM, &units) ||
        !slice_to_integer(part, 0, RESULT_MILLION - 1, &millionths))
        return false;
    *ret_millionths = units * RESULT_MILLION + millionths;
    return true;
}

static bool take_item(struct slice line, struct result_item *item)
{
    struct slice kind;
    if (!slice_take(&line, ' ', &item->id) || !slice_take(&line, ' ', &kind))
        return false;
    if (slice_equal(kind, S("hidden"))) {
        item->kind = RESULT_HIDDEN;
        item->reason = line;
        return true;
    }
    if (slice_equal(kind, S("closed"))) {
        item->kind = RESULT_CLOSED;
        return line.data == NULL;
    }
    item->kind = RESULT_COUNTS;
    while (line.data != NULL)
        if (item->options == PROTOCOL_VALUE_MAXIMUM || !next_integer(&line, &item->counts[item->options++]))
            return false;
    return slice_equal(kind, S("counts"));
}

static bool take_from(struct slice line, struct result_construct *construct)
{
    for (struct slice part; slice_take(&line, ' ', &part);) {
        if (construct->item_count == PROTOCOL_ITEMS_MAXIMUM)
            return false;
        bool reversed = slice_starts_with(part, S("-"));
        construct->reversed[construct->item_count] = reversed;
        construct->items[construct->item_count++] = slice_from(part, reversed);
    }
    return true;
}

static bool take_construct(struct slice line, struct result_construct *construct)
{
    struct slice kind;
    if (!slice_take(&line, ' ', &construct->id) || !slice_take(&line, ' ', &kind))
        return false;
    if (slice_equal(kind, S("hidden"))) {
        construct->kind = RESULT_HIDDEN;
        construct->reason = line;
        return true;
    }
    construct->kind = RESULT_MEAN;
    return slice_equal(kind, S("mean")) && next_mean(&line, &construct->millionths) &&
           next_word(&line, S("n")) && next_count(&line, &construct->n) && next_word(&line, S("from")) &&
           take_from(line, construct);
}

static bool take_statement(struct slice rest, struct result_statement *statement)
{
    struct slice line;
    if (!lines_take_exactly(&rest, S("hecht-result-v1")) || !lines_take_hash(&rest, S("rid"), statement->rid))
        return false;
    while (lines_take(&rest, S("item"), &line))
        if (statement->item_count == PROTOCOL_ITEMS_MAXIMUM ||
            !take_item(line, &statement->items[statement->item_count++]))
            return false;
    while (lines_take(&rest, S("construct"), &line))
        if (statement->construct_count == RESULT_CONSTRUCTS_MAXIMUM ||
            !take_construct(line, &statement->constructs[statement->construct_count++]))
            return false;
    return rest.length == 0;
}

enum error_code result_statement_read(struct slice bytes, struct region *region, struct error *error,
                                      struct result_statement *ret_statement)
{
    struct result_statement *found = REGION_NEW(region, struct result_statement); /* large */
    struct slice canonical;
    if (found == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a statement");
    if (bytes.length > RESULT_MAXIMUM || !take_statement(bytes, found))
        return wrong(error, "its lines");
    TRY(result_statement_write(found, region, error, &canonical));
    if (!slice_equal(bytes, canonical))
        return wrong(error, "another than its canonical form");
    *ret_statement = *found;
    return OK;
}

/* ---- Means --------------------------------------------------------------------------------------- */

double result_counts_mean(const struct result_item *item)
{
    int64_t n = 0, sum = 0;
    for (int64_t i = 0; i < item->options; i++) {
        n += item->counts[i];
        sum += item->counts[i] * (i + 1);
    }
    return n > 0 ? (double)sum / (double)n : (double)NAN;
}

int64_t result_millionths(double mean)
{
    return llround(mean * RESULT_MILLION);
}
