#include "stats/power.h"

#include "stats/distribution.h"

#include <math.h>

#define POWER_SIGNIFICANCE 0.05

static double critical_t(int64_t n)
{
    return student_quantile(1 - POWER_SIGNIFICANCE / 2, (double)(n - 1));
}

/* Found, and in the direction of delta >= 0. */
static double power_one_way(int64_t n, double noncentrality)
{
    return 1 - noncentral_student_probability(critical_t(n), (double)(n - 1), noncentrality);
}

double power_paired(int64_t n, double delta, double sd_difference)
{
    if (n < 2 || !(sd_difference > 0) || !isfinite(delta))
        return NAN;
    double noncentrality = sqrt((double)n) * fabs(delta) / sd_difference;
    return power_one_way(n, noncentrality) +
           noncentral_student_probability(-critical_t(n), (double)(n - 1), noncentrality);
}

/* Power grows with the noncentrality, so halving an interval finds it, to the last digits. */
double power_smallest_change(int64_t n, double sd_difference, double power)
{
    double low = 0, high = 1;
    if (n < 2 || !(sd_difference > 0) || !(power > POWER_SIGNIFICANCE && power < 1))
        return NAN;
    while (power_one_way(n, high) < power && high < 1e6)
        high *= 2;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double middle = (low + high) / 2;
        if (power_one_way(n, middle) < power)
            low = middle;
        else
            high = middle;
    }
    return high < 1e6 ? high * sd_difference / sqrt((double)n) : NAN;
}

double power_design_effect(double team_size, double icc1)
{
    return 1 + (team_size - 1) * icc1;
}
