/* A team's level over rounds. Sources: Durbin & Koopman, Time Series Analysis by State Space Methods (2nd
 * edition 2012), chapter 2; Rauch, Tung & Striebel, AIAA Journal 3 (1965) 1445-1450 (smoother); de Jong &
 * Mackinnon, Biometrika 75 (1988) 601-602 (covariances between times). */
#include "stats/trend.h"

#include "stats/distribution.h"
#include "stats/local_level.h"

#include <float.h>

static enum error_code check(const struct trend_point *points, size_t count, double q, struct error *error)
{
    if (count > TREND_POINTS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-points", "%zu points, at most %d", count,
                    TREND_POINTS_MAXIMUM);
    if (!isfinite(q) || q < 0)
        return FAIL(error, ERROR_INPUT, "bad-trend", "q is %g", q);
    for (size_t i = 0; i < count; i++) {
        if (!isfinite(points[i].time) || (i > 0 && points[i].time <= points[i - 1].time))
            return FAIL(error, ERROR_INPUT, "bad-trend", "times do not increase at point %zu", i);
        if (isnan(points[i].value))
            continue;
        if (!isfinite(points[i].value) || !isfinite(points[i].variance) || points[i].variance < 0 ||
            points[i].variance + q <= 0)
            return FAIL(error, ERROR_INPUT, "bad-trend", "point %zu needs a finite value and a variance", i);
    }
    return OK;
}

/* Fills states with the filtered levels, NAN before the first value. */
static double filter(const struct trend_point *points, size_t count, double q, struct trend_state *states)
{
    struct local_level now = {.started = false};
    double log_likelihood = 0;
    for (size_t i = 0; i < count; i++) {
        if (now.started)
            local_level_wait(&now, points[i].time - points[i - 1].time, q);
        if (!isnan(points[i].value))
            log_likelihood += local_level_observe(&now, points[i].value, points[i].variance);
        states[i] =
            now.started ? (struct trend_state){now.level, now.variance} : (struct trend_state){NAN, NAN};
    }
    return log_likelihood;
}

enum error_code trend_filter(const struct trend_point *points, size_t count, double q, struct error *error,
                             struct trend_filtered *ret_filtered, double *ret_log_likelihood)
{
    TRY(check(points, count, q, error));
    struct local_level now = {.started = false};
    double log_likelihood = 0;
    for (size_t i = 0; i < count; i++) {
        struct trend_filtered at = {NAN, NAN, NAN, NAN};
        if (now.started)
            local_level_wait(&now, points[i].time - points[i - 1].time, q);
        if (!isnan(points[i].value)) {
            if (now.started) {
                at.innovation = points[i].value - now.level;
                at.innovation_variance = now.variance + points[i].variance;
            }
            log_likelihood += local_level_observe(&now, points[i].value, points[i].variance);
        }
        if (now.started) {
            at.level = now.level;
            at.variance = now.variance;
        }
        ret_filtered[i] = at;
    }
    if (ret_log_likelihood != NULL)
        *ret_log_likelihood = log_likelihood;
    return OK;
}

/* C_t = P_t / (P_t + q dt): how much of what is learnt later about t+1 also holds for t. P_t is the filtered
 * one. */
static double carry_back(const struct trend_point *points, const struct trend_state *filtered, double q,
                         size_t t)
{
    double moved = q * (points[t + 1].time - points[t].time);
    return filtered[t].variance / (filtered[t].variance + moved);
}

/* Turns filtered into smoothed states in place, from the end:
 *     s_t = a_t + C_t (s_(t+1) - a_t)      V_t = P_t + C_t^2 (V_(t+1) - (P_t + q dt)) */
static void smooth(const struct trend_point *points, size_t count, double q, struct trend_state *states)
{
    for (size_t t = count; t-- > 1;) {
        struct trend_state *earlier = &states[t - 1], later = states[t];
        if (isnan(earlier->level))
            return;
        double predicted = earlier->variance + q * (points[t].time - points[t - 1].time);
        double c = carry_back(points, states, q, t - 1);
        earlier->level += c * (later.level - earlier->level);
        earlier->variance += c * c * (later.variance - predicted);
    }
}

enum error_code trend_smooth(const struct trend_point *points, size_t count, double q, struct error *error,
                             struct trend_state *ret_states, double *ret_log_likelihood)
{
    TRY(check(points, count, q, error));
    double log_likelihood = filter(points, count, q, ret_states);
    smooth(points, count, q, ret_states);
    if (ret_log_likelihood != NULL)
        *ret_log_likelihood = log_likelihood;
    return OK;
}

enum error_code trend_carried(const struct trend_point *points, size_t count, double q, struct error *error,
                              double *ret_carried)
{
    TRY(check(points, count, q, error));
    struct local_level now = {.started = false};
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && now.started) {
            double moved = q * (points[i].time - points[i - 1].time);
            ret_carried[i - 1] = now.variance / (now.variance + moved);
            now.variance += moved;
        } else if (i > 0) {
            ret_carried[i - 1] = NAN;
        }
        if (!isnan(points[i].value))
            (void)local_level_observe(&now, points[i].value, points[i].variance);
    }
    return OK;
}

static void states_cleanup(struct trend_state **states)
{
    free(*states);
}

static struct trend_change change_of(struct trend_state from, struct trend_state to, double carried)
{
    double both = from.variance + to.variance;
    double variance = both - 2 * carried * to.variance;
    double difference = to.level - from.level;
    if (both <= 0) /* values without noise: the levels are known */
        return (struct trend_change){difference, 0, difference > 0 ? 1 : difference < 0 ? 0 : 0.5};
    /* With q = 0 nothing can move and only rounding is left. */
    if (variance <= 8 * DBL_EPSILON * both)
        return (struct trend_change){0, 0, 0.5};
    double se = sqrt(variance);
    return (struct trend_change){difference, se, normal_probability(difference / se)};
}

/* d = s_b - s_a, se^2 = V_aa + V_bb - 2 V_ab with V_ab = V_bb prod C_t over a <= t < b; P(up) = Phi(d / se).
 */
enum error_code trend_change(const struct trend_point *points, size_t count, double q, size_t from, size_t to,
                             struct error *error, struct trend_change *ret_change)
{
    TRY(check(points, count, q, error));
    if (from >= to || to >= count)
        return FAIL(error, ERROR_INPUT, "bad-trend", "no change from point %zu to %zu of %zu", from, to,
                    count);
    CLEANUP(states_cleanup) struct trend_state *states = calloc(count, sizeof(*states));
    if (states == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu points", count);
    (void)filter(points, count, q, states);
    if (isnan(states[from].level)) {
        *ret_change = (struct trend_change){NAN, NAN, 0.5};
        return OK;
    }
    double carried = 1;
    for (size_t t = from; t < to; t++)
        carried *= carry_back(points, states, q, t);
    smooth(points, count, q, states);

    *ret_change = change_of(states[from], states[to], carried);
    return OK;
}

enum trend_verdict trend_verdict(double probability_up)
{
    if (probability_up >= 0.95)
        return TREND_UP;
    if (probability_up <= 0.05)
        return TREND_DOWN;
    return TREND_CANNOT_TELL;
}
