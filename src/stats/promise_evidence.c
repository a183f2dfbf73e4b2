#include "stats/promise_evidence.h"

#include "stats/distribution.h"

#include <math.h>

static bool is_positive(double value)
{
    return isfinite(value) && value > 0;
}

static enum error_code check(const struct promise_event *events, size_t count,
                             const struct promise_model *model, struct error *error)
{
    if (!is_positive(model->half_life))
        return FAIL(error, ERROR_INPUT, "bad-promises", "the half-life must be above 0");
    if (!is_positive(model->weight_kept) || !is_positive(model->weight_broken))
        return FAIL(error, ERROR_INPUT, "bad-promises", "weights must be above 0");
    if (!is_positive(model->prior_kept) || !is_positive(model->prior_broken))
        return FAIL(error, ERROR_INPUT, "bad-promises", "both parts of the prior must be above 0");
    if (!isfinite(model->now))
        return FAIL(error, ERROR_INPUT, "bad-promises", "now must be a day");
    for (size_t i = 0; i < count; i++)
        if (!isfinite(events[i].day))
            return FAIL(error, ERROR_INPUT, "bad-promises", "event %zu has no day", i);
    return OK;
}

/* Sums over kept and broken ones apart, so that the weights are applied once, to the sums. */
static void add_up(const struct promise_event *events, size_t count, const struct promise_model *model,
                   struct promise_evidence *evidence)
{
    double kept = 0, broken = 0;
    for (size_t i = 0; i < count; i++) {
        if (events[i].day > model->now) {
            evidence->later++;
            continue;
        }
        double remembered = exp2((events[i].day - model->now) / model->half_life);
        if (events[i].kept) {
            evidence->kept++;
            kept += remembered;
        } else {
            evidence->broken++;
            broken += remembered;
        }
    }
    evidence->r = model->weight_kept * kept;
    evidence->s = model->weight_broken * broken;
    evidence->remembered = kept + broken;
}

enum error_code promise_evidence(const struct promise_event *events, size_t count,
                                 const struct promise_model *model, struct error *error,
                                 struct promise_evidence *ret_evidence)
{
    TRY(check(events, count, model, error));
    struct promise_evidence evidence = {.later = 0};
    add_up(events, count, model, &evidence);
    double a = model->prior_kept + evidence.r, b = model->prior_broken + evidence.s;
    evidence.alpha = a;
    evidence.beta = b;
    evidence.mean = a / (a + b);
    evidence.median = beta_quantile(0.5, a, b);
    evidence.ci90[0] = beta_quantile(0.05, a, b);
    evidence.ci90[1] = beta_quantile(0.95, a, b);
    evidence.ci95[0] = beta_quantile(0.025, a, b);
    evidence.ci95[1] = beta_quantile(0.975, a, b);
    evidence.above_80 = beta_upper(0.8, a, b);
    double all = evidence.mean + evidence.median + evidence.ci90[0] + evidence.ci90[1] + evidence.ci95[0] +
                 evidence.ci95[1] + evidence.above_80;
    if (!isfinite(all))
        return FAIL(error, ERROR_INTERNAL, "no-quantile", "no quantiles of the beta distribution %g, %g", a,
                    b);
    *ret_evidence = evidence;
    return OK;
}
