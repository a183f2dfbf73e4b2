#include "stats/cross_moments.h"

void cross_moments_add(struct cross_moments *moments, const double *values)
{
    double before[CROSS_VARIABLES_MAXIMUM]; /* deviations from the means without this row */
    double n = (double)++moments->n;
    for (size_t i = 0; i < moments->variables; i++) {
        before[i] = values[i] - moments->means[i];
        moments->means[i] += before[i] / n;
    }
    double weight = (n - 1) / n;
    for (size_t i = 0, at = 0; i < moments->variables; i++)
        for (size_t j = 0; j <= i; j++, at++)
            moments->products[at] += weight * before[i] * before[j];
}

void cross_moments_merge(struct cross_moments *moments, const struct cross_moments *other)
{
    if (other->n <= 0)
        return;
    double n_a = (double)moments->n, n_b = (double)other->n, n = n_a + n_b;
    double apart[CROSS_VARIABLES_MAXIMUM];
    for (size_t i = 0; i < moments->variables; i++) {
        apart[i] = other->means[i] - moments->means[i];
        moments->means[i] += apart[i] * (n_b / n);
    }
    double weight = n_a * n_b / n;
    for (size_t i = 0, at = 0; i < moments->variables; i++)
        for (size_t j = 0; j <= i; j++, at++)
            moments->products[at] += other->products[at] + weight * apart[i] * apart[j];
    moments->n += other->n;
}

void cross_moments_merge_within(struct cross_moments *moments, const struct cross_moments *other)
{
    size_t products = moments->variables * (moments->variables + 1) / 2;
    for (size_t at = 0; at < products; at++)
        moments->products[at] += other->products[at];
    moments->n += other->n;
}
