/* The beta distribution and what follows from it: F and the tails of t. GSL's own functions lose digits in
 * the tails of t and with large degrees of freedom, and their inverses give NAN there.
 *
 * Front factor: Loader, Fast and Accurate Computation of Binomial Probabilities (2000). Continued
 * fraction: DiDonato & Morris, ACM Transactions on Mathematical Software 18 (1992) 360-373, equation 9,
 * which is the even part of 8.17.22 in the NIST Digital Library of Mathematical Functions; by the method
 * of Lentz as in Thompson & Barnett, Journal of Computational Physics 64 (1986) 490-509. */
#include "stats/deviance.h"
#include "stats/distribution.h"

#include "base/base.h"

#include <float.h>
#include <math.h>

/* A point of (0, 1) with the distance to both ends, each exact: one of them may be far below 1e-16. */
struct point {
    double x, y; /* x + y = 1 */
};

struct tails {
    double lower, upper; /* the smaller one keeps all its digits */
    double slope;        /* x y density(x): the derivative by ln(x / y) */
};

/* Steps grow as the square root of the larger parameter: about 10,000 at 1e8. */
enum { FRACTION_STEPS_MAXIMUM = 1000000 };

static double away_from_zero(double value)
{
    return fabs(value) < DBL_MIN ? DBL_MIN : value;
}

/* I_x(a, b) = front / (D0 + A1 / (D1 + A2 / (D2 + ...))), fast for x < (a + 1) / (a + b + 2). Returns the
 * denominator, NAN when it does not settle. */
static double beta_fraction(struct point at, double a, double b)
{
    double lambda = a * at.y - b * at.x; /* a - (a + b) x, also when x is nearly 1 */
    double value = away_from_zero(a * (lambda + 1) / (a + 1)), c = value, d = 0;
    for (int m = 1; m <= FRACTION_STEPS_MAXIMUM; m++) {
        double odd = a + 2 * m - 1, pair = m * (b - m) * at.x / odd;
        double numerator = (a + m - 1) * (a + b + m - 1) * at.x / odd * pair;
        double denominator = m + pair + (a + m) * (lambda + 1 + m * (1 + at.y)) / (odd + 2);
        d = 1 / away_from_zero(denominator + numerator * d);
        c = away_from_zero(denominator + numerator / c);
        value *= c * d;
        if (fabs(c * d - 1) < 2 * DBL_EPSILON)
            return value;
    }
    return NAN;
}

static struct tails beta_tails(struct point at, double a, double b)
{
    if (at.x <= 0 || at.y <= 0)
        return at.x <= 0 ? (struct tails){0, 1, 0} : (struct tails){1, 0, 0};
    double n = a + b;
    double front = sqrt(a / n * b / (2 * M_PI)) * stirling_ratio(n) /
                   (stirling_ratio(a) * stirling_ratio(b)) *
                   exp(-deviance(a, n * at.x) - deviance(b, n * at.y));
    if (at.x < (a + 1) / (n + 2)) {
        double lower = front / beta_fraction(at, a, b);
        return (struct tails){lower, 1 - lower, front};
    }
    double upper = front / beta_fraction((struct point){at.y, at.x}, b, a);
    return (struct tails){1 - upper, upper, front};
}

static bool are_parameters(double a, double b)
{
    return a > 0 && b > 0 && isfinite(a) && isfinite(b);
}

/* z with P(ln(x / y) <= z) = p. Newton's steps on the logarithm of the smaller tail, which is concave in z
 * and nearly straight far out, kept inside a bracket that shrinks; NAN outside the domain. */
static double beta_logit_quantile(double p, double a, double b)
{
    if (!(p > 0 && p < 1) || !are_parameters(a, b))
        return NAN;
    gsl_without_abort();
    bool from_below = p < 0.5;
    double target = log(from_below ? p : 1 - p), low = -750, high = 750;
    double z = log(a / b) + normal_quantile(p) * sqrt(1 / a + 1 / b);
    for (int i = 0; i < 200; i++) {
        if (!(z > low && z < high))
            z = low + (high - low) / 2;
        struct tails tails = beta_tails((struct point){1 / (1 + exp(-z)), 1 / (1 + exp(z))}, a, b);
        double tail = from_below ? tails.lower : tails.upper, miss = log(tail) - target;
        if (isnan(miss))
            return NAN;
        if ((miss > 0) == from_below)
            high = z;
        else
            low = z;
        double step = (from_below ? -miss : miss) * tail / tails.slope;
        double spacing = 4 * DBL_EPSILON * fmax(1, fabs(z));
        if (fabs(step) <= spacing || high - low <= spacing)
            return fabs(step) <= spacing ? z + step : z;
        z += step;
    }
    return z;
}

double beta_quantile(double p, double a, double b)
{
    return 1 / (1 + exp(-beta_logit_quantile(p, a, b)));
}

double beta_upper(double x, double a, double b)
{
    if (isnan(x) || !are_parameters(a, b))
        return NAN;
    if (x <= 0 || x >= 1)
        return x <= 0 ? 1 : 0;
    gsl_without_abort();
    return beta_tails((struct point){x, 1 - x}, a, b).upper;
}

double f_upper(double x, double df1, double df2)
{
    if (isnan(x) || !are_parameters(df1, df2))
        return NAN;
    if (x <= 0 || isinf(x))
        return x <= 0 ? 1 : 0;
    gsl_without_abort();
    double odds = df1 / df2 * x;
    return beta_tails((struct point){odds / (1 + odds), 1 / (1 + odds)}, df1 / 2, df2 / 2).upper;
}

double f_quantile(double p, double df1, double df2)
{
    return df2 / df1 * exp(beta_logit_quantile(p, df1 / 2, df2 / 2));
}

double student_two_sided(double t, double df)
{
    if (isnan(t) || !are_parameters(df, 1))
        return NAN;
    gsl_without_abort();
    double odds = t * t / df;
    if (isinf(odds))
        return 0;
    return beta_tails((struct point){odds / (1 + odds), 1 / (1 + odds)}, 0.5, df / 2).upper;
}
