#include "stats/group_sums.h"

#include "grouped.h"

#include <gsl/gsl_errno.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void test_sums_of_nothing(void **state)
{
    (void)state;
    struct group_sums empty = group_sums_from_integers(0, 0, 0, 1);
    assert_int_equal(empty.n, 0);
    assert_true(isnan(empty.mean));
    assert_true(empty.sum_squared_deviations >= 0 && empty.sum_squared_deviations <= 0);
    assert_int_equal(group_sums_from_integers(-3, 1, 1, 1).n, 0);
    assert_int_equal(group_sums_from_integers(3, 1, 1, 0).n, 0);
    struct group_sums both = group_sums_merge(empty, empty);
    assert_int_equal(both.n, 0);
    assert_true(isnan(both.mean));
    struct group_sums one = group_sums_merge(empty, one_value(2.5));
    assert_int_equal(one.n, 1);
    assert_near(one.mean, 2.5, 0);
    one = group_sums_merge(one, empty);
    assert_int_equal(one.n, 1);
    assert_near(one.mean, 2.5, 0);
}

static void test_sums_from_integers(void **state)
{
    (void)state;
    /* 1 2 4 in thirds: mean 7/9, squared deviations (16 + 1 + 25) / 81 */
    struct group_sums sums = group_sums_from_integers(3, 7, 21, 3);
    assert_int_equal(sums.n, 3);
    assert_near(sums.mean, 7.0 / 9.0, 1e-15);
    assert_near(sums.sum_squared_deviations, 42.0 / 81.0, 1e-15);
    /* Everybody the same, in thirds and elevenths: exactly no variance, whatever the size. */
    for (int64_t n = 1; n <= INT64_C(1000000000); n *= 10)
        for (int64_t v = 1; v <= 55; v += 9)
            assert_true(group_sums_from_integers(n, n * v, n * v * v, 11).sum_squared_deviations <= 0);
    /* Products beyond 64 bits: half 0 and half 4, variance 4. */
    int64_t half = INT64_C(1) << 58;
    assert_near(group_sums_from_integers(2 * half, 4 * half, 16 * half, 1).sum_squared_deviations,
                8 * (double)half, 1e-15);
    /* Sums that do not belong together give no negative variance. */
    assert_true(group_sums_from_integers(2, 6, 1, 1).sum_squared_deviations >= 0);
}

static void test_merge_is_union(void **state)
{
    (void)state;
    struct generator generator = {7};
    for (int repeat = 0; repeat < 200; repeat++) {
        int64_t n = 0, sum = 0, sum_squares = 0;
        struct group_sums forward = {.n = 0}, parts[3] = {{.n = 0}, {.n = 0}, {.n = 0}};
        int64_t count = 1 + (int64_t)(draw_uniform(&generator) * 30);
        for (; n < count; n++) {
            int64_t value = 1000000 + (int64_t)(draw_uniform(&generator) * 40);
            sum += value;
            sum_squares += value * value;
            forward = group_sums_merge(forward, one_value((double)value / 8));
            parts[n % 3] = group_sums_merge(one_value((double)value / 8), parts[n % 3]);
        }
        struct group_sums whole = group_sums_from_integers(n, sum, sum_squares, 8);
        struct group_sums merged = group_sums_merge(parts[2], group_sums_merge(parts[0], parts[1]));
        assert_int_equal(merged.n, n);
        assert_int_equal(forward.n, n);
        assert_near(merged.mean, whole.mean, 1e-13);
        assert_near(forward.mean, whole.mean, 1e-13);
        assert_true(fabs(merged.sum_squared_deviations - whole.sum_squared_deviations) < 1e-7);
        assert_true(fabs(forward.sum_squared_deviations - whole.sum_squared_deviations) < 1e-7);
    }
}

static void test_pooled_within_variance(void **state)
{
    (void)state;
    int64_t df = -1;
    assert_true(isnan(pooled_within_variance(NULL, 0, &df)));
    assert_int_equal(df, 0);
    struct group_sums groups[] = {one_value(1), {.n = 0, .mean = NAN}, one_value(4)};
    assert_true(isnan(pooled_within_variance(groups, COUNT_OF(groups), &df)));
    assert_int_equal(df, 0);
    groups[0] = group_sums_from_integers(3, 7, 21, 1); /* 14/3 */
    groups[2] = group_sums_from_integers(2, 4, 10, 1); /* 2 */
    assert_near(pooled_within_variance(groups, COUNT_OF(groups), &df), (14.0 / 3 + 2) / 3, 1e-15);
    assert_int_equal(df, 3);
}

static void test_interval_refused(void **state)
{
    (void)state;
    double low = 77, high = 88;
    assert_false(mean_interval(3, 0, 1, 5, 0.95, &low, &high));
    assert_false(mean_interval(3, 5, 1, 0, 0.95, &low, &high));
    assert_false(mean_interval(3, 5, NAN, 5, 0.95, &low, &high));
    assert_false(mean_interval(3, 5, INFINITY, 5, 0.95, &low, &high));
    assert_false(mean_interval(3, 5, -1, 5, 0.95, &low, &high));
    assert_false(mean_interval(NAN, 5, 1, 5, 0.95, &low, &high));
    assert_false(mean_interval(3, 5, 1, 5, 1, &low, &high));
    assert_false(mean_interval(3, 5, 1, 5, -1, &low, &high));
    assert_false(mean_interval(3, 5, 1, 5, NAN, &low, &high));
    assert_near(low, 77, 0);
    assert_near(high, 88, 0);
    gsl_error("GSL must not end the program", __FILE__, __LINE__, GSL_EDOM);
    assert_true(mean_interval(3, 5, 0, 5, 0.95, &low, &high)); /* all the same: no width */
    assert_near(low, 3, 0);
    assert_near(high, 3, 0);
}

static void test_interval_quantiles(void **state)
{
    (void)state;
    struct reference *reference = reference_open("power_and_quantiles");
    size_t count = reference_length(reference, "quantiles/qt/p"), checked = 0;
    for (size_t i = 0; i < count; i++) {
        double p = reference_element(reference, "quantiles/qt/p", i);
        double df = reference_element(reference, "quantiles/qt/df", i), low, high;
        double quantile = reference_element(reference, "quantiles/qt/q", i);
        if (floor(df) < df)
            continue;
        assert_true(mean_interval(3.5, 9, 4, (int64_t)df, 1 - 2 * (1 - p), &low, &high));
        assert_near((high - 3.5) / (2.0 / 3), quantile, 1e-9);
        assert_near((3.5 - low) / (2.0 / 3), quantile, 1e-9);
        checked++;
    }
    assert_int_equal(checked, 4);
    reference_close(reference);
    /* One degree of freedom is the Cauchy distribution, many are the normal one. */
    double low, high;
    assert_true(mean_interval(0, 1, 1, 1, 0.95, &low, &high));
    assert_near(high, tan(M_PI * 0.475), 1e-9);
    assert_true(mean_interval(0, 1, 1, INT64_C(1000000000), 0.95, &low, &high));
    assert_near(high, 1.959963984540054, 1e-7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_of_nothing),  cmocka_unit_test(test_sums_from_integers),
        cmocka_unit_test(test_merge_is_union),   cmocka_unit_test(test_pooled_within_variance),
        cmocka_unit_test(test_interval_refused), cmocka_unit_test(test_interval_quantiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
