/* Whole blocks of results about groups, as other programs computed them. */
#include "grouped.h"
#include "stats/anova.h"
#include "stats/random_intercept.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void check_iccs(const struct reference *reference, const char *prefix, const struct anova *anova)
{
    assert_near(anova->icc1_mean_n, number_at(reference, prefix, "icc1_anova_mean_n"), 1e-10);
    assert_near(anova->icc1_k0, number_at(reference, prefix, "icc1_anova_k0"), 1e-10);
    assert_near(anova->icc2, number_at(reference, prefix, "icc2_anova"), 1e-10);
    assert_true(anova->reason == NULL);
}

static void check_anova(const struct reference *reference, const char *prefix, const struct anova *anova)
{
    assert_near((double)anova->n, number_at(reference, prefix, "N"), 0);
    assert_near((double)anova->groups, number_at(reference, prefix, "groups"), 0);
    assert_near(anova->mean_group_size, number_at(reference, prefix, "mean_group_size"), 1e-14);
    assert_near(anova->k0, number_at(reference, prefix, "k0"), 1e-13);
    assert_near(anova->grand_mean, number_at(reference, prefix, "grand_mean"), 1e-13);
    assert_near(anova->deviation, number_at(reference, prefix, "sd"), 1e-11);
    assert_near(anova->ssb, number_at(reference, prefix, "anova/ssb"), 1e-10);
    assert_near(anova->ssw, number_at(reference, prefix, "anova/ssw"), 1e-10);
    assert_near(anova->msb, number_at(reference, prefix, "anova/msb"), 1e-10);
    assert_near(anova->msw, number_at(reference, prefix, "anova/msw"), 1e-10);
    assert_near(anova->f, number_at(reference, prefix, "anova/F"), 1e-10);
    assert_near(log(anova->p), log(number_at(reference, prefix, "anova/p")), 1e-11); /* down to 1e-200 */
    assert_near((double)anova->df1, number_at(reference, prefix, "anova/df1"), 0);
    assert_near((double)anova->df2, number_at(reference, prefix, "anova/df2"), 0);
    assert_near(anova->eta2, number_at(reference, prefix, "anova/eta2"), 1e-10);
    check_iccs(reference, prefix, anova);
    assert_near(anova->icc1_low, element_at(reference, prefix, "icc1_ci95_F_k0", 0), 1e-9);
    assert_near(anova->icc1_high, element_at(reference, prefix, "icc1_ci95_F_k0", 1), 1e-9);
    assert_near(anova->icc2_low, element_at(reference, prefix, "icc2_ci95_F", 0), 1e-9);
    assert_near(anova->icc2_high, element_at(reference, prefix, "icc2_ci95_F", 1), 1e-9);
}

static void check_model(const struct reference *reference, const char *block,
                        const struct random_intercept *model)
{
    assert_near(model->mu, number_at(reference, block, "mu"), 1e-11);
    assert_near(model->se_mu, number_at(reference, block, "se_mu"), 1e-9);
    assert_near(model->tau2, number_at(reference, block, "tau2"), 1e-9);
    assert_near(model->sigma2, number_at(reference, block, "sigma2"), 1e-9);
    assert_near(model->icc1, number_at(reference, block, "icc1"), 1e-9);
    assert_near(model->log_likelihood, number_at(reference, block, "loglik"), 1e-11);
    char flag[200];
    (void)snprintf(flag, sizeof(flag), "%s/boundary", block);
    assert_int_equal(model->boundary, reference_flag(reference, flag));
}

static void check_reml(const struct reference *reference, const char *prefix,
                       const struct random_intercept *model)
{
    char block[200];
    (void)snprintf(block, sizeof(block), "%s/reml", prefix);
    check_model(reference, block, model);
    assert_near(model->icc2_mean_n, number_at(reference, block, "icc2_mean_n"), 1e-9);
    assert_near(model->mean_lambda, number_at(reference, block, "mean_lambda"), 1e-9);
}

