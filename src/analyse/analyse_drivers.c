#include "analyse/analyse_drivers.h"

#include <math.h>

/* The columns as they are loaded: predictors, outcome, group. */
struct rows {
    struct table_values values;
    size_t variables;          /* predictors and outcome */
    const struct slice *group; /* NULL: none */
    size_t *order;             /* complete rows, group by group */
    size_t count;
};

/* ---- Reading -------------------------------------------------------------------------------------- */

static enum error_code check_names(const struct analyse_drivers_options *options, struct error *error)
{
    for (size_t i = 0; i < options->predictor_count; i++) {
        struct slice name = options->predictors[i];
        if (slice_equal(name, options->outcome) || slice_equal(name, options->group))
            return FAIL(error, ERROR_INPUT, "same-column", "column %.*s has two parts to play",
                        SLICE_ARG(name));
        for (size_t j = 0; j < i; j++)
            if (slice_equal(name, options->predictors[j]))
                return FAIL(error, ERROR_INPUT, "same-column", "column %.*s stands twice in --predictors",
                            SLICE_ARG(name));
    }
    if (slice_equal(options->outcome, options->group))
        return FAIL(error, ERROR_INPUT, "same-column", "column %.*s has two parts to play",
                    SLICE_ARG(options->outcome));
    return OK;
}

static int by_group(const void *a, const void *b, void *context)
{
    const struct rows *rows = context;
    size_t i = *(const size_t *)a, j = *(const size_t *)b;
    int names = rows->group == NULL ? 0 : slice_compare(rows->group[i], rows->group[j]);
    return names != 0 ? names : i < j ? -1 : i > j;
}

static bool is_complete(const struct rows *rows, size_t row)
{
    if (rows->group != NULL && rows->group[row].length == 0)
        return false;
    for (size_t v = 0; v < rows->variables; v++)
        if (isnan(rows->values.numbers[v][row]))
            return false;
    return true;
}

