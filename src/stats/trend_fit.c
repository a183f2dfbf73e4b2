#include "stats/trend_fit.h"

#include "stats/distribution.h"
#include "stats/trend_likelihood.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>

/* Peaks of the likelihood are wide on the scale of ln q: one cannot hide between two places of the grid. */
static const double GRID_STEP = 0.5;
enum { GRID_MAXIMUM = 400, REFINEMENTS_MAXIMUM = 100 };

/* What the values allow, for the ends of the grid. */
struct extent {
    size_t values, before_step;
    double least_noise, most_noise; /* of points[].variance */
    double least_wait, span;        /* between values */
    double fastest;                 /* most of (difference^2 + noise) / wait over neighbours */
    double range;                   /* highest - lowest value */
};

struct search {
    const struct trend_question *question;
    bool has_step;
    double low, high; /* of the logarithm that is searched */
};

static enum error_code check(const struct trend_question *question, struct error *error)
{
    const struct trend_point *points = question->points;
    if (question->count > TREND_POINTS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-points", "%zu points, at most %d", question->count,
                    TREND_POINTS_MAXIMUM);
    bool needs_given = question->unknown == TREND_NOISE_UNKNOWN || question->unknown == TREND_SCALE_UNKNOWN;
    if (needs_given && !(isfinite(question->given) && question->given >= 0))
        return FAIL(error, ERROR_INPUT, "bad-trend", "q is %g", question->given);
    for (size_t i = 0; i < question->count; i++) {
        if (!isfinite(points[i].time) || (i > 0 && points[i].time <= points[i - 1].time))
            return FAIL(error, ERROR_INPUT, "bad-trend", "times do not increase at point %zu", i);
        if (isnan(points[i].value))
            continue;
        if (!isfinite(points[i].value) || !isfinite(points[i].variance) || points[i].variance <= 0)
            return FAIL(error, ERROR_INPUT, "bad-trend", "point %zu needs a finite value and a variance", i);
    }
    return OK;
}

static struct extent measure(const struct trend_question *question)
{
    struct extent extent = {.least_noise = INFINITY, .least_wait = INFINITY};
    const struct trend_point *first = NULL, *last = NULL;
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < question->count; i++) {
        const struct trend_point *point = &question->points[i];
        if (isnan(point->value))
            continue;
        extent.values++;
        extent.before_step += i < question->step_from;
        extent.least_noise = fmin(extent.least_noise, point->variance);
        extent.most_noise = fmax(extent.most_noise, point->variance);
        lowest = fmin(lowest, point->value);
        highest = fmax(highest, point->value);
        if (last != NULL) {
            double wait = point->time - last->time, moved = point->value - last->value;
            extent.least_wait = fmin(extent.least_wait, wait);
            extent.fastest = fmax(extent.fastest, (moved * moved + point->variance) / wait);
        } else {
            first = point;
        }
        last = point;
    }
    extent.span = last == NULL ? 0 : last->time - first->time;
    extent.range = highest - lowest;
    return extent;
}

static enum error_code check_enough(const struct trend_question *question, const struct extent *extent,
                                    bool has_step, struct error *error)
{
    size_t unknown = question->unknown == TREND_NOISE_AND_Q_UNKNOWN ? 2 : 1;
    if (extent->values < 1 + unknown + has_step)
        return FAIL(error, ERROR_INPUT, "too-few-values", "%zu values, at least %zu are needed",
                    extent->values, 1 + unknown + has_step);
    if (has_step && (extent->before_step == 0 || extent->before_step == extent->values))
        return FAIL(error, ERROR_INPUT, "too-few-values", "no value before or none after the step");
    return OK;
}

/* The log likelihood at a place of the search; -INFINITY at x and INFINITY are its boundaries. */
static double evaluate(const struct search *search, double x, struct trend_fit *ret_fit)
{
    const struct trend_question *question = search->question;
    double at = exp(x);
    struct trend_fit fit = {.factor = 1, .q = at};
    bool scaled = false;
    switch (question->unknown) {
    case TREND_Q_UNKNOWN:
        break;
    case TREND_NOISE_AND_Q_UNKNOWN:
    case TREND_SCALE_UNKNOWN:
        scaled = true;
        if (isinf(at))
            fit = (struct trend_fit){.factor = 0, .q = 1};
        break;
    case TREND_NOISE_UNKNOWN:
        fit = (struct trend_fit){.factor = at, .q = question->given};
        break;
    }
    struct innovation_sums sums = innovation_sums(question->points, question->count, fit.factor, fit.q,
                                                  search->has_step ? question->step_from : question->count);
    double scale = 1;
    fit.log_likelihood = scaled ? scaled_log_likelihood(&sums, search->has_step, &scale)
                                : diffuse_log_likelihood(&sums, search->has_step);
    fit.factor *= scale;
    fit.q *= scale;
    *ret_fit = fit;
    return fit.log_likelihood;
}

static double objective(double x, void *parameters)
{
    struct trend_fit ignored;
    return -evaluate(parameters, x, &ignored);
}

static void minimizer_cleanup(gsl_min_fminimizer **minimizer)
{
    if (*minimizer != NULL)
        gsl_min_fminimizer_free(*minimizer);
}

/* Near a peak the likelihood is so flat that comparing heights finds only half of the digits. Newton's method on
 * its slope finds the others; differences over POLISH_STEP have an error of its fourth power. */
