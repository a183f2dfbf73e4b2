/* The likelihood of a model with random group means, as a function of one number. Internal to stats.
 *
 *   mean_j = mu [+ gamma x_j] + u_j + e_j,   Var u_j = tau2,  Var e_j = sigma2 / n_j
 *
 * with SSR the sum of squares inside the groups. Profiled over mu, gamma and sigma2 the likelihood depends
 * only on t = tau2 / sigma2. With w_j = n_j / (1 + n_j t), r_j what the weighted regression of the means
 * leaves over, RSS = SSR + sum w r^2, sigma2 = RSS / nu, D the determinant of its normal equations:
 *
 *   -2 log L  = nu (ln(2 pi sigma2) + 1) + sum ln(1 + n_j t) [+ ln D]
 *   its slope = sum w - nu sum w^2 r^2 / RSS [+ d ln D / dt]
 *
 * ln D and the smaller nu belong to REML. Searle, Casella & McCulloch, Variance Components (1992), ch. 6.
 *
 * Groups of one size enter together: their number, mean and spread of means are all that is needed. So the
 * search costs as many steps as there are sizes, whatever the number of groups. */
#ifndef HECHT_STATS_MEANS_PROFILE_H
#define HECHT_STATS_MEANS_PROFILE_H

#include "base/base.h"

struct means_class {
    double n, count;
    double y, x;       /* means of the groups' means */
    double yy, xy, xx; /* sums of squares and products of the groups' means around those */
};

/* Groups of this many values or more are few: each is a class of its own. */
enum { MEANS_LARGE_GROUP = 1024 };

struct means_profile {
    struct means_class *classes; /* owned; first one per size, then the large groups; count 0: none */
    size_t class_count, groups_large;
    size_t groups;  /* J */
    int64_t n;      /* N */
    double largest; /* absolute mean of y */
    /* Set by the caller before the search. */
    bool slope;      /* gamma is in the model */
    bool restricted; /* REML */
    double nu;       /* N for ML; N less the number of coefficients for REML */
    double ssr;      /* > 0 */
    double constant; /* a further part of -2 log L that does not depend on t */
};

struct means_point {
    double t, slope;
    double mean_x, mean_y; /* weighted: mu = mean_y - gamma mean_x */
    double gamma;          /* 0 without slope */
    double sigma2;
    double sum_weights, sxx; /* the normal equations around the weighted mean: diag(sum_weights, sxx) */
    double log_likelihood;
};

/* Room for any number of small groups and `large` ones. To be freed, also after a failure. */
enum error_code means_profile_start(struct means_profile *profile, size_t large,
                                    struct error *error) MUST_CHECK;
void means_profile_free(struct means_profile *profile);
/* One group with n > 0 values; x is 0 without slope. */
void means_profile_add(struct means_profile *profile, int64_t n, double y, double x);
/* The global maximum over t >= 0. Needs more groups than coefficients and, with slope, differences in x. */
enum error_code means_profile_maximum(const struct means_profile *profile, struct error *error,
                                      struct means_point *ret_best) MUST_CHECK;

#endif
