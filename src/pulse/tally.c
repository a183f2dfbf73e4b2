#include "pulse/tally.h"

#include "stats/group_sums.h"

#include <math.h>

static size_t options(const struct close_item *item)
{
    return (size_t)(item->high - item->low + 1);
}

struct tally *tally_new(const struct close_plan *plan, struct region *region)
{
    struct tally *tally = REGION_NEW(region, struct tally);
    for (size_t i = 0; tally != NULL && i < plan->item_count; i++) {
        tally->counts[i] = REGION_ARRAY(region, options(&plan->items[i]), int64_t);
        if (tally->counts[i] == NULL)
            return NULL;
    }
    for (size_t m = 0; tally != NULL && m < plan->measure_count; m++) {
        tally->apart[m] = REGION_ARRAY(region, plan->measures[m].item_count, struct tally_apart);
        if (tally->apart[m] == NULL)
            return NULL;
    }
    return tally;
}

void tally_clear(struct tally *tally, const struct close_plan *plan)
{
    for (size_t i = 0; i < plan->item_count; i++)
        memset(tally->counts[i], 0, options(&plan->items[i]) * sizeof(int64_t));
    memset(tally->scores, 0, sizeof tally->scores);
    for (size_t m = 0; m < plan->measure_count; m++)
        memset(tally->apart[m], 0, plan->measures[m].item_count * sizeof *tally->apart[m]);
}

/* 27720 is divisible by 1..12. Large answers would overflow with it; they come from imported files only,
 * where scores need all questions. */
int64_t measure_score_scale(const struct close_plan *plan, const struct close_measure *measure)
{
    const struct close_item *item = &plan->items[measure->items[0]];
    bool small = item->low >= -10 && item->high <= 10;
    if (small && CLOSE_SCORE_SCALE % (int64_t)measure->item_count == 0)
        return CLOSE_SCORE_SCALE;
    return (int64_t)measure->item_count;
}

static int scored(const struct close_item *item, int16_t value)
{
    return item->reversed ? item->low + item->high - value : value;
}

static void add_apart(struct tally_apart *apart, const struct close_measure *measure, const int16_t *row,
                      bool has_score)
{
    size_t all = 0;
    for (size_t i = 0; i < measure->item_count; i++) {
        bool answered = row[measure->items[i]] != CLOSE_NO_ANSWER;
        apart[i].answered += answered && !has_score;
        apart[i].scored += has_score && !answered;
        all += answered;
    }
    if (has_score)
        apart[all - 1].complete++;
}

/* Whether the person has one. */
static bool add_score(struct tally_score *score, const struct close_plan *plan,
                      const struct close_measure *measure, const int16_t *row)
{
    int64_t answered = 0, sum = 0, low = 0;
    for (size_t i = 0; i < measure->item_count; i++) {
        const struct close_item *item = &plan->items[measure->items[i]];
        int16_t value = row[measure->items[i]];
        if (value == CLOSE_NO_ANSWER)
            continue;
        answered++;
        sum += scored(item, value);
        low += item->low + 1;
    }
    if (answered == 0 || answered < (int64_t)measure->answered_minimum)
        return false;
    int64_t scale = measure_score_scale(plan, measure), scaled = sum * (scale / answered);
    score->n++;
    score->sum += scaled;
    score->sum_squares += scaled * scaled;
    score->low += sum <= low;
    return true;
}

void tally_add_team(struct tally *tally, const struct close_plan *plan, const struct close_team *team)
{
    for (size_t answer = 0; answer < team->answers; answer++) {
        const int16_t *row = team->values + answer * plan->item_count;
        for (size_t i = 0; i < plan->item_count; i++)
            if (row[i] != CLOSE_NO_ANSWER)
                tally->counts[i][row[i] - plan->items[i].low]++;
        for (size_t m = 0; m < plan->measure_count; m++)
            add_apart(tally->apart[m], &plan->measures[m], row,
                      add_score(&tally->scores[m], plan, &plan->measures[m], row));
    }
}

void tally_add_measure(struct tally *tally, const struct close_plan *plan, const struct tally *other,
                       size_t measure)
{
    const struct close_measure *which = &plan->measures[measure];
    for (size_t i = 0; i < which->item_count; i++)
        for (size_t o = 0; o < options(&plan->items[which->items[i]]); o++)
            tally->counts[which->items[i]][o] += other->counts[which->items[i]][o];
    tally->scores[measure].n += other->scores[measure].n;
    tally->scores[measure].sum += other->scores[measure].sum;
    tally->scores[measure].sum_squares += other->scores[measure].sum_squares;
    tally->scores[measure].low += other->scores[measure].low;
    for (size_t i = 0; i < which->item_count; i++) {
        tally->apart[measure][i].answered += other->apart[measure][i].answered;
        tally->apart[measure][i].scored += other->apart[measure][i].scored;
        tally->apart[measure][i].complete += other->apart[measure][i].complete;
    }
}

