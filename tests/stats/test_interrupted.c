#include "stats/interrupted.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { POINTS_MAXIMUM = 60, SIDE = POINTS_MAXIMUM + 2 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct interrupted interrupt(const struct trend_point *points, size_t count, double q, double event,
                                    struct interrupted_level *levels)
{
    struct interrupted result = {.first_after = 999};
    struct error error = {.code = OK};
    assert_int_equal(interrupted_series(points, count, q, event, &error, &result, levels), OK);
    return result;
}

/* --- degenerate cases --------------------------------------------------------------------------------- */

static void test_event_outside(void **state)
{
    (void)state;
    const struct trend_point p[] = {{0, NAN, NAN}, {1, 3, 0.1}, {2, 4, 0.1}, {3, NAN, NAN}};
    struct interrupted_level levels[4];
    struct interrupted result = {.first_after = 77};
    const double outside[] = {-1, 0.5, 1, 2.5, 3, 9, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(outside); i++) {
        struct error error = {.code = OK};
        assert_int_equal(interrupted_series(p, 4, 0.1, outside[i], &error, &result, levels), ERROR_INPUT);
        assert_string_equal(error.reason, "event-outside");
    }
    assert_int_equal(interrupted_series(NULL, 0, 0.1, 0, NULL, &result, levels), ERROR_INPUT);
    assert_int_equal(interrupted_series(p, 4, -1, 1.5, NULL, &result, levels), ERROR_INPUT);
    assert_int_equal(result.first_after, 77);
}

static void test_two_values_by_hand(void **state)
{
    (void)state;
    /* One value on each side: the step is their difference, with both noises and all of the movement. */
    const struct trend_point p[] = {{0, 4, 0.5}, {4, 3, 0.25}};
    struct interrupted_level levels[2];
    struct interrupted result = interrupt(p, 2, 0.125, 3, levels);
    assert_near(result.step.difference, -1, 1e-14);
    assert_near(result.step.standard_error, sqrt(0.5 + 0.25 + 0.125 * 4), 1e-14);
    assert_near(result.before, 4, 1e-14);
    assert_near(result.before_error, sqrt(0.5 + 0.125 * 3), 1e-14);
    assert_near(result.after, 3, 1e-14);
    assert_near(result.after_error, sqrt(0.25 + 0.125), 1e-14);
    assert_near(result.end, 3, 1e-14);
    assert_near(result.end_error, 0.5, 1e-14);
    assert_true(fabs(result.recovered) < 1e-14);
    assert_near(levels[0].level, 4, 1e-14);
    assert_near(levels[1].level, 3, 1e-14);
    assert_true(isnan(levels[0].probability_back));
    assert_near(levels[1].probability_back, result.since_before.probability_up, 0);
    assert_int_equal(result.first_after, 1);
}

static void test_without_movement_it_is_two_means(void **state)
{
    (void)state;
    struct trend_point p[9];
    struct interrupted_level levels[9];
    for (size_t i = 0; i < 9; i++)
        p[i] = (struct trend_point){(double)i,
                                    i < 4 ? 3.0 + 0.1 * (double)(i % 2) : 2.0 + 0.1 * (double)(i % 2), 0.2};
    struct interrupted result = interrupt(p, 9, 0, 4, levels);
    assert_near(result.before, 3.05, 1e-12);
    assert_near(result.after, 2.04, 1e-12);
    assert_near(result.step.standard_error, sqrt(0.2 / 4 + 0.2 / 5), 1e-12);
    assert_near(result.recovered, 0, 0); /* nothing can move back */
    assert_near(result.recovered_high - result.recovered_low, 0, 0);
    assert_near(levels[8].probability_back,
                1 - result.step.probability_up > 0.5 ? result.step.probability_up : 1, 1e-12);
}

static void test_nothing_happened(void **state)
{
    (void)state;
    struct trend_point p[6];
    struct interrupted_level levels[6];
    for (size_t i = 0; i < 6; i++)
        p[i] = (struct trend_point){(double)i, 3, 0.2};
    struct interrupted result = interrupt(p, 6, 0.01, 2.5, levels);
    assert_true(fabs(result.step.difference) < 1e-12);
    assert_near(result.step.probability_up, 0.5, 1e-9);
    assert_true(isnan(result.recovered_low) && isnan(result.recovered_high));
    for (size_t i = 3; i < 6; i++)
        assert_near(levels[i].probability_back, 0.5, 1e-9);
}

