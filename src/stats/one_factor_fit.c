/* How well one factor fits. Formulas as in lavaan: Bentler, Psychological Bulletin 107 (1990) 238-246
 * (CFI); Tucker & Lewis, Psychometrika 38 (1973) 1-10 (TLI); Browne & Cudeck 1993 (RMSEA and its
 * interval); Bentler 1995 (SRMR). */
#include "stats/one_factor_internal.h"

#include "stats/distribution.h"

#include <math.h>

enum { BISECTIONS = 200 };

/* The noncentrality with which a chi-square below x has the probability; 0 when even 0 gives less. */
static double noncentrality(double x, double df, double probability)
{
    if (!(noncentral_chi_square_probability(x, df, 0) > probability))
        return 0;
    double low = 0, high = 1;
    while (noncentral_chi_square_probability(x, df, high) > probability && high < 1e12)
        high *= 2;
    for (int i = 0; i < BISECTIONS && high - low > 1e-13 * high; i++) {
        double middle = (low + high) / 2;
        if (noncentral_chi_square_probability(x, df, middle) > probability)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

static double residual_correlations(const struct factor_model *model)
{
    size_t items = model->items;
    double squares = 0;
    for (size_t i = 0; i < items; i++)
        for (size_t j = 0; j <= i; j++) {
            double expected = model->loadings[i] * model->loadings[j] + (i == j ? model->residuals[i] : 0);
            double residual = model->correlations[i * items + j] - expected;
            squares += residual * residual;
        }
    return sqrt(squares / ((double)items * (double)(items + 1) / 2));
}

static void fit_indices(struct factor_fit *fit, double baseline, double baseline_df, double n)
{
    double df = (double)fit->df;
    double excess = fmax(fit->chisq - df, 0), baseline_excess = fmax(baseline - baseline_df, excess);
    fit->cfi = baseline_excess > 0 ? 1 - excess / baseline_excess : 1;
    fit->tli = 1;
    fit->pvalue = NAN;
    fit->rmsea = fit->rmsea_ci_lower = fit->rmsea_ci_upper = 0;
    if (fit->df == 0)
        return;
    double ratio = baseline / baseline_df;
    fit->tli = fabs(ratio - 1) > 0 ? (ratio - fit->chisq / df) / (ratio - 1) : NAN;
    fit->pvalue = chi_square_upper(fit->chisq, df);
    fit->rmsea = sqrt(excess / (n * df));
    fit->rmsea_ci_lower = sqrt(noncentrality(fit->chisq, df, 0.95) / (n * df));
    fit->rmsea_ci_upper = sqrt(noncentrality(fit->chisq, df, 0.05) / (n * df));
}

struct factor_fit factor_fit(const struct factor_model *model, const double *variances, int64_t n)
{
    double people = (double)n, p = (double)model->items, log_variances = 0;
    struct factor_fit fit = {
        .chisq = people * fmax(model->discrepancy, 0),
        .df = (int64_t)(model->items * (model->items - 3) / 2),
        .srmr = residual_correlations(model),
    };
    for (size_t i = 0; i < model->items; i++)
        log_variances += log(variances[i]);
    fit_indices(&fit, -people * model->log_determinant, p * (p - 1) / 2, people);
    double log_determinant_and_trace = model->discrepancy + model->log_determinant + p + log_variances;
    fit.logl = -people / 2 * (p * log(2 * M_PI) + log_determinant_and_trace);
    fit.aic = -2 * fit.logl + 2 * (2 * p);
    fit.bic = -2 * fit.logl + log(people) * (2 * p);
    return fit;
}
