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

/* The others are exact to about 1e-12 of their value, small tails too. NAN when a parameter is NAN or outside
 * its domain: degrees of freedom and a, b above 0 and finite, 0 < p < 1. Arguments beyond the ends of the
 * distribution give 0 or 1. */

/* P(|T| > |t|). */
double student_two_sided(double t, double df);
double normal_quantile(double p);
/* P(|Z| > |z|). */
double normal_two_sided(double z);
double chi_square_upper(double x, double df); /* P(X > x) */
/* P(F > x), F quantile, beta quantile and P(X > x). O(square root of the larger parameter) at most, 20
 * times that for a quantile; tested to 1.9e7 degrees of freedom. */
double f_upper(double x, double df1, double df2);
double f_quantile(double p, double df1, double df2);
double beta_quantile(double p, double a, double b);
double beta_upper(double x, double a, double b);
/* P(T <= t) with noncentrality delta; P(T > t) is the same of (-t, df, -delta). For df of 0.5 and more;
 * NAN where the integral does not settle, with t and delta both in the thousands. */
double noncentral_student_probability(double t, double df, double delta);
/* P(X <= x) with noncentrality lambda >= 0; O(sqrt(lambda)), tested to 1e5. */
double noncentral_chi_square_probability(double x, double df, double lambda);

#endif
