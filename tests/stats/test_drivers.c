#include "stats/drivers.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void assert_close(double actual, double expected, double absolute)
{
    if (!(fabs(actual - expected) <= absolute)) {
        (void)fprintf(stderr, "got %.17g, expected %.17g\n", actual, expected);
        fail();
    }
}

static struct cross_moments moments_of(const double *rows, size_t n, size_t variables)
{
    struct cross_moments moments = {.variables = variables};
    for (size_t row = 0; row < n; row++)
        cross_moments_add(&moments, rows + row * variables);
    return moments;
}

/* --- moments ------------------------------------------------------------------------------------------- */

static void test_moments_merge(void **state)
{
    (void)state;
    struct generator generator = {5};
    for (int repeat = 0; repeat < 100; repeat++) {
        size_t variables = 1 + (size_t)(draw_uniform(&generator) * CROSS_VARIABLES_MAXIMUM);
        size_t n = 1 + (size_t)(draw_uniform(&generator) * 40);
        struct cross_moments whole = {.variables = variables}, parts[3];
        for (size_t i = 0; i < 3; i++)
            parts[i] = (struct cross_moments){.variables = variables};
        double rows[40 * CROSS_VARIABLES_MAXIMUM], sums[CROSS_VARIABLES_MAXIMUM] = {0};
        for (size_t row = 0; row < n; row++) {
            double *values = rows + row * variables;
            for (size_t i = 0; i < variables; i++)
                sums[i] += values[i] = 1e6 + draw_normal(&generator);
            cross_moments_add(&whole, values);
            cross_moments_add(&parts[(size_t)(draw_uniform(&generator) * 3)], values);
        }
        cross_moments_merge(&parts[1], &parts[0]);
        cross_moments_merge(&parts[1], &parts[2]);
        assert_int_equal(parts[1].n, n);
        for (size_t i = 0; i < variables; i++) {
            assert_near(parts[1].means[i], sums[i] / (double)n, 1e-14);
            for (size_t j = 0; j <= i; j++) {
                double sum = 0; /* in two passes */
                for (size_t row = 0; row < n; row++)
                    sum += (rows[row * variables + i] - sums[i] / (double)n) *
                           (rows[row * variables + j] - sums[j] / (double)n);
                assert_close(cross_product(&parts[1], j, i), sum, 1e-7);
                assert_close(cross_product(&whole, i, j), sum, 1e-7);
            }
        }
    }
}

/* --- degenerate cases ---------------------------------------------------------------------------------- */

static void assert_refused(const struct cross_moments *moments, int64_t means_removed, const char *reason)
{
    struct error error = {.code = OK};
    struct drivers drivers = {.r2 = 77};
    assert_int_not_equal(drivers_estimate(moments, means_removed, &error, &drivers), OK);
    assert_string_equal(error.reason, reason);
    assert_near(drivers.r2, 77, 0);
}

static void test_refused(void **state)
{
    (void)state;
    const double rows[] = {1, 2, 3, 2, 1, 5, 3, 5, 4, 4, 3, 1}; /* two predictors */
    struct cross_moments nothing = {.variables = 3}, one = {.variables = 1}, many = {.variables = 17};
    assert_refused(&nothing, 1, "too-little-data");
    assert_refused(&one, 1, "too-many-predictors");
    assert_refused(&many, 1, "too-many-predictors");
    struct cross_moments three = moments_of(rows, 3, 3);
    assert_refused(&three, 1,
                   "too-little-data"); /* as many rows as coefficients: R^2 is 1, whatever the data */
    struct cross_moments four = moments_of(rows, 4, 3);
    struct drivers drivers;
    assert_int_equal(drivers_estimate(&four, 1, NULL, &drivers), OK);
    assert_refused(&four, 2, "too-little-data");
    const double flat_outcome[] = {1, 2, 0.1 + 0.2, 2, 1, 0.3, 3, 5, 0.3, 4, 3, 0.3, 5, 5, 0.3};
    struct cross_moments flat = moments_of(flat_outcome, 5, 3);
    assert_refused(&flat, 1, "outcome-constant");
    const double flat_predictors[] = {1, 2, 3, 1, 2, 5, 1, 2, 4, 1, 2, 1, 1, 2, 1};
    flat = moments_of(flat_predictors, 5, 3);
    assert_refused(&flat, 1, "predictors-constant");
}

