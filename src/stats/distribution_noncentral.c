/* Noncentral t and noncentral chi-square, which GSL does not have. Every term added is positive, so that
 * small probabilities keep their digits. */
#include "stats/deviance.h"
#include "stats/distribution.h"

#include "base/base.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_erf.h>
#include <gsl/gsl_sf_exp.h>
#include <math.h>

/* P(T <= t) = E Phi(t S - delta), S = sqrt(chi-square / df): Johnson, Kotz & Balakrishnan, Continuous
 * Univariate Distributions 2 (1995), chapter 31. By u = ln s an integral over the line with one peak and
 * tails that fall faster than exponentially, for which the trapezoidal rule doubles its digits with every
 * halving of the step: Trefethen & Weideman, SIAM Review 56 (2014) 385-458. */
struct noncentral_student {
    double t, df, delta;
};

/* Logarithm of the integrand at s = e^u, without its constant. */
static double log_integrand(const struct noncentral_student *student, double u)
{
    double chi = -student->df * u * u * gsl_sf_exprel_2(2 * u); /* df (u - (e^2u - 1) / 2) */
    double z = student->t * exp(u) - student->delta;
    return chi + gsl_sf_log_erfc(-z * M_SQRT1_2) - M_LN2;
}

/* The slope's sign changes once: df (s - 1/s) rises in s, t phi / Phi falls. */
static double integrand_peak(const struct noncentral_student *student)
{
    double low = -350, high = 350;
    while (high - low > 1e-6) {
        double u = low + (high - low) / 2, s = exp(u);
        double hazard = gsl_sf_hazard(student->delta - student->t * s);
        if (student->df * (s - 1 / s) < student->t * hazard)
            low = u;
        else
            high = u;
    }
    return low;
}

/* How far from the peak the integrand has fallen by e^-45 on one side. */
static double integrand_reach(const struct noncentral_student *student, double peak, double direction)
{
    double floor = log_integrand(student, peak) - 45;
    double reach = 1 / hypot(sqrt(2 * student->df), student->t);
    while (reach < 700 && log_integrand(student, peak + direction * reach) > floor)
        reach *= 1.5;
    return reach;
}

enum { TRAPEZOID_FIRST = 32, TRAPEZOID_MAXIMUM = 1 << 16 };

double noncentral_student_probability(double t, double df, double delta)
{
    if (isnan(t) || !(df > 0) || isinf(df) || !isfinite(delta))
        return NAN;
    if (isinf(t))
        return t > 0 ? 1 : 0;
    gsl_without_abort();
    struct noncentral_student student = {t, df, delta};
    double peak = integrand_peak(&student), top = log_integrand(&student, peak);
    if (top < -800)
        return 0; /* too small for a number */
    double from = peak - integrand_reach(&student, peak, -1);
    double to = peak + integrand_reach(&student, peak, 1);
    double sum = 0, area = INFINITY, scale = exp(top) * sqrt(df / M_PI) / stirling_ratio(df / 2);
    for (int count = TRAPEZOID_FIRST; count <= TRAPEZOID_MAXIMUM; count *= 2) {
        double step = (to - from) / count, before = area;
        /* The first round takes all points, later ones those in between. */
        for (int i = count == TRAPEZOID_FIRST ? 0 : 1; i < count; i += count == TRAPEZOID_FIRST ? 1 : 2)
            sum += exp(log_integrand(&student, from + i * step) - top);
        area = sum * step;
        /* The error is then about the square of this difference. */
        if (fabs(area - before) <= 1e-9 * area)
            return fmin(1, area * scale);
    }
    return NAN;
}

/* A Poisson mixture of central ones: sum over j of Poisson(j; lambda / 2) P(df / 2 + j, x / 2), with the
 * incomplete gamma function P(a, x) = P(a + 1, x) + x^a e^-x / Gamma(a + 1), taken downwards so that
 * nothing is subtracted. Ding, Applied Statistics 41 (1992) 478-482 (AS 275), begins at j = 0; Benton &
 * Krishnamoorthy, Computational Statistics & Data Analysis 43 (2003) 249-267, in the middle.
 *
 * Here j begins behind the largest term, where the rest is below e^-38. The terms fall faster than those
 * of a Poisson distribution with mean lambda / 2, and than one with mean c, c (df / 2 + c) = lambda x / 4,
 * where the ratio of neighbours passes 1; of either the tail is bounded by Bernstein's inequality.
 * O(sqrt(lambda)). */
double noncentral_chi_square_probability(double x, double df, double lambda)
{
    if (isnan(x) || !(df > 0) || isinf(df) || !(lambda >= 0) || isinf(lambda))
        return NAN;
    if (x <= 0 || isinf(x))
        return x <= 0 ? 0 : 1;
    gsl_without_abort();
    if (!(lambda > 0))
        return gsl_cdf_chisq_P(x, df);
    double half = lambda / 2, a = df / 2;
    double center = fmin(half, half * x / (sqrt(a * a + lambda * x) + a));
    double j = ceil(center + 13 + sqrt(160 + 76 * center)), sum = 0;
    double gamma = gsl_cdf_chisq_P(x, df + 2 * j);
    for (;; j--) {
        double term = poisson_density(j, half) * gamma;
        sum += term;
        /* The terms have one peak: from here on each is smaller than this one. */
        if (j <= 0 || j * term < DBL_EPSILON / 8 * sum)
            break;
        gamma += poisson_density(a + j - 1, x / 2);
    }
    return fmin(1, sum);
}
