/* Means and sums of products of up to 16 variables over complete rows, in one pass. Mergeable: the
 * moments of two parts give those of the whole, so that teams, threads and rounds can be added up in any
 * order (to rounding). Updating: Welford, Technometrics 4 (1962) 419-420; merging: Chan, Golub & LeVeque,
 * The American Statistician 37 (1983) 242-247. Nothing cancels when means are large beside the
 * differences. */
#ifndef HECHT_STATS_CROSS_MOMENTS_H
#define HECHT_STATS_CROSS_MOMENTS_H

#include "base/base.h"

enum { CROSS_VARIABLES_MAXIMUM = 16, CROSS_PRODUCTS_MAXIMUM = 136 };

/* All zero but `variables`: no rows yet. */
struct cross_moments {
    size_t variables; /* 1 .. CROSS_VARIABLES_MAXIMUM, the same in all that are merged */
    int64_t n;
    double means[CROSS_VARIABLES_MAXIMUM];
    double products[CROSS_PRODUCTS_MAXIMUM]; /* of deviations from the own means; see cross_index */
};

/* Place of (i, j), i >= j, in the lower triangle row by row. */
static inline size_t cross_index(size_t i, size_t j)
{
    return i * (i + 1) / 2 + j;
}

/* The product sum of (i, j) in either order. */
static inline double cross_product(const struct cross_moments *moments, size_t i, size_t j)
{
    return moments->products[i >= j ? cross_index(i, j) : cross_index(j, i)];
}

/* One complete row: `variables` finite values. */
void cross_moments_add(struct cross_moments *moments, const double *values);
/* moments := moments of both. */
void cross_moments_merge(struct cross_moments *moments, const struct cross_moments *other);
/* Adds the products alone, as if other's rows were deviations from other's own means: what remains inside
 * groups. */
void cross_moments_merge_within(struct cross_moments *moments, const struct cross_moments *other);

#endif
