/* The top of the likelihood: Fisher scoring (expected information, always uphill) with step halving, and
 * at the end Newton's method (observed information), which doubles the digits each step. */
#include "stats/panel_internal.h"

#include "stats/matrix.h"

#include <math.h>

enum { STEPS_MAXIMUM = 500, HALVINGS_MAXIMUM = 40, FINISHING_STEPS = 25 };

/* By how much the value would still rise, when Newton's method takes over. */
static const double near_top = 1e-7;
/* Slope per row in the scaled parameters: what rounding leaves, and what still counts as the top. */
static const double slope_goal = 1e-13, slope_limit = 1e-9;
/* Of the information about a parameter, the part that is not about others: below this the data do not
 * determine it. */
static const double undetermined = 1e-9;

static void slope_in_parameters(const struct model *model, struct maximum *maximum)
{
    size_t columns = model->columns, parameters = model->parameter_count;
    memset(maximum->slope, 0, parameters * sizeof(double));
    for (size_t i = 0; i < columns; i++)
        for (size_t k = 0; k < parameters; k++)
            maximum->slope[k] += maximum->likelihood.mean_slope[i] * maximum->delta[i * parameters + k];
    for (size_t i = 0, at = columns; i < columns; i++)
        for (size_t j = 0; j <= i; j++, at++) {
            double weight = maximum->likelihood.slope[i * columns + j] * (i == j ? 1 : 2);
            for (size_t k = 0; k < parameters; k++)
                maximum->slope[k] += weight * maximum->delta[at * parameters + k];
        }
}

/* delta' information delta. */
static void information_in_parameters(const struct model *model, struct maximum *maximum)
{
    size_t parameters = model->parameter_count,
           moments = model->columns + model->columns * (model->columns + 1) / 2;
    for (size_t m = 0; m < moments; m++) {
        double *row = maximum->product + m * parameters;
        memset(row, 0, parameters * sizeof(double));
        for (size_t other = 0; other < moments; other++) {
            double weight = maximum->likelihood.information[m * moments + other];
            for (size_t k = 0; k < parameters; k++)
                row[k] += weight * maximum->delta[other * parameters + k];
        }
    }
    memset(maximum->information, 0, parameters * parameters * sizeof(double));
    for (size_t m = 0; m < moments; m++)
        for (size_t k = 0; k < parameters; k++) {
            double weight = maximum->delta[m * parameters + k];
            for (size_t l = 0; l < parameters; l++)
                maximum->information[k * parameters + l] += weight * maximum->product[m * parameters + l];
        }
}

/* Moments, value, slope and, when asked for, information at maximum->parameters. */
static bool evaluate(const struct panel_sample *sample, const struct model *model, enum information kind,
                     struct maximum *maximum)
{
    model_moments(model, maximum->parameters, &maximum->moments);
    likelihood_at(sample, maximum->moments.mean, maximum->moments.covariance, kind, &maximum->likelihood);
    if (!isfinite(maximum->likelihood.value))
        return false;
    model_slopes(model, &maximum->moments, maximum->delta);
    slope_in_parameters(model, maximum);
    if (kind == INFORMATION_NONE)
        return true;
    information_in_parameters(model, maximum);
    if (kind == INFORMATION_OBSERVED)
        model_curvature(model, &maximum->moments, maximum->likelihood.slope, maximum->information);
    return true;
}

/* Factors the information. Where the data do not determine some direction, a little is added to its
 * diagonal, so that the step stays uphill. */
static bool factor_information(size_t order, struct maximum *maximum)
{
    memcpy(maximum->product, maximum->information, order * order * sizeof(double));
    for (double extra = 0; extra<1; extra = extra> 0 ? extra * 100 : 1e-12) {
        for (size_t k = 0; k < order; k++)
            maximum->product[k * order + k] = maximum->information[k * order + k] * (1 + extra);
        if (matrix_cholesky(maximum->product, order))
            return true;
        memcpy(maximum->product, maximum->information, order * order * sizeof(double));
    }
    return false;
}

/* The step, and by how much the value would rise if the likelihood were a parabola. */
static double find_step(size_t order, struct maximum *maximum)
{
    memcpy(maximum->step, maximum->slope, order * sizeof(double));
    matrix_solve(maximum->product, order, maximum->step);
    double rise = 0;
    for (size_t k = 0; k < order; k++)
        rise += maximum->step[k] * maximum->slope[k] / 2;
    return rise;
}

