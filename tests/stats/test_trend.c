#include "stats/trend.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { POINTS_MAXIMUM = 120 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static double normal_below(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* --- degenerate cases --------------------------------------------------------------------------------- */

static void assert_refused(const struct trend_point *points, size_t count, double q, enum error_code code)
{
    struct trend_state states[8];
    for (size_t i = 0; i < 8; i++)
        states[i] = (struct trend_state){12, 34};
    struct trend_change change = {.difference = 56};
    struct error error = {.code = OK};
    double log_likelihood = 78;
    assert_int_equal(trend_smooth(points, count, q, &error, states, &log_likelihood), code);
    assert_int_equal(error.code, code);
    assert_non_null(error.reason);
    assert_int_equal(trend_change(points, count, q, 0, 1, NULL, &change), code);
    for (size_t i = 0; i < 8; i++)
        assert_near(states[i].level + states[i].variance, 46, 0);
    assert_near(log_likelihood, 78, 0);
    assert_near(change.difference, 56, 0);
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    const struct trend_point good[] = {{0, 3, 0.1}, {28, 3.2, 0.1}, {56, NAN, NAN}};
    struct trend_state states[3];
    assert_int_equal(trend_smooth(good, 3, 0.001, NULL, states, NULL), OK);
    assert_refused(good, 3, -1e-9, ERROR_INPUT);
    assert_refused(good, 3, NAN, ERROR_INPUT);
    assert_refused(good, 3, INFINITY, ERROR_INPUT);
    const struct trend_point wrong[] = {{28, 3.2, 0.1},      {10, 3.2, 0.1},   {NAN, 3.2, 0.1},
                                        {56, INFINITY, 0.1}, {56, 3.2, -1},    {56, 3.2, NAN},
                                        {56, 3.2, INFINITY}, {INFINITY, 3, 1}, {-INFINITY, NAN, 1}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct trend_point points[] = {good[0], good[1], wrong[i]};
        assert_refused(points, 3, 0.001, ERROR_INPUT);
    }
    assert_refused(good, TREND_POINTS_MAXIMUM + 1, 0.001, ERROR_LIMIT);
    struct trend_change change = {.difference = 56};
    assert_int_equal(trend_change(good, 3, 0.001, 1, 1, NULL, &change), ERROR_INPUT);
    assert_int_equal(trend_change(good, 3, 0.001, 2, 1, NULL, &change), ERROR_INPUT);
    assert_int_equal(trend_change(good, 3, 0.001, 1, 3, NULL, &change), ERROR_INPUT);
    assert_near(change.difference, 56, 0);
}

static void test_nothing_and_one_value(void **state)
{
    (void)state;
    double log_likelihood = 9;
    assert_int_equal(trend_smooth(NULL, 0, 0.001, NULL, NULL, &log_likelihood), OK);
    assert_near(log_likelihood, 0, 0);
    struct trend_point points[] = {{0, NAN, NAN}, {7, NAN, 0}, {14, NAN, -1}};
    struct trend_state states[3];
    struct trend_change change;
    assert_int_equal(trend_smooth(points, 3, 0.001, NULL, states, &log_likelihood), OK);
    for (size_t i = 0; i < 3; i++)
        assert_true(isnan(states[i].level) && isnan(states[i].variance));
    assert_near(log_likelihood, 0, 0);
    assert_int_equal(trend_change(points, 3, 0.001, 0, 2, NULL, &change), OK);
    assert_true(isnan(change.difference) && isnan(change.standard_error));
    assert_int_equal(trend_verdict(change.probability_up), TREND_CANNOT_TELL);
    /* One value: it is the level, no level before it, the same level with more doubt behind it. */
    points[1] = (struct trend_point){7, 3.25, 0.125};
    assert_int_equal(trend_smooth(points, 3, 0.001, NULL, states, &log_likelihood), OK);
    assert_true(isnan(states[0].level) && isnan(states[0].variance));
    assert_near(states[1].level, 3.25, 0);
    assert_near(states[1].variance, 0.125, 0);
    assert_near(states[2].level, 3.25, 0);
    assert_near(states[2].variance, 0.125 + 0.007, 1e-14);
    assert_near(log_likelihood, 0, 0);
    assert_int_equal(trend_change(points, 3, 0.001, 0, 1, NULL, &change), OK);
    assert_true(isnan(change.difference));
    assert_int_equal(trend_change(points, 3, 0.001, 1, 2, NULL, &change), OK);
    assert_near(change.difference, 0, 0);
    assert_near(change.standard_error, sqrt(0.007), 1e-12);
    assert_near(change.probability_up, 0.5, 0);
}

