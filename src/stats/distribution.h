/* The distribution functions of GSL, made safe for a server. Internal to stats. */
#ifndef HECHT_STATS_DISTRIBUTION_H
#define HECHT_STATS_DISTRIBUTION_H

/* To be called before GSL is used for anything that can fail. GSL's own handler ends the process at the first
 * number outside a domain; afterwards GSL reports by return value or NAN, which every caller in this folder
 * checks. The handler is one global variable, so it is set once. Thread safe. */
void gsl_without_abort(void);

/* P(Z <= z) of the standard normal distribution. */
double normal_probability(double z);
/* The t with P(T <= t) = p for df > 0 degrees of freedom; NAN when p is not inside (0, 1). */
double student_quantile(double p, double df);

#endif
