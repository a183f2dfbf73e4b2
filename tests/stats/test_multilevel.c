#include "stats/multilevel.h"

#include "reference.h"

#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { GROUPS_MAXIMUM = 200 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static struct group_sums one_value(double value)
{
    return (struct group_sums){.n = 1, .mean = value, .sum_squared_deviations = 0};
}

/* Groups by a key, in the order in which the keys appear. */
struct grouped {
    struct group_sums groups[GROUPS_MAXIMUM];
    const char *keys[GROUPS_MAXIMUM];
    size_t count;
};

static struct group_sums *group_of(struct grouped *grouped, const char *key)
{
    for (size_t i = 0; i < grouped->count; i++)
        if (strcmp(grouped->keys[i], key) == 0)
            return &grouped->groups[i];
    assert_true(grouped->count < GROUPS_MAXIMUM);
    grouped->keys[grouped->count] = key;
    grouped->groups[grouped->count].n = 0;
    return &grouped->groups[grouped->count++];
}

static void add(struct grouped *grouped, const char *key, double value)
{
    struct group_sums *group = group_of(grouped, key);
    *group = group_sums_merge(*group, one_value(value));
}

/* --- sums ---------------------------------------------------------------------------------------------- */

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

/* --- random intercept: degenerate cases --------------------------------------------------------------- */

static void assert_refused(const struct group_sums *groups, size_t count, const char *reason)
{
    struct error error = {.code = OK};
    struct random_intercept model = {.mu = 12345};
    assert_int_equal(random_intercept_reml(groups, count, &error, &model), ERROR_INPUT);
    assert_string_equal(error.reason, reason);
    assert_near(model.mu, 12345, 0);
    assert_int_equal(random_intercept_reml(groups, count, NULL, &model), ERROR_INPUT);
}

