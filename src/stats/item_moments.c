/* From sums to means and covariances: cov = (n sum xy - sum x sum y) / (n (n - 1)), the numerator exact in
 * 128 bits for integers and in 113 bits for decimals. */
#include "stats/item_sums_internal.h"

#include <math.h>

struct pair_sums {
    int64_t n, sum_a, sum_b, sum_ab;
    wide decimal_a, decimal_b, decimal_ab;
};

static struct pair_sums complete_pair(const struct item_sums *sums, size_t a, size_t b)
{
    size_t at = a * sums->items + b;
    return (struct pair_sums){
        .n = sums->complete,
        .sum_a = sums->sum[a],
        .sum_b = sums->sum[b],
        .sum_ab = sums->product[at],
        .decimal_a = sums->decimal.sum[a],
        .decimal_b = sums->decimal.sum[b],
        .decimal_ab = sums->decimal.product[at],
    };
}

/* Complete rows and rows of some items; b <= a. */
static struct pair_sums any_pair(const struct item_sums *sums, size_t a, size_t b)
{
    struct pair_sums pair = complete_pair(sums, a, b);
    size_t ab = a * sums->items + b, ba = b * sums->items + a;
    pair.n += sums->pair_n[ab];
    pair.sum_a += sums->pair_sum[ab];
    pair.sum_b += sums->pair_sum[ba];
    pair.sum_ab += sums->pair_product[ab];
    pair.decimal_a += sums->decimal.pair_sum[ab];
    pair.decimal_b += sums->decimal.pair_sum[ba];
    pair.decimal_ab += sums->decimal.pair_product[ab];
    return pair;
}

/* Deviations this much smaller than the values themselves are what 113 bits leave of a constant. */
static const double constant_share = 0x1p-96;

static double pair_covariance(const struct item_sums *sums, const struct pair_sums *pair)
{
    if (pair->n < 2)
        return NAN;
    double divisor = (double)pair->n * (double)(pair->n - 1);
    if (!sums->has_decimals)
        return (double)((__int128)pair->n * pair->sum_ab - (__int128)pair->sum_a * pair->sum_b) / divisor;
    wide a = pair->decimal_a + (wide)pair->sum_a, b = pair->decimal_b + (wide)pair->sum_b;
    wide ab = pair->decimal_ab + (wide)pair->sum_ab, numerator = (wide)pair->n * ab - a * b;
    wide limit = (wide)constant_share * (a * b < 0 ? -a * b : a * b);
    if (numerator < limit && -numerator < limit)
        return 0;
    return (double)numerator / divisor;
}

static double pair_mean(const struct pair_sums *pair)
{
    if (pair->n == 0)
        return NAN;
    return (double)((pair->decimal_a + (wide)pair->sum_a) / (wide)pair->n);
}

static bool is_reversed(const bool *reversed, size_t item)
{
    return reversed != NULL && reversed[item];
}

static void fill(const struct item_sums *sums, const bool *reversed, double low_plus_high,
                 struct item_moments *moments)
{
    size_t items = sums->items;
    for (size_t a = 0; a < items; a++) {
        bool turned = is_reversed(reversed, a);
        for (size_t b = 0; b <= a; b++) {
            double sign = turned == is_reversed(reversed, b) ? 1 : -1;
            struct pair_sums complete = complete_pair(sums, a, b), any = any_pair(sums, a, b);
            double covariance = sign * pair_covariance(sums, &complete),
                   pairwise = sign * pair_covariance(sums, &any);
            moments->covariance[a * items + b] = moments->covariance[b * items + a] = covariance;
            moments->pairwise_covariance[a * items + b] = moments->pairwise_covariance[b * items + a] =
                pairwise;
            if (a != b)
                continue;
            double mean = pair_mean(&complete), answered_mean = pair_mean(&any);
            moments->mean[a] = turned ? low_plus_high - mean : mean;
            moments->answered[a] = any.n;
            moments->answered_mean[a] = turned ? low_plus_high - answered_mean : answered_mean;
            moments->answered_sd[a] = sqrt(pairwise);
        }
    }
}

enum error_code item_sums_moments(const struct item_sums *sums, const bool *reversed, double low_plus_high,
                                  struct region *region, struct error *error,
                                  struct item_moments *ret_moments)
{
    size_t items = sums->items;
    struct item_moments moments = {
        .items = items,
        .rows = sums->rows,
        .complete = sums->complete,
        .mean = REGION_ARRAY(region, items, double),
        .covariance = REGION_ARRAY(region, items * items, double),
        .answered = REGION_ARRAY(region, items, int64_t),
        .answered_mean = REGION_ARRAY(region, items, double),
        .answered_sd = REGION_ARRAY(region, items, double),
        .pairwise_covariance = REGION_ARRAY(region, items * items, double),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    fill(sums, reversed, low_plus_high, &moments);
    *ret_moments = moments;
    return OK;
}
