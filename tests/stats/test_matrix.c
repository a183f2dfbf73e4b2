#include "stats/matrix.h"

#include "reference.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ORDER_MAXIMUM = 20 };

#define assert_near(actual, expected, relative) assert_true(is_near((actual), (expected), (relative)))

static void test_refused(void **state)
{
    (void)state;
    double value[1] = {0}, vector[4];
    assert_false(matrix_cholesky(value, 0));
    assert_false(matrix_cholesky(value, 1));
    value[0] = -1;
    assert_false(matrix_cholesky(value, 1));
    value[0] = NAN;
    assert_false(matrix_cholesky(value, 1));
    value[0] = INFINITY;
    assert_false(matrix_cholesky(value, 1));
    assert_false(matrix_cholesky(NULL, MATRIX_ORDER_MAXIMUM + 1));
    double indefinite[] = {1, 2, 2, 1}, singular[] = {1, 1, 1, 1};
    assert_false(matrix_cholesky(indefinite, 2));
    assert_false(matrix_cholesky(singular, 2));
    struct error error = {.code = OK};
    double bad[] = {1, 0, NAN, 1};
    assert_int_equal(matrix_eigen(bad, 2, &error, value, vector), ERROR_INPUT);
    assert_string_equal(error.reason, "not-finite");
    assert_int_equal(matrix_eigen(bad, 0, &error, value, vector), ERROR_LIMIT);
    assert_int_equal(matrix_eigen(NULL, MATRIX_ORDER_MAXIMUM + 1, NULL, value, vector), ERROR_LIMIT);
}

static void test_by_hand(void **state)
{
    (void)state;
    double a[] = {4, 2, 2, 5}, b[] = {2, 7}, values[2], vectors[4];
    assert_int_equal(matrix_eigen(a, 2, NULL, values, vectors), OK);
    assert_near(values[0] + values[1], 9, 1e-14);
    assert_near(values[0] * values[1], 16, 1e-14);
    assert_true(values[0] > values[1]);
    assert_true(matrix_cholesky(a, 2));
    assert_near(a[0], 2, 1e-15);
    assert_near(a[2], 1, 1e-15);
    assert_near(a[3], 2, 1e-15);
    assert_near(matrix_log_determinant(a, 2), log(16), 1e-15);
    double lower[] = {2, 7};
    matrix_solve_lower(a, 2, lower);
    assert_near(lower[0], 1, 1e-15);
    assert_near(lower[1], 3, 1e-15);
    matrix_solve(a, 2, b);
    assert_near(b[0], -0.25, 1e-14);
    assert_near(b[1], 1.5, 1e-15);
    matrix_invert(a, 2);
    assert_near(a[0], 5.0 / 16, 1e-15);
    assert_near(a[1], -2.0 / 16, 1e-15);
    assert_near(a[2], -2.0 / 16, 1e-15);
    assert_near(a[3], 4.0 / 16, 1e-15);
}

/* C C' + 0.1 I of a random C. */
static void random_positive(struct generator *generator, size_t n, double *a)
{
    double c[ORDER_MAXIMUM * ORDER_MAXIMUM];
    for (size_t i = 0; i < n * n; i++)
        c[i] = draw_normal(generator);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i * n + j] = i == j ? 0.1 : 0;
            for (size_t k = 0; k < n; k++)
                a[i * n + j] += c[i * n + k] * c[j * n + k];
        }
}

static void assert_product_is(const double *product, size_t n, const double *expected)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double want = expected != NULL ? expected[i * n + j] : i == j ? 1 : 0;
            assert_true(fabs(product[i * n + j] - want) < 1e-9);
        }
}

static void test_general(void **state)
{
    (void)state;
    double a[] = {0, 2, 0, 1, 0, 0, 0, 3, 5}, b[] = {4, 7, 1}; /* needs rows to change places */
    assert_true(matrix_solve_general(a, 3, b));
    assert_near(b[0], 7, 1e-15);
    assert_near(b[1], 2, 1e-15);
    assert_near(b[2], -1, 1e-15);
    double singular[] = {1, 2, 2, 4}, bad[] = {1, NAN, 0, 1};
    assert_false(matrix_solve_general(singular, 2, b));
    assert_false(matrix_solve_general(bad, 2, b));
    assert_false(matrix_solve_general(bad, 0, b));
}

static void test_random(void **state)
{
    (void)state;
    struct generator generator = {3};
    for (size_t n = 1; n <= ORDER_MAXIMUM; n++) {
        double a[ORDER_MAXIMUM * ORDER_MAXIMUM], work[ORDER_MAXIMUM * ORDER_MAXIMUM];
        double other[ORDER_MAXIMUM * ORDER_MAXIMUM], values[ORDER_MAXIMUM], product = 0;
        random_positive(&generator, n, a);
        memcpy(work, a, n * n * sizeof(double));
        assert_true(matrix_cholesky(work, n));
        double log_determinant = matrix_log_determinant(work, n), b[ORDER_MAXIMUM];
        for (size_t i = 0; i < n; i++) {
            b[i] = 0;
            for (size_t j = 0; j < n; j++)
                b[i] += a[i * n + j] * (double)(j + 1);
        }
        matrix_solve(work, n, b);
        for (size_t i = 0; i < n; i++)
            assert_near(b[i], (double)(i + 1), 1e-9);
        matrix_invert(work, n);
        matrix_multiply(a, work, n, other);
        assert_product_is(other, n, NULL);
        /* a = V D V', |a| = product of the values. */
        double vectors[ORDER_MAXIMUM * ORDER_MAXIMUM], left[ORDER_MAXIMUM * ORDER_MAXIMUM];
        assert_int_equal(matrix_eigen(a, n, NULL, values, vectors), OK);
        for (size_t i = 0; i < n; i++) {
            product += log(values[i]);
            assert_true(i == 0 || values[i] <= values[i - 1]);
            for (size_t k = 0; k < n; k++) {
                left[i * n + k] = vectors[i * n + k] * values[k];
                work[k * n + i] = vectors[i * n + k];
            }
        }
        assert_near(product, log_determinant, 1e-10);
        matrix_multiply(left, work, n, other);
        assert_product_is(other, n, a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_general),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
