#include "stats/one_factor.h"

#include "stats/distribution.h"
#include "stats/matrix.h"
#include "stats/one_factor_internal.h"

#include <math.h>

_Static_assert(2 * FACTOR_ITEMS_MAXIMUM <= MATRIX_ORDER_MAXIMUM, "loadings and residuals of all items");

static enum error_code check_size(size_t items, int64_t n, struct error *error)
{
    if (items < 3)
        return FAIL(error, ERROR_INPUT, "too-few-items", "one factor needs 3 items, there are %zu", items);
    if (items > FACTOR_ITEMS_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-items", "%zu items, at most %d", items,
                    FACTOR_ITEMS_MAXIMUM);
    if (n < 2)
        return FAIL(error, ERROR_INPUT, "too-little-data", "%" PRId64 " complete rows", n);
    return OK;
}

static enum error_code allocate(struct factor_model *model, size_t items, struct region *region,
                                struct error *error, double **ret_correlations, double **ret_variances)
{
    *ret_correlations = REGION_ARRAY(region, items * items, double);
    *ret_variances = REGION_ARRAY(region, items, double);
    *model = (struct factor_model){
        .items = items,
        .correlations = *ret_correlations,
        .loadings = REGION_ARRAY(region, items, double),
        .residuals = REGION_ARRAY(region, items, double),
        .inverse = REGION_ARRAY(region, items * items, double),
        .weighted = REGION_ARRAY(region, items * items, double),
        .information = REGION_ARRAY(region, 4 * items * items, double),
        .gradient = REGION_ARRAY(region, 2 * items, double),
        .work = REGION_ARRAY(region, 2 * items, double),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    return OK;
}

static enum error_code correlate(struct factor_model *model, const double *covariance, double *correlations,
                                 struct error *error)
{
    size_t items = model->items;
    for (size_t i = 0; i < items; i++)
        if (!(covariance[i * items + i] > 0))
            return FAIL(error, ERROR_INPUT, "constant-item", "item %zu does not vary", i + 1);
    for (size_t i = 0; i < items; i++)
        for (size_t j = 0; j < items; j++)
            correlations[i * items + j] =
                i == j
                    ? 1
                    : covariance[i * items + j] / sqrt(covariance[i * items + i] * covariance[j * items + j]);
    memcpy(model->inverse, correlations, items * items * sizeof(double));
    bool positive = matrix_cholesky(model->inverse, items);
    for (size_t i = 0; positive && i < items; i++)
        positive = model->inverse[i * items + i] * model->inverse[i * items + i] > 0x1p-40;
    if (!positive)
        return FAIL(error, ERROR_INPUT, "singular", "an item follows from the others");
    model->log_determinant = matrix_log_determinant(model->inverse, items);
    return OK;
}

/* With residual i at 0 the factor is item i itself: the loadings are its correlations, and ln |Sigma| is
 * the sum over the others of ln(1 - r_ij^2), which is the discrepancy but for ln |R|. Returns it for the
 * best i. */
static double best_boundary(const struct factor_model *model, size_t *ret_item)
{
    size_t items = model->items;
    double lowest = INFINITY;
    for (size_t i = 0; i < items; i++) {
        double sum = 0;
        for (size_t j = 0; j < items; j++)
            if (j != i)
                sum += log1p(-model->correlations[i * items + j] * model->correlations[i * items + j]);
        if (sum < lowest) {
            lowest = sum;
            *ret_item = i;
        }
    }
    return lowest - model->log_determinant;
}

static void take_boundary(struct factor_model *model, size_t item, double discrepancy)
{
    for (size_t j = 0; j < model->items; j++) {
        double r = model->correlations[item * model->items + j];
        model->loadings[j] = r;
        model->residuals[j] = j == item ? 0 : 1 - r * r;
    }
    model->discrepancy = discrepancy;
}

/* omega = L^2 / (L^2 + T): d omega / d loading = 2 L T / (L^2 + T)^2, d omega / d residual = -L^2 / (L^2 +
 * T)^2, each times the scale of the item. The information of n people is n / 2 times the second
 * derivatives. */
static double omega_error(struct factor_model *model, const double *variances, double l, double t, double n)
{
    size_t items = model->items;
    double *slope = model->gradient, total = l * l + t, square = 0;
    for (size_t i = 0; i < items; i++) {
        slope[i] = sqrt(variances[i]) * 2 * l * t / (total * total);
        slope[items + i] = -variances[i] * l * l / (total * total);
    }
    matrix_solve_lower(model->information, 2 * items, slope);
    for (size_t i = 0; i < 2 * items; i++)
        square += slope[i] * slope[i];
    return sqrt(2 * square / n);
}

static void describe(struct factor_model *model, const double *variances, double observed_total, int64_t n,
                     struct one_factor *result)
{
    size_t items = model->items;
    double l = 0, t = 0, squares = 0;
    for (size_t i = 0; i < items; i++)
        l += model->loadings[i] * sqrt(variances[i]);
    double sign = l < 0 ? -1 : 1;
    for (size_t i = 0; i < items; i++) {
        result->loadings[i] = sign * model->loadings[i] * sqrt(variances[i]);
        result->residual_variances[i] = model->residuals[i] * variances[i];
        result->std_loadings[i] =
            fabs(model->loadings[i]) / sqrt(model->loadings[i] * model->loadings[i] + model->residuals[i]);
        t += result->residual_variances[i];
        squares += result->std_loadings[i] * result->std_loadings[i];
    }
    result->omega_total = l * l / (l * l + t);
    result->omega_total_denominator_observed = l * l / observed_total;
    result->ave = squares / (double)items;
    result->fit = factor_fit(model, variances, n);
    result->omega_se_delta = result->heywood ? NAN : omega_error(model, variances, sign * l, t, (double)n);
    double half = normal_quantile(0.975) * result->omega_se_delta;
    result->omega_ci95_delta[0] = result->omega_total - half;
    result->omega_ci95_delta[1] = result->omega_total + half;
}

enum error_code one_factor_ml(const double *covariance, size_t items, int64_t n, struct region *region,
                              struct error *error, struct one_factor *ret_model)
{
    struct factor_model model;
    double *correlations = NULL, *variances = NULL, to_n = (double)(n - 1) / (double)n, observed = 0;
    TRY(check_size(items, n, error));
    TRY(allocate(&model, items, region, error, &correlations, &variances));
    TRY(correlate(&model, covariance, correlations, error));
    struct one_factor result = {
        .items = items,
        .loadings = REGION_ARRAY(region, items, double),
        .residual_variances = REGION_ARRAY(region, items, double),
        .std_loadings = REGION_ARRAY(region, items, double),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", items);
    for (size_t i = 0; i < items; i++)
        variances[i] = covariance[i * items + i] * to_n;
    for (size_t i = 0; i < items * items; i++)
        observed += covariance[i] * to_n;
    enum factor_end end = factor_search(&model);
    if (end == FACTOR_NOT_IDENTIFIED)
        return FAIL(error, ERROR_INPUT, "not-identified", "the items share too little for one factor");
    if (end == FACTOR_NO_CONVERGENCE)
        return FAIL(error, ERROR_INPUT, "no-convergence", "no best factor was found");
    double boundary = best_boundary(&model, &result.heywood_item);
    result.heywood = end == FACTOR_AT_BOUNDARY || boundary < model.discrepancy - 1e-9;
    if (result.heywood)
        take_boundary(&model, result.heywood_item, boundary);
    describe(&model, variances, observed, n, &result);
    *ret_model = result;
    return OK;
}
