/* Do groups differ, and how much do people of one group have in common: one-way analysis of variance. */
#ifndef HECHT_STATS_ANOVA_H
#define HECHT_STATS_ANOVA_H

#include "stats/group_sums.h"

/* With J groups of n_j values, N in all; groups without values do not count. NAN is a number that does not
 * exist; `reason` then says why. */
struct anova {
    int64_t n, groups;            /* N, J */
    double mean_group_size;       /* N / J */
    double k0;                    /* (N - sum n_j^2 / N) / (J - 1): the size that counts when sizes differ */
    double grand_mean, deviation; /* of all values; deviation with divisor N - 1 */
    double ssb, ssw;              /* sums of squares between and within */
    int64_t df1, df2;             /* J - 1, N - J */
    double msb, msw, f, p, eta2;
    /* ICC(1) = (MSB - MSW) / (MSB + (k - 1) MSW), k the mean size or k0; ICC(2) = (MSB - MSW) / MSB. Raw:
     * below zero when groups differ less than chance alone would make them. 1 when people inside groups
     * never differ. */
    double icc1_mean_n, icc1_k0, icc2;
    /* 95 %, from the F distribution, with k0: exact when sizes are equal. */
    double icc1_low, icc1_high, icc2_low, icc2_high;
    const char *reason; /* NULL: everything is there; otherwise one of those in group_sums.h, or
                           "no-variance-between" (all groups have the same mean: no ICC(2)) */
};

/* Fisher (1925); intraclass correlations: Shrout & Fleiss, Psychological Bulletin 86 (1979) 420-428;
 * Bliese (2000); intervals: Searle, Casella & McCulloch, Variance Components (1992), section 3.6.
 * O(count). */
struct anova group_anova(const struct group_sums *groups, size_t count);

#endif
