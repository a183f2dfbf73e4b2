#include "stats/random_intercept.h"

#include "grouped.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

/* --- random intercept: degenerate cases --------------------------------------------------------------- */

static void assert_refused(const struct group_sums *groups, size_t count, const char *reason)
{
    struct error error = {.code = OK};
    struct random_intercept model = {.mu = 12345};
    assert_int_equal(random_intercept_reml(groups, count, &error, &model), ERROR_INPUT);
    assert_string_equal(error.reason, reason);
    assert_near(model.mu, 12345, 0);
    assert_int_equal(random_intercept_reml(groups, count, NULL, &model), ERROR_INPUT);
    assert_int_equal(random_intercept_ml(groups, count, &error, &model), ERROR_INPUT);
    assert_string_equal(error.reason, reason);
}

static void test_reml_refused(void **state)
{
    (void)state;
    assert_refused(NULL, 0, "no-data");
    struct group_sums one[] = {{.n = 0, .mean = NAN}, {.n = 8, .mean = 3, .sum_squared_deviations = 4}};
    assert_refused(one, 1, "no-data");
    assert_refused(one, 2, "one-group");
    struct group_sums singletons[] = {one_value(1), one_value(2), one_value(5)};
    assert_refused(singletons, 3, "singletons");
    singletons[1].sum_squared_deviations = 1; /* cannot be: one value has none */
    assert_refused(singletons, 3, "singletons");
    struct group_sums agreed[] = {{.n = 5, .mean = 3}, {.n = 6, .mean = 4}};
    assert_refused(agreed, 2, "no-variance-within");
    struct group_sums nothing_at_all[] = {{.n = 5, .mean = 3}, {.n = 6, .mean = 3}};
    assert_refused(nothing_at_all, 2, "no-variance-within");
    /* 0.1 added up three and six times: the variance is rounding only. */
    struct group_sums rounding[2] = {{.n = 0}, {.n = 0}};
    for (int i = 0; i < 9; i++)
        rounding[i % 2] = group_sums_merge(rounding[i % 2], one_value(i < 3 ? 0.1 + 0.2 : 0.3));
    assert_refused(rounding, 2, "no-variance-within");
    struct group_sums not_finite[] = {{.n = 5, .mean = NAN, .sum_squared_deviations = 1},
                                      {.n = 6, .mean = 3}};
    assert_refused(not_finite, 2, "not-finite");
    not_finite[0] = (struct group_sums){.n = 5, .mean = 3, .sum_squared_deviations = INFINITY};
    assert_refused(not_finite, 2, "not-finite");
}

static void test_reml_boundary(void **state)
{
    (void)state;
    /* Equal means: everything is inside the groups, sigma2 = SST / (N - 1), all teams at the common mean. */
    struct group_sums groups[] = {{.n = 4, .mean = 3, .sum_squared_deviations = 2},
                                  {.n = 0, .mean = NAN},
                                  {.n = 8, .mean = 3, .sum_squared_deviations = 5},
                                  {.n = 2, .mean = 3, .sum_squared_deviations = 1}};
    struct random_intercept model;
    struct error error;
    assert_int_equal(random_intercept_reml(groups, COUNT_OF(groups), &error, &model), OK);
    assert_true(model.boundary);
    assert_near(model.tau2, 0, 0);
    assert_near(model.icc1, 0, 0);
    assert_near(model.mu, 3, 1e-15);
    assert_near(model.sigma2, 8.0 / 13, 1e-14);
    assert_near(model.se_mu, sqrt(8.0 / 13 / 14), 1e-14);
    struct pooled_mean pooled = pooled_mean(&model, groups[0]);
    assert_near(pooled.lambda, 0, 0);
    assert_near(pooled.mean, 3, 1e-15);
    assert_near(pooled.se_conditional, 0, 0);
    assert_near(pooled.se_including_mu, model.se_mu, 1e-15);
    /* Means that differ less than chance alone would make them (F < 1) are at the boundary too, ... */
    groups[0].mean = 2.9;
    groups[2].mean = 3.05;
    assert_int_equal(random_intercept_reml(groups, COUNT_OF(groups), &error, &model), OK);
    assert_true(model.boundary);
    /* ... and means that differ more are not. */
    groups[0].mean = 1.5;
    assert_int_equal(random_intercept_reml(groups, COUNT_OF(groups), &error, &model), OK);
    assert_false(model.boundary);
    assert_true(model.tau2 > 0);
}

