/* Sources: Snijders & Bosker, Multilevel Analysis, 2nd edition (2012), sections 3.6 and 4.6; Bliese
 * (2000), in Klein & Kozlowski (eds), Multilevel Theory, Research, and Methods in Organizations, chapter
 * 8; REML: Searle, Casella & McCulloch, Variance Components (1992), chapter 6. */
#include "stats/contextual.h"

#include "stats/group_sums.h"
#include "stats/means_profile.h"

#include <math.h>

struct paired_sums paired_sums_merge(struct paired_sums a, struct paired_sums b)
{
    if (b.n <= 0)
        return a;
    if (a.n <= 0)
        return b;
    double n_a = (double)a.n, n_b = (double)b.n, weight = n_a * n_b / (n_a + n_b);
    double dx = b.mean_x - a.mean_x, dy = b.mean_y - a.mean_y;
    return (struct paired_sums){
        .n = a.n + b.n,
        .mean_x = a.mean_x + dx * (n_b / (n_a + n_b)),
        .mean_y = a.mean_y + dy * (n_b / (n_a + n_b)),
        .xx = a.xx + b.xx + weight * dx * dx,
        .xy = a.xy + b.xy + weight * dx * dy,
        .yy = a.yy + b.yy + weight * dy * dy,
    };
}

/* All of the inside of the groups: deviations from group means are orthogonal to everything that is the
 * same for a whole group, so the slope within is that of ordinary least squares, whatever the variances. */
struct inside {
    double xx, xy, yy;
    double largest_x, largest_y;
};

static enum error_code profile_of(const struct paired_sums *groups, size_t count, struct error *error,
                                  struct means_profile *profile, struct inside *inside)
{
    size_t large = 0;
    for (size_t i = 0; i < count; i++)
        large += groups[i].n >= MEANS_LARGE_GROUP;
    TRY(means_profile_start(profile, large, error));
    for (size_t i = 0; i < count; i++) {
        const struct paired_sums *group = &groups[i];
        if (group->n <= 0)
            continue;
        if (!isfinite(group->mean_x + group->mean_y + group->xx + group->xy + group->yy))
            return FAIL(error, ERROR_INPUT, "not-finite", "group %zu has no finite means and sums", i);
        means_profile_add(profile, group->n, group->mean_y, group->mean_x);
        inside->xx += group->xx;
        inside->xy += group->xy;
        inside->yy += group->yy;
        inside->largest_x = fmax(inside->largest_x, fabs(group->mean_x));
    }
    inside->largest_y = profile->largest;
    return OK;
}

static double spread_of_x(const struct means_profile *profile)
{
    struct group_sums means = {.n = 0};
    for (size_t i = 0; i < profile->class_count; i++) {
        const struct means_class *class = &profile->classes[i];
        if (class->count > 0)
            means = group_sums_merge(means, (struct group_sums){(int64_t) class->count, class->x, class->xx});
    }
    return means.sum_squared_deviations;
}

static enum error_code check(const struct means_profile *profile, const struct inside *inside,
                             struct error *error)
{
    if (profile->groups < 3)
        return FAIL(error, ERROR_INPUT, "few-groups", "%zu groups", profile->groups);
    if (profile->n <= (int64_t)profile->groups + 1)
        return FAIL(error, ERROR_INPUT, "singletons", "%zu groups with %" PRId64 " values", profile->groups,
                    profile->n);
    if (is_rounding_only(inside->xx, profile->n, inside->largest_x) ||
        is_rounding_only(spread_of_x(profile), (int64_t)profile->groups, inside->largest_x))
        return FAIL(error, ERROR_INPUT, "no-variance-x", "the predictor does not vary on both levels");
    if (is_rounding_only(inside->yy, profile->n, inside->largest_y))
        return FAIL(error, ERROR_INPUT, "no-variance-within", "no variance inside the groups");
    if (inside->yy - inside->xy * inside->xy / inside->xx <= 1e-14 * inside->yy)
        return FAIL(error, ERROR_INPUT, "no-variance-left",
                    "the predictor explains everything inside the groups");
    return OK;
}

enum error_code contextual_reml(const struct paired_sums *groups, size_t count, struct error *error,
                                struct contextual_model *ret_model)
{
    CLEANUP(means_profile_free) struct means_profile profile = {0};
    struct inside inside = {0};
    TRY(profile_of(groups, count, error, &profile, &inside));
    TRY(check(&profile, &inside, error));
    profile.slope = profile.restricted = true;
    profile.nu = (double)(profile.n - 3);
    profile.ssr = inside.yy - inside.xy * inside.xy / inside.xx;
    profile.constant = log(inside.xx);
    struct means_point best = {0};
    TRY(means_profile_maximum(&profile, error, &best));
    double within = inside.xy / inside.xx;
    double var_within = best.sigma2 / inside.xx, var_between = best.sigma2 / best.sxx;
    *ret_model = (struct contextual_model){
        .intercept = best.mean_y - best.gamma * best.mean_x,
        .within = within,
        .between = best.gamma,
        .contextual = best.gamma - within,
        .se_intercept = sqrt(best.sigma2 / best.sum_weights + best.mean_x * best.mean_x * var_between),
        .se_within = sqrt(var_within),
        .se_between = sqrt(var_between),
        .se_contextual = sqrt(var_within + var_between),
        .tau2 = best.t * best.sigma2,
        .sigma2 = best.sigma2,
        .log_likelihood = best.log_likelihood,
        .boundary = best.t <= 0,
    };
    return OK;
}

void level_moments_add(struct level_moments *moments, const struct cross_moments *group)
{
    if (group->n <= 0)
        return;
    cross_moments_merge(&moments->raw, group);
    cross_moments_merge_within(&moments->within, group);
    cross_moments_add(&moments->between, group->means);
}

void cross_correlations(const struct cross_moments *moments, double *ret)
{
    for (size_t i = 0; i < moments->variables; i++)
        for (size_t j = 0; j < moments->variables; j++) {
            double both = cross_product(moments, i, i) * cross_product(moments, j, j);
            double r = i == j ? 1 : cross_product(moments, i, j) / sqrt(both);
            ret[i * moments->variables + j] = both > 0 ? fmax(-1, fmin(1, r)) : NAN;
        }
}
