/* Shares of R^2 from correlations. Internal to stats.
 *
 * Correlations of p predictors and the outcome are a lower triangle, row by row (cross_index), with the
 * outcome FIRST (index 0) and predictor i at 1 + i. */
#ifndef HECHT_STATS_DRIVERS_SHARES_H
#define HECHT_STATS_DRIVERS_SHARES_H

#include "stats/drivers.h"

/* A predictor of which less than this part of the variance is left, given others, follows from those. */
#define COLLINEAR_TOLERANCE 1e-10

/* ret_r2: of all predictors together. ret_shares: p values that add to it. ret_collinear: see struct
 * drivers. */
void lmg_shares(const double *correlations, size_t p, double *ret_r2, double *ret_shares);
enum error_code johnson_weights(const double *correlations, size_t p, struct error *error,
                                double *ret_weights) MUST_CHECK;

/* Correlations of those variables that vary, from products in the order of struct cross_moments (outcome
 * last). A variable varies when its sum of squares is above floors[i]. ret_active[a] is which predictor
 * became number a. Returns how many predictors vary, or -1 when the outcome does not. */
int correlations_of(const double *products, size_t variables, const double *floors, double *ret_correlations,
                    size_t *ret_active);

/* Sums of squares that rounding can leave of a constant: deviations of some units in the last place of
 * its mean. */
void rounding_floors(const struct cross_moments *moments, double *ret_floors);

#endif
