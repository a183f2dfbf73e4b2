#include "stats/trend.h"

#include "reference.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ROUNDS_MAXIMUM = 120, TEAMS_MAXIMUM = 64 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

/* Variance between the members of a team in all of these cases. */
static const double WITHIN = 0.5;

struct organisation {
    double times[TEAMS_MAXIMUM][ROUNDS_MAXIMUM];
    double means[TEAMS_MAXIMUM][ROUNDS_MAXIMUM];
    double counts[TEAMS_MAXIMUM][ROUNDS_MAXIMUM];
    struct trend_series series[TEAMS_MAXIMUM];
    size_t teams;
};

/* Teams with a round every four weeks, levels that move by q a day and occasion noise h per person. */
static void draw_organisation(struct generator *generator, size_t teams, size_t rounds, double people,
                              double h, double q, struct organisation *ret_organisation)
{
    assert_true(teams <= TEAMS_MAXIMUM && rounds <= ROUNDS_MAXIMUM);
    ret_organisation->teams = teams;
    for (size_t j = 0; j < teams; j++) {
        double level = 3.5 + 0.4 * draw_normal(generator);
        for (size_t t = 0; t < rounds; t++) {
            level += t == 0 ? 0 : sqrt(q * 28) * draw_normal(generator);
            ret_organisation->times[j][t] = 28 * (double)t;
            ret_organisation->means[j][t] = level + sqrt(h / people) * draw_normal(generator);
            ret_organisation->counts[j][t] = people;
        }
        ret_organisation->series[j] = (struct trend_series){
            ret_organisation->times[j], ret_organisation->means[j], ret_organisation->counts[j], rounds};
    }
}

static struct trend_noise estimate(const struct trend_series *series, size_t count, double within_variance)
{
    CLEANUP(region_cleanup) struct region *region = region_new(8 << 20);
    assert_non_null(region);
    struct trend_noise noise = {.q = 0};
    struct error error = {.code = OK};
    assert_int_equal(trend_noise_estimate(series, count, within_variance, region, &error, &noise), OK);
    return noise;
}

static struct trend_noise estimate_all(const struct organisation *organisation)
{
    return estimate(organisation->series, organisation->teams, WITHIN);
}

static double pooled_log_likelihood(const struct organisation *organisation, double h, double q)
{
    double sum = 0;
    for (size_t j = 0; j < organisation->teams; j++) {
        const struct trend_series *series = &organisation->series[j];
        struct trend_point points[ROUNDS_MAXIMUM];
        struct trend_state states[ROUNDS_MAXIMUM];
        for (size_t t = 0; t < series->count; t++)
            points[t] = (struct trend_point){series->times[t], series->means[t], h / series->counts[t]};
        double log_likelihood;
        assert_int_equal(trend_smooth(points, series->count, q, NULL, states, &log_likelihood), OK);
        sum += log_likelihood;
    }
    return sum;
}

/* --- degenerate cases --------------------------------------------------------------------------------- */

static void assert_defaults(struct trend_noise noise)
{
    assert_false(noise.h_estimated);
    assert_false(noise.q_estimated);
    assert_near(noise.person_variance, 0.4 * WITHIN, 1e-15);
    assert_near(noise.q, TREND_DEFAULT_Q, 0);
}

static void test_nothing_to_estimate_from(void **state)
{
    (void)state;
    assert_defaults(estimate(NULL, 0, WITHIN));
    static struct organisation organisation;
    struct generator generator = {1};
    draw_organisation(&generator, 40, 1, 8, 0.2, 0, &organisation); /* 40 team-rounds, but no team twice */
    assert_defaults(estimate_all(&organisation));
    draw_organisation(&generator, 5, 8, 8, 0.2, 0, &organisation);
    for (size_t j = 0; j < 5; j++)
        for (size_t t = 0; t < 8; t++)
            if (t != j)
                organisation.means[j][t] = NAN; /* one shown round each */
    assert_defaults(estimate_all(&organisation));
    for (size_t j = 0; j < 5; j++)
        organisation.series[j].count = 0;
    assert_defaults(estimate_all(&organisation));
}

