#include "stats/lagged.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { TEAMS_MAXIMUM = 60, ROUNDS_MAXIMUM = 40, VALUES_MAXIMUM = TEAMS_MAXIMUM * ROUNDS_MAXIMUM };

static bool is_close(double actual, double expected, double absolute)
{
    bool close = fabs(actual - expected) <= absolute;
    if (!close)
        (void)fprintf(stderr, "got %.17g, expected %.17g (+- %g)\n", actual, expected, absolute);
    return close;
}
#define assert_close(actual, expected, absolute) assert_true(is_close((actual), (expected), (absolute)))

struct making {
    size_t teams, rounds;
    double x_to_x, y_to_x, y_to_y, x_to_y;
    double shared; /* standard deviation of what happens to all teams in a round */
    double gaps;   /* share of rounds that are not shown */
};

static const struct making usual = {
    .teams = 15, .rounds = 20, .x_to_x = 0.4, .y_to_x = 0.1, .y_to_y = 0.3, .x_to_y = 0.3, .shared = 0.5};

struct data {
    double x[VALUES_MAXIMUM], y[VALUES_MAXIMUM];
};

/* Teams differ for good, and both variables move with the organisation. */
static void make(struct generator *generator, const struct making *making, struct data *data)
{
    double shared_x[ROUNDS_MAXIMUM], shared_y[ROUNDS_MAXIMUM];
    for (size_t t = 0; t < making->rounds; t++) {
        shared_x[t] = making->shared * draw_normal(generator);
        shared_y[t] = 0.5 * shared_x[t] + making->shared * draw_normal(generator);
    }
    for (size_t team = 0; team < making->teams; team++) {
        double level_x = draw_normal(generator), level_y = 0.6 * level_x + 0.8 * draw_normal(generator);
        double x = 0, y = 0;
        for (size_t t = 0; t < making->rounds + 20; t++) { /* 20 rounds before the first */
            double x_before = x, new_x = draw_normal(generator);
            x = making->x_to_x * x + making->y_to_x * y + new_x;
            y = making->y_to_y * y + making->x_to_y * x_before + 0.3 * new_x + draw_normal(generator);
            if (t < 20)
                continue;
            size_t at = team * making->rounds + t - 20;
            data->x[at] = level_x + x + shared_x[t - 20];
            data->y[at] = level_y + y + shared_y[t - 20];
            if (draw_uniform(generator) < making->gaps)
                data->x[at] = NAN;
        }
    }
}

static enum error_code fit(const struct data *data, size_t teams, size_t rounds, struct error *error,
                           struct lagged *ret_lagged)
{
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    return lagged_fit(data->x, data->y, teams, rounds, region, error, ret_lagged);
}

static struct lagged fitted(const struct data *data, size_t teams, size_t rounds)
{
    struct lagged lagged;
    assert_int_equal(fit(data, teams, rounds, NULL, &lagged), OK);
    return lagged;
}

/* --- too little ---------------------------------------------------------------------------------------- */

static void assert_refused(const struct data *data, size_t teams, size_t rounds, const char *reason)
{
    struct error error = {.reason = ""};
    struct lagged lagged = {.teams = 77};
    assert_int_not_equal(fit(data, teams, rounds, &error, &lagged), OK);
    assert_string_equal(error.reason, reason);
    assert_int_equal(lagged.teams, 77);
}

static void test_refused(void **state)
{
    (void)state;
    static struct data data;
    struct generator generator = {2};
    struct making making = usual;
    make(&generator, &making, &data);
    assert_refused(&data, 0, 20, "too-little-data");
    assert_refused(&data, 9, 20, "too-little-data");
    assert_refused(&data, 10, LAGGED_ROUNDS_MAXIMUM + 1, "too-many-rounds");
    making.rounds = 11;
    make(&generator, &making, &data);
    assert_refused(&data, making.teams, 11, "too-little-data");
    /* Every other round has gaps in one of the two: twelve and more rounds, but none follows another one. */
    making.rounds = 30;
    make(&generator, &making, &data);
    for (size_t i = 0; i < making.teams * 30; i++)
        if (i % 2 == 0)
            data.y[i] = NAN;
    assert_refused(&data, making.teams, 30, "too-little-data");
    /* x is the same in all rounds of a team, or y is x in other units. */
    make(&generator, &making, &data);
    for (size_t i = 0; i < making.teams * 30; i++)
        data.x[i] = (double)(i / 30);
    assert_refused(&data, making.teams, 30, "no-variance");
    make(&generator, &making, &data);
    for (size_t i = 0; i < making.teams * 30; i++)
        data.y[i] = 3 - 2 * data.x[i];
    assert_refused(&data, making.teams, 30, "no-variance");
}

