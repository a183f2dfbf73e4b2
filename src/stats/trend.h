/* A team's level over rounds: local level model with measurement noise per round, irregular times and gaps
 * (SCIENCE 2.7 and 4). Verdicts: up, down or cannot tell yet. */
#ifndef HECHT_STATS_TREND_H
#define HECHT_STATS_TREND_H

#include "base/base.h"

enum { TREND_POINTS_MAXIMUM = 1 << 20 };

/* The documented numbers. Times in days, variances in squared scale points of a 1-5 scale. */
#define TREND_RETEST_CORRELATION 0.6
#define TREND_DEFAULT_Q (0.01 / 28.0) /* before 6 rounds: the level moves about 0.10 a month */
#define TREND_FLOOR_Q (0.0025 / 28.0) /* never calmer than about 0.05 a month */
/* The estimate keeps to these: people do not repeat themselves better than this ... */
#define TREND_HIGHEST_RETEST_CORRELATION 0.8
#define TREND_MAXIMUM_Q (0.25 / 28.0) /* ... and levels do not move more than about 0.50 a month */
enum { TREND_POOLED_Q_ROUNDS = 6, TREND_POOLED_H_TEAM_ROUNDS = 20 };

#define TREND_Z95 1.959963984540054 /* of 95 % intervals */

struct trend_point {
    double time;     /* days, or another unit that q is per; increasing */
    double value;    /* team mean; NAN for a round that is not shown */
    double variance; /* H: noise of that mean; where value is there > 0, or 0 when q > 0 */
};

struct trend_filtered {
    double level, variance; /* given all values up to this point; NAN before the first value */
    double innovation, innovation_variance; /* v = value - forecast and F = Var v; NAN at the first value and
                                               where there is none */
};

/* What was known at each point. Exact diffuse start; ret_filtered has count entries; ret_log_likelihood (sum
 * over the innovations of -(ln 2 pi + ln F + v^2 / F) / 2) may be NULL. q per unit of time. O(n). */
enum error_code trend_filter(const struct trend_point *points, size_t count, double q, struct error *error,
                             struct trend_filtered *ret_filtered, double *ret_log_likelihood) MUST_CHECK;

struct trend_state {
    double level, variance; /* smoothed; NAN before the first value */
};

/* Exact diffuse start; ret_states has count entries; ret_log_likelihood may be NULL. q per day. O(n). */
enum error_code trend_smooth(const struct trend_point *points, size_t count, double q, struct error *error,
                             struct trend_state *ret_states, double *ret_log_likelihood) MUST_CHECK;

/* ret_carried[t] = P_t / (P_t + q dt) for t < count - 1, P_t the filtered variance: Cov(m_a, m_b | data) =
 * V_b times the product of these from a to b - 1. NAN before the first value. count entries. */
enum error_code trend_carried(const struct trend_point *points, size_t count, double q, struct error *error,
                              double *ret_carried) MUST_CHECK;

struct trend_change {
    double difference, standard_error;
    double probability_up; /* P(level_b > level_a | data) */
};
/* Change of the level between points from < to, with the smoother's cross-covariance. When there is no level
 * at `from` yet (before the first value): difference and standard error NAN, probability 0.5. */
enum error_code trend_change(const struct trend_point *points, size_t count, double q, size_t from, size_t to,
                             struct error *error, struct trend_change *ret_change) MUST_CHECK;

enum trend_verdict { TREND_CANNOT_TELL = 0, TREND_UP, TREND_DOWN };
/* Up at P >= .95, down at P <= .05. */
enum trend_verdict trend_verdict(double probability_up);

/* One team's series for the estimation over teams. */
struct trend_series {
    const double *times;  /* days */
    const double *means;  /* NAN: gap */
    const double *counts; /* n behind each mean */
    size_t count;
};

struct trend_noise {
    double person_variance; /* h: H_t = h / n_t */
    double q;               /* per day */
    bool h_estimated;       /* false: from the retest correlation */
    bool q_estimated;       /* false: the default */
};
/* Occasion noise and q pooled over teams by maximum likelihood. Only teams with 2 shown rounds or more count.
 * h: (1 - .6) * within_variance before 20 team-rounds; afterwards at most within_variance and at least
 * (1 - .8) * within_variance or, while q is the default, (1 - .6) * within_variance.
 * q: the default before one team has 6 shown rounds; afterwards between the floor and the maximum.
 * ERROR_INPUT, reason "too-little-data", when within_variance is not above 0. Scratch memory comes from the
 * region: 24 bytes a team-round, at most 2.4 MB and a bit. */
enum error_code trend_noise_estimate(const struct trend_series *series, size_t count, double within_variance,
                                     struct region *region, struct error *error,
                                     struct trend_noise *ret_noise) MUST_CHECK;

#endif
