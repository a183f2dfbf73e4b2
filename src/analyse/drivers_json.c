/* The JSON of `hecht analyse drivers`: the names are a contract (docs/analyse.md). */
#include "analyse/analyse_drivers.h"
#include "analyse/left_out.h"

#include <math.h>

static void write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value); /* not finite: null */
}

static void write_list(struct json_writer *json, const char *key, const double *values, size_t count)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++)
        json_write_real(json, values[i]);
    json_write_array_end(json);
}

static void write_reason(struct json_writer *json, struct slice reason)
{
    if (reason.length == 0)
        return;
    json_write_key(json, "reason");
    json_write_text(json, reason);
}

static void write_interval(struct json_writer *json, struct drivers_interval interval)
{
    json_write_array_begin(json);
    json_write_real(json, interval.low);
    json_write_real(json, interval.high);
    json_write_array_end(json);
}

static void write_interval_list(struct json_writer *json, const char *key,
                                const struct drivers_interval *intervals, size_t count)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < count; i++)
        write_interval(json, intervals[i]);
    json_write_array_end(json);
}

static void write_intervals(struct json_writer *json, const struct analyse_drivers *result,
                            const struct analyse_drivers_part *part)
{
    size_t p = result->options.predictor_count;
    struct drivers_intervals none = {.r2 = {NAN, NAN}, .level = 0.95};
    for (size_t i = 0; i < p; i++) {
        none.lmg[i] = none.lmg_share[i] = none.johnson[i] = none.r2;
        none.largest[i] = NAN;
    }
    const struct drivers_intervals *intervals = part->has_intervals ? &part->intervals : &none;
    json_write_key(json, "intervals");
    json_write_object_begin(json);
    json_write_key(json, "method");
    json_write_text(json, result->options.group.length > 0 ? S("percentile bootstrap over groups")
                                                           : S("percentile bootstrap over rows"));
    write_real(json, "level", intervals->level);
    json_write_key(json, "units");
    json_write_integer(json, (int64_t)intervals->units);
    json_write_key(json, "resamples");
    json_write_integer(json, (int64_t)result->options.resamples);
    json_write_key(json, "resamples_used");
    json_write_integer(json, (int64_t)intervals->used);
    json_write_key(json, "seed");
    json_write_integer(json, (int64_t)result->options.seed);
    json_write_key(json, "R2");
    write_interval(json, intervals->r2);
    write_interval_list(json, "lmg", intervals->lmg, p);
    write_interval_list(json, "lmg_share", intervals->lmg_share, p);
    write_interval_list(json, "johnson", intervals->johnson, p);
    write_list(json, "largest_lmg", intervals->largest, p);
    write_reason(json, part->has_intervals ? part->reason : part->intervals_reason);
    json_write_object_end(json);
}

static struct drivers figures_of(const struct analyse_drivers *result,
                                 const struct analyse_drivers_part *part)
{
    if (part->has_figures)
        return part->drivers;
    struct drivers none = {.predictors = result->options.predictor_count, .r2 = NAN, .adjusted_r2 = NAN};
    double *lists[] = {none.lmg,   none.lmg_share,   none.johnson,       none.johnson_share,
                       none.first, none.last,        none.std_beta,      none.r_with_outcome,
                       none.vif,   none.coefficient, none.standard_error};
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (size_t p = 0; p < none.predictors; p++)
            lists[i][p] = NAN;
    none.coefficient[none.predictors] = none.standard_error[none.predictors] = NAN;
    return none;
}

static void write_part(struct json_writer *json, const struct analyse_drivers *result,
                       const struct analyse_drivers_part *part)
{
    struct drivers figures = figures_of(result, part);
    size_t p = figures.predictors;
    write_real(json, "R2", figures.r2);
    write_real(json, "adj_R2", figures.adjusted_r2);
    write_list(json, "lmg", figures.lmg, p);
    write_list(json, "lmg_share", figures.lmg_share, p);
    write_list(json, "johnson", figures.johnson, p);
    write_list(json, "johnson_share", figures.johnson_share, p);
    write_list(json, "first", figures.first, p);
    write_list(json, "last", figures.last, p);
    write_list(json, "std_beta", figures.std_beta, p);
    write_list(json, "r_with_y", figures.r_with_outcome, p);
    write_list(json, "vif", figures.vif, p);
    write_list(json, "coef", figures.coefficient, p + 1);
    write_list(json, "se", figures.standard_error, p + 1);
    write_reason(json, part->reason);
    write_intervals(json, result, part);
}

static void write_sub_part(struct json_writer *json, const char *key, const struct analyse_drivers *result,
                           int64_t n, const struct analyse_drivers_part *part)
{
    json_write_key(json, key);
    json_write_object_begin(json);
    json_write_key(json, "n");
    json_write_integer(json, n);
    write_part(json, result, part);
    json_write_object_end(json);
}

void analyse_drivers_json(const void *result, struct json_writer *json)
{
    const struct analyse_drivers *drivers = result;
    json_write_object_begin(json);
    json_write_key(json, "y");
    json_write_text(json, drivers->options.outcome);
    json_write_key(json, "x");
    json_write_array_begin(json);
    for (size_t i = 0; i < drivers->options.predictor_count; i++)
        json_write_text(json, drivers->options.predictors[i]);
    json_write_array_end(json);
    json_write_key(json, "n_rows");
    json_write_integer(json, drivers->counts.rows);
    json_write_key(json, "n");
    json_write_integer(json, drivers->n);
    write_part(json, drivers, &drivers->all);
    if (drivers->options.group.length > 0) {
        json_write_key(json, "group");
        json_write_text(json, drivers->options.group);
        json_write_key(json, "groups");
        json_write_integer(json, (int64_t)drivers->groups);
        write_sub_part(json, "within_group", drivers, drivers->n, &drivers->within);
        write_sub_part(json, "between_groups", drivers, (int64_t)drivers->groups, &drivers->between);
    }
    left_out_json(&drivers->counts, json);
    json_write_object_end(json);
}
