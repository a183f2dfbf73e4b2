#include "stats/contextual.h"

#include "grouped.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct paired_sums one_pair(double x, double y)
{
    return (struct paired_sums){.n = 1, .mean_x = x, .mean_y = y};
}

/* --- sums ---------------------------------------------------------------------------------------------- */

static void test_merge_is_union(void **state)
{
    (void)state;
    struct generator generator = {3};
    struct paired_sums nobody = {.n = 0};
    assert_int_equal(paired_sums_merge(nobody, nobody).n, 0);
    for (int repeat = 0; repeat < 100; repeat++) {
        double x[40], y[40], mean_x = 0, mean_y = 0, xx = 0, xy = 0, yy = 0;
        size_t n = 1 + (size_t)(draw_uniform(&generator) * 39);
        struct paired_sums parts[3] = {{.n = 0}, {.n = 0}, {.n = 0}};
        for (size_t i = 0; i < n; i++) {
            x[i] = 1e4 + draw_normal(&generator);
            y[i] = draw_normal(&generator) + x[i] / 2;
            mean_x += x[i] / (double)n;
            mean_y += y[i] / (double)n;
            parts[i % 3] = paired_sums_merge(parts[i % 3], one_pair(x[i], y[i]));
        }
        for (size_t i = 0; i < n; i++) {
            xx += (x[i] - mean_x) * (x[i] - mean_x);
            xy += (x[i] - mean_x) * (y[i] - mean_y);
            yy += (y[i] - mean_y) * (y[i] - mean_y);
        }
        struct paired_sums whole = paired_sums_merge(parts[1], paired_sums_merge(parts[2], parts[0]));
        assert_int_equal(whole.n, n);
        assert_near(whole.mean_x, mean_x, 1e-13);
        assert_near(whole.mean_y, mean_y, 1e-13);
        assert_true(fabs(whole.xx - xx) < 1e-8 && fabs(whole.xy - xy) < 1e-8 && fabs(whole.yy - yy) < 1e-8);
    }
}

/* --- the model ----------------------------------------------------------------------------------------- */

static void assert_refused(const struct paired_sums *groups, size_t count, const char *reason)
{
    struct error error = {.code = OK};
    struct contextual_model model = {.within = 12345};
    assert_int_equal(contextual_reml(groups, count, &error, &model), ERROR_INPUT);
    assert_string_equal(error.reason, reason);
    assert_near(model.within, 12345, 0);
}

static void test_refused(void **state)
{
    (void)state;
    assert_refused(NULL, 0, "few-groups");
    const struct paired_sums two[] = {{5, 1, 2, 3, 1, 3}, {.n = 0}, {6, 2, 3, 3, 1, 3}};
    assert_refused(two, 3, "few-groups");
    const struct paired_sums people[] = {one_pair(1, 2), one_pair(2, 2), one_pair(4, 1), {2, 1, 2, 1, 1, 2}};
    assert_refused(people, 4, "singletons"); /* one deviation, and the slope takes it */
    const struct paired_sums same_x[] = {{5, 1, 2, 0, 0, 3}, {6, 2, 3, 0, 0, 3}, {6, 3, 3, 0, 0, 3}};
    assert_refused(same_x, 3, "no-variance-x");
    const struct paired_sums same_means[] = {{5, 1, 2, 3, 1, 3}, {6, 1, 3, 3, 1, 3}, {6, 1, 4, 3, 1, 3}};
    assert_refused(same_means, 3, "no-variance-x");
    const struct paired_sums agreed[] = {{5, 1, 2, 3, 0, 0}, {6, 2, 3, 3, 0, 0}, {6, 3, 4, 3, 0, 0}};
    assert_refused(agreed, 3, "no-variance-within");
    const struct paired_sums line[] = {{5, 1, 2, 3, 6, 12}, {6, 2, 3, 3, 6, 12}, {6, 3, 4, 3, 6, 12}};
    assert_refused(line, 3, "no-variance-left");
    const struct paired_sums broken[] = {{5, 1, NAN, 3, 1, 3}, {6, 2, 3, 3, 1, 3}, {6, 3, 4, 3, 1, 3}};
    assert_refused(broken, 3, "not-finite");
}

