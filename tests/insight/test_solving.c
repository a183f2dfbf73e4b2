/* Solving what is not linear. Somebody writes down every list of answers that a team may have given, computes for each all that
 * would be told of it (reason, mean, both intervals, uncertainty, pooled mean, and bars where they may stand), and keeps those
 * that agree with what was told. No person's answer may be the same in all that are left, since then it is known for sure.
 * The one exception is rule 6: where all that is left is in the two highest options, the mean of a good team is told.
 *
 * The team is the only one of its organisation, so that its intervals rest on its own spread alone: nothing else tells more. A
 * person's score is the mean of one or of two questions. Teams under ten: nobody is told whether five or nine answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "insight/figure.h"
#include "pulse/closing.h"

#include <math.h>

enum { OPTIONS = 5, VALUES_MAXIMUM = 9, LISTS_MAXIMUM = 400000, K = 5, LOW = 2, HIGH = 4 };

/* How many have each score; scores are 1, 1 + 1 / questions, ... 5. */
struct list {
    int64_t counts[VALUES_MAXIMUM];
};

/* All that leaves, without padding. */
struct told {
    double numbers[9];
    int64_t counts[VALUES_MAXIMUM], n, reason;
};

struct solving {
    int64_t questions, values, roster;
    const struct figure_pool *pool; /* NULL: the team's own */
    struct solution {
        struct told told;
        struct list list;
    } * solutions;
    size_t count;
};

static double value_of(const struct solving *solving, size_t value)
{
    return 1 + (double)value / (double)solving->questions;
}

static struct group_sums sums_of(const struct solving *solving, const struct list *list)
{
    int64_t n = 0, sum = 0, squares = 0;
    for (size_t v = 0; v < (size_t)solving->values; v++) {
        int64_t score = solving->questions + (int64_t)v;
        n += list->counts[v];
        sum += list->counts[v] * score;
        squares += list->counts[v] * score * score;
    }
    return group_sums_from_integers(n, sum, squares, solving->questions);
}

static int64_t at_most(const struct solving *solving, const struct list *list, double most)
{
    int64_t people = 0;
    for (size_t v = 0; v < (size_t)solving->values; v++)
        people += value_of(solving, v) <= most ? list->counts[v] : 0;
    return people;
}

static void tell_numbers(const struct insight_figure *figure, double numbers[static 9])
{
    const double all[9] = {
        figure->shown ? figure->mean : 0,          figure->has_lines,
        figure->has_lines ? figure->line50[0] : 0, figure->has_lines ? figure->line50[1] : 0,
        figure->has_lines ? figure->line90[0] : 0, figure->has_lines ? figure->line90[1] : 0,
        isnan(figure->se) ? -1 : figure->se,       figure->pooled,
        figure->pooled ? figure->pooled_mean : 0};
    memcpy(numbers, all, sizeof all);
}

static struct told tell(const struct solving *solving, const struct list *list)
{
    struct told told = {.n = -1};
    struct group_sums sums = sums_of(solving, list);
    enum disclosure_reason reason = disclosure_scores(sums.n, at_most(solving, list, LOW), K);
    struct figure_kept kept = {.reason = slice_from_text(disclosure_reason_text(reason)),
                               .n = sums.n,
                               .mean = sums.mean,
                               .scores = sums};
    struct figure_pool pool = {.construct = S("line")};
    struct group_sums told_sums = sums;
    closing_tell_spread(&told_sums, 1, (size_t)solving->questions);
    pool.within_variance = pooled_within_variance(&told_sums, 1, &pool.within_df);
    struct insight_figure figure =
        figure_make(&kept, solving->pool != NULL ? solving->pool : &pool, solving->roster, false);
    told.reason = (int64_t)reason;
    if (!figure.shown)
        return told;
    tell_numbers(&figure, told.numbers);
    if (figure.exact_n)
        told.n = figure.n;
    if (figure.exact_n && solving->questions == 1 && disclosure_bars(list->counts, OPTIONS, K))
        memcpy(told.counts, list->counts, sizeof told.counts);
    return told;
}

