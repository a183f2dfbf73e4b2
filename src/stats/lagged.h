/* Does x of a team come before y of a team: a within-team lagged model, for teams that were measured
 * often.
 *
 *     z_it = team_i + round_t + Theta z_i(t-1) + e_it,   z = (x, y)
 *
 * Every team and every round has its own level, so neither lasting differences between teams nor what
 * happens to all teams at once can look like an order. Least squares with such levels is biased when
 * there are few rounds (Nickell, Econometrica 49 (1981) 1417-1426): by about -(1 + a) / rounds for a path
 * a to itself. So the bias of the normal equations, which is a known function of Theta and the residual
 * covariances, is taken out, and Theta is where they hold (Bun & Carree, Journal of Business & Economic
 * Statistics 23 (2005) 200-210; for several variables Juodis, Economics Letters 118 (2013) 435-438). With
 * gaps it is exact in the teams' levels and close in the rounds'. First differences with earlier values
 * as instruments (Arellano & Bond 1991) need many teams, which there are not.
 *
 * Standard errors leave out one team at a time (the jackknife, CV3 of MacKinnon, Nielsen & Webb, Journal
 * of Applied Econometrics 38 (2023) 671-694): whatever the noise of a team looks like over time, only
 * teams count as independent. Quantiles of t with teams - 1 degrees of freedom.
 *
 * Not done: noise of team means (few answers) makes paths look smaller; what moves both things makes them
 * look larger. */
#ifndef HECHT_STATS_LAGGED_H
#define HECHT_STATS_LAGGED_H

#include "base/base.h"
#include "stats/lead_lag.h"

enum {
    LAGGED_TEAMS_MINIMUM = 10,
    LAGGED_ROUNDS_MINIMUM = 12, /* with both values, in a team that counts ... */
    LAGGED_PAIRS_MINIMUM = 8,   /* ... of which so many directly follow another one */
    LAGGED_ROUNDS_MAXIMUM = 1000,
};

struct lagged {
    size_t teams; /* that count */
    size_t pairs; /* rounds that directly follow another one, over these teams */
    /* Of the values as they are: how much higher the later one is when the earlier one is 1 higher. */
    double x_to_x, y_to_x, y_to_y, x_to_y;
    double se_x_to_x, se_y_to_x, se_y_to_y, se_x_to_y;
    struct lead_lag_paths paths; /* in standard deviations of the changes inside teams */
    double critical;             /* of t, two-sided 5 % */
    enum lead_lag_verdict verdict;
};

/* x, y: [team * rounds + round], rounds equally far apart; NAN where a round was not shown. ERROR_INPUT
 * with reason "too-little-data" (fewer teams or rounds than the minima: cannot tell), "no-variance" or
 * "no-convergence". O(teams * values). Scratch from the region: 70 bytes a value. */
enum error_code lagged_fit(const double *x, const double *y, size_t teams, size_t rounds,
                           struct region *region, struct error *error, struct lagged *ret_lagged) MUST_CHECK;

#endif
