#include "stats/panel.h"

#include "stats/distribution.h"
#include "stats/panel_internal.h"

#include <math.h>

/* ---- Starts ---------------------------------------------------------------------------------------- */

/* A part `share` of the variance is stable; paths of .2 to the own next wave, none across. */
static void start_at(const struct panel_sample *sample, const struct model *model, double share,
                     double *parameters)
{
    size_t columns = sample->columns, waves = sample->waves;
    const double *s = sample->covariance;
    double across = 0; /* mean correlation of x and y of one wave */
    for (size_t t = 0; t < waves; t++)
        across += s[(waves + t) * columns + t] /
                  sqrt(s[t * columns + t] * s[(waves + t) * columns + waves + t]) / (double)waves;
    for (size_t e = 0; e < model->element_count; e++) {
        const struct element *element = &model->elements[e];
        double *at = &parameters[element->parameter];
        if (element->kind == ELEMENT_MEAN)
            *at = sample->mean[element->i];
        else if (element->kind == ELEMENT_PATH)
            *at = element->j + 1 == element->i ? 0.2 : 0;
        else if (element->kind == ELEMENT_INNOVATION)
            *at = (1 - share) * s[element->i * columns + element->j];
        else
            *at = share * (element->i == element->j ? 1 : across);
    }
}

/* The best maximum from the starts, into maximum. */
static bool best_maximum(const struct panel_sample *sample, enum panel_model kind, const struct model *model,
                         struct maximum *maximum)
{
    const double shares[] = {0.3, 0.6, 0.05};
    size_t starts = kind == PANEL_CLPM ? 1 : COUNT_OF(shares); /* a CLPM has one maximum */
    double best[MOMENTS_MAXIMUM] = {0}, value = -INFINITY;
    for (size_t i = 0; i < starts; i++) {
        start_at(sample, model, kind == PANEL_CLPM ? 0 : shares[i], maximum->parameters);
        if (maximum_find(sample, model, maximum) && maximum->likelihood.value > value) {
            value = maximum->likelihood.value;
            memcpy(best, maximum->parameters, model->parameter_count * sizeof(double));
        }
    }
    memcpy(maximum->parameters, best, model->parameter_count * sizeof(double));
    return isfinite(value);
}

/* ---- Fit ------------------------------------------------------------------------------------------- */

/* Root mean square of what is left of means and covariances, in standard deviations (Bentler 1995). */
static double residual_size(const struct panel_sample *sample, const struct moments *moments)
{
    size_t columns = sample->columns;
    const double *s = sample->covariance;
    double sum = 0;
    for (size_t i = 0; i < columns; i++) {
        double mean = sample->mean[i] - moments->mean[i];
        sum += mean * mean / s[i * columns + i];
        for (size_t j = 0; j <= i; j++) {
            double left = s[i * columns + j] - moments->covariance[i * columns + j];
            sum += left * left / (s[i * columns + i] * s[j * columns + j]);
        }
    }
    return sqrt(sum / (double)(columns + columns * (columns + 1) / 2));
}

static struct panel_fit fit_of(const struct panel_sample *sample, const struct model *model,
                               const struct maximum *maximum)
{
    size_t columns = sample->columns, moments = columns + columns * (columns + 1) / 2;
    double n = (double)sample->n, value = maximum->likelihood.value;
    struct panel_fit fit = {.n = sample->n, .parameters = model->parameter_count};
    fit.df = moments - fit.parameters;
    fit.chi_square = fmax(0, 2 * (sample->saturated - value));
    fit.p = chi_square_upper(fit.chi_square, (double)fit.df);
    double df = (double)fit.df, excess = fit.chi_square - df;
    double base_df = (double)(columns * (columns - 1) / 2), base = 2 * (sample->saturated - sample->baseline);
    double worst = fmax(fmax(excess, base - base_df), 0);
    fit.cfi = worst > 0 ? 1 - fmax(excess, 0) / worst : 1;
    fit.tli = (base / base_df - fit.chi_square / df) / (base / base_df - 1);
    fit.rmsea = sqrt(fmax(excess / (n * df), 0));
    fit.srmr = residual_size(sample, &maximum->moments);
    fit.log_likelihood = value - sample->log_scale;
    fit.aic = -2 * fit.log_likelihood + 2 * (double)fit.parameters;
    fit.bic = -2 * fit.log_likelihood + log(n) * (double)fit.parameters;
    return fit;
}

double panel_fit_difference(const struct panel_fit *special, const struct panel_fit *general)
{
    return chi_square_upper(fmax(0, special->chi_square - general->chi_square),
                            (double)(special->df - general->df));
}

enum error_code panel_fit(const struct panel_sample *sample, enum panel_model kind, struct region *region,
                          struct error *error, struct panel_result *ret_result)
{
    struct model *model = REGION_NEW(region, struct model);
    struct maximum *maximum = REGION_NEW(region, struct maximum);
    if (model == NULL || maximum == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a panel model");
    model_of(kind, sample->waves, model);
    struct panel_result result = {.status = PANEL_TOO_LITTLE};
    if (sample->n >= (int64_t)model->parameter_count) {
        bool found = best_maximum(sample, kind, model, maximum);
        if (!found || !maximum_covariance(sample, model, maximum)) {
            result.status = PANEL_NOT_CONVERGED;
        } else {
            result.fit = fit_of(sample, model, maximum);
            result.status = model_is_proper(model, maximum->parameters) ? PANEL_PROPER : PANEL_IMPROPER;
        }
    }
    if (result.status == PANEL_PROPER) {
        rows_of(sample, kind, model, maximum->parameters, maximum->information, &result);
        paths_of(model, maximum->parameters, maximum->information, &result.paths);
    }
    *ret_result = result;
    return OK;
}