static void add_lists(struct solving *solving, struct list *list, size_t value, int64_t left)
{
    if (value + 1 == (size_t)solving->values) {
        list->counts[value] = left;
        assert_true(solving->count < LISTS_MAXIMUM);
        solving->solutions[solving->count++] = (struct solution){tell(solving, list), *list};
        return;
    }
    for (int64_t people = 0; people <= left; people++) {
        list->counts[value] = people;
        add_lists(solving, list, value + 1, left - people);
    }
}

static int by_told(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct told));
}

/* Which scores a person may have, a bit each. */
static unsigned scores_in(const struct solving *solving, size_t from, size_t to)
{
    unsigned scores = 0;
    for (size_t i = from; i < to; i++)
        for (size_t v = 0; v < (size_t)solving->values; v++)
            scores |= solving->solutions[i].list.counts[v] > 0 ? 1U << v : 0;
    return scores;
}

static void check_alike(const struct solving *solving, size_t from, size_t to)
{
    unsigned scores = scores_in(solving, from, to);
    bool one = (scores & (scores - 1)) == 0, high = true;
    for (size_t v = 0; v < (size_t)solving->values; v++)
        high = high && ((scores >> v & 1) == 0 || value_of(solving, v) >= HIGH);
    if (!one || high)
        return;
    print_error("%" PRId64 " questions, %" PRId64
                " members, mean %f: everybody has the same score for sure\n",
                solving->questions, solving->roster, solving->solutions[from].told.numbers[0]);
    fail();
}

/* How many different things may be told. */
static size_t solve(struct solving *solving, int64_t fewest, int64_t most)
{
    size_t different = 0;
    struct list list = {{0}};
    solving->values = (OPTIONS - 1) * solving->questions + 1;
    solving->solutions = calloc(LISTS_MAXIMUM, sizeof *solving->solutions);
    assert_non_null(solving->solutions);
    for (int64_t n = fewest; n <= most; n++)
        add_lists(solving, &list, 0, n);
    qsort(solving->solutions, solving->count, sizeof *solving->solutions, by_told);
    for (size_t from = 0, to; from < solving->count; from = to) {
        to = from + 1;
        while (to < solving->count && by_told(&solving->solutions[from], &solving->solutions[to]) == 0)
            to++;
        different++;
        if (solving->solutions[from].told.reason == DISCLOSURE_SHOWN)
            check_alike(solving, from, to);
    }
    free(solving->solutions);
    return different;
}

static void test_a_team_under_ten(void **state)
{
    (void)state;
    for (int64_t questions = 1; questions <= 2; questions++)
        for (int64_t roster = 5; roster <= 9; roster++) {
            struct solving solving = {.questions = questions, .roster = roster};
            assert_true(solve(&solving, K, roster) > 20);
        }
}

/* Number, mean and spread are exact, and single questions may have bars. */
static void test_a_team_of_ten_and_more(void **state)
{
    (void)state;
    for (int64_t n = K; n <= 12; n++)
        for (int64_t questions = 1; questions <= (n <= 10 ? 2 : 1); questions++) {
            struct solving solving = {.questions = questions, .roster = 12};
            assert_true(solve(&solving, n, n) > 20);
        }
}

/* Among many teams, whose spread and differences are known: the pooled mean is another reading of the own one. */
static void test_a_pooled_mean(void **state)
{
    (void)state;
    const struct figure_pool pool = {.within_variance = 0.61,
                                     .within_df = 90,
                                     .pooled = true,
                                     .model = {.mu = 3.43, .se_mu = 0.11, .tau2 = 0.17, .sigma2 = 0.61}};
    for (int64_t questions = 1; questions <= 2; questions++) {
        struct solving small = {.questions = questions, .roster = 9, .pool = &pool},
                       large = {.questions = questions, .roster = 10, .pool = &pool};
        assert_true(solve(&small, K, 9) > 20);
        assert_true(solve(&large, 9, 9) > 20);
    }
}

/* ---- Two teams at once ------------------------------------------------------------------------------------------ */

/* An organisation: two teams of whom nothing is known, and teams of whom every answer is. Told are both teams, the total, and what
 * all teams say together, the last as exact as it is kept. So it is solved over both at once; what holds with the others
 * known holds for whoever knows less of them. */
struct pair {
    struct told told[3];
    double together[5];
    struct list lists[2];
};

