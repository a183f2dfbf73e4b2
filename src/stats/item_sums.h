/* Sums of the items of a scale in one pass: n, sums and cross-products over the complete rows and over
 * every pair of items. They can be merged: the sums of two parts are the sums of the union, so the same
 * accumulators serve threads, rounds and teams.
 *
 * Integer answers are summed exactly in 64 bits (128 where products of sums are formed). Decimal answers
 * are summed centred in each block, and the blocks in 113 bits, so that the order of the blocks does not
 * show in the result.
 *
 * One accumulator is for one thread at a time. */
#ifndef HECHT_STATS_ITEM_SUMS_H
#define HECHT_STATS_ITEM_SUMS_H

#include "base/base.h"

enum {
    ITEM_SUMS_ITEMS_MAXIMUM = 128,
    ITEM_SUMS_NO_CODE = 255,
};

struct item_sums;

/* 1 <= items <= ITEM_SUMS_ITEMS_MAXIMUM. About 140 items^2 + 15,400 items bytes; lives as long as the
 * region. */
enum error_code item_sums_new(size_t items, struct region *region, struct error *error,
                              struct item_sums **ret_sums) MUST_CHECK;
void item_sums_clear(struct item_sums *sums);

/* columns: one per item, each with `rows` answers 0..254; ITEM_SUMS_NO_CODE: not answered.
 * O(rows items^2), about 15 ms for a million rows of 20 items. */
void item_sums_add_codes(struct item_sums *sums, const uint8_t *const *columns, size_t rows);
/* The same for any finite decimals; NAN: not answered. The rows of one call are centred together. */
void item_sums_add_numbers(struct item_sums *sums, const double *const *columns, size_t rows);
/* Row after row, as a round keeps them; `none`: not answered. Any int16_t may be an answer. */
void item_sums_add_rows(struct item_sums *sums, const int16_t *values, size_t rows, int16_t none);
/* into += from; both of the same number of items. */
void item_sums_merge(struct item_sums *into, const struct item_sums *from);

int64_t item_sums_rows(const struct item_sums *sums);     /* that were added, answered or not */
int64_t item_sums_complete(const struct item_sums *sums); /* with every item answered */

/* Of two items over the rows that have both (a == b: over all answers of one item). Integers only: 0 where
 * decimals were added. */
struct item_pair {
    int64_t n, sum_a, sum_b, sum_ab;
};
struct item_pair item_sums_pair(const struct item_sums *sums, size_t a, size_t b);

/* Means and covariances. Matrices are items x items by rows, symmetric, in the region. */
struct item_moments {
    size_t items;
    int64_t rows, complete;
    double *mean;       /* complete rows; NAN without one */
    double *covariance; /* complete rows, divisor n - 1; NAN below two */
    int64_t *answered;  /* per item, over all its answers: */
    double *answered_mean, *answered_sd;
    double *
        pairwise_covariance; /* each entry over the rows that have both items, divisor n - 1; NAN below two */
};

/* reversed: per item, may be NULL; a reversed answer x counts as low_plus_high - x. Exact up to one
 * rounding for integers. O(items^2). */
enum error_code item_sums_moments(const struct item_sums *sums, const bool *reversed, double low_plus_high,
                                  struct region *region, struct error *error,
                                  struct item_moments *ret_moments) MUST_CHECK;

#endif
