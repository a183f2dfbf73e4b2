/* The result statement of one team, from the rows that the close kept of it. */
#include "pulse/close_record.h"

#include <math.h>

#include "privacy/ledger.h"

STATEMENT(STATEMENT_ITEMS,
          "SELECT item, reason, counts FROM result_item WHERE org_id = $1 AND round_number = $2 "
          "AND group_kind = 'team' AND group_id = $3 ORDER BY item");
STATEMENT(STATEMENT_CONSTRUCTS,
          "SELECT construct, reason, n, mean FROM result_construct WHERE org_id = $1 AND round_number = $2 "
          "AND group_kind = 'team' AND group_id = $3 ORDER BY construct");

static const struct close_item *plan_item(const struct close_plan *plan, struct slice id)
{
    for (size_t i = 0; i < plan->item_count; i++)
        if (slice_equal(plan->items[i].id, id))
            return &plan->items[i];
    return NULL;
}

/* "2 0 5 3 0" */
static bool read_counts(struct slice text, struct result_item *item)
{
    struct slice part;
    item->options = 0;
    while (slice_take(&text, ' ', &part))
        if (item->options == PROTOCOL_VALUE_MAXIMUM ||
            !slice_to_integer(part, 0, INT64_MAX, &item->counts[item->options++]))
            return false;
    return true;
}

/* Rules 5 and 6 for cells. Where the lowest option is not the low end (reversed questions, the promise), both
 * ends are taken for it. */
static bool cells_may_open(const struct close_item *which, const struct result_item *item, int64_t k)
{
    int64_t turned[PROTOCOL_VALUE_MAXIMUM];
    size_t options = (size_t)item->options;
    for (size_t i = 0; i < options; i++)
        turned[i] = item->counts[options - 1 - i];
    if (!disclosure_bars(item->counts, options, k) ||
        disclosure_question(item->counts, options, k) != DISCLOSURE_SHOWN)
        return false;
    bool two_ended = which->reversed || which->construct.length == 0;
    return !two_ended || (disclosure_bars(turned, options, k) &&
                          disclosure_question(turned, options, k) == DISCLOSURE_SHOWN);
}

static void set_item(const struct recording *recording, const struct store_rows *rows, bool open,
                     struct result_item *item)
{
    const struct close_item *which = plan_item(recording->plan, item->id);
    struct slice reason = store_column_text(rows, 1);
    if (reason.length > 0 || which == NULL) {
        item->reason = region_copy(recording->region, reason);
        return;
    }
    bool counted = read_counts(store_column_text(rows, 2), item);
    bool opens = open && counted && cells_may_open(which, item, recording->descriptor->k);
    item->kind = opens ? RESULT_COUNTS : RESULT_CLOSED;
}

static enum error_code read_items(const struct recording *recording, bool open,
                                  struct result_statement *statement)
{
    const struct descriptor *descriptor = recording->descriptor;
    statement->item_count = descriptor->item_count;
    for (size_t i = 0; i < descriptor->item_count; i++)
        statement->items[i] =
            (struct result_item){.id = descriptor->items[i], .kind = RESULT_HIDDEN, .reason = S("too-few")};
    STORE_ROWS(rows);
    TRY(store_select(recording->session, &STATEMENT_ITEMS,
                     PARAMETERS(V_INTEGER(recording->round->org), V_INTEGER(recording->round->round_number),
                                V_INTEGER(recording->round->team)),
                     recording->error, &rows));
    while (store_next(&rows))
        for (size_t i = 0; i < statement->item_count; i++)
            if (slice_equal(statement->items[i].id, store_column_text(&rows, 0)))
                set_item(recording, &rows, open, &statement->items[i]);
    return store_rows_end(&rows);
}

/* Which questions a figure is the mean of. */
static void add_items(const struct close_plan *plan, struct result_construct *construct)
{
    for (size_t m = 0; m < plan->measure_count; m++) {
        const struct close_measure *measure = &plan->measures[m];
        if (!slice_equal(measure->id, construct->id))
            continue;
        for (size_t i = 0; i < measure->item_count; i++) {
            construct->items[construct->item_count] = plan->items[measure->items[i]].id;
            construct->reversed[construct->item_count++] = plan->items[measure->items[i]].reversed;
        }
    }
}

static void set_construct(const struct recording *recording, const struct store_rows *rows, bool exact,
                          struct result_construct *construct)
{
    struct slice reason = store_column_text(rows, 1);
    construct->id = region_copy(recording->region, store_column_text(rows, 0));
    construct->n = -1;
    construct->kind = reason.length > 0 ? RESULT_HIDDEN : RESULT_MEAN;
    construct->reason = region_copy(recording->region, reason);
    if (construct->kind == RESULT_HIDDEN)
        return;
    double mean = store_column_real(rows, 3);
    /* With all its decimals it would fit one number of answers only. */
    construct->millionths = result_millionths(exact ? mean : round(mean * 10) / 10);
    add_items(recording->plan, construct);
    construct->n = exact ? store_column_integer(rows, 2) : -1;
}

enum error_code close_statement(const struct recording *recording, bool exact, bool open,
                                struct result_statement *ret_statement)
{
    memcpy(ret_statement->rid, recording->round->rid, sizeof ret_statement->rid);
    TRY(read_items(recording, open, ret_statement));
    STORE_ROWS(rows);
    TRY(store_select(recording->session, &STATEMENT_CONSTRUCTS,
                     PARAMETERS(V_INTEGER(recording->round->org), V_INTEGER(recording->round->round_number),
                                V_INTEGER(recording->round->team)),
                     recording->error, &rows));
    ret_statement->construct_count = 0;
    while (ret_statement->construct_count < RESULT_CONSTRUCTS_MAXIMUM && store_next(&rows))
        set_construct(recording, &rows, exact, &ret_statement->constructs[ret_statement->construct_count++]);
    return store_rows_end(&rows);
}