/* Results of lme4 1.1-31 on these values; at the boundary they are exact. */
static void test_boundary(void **state)
{
    (void)state;
    const size_t group[] = {0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 3,
                            4, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5};
    const double x[] = {0.2, -0.5, 0.9, 0.6, 2.6, 1.7, -0.3, 0.8, 2.9, 2.8, 1.6, 0.5, 0.9, -1,
                        2,   2.2,  3.2, 2,   1.9, 0,   1.8,  0.5, 1.6, 1.6, 0.9, 0,   1.6, 1.2};
    const double y[] = {0.2, 1.4, 1.2, 1.7, 1.5, 0.6, 1.5, 1,   2,   2.8, 1.3, 1.2, 2.8, -1,
                        2.9, 0.9, 1.9, 1.4, 2,   0.9, 2.3, 0.1, 1.3, 1.3, 1.4, 1.4, 3.1, 1.2};
    struct paired_sums groups[6] = {{.n = 0}};
    for (size_t i = 0; i < COUNT_OF(x); i++)
        groups[group[i]] = paired_sums_merge(groups[group[i]], one_pair(x[i], y[i]));
    struct contextual_model model;
    assert_int_equal(contextual_reml(groups, 6, NULL, &model), OK);
    assert_true(model.boundary);
    assert_near(model.tau2, 0, 0);
    assert_near(model.intercept, 0.823783891839, 1e-11);
    assert_near(model.within, 0.377476182619, 1e-11);
    assert_near(model.between, 0.503919620717, 1e-11);
    assert_near(model.se_intercept, 0.275476341222, 1e-11);
    assert_near(model.se_within, 0.202518332697, 1e-11);
    assert_near(model.se_between, 0.191077125613, 1e-11);
    assert_near(model.sigma2, 0.599695446886, 1e-11);
    assert_near(model.log_likelihood, -33.4885684777, 1e-11);
    /* With x itself in place of its deviation, the coefficient of the group mean is the contextual effect. */
    assert_near(model.contextual, 0.126443438098, 1e-10);
    assert_near(model.se_contextual, 0.278431576892, 1e-11);
}

static void test_bh1996(void **state)
{
    (void)state;
    struct table *table = table_open("bh1996");
    struct reference *reference = reference_open("bh1996");
    struct paired_sums groups[GROUPS_MAXIMUM] = {{.n = 0}};
    struct grouped keys = {.count = 0};
    size_t lead = table_column(table, "LEAD"), cohesion = table_column(table, "COHES");
    for (size_t row = 0; row < table_rows(table); row++) {
        size_t g = (size_t)(group_of(&keys, table_text(table, row, 0)) - keys.groups);
        groups[g] = paired_sums_merge(
            groups[g], one_pair(table_number(table, row, lead), table_number(table, row, cohesion)));
    }
    struct contextual_model model;
    assert_int_equal(contextual_reml(groups, keys.count, NULL, &model), OK);
    const char *block = "contextual_model";
    /* lme4 stops when its variances are good to about 1e-5. */
    assert_near(model.intercept, number_at(reference, block, "fixef/(Intercept)"), 1e-7);
    assert_near(model.within, number_at(reference, block, "fixef/W.LEAD"), 1e-11);
    assert_near(model.between, number_at(reference, block, "fixef/G.LEAD"), 1e-7);
    assert_near(model.se_intercept, element_at(reference, block, "se", 0), 1e-6);
    assert_near(model.se_within, element_at(reference, block, "se", 1), 1e-7);
    assert_near(model.se_between, element_at(reference, block, "se", 2), 1e-6);
    assert_near(model.tau2, number_at(reference, block, "tau2"), 1e-5);
    assert_near(model.sigma2, number_at(reference, block, "sigma2"), 1e-7);
    assert_near(model.log_likelihood, number_at(reference, block, "reml_loglik"), 1e-12);
    assert_false(model.boundary);
    reference_close(reference);
    table_close(table);
}

static size_t draw_groups(struct generator *generator, struct paired_sums *groups)
{
    size_t count = 4 + (size_t)(draw_uniform(generator) * 10);
    for (size_t g = 0; g < count; g++) {
        groups[g] = (struct paired_sums){.n = 0};
        double at = draw_normal(generator), own = draw_normal(generator);
        size_t n = 1 + (size_t)(draw_uniform(generator) * 8);
        for (size_t i = 0; i < n; i++) {
            double x = at + draw_normal(generator);
            groups[g] = paired_sums_merge(groups[g], one_pair(x, own + x / 2 + draw_normal(generator)));
        }
    }
    return count;
}