static void test_two_values_by_hand(void **state)
{
    (void)state;
    /* y = 3, 4; H = 2, 3; q dt = 5: with a flat start, m_b - m_a given y is normal with mean
     * 5 / (2 + 3 + 5) and variance 5 (2 + 3) / 10. */
    const struct trend_point points[] = {{0, 3, 2}, {10, 4, 3}};
    struct trend_state states[2];
    struct trend_change change;
    double log_likelihood;
    assert_int_equal(trend_smooth(points, 2, 0.5, NULL, states, &log_likelihood), OK);
    assert_near(states[0].level, 3.2, 1e-15);
    assert_near(states[1].level, 3.7, 1e-15);
    assert_near(states[0].variance, 1.6, 1e-14);
    assert_near(states[1].variance, 2.1, 1e-14);
    assert_near(log_likelihood, -(log(2 * M_PI * 10) + 0.1) / 2, 1e-14);
    assert_int_equal(trend_change(points, 2, 0.5, 0, 1, NULL, &change), OK);
    assert_near(change.difference, 0.5, 1e-14);
    assert_near(change.standard_error, sqrt(2.5), 1e-14);
    assert_near(change.probability_up, normal_below(0.5 / sqrt(2.5)), 1e-13);
}

static void test_without_movement_nothing_changes(void **state)
{
    (void)state;
    struct trend_point points[20];
    for (size_t i = 0; i < 20; i++)
        points[i] =
            (struct trend_point){(double)i * 7.3, 3 + 0.1 * (double)(i % 7), 0.05 + 0.001 * (double)i};
    struct trend_state states[20];
    assert_int_equal(trend_smooth(points, 20, 0, NULL, states, NULL), OK);
    for (size_t from = 0; from < 19; from++) {
        struct trend_change change;
        assert_int_equal(trend_change(points, 20, 0, from, 19, NULL, &change), OK);
        assert_near(change.difference, 0, 0);
        assert_near(change.standard_error, 0, 0);
        assert_near(change.probability_up, 0.5, 0);
        assert_near(states[from].level, states[19].level, 1e-13);
        assert_near(states[from].variance, states[19].variance, 1e-13);
    }
}

static void test_values_without_noise(void **state)
{
    (void)state;
    /* A fitted noise of 0: the level is what was seen, and known. */
    const struct trend_point points[] = {{0, 3, 0}, {1, 4, 0}, {3, NAN, NAN}, {5, 3, 0}};
    struct trend_state states[4];
    struct trend_change change;
    assert_int_equal(trend_smooth(points, 4, 0.5, NULL, states, NULL), OK);
    assert_near(states[1].level, 4, 0);
    assert_near(states[1].variance, 0, 0);
    assert_near(states[2].level, 3.5, 1e-15);
    assert_near(states[2].variance, 0.5, 1e-15);
    assert_int_equal(trend_change(points, 4, 0.5, 0, 1, NULL, &change), OK);
    assert_near(change.difference, 1, 0);
    assert_near(change.standard_error, 0, 0);
    assert_near(change.probability_up, 1, 0);
    assert_int_equal(trend_change(points, 4, 0.5, 0, 3, NULL, &change), OK);
    assert_near(change.probability_up, 0.5, 0);
    assert_int_equal(trend_smooth(points, 4, 0, NULL, states, NULL),
                     ERROR_INPUT); /* neither noise nor movement */
}

static void test_verdict_limits(void **state)
{
    (void)state;
    assert_int_equal(trend_verdict(0.95), TREND_UP);
    assert_int_equal(trend_verdict(1), TREND_UP);
    assert_int_equal(trend_verdict(0.949999), TREND_CANNOT_TELL);
    assert_int_equal(trend_verdict(0.5), TREND_CANNOT_TELL);
    assert_int_equal(trend_verdict(0.050001), TREND_CANNOT_TELL);
    assert_int_equal(trend_verdict(0.05), TREND_DOWN);
    assert_int_equal(trend_verdict(0), TREND_DOWN);
    assert_int_equal(trend_verdict(NAN), TREND_CANNOT_TELL);
}

