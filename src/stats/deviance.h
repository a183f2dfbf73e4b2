/* Two pieces from which densities are put together without loss at large arguments, where factorials and
 * powers would cancel: Loader, Fast and Accurate Computation of Binomial Probabilities (2000). Internal to
 * stats. */
#ifndef HECHT_STATS_DEVIANCE_H
#define HECHT_STATS_DEVIANCE_H

#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_log.h>
#include <math.h>

/* x ln(x / m) + m - x for x > 0 and m >= 0. */
static inline double deviance(double x, double m)
{
    double excess = (m - x) / x;
    if (fabs(excess) < 0.5)
        return -x * gsl_sf_log_1plusx_mx(excess);
    return m > 0 ? x * log(x / m) + m - x : INFINITY;
}

/* Gamma(x) over Stirling's first approximation of it, x > 0. */
static inline double stirling_ratio(double x)
{
    return gsl_sf_gammastar(x);
}

/* m^x e^-m / Gamma(x + 1) for real x >= 0 and m > 0. */
static inline double poisson_density(double x, double m)
{
    if (x <= 0)
        return exp(-m);
    return exp(-deviance(x, m)) / (sqrt(2 * M_PI * x) * stirling_ratio(x));
}

#endif
