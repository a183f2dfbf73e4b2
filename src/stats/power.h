/* How much change can be seen: the paired t test of n people who answer twice, two-sided at 5 % (SCIENCE 2.11;
 * Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd edition 1988, chapter 2). Differences in units of
 * the scale; sd_difference is the standard deviation of the differences of persons. */
#ifndef HECHT_STATS_POWER_H
#define HECHT_STATS_POWER_H

#include <stdint.h>

/* The chance that a true change of `delta` is found, in either direction. NAN for n < 2 or sd_difference <= 0. */
double power_paired(int64_t n, double delta, double sd_difference);
/* The smallest true change that is found with this power (0.05 < power < 1), counting only findings in its own
 * direction, as R's power.t.test does. NAN where there is none. */
double power_smallest_change(int64_t n, double sd_difference, double power);
/* Answers in teams of m people with this ICC(1) count as n / (1 + (m - 1) icc1). */
double power_design_effect(double team_size, double icc1);

#endif
