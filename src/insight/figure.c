#include "insight/figure.h"

#include <math.h>

enum { COARSE_STEPS = 10 }; /* in 1: what leaves of a small team has one decimal */

double figure_coarse(double value)
{
    return round(value * COARSE_STEPS) / COARSE_STEPS;
}

/* Never narrower than it was. */
static void widen(double line[2])
{
    line[0] = floor(line[0] * COARSE_STEPS) / COARSE_STEPS;
    line[1] = ceil(line[1] * COARSE_STEPS) / COARSE_STEPS;
}

/* A mean with all its decimals fits one number of answers only, and a spread as well; then the number that is not said is said,
 * and with it an exact sum. So whatever follows is made from a mean of one decimal and from the least number it may be. */
static struct figure_kept without_number(struct figure_kept kept)
{
    kept.mean = figure_coarse(kept.mean);
    kept.scores.mean = figure_coarse(kept.scores.mean);
    kept.scores.n = DISCLOSURE_K_MINIMUM;
    return kept;
}

static void add_uncertainty(struct insight_figure *figure, const struct figure_kept *kept,
                            const struct figure_pool *pool)
{
    int64_t n = kept->scores.n;
    double variance = pool->within_variance;
    figure->has_lines =
        variance > 0 && /* everybody alike says nothing about how certain that is */
        mean_interval(kept->mean, n, variance, pool->within_df, 0.5, &figure->line50[0],
                      &figure->line50[1]) &&
        mean_interval(kept->mean, n, variance, pool->within_df, 0.9, &figure->line90[0], &figure->line90[1]);
    if (figure->has_lines)
        figure->se = sqrt(variance / (double)n);
    if (pool->pooled) {
        struct pooled_mean pooled = pooled_mean(&pool->model, kept->scores);
        figure->pooled = true;
        figure->pooled_mean = pooled.mean;
        figure->se = pooled.se_including_mu;
    }
}

struct insight_figure figure_make(const struct figure_kept *kept, const struct figure_pool *pool,
                                  int64_t roster_count, bool imported)
{
    struct insight_figure figure = {.reason = kept->reason, .se = (double)NAN, .pooled_mean = (double)NAN};
    figure.exact_n = disclosure_exact_count(roster_count, imported);
    if (kept->reason.length > 0)
        return figure;
    struct figure_kept told = figure.exact_n ? *kept : without_number(*kept);
    figure.shown = true;
    figure.n = kept->n;
    figure.certain_n = figure.exact_n ? kept->n : DISCLOSURE_K_MINIMUM;
    figure.mean = told.mean;
    add_uncertainty(&figure, &told, pool);
    if (figure.exact_n)
        return figure;
    widen(figure.line50);
    widen(figure.line90);
    figure.se = ceil(figure.se * COARSE_STEPS) / COARSE_STEPS;
    figure.pooled_mean = figure_coarse(figure.pooled_mean);
    return figure;
}
