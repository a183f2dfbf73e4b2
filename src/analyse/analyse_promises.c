#include "analyse/analyse_promises.h"

#include "analyse/left_out.h"

#include <math.h>

enum { DAY, KEPT, COLUMNS };

static enum error_code check_row(const struct table_values *values, size_t i,
                                 const struct analyse_promises_options *options, struct table_counts *counts,
                                 struct error *error, bool *ret_good)
{
    double day = values->numbers[DAY][i], kept = values->numbers[KEPT][i];
    *ret_good = false;
    if (isnan(day))
        return left_out_row(counts, options->skip_bad, options->file, values->row_numbers[i], error,
                            "column %.*s: expected a day, found none", SLICE_ARG(options->day));
    if (!isnan(kept) && fabs(kept) > 0 && fabs(kept - 1) > 0)
        return left_out_row(counts, options->skip_bad, options->file, values->row_numbers[i], error,
                            "column %.*s: expected 1 (kept) or 0 (broken), found %.15g",
                            SLICE_ARG(options->kept), kept);
    *ret_good = true;
    return OK;
}

/* The last day counts whether that promise is decided or not: it is when somebody last looked. */
static enum error_code collect(const struct table_values *values, struct analyse_promises *result,
                               struct promise_event *events, struct error *error, size_t *ret_count)
{
    size_t count = 0;
    double last = (double)NAN;
    for (size_t i = 0; i < values->rows; i++) {
        bool good;
        TRY(check_row(values, i, &result->options, &result->counts, error, &good));
        if (!good)
            continue;
        double day = values->numbers[DAY][i], kept = values->numbers[KEPT][i];
        last = fmax(last, day);
        if (isnan(kept))
            result->undecided++;
        else
            events[count++] = (struct promise_event){day, kept > 0};
    }
    if (isnan(result->options.model.now))
        result->options.model.now = last;
    *ret_count = count;
    return OK;
}

enum error_code analyse_promises(struct table *table, const struct analyse_promises_options *options,
                                 struct region *region, struct error *error,
                                 struct analyse_promises *ret_result)
{
    struct analyse_promises result = {.options = *options};
    struct table_wanted wanted[COLUMNS] = {{.kind = TABLE_NUMBER}, {.kind = TABLE_NUMBER}};
    struct table_values values;
    size_t count = 0;
    TRY(table_column_find(table, options->day, error, &wanted[DAY].column));
    TRY(table_column_find(table, options->kept, error, &wanted[KEPT].column));
    TRY(table_load(table, wanted, COLUMNS, region, error, &values, &result.counts));
    struct promise_event *events = REGION_ARRAY(region, values.rows, struct promise_event);
    if (events == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", values.rows);
    TRY(collect(&values, &result, events, error, &count));
    struct promise_model model = result.options.model;
    if (isnan(model.now))
        model.now = 0; /* no day at all: then nothing is weighed by it */
    TRY(promise_evidence(events, count, &model, error, &result.evidence));
    *ret_result = result;
    return OK;
}