/* --- against generalised least squares with the whole covariance matrix ------------------------------- */

/* Solves a x = b for several right sides by Gauss elimination with pivots; b becomes x. */
static void solve(size_t n, double a[SIDE][SIDE], size_t sides, double b[SIDE][SIDE])
{
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i][k]) > fabs(a[pivot][k]))
                pivot = i;
        for (size_t j = 0; j < n; j++) {
            double swap = a[k][j];
            a[k][j] = a[pivot][j];
            a[pivot][j] = swap;
        }
        for (size_t j = 0; j < sides; j++) {
            double swap = b[k][j];
            b[k][j] = b[pivot][j];
            b[pivot][j] = swap;
        }
        for (size_t i = 0; i < n; i++) {
            if (i == k)
                continue;
            double factor = a[i][k] / a[k][k];
            for (size_t j = k; j < n; j++)
                a[i][j] -= factor * a[k][j];
            for (size_t j = 0; j < sides; j++)
                b[i][j] -= factor * b[k][j];
        }
    }
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < sides; j++)
            b[i][j] /= a[i][i];
}

/* What is asked: a linear function of the start, the step and the walk at time `at` minus the walk at
 * `from`. */
struct target {
    double start, step, at, from; /* NAN: no walk */
};

struct answer {
    double value, variance;
};

/* y = start + step x + w(t) + e, w a walk of variance q t from the first time. Best linear unbiased
 * prediction of g'beta + w(at) - w(from) (Goldberger, Journal of the American Statistical Association 57,
 * 1962, 369-375). */
static double walk_covariance(double q, double origin, double s, double t)
{
    return q * (fmin(s, t) - origin);
}

static double target_covariance(double q, double origin, const struct target *target, double t)
{
    double c = 0;
    if (!isnan(target->at))
        c += walk_covariance(q, origin, target->at, t);
    if (!isnan(target->from))
        c -= walk_covariance(q, origin, target->from, t);
    return c;
}

static struct answer predict(const struct trend_point *points, size_t count, double q, double event,
                             const struct target *target)
{
    static double v[SIDE][SIDE], right[SIDE][SIDE];
    double x[SIDE][2], y[SIDE], c[SIDE];
    size_t seen[SIDE] = {0}, n = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(points[i].value))
            seen[n++] = i;
    double origin = points[seen[0]].time;
    for (size_t i = 0; i < n; i++) {
        const struct trend_point *p = &points[seen[i]];
        x[i][0] = 1;
        x[i][1] = p->time >= event ? 1 : 0;
        y[i] = p->value;
        c[i] = target_covariance(q, origin, target, p->time);
        for (size_t j = 0; j < n; j++)
            v[i][j] = walk_covariance(q, origin, p->time, points[seen[j]].time) + (i == j ? p->variance : 0);
        right[i][0] = x[i][0];
        right[i][1] = x[i][1];
        right[i][2] = y[i];
        right[i][3] = c[i];
    }
    solve(n, v, 4, right); /* V^-1 times X, y, c */
    double a[2][2] = {{0, 0}, {0, 0}}, xy[2] = {0, 0}, xc[2] = {0, 0}, cy = 0, cc = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < 2; k++) {
            for (size_t l = 0; l < 2; l++)
                a[k][l] += x[i][k] * right[i][l];
            xy[k] += x[i][k] * right[i][2];
            xc[k] += x[i][k] * right[i][3];
        }
        cy += c[i] * right[i][2];
        cc += c[i] * right[i][3];
    }
    double det = a[0][0] * a[1][1] - a[0][1] * a[1][0];
    double inverse[2][2] = {{a[1][1] / det, -a[0][1] / det}, {-a[1][0] / det, a[0][0] / det}};
    double beta[2], d[2] = {target->start - xc[0], target->step - xc[1]};
    for (size_t k = 0; k < 2; k++)
        beta[k] = inverse[k][0] * xy[0] + inverse[k][1] * xy[1];
    double own = 0;
    if (!isnan(target->at))
        own = target_covariance(q, origin, target, target->at);
    if (!isnan(target->from))
        own -= target_covariance(q, origin, target, target->from);
    struct answer answer = {
        target->start * beta[0] + target->step * beta[1] + cy - beta[0] * xc[0] - beta[1] * xc[1], own - cc};
    for (size_t k = 0; k < 2; k++)
        for (size_t l = 0; l < 2; l++)
            answer.variance += d[k] * inverse[k][l] * d[l];
    return answer;
}