/* Takes the step or the longest half of halves of it that rises. False: none does. */
static bool climb(const struct panel_sample *sample, const struct model *model, struct maximum *maximum)
{
    double start[MOMENTS_MAXIMUM], value = maximum->likelihood.value, length = 1;
    memcpy(start, maximum->parameters, model->parameter_count * sizeof(double));
    for (int halving = 0; halving < HALVINGS_MAXIMUM; halving++, length /= 2) {
        for (size_t k = 0; k < model->parameter_count; k++)
            maximum->parameters[k] = start[k] + length * maximum->step[k];
        model_moments(model, maximum->parameters, &maximum->moments);
        likelihood_at(sample, maximum->moments.mean, maximum->moments.covariance, INFORMATION_NONE,
                      &maximum->likelihood);
        if (maximum->likelihood.value > value)
            return true;
    }
    memcpy(maximum->parameters, start, model->parameter_count * sizeof(double));
    return false;
}

static double largest_slope(const struct panel_sample *sample, const struct model *model,
                            const struct maximum *maximum)
{
    double largest = 0;
    for (size_t k = 0; k < model->parameter_count; k++)
        largest = fmax(largest, fabs(maximum->slope[k]));
    return largest / (double)sample->n;
}

/* Newton steps at the top, where differences of values are rounding and only the slope tells. Keeps the
 * best. */
static bool finish(const struct panel_sample *sample, const struct model *model, struct maximum *maximum)
{
    double best[MOMENTS_MAXIMUM], least = INFINITY;
    size_t bytes = model->parameter_count * sizeof(double);
    memcpy(best, maximum->parameters, bytes);
    for (int step = 0; step < FINISHING_STEPS && least > slope_goal; step++) {
        if (!evaluate(sample, model, INFORMATION_OBSERVED, maximum))
            break;
        double slope = largest_slope(sample, model, maximum);
        if (slope >= least)
            break;
        least = slope;
        memcpy(best, maximum->parameters, bytes);
        memcpy(maximum->product, maximum->information, model->parameter_count * bytes);
        if (!matrix_cholesky(maximum->product, model->parameter_count))
            break;
        (void)find_step(model->parameter_count, maximum);
        for (size_t k = 0; k < model->parameter_count; k++)
            maximum->parameters[k] += maximum->step[k];
    }
    memcpy(maximum->parameters, best, bytes);
    return evaluate(sample, model, INFORMATION_NONE, maximum) && least < slope_limit;
}

bool maximum_find(const struct panel_sample *sample, const struct model *model, struct maximum *maximum)
{
    for (int step = 0; step < STEPS_MAXIMUM; step++) {
        if (!evaluate(sample, model, INFORMATION_EXPECTED, maximum) ||
            !factor_information(model->parameter_count, maximum))
            return false;
        if (find_step(model->parameter_count, maximum) < near_top || !climb(sample, model, maximum))
            break;
    }
    return finish(sample, model, maximum);
}

bool maximum_covariance(const struct panel_sample *sample, const struct model *model, struct maximum *maximum)
{
    enum information kind = sample->casewise ? INFORMATION_OBSERVED : INFORMATION_EXPECTED;
    size_t order = model->parameter_count;
    double scale[MOMENTS_MAXIMUM];
    if (!evaluate(sample, model, kind, maximum))
        return false;
    /* With ones on the diagonal a pivot says which part of a parameter's information is its own. */
    for (size_t k = 0; k < order; k++) {
        double own = maximum->information[k * order + k];
        if (!(own > 0))
            return false;
        scale[k] = 1 / sqrt(own);
    }
    for (size_t k = 0; k < order; k++)
        for (size_t l = 0; l < order; l++)
            maximum->information[k * order + l] *= scale[k] * scale[l];
    if (!matrix_cholesky(maximum->information, order))
        return false;
    for (size_t k = 0; k < order; k++)
        if (maximum->information[k * order + k] * maximum->information[k * order + k] < undetermined)
            return false;
    matrix_invert(maximum->information, order);
    for (size_t k = 0; k < order; k++)
        for (size_t l = 0; l < order; l++)
            maximum->information[k * order + l] *= scale[k] * scale[l];
    return true;
}