static void check_groups(const struct reference *reference, const char *prefix, struct grouped *grouped,
                         const struct random_intercept *model)
{
    char path[200];
    (void)snprintf(path, sizeof(path), "%s/per_group/group", prefix);
    assert_int_equal(reference_length(reference, path), grouped->count);
    for (size_t i = 0; i < grouped->count; i++) {
        const struct group_sums *group = group_of(grouped, reference_text(reference, path, i));
        assert_near((double)group->n, element_at(reference, prefix, "per_group/n", i), 0);
        struct pooled_mean pooled = pooled_mean(model, *group);
        assert_near(group->mean, element_at(reference, prefix, "per_group/mean", i), 1e-12);
        assert_near(group_deviation(*group), element_at(reference, prefix, "per_group/sd", i), 1e-10);
        assert_near(pooled.lambda, element_at(reference, prefix, "per_group/reliability", i), 1e-9);
        assert_near(pooled.mean, element_at(reference, prefix, "per_group/shrunken_mean", i), 1e-10);
        assert_true(fabs(pooled.blup - element_at(reference, prefix, "per_group/blup", i)) < 1e-9);
        assert_near(pooled.se_conditional, element_at(reference, prefix, "per_group/se_conditional", i),
                    1e-9);
        assert_near(pooled.se_including_mu, element_at(reference, prefix, "per_group/se_mean_incl_mu", i),
                    1e-9);
    }
}

static void check_block(const struct reference *reference, const char *prefix, struct grouped *grouped)
{
    struct anova anova = group_anova(grouped->groups, grouped->count);
    check_anova(reference, prefix, &anova);
    struct random_intercept model;
    struct error error;
    char block[200];
    (void)snprintf(block, sizeof(block), "%s/ml", prefix);
    assert_int_equal(random_intercept_ml(grouped->groups, grouped->count, &error, &model), OK);
    check_model(reference, block, &model);
    assert_int_equal(random_intercept_reml(grouped->groups, grouped->count, &error, &model), OK);
    check_reml(reference, prefix, &model);
    check_groups(reference, prefix, grouped, &model);
}

static void test_bh1996(void **state)
{
    (void)state;
    struct table *table = table_open("bh1996");
    struct reference *reference = reference_open("bh1996");
    const char *variables[] = {"COHES", "LEAD", "WBEING", "HRS"};
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        struct grouped grouped = {.count = 0};
        add_column(&grouped, table, 0, table_column(table, variables[i]));
        char prefix[40];
        (void)snprintf(prefix, sizeof(prefix), "variables/%s", variables[i]);
        check_block(reference, prefix, &grouped);
    }
    reference_close(reference);
    table_close(table);
}

/* Scores as the product forms them: integer sums of 11 items, so the denominator is 11. */
static void score_items(struct grouped *scores, const struct table *table)
{
    int64_t n[GROUPS_MAXIMUM] = {0}, sum[GROUPS_MAXIMUM] = {0}, squares[GROUPS_MAXIMUM] = {0};
    size_t first = table_column(table, "AF06");
    for (size_t row = 0; row < table_rows(table); row++) {
        int64_t total = 0;
        for (size_t item = first; item < first + 11; item++)
            total += (int64_t)table_number(table, row, item);
        size_t g = (size_t)(group_of(scores, table_text(table, row, 0)) - scores->groups);
        n[g]++;
        sum[g] += total;
        squares[g] += total * total;
    }
    for (size_t g = 0; g < scores->count; g++)
        scores->groups[g] = group_sums_from_integers(n[g], sum[g], squares[g], 11);
}

