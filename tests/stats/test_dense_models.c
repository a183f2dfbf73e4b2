/* The models with random group means against the same likelihood from whole matrices: V = tau2 Z Z' +
 * sigma2 I of all people, generalised least squares, no sums. */
#include "grouped.h"
#include "stats/contextual.h"
#include "stats/matrix.h"
#include "stats/random_intercept.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

enum { PEOPLE = 24, COEFFICIENTS = 3 };

struct dense {
    size_t n, coefficients;
    size_t group[PEOPLE];
    double y[PEOPLE], x[PEOPLE][COEFFICIENTS]; /* x[i][0] = 1 */
    bool restricted;
};

/* Log likelihood at t = tau2 / sigma2, over coefficients and sigma2. */
static double log_likelihood(const struct dense *data, double t, double *ret_coefficients)
{
    size_t n = data->n, p = data->coefficients;
    double v[PEOPLE * PEOPLE], solved[COEFFICIENTS + 1][PEOPLE], a[COEFFICIENTS * COEFFICIENTS];
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            v[i * n + j] = (i == j) + (data->group[i] == data->group[j] ? t : 0);
    assert_true(matrix_cholesky(v, n));
    double determinant = matrix_log_determinant(v, n);
    for (size_t k = 0; k <= p; k++) {
        for (size_t i = 0; i < n; i++)
            solved[k][i] = k < p ? data->x[i][k] : data->y[i];
        matrix_solve(v, n, solved[k]);
    }
    double *b = ret_coefficients, square = 0;
    for (size_t k = 0; k < p; k++) {
        b[k] = 0;
        for (size_t i = 0; i < n; i++)
            b[k] += data->x[i][k] * solved[p][i];
        for (size_t l = 0; l < p; l++) {
            a[k * p + l] = 0;
            for (size_t i = 0; i < n; i++)
                a[k * p + l] += data->x[i][k] * solved[l][i];
        }
    }
    assert_true(matrix_cholesky(a, p));
    matrix_solve(a, p, b);
    for (size_t i = 0; i < n; i++) {
        double fitted = 0;
        for (size_t k = 0; k < p; k++)
            fitted += b[k] * data->x[i][k];
        square += (data->y[i] - fitted) * solved[p][i];
    }
    double nu = (double)(data->restricted ? n - p : n);
    double restriction = data->restricted ? matrix_log_determinant(a, p) : 0;
    return -(nu * (log(2 * M_PI * square / nu) + 1) + determinant + restriction) / 2;
}

/* A fine grid, then golden section around its best point. */
static double best_t(const struct dense *data, double *ret_log_likelihood, double *ret_coefficients)
{
    double best = 0, top = log_likelihood(data, 0, ret_coefficients);
    for (double t = 1e-6; t < 1e5; t *= 1.15) {
        double value = log_likelihood(data, t, ret_coefficients);
        if (value > top) {
            top = value;
            best = t;
        }
    }
    const double golden = (sqrt(5) - 1) / 2;
    double low = best / 1.15, high = best * 1.15;
    for (int i = 0; best > 0 && i < 60; i++) {
        double a = high - golden * (high - low), b = low + golden * (high - low);
        if (log_likelihood(data, a, ret_coefficients) > log_likelihood(data, b, ret_coefficients))
            high = b;
        else
            low = a;
    }
    best = best > 0 ? (low + high) / 2 : 0;
    *ret_log_likelihood = log_likelihood(data, best, ret_coefficients);
    return best;
}

static void draw(struct generator *generator, struct dense *data)
{
    size_t groups = 4 + (size_t)(draw_uniform(generator) * 4);
    double spread = 2 * draw_uniform(generator), own[8], level[8];
    for (size_t g = 0; g < 8; g++) {
        own[g] = spread * draw_normal(generator);
        level[g] = draw_normal(generator);
    }
    data->n = PEOPLE;
    for (size_t i = 0; i < PEOPLE; i++) {
        /* Sizes differ: half of the people are in two groups. */
        size_t g = i % 2 == 0 ? i / 2 % groups : i % 4 / 2;
        data->group[i] = g;
        data->x[i][0] = 1;
        data->x[i][1] = level[g] + draw_normal(generator);
        data->y[i] = own[g] + 0.4 * data->x[i][1] + draw_normal(generator);
    }
}

/* The likelihood is flat at its top: to the eighth digit of t it is the same. */
static void check(const struct dense *data, double t, double found)
{
    double coefficients[COEFFICIENTS], expected, at = best_t(data, &expected, coefficients);
    assert_near(found, expected, 1e-11);
    assert_near(log_likelihood(data, t, coefficients), expected, 1e-11);
    assert_true(fabs(t - at) <= 1e-5 * at);
}

static void test_random_intercept(void **state)
{
    (void)state;
    struct generator generator = {31};
    int boundary = 0;
    for (int repeat = 0; repeat < 60; repeat++) {
        struct dense data = {.coefficients = 1};
        draw(&generator, &data);
        struct group_sums groups[8] = {{.n = 0}};
        for (size_t i = 0; i < data.n; i++)
            groups[data.group[i]] = group_sums_merge(groups[data.group[i]], one_value(data.y[i]));
        for (int restricted = 0; restricted < 2; restricted++) {
            data.restricted = restricted;
            struct random_intercept model;
            assert_int_equal(restricted ? random_intercept_reml(groups, 8, NULL, &model)
                                        : random_intercept_ml(groups, 8, NULL, &model),
                             OK);
            double t = model.tau2 / model.sigma2, mu;
            check(&data, t, model.log_likelihood);
            (void)log_likelihood(&data, t, &mu);
            assert_near(model.mu, mu, 1e-9);
            boundary += model.boundary;
        }
    }
    assert_true(boundary > 3 && boundary < 100);
}

static void test_contextual(void **state)
{
    (void)state;
    struct generator generator = {32};
    int boundary = 0;
    for (int repeat = 0; repeat < 60; repeat++) {
        struct dense data = {.coefficients = 3, .restricted = true};
        draw(&generator, &data);
        struct paired_sums groups[8] = {{.n = 0}};
        for (size_t i = 0; i < data.n; i++)
            groups[data.group[i]] =
                paired_sums_merge(groups[data.group[i]],
                                  (struct paired_sums){.n = 1, .mean_x = data.x[i][1], .mean_y = data.y[i]});
        for (size_t i = 0; i < data.n; i++) {
            data.x[i][2] = groups[data.group[i]].mean_x;
            data.x[i][1] -= data.x[i][2];
        }
        struct contextual_model model;
        assert_int_equal(contextual_reml(groups, 8, NULL, &model), OK);
        double t = model.tau2 / model.sigma2, b[COEFFICIENTS];
        check(&data, t, model.log_likelihood);
        (void)log_likelihood(&data, t, b);
        assert_true(fabs(model.intercept - b[0]) < 1e-9);
        assert_true(fabs(model.within - b[1]) < 1e-9);
        assert_true(fabs(model.between - b[2]) < 1e-9);
        boundary += model.boundary;
    }
    assert_true(boundary > 3 && boundary < 55);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_intercept),
        cmocka_unit_test(test_contextual),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
