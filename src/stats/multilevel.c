/* Teams and people. Sources: Searle, Casella & McCulloch, Variance Components (1992), chapters 3 and 6 (REML
 * of the one-way random model); Chan, Golub & LeVeque, The American Statistician 37 (1983) 242-247 (merging
 * sums); Robinson, Statistical Science 6 (1991) 15-32 (best linear unbiased prediction). Agrees with nlme and
 * lme4. */
#include "stats/multilevel.h"

#include "stats/distribution.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

static const struct group_sums empty_group = {.n = 0, .mean = NAN, .sum_squared_deviations = 0};

/* mean = sum / (n d) and SSD = (n sum_squares - sum^2) / (n d^2). The numerator is formed in 128 bits, so
 * that nothing cancels: people who all answered the same have exactly no variance. */
struct group_sums group_sums_from_integers(int64_t n, int64_t sum, int64_t sum_squares, int64_t denominator)
{
    if (n <= 0 || denominator <= 0)
        return empty_group;
    __int128 numerator = (__int128)n * sum_squares - (__int128)sum * sum;
    double d = (double)denominator;
    return (struct group_sums){
        .n = n,
        .mean = (double)sum / ((double)n * d),
        /* Negative only when sum_squares does not belong to sum. */
        .sum_squared_deviations = numerator > 0 ? (double)numerator / ((double)n * d * d) : 0,
    };
}

/* SSD = SSD_a + SSD_b + (mean_b - mean_a)^2 n_a n_b / (n_a + n_b), Chan et al. (1983). */
struct group_sums group_sums_merge(struct group_sums a, struct group_sums b)
{
    if (b.n <= 0)
        return a.n <= 0 ? empty_group : a;
    if (a.n <= 0)
        return b;
    double n_a = (double)a.n, n_b = (double)b.n, difference = b.mean - a.mean;
    return (struct group_sums){
        .n = a.n + b.n,
        .mean = a.mean + difference * (n_b / (n_a + n_b)),
        .sum_squared_deviations = a.sum_squared_deviations + b.sum_squared_deviations +
                                  difference * difference * (n_a * n_b / (n_a + n_b)),
    };
}

double pooled_within_variance(const struct group_sums *groups, size_t count, int64_t *ret_df)
{
    int64_t df = 0;
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n <= 0)
            continue;
        df += groups[i].n - 1;
        sum += groups[i].sum_squared_deviations;
    }
    *ret_df = df;
    return df > 0 ? sum / (double)df : NAN;
}

bool mean_interval(double mean, int64_t n, double variance, int64_t df, double level, double *ret_low,
                   double *ret_high)
{
    if (n <= 0 || !isfinite(mean))
        return false;
    /* NAN for a level outside (0, 1), for df = 0 and for a variance below 0. */
    double half = student_quantile(1 - (1 - level) / 2, (double)df) * sqrt(variance / (double)n);
    if (!isfinite(half))
        return false;
    *ret_low = mean - half;
    *ret_high = mean + half;
    return true;
}

/* The REML likelihood of the random-intercept model with mu and sigma2 profiled out is a function of one
 * number, t = tau2 / sigma2. With w_j = n_j / (1 + n_j t), mu = sum w m / sum w, RSS = SSW + sum w (m - mu)^2
 * and sigma2 = RSS / (N - 1):
 *
 *   -2 log L  = (N - 1) (ln(2 pi sigma2) + 1) + sum ln(1 + n_j t) + ln sum w
 *
 *   its slope = sum w - (N - 1) sum w^2 (m - mu)^2 / RSS - sum w^2 / sum w
 */
struct profile {
    const struct group_sums *groups;
    size_t count;      /* with the empty ones */
    size_t used;       /* J */
    int64_t n;         /* N */
    double ssw;        /* within groups */
    double pivot;      /* a mean of one of the groups: sums of means are taken around it */
    double ss_means;   /* sum of squared deviations of the group means, unweighted */
    double mean_limit; /* the largest absolute mean */
};