static void test_one_predictor(void **state)
{
    (void)state;
    const double rows[] = {1, 2, 2, 3, 3, 5, 4, 4}; /* r = .8 */
    struct cross_moments moments = moments_of(rows, 4, 2);
    struct drivers drivers;
    assert_int_equal(drivers_estimate(&moments, 1, NULL, &drivers), OK);
    assert_near(drivers.r2, 0.64, 1e-14);
    assert_near(drivers.lmg[0], 0.64, 1e-14);
    assert_near(drivers.johnson[0], 0.64, 1e-14);
    assert_near(drivers.first[0], 0.64, 1e-14);
    assert_near(drivers.last[0], 0.64, 1e-14);
    assert_near(drivers.lmg_share[0], 1, 1e-14);
    assert_near(drivers.std_beta[0], 0.8, 1e-14);
    assert_near(drivers.vif[0], 1, 1e-14);
    assert_near(drivers.coefficient[1], 0.8, 1e-14);
    assert_near(drivers.coefficient[0], 1.5, 1e-14);
    assert_near(drivers.adjusted_r2, 1 - 0.36 * 3 / 2, 1e-14);
    assert_true(isnan(drivers.lmg[1]));
}

/* y on a and b, with a third predictor that is constant, or the sum of both. */
static void rows_with_third(struct generator *generator, size_t n, bool sum, double *rows)
{
    for (size_t row = 0; row < n; row++) {
        double a = draw_normal(generator), b = draw_normal(generator) + 0.5 * a;
        rows[row * 4] = a;
        rows[row * 4 + 1] = sum ? a + b : 7.1;
        rows[row * 4 + 2] = b;
        rows[row * 4 + 3] = a + 0.5 * b + draw_normal(generator);
    }
}

static void test_constant_predictor(void **state)
{
    (void)state;
    struct generator generator = {11};
    double rows[160], two[120];
    rows_with_third(&generator, 40, false, rows);
    for (size_t row = 0; row < 40; row++)
        for (size_t i = 0, at = 0; i < 4; i++)
            if (i != 1)
                two[row * 3 + at++] = rows[row * 4 + i];
    struct cross_moments all = moments_of(rows, 40, 4), some = moments_of(two, 40, 3);
    struct drivers with, without;
    assert_int_equal(drivers_estimate(&all, 1, NULL, &with), OK);
    assert_int_equal(drivers_estimate(&some, 1, NULL, &without), OK);
    assert_true(with.constant[1] && !with.constant[0] && !with.constant[2] && !with.collinear);
    assert_true(isnan(with.lmg[1]) && isnan(with.coefficient[2]) && isnan(with.r_with_outcome[1]));
    assert_near(with.lmg[0], without.lmg[0], 1e-12);
    assert_near(with.lmg[2], without.lmg[1], 1e-12);
    assert_near(with.coefficient[3], without.coefficient[2], 1e-12);
    assert_near(with.standard_error[0], without.standard_error[0], 1e-12);
    assert_near(with.adjusted_r2, without.adjusted_r2, 1e-12);
}

static void test_collinear_predictor(void **state)
{
    (void)state;
    struct generator generator = {12};
    double rows[160];
    rows_with_third(&generator, 40, true, rows);
    struct cross_moments all = moments_of(rows, 40, 4);
    struct drivers drivers;
    assert_int_equal(drivers_estimate(&all, 1, NULL, &drivers), OK);
    assert_true(drivers.collinear);
    assert_true(isnan(drivers.std_beta[0]) && isnan(drivers.vif[2]) && isnan(drivers.coefficient[0]));
    assert_near(drivers.lmg[0] + drivers.lmg[1] + drivers.lmg[2], drivers.r2, 1e-10);
    assert_near(drivers.johnson[0] + drivers.johnson[1] + drivers.johnson[2], drivers.r2, 1e-10);
    /* A predictor that stands there twice shares equally with itself. */
    for (size_t row = 0; row < 40; row++)
        rows[row * 4 + 1] = 3 - 2 * rows[row * 4];
    all = moments_of(rows, 40, 4);
    assert_int_equal(drivers_estimate(&all, 1, NULL, &drivers), OK);
    assert_true(drivers.collinear);
    assert_near(drivers.lmg[0], drivers.lmg[1], 1e-9);
    assert_near(drivers.johnson[0], drivers.johnson[1], 1e-9);
    assert_near(drivers.lmg[0] + drivers.lmg[1] + drivers.lmg[2], drivers.r2, 1e-10);
}

