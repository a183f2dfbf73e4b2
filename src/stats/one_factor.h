/* One factor by maximum likelihood, omega total and fit, from the covariance matrix of the items. Work is
 * on the items x items matrix only, so the number of people does not matter. Conventions of lavaan:
 * covariance with divisor n, expected information. */
#ifndef HECHT_STATS_ONE_FACTOR_H
#define HECHT_STATS_ONE_FACTOR_H

#include "base/base.h"

struct factor_fit {
    double chisq;  /* n times the discrepancy; against any covariance matrix */
    int64_t df;    /* items (items - 3) / 2 */
    double pvalue; /* NAN with df 0 */
    double cfi, tli;
    double rmsea, rmsea_ci_lower, rmsea_ci_upper; /* 90 %, Steiger & Lind 1980; Browne & Cudeck 1993 */
    double srmr;
    double logl, aic, bic;
};

struct one_factor {
    size_t items;
    double *loadings;           /* of a factor with variance 1; their sum is not negative */
    double *residual_variances; /* never below 0 */
    double *std_loadings;       /* absolute */
    /* (sum of loadings)^2 / ((sum of loadings)^2 + sum of residual variances); McDonald, Test Theory
     * (1999) */
    double omega_total;
    double omega_se_delta, omega_ci95_delta[2]; /* NAN in a Heywood case */
    double omega_total_denominator_observed;    /* over the observed variance of the sum */
    double ave;          /* mean squared standardised loading; Fornell & Larcker 1981 */
    bool heywood;        /* the best residual variance of an item would be negative: it is held at 0 */
    size_t heywood_item; /* which one */
    struct factor_fit fit;
};

/* covariance: items x items, divisor n - 1. Arrays of the result are in the region. O(items^3) a step,
 * tens of steps. ERROR_INPUT: "too-few-items" (below 3), "too-little-data" (below 2 people), "constant-
 * item", "singular" (an item follows from others, or there are too few people), "not-identified" (the
 * items share too little for one factor), "no-convergence"; ERROR_LIMIT above 128 items. */
enum error_code one_factor_ml(const double *covariance, size_t items, int64_t n, struct region *region,
                              struct error *error, struct one_factor *ret_model) MUST_CHECK;

#endif
