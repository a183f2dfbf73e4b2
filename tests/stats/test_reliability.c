#include "stats/reliability.h"

#include "scale_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct reliability reliability(struct region *region, const double *covariance, size_t items,
                                      int64_t n)
{
    struct error error = {0};
    struct reliability result;
    assert_int_equal(reliability_of(covariance, items, n, region, &error, &result), OK);
    return result;
}

static void test_degenerate(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    const double one[] = {2}, two[] = {2, 1, 1, 2}, constant[] = {2, 1, 0, 1, 2, 0, 0, 0, 0},
                 opposite[] = {1, -1, -1, 1};
    assert_true(isnan(cronbach_alpha(NULL, 0)));
    assert_true(isnan(cronbach_alpha(one, 1)));
    assert_true(isnan(reliability(region, one, 1, 10).alpha));
    assert_true(isnan(reliability(region, two, 2, 1).alpha));
    assert_true(isnan(reliability(region, two, 2, 1).alpha_standardized));
    /* Two people: no interval that needs n - 2. */
    struct reliability few = reliability(region, two, 2, 2);
    assert_near(few.alpha, 2.0 / 3, 1e-15);
    assert_true(isnan(few.bonett[0]) && isfinite(few.feldt[0]));
    /* A constant item: alpha is defined, what needs correlations is not. */
    struct reliability some = reliability(region, constant, 3, 20);
    assert_near(some.alpha, 1.5 * (1 - 4.0 / 6), 1e-15);
    assert_true(isnan(some.alpha_standardized) && isnan(some.mean_interitem_r) &&
                isnan(some.guttman_lambda6));
    double r[3], deleted[3];
    item_rest(constant, 3, r, deleted);
    assert_true(isnan(r[2]));
    assert_near(r[0], 1 / sqrt(2 * 2), 1e-15);
    assert_near(deleted[2], 2.0 / 3, 1e-15);
    /* The sum does not vary: undefined, not minus infinity. */
    assert_true(isnan(reliability(region, opposite, 2, 20).alpha));
    assert_true(isnan(reliability(region, opposite, 2, 20).guttman_lambda6));
}

/* Two items: alpha is Spearman and Brown's 2 r / (1 + r) when variances are equal; nothing is left when
 * one goes. */
static void test_two_items(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    const double two[] = {4, 1, 1, 4};
    struct reliability result = reliability(region, two, 2, 50);
    assert_near(result.alpha, 0.5 / 1.25, 1e-15);
    assert_near(result.alpha_standardized, 0.5 / 1.25, 1e-15);
    assert_near(result.guttman_lambda6, 1 - 2 * (1 - 0.0625) / 2.5, 1e-14);
    double r[2], deleted[2];
    item_rest(two, 2, r, deleted);
    assert_near(r[0], 0.25, 1e-15);
    assert_true(isnan(deleted[0]) && isnan(deleted[1]));
}

static void test_negative_alpha(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    const double covariance[] = {1, -0.2, -0.2, -0.2, 1, -0.2, -0.2, -0.2, 1};
    struct reliability result = reliability(region, covariance, 3, 100);
    assert_near(result.alpha, 1.5 * (1 - 3 / 1.8), 1e-14);
    assert_true(result.alpha < 0 && result.feldt[0] < result.alpha && result.feldt[1] > result.alpha);
    assert_true(result.sem_mean_score > sqrt(1.8) / 3);
}