static void test_bad_input_is_refused(void **state)
{
    (void)state;
    static struct organisation organisation;
    struct generator generator = {2};
    draw_organisation(&generator, 4, 8, 8, 0.2, 0, &organisation);
    CLEANUP(region_cleanup) struct region *region = region_new(1 << 20);
    CLEANUP(region_cleanup) struct region *tiny = region_new(100);
    struct trend_noise noise = {.q = 77};
    struct error error;
    const double variances[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < COUNT_OF(variances); i++) {
        assert_int_equal(trend_noise_estimate(organisation.series, 4, variances[i], region, &error, &noise),
                         ERROR_INPUT);
        assert_string_equal(error.reason, "too-little-data");
    }
    assert_int_equal(trend_noise_estimate(organisation.series, 4, WITHIN, tiny, &error, &noise),
                     ERROR_MEMORY);
    double *const places[] = {&organisation.times[1][3],  &organisation.times[1][3],
                              &organisation.means[2][3],  &organisation.counts[3][0],
                              &organisation.counts[3][0], &organisation.counts[3][7]};
    const double wrong[] = {28 * 2, NAN, INFINITY, 0, NAN, -4};
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        double right = *places[i];
        *places[i] = wrong[i];
        assert_int_equal(trend_noise_estimate(organisation.series, 4, WITHIN, region, &error, &noise),
                         ERROR_INPUT);
        assert_string_equal(error.reason, "bad-trend");
        *places[i] = right;
    }
    assert_near(noise.q, 77, 0);
    organisation.means[3][0] = NAN; /* the count of a gap does not matter */
    organisation.counts[3][0] = 0;
    assert_int_equal(trend_noise_estimate(organisation.series, 4, WITHIN, region, &error, &noise), OK);
    gsl_error("GSL must not end the program", __FILE__, __LINE__, GSL_EDOM);
}

static void test_the_two_thresholds_are_independent(void **state)
{
    (void)state;
    static struct organisation organisation;
    struct generator generator = {3};
    draw_organisation(&generator, 4, 5, 8, 0.7, 0.01 / 28, &organisation); /* 20 team-rounds, 5 rounds */
    struct trend_noise noise = estimate_all(&organisation);
    assert_true(noise.h_estimated);
    assert_false(noise.q_estimated);
    assert_near(noise.q, TREND_DEFAULT_Q, 0);
    assert_true(fabs(noise.person_variance - 0.4 * WITHIN) > 1e-6);
    organisation.means[2][2] = NAN; /* 19 */
    assert_defaults(estimate_all(&organisation));

    draw_organisation(&generator, 3, 6, 8, 0.3, 0.03 / 28, &organisation); /* 18 team-rounds, 6 rounds */
    noise = estimate_all(&organisation);
    assert_false(noise.h_estimated);
    assert_true(noise.q_estimated);
    assert_near(noise.person_variance, 0.4 * WITHIN, 1e-15);
    assert_true(fabs(noise.q / TREND_DEFAULT_Q - 1) > 1e-6);
    for (size_t j = 0; j < 3; j++)
        organisation.means[j][j] = NAN; /* nobody has 6 any more, though there were 6 rounds */
    assert_defaults(estimate_all(&organisation));

    draw_organisation(&generator, 4, 6, 8, 0.3, 0.03 / 28, &organisation);
    noise = estimate_all(&organisation);
    assert_true(noise.h_estimated && noise.q_estimated);
}

