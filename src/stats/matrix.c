/* First, because a field of a struct of GSL has the name of a function that base/banned.h poisons. */
#include <gsl/gsl_eigen.h>

#include "stats/matrix.h"

#include "stats/distribution.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>

/* Of what GSL's factoring reads. GSL takes NAN for a pivot, because NAN <= 0 is false. */
static bool lower_is_finite(const double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++)
            if (!isfinite(a[i * n + j]))
                return false;
    return true;
}

bool matrix_cholesky(double *a, size_t n)
{
    if (n == 0 || n > MATRIX_ORDER_MAXIMUM || !lower_is_finite(a, n))
        return false;
    gsl_without_abort();
    gsl_matrix_view view = gsl_matrix_view_array(a, n, n);
    return gsl_linalg_cholesky_decomp1(&view.matrix) == GSL_SUCCESS && lower_is_finite(a, n);
}

double matrix_log_determinant(const double *factor, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += log(factor[i * n + i]);
    return 2 * sum;
}

void matrix_solve(const double *factor, size_t n, double *b)
{
    gsl_matrix_const_view view = gsl_matrix_const_view_array(factor, n, n);
    gsl_vector_view right = gsl_vector_view_array(b, n);
    (void)gsl_linalg_cholesky_svx(&view.matrix, &right.vector);
}

void matrix_solve_lower(const double *factor, size_t n, double *b)
{
    gsl_matrix_const_view view = gsl_matrix_const_view_array(factor, n, n);
    gsl_vector_view right = gsl_vector_view_array(b, n);
    (void)gsl_blas_dtrsv(CblasLower, CblasNoTrans, CblasNonUnit, &view.matrix, &right.vector);
}

void matrix_invert(double *factor, size_t n)
{
    gsl_matrix_view view = gsl_matrix_view_array(factor, n, n);
    (void)gsl_linalg_cholesky_invert(&view.matrix);
}

static void eigen_cleanup(gsl_eigen_symmv_workspace **workspace)
{
    if (*workspace != NULL)
        gsl_eigen_symmv_free(*workspace);
}

static void matrix_cleanup(gsl_matrix **matrix)
{
    if (*matrix != NULL)
        gsl_matrix_free(*matrix);
}

enum error_code matrix_eigen(const double *a, size_t n, struct error *error, double *ret_values,
                             double *ret_vectors)
{
    if (n == 0 || n > MATRIX_ORDER_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-large", "a matrix of order %zu", n);
    if (!lower_is_finite(a, n))
        return FAIL(error, ERROR_INPUT, "not-finite", "a matrix holds a number that is not finite");
    gsl_without_abort();
    CLEANUP(eigen_cleanup) gsl_eigen_symmv_workspace *workspace = gsl_eigen_symmv_alloc(n);
    CLEANUP(matrix_cleanup) gsl_matrix *copy = gsl_matrix_alloc(n, n); /* GSL overwrites its input */
    if (workspace == NULL || copy == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a matrix of order %zu", n);
    gsl_matrix_const_view view = gsl_matrix_const_view_array(a, n, n);
    gsl_vector_view values = gsl_vector_view_array(ret_values, n);
    gsl_matrix_view vectors = gsl_matrix_view_array(ret_vectors, n, n);
    (void)gsl_matrix_memcpy(copy, &view.matrix);
    if (gsl_eigen_symmv(copy, &values.vector, &vectors.matrix, workspace) != GSL_SUCCESS ||
        gsl_eigen_symmv_sort(&values.vector, &vectors.matrix, GSL_EIGEN_SORT_VAL_DESC) != GSL_SUCCESS)
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "no eigenvalues found");
    return OK;
}

bool matrix_solve_general(double *a, size_t n, double *b)
{
    size_t order[MATRIX_ORDER_MAXIMUM];
    if (n == 0 || n > MATRIX_ORDER_MAXIMUM)
        return false;
    for (size_t i = 0; i < n * n; i++)
        if (!isfinite(a[i]))
            return false;
    gsl_without_abort();
    gsl_matrix_view view = gsl_matrix_view_array(a, n, n);
    gsl_vector_view right = gsl_vector_view_array(b, n);
    gsl_permutation permutation = {.size = n, .data = order};
    int sign;
    if (gsl_linalg_LU_decomp(&view.matrix, &permutation, &sign) != GSL_SUCCESS ||
        gsl_linalg_LU_svx(&view.matrix, &permutation, &right.vector) != GSL_SUCCESS)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(b[i]))
            return false;
    return true;
}

void matrix_multiply(const double *a, const double *b, size_t n, double *result)
{
    gsl_matrix_const_view left = gsl_matrix_const_view_array(a, n, n);
    gsl_matrix_const_view right = gsl_matrix_const_view_array(b, n, n);
    gsl_matrix_view out = gsl_matrix_view_array(result, n, n);
    (void)gsl_blas_dgemm(CblasNoTrans, CblasNoTrans, 1, &left.matrix, &right.matrix, 0, &out.matrix);
}
