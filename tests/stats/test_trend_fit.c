#include "stats/trend_fit.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { POINTS_MAXIMUM = 120 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct trend_fit fit(const struct trend_point *points, size_t count, enum trend_unknown unknown,
                            double given)
{
    struct trend_question question = {points, count, unknown, given, count};
    struct trend_fit fit = {.q = -1};
    struct error error = {.code = OK};
    assert_int_equal(trend_fit(&question, &error, &fit), OK);
    return fit;
}

static const char *refusal(const struct trend_point *points, size_t count, enum trend_unknown unknown,
                           double given, size_t step_from)
{
    struct trend_question question = {points, count, unknown, given, step_from};
    struct trend_fit fit = {.q = 77};
    struct error error = {.code = OK, .reason = ""};
    assert_int_not_equal(trend_fit(&question, &error, &fit), OK);
    assert_near(fit.q, 77, 0);
    return error.reason;
}

/* --- degenerate cases --------------------------------------------------------------------------------- */

static void test_too_little(void **state)
{
    (void)state;
    const struct trend_point p[] = {{0, 3, 1}, {1, NAN, NAN}, {2, 3.5, 1}, {3, 3.1, 1}, {4, 4, 1}};
    assert_string_equal(refusal(NULL, 0, TREND_Q_UNKNOWN, 0, 0), "too-few-values");
    assert_string_equal(refusal(p, 2, TREND_Q_UNKNOWN, 0, 2), "too-few-values");
    assert_string_equal(refusal(p, 3, TREND_NOISE_AND_Q_UNKNOWN, 0, 3), "too-few-values");
    assert_string_equal(refusal(p, 3, TREND_Q_UNKNOWN, 0, 1), "too-few-values");
    assert_string_equal(refusal(p, 5, TREND_Q_UNKNOWN, 0, 0), "too-few-values"); /* nothing before the step */
    (void)fit(p, 3, TREND_Q_UNKNOWN, 0);
    (void)fit(p, 4, TREND_NOISE_AND_Q_UNKNOWN, 0);
    struct trend_question step = {p, 5, TREND_Q_UNKNOWN, 0, 3};
    struct trend_fit result;
    assert_int_equal(trend_fit(&step, NULL, &result), OK);
}

static void test_constant_values(void **state)
{
    (void)state;
    struct trend_point p[8];
    for (size_t i = 0; i < 8; i++)
        p[i] = (struct trend_point){(double)i, 0.1, 0.3};
    struct trend_fit known = fit(p, 8, TREND_Q_UNKNOWN, 0);
    assert_near(known.q, 0, 0);
    assert_near(known.factor, 1, 0);
    assert_string_equal(refusal(p, 8, TREND_NOISE_AND_Q_UNKNOWN, 0, 8), "no-variance");
    assert_string_equal(refusal(p, 8, TREND_NOISE_UNKNOWN, 0, 8), "no-variance");
    assert_string_equal(refusal(p, 8, TREND_SCALE_UNKNOWN, 0.3, 8), "no-variance");
    assert_near(fit(p, 8, TREND_NOISE_UNKNOWN, 0.3).factor, 0, 0); /* all variance is movement */
    for (size_t i = 4; i < 8; i++)
        p[i].value = 0.7; /* constant but for the step */
    assert_string_equal(refusal(p, 8, TREND_NOISE_AND_Q_UNKNOWN, 0, 4), "no-variance");
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    const struct trend_point good[] = {{0, 3, 1}, {1, 4, 1}, {2, 3.5, 1}, {3, 3.1, 1}};
    const struct trend_point wrong[] = {{3, 4, 0},        {3, 4, -1}, {3, 4, NAN},
                                        {3, INFINITY, 1}, {2, 4, 1},  {NAN, 4, 1}};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct trend_point points[] = {good[0], good[1], good[2], wrong[i]};
        assert_string_equal(refusal(points, 4, TREND_Q_UNKNOWN, 0, 4), "bad-trend");
    }
    assert_string_equal(refusal(good, 4, TREND_NOISE_UNKNOWN, -1, 4), "bad-trend");
    assert_string_equal(refusal(good, 4, TREND_SCALE_UNKNOWN, NAN, 4), "bad-trend");
    assert_string_equal(refusal(good, TREND_POINTS_MAXIMUM + 1, TREND_Q_UNKNOWN, 0, 4), "too-many-points");
}

