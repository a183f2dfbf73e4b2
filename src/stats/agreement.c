#include "stats/agreement.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

double null_variance_uniform(double options)
{
    return options > 1 ? (options * options - 1) / 12 : NAN;
}

double null_variance_slight_skew(double options)
{
    return options >= 5 && options <= 5 ? 1.34 : NAN;
}

double rwg_raw(double variance, double null_variance)
{
    return 1 - variance / null_variance;
}

double rwg_capped(double raw)
{
    return raw < 0 ? 0 : raw;
}

double rwg_j(double mean_item_variance, size_t items, double null_variance)
{
    double q = mean_item_variance / null_variance, agreement = (double)items * (1 - (q > 1 ? 1 : q));
    return agreement / (agreement + (q > 1 ? 1 : q));
}

static const struct spread no_spread = {0, NAN, NAN, NAN, NAN, NAN};

/* 1 - 2 s^2 / (((H + L) M - M^2 - H L) n / (n - 1)): against the largest variance that this mean allows. */
static double awg_of(double variance, double mean, double n, double low, double high)
{
    double largest = ((high + low) * mean - mean * mean - high * low) * (n / (n - 1));
    return 1 - 2 * variance / largest;
}

/* n squares - sum^2, in 64 bits where that holds it: the conversion of 128 takes longer than all the rest. */
static double scaled_variance(int64_t n, int64_t sum, int64_t squares, int64_t low, int64_t high)
{
    if (n < 1 << 20 && low >= -256 && high <= 256)
        return (double)(n * squares - sum * sum);
    return (double)((__int128)n * squares - (__int128)sum * sum);
}

/* Inline for a number of options that the compiler knows, so that the loops over them unroll. Without
 * branches on the counts: which option is the median cannot be predicted. */
static inline __attribute__((always_inline)) struct spread spread_of_options(const int64_t *counts,
                                                                             size_t options, int64_t low)
{
    struct spread spread = no_spread;
    int64_t sum = 0, squares = 0, high = low + (int64_t)options - 1;
    for (size_t o = 0; o < options; o++) {
        int64_t value = low + (int64_t)o;
        spread.n += counts[o];
        sum += counts[o] * value;
        squares += counts[o] * value * value;
    }
    double n = (double)spread.n;
    if (spread.n > 0)
        spread.mean = (double)sum / n;
    if (spread.n < 2)
        return spread;
    int64_t seen = 0, twice_median = 2 * low, deviations = 0, from_median = 0;
    for (size_t o = 0; o < options; o++) {
        seen += counts[o];
        twice_median += (seen <= (spread.n - 1) / 2) + (seen <= spread.n / 2);
    }
    for (size_t o = 0; o < options; o++) {
        int64_t value = low + (int64_t)o;
        deviations += counts[o] * llabs(spread.n * value - sum);
        from_median += counts[o] * llabs(2 * value - twice_median);
    }
    spread.variance = scaled_variance(spread.n, sum, squares, low, high) / (n * (n - 1));
    spread.ad_mean = (double)deviations / (n * n);
    spread.ad_median = (double)from_median / (2 * n);
    if (sum == spread.n * low || sum == spread.n * high)
        spread.awg = 1;
    else if (sum >= low * (spread.n - 1) + high && sum <= high * (spread.n - 1) + low)
        spread.awg = awg_of(spread.variance, spread.mean, n, (double)low, (double)high);
    return spread;
}

struct spread spread_of_counts(const int64_t *counts, size_t options, int64_t low)
{
    switch (options) {
    case 4:
        return spread_of_options(counts, 4, low);
    case 5:
        return spread_of_options(counts, 5, low);
    case 7:
        return spread_of_options(counts, 7, low);
    default:
        return spread_of_options(counts, options, low);
    }
}

static double awg_of_values(const struct spread *spread, double low, double high)
{
    double n = (double)spread->n, mean = spread->mean;
    if (!(low < high))
        return NAN;
    double rounding = 1e-12 * (high - low);
    if (mean <= low + rounding || mean >= high - rounding)
        return 1;
    bool counts =
        mean >= (low * (n - 1) + high) / n - rounding && mean <= (high * (n - 1) + low) / n + rounding;
    return counts ? awg_of(spread->variance, mean, n, low, high) : NAN;
}

struct spread spread_of_values(const double *values, size_t n, double low, double high)
{
    struct spread spread = no_spread;
    double sum = 0, rest = 0, squares = 0, deviations = 0, from_median = 0;
    if (n == 0)
        return spread;
    bool constant = values[n - 1] <= values[0];
    for (size_t i = 0; i < n; i++)
        sum += values[i] - values[0];
    spread.n = (int64_t)n;
    spread.mean = values[0] + sum / (double)n;
    if (n < 2)
        return spread;
    double median = (values[(n - 1) / 2] + values[n / 2]) / 2;
    for (size_t i = 0; i < n && !constant; i++) {
        double deviation = values[i] - spread.mean;
        rest += deviation;
        squares += deviation * deviation;
        deviations += fabs(deviation);
        from_median += fabs(values[i] - median);
    }
    spread.variance = fmax(squares - rest * rest / (double)n, 0) / (double)(n - 1);
    spread.ad_mean = deviations / (double)n;
    spread.ad_median = from_median / (double)n;
    spread.awg = awg_of_values(&spread, low, high);
    return spread;
}

struct team_agreement team_agreement_of(const struct spread *spreads, size_t items, double low, double high)
{
    struct team_agreement team = {items > 0 ? spreads[0].n : 0, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    double variance = 0, ad_mean = 0, ad_median = 0, awg = 0, p = (double)items;
    size_t counted = 0;
    if (team.n < 2)
        return team;
    for (size_t i = 0; i < items; i++) {
        variance += spreads[i].variance;
        ad_mean += spreads[i].ad_mean;
        ad_median += spreads[i].ad_median;
        if (isnan(spreads[i].awg))
            continue;
        awg += spreads[i].awg;
        counted++;
    }
    team.mean_item_var = variance / p;
    team.ad_mj = ad_mean / p;
    team.ad_mdj = ad_median / p;
    double uniform = null_variance_uniform(high - low + 1);
    if (isnan(uniform))
        return team;
    double skew = null_variance_slight_skew(high - low + 1);
    team.rwg_j = rwg_j(team.mean_item_var, items, uniform);
    team.rwg_j_skew = isnan(skew) ? NAN : rwg_j(team.mean_item_var, items, skew);
    team.rwg_j_lindell_star = rwg_raw(team.mean_item_var, uniform);
    team.a_wg_j = counted > 0 ? awg / (double)counted : NAN;
    return team;
}

struct distribution_summary summary_of(double *values, size_t count)
{
    struct distribution_summary summary = {0, NAN, NAN, NAN, NAN, NAN};
    size_t n = 0, usual = 0;
    double sum = 0, low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < count; i++) {
        double value = values[i];
        if (!isfinite(value))
            continue;
        values[n++] = value;
        sum += value;
        usual += value >= AGREEMENT_USUAL;
        low = fmin(low, value);
        high = fmax(high, value);
    }
    if (n == 0)
        return summary;
    return (struct distribution_summary){
        .n = (int64_t)n,
        .mean = sum / (double)n,
        .median = gsl_stats_median(values, 1, n),
        .minimum = low,
        .maximum = high,
        .share_usual = (double)usual / (double)n,
    };
}
