/* What may be kept of a round. The answers of a team are texts of one character a question ("4", "-" for no
 * answer), the expected figures are computed by hand. */
#include "world.h"

#include "pulse/tally.h"

#include <math.h>

STATEMENT(
    TEST_ROUND,
    "INSERT INTO round (org_id, round_number, form, state, opens_at, closes_at, extended_at, closed_at) "
    "VALUES ($1, 1, 'pulse', 'open', 0, 1, 2, NULL)");
STATEMENT(TEST_TEAM_ROUND, "INSERT INTO team_round (org_id, round_number, team_id, rid, descriptor, "
                           "leader_id, roster_count, promise_id, "
                           "state, sealed_private_key, sealed_data_key, guess_shown) VALUES ($1, 1, $2, $3, "
                           "$3, $4, 9, NULL, 'closed', "
                           "NULL, NULL, 0)");
STATEMENT(TEST_GROUPS, "SELECT group_kind, group_id, answers, leaders FROM result_group ORDER BY 1, 2");
STATEMENT(TEST_ITEMS, "SELECT group_kind, group_id, item, reason, counts FROM result_item ORDER BY 1, 2, 3");
STATEMENT(TEST_CONSTRUCTS, "SELECT group_kind, group_id, construct, reason, n, mean, score_n, score_sum, "
                           "score_sum_squares, score_scale FROM result_construct ORDER BY 1, 2, 3");
STATEMENT(TEST_POOLS,
          "SELECT construct, reason, teams, within_variance, within_df, mu FROM result_pool ORDER BY 1");
/* Reason, n, mean of the question means; n, sum and sum of squares of the persons' means. */
STATEMENT(TEST_CONSTRUCT_ROWS,
          "SELECT reason, n, mean, score_n, CAST(score_sum AS DOUBLE PRECISION) / score_scale, "
          "CAST(score_sum_squares AS DOUBLE PRECISION) / score_scale / score_scale "
          "FROM result_construct WHERE group_kind = $1 AND group_id = $2 AND construct = $3");
STATEMENT(TEST_ITEM_ROWS,
          "SELECT reason, counts FROM result_item WHERE group_kind = 'team' AND group_id = $1 "
          "AND item = $2");
STATEMENT(TEST_TOTAL_SUMS,
          "SELECT score_n, score_sum / score_scale * 2 + (score_sum % score_scale) * 2 / score_scale, "
          "score_sum_squares / score_scale * 4 / score_scale FROM result_construct "
          "WHERE group_kind = $1 AND group_id = $2 AND construct = 'line' AND reason = ''");
STATEMENT(TEST_FORGET_ITEMS, "DELETE FROM result_item");
STATEMENT(TEST_FORGET_CONSTRUCTS, "DELETE FROM result_construct");
STATEMENT(TEST_FORGET_GROUPS, "DELETE FROM result_group");
STATEMENT(TEST_FORGET_POOLS, "DELETE FROM result_pool");

enum { TEAMS = 40, A = 0, B, C, D, ITEMS = 7 };

struct closing_test {
    struct world *w;
    struct close_plan plan;
    struct close_team teams[TEAMS];
    size_t count;
    bool final;
};

static struct close_item item(const char *id, const char *construct, bool reversed)
{
    return (struct close_item){slice_from_text(id), slice_from_text(construct), 1, 5, reversed};
}

/* Questions a b (line "line"), c d (line "boss", about the leader), e f (line "turned", f reversed), and the
 * promise. "scale" is a b c d of which three must be answered. */
static struct closing_test begin(struct world *w)
{
    struct closing_test test = {.w = w, .final = true};
    test.plan = (struct close_plan){
        .items = {item("a", "line", false),
                  item("b", "line", false),
                  item("c", "boss", false),
                  item("d", "boss", false),
                  item("e", "turned", false),
                  item("f", "turned", true),
                  {S("promise"), S(""), 1, 4, false}},
        .item_count = ITEMS,
        .measures = {{S("line"), {A, B}, 2, 2, false},
                     {S("boss"), {C, D}, 2, 2, true},
                     {S("turned"), {4, 5}, 2, 2, false},
                     {S("scale"), {A, B, C, D}, 4, 3, false}},
        .measure_count = 4,
        .k = 5,
    };
    world_execute(w, &TEST_ROUND, PARAMETERS(V_INTEGER(w->org)));
    return test;
}