static void test_longest_series(void **state)
{
    (void)state;
    struct trend_point *points = calloc(TREND_POINTS_MAXIMUM, sizeof(*points));
    struct trend_state *states = calloc(TREND_POINTS_MAXIMUM, sizeof(*states));
    assert_true(points != NULL && states != NULL);
    for (size_t i = 0; i < TREND_POINTS_MAXIMUM; i++)
        points[i] = (struct trend_point){(double)i, i % 2 == 0 ? 3 : NAN, 0.02};
    struct trend_change change;
    assert_int_equal(trend_smooth(points, TREND_POINTS_MAXIMUM, 1e-4, NULL, states, NULL), OK);
    assert_near(states[1000].level, 3, 1e-14);
    assert_int_equal(
        trend_change(points, TREND_POINTS_MAXIMUM, 1e-4, 0, TREND_POINTS_MAXIMUM - 1, NULL, &change), OK);
    assert_near(change.probability_up, 0.5, 1e-9);
    free(states);
    free(points);
}

/* --- against the joint normal distribution of all levels ---------------------------------------------- */

/* Inverts a positive definite matrix in place (Gauss-Jordan). */
static void invert(double matrix[POINTS_MAXIMUM][POINTS_MAXIMUM], size_t n)
{
    for (size_t k = 0; k < n; k++) {
        double pivot = matrix[k][k];
        matrix[k][k] = 1;
        for (size_t j = 0; j < n; j++)
            matrix[k][j] /= pivot;
        for (size_t i = 0; i < n; i++) {
            double factor = matrix[i][k];
            if (i == k)
                continue;
            matrix[i][k] = 0;
            for (size_t j = 0; j < n; j++)
                matrix[i][j] -= factor * matrix[k][j];
        }
    }
}

/* Posterior mean and covariance of all levels under a flat prior: the precision matrix is written down and
 * inverted. The first point has a value. */
static void dense(const struct trend_point *points, size_t n, double q, double *mean,
                  double covariance[POINTS_MAXIMUM][POINTS_MAXIMUM])
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            covariance[i][j] = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(points[i].value))
            covariance[i][i] += 1 / points[i].variance;
        if (i == 0)
            continue;
        double tie = 1 / (q * (points[i].time - points[i - 1].time));
        covariance[i][i] += tie;
        covariance[i - 1][i - 1] += tie;
        covariance[i][i - 1] -= tie;
        covariance[i - 1][i] -= tie;
    }
    invert(covariance, n);
    for (size_t i = 0; i < n; i++) {
        mean[i] = 0;
        for (size_t j = 0; j < n; j++)
            if (!isnan(points[j].value))
                mean[i] += covariance[i][j] * points[j].value / points[j].variance;
    }
}

static void test_agrees_with_the_joint_distribution(void **state)
{
    (void)state;
    struct generator generator = {99};
    for (int repeat = 0; repeat < 60; repeat++) {
        struct trend_point points[30];
        size_t n = 2 + (size_t)(draw_uniform(&generator) * 28);
        double time = -50, q = exp(-8 + 6 * draw_uniform(&generator));
        for (size_t i = 0; i < n; i++) {
            time += 0.5 + 60 * draw_uniform(&generator);
            bool gap = i > 0 && draw_uniform(&generator) < 0.3;
            points[i] = (struct trend_point){time, gap ? NAN : 3 + draw_normal(&generator),
                                             gap ? NAN : 0.005 + draw_uniform(&generator)};
        }
        double mean[POINTS_MAXIMUM];
        static double covariance[POINTS_MAXIMUM][POINTS_MAXIMUM];
        dense(points, n, q, mean, covariance);
        struct trend_state states[30];
        assert_int_equal(trend_smooth(points, n, q, NULL, states, NULL), OK);
        for (size_t b = 0; b < n; b++) {
            assert_near(states[b].level, mean[b], 1e-9);
            assert_near(states[b].variance, covariance[b][b], 1e-9);
            for (size_t a = 0; a < b; a++) {
                struct trend_change change;
                assert_int_equal(trend_change(points, n, q, a, b, NULL, &change), OK);
                double se = sqrt(covariance[a][a] + covariance[b][b] - 2 * covariance[a][b]);
                assert_true(fabs(change.difference - (mean[b] - mean[a])) < 1e-9);
                assert_near(change.standard_error, se, 1e-7);
                assert_true(fabs(change.probability_up - normal_below((mean[b] - mean[a]) / se)) < 1e-7);
            }
        }
    }
}

