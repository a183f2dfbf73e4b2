/* Promises kept and broken as evidence: beta reputation with forgetting and asymmetric weights (Josang &
 * Ismail, The Beta Reputation System, 15th Bled Electronic Commerce Conference 2002; SCIENCE 2.8). */
#ifndef HECHT_STATS_PROMISE_EVIDENCE_H
#define HECHT_STATS_PROMISE_EVIDENCE_H

#include "base/base.h"

/* The documented defaults. That a broken promise weighs more than a kept one is a choice (Slovic, Risk
 * Analysis 13, 1993, 675-682), not a law. */
#define PROMISE_HALF_LIFE 90.0
#define PROMISE_WEIGHT_KEPT 1.0
#define PROMISE_WEIGHT_BROKEN 2.0
#define PROMISE_PRIOR 1.0
/* Below this many remembered promises there is nothing to say yet. */
#define PROMISE_ENOUGH 5.0

struct promise_event {
    double day;
    bool kept;
};

struct promise_model {
    double half_life;                  /* days, > 0: a promise of that age counts half */
    double weight_kept, weight_broken; /* > 0 */
    double prior_kept, prior_broken;   /* > 0 */
    double now;                        /* day; later events do not count */
};

struct promise_evidence {
    int64_t kept, broken, later; /* events up to now, and those after it */
    double r, s;                 /* sums of weight 2^(-age / half-life) over the kept and the broken ones */
    double remembered;       /* sum of 2^(-age / half-life): the number of promises behind r and s. Weights
                                    above 1 make r + s larger than what was seen; this number does not grow */
    double alpha, beta;      /* r + prior, s + prior */
    double mean, median;     /* of the beta distribution */
    double ci90[2], ci95[2]; /* equal tails */
    double above_80;         /* P(share of promises that will be kept > .8) */
};

/* Events in any order; none is fine. ERROR_INPUT, reason "bad-promises", for a model or day outside its
 * range; ERROR_INTERNAL when a quantile does not exist as a number. O(n). */
enum error_code promise_evidence(const struct promise_event *events, size_t count,
                                 const struct promise_model *model, struct error *error,
                                 struct promise_evidence *ret_evidence) MUST_CHECK;

#endif
