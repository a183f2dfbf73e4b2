/* From kept sums to a figure with its uncertainty. Inside insight only. */
#ifndef HECHT_INSIGHT_FIGURE_H
#define HECHT_INSIGHT_FIGURE_H

#include "insight/insight.h"
#include "stats/random_intercept.h"

/* What the shown teams of a round say together about one construct. */
struct figure_pool {
    struct slice construct;
    double within_variance; /* NAN: cannot be told */
    int64_t within_df;
    bool pooled;
    struct random_intercept model; /* when pooled */
    double person_variance, q;     /* of the trend; NAN: cannot be told */
};

struct figure_kept {
    struct slice reason; /* empty: shown */
    int64_t n;
    double mean;
    struct group_sums scores;
};

/* To one decimal: as finely as anything leaves that is of a team under ten members. */
double figure_coarse(double value);

/* roster_count and imported decide whether n is exact. Where it is not, mean, lines and se have one decimal and are those of the
 * least number of answers: wider than they need be, never narrower. */
struct insight_figure figure_make(const struct figure_kept *kept, const struct figure_pool *pool,
                                  int64_t roster_count, bool imported);

#endif