static int64_t make_team(struct closing_test *test, int64_t unit, int64_t leader)
{
    char name[24];
    uint8_t rid[32];
    snprintf(name, sizeof name, "team%zu-%" PRIu64, test->count, random_integer(&test->w->random, 1000000));
    int64_t team = world_team(test->w, name, unit, 0, false);
    random_bytes(&test->w->random, rid, sizeof rid);
    world_execute(test->w, &TEST_TEAM_ROUND,
                  PARAMETERS(V_INTEGER(test->w->org), V_INTEGER(team),
                             V_BYTES(slice_from_bytes(rid, sizeof rid)),
                             leader != 0 ? V_INTEGER(leader) : V_NULL));
    return team;
}

static void set_answers(struct closing_test *test, struct close_team *team, const char *const *rows,
                        size_t count)
{
    int16_t *values = REGION_ARRAY(test->w->region, count * ITEMS, int16_t);
    assert_non_null(values);
    for (size_t r = 0; r < count; r++)
        for (size_t i = 0; i < ITEMS; i++)
            values[r * ITEMS + i] =
                i >= strlen(rows[r]) || rows[r][i] == '-' ? CLOSE_NO_ANSWER : (int16_t)(rows[r][i] - '0');
    team->values = values;
    team->answers = count;
}

static int64_t add_team(struct closing_test *test, int64_t unit, int64_t leader, const char *const *rows,
                        size_t count)
{
    assert_true(test->count < TEAMS);
    struct close_team *team = &test->teams[test->count];
    *team = (struct close_team){.team = make_team(test, unit, leader), .unit = unit, .leader = leader};
    test->count++;
    for (size_t i = 0; i < ITEMS; i++)
        team->asked[i] = i != ITEMS - 1 && (leader != 0 || (i != C && i != D));
    set_answers(test, team, rows, count);
    return team->team;
}

/* `count` times the same row. */
static int64_t add_same(struct closing_test *test, int64_t unit, int64_t leader, const char *row,
                        size_t count)
{
    const char *rows[64] = {0};
    assert_true(count <= COUNT_OF(rows));
    for (size_t i = 0; i < count; i++)
        rows[i] = row;
    return add_team(test, unit, leader, rows, count);
}

static enum error_code write_close(struct store_session *session, void *context, struct error *error)
{
    struct closing_test *test = context;
    CLEANUP(region_cleanup) struct region *region = region_new(512 << 20);
    return close_write(session, test->w->org, 1, &test->plan, test->teams, test->count, test->final, region,
                       error);
}

static void run(struct closing_test *test)
{
    assert_ok(test->w, store_write(test->w->store, write_close, test, &test->w->error));
}

/* Everything that was kept. */
static struct slice dump(struct world *w)
{
    struct slice groups = world_rows(w, "tiii", &TEST_GROUPS, NO_PARAMETERS);
    struct slice items = world_rows(w, "titst", &TEST_ITEMS, NO_PARAMETERS);
    struct slice constructs = world_rows(w, "tittiriiii", &TEST_CONSTRUCTS, NO_PARAMETERS);
    struct slice pools = world_rows(w, "ttirir", &TEST_POOLS, NO_PARAMETERS);
    return region_format(w->region, "%.*s--\n%.*s--\n%.*s--\n%.*s", SLICE_ARG(groups), SLICE_ARG(items),
                         SLICE_ARG(constructs), SLICE_ARG(pools));
}

static void expect(struct slice rows, const char *expected)
{
    if (!slice_equal(rows, slice_from_text(expected))) {
        print_error("%.*s\nis not\n%s\n", SLICE_ARG(rows), expected);
        fail();
    }
}