/* A team with too few rounds changes nothing. */
static void test_short_teams_do_not_count(void **state)
{
    (void)state;
    static struct data data, more;
    struct generator generator = {3};
    make(&generator, &usual, &data);
    struct lagged one = fitted(&data, usual.teams, usual.rounds);
    more = data;
    for (size_t t = 0; t < usual.rounds; t++) {
        more.x[usual.teams * usual.rounds + t] = t < 11 ? 100 * draw_normal(&generator) : NAN;
        more.y[usual.teams * usual.rounds + t] = draw_normal(&generator);
    }
    struct lagged two = fitted(&more, usual.teams + 1, usual.rounds);
    assert_int_equal(two.teams, usual.teams);
    assert_int_equal(two.pairs, usual.teams * (usual.rounds - 1));
    assert_close(two.x_to_y, one.x_to_y, 1e-12);
    assert_close(two.se_x_to_y, one.se_x_to_y, 1e-12);
}

/* --- properties ---------------------------------------------------------------------------------------- */

static void test_levels_order_and_units(void **state)
{
    (void)state;
    static struct data data, other;
    struct generator generator = {5};
    struct making making = usual;
    making.gaps = 0.1;
    make(&generator, &making, &data);
    struct lagged one = fitted(&data, making.teams, making.rounds);
    /* Teams in another order; levels of teams and of rounds moved; x in other units and turned round. */
    for (size_t team = 0; team < making.teams; team++)
        for (size_t t = 0; t < making.rounds; t++) {
            size_t from = team * making.rounds + t, to = (making.teams - 1 - team) * making.rounds + t;
            other.x[to] = -10 * data.x[from] + 50 * (double)team + 7 * (double)(t * t % 5);
            other.y[to] = data.y[from] - 3 * (double)team + 2 * (double)(t % 3);
        }
    struct lagged two = fitted(&other, making.teams, making.rounds);
    assert_close(two.x_to_x, one.x_to_x, 1e-8);
    assert_close(two.y_to_y, one.y_to_y, 1e-8);
    assert_close(two.x_to_y, -one.x_to_y / 10, 1e-8);
    assert_close(two.y_to_x, -one.y_to_x * 10, 1e-7);
    assert_close(two.paths.x_to_y, -one.paths.x_to_y, 1e-8);
    assert_close(two.paths.se_x_to_y, one.paths.se_x_to_y, 1e-7);
    assert_close(two.paths.se_difference, one.paths.se_difference, 1e-7);
    assert_int_equal(two.verdict, one.verdict);
    /* x and y change places. */
    for (size_t i = 0; i < making.teams * making.rounds; i++) {
        other.x[i] = data.y[i];
        other.y[i] = data.x[i];
    }
    struct lagged three = fitted(&other, making.teams, making.rounds);
    assert_close(three.x_to_y, one.y_to_x, 1e-9);
    assert_close(three.se_y_to_x, one.se_x_to_y, 1e-8);
}

/* --- against straightforward code ---------------------------------------------------------------------- */

enum { PAIRS_MAXIMUM = 320, DUMMIES_MAXIMUM = 60 };

struct plain {
    size_t pairs, teams[PAIRS_MAXIMUM], rounds[PAIRS_MAXIMUM];
    double before[PAIRS_MAXIMUM][2], now[PAIRS_MAXIMUM][2];
    double left[PAIRS_MAXIMUM][PAIRS_MAXIMUM]; /* M: what ordinary least squares on all dummies leaves */
};

static void plain_pairs(const struct data *data, const struct making *making, struct plain *plain)
{
    plain->pairs = 0;
    for (size_t team = 0; team < making->teams; team++)
        for (size_t t = 1; t < making->rounds; t++) {
            size_t at = team * making->rounds + t;
            if (isnan(data->x[at]) || isnan(data->x[at - 1]))
                continue;
            size_t p = plain->pairs++;
            assert_true(p < PAIRS_MAXIMUM);
            plain->teams[p] = team;
            plain->rounds[p] = t;
            plain->before[p][0] = data->x[at - 1];
            plain->before[p][1] = data->y[at - 1];
            plain->now[p][0] = data->x[at];
            plain->now[p][1] = data->y[at];
        }
}