static void test_moves_with_scale_and_time(void **state)
{
    (void)state;
    const struct trend_point points[] = {{0, 3, 0.1}, {7, 3.4, 0.2}, {30, NAN, NAN}, {61, 2.8, 0.05}};
    struct trend_point other[4];
    for (size_t i = 0; i < 4; i++) /* in weeks, on a scale of 0 to 100, later */
        other[i] = (struct trend_point){1000 + points[i].time / 7, 25 * points[i].value - 25,
                                        625 * points[i].variance};
    struct trend_change a, b;
    assert_int_equal(trend_change(points, 4, 0.003, 0, 3, NULL, &a), OK);
    assert_int_equal(trend_change(other, 4, 0.003 * 7 * 625, 0, 3, NULL, &b), OK);
    assert_near(b.difference, 25 * a.difference, 1e-10);
    assert_near(b.standard_error, 25 * a.standard_error, 1e-10);
    assert_near(b.probability_up, a.probability_up, 1e-10);
}

/* --- reference results -------------------------------------------------------------------------------- */

static double at(const struct reference *reference, const char *prefix, const char *path)
{
    char name[200];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, path);
    return reference_number(reference, name);
}

static double element(const struct reference *reference, const char *prefix, const char *path, size_t i)
{
    char name[200];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, path);
    return reference_element(reference, name, i);
}

static void check_change(const struct reference *reference, const char *prefix, const char *which,
                         const struct trend_point *points, size_t count, double q)
{
    char name[100];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, which);
    struct trend_change change;
    size_t from = (size_t)at(reference, name, "from") - 1, to = (size_t)at(reference, name, "to") - 1;
    assert_int_equal(trend_change(points, count, q, from, to, NULL, &change), OK);
    assert_near(change.difference, at(reference, name, "change"), 1e-8);
    assert_near(change.standard_error, at(reference, name, "se"), 1e-8);
    assert_near(change.probability_up, at(reference, name, "p_increase"), 1e-8);
}

static void check_series(const struct reference *reference, const char *prefix,
                         const struct trend_point *points, size_t count)
{
    double q = at(reference, prefix, "level_variance_per_unit_time"), log_likelihood;
    struct trend_state states[POINTS_MAXIMUM];
    assert_int_equal(trend_smooth(points, count, q, NULL, states, &log_likelihood), OK);
    assert_near(log_likelihood, at(reference, prefix, "loglik_exact_diffuse"), 1e-10);
    for (size_t i = 0; i < count; i++) {
        assert_near(states[i].level, element(reference, prefix, "smoothed", i), 1e-8);
        assert_near(states[i].variance, element(reference, prefix, "smoothed_var", i), 1e-8);
    }
    struct trend_filtered filtered[POINTS_MAXIMUM];
    double same;
    assert_int_equal(trend_filter(points, count, q, NULL, filtered, &same), OK);
    assert_near(same, log_likelihood, 0);
    for (size_t i = 0; i < count; i++) {
        assert_near(filtered[i].level, element(reference, prefix, "filtered", i), 1e-8);
        assert_near(filtered[i].variance, element(reference, prefix, "filtered_var", i), 1e-8);
        assert_near(filtered[i].innovation, element(reference, prefix, "innovations", i), 1e-8);
        assert_near(filtered[i].innovation_variance, element(reference, prefix, "innovation_var", i), 1e-8);
    }
    /* What was known at point i is the end of the smoothing of the first i points. */
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(trend_smooth(points, i + 1, q, NULL, states, NULL), OK);
        assert_near(states[i].level, filtered[i].level, 1e-12);
        assert_near(states[i].variance, filtered[i].variance, 1e-12);
    }
    check_change(reference, prefix, "change_last_vs_lag", points, count, q);
    check_change(reference, prefix, "change_last_vs_first", points, count, q);
}

