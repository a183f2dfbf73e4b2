/* The JSON of `hecht analyse trend`: the names are a contract (docs/analyse.md). */
#include "analyse/analyse_trend.h"
#include "analyse/left_out.h"
#include "analyse/words.h"

#include <math.h>

static void write_real(struct json_writer *json, const char *key, double value)
{
    json_write_key(json, key);
    json_write_real(json, value); /* not finite: null */
}

static void write_text(struct json_writer *json, const char *key, struct slice text)
{
    json_write_key(json, key);
    json_write_text(json, text);
}

static void write_pair(struct json_writer *json, const char *key, double low, double high)
{
    json_write_key(json, key);
    json_write_array_begin(json);
    json_write_real(json, low);
    json_write_real(json, high);
    json_write_array_end(json);
}

static void write_null(struct json_writer *json, const char *key)
{
    json_write_key(json, key);
    json_write_null(json);
}

static void write_row(struct json_writer *json, const char *key, int64_t row)
{
    json_write_key(json, key);
    if (row >= 1)
        json_write_integer(json, row);
    else
        json_write_null(json);
}

static const char *verdict_text(double probability_up)
{
    switch (trend_verdict(probability_up)) {
    case TREND_UP:
        return "up";
    case TREND_DOWN:
        return "down";
    case TREND_CANNOT_TELL:
        break;
    }
    return "cannot tell yet";
}

static void write_change(struct json_writer *json, const char *key, const struct analyse_trend_change *change,
                         bool verdict)
{
    double d = change->change.difference, se = change->change.standard_error;
    json_write_key(json, key);
    json_write_object_begin(json);
    write_row(json, "from", change->from);
    write_row(json, "to", change->to);
    write_real(json, "change", d);
    write_real(json, "se", se);
    write_real(json, "p_increase", change->change.probability_up);
    if (change->reason == NULL)
        write_pair(json, "ci95", d - TREND_Z95 * se, d + TREND_Z95 * se);
    else
        write_null(json, "ci95");
    if (verdict)
        write_text(json, "verdict", slice_from_text(verdict_text(change->change.probability_up)));
    if (change->reason != NULL)
        write_text(json, "reason", slice_from_text(change->reason));
    json_write_object_end(json);
}

/* One number per row; at gives it. */
static void write_rows(struct json_writer *json, const char *key, const struct analyse_trend *trend,
                       double (*at)(const struct analyse_trend *trend, size_t i))
{
    json_write_key(json, key);
    json_write_array_begin(json);
    for (size_t i = 0; i < trend->rows; i++)
        json_write_real(json, at(trend, i));
    json_write_array_end(json);
}

static double filtered(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.filtered[i].level;
}

static double filtered_var(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.filtered[i].variance;
}

static double smoothed(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.smoothed[i].level;
}

static double smoothed_var(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.smoothed[i].variance;
}

static double innovation(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.filtered[i].innovation;
}

static double innovation_var(const struct analyse_trend *trend, size_t i)
{
    return trend->most_likely.filtered[i].innovation_variance;
}

static double level_at_event(const struct analyse_trend *trend, size_t i)
{
    return trend->event.levels[i].level;
}

static double level_error_at_event(const struct analyse_trend *trend, size_t i)
{
    return trend->event.levels[i].standard_error;
}

static double back_at(const struct analyse_trend *trend, size_t i)
{
    return trend->event.levels[i].probability_back;
}

/* Without estimates everything that follows from them is null. */
static void write_nothing(struct json_writer *json, const struct analyse_trend *trend)
{
    static const char *const KEYS[] = {
        "level_variance_per_unit_time",
        "loglik_exact_diffuse",
        "filtered",
        "filtered_var",
        "smoothed",
        "smoothed_var",
        "innovations",
        "innovation_var",
        "change_last_vs_lag",
        "change_last_vs_first",
        "forecast_next",
    };
    if (!trend->noise_known)
        write_null(json, "measurement_variance");
    for (size_t i = 0; i < COUNT_OF(KEYS); i++)
        write_null(json, KEYS[i]);
    words_why(json, trend->most_likely.why);
}

static void write_forecast(struct json_writer *json, const struct analyse_trend *trend)
{
    struct trend_filtered none = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};
    struct trend_filtered last = trend->rows > 0 ? trend->most_likely.filtered[trend->rows - 1] : none;
    json_write_key(json, "forecast_next");
    json_write_object_begin(json);
    write_real(json, "mean", last.level);
    write_real(json, "var_level", last.variance + trend->most_likely.q);
    if (isnan(last.level))
        write_text(json, "reason", S("there is no value"));
    json_write_object_end(json);
}

static void write_level(struct json_writer *json, const struct analyse_trend *trend)
{
    const struct analyse_trend_level *level = &trend->most_likely;
    if (!trend->noise_known)
        write_real(json, "measurement_variance", level->factor);
    write_real(json, "level_variance_per_unit_time", level->q);
    write_real(json, "loglik_exact_diffuse", level->log_likelihood);
    write_rows(json, "filtered", trend, filtered);
    write_rows(json, "filtered_var", trend, filtered_var);
    write_rows(json, "smoothed", trend, smoothed);
    write_rows(json, "smoothed_var", trend, smoothed_var);
    write_rows(json, "innovations", trend, innovation);
    write_rows(json, "innovation_var", trend, innovation_var);
    write_text(json, "reason", S("the first value and gaps have no innovation"));
    write_change(json, "change_last_vs_lag", &level->since_lag, false);
    write_change(json, "change_last_vs_first", &level->since_first, false);
    write_forecast(json, trend);
}

