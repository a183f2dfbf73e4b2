/* Exact sums of integer answers. Rows go through tiles: answers as int16_t, a column after the other, so that
 * compilers make a dot product of two columns one instruction for eight rows. */
#include "stats/item_sums_internal.h"

enum { TOGETHER = 4 }; /* columns that share the reading of another one */

enum error_code item_sums_new(size_t items, struct region *region, struct error *error,
                              struct item_sums **ret_sums)
{
    if (items == 0 || items > ITEM_SUMS_ITEMS_MAXIMUM)
        return FAIL(error, ERROR_INPUT, "item-count", "%zu items, expected 1 to %d", items,
                    ITEM_SUMS_ITEMS_MAXIMUM);
    size_t pairs = items * items, tile = items * TILE_ROWS;
    struct item_sums *sums = REGION_NEW(region, struct item_sums);
    if (sums == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    *sums = (struct item_sums){
        .items = items,
        .pair_n = REGION_ARRAY(region, pairs, int64_t),
        .sum = REGION_ARRAY(region, items, int64_t),
        .product = REGION_ARRAY(region, pairs, int64_t),
        .pair_sum = REGION_ARRAY(region, pairs, int64_t),
        .pair_product = REGION_ARRAY(region, pairs, int64_t),
        .decimal = {.sum = REGION_ARRAY(region, items, wide),
                    .product = REGION_ARRAY(region, pairs, wide),
                    .pair_sum = REGION_ARRAY(region, pairs, wide),
                    .pair_product = REGION_ARRAY(region, pairs, wide)},
        .tile = REGION_ARRAY(region, tile, int16_t),
        .gap_tile = REGION_ARRAY(region, tile, int16_t),
        .gap_mask = REGION_ARRAY(region, tile, int16_t),
        .numbers = REGION_ARRAY(region, tile, double),
        .gap_numbers = REGION_ARRAY(region, tile, double),
        .gap_present = REGION_ARRAY(region, tile, double),
        .centred = {.pivot = REGION_ARRAY(region, items, double),
                    .sum = REGION_ARRAY(region, items, double),
                    .product = REGION_ARRAY(region, pairs, double),
                    .pair_n = REGION_ARRAY(region, pairs, double),
                    .pair_sum = REGION_ARRAY(region, pairs, double),
                    .pair_product = REGION_ARRAY(region, pairs, double)},
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    *ret_sums = sums;
    return OK;
}

void item_sums_clear(struct item_sums *sums)
{
    size_t items = sums->items, pairs = items * items;
    sums->rows = 0;
    sums->complete = 0;
    sums->has_decimals = false;
    memset(sums->pair_n, 0, pairs * sizeof(int64_t));
    memset(sums->sum, 0, items * sizeof(int64_t));
    memset(sums->product, 0, pairs * sizeof(int64_t));
    memset(sums->pair_sum, 0, pairs * sizeof(int64_t));
    memset(sums->pair_product, 0, pairs * sizeof(int64_t));
    memset(sums->decimal.sum, 0, items * sizeof(wide));
    memset(sums->decimal.product, 0, pairs * sizeof(wide));
    memset(sums->decimal.pair_sum, 0, pairs * sizeof(wide));
    memset(sums->decimal.pair_product, 0, pairs * sizeof(wide));
}

/* ---- Dot products of tile columns. 512 products of answers up to 254 stay below 2^25. ---------------- */

static int32_t dot(const int16_t *a, const int16_t *b)
{
    int32_t sum = 0;
    for (size_t i = 0; i < TILE_ROWS; i++)
        sum += a[i] * b[i];
    return sum;
}

static void dot_together(const int16_t *a, const int16_t *const b[static TOGETHER],
                         int32_t ret[static TOGETHER])
{
    const int16_t *b0 = b[0], *b1 = b[1], *b2 = b[2], *b3 = b[3];
    int32_t sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (size_t i = 0; i < TILE_ROWS; i++) {
        sum0 += a[i] * b0[i];
        sum1 += a[i] * b1[i];
        sum2 += a[i] * b2[i];
        sum3 += a[i] * b3[i];
    }
    ret[0] = sum0;
    ret[1] = sum1;
    ret[2] = sum2;
    ret[3] = sum3;
}

static int32_t total(const int16_t *a)
{
    int32_t sum = 0;
    for (size_t i = 0; i < TILE_ROWS; i++)
        sum += a[i];
    return sum;
}

/* The tile holds `count` complete rows and zeros behind them. */
static void add_complete_tile(struct item_sums *sums, size_t count)
{
    size_t items = sums->items;
    sums->complete += (int64_t)count;
    for (size_t a = 0; a < items; a++) {
        const int16_t *column = sums->tile + a * TILE_ROWS;
        sums->sum[a] += total(column);
        for (size_t from = 0; from <= a; from += TOGETHER) {
            const int16_t *others[TOGETHER];
            int32_t products[TOGETHER];
            for (size_t k = 0; k < TOGETHER; k++)
                others[k] = sums->tile + (from + k <= a ? from + k : a) * TILE_ROWS;
            dot_together(column, others, products);
            for (size_t k = 0; k < TOGETHER && from + k <= a; k++)
                sums->product[a * items + from + k] += products[k];
        }
    }
}

/* The gap tile holds rows of some items. */
static void add_gap_tile(struct item_sums *sums)
{
    size_t items = sums->items;
    for (size_t a = 0; a < items; a++) {
        const int16_t *tile_a = sums->gap_tile + a * TILE_ROWS, *mask_a = sums->gap_mask + a * TILE_ROWS;
        for (size_t b = 0; b <= a; b++) {
            const int16_t *tile_b = sums->gap_tile + b * TILE_ROWS, *mask_b = sums->gap_mask + b * TILE_ROWS;
            sums->pair_n[a * items + b] += dot(mask_a, mask_b);
            sums->pair_sum[a * items + b] += dot(tile_a, mask_b);
            sums->pair_product[a * items + b] += dot(tile_a, tile_b);
            if (a != b)
                sums->pair_sum[b * items + a] += dot(tile_b, mask_a);
        }
    }
}

/* ---- From codes to tiles ------------------------------------------------------------------------------ */

/* Whether any item of a row has no answer. */
static bool find_gaps(const uint8_t *const *columns, size_t items, size_t from, size_t count,
                      uint8_t gaps[static TILE_ROWS])
{
    unsigned any = 0;
    memset(gaps, 0, TILE_ROWS);
    for (size_t a = 0; a < items; a++)
        for (size_t i = 0; i < count; i++)
            gaps[i] |= (uint8_t)(columns[a][from + i] == ITEM_SUMS_NO_CODE);
    for (size_t i = 0; i < count; i++)
        any |= gaps[i];
    return any != 0;
}

void tile_rows_divide(const uint8_t *gaps, size_t count, struct tile_rows *ret_rows)
{
    size_t complete = 0, gap = 0;
    for (size_t i = 0; i < count; i++) { /* without branches: gaps come at random */
        ret_rows->complete[complete] = (uint16_t)i;
        ret_rows->gap[gap] = (uint16_t)i;
        complete += gaps[i] == 0;
        gap += gaps[i] != 0;
    }
    ret_rows->complete_count = complete;
    ret_rows->gap_count = gap;
}

static void fill_tile(struct item_sums *sums, const uint8_t *const *columns, size_t from, size_t count)
{
    for (size_t a = 0; a < sums->items; a++) {
        int16_t *tile = sums->tile + a * TILE_ROWS;
        const uint8_t *column = columns[a] + from;
        for (size_t i = 0; i < count; i++)
            tile[i] = column[i];
        memset(tile + count, 0, (TILE_ROWS - count) * sizeof(int16_t));
    }
}

static void fill_tile_picked(struct item_sums *sums, const uint8_t *const *columns, size_t from,
                             const struct tile_rows *rows)
{
    for (size_t a = 0; a < sums->items; a++) {
        int16_t *tile = sums->tile + a * TILE_ROWS;
        for (size_t i = 0; i < rows->complete_count; i++)
            tile[i] = columns[a][from + rows->complete[i]];
        memset(tile + rows->complete_count, 0, (TILE_ROWS - rows->complete_count) * sizeof(int16_t));
    }
}

/* Behind the `filled` rows that are in the gap tile. */
static void append_gap_rows(struct item_sums *sums, const uint8_t *const *columns, size_t from,
                            const struct tile_rows *rows, size_t filled)
{
    for (size_t a = 0; a < sums->items; a++) {
        int16_t *tile = sums->gap_tile + a * TILE_ROWS + filled,
                *mask = sums->gap_mask + a * TILE_ROWS + filled;
        for (size_t i = 0; i < rows->gap_count; i++) {
            uint8_t code = columns[a][from + rows->gap[i]];
            mask[i] = code != ITEM_SUMS_NO_CODE;
            tile[i] = (int16_t)(code * mask[i]);
        }
    }
}

static void flush_gap_tile(struct item_sums *sums, size_t filled)
{
    for (size_t a = 0; a < sums->items; a++) {
        memset(sums->gap_tile + a * TILE_ROWS + filled, 0, (TILE_ROWS - filled) * sizeof(int16_t));
        memset(sums->gap_mask + a * TILE_ROWS + filled, 0, (TILE_ROWS - filled) * sizeof(int16_t));
    }
    add_gap_tile(sums);
}

void item_sums_add_codes(struct item_sums *sums, const uint8_t *const *columns, size_t rows)
{
    uint8_t gaps[TILE_ROWS];
    struct tile_rows divided;
    size_t filled = 0; /* rows that wait in the gap tile */
    for (size_t from = 0; from < rows; from += TILE_ROWS) {
        size_t count = rows - from < TILE_ROWS ? rows - from : TILE_ROWS;
        if (!find_gaps(columns, sums->items, from, count, gaps)) {
            fill_tile(sums, columns, from, count);
            add_complete_tile(sums, count);
            continue;
        }
        tile_rows_divide(gaps, count, &divided);
        if (divided.complete_count > 0) {
            fill_tile_picked(sums, columns, from, &divided);
            add_complete_tile(sums, divided.complete_count);
        }
        if (filled + divided.gap_count > TILE_ROWS) {
            flush_gap_tile(sums, filled);
            filled = 0;
        }
        append_gap_rows(sums, columns, from, &divided, filled);
        filled += divided.gap_count;
    }
    if (filled > 0)
        flush_gap_tile(sums, filled);
    sums->rows += (int64_t)rows;
}

/* ---- Row after row ------------------------------------------------------------------------------------ */

static bool row_is_complete(const int16_t *row, size_t items, int16_t none)
{
    for (size_t a = 0; a < items; a++)
        if (row[a] == none)
            return false;
    return true;
}

static void add_partial_row(struct item_sums *sums, const int16_t *row, int16_t none)
{
    size_t items = sums->items;
    for (size_t a = 0; a < items; a++)
        for (size_t b = 0; row[a] != none && b < items; b++) {
            if (row[b] == none)
                continue;
            sums->pair_sum[a * items + b] += row[a];
            if (b > a)
                continue;
            sums->pair_n[a * items + b]++;
            sums->pair_product[a * items + b] += (int64_t)row[a] * row[b];
        }
}

void item_sums_add_rows(struct item_sums *sums, const int16_t *values, size_t rows, int16_t none)
{
    size_t items = sums->items;
    sums->rows += (int64_t)rows;
    for (size_t r = 0; r < rows; r++) {
        const int16_t *row = values + r * items;
        if (!row_is_complete(row, items, none)) {
            add_partial_row(sums, row, none);
            continue;
        }
        sums->complete++;
        for (size_t a = 0; a < items; a++) {
            sums->sum[a] += row[a];
            for (size_t b = 0; b <= a; b++)
                sums->product[a * items + b] += (int64_t)row[a] * row[b];
        }
    }
}

/* ---- Whole accumulators ------------------------------------------------------------------------------- */

void item_sums_merge(struct item_sums *into, const struct item_sums *from)
{
    size_t items = into->items, pairs = items * items;
    into->rows += from->rows;
    into->complete += from->complete;
    into->has_decimals = into->has_decimals || from->has_decimals;
    for (size_t i = 0; i < items; i++) {
        into->sum[i] += from->sum[i];
        into->decimal.sum[i] += from->decimal.sum[i];
    }
    for (size_t i = 0; i < pairs; i++) {
        into->pair_n[i] += from->pair_n[i];
        into->product[i] += from->product[i];
        into->pair_sum[i] += from->pair_sum[i];
        into->pair_product[i] += from->pair_product[i];
        into->decimal.product[i] += from->decimal.product[i];
        into->decimal.pair_sum[i] += from->decimal.pair_sum[i];
        into->decimal.pair_product[i] += from->decimal.pair_product[i];
    }
}

int64_t item_sums_rows(const struct item_sums *sums)
{
    return sums->rows;
}

int64_t item_sums_complete(const struct item_sums *sums)
{
    return sums->complete;
}

struct item_pair item_sums_pair(const struct item_sums *sums, size_t a, size_t b)
{
    if (sums->has_decimals)
        return (struct item_pair){0};
    size_t high = a > b ? a : b, low = a > b ? b : a, at = high * sums->items + low;
    return (struct item_pair){
        .n = sums->complete + sums->pair_n[at],
        .sum_a = sums->sum[a] + sums->pair_sum[a * sums->items + b],
        .sum_b = sums->sum[b] + sums->pair_sum[b * sums->items + a],
        .sum_ab = sums->product[at] + sums->pair_product[at],
    };
}
