/* The variances of one series by maximum likelihood (exact diffuse): Durbin & Koopman (2012), section 2.10
 * and chapter 7; Harvey, Forecasting, Structural Time Series Models and the Kalman Filter (1989), section
 * 4.5. For many short series of one organisation see trend_noise_estimate. */
#ifndef HECHT_STATS_TREND_FIT_H
#define HECHT_STATS_TREND_FIT_H

#include "stats/trend.h"

enum trend_unknown {
    TREND_Q_UNKNOWN = 1,       /* points[].variance is the noise */
    TREND_NOISE_AND_Q_UNKNOWN, /* noise = factor * points[].variance, the factor and q unknown */
    TREND_NOISE_UNKNOWN,       /* the factor unknown, q given */
    TREND_SCALE_UNKNOWN,       /* q / factor given, so that one common factor is unknown */
};

struct trend_question {
    const struct trend_point *points; /* variance > 0 where there is a value */
    size_t count;
    enum trend_unknown unknown;
    double given;     /* q, or q / factor */
    size_t step_from; /* a step of unknown size begins at this point; count: no step */
};

struct trend_fit {
    double factor; /* 1 when the noise is known; 0 on its boundary */
    double q;      /* per unit of time; exactly 0 when the likelihood is highest there */
    double
        log_likelihood; /* with a step: diffuse in the step, too (like REML, so comparable only with the same
                              step) */
};

/* The global maximum: the likelihood can have several, so it is laid out over the logarithm of q (or q /
 * factor) from "cannot be told from 0" to "cannot be told from infinity", every peak is refined (Brent), and
 * the boundaries are compared. No seed, same result everywhere. About 200 to 300 passes over the points.
 *
 * ERROR_INPUT, reason "too-few-values": less than one innovation for each unknown, or none on one side of
 * the step; "no-variance": the values are all the same (or the same on either side of the step), so that
 * nothing can be told about noise; "bad-trend" as trend_smooth. */
enum error_code trend_fit(const struct trend_question *question, struct error *error,
                          struct trend_fit *ret_fit) MUST_CHECK;

#endif
