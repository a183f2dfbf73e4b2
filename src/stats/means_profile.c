#include "stats/means_profile.h"

#include "stats/distribution.h"

#include <float.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_roots.h>
#include <math.h>

enum error_code means_profile_start(struct means_profile *profile, size_t large, struct error *error)
{
    *profile = (struct means_profile){.class_count = MEANS_LARGE_GROUP + large};
    profile->classes = calloc(profile->class_count, sizeof *profile->classes);
    if (profile->classes == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu classes of groups",
                    profile->class_count);
    return OK;
}

void means_profile_free(struct means_profile *profile)
{
    free(profile->classes);
    profile->classes = NULL;
}

void means_profile_add(struct means_profile *profile, int64_t n, double y, double x)
{
    size_t place = n < MEANS_LARGE_GROUP ? (size_t)n : MEANS_LARGE_GROUP + profile->groups_large++;
    struct means_class *class = &profile->classes[place];
    class->n = (double)n;
    class->count++;
    double dy = y - class->y, dx = x - class->x;
    class->y += dy / class->count;
    class->x += dx / class->count;
    class->yy += dy * (y - class->y);
    class->xy += dx * (y - class->y);
    class->xx += dx * (x - class->x);
    profile->groups++;
    profile->n += n;
    profile->largest = fmax(profile->largest, fabs(y));
}

/* Infinite t: all means weigh the same. */
static double weight_at(const struct means_class *class, double t)
{
    return isinf(t) ? 1 : class->n / (1 + class->n * t);
}

/* Weighted means and normal equations at point->t. */
static void regress(const struct means_profile *profile, struct means_point *point)
{
    double pivot_y = NAN, pivot_x = NAN, sum_w = 0, sum_y = 0, sum_x = 0;
    for (size_t i = 0; i < profile->class_count; i++) {
        const struct means_class *class = &profile->classes[i];
        if (class->count <= 0)
            continue;
        if (isnan(pivot_y)) {
            pivot_y = class->y;
            pivot_x = class->x;
        }
        double w = class->count * weight_at(class, point->t);
        sum_w += w;
        sum_y += w * (class->y - pivot_y);
        sum_x += w * (class->x - pivot_x);
    }
    point->sum_weights = sum_w;
    point->mean_y = pivot_y + sum_y / sum_w;
    point->mean_x = pivot_x + sum_x / sum_w;
    point->gamma = point->sxx = 0;
    if (!profile->slope)
        return;
    double sxy = 0;
    for (size_t i = 0; i < profile->class_count; i++) {
        const struct means_class *class = &profile->classes[i];
        double w = class->count > 0 ? weight_at(class, point->t) : 0, dx = class->x - point->mean_x;
        point->sxx += w * (class->xx + class->count * dx * dx);
        sxy += w * (class->xy + class->count * dx * (class->y - point->mean_y));
    }
    point->gamma = sxy / point->sxx;
}

struct left_over {
    double between, pull;   /* sums of w r^2 and w^2 r^2 */
    double sum_w2, sum_w2x; /* of w^2 and w^2 (x - mean_x)^2 */
    double log_determinant; /* sum of ln(1 + n t) */
};

static struct left_over leave_over(const struct means_profile *profile, const struct means_point *point)
{
    struct left_over sums = {0};
    double gamma = point->gamma;
    for (size_t i = 0; i < profile->class_count; i++) {
        const struct means_class *class = &profile->classes[i];
        if (class->count <= 0)
            continue;
        double w = weight_at(class, point->t), dx = class->x - point->mean_x;
        double r = class->y - point->mean_y - gamma * dx;
        double rr = class->yy - gamma * (2 * class->xy - gamma * class->xx) + class->count * r * r;
        sums.between += w * fmax(rr, 0); /* rounding, where x explains everything */
        sums.pull += w * w * fmax(rr, 0);
        sums.sum_w2 += class->count * w * w;
        sums.sum_w2x += w * w * (class->xx + class->count * dx * dx);
        sums.log_determinant += class->count * log1p(class->n * point->t);
    }
    return sums;
}

static struct means_point point_at(const struct means_profile *profile, double t)
{
    struct means_point point = {.t = t};
    regress(profile, &point);
    struct left_over sums = leave_over(profile, &point);
    double nu = profile->nu, rss = profile->ssr + sums.between;
    point.sigma2 = rss / nu;
    point.slope = point.sum_weights - nu * sums.pull / rss;
    double criterion = nu * (log(2 * M_PI * point.sigma2) + 1) + sums.log_determinant + profile->constant;
    if (profile->restricted) {
        point.slope -= sums.sum_w2 / point.sum_weights;
        criterion += log(point.sum_weights);
    }
    if (profile->restricted && profile->slope) {
        point.slope -= sums.sum_w2x / point.sxx;
        criterion += log(point.sxx);
    }
    point.log_likelihood = -criterion / 2;
    return point;
}

static double slope_at(double t, void *profile)
{
    return point_at(profile, t).slope;
}

/* The root of the slope between low and high, where it changes sign, to the last digits (Brent). */
static enum error_code slope_root(const struct means_profile *profile, double low, double high,
                                  struct error *error, double *ret_t)
{
    gsl_without_abort();
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    if (solver == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the root finder");
    struct means_profile copy = *profile; /* GSL takes no const */
    gsl_function function = {.function = slope_at, .params = &copy};
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
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "random intercept: %s", gsl_strerror(status));
    *ret_t = t;
    return OK;
}

/* Behind this t the slope is positive. With p coefficients and t >= 1 weights are at least 1 / (2t) and
 * below 1 / t: sum w and, for REML, what the leverages take from it are at least (J - p) / (2t), while the
 * middle term is at most nu SS / (t^2 SSR), SS what an unweighted regression of the means leaves over. */
static double search_end(const struct means_profile *profile)
{
    struct means_point equal = {.t = INFINITY};
    regress(profile, &equal);
    double coefficients = profile->slope ? 2 : 1;
    double room = (double)profile->groups - (profile->restricted ? coefficients : 0);
    return fmax(1, 2 * profile->nu * leave_over(profile, &equal).between / (room * profile->ssr));
}

/* Very unequal groups can give more than one local maximum (0 among them), so every change of sign of the
 * slope on a grid in t is refined and the best point is kept; t = 0 takes part when the likelihood falls
 * from there. */
enum error_code means_profile_maximum(const struct means_profile *profile, struct error *error,
                                      struct means_point *ret_best)
{
    double end = search_end(profile);
    struct means_point best = {.log_likelihood = -INFINITY}, last = point_at(profile, 0);
    if (last.slope >= 0)
        best = last;
    for (double t = 1 / (16 * (double)profile->n); last.t <= end; t *= 2) {
        struct means_point next = point_at(profile, t);
        if (last.slope < 0 && next.slope >= 0) {
            double root = 0;
            TRY(slope_root(profile, last.t, next.t, error, &root));
            struct means_point top = point_at(profile, root);
            if (top.log_likelihood > best.log_likelihood)
                best = top;
        }
        last = next;
    }
    if (!isfinite(best.log_likelihood))
        return FAIL(error, ERROR_INTERNAL, "no-convergence", "random intercept: no maximum up to t = %g",
                    end);
    *ret_best = best;
    return OK;
}
