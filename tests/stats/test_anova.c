#include "stats/anova.h"

#include "grouped.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void assert_nothing(double value)
{
    assert_true(isnan(value));
}

static void assert_no_ratios(const struct anova *anova, const char *reason)
{
    assert_string_equal(anova->reason, reason);
    assert_nothing(anova->f);
    assert_nothing(anova->p);
    assert_nothing(anova->icc1_low);
    assert_nothing(anova->icc1_high);
    assert_nothing(anova->icc2_low);
    assert_nothing(anova->icc2_high);
}

static void test_nobody(void **state)
{
    (void)state;
    const struct group_sums holes[] = {{.n = 0, .mean = NAN}, {.n = 0, .mean = 3}};
    for (size_t count = 0; count <= 2; count++) {
        struct anova anova = group_anova(count == 0 ? NULL : holes, count);
        assert_no_ratios(&anova, "no-data");
        assert_int_equal(anova.n, 0);
        assert_int_equal(anova.groups, 0);
        assert_nothing(anova.grand_mean);
        assert_nothing(anova.deviation);
        assert_nothing(anova.mean_group_size);
        assert_nothing(anova.k0);
        assert_nothing(anova.eta2);
        assert_nothing(anova.icc1_mean_n);
        assert_nothing(anova.icc2);
    }
}

static void test_one_group(void **state)
{
    (void)state;
    const struct group_sums one[] = {{.n = 4, .mean = 3, .sum_squared_deviations = 6}, {.n = 0}};
    struct anova anova = group_anova(one, 2);
    assert_no_ratios(&anova, "one-group");
    assert_int_equal(anova.df1, 0);
    assert_int_equal(anova.df2, 3);
    assert_nothing(anova.msb);
    assert_nothing(anova.k0);
    assert_nothing(anova.eta2);
    assert_nothing(anova.icc1_mean_n);
    assert_near(anova.msw, 2, 0);
    assert_near(anova.deviation, sqrt(2), 1e-15);
    assert_near(anova.grand_mean, 3, 0);
    struct group_sums person = one_value(4);
    anova = group_anova(&person, 1);
    assert_no_ratios(&anova, "one-group");
    assert_nothing(anova.deviation);
    assert_nothing(anova.msw);
}

static void test_singletons(void **state)
{
    (void)state;
    const struct group_sums people[] = {one_value(1), one_value(2), one_value(6)};
    struct anova anova = group_anova(people, 3);
    assert_no_ratios(&anova, "singletons");
    assert_int_equal(anova.df2, 0);
    assert_near(anova.k0, 1, 1e-15);
    assert_near(anova.msb, 7, 1e-15);
    assert_nothing(anova.msw);
    assert_nothing(anova.eta2);
    assert_nothing(anova.icc1_k0);
    assert_near(anova.deviation, sqrt(7), 1e-15);
}

static void test_no_variance(void **state)
{
    (void)state;
    const struct group_sums same[] = {{.n = 3, .mean = 4}, {.n = 5, .mean = 4}};
    struct anova anova = group_anova(same, 2);
    assert_no_ratios(&anova, "no-variance");
    assert_nothing(anova.icc1_mean_n);
    assert_nothing(anova.icc2);
    assert_nothing(anova.eta2);
    assert_near(anova.deviation, 0, 0);
    /* 0.1 + 0.2 is not 0.3: a difference of rounding only is none. */
    struct group_sums rounding[2] = {{.n = 0}, {.n = 0}};
    for (int i = 0; i < 9; i++)
        rounding[i % 2] = group_sums_merge(rounding[i % 2], one_value(i < 3 ? 0.1 + 0.2 : 0.3));
    anova = group_anova(rounding, 2);
    assert_no_ratios(&anova, "no-variance");
    assert_near(anova.ssb, 0, 0);
    assert_near(anova.ssw, 0, 0);
}

static void test_no_variance_within(void **state)
{
    (void)state;
    const struct group_sums agreed[] = {{.n = 3, .mean = 4}, {.n = 5, .mean = 2}};
    struct anova anova = group_anova(agreed, 2);
    assert_no_ratios(&anova, "no-variance-within");
    assert_near(anova.icc1_mean_n, 1, 0);
    assert_near(anova.icc1_k0, 1, 0);
    assert_near(anova.icc2, 1, 0);
    assert_near(anova.eta2, 1, 0);
}

static void test_no_variance_between(void **state)
{
    (void)state;
    const struct group_sums alike[] = {{.n = 4, .mean = 3, .sum_squared_deviations = 2},
                                       {.n = 4, .mean = 3, .sum_squared_deviations = 5}};
    struct anova anova = group_anova(alike, 2);
    assert_string_equal(anova.reason, "no-variance-between");
    assert_near(anova.f, 0, 0);
    assert_near(anova.p, 1, 0);
    assert_near(anova.icc1_mean_n, -1.0 / 3, 1e-15); /* the least it can be */
    assert_near(anova.icc1_k0, -1.0 / 3, 1e-15);
    assert_nothing(anova.icc2);
    assert_nothing(anova.icc2_low);
    assert_nothing(anova.icc2_high);
}

