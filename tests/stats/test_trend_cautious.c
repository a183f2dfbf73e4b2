#include "stats/trend_cautious.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { POINTS_MAXIMUM = 120 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct trend_cautious cautious_of(const struct trend_point *points, size_t count, bool known, double q)
{
    struct trend_cautious cautious = {.q = -1};
    assert_int_equal(trend_cautious(points, count, known, q, count, NULL, NULL, &cautious), OK);
    return cautious;
}

static void test_too_little(void **state)
{
    (void)state;
    const struct trend_point p[] = {{0, 3, 1}, {1, NAN, NAN}, {2, NAN, NAN}};
    struct trend_cautious cautious = {.q = 77};
    struct error error = {.code = OK};
    assert_int_equal(trend_cautious(NULL, 0, true, NAN, 0, NULL, &error, &cautious), ERROR_INPUT);
    assert_string_equal(error.reason, "too-few-values");
    const double given[] = {NAN, NAN, 0.1};
    const bool known[] = {true, false, false};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        error.reason = "";
        assert_int_equal(trend_cautious(p, 3, known[i], given[i], 3, NULL, &error, &cautious), ERROR_INPUT);
        assert_string_equal(error.reason, "too-few-values");
    }
    assert_near(cautious_of(p, 3, true, 0.1).q, 0.1, 0); /* nothing has to be estimated */
    const struct trend_point same[] = {{0, 3, 1}, {1, 3, 1}, {2, 3, 1}};
    assert_int_equal(trend_cautious(same, 3, false, NAN, 3, NULL, &error, &cautious), ERROR_INPUT);
    assert_string_equal(error.reason, "no-variance");
    assert_near(cautious.q, 77, 0);
}

static void test_which_limit(void **state)
{
    (void)state;
    struct trend_point flat[12], climb[12];
    for (size_t i = 0; i < 12; i++) {
        flat[i] = (struct trend_point){2 * (double)i, 3 + (i % 2 == 0 ? 0.1 : -0.1), 0.04};
        climb[i] = (struct trend_point){2 * (double)i, (double)(i * i), 0.04};
    }
    struct trend_cautious c = cautious_of(flat, 12, true, NAN);
    assert_int_equal(c.source, TREND_Q_FLOOR);
    assert_near(c.q, 0.05 * 0.04 / 2, 1e-12);
    c = cautious_of(flat, 5, true, NAN);
    assert_int_equal(c.source, TREND_Q_DEFAULT);
    assert_near(c.q, 0.4 * 0.04 / 2, 1e-12);
    c = cautious_of(climb, 12, true, NAN);
    assert_int_equal(c.source, TREND_Q_ESTIMATED);
    c = cautious_of(flat, 12, false, NAN);
    assert_int_equal(c.source, TREND_Q_FLOOR);
    assert_near(c.q, 0.05 * 0.04 * c.factor / 2, 1e-12);
    c = cautious_of(climb, 12, false, NAN);
    assert_int_equal(c.source, TREND_Q_CEILING);
    assert_near(c.q, 0.04 * c.factor / 2, 1e-12);
    c = cautious_of(climb, 5, false, NAN);
    assert_int_equal(c.source, TREND_Q_DEFAULT);
    assert_near(c.q, 0.4 * 0.04 * c.factor / 2, 1e-12);
    c = cautious_of(climb, 12, true, 0.3);
    assert_int_equal(c.source, TREND_Q_GIVEN);
    assert_near(c.q, 0.3, 0);
    c = cautious_of(climb, 12, false, 1e4);
    assert_near(c.q, 1e4, 0);
    assert_near(c.factor, 1e4 * 2 / 0.04, 1e-12); /* never without noise */
}

static void test_nile_is_as_estimated(void **state)
{
    (void)state;
    struct table *table = table_open("nile");
    struct trend_point points[POINTS_MAXIMUM];
    for (size_t i = 0; i < table_rows(table); i++)
        points[i] = (struct trend_point){table_number(table, i, 0), table_number(table, i, 1), 1};
    struct trend_cautious c = cautious_of(points, table_rows(table), false, NAN);
    assert_int_equal(c.source, TREND_Q_ESTIMATED);
    assert_near(c.q, 1469.1, 1e-3); /* Durbin & Koopman */
    assert_near(c.factor, 15099, 1e-3);
    table_close(table);
}

/* --- the rates ---------------------------------------------------------------------------------------- */

enum { REPEATS = 1000 };

/* The share of series with a verdict on the change over `back` values, with a fall of `fall` before the last
 * two. */
static double verdicts(uint64_t seed, bool known, size_t n, size_t back, double fall)
{
    struct generator generator = {seed};
    int said = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
        struct trend_point points[POINTS_MAXIMUM];
        for (size_t i = 0; i < n; i++)
            points[i] = (struct trend_point){
                (double)i, 3 + 0.2 * draw_normal(&generator) - (i + 2 >= n ? fall : 0), known ? 0.04 : 1};
        struct trend_cautious c = cautious_of(points, n, known, NAN);
        for (size_t i = 0; i < n; i++)
            points[i].variance *= c.factor;
        struct trend_change change;
        assert_int_equal(trend_change(points, n, c.q, n - 1 - back, n - 1, NULL, &change), OK);
        said += trend_verdict(change.probability_up) != TREND_CANNOT_TELL;
    }
    return (double)said / REPEATS;
}

static void test_calm_series_stay_calm(void **state)
{
    (void)state;
    const size_t lengths[] = {4, 6, 8, 13, 26, 52};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        size_t n = lengths[i];
        assert_true(verdicts(1, true, n, 1, 0) < 0.03);
        assert_true(verdicts(2, true, n, 3, 0) < 0.05);
        assert_true(verdicts(3, true, n, n - 1, 0) < 0.06);
        assert_true(verdicts(4, false, n, 1, 0) < 0.02);
        assert_true(verdicts(5, false, n, 3, 0) < 0.13);
        assert_true(verdicts(6, false, n, n - 1, 0) < 0.16);
    }
}

/* A fall of four times the noise, seen twice. */
static void test_a_large_fall_is_seen(void **state)
{
    (void)state;
    const size_t lengths[] = {6, 8, 13, 26};
    for (size_t i = 0; i < COUNT_OF(lengths); i++) {
        assert_true(verdicts(7, true, lengths[i], 3, 0.8) > 0.85);
        assert_true(verdicts(8, false, lengths[i], 3, 0.8) > 0.65);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_little),           cmocka_unit_test(test_which_limit),
        cmocka_unit_test(test_nile_is_as_estimated), cmocka_unit_test(test_calm_series_stay_calm),
        cmocka_unit_test(test_a_large_fall_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