/* M = I - D (D'D)^-1 D' with a dummy for every team and for every round but the first, by Gram and
 * Schmidt. */
static void plain_leftover(const struct making *making, struct plain *plain)
{
    static double basis[DUMMIES_MAXIMUM][PAIRS_MAXIMUM];
    size_t count = 0;
    for (size_t d = 0; d < making->teams + making->rounds - 2; d++) {
        double *column = basis[count], length = 0;
        for (size_t p = 0; p < plain->pairs; p++)
            column[p] = d < making->teams ? plain->teams[p] == d : plain->rounds[p] == d - making->teams + 2;
        for (int twice = 0; twice < 2; twice++)
            for (size_t b = 0; b < count; b++) {
                double along = 0;
                for (size_t p = 0; p < plain->pairs; p++)
                    along += basis[b][p] * column[p];
                for (size_t p = 0; p < plain->pairs; p++)
                    column[p] -= along * basis[b][p];
            }
        for (size_t p = 0; p < plain->pairs; p++)
            length += column[p] * column[p];
        if (length < 1e-12)
            continue;
        for (size_t p = 0; p < plain->pairs; p++)
            column[p] /= sqrt(length);
        count++;
    }
    for (size_t p = 0; p < plain->pairs; p++)
        for (size_t q = 0; q < plain->pairs; q++) {
            plain->left[p][q] = p == q;
            for (size_t b = 0; b < count; b++)
                plain->left[p][q] -= basis[b][p] * basis[b][q];
        }
}

/* Mean of sum before M e' for given Theta, term by term: only disturbances of the same team that lie
 * before the earlier value of a pair have a part in it. */
static void plain_bias(const struct plain *plain, double theta[2][2], double omega[2][2],
                       double ret_bias[2][2])
{
    memset(ret_bias, 0, 4 * sizeof(double));
    for (size_t p = 0; p < plain->pairs; p++)
        for (size_t q = 0; q < plain->pairs; q++) {
            if (plain->teams[p] != plain->teams[q] || plain->rounds[q] + 1 > plain->rounds[p])
                continue;
            double power[2][2] = {{1, 0}, {0, 1}};
            for (size_t k = plain->rounds[q] + 1; k < plain->rounds[p]; k++) {
                double next[2][2];
                for (size_t i = 0; i < 2; i++)
                    for (size_t j = 0; j < 2; j++)
                        next[i][j] = power[i][0] * theta[0][j] + power[i][1] * theta[1][j];
                memcpy(power, next, sizeof power);
            }
            for (size_t i = 0; i < 2; i++)
                for (size_t j = 0; j < 2; j++)
                    ret_bias[i][j] +=
                        plain->left[p][q] * (power[i][0] * omega[0][j] + power[i][1] * omega[1][j]);
        }
}

/* How far the estimate is from solving before M (now - Theta before)' = its own mean, in standard
 * deviations of x and y per pair. */
static void plain_check(const struct making *making, uint64_t seed, double tolerance)
{
    static struct data data;
    static struct plain plain;
    struct generator generator = {seed};
    make(&generator, making, &data);
    struct lagged lagged = fitted(&data, making->teams, making->rounds);
    plain_pairs(&data, making, &plain);
    plain_leftover(making, &plain);
    assert_int_equal(lagged.pairs, plain.pairs);
    double theta[2][2] = {{lagged.x_to_x, lagged.y_to_x}, {lagged.x_to_y, lagged.y_to_y}};
    static double residual[PAIRS_MAXIMUM][2];
    double omega[2][2] = {{0}}, df = 0, score[2][2] = {{0}}, bias[2][2];
    for (size_t p = 0; p < plain.pairs; p++) {
        residual[p][0] = residual[p][1] = 0;
        df += plain.left[p][p];
        for (size_t q = 0; q < plain.pairs; q++)
            for (size_t i = 0; i < 2; i++)
                residual[p][i] += plain.left[p][q] * (plain.now[q][i] - theta[i][0] * plain.before[q][0] -
                                                      theta[i][1] * plain.before[q][1]);
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 2; j++)
                score[i][j] += plain.before[p][i] * residual[p][j];
    }
    for (size_t p = 0; p < plain.pairs; p++)
        for (size_t i = 0; i < 2; i++)
            for (size_t j = 0; j < 2; j++)
                omega[i][j] += residual[p][i] * residual[p][j] / df;
    plain_bias(&plain, theta, omega, bias);
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) {
            assert_close(score[i][j] / (double)plain.pairs, bias[i][j] / (double)plain.pairs, tolerance);
            assert_true(fabs(bias[i][j]) < 0.2 * (double)plain.pairs);
        }
    assert_true(bias[0][0] < -0.01 * (double)plain.pairs); /* there is something to take out */
}

