#include "analyse/analyse_power.h"

#include "stats/power.h"

#include <math.h>

#define USUAL_POWER 0.8
#define SIGNIFICANCE 0.05

enum error_code analyse_power(const struct analyse_power_options *options, struct error *error,
                              struct analyse_power *ret_result)
{
    if (options->n < 2)
        return FAIL(error, ERROR_INPUT, "power", "--n: at least 2 people are needed");
    if (!(options->sd_difference > 0) || !isfinite(options->sd_difference))
        return FAIL(error, ERROR_INPUT, "power", "--sd-diff: expected a number above 0");
    double effect = design_effect(options->team_size, options->icc1);
    if (!isnan(options->team_size) && isnan(effect))
        return FAIL(error, ERROR_INPUT, "power",
                    "expected a --team-size of 1 or more with an --icc1 from 0 to 1");
    *ret_result = (struct analyse_power){
        .options = *options,
        .smallest_change = paired_t_detectable(options->n, options->sd_difference, SIGNIFICANCE, USUAL_POWER),
        .power = paired_t_power(options->n, options->sd_difference, options->delta, SIGNIFICANCE),
        .design_effect = effect,
        .effective_n = (double)options->n / effect,
    };
    return OK;
}
