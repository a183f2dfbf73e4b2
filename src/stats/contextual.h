/* What goes with what inside groups and between them: two questions with often different answers. */
#ifndef HECHT_STATS_CONTEXTUAL_H
#define HECHT_STATS_CONTEXTUAL_H

#include "stats/cross_moments.h"

/* Sums of two variables in one group over the people who have both; mergeable like group_sums. */
struct paired_sums {
    int64_t n;
    double mean_x, mean_y;
    double xx, xy, yy; /* sums of squares and products of deviations from the group's own means */
};

struct paired_sums paired_sums_merge(struct paired_sums a, struct paired_sums b);

/* y_ij = intercept + within (x_ij - mean_j x) + between mean_j x + u_j + e_ij by REML, mean_j the group's
 * own mean. `contextual` = between - within: what a group with higher x has beside what its people have. */
struct contextual_model {
    double intercept, within, between, contextual;
    double se_intercept, se_within, se_between, se_contextual;
    double tau2, sigma2; /* that are left over between and within groups */
    double log_likelihood;
    bool boundary; /* tau2 = 0 */
};

/* At least 3 groups with n > 0, N > J + 1, x that differs inside groups and between their means, and y
 * that is not explained to the last digit inside groups: otherwise ERROR_INPUT with a reason of
 * group_sums.h, or "few-groups", "no-variance-x", "no-variance-left", "not-finite". O(count) with 60 kB of
 * memory. */
enum error_code contextual_reml(const struct paired_sums *groups, size_t count, struct error *error,
                                struct contextual_model *ret_model) MUST_CHECK;

/* The same question as correlations, for up to 16 variables: of people, of people inside their groups, and
 * of the groups' means, each group counting once. */
struct level_moments {
    struct cross_moments raw, within, between;
};

/* Zeroed but `variables` in all three: no groups. Groups of any order; each only once. */
void level_moments_add(struct level_moments *moments, const struct cross_moments *group);
/* Correlations, both triangles: ret[i * variables + j]. NAN where a variable does not vary. */
void cross_correlations(const struct cross_moments *moments, double *ret);

#endif