static double polish(struct search *search, double x)
{
    static const double POLISH_STEP = 0.005;
    for (int i = 0; i < 2; i++) {
        double f[5];
        for (int k = 0; k < 5; k++)
            f[k] = objective(x + (k - 2) * POLISH_STEP, search);
        double slope = (8 * (f[3] - f[1]) - (f[4] - f[0])) / (12 * POLISH_STEP);
        double bend = (16 * (f[3] + f[1]) - (f[4] + f[0]) - 30 * f[2]) / (12 * POLISH_STEP * POLISH_STEP);
        double step = slope / bend;
        if (!(bend > 0) || !(fabs(step) < 1e-4))
            break; /* no simple peak: Brent's place is as good as any */
        x -= step;
    }
    return x;
}

/* The highest point of one peak, x in the middle of its neighbours on the grid. */
static double refine(gsl_min_fminimizer *minimizer, struct search *search, double x, double width)
{
    gsl_function function = {objective, search};
    if (gsl_min_fminimizer_set(minimizer, &function, x, x - width, x + width) != GSL_SUCCESS)
        return x; /* flat to the last digit */
    for (int i = 0; i < REFINEMENTS_MAXIMUM; i++) {
        if (gsl_min_fminimizer_iterate(minimizer) != GSL_SUCCESS ||
            gsl_min_test_interval(gsl_min_fminimizer_x_lower(minimizer),
                                  gsl_min_fminimizer_x_upper(minimizer), 1e-9, 0) == GSL_SUCCESS)
            break;
    }
    return polish(search, gsl_min_fminimizer_x_minimum(minimizer));
}

static void take_better(const struct search *search, double x, double margin, struct trend_fit *best)
{
    struct trend_fit fit;
    if (evaluate(search, x, &fit) >= best->log_likelihood - margin)
        *best = fit;
}

/* Lays out the grid, refines the peaks and compares the boundaries. Towards a boundary the likelihood becomes
 * flat, and what is equal to it within rounding is the boundary. */
static enum error_code maximise(struct search *search, struct error *error, struct trend_fit *ret_best)
{
    CLEANUP(minimizer_cleanup)
    gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    if (minimizer == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the search");
    double wanted = ceil((search->high - search->low) / GRID_STEP);
    size_t steps = (size_t)fmin(fmax(wanted, 4), GRID_MAXIMUM);
    double width = (search->high - search->low) / (double)steps;
    double heights[GRID_MAXIMUM + 1];
    struct trend_fit fit, best = {.log_likelihood = -INFINITY};
    for (size_t i = 0; i <= steps; i++)
        heights[i] = evaluate(search, search->low + (double)i * width, &fit);
    for (size_t i = 1; i < steps; i++)
        if (heights[i] > heights[i - 1] && heights[i] > heights[i + 1])
            take_better(search, refine(minimizer, search, search->low + (double)i * width, width), 0, &best);
    take_better(search, search->low, 0, &best);
    take_better(search, search->high, 0, &best);
    double rounding = 1e-11 * (1 + fabs(best.log_likelihood));
    take_better(search, -INFINITY, isfinite(rounding) ? rounding : 0, &best);
    if (search->question->unknown == TREND_NOISE_AND_Q_UNKNOWN)
        take_better(search, INFINITY, isfinite(rounding) ? rounding : 0, &best);
    if (!isfinite(best.log_likelihood))
        return FAIL(error, ERROR_INPUT, "no-variance", "the values do not vary");
    *ret_best = best;
    return OK;
}

/* With q / factor given nothing is searched: the best common factor has a formula. */
static enum error_code fit_scale(const struct trend_question *question, double ratio, struct error *error,
                                 struct trend_fit *ret_fit)
{
    struct trend_question scale = *question;
    scale.unknown = TREND_SCALE_UNKNOWN;
    struct search search = {.question = &scale, .has_step = question->step_from < question->count};
    struct trend_fit fit;
    if (!isfinite(evaluate(&search, log(ratio), &fit)))
        return FAIL(error, ERROR_INPUT, "no-variance", "the values do not vary");
    *ret_fit = fit;
    return OK;
}

/* A q that moves the level by 1e-10 of the noise over the whole span is 0 to any reader; one that moves it
 * 1e10 times as much as the noise within a single step is infinite. */
static void set_ends(const struct trend_question *question, const struct extent *extent,
                     struct search *search)
{
    double least_ratio = 1e-10 * extent->least_noise / extent->span;
    if (question->unknown == TREND_Q_UNKNOWN) {
        search->low = log(least_ratio);
        search->high = log(10 * extent->fastest);
    } else if (question->unknown == TREND_NOISE_AND_Q_UNKNOWN) {
        search->low = log(least_ratio);
        search->high = log(1e10 * extent->most_noise / extent->least_wait);
    } else {
        double moved = question->given * extent->span;
        search->low = log(1e-10 * question->given * extent->least_wait / extent->most_noise);
        search->high = log(10 * (extent->range * extent->range + moved) / extent->least_noise);
    }
}

enum error_code trend_fit(const struct trend_question *question, struct error *error,
                          struct trend_fit *ret_fit)
{
    gsl_without_abort();
    TRY(check(question, error));
    struct search search = {.question = question, .has_step = question->step_from < question->count};
    struct extent extent = measure(question);
    TRY(check_enough(question, &extent, search.has_step, error));
    if (question->unknown == TREND_SCALE_UNKNOWN)
        return fit_scale(question, question->given, error, ret_fit);
    if (question->unknown == TREND_NOISE_UNKNOWN && question->given <= 0)
        return fit_scale(question, 0, error, ret_fit); /* without movement the noise is the scale */
    set_ends(question, &extent, &search);
    return maximise(&search, error, ret_fit);
}