/* --- against straightforward code ---------------------------------------------------------------------- */

/* R^2 of the predictors in `set`, by Gaussian elimination on the normal equations of centred data. */
static double plain_r2(const struct cross_moments *moments, unsigned set)
{
    double a[16][17];
    size_t index[16], k = 0, y = moments->variables - 1;
    for (size_t i = 0; i < y; i++)
        if (set >> i & 1)
            index[k++] = i;
    for (size_t i = 0; i < k; i++) {
        for (size_t j = 0; j < k; j++)
            a[i][j] = cross_product(moments, index[i], index[j]);
        a[i][k] = cross_product(moments, index[i], y);
    }
    double explained = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t r = i + 1; r < k; r++)
            for (size_t c = k + 1; c-- > i;)
                a[r][c] -= a[r][i] / a[i][i] * a[i][c];
    for (size_t i = k; i-- > 0;) {
        for (size_t j = i + 1; j < k; j++)
            a[i][k] -= a[i][j] * a[j][k];
        a[i][k] /= a[i][i];
        explained += a[i][k] * cross_product(moments, index[i], y);
    }
    return explained / cross_product(moments, y, y);
}

static double factorial(size_t n)
{
    return n < 2 ? 1 : (double)n * factorial(n - 1);
}

static double plain_lmg(const struct cross_moments *moments, size_t i)
{
    size_t p = moments->variables - 1;
    double sum = 0;
    for (unsigned set = 0; set < 1U << p; set++) {
        if (set >> i & 1)
            continue;
        size_t size = (size_t)__builtin_popcount(set);
        sum += factorial(size) * factorial(p - size - 1) / factorial(p) *
               (plain_r2(moments, set | 1U << i) - plain_r2(moments, set));
    }
    return sum;
}

static void test_plain_code(void **state)
{
    (void)state;
    struct generator generator = {99};
    for (int repeat = 0; repeat < 60; repeat++) {
        size_t p = 1 + (size_t)(draw_uniform(&generator) * 7),
               n = p + 3 + (size_t)(draw_uniform(&generator) * 30);
        double rows[40 * 8];
        for (size_t row = 0; row < n; row++) {
            double common = draw_normal(&generator);
            for (size_t i = 0; i <= p; i++)
                rows[row * (p + 1) + i] = 50 + (double)(i + 1) * (common + draw_normal(&generator));
        }
        struct cross_moments moments = moments_of(rows, n, p + 1);
        struct drivers drivers;
        assert_int_equal(drivers_estimate(&moments, 1, NULL, &drivers), OK);
        unsigned all = (1U << p) - 1;
        assert_near(drivers.r2, plain_r2(&moments, all), 1e-9);
        double lmg = 0, johnson = 0;
        for (size_t i = 0; i < p; i++) {
            assert_close(drivers.lmg[i], plain_lmg(&moments, i), 1e-10);
            assert_close(drivers.first[i], plain_r2(&moments, 1U << i), 1e-12);
            assert_close(drivers.last[i], drivers.r2 - plain_r2(&moments, all & ~(1U << i)), 1e-10);
            assert_true(drivers.johnson[i] >= 0);
            lmg += drivers.lmg[i];
            johnson += drivers.johnson[i];
        }
        assert_near(lmg, drivers.r2, 1e-11);
        assert_near(johnson, drivers.r2, 1e-9);
    }
}

/* Other units and another order of the predictors change nothing but the order. */
static void test_order_and_scale(void **state)
{
    (void)state;
    struct generator generator = {4};
    enum { P = DRIVERS_MAXIMUM, N = 60 };
    static double rows[N * (P + 1)], other[N * (P + 1)];
    for (size_t row = 0; row < N; row++) {
        double common = draw_normal(&generator);
        for (size_t i = 0; i <= P; i++) {
            double value = common + 2 * draw_normal(&generator);
            rows[row * (P + 1) + i] = value;
            size_t to = i == P ? P : (i * 4 + 3) % P;
            other[(N - 1 - row) * (P + 1) + to] = i % 2 == 0 ? 1000 - 1e-3 * value : 1e4 * value;
        }
    }
    struct cross_moments a = moments_of(rows, N, P + 1), b = moments_of(other, N, P + 1);
    struct drivers one, two;
    assert_int_equal(drivers_estimate(&a, 1, NULL, &one), OK);
    assert_int_equal(drivers_estimate(&b, 1, NULL, &two), OK);
    double sum = 0;
    for (size_t i = 0; i < P; i++) {
        assert_close(one.lmg[i], two.lmg[(i * 4 + 3) % P], 1e-11);
        assert_close(one.johnson[i], two.johnson[(i * 4 + 3) % P], 1e-11);
        sum += one.lmg[i];
    }
    assert_near(sum, one.r2, 1e-11);
}

