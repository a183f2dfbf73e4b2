/* Sums of one variable in one group, and what follows from them without a model. Pure functions of arrays.
 *
 * Reasons why a statistic of groups does not exist, the same in all files that take group sums:
 *   "no-data"              no group has a value
 *   "one-group"            nothing to compare
 *   "singletons"           no group has more than one value
 *   "no-variance"          everybody gave the same
 *   "no-variance-within"   groups differ, people inside them never do */
#ifndef HECHT_STATS_GROUP_SUMS_H
#define HECHT_STATS_GROUP_SUMS_H

#include "base/base.h"

/* Mergeable: the sum of two parts is the part of the union. */
struct group_sums {
    int64_t n;
    double mean;
    double sum_squared_deviations; /* around the group's own mean */
};

/* Exact for values v/denominator given as integer sums: sum = total of v, sum_squares = total of v^2. */
struct group_sums group_sums_from_integers(int64_t n, int64_t sum, int64_t sum_squares, int64_t denominator);
struct group_sums group_sums_merge(struct group_sums a, struct group_sums b);
/* Standard deviation with divisor n - 1; NAN when n < 2. */
double group_deviation(struct group_sums group);

/* Variance inside groups, pooled: sum of squared deviations / (N - J over groups with n > 0).
 * ret_df = that divisor; NAN variance and 0 when there is none. */
double pooled_within_variance(const struct group_sums *groups, size_t count, int64_t *ret_df);

/* Interval of a group's own mean: mean +- t(1 - (1-level)/2, df) * sqrt(variance / n).
 * False when n = 0, df = 0 or the variance is not finite. */
bool mean_interval(double mean, int64_t n, double variance, int64_t df, double level, double *ret_low,
                   double *ret_high);

/* Whether a sum of squared deviations of n values, or of groups' means weighted by their sizes, is no more
 * than the rounding of values up to `largest` leaves behind. */
bool is_rounding_only(double sum_squared_deviations, int64_t n, double largest);

#endif
