/* Item cross-products with pairwise n: of all shown teams together (part 0), and of random groups of shown
 * teams for jackknife intervals. They are sums over at least two teams, never of a hidden group or of a
 * question whose counts are not kept, and they are left out where 1..k-1 people would stand apart (those who
 * answered one question of the pair and not the other).
 *
 * All cross-products of few people together fix every row of answers up to its order: the answers of N people
 * to I questions are about 1.9 N I bits, their I I / 2 sums of products about 7 bits each, so that below N
 * = 1.9 I they can be solved. So at least twice as many people as that, and never fewer than
 * CROSS_PEOPLE_MINIMUM. */
#include "pulse/closing.h"

#include "stats/item_sums.h"

STATEMENT(
    CROSS_READ,
    "SELECT n, sum_a, sum_b, sum_ab FROM result_cross WHERE org_id = $1 AND round_number = $2 AND part = $3 "
    "AND item_a = $4 AND item_b = $5");
STATEMENT(
    CROSS_WRITE,
    "INSERT INTO result_cross (org_id, round_number, part, item_a, item_b, n, sum_a, sum_b, sum_ab) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, round_number, part, item_a, item_b) "
    "DO UPDATE SET n = excluded.n, sum_a = excluded.sum_a, sum_b = excluded.sum_b, sum_ab = excluded.sum_ab");

enum { CROSS_PEOPLE_MINIMUM = 50, CROSS_PEOPLE_PER_QUESTION = 4, CROSS_SCRATCH_MAXIMUM = 4 << 20 };

struct cross_team {
    const struct close_team *team;
    const bool *kept; /* per item */
};

struct cross {
    int64_t n, sum_a, sum_b, sum_ab;
    int64_t only_a, only_b; /* answered one of the two */
};

/* The sums of one team join those of the others; a reversed answer x counts as low + high - x. */
static void add_pair(struct cross *cross, const struct close_plan *plan, const struct item_sums *team,
                     size_t a, size_t b)
{
    const struct close_item *item_a = &plan->items[a], *item_b = &plan->items[b];
    struct item_pair pair = item_sums_pair(team, a, b);
    int64_t sign_a = item_a->reversed ? -1 : 1, from_a = item_a->reversed ? item_a->low + item_a->high : 0;
    int64_t sign_b = item_b->reversed ? -1 : 1, from_b = item_b->reversed ? item_b->low + item_b->high : 0;
    cross->n += pair.n;
    cross->sum_a += from_a * pair.n + sign_a * pair.sum_a;
    cross->sum_b += from_b * pair.n + sign_b * pair.sum_b;
    cross->sum_ab += from_a * from_b * pair.n + from_a * sign_b * pair.sum_b + from_b * sign_a * pair.sum_a +
                     sign_a * sign_b * pair.sum_ab;
    cross->only_a += item_sums_pair(team, a, a).n - pair.n;
    cross->only_b += item_sums_pair(team, b, b).n - pair.n;
}

static bool may_be_kept(const struct cross *cross, int64_t k)
{
    bool apart = (cross->only_a > 0 && cross->only_a < k) || (cross->only_b > 0 && cross->only_b < k);
    return cross->n >= k && !apart;
}

/* Adds what an earlier closing of this round kept; what was left out then stays left out. */
static enum error_code write_pair(const struct closing *closing, int64_t part, size_t a, size_t b,
                                  const struct cross *cross)
{
    struct slice item_a = closing->plan->items[a].id, item_b = closing->plan->items[b].id;
    struct store_value org = V_INTEGER(closing->org), number = V_INTEGER(closing->round_number);
    bool kept = may_be_kept(cross, closing->plan->k);
    struct cross sum = *cross;
    STORE_ROWS(rows);
    TRY(store_select(closing->session, &CROSS_READ,
                     PARAMETERS(org, number, V_INTEGER(part), V_TEXT(item_a), V_TEXT(item_b)), closing->error,
                     &rows));
    if (store_next(&rows)) {
        kept = kept && !store_column_is_null(&rows, 0);
        sum.n += store_column_integer(&rows, 0);
        sum.sum_a += store_column_integer(&rows, 1);
        sum.sum_b += store_column_integer(&rows, 2);
        sum.sum_ab += store_column_integer(&rows, 3);
    }
    TRY(store_rows_end(&rows));
    return store_execute(closing->session, &CROSS_WRITE,
                         PARAMETERS(org, number, V_INTEGER(part), V_TEXT(item_a), V_TEXT(item_b),
                                    kept ? V_INTEGER(sum.n) : V_NULL, kept ? V_INTEGER(sum.sum_a) : V_NULL,
                                    kept ? V_INTEGER(sum.sum_b) : V_NULL,
                                    kept ? V_INTEGER(sum.sum_ab) : V_NULL),
                         closing->error, NULL);
}