/* --- reference ----------------------------------------------------------------------------------------- */

static void check_list(const struct reference *reference, const char *block, const char *key,
                       const double *values, size_t count, double relative)
{
    char path[80];
    (void)snprintf(path, sizeof(path), "%s/%s", block, key);
    assert_int_equal(reference_length(reference, path), count);
    for (size_t i = 0; i < count; i++)
        assert_near(values[i], reference_element(reference, path, i), relative);
}

static double figure(const struct reference *reference, const char *block, const char *key)
{
    char path[80];
    (void)snprintf(path, sizeof(path), "%s/%s", block, key);
    return reference_number(reference, path);
}

/* Moments of the columns that the block names; per group of column `group` when units is not NULL. */
static struct cross_moments load(const char *name, const char *block, const char *group,
                                 struct cross_moments *units, size_t *ret_units)
{
    struct table *table = table_open(name);
    struct reference *reference = reference_open(name);
    char path[80];
    (void)snprintf(path, sizeof(path), "%s/x", block);
    size_t p = reference_length(reference, path), columns[CROSS_VARIABLES_MAXIMUM], count = 0;
    const char *keys[200];
    for (size_t i = 0; i < p; i++)
        columns[i] = table_column(table, reference_text(reference, path, i));
    columns[p] = table_column(table, strcmp(name, "swiss") == 0      ? "Fertility"
                                     : strcmp(name, "attitude") == 0 ? "rating"
                                                                     : "WBEING");
    struct cross_moments whole = {.variables = p + 1};
    for (size_t row = 0; row < table_rows(table); row++) {
        double values[CROSS_VARIABLES_MAXIMUM];
        for (size_t i = 0; i <= p; i++)
            values[i] = table_number(table, row, columns[i]);
        cross_moments_add(&whole, values);
        if (units == NULL)
            continue;
        const char *key = table_text(table, row, table_column(table, group));
        size_t at = 0;
        while (at < count && strcmp(keys[at], key) != 0)
            at++;
        assert_true(at < COUNT_OF(keys));
        if (at == count) {
            keys[count] = key;
            units[count++] = (struct cross_moments){.variables = p + 1};
        }
        cross_moments_add(&units[at], values);
    }
    if (ret_units != NULL)
        *ret_units = count;
    reference_close(reference);
    table_close(table);
    return whole;
}

static void check_reference(const char *name, const char *block)
{
    struct cross_moments moments = load(name, block, NULL, NULL, NULL);
    struct reference *reference = reference_open(name);
    struct drivers drivers;
    assert_int_equal(drivers_estimate(&moments, 1, NULL, &drivers), OK);
    size_t p = drivers.predictors;
    assert_near((double)drivers.n, figure(reference, block, "n"), 0);
    assert_near(drivers.r2, figure(reference, block, "R2"), 1e-10);
    assert_near(drivers.adjusted_r2, figure(reference, block, "adj_R2"), 1e-10);
    check_list(reference, block, "lmg", drivers.lmg, p, 1e-10);
    check_list(reference, block, "lmg_share", drivers.lmg_share, p, 1e-10);
    check_list(reference, block, "johnson", drivers.johnson, p, 1e-10);
    check_list(reference, block, "johnson_share", drivers.johnson_share, p, 1e-10);
    check_list(reference, block, "first", drivers.first, p, 1e-10);
    check_list(reference, block, "last", drivers.last, p, 1e-10);
    check_list(reference, block, "std_beta", drivers.std_beta, p, 1e-10);
    check_list(reference, block, "r_with_y", drivers.r_with_outcome, p, 1e-10);
    check_list(reference, block, "vif", drivers.vif, p, 1e-10);
    check_list(reference, block, "coef", drivers.coefficient, p + 1, 1e-10);
    check_list(reference, block, "se", drivers.standard_error, p + 1, 1e-10);
    reference_close(reference);
}