static void test_reml_empty_groups_and_singletons(void **state)
{
    (void)state;
    struct group_sums plain[] = {{.n = 3, .mean = 2.5, .sum_squared_deviations = 1.1},
                                 {.n = 1, .mean = 4.5, .sum_squared_deviations = 0},
                                 {.n = 7, .mean = 3.75, .sum_squared_deviations = 3.9},
                                 {.n = 1, .mean = 1.25, .sum_squared_deviations = 0}};
    struct group_sums holes[] = {
        {.n = 0, .mean = NAN}, plain[0], plain[1], {.n = 0, .mean = 9}, plain[2], plain[3], {.n = 0}};
    struct random_intercept a, b;
    struct error error;
    assert_int_equal(random_intercept_reml(plain, COUNT_OF(plain), &error, &a), OK);
    assert_int_equal(random_intercept_reml(holes, COUNT_OF(holes), &error, &b), OK);
    assert_memory_equal(&a, &b, sizeof(a.mu) * 6);
    assert_true(a.tau2 > 0);
    struct pooled_mean singleton = pooled_mean(&a, plain[1]), bigger = pooled_mean(&a, plain[2]);
    assert_true(singleton.lambda < bigger.lambda);
    assert_true(singleton.mean < 4.5 && singleton.mean > a.mu);
    struct pooled_mean nobody = pooled_mean(&a, holes[0]);
    assert_near(nobody.lambda, 0, 0);
    assert_near(nobody.mean, a.mu, 0);
    assert_near(nobody.se_conditional, sqrt(a.tau2), 1e-15);
    assert_near(nobody.se_including_mu, sqrt(a.tau2 + a.se_mu * a.se_mu), 1e-15);
}

/* --- random intercept: against the formula itself ----------------------------------------------------- */

static size_t draw_groups(struct generator *generator, struct group_sums *groups)
{
    size_t count = 2 + (size_t)(draw_uniform(generator) * 12);
    double spread = draw_uniform(generator) < 0.3 ? 0 : draw_uniform(generator) * 2;
    for (size_t i = 0; i < count; i++) {
        groups[i] = (struct group_sums){.n = 0};
        double at = 3 + spread * draw_normal(generator);
        double size = draw_uniform(generator) < 0.2 ? 60 : 9;
        int64_t n = (i == 0 ? 2 : 0) + (int64_t)(draw_uniform(generator) * size);
        for (int64_t k = 0; k < n; k++)
            groups[i] = group_sums_merge(groups[i], one_value(at + draw_normal(generator)));
    }
    return count;
}

/* The REML log likelihood at given variances from the normal density of the group means, with the usual term
 * for mu; not profiled, so independent of the engine's form. */
static double log_likelihood_at(const struct group_sums *groups, size_t count, double tau2, double sigma2)
{
    double precision = 0, weighted = 0, sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n == 0)
            continue;
        double n = (double)groups[i].n, variance = tau2 + sigma2 / n;
        precision += 1 / variance;
        weighted += groups[i].mean / variance;
        /* density of the mean, and of the deviations inside the group (with its Jacobian) */
        sum -= log(2 * M_PI * variance) / 2;
        sum -= ((n - 1) * log(2 * M_PI * sigma2) + log(n) + groups[i].sum_squared_deviations / sigma2) / 2;
    }
    double mu = weighted / precision;
    for (size_t i = 0; i < count; i++)
        if (groups[i].n > 0)
            sum -= (groups[i].mean - mu) * (groups[i].mean - mu) / (tau2 + sigma2 / (double)groups[i].n) / 2;
    return sum + log(2 * M_PI / precision) / 2;
}

static void test_reml_is_the_maximum(void **state)
{
    (void)state;
    struct generator generator = {2026};
    int at_boundary = 0, inside = 0;
    for (int repeat = 0; repeat < 300; repeat++) {
        struct group_sums groups[20];
        size_t count = draw_groups(&generator, groups);
        struct random_intercept model;
        if (random_intercept_reml(groups, count, NULL, &model) != OK)
            continue;
        at_boundary += model.boundary;
        inside += !model.boundary;
        assert_near(log_likelihood_at(groups, count, model.tau2, model.sigma2), model.log_likelihood, 1e-10);
        for (double t = 1e-4; t < 1e4; t *= 1.3)
            for (double s = 0.25; s < 4.1; s *= 1.25)
                assert_true(log_likelihood_at(groups, count, t * model.sigma2, s * model.sigma2) <=
                            model.log_likelihood + 1e-9);
    }
    assert_true(at_boundary > 20 && inside > 100);
}

static void check_maximum(const struct group_sums *groups, size_t count)
{
    struct random_intercept model;
    assert_int_equal(random_intercept_reml(groups, count, NULL, &model), OK);
    assert_false(model.boundary);
    assert_near(log_likelihood_at(groups, count, model.tau2, model.sigma2), model.log_likelihood, 1e-10);
    for (double t = 1e-6; t < 1e6; t *= 1.01)
        for (double s = 0.9; s < 1.1; s += 0.01)
            assert_true(log_likelihood_at(groups, count, t * model.sigma2, s * model.sigma2) <=
                        model.log_likelihood + 1e-9);
    assert_true(log_likelihood_at(groups, count, 0, model.sigma2) < model.log_likelihood);
}

