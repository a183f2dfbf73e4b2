/* A series that something happened to: a local level with a step of unknown size at a known time (an
 * intervention: Harvey, Forecasting, Structural Time Series Models and the Kalman Filter, 1989, section 7.6;
 * Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd edition 2012, section 3.2.5).
 *
 *     y_t = level_t + e_t      level_t = m_t + step [t >= event]      m moves by q per unit of time
 *
 * `before` is the level at the event as it would have gone on: m at that time. The step is what changed at
 * once; afterwards the level moves on as it always did, and so may come back. Recovered share = -(m_end -
 * before) / step: 0 when the level stayed where the step put it, 1 when it is back. */
#ifndef HECHT_STATS_INTERRUPTED_H
#define HECHT_STATS_INTERRUPTED_H

#include "stats/trend.h"

struct interrupted_level {
    double level, standard_error; /* NAN before the first value */
    double probability_back;      /* P(level_t >= before | data); NAN before the event */
};

struct interrupted {
    size_t first_after;               /* the first point at or after the event */
    struct trend_change step;         /* with probability_up = P(step > 0) */
    double before, before_error;      /* level just before the event, standard error */
    double after, after_error;        /* ... and just after it */
    double end, end_error;            /* at the last point */
    struct trend_change since_before; /* end - before */
    double recovered;                 /* share; NAN when the step is 0 */
    /* 95 % by Fieller, Journal of the Royal Statistical Society B 16 (1954) 175-185; NAN when unbounded: the
     * step itself cannot be told from 0. */
    double recovered_low, recovered_high;
};

/* points as for trend_smooth, q >= 0 known. ret_levels has count entries. ERROR_INPUT, reason
 * "event-outside", when no value stands before the event or none at or after it. Needs 80 bytes a point
 * while it runs. O(n). */
enum error_code interrupted_series(const struct trend_point *points, size_t count, double q, double event,
                                   struct error *error, struct interrupted *ret_result,
                                   struct interrupted_level *ret_levels) MUST_CHECK;

/* Index of the first point at or after the event; count when there is none. */
size_t interrupted_first_after(const struct trend_point *points, size_t count, double event);

#endif