static void test_references(void **state)
{
    (void)state;
    check_reference("swiss", "fertility");
    check_reference("attitude", "rating");
    check_reference("bh1996", "relative_importance_WBEING");
}

/* The correlations inside companies, as bh1996.json has them from group-centred data. */
static void test_within_groups(void **state)
{
    (void)state;
    static struct cross_moments units[200];
    size_t count;
    struct cross_moments whole = load("bh1996", "relative_importance_WBEING", "GRP", units, &count);
    assert_int_equal(count, 99);
    struct cross_moments within = {.variables = whole.variables}, merged = {.variables = whole.variables};
    for (size_t u = 0; u < count; u++) {
        cross_moments_merge_within(&within, &units[u]);
        cross_moments_merge(&merged, &units[u]);
    }
    struct drivers drivers, one, two;
    assert_int_equal(drivers_estimate(&within, (int64_t)count, NULL, &drivers), OK);
    assert_true(isnan(drivers.coefficient[0]) && isfinite(drivers.coefficient[1]));
    struct reference *reference = reference_open("bh1996");
    assert_string_equal(reference_text(reference, "r_matrix_order", 0), "COHES");
    assert_string_equal(reference_text(reference, "r_matrix_order", 2), "WBEING");
    assert_near(drivers.r_with_outcome[0], reference_table(reference, "within_group_r", 2, 0), 1e-10);
    assert_near(drivers.r_with_outcome[1], reference_table(reference, "within_group_r", 2, 1), 1e-10);
    assert_near(drivers.r_with_outcome[2], reference_table(reference, "within_group_r", 2, 3), 1e-10);
    reference_close(reference);
    assert_int_equal(drivers_estimate(&merged, 1, NULL, &one), OK);
    assert_int_equal(drivers_estimate(&whole, 1, NULL, &two), OK);
    for (size_t i = 0; i < one.predictors; i++)
        assert_near(one.lmg[i], two.lmg[i], 1e-11);
}

/* --- bootstrap ----------------------------------------------------------------------------------------- */

static void test_bootstrap_refused(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct cross_moments units[12];
    struct drivers_intervals intervals;
    struct error error;
    for (size_t u = 0; u < COUNT_OF(units); u++) {
        units[u] = (struct cross_moments){.variables = 2};
        const double rows[] = {1, 2, 2, (double)u};
        if (u < 9) {
            cross_moments_add(&units[u], rows);
            cross_moments_add(&units[u], rows + 2);
        }
    }
    assert_int_equal(drivers_bootstrap(units, 12, false, 100, 1, region, &error, &intervals), ERROR_INPUT);
    assert_string_equal(error.reason, "too-few-units");
    assert_int_equal(drivers_bootstrap(units, 9, false, 0, 1, region, &error, &intervals), ERROR_LIMIT);
    assert_int_equal(
        drivers_bootstrap(units, 9, false, DRIVERS_RESAMPLES_MAXIMUM + 1, 1, region, &error, &intervals),
        ERROR_LIMIT);
    /* Only one of twelve rows differs: a third of the resamples miss it. */
    for (size_t u = 0; u < COUNT_OF(units); u++) {
        units[u] = (struct cross_moments){.variables = 2};
        cross_moments_add(&units[u], (const double[]){u == 3, u % 3 == 0});
    }
    assert_int_equal(drivers_bootstrap(units, 12, false, 500, 1, region, &error, &intervals), ERROR_INPUT);
    assert_string_equal(error.reason, "unstable");
}

static void test_bootstrap_seed_and_constant(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    struct generator generator = {21};
    static struct cross_moments units[40];
    double rows[160];
    rows_with_third(&generator, 40, false, rows);
    for (size_t u = 0; u < 40; u++) {
        units[u] = (struct cross_moments){.variables = 4};
        cross_moments_add(&units[u], rows + 4 * u);
    }
    struct drivers_intervals a, b, c;
    assert_int_equal(drivers_bootstrap(units, 40, false, 300, 7, region, NULL, &a), OK);
    assert_int_equal(drivers_bootstrap(units, 40, false, 300, 7, region, NULL, &b), OK);
    assert_int_equal(drivers_bootstrap(units, 40, false, 300, 8, region, NULL, &c), OK);
    assert_int_equal(a.used, 300);
    assert_int_equal(a.units, 40);
    assert_near(a.lmg[0].low, b.lmg[0].low, 0);
    assert_near(a.r2.high, b.r2.high, 0);
    assert_false(a.lmg[0].low <= c.lmg[0].low && a.lmg[0].low >= c.lmg[0].low);
    assert_true(isnan(a.lmg[1].low) && isnan(a.largest[1])); /* the constant */
    assert_near(a.largest[0] + a.largest[2], 1, 1e-12);
    assert_true(a.r2.low < a.r2.high && a.lmg[2].low < a.lmg[2].high);
}

