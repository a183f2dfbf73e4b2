#include "stats/trend_likelihood.h"

#include "stats/local_level.h"

/* The sum of ln F as the logarithm of products, which is much faster; a product is taken in before it can leave
 * the range of a double. */
static void add_log(double f, double *product, double *sum)
{
    if (!(f > 1e-100 && f < 1e100)) {
        *sum += log(f);
        return;
    }
    *product *= f;
    if (!(*product > 1e-200 && *product < 1e200)) {
        *sum += log(*product);
        *product = 1;
    }
}

struct innovation_sums innovation_sums(const struct trend_point *points, size_t count, double factor,
                                       double q, size_t step_from)
{
    struct innovation_sums sums = {.count = 0};
    struct local_level now = {.started = false};
    double x_level = 0, product = 1; /* the filter's level for x */
    for (size_t i = 0; i < count; i++) {
        if (now.started)
            local_level_wait(&now, points[i].time - points[i - 1].time, q);
        if (isnan(points[i].value))
            continue;
        double noise = factor * points[i].variance, x = i >= step_from ? 1 : 0;
        if (!now.started) {
            now = (struct local_level){points[i].value, noise, true};
            x_level = x;
            continue;
        }
        double f = now.variance + noise, gain = now.variance / f;
        double v = points[i].value - now.level, v_x = x - x_level;
        sums.count++;
        add_log(f, &product, &sums.log_f);
        sums.yy += v * v / f;
        sums.xy += v_x * v / f;
        sums.xx += v_x * v_x / f;
        now.level += gain * v;
        now.variance = gain * noise;
        x_level += gain * v_x;
    }
    sums.log_f += log(product);
    return sums;
}

/* What a step explains wholly leaves rounding, which must not pass for a tiny variance. */
static double residual(const struct innovation_sums *sums, bool has_step)
{
    if (!has_step)
        return sums->yy;
    double left = sums->yy - sums->xy * sums->xy / sums->xx;
    return left > 1e-13 * sums->yy ? left : 0;
}

double diffuse_log_likelihood(const struct innovation_sums *sums, bool has_step)
{
    double free = (double)sums->count - has_step;
    return -(free * log(2 * M_PI) + sums->log_f + residual(sums, has_step) + (has_step ? log(sums->xx) : 0)) /
           2;
}

double scaled_log_likelihood(const struct innovation_sums *sums, bool has_step, double *ret_scale)
{
    double free = (double)sums->count - has_step, scale = residual(sums, has_step) / free;
    if (!(free > 0) || !(scale > 0) || !isfinite(scale))
        return -INFINITY;
    *ret_scale = scale;
    return -(free * (log(2 * M_PI * scale) + 1) + sums->log_f + (has_step ? log(sums->xx) : 0)) / 2;
}
