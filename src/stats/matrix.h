/* Small dense matrices, mostly symmetric, in plain arrays, row by row: element (i, j) of a matrix of
 * order n is a[i * n + j]. A thin layer over GSL's linear algebra (Golub & Van Loan, Matrix Computations,
 * 4th edition 2013, chapters 4 and 8), which stays inside. Nothing here ends the process on a bad matrix. */
#ifndef HECHT_STATS_MATRIX_H
#define HECHT_STATS_MATRIX_H

#include "base/base.h"

enum { MATRIX_ORDER_MAXIMUM = 256 };

/* Overwrites a symmetric a by its factor L, a = L L': the lower triangle holds L, the rest is scratch.
 * False when a is not positive definite or not finite, or n is 0 or past the maximum; a is then scratch.
 * n^3 / 3. */
bool matrix_cholesky(double *a, size_t n) MUST_CHECK;
/* ln |a| of the factored a. */
double matrix_log_determinant(const double *factor, size_t n);
/* b := a^-1 b for the factored a. n^2. */
void matrix_solve(const double *factor, size_t n, double *b);
/* b := L^-1 b for the factored a: the squares of the result add to b' a^-1 b. */
void matrix_solve_lower(const double *factor, size_t n, double *b);
/* Overwrites the factor by a^-1, both triangles. n^3. */
void matrix_invert(double *factor, size_t n);

/* a = V diag(values) V': values falling, the vector of value k in column k: vectors[i * n + k]. Only the
 * lower triangle of a is read. ERROR_INPUT, reason "not-finite"; ERROR_LIMIT, ERROR_MEMORY,
 * ERROR_INTERNAL. */
enum error_code matrix_eigen(const double *a, size_t n, struct error *error, double *ret_values,
                             double *ret_vectors) MUST_CHECK;

/* b := a^-1 b for any square a, which becomes scratch. False when a is singular or not finite. n^3. */
bool matrix_solve_general(double *a, size_t n, double *b) MUST_CHECK;

/* result := a b for matrices of order n that do not overlap. n^3. */
void matrix_multiply(const double *a, const double *b, size_t n, double *result);

#endif