static enum error_code read_rows(struct table *table, const struct analyse_drivers_options *options,
                                 struct region *region, struct error *error, struct rows *rows,
                                 struct table_counts *counts)
{
    struct table_wanted wanted[DRIVERS_MAXIMUM + 2] = {{.kind = TABLE_NUMBER}};
    size_t p = options->predictor_count, count = p + 1;
    for (size_t i = 0; i <= p; i++) {
        wanted[i].kind = TABLE_NUMBER;
        TRY(table_column_find(table, i < p ? options->predictors[i] : options->outcome, error,
                              &wanted[i].column));
    }
    if (options->group.length > 0) {
        wanted[count].kind = TABLE_TEXT;
        TRY(table_column_find(table, options->group, error, &wanted[count++].column));
    }
    TRY(table_load(table, wanted, count, region, error, &rows->values, counts));
    rows->variables = p + 1;
    rows->group = options->group.length > 0 ? rows->values.texts[p + 1] : NULL;
    rows->order = REGION_ARRAY(region, rows->values.rows, size_t);
    if (rows->order == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", rows->values.rows);
    for (size_t row = 0; row < rows->values.rows; row++)
        if (is_complete(rows, row))
            rows->order[rows->count++] = row;
    qsort_r(rows->order, rows->count, sizeof *rows->order, by_group, rows);
    return OK;
}

/* ---- Moments -------------------------------------------------------------------------------------- */

/* Moments of all rows, of deviations inside groups and of group means; whole, and by unit of the
 * bootstrap. */
struct gathered {
    struct cross_moments all, within, between;
    struct cross_moments *all_units, *within_units, *between_units;
    size_t groups, unit_count;
};

static bool same_group(const struct rows *rows, size_t i, size_t j)
{
    return rows->group != NULL && slice_equal(rows->group[rows->order[i]], rows->group[rows->order[j]]);
}

static size_t count_groups(const struct rows *rows)
{
    size_t groups = 0;
    for (size_t i = 0; i < rows->count; i++)
        groups += i == 0 || !same_group(rows, i - 1, i);
    return groups;
}

static enum error_code make_units(const struct rows *rows, struct region *region, struct error *error,
                                  struct gathered *gathered)
{
    struct cross_moments **units[] = {&gathered->all_units, &gathered->within_units,
                                      &gathered->between_units};
    gathered->groups = count_groups(rows);
    gathered->unit_count =
        gathered->groups < DRIVERS_UNITS_MAXIMUM ? gathered->groups : DRIVERS_UNITS_MAXIMUM;
    gathered->all.variables = gathered->within.variables = gathered->between.variables = rows->variables;
    for (size_t i = 0; i < COUNT_OF(units); i++) {
        *units[i] = REGION_ARRAY(region, gathered->unit_count, struct cross_moments);
        if (*units[i] == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", gathered->unit_count);
        for (size_t u = 0; u < gathered->unit_count; u++)
            (*units[i])[u].variables = rows->variables;
    }
    return OK;
}

static void gather(const struct rows *rows, struct gathered *gathered)
{
    size_t group = 0;
    for (size_t i = 0; i < rows->count; group++) {
        struct cross_moments moments = {.variables = rows->variables};
        size_t first = i, unit = drivers_unit(group, gathered->groups);
        do {
            double values[CROSS_VARIABLES_MAXIMUM];
            for (size_t v = 0; v < rows->variables; v++)
                values[v] = rows->values.numbers[v][rows->order[i]];
            cross_moments_add(&moments, values);
            i++;
        } while (i < rows->count && same_group(rows, first, i));
        cross_moments_merge(&gathered->all, &moments);
        cross_moments_merge(&gathered->all_units[unit], &moments);
        cross_moments_merge_within(&gathered->within, &moments);
        cross_moments_merge_within(&gathered->within_units[unit], &moments);
        cross_moments_add(&gathered->between, moments.means);
        cross_moments_add(&gathered->between_units[unit], moments.means);
    }
}

/* ---- Figures -------------------------------------------------------------------------------------- */

static struct slice reason_of(const struct analyse_drivers_options *options, const struct drivers *drivers,
                              bool has_intercept, struct region *region)
{
    CLEANUP(buffer_free) struct buffer text = BUFFER(16 << 10);
    for (size_t i = 0; i < drivers->predictors; i++)
        if (drivers->constant[i])
            buffer_format(&text, "%s%.*s does not vary", text.length > 0 ? "; " : "",
                          SLICE_ARG(options->predictors[i]));
    if (drivers->collinear)
        buffer_format(&text, "%sa predictor follows from the others, so none has a slope of its own",
                      text.length > 0 ? "; " : "");
    if (!has_intercept && text.length == 0)
        buffer_append_text(&text, "deviations have no intercept");
    return region_copy(region, buffer_slice(&text));
}

/* What the data cannot answer is a reason; only the rest is a failure. */
static enum error_code as_reason(enum error_code code, const struct error *failure, struct region *region,
                                 struct error *error, struct slice *ret_reason)
{
    if (code == ERROR_INPUT)
        *ret_reason = region_copy(region, slice_from_text(failure->detail));
    else if (code != OK)
        *error = *failure;
    return code == ERROR_INPUT ? OK : code;
}

static enum error_code compute(const struct analyse_drivers_options *options,
                               const struct cross_moments *moments, int64_t means_removed,
                               const struct cross_moments *units, size_t unit_count, struct region *region,
                               struct error *error, struct analyse_drivers_part *part)
{
    struct error failure = {.reason = ""};
    enum error_code code = drivers_estimate(moments, means_removed, &failure, &part->drivers);
    part->has_figures = code == OK;
    TRY(as_reason(code, &failure, region, error, &part->reason));
    if (!part->has_figures) {
        part->intervals_reason = part->reason;
        return OK;
    }
    part->reason = reason_of(options, &part->drivers, means_removed == 1, region);
    code = drivers_bootstrap(units, unit_count, means_removed != 1, options->resamples, options->seed, region,
                             &failure, &part->intervals);
    part->has_intervals = code == OK;
    return as_reason(code, &failure, region, error, &part->intervals_reason);
}

enum error_code analyse_drivers(struct table *table, const struct analyse_drivers_options *options,
                                struct region *region, struct error *error,
                                struct analyse_drivers *ret_result)
{
    struct rows rows = {.count = 0};
    struct gathered gathered = {.groups = 0};
    struct analyse_drivers result = {.options = *options};
    TRY(check_names(options, error));
    TRY(read_rows(table, options, region, error, &rows, &result.counts));
    TRY(make_units(&rows, region, error, &gathered));
    gather(&rows, &gathered);
    result.n = gathered.all.n;
    result.groups = gathered.groups;
    TRY(compute(options, &gathered.all, 1, gathered.all_units, gathered.unit_count, region, error,
                &result.all));
    if (rows.group != NULL && gathered.groups < 2) {
        result.within.reason = result.within.intervals_reason = S("there are fewer than two groups");
        result.between = result.within;
    } else if (rows.group != NULL) {
        TRY(compute(options, &gathered.within, (int64_t)gathered.groups, gathered.within_units,
                    gathered.unit_count, region, error, &result.within));
        TRY(compute(options, &gathered.between, 1, gathered.between_units, gathered.unit_count, region, error,
                    &result.between));
    }
    *ret_result = result;
    return OK;
}