static void test_reml_with_two_maxima(void **state)
{
    (void)state;
    /* Very unequal groups. The likelihood falls from tau2 = 0, yet its best maximum is inside; ... */
    const struct group_sums falls[] = {{65, 0.1945737147, 73.875}, {7, 0.2459677759, 6.875},
                                       {6, 0.9432264746, 5.75},    {3, 2.203486192, 2.25},
                                       {3, 0.2619549452, 2.25},    {137, 0.2212153613, 156.9375}};
    check_maximum(falls, COUNT_OF(falls));
    /* ... or there are two inside: the later one is the best, or the earlier one. */
    const struct group_sums later[] = {
        {418, 0.1308631677, 106.0625}, {1, 2.75, 0}, {1, 0.125, 0}, {432, 0.08469604985, 109.625}};
    check_maximum(later, COUNT_OF(later));
    const struct group_sums earlier[] = {{2, 1.615944644, 1.4375},        {1, 3, 0},
                                         {1085, 0.7933525734, 1624.1875}, {1, 4.125, 0},
                                         {452, 0.6209077777, 675.75},     {85, 0.4120579371, 125.8125}};
    check_maximum(earlier, COUNT_OF(earlier));
}

static void test_reml_moves_with_the_scale(void **state)
{
    (void)state;
    struct generator generator = {11};
    for (int repeat = 0; repeat < 100; repeat++) {
        struct group_sums groups[20], moved[20];
        size_t count = draw_groups(&generator, groups);
        for (size_t i = 0; i < count; i++) {
            moved[count - 1 - i] = groups[i];
            moved[count - 1 - i].mean = 100 - 25 * groups[i].mean;
            moved[count - 1 - i].sum_squared_deviations *= 625;
        }
        struct random_intercept a, b;
        if (random_intercept_reml(groups, count, NULL, &a) != OK)
            continue;
        assert_int_equal(random_intercept_reml(moved, count, NULL, &b), OK);
        assert_int_equal(a.boundary, b.boundary);
        assert_near(b.mu, 100 - 25 * a.mu, 1e-8);
        assert_near(b.sigma2, 625 * a.sigma2, 1e-8);
        assert_near(b.tau2, 625 * a.tau2, 1e-6);
        assert_near(b.se_mu, 25 * a.se_mu, 1e-7);
    }
}

/* Large groups do not share a class with others of their size: the same groups in any order, and with
 * sizes around the limit, give the same maximum. */
static void test_large_groups(void **state)
{
    (void)state;
    struct generator generator = {41};
    struct group_sums groups[24], turned[24];
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        int64_t n = i < 8 ? 1020 + (int64_t)i : i < 16 ? 1024 : i < 20 ? 100000 : 3;
        groups[i] = (struct group_sums){n, 3 + 0.1 * draw_normal(&generator), (double)(n - 1)};
    }
    for (size_t i = 0; i < COUNT_OF(groups); i++)
        turned[i] = groups[COUNT_OF(groups) - 1 - i];
    check_maximum(groups, COUNT_OF(groups));
    struct random_intercept a, b;
    assert_int_equal(random_intercept_reml(groups, COUNT_OF(groups), NULL, &a), OK);
    assert_int_equal(random_intercept_reml(turned, COUNT_OF(groups), NULL, &b), OK);
    assert_near(a.tau2, b.tau2, 1e-10);
    assert_near(a.mu, b.mu, 1e-13);
    assert_near(a.mean_lambda, b.mean_lambda, 1e-10);
}

/* Values that come in pieces, in any order, give the model of all values. */
static void test_pieces(void **state)
{
    (void)state;
    struct generator generator = {42};
    for (int repeat = 0; repeat < 50; repeat++) {
        struct group_sums whole[8] = {{.n = 0}}, pieces[3][8] = {{{.n = 0}}}, joined[8];
        for (int i = 0; i < 60; i++) {
            size_t g = (size_t)(draw_uniform(&generator) * 8), piece = (size_t)(draw_uniform(&generator) * 3);
            double value = 3 + 0.3 * (double)g + draw_normal(&generator);
            whole[g] = group_sums_merge(whole[g], one_value(value));
            pieces[piece][g] = group_sums_merge(one_value(value), pieces[piece][g]);
        }
        for (size_t g = 0; g < 8; g++)
            joined[g] = group_sums_merge(pieces[2][g], group_sums_merge(pieces[0][g], pieces[1][g]));
        struct random_intercept a, b;
        assert_int_equal(random_intercept_ml(whole, 8, NULL, &a), OK);
        assert_int_equal(random_intercept_ml(joined, 8, NULL, &b), OK);
        assert_near(a.sigma2, b.sigma2, 1e-9);
        assert_near(a.mu, b.mu, 1e-10);
        assert_true(fabs(a.tau2 - b.tau2) < 1e-8);
        assert_near(a.log_likelihood, b.log_likelihood, 1e-11);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reml_refused),
        cmocka_unit_test(test_reml_boundary),
        cmocka_unit_test(test_reml_empty_groups_and_singletons),
        cmocka_unit_test(test_reml_is_the_maximum),
        cmocka_unit_test(test_reml_with_two_maxima),
        cmocka_unit_test(test_reml_moves_with_the_scale),
        cmocka_unit_test(test_large_groups),
        cmocka_unit_test(test_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
