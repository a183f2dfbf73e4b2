/* The variances with which a verdict on a single series is given. The most likely q of a short series is
 * often exactly 0, which makes "no change" certain, and the most likely noise is sometimes 0, which makes
 * every wobble a change for certain. So q relative to the noise of a usual value stays within limits, per
 * usual wait (the mean time between values):
 *
 *     at least  0.05   a level moves by about a fifth of that noise (standard deviations)
 *     at most   1      only when the noise is estimated from the same series: as much as that noise
 *     0.4              below 6 values, where nothing can be estimated
 *
 * tests/stats/test_trend_cautious.c holds the rates of false verdicts that this gives. Teams of an
 * organisation have trend_noise_estimate instead, which pools over them. */
#ifndef HECHT_STATS_TREND_CAUTIOUS_H
#define HECHT_STATS_TREND_CAUTIOUS_H

#include "stats/trend_fit.h"

#define TREND_CAUTIOUS_FLOOR 0.05
#define TREND_CAUTIOUS_CEILING 1.0
#define TREND_CAUTIOUS_DEFAULT 0.4
enum { TREND_CAUTIOUS_VALUES = 6 };

enum trend_q_source { TREND_Q_ESTIMATED = 1, TREND_Q_FLOOR, TREND_Q_CEILING, TREND_Q_DEFAULT, TREND_Q_GIVEN };

struct trend_cautious {
    double factor, q; /* as in struct trend_fit; the factor is above 0 when it is estimated */
    enum trend_q_source source;
};

/* most_likely: what trend_fit found for the same series, with the same unknowns and step, to save the search;
 * NULL: it is found here. noise_known: points[].variance is the noise; otherwise it is relative. given_q: NAN when q is to be
 * estimated. step_from as in struct trend_question. ERROR_INPUT as trend_fit. */
enum error_code trend_cautious(const struct trend_point *points, size_t count, bool noise_known,
                               double given_q, size_t step_from, const struct trend_fit *most_likely,
                               struct error *error, struct trend_cautious *ret_cautious) MUST_CHECK;

#endif
