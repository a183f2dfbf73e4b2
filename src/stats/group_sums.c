/* Source: Chan, Golub & LeVeque, The American Statistician 37 (1983) 242-247 (merging sums). */
#include "stats/group_sums.h"

#include "stats/distribution.h"

#include <float.h>
#include <math.h>

static const struct group_sums empty_group = {.n = 0, .mean = NAN, .sum_squared_deviations = 0};

/* mean = sum / (n d) and SSD = (n sum_squares - sum^2) / (n d^2). The numerator is formed in 128 bits, so
 * that nothing cancels: people who all answered the same have exactly no variance. */
struct group_sums group_sums_from_integers(int64_t n, int64_t sum, int64_t sum_squares, int64_t denominator)
{
    if (n <= 0 || denominator <= 0)
        return empty_group;
    __int128 numerator = (__int128)n * sum_squares - (__int128)sum * sum;
    double d = (double)denominator;
    return (struct group_sums){
        .n = n,
        .mean = (double)sum / ((double)n * d),
        /* Negative only when sum_squares does not belong to sum. */
        .sum_squared_deviations = numerator > 0 ? (double)numerator / ((double)n * d * d) : 0,
    };
}

/* SSD = SSD_a + SSD_b + (mean_b - mean_a)^2 n_a n_b / (n_a + n_b), Chan et al. (1983). */
struct group_sums group_sums_merge(struct group_sums a, struct group_sums b)
{
    if (b.n <= 0)
        return a.n <= 0 ? empty_group : a;
    if (a.n <= 0)
        return b;
    double n_a = (double)a.n, n_b = (double)b.n, difference = b.mean - a.mean;
    return (struct group_sums){
        .n = a.n + b.n,
        .mean = a.mean + difference * (n_b / (n_a + n_b)),
        .sum_squared_deviations = a.sum_squared_deviations + b.sum_squared_deviations +
                                  difference * difference * (n_a * n_b / (n_a + n_b)),
    };
}

double pooled_within_variance(const struct group_sums *groups, size_t count, int64_t *ret_df)
{
    int64_t df = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n <= 0)
            continue;
        df += groups[i].n - 1;
        sum += groups[i].sum_squared_deviations;
    }
    *ret_df = df;
    return df > 0 ? sum / (double)df : NAN;
}

bool mean_interval(double mean, int64_t n, double variance, int64_t df, double level, double *ret_low,
                   double *ret_high)
{
    if (n <= 0 || !isfinite(mean))
        return false;
    /* NAN for a level outside (0, 1), for df = 0 and for a variance below 0. */
    double half = student_quantile(1 - (1 - level) / 2, (double)df) * sqrt(variance / (double)n);
    if (!isfinite(half))
        return false;
    *ret_low = mean - half;
    *ret_high = mean + half;
    return true;
}

double group_deviation(struct group_sums group)
{
    return group.n > 1 ? sqrt(group.sum_squared_deviations / (double)(group.n - 1)) : NAN;
}

bool is_rounding_only(double sum_squared_deviations, int64_t n, double largest)
{
    double rounding = 8 * DBL_EPSILON * largest;
    return sum_squared_deviations <= rounding * rounding * (double)n;
}
