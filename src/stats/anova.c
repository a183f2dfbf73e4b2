#include "stats/anova.h"

#include "stats/distribution.h"

#include <math.h>

/* Counts, means and sums of squares. Sums of means are taken around one of them, so that large means do
 * not eat the differences. */
static struct anova sums_of(const struct group_sums *groups, size_t count, double *ret_largest)
{
    struct anova sums = {.grand_mean = NAN};
    double pivot = 0, shift = 0, largest = 0;
    __int128 squares = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n <= 0)
            continue;
        if (sums.groups++ == 0)
            pivot = groups[i].mean;
        sums.n += groups[i].n;
        squares += (__int128)groups[i].n * groups[i].n;
        shift += (double)groups[i].n * (groups[i].mean - pivot);
        sums.ssw += groups[i].sum_squared_deviations;
        largest = fmax(largest, fabs(groups[i].mean));
    }
    *ret_largest = largest;
    if (sums.n == 0) {
        sums.mean_group_size = sums.k0 = NAN;
        return sums;
    }
    double n = (double)sums.n, center = shift / n;
    for (size_t i = 0; i < count; i++) {
        double apart = groups[i].n > 0 ? groups[i].mean - pivot - center : 0;
        sums.ssb += (double)groups[i].n * apart * apart;
    }
    sums.grand_mean = pivot + center;
    sums.df1 = sums.groups - 1;
    sums.df2 = sums.n - sums.groups;
    sums.mean_group_size = n / (double)sums.groups;
    sums.k0 = sums.df1 > 0 ? (double)((__int128)sums.n * sums.n - squares) / n / (double)sums.df1 : NAN;
    return sums;
}

static const char *what_is_missing(const struct anova *anova, bool between, bool within)
{
    if (anova->n == 0)
        return "no-data";
    if (anova->groups == 1)
        return "one-group";
    if (anova->df2 == 0)
        return "singletons";
    if (!within)
        return between ? "no-variance-within" : "no-variance";
    return between ? NULL : "no-variance-between";
}

static double icc1(const struct anova *anova, double k)
{
    return (anova->msb - anova->msw) / (anova->msb + (k - 1) * anova->msw);
}

static void add_intervals(struct anova *anova)
{
    double df1 = (double)anova->df1, df2 = (double)anova->df2, k0 = anova->k0;
    double low = anova->f / f_quantile(0.975, df1, df2), high = anova->f / f_quantile(0.025, df1, df2);
    anova->icc1_low = (low - 1) / (low + k0 - 1);
    anova->icc1_high = (high - 1) / (high + k0 - 1);
    if (anova->f > 0) {
        anova->icc2_low = 1 - 1 / low;
        anova->icc2_high = 1 - 1 / high;
    }
}

/* Everything that needs both mean squares. */
static void add_ratios(struct anova *anova, bool between, bool within)
{
    anova->eta2 = anova->ssb / (anova->ssb + anova->ssw);
    anova->icc1_mean_n = icc1(anova, anova->mean_group_size);
    anova->icc1_k0 = icc1(anova, anova->k0);
    if (between)
        anova->icc2 = (anova->msb - anova->msw) / anova->msb;
    if (!within)
        return;
    anova->f = anova->msb / anova->msw;
    anova->p = f_upper(anova->f, (double)anova->df1, (double)anova->df2);
    add_intervals(anova);
}

struct anova group_anova(const struct group_sums *groups, size_t count)
{
    double largest = 0;
    struct anova anova = sums_of(groups, count, &largest);
    bool between = !is_rounding_only(anova.ssb, anova.n, largest);
    bool within = !is_rounding_only(anova.ssw, anova.n, largest);
    anova.ssb = between ? anova.ssb : 0;
    anova.ssw = within ? anova.ssw : 0;
    anova.reason = what_is_missing(&anova, between, within);
    anova.deviation = anova.n > 1 ? sqrt((anova.ssb + anova.ssw) / (double)(anova.n - 1)) : NAN;
    anova.msb = anova.df1 > 0 ? anova.ssb / (double)anova.df1 : NAN;
    anova.msw = anova.df2 > 0 ? anova.ssw / (double)anova.df2 : NAN;
    anova.eta2 = anova.f = anova.p = anova.icc1_mean_n = anova.icc1_k0 = anova.icc2 = NAN;
    anova.icc1_low = anova.icc1_high = anova.icc2_low = anova.icc2_high = NAN;
    if (anova.df1 > 0 && anova.df2 > 0 && (between || within))
        add_ratios(&anova, between, within);
    return anova;
}
