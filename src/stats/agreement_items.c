/* Spreads of all items of a team together. Every loop runs over the items and has no branch, so that the
 * compiler makes vectors of it; all numbers before the last step are integers that an int32_t or a double
 * holds exactly. */
#include "stats/agreement.h"

#include <math.h>

/* Of each item, options counted from 0. */
struct item_work {
    int32_t above[SPREADS_ITEMS_MAXIMUM], weighted[SPREADS_ITEMS_MAXIMUM];
    int32_t sum[SPREADS_ITEMS_MAXIMUM], twice_median[SPREADS_ITEMS_MAXIMUM];
    double from_mean[SPREADS_ITEMS_MAXIMUM], from_median[SPREADS_ITEMS_MAXIMUM]; /* times n; times 2 */
    double mean[SPREADS_ITEMS_MAXIMUM], variance[SPREADS_ITEMS_MAXIMUM], awg[SPREADS_ITEMS_MAXIMUM];
};

/* With S_k answers at option k or above: sum = S_1 + S_2 + .., sum of squares = S_1 + 3 S_2 + 5 S_3 + .. =
 * 2 T - sum, where T = S_1 + 2 S_2 + ..; and the median is the number of k whose S_k is more than half, or
 * half. */
static void sum_items(const int32_t *restrict counts, size_t items, size_t options, int32_t n,
                      struct item_work *restrict work)
{
    int32_t lower = n - (n - 1) / 2, upper = n - n / 2;
    for (size_t i = 0; i < items; i++)
        work->above[i] = work->weighted[i] = work->sum[i] = work->twice_median[i] = 0;
    for (size_t o = options - 1; o > 0; o--) {
        const int32_t *restrict of_option = counts + o * items;
        for (size_t i = 0; i < items; i++) {
            int32_t above = work->above[i] + of_option[i], sum = work->sum[i] + above;
            work->above[i] = above;
            work->sum[i] = sum;
            work->weighted[i] += sum;
            work->twice_median[i] += (above >= lower) + (above >= upper);
        }
    }
}

/* What lies above the mean is as far from it as what lies below; d + |d| counts the first twice. */
static void add_deviations(const int32_t *restrict counts, size_t items, size_t options, double n,
                           struct item_work *restrict work)
{
    for (size_t i = 0; i < items; i++)
        work->from_mean[i] = work->from_median[i] = 0;
    for (size_t o = 0; o < options; o++) {
        const int32_t *restrict of_option = counts + o * items;
        double scaled = n * (double)o, twice = 2 * (double)o;
        for (size_t i = 0; i < items; i++) {
            double count = of_option[i], deviation = scaled - work->sum[i];
            work->from_mean[i] += count * (deviation + fabs(deviation));
            work->from_median[i] += count * fabs(twice - work->twice_median[i]);
        }
    }
}

/* The same formulas as for one item, in the same order. */
static void divide(size_t items, double n, double low, double high, struct item_work *restrict work)
{
    double pairs = n * (n - 1), ratio = n / (n - 1), squared = n * n, steps = high - low;
    for (size_t i = 0; i < items; i++) {
        double sum = work->sum[i], mean = (low * n + sum) / n;
        double squares = 2 * work->weighted[i] - work->sum[i];
        double variance = (n * squares - sum * sum) / pairs;
        double awg = 1 - 2 * variance / (((high + low) * mean - mean * mean - high * low) * ratio);
        work->mean[i] = mean;
        work->variance[i] = variance;
        work->from_mean[i] /= squared;
        work->from_median[i] /= 2 * n;
        work->awg[i] = awg;
    }
    for (size_t i = 0; i < items; i++) {
        double sum = work->sum[i];
        bool reachable = sum >= steps && sum <= steps * (n - 1), at_end = sum <= 0 || sum >= steps * n;
        if (!reachable || at_end)
            work->awg[i] = at_end ? 1 : (double)NAN;
    }
}

void spreads_of_counts(const int32_t *counts, size_t items, size_t options, int64_t n, int64_t low,
                       struct spread *ret_spreads)
{
    struct item_work work;
    double answers = (double)n, first = (double)low, last = (double)(low + (int64_t)options - 1);
    sum_items(counts, items, options, (int32_t)n, &work);
    add_deviations(counts, items, options, answers, &work);
    divide(items, answers, first, last, &work);
    for (size_t i = 0; n >= 2 && i < items; i++)
        ret_spreads[i] = (struct spread){
            n, work.mean[i], work.variance[i], work.from_mean[i], work.from_median[i], work.awg[i]};
    for (size_t i = 0; n < 2 && i < items; i++)
        ret_spreads[i] = (struct spread){n, n == 1 ? work.mean[i] : (double)NAN, NAN, NAN, NAN, NAN};
}
