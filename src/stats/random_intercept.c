/* Sources: Searle, Casella & McCulloch, Variance Components (1992), chapters 3 and 6 (REML and ML of the
 * one-way random model); Robinson, Statistical Science 6 (1991) 15-32 (best linear unbiased prediction). */
#include "stats/random_intercept.h"

#include "stats/means_profile.h"

#include <math.h>

static enum error_code profile_of(const struct group_sums *groups, size_t count, struct error *error,
                                  struct means_profile *profile)
{
    size_t large = 0;
    for (size_t i = 0; i < count; i++)
        large += groups[i].n >= MEANS_LARGE_GROUP;
    TRY(means_profile_start(profile, large, error));
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n <= 0)
            continue;
        if (!isfinite(groups[i].mean) || !isfinite(groups[i].sum_squared_deviations))
            return FAIL(error, ERROR_INPUT, "not-finite", "group %zu has no finite mean and sum of squares",
                        i);
        means_profile_add(profile, groups[i].n, groups[i].mean, 0);
        profile->ssr += groups[i].sum_squared_deviations;
    }
    return OK;
}

/* Without differences inside the groups sigma2 is 0 and the likelihood has no maximum. */
static enum error_code check(const struct means_profile *profile, struct error *error)
{
    if (profile->groups == 0)
        return FAIL(error, ERROR_INPUT, "no-data", "no values");
    if (profile->groups == 1)
        return FAIL(error, ERROR_INPUT, "one-group", "one group with %" PRId64 " values", profile->n);
    if (profile->n <= (int64_t)profile->groups)
        return FAIL(error, ERROR_INPUT, "singletons", "%zu groups of one value", profile->groups);
    if (is_rounding_only(profile->ssr, profile->n, profile->largest))
        return FAIL(error, ERROR_INPUT, "no-variance-within", "no variance inside the groups");
    return OK;
}

static double mean_reliability(const struct means_profile *profile, double t)
{
    double sum = 0;
    for (size_t i = 0; i < profile->class_count; i++)
        sum += profile->classes[i].count * (profile->classes[i].n * t / (1 + profile->classes[i].n * t));
    return sum / (double)profile->groups;
}

static enum error_code fit(const struct group_sums *groups, size_t count, bool restricted,
                           struct error *error, struct random_intercept *ret_model)
{
    CLEANUP(means_profile_free) struct means_profile profile = {0};
    TRY(profile_of(groups, count, error, &profile));
    TRY(check(&profile, error));
    profile.restricted = restricted;
    profile.nu = (double)(profile.n - (restricted ? 1 : 0));
    struct means_point best = {0};
    TRY(means_profile_maximum(&profile, error, &best));
    double icc1 = best.t / (1 + best.t), k = (double)profile.n / (double)profile.groups;
    *ret_model = (struct random_intercept){
        .mu = best.mean_y,
        .se_mu = sqrt(best.sigma2 / best.sum_weights),
        .tau2 = best.t * best.sigma2,
        .sigma2 = best.sigma2,
        .icc1 = icc1,
        .log_likelihood = best.log_likelihood,
        .boundary = best.t <= 0,
        .icc2_mean_n = k * icc1 / (1 + (k - 1) * icc1),
        .mean_lambda = mean_reliability(&profile, best.t),
    };
    return OK;
}

enum error_code random_intercept_reml(const struct group_sums *groups, size_t count, struct error *error,
                                      struct random_intercept *ret_model)
{
    return fit(groups, count, true, error, ret_model);
}

enum error_code random_intercept_ml(const struct group_sums *groups, size_t count, struct error *error,
                                    struct random_intercept *ret_model)
{
    return fit(groups, count, false, error, ret_model);
}

/* lambda = tau2 / (tau2 + sigma2 / n); se^2 = tau2 (1 - lambda), and with the estimate of mu: + (1 -
 * lambda)^2 se_mu^2. A group without values is expected at mu; with tau2 = 0 every group is. */
struct pooled_mean pooled_mean(const struct random_intercept *model, struct group_sums group)
{
    double lambda = 0, blup = 0;
    if (group.n > 0 && model->tau2 > 0) {
        double n = (double)group.n;
        lambda = n * model->tau2 / (n * model->tau2 + model->sigma2);
        blup = lambda * (group.mean - model->mu);
    }
    double conditional = model->tau2 * (1 - lambda);
    double of_mu = (1 - lambda) * model->se_mu;
    return (struct pooled_mean){
        .lambda = lambda,
        .blup = blup,
        .mean = model->mu + blup,
        .se_conditional = sqrt(conditional),
        .se_including_mu = sqrt(conditional + of_mu * of_mu),
    };
}
