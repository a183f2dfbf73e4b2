#include "stats/agreement.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEAMS_MAXIMUM = 120, ITEMS_MAXIMUM = 11 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void assert_no_agreement(struct spread spread)
{
    assert_true(isnan(spread.variance) && isnan(spread.ad_mean) && isnan(spread.ad_median) &&
                isnan(spread.awg));
}

static void test_nobody_and_one(void **state)
{
    (void)state;
    const int64_t nobody[5] = {0}, one[5] = {0, 0, 0, 1, 0};
    const double value[] = {4};
    assert_int_equal(spread_of_counts(nobody, 5, 1).n, 0);
    assert_true(isnan(spread_of_counts(nobody, 5, 1).mean));
    assert_no_agreement(spread_of_counts(nobody, 5, 1));
    assert_no_agreement(spread_of_counts(one, 5, 1));
    assert_near(spread_of_counts(one, 5, 1).mean, 4, 0);
    assert_no_agreement(spread_of_values(value, 0, 1, 5));
    assert_no_agreement(spread_of_values(value, 1, 1, 5));
    struct spread alone[] = {spread_of_counts(one, 5, 1), spread_of_counts(one, 5, 1)};
    struct team_agreement team = team_agreement_of(alone, 2, 1, 5);
    assert_int_equal(team.n, 1);
    assert_true(isnan(team.mean_item_var) && isnan(team.rwg_j) && isnan(team.ad_mj) && isnan(team.a_wg_j));
    assert_int_equal(team_agreement_of(alone, 0, 1, 5).n, 0);
}

static void test_null_variances(void **state)
{
    (void)state;
    assert_near(null_variance_uniform(5), 2, 0);
    assert_near(null_variance_uniform(7), 4, 0);
    assert_true(isnan(null_variance_uniform(1)) && isnan(null_variance_uniform(NAN)));
    assert_near(null_variance_slight_skew(5), 1.34, 0);
    assert_true(isnan(null_variance_slight_skew(7)) && isnan(null_variance_slight_skew(NAN)));
}

/* Everybody at an end: full agreement. Half at each end: two camps, raw below zero, capped at it. */
static void test_same_and_two_camps(void **state)
{
    (void)state;
    const int64_t same[5] = {0, 0, 0, 0, 6}, camps[5] = {3, 0, 0, 0, 3};
    struct spread spread = spread_of_counts(same, 5, 1);
    assert_near(spread.variance, 0, 0);
    assert_near(spread.awg, 1, 0);
    assert_near(rwg_raw(spread.variance, 2), 1, 0);
    spread = spread_of_counts(camps, 5, 1);
    assert_near(spread.variance, 4.8, 1e-15);
    assert_near(spread.ad_mean, 2, 0);
    assert_near(spread.ad_median, 2, 0);
    assert_near(spread.awg, -1, 1e-14); /* 1 - 2 * 4.8 / (4 * 6 / 5) */
    assert_near(rwg_raw(spread.variance, 2), -1.4, 1e-14);
    assert_near(rwg_capped(rwg_raw(spread.variance, 2)), 0, 0);
    struct spread both[] = {spread, spread};
    struct team_agreement team = team_agreement_of(both, 2, 1, 5);
    assert_near(team.rwg_j, 0, 0);
    assert_near(team.rwg_j_lindell_star, -1.4, 1e-14);
}

/* Without a range: how far apart, but not against chance. */
static void test_no_range(void **state)
{
    (void)state;
    const double values[] = {1, 2, 4};
    struct spread spread = spread_of_values(values, 3, NAN, NAN);
    assert_near(spread.variance, 7.0 / 3, 1e-15);
    assert_near(spread.ad_median, 1, 1e-15);
    assert_true(isnan(spread.awg));
    struct team_agreement team = team_agreement_of(&spread, 1, NAN, NAN);
    assert_near(team.mean_item_var, 7.0 / 3, 1e-15);
    assert_near(team.ad_mj, 10.0 / 9, 1e-15);
    assert_true(isnan(team.rwg_j) && isnan(team.rwg_j_skew) && isnan(team.rwg_j_lindell_star) &&
                isnan(team.a_wg_j));
}