struct profile_point {
    double t, slope;
    double mu, sigma2, sum_weights;
};

static double weight(double n, double t)
{
    return n / (1 + n * t);
}

static struct profile_point profile_at(const struct profile *profile, double t)
{
    double sum_w = 0, sum_w2 = 0, sum_wm = 0;
    for (size_t i = 0; i < profile->count; i++) {
        if (profile->groups[i].n <= 0)
            continue;
        double w = weight((double)profile->groups[i].n, t);
        sum_w += w;
        sum_w2 += w * w;
        sum_wm += w * (profile->groups[i].mean - profile->pivot);
    }
    double mu = profile->pivot + sum_wm / sum_w;
    double between = 0, pull = 0;
    for (size_t i = 0; i < profile->count; i++) {
        if (profile->groups[i].n <= 0)
            continue;
        double w = weight((double)profile->groups[i].n, t);
        double wd = w * (profile->groups[i].mean - mu);
        between += wd * (profile->groups[i].mean - mu);
        pull += wd * wd;
    }
    double nu = (double)(profile->n - 1), rss = profile->ssw + between;
    return (struct profile_point){
        .t = t,
        .slope = sum_w - nu * pull / rss - sum_w2 / sum_w,
        .mu = mu,
        .sigma2 = rss / nu,
        .sum_weights = sum_w,
    };
}

static double profile_log_likelihood(const struct profile *profile, const struct profile_point *point)
{
    double log_determinant = 0;
    for (size_t i = 0; i < profile->count; i++)
        if (profile->groups[i].n > 0)
            log_determinant += log1p((double)profile->groups[i].n * point->t);
    double nu = (double)(profile->n - 1);
    return -(nu * (log(2 * M_PI * point->sigma2) + 1) + log_determinant + log(point->sum_weights)) / 2;
}

static enum error_code profile_prepare(const struct group_sums *groups, size_t count, struct error *error,
                                       struct profile *ret_profile)
{
    struct profile profile = {.groups = groups, .count = count};
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (groups[i].n <= 0)
            continue;
        if (!isfinite(groups[i].mean) || !isfinite(groups[i].sum_squared_deviations))
            return FAIL(error, ERROR_INPUT, "not-finite", "group %zu has no finite mean and sum of squares",
                        i);
        if (profile.used == 0)
            profile.pivot = groups[i].mean;
        profile.used++;
        profile.n += groups[i].n;
        profile.ssw += groups[i].sum_squared_deviations;
        profile.mean_limit = fmax(profile.mean_limit, fabs(groups[i].mean));
        sum += groups[i].mean - profile.pivot;
    }
    if (profile.used < 2 || profile.n <= (int64_t)profile.used)
        return FAIL(error, ERROR_INPUT, "too-little-data", "%zu groups with %" PRId64 " values", profile.used,
                    profile.n);
    /* Without differences inside the groups sigma2 is 0 and the likelihood has no maximum. Rounding of the
     * means must not pass for a difference. */
    double rounding = 8 * DBL_EPSILON * profile.mean_limit;
    if (profile.ssw <= rounding * rounding * (double)profile.n)
        return FAIL(error, ERROR_INPUT, "too-little-data", "no variance inside the groups");
    double center = profile.pivot + sum / (double)profile.used;
    for (size_t i = 0; i < count; i++)
        if (groups[i].n > 0)
            profile.ss_means += (groups[i].mean - center) * (groups[i].mean - center);
    *ret_profile = profile;
    return OK;
}

static double slope_at(double t, void *profile)
{
    return profile_at(profile, t).slope;
}

