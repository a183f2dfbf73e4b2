#include "insight/figure.h"

#include <math.h>

struct insight_figure figure_make(const struct figure_kept *kept, const struct figure_pool *pool,
                                  int64_t roster_count, bool imported)
{
    struct insight_figure figure = {.reason = kept->reason, .se = (double)NAN, .pooled_mean = (double)NAN};
    if (kept->reason.length > 0)
        return figure;
    figure.shown = true;
    figure.n = kept->n;
    figure.exact_n = disclosure_exact_count(roster_count, imported);
    figure.mean = kept->mean;
    int64_t n = kept->scores.n;
    double variance = pool->within_variance;
    figure.has_lines =
        variance > 0 && /* everybody alike says nothing about how certain that is */
        mean_interval(kept->mean, n, variance, pool->within_df, 0.5, &figure.line50[0], &figure.line50[1]) &&
        mean_interval(kept->mean, n, variance, pool->within_df, 0.9, &figure.line90[0], &figure.line90[1]);
    if (figure.has_lines)
        figure.se = sqrt(variance / (double)n);
    if (pool->pooled) {
        struct pooled_mean pooled = pooled_mean(&pool->model, kept->scores);
        figure.pooled = true;
        figure.pooled_mean = pooled.mean;
        figure.se = pooled.se_including_mu;
    }
    return figure;
}