static void test_nile(void **state)
{
    (void)state;
    struct table *table = table_open("nile");
    struct reference *reference = reference_open("nile");
    const char *blocks[] = {"level", "with_gaps_rows_21_40_and_61_80"};
    for (size_t block = 0; block < 2; block++) {
        struct trend_point points[POINTS_MAXIMUM];
        double variance = at(reference, blocks[block], "measurement_variance");
        for (size_t i = 0; i < table_rows(table); i++) {
            bool gap = block == 1 && ((i >= 20 && i < 40) || (i >= 60 && i < 80));
            points[i] = (struct trend_point){table_number(table, i, 0), gap ? NAN : table_number(table, i, 1),
                                             variance};
        }
        check_series(reference, blocks[block], points, table_rows(table));
    }
    reference_close(reference);
    table_close(table);
}

static void check_pulse(const char *name)
{
    struct table *table = table_open(name);
    struct reference *reference = reference_open(name);
    double within = reference_number(reference, "pooled_within_variance");
    struct trend_point points[POINTS_MAXIMUM];
    for (size_t i = 0; i < table_rows(table); i++)
        points[i] = (struct trend_point){table_number(table, i, 0), table_number(table, i, 2),
                                         within / table_number(table, i, 1)};
    check_series(reference, "level_q_estimated", points, table_rows(table));
    check_series(reference, "level_q_fixed_.01", points, table_rows(table));
    reference_close(reference);
    table_close(table);
}

static void test_pulse_flat(void **state)
{
    (void)state;
    check_pulse("synthetic_pulse_flat"); /* its best q is 0 */
}

static void test_pulse_drift(void **state)
{
    (void)state;
    check_pulse("synthetic_pulse_drift");
}

/* --- what the verdicts do ----------------------------------------------------------------------------- */

struct rates {
    double up, down, wrong; /* shares; wrong: of the verdicts, those against the true direction */
};

enum { REPEATS = 2000 };

/* Teams of n people whose true level moves by true_q and, at the last round, by jump; occasion noise h. The
 * change is judged from `back` rounds before the last. */
static struct rates simulate(uint64_t seed, double h, int n, size_t rounds, size_t back, double q,
                             double true_q, double jump)
{
    struct generator generator = {seed};
    int up = 0, down = 0, wrong = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        struct trend_point points[POINTS_MAXIMUM];
        double level[POINTS_MAXIMUM];
        for (size_t t = 0; t < rounds; t++) {
            level[t] = t == 0 ? 3.5 : level[t - 1] + sqrt(true_q * 28) * draw_normal(&generator);
            level[t] += t == rounds - 1 ? jump : 0;
            points[t] =
                (struct trend_point){28 * (double)t, level[t] + sqrt(h / n) * draw_normal(&generator), h / n};
        }
        struct trend_change change;
        assert_int_equal(trend_change(points, rounds, q, rounds - 1 - back, rounds - 1, NULL, &change), OK);
        enum trend_verdict verdict = trend_verdict(change.probability_up);
        bool rose = level[rounds - 1] > level[rounds - 1 - back];
        up += verdict == TREND_UP;
        down += verdict == TREND_DOWN;
        wrong += (verdict == TREND_UP && !rose) || (verdict == TREND_DOWN && rose);
    }
    int said = up + down;
    return (struct rates){(double)up / REPEATS, (double)down / REPEATS, said == 0 ? 0 : (double)wrong / said};
}

static void test_no_change_is_rarely_called_one(void **state)
{
    (void)state;
    const double qs[] = {TREND_FLOOR_Q, TREND_DEFAULT_Q, TREND_MAXIMUM_Q};
    const int sizes[] = {5, 8, 25, 50};
    const double noises[] = {0.05, 0.2, 0.4};
    for (size_t a = 0; a < COUNT_OF(qs); a++)
        for (size_t b = 0; b < COUNT_OF(sizes); b++)
            for (size_t c = 0; c < COUNT_OF(noises); c++) {
                struct rates last = simulate(1, noises[c], sizes[b], 8, 1, qs[a], 0, 0);
                struct rates months = simulate(2, noises[c], sizes[b], 8, 3, qs[a], 0, 0);
                /* At most 10 % two-sided, with the error of 2000 repeats. */
                assert_true(last.up + last.down < 0.12);
                assert_true(months.up + months.down < 0.12);
            }
    /* In a team of 8 at the floor: practically never. */
    struct rates last = simulate(3, 0.2, 8, 8, 1, TREND_FLOOR_Q, 0, 0);
    assert_true(last.up + last.down < 0.005);
}