static void test_reml_refused(void **state)
{
    (void)state;
    assert_refused(NULL, 0, "too-little-data");
    struct group_sums one[] = {{.n = 0, .mean = NAN}, {.n = 8, .mean = 3, .sum_squared_deviations = 4}};
    assert_refused(one, 1, "too-little-data");
    assert_refused(one, 2, "too-little-data");
    struct group_sums singletons[] = {one_value(1), one_value(2), one_value(5)};
    assert_refused(singletons, 3, "too-little-data");
    singletons[1].sum_squared_deviations = 1; /* cannot be: one value has none */
    assert_refused(singletons, 3, "too-little-data");
    struct group_sums agreed[] = {{.n = 5, .mean = 3}, {.n = 6, .mean = 4}};
    assert_refused(agreed, 2, "too-little-data");
    struct group_sums nothing_at_all[] = {{.n = 5, .mean = 3}, {.n = 6, .mean = 3}};
    assert_refused(nothing_at_all, 2, "too-little-data");
    /* 0.1 added up three and six times: the variance is rounding only. */
    struct group_sums rounding[2] = {{.n = 0}, {.n = 0}};
    for (int i = 0; i < 9; i++)
        rounding[i % 2] = group_sums_merge(rounding[i % 2], one_value(i < 3 ? 0.1 + 0.2 : 0.3));
    assert_refused(rounding, 2, "too-little-data");
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

/* --- random intercept: reference results -------------------------------------------------------------- */

static double at(const struct reference *reference, const char *prefix, const char *path)
{
    char name[200];
    (void)snprintf(name, sizeof(name), "%s/%s", prefix, path);
    return reference_number(reference, name);
}

static void check_groups(const struct reference *reference, const char *prefix, struct grouped *grouped,
                         const struct random_intercept *model)
{
    char path[4][100];
    const char *columns[] = {"per_group/group", "per_group/mean", "per_group/shrunken_mean",
                             "per_group/se_mean_incl_mu"};
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        (void)snprintf(path[i], sizeof(path[i]), "%s/%s", prefix, columns[i]);
    char conditional[100], reliability[100];
    (void)snprintf(conditional, sizeof(conditional), "%s/per_group/se_conditional", prefix);
    (void)snprintf(reliability, sizeof(reliability), "%s/per_group/reliability", prefix);
    assert_int_equal(reference_length(reference, path[0]), grouped->count);
    for (size_t i = 0; i < grouped->count; i++) {
        const struct group_sums *group = group_of(grouped, reference_text(reference, path[0], i));
        assert_true(group->n > 0);
        struct pooled_mean pooled = pooled_mean(model, *group);
        assert_near(group->mean, reference_element(reference, path[1], i), 1e-8);
        assert_near(pooled.mean, reference_element(reference, path[2], i), 1e-8);
        assert_near(pooled.se_including_mu, reference_element(reference, path[3], i), 1e-8);
        assert_near(pooled.se_conditional, reference_element(reference, conditional, i), 1e-8);
        assert_near(pooled.lambda, reference_element(reference, reliability, i), 1e-8);
    }
}

static void check_model(const struct reference *reference, const char *prefix, struct grouped *grouped)
{
    struct random_intercept model;
    struct error error;
    assert_int_equal(random_intercept_reml(grouped->groups, grouped->count, &error, &model), OK);
    assert_near(model.mu, at(reference, prefix, "reml/mu"), 1e-10);
    assert_near(model.se_mu, at(reference, prefix, "reml/se_mu"), 1e-7);
    assert_near(model.tau2, at(reference, prefix, "reml/tau2"), 1e-7);
    assert_near(model.sigma2, at(reference, prefix, "reml/sigma2"), 1e-7);
    assert_near(model.icc1, at(reference, prefix, "reml/icc1"), 1e-7);
    assert_near(model.log_likelihood, at(reference, prefix, "reml/loglik"), 1e-10);
    assert_false(model.boundary);
    int64_t df;
    double within = pooled_within_variance(grouped->groups, grouped->count, &df);
    assert_near(within, at(reference, prefix, "anova/msw"), 1e-10);
    assert_near((double)df, at(reference, prefix, "anova/df2"), 0);
    check_groups(reference, prefix, grouped, &model);
}

static void test_bhr2000(void **state)
{
    (void)state;
    struct table *table = table_open("bhr2000");
    struct reference *reference = reference_open("bhr2000");
    assert_int_equal(table_rows(table), 5400);
    /* Scores as the product forms them: integer sums of 11 items, so the denominator is 11. */
    static struct grouped scores, hours;
    int64_t n[GROUPS_MAXIMUM] = {0}, sum[GROUPS_MAXIMUM] = {0}, squares[GROUPS_MAXIMUM] = {0};
    size_t first = table_column(table, "AF06"), hrs = table_column(table, "HRS");
    for (size_t row = 0; row < table_rows(table); row++) {
        int64_t total = 0;
        for (size_t item = first; item < first + 11; item++)
            total += (int64_t)table_number(table, row, item);
        size_t g = (size_t)(group_of(&scores, table_text(table, row, 0)) - scores.groups);
        n[g]++;
        sum[g] += total;
        squares[g] += total * total;
        add(&hours, table_text(table, row, 0), table_number(table, row, hrs));
    }
    for (size_t g = 0; g < scores.count; g++)
        scores.groups[g] = group_sums_from_integers(n[g], sum[g], squares[g], 11);
    check_model(reference, "lead_score", &scores);
    check_model(reference, "hrs", &hours);
    reference_close(reference);
    table_close(table);
}

static void test_bh1996(void **state)
{
    (void)state;
    struct table *table = table_open("bh1996");
    struct reference *reference = reference_open("bh1996");
    const char *variables[] = {"COHES", "LEAD", "WBEING", "HRS"};
    for (size_t i = 0; i < COUNT_OF(variables); i++) {
        struct grouped grouped = {.count = 0};
        size_t column = table_column(table, variables[i]);
        for (size_t row = 0; row < table_rows(table); row++)
            add(&grouped, table_text(table, row, 0), table_number(table, row, column));
        char prefix[40];
        (void)snprintf(prefix, sizeof(prefix), "variables/%s", variables[i]);
        check_model(reference, prefix, &grouped);
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
    check_model(reference, "score", &grouped);
    reference_close(reference);
    table_close(table);
}

static void test_dyestuff_closed_form(void **state)
{
    (void)state;
    struct table *table = table_open("dyestuff");
    struct reference *reference = reference_open("dyestuff");
    struct grouped grouped = {.count = 0};
    for (size_t row = 0; row < table_rows(table); row++)
        add(&grouped, table_text(table, row, 0), table_number(table, row, 1));
    check_model(reference, "yield", &grouped);
    /* Balanced groups of 5: tau2 = (MSB - MSW) / 5, sigma2 = MSW, Var(mu) = MSB / 30. */
    struct random_intercept model;
    assert_int_equal(random_intercept_reml(grouped.groups, grouped.count, NULL, &model), OK);
    assert_near(model.sigma2, 2451.25, 1e-12);
    assert_near(model.tau2, (11271.5 - 2451.25) / 5, 1e-12);
    assert_near(model.mu, 1527.5, 1e-14);
    assert_near(model.se_mu, sqrt(11271.5 / 30), 1e-12);
    assert_near(-2 * model.log_likelihood, 319.6543, 1e-6); /* as published */
    reference_close(reference);
    table_close(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_of_nothing),
        cmocka_unit_test(test_sums_from_integers),
        cmocka_unit_test(test_merge_is_union),
        cmocka_unit_test(test_pooled_within_variance),
        cmocka_unit_test(test_interval_refused),
        cmocka_unit_test(test_interval_quantiles),
        cmocka_unit_test(test_reml_refused),
        cmocka_unit_test(test_reml_boundary),
        cmocka_unit_test(test_reml_empty_groups_and_singletons),
        cmocka_unit_test(test_reml_is_the_maximum),
        cmocka_unit_test(test_reml_with_two_maxima),
        cmocka_unit_test(test_reml_moves_with_the_scale),
        cmocka_unit_test(test_bhr2000),
        cmocka_unit_test(test_bh1996),
        cmocka_unit_test(test_cohesion),
        cmocka_unit_test(test_dyestuff_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
