/* The search: EM, which cannot fail but is slow at the end, then Newton with the expected second
 * derivatives. EM: Rubin & Thayer, Psychometrika 47 (1982) 69-76. Derivatives: Joreskog, Psychometrika 34
 * (1969) 183-202. */
#include "stats/one_factor_internal.h"

#include "stats/matrix.h"

#include <math.h>

enum { EM_STEPS = 100, NEWTON_STEPS = 200, HALVINGS = 30 };

/* A residual below this is on its way to the boundary. */
static const double boundary = 1e-7;

/* Sigma^-1 = D - D l l' D / (1 + l' D l), D = diag(1 / theta) (Sherman & Morrison 1950). */
static void update_inverse(struct factor_model *model)
{
    size_t items = model->items;
    double common = 0, log_residuals = 0, trace = 0;
    for (size_t i = 0; i < items; i++) {
        common += model->loadings[i] * model->loadings[i] / model->residuals[i];
        log_residuals += log(model->residuals[i]);
    }
    for (size_t i = 0; i < items; i++)
        for (size_t j = 0; j < items; j++) {
            double of_i = model->loadings[i] / model->residuals[i],
                   of_j = model->loadings[j] / model->residuals[j];
            double value = (i == j ? 1 / model->residuals[i] : 0) - of_i * of_j / (1 + common);
            model->inverse[i * items + j] = value;
            trace += value * model->correlations[i * items + j];
        }
    model->discrepancy = log_residuals + log1p(common) + trace - model->log_determinant - (double)items;
}

/* One step of EM: b = Sigma^-1 l; l := R b / (1 - b'l + b'R b); theta := diag(R) - l * R b. */
static void em_step(struct factor_model *model)
{
    size_t items = model->items;
    double *b = model->work, *rb = model->work + items, common = 0, bl = 0, brb = 0;
    for (size_t i = 0; i < items; i++)
        common += model->loadings[i] * model->loadings[i] / model->residuals[i];
    for (size_t i = 0; i < items; i++) {
        b[i] = model->loadings[i] / model->residuals[i] / (1 + common);
        bl += b[i] * model->loadings[i];
    }
    for (size_t i = 0; i < items; i++) {
        rb[i] = 0;
        for (size_t j = 0; j < items; j++)
            rb[i] += model->correlations[i * items + j] * b[j];
        brb += b[i] * rb[i];
    }
    for (size_t i = 0; i < items; i++) {
        model->loadings[i] = rb[i] / (1 - bl + brb);
        model->residuals[i] = fmax(1 - model->loadings[i] * rb[i], boundary / 2);
    }
}

/* The likelihood of small or odd data has several maxima, so EM starts from the first principal component,
 * from all loadings alike, and near each item as the factor itself. */
enum { START_COMPONENT, START_ALIKE, START_ITEMS };

static bool start_from(struct factor_model *model, size_t start)
{
    size_t items = model->items;
    double *values = model->work, *vectors = model->information; /* not yet in use */
    if (start == START_COMPONENT && matrix_eigen(model->correlations, items, NULL, values, vectors) != OK)
        return false;
    for (size_t i = 0; i < items; i++) {
        double loading = start == START_COMPONENT ? vectors[i * items] * sqrt(fmax(values[0], 0))
                         : start == START_ALIKE
                             ? 0.5
                             : 0.95 * model->correlations[(start - START_ITEMS) * items + i];
        model->loadings[i] = loading;
        model->residuals[i] = fmax(1 - loading * loading, 0.05);
    }
    return true;
}

/* kept: loadings, then residuals. */
static void keep(const struct factor_model *model, double *kept)
{
    memcpy(kept, model->loadings, model->items * sizeof(double));
    memcpy(kept + model->items, model->residuals, model->items * sizeof(double));
}

static void restore(struct factor_model *model, const double *kept)
{
    memcpy(model->loadings, kept, model->items * sizeof(double));
    memcpy(model->residuals, kept + model->items, model->items * sizeof(double));
    update_inverse(model);
}

/* EM from all starts; the lowest is left in the model. */
static bool find_start(struct factor_model *model, double *kept)
{
    double lowest = INFINITY;
    for (size_t start = 0; start < START_ITEMS + model->items; start++) {
        if (!start_from(model, start))
            continue;
        for (int i = 0; i < EM_STEPS; i++)
            em_step(model);
        update_inverse(model);
        if (!(model->discrepancy < lowest - 1e-9))
            continue;
        lowest = model->discrepancy;
        keep(model, kept);
    }
    if (!isfinite(lowest))
        return false;
    restore(model, kept);
    return true;
}

/* matrix times vector */
static void multiply(const double *matrix, const double *vector, size_t size, double *result)
{
    for (size_t i = 0; i < size; i++) {
        result[i] = 0;
        for (size_t j = 0; j < size; j++)
            result[i] += matrix[i * size + j] * vector[j];
    }
}

static double inner(const double *a, const double *b, size_t size)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += a[i] * b[i];
    return sum;
}

