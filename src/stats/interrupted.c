#include "stats/interrupted.h"

#include "stats/distribution.h"
#include "stats/trend_likelihood.h"

#include <float.h>
#include <math.h>

/* The series with the event as a point of its own (without a value, unless one stands there), and what the
 * smoother makes of the values y and of the step's regressor x, both with the same gains. The posterior of
 * the levels given the step is linear in it: m = y level - step * x level. */
struct workspace {
    struct trend_point *y, *x;
    struct trend_state *y_states, *x_states;
    double *carried; /* C_t of the smoother, from point t + 1 back to t */
    size_t count;
    size_t event;          /* index of the event's point */
    bool inserted;         /* that point is not one of the caller's */
    double step, variance; /* of the step */
};

static void workspace_cleanup(struct workspace *work)
{
    free(work->y);
    free(work->x);
    free(work->y_states);
    free(work->x_states);
    free(work->carried);
}

size_t interrupted_first_after(const struct trend_point *points, size_t count, double event)
{
    size_t first = 0;
    while (first < count && points[first].time < event)
        first++;
    return first;
}

static bool has_value(const struct trend_point *points, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (!isnan(points[i].value))
            return true;
    return false;
}

static enum error_code prepare(const struct trend_point *points, size_t count, double event,
                               struct error *error, struct workspace *work)
{
    size_t first = interrupted_first_after(points, count, event);
    if (!isfinite(event) || !has_value(points, 0, first) || !has_value(points, first, count))
        return FAIL(error, ERROR_INPUT, "event-outside", "no value before the event or none from it on");
    work->inserted = points[first].time > event;
    work->event = first;
    work->count = count + work->inserted;
    work->y = calloc(work->count, sizeof(*work->y));
    work->x = calloc(work->count, sizeof(*work->x));
    work->y_states = calloc(work->count, sizeof(*work->y_states));
    work->x_states = calloc(work->count, sizeof(*work->x_states));
    work->carried = calloc(work->count, sizeof(*work->carried));
    if (work->y == NULL || work->x == NULL || work->y_states == NULL || work->x_states == NULL ||
        work->carried == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu points", count);
    for (size_t i = 0; i < work->count; i++) {
        if (work->inserted && i == first)
            work->y[i] = (struct trend_point){event, NAN, NAN};
        else
            work->y[i] = points[i - (work->inserted && i > first)];
        work->x[i] = work->y[i];
        if (!isnan(work->x[i].value))
            work->x[i].value = i >= first ? 1 : 0;
    }
    return OK;
}

static enum error_code solve(struct workspace *work, double q, struct error *error)
{
    TRY(trend_smooth(work->y, work->count, q, error, work->y_states, NULL));
    TRY(trend_smooth(work->x, work->count, q, error, work->x_states, NULL));
    TRY(trend_carried(work->y, work->count, q, error, work->carried));
    struct innovation_sums sums = innovation_sums(work->y, work->count, 1, q, work->event);
    work->step = sums.xy / sums.xx;
    work->variance = 1 / sums.xx;
    return OK;
}

static double regressor(const struct workspace *work, size_t i)
{
    return i >= work->event ? 1 : 0;
}

/* How the level at i, with `x` of the step in it, depends on the step. */
static double lever(const struct workspace *work, size_t i, double x)
{
    return x - work->x_states[i].level;
}

static double level_at(const struct workspace *work, size_t i, double x)
{
    return work->y_states[i].level + lever(work, i, x) * work->step;
}

static double level_error(const struct workspace *work, size_t i, double x)
{
    double by_step = lever(work, i, x);
    return sqrt(fmax(work->y_states[i].variance + by_step * by_step * work->variance, 0));
}

/* Movement m_i - m_event: its mean, its variance given the step, and how it depends on the step. */
struct movement {
    double mean, variance, lever;
};

/* carried: the product of C_t from the event up to i. */
static struct movement movement_to(const struct workspace *work, size_t i, double carried)
{
    const struct trend_state *from = &work->y_states[work->event], *to = &work->y_states[i];
    double both = from->variance + to->variance, variance = both - 2 * carried * to->variance;
    bool moves = i > work->event && variance > 8 * DBL_EPSILON * both;
    struct movement movement = {.lever = work->x_states[work->event].level - work->x_states[i].level};
    movement.variance = moves ? variance : 0;
    if (i == work->event)
        movement.lever = 0;
    movement.mean = i == work->event ? 0 : to->level - from->level + movement.lever * work->step;
    return movement;
}

static struct trend_change change_of(double difference, double variance)
{
    double se = sqrt(fmax(variance, 0));
    double up = difference > 0 ? 1 : difference < 0 ? 0 : 0.5;
    return (struct trend_change){difference, se, se > 0 ? normal_probability(difference / se) : up};
}

/* level_i - before = movement + step. */
static struct trend_change change_since_before(const struct workspace *work, const struct movement *movement)
{
    double by_step = 1 + movement->lever;
    return change_of(movement->mean + work->step, movement->variance + by_step * by_step * work->variance);
}

/* The share R = -M / step, M the movement to the end: all R for which M + R step does not differ from 0. */
static void recovered_share(const struct workspace *work, const struct movement *end,
                            struct interrupted *result)
{
    double z = normal_quantile(0.975), step = work->step, covariance = end->lever * work->variance;
    double variance = end->variance + end->lever * end->lever * work->variance;
    double a = step * step - z * z * work->variance;
    double b = end->mean * step - z * z * covariance;
    double c = end->mean * end->mean - z * z * variance;
    double under = b * b - a * c;
    result->recovered = fabs(step) > 0 ? -end->mean / step : NAN;
    result->recovered_low = result->recovered_high = NAN;
    if (a <= 0 || under < 0)
        return;
    result->recovered_low = (-b - sqrt(under)) / a;
    result->recovered_high = (-b + sqrt(under)) / a;
}

/* The caller's points: without the one that was put in. */
static void write_levels(const struct workspace *work, struct interrupted_level *ret_levels)
{
    double carried = 1;
    for (size_t i = 0; i < work->count; i++) {
        if (i > work->event)
            carried *= work->carried[i - 1];
        if (work->inserted && i == work->event)
            continue;
        double x = regressor(work, i);
        struct interrupted_level at = {level_at(work, i, x), level_error(work, i, x), NAN};
        if (i >= work->event) {
            struct movement movement = movement_to(work, i, carried);
            at.probability_back = change_since_before(work, &movement).probability_up;
        }
        ret_levels[i - (work->inserted && i > work->event)] = at;
    }
}

static struct interrupted summarise(const struct workspace *work)
{
    size_t event = work->event, last = work->count - 1;
    double carried = 1;
    for (size_t t = event; t < last; t++)
        carried *= work->carried[t];
    struct movement end = movement_to(work, last, carried);
    struct interrupted result = {
        .first_after = event,
        .step = change_of(work->step, work->variance),
        .before = level_at(work, event, 0),
        .before_error = level_error(work, event, 0),
        .after = level_at(work, event, 1),
        .after_error = level_error(work, event, 1),
        .end = level_at(work, last, 1),
        .end_error = level_error(work, last, 1),
        .since_before = change_since_before(work, &end),
    };
    recovered_share(work, &end, &result);
    return result;
}

enum error_code interrupted_series(const struct trend_point *points, size_t count, double q, double event,
                                   struct error *error, struct interrupted *ret_result,
                                   struct interrupted_level *ret_levels)
{
    CLEANUP(workspace_cleanup) struct workspace work = {.count = 0};
    TRY(prepare(points, count, event, error, &work));
    TRY(solve(&work, q, error));
    write_levels(&work, ret_levels);
    *ret_result = summarise(&work);
    return OK;
}