static void expect_construct(struct world *w, const char *kind, int64_t group, const char *construct,
                             const char *expected)
{
    expect(world_rows(w, "tirirr", &TEST_CONSTRUCT_ROWS,
                      PARAMETERS(V_TEXT(slice_from_text(kind)), V_INTEGER(group),
                                 V_TEXT(slice_from_text(construct)))),
           expected);
}

static void expect_item(struct world *w, int64_t team, const char *id, const char *expected)
{
    expect(world_rows(w, "tt", &TEST_ITEM_ROWS, PARAMETERS(V_INTEGER(team), V_TEXT(slice_from_text(id)))),
           expected);
}

#define ROWS(...)                                                                                            \
    (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)

/* ---- One team ----------------------------------------------------------------------------------- */

static void test_no_answers(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    add_same(&test, 0, 1, "444444", 0);
    run(&test);
    expect(world_rows(w, "tiii", &TEST_GROUPS, NO_PARAMETERS), "");
    expect(world_rows(w, "tittiriiii", &TEST_CONSTRUCTS, NO_PARAMETERS), "");
}

/* a: 4 5 3 4 5 2, mean 23 / 6; b: 4 4 2 5 1, mean 16 / 5. One person answered a and not b and would stand
 * apart, so the score sums follow from the questions alone: 5 * 3.516667, and the mean of the
 * variances 6.8333 / 5 and 10.8 / 4. */
static void test_by_hand(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("44", "54", "32", "45", "5-", "21"));
    run(&test);
    expect_construct(w, "team", team, "line", "|6|3.516667|5|17.583333|69.968056\n");
    expect_item(w, team, "a", "|0 1 1 2 2\n");
    expect_item(w, team, "b", "|1 1 0 2 1\n");
    expect_construct(w, "team", team, "turned", "too-few|-|-|-|-|-\n");
    expect_construct(w, "team", team, "boss", ""); /* not asked */
    expect_item(w, team, "c", "");
}

static void test_reversed_question(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("----51", "----42", "----51", "----31", "----55"));
    run(&test);
    /* e: 22 of 5 = 4.4; f turned: 5 4 5 5 1 = 20 of 5 = 4; sums of both: 10 8 10 8 6 = 42, squares 364 */
    expect_construct(w, "team", team, "turned", "|5|4.200000|5|21.000000|91.000000\n");
    expect_item(w, team, "f", "|3 1 0 0 1\n"); /* counts as answered */
}

/* Three questions, a score from two answers on; nine people answered all, one only the first question, one all but that. Every
 * question and the scores count ten people, and still one stands apart on either side. */
static void test_heads_that_are_others(void **state)
{
    struct world *w = *state;
    struct close_plan *plan = REGION_NEW(w->region, struct close_plan);
    int16_t values[11 * 3];
    plan->k = 5;
    plan->item_count = 3;
    plan->measure_count = 1;
    plan->measures[0] =
        (struct close_measure){.id = S("line"), .items = {0, 1, 2}, .item_count = 3, .answered_minimum = 2};
    for (size_t i = 0; i < 3; i++)
        plan->items[i] =
            (struct close_item){.id = region_format(w->region, "%c", (int)('a' + i)), .low = 1, .high = 5};
    for (size_t i = 0; i < COUNT_OF(values); i++)
        values[i] = (int16_t)(1 + i % 4);
    values[9 * 3 + 1] = values[9 * 3 + 2] = values[10 * 3] = CLOSE_NO_ANSWER;
    struct close_team team = {.team = 1, .values = values, .answers = 11, .asked = {true, true, true}};
    struct tally *tally = tally_new(plan, w->region);
    tally_add_team(tally, plan, &team);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(tally_item_n(tally, plan, i), 10);
    struct tally_score before = tally->scores[0];
    assert_int_equal(before.n, 10);
    tally_protect_measure(tally, plan, 0);
    assert_int_equal(tally->scores[0].sum, llround(tally_measure_mean(tally, plan, 0) * 10 *
                                                   (double)measure_score_scale(plan, &plan->measures[0])));
    assert_int_not_equal(tally->scores[0].sum_squares, before.sum_squares);
    tally_clear(tally, plan); /* five on either side are many enough */
    team.answers = 9;
    for (int copy = 0; copy < 5; copy++) {
        team.values = values + 9 * 3;
        team.answers = 2;
        tally_add_team(tally, plan, &team);
    }
    before = tally->scores[0];
    tally_protect_measure(tally, plan, 0);
    assert_memory_equal(&tally->scores[0], &before, sizeof before);
}