/* Groups more alike than chance makes them: the raw value stands. */
static void test_negative_icc(void **state)
{
    (void)state;
    struct grouped grouped = {.count = 0};
    const double values[] = {1, 5, 2, 4, 1, 4};
    const char *keys[] = {"a", "a", "b", "b", "c", "c"};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        add(&grouped, keys[i], values[i]);
    struct anova anova = group_anova(grouped.groups, grouped.count);
    /* means 3, 3, 2.5: SSB 1/3, SSW 14.5 */
    double msb = 1.0 / 6, msw = 14.5 / 3;
    assert_true(anova.reason == NULL);
    assert_near(anova.f, msb / msw, 1e-14);
    assert_near(anova.icc1_mean_n, (msb - msw) / (msb + msw), 1e-14);
    assert_near(anova.icc1_k0, (msb - msw) / (msb + msw), 1e-14);
    assert_near(anova.icc2, 1 - msw / msb, 1e-13);
    assert_true(anova.icc1_low < anova.icc1_k0 && anova.icc1_k0 < anova.icc1_high);
    assert_true(anova.icc2_low < anova.icc2 && anova.icc2 < anova.icc2_high);
    assert_true(anova.icc1_low >= -1);
}

static void test_huge_unequal_sizes(void **state)
{
    (void)state;
    /* 4e9 values in one group and 1 in another: their squares do not fit in 64 bits. */
    const int64_t huge = INT64_C(4000000000);
    struct group_sums groups[] = {{.n = huge, .mean = 3, .sum_squared_deviations = (double)huge},
                                  one_value(5)};
    struct anova anova = group_anova(groups, 2);
    assert_int_equal(anova.n, huge + 1);
    assert_near(anova.k0, 2 - 2 / ((double)huge + 1), 1e-15); /* 2 n m / N */
    assert_near(anova.ssb, 4, 1e-9);
    assert_near(anova.f, 4, 1e-8);
    assert_true(anova.icc1_low < anova.icc1_k0 && anova.icc1_k0 < anova.icc1_high);
}

static size_t draw(struct generator *generator, struct group_sums *groups, double *values, size_t *owners)
{
    size_t total = 0;
    for (size_t g = 0; g < 8; g++) {
        double at = draw_normal(generator);
        groups[g] = (struct group_sums){.n = 0};
        size_t n = 1 + (size_t)(draw_uniform(generator) * 9);
        for (size_t i = 0; i < n; i++) {
            values[total] = at + draw_normal(generator);
            owners[total++] = g;
            groups[g] = group_sums_merge(groups[g], one_value(values[total - 1]));
        }
    }
    return total;
}

/* Against sums written down from the definition, value by value. */
static void test_definition(void **state)
{
    (void)state;
    struct generator generator = {5};
    for (int repeat = 0; repeat < 200; repeat++) {
        struct group_sums groups[8];
        double values[80], mean = 0, total = 0, within = 0;
        size_t owners[80], n = draw(&generator, groups, values, owners);
        for (size_t i = 0; i < n; i++)
            mean += values[i] / (double)n;
        for (size_t i = 0; i < n; i++) {
            double own = 0, size = 0;
            for (size_t k = 0; k < n; k++)
                if (owners[k] == owners[i]) {
                    own += values[k];
                    size++;
                }
            within += (values[i] - own / size) * (values[i] - own / size);
            total += (values[i] - mean) * (values[i] - mean);
        }
        struct anova anova = group_anova(groups, 8);
        assert_near(anova.grand_mean, mean, 1e-10);
        assert_near(anova.ssw, within, 1e-11);
        assert_near(anova.ssb, total - within, 1e-9);
        assert_near(anova.deviation, sqrt(total / (double)(n - 1)), 1e-11);
        assert_near(anova.f, (total - within) / 7 / (within / (double)(n - 8)), 1e-9);
    }
}

/* The order of the groups, empty ones, and the unit and origin of the scale change nothing. */
static void test_invariance(void **state)
{
    (void)state;
    struct generator generator = {6};
    for (int repeat = 0; repeat < 100; repeat++) {
        struct group_sums groups[8], moved[9] = {{.n = 0, .mean = NAN}};
        double values[80];
        size_t owners[80];
        (void)draw(&generator, groups, values, owners);
        for (size_t i = 0; i < 8; i++) {
            moved[8 - i] = groups[i];
            moved[8 - i].mean = 1e6 - 3 * groups[i].mean;
            moved[8 - i].sum_squared_deviations *= 9;
        }
        struct anova a = group_anova(groups, 8), b = group_anova(moved, 9);
        assert_int_equal(a.n, b.n);
        assert_near(b.grand_mean, 1e6 - 3 * a.grand_mean, 1e-14);
        assert_near(b.ssb, 9 * a.ssb, 1e-7);
        assert_near(b.k0, a.k0, 1e-14);
        assert_near(b.f, a.f, 1e-7);
        assert_true(fabs(b.icc1_k0 - a.icc1_k0) < 1e-7);
        assert_true(fabs(b.icc1_low - a.icc1_low) < 1e-7);
        assert_near(b.p, a.p, 1e-5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody),
        cmocka_unit_test(test_one_group),
        cmocka_unit_test(test_singletons),
        cmocka_unit_test(test_no_variance),
        cmocka_unit_test(test_no_variance_within),
        cmocka_unit_test(test_no_variance_between),
        cmocka_unit_test(test_negative_icc),
        cmocka_unit_test(test_huge_unequal_sizes),
        cmocka_unit_test(test_definition),
        cmocka_unit_test(test_invariance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
