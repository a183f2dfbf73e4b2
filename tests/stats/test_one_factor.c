#include "stats/one_factor.h"

#include "scale_data.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static enum error_code code_of(struct region *region, const double *covariance, size_t items, int64_t n,
                               const char *reason)
{
    struct error error = {0};
    struct one_factor model;
    enum error_code code = one_factor_ml(covariance, items, n, region, &error, &model);
    if (code != OK)
        assert_string_equal(error.reason, reason);
    return code;
}

static struct one_factor factor(struct region *region, const double *covariance, size_t items, int64_t n)
{
    struct error error = {0};
    struct one_factor model;
    enum error_code code = one_factor_ml(covariance, items, n, region, &error, &model);
    if (code != OK)
        (void)fprintf(stderr, "%s: %s\n", error.reason, error.detail);
    assert_int_equal(code, OK);
    return model;
}

static void test_refused(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    const double two[] = {1, 0.5, 0.5, 1}, constant[] = {1, 0.5, 0, 0.5, 1, 0, 0, 0, 0};
    const double same[] = {1, 1, 0.5, 1, 1, 0.5, 0.5, 0.5, 1}, none[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    const double pair[] = {1, 0.5, 0, 0, 0.5, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    const double unknown[] = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    assert_int_equal(code_of(region, two, 2, 100, "too-few-items"), ERROR_INPUT);
    assert_int_equal(code_of(region, none, 3, 1, "too-little-data"), ERROR_INPUT);
    assert_int_equal(code_of(region, constant, 3, 100, "constant-item"), ERROR_INPUT);
    assert_int_equal(code_of(region, unknown, 3, 100, "constant-item"), ERROR_INPUT);
    assert_int_equal(code_of(region, same, 3, 100, "singular"), ERROR_INPUT);
    assert_int_equal(code_of(region, none, 3, 100, "not-identified"), ERROR_INPUT);
    assert_int_equal(code_of(region, pair, 4, 100, "not-identified"), ERROR_INPUT);
}

/* Three items: every covariance is reproduced, loading 1 = sqrt(s12 s13 / s23); df 0 has no p value. */
static void test_three_items(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    const double covariance[] = {4, 1.2, 0.8, 1.2, 2, 0.5, 0.8, 0.5, 1};
    double to_n = 99.0 / 100;
    struct one_factor model = factor(region, covariance, 3, 100);
    assert_false(model.heywood);
    assert_near(model.loadings[0], sqrt(1.2 * 0.8 / 0.5 * to_n), 1e-12);
    assert_near(model.residual_variances[0], (4 - 1.2 * 0.8 / 0.5) * to_n, 1e-12);
    assert_int_equal(model.fit.df, 0);
    assert_true(isnan(model.fit.pvalue));
    assert_true(model.fit.chisq < 1e-9);
    assert_near(model.fit.cfi, 1, 1e-12);
    assert_near(model.fit.tli, 1, 0);
    assert_near(model.fit.rmsea_ci_upper, 0, 0);
    assert_near(model.omega_total, model.omega_total_denominator_observed, 1e-12);
}

/* s12 s13 / s23 above s11: a residual variance wants to be below 0 and is held there. */
static void test_heywood(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    const double covariance[] = {1, 0.7, 0.7, 0.7, 1, 0.3, 0.7, 0.3, 1};
    struct one_factor model = factor(region, covariance, 3, 1000);
    assert_true(model.heywood);
    assert_int_equal(model.heywood_item, 0);
    assert_near(model.residual_variances[0], 0, 0);
    assert_near(model.std_loadings[0], 1, 1e-15);
    assert_near(model.std_loadings[1], 0.7, 1e-12);
    assert_near(model.residual_variances[1], (1 - 0.49) * 0.999, 1e-12);
    assert_near(model.omega_total, 5.76 / (5.76 + 1.02), 1e-12);
    assert_true(isnan(model.omega_se_delta) && isnan(model.omega_ci95_delta[0]));
    /* ln (1 - .49)^2 - ln |R| */
    assert_near(model.fit.chisq, 1000 * (2 * log(0.51) - log(1 - 0.49 - 0.49 - 0.09 + 2 * 0.147)), 1e-10);
    /* No bounded point nearby is better: with a residual of e for item 1 and the best rest. */
    assert_true(model.fit.chisq > 0);
}

/* Items that are keyed the other way load negatively; the sum of the loadings is kept positive. */
static void test_signs(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
    const double covariance[] = {1,    -0.3, -0.3, -0.3, -0.3, 1,   0.3, 0.3,
                                 -0.3, 0.3,  1,    0.3,  -0.3, 0.3, 0.3, 1};
    struct one_factor model = factor(region, covariance, 4, 200);
    assert_true(model.loadings[0] < 0 && model.loadings[1] > 0);
    assert_near(model.std_loadings[0], sqrt(0.3), 1e-12);
    assert_near(model.std_loadings[3], sqrt(0.3), 1e-12);
}

/* A covariance that one factor makes gives that factor back. */
static void test_recovers(void **state)
{
    (void)state;
    struct generator generator = {99};
    for (int repeat = 0; repeat < 60; repeat++) {
        CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
        size_t items = 3 + (size_t)repeat % 12;
        double loadings[16], residuals[16], covariance[256];
        for (size_t a = 0; a < items; a++) {
            loadings[a] = 0.3 + 2 * draw_uniform(&generator);
            residuals[a] = 0.2 + draw_uniform(&generator);
        }
        for (size_t a = 0; a < items; a++)
            for (size_t b = 0; b < items; b++)
                covariance[a * items + b] = loadings[a] * loadings[b] + (a == b ? residuals[a] : 0);
        struct one_factor model = factor(region, covariance, items, 1000);
        assert_false(model.heywood);
        for (size_t a = 0; a < items; a++) {
            assert_near(model.loadings[a], loadings[a] * sqrt(0.999), 1e-9);
            assert_near(model.residual_variances[a], residuals[a] * 0.999, 1e-8);
        }
        assert_true(model.fit.chisq < 1e-8);
        assert_true(model.fit.srmr < 1e-9);
    }
}

/* At the optimum any small move makes the discrepancy larger; checked with plain Gaussian elimination. */
static double discrepancy(const double *loadings, const double *residuals, const double *r, size_t p)
{
    double a[12][24], log_determinant = 0, trace = 0;
    for (size_t i = 0; i < p; i++)
        for (size_t j = 0; j < p; j++) {
            a[i][j] = loadings[i] * loadings[j] + (i == j ? residuals[i] : 0);
            a[i][p + j] = r[i * p + j];
        }
    for (size_t k = 0; k < p; k++) {
        log_determinant += log(a[k][k]);
        for (size_t i = 0; i < p; i++) {
            double factor_ik = a[i][k] / a[k][k];
            for (size_t j = k; i != k && j < 2 * p; j++)
                a[i][j] -= factor_ik * a[k][j];
        }
    }
    for (size_t i = 0; i < p; i++)
        trace += a[i][p + i] / a[i][i];
    return log_determinant + trace;
}

static void test_is_an_optimum(void **state)
{
    (void)state;
    struct generator generator = {4};
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct item_moments moments = scale_moments(region, "holzinger1939", "x1", 9);
    struct one_factor model = factor(region, moments.covariance, 9, 301);
    double s[81], loadings[9], residuals[9];
    for (size_t i = 0; i < 81; i++)
        s[i] = moments.covariance[i] * 300 / 301;
    double best = discrepancy(model.loadings, model.residual_variances, s, 9);
    for (int repeat = 0; repeat < 300; repeat++) {
        for (size_t i = 0; i < 9; i++) {
            loadings[i] = model.loadings[i] + 1e-4 * draw_normal(&generator);
            residuals[i] = model.residual_variances[i] + 1e-4 * draw_normal(&generator);
        }
        assert_true(discrepancy(loadings, residuals, s, 9) > best);
    }
}

/* EM for long, from another start: slow, but it always goes down. */
static double long_em(const double *r, size_t p)
{
    double l[12], e[12], b[12], rb[12];
    for (size_t i = 0; i < p; i++) {
        l[i] = 0.5;
        e[i] = 0.75;
    }
    for (int step = 0; step < 20000; step++) {
        double common = 0, bl = 0, brb = 0;
        for (size_t i = 0; i < p; i++)
            common += l[i] * l[i] / e[i];
        for (size_t i = 0; i < p; i++) {
            b[i] = l[i] / e[i] / (1 + common);
            bl += b[i] * l[i];
        }
        for (size_t i = 0; i < p; i++) {
            rb[i] = 0;
            for (size_t j = 0; j < p; j++)
                rb[i] += r[i * p + j] * b[j];
            brb += b[i] * rb[i];
        }
        for (size_t i = 0; i < p; i++) {
            l[i] = rb[i] / (1 - bl + brb);
            e[i] = fmax(1 - l[i] * rb[i], 1e-9);
        }
    }
    return discrepancy(l, e, r, p);
}

/* Small random data, where fits are poor and Heywood cases common: never worse than EM. */
static void test_random_data(void **state)
{
    (void)state;
    struct generator generator = {2024};
    int heywood = 0, found = 0;
    for (int repeat = 0; repeat < 120; repeat++) {
        CLEANUP(region_cleanup) struct region *region = region_new(16 << 20);
        size_t p = 3 + (size_t)repeat % 5, n = 8 + (size_t)repeat % 30;
        double columns[8][40], r[64];
        const double *pointers[8];
        for (size_t i = 0; i < p; i++)
            pointers[i] = columns[i];
        for (size_t row = 0; row < n; row++) {
            double common = draw_normal(&generator);
            for (size_t i = 0; i < p; i++)
                columns[i][row] = 0.6 * common + draw_normal(&generator);
        }
        struct error error = {0};
        struct item_sums *sums = NULL;
        struct item_moments moments;
        assert_int_equal(item_sums_new(p, region, &error, &sums), OK);
        item_sums_add_numbers(sums, pointers, n);
        assert_int_equal(item_sums_moments(sums, NULL, 0, region, &error, &moments), OK);
        struct one_factor model;
        if (one_factor_ml(moments.covariance, p, (int64_t)n, region, &error, &model) != OK)
            continue;
        for (size_t i = 0; i < p * p; i++)
            r[i] = moments.covariance[i] /
                   sqrt(moments.covariance[i / p * (p + 1)] * moments.covariance[i % p * (p + 1)]);
        double logl =
            2 * model.fit.logl; /* minus n (p ln 2 pi + ln |Sigma| + trace), in units of the items */
        for (size_t i = 0; i < p; i++)
            logl += (double)n * log(2 * M_PI * moments.covariance[i * p + i] * (double)(n - 1) / (double)n);
        double best = -logl / (double)n, em = long_em(r, p);
        if (best > em + 1e-7)
            (void)fprintf(stderr, "repeat %d: %.12g, EM %.12g, Heywood %d\n", repeat, best, em,
                          model.heywood);
        assert_true(best <= em + 1e-7);
        heywood += model.heywood;
        found += !model.heywood;
    }
    assert_true(found > 40 && heywood > 5);
}

static void check_fit(const struct factor_fit *fit, const struct reference *expected, const char *block)
{
    char path[100];
    (void)snprintf(path, sizeof path, "%s/one_factor_ml/fit", block);
    assert_true(fabs(fit->chisq - block_number(expected, path, "chisq")) < 1e-3);
    assert_near((double)fit->df, block_number(expected, path, "df"), 0);
    if (fit->df > 0)
        assert_true(fabs(fit->pvalue - block_number(expected, path, "pvalue")) < 1e-6);
    assert_true(fabs(fit->cfi - block_number(expected, path, "cfi")) < 1e-6);
    assert_true(fabs(fit->tli - block_number(expected, path, "tli")) < 1e-6);
    assert_true(fabs(fit->rmsea - block_number(expected, path, "rmsea")) < 1e-6);
    assert_true(fabs(fit->rmsea_ci_lower - block_number(expected, path, "rmsea.ci.lower")) < 1e-5);
    assert_true(fabs(fit->rmsea_ci_upper - block_number(expected, path, "rmsea.ci.upper")) < 1e-5);
    assert_true(fabs(fit->srmr - block_number(expected, path, "srmr")) < 1e-6);
    assert_near(fit->logl, block_number(expected, path, "logl"), 1e-8);
    assert_near(fit->aic, block_number(expected, path, "aic"), 1e-8);
    assert_near(fit->bic, block_number(expected, path, "bic"), 1e-8);
}

static void check_reference(const char *name, const char *block, const char *first, size_t items)
{
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    char path[100];
    (void)snprintf(path, sizeof path, "%s/one_factor_ml", block);
    struct item_moments moments = scale_moments(region, name, first, items);
    struct reference *expected = reference_open(name);
    struct one_factor model = factor(region, moments.covariance, items, moments.complete);
    assert_false(model.heywood);
    for (size_t i = 0; i < items; i++) {
        assert_near(model.loadings[i], block_element(expected, path, "loadings", i), 1e-8);
        assert_near(model.residual_variances[i], block_element(expected, path, "residual_variances", i),
                    1e-8);
        assert_near(model.std_loadings[i], block_element(expected, path, "std_loadings", i), 1e-4);
    }
    assert_near(model.omega_total, block_number(expected, path, "omega_total"), 1e-8);
    assert_near(model.omega_total_denominator_observed,
                block_number(expected, path, "omega_total_denominator_observed"), 1e-8);
    assert_near(model.omega_se_delta, block_number(expected, path, "omega_se_delta"), 1e-4);
    assert_near(model.omega_ci95_delta[0], block_element(expected, path, "omega_ci95_delta", 0), 1e-5);
    assert_near(model.omega_ci95_delta[1], block_element(expected, path, "omega_ci95_delta", 1), 1e-5);
    assert_near(model.ave, block_number(expected, path, "ave"), 1e-4);
    check_fit(&model.fit, expected, block);
    reference_close(expected);
}

static void test_reference(void **state)
{
    (void)state;
    check_reference("bhr2000", "lead_items", "AF06", 11);
    check_reference("holzinger1939", "one_factor_x1_x9", "x1", 9);
    check_reference("holzinger1939", "visual", "x1", 3);
    check_reference("holzinger1939", "textual", "x4", 3);
    check_reference("holzinger1939", "speed", "x7", 3);
}

/* Ten people and a poor fit, where scoring without the observed curvature does not settle. Values of
 * lavaan 0.6-14. */
static void test_poor_fit(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct item_moments moments = scale_moments(region, "cohesion", "COH01", 5);
    struct one_factor model = factor(region, moments.covariance, 5, moments.complete);
    assert_true(fabs(model.fit.chisq - 18.274) < 5e-4);
    assert_true(fabs(model.loadings[0] - 0.528) < 5e-4 && fabs(model.residual_variances[3] - 0.058) < 5e-4);
}

/* Other units and another order of items change nothing but units and order. */
static void test_permuted_and_scaled(void **state)
{
    (void)state;
    CLEANUP(region_cleanup) struct region *region = region_new(32 << 20);
    struct item_moments moments = scale_moments(region, "holzinger1939", "x1", 9);
    double turned[81];
    for (size_t a = 0; a < 9; a++)
        for (size_t b = 0; b < 9; b++)
            turned[a * 9 + b] = 25 * moments.covariance[(a * 2 + 5) % 9 * 9 + (b * 2 + 5) % 9];
    struct one_factor x = factor(region, moments.covariance, 9, 301), y = factor(region, turned, 9, 301);
    assert_near(y.omega_total, x.omega_total, 1e-10);
    assert_near(y.omega_se_delta, x.omega_se_delta, 1e-9);
    assert_near(y.fit.chisq, x.fit.chisq, 1e-10);
    for (size_t a = 0; a < 9; a++)
        assert_near(y.loadings[a], 5 * x.loadings[(a * 2 + 5) % 9], 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),     cmocka_unit_test(test_three_items),
        cmocka_unit_test(test_heywood),     cmocka_unit_test(test_signs),
        cmocka_unit_test(test_recovers),    cmocka_unit_test(test_is_an_optimum),
        cmocka_unit_test(test_random_data), cmocka_unit_test(test_reference),
        cmocka_unit_test(test_poor_fit),    cmocka_unit_test(test_permuted_and_scaled),
    };
    return cmocka_run_group_tests_name("one_factor", tests, NULL, NULL);
}
