#include "stats/trend_cautious.h"

#include <math.h>

/* What is usual in the series. */
struct usual {
    size_t values;
    double wait;  /* mean time between values */
    double noise; /* mean of points[].variance */
};

static struct usual usual_of(const struct trend_point *points, size_t count)
{
    struct usual usual = {.values = 0};
    double first = 0, last = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(points[i].value))
            continue;
        first = usual.values == 0 ? points[i].time : first;
        last = points[i].time;
        usual.values++;
        usual.noise += (points[i].variance - usual.noise) / (double)usual.values;
    }
    usual.wait = usual.values > 1 ? (last - first) / (double)(usual.values - 1) : NAN;
    return usual;
}

static enum error_code fit_ratio(struct trend_question question, double ratio, enum trend_q_source source,
                                 struct error *error, struct trend_cautious *ret_cautious)
{
    struct trend_fit fit;
    question.unknown = TREND_SCALE_UNKNOWN;
    question.given = ratio;
    TRY(trend_fit(&question, error, &fit));
    *ret_cautious = (struct trend_cautious){fit.factor, fit.q, source};
    return OK;
}

static enum error_code find(const struct trend_question *question, const struct trend_fit *known,
                            struct error *error, struct trend_fit *ret_fit)
{
    if (known == NULL)
        return trend_fit(question, error, ret_fit);
    *ret_fit = *known;
    return OK;
}

static enum error_code noise_is_known(struct trend_question question, const struct usual *usual,
                                      double given_q, const struct trend_fit *most_likely,
                                      struct error *error, struct trend_cautious *ret_cautious)
{
    struct trend_cautious cautious = {.factor = 1, .q = given_q, .source = TREND_Q_GIVEN};
    struct trend_fit fit;
    question.unknown = TREND_Q_UNKNOWN;
    if (isnan(given_q)) {
        TRY(find(&question, most_likely, error, &fit)); /* also finds what is wrong with the series */
        double unit = usual->noise / usual->wait, floor = TREND_CAUTIOUS_FLOOR * unit;
        if (usual->values < TREND_CAUTIOUS_VALUES)
            cautious = (struct trend_cautious){1, TREND_CAUTIOUS_DEFAULT * unit, TREND_Q_DEFAULT};
        else if (fit.q < floor)
            cautious = (struct trend_cautious){1, floor, TREND_Q_FLOOR};
        else
            cautious = (struct trend_cautious){1, fit.q, TREND_Q_ESTIMATED};
    }
    *ret_cautious = cautious;
    return OK;
}

static enum error_code noise_is_unknown(struct trend_question question, const struct usual *usual,
                                        const struct trend_fit *most_likely, struct error *error,
                                        struct trend_cautious *ret_cautious)
{
    /* Of a value with points[].variance = usual->noise. */
    double unit = usual->noise / usual->wait;
    if (usual->values < TREND_CAUTIOUS_VALUES)
        return fit_ratio(question, TREND_CAUTIOUS_DEFAULT * unit, TREND_Q_DEFAULT, error, ret_cautious);
    struct trend_fit fit;
    question.unknown = TREND_NOISE_AND_Q_UNKNOWN;
    TRY(find(&question, most_likely, error, &fit));
    if (fit.q < TREND_CAUTIOUS_FLOOR * unit * fit.factor)
        return fit_ratio(question, TREND_CAUTIOUS_FLOOR * unit, TREND_Q_FLOOR, error, ret_cautious);
    if (fit.q > TREND_CAUTIOUS_CEILING * unit * fit.factor)
        return fit_ratio(question, TREND_CAUTIOUS_CEILING * unit, TREND_Q_CEILING, error, ret_cautious);
    *ret_cautious = (struct trend_cautious){fit.factor, fit.q, TREND_Q_ESTIMATED};
    return OK;
}

/* The noise for a q that is given, not below what the ceiling allows. */
static enum error_code noise_of_given_q(struct trend_question question, const struct usual *usual, double q,
                                        const struct trend_fit *most_likely, struct error *error,
                                        struct trend_cautious *ret_cautious)
{
    struct trend_fit fit;
    question.unknown = TREND_NOISE_UNKNOWN;
    question.given = q;
    TRY(find(&question, most_likely, error, &fit));
    double least = q * usual->wait / (TREND_CAUTIOUS_CEILING * usual->noise);
    *ret_cautious = (struct trend_cautious){fmax(fit.factor, least), q, TREND_Q_GIVEN};
    return OK;
}

enum error_code trend_cautious(const struct trend_point *points, size_t count, bool noise_known,
                               double given_q, size_t step_from, const struct trend_fit *most_likely,
                               struct error *error, struct trend_cautious *ret_cautious)
{
    struct trend_question question = {.points = points, .count = count, .step_from = step_from};
    struct usual usual = usual_of(points, count);
    if (usual.values < 2 && !(noise_known && !isnan(given_q)))
        return FAIL(error, ERROR_INPUT, "too-few-values", "%zu values, at least 2 are needed", usual.values);
    if (noise_known)
        return noise_is_known(question, &usual, given_q, most_likely, error, ret_cautious);
    if (isnan(given_q))
        return noise_is_unknown(question, &usual, most_likely, error, ret_cautious);
    return noise_of_given_q(question, &usual, given_q, most_likely, error, ret_cautious);
}