static struct slice source_text(enum trend_q_source source)
{
    switch (source) {
    case TREND_Q_ESTIMATED:
        return S("estimated");
    case TREND_Q_FLOOR:
        return S("floor");
    case TREND_Q_CEILING:
        return S("ceiling");
    case TREND_Q_DEFAULT:
        return S("default");
    case TREND_Q_GIVEN:
        break;
    }
    return S("given");
}

static void write_variances(struct json_writer *json, const struct analyse_trend *trend, double factor,
                            double q, enum trend_q_source source)
{
    write_real(json, "q", q);
    write_text(json, "q_source", source_text(source));
    if (trend->noise_known)
        write_text(json, "measurement_variance", S("given per time"));
    else
        write_real(json, "measurement_variance", factor);
}

static void write_verdict(struct json_writer *json, const struct analyse_trend *trend)
{
    const struct analyse_trend_level *level = &trend->cautious;
    json_write_key(json, "verdict");
    json_write_object_begin(json);
    if (level->why != MESSAGE_NONE) {
        write_null(json, "q");
        write_null(json, "change_last_vs_lag");
        write_null(json, "change_last_vs_first");
        words_why(json, level->why);
    } else {
        write_variances(json, trend, level->factor, level->q, trend->source);
        write_change(json, "change_last_vs_lag", &level->since_lag, true);
        write_change(json, "change_last_vs_first", &level->since_first, true);
    }
    json_write_object_end(json);
}

static void write_estimate(struct json_writer *json, const char *key, double value, double error)
{
    json_write_key(json, key);
    json_write_object_begin(json);
    write_real(json, "estimate", value);
    write_real(json, "se", error);
    write_pair(json, "ci95", value - TREND_Z95 * error, value + TREND_Z95 * error);
    json_write_object_end(json);
}

static void write_recovery(struct json_writer *json, const struct analyse_trend *trend)
{
    const struct interrupted *result = &trend->event.result;
    json_write_key(json, "recovered_share");
    json_write_object_begin(json);
    write_real(json, "estimate", result->recovered);
    if (isnan(result->recovered_low)) {
        write_null(json, "ci95");
        write_text(json, "reason", S("the step cannot be told from 0, so any share is possible"));
    } else {
        write_pair(json, "ci95", result->recovered_low, result->recovered_high);
    }
    json_write_object_end(json);
    write_rows(json, "p_back", trend, back_at);
    write_text(json, "reason", S("before the event nothing can be back"));
    json_write_key(json, "back_from");
    json_write_object_begin(json);
    write_row(json, "row", trend->event.back_row);
    write_real(json, "time",
               trend->event.back_row > 0 ? trend->points[trend->event.back_row - 1].time : (double)NAN);
    if (trend->event.back_row == 0)
        write_text(json, "reason", S("no row is back with a probability of .95"));
    json_write_object_end(json);
}

static void write_event(struct json_writer *json, const struct analyse_trend *trend)
{
    const struct analyse_trend_event *event = &trend->event;
    json_write_key(json, "interrupted");
    json_write_object_begin(json);
    write_real(json, "event", trend->options.event);
    if (event->why != MESSAGE_NONE) {
        write_null(json, "step");
        words_why(json, event->why);
    } else {
        const struct interrupted *result = &event->result;
        write_row(json, "first_row_after", (int64_t)result->first_after + 1);
        write_variances(json, trend, event->variances.factor, event->variances.q, event->variances.source);
        write_estimate(json, "step", result->step.difference, result->step.standard_error);
        write_real(json, "p_fell", 1 - result->step.probability_up);
        write_text(json, "verdict", slice_from_text(verdict_text(result->step.probability_up)));
        write_estimate(json, "level_before", result->before, result->before_error);
        write_estimate(json, "level_after", result->after, result->after_error);
        write_estimate(json, "level_end", result->end, result->end_error);
        write_estimate(json, "end_minus_before", result->since_before.difference,
                       result->since_before.standard_error);
        write_recovery(json, trend);
        write_rows(json, "level", trend, level_at_event);
        write_rows(json, "level_se", trend, level_error_at_event);
    }
    json_write_object_end(json);
}

void analyse_trend_json(const void *result, struct json_writer *json)
{
    const struct analyse_trend *trend = result;
    json_write_object_begin(json);
    json_write_key(json, "n");
    json_write_integer(json, (int64_t)trend->rows);
    if (trend->noise_known) {
        write_real(json, "pooled_within_variance", trend->pooled_variance);
        write_text(json, "measurement_variance", S("given per time"));
    }
    if (trend->most_likely.why != MESSAGE_NONE)
        write_nothing(json, trend);
    else
        write_level(json, trend);
    write_verdict(json, trend);
    if (trend->options.has_event)
        write_event(json, trend);
    left_out_json(&trend->counts, json);
    json_write_object_end(json);
}
