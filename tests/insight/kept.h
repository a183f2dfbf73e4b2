/* What a close keeps, written directly, so that a test can compute by hand what must come out. */
#ifndef HECHT_TESTS_INSIGHT_KEPT_H
#define HECHT_TESTS_INSIGHT_KEPT_H

#include "../pulse/world.h"

#include <math.h>

/* cmocka compares floats; figures are doubles. */
#define assert_near(value, expected, tolerance) assert_true(fabs((value) - (expected)) <= (tolerance))

/* A closed round `number`, opened days after WORLD_START. */
void kept_round(struct world *w, int64_t number, int64_t days, const char *form);
/* A team's closed part. leader 0: none. */
void kept_part(struct world *w, int64_t number, int64_t team, int64_t leader, int64_t roster);
/* A shown group. */
void kept_group(struct world *w, int64_t number, const char *kind, int64_t group, int64_t answers);
/* A construct. reason "": shown with `n` persons whose scores are all `mean`, which must be in fifths. */
void kept_construct(struct world *w, int64_t number, const char *kind, int64_t group, const char *construct,
                    const char *reason, int64_t n, double mean);
/* counts NULL: hidden for the reason. */
void kept_item(struct world *w, int64_t number, int64_t team, const char *item, const char *construct,
               const char *reason, const char *counts);
struct kept_pool {
    const char *construct;
    double within_variance;
    int64_t within_df;
    const char *reason; /* "": pooled */
    double mu, se_mu, tau2, sigma2;
    double person_variance, q; /* 0: NULL, cannot be told */
};
void kept_pool(struct world *w, int64_t number, const struct kept_pool *pool);

#endif