struct solving_pairs {
    int64_t questions, fewest, most, roster;
    const struct group_sums *others;
    size_t other_count, values;
    struct list lists[LISTS_MAXIMUM / 100];
    size_t list_count;
    struct pair *pairs;
    size_t count;
};

static void add_lists_of_one(struct solving_pairs *solving, struct list *list, size_t value, int64_t left)
{
    if (value + 1 == solving->values) {
        list->counts[value] = left;
        assert_true(solving->list_count < COUNT_OF(solving->lists));
        solving->lists[solving->list_count++] = *list;
        return;
    }
    for (int64_t people = 0; people <= left; people++) {
        list->counts[value] = people;
        add_lists_of_one(solving, list, value + 1, left - people);
    }
}

/* The pool as the close makes it. */
static struct figure_pool pool_of(const struct solving_pairs *solving, struct group_sums *sums, size_t count)
{
    struct figure_pool pool = {.construct = S("line")};
    struct error ignored;
    closing_tell_spread(sums, count, (size_t)solving->questions);
    pool.within_variance = pooled_within_variance(sums, count, &pool.within_df);
    pool.pooled = count >= CLOSE_POOLED_TEAMS_MINIMUM &&
                  random_intercept_reml(sums, count, &ignored, &pool.model) == OK && !pool.model.boundary;
    return pool;
}

/* The same numbers, added up in another order, are the same to who solves. */
static double nine_decimals(double number)
{
    return round(number * 1e9) / 1e9 + 0.0; /* and no negative zero */
}

static struct pair tell_pair(const struct solving_pairs *solving, const struct list *one,
                             const struct list *other)
{
    struct group_sums sums[16];
    struct pair pair = {.lists = {*one, *other}};
    struct list both;
    struct solving team = {
        .questions = solving->questions, .values = (int64_t)solving->values, .roster = solving->roster};
    struct solving total = team;
    for (size_t v = 0; v < VALUES_MAXIMUM; v++)
        both.counts[v] = one->counts[v] + other->counts[v];
    sums[0] = sums_of(&team, one);
    sums[1] = sums_of(&team, other);
    if (solving->other_count > 0)
        memcpy(sums + 2, solving->others, solving->other_count * sizeof *sums);
    /* A team that is withheld is in no pool. */
    struct told alone[2] = {tell(&team, one), tell(&team, other)};
    size_t from = alone[0].reason != DISCLOSURE_SHOWN, shown = 0;
    for (size_t t = from; t < solving->other_count + 2; t++)
        if (t != 1 || alone[1].reason == DISCLOSURE_SHOWN)
            sums[shown++] = sums[t];
    struct figure_pool pool = pool_of(solving, sums, shown);
    team.pool = &pool;
    total.pool = &pool;
    total.roster = 2 * solving->roster;
    pair.told[0] = tell(&team, one);
    pair.told[1] = tell(&team, other);
    /* The total leaves a withheld team out or not by a rule of its own; told to the solver where both are in it. */
    if (shown == solving->other_count + 2)
        pair.told[2] = tell(&total, &both);
    memset(pair.told[2].counts, 0, sizeof pair.told[2].counts); /* totals have no cells */
    const double together[] = {isnan(pool.within_variance) ? -1 : pool.within_variance, pool.pooled,
                               pool.pooled ? pool.model.mu : 0, pool.pooled ? pool.model.tau2 : 0,
                               pool.pooled ? pool.model.sigma2 : 0};
    memcpy(pair.together, together, sizeof together);
    for (size_t t = 0; t < COUNT_OF(pair.told); t++)
        for (size_t i = 0; i < COUNT_OF(pair.told[t].numbers); i++)
            pair.told[t].numbers[i] = nine_decimals(pair.told[t].numbers[i]);
    for (size_t i = 0; i < COUNT_OF(pair.together); i++)
        pair.together[i] = nine_decimals(pair.together[i]);
    return pair;
}

static int by_told_pair(const void *a, const void *b)
{
    return memcmp(a, b, offsetof(struct pair, lists));
}

