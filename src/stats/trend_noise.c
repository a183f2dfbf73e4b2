/* The two variances of the trend model, estimated over the teams of an organisation (docs/science.md).
 *
 * A mean of n people has the noise h / n and the level moves by q a day. Both are the same for all teams, so
 * the likelihoods of the teams' series (Kalman filter, exact diffuse start) are added and maximised over (log
 * h, log q) in a box. Method: maximum likelihood of a state space model, Durbin & Koopman (2012), chapter 7.
 *
 * Why h has a lower side: in short series the maximum is often at h = 0, where every wobble of a mean counts
 * as a change for certain. In simulated teams of 25 without any change, two rounds and no lower side gave
 * "up" or "down" in 4 to 9 of 10 teams instead of at most 1. While q is the default (before 6 rounds), little
 * variation shows that the teams move less than the default says, not that people answer more exactly; so
 * until then the data may only raise h above the value of the retest correlation.
 * tests/stats/test_trend_noise.c checks the rates. */
#include "stats/trend.h"

#include "stats/distribution.h"
#include "stats/local_level.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>

/* More team-rounds than this add no precision, only time: then every second, third ... team is used. */
enum { OBSERVATIONS_MAXIMUM = 100000, ITERATIONS_MAXIMUM = 500 };

/* One shown round of one team. */
struct observation {
    double wait; /* days since the team's last shown round; NAN at its first */
    double mean, count;
};

enum { H = 0, Q = 1 };

/* Minus the pooled log likelihood as a function of the free ones of (log h, log q). */
struct problem {
    const struct observation *observations;
    size_t count;
    double low[2], high[2]; /* of the logarithms; equal where the value is given */
    size_t free_index[2];   /* which of H and Q are free */
    size_t free_count;
};

static bool is_shown(const struct trend_series *series, size_t t)
{
    return !isnan(series->means[t]);
}

static size_t shown_rounds(const struct trend_series *series)
{
    size_t shown = 0;
    for (size_t t = 0; t < series->count; t++)
        shown += is_shown(series, t);
    return shown;
}

static enum error_code check_series(const struct trend_series *series, size_t index, struct error *error)
{
    for (size_t t = 0; t < series->count; t++) {
        if (!isfinite(series->times[t]) || (t > 0 && series->times[t] <= series->times[t - 1]))
            return FAIL(error, ERROR_INPUT, "bad-trend", "series %zu: times do not increase at %zu", index,
                        t);
        if (is_shown(series, t) &&
            (isinf(series->means[t]) || !isfinite(series->counts[t]) || series->counts[t] <= 0))
            return FAIL(error, ERROR_INPUT, "bad-trend", "series %zu: no finite mean and count at %zu", index,
                        t);
    }
    return OK;
}

/* What there is to estimate from. A team with one shown round says nothing about noise or movement and is
 * left out everywhere. */
struct extent {
    size_t team_rounds;
    size_t rounds; /* of the team with most */
};

static enum error_code measure(const struct trend_series *series, size_t count, struct error *error,
                               struct extent *ret_extent)
{
    struct extent extent = {0, 0};
    for (size_t i = 0; i < count; i++) {
        TRY(check_series(&series[i], i, error));
        size_t shown = shown_rounds(&series[i]);
        if (shown < 2)
            continue;
        extent.team_rounds += shown;
        if (shown > extent.rounds)
            extent.rounds = shown;
    }
    *ret_extent = extent;
    return OK;
}

/* Copies the shown rounds of every stride-th usable team; out may be NULL to count only. */
static size_t gather(const struct trend_series *series, size_t count, size_t stride, struct observation *out)
{
    size_t usable = 0, used = 0;
    for (size_t i = 0; i < count; i++) {
        if (shown_rounds(&series[i]) < 2 || usable++ % stride != 0)
            continue;
        double last = NAN;
        for (size_t t = 0; t < series[i].count; t++) {
            if (!is_shown(&series[i], t))
                continue;
            if (out != NULL)
                out[used] = (struct observation){.wait = series[i].times[t] - last,
                                                 .mean = series[i].means[t],
                                                 .count = series[i].counts[t]};
            last = series[i].times[t];
            used++;
        }
    }
    return used;
}