/* The promise question stands with nothing. */
static bool is_pair(const struct close_plan *plan, size_t a, size_t b)
{
    return plan->items[a].construct.length > 0 && plan->items[b].construct.length > 0;
}

/* crosses: items x items, b >= a in use. */
static void add_team(struct cross *crosses, const struct close_plan *plan, const struct cross_team *team,
                     struct item_sums *sums)
{
    item_sums_clear(sums);
    item_sums_add_rows(sums, team->team->values, team->team->answers, CLOSE_NO_ANSWER);
    for (size_t a = 0; a < plan->item_count; a++)
        for (size_t b = a; b < plan->item_count; b++)
            if (team->kept[a] && team->kept[b] && is_pair(plan, a, b))
                add_pair(&crosses[a * plan->item_count + b], plan, sums, a, b);
}

static enum error_code write_part(const struct closing *closing, int64_t part, const struct cross_team *teams,
                                  size_t count)
{
    const struct close_plan *plan = closing->plan;
    CLEANUP(region_cleanup) struct region *region = region_new(CROSS_SCRATCH_MAXIMUM);
    if (region == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    struct item_sums *sums = NULL;
    TRY(item_sums_new(plan->item_count, region, closing->error, &sums));
    struct cross *crosses = REGION_ARRAY(region, plan->item_count * plan->item_count, struct cross);
    if (crosses == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    for (size_t t = 0; t < count; t++)
        add_team(crosses, plan, &teams[t], sums);
    for (size_t a = 0; a < plan->item_count; a++)
        for (size_t b = a; b < plan->item_count; b++)
            if (is_pair(plan, a, b))
                TRY(write_pair(closing, part, a, b, &crosses[a * plan->item_count + b]));
    return OK;
}

static void shuffle(struct cross_team *teams, size_t count, struct random *random)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_integer(random, i);
        struct cross_team swap = teams[i - 1];
        teams[i - 1] = teams[j];
        teams[j] = swap;
    }
}

static bool enough_people(const struct closing *closing, const struct cross_team *teams, size_t count)
{
    size_t questions = closing->plan->item_count * CROSS_PEOPLE_PER_QUESTION, people = 0;
    for (size_t t = 0; t < count; t++)
        people += teams[t].team->answers;
    return count >= 2 && people >= CROSS_PEOPLE_MINIMUM && people >= questions;
}

/* Where part p of `parts` begins. */
static size_t part_from(size_t part, size_t parts, size_t count)
{
    return part * count / parts;
}

/* The most parts, up to the maximum, that are all large enough: one that is left out could be computed from
 * the rest. */
static size_t choose_parts(const struct closing *closing, const struct cross_team *teams, size_t count)
{
    for (size_t parts = CLOSE_CROSS_PARTS; parts > 1; parts--) {
        bool enough = true;
        for (size_t part = 0; enough && part < parts; part++) {
            size_t from = part_from(part, parts, count);
            enough = enough_people(closing, teams + from, part_from(part + 1, parts, count) - from);
        }
        if (enough)
            return parts;
    }
    return 0;
}

enum error_code closing_write_cross_products(const struct closing *closing, const struct close_team *teams,
                                             size_t team_count, struct random *random)
{
    struct cross_team *shown = REGION_ARRAY(closing->region, team_count, struct cross_team);
    if (shown == NULL)
        return FAIL(closing->error, ERROR_MEMORY, "no-memory", "no memory");
    size_t count = 0;
    for (size_t t = 0; t < team_count; t++)
        if (teams[t].answers >= (size_t)closing->plan->k)
            shown[count++] = (struct cross_team){&teams[t], closing->kept + t * closing->plan->item_count};
    if (!enough_people(closing, shown, count))
        return OK;
    TRY(write_part(closing, 0, shown, count));
    shuffle(shown, count, random);
    size_t parts = choose_parts(closing, shown, count);
    for (size_t part = 0; part < parts; part++) {
        size_t from = part_from(part, parts, count);
        TRY(write_part(closing, (int64_t)part + 1, shown + from, part_from(part + 1, parts, count) - from));
    }
    return OK;
}
