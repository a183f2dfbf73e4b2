#include "analyse/teams_gather.h"

#include <math.h>

/* ---- Plan ------------------------------------------------------------------------------------------- */

static bool is_whole(double value)
{
    return isfinite(value) && fabs(value - nearbyint(value)) <= 0;
}

static struct scale_plan plan_scale(const struct teams_options *options,
                                    const struct teams_scale_options *scale)
{
    double low = options->low, high = options->high;
    bool turned = false, codes = options->has_range && low >= 0 && high < ITEM_SUMS_NO_CODE;
    for (size_t i = 0; i < scale->items; i++)
        turned = turned || scale->reversed[i];
    struct scale_plan plan = {
        .items = scale->items,
        .reversed = scale->reversed,
        .turn = options->has_range ? low + high : 0,
        .integer_scores = !turned || (codes && is_whole(low + high)),
        .counts = codes && is_whole(low) && is_whole(high) && high - low < TEAM_COUNTS_OPTIONS_MAXIMUM,
    };
    if (plan.counts) {
        plan.low = (uint8_t)low;
        plan.options = (size_t)(high - low) + 1;
    }
    return plan;
}

static enum error_code plan_columns(struct teams_gather *gather, struct error *error)
{
    const struct teams_options *options = gather->options;
    for (size_t s = 0; s < options->scale_count; s++) {
        const struct teams_scale_options *scale = &options->scales[s];
        gather->plans[s] = plan_scale(options, scale);
        gather->plans[s].first_wanted = gather->wanted_count;
        if (scale->items > gather->most_items)
            gather->most_items = scale->items;
        for (size_t i = 0; i < scale->items; i++) {
            if (scale->reversed[i] && !options->has_range)
                return FAIL(error, ERROR_INPUT, "no-range", "--reverse needs --range, like --range 1:5");
            if (gather->wanted_count == TABLE_WANTED_MAXIMUM - 1)
                return FAIL(error, ERROR_LIMIT, "too-many-columns", "more than %d columns in all scales",
                            TABLE_WANTED_MAXIMUM - 1);
            gather->wanted[gather->wanted_count++] = (struct table_wanted){
                scale->columns[i], TABLE_NUMBER, options->has_range, options->low, options->high};
        }
    }
    gather->group_wanted = gather->wanted_count;
    if (options->has_group)
        gather->wanted[gather->wanted_count++] =
            (struct table_wanted){options->group_column, TABLE_TEXT, false, 0, 0};
    return OK;
}

