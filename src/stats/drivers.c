#include "stats/drivers.h"

#include "stats/drivers_shares.h"
#include "stats/matrix.h"

#include <math.h>

/* The regression on the predictors that vary; index a counts those only. */
struct regression {
    const struct cross_moments *moments;
    double correlations[CROSS_PRODUCTS_MAXIMUM]; /* outcome first */
    size_t active[DRIVERS_MAXIMUM];
    size_t p;
    double df;
};

static void fill(double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        values[i] = NAN;
}

static struct drivers no_figures(size_t predictors, int64_t n)
{
    struct drivers drivers = {.predictors = predictors, .n = n, .r2 = NAN, .adjusted_r2 = NAN};
    double *figures[] = {drivers.lmg,           drivers.lmg_share,      drivers.johnson,
                         drivers.johnson_share, drivers.first,          drivers.last,
                         drivers.std_beta,      drivers.r_with_outcome, drivers.vif};
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        fill(figures[i], DRIVERS_MAXIMUM);
    fill(drivers.coefficient, DRIVERS_MAXIMUM + 1);
    fill(drivers.standard_error, DRIVERS_MAXIMUM + 1);
    return drivers;
}

void rounding_floors(const struct cross_moments *moments, double *ret_floors)
{
    for (size_t i = 0; i < moments->variables; i++) {
        double smallest = 1e-13 * fabs(moments->means[i]);
        ret_floors[i] = (double)moments->n * smallest * smallest;
    }
}

static enum error_code prepare(const struct cross_moments *moments, int64_t means_removed,
                               struct error *error, struct regression *regression, bool *ret_constant)
{
    size_t predictors = moments->variables - 1;
    if (moments->variables < 2 || moments->variables > CROSS_VARIABLES_MAXIMUM)
        return FAIL(error, ERROR_LIMIT, "too-many-predictors", "%zu predictors; 1 to %d can be compared",
                    predictors, DRIVERS_MAXIMUM);
    double floors[CROSS_VARIABLES_MAXIMUM];
    rounding_floors(moments, floors);
    for (size_t i = 0; i < predictors; i++)
        ret_constant[i] = !(moments->products[cross_index(i, i)] > floors[i]);
    regression->moments = moments;
    int64_t df = moments->n - means_removed - (int64_t)predictors;
    if (df < 1)
        return FAIL(error, ERROR_INPUT, "too-little-data",
                    "%" PRId64 " complete rows are too few; predictors: %zu", moments->n, predictors);
    int varying = correlations_of(moments->products, moments->variables, floors, regression->correlations,
                                  regression->active);
    if (varying < 0)
        return FAIL(error, ERROR_INPUT, "outcome-constant", "the outcome does not vary");
    if (varying == 0)
        return FAIL(error, ERROR_INPUT, "predictors-constant", "no predictor varies");
    regression->p = (size_t)varying;
    regression->df = (double)(moments->n - means_removed - varying);
    return OK;
}

static double deviation(const struct regression *regression, size_t variable)
{
    return sqrt(regression->moments->products[cross_index(variable, variable)]);
}

/* Intercept: mean_y - sum b m, variance sigma2 (1/n + m' C^-1 m). inverse is of the correlations. */
static void intercept(const struct regression *regression, const double *inverse, double sigma2,
                      struct drivers *drivers)
{
    const double *means = regression->moments->means;
    double at_zero = means[drivers->predictors], spread = 1 / (double)drivers->n;
    for (size_t a = 0; a < regression->p; a++) {
        size_t i = regression->active[a];
        at_zero -= drivers->coefficient[i + 1] * means[i];
        for (size_t b = 0; b < regression->p; b++) {
            size_t j = regression->active[b];
            spread += means[i] / deviation(regression, i) * inverse[a * regression->p + b] * means[j] /
                      deviation(regression, j);
        }
    }
    drivers->coefficient[0] = at_zero;
    drivers->standard_error[0] = sqrt(sigma2 * spread);
}

/* What needs each predictor alone. */
static void coefficients(const struct regression *regression, bool with_intercept, struct drivers *drivers)
{
    size_t p = regression->p;
    double inverse[DRIVERS_MAXIMUM * DRIVERS_MAXIMUM];
    for (size_t a = 0; a < p; a++)
        for (size_t b = 0; b < p; b++)
            inverse[a * p + b] =
                regression->correlations[cross_index(a > b ? a + 1 : b + 1, a > b ? b + 1 : a + 1)];
    drivers->collinear = !matrix_cholesky(inverse, p);
    for (size_t a = 0; a < p && !drivers->collinear; a++)
        drivers->collinear = inverse[a * p + a] * inverse[a * p + a] <= COLLINEAR_TOLERANCE;
    if (drivers->collinear)
        return;
    matrix_invert(inverse, p);
    double sd_outcome = deviation(regression, drivers->predictors);
    double sigma2 = (1 - drivers->r2) * sd_outcome * sd_outcome / regression->df;
    for (size_t a = 0; a < p; a++) {
        size_t i = regression->active[a];
        double beta = 0, own = inverse[a * p + a];
        for (size_t b = 0; b < p; b++)
            beta += inverse[a * p + b] * regression->correlations[cross_index(b + 1, 0)];
        drivers->std_beta[i] = beta;
        drivers->vif[i] = own;
        drivers->last[i] = beta * beta / own;
        drivers->coefficient[i + 1] = beta * sd_outcome / deviation(regression, i);
        drivers->standard_error[i + 1] = sqrt(sigma2 * own) / deviation(regression, i);
    }
    if (with_intercept)
        intercept(regression, inverse, sigma2, drivers);
}

enum error_code drivers_estimate(const struct cross_moments *moments, int64_t means_removed,
                                 struct error *error, struct drivers *ret_drivers)
{
    struct regression regression = {.p = 0};
    bool constant[DRIVERS_MAXIMUM] = {false};
    TRY(prepare(moments, means_removed, error, &regression, constant));
    struct drivers drivers = no_figures(moments->variables - 1, moments->n);
    memcpy(drivers.constant, constant, sizeof constant);
    double lmg[DRIVERS_MAXIMUM], johnson[DRIVERS_MAXIMUM];
    lmg_shares(regression.correlations, regression.p, &drivers.r2, lmg);
    TRY(johnson_weights(regression.correlations, regression.p, error, johnson));
    drivers.adjusted_r2 = 1 - (1 - drivers.r2) * (double)(moments->n - means_removed) / regression.df;
    for (size_t a = 0; a < regression.p; a++) {
        size_t i = regression.active[a];
        double r = regression.correlations[cross_index(a + 1, 0)];
        drivers.r_with_outcome[i] = r;
        drivers.first[i] = r * r;
        drivers.lmg[i] = lmg[a];
        drivers.johnson[i] = johnson[a];
        drivers.lmg_share[i] = drivers.r2 > 0 ? lmg[a] / drivers.r2 : NAN;
        drivers.johnson_share[i] = drivers.r2 > 0 ? johnson[a] / drivers.r2 : NAN;
    }
    coefficients(&regression, means_removed == 1, &drivers);
    *ret_drivers = drivers;
    return OK;
}