/* The root of the slope between low and high, where it changes sign, to the last digits (Brent). */
static enum error_code slope_root(struct profile *profile, double low, double high, struct error *error,
                                  double *ret_t)
{
    gsl_without_abort();
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the root finder");
    gsl_function function = {.function = slope_at, .params = profile};
    int status = gsl_root_fsolver_set(solver, &function, low, high);
    for (int i = 0; i < 200 && status == GSL_SUCCESS; i++) {
        status = gsl_root_fsolver_iterate(solver);
        if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 0,
                                   4 * DBL_EPSILON) == GSL_SUCCESS)
            break;
    }
    double t = gsl_root_fsolver_root(solver);
    gsl_root_fsolver_free(solver);
    if (status != GSL_SUCCESS)
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "REML: %s", gsl_strerror(status));
    *ret_t = t;
    return OK;
}

/* Very unequal groups can give more than one local maximum (0 among them), so every change of sign of the
 * slope on a grid in t is refined and the best point is kept; t = 0 takes part when the likelihood falls from
 * there. Behind t = max(1, 2 (N - 1) ss_means / ((J - 1) SSW)) the slope is positive: sum w - sum w^2 / sum w
 * >= (J - 1) / (2t) and the middle term is at most (N - 1) ss_means / (t^2 SSW). */
static enum error_code profile_maximum(struct profile *profile, struct error *error,
                                       struct profile_point *ret_best, double *ret_log_likelihood)
{
    double end = fmax(1, 2 * (double)(profile->n - 1) * profile->ss_means /
                             ((double)(profile->used - 1) * profile->ssw));
    struct profile_point best = {.t = NAN}, last = profile_at(profile, 0);
    double best_log_likelihood = -INFINITY;
    if (last.slope >= 0) {
        best = last;
        best_log_likelihood = profile_log_likelihood(profile, &best);
    }
    for (double t = 0x1p-20; last.t <= end; t *= 4) {
        struct profile_point next = profile_at(profile, t);
        if (last.slope < 0 && next.slope >= 0) {
            double root = 0;
            TRY(slope_root(profile, last.t, next.t, error, &root));
            struct profile_point top = profile_at(profile, root);
            double log_likelihood = profile_log_likelihood(profile, &top);
            if (log_likelihood > best_log_likelihood) {
                best = top;
                best_log_likelihood = log_likelihood;
            }
        }
        last = next;
    }
    if (!isfinite(best_log_likelihood))
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "REML: no maximum up to t = %g", end);
    *ret_best = best;
    *ret_log_likelihood = best_log_likelihood;
    return OK;
}

enum error_code random_intercept_reml(const struct group_sums *groups, size_t count, struct error *error,
                                      struct random_intercept *ret_model)
{
    struct profile profile = {.count = 0};
    struct profile_point best = {.t = 0};
    double log_likelihood = 0;
    TRY(profile_prepare(groups, count, error, &profile));
    TRY(profile_maximum(&profile, error, &best, &log_likelihood));
    *ret_model = (struct random_intercept){
        .mu = best.mu,
        .se_mu = sqrt(best.sigma2 / best.sum_weights),
        .tau2 = best.t * best.sigma2,
        .sigma2 = best.sigma2,
        .icc1 = best.t / (1 + best.t),
        .log_likelihood = log_likelihood,
        .boundary = best.t <= 0,
    };
    return OK;
}

/* lambda = tau2 / (tau2 + sigma2 / n); mean = mu + lambda (own mean - mu);
 * se^2 = tau2 (1 - lambda), and with the estimate of mu: + (1 - lambda)^2 se_mu^2. A group without values is
 * expected at mu; with tau2 = 0 every group is. */
struct pooled_mean pooled_mean(const struct random_intercept *model, struct group_sums group)
{
    double lambda = 0, mean = model->mu;
    if (group.n > 0 && model->tau2 > 0) {
        double n = (double)group.n;
        lambda = n * model->tau2 / (n * model->tau2 + model->sigma2);
        mean = model->mu + lambda * (group.mean - model->mu);
    }
    double conditional = model->tau2 * (1 - lambda);
    double of_mu = (1 - lambda) * model->se_mu;
    return (struct pooled_mean){
        .lambda = lambda,
        .mean = mean,
        .se_conditional = sqrt(conditional),
        .se_including_mu = sqrt(conditional + of_mu * of_mu),
    };
}
