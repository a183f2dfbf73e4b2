/* What goes along with an outcome most: relative importance of predictors in a regression. Not causes.
 *
 * LMG: the gain in R^2 by a predictor, averaged over all orders in which the predictors can enter
 * (Lindeman, Merenda & Gold, Introduction to Bivariate and Multivariate Analysis, 1980, p. 119;
 * Groemping, Journal of Statistical Software 17 (2006) 1). Johnson: relative weights by the nearest
 * uncorrelated predictors (Johnson, Multivariate Behavioral Research 35 (2000) 1-19). Both add to R^2.
 * Intervals: percentile bootstrap over whole units (teams, or rows), Davison & Hinkley, Bootstrap Methods
 * and their Application (1997), chapters 3.8 and 5.3. */
#ifndef HECHT_STATS_DRIVERS_H
#define HECHT_STATS_DRIVERS_H

#include "base/base.h"
#include "stats/cross_moments.h"

enum { DRIVERS_MAXIMUM = CROSS_VARIABLES_MAXIMUM - 1 };

/* Figures that do not exist are NAN. */
struct drivers {
    size_t predictors;
    int64_t n;
    double r2, adjusted_r2;
    double lmg[DRIVERS_MAXIMUM], lmg_share[DRIVERS_MAXIMUM];
    double johnson[DRIVERS_MAXIMUM], johnson_share[DRIVERS_MAXIMUM];
    double first[DRIVERS_MAXIMUM]; /* R^2 of the predictor alone */
    double last[DRIVERS_MAXIMUM];  /* what R^2 loses without it */
    double std_beta[DRIVERS_MAXIMUM], r_with_outcome[DRIVERS_MAXIMUM], vif[DRIVERS_MAXIMUM];
    double coefficient[DRIVERS_MAXIMUM + 1], standard_error[DRIVERS_MAXIMUM + 1]; /* [0] is the intercept */
    bool constant[DRIVERS_MAXIMUM]; /* does not vary: all its figures are NAN, the others are without it */
    /* A predictor follows from the others: what needs each alone (last, std_beta, vif, coefficients) is
     * NAN. In LMG it adds nothing once those others are in. */
    bool collinear;
};

/* The variables of the moments are the predictors in order and then the outcome. means_removed: how many
 * means were taken out of the rows: 1 for plain data, the number of groups for data centred in groups
 * (then there is no intercept). 1 to DRIVERS_MAXIMUM predictors. ERROR_INPUT with reason
 * "too-little-data" (fewer than 1 degree of freedom: n < means removed + predictors + 1),
 * "outcome-constant" or "predictors-constant". 2^predictors small steps: 0.5 ms for 15. */
enum error_code drivers_estimate(const struct cross_moments *moments, int64_t means_removed,
                                 struct error *error, struct drivers *ret_drivers) MUST_CHECK;

/* ---- Intervals ------------------------------------------------------------------------------------- */

enum {
    DRIVERS_RESAMPLES_DEFAULT = 2000,
    DRIVERS_RESAMPLES_MAXIMUM = 100000,
    DRIVERS_SEED_DEFAULT = 1,
    DRIVERS_UNITS_MINIMUM = 10, /* fewer teams say nothing about how teams vary */
    DRIVERS_UNITS_MAXIMUM = 4096,
};

/* Which unit takes team or row number `index` of `count`: itself, or, past DRIVERS_UNITS_MAXIMUM, one of
 * so many random sets of teams. Sets of independent teams are again independent, so their bootstrap has
 * the same mean and variance (Wolter, Introduction to Variance Estimation, 2nd edition 2007, chapter 2). */
size_t drivers_unit(size_t index, size_t count);

struct drivers_interval {
    double low, high;
};

struct drivers_intervals {
    size_t units, resamples;
    size_t used; /* resamples that had an answer */
    uint64_t seed;
    double level; /* 0.95 */
    struct drivers_interval r2, lmg[DRIVERS_MAXIMUM], lmg_share[DRIVERS_MAXIMUM], johnson[DRIVERS_MAXIMUM];
    double largest[DRIVERS_MAXIMUM]; /* share of resamples in which its LMG is the largest */
};

/* units: moments of each team (or set of rows), as for drivers_estimate; empty ones do not count. within:
 * only the products inside the units count, as in data centred in groups. Each resample draws as many
 * units as there are, with replacement. 1 to DRIVERS_RESAMPLES_MAXIMUM resamples; the same seed gives the
 * same intervals. Scratch from the region: 1.3 kB a unit at most and 400 bytes a resample. ERROR_INPUT
 * with reason "too-few-units" or "unstable" (more than a tenth of the resamples without an answer). */
enum error_code drivers_bootstrap(const struct cross_moments *units, size_t unit_count, bool within,
                                  size_t resamples, uint64_t seed, struct region *region, struct error *error,
                                  struct drivers_intervals *ret_intervals) MUST_CHECK;

#endif
