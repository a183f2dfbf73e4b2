#include "analyse/teams_why.h"

#include <math.h>

enum message teams_why(const char *reason)
{
    static const struct {
        const char *reason;
        enum message why;
    } REASONS[] = {
        {"no-data", MESSAGE_ANALYSE_TEAMS_WHY_NO_DATA},
        {"one-group", MESSAGE_ANALYSE_TEAMS_WHY_ONE_GROUP},
        {"singletons", MESSAGE_ANALYSE_TEAMS_WHY_SINGLETONS},
        {"no-variance", MESSAGE_ANALYSE_TEAMS_WHY_NO_VARIANCE},
        {"no-variance-within", MESSAGE_ANALYSE_TEAMS_WHY_NO_VARIANCE_WITHIN},
        {"no-variance-between", MESSAGE_ANALYSE_TEAMS_WHY_NO_VARIANCE_BETWEEN},
        {"too-few-items", MESSAGE_ANALYSE_TEAMS_WHY_TOO_FEW_ITEMS},
        {"too-little-data", MESSAGE_ANALYSE_TEAMS_WHY_TOO_LITTLE_DATA},
        {"constant-item", MESSAGE_ANALYSE_TEAMS_WHY_CONSTANT_ITEM},
        {"singular", MESSAGE_ANALYSE_TEAMS_WHY_SINGULAR},
        {"not-identified", MESSAGE_ANALYSE_TEAMS_WHY_NOT_IDENTIFIED},
    };
    for (size_t i = 0; reason != NULL && i < COUNT_OF(REASONS); i++)
        if (strcmp(REASONS[i].reason, reason) == 0)
            return REASONS[i].why;
    return reason == NULL ? MESSAGE_NONE : MESSAGE_ANALYSE_TEAMS_WHY_NO_CONVERGENCE;
}

enum message teams_why_no_listwise(const struct teams_scale *scale)
{
    if (scale->moments.complete < 2)
        return MESSAGE_ANALYSE_TEAMS_WHY_TOO_LITTLE_DATA;
    if (isnan(scale->reliability.mean_interitem_r))
        return MESSAGE_ANALYSE_TEAMS_WHY_CONSTANT_ITEM;
    if (isnan(scale->reliability.alpha))
        return MESSAGE_ANALYSE_TEAMS_WHY_CONSTANT_SUM;
    return isnan(scale->reliability.guttman_lambda6) ? MESSAGE_ANALYSE_TEAMS_WHY_SINGULAR : MESSAGE_NONE;
}

enum message teams_why_no_item(const struct teams_scale *scale, size_t item)
{
    size_t k = scale->options->items;
    if (scale->moments.answered[item] == 0)
        return MESSAGE_ANALYSE_TEAMS_WHY_NOBODY;
    if (scale->moments.answered[item] == 1)
        return MESSAGE_ANALYSE_TEAMS_WHY_ONE_ANSWER;
    if (scale->moments.complete < 2)
        return MESSAGE_ANALYSE_TEAMS_WHY_TOO_LITTLE_DATA;
    if (isnan(scale->item_rest_r[item]))
        return scale->moments.covariance[item * k + item] > 0 ? MESSAGE_ANALYSE_TEAMS_WHY_OTHERS_CONSTANT
                                                              : MESSAGE_ANALYSE_TEAMS_WHY_ITEM_CONSTANT;
    if (isnan(scale->alpha_if_deleted[item]))
        return k == 2 ? MESSAGE_ANALYSE_TEAMS_WHY_ONE_LEFT : MESSAGE_ANALYSE_TEAMS_WHY_OTHERS_CONSTANT;
    return MESSAGE_NONE;
}