/* All items the same: alpha 1, intervals without width, correlations that cannot be inverted. */
static void test_perfect_alpha(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    const double covariance[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct reliability result = reliability(region, covariance, 3, 100);
    assert_near(result.alpha, 1, 0);
    assert_near(result.feldt[0], 1, 0);
    assert_near(result.bonett[1], 1, 0);
    assert_near(result.sem_mean_score, 0, 0);
    assert_true(isnan(result.guttman_lambda6));
}

static void check_reference(const char *name, const char *block, const char *first, size_t items)
{
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct item_moments moments = scale_moments(region, name, first, items);
    struct reference *expected = reference_open(name);
    struct reliability result = reliability(region, moments.covariance, items, moments.complete);
    double r[32], deleted[32];
    item_rest(moments.covariance, items, r, deleted);
    assert_near((double)moments.rows, block_number(expected, block, "n_rows"), 0);
    assert_near((double)moments.complete, block_number(expected, block, "n_complete"), 0);
    assert_near(result.alpha, block_number(expected, block, "listwise/alpha"), 1e-10);
    assert_near(result.alpha_standardized, block_number(expected, block, "listwise/alpha_standardized"),
                1e-10);
    assert_near(result.mean_interitem_r, block_number(expected, block, "listwise/mean_interitem_r"), 1e-10);
    for (size_t i = 0; i < 2; i++) {
        assert_near(result.feldt[i], block_element(expected, block, "listwise/alpha_ci95/feldt", i), 1e-9);
        assert_near(result.bonett[i], block_element(expected, block, "listwise/alpha_ci95/bonett", i), 1e-10);
        assert_near(result.duhachek[i], block_element(expected, block, "listwise/alpha_ci95/duhachek", i),
                    1e-10);
    }
    assert_near(result.duhachek_ase, block_number(expected, block, "listwise/alpha_ci95/duhachek_ase"),
                1e-10);
    assert_near(result.guttman_lambda6, block_number(expected, block, "listwise/guttman_lambda6"), 1e-10);
    assert_near(result.sem_mean_score, block_number(expected, block, "listwise/sem_mean_score"), 1e-10);
    assert_near(result.mdc95_mean_score, block_number(expected, block, "listwise/mdc95_mean_score"), 1e-10);
    assert_near(cronbach_alpha(moments.pairwise_covariance, items),
                block_number(expected, block, "pairwise_alpha"), 1e-10);
    for (size_t i = 0; i < items; i++) {
        assert_near((double)moments.answered[i], block_element(expected, block, "item/n", i), 0);
        assert_near(moments.answered_mean[i], block_element(expected, block, "item/mean", i), 1e-12);
        assert_near(moments.answered_sd[i], block_element(expected, block, "item/sd", i), 1e-12);
        assert_near(r[i], block_element(expected, block, "item/item_rest_r", i), 1e-10);
        assert_near(deleted[i], block_element(expected, block, "item/alpha_if_deleted", i), 1e-10);
    }
    reference_close(expected);
}

static void test_reference(void **state)
{
    (void)state;
    check_reference("bhr2000", "lead_items", "AF06", 11);
    check_reference("cohesion", "items", "COH01", 5);
    check_reference("holzinger1939", "one_factor_x1_x9", "x1", 9);
    check_reference("holzinger1939", "visual", "x1", 3);
    check_reference("holzinger1939", "textual", "x4", 3);
    check_reference("holzinger1939", "speed", "x7", 3);
}

/* Permuting items permutes the items' results and nothing else; another unit changes only what has a unit. */
static void test_permuted_and_scaled(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct item_moments moments = scale_moments(region, "bhr2000", "AF06", 11);
    double turned[121], r[11], deleted[11], r_turned[11], deleted_turned[11];
    for (size_t a = 0; a < 11; a++)
        for (size_t b = 0; b < 11; b++)
            turned[a * 11 + b] = 9 * moments.covariance[(a * 4 + 3) % 11 * 11 + (b * 4 + 3) % 11];
    struct reliability x = reliability(region, moments.covariance, 11, 5400),
                       y = reliability(region, turned, 11, 5400);
    assert_near(y.alpha, x.alpha, 1e-13);
    assert_near(y.alpha_standardized, x.alpha_standardized, 1e-13);
    assert_near(y.guttman_lambda6, x.guttman_lambda6, 1e-13);
    assert_near(y.duhachek_ase, x.duhachek_ase, 1e-12);
    assert_near(y.sem_mean_score, 3 * x.sem_mean_score, 1e-13);
    item_rest(moments.covariance, 11, r, deleted);
    item_rest(turned, 11, r_turned, deleted_turned);
    for (size_t a = 0; a < 11; a++) {
        assert_near(r_turned[a], r[(a * 4 + 3) % 11], 1e-13);
        assert_near(deleted_turned[a], deleted[(a * 4 + 3) % 11], 1e-13);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_degenerate),     cmocka_unit_test(test_two_items),
        cmocka_unit_test(test_negative_alpha), cmocka_unit_test(test_perfect_alpha),
        cmocka_unit_test(test_reference),      cmocka_unit_test(test_permuted_and_scaled),
    };
    return cmocka_run_group_tests_name("reliability", tests, NULL, NULL);
}
