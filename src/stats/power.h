/* How much change can be seen: power of the paired t test and the design effect of teams. For planning,
 * before anybody is asked. Every function gives NAN where there is no answer. O(1). */
#ifndef HECHT_STATS_POWER_H
#define HECHT_STATS_POWER_H

#include "base/base.h"

/* The power of the two-sided paired t test: the same n people twice, standard deviation sd > 0 of their
 * differences, true mean difference delta. P(|T| > t(1 - significance/2, n - 1)), T noncentral t with
 * noncentrality sqrt(n) delta / sd: both tails, as power.t.test(strict = TRUE) of R. Cohen, Statistical Power
 * Analysis for the Behavioral Sciences (2nd edition 1988), chapter 2. NAN when n < 2 or sd <= 0. */
double paired_t_power(int64_t n, double sd, double delta, double significance);

/* The smallest true change that the same test finds with this power (0.80). The tail on the wrong side is
 * left out, as R does by default; at a power of 0.80 it holds less than 1e-6. NAN when n < 2, sd <= 0 or
 * power is not between significance/2 and 1. */
double paired_t_detectable(int64_t n, double sd, double significance, double power);

/* 1 + (m - 1) ICC(1): how many times more people it takes when m people of a team come together. Kish, Survey
 * Sampling (1965), section 5.4. NAN when m < 1 or icc1 is not between 0 and 1. */
double design_effect(double people_per_team, double icc1);

#endif
