/* Sums of decimal answers. The rows of one call are centred at their own means and summed in doubles:
 * small numbers, little rounding. What goes into the accumulator is then put back around 0 in 113 bits,
 * where products of doubles are exact and nothing that matters is lost, in whatever order calls and
 * threads come (centring as in Chan, Golub & LeVeque, The American Statistician 37 (1983) 242-247). */
#include "stats/item_sums_internal.h"

#include <math.h>

enum { LANES = 4 };

static double dot(const double *a, const double *b)
{
    double lanes[LANES] = {0};
    for (size_t i = 0; i < TILE_ROWS; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] += a[i + lane] * b[i + lane];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

static double total(const double *a)
{
    double lanes[LANES] = {0};
    for (size_t i = 0; i < TILE_ROWS; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++)
            lanes[lane] += a[i + lane];
    return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
}

/* About the mean. A pivot of few digits keeps the differences of short numbers, whole ones above all,
 * exact. */
static double pivot_of(const double *column, size_t rows)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < rows; i++) {
        bool has = !isnan(column[i]);
        n += has;
        sum += has ? column[i] : 0;
    }
    double mean = n > 0 ? sum / (double)n : 0;
    return fabs(mean) < 1e30 ? (double)(float)mean : mean;
}

static void centred_begin(struct item_sums *sums, const double *const *columns, size_t rows)
{
    struct centred_sums *centred = &sums->centred;
    size_t items = sums->items, pairs = items * items;
    for (size_t a = 0; a < items; a++)
        centred->pivot[a] = pivot_of(columns[a], rows);
    centred->rows = 0;
    memset(centred->sum, 0, items * sizeof(double));
    memset(centred->product, 0, pairs * sizeof(double));
    memset(centred->pair_n, 0, pairs * sizeof(double));
    memset(centred->pair_sum, 0, pairs * sizeof(double));
    memset(centred->pair_product, 0, pairs * sizeof(double));
}

static void add_complete_rows(struct item_sums *sums, const double *const *columns, size_t from,
                              const struct tile_rows *rows)
{
    struct centred_sums *centred = &sums->centred;
    centred->rows += (int64_t)rows->complete_count;
    for (size_t a = 0; a < sums->items; a++) {
        double *tile = sums->numbers + a * TILE_ROWS;
        for (size_t i = 0; i < rows->complete_count; i++)
            tile[i] = columns[a][from + rows->complete[i]] - centred->pivot[a];
        memset(tile + rows->complete_count, 0, (TILE_ROWS - rows->complete_count) * sizeof(double));
        centred->sum[a] += total(tile);
        for (size_t b = 0; b <= a; b++)
            centred->product[a * sums->items + b] += dot(tile, sums->numbers + b * TILE_ROWS);
    }
}

static void add_gap_pair(struct item_sums *sums, size_t a, size_t b)
{
    struct centred_sums *centred = &sums->centred;
    const double *numbers_a = sums->gap_numbers + a * TILE_ROWS,
                 *present_a = sums->gap_present + a * TILE_ROWS;
    const double *numbers_b = sums->gap_numbers + b * TILE_ROWS,
                 *present_b = sums->gap_present + b * TILE_ROWS;
    size_t ab = a * sums->items + b, ba = b * sums->items + a;
    centred->pair_n[ab] += dot(present_a, present_b);
    centred->pair_sum[ab] += dot(numbers_a, present_b);
    centred->pair_product[ab] += dot(numbers_a, numbers_b);
    if (a != b)
        centred->pair_sum[ba] += dot(numbers_b, present_a);
}

static void add_gap_rows(struct item_sums *sums, const double *const *columns, size_t from,
                         const struct tile_rows *rows)
{
    for (size_t a = 0; a < sums->items; a++) {
        double *tile = sums->gap_numbers + a * TILE_ROWS, *present = sums->gap_present + a * TILE_ROWS;
        memset(tile, 0, TILE_ROWS * sizeof(double));
        memset(present, 0, TILE_ROWS * sizeof(double));
        for (size_t i = 0; i < rows->gap_count; i++) {
            double value = columns[a][from + rows->gap[i]];
            present[i] = isnan(value) ? 0 : 1;
            tile[i] = isnan(value) ? 0 : value - sums->centred.pivot[a];
        }
        for (size_t b = 0; b <= a; b++)
            add_gap_pair(sums, a, b);
    }
}

/* Sum of (x + c) (y + d) over n rows, from the sums of x, y and xy. */
static wide moved_product(double n, double xy, double x, double y, double c, double d)
{
    return (wide)xy + (wide)c * y + (wide)d * x + (wide)c * d * n;
}

/* Puts a pair, b <= a, back around 0. */
static void end_pair(struct item_sums *sums, size_t a, size_t b)
{
    const struct centred_sums *centred = &sums->centred;
    size_t ab = a * sums->items + b, ba = b * sums->items + a;
    double c = centred->pivot[a], d = centred->pivot[b], n = centred->pair_n[ab];
    sums->decimal.product[ab] +=
        moved_product((double)centred->rows, centred->product[ab], centred->sum[a], centred->sum[b], c, d);
    if (!(n > 0))
        return;
    sums->pair_n[ab] += (int64_t)n;
    sums->decimal.pair_sum[ab] += (wide)c * n + (wide)centred->pair_sum[ab];
    if (a != b)
        sums->decimal.pair_sum[ba] += (wide)d * n + (wide)centred->pair_sum[ba];
    sums->decimal.pair_product[ab] +=
        moved_product(n, centred->pair_product[ab], centred->pair_sum[ab], centred->pair_sum[ba], c, d);
}

static void centred_end(struct item_sums *sums)
{
    const struct centred_sums *centred = &sums->centred;
    sums->complete += centred->rows;
    for (size_t a = 0; a < sums->items; a++) {
        sums->decimal.sum[a] += (wide)centred->pivot[a] * (double)centred->rows + (wide)centred->sum[a];
        for (size_t b = 0; b <= a; b++)
            end_pair(sums, a, b);
    }
}

void item_sums_add_numbers(struct item_sums *sums, const double *const *columns, size_t rows)
{
    uint8_t gaps[TILE_ROWS];
    struct tile_rows divided;
    if (rows == 0)
        return;
    centred_begin(sums, columns, rows);
    for (size_t from = 0; from < rows; from += TILE_ROWS) {
        size_t count = rows - from < TILE_ROWS ? rows - from : TILE_ROWS;
        memset(gaps, 0, sizeof gaps);
        for (size_t a = 0; a < sums->items; a++)
            for (size_t i = 0; i < count; i++)
                gaps[i] = gaps[i] || isnan(columns[a][from + i]);
        tile_rows_divide(gaps, count, &divided);
        if (divided.complete_count > 0)
            add_complete_rows(sums, columns, from, &divided);
        if (divided.gap_count > 0)
            add_gap_rows(sums, columns, from, &divided);
    }
    centred_end(sums);
    sums->rows += (int64_t)rows;
    sums->has_decimals = true;
}
