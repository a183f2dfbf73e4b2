#include "stats/reliability.h"

#include "stats/distribution.h"
#include "stats/matrix.h"

#include <math.h>

static double trace(const double *matrix, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += matrix[i * size + i];
    return sum;
}

static double sum_of_row(const double *matrix, size_t size, size_t row)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += matrix[row * size + i];
    return sum;
}

static double sum_of_all(const double *matrix, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += sum_of_row(matrix, size, i);
    return sum;
}

/* From the sum of the variances and the sum of all entries; what rounding leaves of a total of 0 is 0. */
static double alpha_from_sums(double variances, double total, size_t items)
{
    if (items < 2 || !(total > 0x1p-44 * variances))
        return NAN;
    double p = (double)items;
    return p / (p - 1) * (1 - variances / total);
}

double cronbach_alpha(const double *covariance, size_t items)
{
    return alpha_from_sums(trace(covariance, items), sum_of_all(covariance, items), items);
}

void item_rest(const double *covariance, size_t items, double *ret_item_rest_r, double *ret_alpha_if_deleted)
{
    double variances = trace(covariance, items), total = sum_of_all(covariance, items);
    for (size_t i = 0; i < items; i++) {
        double variance = covariance[i * items + i], row = sum_of_row(covariance, items, i);
        double rest = total - 2 * row + variance; /* variance of the sum of the others */
        bool varies = variance > 0 && rest > 0x1p-44 * variances;
        ret_item_rest_r[i] = varies ? (row - variance) / sqrt(variance * rest) : NAN;
        ret_alpha_if_deleted[i] = alpha_from_sums(variances - variance, rest, items - 1);
    }
}

/* False when an item does not vary. */
static bool correlations_of(const double *covariance, size_t items, double *correlations)
{
    for (size_t a = 0; a < items; a++)
        for (size_t b = 0; b < items; b++) {
            double scale = sqrt(covariance[a * items + a] * covariance[b * items + b]);
            if (!(scale > 0))
                return false;
            correlations[a * items + b] = a == b ? 1 : covariance[a * items + b] / scale;
        }
    return true;
}

/* Q / n is the squared error: Q = 2 p^2 / ((p - 1)^2 T^3) (T (tr S^2 + (tr S)^2) - 2 tr S 1'S^2 1), T =
 * 1'S1. */
static double duhachek_error(const double *covariance, size_t items, int64_t n)
{
    double squares = 0, rows = 0, p = (double)items;
    double variances = trace(covariance, items), total = sum_of_all(covariance, items);
    for (size_t a = 0; a < items; a++) {
        double row = sum_of_row(covariance, items, a);
        rows += row * row;
        for (size_t b = 0; b < items; b++)
            squares += covariance[a * items + b] * covariance[a * items + b];
    }
    double bracket = total * (squares + variances * variances) - 2 * variances * rows;
    double q = 2 * p * p / ((p - 1) * (p - 1) * total * total * total) * bracket;
    return sqrt(fmax(q, 0) / (double)n);
}

static void add_intervals(const double *covariance, size_t items, int64_t n, struct reliability *reliability)
{
    double rest = 1 - reliability->alpha, p = (double)items, df = (double)(n - 1), z = normal_quantile(0.975);
    reliability->feldt[0] = 1 - rest * f_quantile(0.975, df, df * (p - 1));
    reliability->feldt[1] = 1 - rest * f_quantile(0.025, df, df * (p - 1));
    reliability->duhachek_ase = duhachek_error(covariance, items, n);
    reliability->duhachek[0] = reliability->alpha - z * reliability->duhachek_ase;
    reliability->duhachek[1] = reliability->alpha + z * reliability->duhachek_ase;
    if (n <= 2)
        return;
    double factor = exp(z * sqrt(2 * p / ((p - 1) * (double)(n - 2))));
    reliability->bonett[0] = 1 - rest * factor;
    reliability->bonett[1] = 1 - rest / factor;
}

/* 1 - sum (1 - smc) / sum R, where 1 - smc of an item is 1 over its entry in the diagonal of the inverse
 * of R. */
static double lambda6(const double *correlations, double *inverse, size_t items)
{
    double unexplained = 0, total = sum_of_all(correlations, items);
    memcpy(inverse, correlations, items * items * sizeof(double));
    if (!matrix_cholesky(inverse, items) || !(total > 0x1p-44 * (double)items))
        return NAN;
    for (size_t i = 0; i < items; i++) /* what the items before it leave of an item */
        if (inverse[i * items + i] * inverse[i * items + i] < 0x1p-40)
            return NAN;
    matrix_invert(inverse, items);
    for (size_t i = 0; i < items; i++)
        unexplained += 1 / inverse[i * items + i];
    return 1 - unexplained / total;
}

enum error_code reliability_of(const double *covariance, size_t items, int64_t n, struct region *region,
                               struct error *error, struct reliability *ret_reliability)
{
    double *correlations = REGION_ARRAY(region, items * items, double);
    double *inverse = REGION_ARRAY(region, items * items, double);
    if (correlations == NULL || inverse == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    struct reliability reliability = {NAN, NAN, NAN, {NAN, NAN}, {NAN, NAN}, NAN, {NAN, NAN}, NAN, NAN, NAN};
    double p = (double)items;
    if (n >= 2)
        reliability.alpha = cronbach_alpha(covariance, items);
    if (!isnan(reliability.alpha)) {
        add_intervals(covariance, items, n, &reliability);
        double sd = sqrt(sum_of_all(covariance, items)) / p;
        reliability.sem_mean_score = sd * sqrt(1 - reliability.alpha);
        reliability.mdc95_mean_score = normal_quantile(0.975) * M_SQRT2 * reliability.sem_mean_score;
    }
    if (n >= 2 && items >= 2 && correlations_of(covariance, items, correlations)) {
        double r = (sum_of_all(correlations, items) - p) / (p * (p - 1));
        reliability.mean_interitem_r = r;
        double total = 1 + (p - 1) * r;
        reliability.alpha_standardized = total > 0x1p-44 ? p * r / total : NAN;
        reliability.guttman_lambda6 = lambda6(correlations, inverse, items);
    }
    *ret_reliability = reliability;
    return OK;
}