static void test_the_sides_hold(void **state)
{
    (void)state;
    static struct organisation organisation;
    struct generator generator = {4};
    draw_organisation(&generator, 6, 13, 8, 0, 0, &organisation); /* the same mean in every round */
    struct trend_noise noise = estimate_all(&organisation);
    assert_near(noise.person_variance, 0.2 * WITHIN, 1e-9);
    assert_near(noise.q, TREND_FLOOR_Q, 1e-9);
    assert_true(noise.q >= TREND_FLOOR_Q);
    draw_organisation(&generator, 6, 4, 8, 0, 0, &organisation);
    noise = estimate_all(&organisation);
    assert_near(noise.person_variance, 0.4 * WITHIN, 1e-9); /* q cannot be estimated yet: not below this */
    draw_organisation(&generator, 6, 13, 8, 40, 1, &organisation); /* wilder than a scale allows */
    noise = estimate_all(&organisation);
    assert_near(noise.person_variance, WITHIN, 1e-9);
    assert_true(noise.person_variance <= WITHIN);
    assert_near(noise.q, TREND_MAXIMUM_Q, 1e-9);
    draw_organisation(&generator, 6, 40, 8, 20, 0, &organisation); /* all noise */
    assert_near(estimate_all(&organisation).person_variance, WITHIN, 1e-9);
}

/* --- the maximum --------------------------------------------------------------------------------------- */

/* Irregular times, gaps, unequal counts and, now and then, a leap: the likelihood can have two maxima. */
static void draw_unruly(struct generator *generator, struct organisation *ret_organisation)
{
    size_t teams = 1 + (size_t)(draw_uniform(generator) * 6);
    size_t rounds = (teams < 4 ? 20 : 5) + (size_t)(draw_uniform(generator) * 8);
    double h = 0.05 + 0.6 * draw_uniform(generator);
    double q = draw_uniform(generator) < 0.5 ? 0.0005 / 28 : 0.2 / 28 * draw_uniform(generator);
    draw_organisation(generator, teams, rounds, 4 + 20 * draw_uniform(generator), h, q, ret_organisation);
    for (size_t j = 0; j < teams; j++) {
        double later = 0, leap = 0;
        for (size_t t = 0; t < rounds; t++) {
            later += 100 * draw_uniform(generator) * draw_uniform(generator);
            leap += draw_uniform(generator) < 0.1 ? 0.4 * draw_normal(generator) : 0;
            ret_organisation->times[j][t] += later;
            ret_organisation->means[j][t] += leap;
            if (draw_uniform(generator) < 0.1)
                ret_organisation->counts[j][t] = 3;
            if (t > 2 && draw_uniform(generator) < 0.1)
                ret_organisation->means[j][t] = NAN;
        }
    }
}

static void test_no_grid_point_is_better(void **state)
{
    (void)state;
    static struct organisation organisation;
    /* Seeds with maxima near the one and near the other start of the search. */
    struct generator generators[] = {{5}, {21}};
    int both = 0, only_h = 0, only_q = 0;
    for (int repeat = 0; repeat < 800; repeat++) {
        draw_unruly(&generators[repeat % 2], &organisation);
        struct trend_noise noise = estimate_all(&organisation);
        both += noise.h_estimated && noise.q_estimated;
        only_h += noise.h_estimated && !noise.q_estimated;
        only_q += !noise.h_estimated && noise.q_estimated;
        double best = pooled_log_likelihood(&organisation, noise.person_variance, noise.q);
        double low = (noise.q_estimated ? 0.2 : 0.4) * WITHIN;
        for (double a = 0; a <= 1; a += 0.0625)
            for (double b = 0; b <= 1; b += 0.0625) {
                double h = noise.h_estimated ? low * pow(WITHIN / low, a) : noise.person_variance;
                double q =
                    noise.q_estimated ? TREND_FLOOR_Q * pow(TREND_MAXIMUM_Q / TREND_FLOOR_Q, b) : noise.q;
                assert_true(pooled_log_likelihood(&organisation, h, q) <= best + 1e-7);
            }
    }
    assert_true(both > 100 && only_h > 10 && only_q > 5);
}