int64_t tally_item_n(const struct tally *tally, const struct close_plan *plan, size_t item)
{
    int64_t n = 0;
    for (size_t o = 0; o < options(&plan->items[item]); o++)
        n += tally->counts[item][o];
    return n;
}

static struct group_sums item_sums_of(const struct tally *tally, const struct close_plan *plan, size_t item)
{
    const struct close_item *which = &plan->items[item];
    int64_t n = 0, sum = 0, sum_squares = 0;
    for (size_t o = 0; o < options(which); o++) {
        int64_t count = tally->counts[item][o], value = scored(which, (int16_t)(which->low + (int)o));
        n += count;
        sum += count * value;
        sum_squares += count * value * value;
    }
    return group_sums_from_integers(n, sum, sum_squares, 1);
}

double tally_item_mean(const struct tally *tally, const struct close_plan *plan, size_t item)
{
    return item_sums_of(tally, plan, item).mean;
}

double tally_measure_mean(const struct tally *tally, const struct close_plan *plan, size_t measure)
{
    const struct close_measure *which = &plan->measures[measure];
    double sum = 0;
    for (size_t i = 0; i < which->item_count; i++)
        sum += tally_item_mean(tally, plan, which->items[i]);
    return sum / (double)which->item_count;
}

/* Unbiased variance of one question; 0 for a single answer. */
static double item_variance(const struct tally *tally, const struct close_plan *plan, size_t item)
{
    struct group_sums sums = item_sums_of(tally, plan, item);
    return sums.n > 1 ? sums.sum_squared_deviations / (double)(sums.n - 1) : 0;
}

static bool few(int64_t people, int64_t k)
{
    return people > 0 && people < k;
}

static bool some_stand_apart(const struct tally *tally, const struct close_plan *plan, size_t measure)
{
    const struct close_measure *which = &plan->measures[measure];
    for (size_t i = 0; i < which->item_count; i++) {
        const struct tally_apart *apart = &tally->apart[measure][i];
        if (few(apart->answered, plan->k) || few(apart->scored, plan->k) || few(apart->complete, plan->k))
            return true;
    }
    return false;
}

bool tally_some_skipped(const struct tally *tally, const struct close_plan *plan, size_t measure)
{
    for (size_t i = 0; i < plan->measures[measure].item_count; i++)
        if (tally->apart[measure][i].answered > 0 || tally->apart[measure][i].scored > 0)
            return true;
    return false;
}

void tally_protect_measure(struct tally *tally, const struct close_plan *plan, size_t measure)
{
    if (some_stand_apart(tally, plan, measure))
        tally_replace_scores(tally, plan, measure);
}

void tally_replace_scores(struct tally *tally, const struct close_plan *plan, size_t measure)
{
    const struct close_measure *which = &plan->measures[measure];
    struct tally_score *score = &tally->scores[measure];
    int64_t n = INT64_MAX;
    double variance = 0, scale = (double)measure_score_scale(plan, which);
    for (size_t i = 0; i < which->item_count; i++) {
        int64_t item_n = tally_item_n(tally, plan, which->items[i]);
        n = item_n < n ? item_n : n;
        variance += item_variance(tally, plan, which->items[i]) / (double)which->item_count;
    }
    score->n = n;
    score->sum = 0;
    score->sum_squares = 0;
    if (n == 0)
        return;
    double mean = tally_measure_mean(tally, plan, measure);
    double squares = variance * (double)(n - 1) + (double)n * mean * mean;
    score->sum = (int64_t)llround(mean * (double)n * scale);
    score->sum_squares = (int64_t)llround(squares * scale * scale);
}

enum disclosure_reason tally_measure_reason(const struct tally *tally, const struct close_plan *plan,
                                            size_t measure)
{
    const struct close_measure *which = &plan->measures[measure];
    for (size_t i = 0; i < which->item_count; i++)
        if (tally_item_n(tally, plan, which->items[i]) < plan->k)
            return DISCLOSURE_TOO_FEW;
    return disclosure_scores(tally->scores[measure].n, tally->scores[measure].low, plan->k);
}
