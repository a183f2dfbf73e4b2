#include "analyse/analyse_trend.h"

#include "analyse/left_out.h"

#include <math.h>

/* Columns in the order they are asked for. */
enum { TIME, VALUE, N = VALUE, MEAN, VARIANCE, COLUMNS_MAXIMUM };

static enum error_code load(struct table *table, const struct analyse_trend_options *options,
                            struct region *region, struct error *error, struct table_values *ret_values,
                            struct table_counts *ret_counts)
{
    const struct slice names[COLUMNS_MAXIMUM] = {options->time,
                                                 options->value.length > 0 ? options->value : options->n,
                                                 options->mean, options->variance};
    struct table_wanted wanted[COLUMNS_MAXIMUM] = {{.kind = TABLE_NUMBER}};
    size_t count = options->value.length > 0 ? 2 : COLUMNS_MAXIMUM;
    for (size_t i = 0; i < count; i++) {
        wanted[i].kind = TABLE_NUMBER;
        TRY(table_column_find(table, names[i], error, &wanted[i].column));
    }
    return table_load(table, wanted, count, region, error, ret_values, ret_counts);
}

/* One row while it is checked; variance is that of its answers. */
struct reading {
    const struct analyse_trend_options *options;
    struct table_counts *counts;
    const struct table_values *values;
    double last_time; /* of the row before; NAN: none */
};

#define BAD(reading, i, error, ...)                                                                          \
    left_out_row((reading)->counts, (reading)->options->skip_bad, (reading)->options->file,                  \
                 (reading)->values->row_numbers[i], (error), __VA_ARGS__)

static enum error_code check_time(struct reading *reading, size_t i, struct error *error, bool *ret_good)
{
    double time = reading->values->numbers[TIME][i];
    struct slice name = reading->options->time;
    *ret_good = false;
    if (isnan(time))
        return BAD(reading, i, error, "column %.*s: expected a time, found none", SLICE_ARG(name));
    if (time <= reading->last_time)
        return BAD(reading, i, error, "column %.*s: expected a time above %.15g, the one before, found %.15g",
                   SLICE_ARG(name), reading->last_time, time);
    *ret_good = true;
    return OK;
}

/* A row without a mean is a gap, whatever else stands in it. */
static enum error_code check_answers(struct reading *reading, size_t i, struct error *error, bool *ret_good)
{
    const struct analyse_trend_options *options = reading->options;
    double n = reading->values->numbers[N][i], variance = reading->values->numbers[VARIANCE][i];
    *ret_good = false;
    if (!isnan(n) && (n < 0 || n > 1e15 || n != floor(n)))
        return BAD(reading, i, error, "column %.*s: expected a number of answers, found %.15g",
                   SLICE_ARG(options->n), n);
    if (!isnan(variance) && variance < 0)
        return BAD(reading, i, error, "column %.*s: expected a variance, 0 or more, found %.15g",
                   SLICE_ARG(options->variance), variance);
    if (!isnan(reading->values->numbers[MEAN][i]) && !(n >= 1))
        return BAD(reading, i, error,
                   "column %.*s: expected how many answers, 1 or more, are behind the mean",
                   SLICE_ARG(options->n));
    *ret_good = true;
    return OK;
}

/* Keeps the good rows, in place. */
static enum error_code check_rows(struct table_values *values, const struct analyse_trend_options *options,
                                  struct table_counts *counts, struct error *error)
{
    struct reading reading = {options, counts, values, (double)NAN};
    size_t kept = 0, columns = options->value.length > 0 ? 2 : COLUMNS_MAXIMUM;
    for (size_t i = 0; i < values->rows; i++) {
        bool good;
        TRY(check_time(&reading, i, error, &good));
        if (good && columns == COLUMNS_MAXIMUM)
            TRY(check_answers(&reading, i, error, &good));
        if (!good)
            continue;
        reading.last_time = values->numbers[TIME][i];
        for (size_t c = 0; c < columns; c++)
            values->numbers[c][kept] = values->numbers[c][i];
        kept++;
    }
    values->rows = kept;
    return OK;
}

/* Sum of (n - 1) variance / sum of (n - 1), over the rows that have both. */
static double pooled_variance(const struct table_values *values)
{
    double sum = 0, df = 0;
    for (size_t i = 0; i < values->rows; i++) {
        double n = values->numbers[N][i], variance = values->numbers[VARIANCE][i];
        if (!(n >= 2) || isnan(variance) || isnan(values->numbers[MEAN][i]))
            continue;
        sum += (n - 1) * variance;
        df += n - 1;
    }
    return df > 0 ? sum / df : (double)NAN;
}