static void test_nile_as_published(void **state)
{
    (void)state;
    /* The river as one team of one person: brought to the size of a 1-5 scale (1/500) and a year of 28 days,
     * the known maximum lies inside the sides. Durbin & Koopman: 15099 and 1469.1. */
    struct table *table = table_open("nile");
    struct reference *reference = reference_open("nile");
    const char *blocks[] = {"level", "with_gaps_rows_21_40_and_61_80"};
    for (size_t block = 0; block < 2; block++) {
        char path[100];
        (void)snprintf(path, sizeof(path), "%s/measurement_variance", blocks[block]);
        double h = reference_number(reference, path) / 250000;
        (void)snprintf(path, sizeof(path), "%s/level_variance_per_unit_time", blocks[block]);
        double q = reference_number(reference, path) / 250000 / 28;
        double times[ROUNDS_MAXIMUM], means[ROUNDS_MAXIMUM], counts[ROUNDS_MAXIMUM];
        for (size_t i = 0; i < table_rows(table); i++) {
            bool gap = block == 1 && ((i >= 20 && i < 40) || (i >= 60 && i < 80));
            times[i] = 28 * table_number(table, i, 0);
            means[i] = gap ? NAN : table_number(table, i, 1) / 500;
            counts[i] = 1;
        }
        struct trend_series series = {times, means, counts, table_rows(table)};
        struct trend_noise noise = estimate(&series, 1, 0.2);
        assert_true(noise.h_estimated && noise.q_estimated);
        assert_near(noise.person_variance, h, 1e-4);
        if (q > TREND_FLOOR_Q * 1.05)
            assert_near(noise.q, q, 1e-4);
        assert_true(block == 1 || q > TREND_FLOOR_Q * 1.05);
    }
    reference_close(reference);
    table_close(table);
}

static void test_order_and_idle_teams_do_not_matter(void **state)
{
    (void)state;
    static struct organisation organisation;
    struct generator generator = {6};
    draw_organisation(&generator, 6, 9, 8, 0.2, 0.01 / 28, &organisation);
    struct trend_noise noise = estimate_all(&organisation);
    struct trend_series shuffled[8];
    double nothing[] = {NAN, NAN}, days[] = {0, 28}, one[] = {3, NAN}, count[] = {9, 9};
    for (size_t j = 0; j < 6; j++)
        shuffled[j] = organisation.series[5 - j];
    shuffled[6] = (struct trend_series){days, nothing, count, 2};
    shuffled[7] = (struct trend_series){days, one, count, 2};
    struct trend_noise same = estimate(shuffled, 8, WITHIN);
    assert_near(same.person_variance, noise.person_variance, 1e-5);
    assert_near(same.q, noise.q, 1e-5);
}

/* --- recovery ------------------------------------------------------------------------------------------ */

static void test_h_is_recovered(void **state)
{
    (void)state;
    static struct organisation organisation;
    struct generator generator = {7};
    const double truths[] = {0.15, 0.2, 0.3};
    for (size_t i = 0; i < COUNT_OF(truths); i++) {
        double sum = 0, sum_q = 0;
        int near = 0, far = 0;
        enum { REPEATS = 60 };
        for (int repeat = 0; repeat < REPEATS; repeat++) {
            draw_organisation(&generator, 6, 13, 8, truths[i], TREND_DEFAULT_Q, &organisation);
            struct trend_noise noise = estimate_all(&organisation);
            near += noise.person_variance > truths[i] / 1.5 && noise.person_variance < truths[i] * 1.5;
            far += noise.person_variance < truths[i] / 2 || noise.person_variance > truths[i] * 2;
            sum += noise.person_variance / REPEATS;
            sum_q += noise.q / REPEATS;
        }
        assert_true(near >= REPEATS * 8 / 10);
        assert_true(far <= REPEATS / 20);
        assert_near(sum, truths[i], 0.1);
        assert_near(sum_q, TREND_DEFAULT_Q, 0.3);
    }
}

