#include "analyse/analyse_teams.h"

#include "analyse/teams_groups.h"

/* Sums of all threads, then all that follows from them without teams. */
static enum error_code find_reliability(const struct teams_gather *gather, size_t s, struct region *region,
                                        struct error *error, struct teams_scale *scale)
{
    const struct teams_options *options = gather->options;
    const struct scale_plan *plan = &gather->plans[s];
    struct item_sums *sums = gather->threads[0]->scales[s].sums;
    for (int t = 1; t < options->threads; t++)
        item_sums_merge(sums, gather->threads[t]->scales[s].sums);
    TRY(item_sums_moments(sums, plan->reversed, plan->turn, region, error, &scale->moments));
    if (plan->items == 1)
        return OK;
    scale->item_rest_r = REGION_ARRAY(region, plan->items, double);
    scale->alpha_if_deleted = REGION_ARRAY(region, plan->items, double);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu items", plan->items);
    TRY(reliability_of(scale->moments.covariance, plan->items, scale->moments.complete, region, error,
                       &scale->reliability));
    scale->pairwise_alpha = cronbach_alpha(scale->moments.pairwise_covariance, plan->items);
    item_rest(scale->moments.covariance, plan->items, scale->item_rest_r, scale->alpha_if_deleted);
    enum error_code code = one_factor_ml(scale->moments.covariance, plan->items, scale->moments.complete,
                                         region, error, &scale->factor);
    if (code != OK && code != ERROR_INPUT)
        return code;
    scale->factor_reason = code == OK ? NULL : error->reason;
    return OK;
}

static enum error_code name_items(const struct table *table, struct teams_scale *scale, struct region *region,
                                  struct error *error)
{
    struct slice *names = REGION_ARRAY(region, scale->options->items, struct slice);
    for (size_t i = 0; names != NULL && i < scale->options->items; i++)
        names[i] = region_copy(region, table_column_name(table, scale->options->columns[i]));
    scale->item_names = names;
    return region_failed(region) ? FAIL(error, ERROR_MEMORY, "memory", "no memory for names") : OK;
}

static enum error_code find_scale(const struct teams_gather *gather, const struct teams_groups *groups,
                                  size_t s, struct region *region, struct error *error,
                                  struct teams_scale *scale)
{
    const struct teams_options *options = gather->options;
    TRY(find_reliability(gather, s, region, error, scale));
    if (options->has_group && scale->options->items > 1)
        TRY(teams_agreement_find(gather, groups, s, region, error, &scale->agreement));
    if (options->has_group)
        TRY(teams_score_find(gather, groups, s, region, error, &scale->score));
    return OK;
}

enum error_code analyse_teams(struct table *table, const struct teams_options *options, struct region *region,
                              struct error *error, const struct teams_result **ret_result)
{
    CLEANUP(teams_gather_free) struct teams_gather *gather = NULL;
    struct teams_groups groups = {0};
    struct teams_result *result = REGION_NEW(region, struct teams_result);
    if (result == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    result->options = options;
    TRY(teams_gather_new(options, region, error, &gather));
    TRY(table_read(table, gather->wanted, gather->wanted_count, teams_gather_block, gather, error,
                   &result->counts));
    if (options->has_group)
        TRY(teams_groups_make(gather, region, error, &groups, &result->groups));
    result->group_count = groups.count;
    for (size_t s = 0; s < options->scale_count; s++) {
        result->scales[s].options = &options->scales[s];
        TRY(name_items(table, &result->scales[s], region, error));
        TRY(find_scale(gather, &groups, s, region, error, &result->scales[s]));
    }
    *ret_result = result;
    return OK;
}