/* Everybody answered both: exact sums. Sums of two: 8 9 5 9 3 10, together 44, squares 360. */
static void test_complete_answers(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("44", "54", "32", "45", "21", "55"));
    run(&test);
    expect_construct(w, "team", team, "line", "|6|3.666667|6|22.000000|90.000000\n");
}

/* Three of four must be answered: ten persons have a score, of 4 each; the five with one answer have none.
 * a: 40 of 15; b: 40 of 10; c: 45 of 10; d: 20 of 5. */
static void test_three_quarters(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 1,
                            ROWS("4444", "4444", "4444", "4444", "4444", "345-", "345-", "345-", "345-",
                                 "345-", "1---", "1---", "1---", "1---", "1---"));
    run(&test);
    expect_construct(w, "team", team, "scale", "|15|3.791667|10|40.000000|160.000000\n");
}

static void test_question_with_fewer_than_k(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("44", "44", "4-", "4-", "43", "43"));
    run(&test);
    expect_construct(w, "team", team, "line", "too-few|-|-|-|-|-\n");
    expect_item(w, team, "a", "|0 0 0 6 0\n");
    expect_item(w, team, "b", "too-few|-\n");
}

/* Five answered each question, but only four both: the means are over five each, no score is over fewer. */
static void test_scores_with_fewer_than_k(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("44", "44", "43", "43", "5-", "-5"));
    run(&test);
    expect_construct(w, "team", team, "line", "too-few|-|-|-|-|-\n");
}

static void test_mostly_low(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t all = add_team(&test, 0, 0, ROWS("11", "12", "21", "22", "11"));
    int64_t but_one = add_team(&test, 0, 0, ROWS("11", "12", "21", "22", "55"));
    int64_t but_two = add_team(&test, 0, 0, ROWS("11", "12", "21", "33", "55"));
    run(&test);
    expect_construct(w, "team", all, "line", "mostly-low|-|-|-|-|-\n");
    expect_item(w, all, "a", "mostly-low|-\n");
    expect_construct(w, "team", but_one, "line", "mostly-low|-|-|-|-|-\n");
    expect_item(w, but_one, "b", "mostly-low|-\n");
    expect_construct(w, "team", but_two, "line", "|5|2.400000|5|12.000000|39.500000\n");
    expect_item(w, but_two, "a", "|2 1 1 0 1\n");
}

/* Every score is at or below 2 and no question is: the questions would give the mean that is withheld. */
static void test_low_scores_of_higher_questions(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("31", "31", "13", "13", "11"));
    run(&test);
    expect_construct(w, "team", team, "line", "mostly-low|-|-|-|-|-\n");
    expect_item(w, team, "a", "not-apart|-\n");
    expect_item(w, team, "b", "not-apart|-\n");
}

/* A figure is shown, one of its questions is not: the other is not, either. */
static void test_question_is_not_told_apart(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("15", "15", "15", "25", "14"));
    run(&test);
    expect_construct(w, "team", team, "line", "|5|3.000000|5|15.000000|45.500000\n");
    expect_item(w, team, "a", "mostly-low|-\n");
    expect_item(w, team, "b", "not-apart|-\n");
}

static void test_homogeneous_high_stays(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_same(&test, 0, 0, "55", 5);
    run(&test);
    expect_construct(w, "team", team, "line", "|5|5.000000|5|25.000000|125.000000\n");
    expect_item(w, team, "a", "|0 0 0 0 5\n");
}