static void set_points(const struct table_values *values, struct analyse_trend *trend)
{
    for (size_t i = 0; i < trend->rows; i++) {
        double value = values->numbers[trend->noise_known ? MEAN : VALUE][i];
        double variance = trend->noise_known ? trend->pooled_variance / values->numbers[N][i] : 1;
        trend->points[i] = (struct trend_point){values->numbers[TIME][i], value, variance};
        trend->values += isnan(value) ? 0 : 1;
    }
}

/* ---- Levels and changes ---------------------------------------------------------------------------- */

/* What the data cannot answer becomes a reason; everything else is passed on. */
static enum error_code why_of(enum error_code code, const struct error *failure, struct error *error,
                              enum message *ret_why)
{
    struct slice reason = slice_from_text(failure->reason);
    if (slice_equal(reason, S("too-few-values")))
        *ret_why = MESSAGE_ANALYSE_WHY_TOO_FEW;
    else if (slice_equal(reason, S("no-variance")))
        *ret_why = MESSAGE_ANALYSE_WHY_NO_VARIANCE;
    else if (slice_equal(reason, S("event-outside")))
        *ret_why = MESSAGE_ANALYSE_WHY_EVENT_OUTSIDE;
    else
        *error = *failure;
    return *ret_why != MESSAGE_NONE ? OK : code;
}

static enum error_code find_change(const struct trend_point *points, size_t rows, double q, int64_t back,
                                   struct error *error, struct analyse_trend_change *ret_change)
{
    struct analyse_trend_change change = {.from = (int64_t)rows - back, .to = (int64_t)rows};
    struct trend_change nothing = {(double)NAN, (double)NAN, (double)NAN};
    if (back < 1)
        change.reason = "there is one row only";
    else if (change.from < 1)
        change.reason = "there are not so many rows";
    else
        TRY(trend_change(points, rows, q, (size_t)change.from - 1, (size_t)change.to - 1, error,
                         &change.change));
    if (change.reason == NULL && isnan(change.change.difference))
        change.reason = "no value stands at or before that row";
    if (change.reason != NULL)
        change.change = nothing;
    *ret_change = change;
    return OK;
}

/* Fills a level whose factor and q are set. */
static enum error_code find_level(const struct analyse_trend *trend, struct region *region,
                                  struct error *error, struct analyse_trend_level *level)
{
    size_t rows = trend->rows;
    struct trend_point *points = REGION_ARRAY(region, rows, struct trend_point);
    level->filtered = REGION_ARRAY(region, rows, struct trend_filtered);
    level->smoothed = REGION_ARRAY(region, rows, struct trend_state);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", rows);
    for (size_t i = 0; i < rows; i++) {
        points[i] = trend->points[i];
        points[i].variance *= level->factor;
    }
    TRY(trend_filter(points, rows, level->q, error, level->filtered, &level->log_likelihood));
    TRY(trend_smooth(points, rows, level->q, error, level->smoothed, NULL));
    TRY(find_change(points, rows, level->q, trend->options.lag, error, &level->since_lag));
    return find_change(points, rows, level->q, (int64_t)rows - 1, error, &level->since_first);
}

static enum error_code fit_most_likely(const struct analyse_trend *trend, struct error *error,
                                       struct trend_fit *ret_fit)
{
    bool given = !isnan(trend->options.q);
    if (trend->noise_known && given) {
        *ret_fit = (struct trend_fit){.factor = 1, .q = trend->options.q};
        return OK;
    }
    struct trend_question question = {
        .points = trend->points,
        .count = trend->rows,
        .unknown = trend->noise_known ? TREND_Q_UNKNOWN
                   : given            ? TREND_NOISE_UNKNOWN
                                      : TREND_NOISE_AND_Q_UNKNOWN,
        .given = trend->options.q,
        .step_from = trend->rows,
    };
    return trend_fit(&question, error, ret_fit);
}