static void test_verdicts_are_right_as_often_as_they_say(void **state)
{
    (void)state;
    const double qs[] = {TREND_FLOOR_Q, TREND_DEFAULT_Q, 0.1 / 28};
    for (size_t i = 0; i < COUNT_OF(qs); i++) {
        struct rates rates = simulate(4, 0.2, 12, 8, 3, qs[i], qs[i], 0);
        assert_true(rates.wrong < 0.06);
        assert_true(fabs(rates.up - rates.down) < 0.05);
    }
    struct rates lively = simulate(5, 0.2, 12, 8, 3, 0.1 / 28, 0.1 / 28, 0);
    assert_true(lively.up > 0.2 && lively.down > 0.2);
}

static enum trend_verdict verdict_after(size_t rounds_low, double q, size_t back)
{
    /* A team of 8 with occasion noise .2: seven rounds at 3.8, then at 3.0. */
    struct trend_point points[16];
    size_t count = 7 + rounds_low;
    for (size_t t = 0; t < count; t++)
        points[t] = (struct trend_point){28 * (double)t, t < 7 ? 3.8 : 3.0, 0.2 / 8};
    struct trend_change change;
    assert_int_equal(trend_change(points, count, q, count - 1 - back, count - 1, NULL, &change), OK);
    return trend_verdict(change.probability_up);
}

static void test_a_jump_is_seen(void **state)
{
    (void)state;
    /* 0.8 down in a team of 8. With the default q: in the round itself, by both comparisons. */
    assert_int_equal(verdict_after(1, TREND_DEFAULT_Q, 1), TREND_DOWN);
    assert_int_equal(verdict_after(1, TREND_DEFAULT_Q, 3), TREND_DOWN);
    /* At the floor the model believes in calm teams: three months ago tells in the round itself, ... */
    assert_int_equal(verdict_after(1, TREND_FLOOR_Q, 1), TREND_CANNOT_TELL);
    assert_int_equal(verdict_after(1, TREND_FLOOR_Q, 3), TREND_DOWN);
    /* ... and it stays told in the rounds after it. */
    assert_int_equal(verdict_after(2, TREND_FLOOR_Q, 3), TREND_DOWN);
    assert_int_equal(verdict_after(3, TREND_FLOOR_Q, 3), TREND_DOWN);
    /* With noise in the answers. */
    struct rates jump = simulate(6, 0.2, 8, 7, 1, TREND_DEFAULT_Q, 0, -0.8);
    assert_true(jump.down > 0.7);
    assert_true(jump.up <= 0);
    struct rates months = simulate(7, 0.2, 8, 7, 3, TREND_DEFAULT_Q, 0, 0.8);
    assert_true(months.up > 0.85);
    assert_true(months.down <= 0);
    /* At the floor, the same jump with noise: rarely since the last round, half the time since three months
     * ago. */
    struct rates calm = simulate(9, 0.2, 8, 10, 1, TREND_FLOOR_Q, 0, -0.8);
    assert_true(calm.down > 0.02 && calm.down < 0.1);
    struct rates calm_months = simulate(10, 0.2, 8, 10, 3, TREND_FLOOR_Q, 0, -0.8);
    assert_true(calm_months.down > 0.4 && calm_months.down < 0.65);
    /* 0.2 is within the noise of a team of 8: mostly not told. */
    struct rates small = simulate(8, 0.2, 8, 7, 1, TREND_DEFAULT_Q, 0, -0.2);
    assert_true(small.down < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_nothing_and_one_value),
        cmocka_unit_test(test_two_values_by_hand),
        cmocka_unit_test(test_without_movement_nothing_changes),
        cmocka_unit_test(test_values_without_noise),
        cmocka_unit_test(test_verdict_limits),
        cmocka_unit_test(test_longest_series),
        cmocka_unit_test(test_agrees_with_the_joint_distribution),
        cmocka_unit_test(test_moves_with_scale_and_time),
        cmocka_unit_test(test_nile),
        cmocka_unit_test(test_pulse_flat),
        cmocka_unit_test(test_pulse_drift),
        cmocka_unit_test(test_no_change_is_rarely_called_one),
        cmocka_unit_test(test_verdicts_are_right_as_often_as_they_say),
        cmocka_unit_test(test_a_jump_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