static void test_promise_counts_only(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t team = add_team(&test, 0, 0, ROWS("------1", "------1", "------4", "------1", "------2"));
    int64_t few = add_team(&test, 0, 0, ROWS("------1", "------1", "------4", "------1", "-------"));
    test.teams[0].asked[ITEMS - 1] = test.teams[1].asked[ITEMS - 1] = true;
    run(&test);
    expect_item(w, team, "promise", "|3 1 0 1\n");
    expect_item(w, few, "promise", "too-few|-\n");
}

/* ---- Totals ------------------------------------------------------------------------------------- */

static void forget_results(struct world *w)
{
    world_execute(w, &TEST_FORGET_ITEMS, NO_PARAMETERS);
    world_execute(w, &TEST_FORGET_CONSTRUCTS, NO_PARAMETERS);
    world_execute(w, &TEST_FORGET_GROUPS, NO_PARAMETERS);
    world_execute(w, &TEST_FORGET_POOLS, NO_PARAMETERS);
}

/* The answers of a team below k whose residual is below k, too, leave nothing anywhere, whatever they are. */
static void test_hidden_team_leaves_nothing(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t unit = world_unit(w, "zuid", 0);
    add_team(&test, unit, 1, ROWS("4444", "5444", "3233", "4554", "2134"));
    add_team(&test, unit, 2, ROWS("3344", "5444", "3233", "4554", "2134", "5555"));
    int64_t hidden = add_same(&test, unit, 3, "1111", 4);
    random_seeded_init(&w->random, 5);
    run(&test);
    struct slice first = dump(w);
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, hidden);
    assert_int_equal(slice_find(first, slice_from_text(id)), first.length);
    expect_construct(w, "unit", unit, "line", "|11|3.454545|11|38.000000|148.000000\n");
    expect_construct(w, "org", w->org, "line", ""); /* it would say again what its one unit says */
    expect_construct(w, "unit", unit, "boss", "");  /* two leaders */

    forget_results(w);
    random_seeded_init(&w->random, 5);
    set_answers(&test, &test.teams[2], ROWS("5555", "32", "1", "-"));
    run(&test);
    expect(dump(w), region_text(w->region, first));

    forget_results(w);
    random_seeded_init(&w->random, 5);
    test.count = 2;
    run(&test);
    expect(dump(w), region_text(w->region, first));
}

/* Two teams of three are six people whom nobody can tell apart. */
static void test_residual_of_a_unit(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t unit = world_unit(w, "zuid", 0);
    int64_t shown = add_same(&test, unit, 1, "44", 5);
    int64_t small = add_same(&test, unit, 2, "33", 3);
    add_same(&test, unit, 3, "55", 3);
    add_same(&test, 0, 4, "22", 4); /* alone beside the unit: nowhere */
    run(&test);
    expect_construct(w, "team", shown, "line", "|5|4.000000|5|20.000000|80.000000\n");
    expect_construct(w, "team", small, "line", "");
    expect_construct(w, "unit", unit, "line", "|11|4.000000|11|44.000000|182.000000\n");
    expect_construct(w, "org", w->org, "line", "");
}

/* Six who are nearly all low are withheld like a team of six would be: the unit says what its team says. */
static void test_low_residual(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t unit = world_unit(w, "zuid", 0);
    add_same(&test, unit, 1, "44", 5);
    add_same(&test, unit, 2, "11", 3);
    add_same(&test, unit, 3, "22", 3);
    run(&test);
    expect_construct(w, "unit", unit, "line", "|5|4.000000|5|20.000000|80.000000\n");
}

/* Residuals of 2 and 3 climb to the organisation and are five there. */
static void test_residuals_climb(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t north = world_unit(w, "noord", 0), south = world_unit(w, "zuid", 0);
    add_same(&test, north, 1, "44", 6);
    add_same(&test, north, 2, "33", 2);
    add_same(&test, south, 3, "55", 7);
    add_same(&test, south, 4, "33", 3);
    run(&test);
    expect_construct(w, "unit", north, "line", ""); /* six are what its team says */
    expect_construct(w, "unit", south, "line", "");
    /* (24 + 35 + 15) / 18 */
    expect_construct(w, "org", w->org, "line", "|18|4.111111|18|74.000000|316.000000\n");
}