static enum error_code find_most_likely(struct analyse_trend *trend, struct region *region,
                                        struct error *error)
{
    struct error failure = {0};
    struct trend_fit fit;
    enum error_code code = fit_most_likely(trend, &failure, &fit);
    if (code != OK)
        return why_of(code, &failure, error, &trend->most_likely.why);
    trend->most_likely.factor = fit.factor;
    trend->most_likely.q = fit.q;
    return find_level(trend, region, error, &trend->most_likely);
}

static enum error_code find_cautious(struct analyse_trend *trend, struct region *region, struct error *error)
{
    struct error failure = {0};
    struct trend_cautious cautious;
    struct trend_fit fit = {trend->most_likely.factor, trend->most_likely.q,
                            trend->most_likely.log_likelihood};
    enum error_code code =
        trend_cautious(trend->points, trend->rows, trend->noise_known, trend->options.q, trend->rows,
                       trend->most_likely.why == MESSAGE_NONE ? &fit : NULL, &failure, &cautious);
    if (code != OK)
        return why_of(code, &failure, error, &trend->cautious.why);
    trend->source = cautious.source;
    trend->cautious.factor = cautious.factor;
    trend->cautious.q = cautious.q;
    return find_level(trend, region, error, &trend->cautious);
}

/* ---- The event ------------------------------------------------------------------------------------- */

static enum error_code interrupt(const struct analyse_trend *trend, struct region *region,
                                 struct error *failure, struct analyse_trend_event *event)
{
    size_t step = interrupted_first_after(trend->points, trend->rows, trend->options.event);
    struct trend_point *points = REGION_ARRAY(region, trend->rows, struct trend_point);
    event->levels = REGION_ARRAY(region, trend->rows, struct interrupted_level);
    if (region_failed(region))
        return FAIL(failure, ERROR_MEMORY, "memory", "no memory for %zu rows", trend->rows);
    if (step == 0 || step == trend->rows)
        return FAIL(failure, ERROR_INPUT, "event-outside", "no value before the event or none from it on");
    TRY(trend_cautious(trend->points, trend->rows, trend->noise_known, trend->options.q, step, NULL, failure,
                       &event->variances));
    for (size_t i = 0; i < trend->rows; i++) {
        points[i] = trend->points[i];
        points[i].variance *= event->variances.factor;
    }
    TRY(interrupted_series(points, trend->rows, event->variances.q, trend->options.event, failure,
                           &event->result, event->levels));
    for (size_t i = trend->rows; i-- > 0;)
        if (event->levels[i].probability_back >= 0.95)
            event->back_row = (int64_t)i + 1;
    return OK;
}

/* Why no model can be had at all. */
static enum message why_nothing(const struct analyse_trend *trend)
{
    if (trend->values == 0)
        return MESSAGE_ANALYSE_WHY_NO_VALUE;
    if (trend->noise_known && isnan(trend->pooled_variance))
        return MESSAGE_ANALYSE_WHY_NO_SPREAD;
    if (trend->noise_known && !(trend->pooled_variance > 0))
        return MESSAGE_ANALYSE_WHY_SPREAD_ZERO;
    return MESSAGE_NONE;
}

enum error_code analyse_trend(struct table *table, const struct analyse_trend_options *options,
                              struct region *region, struct error *error, struct analyse_trend *ret_result)
{
    struct analyse_trend trend = {.options = *options, .noise_known = options->value.length == 0};
    struct table_values values;
    TRY(load(table, options, region, error, &values, &trend.counts));
    TRY(check_rows(&values, options, &trend.counts, error));
    if (values.rows > TREND_POINTS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-rows", "%s: expected at most %d rows, found %zu",
                    options->file, TREND_POINTS_MAXIMUM, values.rows);
    trend.rows = values.rows;
    trend.points = REGION_ARRAY(region, trend.rows, struct trend_point);
    if (trend.points == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu rows", trend.rows);
    trend.pooled_variance = trend.noise_known ? pooled_variance(&values) : (double)NAN;
    set_points(&values, &trend);
    enum message why = why_nothing(&trend);
    trend.most_likely.why = trend.cautious.why = trend.event.why = why;
    if (why == MESSAGE_NONE) {
        TRY(find_most_likely(&trend, region, error));
        TRY(find_cautious(&trend, region, error));
    }
    if (why == MESSAGE_NONE && options->has_event) {
        struct error failure = {0};
        enum error_code code = interrupt(&trend, region, &failure, &trend.event);
        if (code != OK)
            TRY(why_of(code, &failure, error, &trend.event.why));
    }
    *ret_result = trend;
    return OK;
}