/* Of one of both teams: is everybody's score the same in all that fits, and not high? */
static bool everybody_known(const struct solving_pairs *solving, size_t team, size_t from, size_t to)
{
    unsigned scores = 0;
    double high = 0;
    for (size_t i = from; i < to; i++)
        for (size_t v = 0; v < solving->values; v++)
            scores |= solving->pairs[i].lists[team].counts[v] > 0 ? 1U << v : 0;
    for (size_t v = 0; v < solving->values; v++)
        high = (scores >> v & 1) != 0 ? 1 + (double)v / (double)solving->questions : high;
    return (scores & (scores - 1)) == 0 && high < HIGH;
}

static void solve_pairs(struct solving_pairs *solving)
{
    struct list list = {{0}};
    solving->values = (size_t)((OPTIONS - 1) * solving->questions + 1);
    for (int64_t n = solving->fewest; n <= solving->most; n++)
        add_lists_of_one(solving, &list, 0, n);
    solving->pairs = calloc(solving->list_count * solving->list_count, sizeof *solving->pairs);
    assert_non_null(solving->pairs);
    for (size_t a = 0; a < solving->list_count; a++)
        for (size_t b = 0; b < solving->list_count; b++)
            solving->pairs[solving->count++] = tell_pair(solving, &solving->lists[a], &solving->lists[b]);
    qsort(solving->pairs, solving->count, sizeof *solving->pairs, by_told_pair);
    for (size_t from = 0, to; from < solving->count; from = to) {
        const struct pair *pair = &solving->pairs[from];
        to = from + 1;
        while (to < solving->count && by_told_pair(pair, &solving->pairs[to]) == 0)
            to++;
        for (size_t team = 0; team < 2; team++)
            if (pair->told[team].reason == DISCLOSURE_SHOWN && everybody_known(solving, team, from, to)) {
                print_error("%" PRId64 " questions, %" PRId64
                            " members, mean %f beside %f: the same score for sure\n",
                            solving->questions, solving->roster, pair->told[team].numbers[0],
                            pair->told[1 - team].numbers[0]);
                fail();
            }
    }
    free(solving->pairs);
    solving->pairs = NULL;
}

static void test_two_teams_at_once(void **state)
{
    (void)state;
    struct solving_pairs *solving = calloc(1, sizeof *solving);
    assert_non_null(solving);
    for (int64_t roster = 6; roster <= 12; roster += 6) {
        *solving = (struct solving_pairs){
            .questions = 1, .fewest = 5, .most = roster < 10 ? 6 : 5, .roster = roster};
        solve_pairs(solving);
    }
    free(solving);
}

static void test_two_teams_among_ten(void **state)
{
    (void)state;
    struct solving_pairs *solving = calloc(1, sizeof *solving);
    struct group_sums others[8];
    assert_non_null(solving);
    for (size_t t = 0; t < COUNT_OF(others);
         t++) /* sums 16, 19, ... of 6 people each, spread about as people are */
        others[t] = group_sums_from_integers(6, 16 + (int64_t)t, 46 + 6 * (int64_t)t, 1);
    for (int64_t roster = 6; roster <= 12; roster += 6) {
        *solving = (struct solving_pairs){.questions = 1,
                                          .fewest = 5,
                                          .most = 5,
                                          .roster = roster,
                                          .others = others,
                                          .other_count = COUNT_OF(others)};
        solve_pairs(solving);
    }
    free(solving);
}

/* The search finds what it should: counts of a team that is alike in the middle. */
static void test_the_search_finds(void **state)
{
    (void)state;
    struct list alike = {{0, 0, 12, 0, 0}}, other = {{0, 1, 10, 1, 0}};
    struct solving solving = {.questions = 1, .values = OPTIONS, .roster = 12};
    assert_false(disclosure_bars(alike.counts, OPTIONS, K));
    struct told a = tell(&solving, &alike), b = tell(&solving, &other);
    assert_memory_equal(&a, &b, sizeof a);
    b.numbers[1] = 0; /* lines for one of them only */
    assert_memory_not_equal(&a, &b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_team_under_ten),    cmocka_unit_test(test_a_team_of_ten_and_more),
        cmocka_unit_test(test_a_pooled_mean),       cmocka_unit_test(test_two_teams_at_once),
        cmocka_unit_test(test_two_teams_among_ten), cmocka_unit_test(test_the_search_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