/* ANONYMITY's example (a): 9 + 8 + 3. The three are left out of the total, both teams stay. */
static void test_small_team_is_left_out_of_the_total(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    add_same(&test, 0, 1, "44", 9);
    add_same(&test, 0, 2, "33", 8);
    add_same(&test, 0, 3, "11", 3);
    run(&test);
    /* (36 + 24) / 17 */
    expect_construct(w, "org", w->org, "line", "|17|3.529412|17|60.000000|216.000000\n");
    expect(world_rows(w, "tiii", &TEST_GROUPS, NO_PARAMETERS),
           region_text(w->region,
                       region_format(w->region,
                                     "org|%" PRId64 "|0|0\nteam|%" PRId64 "|9|1\nteam|%" PRId64 "|8|1\n",
                                     w->org, test.teams[0].team, test.teams[1].team)));
}

/* A team whose figure is withheld because it is low never stands apart in a total. */
static void test_low_team_in_the_totals(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    add_same(&test, 0, 1, "44", 9);
    add_same(&test, 0, 2, "33", 8);
    add_same(&test, 0, 3, "11", 7);
    run(&test);
    expect_construct(w, "org", w->org, "line", "|17|3.529412|17|60.000000|216.000000\n");
}

/* All but one of the low team are low, as its page says in words. If its five and the one answer of the small
 * team were a residual of six, that this is shown would say that the one is not low, and its mean what it is.
 */
static void test_low_team_does_not_give_a_single_answer_away(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    add_same(&test, 0, 1, "44", 9);
    add_team(&test, 0, 2, ROWS("22", "22", "22", "22", "55"));
    add_same(&test, 0, 3, "55", 1);
    run(&test);
    expect_construct(w, "org", w->org, "line", ""); /* it would say again what the one team says */
}

/* The counts of a are kept, b has four answers. In a total the one answer of the small team would be what
 * remains of a: the mean of the question means has only one solution in whole numbers. */
static void test_team_without_figure_does_not_give_a_single_answer_away(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    add_same(&test, 0, 1, "44", 9);
    int64_t team = add_team(&test, 0, 2, ROWS("44", "44", "43", "43", "4-", "4-"));
    add_same(&test, 0, 3, "25", 1);
    run(&test);
    expect_item(w, team, "a", "|0 0 0 6 0\n");
    expect_construct(w, "org", w->org, "line", "");
}

/* Together with five others whom nobody can tell apart it counts, so that totals are not higher than they
 * are. */
static void test_low_team_counts_beside_others(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    int64_t unit = world_unit(w, "zuid", 0);
    add_same(&test, 0, 1, "44", 9);
    add_same(&test, unit, 2, "11", 7);
    add_same(&test, unit, 3, "33", 3);
    add_same(&test, 0, 4, "55", 2);
    run(&test);
    expect_construct(w, "unit", unit, "line", "");
    /* (36 + 7 + 9 + 10) / 21 */
    expect_construct(w, "org", w->org, "line", "|21|2.952381|21|62.000000|228.000000\n");
}

/* ---- Random organisations: who is in which total is found from the figures alone, by trying all sets of
 * teams. */

enum { RANDOM_TEAMS = 8, RANDOM_RUNS = 250, NOTHING_SHOWN = 1 << RANDOM_TEAMS };

struct random_team {
    int64_t n, sum, squares; /* of twice the scores, which are whole */
    int unit;                /* 0: directly below the organisation */
};

static void random_answers(struct closing_test *test, size_t t, struct random_team *team)
{
    struct random *random = &test->w->random;
    static const char *const rows[] = {"11", "12", "22", "21", "13", "33", "35", "44", "45", "55"};
    const char *chosen[12];
    team->n = (int64_t)random_integer(random, 9);
    team->sum = team->squares = 0;
    uint64_t kinds = random_integer(random, 2) == 0 ? 4 : COUNT_OF(rows); /* low, or anything */
    for (int64_t i = 0; i < team->n; i++) {
        chosen[i] = rows[random_integer(random, kinds)];
        int64_t twice = chosen[i][0] - '0' + chosen[i][1] - '0';
        team->sum += twice;
        team->squares += twice * twice;
    }
    set_answers(test, &test->teams[t], chosen, (size_t)team->n);
}