static void test_by_hand(void **state)
{
    (void)state;
    /* Two values, noise known: F = H1 + H2 + q dt is best at v^2. */
    const struct trend_point two[] = {{0, 3, 0.5}, {4, 7, 1.5}};
    struct trend_fit best = fit(two, 2, TREND_Q_UNKNOWN, 0);
    assert_near(best.q, (16 - 2) / 4.0, 1e-6);
    assert_near(best.log_likelihood, -(log(2 * M_PI * 16) + 1) / 2, 1e-12);
    const struct trend_point close[] = {{0, 3, 0.5}, {4, 4, 1.5}};
    assert_near(fit(close, 2, TREND_Q_UNKNOWN, 0).q, 0, 0);
    /* Without movement the values are a sample: the noise is its variance. */
    const struct trend_point sample[] = {{0, 1, 1}, {1, 4, 1}, {2, 2, 1}, {5, 5, 1}};
    assert_near(fit(sample, 4, TREND_NOISE_UNKNOWN, 0).factor, 10.0 / 3, 1e-12);
    /* A steady climb has no noise: q is the mean of the squared steps. */
    const struct trend_point climb[] = {{0, 1, 1}, {1, 2, 1}, {2, 3, 1}, {3, 4, 1}, {4, 5, 1}};
    best = fit(climb, 5, TREND_NOISE_AND_Q_UNKNOWN, 0);
    assert_near(best.factor, 0, 0);
    assert_near(best.q, 1, 1e-12);
    best = fit(climb, 5, TREND_SCALE_UNKNOWN, 2);
    assert_near(best.q / best.factor, 2, 1e-12);
}

/* --- the maximum is global ---------------------------------------------------------------------------- */

/* The diffuse log likelihood, from the filter that the product uses. */
static double log_likelihood(const struct trend_point *points, size_t count, double factor, double q)
{
    struct trend_point scaled[POINTS_MAXIMUM];
    struct trend_filtered filtered[POINTS_MAXIMUM];
    double value = NAN;
    for (size_t i = 0; i < count; i++) {
        scaled[i] = points[i];
        scaled[i].variance *= factor;
    }
    assert_int_equal(trend_filter(scaled, count, q, NULL, filtered, &value), OK);
    return value;
}

static size_t draw_series(struct generator *generator, struct trend_point *points)
{
    size_t count = 4 + (size_t)(draw_uniform(generator) * 20);
    double time = 0, level = 3, q = draw_uniform(generator) < 0.3 ? 0 : exp(-8 + 8 * draw_uniform(generator));
    for (size_t i = 0; i < count; i++) {
        double wait = 0.1 + 10 * draw_uniform(generator) * draw_uniform(generator);
        time += wait;
        level += sqrt(q * wait) * draw_normal(generator);
        level += draw_uniform(generator) < 0.1 ? draw_normal(generator) : 0; /* leaps make second maxima */
        double variance = 0.02 + 0.3 * draw_uniform(generator) * draw_uniform(generator);
        bool gap = i > 3 && draw_uniform(generator) < 0.2;
        points[i] = (struct trend_point){time, gap ? NAN : level + sqrt(variance) * draw_normal(generator),
                                         gap ? NAN : variance};
    }
    return count;
}

static void test_no_grid_point_is_better(void **state)
{
    (void)state;
    struct generator generator = {5};
    int zero = 0, inside = 0, noiseless = 0;
    for (int repeat = 0; repeat < 400; repeat++) {
        struct trend_point points[POINTS_MAXIMUM];
        size_t count = draw_series(&generator, points);
        struct trend_fit known = fit(points, count, TREND_Q_UNKNOWN, 0);
        struct trend_fit both = fit(points, count, TREND_NOISE_AND_Q_UNKNOWN, 0);
        zero += known.q <= 0;
        inside += known.q > 0;
        noiseless += both.factor <= 0;
        assert_near(log_likelihood(points, count, 1, known.q), known.log_likelihood, 1e-11);
        assert_near(log_likelihood(points, count, both.factor, both.q), both.log_likelihood, 1e-11);
        assert_true(log_likelihood(points, count, 1, 0) <= known.log_likelihood + 1e-9);
        for (double lq = -20; lq < 6; lq += 0.37) {
            assert_true(log_likelihood(points, count, 1, exp(lq)) <= known.log_likelihood + 1e-9);
            for (double lf = -8; lf < 5; lf += 0.61)
                assert_true(log_likelihood(points, count, exp(lf), exp(lq)) <= both.log_likelihood + 1e-9);
        }
    }
    assert_true(zero > 50 && inside > 100 && noiseless > 5);
}