static void test_many_teams(void **state)
{
    (void)state;
    /* 120,000 team-rounds: half of the teams are used, within the memory that is promised. */
    enum { TEAMS = 20000, ROUNDS = 6 };
    struct trend_series *series = calloc(TEAMS, sizeof(*series));
    double *numbers = calloc((size_t)TEAMS * ROUNDS * 2, sizeof(*numbers));
    assert_true(series != NULL && numbers != NULL);
    double times[ROUNDS] = {0, 28, 56, 70, 112, 140};
    struct generator generator = {8};
    for (size_t j = 0; j < TEAMS; j++) {
        double *means = numbers + j * ROUNDS * 2, *counts = means + ROUNDS, level = 3;
        for (size_t t = 0; t < ROUNDS; t++) {
            counts[t] = 5 + (double)(j % 10);
            level += t == 0 ? 0 : sqrt(0.02 / 28 * (times[t] - times[t - 1])) * draw_normal(&generator);
            means[t] = level + sqrt(0.25 / counts[t]) * draw_normal(&generator);
        }
        series[j] = (struct trend_series){times, means, counts, ROUNDS};
    }
    CLEANUP(region_cleanup) struct region *region = region_new(2500000);
    struct trend_noise noise;
    assert_int_equal(trend_noise_estimate(series, TEAMS, WITHIN, region, NULL, &noise), OK);
    assert_near(noise.person_variance, 0.25, 0.03);
    assert_near(noise.q, 0.02 / 28, 0.05);
    free(numbers);
    free(series);
}

/* --- what the verdicts do with estimated noise --------------------------------------------------------- */

/* The share of teams with a verdict although nothing changed. */
static double false_verdicts(uint64_t seed, size_t rounds, double people, double h, size_t back)
{
    static struct organisation organisation;
    struct generator generator = {seed};
    int said = 0, asked = 0;
    for (int repeat = 0; repeat < 100; repeat++) {
        draw_organisation(&generator, 10, rounds, people, h, 0, &organisation);
        struct trend_noise noise = estimate_all(&organisation);
        for (size_t j = 0; j < organisation.teams; j++) {
            struct trend_point points[ROUNDS_MAXIMUM];
            for (size_t t = 0; t < rounds; t++)
                points[t] = (struct trend_point){organisation.times[j][t], organisation.means[j][t],
                                                 noise.person_variance / people};
            struct trend_change change;
            assert_int_equal(
                trend_change(points, rounds, noise.q, rounds - 1 - back, rounds - 1, NULL, &change), OK);
            said += trend_verdict(change.probability_up) != TREND_CANNOT_TELL;
            asked++;
        }
    }
    return (double)said / asked;
}

static void test_calm_organisations_stay_calm(void **state)
{
    (void)state;
    const double sizes[] = {8, 25, 50};
    const size_t rounds[] = {2, 4, 6, 13};
    for (size_t a = 0; a < COUNT_OF(sizes); a++)
        for (size_t b = 0; b < COUNT_OF(rounds); b++)
            for (size_t c = 0; c < 2; c++) {
                double h = c == 0 ? 0.1 : 0.25;
                assert_true(false_verdicts(9, rounds[b], sizes[a], h, 1) < 0.1);
                assert_true(false_verdicts(10, rounds[b], sizes[a], h, rounds[b] < 4 ? 1 : 3) < 0.13);
            }
    assert_true(false_verdicts(11, 13, 8, 0.2, 1) < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_estimate_from),
        cmocka_unit_test(test_bad_input_is_refused),
        cmocka_unit_test(test_the_two_thresholds_are_independent),
        cmocka_unit_test(test_the_sides_hold),
        cmocka_unit_test(test_no_grid_point_is_better),
        cmocka_unit_test(test_nile_as_published),
        cmocka_unit_test(test_order_and_idle_teams_do_not_matter),
        cmocka_unit_test(test_h_is_recovered),
        cmocka_unit_test(test_many_teams),
        cmocka_unit_test(test_calm_organisations_stay_calm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
