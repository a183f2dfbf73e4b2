/* The likelihood of the local level model with, when wanted, a step of unknown size at a known point: the
 * level is m_t + step x_t with x_t = 0 before that point and 1 from it on. Internal to stats.
 *
 * The filter is linear, so it runs over the values y and over x with the same gains; generalised least
 * squares of the innovations of y on those of x gives the step (augmented Kalman filter: de Jong, Annals of
 * Statistics 19 (1991) 1073-1083; Durbin & Koopman 2012, sections 3.2.5 and 6.2.2). */
#ifndef HECHT_STATS_TREND_LIKELIHOOD_H
#define HECHT_STATS_TREND_LIKELIHOOD_H

#include "stats/trend.h"

struct innovation_sums {
    size_t count;      /* innovations: values with noise or movement before them, the first is none */
    double log_f;      /* sum of ln F */
    double yy, xy, xx; /* sums of v_y^2 / F, v_x v_y / F and v_x^2 / F */
};

/* The noise of point i is factor * points[i].variance. step_from: the first point of the step; count: none.
 * The points are checked already. O(n). */
struct innovation_sums innovation_sums(const struct trend_point *points, size_t count, double factor,
                                       double q, size_t step_from);

/* The diffuse log likelihood of the sums; the start and the step have flat priors. */
double diffuse_log_likelihood(const struct innovation_sums *sums, bool has_step);

/* The same at its best common factor of noise and movement, which goes to *ret_scale. -INFINITY where there
 * is no such factor: without innovations, or when all of them are 0. */
double scaled_log_likelihood(const struct innovation_sums *sums, bool has_step, double *ret_scale);

#endif
