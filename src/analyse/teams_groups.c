#include "analyse/teams_groups.h"

#include "analyse/parallel.h"

#include <math.h>

/* Back from the order of the result, and the names in it. */
static void fill_groups(const struct teams_gather *gather, const struct group_place *places, char *bytes,
                        struct teams_groups *groups, struct slice *names)
{
    for (int t = 0; t < gather->options->threads; t++) {
        memset(groups->local_of[t], 0xff, groups->count * sizeof(uint32_t));
        for (uint32_t local = 0; local < gather->threads[t]->index.count; local++)
            groups->local_of[t][groups->group_of[t][local]] = local;
    }
    for (size_t i = 0; i < groups->count; i++) {
        struct slice name = group_index_name(&gather->threads[places[i].index]->index, places[i].group);
        memcpy(bytes, name.data, name.length);
        names[i] = (struct slice){bytes, name.length};
        bytes += name.length;
    }
}

static enum error_code keep_groups(const struct teams_gather *gather, const struct group_place *places,
                                   struct region *region, struct error *error, struct teams_groups *groups,
                                   struct slice **ret_names)
{
    size_t length = 0;
    for (size_t i = 0; i < groups->count; i++)
        length += group_index_name(&gather->threads[places[i].index]->index, places[i].group).length;
    struct slice *names = REGION_ARRAY(region, groups->count, struct slice);
    char *bytes = REGION_ARRAY(region, length, char);
    for (int t = 0; t < gather->options->threads; t++)
        groups->local_of[t] = REGION_ARRAY(region, groups->count, uint32_t);
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", groups->count);
    fill_groups(gather, places, bytes, groups, names);
    *ret_names = names;
    return OK;
}

enum error_code teams_groups_make(const struct teams_gather *gather, struct region *region,
                                  struct error *error, struct teams_groups *ret_groups,
                                  struct slice **ret_names)
{
    const struct group_index *indexes[TABLE_THREADS_MAXIMUM];
    struct teams_groups groups = {0};
    struct group_place *places = NULL;
    for (int t = 0; t < gather->options->threads; t++) {
        indexes[t] = &gather->threads[t]->index;
        groups.group_of[t] = REGION_ARRAY(region, indexes[t]->count, uint32_t);
    }
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for the groups");
    TRY(group_index_merge(indexes, (size_t)gather->options->threads, groups.group_of, region, error, &places,
                          &groups.count));
    TRY(keep_groups(gather, places, region, error, &groups, ret_names));
    *ret_groups = groups;
    return OK;
}

/* ---- Values of a group ------------------------------------------------------------------------------ */

struct value_list {
    double *values;
    size_t count, capacity;
};

