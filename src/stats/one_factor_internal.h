/* The model on the correlations; for one_factor*.c only. Sigma = l l' + diag(theta). */
#ifndef HECHT_STATS_ONE_FACTOR_INTERNAL_H
#define HECHT_STATS_ONE_FACTOR_INTERNAL_H

#include "stats/one_factor.h"

enum { FACTOR_ITEMS_MAXIMUM = 128 };

struct factor_model {
    size_t items;
    const double *correlations;
    double log_determinant; /* of the correlations */
    double *loadings, *residuals;
    double *inverse;     /* W = Sigma^-1 */
    double *weighted;    /* B = W R W */
    double *information; /* 2 items x 2 items: second derivatives of the discrepancy */
    double *gradient;    /* 2 items: loadings, then residuals */
    double *work;        /* 2 items */
    double discrepancy;  /* ln |Sigma| + tr(R Sigma^-1) - ln |R| - items */
};

enum factor_end {
    FACTOR_FOUND,          /* the optimum, with all residuals positive; information is factored */
    FACTOR_AT_BOUNDARY,    /* a residual goes to 0 */
    FACTOR_NOT_IDENTIFIED, /* a parameter follows from the others */
    FACTOR_NO_CONVERGENCE,
};
enum factor_end factor_search(struct factor_model *model);
/* Sigma^-1, discrepancy, information at the loadings and residuals; the last is left factored (Cholesky).
 * False when the information is singular. All residuals must be positive. */
bool factor_information(struct factor_model *model);

struct factor_fit factor_fit(const struct factor_model *model, const double *variances, int64_t n);

#endif
