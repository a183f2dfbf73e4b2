/* One step of the Kalman filter of the local level model
 *     y_t = m_t + e_t, Var e_t = H_t      m_t = m_(t-1) + v_t, Var v_t = q (days since t-1)
 * with the exact diffuse start: the first value is the level and gives no likelihood term. Durbin & Koopman,
 * Time Series Analysis by State Space Methods (2nd edition 2012), sections 2.2, 2.9 and 5.2. Internal to
 * stats. */
#ifndef HECHT_STATS_LOCAL_LEVEL_H
#define HECHT_STATS_LOCAL_LEVEL_H

#include <math.h>
#include <stdbool.h>

struct local_level {
    double level, variance; /* of the level, given all values so far; meaningless before the first */
    bool started;
};

/* Time passes: the level may have moved. */
static inline void local_level_wait(struct local_level *state, double days, double q)
{
    state->variance += q * days;
}

/* A value with noise H > 0 comes in. Returns its log-likelihood, -(ln 2 pi + ln F + v^2 / F) / 2 with v = y -
 * level and F = variance + H. */
static inline double local_level_observe(struct local_level *state, double value, double noise)
{
    if (!state->started) {
        *state = (struct local_level){.level = value, .variance = noise, .started = true};
        return 0;
    }
    double surprise = value - state->level, total = state->variance + noise;
    double gain = state->variance / total;
    state->level += gain * surprise;
    state->variance = gain * noise; /* P (1 - K) = P H / F, without a difference */
    return -(log(2 * M_PI * total) + surprise * surprise / total) / 2;
}

#endif