static bool fits(const struct random_team *teams, unsigned set, int unit, const int64_t sums[3])
{
    int64_t n = 0, sum = 0, squares = 0;
    for (size_t t = 0; t < RANDOM_TEAMS; t++) {
        if ((set >> t & 1) == 0)
            continue;
        if (teams[t].n == 0 || (unit != 0 && teams[t].unit != unit))
            return false;
        n += teams[t].n;
        sum += teams[t].sum;
        squares += teams[t].squares;
    }
    return n == sums[0] && sum == sums[1] && squares == sums[2];
}

/* People in teams below k of that set. */
static int64_t unknown_people(const struct random_team *teams, unsigned set)
{
    int64_t people = 0;
    for (size_t t = 0; t < RANDOM_TEAMS; t++)
        people += (set >> t & 1) != 0 && teams[t].n < 5 ? teams[t].n : 0;
    return people;
}

static bool safe(const struct random_team *teams, unsigned set)
{
    int64_t people = unknown_people(teams, set);
    return people == 0 || people >= 5;
}

/* The sums of a total; false: it is not shown. */
static bool total_sums(struct world *w, const char *kind, int64_t group, int64_t ret_sums[3])
{
    struct slice rows = world_rows(w, "iii", &TEST_TOTAL_SUMS,
                                   PARAMETERS(V_TEXT(slice_from_text(kind)), V_INTEGER(group))),
                 part;
    bool shown = rows.length > 0;
    rows = slice_trim(rows);
    for (size_t i = 0; shown && i < 3; i++)
        assert_true(slice_take(&rows, '|', &part) && slice_to_integer(part, 0, INT64_MAX, &ret_sums[i]));
    return shown;
}

/* Is there a reading of the three totals in which no 1..4 people of small teams stand apart? */
static bool has_safe_reading(const struct random_team *teams, bool shown[3], int64_t sums[3][3])
{
    for (unsigned north = 0; north < NOTHING_SHOWN; north++) {
        if (shown[1] ? !fits(teams, north, 1, sums[1]) || !safe(teams, north) : north > 0)
            continue;
        for (unsigned south = 0; south < NOTHING_SHOWN; south++) {
            if (shown[2] ? !fits(teams, south, 2, sums[2]) || !safe(teams, south) : south > 0)
                continue;
            if (!shown[0])
                return true;
            for (unsigned all = 0; all < NOTHING_SHOWN; all++)
                if (((north | south) & ~all) == 0 && fits(teams, all, 0, sums[0]) &&
                    safe(teams, all & ~(north | south)))
                    return true;
        }
    }
    return false;
}

static void test_random_organisations(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    struct random_team teams[RANDOM_TEAMS];
    int64_t units[] = {0, world_unit(w, "noord", 0), world_unit(w, "zuid", 0)};
    int seen = 0;
    for (size_t t = 0; t < RANDOM_TEAMS; t++) {
        teams[t].unit = (int)(t % 3);
        add_same(&test, units[t % 3], 0, "44", 0);
    }
    random_seeded_init(&w->random, 20);
    for (int i = 0; i < RANDOM_RUNS; i++) {
        int64_t sums[3][3];
        bool shown[3];
        for (size_t t = 0; t < RANDOM_TEAMS; t++)
            random_answers(&test, t, &teams[t]);
        run(&test);
        shown[0] = total_sums(w, "org", w->org, sums[0]);
        for (size_t u = 1; u < 3; u++)
            shown[u] = total_sums(w, "unit", units[u], sums[u]);
        seen += shown[0] + shown[1] + shown[2];
        if (!has_safe_reading(teams, shown, sums)) {
            for (size_t t = 0; t < RANDOM_TEAMS; t++)
                print_error("unit %d: %" PRId64 " answers\n", teams[t].unit, teams[t].n);
            fail();
        }
        forget_results(w);
    }
    assert_true(seen > RANDOM_RUNS);
}