/* With W = Sigma^-1 and B = W R W: dF/dl = 2 (W - B) l, dF/dtheta = diag(W - B). */
static void update_gradient(struct factor_model *model)
{
    size_t items = model->items;
    double *scratch = model->information, *v = model->work, *u = model->work + items;
    matrix_multiply(model->inverse, model->correlations, items, scratch);
    matrix_multiply(scratch, model->inverse, items, model->weighted);
    multiply(model->inverse, model->loadings, items, v);
    multiply(model->weighted, model->loadings, items, u);
    for (size_t i = 0; i < items; i++) {
        model->gradient[i] = 2 * (v[i] - u[i]);
        model->gradient[items + i] = model->inverse[i * items + i] - model->weighted[i * items + i];
    }
}

/* With v = W l and u = B l, the second derivatives are
 *   l_i l_j:          2 (W - B)_ij - 2 (W_ij l'v + v_i v_j) + 2 (u_i v_j + v_i u_j + W_ij l'u + B_ij l'v)
 *   l_i theta_j:      -2 W_ij v_j + 2 (B_ij v_j + W_ij u_j)
 *   theta_i theta_j:  -W_ij^2 + 2 W_ij B_ij
 * and expected ones are these with B = W. */
static void fill_information(struct factor_model *model, const double *weighted)
{
    size_t items = model->items, order = 2 * items;
    double *v = model->work, *u = model->work + items;
    multiply(model->inverse, model->loadings, items, v);
    multiply(weighted, model->loadings, items, u);
    double lv = inner(model->loadings, v, items), lu = inner(model->loadings, u, items);
    for (size_t i = 0; i < items; i++)
        for (size_t j = 0; j < items; j++) {
            double w = model->inverse[i * items + j], b = weighted[i * items + j];
            double mixed = 2 * (b * v[j] + w * u[j] - w * v[j]);
            model->information[i * order + j] =
                2 * (w - b - w * lv - v[i] * v[j]) + 2 * (u[i] * v[j] + v[i] * u[j] + w * lu + b * lv);
            model->information[i * order + items + j] = mixed;
            model->information[(items + j) * order + i] = mixed;
            model->information[(items + i) * order + items + j] = w * (2 * b - w);
        }
}

/* False when a parameter follows from the others, or a step along it would lead uphill. */
static bool factor(struct factor_model *model)
{
    size_t order = 2 * model->items;
    for (size_t i = 0; i < order; i++)
        model->work[i] = model->information[i * order + i];
    if (!matrix_cholesky(model->information, order))
        return false;
    for (size_t i = 0; i < order; i++)
        if (!(model->information[i * order + i] * model->information[i * order + i] > 1e-11 * model->work[i]))
            return false;
    return true;
}

bool factor_information(struct factor_model *model)
{
    update_inverse(model);
    fill_information(model, model->inverse);
    return factor(model);
}

/* Newton where the discrepancy curves upwards in all directions, scoring elsewhere. */
static bool find_step(struct factor_model *model, double *step)
{
    size_t order = 2 * model->items;
    update_gradient(model);
    fill_information(model, model->weighted);
    if (!factor(model) && !factor_information(model))
        return false;
    for (size_t k = 0; k < order; k++)
        step[k] = -model->gradient[k];
    matrix_solve(model->information, order, step);
    return true;
}

/* Goes along the step as far as the discrepancy does not rise and residuals keep a tenth of themselves.
 * Returns the largest change. */
static double take_step(struct factor_model *model, const double *step, double *kept)
{
    size_t items = model->items;
    double before = model->discrepancy, size = 1, change = 0;
    keep(model, kept);
    for (size_t i = 0; i < items; i++)
        if (step[items + i] < -0.9 * model->residuals[i])
            size = fmin(size, -0.9 * model->residuals[i] / step[items + i]);
    for (int halving = 0; halving < HALVINGS; halving++, size /= 2) {
        change = 0;
        for (size_t i = 0; i < items; i++) {
            model->loadings[i] = kept[i] + size * step[i];
            model->residuals[i] = kept[items + i] + size * step[items + i];
            change = fmax(change, fmax(fabs(size * step[i]), fabs(size * step[items + i])));
        }
        update_inverse(model);
        if (model->discrepancy <= before + 1e-13)
            return change;
    }
    return 0;
}

static double smallest_residual(const struct factor_model *model)
{
    double smallest = INFINITY;
    for (size_t i = 0; i < model->items; i++)
        smallest = fmin(smallest, model->residuals[i]);
    return smallest;
}

enum factor_end factor_search(struct factor_model *model)
{
    double step[2 * FACTOR_ITEMS_MAXIMUM], kept[2 * FACTOR_ITEMS_MAXIMUM], change = INFINITY;
    if (!find_start(model, kept))
        return FACTOR_NO_CONVERGENCE;
    for (int i = 0; i < NEWTON_STEPS && change >= 1e-15; i++) {
        if (smallest_residual(model) <= boundary)
            return FACTOR_AT_BOUNDARY;
        if (!find_step(model, step))
            return FACTOR_NOT_IDENTIFIED;
        change = take_step(model, step, kept);
    }
    if (smallest_residual(model) <= boundary)
        return FACTOR_AT_BOUNDARY;
    if (change > 1e-9)
        return FACTOR_NO_CONVERGENCE;
    return factor_information(model) ? FACTOR_FOUND : FACTOR_NOT_IDENTIFIED;
}