/* Order, unit and origin of either variable change nothing that should stay. */
static void test_invariance(void **state)
{
    (void)state;
    struct generator generator = {9};
    for (int repeat = 0; repeat < 100; repeat++) {
        struct paired_sums groups[20], moved[20];
        size_t count = draw_groups(&generator, groups);
        for (size_t i = 0; i < count; i++) {
            struct paired_sums *to = &moved[count - 1 - i];
            *to = groups[i];
            to->mean_x = 10 - 4 * groups[i].mean_x;
            to->mean_y = 50 + 3 * groups[i].mean_y;
            to->xx *= 16;
            to->xy *= -12;
            to->yy *= 9;
        }
        struct contextual_model a, b;
        assert_int_equal(contextual_reml(groups, count, NULL, &a), OK);
        assert_int_equal(contextual_reml(moved, count, NULL, &b), OK);
        assert_near(b.within, -0.75 * a.within, 1e-9);
        assert_true(fabs(b.between + 0.75 * a.between) < 1e-7);
        assert_near(b.se_between, 0.75 * a.se_between, 1e-7);
        assert_near(b.sigma2, 9 * a.sigma2, 1e-8);
        assert_true(fabs(b.tau2 - 9 * a.tau2) < 1e-6 * b.sigma2);
        assert_true(fabs(b.intercept - (50 + 3 * a.intercept - 10 * b.between)) < 1e-6);
    }
}

/* --- correlations -------------------------------------------------------------------------------------- */

static void test_correlations_of_bh1996(void **state)
{
    (void)state;
    struct table *table = table_open("bh1996");
    struct reference *reference = reference_open("bh1996");
    static struct cross_moments groups[GROUPS_MAXIMUM];
    struct grouped keys = {.count = 0};
    size_t columns[4];
    for (size_t i = 0; i < 4; i++)
        columns[i] = table_column(table, reference_text(reference, "r_matrix_order", i));
    for (size_t row = 0; row < table_rows(table); row++) {
        size_t g = (size_t)(group_of(&keys, table_text(table, row, 0)) - keys.groups);
        double values[4];
        for (size_t i = 0; i < 4; i++)
            values[i] = table_number(table, row, columns[i]);
        groups[g].variables = 4;
        cross_moments_add(&groups[g], values);
    }
    struct level_moments moments = {{.variables = 4}, {.variables = 4}, {.variables = 4}};
    for (size_t g = 0; g < keys.count; g++)
        level_moments_add(&moments, &groups[g]);
    const struct cross_moments *levels[] = {&moments.raw, &moments.within, &moments.between};
    const char *paths[] = {"raw_r", "within_group_r", "between_group_r_of_means"};
    for (size_t level = 0; level < 3; level++) {
        double r[16];
        cross_correlations(levels[level], r);
        for (size_t i = 0; i < 16; i++)
            assert_near(r[i], reference_table(reference, paths[level], i / 4, i % 4), 1e-10);
    }
    assert_int_equal(moments.between.n, 99);
    assert_int_equal(moments.raw.n, 7382);
    reference_close(reference);
    table_close(table);
}

static void test_correlations_that_do_not_exist(void **state)
{
    (void)state;
    struct level_moments moments = {{.variables = 2}, {.variables = 2}, {.variables = 2}};
    double r[4];
    cross_correlations(&moments.raw, r);
    for (size_t i = 0; i < 4; i++)
        assert_true(isnan(r[i]));
    /* Two groups; the second variable differs between them only. */
    for (int g = 0; g < 2; g++) {
        struct cross_moments group = {.variables = 2};
        for (int i = 0; i < 3; i++)
            cross_moments_add(&group, (double[]){i, g});
        level_moments_add(&moments, &group);
        level_moments_add(&moments, &(struct cross_moments){.variables = 2});
    }
    cross_correlations(&moments.within, r);
    assert_near(r[0], 1, 0);
    assert_true(isnan(r[1]) && isnan(r[2]) && isnan(r[3]));
    cross_correlations(&moments.raw, r);
    assert_near(r[1], 0, 0);
    assert_near(r[3], 1, 0);
    assert_int_equal(moments.between.n, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_is_union),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_boundary),
        cmocka_unit_test(test_bh1996),
        cmocka_unit_test(test_invariance),
        cmocka_unit_test(test_correlations_of_bh1996),
        cmocka_unit_test(test_correlations_that_do_not_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