static void test_leaders_only_in_fives(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    for (int leader = 1; leader <= 4; leader++)
        add_same(&test, 0, leader, "4444", 5);
    add_same(&test, 0, 4, "3333", 5); /* the fourth leads two teams */
    run(&test);
    expect_construct(w, "org", w->org, "boss", "");
    forget_results(w);
    add_same(&test, 0, 5, "4444", 5);
    run(&test);
    /* The second team of the fourth leader is in no total about leaders: 25 answers. */
    expect_construct(w, "org", w->org, "boss", "|25|4.000000|25|100.000000|400.000000\n");
}

/* What closed at the first date counts in the totals that are made at the second. */
static void test_two_closings_of_a_round(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    test.final = false;
    add_same(&test, 0, 1, "44", 6);
    add_team(&test, 0, 2, ROWS("15", "15", "15", "25", "14")); /* shown, its questions are not */
    run(&test);
    expect_construct(w, "org", w->org, "line", "");
    test.final = true;
    test.count = 0;
    add_same(&test, 0, 3, "33", 5);
    add_same(&test, 0, 4, "33", 3);
    add_same(&test, 0, 5, "33", 3);
    run(&test);
    /* Six, five, and six in the residual; the second team is in no total. */
    expect_construct(w, "org", w->org, "line", "|17|3.352941|17|57.000000|195.000000\n");
}

/* ---- All teams together ------------------------------------------------------------------------- */

static void test_pool_needs_ten_teams(void **state)
{
    struct world *w = *state;
    struct closing_test test = begin(w);
    for (int t = 0; t < 9; t++)
        add_team(&test, 0, 0, ROWS("44", "34", "45", "33", "55"));
    run(&test);
    struct slice pools = world_rows(w, "ttirir", &TEST_POOLS, NO_PARAMETERS);
    /* Sums 8 7 9 6 10 of two: variance of the means 0.625 in each team, 4 degrees of freedom each. */
    assert_true(slice_find(pools, S("line|fewer-than-ten-teams|9|0.625000|36|-\n")) < pools.length);
    forget_results(w);
    for (int t = 9; t < 12; t++)
        add_team(&test, 0, 0, ROWS("22", "22", "12", "33", "33"));
    run(&test);
    pools = world_rows(w, "ttirir", &TEST_POOLS, NO_PARAMETERS);
    assert_true(slice_find(pools, S("line||12|")) < pools.length);
}

int main(void)
{
    struct CMUnitTest tests[] = {
        SQLITE_ONLY(test_no_answers),
        BOTH(test_by_hand),
        SQLITE_ONLY(test_heads_that_are_others),
        SQLITE_ONLY(test_complete_answers),
        SQLITE_ONLY(test_reversed_question),
        BOTH(test_three_quarters),
        SQLITE_ONLY(test_question_with_fewer_than_k),
        SQLITE_ONLY(test_scores_with_fewer_than_k),
        SQLITE_ONLY(test_mostly_low),
        SQLITE_ONLY(test_low_scores_of_higher_questions),
        SQLITE_ONLY(test_question_is_not_told_apart),
        SQLITE_ONLY(test_homogeneous_high_stays),
        SQLITE_ONLY(test_promise_counts_only),
        BOTH(test_hidden_team_leaves_nothing),
        BOTH(test_residual_of_a_unit),
        SQLITE_ONLY(test_low_residual),
        SQLITE_ONLY(test_residuals_climb),
        SQLITE_ONLY(test_small_team_is_left_out_of_the_total),
        SQLITE_ONLY(test_low_team_in_the_totals),
        SQLITE_ONLY(test_low_team_does_not_give_a_single_answer_away),
        SQLITE_ONLY(test_team_without_figure_does_not_give_a_single_answer_away),
        SQLITE_ONLY(test_low_team_counts_beside_others),
        SQLITE_ONLY(test_random_organisations),
        SQLITE_ONLY(test_leaders_only_in_fives),
        BOTH(test_two_closings_of_a_round),
        BOTH(test_pool_needs_ten_teams),
    };
    return WORLD_RUN(tests);
}