/* Resamples of sums against resamples of rows: the same draws give the same figures. */
static void test_bootstrap_is_resampling_rows(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    enum { UNITS = 15, EACH = 4, P = 3 };
    struct generator generator = {31};
    static double rows[UNITS * EACH * (P + 1)];
    static struct cross_moments units[UNITS];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = 100 + (i % 4 == 3 ? rows[i - 1] - 100 : 0) + draw_normal(&generator);
    for (size_t u = 0; u < UNITS; u++)
        units[u] = moments_of(rows + u * EACH * (P + 1), EACH, P + 1);
    struct drivers_intervals intervals;
    assert_int_equal(drivers_bootstrap(units, UNITS, false, 1, 77, region, NULL, &intervals), OK);
    struct random random;
    random_seeded_init(&random, 77);
    struct cross_moments again = {.variables = P + 1};
    for (size_t draw = 0; draw < UNITS; draw++) {
        size_t u = (size_t)random_integer(&random, UNITS);
        for (size_t row = 0; row < EACH; row++)
            cross_moments_add(&again, rows + (u * EACH + row) * (P + 1));
    }
    struct drivers drivers;
    assert_int_equal(drivers_estimate(&again, 1, NULL, &drivers), OK);
    assert_near(intervals.r2.low, drivers.r2, 1e-11);
    for (size_t i = 0; i < P; i++) {
        assert_near(intervals.lmg[i].high, drivers.lmg[i], 1e-10);
        assert_near(intervals.johnson[i].high, drivers.johnson[i], 1e-10);
        assert_near(intervals.lmg_share[i].low, drivers.lmg_share[i], 1e-10);
    }
}

/* R's own resampling of companies, so equal but for chance: 20,000 resamples leave about 1 % of the width. */
static void test_bootstrap_reference(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(64 << 20);
    static struct cross_moments units[200];
    size_t count;
    struct drivers_intervals intervals;
    (void)load("bh1996", "relative_importance_WBEING", "GRP", units, &count);
    assert_int_equal(
        drivers_bootstrap(units, count, false, 20000, DRIVERS_SEED_DEFAULT, region, NULL, &intervals), OK);
    struct reference *reference = reference_open("bh1996_bootstrap");
    for (size_t i = 0; i < 3; i++) {
        double low = reference_table(reference, "lmg", i, 0), high = reference_table(reference, "lmg", i, 1);
        assert_close(intervals.lmg[i].low, low, 0.03 * (high - low));
        assert_close(intervals.lmg[i].high, high, 0.03 * (high - low));
    }
    double low = reference_element(reference, "R2", 0), high = reference_element(reference, "R2", 1);
    assert_close(intervals.r2.low, low, 0.03 * (high - low));
    assert_close(intervals.r2.high, high, 0.03 * (high - low));
    reference_close(reference);
}

static void test_units(void **state)
{
    (void)state;
    assert_int_equal(drivers_unit(4095, 4096), 4095);
    static size_t counts[DRIVERS_UNITS_MAXIMUM];
    enum { TEAMS = 100000 };
    for (size_t i = 0; i < TEAMS; i++)
        counts[drivers_unit(i, TEAMS)]++;
    for (size_t u = 0; u < DRIVERS_UNITS_MAXIMUM; u++) /* Poisson with mean 24.4 */
        assert_true(counts[u] > 2 && counts[u] < 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments_merge),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_one_predictor),
        cmocka_unit_test(test_constant_predictor),
        cmocka_unit_test(test_collinear_predictor),
        cmocka_unit_test(test_plain_code),
        cmocka_unit_test(test_order_and_scale),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_within_groups),
        cmocka_unit_test(test_bootstrap_refused),
        cmocka_unit_test(test_bootstrap_seed_and_constant),
        cmocka_unit_test(test_bootstrap_is_resampling_rows),
        cmocka_unit_test(test_bootstrap_reference),
        cmocka_unit_test(test_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