enum error_code teams_gather_new(const struct teams_options *options, struct region *region,
                                 struct error *error, struct teams_gather **ret_gather)
{
    CLEANUP(teams_gather_free) struct teams_gather *gather = calloc(1, sizeof *gather);
    if (gather == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory");
    gather->options = options;
    TRY(plan_columns(gather, error));
    for (int t = 0; t < options->threads; t++) {
        struct thread_gather *thread = gather->threads[t] = calloc(1, sizeof *thread);
        if (thread == NULL)
            return FAIL(error, ERROR_MEMORY, "memory", "no memory");
        for (size_t s = 0; s < options->scale_count; s++) {
            struct scale_gather *scale = &thread->scales[s];
            const struct scale_plan *plan = &gather->plans[s];
            TRY(item_sums_new(plan->items, region, error, &scale->sums));
            scale->counts.items = scale->values.columns = plan->items;
            scale->counts.options = plan->options;
            scale->counts.low = plan->low;
            scale->scores.columns = 1;
        }
    }
    *ret_gather = gather;
    gather = NULL;
    return OK;
}

void teams_gather_free(struct teams_gather **gather)
{
    for (size_t t = 0; *gather != NULL && t < TABLE_THREADS_MAXIMUM; t++) {
        struct thread_gather *thread = (*gather)->threads[t];
        for (size_t s = 0; thread != NULL && s < TEAMS_SCALES_MAXIMUM; s++) {
            team_counts_free(&thread->scales[s].counts);
            team_values_free(&thread->scales[s].values);
            team_values_free(&thread->scales[s].scores);
        }
        if (thread != NULL) {
            group_index_free(&thread->index);
            free(thread->numbers);
        }
        free(thread);
    }
    free(*gather);
    *gather = NULL;
}

/* ---- Groups ----------------------------------------------------------------------------------------- */

/* Names are short, and a call for each row would cost more than the comparing. */
static bool is_same_name(struct slice a, struct slice b)
{
    size_t i = 0;
    if (a.length != b.length)
        return false;
    while (i < a.length && a.data[i] == b.data[i])
        i++;
    return i == a.length;
}

/* Rows of one group mostly stand together. */
static enum error_code find_runs(struct thread_gather *thread, const struct slice *names, size_t rows,
                                 struct error *error)
{
    thread->run_count = 0;
    for (size_t from = 0; from < rows;) {
        size_t to = from + 1;
        while (to < rows && is_same_name(names[to], names[from]))
            to++;
        if (names[from].length > 0) {
            struct block_run *run = &thread->runs[thread->run_count++];
            *run = (struct block_run){0, (uint32_t)from, (uint32_t)(to - from)};
            TRY(group_index_find(&thread->index, names[from], error, &run->group));
        }
        from = to;
    }
    return OK;
}

/* ---- Answers as codes ------------------------------------------------------------------------------- */

static void sum_codes(struct thread_gather *thread, const struct scale_plan *plan,
                      const uint8_t *const *columns, size_t rows)
{
    uint16_t *sums = thread->sums;
    uint8_t *answered = thread->answered;
    memset(sums, 0, rows * sizeof *sums);
    memset(answered, 0, rows);
    for (size_t item = 0; item < plan->items; item++) {
        const uint8_t *column = columns[item];
        uint16_t base = plan->reversed[item] ? (uint16_t)plan->turn : 0;
        uint16_t sign = plan->reversed[item] ? UINT16_MAX : 1; /* modulo 2^16 */
        for (size_t i = 0; i < rows; i++) {
            uint16_t has = column[i] != ITEM_SUMS_NO_CODE;
            sums[i] = (uint16_t)(sums[i] + (uint16_t)(-has & (uint16_t)(base + sign * column[i])));
            answered[i] = (uint8_t)(answered[i] + has);
        }
    }
}

static enum error_code keep_integer_scores(struct thread_gather *thread, struct scale_gather *scale,
                                           size_t needed, struct error *error)
{
    for (size_t r = 0; r < thread->run_count; r++) {
        const struct block_run *run = &thread->runs[r];
        for (size_t i = run->from, end = run->from + run->count; i < end;) {
            void *to = NULL;
            size_t room = 0, kept = 0;
            TRY(team_values_reserve(&scale->scores, TEAM_SCORE, error, &to, &room));
            for (; i < end && kept < room; i++) {
                ((uint32_t *)to)[kept] = (uint32_t)thread->sums[i] << 8 | thread->answered[i];
                kept += thread->answered[i] >= needed;
            }
            TRY(team_values_commit(&scale->scores, run->group, kept, error));
        }
    }
    return OK;
}

static enum error_code count_codes(struct thread_gather *thread, struct scale_gather *scale,
                                   const uint8_t *const *columns, struct error *error)
{
    for (size_t r = 0; r < thread->run_count; r++)
        TRY(team_counts_add(&scale->counts, thread->runs[r].group, columns, thread->incomplete,
                            thread->runs[r].from, thread->runs[r].count, error));
    return OK;
}

/* Complete rows as they are; columns of codes or of numbers. */
static enum error_code keep_rows(struct thread_gather *thread, struct scale_gather *scale,
                                 enum team_values_kind kind, const void *const *columns, struct error *error)
{
    for (size_t r = 0; r < thread->run_count; r++) {
        const struct block_run *run = &thread->runs[r];
        for (size_t i = run->from, end = run->from + run->count; i < end;) {
            void *to = NULL;
            size_t room = 0, kept = 0;
            TRY(team_values_reserve(&scale->values, kind, error, &to, &room));
            for (; i < end && kept < room; i++) {
                for (size_t item = 0; thread->incomplete[i] == 0 && item < scale->values.columns; item++) {
                    size_t at = item * TEAM_VALUES_CHUNK_ROWS + kept;
                    if (kind == TEAM_CODE)
                        ((uint8_t *)to)[at] = ((const uint8_t *)columns[item])[i];
                    else
                        ((double *)to)[at] = ((const double *)columns[item])[i];
                }
                kept += thread->incomplete[i] == 0;
            }
            TRY(team_values_commit(&scale->values, run->group, kept, error));
        }
    }
    return OK;
}

/* ---- Answers as numbers ----------------------------------------------------------------------------- */

static enum error_code to_numbers(const struct teams_gather *gather, struct thread_gather *thread,
                                  const struct table_column *columns, size_t items, size_t rows,
                                  struct error *error,
                                  const double *ret_numbers[static ITEM_SUMS_ITEMS_MAXIMUM])
{
    if (thread->numbers == NULL)
        thread->numbers = malloc(gather->most_items * TABLE_BLOCK_ROWS * sizeof(double));
    if (thread->numbers == NULL)
        return FAIL(error, ERROR_MEMORY, "memory", "no memory for a block of decimals");
    for (size_t item = 0; item < items; item++) {
        double *to = thread->numbers + item * TABLE_BLOCK_ROWS;
        ret_numbers[item] = columns[item].codes == NULL ? columns[item].numbers : to;
        for (size_t i = 0; columns[item].codes != NULL && i < rows; i++)
            to[i] = table_number(&columns[item], i);
    }
    return OK;
}

static void sum_numbers(struct thread_gather *thread, const struct scale_plan *plan,
                        const double *const *columns, size_t rows)
{
    memset(thread->answered, 0, rows);
    memset(thread->score, 0, rows * sizeof(double));
    for (size_t item = 0; item < plan->items; item++)
        for (size_t i = 0; i < rows; i++) {
            double value = columns[item][i];
            if (isnan(value))
                continue;
            thread->answered[i]++;
            thread->score[i] += plan->reversed[item] ? plan->turn - value : value;
        }
}

static enum error_code keep_scores(struct thread_gather *thread, struct scale_gather *scale, size_t needed,
                                   struct error *error)
{
    for (size_t r = 0; r < thread->run_count; r++) {
        const struct block_run *run = &thread->runs[r];
        for (size_t i = run->from, end = run->from + run->count; i < end;) {
            void *to = NULL;
            size_t room = 0, kept = 0;
            TRY(team_values_reserve(&scale->scores, TEAM_NUMBER, error, &to, &room));
            for (; i < end && kept < room; i++) {
                if (thread->answered[i] < needed)
                    continue;
                ((double *)to)[kept++] = thread->score[i] / thread->answered[i];
            }
            TRY(team_values_commit(&scale->scores, run->group, kept, error));
        }
    }
    return OK;
}

/* ---- A block ---------------------------------------------------------------------------------------- */

static void mark_incomplete(struct thread_gather *thread, size_t items, size_t rows)
{
    for (size_t i = 0; i < rows; i++)
        thread->incomplete[i] = thread->answered[i] != items;
}

static enum error_code take_codes(const struct teams_gather *gather, struct thread_gather *thread, size_t s,
                                  const uint8_t *const *columns, size_t rows, struct error *error)
{
    const struct scale_plan *plan = &gather->plans[s];
    struct scale_gather *scale = &thread->scales[s];
    item_sums_add_codes(scale->sums, columns, rows);
    if (!gather->options->has_group)
        return OK;
    sum_codes(thread, plan, columns, rows);
    mark_incomplete(thread, plan->items, rows);
    TRY(keep_integer_scores(thread, scale, gather->options->answered ? 1 : plan->items, error));
    if (plan->items == 1)
        return OK;
    return plan->counts ? count_codes(thread, scale, columns, error)
                        : keep_rows(thread, scale, TEAM_CODE, (const void *const *)columns, error);
}

static enum error_code take_numbers(const struct teams_gather *gather, struct thread_gather *thread, size_t s,
                                    const double *const *columns, size_t rows, struct error *error)
{
    const struct scale_plan *plan = &gather->plans[s];
    struct scale_gather *scale = &thread->scales[s];
    item_sums_add_numbers(scale->sums, columns, rows);
    if (!gather->options->has_group)
        return OK;
    sum_numbers(thread, plan, columns, rows);
    mark_incomplete(thread, plan->items, rows);
    TRY(keep_scores(thread, scale, gather->options->answered ? 1 : plan->items, error));
    return plan->items == 1 ? OK : keep_rows(thread, scale, TEAM_NUMBER, (const void *const *)columns, error);
}

enum error_code teams_gather_block(void *context, int number, const struct table_block *block,
                                   struct error *error)
{
    const struct teams_gather *gather = context;
    struct thread_gather *thread = gather->threads[number];
    if (gather->options->has_group)
        TRY(find_runs(thread, block->columns[gather->group_wanted].texts, block->rows, error));
    for (size_t s = 0; s < gather->options->scale_count; s++) {
        const struct scale_plan *plan = &gather->plans[s];
        const struct table_column *columns = block->columns + plan->first_wanted;
        const uint8_t *codes[ITEM_SUMS_ITEMS_MAXIMUM];
        const double *numbers[ITEM_SUMS_ITEMS_MAXIMUM];
        bool all_codes = plan->integer_scores;
        for (size_t item = 0; item < plan->items; item++) {
            codes[item] = columns[item].codes;
            all_codes = all_codes && codes[item] != NULL;
        }
        if (all_codes) {
            TRY(take_codes(gather, thread, s, codes, block->rows, error));
            continue;
        }
        TRY(to_numbers(gather, thread, columns, plan->items, block->rows, error, numbers));
        TRY(take_numbers(gather, thread, s, numbers, block->rows, error));
    }
    return OK;
}