static enum error_code collect(const struct trend_series *series, size_t count, size_t team_rounds,
                               struct region *region, struct error *error, struct problem *problem)
{
    size_t stride = 1 + team_rounds / OBSERVATIONS_MAXIMUM;
    size_t used = gather(series, count, stride, NULL);
    struct observation *observations = REGION_ARRAY(region, used, struct observation);
    if (observations == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu team-rounds", used);
    (void)gather(series, count, stride, observations);
    problem->observations = observations;
    problem->count = used;
    return OK;
}

static double pooled_log_likelihood(const struct problem *problem, double h, double q)
{
    struct local_level state = {.started = false};
    double sum = 0;
    for (size_t i = 0; i < problem->count; i++) {
        const struct observation *o = &problem->observations[i];
        if (isnan(o->wait))
            state.started = false;
        else
            local_level_wait(&state, o->wait, q);
        sum += local_level_observe(&state, o->mean, h / o->count);
    }
    return sum;
}

/* Outside the box the nearest point of it counts, plus a penalty that leads back in. */
static double objective(const gsl_vector *x, void *parameters)
{
    const struct problem *problem = parameters;
    double at[2] = {problem->low[H], problem->low[Q]}, outside = 0;
    for (size_t i = 0; i < problem->free_count; i++) {
        size_t k = problem->free_index[i];
        double wanted = gsl_vector_get(x, i);
        at[k] = fmin(fmax(wanted, problem->low[k]), problem->high[k]);
        outside += (wanted - at[k]) * (wanted - at[k]);
    }
    return outside - pooled_log_likelihood(problem, exp(at[H]), exp(at[Q]));
}

struct search {
    gsl_multimin_fminimizer *minimizer;
    gsl_vector *start, *step;
};

static void search_cleanup(struct search *search)
{
    if (search->minimizer != NULL)
        gsl_multimin_fminimizer_free(search->minimizer);
    if (search->start != NULL)
        gsl_vector_free(search->start);
    if (search->step != NULL)
        gsl_vector_free(search->step);
}

/* Nelder and Mead's simplex from one start; start[] and the result hold (log h, log q). */
static void search_from(struct search *search, struct problem *problem, const double *start, double *best,
                        double *best_value)
{
    gsl_multimin_function function = {.f = objective, .n = problem->free_count, .params = problem};
    for (size_t i = 0; i < problem->free_count; i++) {
        gsl_vector_set(search->start, i, start[problem->free_index[i]]);
        gsl_vector_set(search->step, i, 0.7);
    }
    int status = gsl_multimin_fminimizer_set(search->minimizer, &function, search->start, search->step);
    for (int i = 0; i < ITERATIONS_MAXIMUM && status == GSL_SUCCESS; i++) {
        status = gsl_multimin_fminimizer_iterate(search->minimizer);
        if (gsl_multimin_test_size(gsl_multimin_fminimizer_size(search->minimizer), 1e-7) == GSL_SUCCESS)
            break;
    }
    double value = gsl_multimin_fminimizer_minimum(search->minimizer);
    if (!(value < *best_value))
        return;
    *best_value = value;
    for (size_t i = 0; i < problem->free_count; i++) {
        size_t k = problem->free_index[i];
        double found = gsl_vector_get(gsl_multimin_fminimizer_x(search->minimizer), i);
        best[k] = fmin(fmax(found, problem->low[k]), problem->high[k]);
    }
}

/* Two starts, "all noise" and "all movement": the likelihood can have a maximum near either. */
static enum error_code maximise(struct problem *problem, struct error *error, double *ret_best)
{
    gsl_without_abort();
    CLEANUP(search_cleanup)
    struct search search = {
        .minimizer = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, problem->free_count),
        .start = gsl_vector_alloc(problem->free_count),
        .step = gsl_vector_alloc(problem->free_count),
    };
    if (search.minimizer == NULL || search.start == NULL || search.step == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the search");
    double width[2] = {problem->high[H] - problem->low[H], problem->high[Q] - problem->low[Q]};
    double noise[2] = {problem->high[H] - 0.2 * width[H], problem->low[Q] + 0.2 * width[Q]};
    double movement[2] = {problem->low[H] + 0.2 * width[H], problem->high[Q] - 0.2 * width[Q]};
    double best[2] = {problem->low[H], problem->low[Q]}, best_value = INFINITY;
    search_from(&search, problem, noise, best, &best_value);
    search_from(&search, problem, movement, best, &best_value);
    if (!isfinite(best_value))
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "trend noise: no finite likelihood");
    ret_best[H] = best[H];
    ret_best[Q] = best[Q];
    return OK;
}

static void set_side(struct problem *problem, size_t which, bool is_free, double given, double low,
                     double high)
{
    problem->low[which] = log(is_free ? low : given);
    problem->high[which] = log(is_free ? high : given);
    if (is_free)
        problem->free_index[problem->free_count++] = which;
}

enum error_code trend_noise_estimate(const struct trend_series *series, size_t count, double within_variance,
                                     struct region *region, struct error *error,
                                     struct trend_noise *ret_noise)
{
    if (!isfinite(within_variance) || within_variance <= 0)
        return FAIL(error, ERROR_INPUT, "too-little-data", "no variance inside the teams");
    struct extent extent = {0, 0};
    TRY(measure(series, count, error, &extent));
    struct trend_noise noise = {
        .person_variance = (1 - TREND_RETEST_CORRELATION) * within_variance,
        .q = TREND_DEFAULT_Q,
        .h_estimated = extent.team_rounds >= TREND_POOLED_H_TEAM_ROUNDS,
        .q_estimated = extent.rounds >= TREND_POOLED_Q_ROUNDS,
    };
    struct problem problem = {.count = 0};
    double lowest_h =
        noise.q_estimated ? (1 - TREND_HIGHEST_RETEST_CORRELATION) * within_variance : noise.person_variance;
    set_side(&problem, H, noise.h_estimated, noise.person_variance, lowest_h, within_variance);
    set_side(&problem, Q, noise.q_estimated, noise.q, TREND_FLOOR_Q, TREND_MAXIMUM_Q);
    if (problem.free_count > 0) {
        double best[2] = {problem.low[H], problem.low[Q]};
        TRY(collect(series, count, extent.team_rounds, region, error, &problem));
        TRY(maximise(&problem, error, best));
        if (noise.h_estimated)
            noise.person_variance = fmin(exp(best[H]), within_variance);
        if (noise.q_estimated)
            noise.q = fmax(exp(best[Q]), TREND_FLOOR_Q);
    }
    *ret_noise = noise;
    return OK;
}