static void assert_answer(double value, double error, const struct answer *answer)
{
    assert_true(fabs(value - answer->value) < 1e-8);
    assert_true(fabs(error - sqrt(answer->variance)) < 1e-7);
}

static size_t draw_series(struct generator *generator, struct trend_point *points, double *ret_q)
{
    size_t count = 4 + (size_t)(draw_uniform(generator) * 24);
    double time = 10, level = 3;
    *ret_q = exp(-6 + 5 * draw_uniform(generator));
    for (size_t i = 0; i < count; i++) {
        double wait = 0.2 + 4 * draw_uniform(generator);
        time += wait;
        level += sqrt(*ret_q * wait) * draw_normal(generator);
        double variance = 0.02 + 0.3 * draw_uniform(generator);
        bool gap = draw_uniform(generator) < 0.2;
        points[i] = (struct trend_point){time, gap ? NAN : level + sqrt(variance) * draw_normal(generator),
                                         gap ? NAN : variance};
    }
    return count;
}

/* An event between two points, at a point or at a gap. */
static double draw_event(struct generator *generator, const struct trend_point *points, size_t count)
{
    size_t at = (size_t)(draw_uniform(generator) * (double)count);
    return points[at].time - (draw_uniform(generator) < 0.5 ? 0.1 : 0);
}

static void compare(const struct trend_point *points, size_t count, double q, double event)
{
    struct interrupted_level levels[POINTS_MAXIMUM];
    struct interrupted result = interrupt(points, count, q, event, levels);
    double last = points[count - 1].time;
    const struct target step = {0, 1, NAN, NAN}, before = {1, 0, event, NAN}, after = {1, 1, event, NAN};
    const struct target end = {1, 1, last, NAN}, since = {0, 1, last, event};
    struct answer answer = predict(points, count, q, event, &step);
    assert_answer(result.step.difference, result.step.standard_error, &answer);
    answer = predict(points, count, q, event, &before);
    assert_answer(result.before, result.before_error, &answer);
    answer = predict(points, count, q, event, &after);
    assert_answer(result.after, result.after_error, &answer);
    answer = predict(points, count, q, event, &end);
    assert_answer(result.end, result.end_error, &answer);
    answer = predict(points, count, q, event, &since);
    assert_answer(result.since_before.difference, result.since_before.standard_error, &answer);
    /* At the ends of the interval of the share R, movement + R step is at the edge of differing from 0. */
    const double ends[] = {result.recovered_low, result.recovered_high};
    for (size_t i = 0; i < 2 && !isnan(ends[i]); i++) {
        const struct target edge = {0, ends[i], last, event};
        answer = predict(points, count, q, event, &edge);
        if (last > event)
            assert_near(fabs(answer.value), 1.959963984540054 * sqrt(answer.variance), 1e-6);
    }
    size_t first = 0;
    while (isnan(points[first].value))
        first++;
    for (size_t i = 0; i < count; i++) {
        if (i < first) {
            assert_true(isnan(levels[i].level));
            continue;
        }
        const struct target level = {1, points[i].time >= event ? 1 : 0, points[i].time, NAN};
        answer = predict(points, count, q, event, &level);
        assert_answer(levels[i].level, levels[i].standard_error, &answer);
        if (points[i].time < event)
            continue;
        const struct target back = {0, 1, points[i].time, event};
        answer = predict(points, count, q, event, &back);
        double p = erfc(-answer.value / sqrt(2 * answer.variance)) / 2;
        assert_true(fabs(levels[i].probability_back - p) < 1e-7);
    }
}

static void test_agrees_with_least_squares(void **state)
{
    (void)state;
    struct generator generator = {17};
    int compared = 0;
    for (int repeat = 0; repeat < 400; repeat++) {
        struct trend_point points[POINTS_MAXIMUM];
        double q;
        size_t count = draw_series(&generator, points, &q);
        double event = draw_event(&generator, points, count);
        struct interrupted_level levels[POINTS_MAXIMUM];
        struct interrupted result;
        if (interrupted_series(points, count, q, event, NULL, &result, levels) != OK)
            continue;
        compare(points, count, q, event);
        compared++;
    }
    assert_true(compared > 250);
}

