/* Teams and people: sums, pooled variance, random-intercept model, partial pooling. Pure functions of arrays.
 */
#ifndef HECHT_STATS_MULTILEVEL_H
#define HECHT_STATS_MULTILEVEL_H

#include "base/base.h"

/* Sums of one variable in one group; mergeable: the sum of two parts is the part of the union. */
struct group_sums {
    int64_t n;
    double mean;
    double sum_squared_deviations; /* around the group's own mean */
};

/* Exact for values v/denominator given as integer sums: sum = total of v, sum_squares = total of v^2. */
struct group_sums group_sums_from_integers(int64_t n, int64_t sum, int64_t sum_squares, int64_t denominator);
struct group_sums group_sums_merge(struct group_sums a, struct group_sums b);

/* Variance inside groups, pooled: sum of squared deviations / (N - J over groups with n > 0).
 * ret_df = that divisor; NAN variance and 0 when there is none. */
double pooled_within_variance(const struct group_sums *groups, size_t count, int64_t *ret_df);

/* Interval of a group's own mean: mean +- t(1 - (1-level)/2, df) * sqrt(variance / n).
 * False when n = 0, df = 0 or the variance is not finite. SCIENCE 4. */
bool mean_interval(double mean, int64_t n, double variance, int64_t df, double level, double *ret_low,
                   double *ret_high);

/* y_ij = mu + u_j + e_ij by REML, exactly, in one dimension (SCIENCE 2.6; reference: lme4, nlme). */
struct random_intercept {
    double mu, se_mu;
    double tau2;   /* between groups */
    double sigma2; /* within groups */
    double icc1;
    double log_likelihood;
    bool boundary; /* tau2 = 0: no team differences detectable */
};

/* At least 2 groups with n > 0 and N > J, and some variance: otherwise ERROR_INPUT, reason "too-little-data".
 */
enum error_code random_intercept_reml(const struct group_sums *groups, size_t count, struct error *error,
                                      struct random_intercept *ret_model) MUST_CHECK;

struct pooled_mean {
    double lambda;          /* reliability */
    double mean;            /* pulled towards mu */
    double se_conditional;  /* sqrt(tau2 (1 - lambda)) */
    double se_including_mu; /* with the uncertainty of mu: the one to use */
};
struct pooled_mean pooled_mean(const struct random_intercept *model, struct group_sums group);

#endif