static void test_bhr2000(void **state)
{
    (void)state;
    struct table *table = table_open("bhr2000");
    struct reference *reference = reference_open("bhr2000");
    assert_int_equal(table_rows(table), 5400);
    struct grouped scores = {.count = 0}, hours = {.count = 0}, support = {.count = 0};
    score_items(&scores, table);
    check_block(reference, "lead_score", &scores);
    add_column(&hours, table, 0, table_column(table, "HRS"));
    check_block(reference, "hrs", &hours);
    add_column(&support, table, 0, table_column(table, "RELIG"));
    check_block(reference, "relig", &support);
    for (size_t i = 0; i < 11; i++) {
        const char *name = reference_text(reference, "lead_items/items", i);
        struct grouped item = {.count = 0};
        add_column(&item, table, 0, table_column(table, name));
        char prefix[40];
        (void)snprintf(prefix, sizeof(prefix), "item_icc/%s", name);
        struct anova anova = group_anova(item.groups, item.count);
        check_iccs(reference, prefix, &anova);
        struct random_intercept model;
        assert_int_equal(random_intercept_reml(item.groups, item.count, NULL, &model), OK);
        check_reml(reference, prefix, &model);
    }
    reference_close(reference);
    table_close(table);
}

static void test_cohesion(void **state)
{
    (void)state;
    struct table *table = table_open("cohesion");
    struct reference *reference = reference_open("cohesion");
    struct grouped grouped = {.count = 0};
    for (size_t row = 0; row < table_rows(table); row++) {
        double sum = 0, answered = 0; /* the score is the mean of the answered items; one is missing */
        for (size_t item = 1; item <= 5; item++) {
            double value = table_number(table, row, item);
            sum += isnan(value) ? 0 : value;
            answered += isnan(value) ? 0 : 1;
        }
        add(&grouped, table_text(table, row, 0), sum / answered);
    }
    check_block(reference, "score", &grouped);
    reference_close(reference);
    table_close(table);
}

/* Groups of one among them, and people without a value. */
static void test_univbct(void **state)
{
    (void)state;
    struct table *table = table_open("univbct");
    struct reference *reference = reference_open("univbct");
    static char keys[500][60];
    struct grouped grouped = {.count = 0};
    size_t battalion = table_column(table, "BTN"), company = table_column(table, "COMPANY");
    size_t satisfaction = table_column(table, "JOBSAT1");
    assert_true(table_rows(table) <= COUNT_OF(keys));
    for (size_t row = 0; row < table_rows(table); row++) {
        (void)snprintf(keys[row], sizeof(keys[row]), "%s %s", table_text(table, row, battalion),
                       table_text(table, row, company));
        if (!isnan(table_number(table, row, satisfaction)))
            add(&grouped, keys[row], table_number(table, row, satisfaction));
    }
    check_block(reference, "jobsat1_by_battalion_company", &grouped);
    reference_close(reference);
    table_close(table);
}

static void test_dyestuff_closed_form(void **state)
{
    (void)state;
    struct table *table = table_open("dyestuff");
    struct reference *reference = reference_open("dyestuff");
    struct grouped grouped = {.count = 0};
    add_column(&grouped, table, 0, 1);
    check_block(reference, "yield", &grouped);
    /* Balanced groups of 5: tau2 = (MSB - MSW) / 5, sigma2 = MSW, Var(mu) = MSB / 30. */
    struct random_intercept model;
    assert_int_equal(random_intercept_reml(grouped.groups, grouped.count, NULL, &model), OK);
    assert_near(model.sigma2, 2451.25, 1e-12);
    assert_near(model.tau2, (11271.5 - 2451.25) / 5, 1e-12);
    assert_near(model.mu, 1527.5, 1e-14);
    assert_near(model.se_mu, sqrt(11271.5 / 30), 1e-12);
    assert_near(-2 * model.log_likelihood, 319.6543, 1e-6); /* as published */
    /* ML: the same with SSB / J in place of MSB. */
    assert_int_equal(random_intercept_ml(grouped.groups, grouped.count, NULL, &model), OK);
    assert_near(model.tau2, (56357.5 / 6 - 2451.25) / 5, 1e-12);
    assert_near(model.se_mu, sqrt(56357.5 / 6 / 30), 1e-12);
    reference_close(reference);
    table_close(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bh1996),
        cmocka_unit_test(test_bhr2000),
        cmocka_unit_test(test_cohesion),
        cmocka_unit_test(test_univbct),
        cmocka_unit_test(test_dyestuff_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