/* --- coverage ----------------------------------------------------------------------------------------- */

enum { REPEATS = 4000, ROUNDS = 16, EVENT = 6 };

/* A fall of 0.8 before round 6 of 16, with a part that comes back steadily on top of the walk. Returns the
 * true share that came back. */
static double draw_broken_trust(struct generator *generator, double q, double h, double fall, double back,
                                struct trend_point *points)
{
    double walk = 3.8, at_event = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        walk += i == 0 ? 0 : sqrt(q) * draw_normal(generator);
        double drift = i < EVENT ? 0 : back * (double)(i - EVENT) / (ROUNDS - 1 - EVENT);
        if (i == EVENT)
            at_event = walk;
        double level = walk + drift - (i >= EVENT ? fall : 0);
        points[i] = (struct trend_point){(double)i, level + sqrt(h) * draw_normal(generator), h};
    }
    return (walk - at_event + back) / fall;
}

static void test_coverage(void **state)
{
    (void)state;
    struct generator generator = {23};
    const double q = 0.01, h = 0.04, fall = 0.8;
    int step = 0, share = 0, bounded = 0, said = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        struct trend_point points[ROUNDS];
        struct interrupted_level levels[ROUNDS];
        double truth = draw_broken_trust(&generator, q, h, fall, 0, points);
        struct interrupted result = interrupt(points, ROUNDS, q, EVENT, levels);
        step += fabs(result.step.difference + fall) < 1.959964 * result.step.standard_error;
        said += trend_verdict(result.step.probability_up) == TREND_DOWN;
        if (isnan(result.recovered_low))
            continue;
        bounded++;
        share += truth >= result.recovered_low && truth <= result.recovered_high;
    }
    assert_near((double)step / REPEATS, 0.95, 0.01);
    assert_true(bounded > REPEATS * 9 / 10);
    assert_near((double)share / bounded, 0.95, 0.015);
    assert_true(said > REPEATS * 9 / 10);
}

/* Nothing happened at the "event": up or down is said in 1 of 10, as P >= .95 or <= .05 promises. */
static void test_no_step_is_seldom_called_one(void **state)
{
    (void)state;
    struct generator generator = {29};
    int up = 0, down = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        struct trend_point points[ROUNDS];
        struct interrupted_level levels[ROUNDS];
        (void)draw_broken_trust(&generator, 0.01, 0.04, 0, 0, points);
        struct interrupted result = interrupt(points, ROUNDS, 0.01, EVENT - 0.5, levels);
        up += trend_verdict(result.step.probability_up) == TREND_UP;
        down += trend_verdict(result.step.probability_up) == TREND_DOWN;
    }
    assert_true(abs(up - REPEATS / 20) < REPEATS / 60);
    assert_true(abs(down - REPEATS / 20) < REPEATS / 60);
}

static void test_recovery_is_seen(void **state)
{
    (void)state;
    struct generator generator = {31};
    double mean_full = 0, mean_none = 0, back_full = 0, back_none = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        struct trend_point points[ROUNDS];
        struct interrupted_level levels[ROUNDS];
        (void)draw_broken_trust(&generator, 0.01, 0.01, 1, 1, points);
        struct interrupted result = interrupt(points, ROUNDS, 0.02, EVENT, levels);
        mean_full += result.recovered / REPEATS;
        back_full += levels[ROUNDS - 1].probability_back / REPEATS;
        (void)draw_broken_trust(&generator, 0.01, 0.01, 1, 0, points);
        result = interrupt(points, ROUNDS, 0.02, EVENT, levels);
        mean_none += result.recovered / REPEATS;
        back_none += levels[ROUNDS - 1].probability_back / REPEATS;
    }
    assert_true(mean_full > 0.85 && mean_full < 1.15);
    assert_true(fabs(mean_none) < 0.1);
    assert_true(back_full > 0.4 && back_none < 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_outside),
        cmocka_unit_test(test_two_values_by_hand),
        cmocka_unit_test(test_without_movement_it_is_two_means),
        cmocka_unit_test(test_nothing_happened),
        cmocka_unit_test(test_agrees_with_least_squares),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_no_step_is_seldom_called_one),
        cmocka_unit_test(test_recovery_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