static void test_plain_least_squares(void **state)
{
    (void)state;
    struct making making = usual;
    making.rounds = 14;
    for (uint64_t seed = 1; seed <= 3; seed++)
        plain_check(&making, seed, 1e-10);
    making.gaps = 0.03; /* the rounds' levels are then not exactly taken out of the bias */
    making.rounds = 18;
    for (uint64_t seed = 4; seed <= 6; seed++)
        plain_check(&making, seed, 2e-3);
}

/* --- how often it is wrong ----------------------------------------------------------------------------- */

struct rates {
    int used, wrong_paths, verdicts[4];
    double mean_own, mean_cross;
};

static struct rates simulate(const struct making *making, int repeats)
{
    static struct data data;
    struct rates rates = {.used = 0};
    for (int r = 1; r <= repeats; r++) {
        struct generator generator = {(uint64_t)r * 1000};
        struct lagged lagged;
        make(&generator, making, &data);
        if (fit(&data, making->teams, making->rounds, NULL, &lagged) != OK)
            continue;
        rates.used++;
        rates.verdicts[lagged.verdict]++;
        rates.mean_own += lagged.x_to_x;
        rates.mean_cross += lagged.x_to_y;
        rates.wrong_paths += fabs(lagged.paths.y_to_x) >= lagged.critical * lagged.paths.se_y_to_x;
    }
    rates.mean_own /= rates.used;
    rates.mean_cross /= rates.used;
    return rates;
}

/* No order at all, but lasting differences and an organisation that moves: at the least data that is
 * accepted. Each path is thought to be there in at most about 1 of 20, and there is hardly ever a
 * verdict. */
static void test_no_order(void **state)
{
    (void)state;
    struct making making = usual;
    making.teams = LAGGED_TEAMS_MINIMUM;
    making.rounds = LAGGED_ROUNDS_MINIMUM;
    making.y_to_x = making.x_to_y = 0;
    making.shared = 1;
    struct rates rates = simulate(&making, 600);
    assert_true(rates.used > 580);
    assert_true(rates.wrong_paths < 0.075 * rates.used);
    assert_true(rates.verdicts[LEAD_LAG_CANNOT_TELL] > 0.97 * rates.used);
    /* Least squares would be too low by (1 + .4) / 11, that is .13. */
    assert_close(rates.mean_own, 0.4, 0.03);
    assert_close(rates.mean_cross, 0, 0.02);
}

/* x comes first: found in most organisations of 20 teams and two years of rounds every four weeks; never
 * the wrong one, and "both" in about 1 of 20. */
static void test_x_first(void **state)
{
    (void)state;
    struct making making = {
        .teams = 20, .rounds = 26, .x_to_x = 0.3, .y_to_y = 0.3, .x_to_y = 0.35, .shared = 0.5, .gaps = 0.1};
    struct rates rates = simulate(&making, 200);
    assert_int_equal(rates.used, 200);
    assert_true(rates.verdicts[LEAD_LAG_X_FIRST] > 0.7 * rates.used);
    assert_int_equal(rates.verdicts[LEAD_LAG_Y_FIRST], 0);
    assert_true(rates.verdicts[LEAD_LAG_BOTH] < 0.1 * rates.used);
    assert_close(rates.mean_own, 0.3, 0.02);
    assert_close(rates.mean_cross, 0.35, 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_short_teams_do_not_count),
        cmocka_unit_test(test_levels_order_and_units),
        cmocka_unit_test(test_plain_least_squares),
        cmocka_unit_test(test_no_order),
        cmocka_unit_test(test_x_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