static void value_list_free(struct value_list *list)
{
    array_free(list->values, list->capacity, sizeof(double));
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Most groups are small. */
static void sort_values(double *values, size_t count)
{
    if (count > 48) {
        qsort(values, count, sizeof(double), by_value);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        size_t at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
}

/* A column of the group's kept rows, behind what is in the list. */
static enum error_code append_values(struct value_list *list, const struct team_order *order, size_t group,
                                     size_t column, struct error *error)
{
    size_t rows = team_order_rows(order, group);
    if (rows == 0) /* then there may be no list yet */
        return OK;
    TRY(array_grow((void **)&list->values, &list->capacity, list->count + rows, sizeof(double), error));
    team_order_values(order, group, column, list->values + list->count);
    list->count += rows;
    return OK;
}

static enum error_code append_counted(struct value_list *list, const int64_t *counts, size_t options,
                                      int64_t low, struct error *error)
{
    for (size_t o = 0; o < options; o++) {
        TRY(array_grow((void **)&list->values, &list->capacity, list->count + (size_t)counts[o],
                       sizeof(double), error));
        for (int64_t i = 0; i < counts[o]; i++)
            list->values[list->count++] = (double)(low + (int64_t)o);
    }
    return OK;
}

/* ---- Agreement -------------------------------------------------------------------------------------- */

struct agreement_work {
    const struct teams_gather *gather;
    const struct teams_groups *groups;
    const struct team_order *order; /* of the kept rows */
    size_t scale;
    struct team_agreement *teams;
};

/* The usual team: answers that were counted, not more than fit. False: it is another. */
static bool small_spreads(const struct agreement_work *work, size_t group, struct spread *spreads)
{
    const struct scale_plan *plan = &work->gather->plans[work->scale];
    int32_t counts[SPREADS_ITEMS_MAXIMUM * TEAM_COUNTS_OPTIONS_MAXIMUM];
    int64_t rows = 0;
    if (!plan->counts || work->order->first[group + 1] > work->order->first[group])
        return false;
    memset(counts, 0, plan->items * plan->options * sizeof counts[0]);
    for (int t = 0; t < work->gather->options->threads; t++)
        if (work->groups->local_of[t][group] != GROUP_NONE &&
            !team_counts_collect_small(&work->gather->threads[t]->scales[work->scale].counts,
                                       work->groups->local_of[t][group], counts, &rows))
            return false;
    spreads_of_counts(counts, plan->items, plan->options, rows, plan->low, spreads);
    return true;
}

static enum error_code team_spreads(const struct agreement_work *work, size_t group, int64_t *counts,
                                    struct value_list *list, struct spread *spreads, struct error *error)
{
    const struct scale_plan *plan = &work->gather->plans[work->scale];
    const struct teams_options *options = work->gather->options;
    double low = options->has_range ? options->low : (double)NAN;
    double high = options->has_range ? options->high : low;
    bool kept = work->order->first[group + 1] > work->order->first[group];
    memset(counts, 0, plan->items * plan->options * sizeof(int64_t));
    for (int t = 0; plan->counts && t < options->threads; t++)
        if (work->groups->local_of[t][group] != GROUP_NONE)
            (void)team_counts_collect(&work->gather->threads[t]->scales[work->scale].counts,
                                      work->groups->local_of[t][group], counts);
    for (size_t item = 0; item < plan->items; item++) {
        const int64_t *of_item = counts + item * plan->options;
        if (!kept) {
            spreads[item] = spread_of_counts(of_item, plan->options, plan->low);
            continue;
        }
        list->count = 0;
        TRY(append_counted(list, of_item, plan->options, plan->low, error));
        TRY(append_values(list, work->order, group, item, error));
        sort_values(list->values, list->count);
        spreads[item] = spread_of_values(list->values, list->count, low, high);
    }
    return OK;
}

static enum error_code agreement_part(void *context, size_t from, size_t to, struct error *error)
{
    const struct agreement_work *work = context;
    const struct teams_options *options = work->gather->options;
    size_t items = work->gather->plans[work->scale].items;
    double low = options->has_range ? options->low : (double)NAN;
    double high = options->has_range ? options->high : low;
    CLEANUP(value_list_free) struct value_list list = {0};
    struct spread spreads[ITEM_SUMS_ITEMS_MAXIMUM];
    int64_t counts[ITEM_SUMS_ITEMS_MAXIMUM * TEAM_COUNTS_OPTIONS_MAXIMUM];
    for (size_t group = from; group < to; group++) {
        if (!small_spreads(work, group, spreads))
            TRY(team_spreads(work, group, counts, &list, spreads, error));
        work->teams[group] = team_agreement_of(spreads, items, low, high);
    }
    return OK;
}

enum { AGREEMENT_SUMMARIES = 3 };

struct summary_work {
    struct teams_agreement *agreement;
    size_t groups;
    double *scratch; /* AGREEMENT_SUMMARIES x groups */
};

/* Medians need all values, so that each summary takes a while: one after the other would leave cores idle. */
static enum error_code summary_part(void *context, size_t from, size_t to, struct error *error)
{
    const struct summary_work *work = context;
    static const size_t OFFSETS[AGREEMENT_SUMMARIES] = {offsetof(struct team_agreement, rwg_j),
                                                        offsetof(struct team_agreement, rwg_j_skew),
                                                        offsetof(struct team_agreement, ad_mj)};
    struct distribution_summary *const summaries[AGREEMENT_SUMMARIES] = {
        &work->agreement->rwg_j, &work->agreement->rwg_j_skew, &work->agreement->ad_mj};
    (void)error;
    for (size_t s = from; s < to; s++) {
        double *values = work->scratch + s * work->groups;
        for (size_t g = 0; g < work->groups; g++)
            memcpy(&values[g], (const char *)&work->agreement->teams[g] + OFFSETS[s], sizeof(double));
        *summaries[s] = summary_of(values, work->groups);
    }
    return OK;
}

static enum error_code summarise_agreement(struct teams_agreement *agreement, size_t groups, int threads,
                                           double *scratch, struct error *error)
{
    for (size_t g = 0; g < groups; g++) {
        agreement->n += agreement->teams[g].n;
        agreement->groups += agreement->teams[g].n > 0;
        agreement->two_camps += agreement->teams[g].rwg_j_lindell_star < 0;
    }
    struct summary_work work = {agreement, groups, scratch};
    return parallel_run(threads, AGREEMENT_SUMMARIES, summary_part, &work, error);
}

static enum error_code order_values(const struct teams_gather *gather, const struct teams_groups *groups,
                                    size_t s, bool scores, struct error *error, struct team_order *ret_order)
{
    struct team_values stores[TABLE_THREADS_MAXIMUM];
    for (int t = 0; t < gather->options->threads; t++) {
        const struct scale_gather *scale = &gather->threads[t]->scales[s];
        stores[t] = scores ? scale->scores : scale->values;
    }
    return team_order_make(stores, (size_t)gather->options->threads,
                           (const uint32_t *const *)groups->group_of, groups->count, error, ret_order);
}

enum error_code teams_agreement_find(const struct teams_gather *gather, const struct teams_groups *groups,
                                     size_t s, struct region *region, struct error *error,
                                     struct teams_agreement *ret_agreement)
{
    const struct teams_options *options = gather->options;
    CLEANUP(team_order_free) struct team_order order = {0};
    double *scratch = REGION_ARRAY(region, groups->count * AGREEMENT_SUMMARIES, double);
    struct teams_agreement agreement = {
        .options = options->has_range ? options->high - options->low + 1 : (double)NAN,
        .teams = REGION_ARRAY(region, groups->count, struct team_agreement),
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", groups->count);
    agreement.null_uniform = null_variance_uniform(agreement.options);
    agreement.null_skew = null_variance_slight_skew(agreement.options);
    TRY(order_values(gather, groups, s, false, error, &order));
    struct agreement_work work = {gather, groups, &order, s, agreement.teams};
    TRY(parallel_run(options->threads, groups->count, agreement_part, &work, error));
    TRY(summarise_agreement(&agreement, groups->count, options->threads, scratch, error));
    *ret_agreement = agreement;
    return OK;
}

/* ---- Score ------------------------------------------------------------------------------------------ */

struct score_work {
    const struct team_order *order;
    struct teams_score *score;
};

static enum error_code score_part(void *context, size_t from, size_t to, struct error *error)
{
    const struct score_work *work = context;
    CLEANUP(value_list_free) struct value_list list = {0};
    for (size_t group = from; group < to; group++) {
        list.count = 0;
        TRY(append_values(&list, work->order, group, 0, error));
        sort_values(list.values, list.count);
        struct spread spread = spread_of_values(list.values, list.count, (double)NAN, 0);
        work->score->sums[group] = (struct group_sums){
            spread.n, spread.mean, spread.n > 1 ? spread.variance * (double)(spread.n - 1) : 0};
        work->score->ad_mean[group] = spread.ad_mean;
        work->score->ad_median[group] = spread.ad_median;
    }
    return OK;
}

static void summarise_score(struct teams_score *score, size_t groups, double *scratch)
{
    for (size_t g = 0; g < groups; g++) {
        double deviation = group_deviation(score->sums[g]);
        scratch[g] = rwg_capped(rwg_raw(deviation * deviation, score->null_uniform));
    }
    score->rwg = summary_of(scratch, groups);
    memcpy(scratch, score->ad_mean, groups * sizeof(double));
    score->ad = summary_of(scratch, groups);
}

/* A model that cannot be had is a reason, not a failure. */
static enum error_code fit_models(struct teams_score *score, size_t groups, struct error *error)
{
    enum error_code code = random_intercept_reml(score->sums, groups, error, &score->reml);
    if (code != OK && code != ERROR_INPUT)
        return code;
    score->reml_reason = code == OK ? NULL : error->reason;
    code = random_intercept_ml(score->sums, groups, error, &score->ml);
    if (code != OK && code != ERROR_INPUT)
        return code;
    score->ml_reason = code == OK ? NULL : error->reason;
    return OK;
}

enum error_code teams_score_find(const struct teams_gather *gather, const struct teams_groups *groups,
                                 size_t s, struct region *region, struct error *error,
                                 struct teams_score *ret_score)
{
    const struct teams_options *options = gather->options;
    CLEANUP(team_order_free) struct team_order order = {0};
    double *scratch = REGION_ARRAY(region, groups->count, double);
    struct teams_score score = {
        .sums = REGION_ARRAY(region, groups->count, struct group_sums),
        .ad_mean = REGION_ARRAY(region, groups->count, double),
        .ad_median = REGION_ARRAY(region, groups->count, double),
        .options = options->has_range ? options->high - options->low + 1 : (double)NAN,
    };
    if (region_failed(region))
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for %zu groups", groups->count);
    score.null_uniform = null_variance_uniform(score.options);
    TRY(order_values(gather, groups, s, true, error, &order));
    struct score_work work = {&order, &score};
    TRY(parallel_run(options->threads, groups->count, score_part, &work, error));
    summarise_score(&score, groups->count, scratch);
    score.anova = group_anova(score.sums, groups->count);
    TRY(fit_models(&score, groups->count, error));
    *ret_score = score;
    return OK;
}