static void test_given_q(void **state)
{
    (void)state;
    struct generator generator = {6};
    for (int repeat = 0; repeat < 100; repeat++) {
        struct trend_point points[POINTS_MAXIMUM];
        size_t count = draw_series(&generator, points);
        double q = exp(-6 + 6 * draw_uniform(&generator));
        struct trend_fit best = fit(points, count, TREND_NOISE_UNKNOWN, q);
        assert_near(best.q, q, 0);
        for (double lf = -12; lf < 6; lf += 0.23)
            assert_true(log_likelihood(points, count, exp(lf), q) <= best.log_likelihood + 1e-9);
        struct trend_fit scaled = fit(points, count, TREND_SCALE_UNKNOWN, q);
        for (double lf = -12; lf < 6; lf += 0.23)
            assert_true(log_likelihood(points, count, exp(lf), q * exp(lf)) <= scaled.log_likelihood + 1e-9);
    }
}

/* Another unit of time or of the scale gives the same answer in that unit. */
static void test_moves_with_scale_and_time(void **state)
{
    (void)state;
    struct generator generator = {7};
    for (int repeat = 0; repeat < 50; repeat++) {
        struct trend_point points[POINTS_MAXIMUM], other[POINTS_MAXIMUM];
        size_t count = draw_series(&generator, points);
        for (size_t i = 0; i < count; i++)
            other[i] = (struct trend_point){500 + points[i].time / 365, 25 * points[i].value - 25,
                                            625 * points[i].variance};
        struct trend_fit a = fit(points, count, TREND_NOISE_AND_Q_UNKNOWN, 0);
        struct trend_fit b = fit(other, count, TREND_NOISE_AND_Q_UNKNOWN, 0);
        assert_near(b.factor, a.factor, 1e-7);
        assert_near(b.q, a.q * 625 * 365, 1e-7);
        a = fit(points, count, TREND_Q_UNKNOWN, 0);
        assert_near(fit(other, count, TREND_Q_UNKNOWN, 0).q, a.q * 625 * 365, 1e-7);
    }
}

/* --- reference results -------------------------------------------------------------------------------- */

static void test_nile(void **state)
{
    (void)state;
    struct table *table = table_open("nile");
    struct reference *reference = reference_open("nile");
    const char *blocks[] = {"level", "with_gaps_rows_21_40_and_61_80"};
    for (size_t block = 0; block < 2; block++) {
        struct trend_point points[POINTS_MAXIMUM];
        for (size_t i = 0; i < table_rows(table); i++) {
            bool gap = block == 1 && ((i >= 20 && i < 40) || (i >= 60 && i < 80));
            points[i] =
                (struct trend_point){table_number(table, i, 0), gap ? NAN : table_number(table, i, 1), 1};
        }
        struct trend_fit best = fit(points, table_rows(table), TREND_NOISE_AND_Q_UNKNOWN, 0);
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/measurement_variance", blocks[block]);
        assert_near(best.factor, reference_number(reference, path), 1e-4);
        (void)snprintf(path, sizeof(path), "%s/level_variance_per_unit_time", blocks[block]);
        assert_near(best.q, reference_number(reference, path), 1e-4);
        (void)snprintf(path, sizeof(path), "%s/loglik_exact_diffuse", blocks[block]);
        assert_near(best.log_likelihood, reference_number(reference, path), 1e-10);
    }
    reference_close(reference);
    table_close(table);
}

/* The Nile's maximum in 40-digit arithmetic (mpmath: root of the slope of the likelihood with H scaled out). */
static void test_nile_to_the_last_digits(void **state)
{
    (void)state;
    struct table *table = table_open("nile");
    struct trend_point points[POINTS_MAXIMUM];
    for (size_t i = 0; i < table_rows(table); i++)
        points[i] = (struct trend_point){table_number(table, i, 0), table_number(table, i, 1), 1};
    struct trend_fit best = fit(points, table_rows(table), TREND_NOISE_AND_Q_UNKNOWN, 0);
    assert_near(best.factor, 15098.5183240963, 1e-9);
    assert_near(best.q, 1469.17636030952, 1e-9);
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
    struct trend_fit best = fit(points, table_rows(table), TREND_Q_UNKNOWN, 0);
    double q = reference_number(reference, "level_q_estimated/level_variance_per_unit_time");
    if (q > 0)
        assert_near(best.q, q, 1e-4);
    else
        assert_near(best.q, 0, 0);
    assert_near(best.log_likelihood, reference_number(reference, "level_q_estimated/loglik_exact_diffuse"),
                1e-9);
    reference_close(reference);
    table_close(table);
}

static void test_pulses(void **state)
{
    (void)state;
    check_pulse("synthetic_pulse_flat"); /* its best q is 0 */
    check_pulse("synthetic_pulse_drift");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_little),
        cmocka_unit_test(test_constant_values),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_no_grid_point_is_better),
        cmocka_unit_test(test_given_q),
        cmocka_unit_test(test_moves_with_scale_and_time),
        cmocka_unit_test(test_nile),
        cmocka_unit_test(test_nile_to_the_last_digits),
        cmocka_unit_test(test_pulses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
