/* What the accumulators hold; for item_*.c only.
 *
 * Rows with all items and rows with some are kept apart: of the first a pair needs its product only,
 * because every pair has the same n and the same sums. Pairwise sums are the two together. */
#ifndef HECHT_STATS_ITEM_SUMS_INTERNAL_H
#define HECHT_STATS_ITEM_SUMS_INTERNAL_H

#include "stats/item_sums.h"

/* 113 bits. Where long double has them (aarch64) it is that, on x86 the compiler's own type. */
#if __LDBL_MANT_DIG__ == 113
typedef long double wide;
#else
typedef __float128 wide;
#endif

enum { TILE_ROWS = 512 };

struct decimal_sums {
    wide *sum;          /* items: complete rows */
    wide *product;      /* items x items, b <= a: complete rows */
    wide *pair_sum;     /* items x items: of a over rows of some items that have a and b */
    wide *pair_product; /* items x items, b <= a */
};

/* Of one call, around a pivot per item; the same shapes as decimal_sums. */
struct centred_sums {
    int64_t rows; /* complete */
    double *pivot;
    double *sum, *product, *pair_n, *pair_sum, *pair_product;
};

struct item_sums {
    size_t items;
    int64_t rows, complete;
    int64_t *pair_n; /* items x items, b <= a: rows of some items that have a and b, also decimal ones */
    int64_t *sum;    /* as in decimal_sums, of integer answers */
    int64_t *product;
    int64_t *pair_sum;
    int64_t *pair_product;
    struct decimal_sums decimal;
    bool has_decimals;
    /* Work space, not part of the sums. A tile is TILE_ROWS values of each item, zeros behind the last
     * row. */
    int16_t *tile;                /* complete rows */
    int16_t *gap_tile, *gap_mask; /* rows of some items: answers or 0, and whether there is one */
    double *numbers, *gap_numbers, *gap_present;
    struct centred_sums centred;
};

/* Divides rows from..from+count of a tile into complete and other ones, by their gaps (not 0: has one). */
struct tile_rows {
    size_t complete_count, gap_count;
    uint16_t complete[TILE_ROWS], gap[TILE_ROWS];
};
void tile_rows_divide(const uint8_t *gaps, size_t count, struct tile_rows *ret_rows);

#endif
