/* Spreads of all items of a team together. Every loop runs over the items, so that the compiler makes vectors of it; all
 * numbers before the last step are integers that an int32_t or a double holds exactly. */
#include "stats/agreement.h"

#include <math.h>

/* Of each item, options counted from 0. */
struct item_work {
    int32_t sum[SPREADS_ITEMS_MAXIMUM], squares[SPREADS_ITEMS_MAXIMUM];
    int32_t twice_median[SPREADS_ITEMS_MAXIMUM];
    double from_mean
        [SPREADS_ITEMS_MAXIMUM]; /* times n; those above the mean alone, which are as much as those below */
    double from_median[SPREADS_ITEMS_MAXIMUM]; /* times 2 */
};

/* With S_k answers at option k or above: sum = S_1 + S_2 + .., sum of squares = S_1 + 3 S_2 + 5 S_3 + .. = 2 T - sum,
 * where T = S_1 + 2 S_2 + ..; and the median is the number of k whose S_k is more than half, or half. */
static void sum_items(const int32_t *counts, size_t items, size_t options, int32_t n, struct item_work *work)
{
    int32_t above[SPREADS_ITEMS_MAXIMUM] = {0}, weighted[SPREADS_ITEMS_MAXIMUM] = {0};
    int32_t lower = n - (n - 1) / 2, upper = n - n / 2;
    memset(work->sum, 0, items * sizeof(int32_t));
    memset(work->twice_median, 0, items * sizeof(int32_t));
    for (size_t o = options - 1; o > 0; o--) {
        const int32_t *of_option = counts + o * items;
        for (size_t i = 0; i < items; i++) {
            above[i] += of_option[i];
            work->sum[i] += above[i];
            weighted[i] += work->sum[i];
            work->twice_median[i] += (above[i] >= lower) + (above[i] >= upper);
        }
    }
    for (size_t i = 0; i < items; i++)
        work->squares[i] = 2 * weighted[i] - work->sum[i];
}

static void add_deviations(const int32_t *counts, size_t items, size_t options, double n,
                           struct item_work *work)
{
    memset(work->from_mean, 0, items * sizeof(double));
    memset(work->from_median, 0, items * sizeof(double));
    for (size_t o = 0; o < options; o++) {
        const int32_t *of_option = counts + o * items;
        double scaled = n * (double)o, twice = 2 * (double)o;
        for (size_t i = 0; i < items; i++) {
            double count = of_option[i], deviation = scaled - work->sum[i];
            work->from_mean[i] += count * (deviation > 0 ? deviation : 0);
            work->from_median[i] += count * fabs(twice - work->twice_median[i]);
        }
    }
}

void spreads_of_counts(const int32_t *counts, size_t items, size_t options, int64_t n, int64_t low,
                       struct spread *ret_spreads)
{
    struct item_work work;
    double answers = (double)n, first = (double)low, last = (double)(low + (int64_t)options - 1);
    double steps = last - first;
    sum_items(counts, items, options, (int32_t)n, &work);
    add_deviations(counts, items, options, answers, &work);
    for (size_t i = 0; i < items; i++) {
        double sum = work.sum[i], mean = (first * answers + sum) / answers;
        double variance = (answers * work.squares[i] - sum * sum) / (answers * (answers - 1));
        double largest = ((last + first) * mean - mean * mean - last * first) * (answers / (answers - 1));
        double awg = 1 - 2 * variance / largest;
        awg = sum >= steps && sum <= steps * (answers - 1) ? awg : (double)NAN;
        awg = sum <= 0 || sum >= steps * answers ? 1 : awg;
        ret_spreads[i] = (struct spread){n,
                                         mean,
                                         variance,
                                         2 * work.from_mean[i] / (answers * answers),
                                         work.from_median[i] / (2 * answers),
                                         awg};
    }
    for (size_t i = 0; n < 2 && i < items; i++)
        ret_spreads[i] = (struct spread){n, n == 1 ? ret_spreads[i].mean : (double)NAN, NAN, NAN, NAN, NAN};
}