/* The mean is so near the end that the item does not count; when none does there is no a_wg(j). */
static void test_awg_does_not_count(void **state)
{
    (void)state;
    const int64_t near_end[5] = {0, 0, 0, 1, 5}, middle[5] = {0, 1, 4, 1, 0};
    struct spread spreads[] = {spread_of_counts(near_end, 5, 1), spread_of_counts(middle, 5, 1)};
    assert_true(isnan(spreads[0].awg));
    assert_near(team_agreement_of(spreads, 2, 1, 5).a_wg_j, spreads[1].awg, 0);
    assert_true(isnan(team_agreement_of(spreads, 1, 1, 5).a_wg_j));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Counts and values are two ways to the same; and both are the plain formulas. */
static void test_counts_are_values(void **state)
{
    (void)state;
    struct generator generator = {12};
    for (int repeat = 0; repeat < 300; repeat++) {
        size_t options = 2 + (size_t)repeat % 8, n = 2 + (size_t)(draw_uniform(&generator) * 20);
        int64_t counts[10] = {0}, low = (int64_t)(repeat % 5) - 2;
        double values[32], mean = 0, variance = 0, ad = 0;
        for (size_t i = 0; i < n; i++) {
            size_t o = (size_t)(draw_uniform(&generator) * (double)options);
            counts[o]++;
            values[i] = (double)(low + (int64_t)o);
            mean += values[i] / (double)n;
        }
        for (size_t i = 0; i < n; i++) {
            variance += (values[i] - mean) * (values[i] - mean) / (double)(n - 1);
            ad += fabs(values[i] - mean) / (double)n;
        }
        qsort(values, n, sizeof(double), by_value);
        struct spread x = spread_of_counts(counts, options, low);
        struct spread y = spread_of_values(values, n, (double)low, (double)(low + (int64_t)options - 1));
        assert_int_equal(x.n, y.n);
        assert_true(fabs(x.mean - y.mean) < 1e-13 && fabs(x.mean - mean) < 1e-13);
        assert_true(fabs(x.variance - y.variance) < 1e-12 && fabs(x.variance - variance) < 1e-12);
        assert_true(fabs(x.ad_mean - y.ad_mean) < 1e-12 && fabs(x.ad_mean - ad) < 1e-12);
        assert_true(fabs(x.ad_median - y.ad_median) < 1e-12);
        assert_true(isnan(x.awg) == isnan(y.awg) && (isnan(x.awg) || fabs(x.awg - y.awg) < 1e-10));
        /* Reversing changes nothing. */
        int64_t turned[10] = {0};
        for (size_t o = 0; o < options; o++)
            turned[options - 1 - o] = counts[o];
        struct spread z = spread_of_counts(turned, options, low);
        assert_true(fabs(x.ad_median - z.ad_median) <= 0 && fabs(x.variance - z.variance) <= 0);
        assert_true(isnan(x.awg) == isnan(z.awg) && (isnan(x.awg) || fabs(x.awg - z.awg) < 1e-12));
    }
}

static void test_summary(void **state)
{
    (void)state;
    double none[] = {NAN, NAN}, some[] = {0.9, NAN, 0.1, 0.70, 0.4};
    struct distribution_summary summary = summary_of(none, 2);
    assert_int_equal(summary.n, 0);
    assert_true(isnan(summary.mean) && isnan(summary.median) && isnan(summary.share_usual));
    summary = summary_of(some, 5);
    assert_int_equal(summary.n, 4);
    assert_near(summary.mean, 0.525, 1e-15);
    assert_near(summary.median, 0.55, 1e-15);
    assert_near(summary.minimum, 0.1, 0);
    assert_near(summary.maximum, 0.9, 0);
    assert_near(summary.share_usual, 0.5, 0);
}

/* ---- Reference files ---------------------------------------------------------------------------------- */

struct teams {
    size_t count, items;
    const char *names[TEAMS_MAXIMUM];
    struct spread spreads[TEAMS_MAXIMUM][ITEMS_MAXIMUM];
};

/* Spreads of complete rows per team, the teams as the reference has them. */
static void read_teams(struct teams *teams, const struct table *table, const struct reference *expected,
                       const char *group, const char *first, size_t items)
{
    static int64_t counts[TEAMS_MAXIMUM][ITEMS_MAXIMUM][5];
    memset(counts, 0, sizeof counts);
    size_t group_column = table_column(table, group), from = table_column(table, first);
    teams->count = reference_length(expected, "rwg_j/per_group/group");
    teams->items = items;
    for (size_t t = 0; t < teams->count; t++)
        teams->names[t] = reference_text(expected, "rwg_j/per_group/group", t);
    for (size_t r = 0; r < table_rows(table); r++) {
        bool complete = true;
        for (size_t i = 0; i < items; i++)
            complete = complete && !isnan(table_number(table, r, from + i));
        for (size_t t = 0; complete && t < teams->count; t++)
            if (strcmp(teams->names[t], table_text(table, r, group_column)) == 0)
                for (size_t i = 0; i < items; i++)
                    counts[t][i][(size_t)table_number(table, r, from + i) - 1]++;
    }
    for (size_t t = 0; t < teams->count; t++)
        for (size_t i = 0; i < items; i++)
            teams->spreads[t][i] = spread_of_counts(counts[t][i], 5, 1);
}

static void check_reference(const char *name, const char *group, const char *first, size_t items, bool skew)
{
    static struct teams teams;
    struct table *table = table_open(name);
    struct reference *expected = reference_open(name);
    double rwg[TEAMS_MAXIMUM];
    read_teams(&teams, table, expected, group, first, items);
    for (size_t t = 0; t < teams.count; t++) {
        struct team_agreement team = team_agreement_of(teams.spreads[t], items, 1, 5);
        rwg[t] = team.rwg_j;
#define CHECK(key, value) assert_near((value), reference_element(expected, "rwg_j/per_group/" key, t), 1e-10)
        CHECK("n", (double)team.n);
        CHECK("mean_item_var", team.mean_item_var);
        CHECK("rwg_j", team.rwg_j);
        CHECK("rwg_j_lindell_star", team.rwg_j_lindell_star);
        CHECK("ad_mj", team.ad_mj);
        CHECK("ad_mdj", team.ad_mdj);
        CHECK("a_wg_j", team.a_wg_j);
        if (skew)
            CHECK("rwg_j_skew", team.rwg_j_skew);
#undef CHECK
    }
    struct distribution_summary summary = summary_of(rwg, teams.count);
    assert_near(summary.mean, reference_number(expected, "rwg_j/rwg_j_mean"), 1e-10);
    assert_near(summary.median, reference_number(expected, "rwg_j/rwg_j_median"), 1e-10);
    assert_near(summary.minimum, reference_number(expected, "rwg_j/rwg_j_min"), 1e-10);
    assert_near(summary.maximum, reference_number(expected, "rwg_j/rwg_j_max"), 1e-10);
    reference_close(expected);
    table_close(table);
}

static void test_reference(void **state)
{
    (void)state;
    check_reference("bhr2000", "GRP", "AF06", 11, true);
    check_reference("cohesion", "TEAM", "COH01", 5, false);
}

/* All items at once against one after the other, to the last bit. */
static void test_items_together_are_the_same(void **state)
{
    (void)state;
    struct generator generator = {20};
    static const size_t sizes[] = {1, 2, 3, 12, 100, 4095, 70000};
    for (int round = 0; round < 400; round++) {
        size_t items = 1 + (size_t)(draw_uniform(&generator) * 40),
               options = 1 + (size_t)(draw_uniform(&generator) * 16);
        size_t n = sizes[round % (int)COUNT_OF(sizes)];
        int64_t low = (int64_t)(draw_uniform(&generator) * 3), counts[40][16] = {{0}};
        int32_t together[40 * 16] = {0};
        struct spread spreads[40];
        for (size_t i = 0; i < items; i++)
            for (size_t a = 0; a < n; a++) {
                double share = i % 4 == 0   ? 0
                               : i % 4 == 1 ? draw_uniform(&generator) * .5
                                            : draw_uniform(&generator);
                size_t option = i % 4 == 3 && a > 0 ? options - 1 : (size_t)(share * (double)options);
                counts[i][option]++;
                together[option * items + i]++;
            }
        spreads_of_counts(together, items, options, (int64_t)n, low, spreads);
        for (size_t i = 0; i < items; i++) {
            struct spread alone = spread_of_counts(counts[i], options, low);
            const double *x = &alone.mean, *y = &spreads[i].mean;
            assert_int_equal(alone.n, spreads[i].n);
            for (size_t value = 0; value < 5; value++)
                if (!(isnan(x[value]) && isnan(y[value])) &&
                    memcmp(&x[value], &y[value], sizeof(double)) != 0)
                    fail_msg("value %zu of item %zu, n %zu, %zu options: %.17g is not %.17g", value, i, n,
                             options, y[value], x[value]);
        }
    }
    int32_t nobody[10] = {0};
    struct spread none[2];
    spreads_of_counts(nobody, 2, 5, 0, 1, none);
    assert_int_equal(none[1].n, 0);
    assert_true(isnan(none[1].mean) && isnan(none[1].variance) && isnan(none[1].awg));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_items_together_are_the_same),
        cmocka_unit_test(test_nobody_and_one),
        cmocka_unit_test(test_null_variances),
        cmocka_unit_test(test_same_and_two_camps),
        cmocka_unit_test(test_no_range),
        cmocka_unit_test(test_awg_does_not_count),
        cmocka_unit_test(test_counts_are_values),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_reference),
    };
    return cmocka_run_group_tests_name("agreement", tests, NULL, NULL);
}
